//! Rasters: GDAL's files as arrays of (row, column), read and written.
//!
//! [`Raster::open`] reads a header, [`Raster::read`] a band, [`Raster::create`] begins a new
//! file, and [`glob()`] lists many. [`open_rasters`] makes many files one lazy labelled array.

mod burn;
mod clip;
mod copy;
mod datasets;
mod decode;
pub(crate) mod errors;
mod fresh;
mod glob;
mod labelled;
pub(crate) mod library;
mod locate;
mod meta;
mod open;
mod options;
mod pixel;
mod planes;
mod polygons;
mod read;
mod reproject;
mod save;
mod source;
mod tags;
pub(crate) mod temporary;
#[cfg(test)]
mod tests;
mod warp;
mod write;
mod zonal;

pub use clip::Clip;
pub use decode::Decoder;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use decode::fuzzing;
pub use glob::glob;
pub use labelled::{OpenRaster, open_raster, open_raster_with, open_rasters, open_rasters_with};
pub use library::gdal_version;
pub use meta::{Crs, IntoCrs, RasterMeta};
pub use open::Raster;
pub use options::{Compression, RasterOptions};
pub use pixel::Pixel;
pub use polygons::{IntoPolygons, Polygons};
pub use reproject::{Reproject, Resampling};
pub use source::RasterSource;
pub use write::RasterWriter;
pub use zonal::Zonal;

pub(crate) use labelled::transform_text;
pub(crate) use library::with_memory_file;
pub(crate) use meta::{escape, table};
pub(crate) use write::fill;
