//! Choosing by a condition: keep what is true, replace what is not, or drop labels where nothing is true.

use super::align::{Join, align, common_coords, keep};
use super::data_array::DataArray;
use super::names::listed;
use super::operand::{Operand, combine};
use super::operation::ENCODING_ATTRIBUTES;
use crate::lazy::{Plan, ReduceOp};
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};

impl DataArray {
    /// The array where `condition` is true, and a missing value elsewhere.
    ///
    /// The result can hold missing values: integers become f64 (8- and 16-bit ones f32).
    /// Labels are aligned; only those that both have survive.
    ///
    /// # Errors
    /// When `condition` is not an array of bool, or cannot be aligned.
    pub fn where_(&self, condition: &DataArray) -> Result<Self> {
        bools(condition)?;
        let kept = combine(&[self, condition], Join::Inner, |plans| keep(&plans[1], &plans[0]))?;
        Ok(self.owning(kept))
    }

    /// The array where `condition` is true, and `other` elsewhere. The element type is that of both together.
    ///
    /// # Errors
    /// When `condition` is not an array of bool, or labels differ.
    pub fn where_else(&self, condition: &DataArray, other: impl Into<Operand>) -> Result<Self> {
        self.choose(condition, &other.into(), Join::Exact)
    }

    pub(crate) fn choose(&self, condition: &DataArray, other: &Operand, join: Join) -> Result<Self> {
        bools(condition)?;
        let chosen = match other {
            Operand::Array(other) => {
                combine(&[self, condition, other], join, |plans| Plan::select(&plans[1], &plans[0], &plans[2]))?
            }
            scalar => {
                let scalar = scalar.beside(self.dtype())?.plan().clone();
                combine(&[self, condition], join, |plans| Plan::select(&plans[1], &plans[0], &scalar))?
            }
        };
        Ok(self.owning(chosen))
    }

    /// The array where `condition` is true, without the labels for which it is true nowhere.
    ///
    /// Along each dimension of `condition`, a label stays if any element there is true: labels inside go
    /// too, not only those at the ends. Elements that stay but are false become missing. A
    /// lazy array stays lazy; only `condition` is computed.
    ///
    /// ```
    /// use isopleth::{array::DataArray, time::date_range};
    /// let da = DataArray::new((0..60).collect::<Vec<i32>>(), "time")?.coord("time", date_range("2016-01-01", 60)?)?;
    /// let january = da.where_drop(&da["time"].dt()?.month().eq(1))?;
    /// assert_eq!(january.shape(), [31]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When `condition` is not an array of bool, cannot be aligned, or has a dimension that the array lacks.
    pub fn where_drop(&self, condition: &DataArray) -> Result<Self> {
        bools(condition)?;
        let aligned = align(&[self, condition], Join::Inner)?;
        let (mut array, mut condition) = (aligned[0].clone(), aligned[1].compute()?);
        if let Some(extra) = condition.dims().iter().find(|dim| array.axis_of(dim).is_none()) {
            let message = format!(
                "where_drop: the condition has dimension {extra:?}, and the array only {}",
                listed(array.dims())
            );
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        for dim in condition.dims().to_vec() {
            let others: Vec<&String> = condition.dims().iter().filter(|other| **other != dim).collect();
            let any = condition.reduce(ReduceOp::Any, others, Default::default())?.to_vec::<bool>()?;
            let kept: Vec<usize> = (0..any.len()).filter(|&at| any[at]).collect();
            if kept.len() < any.len() {
                array = array.take(array.axis(&dim)?, &kept)?;
                condition = condition.take(condition.axis(&dim)?, &kept)?;
            }
        }
        let whole = matches!(condition.values()?, Values::Bool(mask) if mask.iter().all(|&kept| kept));
        if whole {
            // Nothing is left to blank out: a selection by month stays a selection, and costs nothing per element.
            let dims = array.dims().to_vec();
            let coords = common_coords(&[array.clone(), condition], &dims);
            return Ok(array.astype(array.dtype().with_missing()).with_coords(coords));
        }
        array.where_(&condition)
    }

    /// A choice among its own elements keeps name and attributes, whatever the condition's are.
    pub(crate) fn owning(&self, chosen: DataArray) -> Self {
        chosen.with_name(self.shared_name()).with_attrs(self.attrs().without(&ENCODING_ATTRIBUTES))
    }
}

fn bools(condition: &DataArray) -> Result<()> {
    if condition.dtype() == DType::Bool {
        return Ok(());
    }
    let message = format!(
        "the condition is an array of {}, not of bool; make one with .gt(0), .eq(…), .notnull()",
        condition.dtype()
    );
    Err(Error::new(ErrorKind::Mismatch, message))
}
