//! Resampling: dates in bins of time, named by their edges.

use super::{GroupBy, Groups};
use crate::array::data_array::DataArray;
use crate::array::labels::Direction;
use crate::array::names::not_found;
use crate::array::quantile::Shares;
use crate::lazy::{ReduceOp, ReduceOptions};
use crate::time::{DateKind, Edge, Frequency};
use crate::values::Values;
use crate::{Error, ErrorKind, Result};
use std::fmt;
use std::sync::Arc;

/// An array whose dates are put into bins of time; made by [`DataArray::resample`].
///
/// ```
/// use isopleth::{array::DataArray, time::date_range};
/// let rain = DataArray::new(vec![1.0; 60], "time")?.coord("time", date_range("2016-01-01", 60)?)?;
/// let monthly = rain.resample("time", "MS")?.sum()?;
/// assert_eq!(monthly.to_vec::<f64>()?, [31.0, 29.0]);
/// assert_eq!(monthly["time"].values()?.to_texts(), ["2016-01-01", "2016-02-01"]);
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Clone)]
pub struct Resample {
    array: DataArray,
    dim: String,
    frequency: Frequency,
    closed: Edge,
    label: Edge,
}

impl DataArray {
    /// The array in bins of time along `dim`: `"D"`, `"7D"`, `"6h"`, `"W"`, `"MS"` (months), `"QS-DEC"` (seasons), `"YS"` (years), or
    /// `"ME"`, `"QE"`, `"YE"`, which name a bin by its last day.
    ///
    /// Bins are placed, closed and named as pandas does for the frequency; [`Resample::closed`] and [`Resample::label`]
    /// change that. Bins of days and hours are counted from the midnight of the first date. Those without any date are
    /// missing in the result.
    ///
    /// # Errors
    /// When there is no such dimension, its labels are not dates, or they do not ascend, or the frequency is none.
    pub fn resample(&self, dim: &str, frequency: &str) -> Result<Resample> {
        self.resampled(dim, frequency).map_err(|error| error.context("resample"))
    }

    fn resampled(&self, dim: &str, frequency: &str) -> Result<Resample> {
        self.axis(dim)?;
        let frequency = Frequency::parse(frequency)?;
        let index = self.index_of(dim).ok_or_else(|| not_found("coordinate", dim, self.coords().names()))?;
        let labels = index.label_index();
        let bad = |message: String| Err(Error::new(ErrorKind::Mismatch, message));
        if !index.dtype().is_date() {
            return bad(format!("the labels of {dim:?} are {}, not dates", labels.kind()));
        }
        if labels.len() == 0 {
            return bad(format!("there is no date along {dim:?}"));
        }
        if labels.direction() != Direction::Ascending {
            return bad(format!(
                "the dates along {dim:?} must ascend, none missing; sort_by({dim:?}) puts them in order"
            ));
        }
        let usual = frequency.usual_edge();
        Ok(Resample { array: self.clone(), dim: dim.to_owned(), frequency, closed: usual, label: usual })
    }
}

impl Resample {
    /// Which edge belongs to a bin.
    #[must_use]
    pub fn closed(mut self, edge: Edge) -> Self {
        self.closed = edge;
        self
    }

    /// Which edge names a bin.
    #[must_use]
    pub fn label(mut self, edge: Edge) -> Self {
        self.label = edge;
        self
    }

    /// The value of each bin below which a share of its values lie; see [`GroupBy::quantile`].
    ///
    /// # Errors
    /// As for [`GroupBy::quantile`].
    pub fn quantile(&self, shares: impl Into<Shares>) -> Result<DataArray> {
        self.groups()?.quantile(shares)
    }

    /// [`quantile`](Self::quantile) with options.
    ///
    /// # Errors
    /// As for [`GroupBy::quantile`].
    pub fn quantile_with(&self, shares: impl Into<Shares>, options: ReduceOptions) -> Result<DataArray> {
        self.groups()?.quantile_with(shares, options)
    }

    /// `op` of each bin, with options; the methods named after the operations are the short forms.
    ///
    /// # Errors
    /// When the element type has no such reduction.
    pub fn reduce(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        self.reduce_own(op, options)
    }

    /// The bins as groups, for what is not a reduction: `map`, iteration.
    ///
    /// # Errors
    /// When the bins leave the years that dates can name.
    pub fn groups(&self) -> Result<GroupBy> {
        let groups = self.bins().map_err(|error| error.context("resample"))?;
        Ok(GroupBy { array: self.array.clone(), groups: Arc::new(groups) })
    }

    fn bins(&self) -> Result<Groups> {
        let labels = self.array.get_coord(&self.dim)?;
        let values = labels.values()?;
        let Some((kind, dates)) = values.dates() else { unreachable!("resample looked at the labels") };
        let dates: Vec<i64> = dates.iter().copied().collect();
        let (first, last) = (dates[0], dates[dates.len() - 1]);
        let edges = self.frequency.edges(kind, first, last, self.closed)?;
        // A date is in the bin after the last edge that lies before it (or at it, where the left edge belongs to the bin).
        let passed = |date: i64| match self.closed {
            Edge::Left => edges.partition_point(|&edge| edge <= date),
            Edge::Right => edges.partition_point(|&edge| self.frequency.reach(kind, edge) < date),
        };
        let bins = passed(last);
        let codes = dates.iter().map(|&date| passed(date).checked_sub(1)).collect();
        let named = match self.label {
            Edge::Left => edges[..bins].to_vec(),
            Edge::Right => self.named_right(kind, &edges, bins)?,
        };
        Ok(Groups::new(&self.dim, &self.dim, Values::of_dates(kind, named), codes)?.with_attrs(labels.attrs()))
    }

    /// The later edge of each bin; the last bin's may not have been needed to find it.
    fn named_right(&self, kind: DateKind, edges: &[i64], bins: usize) -> Result<Vec<i64>> {
        let mut edges = edges.to_vec();
        if edges.len() <= bins {
            edges.push(self.frequency.moved(kind, edges[0], edges.len() as i64)?);
        }
        Ok(edges[1..=bins].to_vec())
    }
}

impl fmt::Debug for Resample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Resample along {:?} in bins of {}: ", self.dim, self.frequency)?;
        match self.groups() {
            Ok(groups) => write!(f, "{groups:?}>"),
            Err(error) => write!(f, "{error}>"),
        }
    }
}
