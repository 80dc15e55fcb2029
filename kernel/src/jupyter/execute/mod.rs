//! `execute_request`: prepare, run, show; one cell at a time. Between cells, what threads of earlier ones have to say.

mod commands;
mod expressions;
mod help;
mod program;

pub use commands::names as command_names;

use super::display::{frame, notices, text};
use super::iopub::Publisher;
use super::kernel::Kernel;
use super::shell::Services;
use crate::cell::{self, ParsedCell, Source};
use crate::prepare::Prepared;
use crate::report::{CellError, quoted, where_it_failed};
use crate::session::{Gone, Outcome};
use crate::worker::{Ending, Event, Stream, Worker};
use jupyter_protocol::{
    ErrorOutput, ExecuteInput, ExecuteReply, ExecuteRequest, ExecutionCount, JupyterMessage,
    JupyterMessageContent as Content, Payload, ReplyError, ReplyStatus,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
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
        count: 0,
        captured: None,
        last: None,
        retired: VecDeque::new(),
        dependencies: Vec::new(),
    };
    // While the sources are loaded the worker can load the prelude.
    executor.worker = executor.kernel.start_worker().ok();
    while let Some(request) = executor.next(&mut queue).await {
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
        let is_the_end = matches!(answer.payload.as_slice(), [Payload::AskExit { .. }]);
        executor.services.replies.reply(answer, &request).await;
        executor.publisher.end_execution(&request);
        for request in behind {
            executor.publisher.busy(&request);
            let aborted =
                ExecuteReply { status: ReplyStatus::Aborted, execution_count: count, ..ExecuteReply::default() };
            executor.services.replies.reply(aborted, &request).await;
            executor.publisher.idle(&request);
        }
        if is_the_end {
            executor.kernel.quit.notify_one();
        }
        executor.last = Some(request);
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
    count: usize,
    /// While a user expression runs: its value, which is not to be shown.
    captured: Option<Value>,
    /// The request that was executed last: what a thread says later is shown below it.
    last: Option<JupyterMessage>,
    /// Objects that have run. A closure or a thread that one has left behind may panic: its lines are read from the object.
    retired: VecDeque<PathBuf>,
    /// What `:dep` lines have asked for, each as it stands behind `:dep`.
    dependencies: Vec<String>,
}

/// How many objects are kept, some tens of kB each.
const RETIRED: usize = 100;

/// How the worker's part of a cell ended.
enum Ended {
    /// It said so: what failed, if anything did, and what it has now.
    Told(Box<Done>),
    /// Its process is gone; the variables that went with it.
    Gone(Ending, Vec<String>),
}

/// What the worker says at the end of a cell.
struct Done {
    failure: Value,
    stored: BTreeSet<String>,
    described: BTreeMap<String, Value>,
    /// Stored values that were of another type than the cell was compiled for. Nothing has run then.
    changed: Vec<String>,
}

/// More lines than this below one cell nobody reads.
const MOST_NOTICES: usize = 8;

impl Executor {
    /// The next request; what threads of earlier cells say until then is shown.
    async fn next(&mut self, queue: &mut UnboundedReceiver<JupyterMessage>) -> Option<JupyterMessage> {
        loop {
            let Some(worker) = &mut self.worker else { return queue.recv().await };
            tokio::select! {
                biased;
                request = queue.recv() => return request,
                event = worker.events.recv() => self.between_cells(event).await,
            }
        }
    }

    async fn between_cells(&mut self, event: Option<Event>) {
        let Some(request) = self.last.clone() else {
            if matches!(event, None | Some(Event::Ended(_))) {
                self.worker = None;
            }
            return;
        };
        match event {
            Some(Event::Ended(ending)) => self.ended_between_cells(&ending, &request),
            None => self.ended_between_cells(&Ending::new("the cell's process ended", ""), &request),
            Some(event) => self.show(event, false, &request).await,
        }
    }

    fn ended_between_cells(&mut self, ending: &Ending, request: &JupyterMessage) {
        let lost = self.worker_gone(request);
        let error = CellError::worker_ended(ending, &lost);
        let told =
            std::iter::once(format!("{}: {}", error.ename, error.evalue)).chain(error.traceback.into_iter().skip(1));
        let told = told.collect::<Vec<_>>().join("\n");
        text(&self.publisher, Stream::Stderr, &format!("{told}\n"), request);
    }

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
            let about_analysis = self.kernel.workshop.analyst.take_notice();
            notices(&self.publisher, about_analysis.as_slice(), request);
        }
        let variables: Vec<String> = self.kernel.session().variables().keys().cloned().collect();
        if let Some(names) = cell::help(&asked.code, &variables) {
            return Ok(self.help(&names, request).await);
        }
        self.run_code(&asked.code, asked.silent, request).await
    }

    async fn run_code(
        &mut self,
        code: &str,
        silent: bool,
        request: &JupyterMessage,
    ) -> Result<Vec<Payload>, CellError> {
        if cell::is_too_deep(code) {
            let advice = "Give parts of it names, by `let` or in functions of their own.";
            return Err(CellError::new("CompileError", "the cell is nested too deeply", vec![advice.into()]));
        }
        // A mark of the file's encoding that an editor has left at its start is no part of the cell.
        let code = code.trim_start_matches('\u{feff}').to_owned();
        let id = request.metadata["cellId"].as_str().map(str::to_owned);
        let source = Arc::new(Source { count: self.count, code, id });
        let parsed = {
            let session = self.kernel.session();
            ParsedCell::new(source, |name| session.has_variable(name))
        };
        self.kernel.begin_compiling();
        let outcome = self.run_parts(parsed, silent, request).await;
        // A question that is still open was asked by a thread that the cell left behind.
        self.services.stdin.forget();
        let stopped = self.kernel.end_execution();
        match outcome {
            // What a tool that Stop has ended says is nonsense.
            Err(error) if stopped && error.ename != "WorkerEnded" => Err(CellError::interrupted().with_lost_of(&error)),
            other => other,
        }
    }

    /// The cell's commands in their order, then its Rust.
    async fn run_parts(
        &mut self,
        parsed: ParsedCell,
        silent: bool,
        request: &JupyterMessage,
    ) -> Result<Vec<Payload>, CellError> {
        let mut payload = Vec::new();
        for command in parsed.commands.clone() {
            payload.extend(self.command(&command, silent, request).await?);
        }
        if parsed.has_rust() {
            self.run_rust(parsed, silent, request).await?;
        }
        Ok(payload)
    }

    async fn run_rust(&mut self, parsed: ParsedCell, silent: bool, request: &JupyterMessage) -> Result<(), CellError> {
        let count = self.count;
        self.rebuild_changed_crates(silent, request).await?;
        let session = self.kernel.session().clone();
        let workshop = self.kernel.workshop.clone();
        let mut prepared = workshop.prepare(&session, parsed).await?;
        if !silent {
            notices(&self.publisher, &told_before(&prepared), request);
        }
        let ended = self.run(&prepared, silent, request).await;
        self.retire(prepared.object.clone());
        let done = match ended? {
            Ended::Told(done) => done,
            Ended::Gone(ending, lost) => return Err(CellError::worker_ended(&ending, &lost)),
        };
        if !done.changed.is_empty() {
            self.kernel.session().changed(&done.changed);
            let advice = "Run the cells that define them again.".to_owned();
            let what = format!("{} no longer had the type that this cell was compiled for", quoted(&done.changed));
            return Err(CellError::new("TypeChanged", what, vec![advice]));
        }
        let made = workshop.made(&mut prepared, &done.described).await;
        let outcome = Outcome {
            failed: !done.failure.is_null(),
            stored: done.stored,
            types: made.types,
            described: done.described,
            ended: made.ended,
        };
        self.end(&prepared, &outcome, silent, request);
        if outcome.failed {
            let lost: Vec<String> = prepared
                .candidate
                .takes
                .iter()
                .map(|take| take.name.clone())
                .filter(|name| !outcome.stored.contains(name))
                .collect();
            let error = CellError::from_failure(&done.failure, count, &self.kernel.workshop.places);
            return Err(error.with_lost(&lost));
        }
        Ok(())
    }

    /// Writes into the session what the cell has left, and says what it has not.
    fn end(&mut self, prepared: &Prepared, outcome: &Outcome, silent: bool, request: &JupyterMessage) {
        let mut session = self.kernel.session();
        session.ended(&prepared.candidate, outcome, self.count);
        let bindings = prepared.candidate.names.bindings.iter().map(|binding| &binding.name);
        let made: Vec<&String> = bindings.filter(|_| !outcome.failed).collect();
        let gone: Vec<(String, Gone)> = made
            .into_iter()
            .filter_map(|name| Some((name.clone(), session.gone(name)?.clone())))
            .filter(|(_, gone)| !matches!(gone, Gone::Moved { .. }))
            .collect();
        drop(session);
        // They were stored, but nothing can ever ask for them.
        let idle: Vec<String> =
            gone.iter().map(|(name, _)| name.clone()).filter(|name| outcome.stored.contains(name)).collect();
        if let Some(worker) = self.worker.as_ref().filter(|_| !idle.is_empty()) {
            worker.control().forget(&idle);
        }
        if !silent {
            let mut told: Vec<String> = gone.iter().filter_map(|(name, gone)| gone.notice(name)).collect();
            if told.len() > MOST_NOTICES {
                let more = told.split_off(MOST_NOTICES - 1).len();
                told.push(format!("The same holds of {more} more."));
            }
            told.extend(self.kernel.workshop.analyst.take_notice());
            notices(&self.publisher, &told, request);
        }
    }

    async fn run(&mut self, prepared: &Prepared, silent: bool, request: &JupyterMessage) -> Result<Ended, CellError> {
        let worker = self.worker()?.control();
        let outdated = outdated(prepared);
        let global = !prepared.statics.is_empty();
        let begun = self.kernel.begin_running(&worker, |worker| {
            // From here on the cell's definitions hold, and what they make outdated goes, whether or not it ends well.
            self.kernel.session().compiled(&prepared.candidate, self.count);
            if !outdated.is_empty() {
                worker.forget(&outdated);
            }
            // If the worker is gone already, its last event says so.
            let _ = worker.run(&prepared.object, &prepared.symbol, global);
        });
        if !begun {
            return Err(CellError::interrupted());
        }
        let ended = self.follow(silent, request).await;
        if let Ended::Told(done) = &ended
            && done.failure["kind"] != "load"
        {
            self.kernel.session().loaded(prepared.statics.iter().cloned());
        }
        Ok(ended)
    }

    /// Shows what the worker says until the cell has ended.
    async fn follow(&mut self, silent: bool, request: &JupyterMessage) -> Ended {
        loop {
            let event = match &mut self.worker {
                Some(worker) => worker.events.recv().await,
                None => None,
            };
            match event {
                Some(Event::Frame(done)) if done["msg"] == "done" => return Ended::Told(Box::new(Done::read(&done))),
                Some(Event::Ended(ending)) => return Ended::Gone(ending, self.worker_gone(request)),
                Some(event) => self.show(event, silent, request).await,
                None => return Ended::Gone(Ending::new("the cell's process ended", ""), self.worker_gone(request)),
            }
        }
    }

    /// Shows what the worker says.
    async fn show(&mut self, event: Event, silent: bool, request: &JupyterMessage) {
        match event {
            Event::Text(stream, written) => {
                text(&self.publisher, stream, &self.kernel.workshop.places.in_words(&written), request);
            }
            Event::Frame(panic) if panic["msg"] == "thread_panic" => {
                let mut lines = vec![panic["evalue"].as_str().unwrap_or_default().to_owned()];
                lines.extend(where_it_failed(&panic, self.count, &self.kernel.workshop.places));
                text(&self.publisher, Stream::Stderr, &format!("{}\n", lines.join("\n")), request);
            }
            Event::Frame(asked) if asked["msg"] == "input" => self.ask(&asked, request).await,
            Event::Frame(shown) if shown["msg"] == "result" && (silent || self.captured.is_some()) => {
                self.captured = self.captured.take().map(|_| shown);
            }
            Event::Frame(said) if self.is_about_a_comm(&said, request) => {}
            Event::Frame(shown) => frame(&self.publisher, &shown, self.count(), request),
            Event::Ended(_) => {}
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

    /// The worker has ended: a new one takes its place. The variables that went with it.
    fn worker_gone(&mut self, request: &JupyterMessage) -> Vec<String> {
        self.worker = None;
        self.services.comms.close_all(&self.publisher, request);
        let lost = self.kernel.session().worker_gone();
        for object in self.retired.drain(..) {
            let _ = std::fs::remove_file(object);
        }
        // The next cell should not wait for a new worker.
        self.worker = self.kernel.start_worker().ok();
        lost
    }

    fn retire(&mut self, object: PathBuf) {
        self.retired.push_back(object);
        if self.retired.len() > RETIRED
            && let Some(oldest) = self.retired.pop_front()
        {
            let _ = std::fs::remove_file(oldest);
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
}

impl Done {
    fn read(done: &Value) -> Self {
        let names = |key: &str| {
            let list = done[key].as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        let described = done["described"].as_object().into_iter().flatten();
        Self {
            failure: done["failure"].clone(),
            stored: names("variables").into_iter().collect(),
            described: described.map(|(name, value)| (name.clone(), value.clone())).collect(),
            changed: names("changed"),
        }
    }
}

/// Values whose type is no longer what it was, and those whose names the cell's items take.
fn outdated(prepared: &Prepared) -> Vec<String> {
    let outdated = prepared.candidate.outdated.iter().map(|outdated| outdated.variable.clone());
    outdated.chain(prepared.candidate.hidden.iter().cloned()).collect()
}

/// What there is to say above a cell's output: what was dropped, what it moves, warnings.
fn told_before(prepared: &Prepared) -> Vec<String> {
    let candidate = &prepared.candidate;
    let mut told = Vec::new();
    let gone = candidate.outdated.iter().filter(|outdated| !candidate.names.binds(&outdated.variable));
    let mut names: Vec<String> = gone.clone().map(|outdated| outdated.variable.clone()).collect();
    if let Some(first) = gone.clone().next() {
        names.sort();
        let (is, it) = if names.len() == 1 { ("was", "it") } else { ("were", "them") };
        let cause = quoted(&first.because_of);
        let is_new = if first.because_of.len() == 1 { "is" } else { "are" };
        let names = quoted(&names);
        told.push(format!(
            "{names} {is} dropped, since {cause} {is_new} defined anew. Run the cell that makes {it} again."
        ));
    }
    for name in &candidate.hidden {
        told.push(format!("`{name}` was a variable; from now on it is what this cell defines."));
    }
    told.extend(prepared.moved.iter().filter_map(|name| Gone::Moved { cell: 0 }.notice(name)));
    told.extend(prepared.notices.iter().cloned());
    told
}
