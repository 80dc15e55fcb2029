//! `execute_request`: compile, run, show, settle; one cell at a time.

use super::display::{frame, media, notices, progress, text};
use super::history::History;
use super::iopub::Publisher;
use super::kernel::Kernel;
use super::shell::{Replies, reply};
use crate::cell::{self, Cell};
use crate::engine::relay::Run;
use crate::engine::{CellError, Compiled, where_it_failed};
use crate::worker::{Ending, Event, Stream, Worker};
use jupyter_protocol::{
    ErrorOutput, ExecuteInput, ExecuteReply, ExecuteRequest, ExecuteResult, ExecutionCount, JupyterMessage,
    JupyterMessageContent as Content, ReplyError, ReplyStatus, Transient,
};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
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
    let mut executor =
        Executor { kernel, publisher, history, worker: None, stored: Vec::new(), count: 0, retired: VecDeque::new() };
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
    count: usize,
    /// Objects that have run. A closure or a thread that one has left behind may panic: its lines are read from the object.
    retired: VecDeque<PathBuf>,
}

/// How often is looked what cargo is doing.
const PROGRESS: Duration = Duration::from_millis(100);
/// How many objects are kept, some tens of kB each.
const RETIRED: usize = 100;

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
            let compiled = self.compile(code, silent, request).await?;
            self.forget(&compiled.forget);
            self.show_commands(compiled.shown, silent, request);
            if !silent {
                notices(&self.publisher, &compiled.notices, request);
            }
            let Some(run) = compiled.run else { return Ok(()) };
            let ran = self.run(&run, silent, request).await;
            self.retire(run.path);
            self.kernel.engine.settle(!matches!(ran, Ran::Well), self.stored.clone()).await;
            match ran {
                Ran::Well => return Ok(()),
                Ran::Failed(error) => return Err(error),
                Ran::TypeChanged => {}
            }
        }
        let advice = "Run the cells that define the variables of that type again.";
        Err(CellError::new("TypeChanged", "a type that stored variables have was defined anew", vec![advice.into()]))
    }

    /// Compiles the cell. Where that takes cargo, one line of the output says what it is doing.
    async fn compile(&self, code: &str, silent: bool, request: &JupyterMessage) -> Result<Compiled, CellError> {
        let compiling = self.kernel.engine.compile(code, self.count);
        tokio::pin!(compiling);
        let mut shown: Option<String> = None;
        let mut show = || {
            let Some(line) = self.kernel.progress().filter(|line| !silent && shown.as_ref() != Some(line)) else {
                return;
            };
            progress(&self.publisher, &line, self.count, shown.is_some(), request);
            shown = Some(line);
        };
        loop {
            tokio::select! {
                compiled = &mut compiling => {
                    show();
                    return compiled;
                }
                () = tokio::time::sleep(PROGRESS) => show(),
            }
        }
    }

    async fn run(&mut self, run: &Run, silent: bool, request: &JupyterMessage) -> Ran {
        let worker = match self.worker() {
            Ok(worker) => worker.control(),
            Err(error) => return Ran::Failed(error),
        };
        if !self.kernel.begin_running(worker.clone()) {
            return Ran::Failed(CellError::interrupted());
        }
        // If the worker is gone already, its last event says so.
        let _ = worker.run(&run.path, &run.symbol);
        self.follow(silent, request).await
    }

    /// Shows what the worker says until the cell has ended.
    async fn follow(&mut self, silent: bool, request: &JupyterMessage) -> Ran {
        let count = ExecutionCount::new(self.count);
        loop {
            let event = match &mut self.worker {
                Some(worker) => worker.events.recv().await,
                None => None,
            };
            match event {
                Some(Event::Text(stream, written)) => text(&self.publisher, stream, &written, request),
                Some(Event::Frame(done)) if done["msg"] == "done" => return self.done(&done),
                Some(Event::Frame(panic)) if panic["msg"] == "thread_panic" => {
                    let mut lines = vec![panic["evalue"].as_str().unwrap_or_default().to_owned()];
                    lines.extend(where_it_failed(&panic, self.count, &self.kernel.engine.places));
                    text(&self.publisher, Stream::Stderr, &format!("{}\n", lines.join("\n")), request);
                }
                Some(Event::Frame(shown)) if silent && shown["msg"] == "result" => {}
                Some(Event::Frame(shown)) => frame(&self.publisher, &shown, count, request),
                Some(Event::Ended(ending)) => return self.ended(&ending),
                None => return self.ended(&Ending::new("the cell's process ended", "")),
            }
        }
    }

    fn done(&mut self, done: &Value) -> Ran {
        let names = |key: &str| -> Vec<String> {
            let list = done[key].as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
        };
        let before = std::mem::replace(&mut self.stored, names("variables"));
        if !names("changed").is_empty() {
            return Ran::TypeChanged;
        }
        match &done["failure"] {
            Value::Null => Ran::Well,
            failure => {
                let lost: Vec<String> = before.into_iter().filter(|name| !self.stored.contains(name)).collect();
                let error = CellError::from_failure(failure, self.count, &self.kernel.engine.places);
                Ran::Failed(error.with_lost(&lost))
            }
        }
    }

    fn ended(&mut self, ending: &Ending) -> Ran {
        self.worker = None;
        let lost = std::mem::take(&mut self.stored);
        // The next cell should not wait for a new worker.
        self.worker = self.kernel.start_worker().ok();
        Ran::Failed(CellError::worker_ended(ending, &lost))
    }

    fn retire(&mut self, object: PathBuf) {
        self.retired.push_back(object);
        if self.retired.len() > RETIRED
            && let Some(oldest) = self.retired.pop_front()
        {
            let _ = std::fs::remove_file(oldest);
        }
    }

    /// Has the worker drop values whose type is no longer what it was, whether or not the cell runs.
    fn forget(&mut self, names: &[String]) {
        if let Some(worker) = self.worker.as_ref().filter(|_| !names.is_empty()) {
            worker.control().forget(names);
            self.stored.retain(|name| !names.contains(name));
        }
    }

    fn worker(&mut self) -> Result<&Worker, CellError> {
        if self.worker.is_none() {
            let started = self.kernel.start_worker();
            self.worker = Some(started.map_err(|error| {
                CellError::new("WorkerEnded", format!("{error:#}"), vec!["Run `isopleth doctor`.".into()])
            })?);
        }
        self.worker.as_ref().ok_or_else(|| CellError::worker_ended(&Ending::new("the worker did not start", ""), &[]))
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
