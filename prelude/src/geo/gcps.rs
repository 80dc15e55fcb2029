//! Ground control points: how images lie on the map that have no transform.

use super::Crs;
use super::grid::NEAR;
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
    /// Lends the points to GDAL, as it has them.
    fn with_list<R>(&self, work: impl FnOnce(&[gdal_sys::GDAL_GCP]) -> R) -> R {
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
        work(&list)
    }

    /// The transform on which all points lie, if there is one: points of the corners of an upright image are one.
    pub(crate) fn transform(&self) -> Option<[f64; 6]> {
        let mut transform = [0.0; 6];
        // Two points fix no image that may be turned.
        let found = self.points.len() >= 3
            && self.with_list(|list| {
                // SAFETY: the points and their texts live until after the call, which writes the six numbers.
                unsafe {
                    gdal_sys::GDALGCPsToGeoTransform(list.len() as c_int, list.as_ptr(), transform.as_mut_ptr(), 0) != 0
                }
            });
        // GDAL is content with a quarter of a pixel.
        let t = transform;
        let pixel = t[1].abs().max(t[2].abs()).min(t[4].abs().max(t[5].abs()));
        let off = |gcp: &Gcp| {
            let (x, y) = (t[0] + gcp.column * t[1] + gcp.row * t[2], t[3] + gcp.column * t[4] + gcp.row * t[5]);
            (x - gcp.x).abs().max((y - gcp.y).abs())
        };
        (found && self.points.iter().all(|gcp| off(gcp) <= NEAR * pixel)).then_some(transform)
    }

    /// Gives the points to a dataset.
    pub(crate) fn set(&self, dataset: &Dataset) -> Result<(), GdalError> {
        let crs = self.crs.as_ref().map(Crs::reference).transpose()?;
        let reference = crs.as_ref().map_or(std::ptr::null_mut(), |crs| crs.to_c_hsrs());
        let outcome = self.with_list(|list| {
            // SAFETY: the dataset is open; GDAL copies the points, whose texts live until after the call, and the
            // reference.
            unsafe { gdal_sys::GDALSetGCPs2(dataset.c_dataset(), list.len() as c_int, list.as_ptr(), reference) }
        });
        match outcome {
            gdal_sys::CPLErr::CE_None => Ok(()),
            _ => Err(GdalError::BadArgument("the control points could not be set".to_owned())),
        }
    }
}
