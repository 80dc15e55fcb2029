//! Datasets joined along a dimension.

use super::Dataset;
use crate::array::concat::concat;
use crate::array::data_array::DataArray;
use crate::array::merge::merged;
use crate::array::names::not_found;
use crate::{Error, ErrorKind, Result};
use std::borrow::Borrow;

impl Dataset {
    /// The datasets one after the other along `dim`; each has the same arrays.
    ///
    /// Arrays that lack `dim` in all datasets must be the same in all, and stay; unless no array has it: then it is new, and
    /// all get it.
    ///
    /// ```
    /// use isopleth::array::{DataArray, Dataset, merge};
    /// let part = |from: i32| merge([DataArray::new(vec![from, from + 1], "x")?.coord("x", [from, from + 1])?.name("a")]);
    /// let all = Dataset::concat([part(1)?, part(3)?], "x")?;
    /// assert_eq!(all["a"].to_vec::<i32>()?, [1, 2, 3, 4]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no dataset, an array is missing in one, or what is not joined differs.
    pub fn concat<I>(datasets: I, dim: &str) -> Result<Self>
    where
        I: IntoIterator,
        I::Item: Borrow<Self>,
    {
        let datasets: Vec<Self> = datasets.into_iter().map(|ds| ds.borrow().clone()).collect();
        joined(&datasets, dim).map_err(|error| error.context("concat"))
    }
}

fn joined(datasets: &[Dataset], dim: &str) -> Result<Dataset> {
    let Some(first) = datasets.first() else {
        return Err(Error::new(ErrorKind::InvalidArgument, "nothing to join; give at least one dataset"));
    };
    let new = datasets.iter().flat_map(Dataset::arrays).all(|array| array.axis_of(dim).is_none());
    let mut arrays = Vec::with_capacity(first.len());
    for (number, other) in datasets.iter().enumerate() {
        if let Some(extra) = other.names().find(|name| !first.names().any(|known| known == *name)) {
            return Err(not_found("array", extra, first.names()).context(format!("dataset 0 lacks what {number} has")));
        }
    }
    for name in first.names() {
        let own =
            |(number, ds): (usize, &Dataset)| match ds.arrays().iter().find(|array| array.get_name() == Some(name)) {
                Some(array) => Ok(array.clone()),
                None => Err(not_found("array", name, ds.names()).context(format!("dataset {number}"))),
            };
        let parts: Vec<DataArray> = datasets.iter().enumerate().map(own).collect::<Result<_>>()?;
        if new || parts.iter().any(|part| part.axis_of(dim).is_some()) {
            arrays.push(concat(&parts, dim).map_err(|error| error.context(format!("array {name:?}")))?);
        } else {
            // Merging says so where they differ.
            arrays.extend(
                parts
                    .into_iter()
                    .map(|part| if part.coords().get(dim).is_some() { part.drop_vars(dim) } else { Ok(part) })
                    .collect::<Result<Vec<_>>>()?,
            );
        }
    }
    Ok(merged(&arrays)?.with_attrs(first.attrs().clone()))
}
