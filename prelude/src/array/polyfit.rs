//! Polynomials by least squares along a dimension: trends.

use super::coord::Coord;
use super::data_array::DataArray;
use super::labels::Labels;
use super::names::not_found;
use super::operation::Operation;
use crate::lazy::BinaryOp;
use crate::lazy::ReduceOptions;
use crate::values::DType;
use crate::{Error, ErrorKind, Result};

impl DataArray {
    /// The coefficients of the polynomial of `degree` that fits best along `dim`: along a first dimension `degree`,
    /// whose labels descend to 0. Missing values are left out.
    ///
    /// The polynomial is one of the labels of `dim`: of dates, of nanoseconds since 1970 (so that the coefficient of
    /// degree 1 is the change in a nanosecond); without labels, of positions. A line with fewer values than
    /// coefficients has none. A lazy array streams: nothing but sums is held.
    ///
    /// A trend per year:
    /// ```
    /// use isopleth::{array::DataArray, time::date_range};
    /// let days = date_range("2001-01-01", 730)?;
    /// let temp = DataArray::new((0..730).map(|day| 10.0 + 0.001 * f64::from(day)).collect::<Vec<_>>(), "time")?
    ///     .coord("time", days)?;
    /// let year = 365.25 * 86_400e9;
    /// let trend = temp.polyfit("time", 1)?.isel_dim("degree", 0)? * year;
    /// assert!((trend.item()? - 0.36525).abs() < 1e-9);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension, its labels are text, or the array holds dates or text.
    pub fn polyfit(&self, dim: &str, degree: usize) -> Result<Self> {
        self.fitted(dim, degree, ReduceOptions::default()).map_err(|error| error.context("polyfit"))
    }

    fn fitted(&self, dim: &str, degree: usize, options: ReduceOptions) -> Result<Self> {
        let axis = self.axis(dim)?;
        if self.axis_of("degree").is_some_and(|other| other != axis) {
            let message = "the array has a dimension \"degree\" already; rename it first";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        if degree > 12 {
            let message =
                format!("degree {degree}: more than 12 leaves no digit of the coefficients; choose a lower one");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let mut places = self.places(dim, axis)?;
        if let Some(Labels::Time(kind, labels)) = self.index_of(dim).map(|index| &**index.label_index()) {
            let first = labels.iter().copied().find(|&label| label != i64::MIN).unwrap_or(0);
            places.iter_mut().for_each(|place| *place += kind.since(first, 0));
        }
        if places.iter().any(|place| place.is_nan()) {
            let message = format!("a label of {dim:?} is missing, so its value lies nowhere; dropna it first");
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let plan = self.plan().fit(&places, degree, axis, options)?;
        let (kept, mut coords) = self.without_axes(&[axis]);
        coords.retain(|coord| coord.name() != "degree");
        let last = kept.len();
        let order: Vec<usize> = std::iter::once(last).chain(0..last).collect();
        let dims: Vec<String> = std::iter::once("degree".to_owned()).chain(kept).collect();
        let degrees: Vec<i64> = (0..=degree as i64).rev().collect();
        coords.push(Coord::from(degrees).renamed("degree", vec!["degree".to_owned()]));
        let fitted = self.with_parts(Operation::Fit, dims, plan.transpose(&order)?, coords);
        Ok(fitted.with_name(Some("polyfit_coefficients".into())))
    }
}

/// The polynomial with these coefficients along a dimension `degree`, at each value of `at`: the line that
/// [`polyfit`](DataArray::polyfit) has found. Dates count as nanoseconds since 1970.
///
/// ```
/// use isopleth::array::{DataArray, polyval};
/// let da = DataArray::new(vec![1.0, 3.0, 5.0], "x")?.coord("x", [0, 1, 2])?;
/// let line = polyval(&da["x"], &da.polyfit("x", 1)?)?;
/// let detrended = &da - &line;
/// assert!(detrended.abs()?.max("x")?.item()? < 1e-12);
/// # Ok::<(), isopleth::Error>(())
/// ```
///
/// # Errors
/// When `coefficients` has no dimension `degree` with whole numbers from 0 as labels, or cannot be aligned with `at`.
pub fn polyval(at: &DataArray, coefficients: &DataArray) -> Result<DataArray> {
    evaluated(at, coefficients).map_err(|error| error.context("polyval"))
}

fn evaluated(at: &DataArray, coefficients: &DataArray) -> Result<DataArray> {
    let dims = coefficients.dims().iter().map(String::as_str);
    let index = coefficients.index_of("degree").ok_or_else(|| not_found("labelled dimension", "degree", dims))?;
    let degrees: Vec<i64> = match &**index.label_index() {
        Labels::Int(degrees) if degrees.iter().all(|&degree| degree >= 0) => degrees.clone(),
        labels => {
            let message = format!("degrees are whole numbers from 0; the dimension \"degree\" has {}", labels.extent());
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
    };
    let at = match at.dtype() {
        DType::DateTime => at.astype(DType::F64),
        // Those count microseconds.
        DType::CfTime(_) => at.astype(DType::F64).binary(BinaryOp::Mul, 1000.0)?,
        _ => at.clone(),
    };
    let coefficient = |degree: i64| -> Result<Option<DataArray>> {
        let Some(position) = degrees.iter().position(|&other| other == degree) else { return Ok(None) };
        Ok(Some(coefficients.isel_dim("degree", position)?.drop_vars("degree")?))
    };
    let highest = degrees.iter().copied().max().unwrap_or(0);
    let nothing = at.try_mul(0)?;
    let mut value = match coefficient(highest)? {
        Some(coefficient) => nothing.try_add(&coefficient)?,
        None => nothing,
    };
    // What both say stays said; multiplied again, it would be what the positions say alone.
    let (name, attrs) = (value.shared_name(), value.attrs().clone());
    for degree in (0..highest).rev() {
        value = value.try_mul(&at)?;
        if let Some(coefficient) = coefficient(degree)? {
            value = value.try_add(&coefficient)?;
        }
    }
    Ok(value.with_name(name).with_attrs(attrs))
}
