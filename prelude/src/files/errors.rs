//! Why a file did not open as a dataset: what GDAL, HDF5 or the system said, and what to try.

use super::formats;
use crate::disk::shown;
use crate::gdal::errors;
use crate::gdal::library::NO_REASON;
use crate::{Error, ErrorKind};
use std::fs;
use std::path::Path;

/// An address is no path; it says which path leads to it.
pub(super) fn url(path: &Path) -> Option<Error> {
    let address = path.to_str()?;
    let scheme = address.split_once("://")?.0;
    if !scheme.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return None;
    }
    let way = match scheme {
        "http" | "https" | "ftp" => format!(
            "open_dataset(\"/vsicurl/{address}\") reads it over the net piece by piece, if GDAL was built for that; \
             what a server computes (OPeNDAP) has to be copied first"
        ),
        "s3" => format!("GDAL calls it /vsis3/{}", &address[5..]),
        "gs" => format!("GDAL calls it /vsigs/{}", &address[5..]),
        "file" => format!("leave out the beginning: {}", &address[7..]),
        _ => "copy it into a file first".to_owned(),
    };
    Some(Error::new(ErrorKind::InvalidArgument, format!("{address} is an address, not a path: {way}")))
}

/// Why GDAL did not open `path`, given what it said.
pub(super) fn not_opened(path: &Path, said: &str) -> Error {
    let reason = |words: &str| if said.is_empty() { words.to_owned() } else { said.trim_end_matches('.').to_owned() };
    if super::library::is_virtual(path) {
        let why = reason(NO_REASON);
        return Error::new(ErrorKind::Io, format!("{} cannot be opened: {why}", shown(path)));
    }
    match fs::metadata(path) {
        Ok(about) if about.is_dir() && formats::announced(path).is_some() => {
            Error::new(ErrorKind::Damaged, format!("{} cannot be opened: {}", shown(path), reason(NO_REASON)))
        }
        Ok(about) if about.is_dir() => Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "{} is a folder without Zarr's .zgroup, .zarray or zarr.json; open a file, or a Zarr store",
                shown(path)
            ),
        ),
        // Readable, or the system says why it is not.
        Ok(about) if about.len() > 0 && fs::File::open(path).is_ok() => match formats::announced(path) {
            Some(format) => Error::new(
                ErrorKind::Damaged,
                format!(
                    "{} begins like {format} but cannot be opened: {}; it may be damaged or cut short",
                    shown(path),
                    reason(NO_REASON)
                ),
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
