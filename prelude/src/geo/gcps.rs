//! Ground control points: how images lie on the map that have no transform.

use super::Crs;
use gdal::Dataset;
use gdal::errors::GdalError;
use std::ffi::{CString, c_int};

/// Ground control points: places on the map of some pixels, for images that have no transform.
#[derive(Debug, Clone, PartialEq)]
pub struct Gcps {
    /// The system of the places.
    pub crs: Option<Crs>,
    /// The points.
    pub points: Vec<Gcp>,
}

/// One ground control point.
#[derive(Debug, Clone, PartialEq)]
pub struct Gcp {
    /// The column, in pixels from the left edge.
    pub column: f64,
    /// The row, in pixels from the upper edge.
    pub row: f64,
    /// The place, in the units of the system of the points.
    pub x: f64,
    /// See [`x`](Self::x).
    pub y: f64,
    /// The height.
    pub z: f64,
}

impl Gcps {
    /// Gives the points to a dataset.
    pub(crate) fn set(&self, dataset: &Dataset) -> Result<(), GdalError> {
        let names: Vec<CString> =
            (1..=self.points.len()).map(|number| CString::new(number.to_string()).unwrap_or_default()).collect();
        let empty = CString::default();
        let list: Vec<gdal_sys::GDAL_GCP> = self
            .points
            .iter()
            .zip(&names)
            .map(|(gcp, name)| gdal_sys::GDAL_GCP {
                pszId: name.as_ptr().cast_mut(),
                pszInfo: empty.as_ptr().cast_mut(),
                dfGCPPixel: gcp.column,
                dfGCPLine: gcp.row,
                dfGCPX: gcp.x,
                dfGCPY: gcp.y,
                dfGCPZ: gcp.z,
            })
            .collect();
        let crs = self.crs.as_ref().map(Crs::reference).transpose()?;
        let reference = crs.as_ref().map_or(std::ptr::null_mut(), |crs| crs.to_c_hsrs());
        let count = list.len() as c_int;
        // SAFETY: the dataset is open; GDAL copies the points, whose texts live until after the call, and the reference.
        let outcome = unsafe { gdal_sys::GDALSetGCPs2(dataset.c_dataset(), count, list.as_ptr(), reference) };
        match outcome {
            gdal_sys::CPLErr::CE_None => Ok(()),
            _ => Err(GdalError::BadArgument("the control points could not be set".to_owned())),
        }
    }
}
