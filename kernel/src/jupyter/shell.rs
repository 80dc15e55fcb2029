//! The shell channel: executions in their order, everything else at once.

use super::channel::{Answer, Answers};
use super::comm::Comms;
use super::history::History;
use super::iopub::Publisher;
use super::kernel::Kernel;
use super::request::{Malformed, Request};
use super::stdin::Stdin;
use super::wire::{Replies, Requests};
use super::{complete, execute, info, inspect};
use crate::cell::{Completeness, completeness};
use crate::threads;
use jupyter_protocol::{
    CommClose, CommInfoRequest, CommMsg, CommOpen, ExecuteRequest, IsCompleteReply, IsCompleteRequest, JupyterMessage,
};
use std::sync::Arc;
use tokio::sync::mpsc::{self, UnboundedSender};

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
    let answers = Answers { replies: services.replies.clone(), publisher: services.publisher.clone() };
    while let Some(request) = requests.next().await {
        let decided = match services.decide(&request, &executions) {
            Ok(Some(answer)) => Ok(answer),
            // The executor answers.
            Ok(None) if !executions.is_closed() => continue,
            Ok(None) => return,
            Err(why) => Err(why),
        };
        answers.give(decided, request, &mut requests).await;
    }
}

impl Services {
    /// What is done about `request`; nothing here where it was put among the `executions`.
    fn decide(
        &self,
        request: &Request,
        executions: &UnboundedSender<JupyterMessage>,
    ) -> Result<Option<Answer>, Malformed> {
        let Self { kernel, publisher, history, comms, .. } = self.clone();
        let message = &request.message;
        Ok(Some(match request.kind() {
            "execute_request" => {
                let asked: ExecuteRequest = request.read()?;
                // If the executor is gone, the channel ends.
                let _ = executions.send(JupyterMessage { content: asked.into(), ..message.clone() });
                return Ok(None);
            }
            "kernel_info_request" => {
                let () = request.read()?;
                Answer::in_turn(async { Some(info::reply()) })
            }
            "complete_request" => {
                let asked = request.read()?;
                Answer::beside(async move { complete::reply(&kernel, &asked).await })
            }
            "inspect_request" => {
                let asked = request.read()?;
                Answer::beside(async move { inspect::reply(&kernel, &asked).await })
            }
            "is_complete_request" => {
                let asked = request.read()?;
                Answer::beside(async move { is_complete(&kernel, &asked) })
            }
            "history_request" => {
                let asked = request.read()?;
                Answer::beside(async move { history.reply(asked).await })
            }
            "comm_info_request" => {
                let asked: CommInfoRequest = request.read()?;
                Answer::beside(async move { comms.info(&asked) })
            }
            // A comm's messages come in the order in which they were sent.
            "comm_open" => {
                let (asked, message): (CommOpen, _) = (request.read()?, message.clone());
                Answer::in_turn(async move {
                    comms.refuse(&asked, &publisher, &message);
                    None
                })
            }
            "comm_msg" => {
                let said: CommMsg = request.read()?;
                Answer::in_turn(async move {
                    comms.pass_on(&said);
                    None
                })
            }
            "comm_close" => {
                let said: CommClose = request.read()?;
                Answer::in_turn(async move {
                    comms.closed(&said);
                    None
                })
            }
            other => {
                return Err(Malformed::NotServed {
                    channel: "shell",
                    msg_type: other.into(),
                    served: "execute_request, kernel_info_request, complete_request, inspect_request, \
                             is_complete_request, history_request, comm_info_request, comm_open, comm_msg and \
                             comm_close"
                        .into(),
                });
            }
        }))
    }
}

fn is_complete(kernel: &Kernel, asked: &IsCompleteRequest) -> IsCompleteReply {
    if !threads::parser_is_ready() {
        return IsCompleteReply::complete();
    }
    match completeness(&asked.code, |name| kernel.session().has_variable(name)) {
        Completeness::Complete => IsCompleteReply::complete(),
        Completeness::Incomplete(indent) => IsCompleteReply::incomplete(indent),
        Completeness::Invalid => IsCompleteReply::invalid(),
    }
}
