//! What the channels share: the session, what makes objects of cells, the worker, and who is doing what right now.

use crate::analysis::{Analyst, Completions, Inspection};
use crate::cache::CellCache;
use crate::cell::{self, CommandLine, ParsedCell, Source};
use crate::compile::{self, Compiler};
use crate::keeper::Keeper;
use crate::prefix::Prefix;
use crate::prepare::Workshop;
use crate::report::Places;
use crate::session::Session;
use crate::toolchain::Toolchain;
use crate::worker::{Worker, WorkerControl};
use anyhow::{Context, Result};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::Notify;

/// How long code may go on after Stop before its process is ended.
const PATIENCE: Duration = Duration::from_secs(5);

/// A second Stop ends the process only after this: a double click is no wish to lose every variable.
const NOT_AT_ONCE: Duration = Duration::from_millis(300);

/// How long a program (`!program`) may go on after Stop before it is killed.
const PATIENCE_WITH_PROGRAMS: Duration = Duration::from_millis(500);

/// One running kernel.
pub struct Kernel {
    pub id: String,
    pub prefix: Prefix,
    pub toolchain: Toolchain,
    pub workshop: Workshop,
    /// Where temporary files lie.
    pub workspace: PathBuf,
    /// Told when a cell has asked for the end (`:quit`).
    pub quit: Notify,
    session: Mutex<Session>,
    phase: Mutex<Phase>,
    /// Counts executions, so that a late Stop cannot hit the cell after the one it was meant for.
    execution: AtomicU64,
}

/// What the execution in progress is doing, for Stop.
enum Phase {
    Idle,
    Compiling {
        stopped: bool,
    },
    Running {
        worker: WorkerControl,
        stopped: bool,
    },
    /// A program of the user's, by its process group.
    Program {
        group: i32,
        stopped: bool,
    },
}

impl Kernel {
    /// Makes the workspace and begins to load what analyses cells. To be called within a runtime.
    pub fn prepare() -> Result<Arc<Self>> {
        let prefix = Prefix::of_this_binary()?;
        let toolchain = Toolchain::recorded(&prefix)?;
        // In `$TMPDIR`, which is local to the node, never in the home; nobody else may look into it. The keeper removes it.
        let workspace = tempfile::Builder::new()
            .prefix("isopleth-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()
            .context("cannot make a temporary folder")?
            .keep();
        let keeper = Keeper::start(&prefix, &workspace)?;
        let analyst = Analyst::start(&prefix, &workspace);
        let workshop = Workshop {
            compiler: Arc::new(Compiler::new(&prefix, &toolchain, &workspace, Some(keeper))),
            analyst,
            cells: CellCache::of(&prefix),
            places: Places::default(),
        };
        Ok(Arc::new(Self {
            id: workspace.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            prefix,
            toolchain,
            workshop,
            workspace,
            quit: Notify::new(),
            session: Mutex::default(),
            phase: Mutex::new(Phase::Idle),
            execution: AtomicU64::new(0),
        }))
    }

    pub fn start_worker(&self) -> Result<Worker> {
        Worker::start(&self.prefix, &self.toolchain)
    }

    /// The model of the session. Nobody keeps the lock over anything that waits.
    pub fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// What could follow at byte `cursor` of a cell.
    pub async fn complete(&self, code: &str, cursor: usize) -> Option<Completions> {
        if cell::is_too_deep_while_typing(code) {
            return None;
        }
        if let Some(found) = commands_at(code, cursor) {
            return Some(found);
        }
        let (printed, source) = self.analysed(code)?;
        let found = self.workshop.analyst.complete(printed.text, printed.map.printed(&source, cursor)?).await?;
        let place = |at: usize| Some(printed.map.place(at..at)?.range.start);
        let length = found.end - found.start;
        let start = place(found.start).unwrap_or(cursor.saturating_sub(length));
        Some(Completions { start, end: start + length, candidates: found.candidates })
    }

    /// What the name at byte `cursor` of a cell is.
    pub async fn inspect(&self, code: &str, cursor: usize) -> Option<Inspection> {
        let (printed, source) = self.analysed(code)?;
        self.workshop.analyst.inspect(printed.text, printed.map.printed(&source, cursor)?).await
    }

    /// A cell that is being written, as it is analysed.
    fn analysed(&self, code: &str) -> Option<(compile::Printed, Arc<Source>)> {
        if cell::is_too_deep_while_typing(code) {
            return None;
        }
        let code = cell::without_help_mark(code).into_owned();
        let source = Arc::new(Source { count: 0, code, id: None });
        let session = self.session().clone();
        let parsed = ParsedCell::new(Arc::clone(&source), |name| session.has_variable(name));
        Some((compile::to_look_at(&session, &parsed), source))
    }

    pub fn begin_compiling(&self) {
        self.workshop.compiler.begin();
        self.execution.fetch_add(1, Ordering::SeqCst);
        *self.phase() = Phase::Compiling { stopped: false };
    }

    /// Has `run` hand the cell to `worker`. False if Stop came while the cell was compiled: then it does not run.
    ///
    /// No Stop comes between: the worker would take it for one of the cell before.
    pub fn begin_running(&self, worker: &WorkerControl, run: impl FnOnce(&WorkerControl)) -> bool {
        let mut phase = self.phase();
        if matches!(*phase, Phase::Compiling { stopped: true }) {
            return false;
        }
        run(worker);
        *phase = Phase::Running { worker: worker.clone(), stopped: false };
        true
    }

    /// The same for a program of the user's.
    pub fn begin_program(&self, group: i32) -> bool {
        let mut phase = self.phase();
        let may_run = !matches!(*phase, Phase::Compiling { stopped: true });
        if may_run {
            *phase = Phase::Program { group, stopped: false };
        }
        may_run
    }

    /// The program has ended, but was not waited for; true if Stop came meanwhile.
    pub fn end_program(&self) -> bool {
        let mut phase = self.phase();
        let stopped = matches!(*phase, Phase::Program { stopped: true, .. });
        *phase = Phase::Compiling { stopped };
        stopped
    }

    /// Ends the execution; true if Stop was asked for in it.
    pub fn end_execution(&self) -> bool {
        let ended = std::mem::replace(&mut *self.phase(), Phase::Idle);
        matches!(
            ended,
            Phase::Compiling { stopped: true }
                | Phase::Running { stopped: true, .. }
                | Phase::Program { stopped: true, .. }
        )
    }

    /// Stop: gently first; at the second request, or when the patience is over, by ending the process.
    pub fn interrupt(self: &Arc<Self>) {
        match &mut *self.phase() {
            Phase::Idle => {}
            Phase::Compiling { stopped } => {
                *stopped = true;
                self.workshop.compiler.stop();
            }
            Phase::Running { worker, stopped: true } => self.end_worker_after(NOT_AT_ONCE, worker.clone()),
            Phase::Running { worker, stopped } => {
                *stopped = true;
                worker.interrupt();
                self.end_worker_after(PATIENCE, worker.clone());
            }
            Phase::Program { group, stopped } => {
                *stopped = true;
                signal(*group, libc::SIGINT);
                self.kill_program_after(PATIENCE_WITH_PROGRAMS);
            }
        }
    }

    /// Ends `worker` if the execution in progress still runs then.
    fn end_worker_after(self: &Arc<Self>, delay: Duration, worker: WorkerControl) {
        let (kernel, execution) = (Arc::clone(self), self.execution.load(Ordering::SeqCst));
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let same = kernel.execution.load(Ordering::SeqCst) == execution;
            if same && matches!(*kernel.phase(), Phase::Running { .. }) {
                worker.kill_if_running();
            }
        });
    }

    fn kill_program_after(self: &Arc<Self>, delay: Duration) {
        let (kernel, execution) = (Arc::clone(self), self.execution.load(Ordering::SeqCst));
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let phase = kernel.phase();
            if let Phase::Program { group, .. } = *phase
                && kernel.execution.load(Ordering::SeqCst) == execution
            {
                signal(group, libc::SIGKILL);
            }
        });
    }

    /// Ends everything that the kernel has started.
    pub fn end(&self) {
        self.workshop.compiler.stop();
        match &*self.phase() {
            Phase::Running { worker, .. } => worker.kill(),
            Phase::Program { group, .. } => signal(*group, libc::SIGKILL),
            _ => {}
        }
        // The keeper removes the folder as well, whatever is still written into it.
        let _ = std::fs::remove_dir_all(&self.workspace);
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn signal(group: i32, signal: i32) {
    // SAFETY: the group is led by a child that is waited for only after its phase has ended, so the number is its own.
    unsafe { libc::kill(-group, signal) };
}

/// The notebook's commands, where the cursor stands in one.
fn commands_at(code: &str, cursor: usize) -> Option<Completions> {
    let parsed = ParsedCell::new(Arc::new(Source { count: 0, code: code.to_owned(), id: None }), |_| false);
    let (name, range) = parsed.commands.iter().find_map(|command| match command {
        CommandLine::Command { name, range, .. } => Some((name, range)),
        CommandLine::Shell { .. } => None,
    })?;
    let start = range.start + code[range.clone()].find(':')?;
    let end = start + 1 + name.len();
    if !(start..=end).contains(&cursor) {
        return None;
    }
    let typed = &code[start..cursor];
    Some(Completions { start, end, candidates: super::execute::command_names(typed) })
}
