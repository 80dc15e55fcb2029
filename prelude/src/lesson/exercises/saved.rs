//! Exercise 10: a mean that went through a GeoTIFF.

use super::{files, subject};
use crate::check::{Expected, Subject};
use crate::raster::Raster;
use crate::{Error, ErrorKind, Result};
use ndarray::Array2;

/// Days that the notebook takes the mean of.
const DAYS: usize = 3;

/// Exercise 10: the numbers in the file, nodata where there is no land.
pub(super) fn three_days() -> Expected {
    fn with_missing(missing: f32) -> Result<Subject> {
        let (mut sum, mut count) = (Array2::<f64>::zeros((0, 0)), Array2::<u8>::zeros((0, 0)));
        for file in files()?.iter().take(DAYS) {
            let day = Raster::open(file)?.read::<f32>(1)?;
            if sum.is_empty() {
                (sum, count) = (Array2::zeros(day.dim()), Array2::zeros(day.dim()));
            }
            for ((sum, count), &value) in
                sum.iter_mut().zip(&mut count).zip(&day).filter(|(_, value)| **value != -9999.0)
            {
                *sum += f64::from(value);
                *count += 1;
            }
        }
        if sum.is_empty() {
            return Err(Error::new(ErrorKind::NotFound, "there are no files"));
        }
        let mut mean = Array2::from_elem(sum.dim(), missing);
        for ((mean, sum), &count) in mean.iter_mut().zip(&sum).zip(&count).filter(|(_, count)| **count > 0) {
            *mean = (sum / f64::from(count)) as f32;
        }
        subject(mean)
    }
    Expected::later(|| with_missing(-9999.0)).mistake_later(
        || with_missing(f32::NAN),
        "these are the right numbers with NaN for the oceans; in the file they are nodata: read the file's own numbers back, with Raster::open(…)?.read",
    )
}
