//! Executes one request after the other: the notebook's commands, then the cell's Rust.

use super::cell::ExecutingCell;
use super::engine::Engine;
use super::notices;
use crate::cell::{self, ParsedCell, Source};
use crate::jupyter::comm::Comms;
use crate::jupyter::history::History;
use crate::jupyter::iopub::Publisher;
use crate::jupyter::stdin::Stdin;
use crate::log;
use crate::prepare::Prepared;
use crate::report::{CellError, ErrorKind, quoted};
use crate::session::Outcome;
use crate::threads;
use crate::worker::{Ending, Worker};
use isopleth_bus::worker::{Done, Failure, Run};
use jupyter_protocol::{
    ErrorOutput, ExecuteInput, ExecuteReply, ExecuteRequest, JupyterMessage, Payload, ReplyError, ReplyStatus,
};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;

/// How many objects are kept that have run, some tens of kB each.
const RETIRED: usize = 100;

/// The ways to those who watch.
pub struct Frontends {
    pub publisher: Publisher,
    pub history: History,
    pub stdin: Arc<Stdin>,
    pub comms: Arc<Comms>,
}

/// Executes cells; there is one for each kernel.
pub struct Executor<E> {
    pub(super) engine: Arc<E>,
    pub(super) frontends: Frontends,
    pub(super) worker: Option<Worker>,
    /// Counts cells, from 1.
    count: usize,
    /// The cell that was executed last: what a thread says later is shown below it.
    pub(super) last: Option<ExecutingCell>,
    /// Objects that have run. A closure or a thread that one has left behind may panic: its lines are read from the object.
    retired: VecDeque<PathBuf>,
    /// What `:dep` lines have asked for, each as it stands behind `:dep`.
    pub(super) dependencies: Vec<String>,
}

/// How the worker's part of a cell ended.
pub(super) enum Ended {
    /// It said so: what failed, if anything did, and what it has now.
    Done(Box<Done>),
    /// Its process is gone; the variables that went with it.
    WorkerGone(Ending, Vec<String>),
}

impl<E: Engine> Executor<E> {
    pub fn new(engine: Arc<E>, frontends: Frontends) -> Self {
        // While the sources are loaded the worker can load the prelude.
        let worker = engine.start_worker().ok();
        let (retired, dependencies) = (VecDeque::new(), Vec::new());
        Self { engine, frontends, worker, count: 0, last: None, retired, dependencies }
    }

    /// Executes a request, and shows its error if it has one.
    pub async fn answer(&mut self, asked: &ExecuteRequest, request: &Arc<JupyterMessage>) -> ExecuteReply {
        let begun = Instant::now();
        if !asked.silent && asked.store_history {
            self.count += 1;
            self.frontends.history.add(self.count, &asked.code);
        }
        let publisher = self.frontends.publisher.clone();
        let cell = ExecutingCell::new(Arc::clone(request), publisher, self.count, asked.silent);
        if !asked.silent {
            cell.publish(ExecuteInput { code: asked.code.clone(), execution_count: cell.execution_count() });
            cell.notices(&self.engine.take_notices());
        }
        let outcome = self.execute(&asked.code, &cell).await;
        let kind = outcome.as_ref().map_or_else(|error| error.kind.name(), |_| "ok");
        tracing::info!("cell {} of {} bytes: {kind} after {:.0?}", self.count, asked.code.len(), begun.elapsed());
        let execution_count = cell.execution_count();
        let answer = match outcome {
            Ok(payload) => {
                let user_expressions = Some(self.user_expressions(asked, &cell).await);
                ExecuteReply { execution_count, payload, user_expressions, ..ExecuteReply::default() }
            }
            Err(error) => {
                let (ename, evalue, traceback) =
                    (error.kind.name().to_owned(), error.evalue.clone(), error.traceback());
                if !asked.silent {
                    let (ename, evalue, traceback) = (ename.clone(), evalue.clone(), traceback.clone());
                    cell.publish(ErrorOutput { ename, evalue, traceback });
                }
                let error = Some(Box::new(ReplyError { ename, evalue, traceback }));
                ExecuteReply { status: ReplyStatus::Error, execution_count, error, ..ExecuteReply::default() }
            }
        };
        self.last = Some(cell.after_its_end());
        answer
    }

    async fn execute(&mut self, code: &str, cell: &ExecutingCell) -> Result<Vec<Payload>, CellError> {
        if !threads::parser_is_ready() {
            return Err(CellError::new(ErrorKind::Engine, threads::no_more(), Vec::new()));
        }
        let variables: Vec<String> = self.engine.session().variables().keys().cloned().collect();
        if let Some(names) = cell::help(code, &variables) {
            return Ok(self.help(&names, cell).await);
        }
        self.run_code(code, cell).await
    }

    pub(super) async fn run_code(&mut self, code: &str, cell: &ExecutingCell) -> Result<Vec<Payload>, CellError> {
        if cell::is_too_deep(code) {
            let advice = "Give parts of it names, by `let` or in functions of their own.";
            return Err(CellError::new(ErrorKind::Compile, "the cell is nested too deeply", vec![advice.into()]));
        }
        // A mark of the file's encoding that an editor has left at its start is no part of the cell.
        let code = code.trim_start_matches('\u{feff}').to_owned();
        let source = Arc::new(Source { count: cell.count, code, id: cell.id() });
        tracing::debug!("cell {} is {}", cell.count, log::code(&source.code));
        let parsed = tracing::info_span!("parse").in_scope(|| {
            let session = self.engine.session();
            ParsedCell::new(source, |name| session.has_variable(name))
        });
        self.engine.begin();
        let outcome = self.run_parts(parsed, cell).await;
        // A question that is still open was asked by a thread that the cell left behind.
        self.frontends.stdin.forget();
        let stopped = self.engine.activity().end_execution();
        match outcome {
            // What a tool that Stop has ended says is nonsense.
            Err(error) if stopped && error.kind != ErrorKind::WorkerEnded => Err(error.interrupted_instead()),
            other => other,
        }
    }

    /// The cell's commands in their order, then its Rust.
    async fn run_parts(&mut self, parsed: ParsedCell, cell: &ExecutingCell) -> Result<Vec<Payload>, CellError> {
        let mut payload = Vec::new();
        for command in parsed.commands.clone() {
            payload.extend(self.command(&command, cell).await?);
        }
        if parsed.has_rust() {
            self.run_rust(parsed, cell).await?;
        }
        Ok(payload)
    }

    async fn run_rust(&mut self, parsed: ParsedCell, cell: &ExecutingCell) -> Result<(), CellError> {
        self.rebuild_changed_crates(cell).await?;
        let session = self.engine.session().clone();
        let preparing = self.engine.prepare(&session, parsed).instrument(tracing::info_span!("prepare"));
        let mut prepared = preparing.await?;
        cell.notices(&notices::before(&prepared));
        let ended = self.run(&prepared, cell).instrument(tracing::info_span!("run")).await;
        self.retire(prepared.object.clone());
        let done = match ended? {
            Ended::Done(done) => *done,
            Ended::WorkerGone(ending, lost) => return Err(CellError::worker_ended(&ending, &lost)),
        };
        if !done.changed.is_empty() {
            self.engine.session().changed(&done.changed);
            let advice = "Run the cells that define them again.".to_owned();
            let what = format!("{} no longer had the type that this cell was compiled for", quoted(&done.changed));
            return Err(CellError::new(ErrorKind::TypeChanged, what, vec![advice]));
        }
        let made = self.engine.made(&mut prepared, &done.described, done.failure.is_some()).await;
        let Done { failure, variables, changed: _, described } = done;
        let (failed, types, ended) = (failure.is_some(), made.types, made.ended);
        let outcome = Outcome { failed, stored: variables, types, described, ended };
        self.end(&prepared, &outcome, cell);
        let Some(failure) = failure else { return Ok(()) };
        let takes = prepared.candidate.takes.iter().map(|take| take.name.clone());
        let lost: Vec<String> = takes.filter(|name| !outcome.stored.contains(name)).collect();
        Err(CellError::from_failure(failure, cell.count, self.engine.places()).with_lost(lost))
    }

    /// Writes into the session what the cell has left, and says what it has not.
    fn end(&mut self, prepared: &Prepared, outcome: &Outcome, cell: &ExecutingCell) {
        let mut session = self.engine.session();
        session.ended(&prepared.candidate, outcome, cell.count);
        let gone = notices::ended_with_cell(&session, prepared, outcome);
        drop(session);
        // They were stored, but nothing can ever ask for them.
        let idle: Vec<String> =
            gone.iter().map(|(name, _)| name.clone()).filter(|name| outcome.stored.contains(name)).collect();
        if let Some(worker) = self.worker.as_ref().filter(|_| !idle.is_empty()) {
            worker.control().forget(idle);
        }
        let mut told = notices::after(&gone);
        told.extend(self.engine.take_notices());
        cell.notices(&told);
    }

    async fn run(&mut self, prepared: &Prepared, cell: &ExecutingCell) -> Result<Ended, CellError> {
        let worker = self.worker()?.control();
        let outdated = outdated(prepared);
        let (path, symbol) = (prepared.object.clone(), prepared.symbol.clone());
        let run = Run { path, symbol, global: !prepared.statics.is_empty() };
        let mut handed_over = Ok(());
        let begun = self.engine.activity().begin_running(&worker, |worker| {
            // From here on the cell's definitions hold, and what they make outdated goes, whether or not it ends well.
            self.engine.session().compiled(&prepared.candidate, cell.count);
            if !outdated.is_empty() {
                worker.forget(outdated);
            }
            handed_over = worker.run(run);
        });
        if !begun {
            return Err(CellError::interrupted());
        }
        handed_over.map_err(|error| {
            let what = format!("the cell cannot be handed to its process: {error}");
            let advice = "The name of the temporary folder ($TMPDIR) must be text.";
            CellError::new(ErrorKind::Engine, what, vec![advice.into()])
        })?;
        let ended = self.follow(cell).await;
        if let Ended::Done(done) = &ended
            && !matches!(done.failure, Some(Failure::Load { .. }))
        {
            self.engine.session().loaded(prepared.statics.iter().cloned());
        }
        Ok(ended)
    }

    /// The worker has ended: a new one takes its place. The variables that went with it.
    pub(super) fn worker_gone(&mut self, cell: &ExecutingCell) -> Vec<String> {
        self.worker = None;
        for closed in self.frontends.comms.close_all() {
            cell.publish(closed);
        }
        let lost = self.engine.session().worker_gone();
        for object in self.retired.drain(..) {
            let _ = std::fs::remove_file(object);
        }
        // The next cell should not wait for a new worker.
        self.worker = self.engine.start_worker().ok();
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
            let started = self.engine.start_worker();
            self.worker = Some(started.map_err(|error| {
                let advice = "Run `isopleth doctor`.";
                CellError::new(ErrorKind::WorkerEnded, format!("{error:#}"), vec![advice.into()])
            })?);
        }
        self.worker.as_ref().ok_or_else(|| CellError::worker_ended(&Ending::new("the worker did not start", ""), &[]))
    }
}

/// Values whose type is no longer what it was, and those whose names the cell's items take.
fn outdated(prepared: &Prepared) -> Vec<String> {
    let outdated = prepared.candidate.outdated.iter().map(|outdated| outdated.variable.clone());
    outdated.chain(prepared.candidate.hidden.iter().cloned()).collect()
}
