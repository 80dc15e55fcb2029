//! The commands that users type.

mod crate_source;
pub mod doctor;
pub mod export;
mod fill;
pub mod lab;
pub mod lesson;
pub mod setup;
mod standard_library;

use crate::prefix::{Prefix, check_there};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// The name that Jupyter knows the kernel by.
pub const KERNEL_NAME: &str = "isopleth";

/// The Python that has JupyterLab, with our kernelspec on its search path.
fn python(prefix: &Prefix) -> Result<Command> {
    let record = prefix.python_record();
    let python = std::fs::read_to_string(&record)
        .with_context(|| format!("cannot read {}: run install.sh again", record.display()))?;
    let python = PathBuf::from(python.trim());
    // Recorded relative to the prefix where it lies inside, so that the prefix can move.
    let python = if python.is_relative() { prefix.root().join(python) } else { python };
    check_there("the Python of JupyterLab", &python)?;
    let mut command = Command::new(python);
    let ours = prefix.root().join("share/jupyter").into_os_string();
    command.env("JUPYTER_PATH", joined(ours, std::env::var_os("JUPYTER_PATH")));
    Ok(command)
}

/// `first` in front of a list of folders.
fn joined(first: OsString, rest: Option<OsString>) -> OsString {
    let mut list = first;
    if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
        list.push(":");
        list.push(rest);
    }
    list
}
