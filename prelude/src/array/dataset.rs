//! Several named arrays that share their dimensions and coordinates.

use super::attrs::{Attr, Attrs};
use super::coord::Coord;
use super::coords::Coords;
use super::data_array::DataArray;
use super::index::{Index, Label};
use super::merge::merged;
use super::names::{Dims, not_found};
use crate::Result;
use crate::lazy::{ReduceOp, ReduceOptions};
use std::sync::Arc;

/// Named arrays over common dimensions, made by [`merge`](super::merge). Cheap to clone.
///
/// `&ds["temp"]` is one of the arrays, with its coordinates.
#[derive(Clone)]
pub struct Dataset {
    arrays: Arc<[DataArray]>,
    coords: Coords,
    attrs: Attrs,
}

impl Dataset {
    pub(crate) fn assemble(arrays: Vec<DataArray>, coords: Vec<Coord>, dims: &[String]) -> Self {
        // What belongs to the whole dataset belongs to each array: scalars, and coordinates along its dimensions.
        let with_coords = |array: DataArray| {
            let fits = |coord: &&Coord| coord.dims().iter().all(|dim| array.axis_of(dim).is_some());
            array.with_coords(coords.iter().filter(fits).cloned().collect())
        };
        Self {
            arrays: arrays.into_iter().map(with_coords).collect(),
            coords: Coords::new(coords.clone(), dims),
            attrs: Attrs::default(),
        }
    }

    pub(crate) fn with_attrs(mut self, attrs: Attrs) -> Self {
        self.attrs = attrs;
        self
    }

    /// What is known about the dataset as a whole: its title, its source.
    pub fn attrs(&self) -> &Attrs {
        &self.attrs
    }

    /// The attribute `name` of the dataset.
    pub fn get_attr(&self, name: &str) -> Option<&Attr> {
        self.attrs.get(name)
    }

    /// This dataset with the attribute `name` set.
    #[must_use]
    pub fn attr(&self, name: &str, value: impl Into<Attr>) -> Self {
        let mut attrs = self.attrs.clone();
        attrs.set(name, value);
        self.clone().with_attrs(attrs)
    }

    /// The array `name`, or a coordinate of that name as an array.
    ///
    /// # Errors
    /// When there is neither.
    pub fn get(&self, name: &str) -> Result<&DataArray> {
        match self.arrays.iter().find(|array| array.get_name() == Some(name)) {
            Some(array) => Ok(array),
            None if self.coords.get(name).is_some() => self.coords.view(name),
            None => Err(not_found("variable", name, self.names().chain(self.coords.names()))),
        }
    }

    /// The arrays in order.
    pub fn arrays(&self) -> &[DataArray] {
        &self.arrays
    }

    /// The names of the arrays in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.arrays.iter().filter_map(DataArray::get_name)
    }

    /// All coordinates.
    pub fn coords(&self) -> &Coords {
        &self.coords
    }

    /// Name and length of each dimension, in the order in which the arrays have them.
    pub fn sizes(&self) -> Vec<(String, usize)> {
        let mut sizes: Vec<(String, usize)> = Vec::new();
        for (dim, len) in self.arrays.iter().flat_map(DataArray::sizes) {
            if sizes.iter().all(|(known, _)| *known != dim) {
                sizes.push((dim, len));
            }
        }
        sizes
    }

    /// Bytes that all values take in memory, or would take if they were loaded.
    pub fn nbytes(&self) -> u64 {
        let coords: u64 = self.coords.iter().map(|coord| coord.values().nbytes()).sum();
        coords + self.arrays.iter().map(DataArray::nbytes).sum::<u64>()
    }

    /// Whether any array is still to be computed or read.
    pub fn is_lazy(&self) -> bool {
        self.arrays.iter().any(DataArray::is_lazy)
    }

    /// The dataset with `array` as `name`, in place of one of that name.
    ///
    /// # Errors
    /// When labels cannot be matched, or a coordinate says something else.
    pub fn assign(&self, name: &str, array: &DataArray) -> Result<Self> {
        let mut arrays: Vec<DataArray> = self.without(name);
        arrays.push(array.name(name));
        Ok(merged(&arrays)?.with_attrs(self.attrs.clone()))
    }

    /// The dataset without the array `name`.
    ///
    /// # Errors
    /// When there is no such array.
    pub fn drop(&self, name: &str) -> Result<Self> {
        let kept = self.without(name);
        if kept.len() == self.arrays.len() {
            return Err(not_found("variable", name, self.names()));
        }
        Ok(merged(&kept)?.with_attrs(self.attrs.clone()))
    }

    fn without(&self, name: &str) -> Vec<DataArray> {
        self.arrays.iter().filter(|array| array.get_name() != Some(name)).cloned().collect()
    }

    /// `f` of each array, its name kept.
    ///
    /// # Errors
    /// When `f` fails, or its results do not fit together.
    pub fn map_arrays(&self, f: impl Fn(&DataArray) -> Result<DataArray>) -> Result<Self> {
        self.each(&f)
    }

    fn each(&self, f: &dyn Fn(&DataArray) -> Result<DataArray>) -> Result<Self> {
        let arrays: Result<Vec<DataArray>> =
            self.arrays.iter().map(|array| Ok(f(array)?.with_name(array.shared_name()))).collect();
        Ok(merged(&arrays?)?.with_attrs(self.attrs.clone()))
    }

    /// Applies `f` to the arrays that have `dim`; an error if none has.
    fn along(&self, dim: &str, f: &dyn Fn(&DataArray) -> Result<DataArray>) -> Result<Self> {
        self.check(dim)?;
        self.each(&|array| if array.axis_of(dim).is_some() { f(array) } else { Ok(array.clone()) })
    }

    fn check(&self, dim: &str) -> Result<()> {
        let sizes = self.sizes();
        let known = sizes.iter().any(|(other, _)| other == dim);
        if known { Ok(()) } else { Err(not_found("dimension", dim, sizes.iter().map(|(dim, _)| dim.as_str()))) }
    }

    /// The part of each array at these positions of `dim`; arrays without it stay whole.
    ///
    /// # Errors
    /// When no array has the dimension, or a position lies outside it.
    pub fn isel_dim(&self, dim: &str, index: impl Into<Index>) -> Result<Self> {
        let index = index.into();
        self.along(dim, &|array| array.isel_one(dim, &index))
    }

    /// The part of each array with these labels; see [`DataArray::sel`].
    ///
    /// # Errors
    /// When no array has the dimension, or a label is not there.
    pub fn sel<'a>(&self, labels: impl AsRef<[(&'a str, Label)]>) -> Result<Self> {
        labels
            .as_ref()
            .iter()
            .try_fold(self.clone(), |ds, (dim, label)| ds.along(dim, &|array| array.sel_dim(dim, label.clone())))
    }

    /// The dataset in memory.
    ///
    /// # Errors
    /// As for [`DataArray::compute`].
    pub fn compute(&self) -> Result<Self> {
        self.each(&DataArray::compute)
    }

    fn reduce(&self, op: ReduceOp, dims: &Dims) -> Result<Self> {
        let Dims::Names(names) = dims else {
            return self.each(&|array| array.reduce_dims(op, dims, ReduceOptions::default()));
        };
        names.iter().try_for_each(|dim| self.check(dim)).map_err(|error| error.context(op.name()))?;
        self.each(&|array| {
            let own: Vec<&String> = names.iter().filter(|dim| array.axis_of(dim).is_some()).collect();
            if own.is_empty() {
                Ok(array.clone())
            } else {
                array.reduce_dims(op, &own.into(), ReduceOptions::default())
            }
        })
    }
}

macro_rules! reductions {
    ($($method:ident $op:ident $what:literal;)*) => {
        impl Dataset {$(
            #[doc = concat!($what, " of each array over `dims`; see [`DataArray::", stringify!($method), "`]. Arrays without the dimensions stay.")]
            ///
            /// # Errors
            /// When no array has such a dimension.
            pub fn $method(&self, dims: impl Into<Dims>) -> Result<Self> {
                self.reduce(ReduceOp::$op, &dims.into())
            }
        )*}
    };
}

reductions! {
    mean Mean "The mean";
    sum Sum "The sum";
    min Min "The smallest value";
    max Max "The largest value";
    std Std "The standard deviation";
    count Count "The number of values";
}

/// An array or coordinate by its name.
///
/// # Panics
/// When there is none; [`Dataset::get`] returns an error instead.
impl std::ops::Index<&str> for Dataset {
    type Output = DataArray;

    #[track_caller]
    fn index(&self, name: &str) -> &DataArray {
        self.get(name).unwrap_or_else(|error| panic!("{error}"))
    }
}
