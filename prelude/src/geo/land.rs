//! The bundled land mask: the coasts of the sample data, and of maps.

use crate::Result;
use crate::gdal::library;
use crate::{Error, ErrorKind};
use gdal::Dataset;
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
    let read = |path: &std::path::Path| {
        library::call(|| {
            let size = (SHAPE.1, SHAPE.0);
            Ok(Dataset::open(path)?.rasterband(1)?.read_as::<u8>((0, 0), size, size, None)?.into_shape_and_vec().1)
        })
    };
    let cells = library::with_memory_file(LAND, "isopleth-land.tif", read)?
        .map_err(|said| Error::new(ErrorKind::Other, format!("the land mask: {said}")))?;
    Ok(Array2::from_shape_vec(SHAPE, cells)?)
}
