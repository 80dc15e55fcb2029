//! Missing values filled from their neighbours along a dimension.

use super::data_array::DataArray;
use super::labels::Labels;
use super::operation::Operation;
use crate::lazy::Plan;
use crate::lazy::lines::{Cumulative, CumulativeOp, Fill, Gaps, GapsOp};
use crate::{Error, ErrorKind, Result};
use std::sync::Arc;

/// How [`DataArray::interpolate_na_with`] fills gaps.
///
/// ```
/// use isopleth::array::{DataArray, FillGaps};
/// let da = DataArray::new(vec![1.0, f64::NAN, f64::NAN, 4.0], "x")?;
/// let filled = da.interpolate_na_with("x", FillGaps::linear().limit(1))?.to_vec::<f64>()?;
/// assert!(filled[1] == 2.0 && filled[2].is_nan());
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FillGaps {
    op: GapsOp,
    limit: Option<usize>,
    widest: Option<f64>,
}

impl FillGaps {
    /// On the straight line between the values on both sides, by the labels.
    pub fn linear() -> Self {
        Self { op: GapsOp::Linear, limit: None, widest: None }
    }

    /// With the nearer of the values on both sides; of two equally near, the one before.
    pub fn nearest() -> Self {
        Self { op: GapsOp::Nearest, ..Self::linear() }
    }

    /// No more than the first `limit` missing values of a gap.
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// Only gaps whose values on both sides have labels no further apart than this (days for dates).
    #[must_use]
    pub fn max_gap(self, widest: f64) -> Self {
        Self { widest: Some(widest), ..self }
    }
}

impl DataArray {
    /// Missing values replaced by the last value before them along `dim`, however far that is.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![f64::NAN, 1.0, f64::NAN, f64::NAN], "time")?;
    /// assert_eq!(da.ffill("time")?.to_vec::<f64>()?[1..], [1.0, 1.0, 1.0]);
    /// assert!(da.ffill_limit("time", 1)?.to_vec::<f64>()?[3].is_nan());
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension.
    pub fn ffill(&self, dim: &str) -> Result<Self> {
        self.filled("ffill", dim, |plan, axis| {
            plan.lines(Cumulative { op: CumulativeOp::Last, skip_missing: true }, axis)
        })
    }

    /// [`ffill`](Self::ffill) of no more than `limit` missing values in a row.
    ///
    /// # Errors
    /// When there is no such dimension.
    pub fn ffill_limit(&self, dim: &str, limit: usize) -> Result<Self> {
        self.filled("ffill", dim, |plan, axis| plan.lines(Fill { backward: false, limit }, axis))
    }

    /// Missing values replaced by the next value after them along `dim`, however far that is.
    ///
    /// Of a lazy array, whole lines along `dim` are held at a time; [`bfill_limit`](Self::bfill_limit) holds less.
    ///
    /// # Errors
    /// When there is no such dimension.
    pub fn bfill(&self, dim: &str) -> Result<Self> {
        let op = Gaps { op: GapsOp::Next, places: Arc::new([]), limit: usize::MAX, widest: f64::INFINITY };
        self.filled("bfill", dim, |plan, axis| plan.lines(op, axis))
    }

    /// [`bfill`](Self::bfill) of no more than `limit` missing values in a row.
    ///
    /// # Errors
    /// When there is no such dimension.
    pub fn bfill_limit(&self, dim: &str, limit: usize) -> Result<Self> {
        self.filled("bfill", dim, |plan, axis| plan.lines(Fill { backward: true, limit }, axis))
    }

    /// Missing values on the straight line between the values on both sides along `dim`, by its labels (by position
    /// without labels). What lies before the first or after the last value stays missing.
    ///
    /// Of a lazy array, whole lines along `dim` are held at a time.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![1.0, f64::NAN, 2.0], "x")?.coord("x", [0, 1, 10])?;
    /// assert_eq!(da.interpolate_na("x")?.to_vec::<f64>()?, [1.0, 1.1, 2.0]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension, its labels do not ascend, or the array holds dates or text.
    pub fn interpolate_na(&self, dim: &str) -> Result<Self> {
        self.interpolate_na_with(dim, FillGaps::linear())
    }

    /// [`interpolate_na`](Self::interpolate_na) with the nearest value, a limit, or only in narrow gaps.
    ///
    /// # Errors
    /// As for [`interpolate_na`](Self::interpolate_na).
    pub fn interpolate_na_with(&self, dim: &str, gaps: FillGaps) -> Result<Self> {
        let axis = self.axis(dim).map_err(|error| error.context("interpolate_na"))?;
        let places = self.places(dim, axis)?;
        // A missing label lies nowhere, at the end too.
        if places.iter().any(|place| place.is_nan()) || places.windows(2).any(|pair| pair[0] >= pair[1]) {
            let message = format!(
                "interpolate_na: the labels of {dim:?} do not ascend one by one, none missing; sort_by({dim:?}) puts them \
                 in order"
            );
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        const DAY: f64 = 86_400e9;
        let dates = self.index_of(dim).is_some_and(|index| index.values().dtype().is_date());
        let widest = gaps.widest.map_or(f64::INFINITY, |widest| if dates { widest * DAY } else { widest });
        let op = Gaps { op: gaps.op, places: places.into(), limit: gaps.limit.unwrap_or(usize::MAX), widest };
        self.filled("interpolate_na", dim, |plan, axis| plan.lines(op, axis))
    }

    /// `fill` along the axis of `dim`; what can hold no missing value stays as it is.
    fn filled(&self, name: &str, dim: &str, fill: impl FnOnce(&Plan, usize) -> Result<Plan>) -> Result<Self> {
        let axis = self.axis(dim).map_err(|error| error.context(name))?;
        if self.dtype().with_missing() != self.dtype() {
            return Ok(self.clone());
        }
        Ok(self.with_plan(Operation::Window, fill(self.plan(), axis).map_err(|error| error.context(name))?))
    }

    /// Where the positions along `dim` lie: its labels, dates as nanoseconds since the first, positions without labels.
    pub(crate) fn places(&self, dim: &str, axis: usize) -> Result<Vec<f64>> {
        let Some(index) = self.index_of(dim) else {
            return Ok((0..self.shape()[axis]).map(|position| position as f64).collect());
        };
        Ok(match &**index.label_index() {
            Labels::Time(kind, labels) => {
                let first = labels.iter().copied().find(|&label| label != i64::MIN).unwrap_or(0);
                labels.iter().map(|&label| kind.since(label, first)).collect()
            }
            Labels::Text(_) => {
                let message =
                    format!("the labels of {dim:?} are text, which lies nowhere on a line; give it numbers or dates");
                return Err(Error::new(ErrorKind::Mismatch, message));
            }
            numbers => numbers.floats(),
        })
    }
}
