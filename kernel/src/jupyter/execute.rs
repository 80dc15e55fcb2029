//! `execute_request`: compile, run, show, settle; one cell at a time.

use super::display::{frame, media, notices, progress, text};
use super::history::History;
use super::iopub::Publisher;
use super::kernel::Kernel;
use super::shell::{Replies, reply};
use crate::cache::{CachedCell, Key};
use crate::cell::{self, Cell, Contribution, Definitions};
use crate::compile::label;
use crate::engine::relay::Run;
use crate::engine::{CellError, Compiled, LineMap, Source, Written, where_it_failed, written};
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
    let mut executor = Executor {
        kernel,
        publisher,
        history,
        worker: None,
        stored: Vec::new(),
        definitions: Definitions::default(),
        items: Vec::new(),
        count: 0,
        retired: VecDeque::new(),
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
    /// The items that cells have written, for the lines of panics.
    items: Vec<Written>,
    count: usize,
    /// Objects that have run. A closure or a thread that one has left behind may panic: its lines are read from the object.
    retired: VecDeque<PathBuf>,
}

/// How often is looked what cargo is doing.
const PROGRESS: Duration = Duration::from_millis(100);
/// How many objects are kept, some tens of kB each.
const RETIRED: usize = 100;

/// A cell that is ready to run.
struct Prepared {
    /// Nothing to run for a cell of commands only.
    run: Option<Run>,
    /// The types of the variables that it binds.
    types: BTreeMap<String, String>,
    from_cache: bool,
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
            let Prepared { run, types, from_cache } = match key.as_ref().and_then(|key| self.kernel.cells.find(key)) {
                Some(cell) => self.unpack(cell, code, &own, silent, request).await?,
                None => self.compile_anew(key, code, &own, silent, request).await?,
            };
            let Some(run) = run else {
                self.definitions.after(own, &self.stored, &types);
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

    /// A cell that is in the cache. The engine reads it while it runs; where it may change what types mean, before.
    async fn unpack(
        &mut self,
        cell: CachedCell,
        code: &str,
        own: &Contribution,
        silent: bool,
        request: &JupyterMessage,
    ) -> Result<Prepared, CellError> {
        let mut shown = cell.warnings;
        if own.may_change_types() && !self.stored.is_empty() {
            let read = self.kernel.engine.replay(code, self.count).await?;
            self.forget(&read.forget);
            shown.extend(read.notices);
        } else {
            self.kernel.engine.replay_later(code, self.count);
        }
        if !silent {
            notices(&self.publisher, &shown, request);
        }
        let run = self.kernel.unpack(&cell.object, cell.symbol).map_err(|error| {
            CellError::new(
                "EngineError",
                format!("the cell cannot be written to the temporary folder: {error}"),
                vec![],
            )
        })?;
        self.remember(code, &cell.source);
        Ok(Prepared { run: Some(run), types: cell.variables, from_cache: true })
    }

    async fn compile_anew(
        &mut self,
        key: Option<Key>,
        code: &str,
        own: &Contribution,
        silent: bool,
        request: &JupyterMessage,
    ) -> Result<Prepared, CellError> {
        let mut compiled = self.compile(code, silent, request).await?;
        compiled.variables.retain(|name, _| own.binds(name));
        self.keep(key, &compiled);
        self.remember(code, &compiled.source);
        self.forget(&compiled.forget);
        self.show_commands(compiled.shown, silent, request);
        if !silent {
            compiled.warnings.append(&mut compiled.notices);
            notices(&self.publisher, &compiled.warnings, request);
        }
        Ok(Prepared { run: compiled.run, types: compiled.variables, from_cache: false })
    }

    /// Remembers which lines of the crate `generated` the cell has written, for its panics and those of later cells.
    fn remember(&mut self, code: &str, generated: &str) {
        let own = written(&Arc::new(Source { count: self.count, code: code.to_owned() }));
        let map = LineMap::new(generated, &own, &self.items);
        self.kernel.engine.places.add(label(generated), Arc::new(map));
        let items: Vec<Written> = own.into_iter().filter(Written::is_item).collect();
        self.items.retain(|item| !items.iter().any(|new| new.same_words(item)));
        self.items.extend(items);
    }

    /// Puts a cell that has just been compiled into the cache, in the background.
    fn keep(&self, key: Option<Key>, compiled: &Compiled) {
        let (Some(key), Some(run)) = (key, &compiled.run) else { return };
        let Ok(object) = std::fs::read(&run.path) else { return };
        let cell = CachedCell {
            symbol: run.symbol.clone(),
            variables: compiled.variables.clone(),
            warnings: compiled.warnings.clone(),
            source: compiled.source.clone(),
            object,
        };
        let cells = self.kernel.cells.clone();
        tokio::task::spawn_blocking(move || cells.keep(&key, &cell));
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
