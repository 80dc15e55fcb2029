//! Several arrays as one computation: what they have in common is read once.

use super::{DataArray, Operation};
use crate::Result;
use crate::lazy::{Plan, evaluate_all};

/// The arrays in memory, in their order. They are one computation: a file that several of them need is read once, and what
/// several are made of is computed once. Arrays that are in memory already stay as they are.
///
/// ```
/// # fn main() -> isopleth::Result<()> {
/// use isopleth::array::{DataArray, compute_all};
/// use ndarray::array;
///
/// let days = DataArray::new(array![[1.0, 2.0], [3.0, 6.0]], ["day", "x"])?.chunk([("day", 1)])?;
/// let computed = compute_all([&days.mean("day")?, &days.max("day")?])?;
/// assert_eq!(computed[0].to_vec::<f64>()?, [2.0, 4.0]);
/// assert_eq!(computed[1].to_vec::<f64>()?, [3.0, 6.0]);
/// # Ok(()) }
/// ```
///
/// # Errors
/// As for [`DataArray::compute`]; all results together have to fit in memory.
pub fn compute_all<'a>(arrays: impl IntoIterator<Item = &'a DataArray>) -> Result<Vec<DataArray>> {
    let arrays: Vec<&DataArray> = arrays.into_iter().collect();
    together(&arrays)
}

pub(super) fn together(arrays: &[&DataArray]) -> Result<Vec<DataArray>> {
    let plans: Vec<Plan> = arrays.iter().map(|array| array.plan().clone()).collect();
    let values = evaluate_all(&plans)?;
    let computed = |(array, values): (&&DataArray, _)| match array.is_lazy() {
        true => array.with_plan(Operation::Load, Plan::memory(values)),
        false => (*array).clone(),
    };
    Ok(arrays.iter().zip(values).map(computed).collect())
}
