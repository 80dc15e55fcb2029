//! Makes the sample year: files like the course's own, where the course's are not at hand.

use super::calendar::{DAYS, file_name};
use super::field::{CELL, COLUMNS, Climate, NORTH, WEST};
use crate::array::DType;
use crate::geo::land::{self, PIXEL, SHAPE as FULL};
use crate::parallel::{Items, Pool, cpus};
use crate::raster::{Crs, Raster, RasterMeta, fill};
use crate::{Error, ErrorKind, Result};
use ndarray::Array2;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const NODATA: f32 = -9999.0;
/// Rows of a strip. The course's files have one, but a strip shares nothing with the next, so that of
/// smooth sample data nine tenths would be the beginnings of strips and a year take 1.1 GB.
const STRIP_ROWS: usize = 20;
/// Every `scale`-th pixel must come out even in both directions.
const SCALES: [usize; 12] = [1, 2, 4, 5, 8, 10, 20, 25, 40, 50, 100, 200];
/// A folder that was left unfinished this long ago belongs to no one who is still working on it.
const ABANDONED: Duration = Duration::from_secs(6 * 3600);

/// Makes the first `days` days of the sample year in the new folder `folder`, with every `scale`-th pixel.
///
/// `scale` 1 gives 7200 x 2600 pixels. All threads take part, progress is shown, and the folder appears
/// under its name only when it is complete. The same numbers come out every time.
///
/// # Errors
/// If `days` is not 1 to 366, `scale` not one that divides the grid, or the files cannot be written.
///
/// ```
/// # fn main() -> isopleth::Result<()> {
/// # let folder = tempfile::tempdir().unwrap();
/// let sample = folder.path().join("sample");
/// isopleth::lesson::generate(&sample, 2, 100)?;
/// assert_eq!(isopleth::raster::glob(&sample, "*.tif")?.len(), 2);
/// # Ok(()) }
/// ```
pub fn generate(folder: impl AsRef<Path>, days: usize, scale: usize) -> Result<()> {
    let folder = folder.as_ref();
    if !(1..=DAYS).contains(&days) {
        return Err(Error::new(ErrorKind::InvalidArgument, format!("{days} days: the sample year has 1 to {DAYS}")));
    }
    if !SCALES.contains(&scale) {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            format!("scale {scale} does not divide the grid; use one of {SCALES:?}"),
        ));
    }
    if folder.exists() {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            format!("{} exists already; remove it to make the data anew", folder.display()),
        ));
    }
    let unfinished = Unfinished::beside(folder)?;
    write_all(&unfinished.path, days, scale)?;
    unfinished.take_name(folder)
}

fn write_all(folder: &Path, days: usize, scale: usize) -> Result<()> {
    let pool = Pool::new(cpus())?;
    let land = land(scale)?;
    let meta = meta(scale)?;
    let climate = Climate::new();
    let names: Vec<String> = (0..days).map(file_name).collect();
    let job = |day: usize| write_day(&folder.join(&names[day]), &meta, &land, &climate.day(day), scale);
    let files =
        Items { label: "making the sample data, once", unit: "files", total: days, show: &|day| Some(&names[day]) };
    pool.run(&files, &job).map_err(|(_, error)| error)
}

fn write_day(path: &Path, meta: &RasterMeta, land: &Array2<u8>, field: &[f32], scale: usize) -> Result<()> {
    // The cell of the field in which each pixel lies.
    let cell_of = |pixel: usize| ((pixel * scale) as f64 * PIXEL / CELL + 1e-9) as usize;
    let columns: Vec<usize> = (0..meta.width).map(cell_of).collect();
    let mut writer = Raster::create(path, meta)?;
    fill(&mut writer, 1, &mut |rows| {
        let mut pixels = Vec::with_capacity(rows.len() * meta.width);
        for row in rows {
            let cells = &field[cell_of(row) * COLUMNS..][..COLUMNS];
            let land = land.row(row);
            pixels.extend(
                columns.iter().zip(land).map(|(&column, &land)| if land == 0 { NODATA } else { cells[column] }),
            );
        }
        pixels
    })?;
    writer.finish()
}

fn meta(scale: usize) -> Result<RasterMeta> {
    let (height, width) = (FULL.0 / scale, FULL.1 / scale);
    let pixel = PIXEL * scale as f64;
    let mut meta = RasterMeta::new(width, height, DType::F32);
    meta.nodata = Some(f64::from(NODATA));
    meta.crs = Some(Crs::from_epsg(4326)?);
    meta.transform = [WEST, pixel, 0.0, NORTH, 0.0, -pixel];
    meta.block = [STRIP_ROWS, width];
    Ok(meta)
}

/// The land mask with every `scale`-th pixel, the middle one of each group.
fn land(scale: usize) -> Result<Array2<u8>> {
    let full = land::mask()?;
    if scale == 1 {
        return Ok(full);
    }
    let (height, width) = (FULL.0 / scale, FULL.1 / scale);
    Ok(Array2::from_shape_fn((height, width), |(row, column)| {
        full[[row * scale + scale / 2, column * scale + scale / 2]]
    }))
}

/// The folder while it is filled: hidden, and removed unless it takes its name.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    fn beside(folder: &Path) -> Result<Self> {
        let parent = match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let prefix = format!(".{name}.");
        let path = parent.join(format!("{prefix}{}.part", std::process::id()));
        fs::create_dir_all(parent).map_err(|error| not_made(parent, error))?;
        remove_abandoned(parent, &prefix);
        fs::create_dir(&path).map_err(|error| not_made(&path, error))?;
        Ok(Self { path })
    }

    fn take_name(self, folder: &Path) -> Result<()> {
        match fs::rename(&self.path, folder) {
            Ok(()) => Ok(()),
            // Another notebook was quicker; what it made is the same.
            Err(_) if folder.is_dir() => Ok(()),
            Err(error) => Err(not_made(folder, error)),
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After `take_name` there is nothing of this name any more.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes what a killed process left behind: half a gigabyte is a good part of a home quota.
fn remove_abandoned(parent: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let age = entry
            .metadata()
            .and_then(|about| about.modified())
            .ok()
            .and_then(|modified| SystemTime::now().duration_since(modified).ok());
        if name.starts_with(prefix) && name.ends_with(".part") && age.is_some_and(|age| age > ABANDONED) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn not_made(folder: &Path, error: std::io::Error) -> Error {
    let text = format!(
        "no sample data can be made in {}; set ISOPLETH_DATA to a folder with 600 MB of space",
        folder.display()
    );
    Error::with_source(ErrorKind::Io, text, error)
}
