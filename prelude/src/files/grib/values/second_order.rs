//! Second-order packing of edition 1, as ECMWF extended it: groups of numbers, each with a smallest number, a width and a
//! length; perhaps of first to third differences along the grid.

use super::super::bytes::{Bits, Bytes};
use super::packing::Scale;

/// What the header of section 4 says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::files::grib) struct Settings {
    pub(super) scale: Scale,
    groups: usize,
    width_bits: u32,
    length_bits: u32,
    order: usize,
    /// The bits of each number that begins the differences.
    head_bits: u32,
    /// Whether every other row runs backwards.
    alternating: bool,
}

impl Settings {
    /// The settings, or the name of another way to group numbers.
    pub(super) fn read(bytes: Bytes<'_>, scale: Scale) -> Option<Result<Self, &'static str>> {
        let flags = bytes.u8(13)?;
        // General extended packing with widths of their own, one number a point, no second bitmap.
        if flags & 0b0111_1000 != 0b0001_1000 {
            return Some(Err("second-order values in the form of 1994 (row by row or with a second bitmap)"));
        }
        let order = usize::from(flags & 3);
        Some(Ok(Self {
            scale,
            groups: usize::from(bytes.u16(16)?) + 65_536 * usize::from(bytes.u8(20)?),
            width_bits: bytes.u8(21)?.into(),
            length_bits: bytes.u8(22)?.into(),
            order,
            head_bits: if order > 0 { bytes.u8(25)?.into() } else { 0 },
            alternating: flags & 0b0000_0100 != 0,
        }))
    }

    pub(in crate::files::grib) fn alternates(&self) -> bool {
        self.alternating
    }
}

/// The numbers, from the bytes of section 4 as a whole.
///
/// # Errors
/// What does not fit together.
pub(super) fn numbers(section: &[u8], settings: &Settings, count: usize) -> Result<Vec<f64>, String> {
    let short = || super::SHORT.to_owned();
    let Settings { groups, order, head_bits, .. } = *settings;
    let mut bits = Bits::new(section);
    bits.seek(8 * if order > 0 { 26 } else { 25 });
    let heads: Option<Vec<i64>> = (0..order).map(|_| bits.read(head_bits).map(|head| head as i64)).collect();
    let heads = heads.ok_or_else(short)?;
    let bias = if order > 0 { bits.read_signed(head_bits).ok_or_else(short)? } else { 0 };
    bits.align();
    let mut list = |width: u32| -> Option<Vec<u64>> {
        let list = (0..groups).map(|_| bits.read(width)).collect();
        bits.align();
        list
    };
    let widths = list(settings.width_bits).ok_or_else(short)?;
    let lengths = list(settings.length_bits).ok_or_else(short)?;
    let smallest = list(settings.scale.bits).ok_or_else(short)?;
    let sum = lengths.iter().try_fold(order as u64, |sum, &length| sum.checked_add(length));
    if sum != Some(count as u64) {
        return Err("the groups of its values do not add up to its points".to_owned());
    }
    let mut numbers = heads;
    numbers.reserve(count - numbers.len());
    for ((width, length), smallest) in widths.into_iter().zip(lengths).zip(smallest) {
        let width = u32::try_from(width).map_err(|_| short())?;
        for _ in 0..length {
            numbers.push(bits.read(width).ok_or_else(short)?.wrapping_add(smallest) as i64);
        }
    }
    // Adding up once for each order; the first numbers of each are known.
    let firsts: Vec<i64> = numbers[..order].to_vec();
    numbers[order..].iter_mut().for_each(|number| *number = number.wrapping_add(bias));
    for level in (0..order).rev() {
        // The differences of this level between the first numbers, of which the last is added to.
        let mut known = firsts.clone();
        for _ in 0..level {
            known = known.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
        }
        let mut last = known.last().copied().unwrap_or(0);
        for number in &mut numbers[order..] {
            last = last.wrapping_add(*number);
            *number = last;
        }
    }
    Ok(numbers.into_iter().map(|number| number as f64).collect())
}
