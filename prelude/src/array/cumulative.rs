//! Totals, differences and shifts along a dimension.

use super::data_array::DataArray;
use super::names::Dims;
use super::operation::Operation;
use crate::Result;
use crate::lazy::lines::{Cumulative, CumulativeOp, Difference, LineOp as _, Shift};
use crate::lazy::{AxisIndex, Plan};

impl DataArray {
    /// The sum of each element and all before it along `dims`, one dimension after the other. Missing values count as 0.
    ///
    /// Whole numbers and bool give i64; f32 is added up in f64.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let rain = DataArray::new(vec![1.0, f64::NAN, 3.0], "time")?;
    /// assert_eq!(rain.cumsum("time")?.to_vec::<f64>()?, [1.0, 1.0, 4.0]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension, or the array holds dates or text.
    pub fn cumsum(&self, dims: impl Into<Dims>) -> Result<Self> {
        self.cumulative(CumulativeOp::Sum, &dims.into())
    }

    /// The product of each element and all before it along `dims`. Missing values count as 1.
    ///
    /// # Errors
    /// When there is no such dimension, or the array holds dates or text.
    pub fn cumprod(&self, dims: impl Into<Dims>) -> Result<Self> {
        self.cumulative(CumulativeOp::Prod, &dims.into())
    }

    fn cumulative(&self, op: CumulativeOp, dims: &Dims) -> Result<Self> {
        let name = if op == CumulativeOp::Sum { "cumsum" } else { "cumprod" };
        let axes = self.axes_of(dims).map_err(|error| error.context(name))?;
        let op = Cumulative { op, skip_missing: true };
        let plan = axes.into_iter().try_fold(self.plan().clone(), |plan, axis| plan.lines(op, axis))?;
        Ok(self.with_plan(Operation::Window, plan))
    }

    /// The difference of neighbours along `dim`, taken `n` times: `n` elements fewer, each with the label of the later.
    ///
    /// Differences of dates are nanoseconds, i64; those of unsigned numbers wrap, as in NumPy.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let height = DataArray::new(vec![1, 4, 9, 16], "time")?.coord("time", [2000, 2001, 2002, 2003])?;
    /// let growth = height.diff("time", 1)?;
    /// assert_eq!(growth.to_vec::<i32>()?, [3, 5, 7]);
    /// assert_eq!(growth["time"].to_vec::<i64>()?, [2001, 2002, 2003]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension, or the array holds bool or text.
    pub fn diff(&self, dim: &str, n: usize) -> Result<Self> {
        let axis = self.axis(dim).map_err(|error| error.context("diff"))?;
        let length = self.shape()[axis];
        let steps = n.min(length);
        let plan = (0..steps).try_fold(self.plan().clone(), |plan, _| plan.lines(Difference, axis));
        let mut plan = plan.map_err(|error| error.context("diff"))?;
        // What nothing is taken differences of has their type all the same, if it has any.
        if length == 0
            && n > 0
            && let Ok(dtype) = Difference.dtype(self.dtype())
        {
            plan = plan.cast(dtype);
        }
        let later: Vec<usize> = (steps..length).collect();
        // Of the same elements as the differences belong to.
        Ok(self.take(axis, &later)?.with_plan(Operation::Window, plan))
    }

    /// Each element `n` positions further along `dim` (back, if `n` is negative), the labels where they are. Places to
    /// which nothing comes are missing, so whole numbers become floats.
    ///
    /// `&da - &da.shift("time", 1)?` is the change since the time before.
    ///
    /// # Errors
    /// When there is no such dimension.
    pub fn shift(&self, dim: &str, n: i64) -> Result<Self> {
        let axis = self.axis(dim).map_err(|error| error.context("shift"))?;
        let plan = self.plan().cast(self.dtype().with_missing());
        Ok(self.with_plan(Operation::Window, plan.lines(Shift { by: n as isize }, axis)?))
    }

    /// Each element `n` positions further along `dim`, those from the end at the beginning; the labels where they are.
    ///
    /// # Errors
    /// When there is no such dimension.
    pub fn roll(&self, dim: &str, n: i64) -> Result<Self> {
        let axis = self.axis(dim).map_err(|error| error.context("roll"))?;
        let length = self.shape()[axis];
        if length == 0 {
            return Ok(self.clone());
        }
        let first = (-n).rem_euclid(length as i64) as usize;
        let part = |range: std::ops::Range<usize>| {
            let mut axes: Vec<AxisIndex> = self.shape().iter().map(|&length| AxisIndex::all(length)).collect();
            axes[axis] = AxisIndex::range(range);
            self.plan().index(&axes)
        };
        let parts = [first..length, 0..first].into_iter().filter(|range| !range.is_empty()).map(part);
        Ok(self.with_plan(Operation::Window, Plan::concat(parts.collect::<Result<_>>()?, axis)?))
    }
}
