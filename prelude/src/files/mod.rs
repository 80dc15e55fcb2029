//! Datasets in files: netCDF, HDF5, GRIB and Zarr 2, read lazily and written window by window.
//!
//! | to | use |
//! |---|---|
//! | open a file | [`open_dataset`], [`open_dataset_with`], [`open_dataarray`] |
//! | open many as one | [`open_datasets`] |
//! | write a file | [`Dataset::to_netcdf`](crate::array::Dataset::to_netcdf), [`DataArray::to_netcdf`](crate::array::DataArray::to_netcdf) |
//!
//! Values come out as xarray's: `_FillValue` and `missing_value` are NaN, packed numbers are unpacked, times are
//! dates, `coordinates` name coordinates. What differs, and why:
//!
//! - Coordinates are always read; data never before it is computed.
//! - A grid mapping becomes the coordinate `spatial_ref`, so that the CRS travels with each array.
//! - Dates of other calendars, and dates that nanoseconds do not reach, are of the type
//!   [`DType::CfTime`](crate::array::DType::CfTime). Times that nobody can tell (years that have no fixed length, zones
//!   without a known offset) stay numbers; the attribute `decoding_note` says why.
//! - Durations stay numbers with their units, as there is no such element type.
//! - A fill value counts as its own rounded to the type of the values (`1e20` for `f32`).
//! - Half precision is read as `f32`.
//! - Text is text in all its shapes: the last dimension of characters is joined where it is the length of texts and nothing
//!   else, as in xarray, and the bytes are UTF-8, or Latin-1 where they are not.
//! - Coordinates that lie along no array's dimensions are there when a file is opened, and are lost by operations on
//!   the dataset.
//! - GRIB is as cfgrib opens it, by [`filter`](DatasetOptions::filter) too. Steps are hours; longitudes go one way, from
//!   -10 to 10 rather than from 350 to 10; the coordinate `spatial_ref`, and `x` and `y` of grids on a map, are there for
//!   clipping and reprojecting. Parameters that no table knows are named by their codes, `unknown_0_192_7`.
//!
//! A file goes through four hands: a format (`formats`) reads its header, the coders (`coders`) decide what its
//! numbers stand for, `assemble` says what is a coordinate, and a source (`source`) reads windows when they are asked for.

mod assemble;
mod attribute;
mod characters;
mod coders;
mod create;
mod csv;
mod encoders;
mod errors;
mod file_type;
mod formats;
mod grib;
mod header;
mod library;
mod many;
mod open;
mod opening;
mod options;
mod read;
mod reader;
mod source;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod time_tests;
mod write;

#[cfg(fuzzing)]
#[doc(hidden)]
pub use formats::classic::fuzzing;
pub use many::open_datasets;
pub use open::{open_dataarray, open_dataset, open_dataset_with};
pub use options::DatasetOptions;
pub use write::NetcdfOptions;

pub(crate) use reader::VariableReader;
