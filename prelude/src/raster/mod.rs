//! Rasters: GDAL's files as arrays of (row, column), read and written.
//!
//! [`Raster::open`] reads a header, [`Raster::read`] a band, [`Raster::create`] begins a new
//! file, and [`glob()`] lists many. [`open_rasters`] makes many files one lazy labelled array.

mod copy;
mod datasets;
pub(crate) mod errors;
mod glob;
mod labelled;
pub(crate) mod library;
mod meta;
mod open;
mod options;
mod pixel;
mod read;
mod save;
mod source;
mod tags;
pub(crate) mod temporary;
#[cfg(test)]
mod tests;
mod write;

pub use glob::glob;
pub use labelled::{OpenRaster, open_raster, open_raster_with, open_rasters, open_rasters_with};
pub use library::gdal_version;
pub use meta::{Crs, IntoCrs, RasterMeta};
pub use open::Raster;
pub use options::{Compression, RasterOptions};
pub use pixel::Pixel;
pub use source::RasterSource;
pub use write::RasterWriter;

pub(crate) use library::with_memory_file;
pub(crate) use meta::{escape, table};
pub(crate) use write::fill;
