//! Reductions that stream: a state per cell of the result takes slab after slab of the input.
//!
//! Sums are kept in `f64` (integers in `i64`) with a count per cell. The order in which a
//! cell's values are added depends on the plan alone, never on the number of threads.

mod arg;
mod dates;
mod ends;
mod extreme;
mod fit;
mod hold;
mod layout;
mod moments;
mod product;
mod state;
mod sum;
#[cfg(test)]
mod tests;
mod truth;
mod vector;

pub(crate) use fit::Fit;
pub(crate) use layout::Slab;
pub(crate) use vector::widest;

use super::blocks::{Reader, Writer};
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};
use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

/// What becomes of the values along the reduced axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReduceOp {
    /// The sum; of integers and bool an `i64`, of `u64` a `u64`, of no value 0.
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
    /// The product; of integers and bool an `i64`, of `u64` a `u64`, of no value 1.
    Prod,
    /// The first value that is not missing.
    First,
    /// The last value that is not missing.
    Last,
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
            Self::Prod => "prod",
            Self::First => "first",
            Self::Last => "last",
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
    /// `Sum` and `Prod` of floats: a cell with fewer values than this is NaN.
    pub min_count: usize,
}

/// Skip missing values; ddof 0; no minimum count.
impl Default for ReduceOptions {
    fn default() -> Self {
        Self { skip_missing: true, ddof: 0, min_count: 0 }
    }
}

/// Skip missing values; ddof 0; no minimum count. The methods change one of these each.
impl ReduceOptions {
    /// Missing values are skipped, `ddof` is 0, no minimum count.
    pub fn new() -> Self {
        Self::default()
    }

    /// [`skipna`](Self::skipna) under another name.
    #[doc(hidden)]
    #[must_use]
    pub fn skip_missing(self, skip_missing: bool) -> Self {
        Self { skip_missing, ..self }
    }

    /// What `Var` and `Std` take off the count before they divide by it: 1 for a sample.
    #[must_use]
    pub fn ddof(self, ddof: usize) -> Self {
        Self { ddof, ..self }
    }

    /// `Sum` and `Prod` of floats: a cell with fewer values than this is missing. It has no meaning where missing values
    /// are not skipped.
    #[must_use]
    pub fn min_count(self, min_count: usize) -> Self {
        Self { min_count, ..self }
    }

    /// How many values a sum or a product has to have: as xarray has it, any number where missing ones are not skipped.
    fn least(self) -> u64 {
        if self.skip_missing { self.min_count as u64 } else { 0 }
    }
}

/// A reduction with what belongs to it.
#[derive(Debug, Clone)]
pub(crate) enum Reduction {
    Of(ReduceOp),
    /// `ArgMin` or `ArgMax` that says -1 where every value is missing, rather than that this is an error.
    Place(ReduceOp),
    /// The values below which these shares of the values lie.
    Quantiles(Arc<[f64]>),
    /// The coefficients of the polynomial that fits best.
    Fit(Arc<Fit>),
}

impl Reduction {
    /// The name that `explain()` shows.
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Of(op) | Self::Place(op) => op.name().into(),
            Self::Quantiles(shares) => match &shares[..] {
                [one] => format!("quantile {one}").into(),
                many => format!("{} quantiles", many.len()).into(),
            },
            Self::Fit(fit) => format!("fit of degree {}", fit.degree()).into(),
        }
    }

    /// How many numbers each cell gets, where that is a new axis.
    pub fn answers(&self) -> Option<usize> {
        match self {
            Self::Of(_) | Self::Place(_) => None,
            Self::Quantiles(shares) => Some(shares.len()),
            Self::Fit(fit) => Some(fit.degree() + 1),
        }
    }

    /// Whether all values of a cell are held at once.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Of(ReduceOp::Median) | Self::Quantiles(_))
    }

    /// The dtype of the result.
    pub fn dtype(&self, input: DType) -> Result<DType> {
        match self {
            Self::Of(op) | Self::Place(op) => dtype(*op, input),
            Self::Quantiles(_) | Self::Fit(_) if !input.is_number() => {
                let message = format!("{} of {input} has no meaning here; min, max and count do", self.name());
                Err(Error::new(ErrorKind::Mismatch, message))
            }
            Self::Quantiles(_) | Self::Fit(_) => Ok(DType::F64),
        }
    }

    /// Refuses what has no answer for `length` values along `axes` axes.
    pub fn check(&self, length: usize, axes: usize) -> Result<()> {
        match self {
            Self::Of(op) | Self::Place(op) => check(*op, length, axes),
            Self::Quantiles(_) | Self::Fit(_) => Ok(()),
        }
    }
}

/// The dtype of the result.
fn dtype(op: ReduceOp, input: DType) -> Result<DType> {
    use ReduceOp::*;
    Ok(match op {
        Sum | Prod | Mean | Var | Std | Median | Any | All if input == DType::Text => {
            let message = format!(
                "{} of text has no meaning; min, max and count of text do, and astype(DType::F64) reads numbers in it",
                op.name()
            );
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        Count | ArgMin | ArgMax => DType::I64,
        Min | Max => input,
        First | Last => input,
        Any | All => DType::Bool,
        Mean if input.is_date() => input,
        Sum | Prod | Var | Std | Median if input.is_date() => {
            let message = format!("{} of dates has no meaning here; mean, min, max and count of dates do", op.name());
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        Sum | Prod if input == DType::U64 => DType::U64,
        Sum | Prod if !input.is_float() => DType::I64,
        Mean | Var | Std | Median if !input.is_float() => DType::F64,
        Sum | Prod | Mean | Var | Std | Median => input,
    })
}

/// Refuses what has no answer for `length` values along `axes` axes.
fn check(op: ReduceOp, length: usize, axes: usize) -> Result<()> {
    let refuse = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
    match op {
        ReduceOp::Min | ReduceOp::Max | ReduceOp::ArgMin | ReduceOp::ArgMax | ReduceOp::First | ReduceOp::Last
            if length == 0 =>
        {
            refuse(format!("{} along an axis of length 0 has no answer", op.name()))
        }
        ReduceOp::ArgMin | ReduceOp::ArgMax | ReduceOp::First | ReduceOp::Last if axes != 1 => {
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

    /// Writes the arrays of the state; [`Setup::save`] puts before them of what it is.
    fn save(&self, to: &mut Writer);

    /// Takes the place of a state that was just started: reads what [`save`](Accumulator::save) wrote.
    ///
    /// # Errors
    /// When the arrays are not such as the state of this reduction has.
    fn load(&mut self, from: &mut Reader<'_>) -> Result<()>;
}

/// How a reduction is set up: what it is, of what, and over how much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup<'a> {
    pub op: &'a Reduction,
    pub options: ReduceOptions,
    pub input: DType,
    /// Cells of the result that this state covers.
    pub cells: usize,
    /// How many values each cell is the reduction of.
    pub length: usize,
}

impl Setup<'_> {
    pub fn start(self) -> Box<dyn Accumulator> {
        let Self { options, cells, length, input, .. } = self;
        let single = input == DType::F32;
        let op = match self.op {
            Reduction::Of(op) => *op,
            Reduction::Place(op) => return arg::start(*op == ReduceOp::ArgMax, true, options, cells, input),
            Reduction::Quantiles(shares) => return hold::start(hold::Ask::Quantiles(shares.clone()), self),
            Reduction::Fit(fit) => return Box::new(fit::State::new(fit.clone(), options, cells)),
        };
        match op {
            ReduceOp::Mean if input.is_date() => dates::start(options, cells, input),
            ReduceOp::Sum | ReduceOp::Mean | ReduceOp::Count => sum::start(op, self),
            ReduceOp::Prod => product::start(options, cells, input),
            ReduceOp::Var | ReduceOp::Std if single => Box::new(moments::Moments::<f32>::new(op, options, cells)),
            ReduceOp::Var | ReduceOp::Std => Box::new(moments::Moments::<f64>::new(op, options, cells)),
            ReduceOp::Min => extreme::start::<false>(options, cells, input),
            ReduceOp::Max => extreme::start::<true>(options, cells, input),
            ReduceOp::ArgMin | ReduceOp::ArgMax => arg::start(op == ReduceOp::ArgMax, false, options, cells, input),
            ReduceOp::First | ReduceOp::Last => ends::start(op == ReduceOp::Last, options, cells, input),
            ReduceOp::Any => truth::start::<true>(cells, input),
            ReduceOp::All => truth::start::<false>(cells, input),
            ReduceOp::Median => hold::start(hold::Ask::Median, Self { length, ..self }),
        }
    }

    /// Bytes of state for each cell.
    pub fn bytes_per_cell(self) -> usize {
        let size = self.input.size();
        let number: usize = if self.input == DType::F32 { 4 } else { 8 };
        let held = number.saturating_mul(self.length).saturating_add(8);
        match self.op {
            Reduction::Of(op) | Reduction::Place(op) => match op {
                ReduceOp::Mean if self.input.is_date() => 32,
                ReduceOp::Sum | ReduceOp::Mean | ReduceOp::Count | ReduceOp::Prod => 16,
                ReduceOp::Var | ReduceOp::Std => 24,
                ReduceOp::Min | ReduceOp::Max => size,
                ReduceOp::ArgMin | ReduceOp::ArgMax => size + 8,
                ReduceOp::First | ReduceOp::Last => size.max(4) + 1,
                ReduceOp::Any | ReduceOp::All => 1,
                ReduceOp::Median => held,
            },
            Reduction::Quantiles(_) => held,
            Reduction::Fit(fit) => fit.bytes(),
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
