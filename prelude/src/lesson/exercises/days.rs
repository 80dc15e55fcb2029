//! Exercises 1 to 4: single days, and what a loop over all files finds.

use super::{files, subject};
use crate::check::{Expected, Subject};
use crate::parallel::{Pool, cpus};
use crate::raster::Raster;
use crate::time::{DateTime, date_range};
use crate::{Error, ErrorKind, Result};
use ndarray::Array2;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The day of the year that exercise 1 reads.
const DAY: usize = 20;
/// Heat index in °C from which exercise 4 counts a place as hot.
const HOT: f32 = 32.0;

fn read(index: usize) -> Result<Array2<f32>> {
    let files = files()?;
    let file = files.get(index).ok_or_else(|| {
        let message = format!("there are {} days; the exercises need more than {DAY}", files.len());
        Error::new(ErrorKind::NotFound, message)
    })?;
    Raster::open(file)?.read::<f32>(1)
}

/// Exercise 1: the numbers of 20 January, as they are in the file.
pub(super) fn day_20() -> Expected {
    let off = "it is off by one day";
    Expected::later(|| subject(read(DAY - 1)?))
        .mistake_later(
            || subject(read(DAY)?),
            &format!("{off}: this is the day after; days of the year count from 1, positions in a list from 0"),
        )
        .mistake_later(
            || subject(read(DAY - 2)?),
            &format!("{off}: this is the day before; positions in a list count from 0, so subtract 1 only once"),
        )
}

/// Exercise 2: 1 January in °F, NaN where there is no land.
pub(super) fn in_fahrenheit() -> Expected {
    Expected::later(|| {
        let fahrenheit = |celsius| if celsius == -9999.0 { f32::NAN } else { celsius * 1.8 + 32.0 };
        subject(read(0)?.mapv(fahrenheit))
    })
    .mistake_later(
        || subject(read(0)?.mapv(|celsius| if celsius == -9999.0 { f32::NAN } else { celsius })),
        "the ocean is NaN as it should be, but the land is still in °C: convert it",
    )
}

/// Exercise 3: the date of the day on which the land was hottest on average.
pub(super) fn hottest() -> Expected {
    fn day_of(rank: impl Fn(&Day) -> f64) -> Result<Subject> {
        let days = Day::all()?;
        let best = (0..days.len()).max_by(|&a, &b| rank(&days[a]).total_cmp(&rank(&days[b])));
        let dates = date_range("2016-01-01", days.len())?;
        let date: Option<DateTime> = best.map(|best| dates[best]);
        subject(date)
    }
    Expected::later(|| day_of(Day::mean))
        .mistake_later(
            || day_of(|day| -day.mean()),
            "this is the coldest day: look for the highest mean, not the lowest",
        )
        .mistake_later(
            || day_of(|day| day.highest),
            "this is the day with the single hottest place: compare the means of all land instead",
        )
}

/// Exercise 4: for each day the share of the land that has 32 °C or more.
pub(super) fn hot_share() -> Expected {
    fn shares(of: impl Fn(&Day) -> f64) -> Result<Subject> {
        subject(Day::all()?.iter().map(of).collect::<Vec<f64>>())
    }
    Expected::later(|| shares(|day| day.hot as f64 / day.land as f64))
        .mistake_later(
            || shares(|day| day.hot as f64 / day.pixels as f64),
            "nodata was counted in: divide by the number of land pixels, not of all pixels",
        )
        .mistake_later(
            || shares(|day| day.hotter as f64 / day.land as f64),
            "places with exactly 32 °C count too: >= instead of >",
        )
        .mistake_later(
            || shares(|day| day.hot as f64),
            "these are numbers of pixels: divide by the land pixels of the day",
        )
}

/// What exercises 3 and 4 ask of one day.
struct Day {
    pixels: usize,
    land: usize,
    sum: f64,
    highest: f64,
    hot: usize,
    hotter: usize,
}

impl Day {
    fn mean(&self) -> f64 {
        self.sum / self.land as f64
    }

    fn of(file: &Path) -> Result<Self> {
        let pixels = Raster::open(file)?.read::<f32>(1)?;
        let mut day = Self { pixels: pixels.len(), land: 0, sum: 0.0, highest: f64::MIN, hot: 0, hotter: 0 };
        for &celsius in pixels.iter().filter(|&&celsius| celsius != -9999.0) {
            day.land += 1;
            day.sum += f64::from(celsius);
            day.highest = day.highest.max(f64::from(celsius));
            day.hot += usize::from(celsius >= HOT);
            day.hotter += usize::from(celsius > HOT);
        }
        Ok(day)
    }

    /// All days of the data, read once a session: a year of them is 27 GB of pixels.
    fn all() -> Result<Arc<Vec<Self>>> {
        type Known = Mutex<Option<HashMap<Vec<PathBuf>, Arc<Vec<Day>>>>>;
        static KNOWN: Known = Mutex::new(None);
        let files = files()?;
        // Held while they are read: whoever comes meanwhile needs the same.
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        if let Some(days) = known.get(&files) {
            return Ok(days.clone());
        }
        let days = Arc::new(Pool::new(cpus())?.try_map(&files, |file| Self::of(file))?);
        known.insert(files, days.clone());
        Ok(days)
    }
}
