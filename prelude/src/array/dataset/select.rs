//! Selections of every array that has the dimension, and by condition.

use super::Dataset;
use crate::array::coord::Coord;
use crate::array::data_array::DataArray;
use crate::array::index::{Index, Indices, IntoIndices, Label};
use crate::array::names::Dims;
use crate::array::operand::Operand;
use crate::array::search::Method;
use crate::array::select_options::SelectOptions;
use crate::lazy::{ReduceOp, ReduceOptions};
use crate::{Error, ErrorKind, Result};

impl Dataset {
    /// The part at these positions, by dimension: `ds.isel(isel! { time: 0, x: 2..5 })?`. Arrays without a dimension stay
    /// whole along it.
    ///
    /// # Errors
    /// When no array has a dimension, a position lies outside it, or positions are given by axis (`s![..]`): the arrays of
    /// a dataset need not have the same.
    pub fn isel(&self, indices: impl IntoIndices) -> Result<Self> {
        self.isel_by(indices.into_indices(), SelectOptions::default())
    }

    /// [`isel`](Self::isel) with options; see [`DataArray::isel_with`].
    ///
    /// # Errors
    /// As for [`isel`](Self::isel) and [`DataArray::isel_with`].
    pub fn isel_with(&self, indices: impl IntoIndices, options: SelectOptions) -> Result<Self> {
        self.isel_by(indices.into_indices(), options)
    }

    fn isel_by(&self, indices: Indices, options: SelectOptions) -> Result<Self> {
        let Indices::ByDim(indices) = indices else {
            let message = "isel of a dataset: its arrays need not have the same axes, so name the dimensions: \
                           isel! { time: 0, x: 2..5 }";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        };
        indices.iter().try_for_each(|(dim, _)| self.check(dim)).map_err(|error| error.context("isel"))?;
        self.each(&|array| {
            let own = indices.iter().filter(|(dim, _)| array.axis_of(dim).is_some()).cloned().collect();
            array.isel_by(&Indices::ByDim(own), options)
        })
    }

    /// The part at the given positions of one dimension; arrays without it stay whole.
    ///
    /// # Errors
    /// When no array has the dimension, or a position lies outside it.
    pub fn isel_dim(&self, dim: &str, index: impl Into<Index>) -> Result<Self> {
        self.isel([(dim, index.into())])
    }

    /// The part of each array with these labels: `ds.sel(sel! { x: -30.0..=19.0 })?`; see [`DataArray::sel`].
    ///
    /// # Errors
    /// When no array has a dimension, or a label is not there.
    pub fn sel<'a>(&self, labels: impl AsRef<[(&'a str, Label)]>) -> Result<Self> {
        self.sel_by(labels.as_ref(), SelectOptions::default())
    }

    /// [`sel`](Self::sel) with options; see [`DataArray::sel_with`].
    ///
    /// # Errors
    /// As for [`sel`](Self::sel) and [`DataArray::sel_with`].
    pub fn sel_with<'a>(&self, labels: impl AsRef<[(&'a str, Label)]>, options: SelectOptions) -> Result<Self> {
        self.sel_by(labels.as_ref(), options)
    }

    /// [`sel`](Self::sel) along one dimension.
    ///
    /// # Errors
    /// When no array has the dimension, or a label is not there.
    pub fn sel_dim(&self, dim: &str, label: impl Into<Label>) -> Result<Self> {
        self.sel_by(&[(dim, label.into())], SelectOptions::default())
    }

    /// The part of each array whose labels are nearest to those given; see [`DataArray::sel_nearest`].
    ///
    /// # Errors
    /// When no array has a dimension, or a range is given.
    pub fn sel_nearest<'a>(&self, labels: impl AsRef<[(&'a str, Label)]>) -> Result<Self> {
        self.sel_by(labels.as_ref(), SelectOptions::new().method(Method::Nearest))
    }

    /// [`sel_with`](Self::sel_with) a method and a tolerance.
    #[doc(hidden)]
    pub fn sel_method<'a>(
        &self,
        labels: impl AsRef<[(&'a str, Label)]>,
        method: Method,
        tolerance: impl Into<Option<f64>>,
    ) -> Result<Self> {
        self.sel_by(labels.as_ref(), SelectOptions { method, tolerance: tolerance.into(), drop: false })
    }

    fn sel_by(&self, labels: &[(&str, Label)], options: SelectOptions) -> Result<Self> {
        labels.iter().try_for_each(|(dim, _)| self.check(dim)).map_err(|error| error.context("sel"))?;
        self.each(&|array| {
            let own: Vec<(&str, Label)> =
                labels.iter().filter(|(dim, _)| array.axis_of(dim).is_some()).cloned().collect();
            array.sel_by(&own, options)
        })
    }

    /// Each array where `condition` is true, missing values elsewhere; see [`DataArray::where_`].
    ///
    /// # Errors
    /// When `condition` is not an array of bool, or cannot be aligned.
    pub fn where_(&self, condition: &DataArray) -> Result<Self> {
        self.each(&|array| array.where_(condition))
    }

    /// Each array where `condition` is true, `other` elsewhere; see [`DataArray::where_else`].
    ///
    /// # Errors
    /// When `condition` is not an array of bool, or labels differ.
    pub fn where_else(&self, condition: &DataArray, other: impl Into<Operand>) -> Result<Self> {
        let other = other.into();
        self.each(&|array| array.where_else(condition, other.clone()))
    }

    /// Each array where `condition` is true, without the labels for which it is true nowhere; see
    /// [`DataArray::where_drop`].
    ///
    /// # Errors
    /// When `condition` is not an array of bool, or cannot be aligned.
    pub fn where_drop(&self, condition: &DataArray) -> Result<Self> {
        self.each(&|array| {
            let whole = condition.dims().iter().all(|dim| array.axis_of(dim).is_some());
            if whole { array.where_drop(condition) } else { array.where_(condition)?.where_drop(condition) }
        })
    }

    /// The dataset without the labels of `dim` at which any array that has `dim` misses a value.
    ///
    /// Lazy arrays are read once to count their values.
    ///
    /// # Errors
    /// When no array has the dimension, and as for [`compute`](Self::compute).
    pub fn dropna(&self, dim: &str) -> Result<Self> {
        self.dropna_thresh(dim, usize::MAX)
    }

    /// The dataset without the labels of `dim` at which all arrays miss all values.
    ///
    /// # Errors
    /// As for [`dropna`](Self::dropna).
    pub fn dropna_all(&self, dim: &str) -> Result<Self> {
        self.dropna_thresh(dim, 1)
    }

    /// The dataset without the labels of `dim` at which all arrays together have fewer than `thresh` values.
    ///
    /// # Errors
    /// As for [`dropna`](Self::dropna).
    pub fn dropna_thresh(&self, dim: &str, thresh: usize) -> Result<Self> {
        self.check(dim).map_err(|error| error.context("dropna"))?;
        let (mut counts, mut most) = (Vec::new(), 0);
        for array in self.arrays.iter().filter(|array| array.axis_of(dim).is_some()) {
            let others: Vec<&String> = array.dims().iter().filter(|other| *other != dim).collect();
            let own = array.reduce_dims(ReduceOp::Count, &others.into(), ReduceOptions::default())?.to_vec::<i64>()?;
            counts.resize(own.len(), 0);
            counts.iter_mut().zip(&own).for_each(|(sum, own)| *sum += *own as usize);
            most += array.size().checked_div(own.len()).unwrap_or(0);
        }
        let kept: Vec<usize> = (0..counts.len()).filter(|&at| counts[at] >= thresh.min(most)).collect();
        self.along(dim, &|array| array.take(array.axis(dim)?, &kept))
    }

    /// The dataset with the coordinate `name`, for every array that has its dimensions.
    ///
    /// # Errors
    /// When no array has them, or a length differs.
    pub fn coord(&self, name: &str, values: impl Into<Coord>) -> Result<Self> {
        self.set_coord(name, &values.into())
    }

    /// The same as [`coord`](Self::coord), under the name that xarray gives it.
    ///
    /// # Errors
    /// As for [`coord`](Self::coord).
    pub fn assign_coord(&self, name: &str, values: impl Into<Coord>) -> Result<Self> {
        self.set_coord(name, &values.into())
    }

    fn set_coord(&self, name: &str, coord: &Coord) -> Result<Self> {
        let dims: Vec<String> = match (coord.dims_are_given(), coord.values().ndim()) {
            (true, _) => coord.dims().to_vec(),
            (false, 0) => Vec::new(),
            (false, _) => vec![name.to_owned()],
        };
        dims.iter()
            .try_for_each(|dim| self.check(dim))
            .map_err(|error| error.context(format!("coordinate {name:?}")))?;
        let fits = |array: &DataArray| dims.iter().all(|dim| array.axis_of(dim).is_some());
        if !self.arrays.iter().any(fits) {
            let message = format!("coordinate {name:?}: no array has all the dimensions ({})", dims.join(", "));
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        self.each(&|array| if fits(array) { array.coord(name, coord) } else { Ok(array.clone()) })
    }

    /// The dataset without these arrays and coordinates; dimensions stay.
    ///
    /// # Errors
    /// When there is neither an array nor a coordinate of such a name.
    pub fn drop_vars(&self, names: impl Into<Dims>) -> Result<Self> {
        let names = match names.into() {
            Dims::Names(names) => names,
            Dims::All => self.names().map(str::to_owned).collect(),
        };
        names.iter().try_fold(self.clone(), |ds, name| {
            if ds.coords.get(name).is_none() {
                return ds.without_array(name);
            }
            ds.each(&|array| {
                if array.coords().get(name).is_some() { array.drop_vars(name) } else { Ok(array.clone()) }
            })
        })
    }

    /// Only the arrays of these names, in this order: `ds[["a", "b"]]` in xarray.
    ///
    /// # Errors
    /// When there is no such array.
    pub fn select(&self, names: impl Into<Dims>) -> Result<Self> {
        let Dims::Names(names) = names.into() else { return Ok(self.clone()) };
        let arrays = names.iter().map(|name| self.get(name).cloned()).collect::<Result<_>>()?;
        Self { arrays, ..self.clone() }.each(&|array| Ok(array.clone()))
    }
}
