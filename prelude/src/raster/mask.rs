//! Masks: which pixels of a raster are there, as GDAL and rasterio answer it.

use super::missing::Missing;
use super::{Raster, RasterSource, datasets, read};
use crate::Result;
use crate::cancel;
use crate::gdal::library;
use crate::lazy::Source as _;
use ndarray::Array2;
use std::ops::Range;

impl Raster {
    /// Which pixels of a band have a value, as (row, column): false where one is missing.
    ///
    /// A mask in the file or in a `.msk` file beside it goes before the nodata value, and that before an alpha band, of
    /// which 0 means missing. [`read`](Raster::read) gives the numbers that stand there all the same.
    ///
    /// ```
    /// # fn main() -> isopleth::Result<()> {
    /// use isopleth::{array::DType, raster::{Raster, RasterMeta}};
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("small.tif");
    /// let mut meta = RasterMeta::new(3, 1, DType::F32);
    /// meta.nodata = Some(-9999.0);
    /// let mut writer = Raster::create(&path, &meta)?;
    /// writer.write(&ndarray::array![[1f32, -9999., 3.]], 1)?;
    /// writer.finish()?;
    ///
    /// let raster = Raster::open(&path)?;
    /// assert_eq!(raster.read_mask(1)?, ndarray::array![[true, false, true]]);
    /// assert_eq!(raster.dataset_mask()?, raster.read_mask(1)?);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// If there is no such band, or the file turns out to be damaged.
    pub fn read_mask(&self, band: usize) -> Result<Array2<bool>> {
        let all = Window { rows: 0..self.height(), columns: 0..self.width() };
        // GDAL's numbers, and what they say.
        read::refuse_large(self, (self.height(), self.width()), 2)?;
        let mask = valid(self, band, &all)?;
        Ok(Array2::from_shape_fn((self.height(), self.width()), |(row, column)| {
            mask.get(row * self.width() + column).is_some_and(|&mask| mask != 0)
        }))
    }

    /// Which pixels have a value in any band, as (row, column). A mask or an alpha band of the whole file is that.
    ///
    /// # Errors
    /// If the file turns out to be damaged.
    pub fn dataset_mask(&self) -> Result<Array2<bool>> {
        let mut mask = self.read_mask(1)?;
        if self.has_shared_mask() {
            return Ok(mask);
        }
        for band in 2..=self.count() {
            mask |= &self.read_mask(band)?;
        }
        Ok(mask)
    }
}

/// A part of a band: half open, from the upper left corner.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub rows: Range<usize>,
    pub columns: Range<usize>,
}

/// GDAL's mask of a window, row by row: 0 where a pixel is missing.
///
/// # Errors
/// If there is no such band or window, the file is damaged, or Stop was pressed.
pub(super) fn valid(raster: &Raster, band: usize, window: &Window) -> Result<Vec<u8>> {
    let facts = raster.band(band)?;
    let mut mask = vec![u8::MAX; window.rows.len() * window.columns.len()];
    if mask.is_empty() || facts.missing == Missing::Never && facts.nodata.is_none() {
        return Ok(mask);
    }
    if let Missing::Exactly(_) = facts.missing {
        // GDAL's own mask is made of the nodata value as GDAL has read it.
        let (rows, columns) = (window.rows.clone(), window.columns.clone());
        let values = RasterSource::new(raster, band)?.read(&[rows, columns])?.to_vec::<f64>()?;
        return Ok(values.into_iter().map(|value| if value.is_nan() { 0 } else { u8::MAX }).collect());
    }
    raster.check_current()?;
    let rows_at_once = read::slab_rows(facts.block[0], window.columns.len());
    datasets::with(raster.path(), raster.overview(), |dataset| {
        let failed = |rows: &Range<usize>, said: &str| read::failed(raster.path(), band, rows, said);
        let source = library::call(|| dataset.rasterband(band)).map_err(|said| failed(&window.rows, &said))?;
        let source = library::call(|| source.open_mask_band()).map_err(|said| failed(&window.rows, &said))?;
        let mut rest = &mut mask[..];
        let mut from = window.rows.start;
        while from < window.rows.end {
            cancel::check()?;
            let to = ((from / rows_at_once + 1) * rows_at_once).min(window.rows.end);
            let (part, later) = rest.split_at_mut((to - from) * window.columns.len());
            // Sizes that GDAL accepted at open fit in its 32-bit integers.
            let origin = (window.columns.start as isize, from as isize);
            let size = (window.columns.len(), to - from);
            library::call(|| source.read_into_slice(origin, size, size, part, None))
                .map_err(|said| failed(&(from..to), &said))?;
            rest = later;
            from = to;
        }
        Ok(())
    })?;
    Ok(mask)
}
