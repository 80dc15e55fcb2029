//! Rasters: GDAL's files as arrays of (row, column), read and written.
//!
//! [`Raster::open`] reads a header, [`Raster::read`] a band, [`Raster::create`] begins a new
//! file, and [`glob()`] lists many. [`open_rasters`] makes many files one lazy labelled array.

mod clip;
mod clip_polygons;
mod control;
mod copy;
mod current;
mod datasets;
mod decode;
mod encode;
mod handle;
mod labelled;
mod locate;
mod mask;
mod meta;
mod missing;
mod open;
mod options;
mod per_band;
mod pixel;
mod planes;
mod read;
mod reproject;
mod save;
mod source;
mod sources;
mod tags;
mod target_grid;
#[cfg(test)]
mod tests;
mod transfer;
mod warp;
mod write;
mod zonal;

pub use crate::disk::glob;
pub use crate::gdal::gdal_version;
pub use crate::geo::{Crs, Gcp, Gcps, IntoCrs, IntoPolygons, Polygons};
pub use clip_polygons::Clip;
pub use decode::Decoder;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use decode::fuzzing;
pub use labelled::{OpenRaster, open_raster, open_raster_with, open_rasters, open_rasters_with};
pub use meta::RasterMeta;
pub use open::Raster;
pub use options::{Compression, RasterOptions};
pub use pixel::Pixel;
pub use reproject::{Reproject, Resampling};
pub use source::RasterSource;
pub use write::RasterWriter;
pub use zonal::Zonal;

pub(crate) use source::BandReader;
pub(crate) use warp::WarpReader;
pub(crate) use write::fill;
pub(crate) use zonal::ZonesReader;
