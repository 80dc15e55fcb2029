//! Who computes the tasks of a plan: the one place that hands them to workers.
//!
//! A computation is cut into tasks that depend on nothing but what the [`Work`] says, and gives pieces: windows of results, or
//! states of reductions. An [`Executor`] has each task computed somewhere, in whatever order, and gives every piece to whoever
//! puts them together. How work is cut and in which order pieces are joined does not depend on the executor.

use super::reduce::Accumulator;
use crate::Result;
use crate::parallel::threads;
use crate::values::Values;

/// A computation in tasks that can be computed by themselves.
pub(crate) trait Work: Sync {
    /// How many tasks there are. Neighbours read neighbouring parts of files.
    fn tasks(&self) -> usize;

    /// Computes a task; `give` takes each of its pieces as soon as it is there.
    ///
    /// # Errors
    /// When a file cannot be read, when Stop is pressed, and those of `give`.
    fn compute(&self, task: usize, give: &mut dyn FnMut(Piece) -> Result<()>) -> Result<()>;
}

/// A part of what a computation gives.
pub(crate) struct Piece {
    /// Which window of the results it belongs to.
    pub window: usize,
    pub content: Content,
}

pub(crate) enum Content {
    /// The values of the window, of each plan that is computed.
    Values(Vec<Values>),
    /// What a part of the reduced axes adds to the window: which part, and the state of each reduction.
    States(usize, Vec<Box<dyn Accumulator>>),
}

/// Where tasks are computed.
pub(crate) trait Executor: Sync {
    /// How many tasks are computed at the same time.
    fn workers(&self) -> usize;

    /// Has every task computed and gives each piece to `take`, on any thread and in any order.
    ///
    /// # Errors
    /// That of the earliest task that failed, or of `take`.
    fn execute(&self, work: &dyn Work, take: &(dyn Fn(Piece) -> Result<()> + Sync)) -> Result<()>;
}

/// So many threads of this process, the calling one among them.
pub(crate) struct Threads(pub usize);

impl Threads {
    /// As many as evaluate plans.
    pub fn all() -> Self {
        Self(threads::threads())
    }
}

impl Executor for Threads {
    fn workers(&self) -> usize {
        self.0
    }

    fn execute(&self, work: &dyn Work, take: &(dyn Fn(Piece) -> Result<()> + Sync)) -> Result<()> {
        threads::for_each(self.0, (0..work.tasks()).collect(), &|task| work.compute(task, &mut |piece| take(piece)))
    }
}
