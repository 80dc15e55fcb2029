"""How long cells take, against a bare call of rustc: one measure per file, one table at the end."""
