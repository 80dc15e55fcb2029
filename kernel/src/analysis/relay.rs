//! What evcxr takes for the process that runs its cells: it says of each that it has run.

use anyhow::Result;
use std::io::{BufRead, Write};
use std::process::ExitCode;

/// The relay process: until evcxr closes its stdin.
pub fn run() -> Result<ExitCode> {
    let mut stdout = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        line?;
        writeln!(stdout, "EVCXR_EXECUTION_COMPLETE")?;
        stdout.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}
