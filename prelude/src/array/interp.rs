//! Interpolation at labels between those that an array has.

use super::coord::Coord;
use super::data_array::DataArray;
use super::labels::Labels;
use super::operation::Operation;
use crate::lazy::lines::{Knots, Weave};
use crate::lazy::{AxisIndex, Plan};
use crate::values::Text;
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};

/// How [`DataArray::interp_with`] finds values between labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interpolation {
    /// On the straight line between the two labels around.
    Linear,
    /// The value at the nearest label; of two equally near, the smaller.
    Nearest,
}

impl DataArray {
    /// The array at other labels along `dim`, linear between its own; missing beyond them. The result is f64.
    ///
    /// `points` is one label (the dimension goes) or several. The labels of the array may be in any order, but each
    /// once; without labels positions count. Dates may be given as text. Other numeric coordinates along `dim` are
    /// interpolated too. For several dimensions: one after the other. Of a lazy array only the elements around the
    /// points are read.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![10.0, 20.0, 40.0], "x")?.coord("x", [1, 2, 4])?;
    /// let between = da.interp("x", [1.5, 3.0, 9.0])?.to_vec::<f64>()?;
    /// assert!(between[..2] == [15.0, 30.0] && between[2].is_nan());
    /// assert_eq!(da.interp("x", 2.5)?.item()?, 25.0);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension, a label of it occurs twice, points and labels are of different kinds, or the
    /// array holds bool, dates or text.
    pub fn interp(&self, dim: &str, points: impl Into<Coord>) -> Result<Self> {
        self.interpolated(dim, &points.into(), Interpolation::Linear).map_err(|error| error.context("interp"))
    }

    /// [`interp`](Self::interp) by another method: `da.interp_with("x", 2.5, Interpolation::Nearest)?`.
    ///
    /// # Errors
    /// As for [`interp`](Self::interp).
    pub fn interp_with(&self, dim: &str, points: impl Into<Coord>, how: Interpolation) -> Result<Self> {
        self.interpolated(dim, &points.into(), how).map_err(|error| error.context("interp"))
    }

    /// The array at the labels of `other`, along every dimension that both have labels for: a raster on another's grid.
    ///
    /// # Errors
    /// As for [`interp`](Self::interp).
    pub fn interp_like(&self, other: &DataArray) -> Result<Self> {
        let mut array = self.clone();
        for dim in self.dims() {
            if let (Some(own), Some(index)) = (self.index_of(dim), other.index_of(dim))
                && !own.same(index)
            {
                let points = Coord::from(index.values().clone());
                array =
                    array.interpolated(dim, &points, Interpolation::Linear).map_err(|e| e.context("interp_like"))?;
            }
        }
        Ok(array)
    }

    fn interpolated(&self, dim: &str, points: &Coord, how: Interpolation) -> Result<Self> {
        let axis = self.axis(dim)?;
        let points = self.points(dim, points.values())?;
        if points.ndim() > 1 {
            let message = format!("the points along {dim:?} have {} axes; give one label or a list", points.ndim());
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let knots = knots(dim, &self.places(dim, axis)?, &self.wanted(dim, &points)?, how)?;
        let single = points.ndim() == 0;
        let at = |plan: &Plan, axis: usize| -> Result<Plan> {
            let woven = woven(plan, axis, &knots)?;
            Ok(if single { woven.drop_axis(axis) } else { woven })
        };
        let kept = |dims: &[String]| -> Vec<String> {
            dims.iter().filter(|other| !single || *other != dim).cloned().collect()
        };
        let plan = at(self.plan(), axis)?;
        let mut coords: Vec<Coord> = Vec::with_capacity(self.coords().len());
        for coord in self.coords() {
            let Some(axis) = coord.dims().iter().position(|other| other == dim) else {
                coords.push(coord.clone());
                continue;
            };
            if coord.is_index() || !(coord.values().dtype().is_float() || coord.values().dtype().is_integer()) {
                continue;
            }
            let values = at(&Plan::memory(coord.values().clone()), axis)?.evaluate()?;
            coords.push(coord.with_values(kept(coord.dims()), values));
        }
        let own = self.index_of(dim).map(|index| index.attrs().clone()).unwrap_or_default();
        let along = if single { Vec::new() } else { vec![dim.to_owned()] };
        coords.push(Coord::named(dim, along, points, own));
        Ok(self.with_parts(Operation::Interpolate, kept(self.dims()), plan, coords))
    }

    /// The points as labels of the kind that the dimension has.
    fn points(&self, dim: &str, points: &Values) -> Result<Values> {
        let kind = self.index_of(dim).and_then(|index| index.values().dtype().date_kind());
        match points {
            Values::Text(texts) if let Some(kind) = kind => {
                let date = |text: &Text| Ok(kind.parse(text.as_str().unwrap_or_default())?.0);
                let parsed: Result<Vec<i64>> = texts.iter().map(date).collect();
                Values::of_dates(kind, parsed?).reshape(points.shape())
            }
            points if kind == points.dtype().date_kind() && points.dtype() != DType::Text => Ok(points.clone()),
            points => {
                let labels =
                    kind.map_or("numbers".to_owned(), |kind| format!("dates of the calendar {}", kind.calendar()));
                let message = format!("the labels of {dim:?} are {labels}, the points are {}", points.dtype());
                Err(Error::new(ErrorKind::Mismatch, message))
            }
        }
    }

    /// Where the points lie, as [`places`](Self::places) says where the labels do.
    fn wanted(&self, dim: &str, points: &Values) -> Result<Vec<f64>> {
        let line = DataArray::new(points.reshape(&[points.len()])?, dim)?;
        let Some(Labels::Time(kind, labels)) = self.index_of(dim).map(|index| &**index.label_index()) else {
            return line.astype(DType::F64).to_vec();
        };
        let first = labels.iter().copied().find(|&label| label != i64::MIN).unwrap_or(0);
        let Labels::Time(_, points) = Labels::of(points) else { unreachable!("points were made dates") };
        Ok(points.into_iter().map(|at| kind.since(at, first)).collect())
    }
}

/// Between which two positions each point lies, and how far from the first.
fn knots(dim: &str, places: &[f64], points: &[f64], how: Interpolation) -> Result<Vec<Option<Knots>>> {
    let mut sorted: Vec<usize> = (0..places.len()).filter(|&at| !places[at].is_nan()).collect();
    sorted.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
    if let Some(pair) = sorted.windows(2).find(|pair| places[pair[0]] == places[pair[1]]) {
        let message = format!("positions {} and {} of {dim:?} have the same label", pair[0], pair[1]);
        return Err(Error::new(ErrorKind::Mismatch, message));
    }
    let knots = |&point: &f64| {
        let above = sorted.partition_point(|&at| places[at] <= point);
        let low = *sorted.get(above.checked_sub(1)?)?;
        if places[low] == point {
            return Some(Knots { low, high: low, weight: 0.0 });
        }
        let high = *sorted.get(above)?;
        let weight = (point - places[low]) / (places[high] - places[low]);
        Some(match how {
            Interpolation::Linear => Knots { low, high, weight },
            Interpolation::Nearest => Knots { low, high, weight: f64::from(u8::from(weight > 0.5)) },
        })
    };
    Ok(points.iter().map(knots).collect())
}

/// The plan at the knots. Only the positions that they name are taken of it.
fn woven(plan: &Plan, axis: usize, knots: &[Option<Knots>]) -> Result<Plan> {
    let mut used: Vec<usize> = knots.iter().flatten().flat_map(|knots| [knots.low, knots.high]).collect();
    used.sort_unstable();
    used.dedup();
    let place = |position: usize| used.binary_search(&position).expect("every position was noted");
    let knots = knots
        .iter()
        .map(|knots| knots.map(|knots| Knots { low: place(knots.low), high: place(knots.high), ..knots }))
        .collect();
    let mut axes: Vec<AxisIndex> = plan.shape().iter().map(|&length| AxisIndex::all(length)).collect();
    axes[axis] = super::select::list(&used);
    if used.is_empty() {
        axes[axis] = AxisIndex::range(0..0);
    }
    plan.index(&axes)?.lines(Weave { knots }, axis)
}
