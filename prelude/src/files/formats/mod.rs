//! The formats of datasets: each says which files it can open, and opens them.
//!
//! A new format is a file here with a type that is a [`Format`], and a line in the list.

pub(super) mod classic;
mod grib;
mod hdf5;
mod other;
mod through_gdal;
mod zarr;

use super::errors;
use super::library;
use super::opening::Opening;
use super::options::DatasetOptions;
use crate::Result;
use crate::array::Dataset;
use crate::disk;
use std::path::Path;
use std::sync::Arc;

/// A format of datasets.
trait Format: Sync {
    /// As messages call it.
    fn name(&self) -> &'static str;

    /// Whether this is the format of the file, as far as its path and its first bytes tell.
    fn can_open(&self, path: &Path, first_bytes: &[u8]) -> bool;

    /// The dataset in the file.
    ///
    /// # Errors
    /// If it is damaged, or has something that is not supported.
    fn open(&self, opening: &Arc<Opening>) -> Result<Dataset>;
}

/// In the order in which they are asked.
static FORMATS: [&dyn Format; 5] = [&classic::ClassicNetcdf, &hdf5::Hdf5, &grib::Grib, &zarr::Zarr, &other::Other];

/// Bytes that formats are told by; HDF5 may begin as late as this, after a block of somebody else's.
const FIRST_BYTES: usize = 2048 + 8;

/// Opens `path` in the format that it has.
///
/// # Errors
/// If no format knows it, or the one that does cannot open it.
pub(super) fn open(path: &Path, options: &DatasetOptions) -> Result<Dataset> {
    if let Some(error) = errors::url(path) {
        return Err(error);
    }
    disk::refuse_special(path)?;
    opened(&Opening::of(path, options))
}

/// The same, of an opening that remembers what is found.
///
/// # Errors
/// As [`open`].
pub(super) fn opened(opening: &Arc<Opening>) -> Result<Dataset> {
    let path = opening.path();
    let first = library::first_bytes(path, FIRST_BYTES);
    let ds = match FORMATS.iter().find(|format| format.can_open(path, &first)) {
        Some(format) => format.open(opening)?,
        None => return Err(errors::not_opened(path, "")),
    };
    opening.labelled(&ds);
    Ok(ds)
}

/// The format that the first bytes announce, as messages call it.
pub(super) fn announced(path: &Path) -> Option<&'static str> {
    let first = library::first_bytes(path, FIRST_BYTES);
    FORMATS
        .iter()
        .find(|format| format.can_open(path, &first))
        .map(|format| format.name())
        .filter(|name| !name.is_empty())
}
