//! Longitudes: 350 and -10 are the same place. Arrays from 0 to 360 meet boxes and polygons from -180 to 180, and the other way
//! round.

use super::Grid;
use crate::array::{Coord, DataArray, Index, concat};
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;

/// Once around the Earth, in degrees.
const AROUND: f64 = 360.0;
/// How often around the Earth longitudes may be apart that name the same place.
pub(crate) const TURNS: [i32; 4] = [-1, 1, -2, 2];

/// Some columns of an array, and how many turns around the Earth are added to their longitudes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Columns {
    pub range: Range<usize>,
    pub turns: i32,
}

impl DataArray {
    /// The array with longitudes from -180 to 180, in ascending order, whatever they were: 350 becomes -10, and 180 becomes -180.
    /// One that has such longitudes is not changed. Nothing is read of a lazy array.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![1, 2, 3, 4], "lon")?.coord("lon", [0.0, 90.0, 180.0, 270.0])?;
    /// let wrapped = da.wrap_longitudes()?;
    /// assert_eq!(wrapped["lon"].to_vec::<f64>()?, [-180.0, -90.0, 0.0, 90.0]);
    /// assert_eq!(wrapped.to_vec::<i32>()?, [3, 4, 1, 2]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the array has no longitudes: a dimension `lon` or `longitude`, or `x` with a geographic CRS.
    pub fn wrap_longitudes(&self) -> Result<Self> {
        self.turned("wrap_longitudes", -180.0)
    }

    /// The array with longitudes from 0 to 360, in ascending order: the inverse of [`wrap_longitudes`](Self::wrap_longitudes).
    ///
    /// # Errors
    /// As [`wrap_longitudes`](Self::wrap_longitudes).
    pub fn wrap_longitudes_to_360(&self) -> Result<Self> {
        self.turned("wrap_longitudes_to_360", 0.0)
    }

    fn turned(&self, what: &str, from: f64) -> Result<Self> {
        let dims = self.dims().iter();
        let Some(dim) = dims.map(String::as_str).find(|dim| self.has_longitudes(dim)) else {
            let message = format!(
                "{what}: none of the dimensions {} has longitudes in degrees; name it lon or longitude, or give the array a \
                 geographic CRS: with_crs(\"EPSG:4326\")?",
                self.dims().join(", ")
            );
            return Err(Error::new(ErrorKind::NotFound, message));
        };
        let labels = self.longitudes_along(dim)?;
        let turns: Vec<i32> = labels.iter().map(|label| -((label - from) / AROUND).floor() as i32).collect();
        let turned: Vec<f64> = labels.iter().zip(&turns).map(|(label, &turns)| turn(*label, turns)).collect();
        let ascends = |labels: &[f64]| labels.windows(2).all(|pair| pair[0] <= pair[1]);
        if turns.iter().all(|&turns| turns == 0) && ascends(&turned) {
            return Ok(self.clone());
        }
        let mut order: Vec<usize> = (0..turned.len()).collect();
        order.sort_by(|&a, &b| turned[a].total_cmp(&turned[b]));
        let mut columns: Vec<Columns> = Vec::new();
        for at in order {
            match columns.last_mut().filter(|last| last.range.end == at && last.turns == turns[at]) {
                Some(last) => last.range.end += 1,
                None => columns.push(Columns { range: at..at + 1, turns: turns[at] }),
            }
        }
        // Longitudes in another order are taken one by one.
        if columns.len() > 8 {
            let all: Vec<i64> = columns.iter().flat_map(|part| part.range.clone()).map(|at| at as i64).collect();
            let sorted: Vec<f64> = all.iter().map(|&at| turned[at as usize]).collect();
            return self.isel_dim(dim, all)?.relabelled(dim, sorted);
        }
        self.columns(dim, &columns)
    }

    /// Whether the labels along `dim` are longitudes in degrees.
    pub(crate) fn has_longitudes(&self, dim: &str) -> bool {
        let Some(labels) = self.index_of(dim) else { return false };
        let unit = labels.attrs().get("units").and_then(|unit| unit.as_str()).unwrap_or_default().to_lowercase();
        let east =
            matches!(unit.as_str(), "degrees_east" | "degree_east" | "degrees_e" | "degree_e" | "degreese" | "degreee");
        let named = matches!(dim, "lon" | "longitude");
        let number = labels.dtype().is_float() || labels.dtype().is_integer();
        match self.find_crs().ok().flatten() {
            _ if !number => false,
            // Rotated longitudes are in degrees that are no degrees east.
            Some(crs) => crs.is_geographic() && (named || dim == "x" || east),
            None => east || named && matches!(unit.as_str(), "" | "degrees" | "degree"),
        }
    }

    fn longitudes_along(&self, dim: &str) -> Result<Vec<f64>> {
        self.index_of(dim).map_or(Ok(Vec::new()), |labels| labels.values().cast(DType::F64).to_vec())
    }

    /// Parts of the array along `dim`, one after the other.
    pub(crate) fn columns(&self, dim: &str, columns: &[Columns]) -> Result<Self> {
        let part = |columns: &Columns| {
            let (start, end) = (columns.range.start as i64, columns.range.end as i64);
            let part = self.isel_dim(dim, Index::Range { start, end: Some(end), step: 1 })?;
            if columns.turns == 0 {
                return Ok(part);
            }
            let labels = part.longitudes_along(dim)?;
            part.relabelled(dim, labels.into_iter().map(|label| turn(label, columns.turns)).collect())
        };
        match columns {
            [one] => part(one),
            several => concat(&several.iter().map(part).collect::<Result<Vec<_>>>()?, dim),
        }
    }

    /// The array with other numbers as labels of a dimension, of the same type and with the same attributes.
    fn relabelled(&self, dim: &str, labels: Vec<f64>) -> Result<Self> {
        let Some(known) = self.index_of(dim) else { return Ok(self.clone()) };
        let dtype = if known.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
        let values = Values::from(labels).cast(if known.dtype().is_integer() { DType::I64 } else { dtype });
        self.coord(dim, Coord::named(dim, vec![dim.to_owned()], values, known.attrs().clone()))
    }
}

/// A longitude some turns on; exact where it can be.
fn turn(longitude: f64, turns: i32) -> f64 {
    if turns == 0 { longitude } else { longitude + AROUND * f64::from(turns) }
}

impl Grid {
    /// The same pixels, `turns` times around the Earth.
    pub(crate) fn turned(&self, turns: i32) -> Self {
        let mut grid = self.clone();
        grid.transform[0] += AROUND * f64::from(turns);
        grid
    }

    /// How many columns go once around the Earth, if there are as many.
    pub(crate) fn columns_around(&self) -> Option<usize> {
        let step = self.transform[1].abs();
        let columns = (AROUND / step).round();
        let around = (columns * step - AROUND).abs() < 0.05 * step;
        (around && columns >= 1.0 && columns <= self.width as f64).then_some(columns as usize)
    }

    /// The columns of a box from `left` to `right`, in the order in which it has them; none if no pixel touches it.
    ///
    /// # Errors
    /// When it takes in both ends of a grid that does not go around the Earth: its columns are no neighbours.
    pub(crate) fn longitudes(&self, left: f64, right: f64) -> std::result::Result<Vec<Columns>, [Range<usize>; 2]> {
        let (west, bottom, east, top) = self.bounds();
        // A side that is open ends where the grid ends, and a box that goes around more than once has all of it.
        let left = if left == f64::NEG_INFINITY { west.min(right) } else { left };
        let right = if right == f64::INFINITY { east.max(left) } else { right };
        if right - left > AROUND + self.transform[1].abs() {
            return Ok(vec![Columns { range: 0..self.width, turns: 0 }]);
        }
        let window = |turns: i32| {
            let [_, range] = self.turned(turns).window([left, bottom, right, top]);
            Columns { range, turns }
        };
        let own = window(0);
        let others: Vec<Columns> =
            TURNS.iter().map(|&turns| window(turns)).filter(|one| !one.range.is_empty()).collect();
        if others.is_empty() || own.range == (0..self.width) {
            return Ok(if own.range.is_empty() { Vec::new() } else { vec![own] });
        }
        if let Some(around) = self.columns_around() {
            return Ok(self.around(around, left, right));
        }
        let mut all: Vec<Columns> = others;
        all.extend(Some(own).filter(|own| !own.range.is_empty()));
        all.sort_by_key(|one| one.range.start);
        match all.as_slice() {
            [one] => Ok(vec![one.clone()]),
            several => {
                let gap = several.windows(2).find(|pair| pair[1].range.start > pair[0].range.end);
                match gap {
                    Some(pair) => Err([pair[0].range.clone(), pair[1].range.clone()]),
                    // They are neighbours in the array itself.
                    None => {
                        let end = several.iter().map(|one| one.range.end).max().unwrap_or_default();
                        Ok(vec![Columns { range: several[0].range.start..end, turns: 0 }])
                    }
                }
            }
        }
    }

    /// The columns of a box in a grid in which the first follows the last.
    fn around(&self, around: usize, left: f64, right: f64) -> Vec<Columns> {
        // Edges that meet to a small part of a pixel meet.
        const MEET: f64 = 1e-6;
        let (edge, step) = (self.transform[0], self.transform[1]);
        let (a, b) = ((left - edge) / step, (right - edge) / step);
        let first = (a.min(b) + MEET).floor() as i64;
        let last = ((a.max(b) - MEET).ceil() as i64).max(first + 1).min(first + around as i64);
        unrolled(first, last, around, step)
    }
}

/// The parts of columns that are counted on beyond the last one, and below the first.
pub(crate) fn unrolled(first: i64, last: i64, around: usize, step: f64) -> Vec<Columns> {
    let size = around as i64;
    let mut parts = Vec::new();
    let mut at = first;
    while at < last {
        let (turn, from) = (at.div_euclid(size), at.rem_euclid(size));
        let end = (from + last - at).min(size);
        // Where longitudes descend later columns lie to the west.
        let turns = if step < 0.0 { -turn } else { turn };
        parts.push(Columns { range: from as usize..end as usize, turns: turns as i32 });
        at += end - from;
    }
    parts
}
