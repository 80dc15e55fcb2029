//! Rolling windows: each element with its neighbours along one dimension or several.

use super::coord::Coord;
use super::data_array::DataArray;
use super::operation::Operation;
use super::quantile::Shares;
use super::reductions::reductions;
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

reductions! { numbers of_parts {Rolling, DataArray, "da.rolling(\"x\", 3)?.min_periods(1)", ".tail(\"x\", 1)?", "Of each window, as a float; positions count within a window. A window with fewer values than `min_periods` gives a missing value."} }
reductions! { places of_parts {Rolling, DataArray, "da.rolling(\"x\", 3)?.min_periods(1)", ".tail(\"x\", 1)?", "Of each window, as a float; positions count within a window. A window with fewer values than `min_periods` gives a missing value."} }
impl Rolling {
    /// The windows with their elements in the middle; of an even number, one more lies before.
    pub fn center(self) -> Self {
        Self { center: true, ..self }
    }

    /// Windows with at least so many values are not missing.
    pub fn min_periods(self, least: usize) -> Self {
        Self { least: Some(least), ..self }
    }

    /// What `std` and `var` take off the count where their options say nothing else.
    #[doc(hidden)] // std_with(ReduceOptions::new().ddof(1)), as everywhere
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

    /// The same as far as there are elements: a window longer than its dimension holds no more than all of that, and takes no
    /// longer.
    fn reach(&self, plan: &Plan, axis: usize, window: usize) -> (usize, usize) {
        let ((before, after), most) = (self.sides(window), plan.shape()[axis].saturating_sub(1));
        (before.min(most), after.min(most))
    }

    /// How many elements a window has, as far as that can be counted.
    fn places(&self) -> usize {
        self.windows.iter().fold(1, |places, (_, window)| places.saturating_mul(*window))
    }

    /// `op` of each window, with options; the methods named after the operations are the short forms.
    ///
    /// A window that holds a missing value is missing with `skipna(false)`, and one with fewer values than `min_count`.
    ///
    /// # Errors
    /// When the element type has no such reduction, windows have none, or `min_periods` is more than a window holds.
    pub fn reduce(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        self.reduce_own(op, options)
    }

    pub(in crate::array) fn reduce_own(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        let plan = self.reduced(op, options).map_err(|error| error.context("rolling"))?;
        Ok(self.array.with_plan(Operation::Window, plan))
    }

    /// The value of each window below which a share of its values lie, linear between two of them; several shares make a
    /// last dimension `quantile`. All windows are held beside each other.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![1.0, 5.0, 2.0, 3.0], "x")?;
    /// assert_eq!(da.rolling("x", 3)?.quantile(0.5)?.tail("x", 2)?.to_vec::<f64>()?, [2.0, 3.0]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a share is not between 0 and 1, or the array holds dates or text.
    pub fn quantile(&self, shares: impl Into<Shares>) -> Result<DataArray> {
        self.quantiles(&shares.into()).map_err(|error| error.context("rolling quantile"))
    }

    fn quantiles(&self, shares: &Shares) -> Result<DataArray> {
        let (least, last) = (self.least(0)?, self.array.ndim());
        let (windows, axes) = self.all_windows(self.array.plan())?;
        let quantiles = windows.quantile(shares.values(), &axes, ReduceOptions::default())?;
        let count = windows.reduce(ReduceOp::Count, &axes, ReduceOptions::default())?.insert_axis(last);
        let quantiles = enough(&count, least, &quantiles)?;
        let mut dims = self.array.dims().to_vec();
        let mut coords = self.array.coords().to_vec();
        coords.retain(|coord| coord.name() != "quantile");
        if shares.is_single() {
            coords.push(Coord::from(shares.values()[0]).renamed("quantile", Vec::new()));
            return Ok(self.array.with_parts(Operation::Window, dims, quantiles.drop_axis(last), coords));
        }
        if self.array.axis_of("quantile").is_some() {
            let message = "the array has a dimension \"quantile\" already; rename it first";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        dims.push("quantile".to_owned());
        coords.push(Coord::from(shares.values()).renamed("quantile", vec!["quantile".to_owned()]));
        Ok(self.array.with_parts(Operation::Window, dims, quantiles, coords))
    }

    /// How many values a window needs.
    fn least(&self, min_count: usize) -> Result<usize> {
        let places = self.places();
        let least = self.least.unwrap_or(places).max(min_count);
        if least == 0 || least > places {
            let message = format!("min_periods({least}) of windows of {places}; give 1 to {places}");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        Ok(least)
    }

    fn reduced(&self, op: ReduceOp, options: ReduceOptions) -> Result<Plan> {
        let places = self.places();
        // What is not skipped makes a window missing: so all of it has to be there.
        let least = if options.skip_missing { self.least(options.min_count)? } else { places };
        let this = Self { ddof: self.ddof.max(options.ddof), ..self.clone() };
        let op = match op {
            ReduceOp::Mean => RollingOp::Mean,
            ReduceOp::Sum => RollingOp::Sum,
            ReduceOp::Prod => RollingOp::Prod,
            ReduceOp::Min => RollingOp::Min,
            ReduceOp::Max => RollingOp::Max,
            ReduceOp::Std => RollingOp::Std,
            ReduceOp::Var => RollingOp::Var,
            ReduceOp::Median => RollingOp::Median,
            ReduceOp::Count => RollingOp::Count,
            ReduceOp::ArgMin | ReduceOp::ArgMax => return this.place(op, least),
            other => {
                let message = format!(
                    "{} is not a reduction of windows; construct(\"window\") makes them a dimension",
                    other.name()
                );
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
        };
        match this.windows[..] {
            [(axis, window)] => this.along(this.array.plan(), op, axis, window, least),
            _ => this.several(op, least),
        }
    }

    /// Where in its window the first extreme is; windows over one dimension only.
    fn place(&self, op: ReduceOp, least: usize) -> Result<Plan> {
        let [(axis, window)] = self.windows[..] else {
            let message = format!("{}: windows over one dimension only", op.name());
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        };
        if !self.array.dtype().is_number() {
            let message = format!("{}: windows are of numbers, and the array holds {}", op.name(), self.array.dtype());
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let (windows, axes) = self.all_windows(self.array.plan())?;
        let place = windows.place(op, axes[0], ReduceOptions::default())?.cast(DType::F64);
        // Those before the first element count too.
        let left_out = self.sides(window).0 - self.reach(self.array.plan(), axis, window).0;
        let place = Plan::binary(BinaryOp::Add, &place, &Plan::scalar(left_out as f64))?;
        let count = windows.reduce(ReduceOp::Count, &axes, ReduceOptions::default())?;
        enough(&count, least, &place)
    }

    /// The windows on new last axes, the first named first.
    fn all_windows(&self, plan: &Plan) -> Result<(Plan, Vec<usize>)> {
        let rank = plan.ndim();
        let mut windows = plan.clone();
        for &(axis, window) in &self.windows {
            windows = constructed(&windows, axis, self.reach(&windows, axis, window))?;
        }
        let axes = (rank..windows.ndim()).collect();
        Ok((windows, axes))
    }

    fn along(&self, plan: &Plan, op: RollingOp, axis: usize, window: usize, least: usize) -> Result<Plan> {
        let (before, after) = self.reach(plan, axis, window);
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
        enough(&count, least, &result.cast(dtype))
    }

    /// What cannot be put together from one dimension after the other sees all values of a window at once.
    fn of_constructed(&self, op: RollingOp, plan: &Plan) -> Result<Plan> {
        let (windows, axes) = self.all_windows(plan)?;
        let op = match op {
            RollingOp::Var => ReduceOp::Var,
            RollingOp::Std => ReduceOp::Std,
            _ => ReduceOp::Median,
        };
        windows.reduce(op, &axes, ReduceOptions::new().ddof(self.ddof))
    }
}

/// `values` where there are at least so many, else missing.
fn enough(count: &Plan, least: usize, values: &Plan) -> Result<Plan> {
    let enough = Plan::binary(BinaryOp::Ge, count, &Plan::scalar(least as f64))?;
    Plan::select(&enough, values, &Plan::scalar(f64::NAN))
}

/// The windows along an axis on a new last one: the array beside itself, shifted.
fn constructed(plan: &Plan, axis: usize, (before, after): (usize, usize)) -> Result<Plan> {
    let plan = plan.cast(plan.dtype().with_missing());
    let last = plan.ndim();
    let shifts = -(after as isize)..=before as isize;
    let parts = shifts.rev().map(|by| Ok(plan.lines(Shift { by }, axis)?.insert_axis(last)));
    Plan::concat(parts.collect::<Result<Vec<_>>>()?, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_longer_than_its_dimension_holds_all_of_it_at_once() {
        let da = DataArray::new(vec![3.0, 1.0, 2.0], "x").unwrap();
        let windows = |window: usize| da.rolling("x", window).unwrap().min_periods(1);
        let of = |found: Result<DataArray>| found.unwrap().to_vec::<f64>().unwrap();
        for window in [5, 1_000_000_000, usize::MAX] {
            assert_eq!(of(windows(window).mean()), [3.0, 2.0, 2.0]);
            assert_eq!(of(windows(window).median()), [3.0, 2.0, 2.0]);
            assert_eq!(of(windows(window).quantile(1.0)), [3.0; 3]);
            assert_eq!(of(windows(window).center().max()), [3.0; 3]);
            // The last place of a window is that of its own element.
            let last = (window - 1) as f64;
            assert_eq!(of(windows(window).argmin()), [last, last, last - 1.0]);
            let map = da.expand_dims("y").unwrap().rolling_dims([("y", window), ("x", window)]).unwrap();
            assert_eq!(of(map.min_periods(1).sum()), [3.0, 4.0, 6.0]);
            assert!(of(da.rolling("x", window).unwrap().sum()).iter().all(|sum| sum.is_nan()));
        }
    }
}
