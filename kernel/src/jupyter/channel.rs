//! How a request is answered: between `busy` and `idle`, whatever becomes of it.

use super::iopub::Publisher;
use super::request::{Malformed, Request};
use super::wire::{Replies, Requests};
use jupyter_protocol::{JupyterMessage, JupyterMessageContent as Content};
use std::pin::Pin;

/// What a channel does about a request.
pub struct Answer {
    /// Gives the reply, or none where the protocol has none.
    work: Pin<Box<dyn Future<Output = Option<Content>> + Send>>,
    /// Whether the channel's next request waits for it.
    in_turn: bool,
}

impl Answer {
    /// An answer that takes no time, given before the channel's next request is looked at.
    pub fn in_turn(work: impl Future<Output = Option<Content>> + Send + 'static) -> Self {
        Self { work: Box::pin(work), in_turn: true }
    }

    /// An answer that others need not wait for.
    pub fn beside<T: Into<Content>>(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self { work: Box::pin(async move { Some(work.await.into()) }), in_turn: false }
    }
}

/// The sending side of a channel.
#[derive(Clone)]
pub struct Answers {
    pub replies: Replies,
    pub publisher: Publisher,
}

impl Answers {
    /// Does what was decided about `request`, or says why nothing can be done.
    pub async fn give(&self, decided: Result<Answer, Malformed>, request: Request, requests: &mut Requests) {
        let Answer { work, in_turn } = decided.unwrap_or_else(|why| {
            requests.refused(&request, &why);
            let reply = why.reply(&request);
            Answer::in_turn(async { reply })
        });
        if in_turn {
            self.answer(&request.message, work).await;
        } else {
            let answers = self.clone();
            tokio::spawn(async move { answers.answer(&request.message, work).await });
        }
    }

    async fn answer(&self, request: &JupyterMessage, work: impl Future<Output = Option<Content>>) {
        self.publisher.busy(request);
        if let Some(reply) = work.await {
            self.replies.reply(reply, request).await;
        }
        self.publisher.idle(request);
    }
}
