//! Bringing arrays together in one dataset.

use super::align::{Join, align, common_coords, keep};
use super::coord::Coord;
use super::data_array::DataArray;
use super::dataset::Dataset;
use super::operand::combine;
use super::operation::ENCODING_ATTRIBUTES;
use crate::lazy::Plan;
use crate::values::DType;
use crate::{Error, ErrorKind, Result};
use std::borrow::Borrow;

/// Lazy arrays of one name are read to be compared, up to so many bytes of each.
const MOST_READ: u64 = 64 << 20;

/// What [`merge`] takes: named arrays, arrays with names beside them, and datasets.
pub trait Variables {
    /// The arrays in it.
    fn variables(&self) -> Vec<DataArray>;
}

impl Variables for DataArray {
    fn variables(&self) -> Vec<DataArray> {
        vec![self.clone()]
    }
}

impl Variables for Dataset {
    fn variables(&self) -> Vec<DataArray> {
        self.arrays().to_vec()
    }
}

impl<T: Variables> Variables for &T {
    fn variables(&self) -> Vec<DataArray> {
        (**self).variables()
    }
}

/// An array under a name that it need not have: `("temp", &array)`.
impl<S: AsRef<str>, A: Borrow<DataArray>> Variables for (S, A) {
    fn variables(&self) -> Vec<DataArray> {
        vec![self.1.borrow().name(self.0.as_ref())]
    }
}

/// Named arrays (and datasets) as one dataset.
///
/// Where labels differ all are kept, in ascending order, with missing values in the gaps. Name an
/// array with [`name`](DataArray::name) first.
///
/// ```
/// use isopleth::array::{DataArray, merge};
/// let temp = DataArray::new(vec![20.0, 25.0], "x")?.name("temp");
/// let rain = DataArray::new(vec![1.0, 0.0], "x")?.name("rain");
/// let ds = merge([&temp, &rain])?;
/// assert_eq!(ds["rain"].to_vec::<f64>()?, [1.0, 0.0]);
/// # Ok::<(), isopleth::Error>(())
/// ```
///
/// # Errors
/// When an array has no name, two of one name are lazy, large and not the same part of the same file, two say different things under one name, or labels cannot be matched. The error
/// names both sides.
pub fn merge<I>(parts: I) -> Result<Dataset>
where
    I: IntoIterator,
    I::Item: Variables,
{
    let arrays: Vec<DataArray> = parts.into_iter().flat_map(|part| part.variables()).collect();
    merged(&arrays).map_err(|error| error.context("merge"))
}

pub(crate) fn merged(arrays: &[DataArray]) -> Result<Dataset> {
    for (number, array) in arrays.iter().enumerate() {
        if array.get_name().is_none() {
            let message = format!("array {number} has no name; give it one with .name(\"…\")");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    }
    let aligned = align(&arrays.iter().collect::<Vec<_>>(), Join::Outer)?;
    check_coords(&aligned)?;
    let mut variables: Vec<DataArray> = Vec::new();
    for array in aligned {
        match variables.iter().position(|known| known.get_name() == array.get_name()) {
            Some(at) => variables[at] = unified(&variables[at], &array)?,
            None => variables.push(array),
        }
    }
    let dims = super::align::all_dims(&variables);
    let coords = common_coords(&variables, &dims);
    let taken = variables.iter().find(|array| coords.iter().any(|coord| array.get_name() == Some(coord.name())));
    if let Some(array) = taken {
        let message =
            format!("{:?} is an array and a coordinate of another; rename one", array.get_name().unwrap_or_default());
        return Err(Error::new(ErrorKind::Mismatch, message));
    }
    Ok(Dataset::assemble(variables, coords, &dims))
}

fn check_coords(arrays: &[DataArray]) -> Result<()> {
    let mut seen: Vec<(&Coord, &DataArray)> = Vec::new();
    for array in arrays {
        for coord in array.coords() {
            match seen.iter().find(|(other, _)| other.name() == coord.name()) {
                Some((other, owner)) if !other.same(coord) => {
                    let (one, two) = (other.label_index().extent(), coord.label_index().extent());
                    let message = format!(
                        "the coordinate {:?} is {one} in {:?} and {two} in {:?}; drop_vars it from one of them",
                        coord.name(),
                        owner.get_name().unwrap_or_default(),
                        array.get_name().unwrap_or_default()
                    );
                    return Err(Error::new(ErrorKind::Mismatch, message));
                }
                Some(_) => {}
                None => seen.push((coord, array)),
            }
        }
    }
    Ok(())
}

/// Two arrays of one name, where both say the same or one of them nothing.
fn unified(a: &DataArray, b: &DataArray) -> Result<DataArray> {
    let name = a.get_name().unwrap_or_default();
    let conflict = |why: String| {
        Error::new(
            ErrorKind::Mismatch,
            format!("two arrays are called {name:?} and {why}; name one of them differently"),
        )
    };
    if a.dims() != b.dims() {
        return Err(conflict(format!("have the dimensions ({}) and ({})", a.dims().join(", "), b.dims().join(", "))));
    }
    if a.plan().is_same(b.plan()) {
        let coords = common_coords(&[a.clone(), b.clone()], a.dims());
        return Ok(a.with_coords(coords));
    }
    if a.is_lazy() || b.is_lazy() {
        if a.nbytes().max(b.nbytes()) > MOST_READ {
            let message = format!(
                "to compare them {} would have to be read; compute() them both, or leave one out",
                crate::parallel::bytes(a.nbytes() + b.nbytes())
            );
            return Err(conflict(message));
        }
        return unified(&a.compute()?, &b.compute()?);
    }
    let differs = a.try_ne(b)?.try_and(a.notnull())?.try_and(b.notnull())?.sum(())?.item()?;
    if differs > 0.0 {
        return Err(conflict(format!("differ in {differs} of {} elements", a.size())));
    }
    let both = DType::promote(a.dtype(), b.dtype()).unwrap_or(a.dtype());
    let coords = common_coords(&[a.clone(), b.clone()], a.dims());
    if !a.isnull().any(())?.item()?.eq(&1.0) {
        // The type is that of both, as if something had been filled in: a lazy merge could not know better.
        return Ok(a.astype(both).with_coords(coords));
    }
    let there = a.notnull();
    let filled = combine(&[a, &there, b], Join::Exact, |plans| {
        Plan::select(&plans[1], &plans[0], &keep(&Plan::scalar(true), &plans[2])?)
    })?;
    Ok(filled.astype(both).with_name(a.shared_name()).with_attrs(a.attrs().without(&ENCODING_ATTRIBUTES)))
}
