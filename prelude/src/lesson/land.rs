//! The bundled land mask: the coasts of the sample data, and of maps.

use crate::Result;
use crate::raster::{Raster, with_memory_file};
use ndarray::Array2;

/// Natural Earth 1:10m land on the lesson's grid; 1 is land.
static LAND: &[u8] = include_bytes!("../../data/land_0p05.tif");

/// Side of a pixel in degrees.
pub(crate) const PIXEL: f64 = 0.05;
/// The western and the northern edge.
pub(crate) const CORNER: (f64, f64) = (-180.0, 70.0);
/// Rows and columns.
pub(crate) const SHAPE: (usize, usize) = (2600, 7200);

/// The mask, of shape (row, column), row 0 in the north; 1 is land.
///
/// # Errors
/// If GDAL cannot decode it.
pub(crate) fn mask() -> Result<Array2<u8>> {
    with_memory_file(LAND, "isopleth-land.tif", |path| Raster::open(path)?.read::<u8>(1))?
}
