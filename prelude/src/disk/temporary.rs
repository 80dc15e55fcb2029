//! A file under a temporary name, in the folder where it will stay: renaming there is atomic.

use super::names::{file_name, shown};
use crate::{Error, ErrorKind, Result};
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind as Io};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Removed on drop unless it took its final name.
#[derive(Debug)]
pub(crate) struct Temporary {
    path: PathBuf,
    named: bool,
}

impl Temporary {
    /// Makes an empty hidden file beside `target`, which shows at once whether the folder can be written to.
    pub(crate) fn beside(target: &Path) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        if target.is_dir() {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                format!("cannot create {}: it is a folder; add a file name", shown(target)),
            ));
        }
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!(".{}.{}-{number}.part", file_name(target), std::process::id());
        let path = target.with_file_name(name);
        OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| not_creatable(target, &error))?;
        Ok(Self { path, named: false })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, in place of a file that may have it.
    pub(crate) fn take_name(mut self, target: &Path) -> Result<()> {
        fs::rename(&self.path, target).map_err(|error| {
            Error::with_source(ErrorKind::Io, format!("{} could not be put in place", shown(target)), error)
        })?;
        self.named = true;
        // Statistics and overviews of the file that had the name before would be taken for the new one's.
        for suffix in [".aux.xml", ".ovr"] {
            let _ = fs::remove_file(with_suffix(target, suffix));
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.named {
            // Nobody is left to tell if this fails.
            let _ = fs::remove_file(&self.path);
        }
        let _ = fs::remove_file(with_suffix(&self.path, ".aux.xml"));
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn not_creatable(target: &Path, error: &io::Error) -> Error {
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => shown(parent),
        _ => "the working folder".to_owned(),
    };
    let (kind, why) = match error.kind() {
        Io::NotFound => (ErrorKind::NotFound, format!("there is no folder {folder}; make it first")),
        Io::NotADirectory => (ErrorKind::NotFound, format!("{folder} is not a folder")),
        Io::PermissionDenied | Io::ReadOnlyFilesystem => {
            (ErrorKind::Io, format!("{folder} is read-only for you; write to a folder of your own"))
        }
        _ => (ErrorKind::Io, format!("no file can be made in {folder}: {error}")),
    };
    Error::new(kind, format!("cannot create {}: {why}", shown(target)))
}
