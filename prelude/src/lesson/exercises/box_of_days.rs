//! Exercises 6 to 9: one place, and a box around Senegal, on all days.

use super::{files, subject};
use crate::array::{Coord, DataArray};
use crate::check::{Expected, Subject};
use crate::parallel::{Pool, cpus};
use crate::raster::{Raster, RasterMeta};
use crate::time::date_range;
use crate::{Error, ErrorKind, Result};
use ndarray::{Array1, Array2, Array3, Axis, s};
use std::ops::Range;

/// Longitude and latitude of exercise 6.
const NAIROBI: (f64, f64) = (36.8, -1.3);
/// Longitudes and latitudes of the box of exercises 7 to 9, as the notebook cuts it out.
const WEST_EAST: (f64, f64) = (-17.0, -10.0);
const SOUTH_NORTH: (f64, f64) = (12.0, 16.0);

/// Pixels of every day: (time, y, x), NaN where nothing is, with the coordinates of the pixels' centres.
struct Block {
    values: Array3<f64>,
    y: Vec<f64>,
    x: Vec<f64>,
}

impl Block {
    /// The rows and columns that `window` chooses.
    fn read(window: impl Fn(&RasterMeta) -> Result<(Range<usize>, Range<usize>)>) -> Result<Self> {
        let files = files()?;
        let first = files.first().ok_or_else(|| Error::new(ErrorKind::NotFound, "there are no files"))?;
        let meta = Raster::open(first)?.meta();
        let (rows, columns) = window(&meta)?;
        let days = Pool::new(cpus())?
            .try_map(&files, |file| Raster::open(file)?.read_window::<f32>(1, rows.clone(), columns.clone()))?;
        let mut values = Array3::zeros((days.len(), rows.len(), columns.len()));
        for (mut into, day) in values.outer_iter_mut().zip(&days) {
            into.assign(&day.mapv(|value| if value == -9999.0 { f64::NAN } else { f64::from(value) }));
        }
        let y = rows.map(|row| centre(&meta, 3, 5, row)).collect();
        let x = columns.map(|column| centre(&meta, 0, 1, column)).collect();
        Ok(Self { values, y, x })
    }

    fn senegal() -> Result<Self> {
        Self::read(|meta| {
            Ok((inside(meta, 3, 5, meta.height, SOUTH_NORTH)?, inside(meta, 0, 1, meta.width, WEST_EAST)?))
        })
    }

    fn at(longitude: f64, latitude: f64) -> Result<Self> {
        let at = |meta: &RasterMeta, start, step, len: usize, wanted: f64| {
            let away = |index: &usize| (centre(meta, start, step, *index) - wanted).abs();
            let nearest = (0..len).min_by(|a, b| away(a).total_cmp(&away(b))).unwrap_or(0);
            nearest..nearest + 1
        };
        Self::read(|meta| Ok((at(meta, 3, 5, meta.height, latitude), at(meta, 0, 1, meta.width, longitude))))
    }

    /// The mean of each pixel over the days in which it has a value.
    fn mean(&self) -> Array2<f64> {
        self.values.map_axis(Axis(0), |days| mean(days.iter()))
    }

    /// The mean of the whole block on each day.
    fn by_day(&self) -> impl Iterator<Item = f64> {
        self.values.outer_iter().map(|day| mean(day.iter()))
    }

    fn times(&self) -> Result<Coord> {
        Ok(date_range("2016-01-01", self.values.len_of(Axis(0)))?.into())
    }

    /// Values of the block's rows and columns with its labels; `first` is the dimension before them, if there is one.
    fn labelled(&self, values: ndarray::ArrayD<f64>, first: Option<(&str, Coord)>) -> Result<Subject> {
        let dims: Vec<&str> = first.iter().map(|(name, _)| *name).chain(["y", "x"]).collect();
        let mut array = DataArray::new(values, dims)?.coord("y", &self.y)?.coord("x", &self.x)?;
        if let Some((name, labels)) = first {
            array = array.coord(name, labels)?;
        }
        subject(array)
    }
}

/// The centre of the pixel `index` along an axis, of which `start` and `step` are the places in the transform.
fn centre(meta: &RasterMeta, start: usize, step: usize, index: usize) -> f64 {
    meta.transform[start] + meta.transform[step] * (index as f64 + 0.5)
}

fn inside(meta: &RasterMeta, start: usize, step: usize, len: usize, (low, high): (f64, f64)) -> Result<Range<usize>> {
    let holds = |index: &usize| (low..=high).contains(&centre(meta, start, step, *index));
    match ((0..len).find(holds), (0..len).rfind(holds)) {
        (Some(first), Some(last)) => Ok(first..last + 1),
        _ => Err(Error::new(ErrorKind::NotFound, "no pixel of the data lies in the box of this exercise")),
    }
}

fn mean<'a>(numbers: impl Iterator<Item = &'a f64>) -> f64 {
    let (sum, count) =
        numbers.filter(|number| !number.is_nan()).fold((0.0, 0), |(sum, n), number| (sum + number, n + 1));
    if count == 0 { f64::NAN } else { sum / f64::from(count) }
}

/// Exercise 6: the heat index in Nairobi on each day.
pub(super) fn nairobi() -> Expected {
    fn series(longitude: f64, latitude: f64) -> Result<Subject> {
        let block = Block::at(longitude, latitude)?;
        let line: Array1<f64> = block.values.iter().copied().collect();
        subject(DataArray::new(line, "time")?.coord("time", block.times()?)?)
    }
    Expected::later(|| series(NAIROBI.0, NAIROBI.1))
        .mistake_later(|| series(NAIROBI.1, NAIROBI.0), "the axes are swapped: longitude is x, latitude is y")
}

/// Exercise 7: the mean of each month.
pub(super) fn monthly_means() -> Expected {
    Expected::later(|| {
        let block = Block::senegal()?;
        let dates = date_range("2016-01-01", block.values.len_of(Axis(0)))?;
        let mut months: Vec<i64> = dates.iter().map(|date| i64::from(date.month())).collect();
        months.dedup();
        let (rows, columns) = (block.y.len(), block.x.len());
        let means = Array3::from_shape_fn((months.len(), rows, columns), |(month, row, column)| {
            let pixel = block.values.slice(s![.., row, column]);
            mean(
                dates
                    .iter()
                    .zip(pixel)
                    .filter(|(date, _)| i64::from(date.month()) == months[month])
                    .map(|(_, value)| value),
            )
        });
        block.labelled(means.into_dyn(), Some(("month", months.into())))
    })
}

/// Exercise 8: how far each day is from the pixel's own mean.
pub(super) fn anomaly() -> Expected {
    Expected::later(|| {
        let block = Block::senegal()?;
        block.labelled((&block.values - &block.mean()).into_dyn(), Some(("time", block.times()?)))
    })
    .mistake_later(
        || {
            let block = Block::senegal()?;
            block.labelled((&block.values - mean(block.values.iter())).into_dyn(), Some(("time", block.times()?)))
        },
        "one mean of the whole box was subtracted: take each pixel's own, the mean over time",
    )
    .mistake_later(
        || {
            let block = Block::senegal()?;
            let days = Array1::from_iter(block.by_day());
            let days = days.insert_axis(Axis(1)).insert_axis(Axis(2));
            block.labelled((&block.values - &days).into_dyn(), Some(("time", block.times()?)))
        },
        "the mean of each day was subtracted: take the mean of each pixel, over time",
    )
}

/// Exercise 9: the correlation of each pixel with the mean of the box, over time.
pub(super) fn correlation() -> Expected {
    fn with_box(of: impl Fn(f64, f64, f64) -> f64) -> Result<Subject> {
        let block = Block::senegal()?;
        let region: Vec<f64> = block.by_day().collect();
        let related = block.values.map_axis(Axis(0), |days| {
            let pairs: Vec<(f64, f64)> =
                days.iter().copied().zip(region.iter().copied()).filter(|(a, b)| !a.is_nan() && !b.is_nan()).collect();
            let n = pairs.len() as f64;
            let (a, b) =
                (pairs.iter().map(|pair| pair.0).sum::<f64>() / n, pairs.iter().map(|pair| pair.1).sum::<f64>() / n);
            let sum = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
            let (ab, aa, bb) =
                (sum(&|p| (p.0 - a) * (p.1 - b)), sum(&|p| (p.0 - a).powi(2)), sum(&|p| (p.1 - b).powi(2)));
            if pairs.is_empty() { f64::NAN } else { of(ab, (aa * bb).sqrt(), n) }
        });
        block.labelled(related.into_dyn(), None)
    }
    // Sums of f32 along 366 days, in another order.
    Expected::later(|| with_box(|ab, spread, _| ab / spread)).within(1e-3).mistake_later(
        || with_box(|ab, _, n| ab / (n - 1.0)),
        "this is the covariance: its size depends on how much the place varies; the correlation lies between -1 and 1",
    )
}
