//! The kernel's side of the Jupyter protocol: five sockets, one message family per file.
//!
//! `kernel_info` is answered at once, while sources are loaded in the background. Executions run one
//! after the other; completion, inspection and Stop never wait behind a running cell.

mod activity;
mod channel;
mod comm;
mod complete;
mod connection;
mod control;
mod display;
mod execute;
mod history;
mod info;
mod inspect;
mod iopub;
mod kernel;
mod request;
mod shell;
mod stdin;
mod wire;

use crate::threads;
use anyhow::{Context, Result};
use channel::Answers;
use connection::Sockets;
use history::History;
use jupyter_protocol::ConnectionInfo;
use kernel::Kernel;
use rustix::process::{Pid, getppid};
use shell::Services;
use std::ffi::OsString;
use std::path::Path;
use std::pin::Pin;
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
    let connection = connection::read(Path::new(file))?;
    // A file that grows beyond the user's limit is an error to tell, not the end. The tools and the worker inherit that.
    // SAFETY: no preconditions.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    crate::log::begin();
    let runtime = threads::runtime()?;
    let served = runtime.block_on(listen(&connection));
    runtime.shutdown_timeout(Duration::from_millis(100));
    served?;
    Ok(ExitCode::SUCCESS)
}

/// Makes the kernel only when all ports are its own: nothing has to be taken back if one is not.
async fn listen(connection: &ConnectionInfo) -> Result<()> {
    let mut sockets = Sockets::bind(connection).await?;
    let kernel = Kernel::prepare()?;
    sockets.set_session(&kernel.id);
    let served = serve(sockets, &kernel).await;
    kernel.end();
    served
}

async fn serve(sockets: Sockets, kernel: &Arc<Kernel>) -> Result<()> {
    let Sockets { heartbeat, shell, control, stdin, iopub } = sockets;
    tokio::spawn(beat(heartbeat));
    let workshop = kernel.workshop.clone();
    tokio::spawn(threads::blocking(move || workshop.warm_up()));
    let publisher = iopub::start(iopub);
    let (answers, questions) = {
        let (send, receive) = stdin.split();
        let socket = Replies::new(send);
        let send = move |request| -> Pin<Box<dyn Future<Output = Result<()>> + Send>> {
            let socket = socket.clone();
            Box::pin(async move { socket.send(request).await })
        };
        (Requests::new(receive, "stdin"), Arc::new(Stdin::new(Box::new(send))))
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
    let answers = Answers { replies: Replies::new(replies), publisher: publisher.clone() };
    let control = tokio::spawn(control::serve(Requests::new(requests, "control"), answers, Arc::clone(kernel)));
    tokio::select! {
        ended = control => ended?,
        ended = shell => ended?,
        () = kernel.quit.notified() => {}
        () = orphaned() => {}
    }
    // What was said last (the reply's idle status) is still on its way, and so is the last input to the history.
    publisher.finish(LAST_WORDS).await;
    writer.finish(LAST_WORDS);
    Ok(())
}

/// Answers heartbeats. A frontend that goes away in the middle of one must not end them for the others.
async fn beat(mut heartbeat: jupyter_zmq_client::KernelHeartbeatConnection) {
    loop {
        if heartbeat.single_heartbeat().await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Resolves when the process that started the kernel is gone: nobody could ever stop it then.
async fn orphaned() {
    let parent = getppid();
    // The first process of a container or of the system starts no kernels: the parent is gone already.
    if std::env::var_os("JPY_PARENT_PID").is_none() || parent.is_none_or(Pid::is_init) {
        return std::future::pending().await;
    }
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if getppid() != parent {
            return;
        }
    }
}
