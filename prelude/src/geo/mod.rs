//! Maps: where an array lies, in which coordinate reference system, and which of its pixels an area covers.

mod array;
mod crs;
mod crs_from_cf;
mod encoding;
mod gcps;
mod georeference;
mod grid;
pub(crate) mod land;
mod longitudes;
mod polygons;
pub(crate) mod rasterize;

pub(crate) use array::{GEO_TRANSFORM, NoGrid, SPATIAL_REF, runs_down};
pub(crate) use crs::epsg;
pub use crs::{Crs, IntoCrs};
pub use encoding::Encoding;
pub(crate) use encoding::{BandEncoding, Details, cannot_hold, holds};
pub use gcps::{Gcp, Gcps};
pub(crate) use georeference::{Georeference, Place, transform_text};
pub use grid::Grid;
pub(crate) use grid::{Cells, NO_TRANSFORM, bounds, same_transform};
pub(crate) use longitudes::{Columns, TURNS, unrolled};
pub use polygons::{IntoPolygons, Polygons};
