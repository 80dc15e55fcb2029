//! GDAL's warper on values in memory: one window of the old grid in, one window of the new one out.

mod mapping;
mod numbers;
mod ranks;
mod scale;
mod transformer;
mod warped;

use super::copy::go_on;
use super::{Crs, Resampling};
use crate::gdal::library;
use crate::geo::Grid;
use crate::lazy::Plan;
use crate::values::{DType, Element, Values};
use crate::{Error, ErrorKind, Result};
use gdal::cpl::CslStringList;
use gdal::errors::GdalError;
use gdal::raster::GdalType;
use gdal::{Dataset, DriverManager};
use gdal_sys::CPLErr;
use mapping::{Mapping, Needed, Rows, failed, positions};
use ranks::Ranks;
use std::borrow::Cow;
use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::ptr;
use transformer::Transformer;

pub(super) use numbers::Numbers;
pub(super) use warped::Warped;

/// The grid in `crs` that GDAL suggests for all of `source`: pixels about as large as they are.
pub(super) fn suggested(source: &Grid, crs: &Crs) -> Result<Grid> {
    let suggested = library::call(|| {
        let dataset = source.dataset_without_bands()?;
        let transformer = Transformer::to_crs(source, crs)?;
        let (mut transform, mut extent) = ([0.0; 6], [0.0; 4]);
        let (mut width, mut height): (c_int, c_int) = (0, 0);
        // SAFETY: dataset and transformer live until after the call; the outputs have the six, four and one numbers
        // that GDAL writes to them.
        let outcome = unsafe {
            gdal_sys::GDALSuggestedWarpOutput2(
                dataset.c_dataset(),
                Some(gdal_sys::GDALGenImgProjTransform),
                transformer.handle(),
                transform.as_mut_ptr(),
                &mut width,
                &mut height,
                extent.as_mut_ptr(),
                0,
            )
        };
        if outcome != CPLErr::CE_None || width <= 0 || height <= 0 {
            return Err(GdalError::BadArgument("its area has no place there".to_owned()));
        }
        Ok(Grid::new(Some(crs.clone()), transform, [height as usize, width as usize]))
    });
    suggested.map_err(|said| failed(&format!("reproject from {} to {crs}", source.crs_name()), &said))
}

/// How values of one grid become those of another.
#[derive(Debug, Clone)]
pub(super) struct Warp {
    pub source: Grid,
    pub target: Grid,
    pub resampling: Resampling,
    /// What is left out of every mean; NaN where the values are floats with missing ones.
    pub source_nodata: Option<f64>,
    /// What the new grid has where there is no value.
    pub missing: f64,
    /// The element type of the new values.
    pub dtype: DType,
}

impl Warp {
    /// A window of the new grid. Of `plane`, which lies on the old one, only the rows and columns are read that it needs.
    pub fn window(&self, plane: &Plan, window: [Range<usize>; 2]) -> Result<Values> {
        // Older versions of GDAL have no signed bytes; in 16 bits they are the same numbers.
        if self.dtype == DType::I8 {
            let wide = Self { dtype: DType::I16, ..self.clone() };
            let warped = wide.window(&plane.cast(DType::I16), window)?;
            // A cubic curve may rise above the largest of them.
            let small =
                warped.to_vec::<i16>()?.into_iter().map(|value| value.clamp(i8::MIN.into(), i8::MAX.into()) as i8);
            return Values::from_shape_vec(warped.shape(), small.collect());
        }
        let named = |said: String| {
            failed(&format!("reproject from {} to {}", self.source.crs_name(), self.target.crs_name()), &said)
        };
        let nearest = self.is_shift() || self.is_line() && self.resampling.is_between();
        let resampling = if nearest { Resampling::Nearest } else { self.resampling };
        let mapping = library::call(|| Mapping::new(&self.source, &self.target, resampling)).map_err(named)?;
        let Some(needed) = mapping.needed(&window)? else {
            let nothing = Values::from(ndarray::Array2::from_elem((window[0].len(), window[1].len()), self.missing));
            return Ok(nothing.cast(self.dtype));
        };
        let values = plane.part(&needed.each_ref().map(|axis| axis.inside.clone()))?;
        let values =
            if matches!(values.dtype(), DType::I64 | DType::U64) { exact(&values)?.cast(self.dtype) } else { values };
        if resampling == Resampling::Mode && matches!(self.dtype, DType::I32 | DType::U32 | DType::F64) {
            // GDAL counts in float32, in which large numbers are no longer told apart; their ranks are.
            let ranks = Ranks::of(&values, self.source_nodata)?;
            let warp = Self { source_nodata: None, missing: f64::NAN, dtype: DType::F32, ..self.clone() };
            let job = Job { warp: &warp, resampling, mapping: &mapping, window: &window, needed: &needed };
            return ranks.numbers(&job.run::<f32>(ranks.values(values.shape())?).map_err(named)?, self);
        }
        let job = Job { warp: self, resampling, mapping: &mapping, window: &window, needed: &needed };
        macro_rules! of {
            ($type:ty) => {
                job.run::<$type>(values).map_err(named)
            };
        }
        match self.dtype {
            DType::U8 => of!(u8),
            DType::I16 => of!(i16),
            DType::U16 => of!(u16),
            DType::I32 => of!(i32),
            DType::U32 => of!(u32),
            DType::F32 => of!(f32),
            DType::F64 => of!(f64),
            other => {
                let message = format!("reproject: {other} cannot be warped; use astype first");
                Err(Error::new(ErrorKind::Mismatch, message))
            }
        }
    }

    /// Whether the old grid is a single row or column, across which there is nothing to go between: GDAL takes the nearest then.
    fn is_line(&self) -> bool {
        self.source.shape().contains(&1)
    }

    /// Whether the new grid is the old one, moved by whole pixels: then no value is worked out anew.
    fn is_shift(&self) -> bool {
        let (from, to) = (&self.source.transform, &self.target.transform);
        let same_crs = match (&self.source.crs, &self.target.crs) {
            (Some(one), Some(other)) => one.same(other),
            _ => false,
        };
        let whole = |at: usize, step: f64| {
            let pixels = (to[at] - from[at]) / step;
            (pixels - pixels.round()).abs() <= 1e-8
        };
        same_crs
            && self.source.gcps.is_none()
            && [1, 2, 4, 5].iter().all(|&at| from[at] == to[at])
            && !self.source.is_rotated()
            && whole(0, from[1])
            && whole(3, from[5])
    }
}

/// Integers of 64 bits, if floats hold them all.
fn exact(values: &Values) -> Result<&Values> {
    const LARGEST: u64 = 1 << 53;
    let signed = i64::of(values).and_then(|array| array.iter().find(|value| value.unsigned_abs() > LARGEST));
    let unsigned = u64::of(values).and_then(|array| array.iter().find(|value| **value > LARGEST));
    let beyond = signed.map(i64::to_string).or(unsigned.map(u64::to_string));
    match beyond {
        None => Ok(values),
        Some(value) => {
            let message = format!(
                "reproject: {value} is beyond 2^53, where float64 has not every whole number, and GDAL warps in float64; \
                 astype(DType::F64) first if the nearest one will do"
            );
            Err(Error::new(ErrorKind::Mismatch, message))
        }
    }
}

/// One window to warp.
struct Job<'a> {
    warp: &'a Warp,
    resampling: Resampling,
    mapping: &'a Mapping,
    window: &'a [Range<usize>; 2],
    needed: &'a [Needed; 2],
}

impl Job<'_> {
    /// The number that GDAL's kernels leave out.
    fn nodata(&self) -> Option<f64> {
        if self.warp.dtype.is_float() { Some(f64::NAN) } else { self.warp.source_nodata }
    }

    fn run<T: Sample>(&self, values: Values) -> Result<Values, String> {
        let mut pixels = self.pixels::<T>(values)?;
        let [height, width] = [self.window[0].len(), self.window[1].len()];
        let mut warped = vec![T::of_number(self.warp.missing); height * width];
        library::call(|| self.kernel(&mut pixels, &mut warped))?;
        Values::from_shape_vec(&[height, width], warped).map_err(|error| error.to_string())
    }

    /// The pixels of the old grid, row by row.
    ///
    /// A row more has missing values. No new pixel is made of it, but with it every window has one, and GDAL takes the same
    /// kernels for all: those for windows without missing values round in another way.
    fn pixels<T: Sample>(&self, values: Values) -> Result<Vec<T>, String> {
        let [rows, columns] = self.needed;
        let width = columns.inside.len();
        let more = self.nodata().filter(|_| self.has_row_more()).map(T::of_number);
        let mut pixels: Vec<T> = Vec::with_capacity((rows.len() + 1) * columns.len());
        let flat = contiguous::<T>(&values).filter(|slice| slice.len() == rows.inside.len() * width);
        let flat = flat.ok_or_else(|| format!("{:?} values, where {:?} are needed", values.shape(), self.needed))?;
        // What goes on beyond an edge are copies of what lies there.
        let first = std::iter::repeat_n(0, rows.before);
        let last = std::iter::repeat_n(rows.inside.len().saturating_sub(1), rows.after);
        for row in first.chain(0..rows.inside.len()).chain(last) {
            let line = &flat[row * width..(row + 1) * width];
            pixels.extend(line.first().into_iter().flat_map(|value| std::iter::repeat_n(*value, columns.before)));
            pixels.extend_from_slice(line);
            match columns.is_cyclic {
                true => pixels.extend(line.iter().cycle().take(columns.after)),
                false => {
                    pixels.extend(line.last().into_iter().flat_map(|value| std::iter::repeat_n(*value, columns.after)))
                }
            }
        }
        drop(flat);
        crate::values::buffers::recycle(values);
        if let (true, Some(nodata)) = (self.warp.dtype.is_float(), self.warp.source_nodata.map(T::of_number)) {
            let nothing = T::of_number(f64::NAN);
            pixels.iter_mut().filter(|value| **value == nodata).for_each(|value| *value = nothing);
        }
        pixels.extend(more.into_iter().flat_map(|nothing| std::iter::repeat_n(nothing, columns.len())));
        Ok(pixels)
    }

    /// Rows and columns that are read of the old grid.
    fn size(&self) -> [usize; 2] {
        self.needed.each_ref().map(Needed::len)
    }

    // Over areas there is one kernel for all.
    fn has_row_more(&self) -> bool {
        self.nodata().is_some() && !self.resampling.is_over_areas()
    }

    fn kernel<T: Sample>(&self, pixels: &mut [T], warped: &mut [T]) -> Result<(), GdalError> {
        let [rows, columns] = self.size();
        let height = rows + usize::from(self.has_row_more());
        let source = borrowed(pixels, height, columns)?;
        let mut rows_of_positions = Rows::new(self.mapping, self.window, self.needed);
        let mut options = CslStringList::new();
        // The scale of the whole; GDAL's own would be that of this window.
        options.set_name_value("YSCALE", &self.mapping.scale[0].to_string())?;
        options.set_name_value("XSCALE", &self.mapping.scale[1].to_string())?;
        // Threads of its own would each need a transformer of its own.
        options.set_name_value("NUM_THREADS", "1")?;
        let size = |length: usize| {
            c_int::try_from(length).map_err(|_| GdalError::BadArgument(format!("{length} pixels in a row")))
        };
        let (left, top) = (size(self.window[1].start)?, size(self.window[0].start)?);
        let (across, down) = (size(self.window[1].len())?, size(self.window[0].len())?);
        let (width, height) = (size(columns)?, size(height)?);
        // SAFETY: what GDAL is given lives until after `GDALWarpRegionToBuffer`: the dataset, the options (of which the
        // operation makes its own copy), the positions (used by this thread alone), and the buffer, which has as many
        // elements of this type as the window has pixels. The two lists of bands are GDAL's own memory, which it frees with
        // the options. A null target dataset is allowed where a buffer is filled.
        let outcome = unsafe {
            let made = gdal_sys::GDALCreateWarpOptions();
            (*made).papszWarpOptions = gdal_sys::CSLDuplicate(options.as_ptr());
            (*made).eResampleAlg = self.resampling.gdal();
            (*made).eWorkingDataType = T::gdal_ordinal();
            (*made).hSrcDS = source.c_dataset();
            (*made).nBandCount = 1;
            (*made).panSrcBands = first_band();
            (*made).panDstBands = first_band();
            (*made).pfnProgress = Some(go_on);
            (*made).pfnTransformer = Some(positions);
            (*made).pTransformerArg = ptr::from_mut(&mut rows_of_positions).cast::<c_void>();
            if let Some(nodata) = self.nodata() {
                gdal_sys::GDALWarpInitSrcNoDataReal(made, nodata);
                gdal_sys::GDALWarpInitDstNoDataReal(made, self.warp.missing);
            }
            let operation = gdal_sys::GDALCreateWarpOperation(made);
            gdal_sys::GDALDestroyWarpOptions(made);
            if operation.is_null() {
                return Err(GdalError::BadArgument("the warp could not begin".to_owned()));
            }
            let outcome = gdal_sys::GDALWarpRegionToBuffer(
                operation,
                left,
                top,
                across,
                down,
                warped.as_mut_ptr().cast::<c_void>(),
                T::gdal_ordinal(),
                0,
                0,
                width,
                height,
            );
            gdal_sys::GDALDestroyWarpOperation(operation);
            outcome
        };
        if outcome == CPLErr::CE_None { Ok(()) } else { Err(GdalError::BadArgument("the warp failed".to_owned())) }
    }
}

/// The elements in order, copied only where they lie in another one.
fn contiguous<T: Element>(values: &Values) -> Option<Cow<'_, [T]>> {
    match values.as_slice::<T>() {
        Some(slice) => Some(Cow::Borrowed(slice)),
        None => T::of(values).map(|array| Cow::Owned(array.iter().copied().collect())),
    }
}

/// The list of the first band alone, in memory that GDAL frees.
///
/// # Safety
/// The caller gives it to GDAL.
unsafe fn first_band() -> *mut c_int {
    // SAFETY: CPLMalloc gives memory of that size or ends the process, and it is aligned for any type.
    unsafe {
        let list = gdal_sys::CPLMalloc(size_of::<c_int>()).cast::<c_int>();
        *list = 1;
        list
    }
}

/// `pixels` as a dataset, without a copy of them: it is used while they are borrowed.
fn borrowed<T: Sample>(pixels: &mut [T], height: usize, width: usize) -> Result<Dataset, GdalError> {
    let driver = DriverManager::get_driver_by_name("MEM")?;
    let dataset = driver.create_with_band_type::<T, _>("", width, height, 0)?;
    let mut options = CslStringList::new();
    options.set_name_value("DATAPOINTER", &format!("{:p}", pixels.as_mut_ptr()))?;
    debug_assert!(pixels.len() >= height * width);
    // SAFETY: the dataset lives as long as it is used; the pointer leads to as many pixels of this type as the dataset has, row
    // by row, which is how GDAL reads it without further options; it frees what it was given in this way never.
    let outcome = unsafe { gdal_sys::GDALAddBand(dataset.c_dataset(), T::gdal_ordinal(), options.as_ptr()) };
    match outcome {
        CPLErr::CE_None => Ok(dataset),
        _ => Err(GdalError::BadArgument("the pixels could not be given to GDAL".to_owned())),
    }
}

/// An element type that GDAL warps.
trait Sample: GdalType + Element {
    /// The number in this type, which has it.
    fn of_number(number: f64) -> Self;
}

macro_rules! samples {
    ($($type:ty),*) => {$(
        impl Sample for $type {
            fn of_number(number: f64) -> Self {
                number as $type
            }
        }
    )*};
}

samples!(u8, i16, u16, i32, u32, f32, f64);
