//! Arrays with the labels of another one, and one value everywhere.

use super::data_array::DataArray;
use super::operand::Operand;
use super::operation::Operation;
use crate::lazy::Plan;
use crate::values::DType;
use crate::{Error, ErrorKind, Result};

/// An array of zeros with the shape, labels, attributes and element type of `other`.
///
/// # Errors
/// When it would not fit in memory, or `other` holds dates or text, which have no zero.
pub fn zeros_like(other: &DataArray) -> Result<DataArray> {
    full_like(other, 0)
}

/// An array of ones with the shape, labels, attributes and element type of `other`.
///
/// # Errors
/// As for [`zeros_like`].
pub fn ones_like(other: &DataArray) -> Result<DataArray> {
    full_like(other, 1)
}

/// An array of `value` with the shape, labels, attributes and element type of `other`. In memory, also where `other` is lazy.
///
/// ```
/// use isopleth::array::{DataArray, full_like};
/// let da = DataArray::new(vec![1.5, 2.5], "x")?.coord("x", [10, 20])?;
/// let sevens = full_like(&da, 7)?;
/// assert_eq!((sevens.to_vec::<f64>()?, sevens["x"].to_vec::<i64>()?), (vec![7.0, 7.0], vec![10, 20]));
/// # Ok::<(), isopleth::Error>(())
/// ```
///
/// # Errors
/// When it would not fit in memory, or `value` is no value of the element type (a number for an array of dates).
pub fn full_like(other: &DataArray, value: impl Into<Operand>) -> Result<DataArray> {
    filled(other, &value.into()).map_err(|error| error.context("full_like"))
}

fn filled(other: &DataArray, value: &Operand) -> Result<DataArray> {
    let value = value.to_array()?.plan().clone();
    let one = if value.dtype() == other.dtype() { value } else { converted(&value, other.dtype())? };
    let point = (0..other.ndim()).fold(one, |plan, _| plan.insert_axis(0));
    Ok(other.with_plan(Operation::Fill, point.broadcast_to(other.shape())?))
}

fn converted(one: &Plan, to: DType) -> Result<Plan> {
    let from = one.dtype();
    let number = |dtype: DType| dtype.is_float() || dtype.is_integer() || dtype == DType::Bool;
    if number(from) && number(to) {
        return Ok(one.cast(to));
    }
    let message = format!("a value of {from} for an array of {to}; give a value of that type");
    Err(Error::new(ErrorKind::Mismatch, message))
}
