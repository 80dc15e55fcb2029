//! Covariance and correlation of two arrays along their common dimensions.

use super::align::{Join, align};
use super::data_array::DataArray;
use super::names::Dims;
use crate::lazy::{ReduceOp, ReduceOptions};
use crate::{Error, ErrorKind, Result};

/// Pearson's correlation of `a` and `b` over `dims`: -1 to 1, NaN where either does not vary.
///
/// Labels are aligned first. A pair counts only where both values are there.
///
/// ```
/// use isopleth::array::{DataArray, corr};
/// let a = DataArray::new(vec![1.0, 2.0, 3.0, f64::NAN], "time")?;
/// let b = DataArray::new(vec![2.0, 4.0, 6.0, -50.0], "time")?;
/// assert!((corr(&a, &b, "time")?.item()? - 1.0).abs() < 1e-12);
/// # Ok::<(), isopleth::Error>(())
/// ```
///
/// # Errors
/// When a dimension does not exist, or the arrays cannot be aligned.
pub fn corr(a: &DataArray, b: &DataArray, dims: impl Into<Dims>) -> Result<DataArray> {
    let dims = dims.into();
    let pair = Pair::new(a, b).map_err(|error| error.context("corr"))?;
    let spread = pair.a.reduce_dims(ReduceOp::Std, &dims, ReduceOptions::default())?.try_mul(pair.b.reduce_dims(
        ReduceOp::Std,
        &dims,
        ReduceOptions::default(),
    )?)?;
    pair.products(&dims)?.reduce_dims(ReduceOp::Mean, &dims, ReduceOptions::default())?.try_div(spread)
}

/// The covariance of `a` and `b` over `dims`, divided by n - 1 (as for a sample).
///
/// Labels are aligned first. A pair counts only where both values are there.
///
/// # Errors
/// When a dimension does not exist, or the arrays cannot be aligned.
pub fn cov(a: &DataArray, b: &DataArray, dims: impl Into<Dims>) -> Result<DataArray> {
    let pair = Pair::new(a, b).map_err(|error| error.context("cov"))?;
    pair.cov(&dims.into(), 1)
}

/// Two aligned arrays, each missing where the other is.
struct Pair {
    a: DataArray,
    b: DataArray,
}

impl Pair {
    fn new(a: &DataArray, b: &DataArray) -> Result<Self> {
        if let Some(dates) = [a, b].into_iter().find(|array| array.dtype().is_date()) {
            let message = format!(
                "of {} has no meaning; numbers do, such as the hours since a date: (array - date) / 3.6e12",
                dates.dtype()
            );
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let aligned = align(&[a, b], Join::Inner)?;
        let (a, b) = (&aligned[0], &aligned[1]);
        // Whole numbers are never missing, and masking would cost a pass over both. It also spreads both over the
        // dimensions of either, and makes floats of whole numbers.
        let same = a.dims() == b.dims() && a.dtype().is_float() == b.dtype().is_float();
        if !same {
            let both = a.notnull().try_and(b.notnull())?;
            return Ok(Self { a: a.where_(&both)?, b: b.where_(&both)? });
        }
        let a_masked = if can_miss(b) { a.where_(&b.notnull())? } else { a.clone() };
        let b_masked = if can_miss(a) { b.where_(&a.notnull())? } else { b.clone() };
        Ok(Self { a: a_masked, b: b_masked })
    }

    /// The products of the deviations from each mean, which is why the masks come first.
    fn products(&self, dims: &Dims) -> Result<DataArray> {
        let from_mean =
            |array: &DataArray| array.try_sub(array.reduce_dims(ReduceOp::Mean, dims, ReduceOptions::default())?);
        from_mean(&self.a)?.try_mul(from_mean(&self.b)?)
    }

    fn cov(&self, dims: &Dims, ddof: usize) -> Result<DataArray> {
        let products = self.products(dims)?;
        let sum =
            products.reduce_dims(ReduceOp::Sum, dims, ReduceOptions { min_count: 1, ..ReduceOptions::default() })?;
        let count = products.reduce_dims(ReduceOp::Count, dims, ReduceOptions::default())?;
        sum.try_div(count.try_sub(ddof)?)
    }
}

fn can_miss(array: &DataArray) -> bool {
    array.dtype().with_missing() == array.dtype()
}
