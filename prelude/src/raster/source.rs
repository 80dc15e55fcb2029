//! One band of one file as the leaf of a lazy plan: read by windows, missing values as NaN.

use super::decode::{Decoded, Decoder};
use super::meta::block_text;
use super::read::into;
use super::transfer::Transfer;
use super::{Pixel, Raster};
use crate::disk::file_name;
use crate::lazy::Source;
use crate::values::buffers;
use crate::values::{DType, Element, Values};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;
use std::path::Path;

/// A band to read later, by windows and from many threads.
///
/// Where the band has a nodata value, values equal to it become NaN, and integers become floats that
/// hold them all. Where it has none, values and type are the file's own.
#[derive(Debug, Clone)]
pub struct RasterSource {
    raster: Raster,
    band: usize,
    shape: [usize; 2],
    block: [usize; 2],
    /// The type in the file.
    stored: DType,
    dtype: DType,
    missing: Option<f64>,
}

impl RasterSource {
    /// Band number `band`, counted from 1, of `raster`.
    ///
    /// # Errors
    /// If there is no such band.
    pub fn new(raster: &Raster, band: usize) -> Result<Self> {
        Self::of(raster, band, true)
    }

    /// The same with values and type as they are in the file: a missing value is the number that stands for it.
    ///
    /// # Errors
    /// If there is no such band.
    pub fn unmasked(raster: &Raster, band: usize) -> Result<Self> {
        Self::of(raster, band, false)
    }

    fn of(raster: &Raster, band: usize, masked: bool) -> Result<Self> {
        let facts = raster.band(band)?;
        // NaN stands for itself, and integers never equal it.
        let missing = facts.nodata.filter(|nodata| masked && !nodata.is_nan());
        let dtype = if missing.is_some() { facts.dtype.with_missing() } else { facts.dtype };
        let shape = [raster.height(), raster.width()];
        Ok(Self { raster: raster.clone(), band, shape, block: facts.block, stored: facts.dtype, dtype, missing })
    }

    /// The band, counted from 1.
    pub fn band(&self) -> usize {
        self.band
    }

    fn unreadable(&self) -> Error {
        let message = format!("{} cannot be read as {}", file_name(self.raster.path()), self.dtype);
        Error::new(ErrorKind::Other, message)
    }

    fn numbers<T: Pixel + Element + Transfer + Decoded>(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
    ) -> Result<Vec<T>> {
        self.finished(rows, columns, &|_| ())
    }

    fn finished<T: Pixel + Element + Transfer + Decoded>(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        finish: &dyn Fn(&mut [T]),
    ) -> Result<Vec<T>> {
        let mut values = buffers::take(rows.len() * columns.len());
        into(&self.raster, self.band, rows, columns, &mut values, finish)?;
        Ok(values)
    }
}

impl Source for RasterSource {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn block(&self) -> &[usize] {
        &self.block
    }

    fn dtype(&self) -> DType {
        self.dtype
    }

    fn path(&self) -> Option<&Path> {
        Some(self.raster.path())
    }

    fn describe(&self) -> String {
        let compression = self.raster.meta().compression.unwrap_or_else(|| "not compressed".to_owned());
        let blocks = block_text(self.block, self.raster.width());
        let name = file_name(self.raster.path());
        match self.raster.decoder() {
            Decoder::Isopleth => format!("{name}, band {}, {compression}, {blocks}, decoded by isopleth", self.band),
            gdal => format!("{name}, band {}, {compression}, {blocks}, read by {gdal}", self.band),
        }
    }

    fn axis_name(&self, axis: usize) -> String {
        ["rows", "columns"].get(axis).map_or_else(|| format!("axis {axis}"), |name| (*name).to_owned())
    }

    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let [rows, columns] = window else { unreachable!("a band has two axes") };
        let (rows, columns) = (rows.clone(), columns.clone());
        let shape = [rows.len(), columns.len()];
        match self.dtype {
            DType::U8 => Values::from_shape_vec(&shape, self.numbers::<u8>(rows, columns)?),
            DType::I8 => Values::from_shape_vec(&shape, self.numbers::<i8>(rows, columns)?),
            DType::I16 => Values::from_shape_vec(&shape, self.numbers::<i16>(rows, columns)?),
            DType::U16 => Values::from_shape_vec(&shape, self.numbers::<u16>(rows, columns)?),
            DType::I32 => Values::from_shape_vec(&shape, self.numbers::<i32>(rows, columns)?),
            DType::U32 => Values::from_shape_vec(&shape, self.numbers::<u32>(rows, columns)?),
            DType::F32 => {
                let values = match self.missing {
                    Some(missing) => self.finished(rows, columns, &|values| mask(values, missing as f32, f32::NAN))?,
                    None => self.numbers(rows, columns)?,
                };
                Values::from_shape_vec(&shape, values)
            }
            // Neighbours of a large nodata value become the same float, so these are compared as they are stored.
            #[cfg(gdal_int64)]
            DType::F64 if self.stored == DType::U64 && self.missing.is_some() => {
                let missing = self.missing.unwrap_or_default() as u64;
                let value = |value: u64| if value == missing { f64::NAN } else { value as f64 };
                let values = self.numbers::<u64>(rows, columns)?.into_iter().map(value).collect();
                Values::from_shape_vec(&shape, values)
            }
            #[cfg(gdal_int64)]
            DType::F64 if self.stored == DType::I64 && self.missing.is_some() => {
                let missing = self.missing.unwrap_or_default() as i64;
                let value = |value: i64| if value == missing { f64::NAN } else { value as f64 };
                let values = self.numbers::<i64>(rows, columns)?.into_iter().map(value).collect();
                Values::from_shape_vec(&shape, values)
            }
            DType::F64 => {
                let values = match self.missing {
                    Some(missing) => self.finished(rows, columns, &|values| mask(values, missing, f64::NAN))?,
                    None => self.numbers(rows, columns)?,
                };
                Values::from_shape_vec(&shape, values)
            }
            #[cfg(gdal_int64)]
            DType::I64 => Values::from_shape_vec(&shape, self.numbers::<i64>(rows, columns)?),
            #[cfg(gdal_int64)]
            DType::U64 => Values::from_shape_vec(&shape, self.numbers::<u64>(rows, columns)?),
            #[cfg(not(gdal_int64))]
            DType::I64 | DType::U64 => Err(self.unreadable()),
            DType::Bool | DType::DateTime | DType::Text => Err(self.unreadable()),
        }
    }
}

fn mask<T: Copy + PartialEq>(values: &mut [T], missing: T, nan: T) {
    // Writing every element, changed or not, lets the compiler use vector instructions.
    for value in values {
        *value = if *value == missing { nan } else { *value };
    }
}
