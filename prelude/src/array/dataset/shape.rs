//! Names, dimensions and arrangement of a dataset's arrays.

use super::Dataset;
use crate::Result;
use crate::array::align::{all_dims, spread};
use crate::array::concat::concat;
use crate::array::data_array::DataArray;
use crate::array::names::{Dims, not_found};
use crate::array::operation::Operation;
use crate::values::Values;

impl Dataset {
    /// The dataset with the array, dimension or coordinate `old` called `new`.
    ///
    /// # Errors
    /// When there is no `old`, or `new` is taken.
    pub fn rename(&self, old: &str, new: &str) -> Result<Self> {
        self.rename_all([(old, new)])
    }

    /// Several arrays, dimensions or coordinates under new names at once.
    ///
    /// # Errors
    /// As for [`rename`](Self::rename).
    pub fn rename_all<'a>(&self, names: impl AsRef<[(&'a str, &'a str)]>) -> Result<Self> {
        self.renamed(names.as_ref())
    }

    fn renamed(&self, names: &[(&str, &str)]) -> Result<Self> {
        let sizes = self.sizes();
        let all = || self.names().chain(self.coords.names()).chain(sizes.iter().map(|(dim, _)| dim.as_str()));
        if let Some((old, _)) = names.iter().find(|(old, _)| !all().any(|name| name == *old)) {
            return Err(not_found("array, coordinate or dimension", old, all()).context("rename"));
        }
        let one = |array: &DataArray| {
            let has = |name: &str| array.axis_of(name).is_some() || array.coords().get(name).is_some();
            let own: Vec<(&str, &str)> = names.iter().filter(|(old, _)| has(old)).copied().collect();
            let renamed = array.rename_all(own)?;
            let name = array.get_name().unwrap_or_default();
            Ok(match names.iter().find(|(old, _)| *old == name) {
                Some((_, new)) => renamed.name(new),
                None => renamed,
            })
        };
        let arrays: Result<Vec<DataArray>> = self.arrays.iter().map(one).collect();
        Ok(super::merged(&arrays?).map_err(|error| error.context("rename"))?.with_attrs(self.attrs.clone()))
    }

    /// Each array with its axes in the order `dims`, as far as it has them; `()` reverses them.
    ///
    /// # Errors
    /// When no array has such a dimension, or an array has one that is not named.
    pub fn transpose(&self, dims: impl Into<Dims>) -> Result<Self> {
        self.over("transpose", &dims.into(), &|_| true, &|array, own| array.transpose(own.clone()))
    }

    /// Each array without its dimensions of length 1; their labels stay as scalar coordinates.
    ///
    /// # Errors
    /// Only when Stop was pressed.
    pub fn squeeze(&self) -> Result<Self> {
        self.each(&DataArray::squeeze)
    }

    /// Each array with a new first dimension `dim` of length 1.
    ///
    /// # Errors
    /// When an array has such a dimension.
    pub fn expand_dims(&self, dim: &str) -> Result<Self> {
        self.each(&|array| array.expand_dims(dim))
    }

    /// All arrays as one, along a new first dimension `variable` with their names as labels.
    ///
    /// Arrays that lack a dimension which others have are repeated along it.
    ///
    /// ```
    /// use isopleth::array::{DataArray, merge};
    /// let low = DataArray::new(vec![1.0, 2.0], "x")?.name("low");
    /// let high = DataArray::new(vec![5.0, 7.0], "x")?.name("high");
    /// let both = merge([&low, &high])?.to_array()?;
    /// assert_eq!((both["variable"].to_texts()?, both.shape()), (vec!["low".into(), "high".into()], &[2, 2][..]));
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the dataset has no array, or element types do not go together.
    pub fn to_array(&self) -> Result<DataArray> {
        let dims = all_dims(&self.arrays);
        let sizes = self.sizes();
        let size = |dim: &String| sizes.iter().find(|(known, _)| known == dim).map_or(1, |(_, len)| *len);
        let shape: Vec<usize> = dims.iter().map(size).collect();
        let mut arrays = Vec::with_capacity(self.arrays.len());
        for array in self.arrays.iter() {
            let mut plan = spread(array, &dims)?;
            if array.ndim() == 0 {
                plan = (0..dims.len()).fold(plan, |plan, _| plan.insert_axis(0));
            }
            let coords = self.coords.to_vec();
            arrays.push(array.with_parts(Operation::Fill, dims.clone(), plan.broadcast_to(&shape)?, coords));
        }
        let names: Vec<&str> = self.names().collect();
        let joined = concat(&arrays, "variable").map_err(|error| error.context("to_array"))?;
        joined.with_name(None).with_attrs(self.attrs.clone()).coord("variable", Values::from(names))
    }

    /// How many arrays there are.
    pub fn len(&self) -> usize {
        self.arrays.len()
    }

    /// Whether there is no array.
    pub fn is_empty(&self) -> bool {
        self.arrays.is_empty()
    }

    /// Whether there is an array or coordinate `name`.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_ok()
    }
}

/// The arrays in order.
impl<'a> IntoIterator for &'a Dataset {
    type Item = &'a DataArray;
    type IntoIter = std::slice::Iter<'a, DataArray>;

    fn into_iter(self) -> Self::IntoIter {
        self.arrays.iter()
    }
}
