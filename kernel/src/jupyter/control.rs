//! The control channel: Stop and shutdown, which wait for nothing.

use super::info;
use super::iopub::Publisher;
use super::kernel::Kernel;
use jupyter_protocol::{InterruptReply, JupyterMessage, JupyterMessageContent as Content, ReplyStatus, ShutdownReply};
use jupyter_zmq_client::KernelControlConnection;
use std::sync::Arc;

/// Serves the channel until shutdown is asked for.
pub async fn serve(mut socket: KernelControlConnection, kernel: Arc<Kernel>, publisher: Publisher) {
    let mut failures = 0;
    while failures < 100 {
        let Ok(request) = socket.read().await else {
            failures += 1;
            continue;
        };
        failures = 0;
        publisher.busy(&request);
        let shutdown = matches!(request.content, Content::ShutdownRequest(_));
        let answer: Option<Content> = match &request.content {
            Content::InterruptRequest(_) => {
                kernel.interrupt();
                Some(InterruptReply::new().into())
            }
            Content::ShutdownRequest(asked) => {
                Some(ShutdownReply { restart: asked.restart, status: ReplyStatus::Ok, error: None }.into())
            }
            Content::KernelInfoRequest(_) => Some(info::reply().into()),
            _ => None,
        };
        if let Some(answer) = answer {
            let _ = socket.send(JupyterMessage::new(answer, Some(&request))).await;
        }
        publisher.idle(&request);
        if shutdown {
            return;
        }
    }
}
