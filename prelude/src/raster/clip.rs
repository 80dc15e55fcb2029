//! Parts of a map by a box, and where on a map an array lies.

use crate::array::{DataArray, Index};
use crate::geo::rasterize::{Cover, rasterize};
use crate::geo::{Columns, Grid, TURNS};
use crate::{Error, ErrorKind, Result};
use gdal::vector::Geometry;
use std::ops::Range;

/// An array on a map: the names of its dimensions down and across, and the grid along them.
pub(super) struct Place {
    pub map: [&'static str; 2],
    pub grid: Grid,
    /// Whether x counts degrees around the Earth.
    pub is_around: bool,
}

impl Place {
    pub fn of(array: &DataArray, what: &str) -> Result<Self> {
        let grid = array.upright_grid(what)?;
        // An array without dimensions of a map has no grid.
        let map = array.map_dims().unwrap_or(["y", "x"]);
        Ok(Self { map, grid, is_around: array.has_longitudes(map[1]) })
    }

    /// The pixels that areas cover, for each turn around the Earth on which they cover some: their longitudes and the
    /// array's may be counted from other places.
    pub fn covers(&self, areas: &[Geometry], all_touched: bool) -> Result<Vec<(i32, Cover)>> {
        let mut covers = Vec::new();
        let turns = std::iter::once(0).chain(TURNS.into_iter().filter(|_| self.is_around));
        for turns in turns {
            let grid = self.grid.turned(turns);
            // What only meets an end of the grid touches no pixel at the other.
            let (left, _, right, _) = grid.bounds();
            let slack = if turns == 0 { 0.0 } else { grid.transform[1].abs() * 1e-6 };
            let near = |area: &&Geometry| {
                let extent = area.envelope();
                turns == 0 || !area.is_empty() && extent.MinX < right - slack && extent.MaxX > left + slack
            };
            let near: Vec<Geometry> = areas.iter().filter(near).cloned().collect();
            if near.is_empty() {
                continue;
            }
            let cover = rasterize(&near, &grid, all_touched)?;
            if !cover.mask.is_empty() {
                covers.push((turns, cover));
            }
        }
        Ok(covers)
    }
}

impl DataArray {
    /// The pixels that a box touches, in the units of the array's coordinates. Nothing is read of a lazy array.
    ///
    /// Longitudes are those of the box, wherever the array counts them from: of an array from 0 to 360 the box from -10 to 10
    /// has the labels -10 to 10, and a box from 170 to -170 the labels 170 to 190.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(ndarray::Array2::<f32>::zeros((4, 4)), ["y", "x"])?
    ///     .coord("y", [3.5, 2.5, 1.5, 0.5])?.coord("x", [0.5, 1.5, 2.5, 3.5])?;
    /// assert_eq!(da.clip_box(1.0, 0.0, 3.0, 2.5)?.shape(), [3, 2]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the array has no evenly spaced coordinates, the box lies outside, or it takes in both ends of an array that does not
    /// go around the Earth; the error says where the array is.
    pub fn clip_box(&self, left: f64, bottom: f64, right: f64, top: f64) -> Result<Self> {
        let place = Place::of(self, "clip_box")?;
        let grid = &place.grid;
        let [x, y] = grid.unit;
        // A box across the antimeridian ends one turn further on.
        let end = if place.is_around && right < left { right + 360.0 } else { right };
        let [rows, own] = grid.window([left * x, bottom * y, end * x, top * y]);
        let columns = match place.is_around {
            true => grid.longitudes(left, end).map_err(|ends| both_ends(grid, left, right, &ends))?,
            false => vec![Columns { range: own, turns: 0 }],
        };
        let empty = columns.iter().all(|one| one.range.is_empty());
        if !(left <= end && bottom <= top) || rows.is_empty() || empty {
            let message = format!(
                "clip_box: no pixel touches left {left}, bottom {bottom}, right {right}, top {top}; the array covers {}",
                place.grid.extent()
            );
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        let part = self.isel_dim(place.map[0], range(rows.clone()))?.columns(place.map[1], &columns)?;
        Ok(part.placed(grid, place.map, rows.start, &columns))
    }
}

/// The error of a box of which an array has two parts that are no neighbours.
fn both_ends(grid: &Grid, left: f64, right: f64, ends: &[Range<usize>; 2]) -> Error {
    let step = grid.transform[1];
    let at = |column: usize| grid.transform[0] + column as f64 * step;
    let message = format!(
        "clip_box: from left {left} to right {right} the array has two parts that are no neighbours, x {} to {} and x {} to {}, since it \
         does not go around the Earth (it covers {}); clip each by itself",
        at(ends[0].start),
        at(ends[0].end),
        at(ends[1].start),
        at(ends[1].end),
        grid.extent()
    );
    Error::new(ErrorKind::InvalidArgument, message)
}

/// Positions as an index.
pub(super) fn range(range: Range<usize>) -> Index {
    Index::Range { start: range.start as i64, end: Some(range.end as i64), step: 1 }
}
