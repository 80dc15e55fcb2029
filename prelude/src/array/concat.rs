//! Joining arrays one after the other along a dimension.

use super::align::{Join, align, spread};
use super::attachment::Joined;
use super::attrs::Attrs;
use super::coord::Coord;
use super::coords::Coords;
use super::data_array::DataArray;
use super::names::listed;
use super::operation::{ENCODING_ATTRIBUTES, Operation};
use crate::lazy::Plan;
use crate::values::Values;
use crate::{Error, ErrorKind, Result};
use std::borrow::Borrow;

/// The arrays one after the other along `dim`; a dimension that they lack is added as the first.
///
/// Labels along all other dimensions must be equal. Scalar coordinates that differ become coordinates along `dim`.
/// Name and attributes are those of the first array. Lazy arrays stay lazy.
///
/// ```
/// use isopleth::array::{DataArray, concat};
/// let day = DataArray::new(vec![1.0, 2.0], "x")?.coord("x", [10, 20])?;
/// let two = concat([&day, &day], "time")?.coord("time", [1, 2])?;
/// assert_eq!((two.dims().join(" "), two.shape()), ("time x".to_string(), &[2, 2][..]));
/// # Ok::<(), isopleth::Error>(())
/// ```
///
/// # Errors
/// When there is no array, other dimensions or their labels differ, or element types do not go together.
pub fn concat<I>(arrays: I, dim: &str) -> Result<DataArray>
where
    I: IntoIterator,
    I::Item: Borrow<DataArray>,
{
    let arrays: Vec<DataArray> = arrays.into_iter().map(|array| array.borrow().clone()).collect();
    joined(&arrays, dim).map_err(|error| error.context("concat"))
}

fn joined(arrays: &[DataArray], dim: &str) -> Result<DataArray> {
    let Some(first) = arrays.first() else {
        return Err(Error::new(ErrorKind::InvalidArgument, "nothing to join; give at least one array"));
    };
    let new = arrays.iter().all(|array| array.axis_of(dim).is_none());
    let mut parts = Vec::with_capacity(arrays.len());
    for array in arrays {
        // Labels along `dim` are joined, not aligned; so they are set aside here.
        let grown = if array.axis_of(dim).is_some() { array.clone() } else { array.expand_dims(dim)? };
        let rest = grown.coords().iter().filter(|coord| !coord.dims().iter().any(|other| other == dim));
        parts.push(Part { along: along(&grown, dim), rest: grown.with_coords(rest.cloned().collect()) });
    }
    let dims = if new { parts[0].rest.dims().to_vec() } else { longest(&parts) };
    for (number, part) in parts.iter().enumerate() {
        if part.rest.ndim() != dims.len() || !dims.iter().all(|dim| part.rest.axis_of(dim).is_some()) {
            let (one, two) = (listed(&dims), listed(part.rest.dims()));
            let message = format!("array {number} has the dimensions {two}, others have {one}");
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
    }
    same_labels(&parts, dim)?;
    let axis = dims.iter().position(|other| other == dim).unwrap_or_default();
    let plans: Vec<Plan> = parts.iter().map(|part| spread(&part.rest, &dims)).collect::<Result<_>>()?;
    let lengths: Vec<usize> = plans.iter().map(|plan| plan.shape()[axis]).collect();
    let plan = Plan::concat(plans, axis)?;
    let coords = coords(&parts, dim, &lengths)?;
    let (mut attachment, mut at) = (first.attachment().cloned(), 0);
    for (other, pair) in arrays[1..].iter().zip(lengths.windows(2)) {
        at += pair[0];
        let joined = Joined { dim, at, len: pair[1] };
        attachment =
            attachment.and_then(|common| common.common(other.attachment().map(|other| &**other), Some(joined)));
    }
    let attachment = attachment.and_then(|attachment| attachment.keep(Operation::Concat.keeps()));
    // What all arrays do not say alike of how their files store numbers is true of none.
    let alike = |name: &str| arrays.iter().all(|array| array.get_attr(name) == first.get_attr(name));
    let odd: Vec<&str> = ENCODING_ATTRIBUTES.into_iter().filter(|name| !alike(name)).collect();
    let attrs = first.attrs().without(&odd);
    let joined = DataArray::assemble(first.shared_name(), dims.clone(), plan, Coords::new(coords, &dims), attrs);
    Ok(joined.with_attachment(attachment))
}

/// One array: its coordinates along the dimension, and everything else.
struct Part {
    along: Vec<Coord>,
    rest: DataArray,
}

fn along(array: &DataArray, dim: &str) -> Vec<Coord> {
    array.coords().iter().filter(|coord| coord.dims().iter().any(|other| other == dim)).cloned().collect()
}

/// Dimensions in the order of the array that has most of them, in case one lacks the dimension itself.
fn longest(parts: &[Part]) -> Vec<String> {
    parts.iter().map(|part| part.rest.dims()).max_by_key(|dims| dims.len()).unwrap_or_default().to_vec()
}

fn same_labels(parts: &[Part], dim: &str) -> Result<()> {
    let first = &parts[0].rest;
    for (number, part) in parts.iter().enumerate().skip(1) {
        for other in first.dims().iter().filter(|other| *other != dim) {
            let labels = (first.index_of(other), part.rest.index_of(other));
            let (one, two) = (first.shape()[first.axis(other)?], part.rest.shape()[part.rest.axis(other)?]);
            // Pairs, not all at once: what differs from the first is named by its number.
            let pair = match labels {
                (Some(a), Some(b)) if a.same(b) => continue,
                (Some(a), Some(b)) => [only(a)?, only(b)?],
                _ if one == two => continue,
                _ => {
                    let message =
                        format!("dimension {other:?} has length {one} in array 0 and {two} in array {number}");
                    return Err(Error::new(ErrorKind::Mismatch, message));
                }
            };
            align(&[&pair[0], &pair[1]], Join::Exact)
                .map_err(|error| error.context(format!("arrays 0 and {number}")))?;
        }
    }
    Ok(())
}

fn only(index: &Coord) -> Result<DataArray> {
    DataArray::new(index.values().clone(), index.dims())?.coord(index.name(), index)
}

fn coords(parts: &[Part], dim: &str, lengths: &[usize]) -> Result<Vec<Coord>> {
    let mut coords: Vec<Coord> = Vec::new();
    let labelled = parts.iter().filter(|part| part.along.iter().any(Coord::is_index)).count();
    if labelled > 0 && labelled < parts.len() {
        let message =
            format!("{labelled} of {} arrays have labels for {dim:?}; give them to all, or to none", parts.len());
        return Err(Error::new(ErrorKind::Mismatch, message));
    }
    for coord in &parts[0].along {
        let name = coord.name();
        let all: Vec<&Coord> =
            parts.iter().filter_map(|part| part.along.iter().find(|other| other.name() == name)).collect();
        if all.len() < parts.len() {
            return Err(only_some(name, all.len(), parts.len()));
        }
        let Some(axis) = coord.dims().iter().position(|other| other == dim) else { continue };
        if all.iter().any(|other| other.dims() != coord.dims()) {
            continue;
        }
        let values = row(all.iter().map(|other| other.values().clone()).collect(), axis)
            .map_err(|error| error.context(format!("coordinate {name:?}")))?;
        coords.push(coord.with_values(coord.dims().to_vec(), values));
    }
    for coord in parts.iter().flat_map(|part| part.rest.coords()) {
        let name = coord.name();
        if coords.iter().any(|known| known.name() == name) {
            continue;
        }
        let all: Vec<&Coord> = parts.iter().filter_map(|part| part.rest.coords().get(name)).collect();
        if all.iter().all(|other| other.same(coord)) {
            coords.push(coord.clone());
        } else if all.len() < parts.len() && !coord.is_index() {
            return Err(only_some(name, all.len(), parts.len()));
        } else if all.iter().all(|other| other.dims().is_empty()) {
            let repeated = |(other, &len): (&&Coord, &usize)| other.values().insert_axis(0).broadcast_to(&[len]);
            let values: Result<Vec<Values>> = all.iter().zip(lengths).map(repeated).collect();
            coords.push(Coord::named(name, [dim.to_owned()], row(values?, 0)?, Attrs::default()));
        }
    }
    Ok(coords)
}

fn only_some(name: &str, some: usize, all: usize) -> Error {
    let message = format!("{some} of {all} arrays have the coordinate {name:?}; give it to all, or drop_vars it");
    Error::new(ErrorKind::Mismatch, message)
}

fn row(values: Vec<Values>, axis: usize) -> Result<Values> {
    Plan::concat(values.into_iter().map(Plan::memory).collect(), axis)?.evaluate()
}
