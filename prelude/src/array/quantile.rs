//! Quantiles, and the labels of extremes.

use super::coord::Coord;
use super::data_array::DataArray;
use super::names::{Dims, not_found};
use super::operation::Operation;
use crate::lazy::{ReduceOp, ReduceOptions};
use crate::values::Values;
use crate::{Error, ErrorKind, Result};

/// One share (`0.9`) or several (`[0.1, 0.9]`), each 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    values: Vec<f64>,
    /// One by itself makes no dimension.
    single: bool,
}

impl Shares {
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    pub(crate) fn is_single(&self) -> bool {
        self.single
    }
}

impl From<f64> for Shares {
    fn from(share: f64) -> Self {
        Self { values: vec![share], single: true }
    }
}

impl From<Vec<f64>> for Shares {
    fn from(values: Vec<f64>) -> Self {
        Self { values, single: false }
    }
}

impl From<&[f64]> for Shares {
    fn from(values: &[f64]) -> Self {
        Self::from(values.to_vec())
    }
}

impl<const N: usize> From<[f64; N]> for Shares {
    fn from(values: [f64; N]) -> Self {
        Self::from(values.to_vec())
    }
}

impl DataArray {
    /// The value below which a share of the values lie, linear between two of them; missing values are left out.
    ///
    /// One share leaves a scalar coordinate `quantile`; several make a first dimension of that name. The result is f64.
    /// All values of a line are held at once, of a lazy array for a piece of the others at a time.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![4.0, 1.0, f64::NAN, 3.0, 2.0], "time")?;
    /// assert_eq!(da.quantile(0.5, "time")?.item()?, 2.5);
    /// let ends = da.quantile([0.0, 1.0], "time")?;
    /// assert_eq!((ends.dims()[0].as_str(), ends.to_vec::<f64>()?), ("quantile", vec![1.0, 4.0]));
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a share is not between 0 and 1, there is no such dimension, or the array holds dates or text.
    pub fn quantile(&self, shares: impl Into<Shares>, dims: impl Into<Dims>) -> Result<Self> {
        self.quantiles(&shares.into(), &dims.into(), ReduceOptions::default())
    }

    /// [`quantile`](Self::quantile) with options: `ReduceOptions::new().skipna(false)` lets missing values through.
    ///
    /// # Errors
    /// As for [`quantile`](Self::quantile).
    pub fn quantile_with(
        &self,
        shares: impl Into<Shares>,
        dims: impl Into<Dims>,
        options: ReduceOptions,
    ) -> Result<Self> {
        self.quantiles(&shares.into(), &dims.into(), options)
    }

    fn quantiles(&self, shares: &Shares, dims: &Dims, options: ReduceOptions) -> Result<Self> {
        let axes = self.axes_of(dims).map_err(|error| error.context("quantile"))?;
        let plan = self.plan().quantile(&shares.values, &axes, options)?;
        let (kept, mut coords) = self.without_axes(&axes);
        coords.retain(|coord| coord.name() != "quantile");
        // The quantiles lie on the last axis, and belong on the first.
        let last = kept.len();
        let order: Vec<usize> = std::iter::once(last).chain(0..last).collect();
        let plan = plan.transpose(&order)?;
        if shares.single {
            coords.push(Coord::from(shares.values[0]).renamed("quantile", Vec::new()));
            let first = plan.drop_axis(0);
            return Ok(self.with_parts(Operation::Reduce, kept, first, coords));
        }
        if kept.iter().any(|dim| dim == "quantile") {
            let message = "quantile: the array has a dimension \"quantile\" already; rename it first";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let dims: Vec<String> = std::iter::once("quantile".to_owned()).chain(kept).collect();
        coords.push(Coord::from(shares.values.as_slice()).renamed("quantile", vec!["quantile".to_owned()]));
        Ok(self.with_parts(Operation::Reduce, dims, plan, coords))
    }

    /// The dimensions and coordinates that a reduction of `axes` leaves.
    pub(crate) fn without_axes(&self, axes: &[usize]) -> (Vec<String>, Vec<Coord>) {
        let gone = |dim: &String| self.axis_of(dim).is_some_and(|axis| axes.contains(&axis));
        let kept = self.dims().iter().filter(|dim| !gone(dim)).cloned().collect();
        (kept, self.coords().iter().filter(|coord| !coord.dims().iter().any(gone)).cloned().collect())
    }

    /// The label along `dim` of the first smallest value; missing where every value is missing.
    ///
    /// ```
    /// use isopleth::{array::DataArray, time::date_range};
    /// let temp = DataArray::new(vec![-2.0, -7.5, 1.0], "time")?.coord("time", date_range("2016-01-01", 3)?)?;
    /// assert_eq!(temp.idxmin("time")?.dt()?.day().item()?, 2.0);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension, it has no labels, or has length 0.
    pub fn idxmin(&self, dim: &str) -> Result<Self> {
        self.label_of(ReduceOp::ArgMin, "idxmin", dim)
    }

    /// The label along `dim` of the first largest value; missing where every value is missing.
    ///
    /// # Errors
    /// As for [`idxmin`](Self::idxmin).
    pub fn idxmax(&self, dim: &str) -> Result<Self> {
        self.label_of(ReduceOp::ArgMax, "idxmax", dim)
    }

    fn label_of(&self, op: ReduceOp, name: &str, dim: &str) -> Result<Self> {
        let axis = self.axis(dim).map_err(|error| error.context(name))?;
        let labels: Values = match self.index_of(dim) {
            Some(index) => index.values().clone(),
            None => {
                let advice = format!("{name} gives labels; {} gives positions", name.replace("idx", "arg"));
                return Err(not_found("coordinate", dim, self.coords().names()).context(advice));
            }
        };
        let may_miss = self.dtype().with_missing() == self.dtype();
        let labels = if may_miss { labels.cast(labels.dtype().with_missing()) } else { labels };
        let places = self.plan().place(op, axis, ReduceOptions::default())?;
        let (kept, coords) = self.without_axes(&[axis]);
        let found = self.with_parts(Operation::Reduce, kept, places.lookup(labels)?, coords);
        Ok(found.with_name(Some(dim.into())))
    }
}
