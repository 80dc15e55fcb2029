//! From the bits of a field to its numbers.
//!
//! Every packing stores whole numbers X; a value is (R + X · 2^E) / 10^D, but R alone where no bits are stored. They are
//! unpacked here and not by GDAL:
//! GDAL's GRIB reader works in 32-bit floats (the last digits differ from other readers'), knows neither CCSDS before 3.9
//! nor reduced grids nor all product templates, turns rows and columns over, and may be used by one thread at a time.
//! Only the JPEG 2000 image inside a field is GDAL's, which any of its JPEG 2000 drivers reads.

mod ccsds;
mod complex;
mod images;
mod packing;
mod second_order;

pub(super) use packing::Packing;

use super::bytes::Bits;
use super::messages::{Extent, Reader};
use crate::limits::refuse_beyond_memory;
use crate::values::buffers;
use crate::{Error, ErrorKind, Result};
use packing::Scale;
use std::ops::Range;

/// Where the values of a field are, and how they are packed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Packed {
    pub(super) packing: Packing,
    /// How many points the grid has.
    pub(super) points: usize,
    /// One bit for each point: whether it has a value.
    pub(super) bitmap: Option<Extent>,
    pub(super) data: Extent,
}

impl Packed {
    /// The values of some points, in the order of the file; NaN where there is none.
    ///
    /// # Errors
    /// If the bytes do not hold what the headers say.
    pub(super) fn read(&self, reader: &Reader, points: Range<usize>) -> Result<Vec<f32>> {
        let Some(bitmap) = self.bitmap else {
            return self.coded(reader, points.clone(), self.points);
        };
        let present = reader.bytes(bitmap)?;
        if present.len() * 8 < self.points {
            return Err(damaged("its bitmap is shorter than its grid"));
        }
        let bit = |point: usize| present[point / 8] >> (7 - point % 8) & 1 == 1;
        let count = |range: Range<usize>| range.filter(|&point| bit(point)).count();
        let before = count(0..points.start);
        let inside = count(points.clone());
        let all = before + inside + count(points.end..self.points);
        let mut values = self.coded(reader, before..before + inside, all)?.into_iter();
        let mut spread: Vec<f32> = buffers::take(points.len());
        for (value, point) in spread.iter_mut().zip(points) {
            *value = if bit(point) { values.next().unwrap_or(f32::NAN) } else { f32::NAN };
        }
        Ok(spread)
    }

    /// The values that are stored, of which there are `all`.
    fn coded(&self, reader: &Reader, wanted: Range<usize>, all: usize) -> Result<Vec<f32>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        // Headers say how many numbers there are, and some packings hold any number of them in a few bytes.
        let whole = matches!(
            &self.packing,
            Packing::Ccsds { .. } | Packing::Png(_) | Packing::Jpeg(_) | Packing::SecondOrder(_)
        );
        let bytes = wanted.len() as u64 * 4 + if whole { all as u64 * 8 } else { 0 };
        refuse_beyond_memory("to unpack its values", bytes, "select fewer fields, or a smaller region")?;
        let numbers = match &self.packing {
            Packing::Simple(scale) => return self.simple(reader, *scale, wanted),
            Packing::Ieee { bytes } => return self.ieee(reader, *bytes, wanted),
            Packing::Complex(packing) => {
                return complex::values(&reader.bytes(self.data)?, packing, wanted, all).map_err(damaged);
            }
            Packing::Unknown(reason) => return Err(Error::new(ErrorKind::InvalidArgument, reason.clone())),
            // All values are the same, so nothing is stored.
            Packing::Jpeg(scale) | Packing::Png(scale) | Packing::Ccsds { scale, .. } if scale.bits == 0 => {
                return Ok(vec![scale.only(); wanted.len()]);
            }
            Packing::Jpeg(scale) | Packing::Png(scale) | Packing::Ccsds { scale, .. } if self.data.length == 0 => {
                return Ok(vec![scale.value(0.0); wanted.len()]);
            }
            Packing::Ccsds { settings, .. } => ccsds::numbers(&reader.bytes(self.data)?, *settings, all),
            Packing::Png(_) => images::png(&reader.bytes(self.data)?, all),
            Packing::Jpeg(_) => images::jpeg(reader.bytes(self.data)?, all),
            Packing::SecondOrder(packing) => second_order::numbers(&reader.bytes(self.data)?, packing, all),
        };
        let numbers = numbers.map_err(damaged)?;
        let scale = self.packing.scale();
        let numbers = numbers.get(wanted).ok_or_else(|| damaged("it holds fewer values than its grid has points"))?;
        Ok(numbers.iter().map(|&number| scale.value(number)).collect())
    }

    fn simple(&self, reader: &Reader, scale: Scale, wanted: Range<usize>) -> Result<Vec<f32>> {
        if scale.bits == 0 {
            return Ok(vec![scale.only(); wanted.len()]);
        }
        let width = scale.bits as usize;
        let first = wanted.start * width;
        let length = (first % 8 + wanted.len() * width).div_ceil(8);
        let bytes = self.part(reader, first / 8, length)?;
        let mut values: Vec<f32> = buffers::take(wanted.len());
        match width {
            8 => values.iter_mut().zip(&bytes).for_each(|(value, &byte)| *value = scale.value(byte.into())),
            16 => values.iter_mut().zip(bytes.chunks_exact(2)).for_each(|(value, pair)| {
                *value = scale.value(u16::from_be_bytes([pair[0], pair[1]]).into());
            }),
            24 => values.iter_mut().zip(bytes.chunks_exact(3)).for_each(|(value, three)| {
                *value = scale.value(u32::from_be_bytes([0, three[0], three[1], three[2]]).into());
            }),
            _ => {
                let mut bits = Bits::new(&bytes);
                bits.seek(first % 8);
                for value in &mut values {
                    let number = bits.read(scale.bits).ok_or_else(|| damaged(SHORT))?;
                    *value = scale.value(number as f64);
                }
            }
        }
        Ok(values)
    }

    fn ieee(&self, reader: &Reader, width: usize, wanted: Range<usize>) -> Result<Vec<f32>> {
        let bytes = self.part(reader, wanted.start * width, wanted.len() * width)?;
        let number = |bytes: &[u8]| match bytes.try_into() {
            Ok(four) => f32::from_be_bytes(four),
            Err(_) => bytes.try_into().map_or(f32::NAN, |eight| f64::from_be_bytes(eight) as f32),
        };
        Ok(bytes.chunks_exact(width).map(number).collect())
    }

    /// Some of the bytes of the values.
    fn part(&self, reader: &Reader, start: usize, length: usize) -> Result<Vec<u8>> {
        let (start, length) = (start as u64, length as u64);
        if start.checked_add(length).is_none_or(|end| end > self.data.length) {
            return Err(damaged(SHORT));
        }
        reader.bytes(Extent { offset: self.data.offset + start, length })
    }
}

const SHORT: &str = "its values are cut short";

fn damaged(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Damaged, what)
}
