//! Small rearrangements that have a name of their own in xarray: the first few, the last few, every n-th, dimensions of one.

use super::coord::Coord;
use super::data_array::DataArray;
use super::index::Index;
use super::names::Dims;
use super::operation::Operation;
use crate::{Error, ErrorKind, Result};

impl DataArray {
    /// The first `n` positions of `dim`, or all where there are fewer.
    ///
    /// # Errors
    /// When there is no such dimension.
    pub fn head(&self, dim: &str, n: usize) -> Result<Self> {
        self.isel_one(dim, &Index::from(0..n)).map_err(|error| error.context("head"))
    }

    /// The last `n` positions of `dim`, or all where there are fewer.
    ///
    /// # Errors
    /// When there is no such dimension.
    pub fn tail(&self, dim: &str, n: usize) -> Result<Self> {
        let len = self.shape()[self.axis(dim).map_err(|error| error.context("tail"))?];
        self.isel_one(dim, &Index::from(len.saturating_sub(n)..len))
    }

    /// Every `step`-th position of `dim`, from the first.
    ///
    /// # Errors
    /// When there is no such dimension, or the step is 0.
    pub fn thin(&self, dim: &str, step: usize) -> Result<Self> {
        let index = Index::Range { start: 0, end: None, step: i64::try_from(step).unwrap_or(i64::MAX) };
        self.isel_one(dim, &index).map_err(|error| error.context("thin"))
    }

    /// The array without the dimension `dim`, which has length 1; its label stays as a scalar coordinate.
    ///
    /// # Errors
    /// When there is no such dimension, or it is longer.
    pub fn squeeze_dim(&self, dim: &str) -> Result<Self> {
        let axis = self.axis(dim).map_err(|error| error.context("squeeze"))?;
        if self.shape()[axis] != 1 {
            let len = self.shape()[axis];
            let message = format!("squeeze: dimension {dim:?} has length {len}, and only one of length 1 can go");
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        self.isel_one(dim, &Index::At(0))
    }

    /// The array without these coordinates; dimensions stay. `()` drops them all.
    ///
    /// # Errors
    /// When there is no such coordinate.
    pub fn drop_vars(&self, names: impl Into<Dims>) -> Result<Self> {
        match names.into() {
            Dims::All => Ok(self.with_coords(Vec::new())),
            Dims::Names(names) => names.iter().try_fold(self.clone(), |array, name| array.drop_coord(name)),
        }
    }

    /// The array repeated along a new first dimension `dim` with these labels.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![1.0, 2.0], "x")?.expand_dims_with("run", [7, 8, 9])?;
    /// assert_eq!((da.shape(), da["run"].to_vec::<i64>()?), (&[3, 2][..], vec![7, 8, 9]));
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the array has such a dimension or coordinate, or the labels are not one list.
    pub fn expand_dims_with(&self, dim: &str, labels: impl Into<Coord>) -> Result<Self> {
        self.expanded(dim, labels.into())
    }

    fn expanded(&self, dim: &str, labels: Coord) -> Result<Self> {
        if labels.values().ndim() != 1 || self.coords().get(dim).is_some() {
            let message = format!("expand_dims: give one list of labels for {dim:?}, which must be a new name");
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let single = self.expand_dims(dim)?;
        let mut shape = single.shape().to_vec();
        shape[0] = labels.len();
        let plan = single.plan().broadcast_to(&shape)?;
        single.with_plan(Operation::Fill, plan).coord(dim, labels)
    }
}
