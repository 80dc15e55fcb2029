//! Reductions by the names of dimensions. Missing values are skipped.

use super::coord::Coord;
use super::data_array::DataArray;
use super::names::Dims;
use super::operation::Operation;
use crate::Result;
use crate::lazy::{ReduceOp, ReduceOptions};

impl DataArray {
    /// `op` over `dims` with the given options; the methods named after the operations are the short forms.
    ///
    /// Options are set by their methods:
    /// ```
    /// use isopleth::{array::DataArray, lazy::{ReduceOp, ReduceOptions}};
    /// let da = DataArray::new(vec![1.0, f64::NAN, 3.0], "time")?;
    /// assert!(da.reduce(ReduceOp::Sum, "time", ReduceOptions::new().min_count(3))?.item()?.is_nan());
    /// assert_eq!(da.reduce(ReduceOp::Var, "time", ReduceOptions::new().ddof(1))?.item()?, 2.0);
    /// assert!(da.reduce(ReduceOp::Mean, "time", ReduceOptions::new().skip_missing(false))?.item()?.is_nan());
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

macro_rules! reductions {
    ($($method:ident $op:ident $doc:literal;)*) => {
        impl DataArray {$(
            #[doc = $doc]
            ///
            /// `dims` is one name, several (`["y", "x"]`), or `()` for all. Missing values are skipped.
            ///
            /// # Errors
            /// When there is no such dimension, or the element type has no such reduction.
            pub fn $method(&self, dims: impl Into<Dims>) -> Result<Self> {
                self.reduce_dims(ReduceOp::$op, &dims.into(), ReduceOptions::default())
            }
        )*}
    };
}

reductions! {
    mean Mean "The mean: f32 of f32 (summed in f64), f64 of everything else. NaN where there is no value.";
    sum Sum "The sum: i64 of whole numbers and bool. 0 where there is no value.";
    min Min "The smallest value.";
    max Max "The largest value.";
    std Std "The standard deviation of all values (divided by n; `reduce` takes another `ddof`).";
    var Var "The variance of all values (divided by n; `reduce` takes another `ddof`).";
    median Median "The median. The whole of each line is held in memory.";
    count Count "How many values are not missing.";
    prod Prod "The product: i64 of whole numbers and bool. 1 where there is no value.";
    any Any "Whether any element is true (or not 0).";
    all All "Whether all elements are true (or not 0).";
    argmin ArgMin "The position of the first smallest value along one dimension.";
    argmax ArgMax "The position of the first largest value along one dimension.";
}

impl DataArray {
    /// The first value along `dim` that is not missing.
    ///
    /// # Errors
    /// When there is no such dimension, or it has length 0.
    pub fn first(&self, dim: &str) -> Result<Self> {
        self.reduce_dims(ReduceOp::First, &dim.into(), ReduceOptions::default())
    }

    /// The last value along `dim` that is not missing.
    ///
    /// # Errors
    /// When there is no such dimension, or it has length 0.
    pub fn last(&self, dim: &str) -> Result<Self> {
        self.reduce_dims(ReduceOp::Last, &dim.into(), ReduceOptions::default())
    }
}
