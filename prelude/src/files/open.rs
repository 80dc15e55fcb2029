//! Opening a dataset: the functions for users.

use super::formats;
use super::options::DatasetOptions;
use crate::array::{DataArray, Dataset};
use crate::disk::shown;
use crate::{Error, ErrorKind, Result};
use std::path::Path;

/// The file as a dataset of lazy arrays: netCDF (3 and 4), HDF5, GRIB, or a Zarr 2 folder. Headers and coordinates are read.
///
/// Every variable is an array with its dimensions, coordinates and attributes, decoded as [the module](super) says.
/// A variable with the name of its only dimension holds the labels of it; those that an attribute `coordinates`
/// names are coordinates too. HDF5 without names of dimensions gets those of the netCDF library, `phony_dim_0` and so
/// on. Zarr 3, which Python writes unless told `zarr_format=2`, needs a GDAL that
/// reads its final form; 3.6 does not.
///
/// What cannot be read, such as records, complex numbers and values packed with a filter that is not installed, is left
/// out; the attribute `not_read` of the dataset names it and says why.
///
/// ```no_run
/// use isopleth::prelude::*;
/// let ds = open_dataset("eraint_uvz.nc")?;
/// let wind = ds["u"].sel(sel! { level: 500 })?.mean("month")?;
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// If there is no such file (the error names similar ones), it is none of these formats, it is no file but a pipe or a
/// device, or it is damaged.
pub fn open_dataset(path: impl AsRef<Path>) -> Result<Dataset> {
    opened(path.as_ref(), &DatasetOptions::new())
}

/// [`open_dataset`] with a choice of what is decoded, and of the group.
///
/// # Errors
/// As [`open_dataset`], and if there is no such group; the error names those there are.
pub fn open_dataset_with(path: impl AsRef<Path>, options: impl std::borrow::Borrow<DatasetOptions>) -> Result<Dataset> {
    opened(path.as_ref(), options.borrow())
}

/// The only array of a file, with its coordinates.
///
/// # Errors
/// As [`open_dataset`], and if the file holds several arrays; the error names them.
pub fn open_dataarray(path: impl AsRef<Path>) -> Result<DataArray> {
    let path = path.as_ref();
    let ds = opened(path, &DatasetOptions::new())?;
    match ds.arrays() {
        [only] => Ok(only.clone()),
        [] => Err(Error::new(ErrorKind::NotFound, format!("{} holds no array besides coordinates", shown(path)))),
        many => Err(Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "{} holds {} arrays; choose one: open_dataset(…)?[…], with {}",
                shown(path),
                many.len(),
                ds.names().collect::<Vec<_>>().join(", ")
            ),
        )),
    }
}

pub(super) fn opened(path: &Path, options: &DatasetOptions) -> Result<Dataset> {
    formats::open(path, options)
}
