//! A file under a temporary name, in the folder where it will stay: renaming there is atomic.

use super::names::{file_name, shown};
use super::state::special;
use crate::{Error, ErrorKind, Result};
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind as Io};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

/// What GDAL appends to the name of a file for what its format has no place for.
const AUXILIARY: &str = ".aux.xml";

/// Links that lead to links, at most: as many as Linux follows.
const LINKS: usize = 40;

/// Removed on drop unless it took its final name.
#[derive(Debug)]
pub(crate) struct Temporary {
    path: PathBuf,
    named: bool,
}

impl Temporary {
    /// Makes an empty hidden file beside `target`, which shows at once whether the folder can be written to.
    ///
    /// Beside what a symbolic link leads to, if it is one: the link stays and leads to the new file.
    pub(crate) fn beside(target: &Path) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        a_large_file_is_an_error();
        let target = &behind_links(target);
        if let Some(what) = special(target) {
            let message = format!("cannot create {}: it is {what}; choose another name", shown(target));
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
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
        let target = &behind_links(target);
        fs::rename(&self.path, target).map_err(|error| {
            Error::with_source(ErrorKind::Io, format!("{} could not be put in place", shown(target)), error)
        })?;
        self.named = true;
        // Statistics, overviews and masks of the file that had the name before would be taken for the new one's.
        for suffix in [AUXILIARY, ".ovr", ".msk", ".msk.ovr"] {
            let _ = fs::remove_file(with_suffix(target, suffix));
        }
        // What GDAL had to say of the new file beside it: a CRS that a GeoTIFF has no words for.
        let own = with_suffix(&self.path, AUXILIARY);
        if own.exists() {
            fs::rename(own, with_suffix(target, AUXILIARY)).map_err(|error| {
                let message = format!("{}{AUXILIARY} could not be put in place", shown(target));
                Error::with_source(ErrorKind::Io, message, error)
            })?;
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
        let _ = fs::remove_file(with_suffix(&self.path, AUXILIARY));
    }
}

/// What a path names after its last part's symbolic links, whether or not that is there.
fn behind_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let Ok(next) = fs::read_link(&path) else { break };
        // A link is relative to the folder that it lies in.
        path = path.parent().map_or(next.clone(), |folder| folder.join(next));
    }
    path
}

/// A file that grows beyond the limit on the size of files (`ulimit -f`) would end the process by a signal; without it the
/// write fails.
fn a_large_file_is_an_error() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: no handler is installed; one that somebody else has installed is put back.
        unsafe {
            let before = libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
            if before != libc::SIG_DFL && before != libc::SIG_ERR {
                libc::signal(libc::SIGXFSZ, before);
            }
        }
    });
}

/// Why a file that was being written could not be, as far as the system tells afterwards: GDAL and HDF5 often do not.
pub(crate) fn why_not_written(path: &Path) -> Option<String> {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let name = std::ffi::CString::new(folder.as_os_str().as_bytes()).ok()?;
    let length = fs::metadata(path).map_or(0, |about| about.len());
    // SAFETY: both structures are plain numbers, for which zeros are values, and are written to by the calls.
    unsafe {
        let mut disk: libc::statvfs = std::mem::zeroed();
        if libc::statvfs(name.as_ptr(), &raw mut disk) == 0 && disk.f_bavail < 16 {
            return Some(format!("the disk of {} is full", shown(folder)));
        }
        let mut limit: libc::rlimit = std::mem::zeroed();
        let limited = libc::getrlimit(libc::RLIMIT_FSIZE, &raw mut limit) == 0 && limit.rlim_cur != libc::RLIM_INFINITY;
        // The write that failed may have been large.
        if limited && (length >= limit.rlim_cur || length.saturating_add(64 << 20) > limit.rlim_cur) {
            return Some(format!("files may have {} bytes at most here (ulimit -f)", limit.rlim_cur));
        }
    }
    None
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
