//! What the execution in progress is doing, so that Stop ends just that.

use crate::worker::WorkerControl;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// How long code may go on after Stop before its process is ended.
const PATIENCE: Duration = Duration::from_secs(5);

/// A second Stop ends the process only after this: a double click is no wish to lose every variable.
const NOT_AT_ONCE: Duration = Duration::from_millis(300);

/// How long a program (`!program`) may go on after Stop before it is killed.
const PATIENCE_WITH_PROGRAMS: Duration = Duration::from_millis(500);

/// A handle on what the kernel executes now.
#[derive(Clone, Default)]
pub struct Activity(Arc<Shared>);

#[derive(Default)]
struct Shared {
    phase: Mutex<Phase>,
    /// Counts executions, so that a late Stop cannot hit the cell after the one it was meant for.
    execution: AtomicU64,
}

#[derive(Default)]
enum Phase {
    #[default]
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

impl Activity {
    /// An execution begins.
    pub fn begin_compiling(&self) {
        self.0.execution.fetch_add(1, Ordering::SeqCst);
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
        match std::mem::take(&mut *self.phase()) {
            Phase::Idle => false,
            Phase::Compiling { stopped } | Phase::Running { stopped, .. } | Phase::Program { stopped, .. } => stopped,
        }
    }

    /// Stop: gently first; at the second request, or when the patience is over, by ending the process.
    pub fn interrupt(&self, stop_compiler: impl FnOnce()) {
        match &mut *self.phase() {
            Phase::Idle => {}
            Phase::Compiling { stopped } => {
                *stopped = true;
                stop_compiler();
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

    /// Ends what runs for good.
    pub fn kill(&self) {
        match &*self.phase() {
            Phase::Idle | Phase::Compiling { .. } => {}
            Phase::Running { worker, .. } => worker.kill(),
            Phase::Program { group, .. } => signal(*group, libc::SIGKILL),
        }
    }

    /// Ends `worker` if the execution in progress still runs then.
    fn end_worker_after(&self, delay: Duration, worker: WorkerControl) {
        let (activity, execution) = (self.clone(), self.execution());
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            // Locked first: the next cell must not begin between the look and the end.
            let phase = activity.phase();
            if matches!(*phase, Phase::Running { .. }) && activity.execution() == execution {
                worker.kill_if_running();
            }
        });
    }

    fn kill_program_after(&self, delay: Duration) {
        let (activity, execution) = (self.clone(), self.execution());
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let phase = activity.phase();
            if let Phase::Program { group, .. } = *phase
                && activity.execution() == execution
            {
                signal(group, libc::SIGKILL);
            }
        });
    }

    fn execution(&self) -> u64 {
        self.0.execution.load(Ordering::SeqCst)
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.0.phase.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

pub(super) fn signal(group: i32, signal: i32) {
    // SAFETY: the group is led by a child that is waited for only after its phase has ended, so the number is its own.
    unsafe { libc::kill(-group, signal) };
}
