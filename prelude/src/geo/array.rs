//! What makes an array a map: its CRS, its transform, its nodata value.

use super::{Crs, IntoCrs};
use crate::Result;
use crate::array::{Attr, Coord, DataArray, Labels};

/// The coordinate that carries the CRS, as rioxarray and CF conventions name it.
pub(crate) const SPATIAL_REF: &str = "spatial_ref";
const ACROSS: [&str; 3] = ["x", "lon", "longitude"];
const DOWN: [&str; 3] = ["y", "lat", "latitude"];

impl DataArray {
    /// The coordinate reference system as WKT, if the array has one.
    pub fn crs(&self) -> Option<&str> {
        self.coords().get(SPATIAL_REF)?.attrs().get("crs_wkt")?.as_str()
    }

    /// The EPSG code of the coordinate reference system, if it has one.
    pub fn crs_epsg(&self) -> Option<u32> {
        Crs::from_wkt(self.crs()?).ok()?.epsg()
    }

    /// The array with the coordinate reference system `crs`: a code (`"EPSG:4326"`, or the number alone), WKT, a PROJ
    /// string, or a [`Crs`]. Nothing is reprojected; [`reproject`](Self::reproject) does that.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(ndarray::array![[1.0, 2.0]], ["y", "x"])?.with_crs("EPSG:32633")?;
    /// assert_eq!(da.crs_epsg(), Some(32633));
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such system, or `spatial_ref` is a dimension of the array.
    pub fn with_crs(&self, crs: impl IntoCrs) -> Result<Self> {
        self.set_crs(&crs.into_crs()?)
    }

    pub(crate) fn set_crs(&self, crs: &Crs) -> Result<Self> {
        let known = self.coords().get(SPATIAL_REF).cloned();
        self.coord(SPATIAL_REF, known.unwrap_or_else(|| Coord::scalar(0)).attr("crs_wkt", crs.wkt()))
    }

    /// The dimensions that run down and across the map: `y` and `x`, or `lat` and `lon`, or `latitude` and `longitude`.
    pub(crate) fn map_dims(&self) -> Option<[&'static str; 2]> {
        let named = |names: &[&'static str]| names.iter().copied().find(|name| self.axis_of(name).is_some());
        Some([named(&DOWN)?, named(&ACROSS)?])
    }

    /// The value that stands for "no value" in the file that the array came from (attribute `_FillValue`).
    ///
    /// In the array itself missing values are NaN.
    pub fn nodata(&self) -> Option<f64> {
        self.get_attr("_FillValue").and_then(Attr::as_f64)
    }

    /// From pixel to map coordinates, in GDAL's order: the left edge, the pixel's width, 0, the top edge, 0,
    /// the pixel's height (negative where north is up).
    ///
    /// It follows from the coordinates of the pixel centres, so it is right for any part of a raster. `None` if the array
    /// has no evenly spaced x and y (also called lon and lat, longitude and latitude).
    pub fn transform(&self) -> Option<[f64; 6]> {
        let written = self.written_transform();
        let (left, width) = self.edge(&ACROSS, written.map(|numbers| numbers[1]))?;
        let (top, height) = self.edge(&DOWN, written.map(|numbers| numbers[5]))?;
        Some([left, width, 0.0, top, 0.0, height])
    }

    /// The outer edge before the first pixel, and the step, of the first of `names` that is a dimension.
    fn edge(&self, names: &[&str], step_of_one: Option<f64>) -> Option<(f64, f64)> {
        let labels = Labels::of(names.iter().find_map(|name| self.index_of(name))?.values());
        let first = match &labels {
            Labels::Float(labels) => *labels.first()?,
            Labels::Int(labels) => *labels.first()? as f64,
            Labels::Large(labels) => *labels.first()? as f64,
            Labels::Time(..) | Labels::Text(_) => return None,
        };
        // A single pixel does not tell its size; then the transform that came with the file does.
        let step = if labels.len() == 1 { step_of_one? } else { labels.even_step()? };
        Some((first - step / 2.0, step))
    }

    /// The transform as the file had it: numbers, or rioxarray's text of numbers.
    fn written_transform(&self) -> Option<[f64; 6]> {
        let numbers = match self.coords().get(SPATIAL_REF)?.attrs().get("GeoTransform")? {
            Attr::Numbers(numbers) => numbers.clone(),
            Attr::Text(text) => text.split_whitespace().filter_map(|number| number.parse().ok()).collect(),
            _ => return None,
        };
        numbers.try_into().ok()
    }
}
