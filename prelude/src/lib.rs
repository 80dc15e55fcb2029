//! Isopleth's prelude: everything a notebook cell sees without `:dep` or `use`.
//!
//! The crate is also an ordinary library: `use isopleth::prelude::*;` in a
//! program gives the same names as a cell has.
//!
//! | to | look in |
//! |---|---|
//! | open, read and write rasters | [`raster`] |
//! | open and write netCDF, GRIB, HDF5, Zarr | [`files`] |
//! | work with labelled arrays | [`array`] |
//! | see how lazy arrays are computed | [`lazy`] |
//! | use every core | [`parallel`] |
//! | draw | [`plot`] |
//! | show values in a notebook | [`display`] |
//! | make a program of a notebook | [`program`] |
//! | ask the person at the notebook | [`input`] |
//! | talk with an extension of the frontend | [`comm`] |
//! | make and split dates | [`time`] |
//! | find or make the lesson's data | [`lesson`] |
//! | check the answers to exercises | [`check`] |

pub mod array;
#[doc(hidden)]
pub mod bus;
pub mod cancel;
pub mod check;
pub mod comm;
pub mod disk;
pub mod display;
pub mod error;
pub mod files;
pub mod gdal;
pub mod geo;
#[doc(hidden)]
pub mod guard;
mod html;
pub mod input;
pub mod lazy;
pub mod lesson;
mod limits;
pub mod parallel;
pub mod plans;
pub mod plot;
mod prefetch;
pub mod prelude;
pub mod program;
pub mod raster;
#[doc(hidden)]
pub mod runtime;
pub mod time;
pub mod values;

pub use error::{Error, ErrorKind, Result};
/// Positions for [`DataArray::isel`](array::DataArray::isel), one per axis and half open: `s![.., 1000..1500, 3000..4000]`.
///
/// It is ndarray's own macro: the same `s![…]` slices an ndarray array and a `DataArray`.
pub use ndarray::s;
