//! The kernel's side of the Jupyter protocol: five sockets, one message family per file.
//!
//! `kernel_info` is answered at once, while sources are loaded in the background. Executions run one
//! after the other; completion, inspection and Stop never wait behind a running cell.

mod comm;
mod complete;
mod control;
mod display;
mod execute;
mod history;
mod info;
mod inspect;
mod iopub;
mod kernel;
mod shell;
mod stdin;
mod wire;

use anyhow::{Context, Result};
use history::History;
use jupyter_protocol::ConnectionInfo;
use jupyter_zmq_client as sockets;
use kernel::Kernel;
use shell::Services;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use stdin::Stdin;
use wire::{Replies, Requests};

/// How long the end of the kernel waits for what was said last.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Serves the connection that the file in `args` describes, until Jupyter ends it.
pub fn run(args: &[OsString]) -> Result<ExitCode> {
    let file = args
        .iter()
        .rfind(|arg| !arg.to_string_lossy().starts_with('-'))
        .context("usage: isopleth kernel CONNECTION_FILE")?;
    let connection = read_connection(Path::new(file))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let kernel = {
        let _within = runtime.enter();
        Kernel::prepare()?
    };
    let served = runtime.block_on(serve(&connection, &kernel));
    kernel.end();
    runtime.shutdown_timeout(Duration::from_millis(100));
    served?;
    Ok(ExitCode::SUCCESS)
}

fn read_connection(file: &Path) -> Result<ConnectionInfo> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read the connection file {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a connection file", file.display()))
}

async fn serve(connection: &ConnectionInfo, kernel: &Arc<Kernel>) -> Result<()> {
    let session = kernel.id.clone();
    let heartbeat = sockets::create_kernel_heartbeat_connection(connection).await?;
    let shell = sockets::create_kernel_shell_connection(connection, &session).await?;
    let control = sockets::create_kernel_control_connection(connection, &session).await?;
    let stdin = sockets::create_kernel_stdin_connection(connection, &session).await?;
    let iopub = sockets::create_kernel_iopub_xpub_connection(connection, &session).await?;

    tokio::spawn(beat(heartbeat));
    let (publisher, publishing) = iopub::start(iopub);
    let (answers, questions) = {
        let (send, receive) = stdin.split();
        (Requests::new(receive, "stdin"), Arc::new(Stdin::new(Replies::new(send))))
    };
    tokio::spawn(stdin::serve(answers, Arc::clone(&questions)));
    let (replies, requests) = shell.split();
    let (history, writer) = History::start();
    let services = Services {
        kernel: Arc::clone(kernel),
        publisher: publisher.clone(),
        replies: Replies::new(replies),
        history,
        stdin: questions,
        comms: Arc::default(),
    };
    let shell = tokio::spawn(shell::serve(Requests::new(requests, "shell"), services));
    let (replies, requests) = control.split();
    let control = tokio::spawn(control::serve(
        Requests::new(requests, "control"),
        Replies::new(replies),
        Arc::clone(kernel),
        publisher,
    ));
    tokio::select! {
        ended = control => ended?,
        ended = shell => ended?,
        () = kernel.quit.notified() => {}
        () = orphaned() => {}
    }
    // What was said last (the reply's idle status) is still on its way, and so is the last input to the history.
    let _ = tokio::time::timeout(LAST_WORDS, publishing).await;
    writer.finish(LAST_WORDS);
    Ok(())
}

/// Answers heartbeats. A frontend that goes away in the middle of one must not end them for the others.
async fn beat(mut heartbeat: sockets::KernelHeartbeatConnection) {
    loop {
        if heartbeat.single_heartbeat().await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Resolves when the process that started the kernel is gone: nobody could ever stop it then.
async fn orphaned() {
    // SAFETY: no preconditions.
    let parent = unsafe { libc::getppid() };
    if std::env::var_os("JPY_PARENT_PID").is_none() || parent <= 1 {
        return std::future::pending().await;
    }
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        // SAFETY: no preconditions.
        if unsafe { libc::getppid() } != parent {
            return;
        }
    }
}
