//! Reductions that stream: a state per cell of the result takes slab after slab of the input.
//!
//! Sums are kept in `f64` (integers in `i64`) with a count per cell. The order in which a
//! cell's values are added depends on the plan alone, never on the number of threads.

mod arg;
mod extreme;
mod layout;
mod median;
mod moments;
mod sum;
mod truth;
mod vector;

pub(crate) use layout::Slab;

use crate::array::{DType, Values};
use crate::{Error, ErrorKind, Result};
use std::any::Any;

/// What becomes of the values along the reduced axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReduceOp {
    /// The sum; of integers and bool an `i64`, of no value 0.
    Sum,
    /// The mean; of `f32` an `f32`, of integers and bool an `f64`, of no value NaN.
    Mean,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// How many are not missing, `i64`.
    Count,
    /// Whether any is true (not 0).
    Any,
    /// Whether all are true (not 0).
    All,
    /// The variance, dividing by the count less `ddof`.
    Var,
    /// The square root of the variance.
    Std,
    /// The middle value, or the mean of the middle two. Holds all values of a cell at once.
    Median,
    /// The position of the first smallest, `i64`; one axis only.
    ArgMin,
    /// The position of the first largest, `i64`; one axis only.
    ArgMax,
}

impl ReduceOp {
    /// The name that `explain()` shows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Min => "min",
            Self::Max => "max",
            Self::Count => "count",
            Self::Any => "any",
            Self::All => "all",
            Self::Var => "var",
            Self::Std => "std",
            Self::Median => "median",
            Self::ArgMin => "argmin",
            Self::ArgMax => "argmax",
        }
    }
}

/// How a reduction treats what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReduceOptions {
    /// Leave NaN (and missing dates) out, as xarray does unless told otherwise.
    pub skip_missing: bool,
    /// What `Var` and `Std` take off the count before they divide by it.
    pub ddof: usize,
    /// `Sum` of floats: a cell with fewer values than this is NaN.
    pub min_count: usize,
}

/// Skip missing values; ddof 0; no minimum count.
impl Default for ReduceOptions {
    fn default() -> Self {
        Self { skip_missing: true, ddof: 0, min_count: 0 }
    }
}

/// The dtype of the result.
pub(crate) fn dtype(op: ReduceOp, input: DType) -> Result<DType> {
    use ReduceOp::*;
    Ok(match op {
        Sum | Mean | Var | Std | Median | Any | All if input == DType::Text => {
            let message = format!(
                "{} of text has no meaning; min, max and count of text do, and astype(DType::F64) reads numbers in it",
                op.name()
            );
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        Count | ArgMin | ArgMax => DType::I64,
        Min | Max => input,
        Any | All => DType::Bool,
        Sum | Mean | Var | Std | Median if input == DType::DateTime => {
            let message = format!("{} of dates has no meaning here; min, max and count of dates do", op.name());
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        Sum if !input.is_float() => DType::I64,
        Mean | Var | Std | Median if !input.is_float() => DType::F64,
        Sum | Mean | Var | Std | Median => input,
    })
}

/// Refuses what has no answer for `length` values along `axes` axes.
pub(crate) fn check(op: ReduceOp, length: usize, axes: usize) -> Result<()> {
    let refuse = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
    match op {
        ReduceOp::Min | ReduceOp::Max | ReduceOp::ArgMin | ReduceOp::ArgMax if length == 0 => {
            refuse(format!("{} along an axis of length 0 has no answer", op.name()))
        }
        ReduceOp::ArgMin | ReduceOp::ArgMax if axes != 1 => {
            refuse(format!("{} is along one axis; {axes} were named", op.name()))
        }
        _ => Ok(()),
    }
}

/// The state of a reduction for a block of cells of the result.
pub(crate) trait Accumulator: Any + Send {
    /// Takes in slabs, the earliest along the reduced axes first.
    fn add(&mut self, slabs: &[Slab]);

    /// Takes in the state of what follows along the reduced axes, of the same kind.
    fn merge(&mut self, later: Box<dyn Accumulator>);

    /// The result of each cell, in axis order.
    fn finish(self: Box<Self>) -> Result<Values>;
}

/// How a reduction is set up: what it is, of what, and over how much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup {
    pub op: ReduceOp,
    pub options: ReduceOptions,
    pub input: DType,
    /// Cells of the result that this state covers.
    pub cells: usize,
    /// How many values each cell is the reduction of.
    pub length: usize,
}

impl Setup {
    pub fn start(self) -> Box<dyn Accumulator> {
        let Self { op, options, cells, length, .. } = self;
        let single = self.input == DType::F32;
        match op {
            ReduceOp::Sum | ReduceOp::Mean | ReduceOp::Count => sum::start(self),
            ReduceOp::Var | ReduceOp::Std if single => Box::new(moments::Moments::<f32>::new(op, options, cells)),
            ReduceOp::Var | ReduceOp::Std => Box::new(moments::Moments::<f64>::new(op, options, cells)),
            ReduceOp::Min => extreme::start::<false>(options, cells, self.input),
            ReduceOp::Max => extreme::start::<true>(options, cells, self.input),
            ReduceOp::ArgMin => arg::start::<false>(options, cells, self.input),
            ReduceOp::ArgMax => arg::start::<true>(options, cells, self.input),
            ReduceOp::Any => Box::new(truth::Truth::<true>::new(cells)),
            ReduceOp::All => Box::new(truth::Truth::<false>::new(cells)),
            ReduceOp::Median if single => Box::new(median::Median::<f32>::new(options, cells, length)),
            ReduceOp::Median => Box::new(median::Median::<f64>::new(options, cells, length)),
        }
    }

    /// Bytes of state for each cell.
    pub fn bytes_per_cell(self) -> usize {
        let size = self.input.size();
        match self.op {
            ReduceOp::Sum | ReduceOp::Mean | ReduceOp::Count => 12,
            ReduceOp::Var | ReduceOp::Std => 24,
            ReduceOp::Min | ReduceOp::Max => size,
            ReduceOp::ArgMin | ReduceOp::ArgMax => size + 8,
            ReduceOp::Any | ReduceOp::All => 1,
            ReduceOp::Median if self.input == DType::F32 => 4 * self.length + 8,
            ReduceOp::Median => 8 * self.length + 8,
        }
    }
}

/// The other state of a merge, which was started by the same [`Setup`].
fn same_kind<A: Accumulator>(other: Box<dyn Accumulator>) -> A {
    match (other as Box<dyn Any>).downcast::<A>() {
        Ok(state) => *state,
        Err(_) => unreachable!("only states of one reduction are merged"),
    }
}
