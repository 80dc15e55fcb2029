//! The element types that pixels can be read and written as.

use super::{Raster, RasterWriter};
use crate::Result;
use crate::values::DType;
use ndarray::{Array2, ArrayView2};
use std::ops::Range;

/// A type that pixels can be read as and written from: `u8`, `i8`, `u16`, `i16`, `u32`, `i32`, `f32` or `f64`, and
/// `i64` and `u64` where GDAL is 3.5 or newer.
///
/// Sealed: these are the types that GDAL can convert to.
// The methods are not generic, so a cell that reads a raster calls code that was compiled with the prelude.
pub trait Pixel: sealed::Sealed + Copy + Send + Sync + 'static {
    /// The same type, as a value.
    const DTYPE: DType;

    #[doc(hidden)]
    fn read(raster: &Raster, band: usize, rows: Range<usize>, columns: Range<usize>) -> Result<Array2<Self>>;

    #[doc(hidden)]
    fn write(writer: &mut RasterWriter, array: ArrayView2<'_, Self>, band: usize) -> Result<()>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! pixel {
    ($($type:ty => $dtype:ident),* $(,)?) => {$(
        impl sealed::Sealed for $type {}

        impl Pixel for $type {
            const DTYPE: DType = DType::$dtype;

            fn read(raster: &Raster, band: usize, rows: Range<usize>, columns: Range<usize>) -> Result<Array2<Self>> {
                super::read::window(raster, band, rows, columns)
            }

            fn write(writer: &mut RasterWriter, array: ArrayView2<'_, Self>, band: usize) -> Result<()> {
                super::write::band(writer, array, band)
            }
        }
    )*};
}

pixel!(u8 => U8, i8 => I8, u16 => U16, i16 => I16, u32 => U32, i32 => I32, f32 => F32, f64 => F64);
#[cfg(gdal_int64)]
pixel!(i64 => I64, u64 => U64);
