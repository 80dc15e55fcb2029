//! Whether a folder holds the whole set: a year with a day missing gives wrong means without a word.

use super::calendar::{DAYS, YEAR, date, day_in};
use crate::parallel::{Pool, cpus};
use crate::raster::{Raster, glob};
use crate::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Days named in an error at most.
const NAMED: usize = 5;

/// Checks that `folder` has a readable raster for each of the first `days` days of the year.
///
/// Headers are read, pixels are not.
///
/// # Errors
/// Naming the days that are missing, or the first file that cannot be read, and `remedy`.
pub(crate) fn complete(folder: &Path, days: usize, remedy: &str) -> Result<()> {
    let files = glob(folder, "*.tif")?;
    if files.len() != days {
        return Err(Error::new(
            ErrorKind::Damaged,
            format!(
                "{} holds {} files of the {days} of {YEAR}: {}; {remedy}",
                folder.display(),
                files.len(),
                difference(&files, days)
            ),
        ));
    }
    readable(&files).map_err(|error| {
        let kind = error.kind();
        Error::with_source(kind, format!("the data in {} are damaged; {remedy}", folder.display()), error)
    })
}

fn readable(files: &[PathBuf]) -> Result<()> {
    let rasters = Pool::new(cpus().min(16))?.try_map(files, |file| Raster::open(file).map(|raster| raster.meta()))?;
    let Some(first) = rasters.first() else { return Ok(()) };
    match rasters.iter().position(|meta| (meta.width, meta.height) != (first.width, first.height)) {
        None => Ok(()),
        Some(odd) => Err(Error::new(
            ErrorKind::Mismatch,
            format!(
                "{} has {} x {} pixels, the first file has {} x {}",
                files[odd].display(),
                rasters[odd].width,
                rasters[odd].height,
                first.width,
                first.height
            ),
        )),
    }
}

/// What is missing or too much, by date where the names tell.
fn difference(files: &[PathBuf], days: usize) -> String {
    let mut present = [false; DAYS];
    let mut unknown = Vec::new();
    for file in files {
        match day_in(file) {
            Some(day) if day < days && !present[day] => present[day] = true,
            _ => unknown.push(file.file_name().unwrap_or_default().to_string_lossy().into_owned()),
        }
    }
    let missing: Vec<String> = (0..days).filter(|&day| !present[day]).map(date).collect();
    match (missing.is_empty(), unknown.is_empty()) {
        (true, _) => format!("too much: {}", some(&unknown)),
        (false, true) => format!("missing: {}", some(&missing)),
        (false, false) => format!("missing: {}; not recognised: {}", some(&missing), some(&unknown)),
    }
}

fn some(names: &[String]) -> String {
    let shown = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
