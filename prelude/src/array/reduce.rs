//! Reductions by the names of dimensions. Missing values are skipped.

use super::coord::Coord;
use super::data_array::DataArray;
use super::names::Dims;
use super::operation::Operation;
use super::reductions::reductions;
use crate::Result;
use crate::lazy::{ReduceOp, ReduceOptions};

impl DataArray {
    /// `op` over `dims` with the given options; the methods named after the operations are the short forms, and have options
    /// too: `da.std_with("time", ReduceOptions::new().ddof(1))?`.
    ///
    /// Options are set by their methods:
    /// ```
    /// use isopleth::{array::DataArray, lazy::{ReduceOp, ReduceOptions}};
    /// let da = DataArray::new(vec![1.0, f64::NAN, 3.0], "time")?;
    /// assert!(da.reduce(ReduceOp::Sum, "time", ReduceOptions::new().min_count(3))?.item()?.is_nan());
    /// assert_eq!(da.reduce(ReduceOp::Var, "time", ReduceOptions::new().ddof(1))?.item()?, 2.0);
    /// assert!(da.reduce(ReduceOp::Mean, "time", ReduceOptions::new().skipna(false))?.item()?.is_nan());
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// Coordinates that do not lie along a reduced dimension stay, as do name and attributes.
    ///
    /// # Errors
    /// When there is no such dimension, or the operation has no meaning for the element type.
    pub fn reduce(&self, op: ReduceOp, dims: impl Into<Dims>, options: ReduceOptions) -> Result<Self> {
        self.reduce_dims(op, &dims.into(), options)
    }

    pub(crate) fn reduce_dims(&self, op: ReduceOp, dims: &Dims, options: ReduceOptions) -> Result<Self> {
        let axes = self.axes_of(dims).map_err(|error| error.context(op.name()))?;
        let gone = |dim: &String| self.axis_of(dim).is_some_and(|axis| axes.contains(&axis));
        let kept: Vec<String> = self.dims().iter().filter(|dim| !gone(dim)).cloned().collect();
        let coords: Vec<Coord> = self.coords().iter().filter(|coord| !coord.dims().iter().any(gone)).cloned().collect();
        let plan = self.plan().reduce(op, &axes, options)?;
        Ok(self.with_parts(Operation::Reduce, kept, plan, coords))
    }
}

reductions! { numbers over_dims {DataArray, "da", "", "`dims` is one name, several (`[\"y\", \"x\"]`), or `()` for all."} }
reductions! { truths over_dims {DataArray, "da", "", "`dims` is one name, several (`[\"y\", \"x\"]`), or `()` for all."} }
reductions! { ends over_dims {DataArray, "da", "", "`dims` is the name of one dimension."} }
reductions! { places over_dims {DataArray, "da", "", "`dims` is the name of one dimension."} }
