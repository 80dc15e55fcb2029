//! The kernel's side of the Jupyter protocol: five sockets, one message family per file.
//!
//! `kernel_info` is answered at once, while the engine warms up in the background. Executions run one
//! after the other; completion, inspection and Stop never wait behind a running cell.

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

use anyhow::{Context, Result};
use jupyter_protocol::ConnectionInfo;
use jupyter_zmq_client as sockets;
use kernel::Kernel;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Serves the connection that the file in `args` describes, until Jupyter ends it.
pub fn run(args: &[OsString]) -> Result<ExitCode> {
    let file = args
        .iter()
        .rfind(|arg| !arg.to_string_lossy().starts_with('-'))
        .context("usage: isopleth kernel CONNECTION_FILE")?;
    let connection = read_connection(Path::new(file))?;
    // Before any thread starts: this changes the environment.
    let kernel = Kernel::prepare()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
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
    let session = kernel.session.clone();
    let mut heartbeat = sockets::create_kernel_heartbeat_connection(connection).await?;
    let shell = sockets::create_kernel_shell_connection(connection, &session).await?;
    let control = sockets::create_kernel_control_connection(connection, &session).await?;
    // No cell can ask for input yet, but frontends connect to this socket.
    let _stdin = sockets::create_kernel_stdin_connection(connection, &session).await?;
    let iopub = sockets::create_kernel_iopub_xpub_connection(connection, &session).await?;

    tokio::spawn(async move { while heartbeat.single_heartbeat().await.is_ok() {} });
    let (publisher, publishing) = iopub::start(iopub);
    let shell = tokio::spawn(shell::serve(shell, Arc::clone(kernel), publisher.clone()));
    let control = tokio::spawn(control::serve(control, Arc::clone(kernel), publisher));
    tokio::select! {
        ended = control => ended?,
        ended = shell => ended?,
        () = orphaned() => {}
    }
    // What was said last (the reply's idle status) is still on its way.
    let _ = tokio::time::timeout(Duration::from_millis(200), publishing).await;
    Ok(())
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
