//! Starting the process that analyses, and how it ended.

use super::role::OUT_OF_MEMORY;
use crate::prefix::Prefix;
use crate::worker::memory_kills;
use anyhow::{Context, Result};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;
use tokio::process::{Child, ChildStderr, Command};
use tokio::task::JoinHandle;

/// Starts what answers, one process after the other.
pub trait Launch: Send + 'static {
    type Process: Process;

    /// A new process, and the socket to it.
    ///
    /// # Errors
    /// If none can be started.
    fn launch(&mut self) -> Result<(UnixStream, Self::Process)>;
}

/// One that was started.
pub trait Process: Send {
    /// Ends it, if it has not ended by itself.
    fn end(self) -> impl Future<Output = Ending> + Send;
}

/// Why a process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// What it did, to stand behind "their process".
    pub what: String,
    /// Whether it would end again as long as memory is short.
    pub out_of_memory: bool,
}

impl Ending {
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), out_of_memory: false }
    }

    fn out_of_memory() -> Self {
        Self { what: "had run out of memory".into(), out_of_memory: true }
    }
}

/// Starts `isopleth analysis`.
pub struct Launcher {
    program: PathBuf,
    workspace: PathBuf,
}

impl Launcher {
    pub fn new(prefix: &Prefix, workspace: &Path) -> Self {
        Self { program: prefix.binary(), workspace: workspace.to_owned() }
    }
}

impl Launch for Launcher {
    type Process = AnalysisProcess;

    fn launch(&mut self) -> Result<(UnixStream, AnalysisProcess)> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let memory_kills = memory_kills();
        let mut child = Command::new(&self.program)
            .arg("analysis")
            .arg(&self.workspace)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // A group of its own: Stop is for the kernel's.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let last_words = tokio::spawn(pass_on(child.stderr.take()));
        Ok((UnixStream::from_std(ours)?, AnalysisProcess { child, last_words, memory_kills }))
    }
}

/// A running `isopleth analysis`.
pub struct AnalysisProcess {
    child: Child,
    last_words: JoinHandle<Vec<u8>>,
    /// How many processes the system had ended for want of memory when this one started.
    memory_kills: Option<u64>,
}

impl Process for AnalysisProcess {
    async fn end(mut self) -> Ending {
        // One that has ended by itself keeps the status that it ended with.
        let _ = self.child.start_kill();
        let status = self.child.wait().await;
        let last_words = self.last_words.await.unwrap_or_default();
        match status {
            Ok(status) => explain(status, &String::from_utf8_lossy(&last_words), memory_kills() > self.memory_kills),
            Err(error) => Ending::new(format!("is gone ({error})")),
        }
    }
}

/// How much is kept of what a process has written.
const LAST_WORDS: usize = 4 << 10;

/// Passes on what the process writes to where the kernel writes. The end of it tells what ended the process.
async fn pass_on(stderr: Option<ChildStderr>) -> Vec<u8> {
    let mut tail = Vec::new();
    let Some(mut stderr) = stderr else { return tail };
    let mut buffer = vec![0; LAST_WORDS];
    while let Ok(length @ 1..) = stderr.read(&mut buffer).await {
        let _ = std::io::stderr().write_all(&buffer[..length]);
        tail.extend_from_slice(&buffer[..length]);
        tail.drain(..tail.len().saturating_sub(LAST_WORDS));
    }
    tail
}

/// libstd says on stderr why it aborts.
fn explain(status: ExitStatus, last_words: &str, memory_ran_out: bool) -> Ending {
    match status.signal() {
        Some(libc::SIGKILL) if memory_ran_out => Ending::out_of_memory(),
        Some(libc::SIGKILL) => Ending::new("was killed from outside"),
        Some(libc::SIGABRT) if last_words.contains("memory allocation of ") => Ending::out_of_memory(),
        _ if last_words.contains("has overflowed its stack") => Ending::new("had overflowed its stack"),
        Some(signal) => Ending::new(format!("was ended by signal {signal}")),
        None if status.code() == Some(OUT_OF_MEMORY) => Ending::out_of_memory(),
        None => Ending::new(format!("ended with exit code {}", status.code().unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_the_stack_and_a_kill_are_told_apart() {
        let explain = |signal: i32, words: &str, memory: bool| explain(ExitStatus::from_raw(signal), words, memory);
        assert!(explain(libc::SIGKILL, "", true).out_of_memory);
        assert!(explain(libc::SIGABRT, "memory allocation of 64 bytes failed", false).out_of_memory);
        assert!(explain(OUT_OF_MEMORY << 8, "", false).out_of_memory);
        assert_eq!(explain(libc::SIGKILL, "", false).what, "was killed from outside");
        let overflow = explain(libc::SIGABRT, "thread 'analysis' has overflowed its stack", false);
        assert_eq!(overflow, Ending::new("had overflowed its stack"));
        assert_eq!(explain(libc::SIGSEGV, "", false).what, "was ended by signal 11");
        assert_eq!(explain(3 << 8, "", false).what, "ended with exit code 3");
    }
}
