//! Operations on whole lines along one axis: rolling windows, running totals, filling of gaps.
//!
//! An element of such a result follows from several elements of its line. A [`LineOp`] says from which, so that a
//! window of the result asks its input for no more than that; what the next window needs again is kept meanwhile
//! (`carry`), and `order` says in which order windows have to be computed for that.

pub(crate) mod block;
mod cumulative;
mod gaps;
mod near;
mod rolling;
mod weave;

pub(crate) use block::Block;
pub use cumulative::{Cumulative, CumulativeOp};
pub use gaps::{Gaps, GapsOp};
pub use near::{Difference, Fill, Shift};
pub use rolling::{Rolling, RollingOp};
pub use weave::{Knots, Weave};

use super::Plan;
use super::op::Op;
use super::written::LineForm;
use crate::Result;
use crate::values::{DType, Values};
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

/// What becomes of each line along an axis. Positions are those of the whole line, whatever part of it is at hand.
pub(crate) trait LineOp: Debug + Send + Sync {
    /// What `explain()` shows.
    fn name(&self) -> String;

    /// The dtype of the result.
    fn dtype(&self, input: DType) -> Result<DType>;

    /// The length of the result of a line of this length.
    fn output_len(&self, length: usize) -> usize {
        length
    }

    /// The positions from which the results `out` (not empty) of a line of `length` follow; may be empty.
    fn needs(&self, out: Range<usize>, length: usize) -> Range<usize>;

    /// How results follow from one another.
    fn flow(&self) -> Flow;

    /// What it is, to be written down.
    fn form(&self) -> LineForm;

    /// The results that the block asks for, shape (outer, results, inner).
    fn apply(&self, block: Block) -> Values;

    /// [`apply`](LineOp::apply) for [`Flow::Forward`]: `state` is what the results before have left, and is left for
    /// those after.
    fn forward(&self, block: Block, state: &mut Option<Values>) -> Values {
        *state = None;
        self.apply(block)
    }
}

/// How results along a line follow from one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// From neighbours, so many before and after together.
    Near(usize),
    /// From all before, of which a state per line is enough.
    Forward,
    /// From the whole line.
    Whole,
}

/// A [`LineOp`] of a part of the lines.
#[derive(Clone)]
pub(crate) struct Lines {
    pub op: Arc<dyn LineOp>,
    pub axis: usize,
    /// The length of a whole line.
    pub length: usize,
    /// Where in the whole line the input begins.
    pub offset: usize,
    /// Which results are wanted.
    pub take: Range<usize>,
}

impl Lines {
    /// What of the line is needed for results of which `window` counts from the first that is wanted.
    pub fn needs(&self, out: &Range<usize>) -> Range<usize> {
        if out.is_empty() { 0..0 } else { self.op.needs(out.clone(), self.length) }
    }

    /// How far results from `from` on reach that need nothing of the line at `end` or beyond.
    pub fn upto(&self, end: usize, from: usize) -> usize {
        if end >= self.length {
            return self.take.end;
        }
        let (mut low, mut high) = (from, self.take.end);
        while low < high {
            let middle = low.midpoint(high);
            let within = self.needs(&(middle..middle + 1)).end <= end;
            if within { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The plan of these results, given what is there of the lines.
    pub fn of(self, input: Plan) -> Result<Plan> {
        let mut shape = input.shape().to_vec();
        shape[self.axis] = self.take.len();
        let dtype = self.op.dtype(input.dtype())?;
        Plan::build(Op::Lines(self), vec![input], shape, dtype)
    }
}

impl Plan {
    /// `op` of each line along `axis`.
    ///
    /// # Errors
    /// When the axis does not exist, or the operation has no meaning for the dtype.
    pub(crate) fn lines(&self, op: impl LineOp + 'static, axis: usize) -> Result<Self> {
        super::plan::check_axis(axis, self.ndim())?;
        let length = self.shape()[axis];
        let take = 0..op.output_len(length);
        Lines { op: Arc::new(op), axis, length, offset: 0, take }.of(self.clone())
    }
}
