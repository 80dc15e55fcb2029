//! The control channel: Stop and shutdown, which wait for nothing.

use super::info;
use super::iopub::Publisher;
use super::kernel::Kernel;
use super::wire::{Replies, Requests};
use jupyter_protocol::{InterruptReply, JupyterMessageContent as Content, ReplyStatus, ShutdownReply};
use std::sync::Arc;

/// Serves the channel until shutdown is asked for, or its socket fails.
pub async fn serve(mut requests: Requests, replies: Replies, kernel: Arc<Kernel>, publisher: Publisher) {
    while let Some(request) = requests.next().await {
        let answer: Content = match &request.content {
            Content::InterruptRequest(_) => InterruptReply::new().into(),
            Content::ShutdownRequest(asked) => {
                ShutdownReply { restart: asked.restart, status: ReplyStatus::Ok, error: None }.into()
            }
            Content::KernelInfoRequest(_) => info::reply(),
            _ => {
                requests.ignore(&request);
                continue;
            }
        };
        publisher.busy(&request);
        if matches!(request.content, Content::InterruptRequest(_)) {
            kernel.interrupt();
        }
        replies.reply(answer, &request).await;
        publisher.idle(&request);
        if matches!(request.content, Content::ShutdownRequest(_)) {
            return;
        }
    }
}
