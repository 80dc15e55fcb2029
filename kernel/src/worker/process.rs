//! Starting the process of a worker, and ending it.

use super::role::BUS;
use crate::prefix::Prefix;
use crate::threads;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard};

/// A worker's process, beside what it says.
pub trait Process: Send + Sync {
    /// Ends it and all that its cells have started.
    fn kill(&self);
    /// Waits until it has ended.
    ///
    /// # Errors
    /// If that cannot be found out.
    fn wait(&self) -> io::Result<ExitStatus>;
    /// Where its own folder is now: a cell may have changed it.
    fn folder(&self) -> Option<PathBuf>;
}

/// What a worker writes, and where it listens.
pub struct Streams {
    pub stdout: File,
    pub stderr: File,
    pub bus: UnixStream,
}

/// A process of this system, which leads a group of its own.
pub struct SystemProcess {
    id: i32,
    child: Mutex<Child>,
    /// False once it may have been waited for: from then on its number may be another's.
    alive: Mutex<bool>,
}

/// Starts a worker in the kernel's current folder.
///
/// # Errors
/// If there is no process to be had.
pub fn start(prefix: &Prefix, toolchain: &Toolchain) -> Result<(SystemProcess, Streams)> {
    let (ours, theirs) = UnixStream::pair()?;
    let mut command = Command::new(prefix.binary());
    command.arg("worker").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // For the kernel's own allocator only.
    command.env_remove("MIMALLOC_PURGE_DELAY").env_remove("MIMALLOC_ARENA_EAGER_COMMIT");
    command.env("LD_LIBRARY_PATH", library_path(prefix, toolchain));
    // A list of the kernel's own functions helps nobody; the cell's line is told without it.
    command.env_remove("RUST_BACKTRACE").env_remove("RUST_LIB_BACKTRACE");
    let descriptor = theirs.as_raw_fd();
    command.env(BUS, descriptor.to_string()).process_group(0);
    // SAFETY: `fcntl` is async-signal-safe; it lets the child inherit its end of the socket.
    unsafe {
        command.pre_exec(move || {
            if libc::fcntl(descriptor, libc::F_SETFD, 0) < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
        });
    }
    let mut child = command.spawn().map_err(threads::explained).context("cannot start the cells' process")?;
    drop(theirs);
    let id = i32::try_from(child.id()).context("a process id beyond i32")?;
    let stdout = child.stdout.take().context("the worker has no stdout")?;
    let stderr = child.stderr.take().context("the worker has no stderr")?;
    let (stdout, stderr) = (File::from(OwnedFd::from(stdout)), File::from(OwnedFd::from(stderr)));
    let process = SystemProcess { id, child: Mutex::new(child), alive: Mutex::new(true) };
    Ok((process, Streams { stdout, stderr, bus: ours }))
}

/// libstd comes from the toolchain, the prelude from the prefix; what the user had (a GDAL module) stays behind them.
fn library_path(prefix: &Prefix, toolchain: &Toolchain) -> String {
    let mut path = format!("{}:{}", prefix.lib().display(), toolchain.target_libdir.display());
    if let Ok(inherited) = std::env::var("LD_LIBRARY_PATH") {
        path.push(':');
        path.push_str(&inherited);
    }
    path
}

impl SystemProcess {
    fn alive(&self) -> MutexGuard<'_, bool> {
        self.alive.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Process for SystemProcess {
    fn kill(&self) {
        let alive = self.alive();
        if *alive {
            // SAFETY: the worker leads a group of its own, and while `alive` is held nobody has waited for it,
            // so the number is still its own.
            unsafe { libc::kill(-self.id, libc::SIGKILL) };
        }
    }

    fn wait(&self) -> io::Result<ExitStatus> {
        *self.alive() = false;
        self.child.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).wait()
    }

    fn folder(&self) -> Option<PathBuf> {
        std::fs::read_link(format!("/proc/{}/cwd", self.id)).ok()
    }
}
