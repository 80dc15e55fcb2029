//! Why a file did not open as a dataset.

use crate::disk::shown;
use crate::gdal::errors;
use crate::{Error, ErrorKind};
use std::fs;
use std::path::Path;

/// Why GDAL did not open `path`, given what it said.
pub(super) fn not_opened(path: &Path, said: &str) -> Error {
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "{} is a folder without Zarr's .zgroup, .zarray or zarr.json; open a file, or a Zarr store",
                shown(path)
            ),
        ),
        Ok(about) if about.len() > 0 => match known(path) {
            Some(format) => Error::new(
                ErrorKind::Damaged,
                format!("{} begins like {format} but is damaged or cut short ({said}); copy it again", shown(path)),
            ),
            None => Error::new(
                ErrorKind::Damaged,
                format!(
                    "{} is not netCDF, HDF5, GRIB or Zarr; for a GeoTIFF and the like there is open_raster",
                    shown(path)
                ),
            ),
        },
        // Not there, not readable, empty: the same words as for rasters.
        _ => errors::not_opened(path, said),
    }
}

/// The format that the first bytes announce.
fn known(path: &Path) -> Option<&'static str> {
    use std::io::Read as _;
    let mut bytes = [0; 4];
    fs::File::open(path).ok()?.read_exact(&mut bytes).ok()?;
    match &bytes {
        b"CDF\x01" | b"CDF\x02" | b"CDF\x05" => Some("netCDF"),
        b"\x89HDF" => Some("netCDF-4 or HDF5"),
        _ => None,
    }
}
