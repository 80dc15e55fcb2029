"""The lesson's work on full-size rasters, beside the same work in the Python stack: one measure per file, one table."""
