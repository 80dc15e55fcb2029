//! The prefix: where an installation keeps its files. Read-only at run time, and free to move.

use anyhow::{Context, Result, anyhow};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Checks that something an installation was made with can still be reached. A prefix may be shared: then it is there
/// for the one who installed it, and perhaps for nobody else.
pub fn check_there(what: &str, path: &Path) -> Result<()> {
    path.metadata().map(drop).map_err(|error| anyhow!(absent(what, path, error.kind())))
}

fn absent(what: &str, path: &Path, why: ErrorKind) -> String {
    let path = path.display();
    if why == ErrorKind::PermissionDenied {
        format!(
            "{what} may not be opened by you ({path}): whoever installed Isopleth has to open that folder to others, or to \
             install again with one that all may read (README, On a cluster)"
        )
    } else {
        format!("{what} is gone ({path}): run install.sh again")
    }
}

/// An installation, found from the place of the running binary.
#[derive(Debug, Clone)]
pub struct Prefix {
    root: PathBuf,
}

impl Prefix {
    /// The prefix that the running binary belongs to.
    pub fn of_this_binary() -> Result<Self> {
        let binary = std::env::current_exe().context("cannot tell where this program is")?;
        let binary = binary.canonicalize().unwrap_or(binary);
        let root =
            binary.parent().and_then(Path::parent).with_context(|| format!("{} is in no prefix", binary.display()))?;
        Ok(Self::at(root))
    }

    /// The prefix at `root`.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The command, which is also the kernel.
    pub fn binary(&self) -> PathBuf {
        self.root.join("bin/isopleth")
    }

    /// Libraries and records that only Isopleth itself reads.
    pub fn lib(&self) -> PathBuf {
        self.root.join("lib/isopleth")
    }

    /// The prelude that every cell links to.
    pub fn prelude_library(&self) -> PathBuf {
        self.lib().join("libisopleth.so")
    }

    /// Metadata of the crates that the prelude was built from.
    pub fn prelude_dependencies(&self) -> PathBuf {
        self.lib().join("deps")
    }

    /// A folder shaped like a `CARGO_HOME` whose `bin` holds tools that do nothing, for evcxr.
    pub fn front(&self) -> PathBuf {
        self.lib().join("front")
    }

    /// The toolchain that built the prelude.
    pub fn toolchain_record(&self) -> PathBuf {
        self.lib().join("toolchain.json")
    }

    /// `cargo metadata` of a cell, with [`crate::analysis::metadata`]'s placeholders.
    pub fn cell_metadata(&self) -> PathBuf {
        self.lib().join("cell-metadata.json")
    }

    /// A digest of the toolchain, the prelude and this program: cells of another build are of no use.
    pub fn build_id(&self) -> PathBuf {
        self.lib().join("build-id")
    }

    /// Compiled cells of the lesson, for everybody who uses the installation.
    pub fn cells(&self) -> PathBuf {
        self.lib().join("cells")
    }

    /// Sources that completion and type inference read.
    pub fn sources(&self) -> PathBuf {
        self.root.join("share/isopleth/src")
    }

    /// The crate `isopleth` among them, which builds by itself: exported programs depend on it.
    pub fn prelude_source(&self) -> PathBuf {
        self.sources().join("isopleth")
    }

    /// The part of them that is the standard library, laid out as `rust-src` is.
    pub fn standard_library(&self) -> PathBuf {
        self.sources().join("std/library")
    }

    pub fn notebooks(&self) -> PathBuf {
        self.root.join("share/isopleth/notebooks")
    }

    /// Put `share/jupyter` on `JUPYTER_PATH` and Jupyter finds the kernel.
    pub fn kernelspec(&self) -> PathBuf {
        self.root.join("share/jupyter/kernels/isopleth")
    }

    /// The Python that runs JupyterLab, as recorded at install.
    pub fn python_record(&self) -> PathBuf {
        self.lib().join("python")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_and_what_belongs_to_somebody_else_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        assert!(check_there("the compiler", folder.path()).is_ok());
        let said = check_there("the compiler", &folder.path().join("rustc")).unwrap_err().to_string();
        assert!(said.starts_with("the compiler is gone") && said.ends_with("run install.sh again"), "{said}");
        let said = absent("the compiler", folder.path(), ErrorKind::PermissionDenied);
        assert!(said.starts_with("the compiler may not be opened by you"), "{said}");
    }
}
