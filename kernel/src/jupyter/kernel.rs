//! What the channels share: the engine, the worker, and who is doing what right now.

use crate::cache::CellCache;
use crate::compile::{Session, progress_note};
use crate::engine::Engine;
use crate::engine::relay::Run;
use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use crate::worker::{Worker, WorkerControl};
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// How long code may go on after Stop before its process is ended.
const PATIENCE: Duration = Duration::from_secs(5);

/// A second Stop ends the process only after this: a double click is no wish to lose every variable.
const NOT_AT_ONCE: Duration = Duration::from_millis(300);

/// One running kernel.
pub struct Kernel {
    pub engine: Engine,
    pub session: String,
    pub prefix: Prefix,
    pub cells: CellCache,
    toolchain: Toolchain,
    workspace: PathBuf,
    phase: Mutex<Phase>,
    /// Counts executions, so that a late Stop cannot hit the cell after the one it was meant for.
    execution: AtomicU64,
}

/// What the execution in progress is doing, for Stop.
enum Phase {
    Idle,
    Compiling { stopped: bool },
    Running { worker: WorkerControl, stopped: bool },
}

impl Kernel {
    /// Makes the workspace, enters the compile session and starts the engine.
    pub fn prepare() -> Result<Arc<Self>> {
        let prefix = Prefix::of_this_binary()?;
        let toolchain = Toolchain::recorded(&prefix)?;
        // In `$TMPDIR`, which is local to the node, never in the home. The relay removes it.
        let workspace =
            tempfile::Builder::new().prefix("isopleth-").tempdir().context("cannot make a temporary folder")?.keep();
        // SAFETY: called by `run` before the runtime or any thread exists.
        unsafe { Session::enter(&prefix, &toolchain, &workspace) };
        let (engine, _thread) = Engine::start(&prefix, &workspace)?;
        Ok(Arc::new(Self {
            engine,
            session: workspace.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            cells: CellCache::of(&prefix),
            prefix,
            toolchain,
            workspace,
            phase: Mutex::new(Phase::Idle),
            execution: AtomicU64::new(0),
        }))
    }

    pub fn start_worker(&self) -> Result<Worker> {
        Worker::start(&self.prefix, &self.toolchain)
    }

    /// What cargo is doing for a `:dep` of the running cell, if it has said anything.
    pub fn progress(&self) -> Option<String> {
        std::fs::read_to_string(progress_note(&self.workspace)).ok()
    }

    /// Lays an object of the cache out as if it had been compiled just now.
    pub fn unpack(&self, object: &[u8], symbol: String) -> std::io::Result<Run> {
        // A file of its own: the loader takes a file that it has loaded before for the same object, statics and all.
        let objects = self.workspace.join("cells");
        std::fs::create_dir_all(&objects)?;
        let path = objects.join(format!("cached_{}.so", self.execution.load(Ordering::SeqCst)));
        std::fs::write(&path, object)?;
        Ok(Run { path, symbol })
    }

    pub fn begin_compiling(&self) {
        let _ = std::fs::remove_file(progress_note(&self.workspace));
        self.execution.fetch_add(1, Ordering::SeqCst);
        *self.phase() = Phase::Compiling { stopped: false };
    }

    /// False if Stop came while the cell was compiled: then it must not run.
    pub fn begin_running(&self, worker: WorkerControl) -> bool {
        let mut phase = self.phase();
        if matches!(*phase, Phase::Compiling { stopped: true }) {
            return false;
        }
        *phase = Phase::Running { worker, stopped: false };
        true
    }

    /// Ends the execution; true if Stop was asked for in it.
    pub fn end_execution(&self) -> bool {
        let ended = std::mem::replace(&mut *self.phase(), Phase::Idle);
        matches!(ended, Phase::Compiling { stopped: true } | Phase::Running { stopped: true, .. })
    }

    /// Stop: gently first; at the second request, or when the patience is over, by ending the process.
    pub fn interrupt(self: &Arc<Self>) {
        match &mut *self.phase() {
            Phase::Idle => {}
            Phase::Compiling { stopped } => {
                *stopped = true;
                Session::kill_compiler(&self.workspace);
            }
            Phase::Running { worker, stopped: true } => self.end_worker_after(NOT_AT_ONCE, worker.clone()),
            Phase::Running { worker, stopped } => {
                *stopped = true;
                worker.interrupt();
                self.end_worker_after(PATIENCE, worker.clone());
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

    /// Ends everything that the kernel has started.
    pub fn end(&self) {
        Session::kill_compiler(&self.workspace);
        if let Phase::Running { worker, .. } = &*self.phase() {
            worker.kill();
        }
        // The relay removes the folder as well, whatever the engine's thread still writes into it.
        let _ = std::fs::remove_dir_all(&self.workspace);
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
