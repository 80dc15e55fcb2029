//! A log that does not grow: what a kernel writes is bounded, and what kernels have written before is kept once.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use tracing_subscriber::fmt::MakeWriter;

/// The size at which a file is put aside when the next kernel starts, in bytes.
const FULL: u64 = 2 << 20;
/// How much one kernel may write, in bytes.
const OF_ONE_KERNEL: u64 = 1 << 20;
const LAST_LINE: &[u8] = b"this kernel has logged enough: no more of it follows\n";

/// Where kernels log: `$XDG_STATE_HOME/isopleth/kernel.log`. None if there is no home.
pub fn path() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(state.join("isopleth/kernel.log"))
}

/// The file, which all kernels of a user append to, line by line. It is made with the first line: a kernel that does not start
/// leaves nothing behind.
#[derive(Debug)]
pub struct BoundedFile {
    path: PathBuf,
    /// `None` where it cannot be opened: then there is no log.
    file: OnceLock<Option<File>>,
    written: AtomicU64,
}

impl BoundedFile {
    /// The log at `path`.
    pub fn at(path: PathBuf) -> Self {
        Self { path, file: OnceLock::new(), written: AtomicU64::new(0) }
    }

    /// Opens the log at `path`; a full one is put aside as `kernel.log.1`.
    ///
    /// # Errors
    /// If the file or its folder cannot be made.
    pub fn open(path: &Path) -> io::Result<File> {
        if let Some(folder) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        if path.symlink_metadata().is_ok_and(|meta| meta.len() > FULL) {
            // Another kernel may have done it just now.
            let _ = std::fs::rename(path, path.with_extension("log.1"));
        }
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other(format!("{} is no regular file", path.display())));
        }
        Ok(file)
    }
}

impl Write for &BoundedFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let length = line.len() as u64;
        let before = self.written.fetch_add(length, Ordering::Relaxed);
        if before <= OF_ONE_KERNEL {
            let is_last = before + length > OF_ONE_KERNEL;
            if let Some(mut file) = self.file.get_or_init(|| BoundedFile::open(&self.path).ok()).as_ref() {
                file.write_all(if is_last { LAST_LINE } else { line })?;
            }
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for BoundedFile {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> &'a Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_kernel_writes_so_much_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/kernel.log");
        let log = BoundedFile::at(path.clone());
        assert!(!path.exists());
        let line = [b'x'; 1000];
        for _ in 0..3000 {
            (&log).write_all(&line).unwrap();
        }
        let text = std::fs::read(&path).unwrap();
        assert!(text.ends_with(LAST_LINE) && text.len() as u64 <= OF_ONE_KERNEL + 1000);
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn a_full_log_is_put_aside_and_nothing_but_a_file_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kernel.log");
        std::fs::write(&path, vec![b'x'; FULL as usize + 1]).unwrap();
        (&BoundedFile::at(path.clone())).write_all(b"new\n").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new\n");
        assert!(folder.path().join("kernel.log.1").exists());
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(folder.path().join("kernel.log.1"), &path).unwrap();
        assert!(BoundedFile::open(&path).is_err());
    }
}
