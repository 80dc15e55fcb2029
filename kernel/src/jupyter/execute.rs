//! `execute_request`: compile, run, show, settle; one cell at a time.

mod expressions;
mod help;
mod prepare;

use super::display::{frame, media, text};
use super::iopub::Publisher;
use super::kernel::Kernel;
use super::shell::Services;
use crate::cell::{self, Cell, Contribution, Scope};
use crate::engine::relay::Run;
use crate::engine::{CellError, Written, where_it_failed};
use crate::worker::{Ending, Event, Stream, Worker};
use jupyter_protocol::{
    ErrorOutput, ExecuteInput, ExecuteReply, ExecuteRequest, ExecuteResult, ExecutionCount, JupyterMessage,
    JupyterMessageContent as Content, Payload, ReplyError, ReplyStatus, Transient,
};
use prepare::Prepared;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// How long a failed cell's reply waits for requests that Run All has sent but that are still on their way.
const ABORT_WINDOW: Duration = Duration::from_millis(10);

/// Runs the requests of `queue` in their order.
pub async fn serve(mut queue: UnboundedReceiver<JupyterMessage>, services: Services) {
    let mut executor = Executor {
        kernel: Arc::clone(&services.kernel),
        publisher: services.publisher.clone(),
        services,
        worker: None,
        stored: Vec::new(),
        scope: Scope::default(),
        items: Vec::new(),
        count: 0,
        captured: None,
        retired: VecDeque::new(),
    };
    // While the engine warms up the worker can load the prelude.
    executor.worker = executor.kernel.start_worker().ok();
    while let Some(request) = queue.recv().await {
        let Content::ExecuteRequest(asked) = &request.content else { continue };
        executor.publisher.begin_execution(&request);
        let outcome = executor.execute(asked, &request).await;
        let failed = outcome.is_err();
        let count = executor.count();
        let answer = match outcome {
            Ok(payload) => ExecuteReply {
                execution_count: count,
                payload,
                user_expressions: Some(executor.user_expressions(asked, &request).await),
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
        executor.services.replies.reply(answer, &request).await;
        executor.publisher.end_execution(&request);
        for request in behind {
            executor.publisher.busy(&request);
            let aborted =
                ExecuteReply { status: ReplyStatus::Aborted, execution_count: count, ..ExecuteReply::default() };
            executor.services.replies.reply(aborted, &request).await;
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
    services: Services,
    worker: Option<Worker>,
    /// The variables in the worker's store, as it said last.
    stored: Vec<String>,
    /// What the cells so far have defined, as the cache needs to know it.
    scope: Scope,
    /// The items that cells have written, for the lines of panics.
    items: Vec<Written>,
    count: usize,
    /// While a user expression runs: its value, which is not to be shown.
    captured: Option<Value>,
    /// Objects that have run. A closure or a thread that one has left behind may panic: its lines are read from the object.
    retired: VecDeque<PathBuf>,
}

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
    /// The number that cells show: of the last one that counted, from 1.
    fn count(&self) -> ExecutionCount {
        ExecutionCount::new(self.count.max(1))
    }

    async fn execute(&mut self, asked: &ExecuteRequest, request: &JupyterMessage) -> Result<Vec<Payload>, CellError> {
        if !asked.silent {
            if asked.store_history {
                self.count += 1;
                self.services.history.add(self.count, &asked.code);
            }
            let input = ExecuteInput { code: asked.code.clone(), execution_count: self.count() };
            self.publisher.publish(input, request);
        }
        if let Some(names) = cell::help(&asked.code, &self.stored) {
            return Ok(self.help(&names, request).await);
        }
        let Cell::Code(code) = cell::read(&asked.code) else { return Ok(Vec::new()) };
        self.run_code(code, asked.silent, request).await.map(|()| Vec::new())
    }

    async fn run_code(&mut self, code: &str, silent: bool, request: &JupyterMessage) -> Result<(), CellError> {
        self.kernel.begin_compiling();
        let outcome = self.compile_and_run(code, silent, request).await;
        // A question that is still open was asked by a thread that the cell left behind.
        self.services.stdin.forget();
        let stopped = self.kernel.end_execution();
        match outcome {
            // A compiler that Stop has killed reports nonsense.
            Err(error) if stopped && error.ename == "CompileError" => Err(CellError::interrupted()),
            other => other,
        }
    }

    async fn compile_and_run(&mut self, code: &str, silent: bool, request: &JupyterMessage) -> Result<(), CellError> {
        // A type that was defined anew costs one more round.
        for round in 0..2 {
            let own = Contribution::of(code);
            self.scope.before(&own);
            let Prepared { run, types, from_cache } = match round {
                0 => self.prepare(code, &own, silent, request).await?,
                _ => self.compile_anew(None, code, &own, silent, request).await?,
            };
            let Some(run) = run else {
                self.scope.after(own, &self.stored, &types);
                return Ok(());
            };
            let ran = self.run(&run, silent, request).await;
            self.retire(run.path);
            let failed = !matches!(ran, Ran::Well);
            if from_cache {
                self.kernel.engine.settle_later(failed, self.stored.clone());
            } else {
                self.kernel.engine.settle(failed, self.stored.clone()).await;
            }
            match ran {
                Ran::Well => {
                    self.scope.after(own, &self.stored, &types);
                    return Ok(());
                }
                Ran::Failed(error) => {
                    self.scope.after_failure(own, &self.stored);
                    return Err(error);
                }
                // Nothing has run, but the store has dropped what no longer fits.
                Ran::TypeChanged => self.scope.after_failure(Contribution::default(), &self.stored),
            }
        }
        let advice = "Run the cells that define the variables of that type again.";
        Err(CellError::new("TypeChanged", "a type that stored variables have was defined anew", vec![advice.into()]))
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
        let count = self.count();
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
                Some(Event::Frame(asked)) if asked["msg"] == "input" => self.ask(&asked, request).await,
                Some(Event::Frame(shown)) if shown["msg"] == "result" && (silent || self.captured.is_some()) => {
                    self.captured = self.captured.take().map(|_| shown);
                }
                Some(Event::Frame(said)) if self.is_about_a_comm(&said, request) => {}
                Some(Event::Frame(shown)) => frame(&self.publisher, &shown, count, request),
                Some(Event::Ended(ending)) => return self.ended(&ending, request),
                None => return self.ended(&Ending::new("the cell's process ended", ""), request),
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

    /// Puts the cell's question to the frontend. The answer goes to the worker by itself, and Stop does not wait.
    async fn ask(&self, asked: &Value, request: &JupyterMessage) {
        if let Some(worker) = &self.worker {
            self.services.stdin.ask(asked, request, worker.control()).await;
        }
    }

    fn is_about_a_comm(&self, said: &Value, request: &JupyterMessage) -> bool {
        self.worker
            .as_ref()
            .is_some_and(|worker| self.services.comms.said_by_cell(said, &worker.control(), &self.publisher, request))
    }

    fn ended(&mut self, ending: &Ending, request: &JupyterMessage) -> Ran {
        self.worker = None;
        self.services.comms.close_all(&self.publisher, request);
        let lost = std::mem::take(&mut self.stored);
        for object in self.retired.drain(..) {
            let _ = std::fs::remove_file(object);
        }
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
            execution_count: self.count(),
            data: media(data),
            transient: Some(Transient::default()),
            ..ExecuteResult::default()
        };
        self.publisher.publish(result, request);
    }
}
