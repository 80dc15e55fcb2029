//! Predictors: what was done to the pixels of a row before they were packed, undone.
//!
//! TIFF 6.0, section 14, has the difference to the pixel before; Adobe's Photoshop TIFF Technical Note 3 the floating
//! point predictor, which stores differences of bytes, all highest bytes of a row first.

use super::sample::{Sample, to_native};
use super::tiff::ByteOrder;

/// What has to be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Predictor {
    None,
    Horizontal,
    FloatingPoint,
}

/// How the rows of a block look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    pub sample: Sample,
    pub order: ByteOrder,
    /// Values in a row.
    pub values: usize,
    /// From one value to the next one of the same band.
    pub step: usize,
}

impl Predictor {
    /// Turns unpacked rows into values in the processor's byte order, in place.
    pub fn undo(self, bytes: &mut [u8], rows: Rows, spare: &mut Vec<u8>) {
        let Rows { sample, order, values, step } = rows;
        match self {
            Self::None => to_native(bytes, sample.size(), order),
            Self::Horizontal => {
                to_native(bytes, sample.size(), order);
                for row in bytes.chunks_exact_mut(values * sample.size()) {
                    match sample.size() {
                        1 => sums(row, step, |a: [u8; 1], b| [a[0].wrapping_add(b[0])]),
                        2 => sums(row, step, |a, b| {
                            u16::from_ne_bytes(a).wrapping_add(u16::from_ne_bytes(b)).to_ne_bytes()
                        }),
                        4 => sums(row, step, |a, b| {
                            u32::from_ne_bytes(a).wrapping_add(u32::from_ne_bytes(b)).to_ne_bytes()
                        }),
                        _ => sums(row, step, |a, b| {
                            u64::from_ne_bytes(a).wrapping_add(u64::from_ne_bytes(b)).to_ne_bytes()
                        }),
                    }
                }
            }
            // Its bytes have an order of their own, whatever that of the file is.
            Self::FloatingPoint => {
                for row in bytes.chunks_exact_mut(values * sample.size()) {
                    sums(row, step, |a: [u8; 1], b| [a[0].wrapping_add(b[0])]);
                    spare.clear();
                    spare.extend_from_slice(row);
                    match sample {
                        Sample::F32 => join::<4>(spare, row),
                        _ => join::<8>(spare, row),
                    }
                }
            }
        }
    }
}

/// Adds to each value the one `step` before it.
#[inline(always)]
fn sums<const SIZE: usize>(row: &mut [u8], step: usize, add: impl Fn([u8; SIZE], [u8; SIZE]) -> [u8; SIZE]) {
    let values = row.as_chunks_mut::<SIZE>().0;
    if step == 1 {
        // The sum stays in a register.
        let mut sum = [0; SIZE];
        for value in values {
            sum = add(sum, *value);
            *value = sum;
        }
        return;
    }
    for at in step..values.len() {
        values[at] = add(values[at - step], values[at]);
    }
}

/// Puts values together from planes of bytes, highest first.
#[inline(always)]
fn join<const SIZE: usize>(planes: &[u8], row: &mut [u8]) {
    let values = row.as_chunks_mut::<SIZE>().0;
    let count = values.len();
    let planes: [&[u8]; SIZE] = std::array::from_fn(|plane| &planes[plane * count..][..count]);
    for (at, value) in values.iter_mut().enumerate() {
        *value =
            std::array::from_fn(|byte| planes[if cfg!(target_endian = "big") { byte } else { SIZE - 1 - byte }][at]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(sample: Sample, order: ByteOrder, values: usize, step: usize) -> Rows {
        Rows { sample, order, values, step }
    }

    #[test]
    fn differences_are_added_up_row_by_row_and_band_by_band() {
        let mut bytes = vec![1, 10, 1, 10, 1, 10, 5, 50, 0, 0, 251, 206];
        Predictor::Horizontal.undo(&mut bytes, rows(Sample::U8, ByteOrder::Little, 6, 2), &mut Vec::new());
        assert_eq!(bytes, [1, 10, 2, 20, 3, 30, 5, 50, 5, 50, 0, 0]);
    }

    #[test]
    fn differences_are_those_of_numbers_in_the_order_of_the_file() {
        let mut bytes = vec![0, 255, 0, 1];
        Predictor::Horizontal.undo(&mut bytes, rows(Sample::U16, ByteOrder::Big, 2, 1), &mut Vec::new());
        assert_eq!(bytes, [255u16.to_ne_bytes(), 256u16.to_ne_bytes()].concat());
    }

    #[test]
    fn floats_come_from_planes_of_their_bytes() {
        let floats = [1.5f32, -2.25, 1e10, f32::NAN];
        let planes: Vec<u8> = (0..4).flat_map(|byte| floats.map(|value| value.to_be_bytes()[byte])).collect();
        let mut bytes: Vec<u8> =
            planes.iter().scan(0u8, |last, &byte| Some(byte.wrapping_sub(std::mem::replace(last, byte)))).collect();
        Predictor::FloatingPoint.undo(&mut bytes, rows(Sample::F32, ByteOrder::Big, 4, 1), &mut Vec::new());
        assert_eq!(bytes, floats.map(f32::to_ne_bytes).concat());
    }
}
