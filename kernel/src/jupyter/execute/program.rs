//! `!program`: a program of the user's, in the user's environment, shown while it runs and ended by Stop.

use super::cell::ExecutingCell;
use super::engine::Engine;
use super::executor::Executor;
use crate::jupyter::activity::signal;
use crate::report::{CellError, ErrorKind};
use crate::threads;
use crate::worker::{Gatherer, Ready, Stream};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

/// How long text may wait for more.
const TICK: Duration = Duration::from_millis(50);

impl<E: Engine> Executor<E> {
    /// Runs `line` as a shell does.
    pub(super) async fn program(&mut self, line: &str, cell: &ExecutingCell) -> Result<(), CellError> {
        let failed = |what: String, advice: &str| CellError::new(ErrorKind::Command, what, vec![advice.to_owned()]);
        if line.is_empty() {
            return Err(failed("`!` needs a program".into(), "Write !ls, for example."));
        }
        let mut command = Command::new("sh");
        command.arg("-c").arg(line).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        // For the kernel's own allocator only.
        command.env_remove("MIMALLOC_PURGE_DELAY").env_remove("MIMALLOC_ARENA_EAGER_COMMIT");
        if let Some(folder) = self.worker.as_ref().and_then(|worker| worker.control().folder()) {
            command.current_dir(folder);
        }
        let mut child = command.spawn().map_err(|error| failed(format!("`!{line}` does not start: {error}"), ""))?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or(0);
        if !self.engine.activity().begin_program(group) {
            signal(group, libc::SIGKILL);
            let _ = child.wait().await;
            return Err(CellError::interrupted());
        }
        let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
        let mut gatherer = Gatherer::default();
        let mut ready: Vec<Ready> = Vec::new();
        let (mut out, mut err) = (vec![0; 16 << 10], vec![0; 16 << 10]);
        while stdout.is_some() || stderr.is_some() {
            tokio::select! {
                length = read(&mut stdout, &mut out) => gatherer.push(Stream::Stdout, &out[..length], &mut ready),
                length = read(&mut stderr, &mut err) => gatherer.push(Stream::Stderr, &err[..length], &mut ready),
                () = tokio::time::sleep(TICK), if gatherer.is_waiting() => gatherer.flush(&mut ready),
            }
            self.frontends.publisher.room().await;
            show_text(&mut ready, cell);
        }
        gatherer.end_cell(&mut ready);
        show_text(&mut ready, cell);
        // It may go on without its outputs. Until it is reaped its number is its own, and Stop may use that.
        let _ = threads::blocking(move || wait_without_reaping(group)).await;
        let stopped = self.engine.activity().end_program();
        let status = child.wait().await.map_err(|error| failed(format!("`!{line}`: {error}"), ""))?;
        if stopped {
            return Err(CellError::interrupted());
        }
        if status.success() {
            return Ok(());
        }
        let what = match status.code() {
            Some(code) => format!("`!{line}` ended with status {code}"),
            None => format!("`!{line}` was ended by a signal"),
        };
        Err(failed(what, "What it said stands above."))
    }
}

fn show_text(ready: &mut Vec<Ready>, cell: &ExecutingCell) {
    for part in ready.drain(..).filter(|_| !cell.is_silent()) {
        // A program's own marks are nobody's bundle.
        if let Ready::Text(stream, written) = part {
            cell.text(stream, &written);
        }
    }
}

fn wait_without_reaping(process: i32) {
    let Ok(process) = libc::id_t::try_from(process) else { return };
    // SAFETY: the structure is valid, and the child is this process's own.
    unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        libc::waitid(libc::P_PID, process, &raw mut info, libc::WEXITED | libc::WNOWAIT);
    }
}

/// Reads what there is; a stream that has ended is taken away.
async fn read(stream: &mut Option<impl AsyncRead + Unpin>, buffer: &mut [u8]) -> usize {
    let Some(open) = stream else { return std::future::pending().await };
    let length = open.read(buffer).await.unwrap_or(0);
    if length == 0 {
        *stream = None;
    }
    length
}
