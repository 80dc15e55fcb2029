//! `execute_request`: compile, run, show, settle; one cell at a time.

use super::display::{frame, media, text};
use super::history::History;
use super::iopub::Publisher;
use super::kernel::Kernel;
use super::shell::{Replies, reply};
use crate::cache::{CachedCell, Key};
use crate::cell::{self, Cell, Contribution, Definitions};
use crate::engine::relay::Run;
use crate::engine::{CellError, Compiled};
use crate::worker::{Event, Worker};
use jupyter_protocol::{
    ErrorOutput, ExecuteInput, ExecuteReply, ExecuteRequest, ExecuteResult, ExecutionCount, JupyterMessage,
    JupyterMessageContent as Content, ReplyError, ReplyStatus, Transient,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// How long a failed cell's reply waits for requests that Run All has sent but that are still on their way.
const ABORT_WINDOW: Duration = Duration::from_millis(10);

/// Runs the requests of `queue` in their order.
pub async fn serve(
    mut queue: UnboundedReceiver<JupyterMessage>,
    kernel: Arc<Kernel>,
    publisher: Publisher,
    replies: Replies,
    history: Arc<History>,
) {
    let mut executor = Executor {
        kernel,
        publisher,
        history,
        worker: None,
        stored: Vec::new(),
        definitions: Definitions::default(),
        count: 0,
    };
    // While the engine warms up the worker can load the prelude.
    executor.worker = executor.kernel.start_worker().ok();
    while let Some(request) = queue.recv().await {
        let Content::ExecuteRequest(asked) = &request.content else { continue };
        executor.publisher.begin_execution(&request);
        let outcome = executor.execute(asked, &request).await;
        let failed = outcome.is_err();
        let count = ExecutionCount::new(executor.count);
        let answer = match outcome {
            Ok(()) => ExecuteReply {
                execution_count: count,
                user_expressions: Some(Default::default()),
                ..ExecuteReply::default()
            },
            Err(error) => {
                let CellError { ename, evalue, traceback } = error;
                if !asked.silent {
                    let output =
                        ErrorOutput { ename: ename.clone(), evalue: evalue.clone(), traceback: traceback.clone() };
                    executor.publisher.publish(output, &request);
                }
                let error = Some(Box::new(ReplyError { ename, evalue, traceback }));
                ExecuteReply { status: ReplyStatus::Error, execution_count: count, error, ..ExecuteReply::default() }
            }
        };
        // What was sent before this failure was known is not run; what is sent after the reply is.
        let behind = if failed && asked.stop_on_error { queued(&mut queue).await } else { Vec::new() };
        reply(&replies, answer, &request).await;
        executor.publisher.end_execution(&request);
        for request in behind {
            executor.publisher.busy(&request);
            let aborted =
                ExecuteReply { status: ReplyStatus::Aborted, execution_count: count, ..ExecuteReply::default() };
            reply(&replies, aborted, &request).await;
            executor.publisher.idle(&request);
        }
    }
}

/// The requests that wait: Run All sends all cells at once.
async fn queued(queue: &mut UnboundedReceiver<JupyterMessage>) -> Vec<JupyterMessage> {
    tokio::time::sleep(ABORT_WINDOW).await;
    std::iter::from_fn(|| queue.try_recv().ok()).collect()
}

struct Executor {
    kernel: Arc<Kernel>,
    publisher: Publisher,
    history: Arc<History>,
    worker: Option<Worker>,
    /// The variables in the worker's store, as it said last.
    stored: Vec<String>,
    /// What the cells so far have defined, as the cache needs to know it.
    definitions: Definitions,
    count: usize,
}

/// How the worker's part of a cell ended.
enum Ran {
    Well,
    Failed(CellError),
    /// A stored value no longer fits its type, which a cell defined anew. Nothing has run.
    TypeChanged,
}

impl Executor {
    async fn execute(&mut self, asked: &ExecuteRequest, request: &JupyterMessage) -> Result<(), CellError> {
        if !asked.silent {
            if asked.store_history || self.count == 0 {
                self.count += 1;
                self.history.add(self.count, &asked.code);
            }
            let input = ExecuteInput { code: asked.code.clone(), execution_count: ExecutionCount::new(self.count) };
            self.publisher.publish(input, request);
        }
        let Cell::Code(code) = cell::read(&asked.code) else { return Ok(()) };
        self.kernel.begin_compiling();
        let outcome = self.compile_and_run(code, asked.silent, request).await;
        let stopped = self.kernel.end_execution();
        match outcome {
            // A compiler that Stop has killed reports nonsense.
            Err(error) if stopped && error.ename == "CompileError" => Err(CellError::interrupted()),
            other => other,
        }
    }

    async fn compile_and_run(&mut self, code: &str, silent: bool, request: &JupyterMessage) -> Result<(), CellError> {
        // A type that was defined anew costs one more round.
        for _ in 0..2 {
            let own = Contribution::of(code);
            let key = self.definitions.seen_by(code, &own).and_then(|seen| self.kernel.cells.key(code, &seen));
            let kept = key.as_ref().and_then(|key| self.kernel.cells.find(key));
            let (ran, types) = match kept.and_then(|cell| Some((self.kernel.unpack(&cell).ok()?, cell.variables))) {
                Some((run, types)) => {
                    self.kernel.engine.replay(code);
                    let ran = self.run(&run, code, silent, request).await;
                    self.kernel.engine.settle_later(!matches!(ran, Ran::Well), self.stored.clone());
                    (ran, types)
                }
                None => {
                    let mut compiled = self.kernel.engine.compile(code).await?;
                    compiled.variables.retain(|name, _| own.binds(name));
                    self.keep(key, &compiled);
                    let Compiled { run, shown, variables } = compiled;
                    self.show_commands(shown, silent, request);
                    let Some(run) = run else {
                        self.definitions.after(own, &self.stored, &variables);
                        return Ok(());
                    };
                    let ran = self.run(&run, code, silent, request).await;
                    self.kernel.engine.settle(!matches!(ran, Ran::Well), self.stored.clone()).await;
                    (ran, variables)
                }
            };
            match ran {
                Ran::Well => {
                    self.definitions.after(own, &self.stored, &types);
                    return Ok(());
                }
                Ran::Failed(error) => {
                    self.definitions.after_failure(own, &self.stored);
                    return Err(error);
                }
                // Nothing has run, but the store has dropped what no longer fits.
                Ran::TypeChanged => self.definitions.after_failure(Contribution::default(), &self.stored),
            }
        }
        let advice = "Run the cells that define the variables of that type again.";
        Err(CellError::new("TypeChanged", "a type that stored variables have was defined anew", vec![advice.into()]))
    }

    /// Puts a cell that has just been compiled into the cache, in the background.
    fn keep(&self, key: Option<Key>, compiled: &Compiled) {
        let (Some(key), Some(run)) = (key, &compiled.run) else { return };
        let Ok(object) = std::fs::read(&run.path) else { return };
        let cell = CachedCell {
            symbol: run.symbol.clone(),
            variables: compiled.variables.clone(),
            lowered: self.kernel.lowered_source(),
            object,
        };
        let cells = self.kernel.cells.clone();
        tokio::task::spawn_blocking(move || cells.keep(&key, &cell));
    }

    async fn run(&mut self, run: &Run, code: &str, silent: bool, request: &JupyterMessage) -> Ran {
        let worker = match self.worker() {
            Ok(worker) => worker.control(),
            Err(error) => return Ran::Failed(error),
        };
        if !self.kernel.begin_running(worker.clone()) {
            return Ran::Failed(CellError::interrupted());
        }
        // If the worker is gone already, its last event says so.
        let _ = worker.run(&run.path, &run.symbol);
        let ran = self.follow(code, silent, request).await;
        let _ = std::fs::remove_file(&run.path);
        ran
    }

    /// Shows what the worker says until the cell has ended.
    async fn follow(&mut self, code: &str, silent: bool, request: &JupyterMessage) -> Ran {
        let count = ExecutionCount::new(self.count);
        loop {
            let event = match &mut self.worker {
                Some(worker) => worker.events.recv().await,
                None => None,
            };
            match event {
                Some(Event::Text(stream, written)) => text(&self.publisher, stream, &written, request),
                Some(Event::Frame(done)) if done["msg"] == "done" => return self.done(&done, code),
                Some(Event::Frame(shown)) if silent && shown["msg"] == "result" => {}
                Some(Event::Frame(shown)) => frame(&self.publisher, &shown, count, request),
                Some(Event::Ended(cause)) => return self.ended(&cause),
                None => return self.ended("the cell's process ended"),
            }
        }
    }

    fn done(&mut self, done: &Value, code: &str) -> Ran {
        let names = |key: &str| -> Vec<String> {
            let list = done[key].as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
        };
        self.stored = names("variables");
        if !names("changed").is_empty() {
            return Ran::TypeChanged;
        }
        match &done["failure"] {
            Value::Null => Ran::Well,
            failure => Ran::Failed(CellError::from_failure(failure, code, &self.kernel.lowered_source())),
        }
    }

    fn ended(&mut self, cause: &str) -> Ran {
        self.worker = None;
        let lost = std::mem::take(&mut self.stored);
        // The next cell should not wait for a new worker.
        self.worker = self.kernel.start_worker().ok();
        Ran::Failed(CellError::worker_ended(cause, &lost))
    }

    fn worker(&mut self) -> Result<&Worker, CellError> {
        if self.worker.is_none() {
            let started = self.kernel.start_worker();
            self.worker = Some(started.map_err(|error| {
                CellError::new("WorkerEnded", format!("{error:#}"), vec!["Run `isopleth doctor`.".into()])
            })?);
        }
        self.worker.as_ref().ok_or_else(|| CellError::worker_ended("the worker did not start", &[]))
    }

    fn show_commands(&self, shown: BTreeMap<String, String>, silent: bool, request: &JupyterMessage) {
        if shown.is_empty() || silent {
            return;
        }
        let data: Map<String, Value> =
            shown.into_iter().map(|(mime, content)| (mime, Value::String(content))).collect();
        let result = ExecuteResult {
            execution_count: ExecutionCount::new(self.count),
            data: media(data),
            transient: Some(Transient::default()),
            ..ExecuteResult::default()
        };
        self.publisher.publish(result, request);
    }
}
