//! One band of one file as the leaf of a lazy plan: read by windows, missing values as NaN.

use super::decode::{Decoded, Decoder};
use super::mask::{Window, valid};
use super::meta::block_text;
use super::missing::Missing;
use super::read::into;
use super::transfer::Transfer;
use super::{Pixel, Raster};
use crate::disk::{file_name, shown};
use crate::lazy::Source;
use crate::lazy::written::{SourceForm, SourceReader};
use crate::values::buffers;
use crate::values::{DType, Element, Values};
use crate::{Error, ErrorKind, Result};
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A band to read later, by windows and from many threads.
///
/// Where pixels can be missing (a nodata value, a mask in the file or beside it, an alpha band) they become NaN, and integers
/// become floats that hold them all. Where none can be, values and type are the file's own. Which rule holds is GDAL's
/// choice, as in rasterio: a mask goes before a nodata value, and that before an alpha band.
#[derive(Debug, Clone)]
pub struct RasterSource {
    raster: Raster,
    band: usize,
    shape: [usize; 2],
    block: [usize; 2],
    dtype: DType,
    missing: Missing,
    /// Whether missing values become NaN.
    masked: bool,
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
        let missing = if masked { facts.missing } else { Missing::Never };
        let dtype = if missing.is_possible() { facts.dtype.with_missing() } else { facts.dtype };
        let shape = [raster.height(), raster.width()];
        Ok(Self { raster: raster.clone(), band, shape, block: facts.block, dtype, missing, masked })
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

    /// Numbers of which the missing ones are `nan`; `nodata` makes what replaces those between two numbers.
    fn floats<T: Pixel + Element + Transfer + Decoded, F: Fn(&mut [T])>(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        nan: T,
        nodata: &dyn Fn(f64, f64) -> F,
    ) -> Result<Vec<T>> {
        match self.missing {
            // Of 64-bit integers, which `wide` has read.
            Missing::Never | Missing::Exactly(_) => self.numbers(rows, columns),
            Missing::Between(low, high) => self.finished(rows, columns, &nodata(low, high)),
            Missing::Mask => {
                let mut values = self.numbers(rows.clone(), columns.clone())?;
                let valid = valid(&self.raster, self.band, &Window { rows, columns })?;
                for (value, valid) in values.iter_mut().zip(valid) {
                    *value = if valid == 0 { nan } else { *value };
                }
                Ok(values)
            }
        }
    }

    /// 64-bit integers as floats, of which the one that is `nodata` is missing.
    fn wide(&self, rows: Range<usize>, columns: Range<usize>, nodata: i128) -> Result<Vec<f64>> {
        #[cfg(gdal_int64)]
        match self.raster.band(self.band)?.dtype {
            DType::I64 => {
                let number = |value: i64| if i128::from(value) == nodata { f64::NAN } else { value as f64 };
                return Ok(self.numbers::<i64>(rows, columns)?.into_iter().map(number).collect());
            }
            DType::U64 => {
                let number = |value: u64| if i128::from(value) == nodata { f64::NAN } else { value as f64 };
                return Ok(self.numbers::<u64>(rows, columns)?.into_iter().map(number).collect());
            }
            _ => {}
        }
        let _ = (rows, columns, nodata);
        Err(self.unreadable())
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

    /// A block as it is stored and unpacked where a part of it is asked for, what a mask says of each pixel, and integers of
    /// 64 bits before they are floats.
    fn cost(&self, elements: usize) -> u64 {
        let Ok(facts) = self.raster.band(self.band) else { return 0 };
        let block =
            facts.block.iter().fold(facts.dtype.size() as u64, |bytes, &length| bytes.saturating_mul(length as u64));
        let each = match self.missing {
            Missing::Mask => 1,
            Missing::Exactly(_) => facts.dtype.size() as u64,
            Missing::Never | Missing::Between(..) => 0,
        };
        block.saturating_mul(2).saturating_add((elements as u64).saturating_mul(each))
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

    fn written(&self) -> Option<SourceForm> {
        let facts = self.raster.band(self.band).ok()?;
        let form = SourceForm::new(BAND).with_path(self.raster.path()).with("overview", self.raster.overview());
        Some(form.with("band", self.band).with("masked", self.masked).with("meaning", facts.meaning()))
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
                let nodata = |low, high| move |values: &mut [f32]| mask(values, low as f32, high as f32, f32::NAN);
                Values::from_shape_vec(&shape, self.floats(rows, columns, f32::NAN, &nodata)?)
            }
            DType::F64 if let Missing::Exactly(nodata) = self.missing => {
                Values::from_shape_vec(&shape, self.wide(rows, columns, nodata)?)
            }
            DType::F64 => {
                let nodata = |low, high| move |values: &mut [f64]| mask(values, low, high, f64::NAN);
                Values::from_shape_vec(&shape, self.floats(rows, columns, f64::NAN, &nodata)?)
            }
            #[cfg(gdal_int64)]
            DType::I64 => Values::from_shape_vec(&shape, self.numbers::<i64>(rows, columns)?),
            #[cfg(gdal_int64)]
            DType::U64 => Values::from_shape_vec(&shape, self.numbers::<u64>(rows, columns)?),
            #[cfg(not(gdal_int64))]
            DType::I64 | DType::U64 => Err(self.unreadable()),
            DType::Bool | DType::DateTime | DType::CfTime(_) | DType::Text => Err(self.unreadable()),
        }
    }
}

/// The kind of these sources in written plans.
const BAND: &str = "raster band";

/// Opens them again, each file once.
#[derive(Default)]
pub(crate) struct BandReader {
    opened: HashMap<(PathBuf, Option<usize>), Raster>,
}

impl SourceReader for BandReader {
    fn kind(&self) -> &'static str {
        BAND
    }

    fn open(&mut self, form: &SourceForm) -> Result<Arc<dyn Source>> {
        let key = (form.path()?, form.number_if_any("overview")?);
        let raster = match self.opened.get(&key) {
            Some(raster) => raster.clone(),
            None => {
                let raster = match key.1 {
                    None => Raster::open(&key.0)?,
                    Some(overview) => Raster::open_overview(&key.0, overview)?,
                };
                self.opened.insert(key, raster.clone());
                raster
            }
        };
        let band = form.number("band")?;
        let (meaning, then) = (raster.band(band)?.meaning(), form.text("meaning")?);
        if meaning != then {
            let message = format!(
                "{} has changed since the plan was written (band {band}: {meaning}, not {then}): plan it again",
                shown(raster.path())
            );
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        Ok(Arc::new(RasterSource::of(&raster, band, form.flag("masked")?)?))
    }
}

/// Replaces what lies between two numbers, both included.
fn mask<T: Copy + PartialOrd>(values: &mut [T], low: T, high: T, nan: T) {
    // Writing every element, changed or not, lets the compiler use vector instructions.
    for value in values {
        *value = if (*value >= low) & (*value <= high) { nan } else { *value };
    }
}
