//! `isopleth lab`: JupyterLab on a copy of the notebooks that the user may write to.

use super::python;
use crate::prefix::Prefix;
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The notebook that opens first.
pub const LESSON: &str = "8-1-parallel-rasters.ipynb";
/// Overrides where the user's notebooks are kept.
const NOTEBOOKS: &str = "ISOPLETH_NOTEBOOKS";

pub fn run(args: &[OsString]) -> Result<ExitCode> {
    let prefix = Prefix::of_this_binary()?;
    let folder = user_notebooks()?;
    let new = copy_missing(&prefix.notebooks(), &folder)?;
    if new > 0 {
        println!("Copied {new} files to {}: they are yours to change.", folder.display());
    }
    let mut lab = python(&prefix)?;
    lab.args(["-m", "jupyterlab"])
        .arg(format!("--ServerApp.root_dir={}", folder.display()))
        .arg(format!("--LabApp.default_url=/lab/tree/{LESSON}"));
    // SAFETY: no preconditions.
    if unsafe { libc::geteuid() } == 0 {
        // JupyterLab refuses to serve root unless told so; whoever typed this as root means it.
        lab.arg("--allow-root");
    }
    Err(lab.args(args).exec()).context("cannot start JupyterLab")
}

/// `$ISOPLETH_NOTEBOOKS`, or `isopleth-notebooks` in the home.
fn user_notebooks() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os(NOTEBOOKS).filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    let home =
        std::env::var_os("HOME").with_context(|| format!("$HOME is not set; set {NOTEBOOKS} to a folder of yours"))?;
    Ok(PathBuf::from(home).join("isopleth-notebooks"))
}

/// Copies what `to` does not have yet; what a student has changed stays as it is.
fn copy_missing(from: &Path, to: &Path) -> Result<usize> {
    std::fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let mut copied = 0;
    for entry in std::fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copied += copy_missing(&entry.path(), &target)?;
        } else if !target.exists() {
            // Not `fs::copy`: the installed files may be read-only, and these must not be.
            let content = std::fs::read(entry.path())?;
            std::fs::write(&target, content).with_context(|| format!("cannot write {}", target.display()))?;
            copied += 1;
        }
    }
    Ok(copied)
}

#[cfg(test)]
mod tests {
    use super::copy_missing;

    #[test]
    fn a_changed_notebook_is_never_overwritten() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(from.path().join("a.ipynb"), "new").unwrap();
        std::fs::create_dir(from.path().join("exercises")).unwrap();
        std::fs::write(from.path().join("exercises/b.ipynb"), "new").unwrap();
        std::fs::write(to.path().join("a.ipynb"), "mine").unwrap();
        assert_eq!(copy_missing(from.path(), to.path()).unwrap(), 1);
        assert_eq!(std::fs::read_to_string(to.path().join("a.ipynb")).unwrap(), "mine");
        assert!(to.path().join("exercises/b.ipynb").exists());
    }
}
