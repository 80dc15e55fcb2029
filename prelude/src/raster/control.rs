//! Rasters whose place is known by single points or by formulas, and not by a transform.

use super::Raster;
use crate::geo::Crs;

/// A ground control point: a place in the raster whose place on the ground is known.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Gcp {
    /// Columns from the left edge; 0.5 is the middle of the first pixel.
    pub pixel: f64,
    /// Rows from the upper edge.
    pub line: f64,
    /// In the units of the CRS of the points, [`Raster::gcp_crs`].
    pub x: f64,
    /// In the units of the CRS of the points.
    pub y: f64,
    /// The height, mostly in metres; 0 where it is not known.
    pub z: f64,
}

/// Where a raster lies, if a transform does not say it.
#[derive(Debug, Clone, Default)]
pub(super) struct Control {
    pub gcps: Vec<Gcp>,
    pub crs: Option<Crs>,
    /// Names and values of the rational polynomial coefficients.
    pub rpcs: Vec<(String, String)>,
}

impl Raster {
    /// The ground control points; none for most files, whose [`transform`](Raster::transform) says where they lie.
    ///
    /// A file with control points and without a transform has [`has_transform`](Raster::has_transform) false: its
    /// transform gives the numbers of columns and rows.
    pub fn gcps(&self) -> &[Gcp] {
        &self.control().gcps
    }

    /// The CRS of the [control points](Raster::gcps), if there are any and it is known.
    pub fn gcp_crs(&self) -> Option<Crs> {
        self.control().crs.clone()
    }

    /// The rational polynomial coefficients of an image from a satellite, by name, as text; empty for most files.
    pub fn rpcs(&self) -> &[(String, String)] {
        &self.control().rpcs
    }
}
