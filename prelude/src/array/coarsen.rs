//! Coarsening: runs of elements become one each, along one dimension or several.

use super::coord::Coord;
use super::data_array::DataArray;
use super::operation::Operation;
use super::reductions::reductions;
use crate::lazy::{AxisIndex, Plan, ReduceOp, ReduceOptions};
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};

/// What becomes of elements that do not fill a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Boundary {
    Exact,
    Trim,
    Pad,
}

/// Runs of elements, made by [`DataArray::coarsen`]; its methods say what becomes of each.
///
/// Labels become the mean of their run. Elements that do not fill a run are an error, unless they are to be left out
/// ([`trim`](Self::trim)) or filled up with missing values ([`pad`](Self::pad)).
#[derive(Clone)]
#[must_use = "runs give nothing until one of mean, sum, max, … says what becomes of them"]
pub struct Coarsen {
    array: DataArray,
    /// Axes and the lengths of their runs, ascending.
    runs: Vec<(usize, usize)>,
    boundary: Boundary,
    from_end: bool,
}

impl DataArray {
    /// Runs of so many elements along each of some dimensions: `map.coarsen([("y", 5), ("x", 5)])?.mean()?`.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![1.0, 3.0, 5.0, 7.0, 9.0], "x")?.coord("x", [0, 1, 2, 3, 4])?;
    /// let coarse = da.coarsen([("x", 2)])?.trim().mean()?;
    /// assert_eq!(coarse.to_vec::<f64>()?, [2.0, 6.0]);
    /// assert_eq!(coarse["x"].to_vec::<f64>()?, [0.5, 2.5]);
    /// assert!(da.coarsen([("x", 2)])?.mean().is_err());
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension, one is named twice, or a run has length 0.
    pub fn coarsen<'a>(&self, runs: impl AsRef<[(&'a str, usize)]>) -> Result<Coarsen> {
        self.runs(runs.as_ref()).map_err(|error| error.context("coarsen"))
    }

    fn runs(&self, runs: &[(&str, usize)]) -> Result<Coarsen> {
        let mut axes: Vec<(usize, usize)> = Vec::with_capacity(runs.len());
        for &(dim, length) in runs {
            let axis = self.axis(dim)?;
            if length == 0 {
                let message = format!("runs of length 0 along {dim:?}; give 1 or more");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
            if axes.iter().any(|&(other, _)| other == axis) {
                return Err(Error::new(ErrorKind::InvalidArgument, format!("the dimension {dim:?} is named twice")));
            }
            axes.push((axis, length));
        }
        axes.sort_unstable();
        Ok(Coarsen { array: self.clone(), runs: axes, boundary: Boundary::Exact, from_end: false })
    }
}

reductions! { numbers of_parts {Coarsen, DataArray, "da.coarsen([(\"x\", 3)])?", "", "Of each run."} }
reductions! { truths of_parts {Coarsen, DataArray, "da.coarsen([(\"x\", 3)])?", "", "Of each run."} }
impl Coarsen {
    /// Leaves out the elements at the end that do not fill a run.
    pub fn trim(self) -> Self {
        Self { boundary: Boundary::Trim, ..self }
    }

    /// Fills the last run up with missing values, which make floats of whole numbers.
    pub fn pad(self) -> Self {
        Self { boundary: Boundary::Pad, ..self }
    }

    /// Counts the runs from the end: what does not fill one is at the beginning.
    pub fn side_right(self) -> Self {
        Self { from_end: true, ..self }
    }

    /// `op` of each run, with options.
    ///
    /// # Errors
    /// When runs do not fill a dimension, or the element type has no such reduction.
    pub fn reduce(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        self.reduce_own(op, options)
    }

    pub(in crate::array) fn reduce_own(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        if matches!(op, ReduceOp::ArgMin | ReduceOp::ArgMax | ReduceOp::First | ReduceOp::Last) {
            let message =
                format!("coarsen: {} is not a reduction of runs; use reductions that give a value", op.name());
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let array = &self.array;
        let plan = self.coarse(array.plan(), &self.runs, op, options).map_err(|error| error.context("coarsen"))?;
        let mut coords = Vec::with_capacity(array.coords().len());
        for coord in array.coords() {
            coords.extend(self.labels(coord)?);
        }
        let coarse = array.with_parts(Operation::Coarsen, array.dims().to_vec(), plan, coords);
        let mut attachment = coarse.attachment().cloned();
        for &(axis, run) in &self.runs {
            let (over, run_length) = (array.shape()[axis] % run, run as isize);
            let from = match self.boundary {
                _ if !self.from_end || over == 0 => 0,
                Boundary::Pad => over as isize - run_length,
                Boundary::Exact | Boundary::Trim => over as isize,
            };
            attachment = attachment.and_then(|attachment| attachment.coarsen(&array.dims()[axis], run, from));
        }
        Ok(coarse.with_attachment(attachment))
    }

    fn coarse(&self, plan: &Plan, runs: &[(usize, usize)], op: ReduceOp, options: ReduceOptions) -> Result<Plan> {
        let mut plan = plan.clone();
        for &(axis, run) in runs {
            plan = self.filled(&plan, axis, run, op)?;
        }
        // From the last axis, so that those before keep their numbers.
        for &(axis, run) in runs.iter().rev() {
            plan = plan.split_axis(axis, run)?;
        }
        let within: Vec<usize> = runs.iter().enumerate().map(|(before, (axis, _))| axis + before + 1).collect();
        plan.reduce(op, &within, options)
    }

    /// An axis that runs fill.
    fn filled(&self, plan: &Plan, axis: usize, run: usize, op: ReduceOp) -> Result<Plan> {
        let length = plan.shape()[axis];
        let over = length % run;
        match self.boundary {
            _ if over == 0 => Ok(plan.clone()),
            Boundary::Exact => {
                let message = format!(
                    "a dimension of length {length} is no multiple of {run}; .trim() leaves the rest out, .pad() fills it up"
                );
                Err(Error::new(ErrorKind::Mismatch, message))
            }
            Boundary::Trim => {
                let mut axes: Vec<AxisIndex> = plan.shape().iter().map(|&length| AxisIndex::all(length)).collect();
                axes[axis] = AxisIndex::range(if self.from_end { over..length } else { 0..length - over });
                plan.index(&axes)
            }
            Boundary::Pad => {
                // What changes nothing: for truths one of them, else a missing value.
                let (plan, nothing) = match (plan.dtype(), op) {
                    (DType::Bool, ReduceOp::Any | ReduceOp::All) => (plan.clone(), Values::from(op == ReduceOp::All)),
                    (dtype, _) => (plan.cast(dtype.with_missing()), Values::from(f64::NAN).cast(dtype.with_missing())),
                };
                let mut shape = plan.shape().to_vec();
                shape[axis] = run - over;
                let nothing = (0..shape.len()).fold(Plan::memory(nothing), |nothing, _| nothing.insert_axis(0));
                let nothing = nothing.broadcast_to(&shape)?;
                Plan::concat(if self.from_end { vec![nothing, plan] } else { vec![plan, nothing] }, axis)
            }
        }
    }

    /// The mean label of each run; a coordinate that has no mean is left out.
    fn labels(&self, coord: &Coord) -> Result<Option<Coord>> {
        let along = |&(axis, run): &(usize, usize)| {
            let dim = &self.array.dims()[axis];
            coord.dims().iter().position(|other| other == dim).map(|axis| (axis, run))
        };
        let mut runs: Vec<(usize, usize)> = self.runs.iter().filter_map(along).collect();
        runs.sort_unstable();
        if runs.is_empty() {
            return Ok(Some(coord.clone()));
        }
        let mean = |values: Values| -> Result<Values> {
            self.coarse(&Plan::memory(values), &runs, ReduceOp::Mean, ReduceOptions::default())?.evaluate()
        };
        let values = match coord.values().dtype() {
            DType::Text => return Ok(None),
            // Nanoseconds since 1970 have more digits than an f64, those since the first date have not.
            dtype if dtype.is_date() => {
                let Some((kind, dates)) = coord.values().dates() else { unreachable!("dates are dates") };
                let first = dates.iter().copied().find(|&date| date != i64::MIN).unwrap_or(0);
                let since = |&date: &i64| {
                    if date == i64::MIN { f64::NAN } else { (i128::from(date) - i128::from(first)) as f64 }
                };
                let since: Vec<f64> = dates.iter().map(since).collect();
                let means = mean(Values::from_shape_vec(coord.values().shape(), since)?)?;
                let shape = means.shape().to_vec();
                let date = |mean: f64| if mean.is_nan() { i64::MIN } else { first.saturating_add(mean as i64) };
                let dates = means.to_vec::<f64>()?.into_iter().map(date).collect();
                Values::of_dates(kind, dates).reshape(&shape)?
            }
            _ => mean(coord.values().clone())?,
        };
        Ok(Some(coord.with_values(coord.dims().to_vec(), values)))
    }
}
