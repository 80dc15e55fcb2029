//! Several named arrays that share their dimensions and coordinates.

mod arithmetic;
mod combine;
mod each;
mod elementwise;
mod reduce;
mod select;
mod shape;

pub use each::Each;

use super::align::reindex;
use super::attrs::{Attr, Attrs};
use super::coord::Coord;
use super::coords::Coords;
use super::data_array::DataArray;
use super::merge::{Variables, merged};
use super::names::not_found;
use super::together::together;
use crate::{Error, ErrorKind, Result};
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
    /// Named arrays side by side: `Dataset::new([&temp, &rain])?`, or with names of their own,
    /// `Dataset::new([("temp", &temp), ("rain", &rain)])?`. The same as [`merge`](super::merge).
    ///
    /// ```
    /// use isopleth::array::{DataArray, Dataset};
    /// let temp = DataArray::new(vec![20.0, 22.0], "x")?.name("temp");
    /// let ds = Dataset::new([("celsius", &temp), ("kelvin", &(&temp + 273.15))])?;
    /// assert_eq!(ds["kelvin"].to_vec::<f64>()?, [293.15, 295.15]);
    /// assert_eq!(Dataset::new([&temp])?["temp"].shape(), [2]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`merge`](super::merge).
    pub fn new<I>(variables: I) -> Result<Self>
    where
        I: IntoIterator,
        I::Item: Variables,
    {
        super::merge::merge(variables)
    }

    pub(crate) fn assemble(arrays: Vec<DataArray>, coords: Vec<Coord>, dims: &[String]) -> Self {
        // What belongs to the whole dataset belongs to each array: scalars, and coordinates along its dimensions.
        let with_coords = |array: DataArray| {
            let fits = |coord: &&Coord| coord.dims().iter().all(|dim| array.axis_of(dim).is_some());
            array.with_coords(coords.iter().filter(fits).cloned().collect())
        };
        let arrays = arrays.into_iter().map(with_coords).collect();
        Self { arrays, coords: Coords::new(coords.clone(), dims), attrs: Attrs::default() }
    }

    /// The same arrays with other attributes.
    pub(crate) fn with_attrs(self, attrs: Attrs) -> Self {
        Self { attrs, ..self }
    }

    /// The dataset with the attribute `name` set.
    #[must_use]
    pub fn attr(&self, name: &str, value: impl Into<Attr>) -> Self {
        let mut attrs = self.attrs.clone();
        attrs.set(name, value);
        self.clone().with_attrs(attrs)
    }

    /// The attributes of the dataset as a whole.
    pub fn attrs(&self) -> &Attrs {
        &self.attrs
    }

    /// The attribute `name` of the dataset as a whole.
    pub fn get_attr(&self, name: &str) -> Option<&Attr> {
        self.attrs.get(name)
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
        // Labels stay where no array has their dimension any more.
        for coord in &self.coords {
            for (dim, &len) in coord.dims().iter().zip(coord.values().shape()) {
                if sizes.iter().all(|(known, _)| known != dim) {
                    sizes.push((dim.clone(), len));
                }
            }
        }
        sizes
    }

    /// Bytes that all values take in memory, or would take if they were loaded.
    pub fn nbytes(&self) -> u64 {
        let coords = self.coords.iter().map(|coord| coord.values().nbytes());
        coords.chain(self.arrays.iter().map(DataArray::nbytes)).fold(0, u64::saturating_add)
    }

    /// Whether any array is still to be computed or read.
    pub fn is_lazy(&self) -> bool {
        self.arrays.iter().any(DataArray::is_lazy)
    }

    /// The dataset with `array` as `name`, in place of one of that name.
    ///
    /// The dataset's labels and coordinates stay: the array is brought to them, with missing values where it has none of
    /// those labels.
    ///
    /// # Errors
    /// When labels cannot be matched.
    pub fn assign(&self, name: &str, array: &DataArray) -> Result<Self> {
        let known = |coord: &&Coord| coord.is_index() || self.coords.get(coord.name()).is_none();
        let mut array = array.with_coords(array.coords().iter().filter(known).cloned().collect()).name(name);
        for (axis, dim) in array.dims().to_vec().iter().enumerate() {
            let wanted = self.coords.get(dim).filter(|coord| coord.is_index());
            match (wanted, array.index_of(dim).cloned()) {
                (Some(wanted), Some(own)) => {
                    array = reindex(&array, axis, own, wanted.label_index(), wanted)?;
                }
                (Some(wanted), None) if wanted.len() != array.shape()[axis] => {
                    let (len, labels) = (array.shape()[axis], wanted.len());
                    let message =
                        format!("assign {name:?}: {len} values along {dim:?}, where the dataset has {labels} labels");
                    return Err(Error::new(ErrorKind::Mismatch, message));
                }
                _ => {}
            }
        }
        let mut arrays: Vec<DataArray> = self.without(name);
        arrays.push(array);
        Ok(merged(&arrays)?.with_coords_of(self))
    }

    /// With the attributes of `other`, and those of its coordinates that are lacking here.
    fn with_coords_of(&self, other: &Self) -> Self {
        let lacking = other.coords.iter().filter(|coord| self.coords.get(coord.name()).is_none());
        let coords: Vec<Coord> = self.coords.iter().chain(lacking).cloned().collect();
        let dims: Vec<String> = self.sizes().into_iter().map(|(dim, _)| dim).collect();
        Self::assemble(self.arrays.to_vec(), coords, &dims).with_attrs(other.attrs.clone())
    }

    /// The dataset without the array `name`; the coordinates stay.
    #[doc(hidden)] // drop_vars, as in xarray
    pub fn drop(&self, name: &str) -> Result<Self> {
        self.without_array(name)
    }

    fn without_array(&self, name: &str) -> Result<Self> {
        let kept = self.without(name);
        if kept.len() == self.arrays.len() {
            return Err(not_found("variable", name, self.names()));
        }
        Ok(merged(&kept)?.with_coords_of(self))
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

    pub(super) fn each(&self, f: &dyn Fn(&DataArray) -> Result<DataArray>) -> Result<Self> {
        let arrays: Result<Vec<DataArray>> = self
            .arrays
            .iter()
            .map(|array| Ok(f(array).map_err(|error| named(error, array))?.with_name(array.shared_name())))
            .collect();
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

    /// The dataset in memory. All its arrays are one computation: what several of them need is read once.
    ///
    /// # Errors
    /// As for [`compute_all`](super::compute_all).
    pub fn compute(&self) -> Result<Self> {
        let arrays: Vec<&DataArray> = self.arrays.iter().collect();
        let computed = together(&arrays)?;
        let named = |(array, computed): (&DataArray, DataArray)| computed.with_name(array.shared_name());
        let named: Vec<DataArray> = self.arrays.iter().zip(computed).map(named).collect();
        Ok(merged(&named)?.with_attrs(self.attrs.clone()))
    }
}

/// An error of one array among others says which.
fn named(error: Error, array: &DataArray) -> Error {
    match array.get_name() {
        Some(name) => error.context(format!("variable {name:?}")),
        None => error,
    }
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
