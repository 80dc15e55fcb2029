//! `execute_request`: prepare, run, show; one cell at a time. Between cells, what threads of earlier ones have to say.

mod cell;
mod commands;
mod crates;
mod engine;
mod executor;
mod expressions;
mod help;
mod notices;
mod program;
#[cfg(test)]
mod tests;
mod worker_events;

pub use commands::names as command_names;

use super::shell::Services;
use crate::log;
use executor::{Executor, Frontends};
use jupyter_protocol::{ExecuteReply, JupyterMessage, JupyterMessageContent as Content, Payload, ReplyStatus};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tracing::Instrument;

/// How long a failed cell's reply waits for requests that Run All has sent but that are still on their way.
const ABORT_WINDOW: Duration = Duration::from_millis(10);

/// Runs the requests of `queue` in their order.
pub async fn serve(mut queue: UnboundedReceiver<JupyterMessage>, services: Services) {
    let Services { kernel, publisher, replies, history, stdin, comms } = services;
    let frontends = Frontends { publisher: publisher.clone(), history, stdin, comms };
    let mut executor = Executor::new(Arc::clone(&kernel), frontends);
    while let Some(request) = executor.next(&mut queue).await {
        let Content::ExecuteRequest(asked) = &request.content else { continue };
        let request = Arc::new(request.clone());
        publisher.begin_execution(&request);
        let span = tracing::info_span!("request", lane = log::CELL, bytes = asked.code.len());
        let answer = executor.answer(asked, &request).instrument(span.clone()).await;
        let failed = matches!(answer.status, ReplyStatus::Error);
        // What was sent before this failure was known is not run; what is sent after the reply is.
        let behind = if failed && asked.stop_on_error { queued(&mut queue).await } else { Vec::new() };
        let is_the_end = matches!(answer.payload.as_slice(), [Payload::AskExit { .. }]);
        let execution_count = answer.execution_count;
        replies.reply(answer, &request).instrument(tracing::info_span!(parent: &span, "reply")).await;
        tracing::info_span!(parent: &span, "idle").in_scope(|| publisher.end_execution(&request));
        drop(span);
        for request in behind {
            publisher.busy(&request);
            let aborted = ExecuteReply { status: ReplyStatus::Aborted, execution_count, ..ExecuteReply::default() };
            replies.reply(aborted, &request).await;
            publisher.idle(&request);
        }
        if is_the_end {
            kernel.quit.notify_one();
        }
    }
}

/// The requests that wait: Run All sends all cells at once.
async fn queued(queue: &mut UnboundedReceiver<JupyterMessage>) -> Vec<JupyterMessage> {
    tokio::time::sleep(ABORT_WINDOW).await;
    std::iter::from_fn(|| queue.try_recv().ok()).collect()
}
