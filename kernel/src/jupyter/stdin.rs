//! The stdin channel: a cell's question to the frontend that runs it, and the answer back to the cell.

use super::request::{FromFields, Malformed, Request};
use super::wire::{Requests, message};
use crate::worker::WorkerControl;
use isopleth_bus::worker::{Answer, Question};
use jupyter_protocol::{InputRequest, JupyterMessage, JupyterMessageContent as Content};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// A frontend connects its channels one after the other; a cell may ask before the last is there.
const CONNECTING: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(100);

/// Sends a request to the frontend that it is addressed to.
pub type SendRequest = dyn Fn(JupyterMessage) -> Sending + Send + Sync;
type Sending = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>;

/// Asks frontends. At most one question is open: only one cell runs, and it asks one thing at a time.
pub struct Stdin {
    send: Box<SendRequest>,
    open: Mutex<Option<OpenQuestion>>,
}

struct OpenQuestion {
    msg_id: String,
    /// The routing identity of the frontend that was asked.
    frontend: Vec<u8>,
    worker: WorkerControl,
    /// The question's number in the worker.
    number: u64,
}

impl Stdin {
    /// Asks by way of `send`.
    pub fn new(send: Box<SendRequest>) -> Self {
        Self { send, open: Mutex::new(None) }
    }

    /// Puts the worker's question to the frontend that sent `execution`.
    pub async fn ask(&self, asked: Question, execution: &JupyterMessage, worker: WorkerControl) {
        let Question { number, prompt, password } = asked;
        let allowed = matches!(&execution.content, Content::ExecuteRequest(request) if request.allow_stdin);
        if !allowed {
            let why = "whoever runs this cell cannot be asked (allow_stdin is false). Run it in JupyterLab, or write \
                       the value into the cell";
            worker.answer(number, Answer::Refused(why.to_owned()));
            return;
        }
        let request = message(InputRequest { prompt, password }, Some(execution));
        let frontend = execution.zmq_identities.first().map(|identity| identity.to_vec()).unwrap_or_default();
        let msg_id = request.header.msg_id.clone();
        // Before it is sent: the answer may come at once.
        *self.open() = Some(OpenQuestion { msg_id, frontend, worker: worker.clone(), number });
        if let Err(error) = self.send_once_connected(request).await {
            self.forget();
            worker.answer(number, Answer::Refused(format!("the frontend has no stdin channel ({error:#})")));
        }
    }

    async fn send_once_connected(&self, request: JupyterMessage) -> anyhow::Result<()> {
        let mut waited = Duration::ZERO;
        loop {
            let sent = (self.send)(request.clone()).await;
            // A question that was withdrawn meanwhile (Stop) needs no second try.
            if sent.is_ok() || waited >= CONNECTING || self.open().is_none() {
                return sent;
            }
            tokio::time::sleep(LOOK).await;
            waited += LOOK;
        }
    }

    /// The cell has ended: whatever comes now is no answer.
    pub fn forget(&self) {
        *self.open() = None;
    }

    /// Hands the reply to the cell, if it answers the open question. What is no text is told to the cell, which would wait
    /// for ever.
    pub(super) fn take(&self, reply: &Request) -> Result<(), Malformed> {
        let message = &reply.message;
        let mut open = self.open();
        let answers = open.as_ref().is_some_and(|question| {
            // Some clients leave out the parent; those that name it must name this question.
            let parent = message.parent_header.as_ref();
            let from = message.zmq_identities.first().map(|identity| &identity[..]);
            parent.is_none_or(|parent| parent.msg_id == question.msg_id) && from == Some(&question.frontend[..])
        });
        let given: Result<Typed, Malformed> = reply.read();
        if let Some(question) = open.take_if(|_| answers) {
            match &given {
                Ok(Typed(value)) => question.worker.answer(question.number, Answer::Line(value.clone())),
                Err(why) => {
                    let why = format!("the frontend has sent something that is no text ({why})");
                    question.worker.answer(question.number, Answer::Refused(why));
                }
            }
        }
        given.map(drop)
    }

    fn open(&self) -> MutexGuard<'_, Option<OpenQuestion>> {
        self.open.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// What was typed.
struct Typed(String);

impl FromFields for Typed {
    fn from_fields(fields: &super::request::Fields) -> Result<Self, Malformed> {
        Ok(Self(fields.required("value")?))
    }
}

/// Takes in replies until the socket fails.
pub async fn serve(mut replies: Requests, stdin: std::sync::Arc<Stdin>) {
    while let Some(reply) = replies.next().await {
        let taken = match reply.kind() {
            "input_reply" => stdin.take(&reply),
            other => {
                Err(Malformed::NotServed { channel: "stdin", msg_type: other.into(), served: "input_reply".into() })
            }
        };
        if let Err(why) = taken {
            replies.refused(&reply, &why);
        }
    }
}
