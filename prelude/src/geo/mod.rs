//! Maps: where an array lies, in which coordinate reference system, and which of its pixels an area covers.

mod array;
mod crs;
mod grid;
pub(crate) mod land;
mod polygons;
pub(crate) mod rasterize;

pub(crate) use array::SPATIAL_REF;
pub(crate) use crs::epsg;
pub use crs::{Crs, IntoCrs};
pub(crate) use grid::Grid;
pub use polygons::{IntoPolygons, Polygons};
