//! What a file says of itself before a value is read, whatever its format.

use super::attribute::GivenAttrs;
use super::source::Place;

/// A variable as the file has it.
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) attrs: GivenAttrs,
    /// The CRS that GDAL makes of its grid mapping.
    pub(super) wkt: Option<String>,
}

/// What the header of a file says.
#[derive(Default)]
pub(super) struct Header {
    pub(super) variables: Vec<Variable>,
    pub(super) attrs: GivenAttrs,
    /// Variables that arrays cannot hold, each with the reason.
    pub(super) skipped: Vec<(String, String)>,
}

/// Dimensions that occur twice, as in a covariance, get a number: an array here has each name once.
pub(super) fn own_names(dims: Vec<String>) -> Vec<String> {
    let mut named: Vec<String> = Vec::with_capacity(dims.len());
    for dim in dims {
        let name = if named.contains(&dim) { format!("{dim}_{}", named.len() + 1) } else { dim };
        named.push(name);
    }
    named
}
