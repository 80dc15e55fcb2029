//! Values of one grid on another: windows of the old grid in, one window of the new one out.
//!
//! Where the new pixels lie is worked out once for a whole stack of planes (`regrid`). The nearest pixels are then gathered;
//! for everything else GDAL's kernels are given the positions.

mod kernel;
mod mapping;
mod nearest;
mod numbers;
mod pieces;
mod ranks;
mod regrid;
mod scale;
#[cfg(test)]
mod tests;
mod transformer;
mod warped;
mod written;

use super::{Crs, Resampling};
use crate::cancel;
use crate::gdal::library;
use crate::geo::Grid;
use crate::lazy::Plan;
use crate::values::{DType, Element, Values, buffers};
use crate::{Error, ErrorKind, Result};
use gdal::errors::GdalError;
use gdal::raster::GdalType;
use gdal_sys::CPLErr;
use kernel::Job;
use mapping::Lines;
use pieces::Window;
use ranks::Ranks;
use regrid::Prepared;
use std::borrow::Cow;
use std::ffi::c_int;
use std::sync::Arc;
use transformer::Transformer;

pub(super) use numbers::Numbers;
pub(super) use regrid::Regrid;
pub(super) use warped::Warped;
pub(crate) use written::WarpReader;

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

/// How the values of one plane become those on another grid.
#[derive(Debug, Clone)]
pub(super) struct Warp {
    /// What all planes have in common.
    pub regrid: Arc<Regrid>,
    /// What was asked for.
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
    pub fn window(&self, plane: &Plan, window: Window) -> Result<Values> {
        macro_rules! of {
            ($type:ty) => {
                self.filled::<$type>(plane, &window)
            };
        }
        match self.dtype {
            // Older versions of GDAL have no signed bytes; in 16 bits they are the same numbers.
            DType::I8 => {
                let wide = Self { dtype: DType::I16, ..self.clone() };
                let warped = wide.window(&plane.cast(DType::I16), window)?;
                // A cubic curve may rise above the largest of them.
                let small =
                    warped.to_vec::<i16>()?.into_iter().map(|value| value.clamp(i8::MIN.into(), i8::MAX.into()) as i8);
                Values::from_shape_vec(warped.shape(), small.collect())
            }
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

    /// [`window`](Self::window) in parts that hold little of the source at once.
    fn filled<T: Sample>(&self, plane: &Plan, window: &Window) -> Result<Values> {
        let missing = T::of_number(self.missing);
        let [rows, columns] = window;
        let mut out: Vec<T> = buffers::take(rows.len() * columns.len());
        out.fill(missing);
        for piece in self.regrid.pieces(window)?.iter() {
            cancel::check()?;
            if piece[1] == *columns {
                let at = |row: usize| (row - rows.start) * columns.len();
                self.piece(plane, piece, &mut out[at(piece[0].start)..at(piece[0].end)])?;
                continue;
            }
            let width = piece[1].len();
            let mut part = vec![missing; piece[0].len() * width];
            self.piece(plane, piece, &mut part)?;
            for (row, line) in piece[0].clone().zip(part.chunks_exact(width.max(1))) {
                let at = (row - rows.start) * columns.len() + piece[1].start - columns.start;
                out[at..at + width].copy_from_slice(line);
            }
        }
        Values::from_shape_vec(&[rows.len(), columns.len()], out)
    }

    /// Warps a piece into `out`, which is full of what stands where there is no value.
    fn piece<T: Sample>(&self, plane: &Plan, window: &Window, out: &mut [T]) -> Result<()> {
        let failed = |said: String| self.regrid.failed(&said);
        if self.regrid.is_gathered()
            && let Prepared::Gather(gather) = &*self.regrid.prepared(window, false)?
        {
            let values = numbers(plane.part_at(&[gather.rows.clone(), gather.columns.clone()])?, self.dtype)?;
            let taken = gather.take(self, &values, out).map_err(failed)?;
            buffers::recycle(values);
            if taken {
                return Ok(());
            }
            out.fill(T::of_number(self.missing));
        } else if self.regrid.is_gathered() {
            return Ok(());
        }
        match &*self.regrid.prepared(window, true)? {
            Prepared::Lines(lines) => self.by_kernel(plane, window, lines, out),
            Prepared::Nothing | Prepared::Gather(_) => Ok(()),
        }
    }

    fn by_kernel<T: Sample>(&self, plane: &Plan, window: &Window, lines: &Lines, out: &mut [T]) -> Result<()> {
        let failed = |said: String| self.regrid.failed(&said);
        let mapping = self.regrid.mapping()?;
        let values = numbers(plane.part(&lines.needed.each_ref().map(|axis| axis.inside.clone()))?, self.dtype)?;
        if self.regrid.resampling == Resampling::Mode && matches!(self.dtype, DType::I32 | DType::U32 | DType::F64) {
            // GDAL counts in float32, in which large numbers are no longer told apart; their ranks are.
            let ranks = Ranks::of(&values, self.source_nodata)?;
            let warp = Self { source_nodata: None, missing: f64::NAN, dtype: DType::F32, ..self.clone() };
            let job = Job { warp: &warp, mapping, window, lines };
            let mut of_ranks = vec![f32::NAN; out.len()];
            job.run::<f32>(ranks.values(values.shape())?, &mut of_ranks).map_err(failed)?;
            let counted = ranks.numbers(&Values::from(of_ranks), self)?;
            let counted = contiguous::<T>(&counted).ok_or_else(|| failed("another type than planned".to_owned()))?;
            out.copy_from_slice(&counted);
            return Ok(());
        }
        Job { warp: self, mapping, window, lines }.run::<T>(values, out).map_err(failed)
    }

    /// The number that is left out.
    fn nodata(&self) -> Option<f64> {
        if self.dtype.is_float() { Some(f64::NAN) } else { self.source_nodata }
    }
}

/// The values in the type in which they are warped.
fn numbers(values: Values, dtype: DType) -> Result<Values> {
    if matches!(values.dtype(), DType::I64 | DType::U64) { Ok(exact(&values)?.cast(dtype)) } else { Ok(values) }
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

/// Why a warp failed, unless it was stopped.
pub(super) fn failed(what: &str, said: &str) -> Error {
    if cancel::is_cancelled() {
        return Error::new(ErrorKind::Interrupted, "stopped");
    }
    Error::new(ErrorKind::Other, format!("{what}: {said}"))
}

/// The elements in order, copied only where they lie in another one.
fn contiguous<T: Element>(values: &Values) -> Option<Cow<'_, [T]>> {
    match values.as_slice::<T>() {
        Some(slice) => Some(Cow::Borrowed(slice)),
        None => T::of(values).map(|array| Cow::Owned(array.iter().copied().collect())),
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
