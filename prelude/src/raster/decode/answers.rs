//! The decoder's answer and GDAL's to the same question, side by side: for tests and fuzz targets, not compiled otherwise.

use super::{Decoded, Sample};
use crate::Result;
use crate::raster::Raster;
use crate::raster::read::{into, through_gdal};
use crate::raster::transfer::Transfer;
use crate::values::DType;
use std::ops::Range;

/// Who is to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The decoder of this crate.
    Decoder,
    /// GDAL.
    Gdal,
    /// The decoder, and GDAL where it gives up: what a user gets.
    Either,
}

/// A part of a raster to be read.
#[derive(Debug, Clone)]
pub struct Part {
    /// Counts from 1.
    pub band: usize,
    /// Rows, half open.
    pub rows: Range<usize>,
    /// Columns, half open.
    pub columns: Range<usize>,
}

impl Part {
    /// The values as `dtype`, byte for byte. None where the decoder leaves them to GDAL.
    ///
    /// # Errors
    /// As [`Raster::read_window`].
    pub fn read(&self, raster: &Raster, dtype: DType, reader: Reader) -> Result<Option<Vec<u8>>> {
        match dtype {
            DType::U8 => self.read_as::<u8>(raster, reader),
            DType::I8 => self.read_as::<i8>(raster, reader),
            DType::U16 => self.read_as::<u16>(raster, reader),
            DType::I16 => self.read_as::<i16>(raster, reader),
            DType::U32 => self.read_as::<u32>(raster, reader),
            DType::I32 => self.read_as::<i32>(raster, reader),
            #[cfg(gdal_int64)]
            DType::I64 => self.read_as::<i64>(raster, reader),
            #[cfg(gdal_int64)]
            DType::U64 => self.read_as::<u64>(raster, reader),
            DType::F32 => self.read_as::<f32>(raster, reader),
            _ => self.read_as::<f64>(raster, reader),
        }
    }

    fn read_as<T: Transfer + Decoded>(&self, raster: &Raster, reader: Reader) -> Result<Option<Vec<u8>>> {
        let Self { band, rows, columns } = self.clone();
        let mut out = vec![T::default(); rows.len() * columns.len()];
        let answered = match reader {
            Reader::Decoder => {
                let window = (band - 1, rows, columns);
                super::read(raster.path(), raster.expected(), window, raster.band(band)?.filling, &mut out, &|_| ())?
            }
            Reader::Gdal => through_gdal(raster, band, rows, columns, &mut out, &|_| ()).map(|()| true)?,
            Reader::Either => into(raster, band, rows, columns, &mut out, &|_| ()).map(|()| true)?,
        };
        Ok(answered.then(|| bytemuck::cast_slice(&out).to_vec()))
    }
}

/// The most memory that a part of a raster may take, its answer included: what its header declares, and some for what a
/// file of `length` bytes says about its blocks. GDAL's memory is not in it.
pub fn memory_limit(raster: &Raster, length: usize) -> u64 {
    let expected = raster.expected();
    let pixel = (expected.bands * expected.sample.map_or(0, Sample::size)) as u64;
    let [rows, columns] = expected.block.map(|length| length as u64);
    let (block, image) = (rows * columns * pixel, (expected.height * expected.width) as u64);
    // The answer as its widest type and as bytes; the block, and it again while a predictor is undone; a place and two
    // numbers for each block, which take two bytes in the file at least, in vectors that grow.
    2 * 8 * image + 2 * block + 64 * length as u64 + (1 << 20)
}
