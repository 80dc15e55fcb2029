//! Whether a path still leads to the file that it led to, and whether what is there can be opened without waiting.

use super::shown;
use crate::{Error, ErrorKind, Result};
use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;

/// Which file a path led to at some moment: a file that was replaced or rewritten since is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileState {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    /// Also changes when a program sets the time of modification back.
    changed: (i64, i64),
}

impl FileState {
    /// None where there is no file, or none that may be looked at.
    pub fn of(path: &Path) -> Option<Self> {
        let about = fs::metadata(path).ok()?;
        Some(Self {
            device: about.dev(),
            inode: about.ino(),
            length: about.len(),
            modified: (about.mtime(), about.mtime_nsec()),
            changed: (about.ctime(), about.ctime_nsec()),
        })
    }
}

/// What `path` leads to, if that is neither a file nor a folder.
pub(crate) fn special(path: &Path) -> Option<&'static str> {
    let kind = fs::metadata(path).ok()?.file_type();
    if kind.is_fifo() {
        Some("a named pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else if kind.is_char_device() || kind.is_block_device() {
        Some("a device")
    } else {
        None
    }
}

/// Refuses what is neither a file nor a folder: to open a named pipe waits until somebody writes into it, maybe for ever.
///
/// What does not exist passes: it may be a name that only GDAL understands.
///
/// # Errors
/// If `path` leads to a named pipe, a socket or a device.
pub(crate) fn refuse_special(path: &Path) -> Result<()> {
    let Some(what) = special(path) else { return Ok(()) };
    let message = format!("{} is {what}, not a file; write what comes from it to a file and open that", shown(path));
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_written_again_has_another_state_even_if_its_time_is_set_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert_eq!(FileState::of(&path), None);
        fs::write(&path, "one").unwrap();
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        let before = FileState::of(&path);
        assert_eq!(before, FileState::of(&path));
        // Times on disk advance in steps of some milliseconds, so the new text has another length as well.
        fs::write(&path, "other").unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        assert_ne!(before, FileState::of(&path));
    }

    #[test]
    fn pipes_sockets_and_devices_are_refused_and_files_pass() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.tif");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for (path, what) in
            [(pipe.as_path(), "a named pipe"), (&socket, "a socket"), (Path::new("/dev/null"), "a device")]
        {
            let error = refuse_special(path).unwrap_err();
            assert!(error.to_string().contains(what), "{error}");
        }
        assert!(refuse_special(folder.path()).is_ok());
        assert!(refuse_special(Path::new("/vsimem/a.tif")).is_ok());
    }
}
