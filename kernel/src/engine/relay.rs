//! The relay: what evcxr takes for the process that runs its cells.
//!
//! evcxr's `eval` holds its context until a cell has ended, so completion would wait behind a
//! running cell. The relay answers at once that the cell has run, and notes what was to be run;
//! the engine then runs it in the worker while evcxr's context is free again. It also tells evcxr
//! which variables are gone, and removes the workspace when the kernel has ended, however it ended.

use crate::compile::Session;
use anyhow::{Context, Result};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// The object and the function that evcxr wants run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub path: PathBuf,
    pub symbol: String,
}

fn run_note(workspace: &Path) -> PathBuf {
    workspace.join("run-note")
}

fn lost_note(workspace: &Path) -> PathBuf {
    workspace.join("lost-note")
}

/// Takes the note of what to run, if evcxr compiled anything.
pub fn take_run(workspace: &Path) -> Option<Run> {
    let note = std::fs::read_to_string(run_note(workspace)).ok()?;
    let _ = std::fs::remove_file(run_note(workspace));
    let (path, symbol) = note.trim_end().rsplit_once(' ')?;
    Some(Run { path: path.into(), symbol: symbol.to_owned() })
}

/// Forgets what evcxr wanted run, if anything, and removes the object.
pub fn discard_run(workspace: &Path) {
    if let Some(run) = take_run(workspace) {
        let _ = std::fs::remove_file(run.path);
    }
}

/// Makes the relay tell evcxr, at the next cell, that `names` are gone.
pub fn tell_lost(workspace: &Path, names: &[String]) -> std::io::Result<()> {
    std::fs::write(lost_note(workspace), names.join("\n"))
}

/// The relay process: until evcxr closes its stdin.
pub fn run() -> Result<ExitCode> {
    let workspace = PathBuf::from(std::env::var_os("EVCXR_TMPDIR").context("called by the kernel only")?);
    // SAFETY: neither call has preconditions.
    unsafe {
        // Stop and Ctrl-C are for the kernel to handle.
        libc::signal(libc::SIGINT, libc::SIG_IGN);
        // A group of its own: Jupyter kills the kernel's whole group, and somebody must clean up then.
        libc::setpgid(0, 0);
    }
    let served = serve(&workspace);
    clean_up(&workspace);
    served.map(|()| ExitCode::SUCCESS)
}

fn serve(workspace: &Path) -> Result<()> {
    let stdin = std::io::stdin().lock();
    for line in stdin.lines() {
        let line = line?;
        let mut stdout = std::io::stdout().lock();
        if let Some(run) = line.strip_prefix("LOAD_AND_RUN ") {
            if let Ok(lost) = std::fs::read_to_string(lost_note(workspace)) {
                std::fs::remove_file(lost_note(workspace))?;
                for name in lost.lines() {
                    writeln!(stdout, "EVCXR_VARIABLE_CHANGED_TYPE:{name}")?;
                }
                // evcxr will compile again; this object is never run.
                if let Some((path, _)) = run.rsplit_once(' ') {
                    let _ = std::fs::remove_file(path);
                }
            } else {
                std::fs::write(run_note(workspace), run)?;
            }
        }
        writeln!(stdout, "EVCXR_EXECUTION_COMPLETE")?;
        stdout.flush()?;
    }
    Ok(())
}

/// Ends the compiler and removes the workspace.
fn clean_up(workspace: &Path) {
    let mut quiet = 0;
    // A front that was at work makes folders anew until it finds that its source is gone.
    for _ in 0..200 {
        Session::kill_compiler(workspace);
        let _ = std::fs::remove_dir_all(workspace);
        quiet = if workspace.exists() { 0 } else { quiet + 1 };
        if quiet == 5 {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
