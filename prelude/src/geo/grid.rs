//! Where a raster lies: size, transform and coordinate reference system, in one place. Every reader, writer and plot of a
//! map asks it.

use super::{Crs, Gcps};
use crate::array::Coord;
use crate::values::{DType, EvenRange};
use gdal::errors::GdalError;
use gdal::raster::GdalType;
use gdal::{Dataset, DriverManager};
use std::ops::Range;
use std::sync::Arc;

/// Rows and columns on a map.
///
/// `transform` leads from (column, row) to (x, y) in the units of the CRS, in GDAL's order:
/// `x = t[0] + column * t[1] + row * t[2]`, `y = t[3] + column * t[4] + row * t[5]`, where (0, 0) is the outer corner of the
/// first pixel.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    pub(crate) crs: Option<Crs>,
    pub(crate) transform: [f64; 6],
    pub(crate) height: usize,
    pub(crate) width: usize,
    /// What a unit of the coordinates is in units of the CRS, of x and of y: 1000 for kilometres where the CRS has metres.
    pub(crate) unit: [f64; 2],
    pub(crate) gcps: Option<Arc<Gcps>>,
}

/// The transform of a file without one: x and y are the column and the row.
pub(crate) const NO_TRANSFORM: [f64; 6] = [0.0, 1.0, 0.0, 0.0, 0.0, 1.0];

/// A part of a pixel within which two places are the same: they were computed in other ways, or written with few digits.
pub(crate) const NEAR: f64 = 1e-3;

impl Grid {
    /// A grid in the units of its CRS.
    pub(crate) fn new(crs: Option<Crs>, transform: [f64; 6], [height, width]: [usize; 2]) -> Self {
        Self { crs, transform, height, width, unit: [1.0, 1.0], gcps: None }
    }

    /// From (column, row) to (x, y) in the units of the CRS.
    pub fn transform(&self) -> [f64; 6] {
        self.transform
    }

    /// Rows and columns.
    pub fn shape(&self) -> [usize; 2] {
        [self.height, self.width]
    }

    /// The coordinate reference system, if one is known.
    pub fn crs(&self) -> Option<&Crs> {
        self.crs.as_ref()
    }

    /// What an error calls the CRS.
    pub(crate) fn crs_name(&self) -> String {
        self.crs.as_ref().map_or_else(|| "no CRS".to_owned(), Crs::to_string)
    }

    /// Whether rows and columns run along neither x nor y.
    pub fn is_rotated(&self) -> bool {
        self.transform[2] != 0.0 || self.transform[4] != 0.0
    }

    /// Whether the columns go once around the Earth, so that the first follows the last.
    pub(crate) fn is_cyclic(&self) -> bool {
        let step = self.transform[1].abs();
        let around = (self.width as f64 * step - 360.0).abs() < 0.05 * step;
        around && !self.is_rotated() && self.gcps.is_none() && self.crs.as_ref().is_some_and(Crs::is_geographic)
    }

    /// The extent in the units of the CRS: left, bottom, right, top.
    pub fn bounds(&self) -> (f64, f64, f64, f64) {
        bounds(&self.transform, self.shape())
    }

    /// The same in the units of the coordinates.
    pub(crate) fn label_transform(&self) -> [f64; 6] {
        let [x, y] = self.unit;
        let t = self.transform;
        [t[0] / x, t[1] / x, t[2] / x, t[3] / y, t[4] / y, t[5] / y]
    }

    /// The extent in words, in the units of the coordinates.
    pub(crate) fn extent(&self) -> String {
        let (left, bottom, right, top) = bounds(&self.label_transform(), self.shape());
        format!("x {left} to {right}, y {bottom} to {top}")
    }

    /// The pixel centres along y and along x, in the units of the coordinates; none where the grid is rotated.
    pub(crate) fn centres(&self) -> Option<[EvenRange; 2]> {
        let t = self.label_transform();
        let upright = !self.is_rotated();
        upright.then(|| [EvenRange::centres(t[3], t[5], self.height), EvenRange::centres(t[0], t[1], self.width)])
    }

    /// The window of pixels that a box in the units of the CRS touches, cut to the grid: rows and columns, empty if it lies
    /// outside. For grids that are not rotated.
    pub(crate) fn window(&self, bounds: [f64; 4]) -> [Range<usize>; 2] {
        window(&self.transform, self.shape(), bounds)
    }

    /// A dataset of that size, place and CRS without pixels, for what only asks where they would be.
    pub(crate) fn dataset_without_bands(&self) -> Result<Dataset, GdalError> {
        let driver = DriverManager::get_driver_by_name("MEM")?;
        let mut dataset = driver.create_with_band_type::<u8, _>("", self.width, self.height, 0)?;
        if let Some(gcps) = &self.gcps {
            gcps.set(&dataset)?;
            return Ok(dataset);
        }
        dataset.set_geo_transform(&self.transform)?;
        if let Some(crs) = &self.crs {
            dataset.set_spatial_ref(&crs.horizontal()?)?;
        }
        Ok(dataset)
    }

    /// One with a band, for what draws in it.
    pub(crate) fn dataset_without_crs<T: GdalType>(&self) -> Result<Dataset, GdalError> {
        let driver = DriverManager::get_driver_by_name("MEM")?;
        let mut dataset = driver.create_with_band_type::<T, _>("", self.width, self.height, 1)?;
        dataset.set_geo_transform(&self.transform)?;
        Ok(dataset)
    }
}

/// Left, bottom, right, top of all corners.
pub(crate) fn bounds(t: &[f64; 6], [height, width]: [usize; 2]) -> (f64, f64, f64, f64) {
    let (w, h) = (width as f64, height as f64);
    let corners = [(0.0, 0.0), (w, 0.0), (0.0, h), (w, h)];
    let fold = |f: fn(f64, f64) -> f64, at: usize| {
        corners.iter().map(|&(c, r)| t[at] + c * t[at + 1] + r * t[at + 2]).reduce(f).unwrap_or_default()
    };
    (fold(f64::min, 0), fold(f64::min, 3), fold(f64::max, 0), fold(f64::max, 3))
}

/// The transform of the pixels whose outer corner lies `from` [rows, columns] within, and which are `step` as large.
pub(crate) fn moved(t: &[f64; 6], [row, column]: [f64; 2], [down, across]: [f64; 2]) -> [f64; 6] {
    let x = t[0] + column * t[1] + row * t[2];
    let y = t[3] + column * t[4] + row * t[5];
    [x, t[1] * across, t[2] * down, y, t[4] * across, t[5] * down]
}

/// Whether two transforms are the same over an image of this size, to a small part of a pixel.
pub(crate) fn same_transform(a: &[f64; 6], b: &[f64; 6], [height, width]: [usize; 2]) -> bool {
    let pixel = a[1].abs().max(a[2].abs()).min(a[4].abs().max(a[5].abs()));
    let corners = [[0.0, 0.0], [height as f64, 0.0], [0.0, width as f64], [height as f64, width as f64]];
    corners.into_iter().all(|corner| {
        let (one, two) = (moved(a, corner, [1.0, 1.0]), moved(b, corner, [1.0, 1.0]));
        (one[0] - two[0]).abs() <= pixel * NEAR && (one[3] - two[3]).abs() <= pixel * NEAR
    })
}

fn window(transform: &[f64; 6], shape: [usize; 2], bounds: [f64; 4]) -> [Range<usize>; 2] {
    // Edges that meet to a small part of a pixel meet: they were computed in other ways.
    const MEET: f64 = 1e-6;
    let [left, bottom, right, top] = bounds;
    let range = |edge: f64, step: f64, a: f64, b: f64, length: usize| {
        let (a, b) = ((a - edge) / step, (b - edge) / step);
        let clamp = |at: f64| at.clamp(0.0, length as f64) as usize;
        let start = clamp((a.min(b) + MEET).floor());
        start..clamp((a.max(b) - MEET).ceil()).max(start)
    };
    [range(transform[3], transform[5], top, bottom, shape[0]), range(transform[0], transform[1], left, right, shape[1])]
}

/// The cells whose centres labels are: where the first begins, and how wide each is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cells {
    pub edge: f64,
    pub step: f64,
}

/// Why labels are no centres of equal cells.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Uneven {
    Empty,
    /// One label, which does not tell how wide its cell is.
    Single,
    /// Neither numbers.
    NotNumbers(&'static str),
    /// The labels at this position and the next are further apart or nearer than the others, or equal.
    At(usize, f64, f64),
}

impl Cells {
    /// The cells of the labels of a dimension; `width` is that of a single one.
    ///
    /// Labels are even if none is further from its place than a thousandth of a cell, or than their element type can tell:
    /// labels in `f32` are even in `f32`.
    pub fn of(coord: &Coord, width: Option<f64>) -> Result<Self, Uneven> {
        if let Some(range) = coord.even() {
            return match range.len() {
                0 => Err(Uneven::Empty),
                _ => Ok(Self { edge: range.at(0) - range.step() / 2.0, step: range.step() }),
            };
        }
        let dtype = coord.dtype();
        if !dtype.is_float() && !dtype.is_integer() {
            return Err(Uneven::NotNumbers(dtype.name()));
        }
        let labels: Vec<f64> = coord.values().cast(DType::F64).to_vec().unwrap_or_default();
        let precision = if dtype == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
        Self::of_labels(&labels, precision, width)
    }

    /// [`of`](Self::of) for numbers of which each is off by at most `precision` of the largest.
    pub fn of_labels(labels: &[f64], precision: f64, width: Option<f64>) -> Result<Self, Uneven> {
        let (Some(&first), Some(&last)) = (labels.first(), labels.last()) else { return Err(Uneven::Empty) };
        if labels.len() == 1 {
            let step = width.ok_or(Uneven::Single)?;
            return Ok(Self { edge: first - step / 2.0, step });
        }
        let step = (last - first) / (labels.len() - 1) as f64;
        let largest = first.abs().max(last.abs());
        let allowed = (step.abs() * NEAR).max(2.0 * precision * largest);
        // What is wrong is shown where neighbours are furthest from an even step.
        let uneven = || {
            let worst = (0..labels.len() - 1)
                .max_by(|&a, &b| {
                    let off = |at: usize| (labels[at + 1] - labels[at] - step).abs();
                    off(a).total_cmp(&off(b))
                })
                .unwrap_or_default();
            Uneven::At(worst, labels[worst], labels[worst + 1])
        };
        // A step that the precision cannot tell from another is none.
        if !(step.is_finite() && step != 0.0 && allowed < step.abs() / 4.0) {
            return Err(uneven());
        }
        let place = |at: usize| first + at as f64 * step;
        match labels.iter().enumerate().all(|(at, label)| (label - place(at)).abs() <= allowed) {
            true => Ok(Self { edge: first - step / 2.0, step }),
            false => Err(uneven()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(labels: impl Into<Coord>) -> Result<Cells, Uneven> {
        Cells::of(&labels.into(), None)
    }

    #[test]
    fn labels_are_even_within_their_own_precision() {
        // np.arange(3600, dtype="f4") * np.float32(0.1) - 180 and their like: most climate grids.
        for (step, count) in [(0.05f32, 7200), (0.1, 3600), (1.0 / 12.0, 4320), (1.0 / 120.0, 20_000)] {
            let labels: Vec<f32> =
                (0..count).map(|at| (f64::from(at as u32) * f64::from(step) - 180.0) as f32).collect();
            let found = cells(labels).unwrap();
            assert!((found.step / f64::from(step) - 1.0).abs() < 1e-4, "{step}: {found:?}");
        }
        assert!(cells(vec![0.0417, 0.125, 0.2083, 0.2917, 0.375]).is_ok(), "written with four digits");
    }

    #[test]
    fn gaps_and_gaussian_latitudes_are_not_even() {
        assert_eq!(cells(vec![0.0, 1.0, 3.0]), Err(Uneven::At(1, 1.0, 3.0)));
        // The first latitudes of a Gaussian grid, N80.
        assert!(cells(vec![89.142, 88.029, 86.911, 85.791, 84.670]).is_err());
        assert!(cells(vec![5.0, 5.0]).is_err() && cells(vec![1.0]) == Err(Uneven::Single));
        assert!(cells(vec![f64::NAN, 1.0, 2.0]).is_err() && cells(["a", "b"]).is_err());
    }

    #[test]
    fn bounds_hold_all_corners_of_a_rotated_grid() {
        let grid = Grid::new(None, [10.0, 1.0, 1.0, 50.0, 1.0, -1.0], [2, 3]);
        assert_eq!(grid.bounds(), (10.0, 48.0, 15.0, 53.0));
    }

    #[test]
    fn edges_that_meet_to_a_millionth_do_not_touch() {
        let grid = Grid::new(None, [0.0, 0.1, 0.0, 1.0, 0.0, -0.1], [10, 10]);
        assert_eq!(grid.window([0.3, 0.2, 0.6, 0.5]), [5..8, 3..6]);
        assert_eq!(grid.window([5.0, 0.2, 6.0, 0.5])[1], 10..10);
    }
}
