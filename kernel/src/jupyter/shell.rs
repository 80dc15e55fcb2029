//! The shell channel: executions in their order, everything else at once.

use super::iopub::Publisher;
use super::kernel::Kernel;
use super::{complete, execute, history, info, inspect};
use crate::engine::{Completeness, completeness};
use anyhow::Context;
use jupyter_protocol::{CommInfoReply, IsCompleteReply, JupyterMessage, JupyterMessageContent as Content, ReplyStatus};
use jupyter_zmq_client::{KernelShellConnection, RawMessage, RouterRecvConnection, RouterSendConnection};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};
use zeromq::SocketRecv;

/// The sending half of a channel, shared by the tasks that reply on it.
pub type Replies = Arc<Mutex<RouterSendConnection>>;

/// Sends `content` as the reply to `request`.
pub async fn reply(replies: &Replies, content: impl Into<Content>, request: &JupyterMessage) {
    // A frontend that went away needs no reply.
    let _ = replies.lock().await.send(JupyterMessage::new(content, Some(request))).await;
}

/// Serves the channel until its socket fails.
pub async fn serve(socket: KernelShellConnection, kernel: Arc<Kernel>, publisher: Publisher) {
    let (send, mut receive) = socket.split();
    let replies: Replies = Arc::new(Mutex::new(send));
    let history = Arc::new(history::History::default());
    let (executions, queue) = mpsc::unbounded_channel();
    tokio::spawn(execute::serve(
        queue,
        Arc::clone(&kernel),
        publisher.clone(),
        Arc::clone(&replies),
        Arc::clone(&history),
    ));
    let mut failures = 0;
    loop {
        let request = match receive_request(&mut receive).await {
            Ok(request) => request,
            // A message that is not understood is the sender's fault; a broken socket fails for ever.
            Err(_) if failures < 100 => {
                failures += 1;
                continue;
            }
            Err(_) => return,
        };
        failures = 0;
        if matches!(request.content, Content::ExecuteRequest(_)) {
            if executions.send(request).is_err() {
                return;
            }
            continue;
        }
        let (kernel, publisher, replies, history) =
            (Arc::clone(&kernel), publisher.clone(), Arc::clone(&replies), Arc::clone(&history));
        tokio::spawn(async move {
            publisher.busy(&request);
            answer(&request, &kernel, &replies, &history).await;
            publisher.idle(&request);
        });
    }
}

/// Reads one request.
///
/// # Errors
/// When the socket fails, or the message is not signed, not JSON, or not of the protocol.
async fn receive_request(socket: &mut RouterRecvConnection) -> anyhow::Result<JupyterMessage> {
    let raw = RawMessage::from_multipart(socket.socket.recv().await?, &socket.mac)?;
    let part = |at: usize| -> anyhow::Result<Value> {
        Ok(serde_json::from_slice(raw.jparts.get(at).context("a part is missing")?)?)
    };
    let mut content = part(3)?;
    if content["hist_access_type"].is_string() {
        // Frontends leave out fields that the protocol crate insists on.
        history::fill_in(&mut content);
    }
    let value = json!({ "header": part(0)?, "parent_header": part(1)?, "metadata": part(2)?, "content": content, "buffers": [] });
    Ok(JupyterMessage::from_value(value)?.with_zmq_identities(raw.zmq_identities))
}

async fn answer(request: &JupyterMessage, kernel: &Kernel, replies: &Replies, history: &history::History) {
    match &request.content {
        Content::KernelInfoRequest(_) => reply(replies, info::reply(), request).await,
        Content::CompleteRequest(asked) => reply(replies, complete::reply(kernel, asked).await, request).await,
        Content::InspectRequest(asked) => reply(replies, inspect::reply(kernel, asked).await, request).await,
        Content::IsCompleteRequest(asked) => {
            let answer = match completeness(&asked.code) {
                Completeness::Complete => IsCompleteReply::complete(),
                Completeness::Incomplete(indent) => IsCompleteReply::incomplete(indent),
                Completeness::Invalid => IsCompleteReply::invalid(),
            };
            reply(replies, answer, request).await;
        }
        Content::HistoryRequest(asked) => reply(replies, history.reply(asked), request).await,
        Content::CommInfoRequest(_) => {
            let none = CommInfoReply { status: ReplyStatus::Ok, comms: Default::default(), error: None };
            reply(replies, none, request).await;
        }
        // Comms for targets that the kernel does not have, and messages of later protocols.
        _ => {}
    }
}
