//! Execution without a compiler, analysis or processes: what the notebook sees of what a worker says.

mod between_cells;
mod cells;
mod commands;
mod failures;
mod fakes;
mod stop;

use super::executor::{Executor, Frontends};
use crate::jupyter::history::History;
use crate::jupyter::iopub::{Published, Publisher};
use crate::jupyter::stdin::Stdin;
use crate::jupyter::wire::message;
use crate::worker::fake::FakeWorker;
use fakes::{FakeEngine, Script};
use isopleth_bus::worker::{Description, Display, Done, Message};
use jupyter_protocol::{ExecuteReply, ExecuteRequest, JupyterMessage, JupyterMessageContent as Content};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Longer than anything here takes, by far.
const PATIENCE: Duration = Duration::from_secs(20);

/// A notebook on fakes.
struct Notebook {
    executor: Executor<FakeEngine>,
    engine: Arc<FakeEngine>,
    published: Published,
    /// What was put to the frontend on stdin.
    asked: UnboundedReceiver<JupyterMessage>,
    queue: UnboundedReceiver<JupyterMessage>,
    send: UnboundedSender<JupyterMessage>,
    /// The request that was executed last.
    last: String,
}

impl Notebook {
    /// `workers` are started one after the other, the first at once.
    fn new(workers: impl IntoIterator<Item = Script>) -> Self {
        Self::with(FakeEngine::new(workers))
    }

    fn with(engine: FakeEngine) -> Self {
        let engine = Arc::new(engine);
        let (publisher, published) = Publisher::collecting();
        let (ask, asked) = unbounded_channel();
        let stdin = Arc::new(Stdin::new(Box::new(move |request| {
            let sent = ask.send(request).map_err(|_| anyhow::anyhow!("nobody there"));
            Box::pin(async move { sent })
        })));
        let frontends = Frontends { publisher, history: History::forgotten(), stdin, comms: Arc::default() };
        let executor = Executor::new(Arc::clone(&engine), frontends);
        let (send, queue) = unbounded_channel();
        Self { executor, engine, published, asked, queue, send, last: String::new() }
    }

    async fn run(&mut self, code: &str) -> ExecuteReply {
        self.request(ExecuteRequest { store_history: true, ..ExecuteRequest::new(code.to_owned()) }).await
    }

    async fn request(&mut self, asked: ExecuteRequest) -> ExecuteReply {
        let _ = self.send.send(message(asked, None));
        let request = self.executor.next(&mut self.queue).await.expect("was sent");
        let request = Arc::new(request);
        let Content::ExecuteRequest(asked) = &request.content else { panic!("sent as one") };
        self.last.clone_from(&request.header.msg_id);
        let answer = self.executor.answer(asked, &request);
        tokio::time::timeout(PATIENCE, answer).await.expect("an answer")
    }

    /// What was shown since the last call, in few words; all of it below the cell that ran last.
    fn shown(&mut self) -> Vec<String> {
        let messages: Vec<JupyterMessage> = std::iter::from_fn(|| self.published.next_if_any()).collect();
        messages.iter().map(|message| self.in_words(message)).collect()
    }

    /// The next thing that is shown while no cell runs.
    async fn shown_meanwhile(&mut self) -> String {
        let shown = async {
            tokio::select! {
                _ = self.executor.next(&mut self.queue) => panic!("nothing was sent"),
                message = self.published.next() => message,
            }
        };
        let message = tokio::time::timeout(PATIENCE, shown).await.expect("something is shown");
        self.in_words(&message)
    }

    fn in_words(&self, message: &JupyterMessage) -> String {
        let parent = message.parent_header.as_ref().map(|parent| parent.msg_id.as_str());
        assert_eq!(parent, Some(self.last.as_str()), "below another cell: {:?}", message.content);
        let content = serde_json::to_value(&message.content).expect("JSON");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match message.header.msg_type.as_str() {
            "stream" => format!("{}: {}", text(&content["name"]), text(&content["text"])),
            "error" => format!("error: {}: {}", text(&content["ename"]), text(&content["evalue"])),
            kind => format!("{kind}: {}", text(&content["data"]["text/plain"])),
        }
    }

    fn variables(&self) -> Vec<String> {
        use super::engine::Engine;
        self.engine.session().variables().keys().cloned().collect()
    }

    fn gone(&self, name: &str) -> String {
        use super::engine::Engine;
        self.engine.session().gone(name).map(|gone| gone.in_words(name)).unwrap_or_default()
    }
}

/// A bundle of plain text.
fn plain(text: &str) -> Display {
    let data = [("text/plain".to_owned(), Value::String(text.to_owned()))].into_iter().collect();
    Display { data, ..Display::default() }
}

/// A worker that tells each order that it gets, and whose cells leave the variable `name`.
fn obeys(tell: std::sync::mpsc::Sender<isopleth_bus::worker::Command>, name: &'static str) -> Script {
    Box::new(move |mut worker: FakeWorker| {
        while let Some(command) = worker.next_order() {
            let is_cell = matches!(command, isopleth_bus::worker::Command::Run(_));
            let _ = tell.send(command);
            if is_cell {
                worker.say(&Message::Done(Box::new(done(&[name]))));
            }
        }
    })
}

/// The end of a cell that has left these variables, all numbers.
fn done(variables: &[&str]) -> Done {
    let described = |name: &&str| {
        let text = Some("3".to_owned());
        ((*name).to_owned(), Description { type_name: "i32".into(), bytes: 4, text, ..Description::default() })
    };
    Done {
        variables: variables.iter().map(|name| (*name).to_owned()).collect(),
        described: variables.iter().map(described).collect(),
        ..Done::default()
    }
}

/// A worker whose cells do what `ends` says of them, in their order. Then it waits for its end.
fn runs(ends: impl IntoIterator<Item = Done> + Send + 'static) -> Script {
    Box::new(move |mut worker: FakeWorker| {
        let ends: Vec<Done> = ends.into_iter().collect();
        for end in ends {
            if worker.next_run().is_none() {
                return;
            }
            worker.say(&Message::Done(Box::new(end)));
        }
        while worker.next().is_some() {}
    })
}

fn ename(reply: &ExecuteReply) -> &str {
    reply.error.as_ref().map_or("", |error| error.ename.as_str())
}

fn traceback(reply: &ExecuteReply) -> String {
    reply.error.as_ref().map(|error| error.traceback.join("\n")).unwrap_or_default()
}
