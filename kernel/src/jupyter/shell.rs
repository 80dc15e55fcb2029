//! The shell channel: executions in their order, everything else at once.

use super::comm::Comms;
use super::history::History;
use super::iopub::Publisher;
use super::kernel::Kernel;
use super::stdin::Stdin;
use super::wire::{Replies, Requests};
use super::{complete, execute, info, inspect};
use crate::cell::{Completeness, completeness};
use jupyter_protocol::{IsCompleteReply, JupyterMessage, JupyterMessageContent as Content};
use std::sync::Arc;
use tokio::sync::mpsc;

/// What the requests of the channel need.
#[derive(Clone)]
pub struct Services {
    pub kernel: Arc<Kernel>,
    pub publisher: Publisher,
    pub replies: Replies,
    pub history: History,
    pub stdin: Arc<Stdin>,
    pub comms: Arc<Comms>,
}

/// Serves the channel until its socket fails.
pub async fn serve(mut requests: Requests, services: Services) {
    let (executions, queue) = mpsc::unbounded_channel();
    tokio::spawn(execute::serve(queue, services.clone()));
    while let Some(request) = requests.next().await {
        match request.content {
            Content::ExecuteRequest(_) => {
                if executions.send(request).is_err() {
                    return;
                }
            }
            Content::KernelInfoRequest(_)
            | Content::CompleteRequest(_)
            | Content::InspectRequest(_)
            | Content::IsCompleteRequest(_)
            | Content::HistoryRequest(_)
            | Content::CommInfoRequest(_) => {
                let services = services.clone();
                tokio::spawn(async move { services.serve(&request).await });
            }
            // These wait for nothing, and a comm's messages come in the order in which they were sent.
            Content::CommOpen(_) | Content::CommMsg(_) | Content::CommClose(_) => services.serve(&request).await,
            _ => requests.ignore(&request),
        }
    }
}

impl Services {
    async fn serve(&self, request: &JupyterMessage) {
        self.publisher.busy(request);
        self.answer(request).await;
        self.publisher.idle(request);
    }

    async fn answer(&self, request: &JupyterMessage) {
        let answer: Content = match &request.content {
            Content::KernelInfoRequest(_) => info::reply(),
            Content::CompleteRequest(asked) => complete::reply(&self.kernel, asked).await.into(),
            Content::InspectRequest(asked) => inspect::reply(&self.kernel, asked).await.into(),
            Content::IsCompleteRequest(asked) => {
                match completeness(&asked.code, |name| self.kernel.session().has_variable(name)) {
                    Completeness::Complete => IsCompleteReply::complete(),
                    Completeness::Incomplete(indent) => IsCompleteReply::incomplete(indent),
                    Completeness::Invalid => IsCompleteReply::invalid(),
                }
                .into()
            }
            Content::HistoryRequest(asked) => self.history.reply(asked.clone()).await.into(),
            Content::CommInfoRequest(asked) => self.comms.info(asked).into(),
            Content::CommOpen(asked) => return self.comms.refuse(asked, &self.publisher, request),
            Content::CommMsg(said) => return self.comms.pass_on(said),
            Content::CommClose(said) => return self.comms.closed(said),
            _ => return,
        };
        self.replies.reply(answer, request).await;
    }
}
