//! Dropping the labels where values are missing.

use super::data_array::DataArray;
use crate::Result;
use crate::lazy::{ReduceOp, ReduceOptions};

impl DataArray {
    /// The array without the labels of `dim` at which any value is missing.
    ///
    /// Which labels stay decides the shape, so a lazy array is read once to count its values; the result is lazy again.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![1.0, f64::NAN, 3.0], "x")?.coord("x", [10, 20, 30])?;
    /// assert_eq!(da.dropna("x")?["x"].to_vec::<i64>()?, [10, 30]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension, and as for [`compute`](Self::compute).
    pub fn dropna(&self, dim: &str) -> Result<Self> {
        let axis = self.axis(dim).map_err(|error| error.context("dropna"))?;
        self.dropna_thresh(dim, self.size().checked_div(self.shape()[axis]).unwrap_or(0))
    }

    /// The array without the labels of `dim` at which all values are missing (`how="all"` in xarray).
    ///
    /// # Errors
    /// As for [`dropna`](Self::dropna).
    pub fn dropna_all(&self, dim: &str) -> Result<Self> {
        self.dropna_thresh(dim, 1)
    }

    /// The array without the labels of `dim` at which fewer than `thresh` values are there.
    ///
    /// # Errors
    /// As for [`dropna`](Self::dropna).
    pub fn dropna_thresh(&self, dim: &str, thresh: usize) -> Result<Self> {
        let axis = self.axis(dim).map_err(|error| error.context("dropna"))?;
        if self.dtype().with_missing() != self.dtype() && thresh <= 1 {
            return Ok(self.clone());
        }
        let others: Vec<&String> = self.dims().iter().filter(|other| *other != dim).collect();
        let counts = self.reduce_dims(ReduceOp::Count, &others.into(), ReduceOptions::default())?.to_vec::<i64>()?;
        let kept: Vec<usize> = (0..counts.len()).filter(|&at| counts[at] as usize >= thresh).collect();
        if kept.len() == counts.len() { Ok(self.clone()) } else { self.take(axis, &kept) }
    }
}
