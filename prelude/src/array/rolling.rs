//! Rolling windows: each element with its neighbours along one dimension or several.

use super::data_array::DataArray;
use super::operation::Operation;
use crate::lazy::lines::{Rolling as Lines, RollingOp, Shift};
use crate::lazy::{BinaryOp, Plan, ReduceOp, ReduceOptions};
use crate::values::DType;
use crate::{Error, ErrorKind, Result};

/// Windows over an array, made by [`DataArray::rolling`]; its methods say what becomes of each.
///
/// A window ends at its element, or has it in the middle after [`center`](Self::center). Missing values
/// are left out. A window with fewer values than it has places gives a missing value, unless
/// [`min_periods`](Self::min_periods) asks for fewer. The result is a float, of the shape of the array.
#[derive(Clone)]
#[must_use = "windows give nothing until one of mean, sum, max, … says what becomes of them"]
pub struct Rolling {
    array: DataArray,
    windows: Vec<(usize, usize)>,
    center: bool,
    least: Option<usize>,
    ddof: usize,
}

impl DataArray {
    /// Windows of `window` elements along `dim`.
    ///
    /// Files are read once, whatever the window: `temp.rolling("time", 30)?.mean()?.max("time")?` keeps no more
    /// than 30 or so days of a piece of the map at a time.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![1.0, 2.0, 3.0, 7.0], "time")?;
    /// let mean = da.rolling("time", 3)?.mean()?.to_vec::<f64>()?;
    /// assert!(mean[0].is_nan() && mean[1].is_nan());
    /// assert_eq!(mean[2..], [2.0, 4.0]);
    /// let most = da.rolling("time", 3)?.center().min_periods(1).max()?;
    /// assert_eq!(most.to_vec::<f64>()?, [2.0, 3.0, 7.0, 7.0]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension, or the window is 0.
    pub fn rolling(&self, dim: &str, window: usize) -> Result<Rolling> {
        self.windows(&[(dim, window)])
    }

    /// Windows over several dimensions at once: `da.rolling_dims([("y", 3), ("x", 3)])?.mean()?` smooths a map.
    ///
    /// # Errors
    /// As for [`rolling`](Self::rolling), and when a dimension is named twice.
    pub fn rolling_dims<'a>(&self, windows: impl AsRef<[(&'a str, usize)]>) -> Result<Rolling> {
        self.windows(windows.as_ref())
    }

    fn windows(&self, windows: &[(&str, usize)]) -> Result<Rolling> {
        let mut axes = Vec::with_capacity(windows.len());
        for &(dim, window) in windows {
            let axis = self.axis(dim).map_err(|error| error.context("rolling"))?;
            if window == 0 {
                let message = format!("rolling: a window of 0 along {dim:?} holds nothing; give 1 or more");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
            if axes.iter().any(|&(other, _)| other == axis) {
                let message = format!("rolling: the dimension {dim:?} is named twice");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
            axes.push((axis, window));
        }
        if axes.is_empty() {
            let message = "rolling: name a dimension and how long the window is, such as (\"time\", 30)";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        Ok(Rolling { array: self.clone(), windows: axes, center: false, least: None, ddof: 0 })
    }
}

macro_rules! reductions {
    ($($method:ident $op:ident $doc:literal;)*) => {
        impl Rolling {$(
            #[doc = $doc]
            ///
            /// # Errors
            /// When the element type has no such reduction, or `min_periods` is more than a window holds.
            pub fn $method(&self) -> Result<DataArray> {
                self.reduce(RollingOp::$op)
            }
        )*}
    };
}

reductions! {
    mean Mean "The mean of each window.";
    sum Sum "The sum of each window.";
    prod Prod "The product of each window.";
    min Min "The smallest value of each window.";
    max Max "The largest value of each window.";
    std Std "The standard deviation of each window, divided by n less [`ddof`](Self::ddof).";
    var Var "The variance of each window, divided by n less [`ddof`](Self::ddof).";
    median Median "The median of each window.";
    count Count "How many values of each window are not missing, f64. A window that is not full is missing here too.";
}

impl Rolling {
    /// The windows with their elements in the middle; of an even number, one more lies before.
    pub fn center(self) -> Self {
        Self { center: true, ..self }
    }

    /// Windows with at least so many values are not missing.
    pub fn min_periods(self, least: usize) -> Self {
        Self { least: Some(least), ..self }
    }

    /// What `std` and `var` take off the count before they divide by it: 1 for a sample.
    pub fn ddof(self, ddof: usize) -> Self {
        Self { ddof, ..self }
    }

    /// The windows themselves, along a new last dimension `dim`; missing beyond the ends of the array.
    ///
    /// For a reduction that has no method here. Of several dimensions, the last is the one named last.
    ///
    /// # Errors
    /// When the array has a dimension `dim`, or there are windows over several dimensions.
    pub fn construct(&self, dim: &str) -> Result<DataArray> {
        let [(axis, window)] = self.windows[..] else {
            let message = "construct: windows over one dimension only; construct one after the other";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        };
        if self.array.axis_of(dim).is_some() {
            let message = format!("construct: the array has a dimension {dim:?} already; choose another name");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let mut dims = self.array.dims().to_vec();
        dims.push(dim.to_owned());
        let plan = constructed(self.array.plan(), axis, self.sides(window))?;
        Ok(self.array.with_parts(Operation::Window, dims, plan, self.array.coords().to_vec()))
    }

    /// How many elements before and after its own a window of this length has.
    fn sides(&self, window: usize) -> (usize, usize) {
        let after = if self.center { window - 1 - window / 2 } else { 0 };
        (window - 1 - after, after)
    }

    fn reduce(&self, op: RollingOp) -> Result<DataArray> {
        let places: usize = self.windows.iter().map(|(_, window)| window).product();
        let least = self.least.unwrap_or(places);
        if least == 0 || least > places {
            let message = format!("rolling: min_periods({least}) of windows of {places}; give 1 to {places}");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let plan = match self.windows[..] {
            [(axis, window)] => self.along(self.array.plan(), op, axis, window, least),
            _ => self.several(op, least),
        };
        Ok(self.array.with_plan(Operation::Window, plan.map_err(|error| error.context("rolling"))?))
    }

    fn along(&self, plan: &Plan, op: RollingOp, axis: usize, window: usize, least: usize) -> Result<Plan> {
        let (before, after) = self.sides(window);
        plan.lines(Lines { op, before, after, least, ddof: self.ddof }, axis)
    }

    /// One dimension after the other, with the count of each window beside it.
    fn several(&self, op: RollingOp, least: usize) -> Result<Plan> {
        let plan = self.array.plan();
        let (first, window) = self.windows[0];
        let dtype = self.along(plan, op, first, window, 1)?.dtype();
        let wide = if plan.dtype().is_float() { plan.cast(DType::F64) } else { plan.clone() };
        let all = |op: RollingOp, then: RollingOp| {
            let first = self.along(&wide, op, first, window, 0)?;
            self.windows[1..].iter().try_fold(first, |plan, &(axis, window)| self.along(&plan, then, axis, window, 0))
        };
        let count = all(RollingOp::Count, RollingOp::Sum)?;
        let result = match op {
            RollingOp::Count => count.clone(),
            RollingOp::Mean => Plan::binary(BinaryOp::Div, &all(RollingOp::Sum, RollingOp::Sum)?, &count)?,
            RollingOp::Var | RollingOp::Std | RollingOp::Median => self.of_constructed(op, &wide)?,
            simple => all(simple, simple)?,
        };
        let enough = Plan::binary(BinaryOp::Ge, &count, &Plan::scalar(least as f64))?;
        Plan::select(&enough, &result.cast(dtype), &Plan::scalar(f64::NAN))
    }

    /// What cannot be put together from one dimension after the other sees all values of a window at once.
    fn of_constructed(&self, op: RollingOp, plan: &Plan) -> Result<Plan> {
        let rank = plan.ndim();
        let mut windows = plan.clone();
        for &(axis, window) in &self.windows {
            windows = constructed(&windows, axis, self.sides(window))?;
        }
        let axes: Vec<usize> = (rank..windows.ndim()).collect();
        let op = match op {
            RollingOp::Var => ReduceOp::Var,
            RollingOp::Std => ReduceOp::Std,
            _ => ReduceOp::Median,
        };
        windows.reduce(op, &axes, ReduceOptions::new().ddof(self.ddof))
    }
}

/// The windows along an axis on a new last one: the array beside itself, shifted.
fn constructed(plan: &Plan, axis: usize, (before, after): (usize, usize)) -> Result<Plan> {
    let plan = plan.cast(plan.dtype().with_missing());
    let last = plan.ndim();
    let shifts = -(after as isize)..=before as isize;
    let parts = shifts.rev().map(|by| Ok(plan.lines(Shift { by }, axis)?.insert_axis(last)));
    Plan::concat(parts.collect::<Result<Vec<_>>>()?, last)
}
