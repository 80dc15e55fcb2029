//! Where a raster lies: size, transform and coordinate reference system, in one place.

use super::Crs;
use gdal::errors::GdalError;
use gdal::raster::GdalType;
use gdal::{Dataset, DriverManager};

/// Rows and columns on a map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grid {
    pub crs: Crs,
    pub transform: [f64; 6],
    pub height: usize,
    pub width: usize,
}

impl Grid {
    /// The rows `from..to` of it.
    pub fn rows(&self, from: usize, to: usize) -> Self {
        let mut transform = self.transform;
        transform[3] += from as f64 * transform[5];
        Self { transform, height: to - from, ..self.clone() }
    }

    /// A dataset of that size and place, in memory, with one band.
    pub(crate) fn dataset<T: GdalType>(&self) -> Result<Dataset, GdalError> {
        let mut dataset = self.dataset_without_crs::<T>()?;
        dataset.set_spatial_ref(&self.crs.reference()?)?;
        Ok(dataset)
    }

    /// The same for what needs to know only where its pixels are.
    pub(crate) fn dataset_without_crs<T: GdalType>(&self) -> Result<Dataset, GdalError> {
        let driver = DriverManager::get_driver_by_name("MEM")?;
        let mut dataset = driver.create_with_band_type::<T, _>("", self.width, self.height, 1)?;
        dataset.set_geo_transform(&self.transform)?;
        Ok(dataset)
    }
}
