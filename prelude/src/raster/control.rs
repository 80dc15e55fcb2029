//! Rasters whose place is known by single points or by formulas, and not by a transform.

use super::Raster;
use crate::geo::{Crs, Gcp, Gcps};
use std::sync::Arc;

/// Where a raster lies, if a transform does not say it.
#[derive(Debug, Clone, Default)]
pub(super) struct Control {
    pub gcps: Option<Arc<Gcps>>,
    /// Names and values of the rational polynomial coefficients.
    pub rpcs: Vec<(String, String)>,
}

impl Raster {
    /// The ground control points; none for most files, whose [`transform`](Raster::transform) says where they lie.
    ///
    /// A file with control points and without a transform has [`has_transform`](Raster::has_transform) false: its
    /// transform gives the numbers of columns and rows.
    pub fn gcps(&self) -> &[Gcp] {
        self.control().gcps.as_deref().map_or(&[], |gcps| &gcps.points)
    }

    /// The CRS of the [control points](Raster::gcps), if there are any and it is known.
    pub fn gcp_crs(&self) -> Option<Crs> {
        self.control().gcps.as_ref()?.crs.clone()
    }

    /// The rational polynomial coefficients of an image from a satellite, by name, as text; empty for most files.
    pub fn rpcs(&self) -> &[(String, String)] {
        &self.control().rpcs
    }
}
