//! Alignment: arrays that meet in one operation are brought to the same labels and the same dimensions.

use super::coord::Coord;
use super::data_array::DataArray;
use super::labels::Labels;
use super::operation::Operation;
use crate::lazy::Plan;
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};

/// Which labels survive where arrays have different ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// Those that all have: what arithmetic does.
    Inner,
    /// All that any has, in ascending order; gaps are missing values.
    Outer,
    /// Those of the first array; gaps in the others are missing values.
    Left,
    /// Different labels are an error.
    Exact,
}

/// The arrays with the same labels along every dimension that they share.
///
/// # Errors
/// When labels occur twice and have to be matched, when lengths differ along a dimension without labels,
/// and for [`Join::Exact`] when labels differ.
pub fn align(arrays: &[&DataArray], join: Join) -> Result<Vec<DataArray>> {
    let mut aligned: Vec<DataArray> = arrays.iter().map(|&array| array.clone()).collect();
    let mut done: Vec<String> = Vec::new();
    for dim in arrays.iter().flat_map(|array| array.dims()) {
        if !done.contains(dim) {
            done.push(dim.clone());
            align_dim(&mut aligned, dim, join)?;
        }
    }
    Ok(aligned)
}

fn align_dim(arrays: &mut [DataArray], dim: &str, join: Join) -> Result<()> {
    let has = |array: &&DataArray| array.axis_of(dim).is_some();
    let indexes: Vec<Coord> = arrays.iter().filter(has).filter_map(|array| array.index_of(dim).cloned()).collect();
    let [first, others @ ..] = indexes.as_slice() else { return same_lengths(arrays, dim) };
    if others.iter().all(|other| other.same(first)) {
        same_lengths(arrays, dim)?;
        // Exact changes nothing, or fails.
        if join != Join::Exact {
            lend(arrays, dim, first);
        }
        return Ok(());
    }
    if join == Join::Exact {
        return Err(different(dim, &indexes));
    }
    let mut dtype = first.dtype();
    let mut labels = Labels::clone(first.label_index());
    for other in others {
        dtype = DType::promote(dtype, other.dtype()).unwrap_or(dtype);
        let other = other.label_index();
        let never = || kinds(dim, &labels, other);
        labels = match join {
            Join::Outer => labels.union(other).ok_or_else(never)?,
            Join::Left => labels,
            _ => {
                // The surviving labels in the order of the first array, as pandas keeps them.
                let found = other.positions_of(&labels).ok_or_else(never)?.map_err(|twice| repeated(dim, &twice))?;
                let kept: Vec<usize> = (0..labels.len()).filter(|&at| found[at].is_some()).collect();
                labels.at(&kept)
            }
        };
    }
    if join == Join::Left {
        dtype = first.dtype();
    }
    let index = first.with_values(vec![dim.to_owned()], labels.to_values().cast(dtype));
    for array in arrays.iter_mut() {
        let Some(axis) = array.axis_of(dim) else { continue };
        match array.index_of(dim) {
            Some(own) => *array = reindex(array, axis, own.clone(), &labels, &index)?,
            None if array.shape()[axis] == labels.len() => {}
            None => {
                let (len, wanted) = (array.shape()[axis], labels.len());
                let message =
                    format!("dimension {dim:?}: one array has {len} without labels, the others {wanted} labels");
                return Err(Error::new(ErrorKind::Mismatch, message));
            }
        }
    }
    lend(arrays, dim, &index);
    Ok(())
}

/// Arrays that have `dim` without labels take those of the others, by position; the lengths agree.
fn lend(arrays: &mut [DataArray], dim: &str, index: &Coord) {
    for array in arrays.iter_mut() {
        // A coordinate of that name which is no index stays what it is.
        if array.axis_of(dim).is_some() && array.coords().get(dim).is_none() {
            let coords = array.coords().iter().cloned().chain([index.clone()]).collect();
            *array = array.with_coords(coords);
        }
    }
}

/// The array at `labels` along `axis`; missing values where it has no such label.
pub(crate) fn reindex(array: &DataArray, axis: usize, own: Coord, labels: &Labels, index: &Coord) -> Result<DataArray> {
    let dim = &array.dims()[axis];
    let own = own.label_index();
    let positions = own.positions_of(labels).ok_or_else(|| kinds(dim, own, labels))?;
    let positions = positions.map_err(|twice| repeated(dim, &twice))?;
    let relabelled = |array: &DataArray| {
        let own = |coord: &Coord| {
            if coord.is_index() && coord.name() == dim {
                coord.with_values(coord.dims().to_vec(), index.values().clone())
            } else {
                coord.clone()
            }
        };
        array.with_coords(array.coords().iter().map(own).collect())
    };
    if positions.len() == own.len() && positions.iter().enumerate().all(|(at, place)| *place == Some(at)) {
        return Ok(relabelled(array));
    }
    if let Some(all) = positions.iter().copied().collect::<Option<Vec<usize>>>() {
        return Ok(relabelled(&array.take(axis, &all)?));
    }
    if own.len() == 0 {
        return all_missing(array, axis, index);
    }
    // Gaps take any element and are then covered.
    let filled: Vec<usize> = positions.iter().map(|place| place.unwrap_or(0)).collect();
    let there: Vec<bool> = positions.iter().map(Option::is_some).collect();
    let cover = |values: Plan, axis: usize| -> Result<Plan> {
        let mut shape = vec![1; values.ndim()];
        shape[axis] = there.len();
        let mask = Values::from_shape_vec(&shape, there.clone())?;
        keep(&Plan::memory(mask), &values)
    };
    let taken = array.take(axis, &filled)?;
    let plan = cover(taken.plan().clone(), axis)?;
    let mut coords = Vec::with_capacity(taken.coords().len());
    for coord in taken.coords() {
        coords.push(match coord.dims().iter().position(|other| other == dim) {
            Some(_) if coord.is_index() => coord.with_values(coord.dims().to_vec(), index.values().clone()),
            Some(axis) => {
                let values = cover(Plan::memory(coord.values().clone()), axis)?.evaluate()?;
                coord.with_values(coord.dims().to_vec(), values)
            }
            None => coord.clone(),
        });
    }
    let covered = taken.with_parts(Operation::SelectWithGaps, taken.dims().to_vec(), plan, coords);
    let attachment = covered.attachment().and_then(|attachment| attachment.relabel(dim));
    Ok(covered.with_attachment(attachment))
}

/// An array of length 0 along `axis` at the labels of `index`: nothing but missing values.
fn all_missing(array: &DataArray, axis: usize, index: &Coord) -> Result<DataArray> {
    let dim = &array.dims()[axis];
    let grown = |plan: &Plan, axis: usize| -> Result<Plan> {
        let mut shape = plan.shape().to_vec();
        shape[axis] = index.len();
        let one = Plan::memory(Values::from(f64::NAN).cast(plan.dtype().with_missing()));
        let one = (0..shape.len()).fold(one, |plan, _| plan.insert_axis(0));
        one.broadcast_to(&shape)
    };
    let mut coords = Vec::with_capacity(array.coords().len());
    for coord in array.coords() {
        coords.push(match coord.dims().iter().position(|other| other == dim) {
            Some(_) if coord.is_index() => coord.with_values(coord.dims().to_vec(), index.values().clone()),
            Some(axis) => {
                let values = grown(&Plan::memory(coord.values().clone()), axis)?.evaluate()?;
                coord.with_values(coord.dims().to_vec(), values)
            }
            None => coord.clone(),
        });
    }
    Ok(array.with_parts(Operation::SelectWithGaps, array.dims().to_vec(), grown(array.plan(), axis)?, coords))
}

/// `values` where `mask`, a missing value elsewhere; the element type becomes one that has missing values.
pub(crate) fn keep(mask: &Plan, values: &Plan) -> Result<Plan> {
    Plan::select(mask, &values.cast(values.dtype().with_missing()), &Plan::scalar(f64::NAN))
}

/// The dimensions of all arrays, in the order in which they first appear.
pub(crate) fn all_dims(arrays: &[DataArray]) -> Vec<String> {
    let mut dims: Vec<String> = Vec::new();
    for dim in arrays.iter().flat_map(|array| array.dims()) {
        if !dims.contains(dim) {
            dims.push(dim.clone());
        }
    }
    dims
}

/// The values of `array` with the axes `dims`, of length 1 where the array has no such dimension.
pub(crate) fn spread(array: &DataArray, dims: &[String]) -> Result<Plan> {
    // A plan without axes goes with any other, and a number from the code keeps its weak type only so.
    if array.ndim() == 0 {
        return Ok(array.plan().clone());
    }
    let order: Vec<usize> = dims.iter().filter_map(|dim| array.axis_of(dim)).collect();
    let in_order = order.iter().enumerate().all(|(at, axis)| at == *axis);
    let mut plan = if in_order { array.plan().clone() } else { array.plan().transpose(&order)? };
    for (axis, dim) in dims.iter().enumerate() {
        if array.axis_of(dim).is_none() {
            plan = plan.insert_axis(axis);
        }
    }
    Ok(plan)
}

/// The coordinates of a result of aligned arrays: labels of dimensions, and whatever no two arrays disagree on.
pub(crate) fn common_coords(arrays: &[DataArray], dims: &[String]) -> Vec<Coord> {
    let mut coords: Vec<Coord> = Vec::new();
    let mut dropped: Vec<&str> = Vec::new();
    // Labels of dimensions go before scalars of the same name.
    let of_dims = arrays.iter().flat_map(|array| array.coords()).filter(|coord| coord.is_index());
    let others = arrays.iter().flat_map(|array| array.coords()).filter(|coord| !coord.is_index());
    for coord in of_dims.chain(others) {
        let name = coord.name();
        match coords.iter().find(|known| known.name() == name) {
            _ if dropped.contains(&name) => {}
            None if dims.iter().any(|dim| dim == name) && !coord.is_index() => {}
            None => coords.push(coord.clone()),
            Some(known) if known.is_index() || known.same(coord) => {}
            Some(_) => {
                coords.retain(|known| known.name() != name);
                dropped.push(name);
            }
        }
    }
    coords
}

fn same_lengths(arrays: &[DataArray], dim: &str) -> Result<()> {
    let mut lengths = arrays.iter().filter_map(|array| array.axis_of(dim).map(|axis| array.shape()[axis]));
    let first = lengths.next();
    match lengths.find(|len| Some(*len) != first) {
        Some(other) => {
            let message = format!(
                "dimension {dim:?} has length {} in one array and {other} in another, and no labels to match them by",
                first.unwrap_or_default()
            );
            Err(Error::new(ErrorKind::Mismatch, message))
        }
        None => Ok(()),
    }
}

fn different(dim: &str, indexes: &[Coord]) -> Error {
    let first = indexes[0].label_index();
    let other = indexes.iter().find(|index| !index.same(&indexes[0])).unwrap_or(&indexes[0]);
    let other = other.label_index();
    let at = (0..first.len().min(other.len())).find(|&at| first.text(at) != other.text(at));
    let at = at.map(|at| format!("; they first differ at position {at}: {} and {}", first.text(at), other.text(at)));
    let (one, two) = (first.extent(), other.extent());
    let message = format!("the labels of {dim:?} differ: {one}, and {two}{}", at.unwrap_or_default());
    Error::new(ErrorKind::Mismatch, message)
}

fn kinds(dim: &str, a: &Labels, b: &Labels) -> Error {
    let advice = match (a, b) {
        (Labels::Time(..), Labels::Time(..)) => {
            "; dates of two calendars never meet: bring them into one with convert_calendar"
        }
        _ => "",
    };
    let message =
        format!("the labels of {dim:?} cannot be matched: one array has {}, another {}{advice}", a.kind(), b.kind());
    Error::new(ErrorKind::Mismatch, message)
}

fn repeated(dim: &str, label: &str) -> Error {
    let message = format!(
        "the labels of {dim:?} differ and cannot be matched: {label} occurs more than once; give unique labels with assign_coord"
    );
    Error::new(ErrorKind::Mismatch, message)
}
