//! Complex packing of edition 2: groups of numbers, each group with a smallest number, a width and a length of its own;
//! perhaps of the first or second differences along the grid.

use super::super::bytes::{Bits, Bytes};
use super::packing::Scale;
use crate::values::buffers;
use std::ops::Range;

/// More than fit into memory with their groups; the values themselves are bounded by the grid.
const MOST_GROUPS: usize = 1 << 28;

/// What templates 5.2 and 5.3 say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::files::grib) struct Settings {
    pub(super) scale: Scale,
    /// 0: none are missing; 1: the largest number of a group is; 2: the two largest are.
    missing: u8,
    groups: usize,
    width: Counting,
    length: Counting,
    last_length: usize,
    /// How often differences were taken.
    order: u8,
    /// The bytes of each number that begins the differences.
    extra: usize,
}

/// How widths or lengths of groups are stored: from the smallest, in steps, in so many bits.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Counting {
    smallest: usize,
    step: usize,
    bits: u32,
}

impl Settings {
    pub(super) fn read(bytes: Bytes<'_>, scale: Scale, differences: bool) -> Option<Self> {
        Some(Self {
            scale,
            missing: bytes.u8(22)?,
            groups: bytes.u32(31)? as usize,
            width: Counting { smallest: bytes.u8(35)?.into(), step: 1, bits: bytes.u8(36)?.into() },
            length: Counting {
                smallest: bytes.u32(37)? as usize,
                step: bytes.u8(41)?.into(),
                bits: bytes.u8(46)?.into(),
            },
            last_length: bytes.u32(42)? as usize,
            order: if differences { bytes.u8(47)? } else { 0 },
            extra: if differences { bytes.u8(48)?.into() } else { 0 },
        })
    }
}

/// Some of the values, of which there are `count`; NaN for what is missing. Only those are held: a few bytes can say that a
/// field has thousands of millions of points.
///
/// # Errors
/// What does not fit together.
pub(super) fn values(data: &[u8], settings: &Settings, wanted: Range<usize>, count: usize) -> Result<Vec<f32>, String> {
    let short = || super::SHORT.to_owned();
    let Settings { scale, groups, order, extra, .. } = *settings;
    if order > 2 || (order > 0 && !(1..=8).contains(&extra)) {
        return Err(format!("differences of order {order} in {extra} bytes"));
    }
    let starts = if order > 0 { usize::from(order) + 1 } else { 0 };
    let heads: Option<Vec<i64>> = (0..starts).map(|at| Bytes(data).signed(at * extra, extra)).collect();
    let heads = heads.ok_or_else(short)?;
    // Without any bits a list of groups could be of any length.
    let listed = scale.bits.max(settings.width.bits).max(settings.length.bits) as usize;
    let bits = (8 * data.len()).saturating_sub(starts * extra * 8);
    if groups > MOST_GROUPS || groups.saturating_mul(listed.max(1)) > bits.max(8 * count) {
        return Err(format!("{groups} groups of values"));
    }
    // Three lists, one after the other: the smallest numbers of all groups, their widths, their lengths.
    let list = |first: usize, width: u32| {
        let mut bits = Bits::new(data);
        bits.seek(first);
        (bits, (first + groups * width as usize).next_multiple_of(8))
    };
    let (mut smallest, end) = list(starts * extra * 8, scale.bits);
    let (mut widths, end) = list(end, settings.width.bits);
    let (mut lengths, end) = list(end, settings.length.bits);
    let mut bits = Bits::new(data);
    bits.seek(end);
    let length = |lengths: &mut Bits<'_>, group: usize| {
        let length = settings.length.next(lengths)?;
        Some(if group + 1 == groups { settings.last_length } else { length })
    };
    let (mut all, mut ahead) = (0usize, lengths.clone());
    for group in 0..groups {
        let length = length(&mut ahead, group).ok_or_else(short)?;
        all = all.checked_add(length).filter(|&all| all <= count).ok_or(UNEQUAL)?;
    }
    if all != count {
        return Err(UNEQUAL.to_owned());
    }
    let mut values: Vec<f32> = buffers::take(wanted.len());
    let mut undo = Undo::new(&heads, order);
    let mut at = 0;
    for group in 0..groups {
        if at >= wanted.end {
            break;
        }
        let smallest = smallest.read(scale.bits).ok_or_else(short)? as i64;
        let width = u32::try_from(settings.width.next(&mut widths).ok_or_else(short)?).map_err(|_| short())?;
        let length = length(&mut lengths, group).ok_or_else(short)?;
        let group = Group { smallest, width };
        // Nothing depends on the numbers before, if they are no differences.
        let skipped = if order == 0 { wanted.start.saturating_sub(at).min(length) } else { 0 };
        bits.skip(skipped, width).ok_or_else(short)?;
        at += skipped;
        for _ in skipped..length {
            if at >= wanted.end {
                break;
            }
            let number = group.next(&mut bits, settings).ok_or_else(short)?.map(|number| undo.next(number));
            if let Some(value) = at.checked_sub(wanted.start).and_then(|at| values.get_mut(at)) {
                *value = number.map_or(f32::NAN, |number| scale.value(number as f64));
            }
            at += 1;
        }
    }
    Ok(values)
}

const UNEQUAL: &str = "the groups of its values do not add up to its points";

impl Counting {
    fn next(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let read = usize::try_from(bits.read(self.bits)?).ok()?;
        read.checked_mul(self.step)?.checked_add(self.smallest)
    }
}

struct Group {
    smallest: i64,
    width: u32,
}

impl Group {
    /// The next number; an inner None is missing.
    fn next(&self, bits: &mut Bits<'_>, settings: &Settings) -> Option<Option<i64>> {
        // Which numbers stand for "missing", by the width that they have.
        let is_missing = |number: i64, width: u32| {
            let largest = (1i64 << width.min(62)) - 1;
            width > 0
                && ((settings.missing >= 1 && number == largest) || (settings.missing == 2 && number == largest - 1))
        };
        if self.width == 0 {
            return Some((!is_missing(self.smallest, settings.scale.bits)).then_some(self.smallest));
        }
        let number = bits.read(self.width)? as i64;
        Some((!is_missing(number, self.width)).then_some(number.wrapping_add(self.smallest)))
    }
}

/// From differences to numbers.
struct Undo<'a> {
    /// The first numbers, and the smallest difference.
    firsts: &'a [i64],
    least: i64,
    order: u8,
    done: usize,
    before: i64,
    last: i64,
}

impl<'a> Undo<'a> {
    fn new(heads: &'a [i64], order: u8) -> Self {
        let (&least, firsts) = heads.split_last().unwrap_or((&0, &[]));
        Self { firsts, least, order, done: 0, before: 0, last: 0 }
    }

    fn next(&mut self, number: i64) -> i64 {
        let number = match (self.firsts.get(self.done), self.order) {
            (_, 0) => return number,
            (Some(&first), _) => first,
            (None, 1) => number.wrapping_add(self.least).wrapping_add(self.last),
            (None, _) => {
                number.wrapping_add(self.least).wrapping_add(self.last.wrapping_mul(2)).wrapping_sub(self.before)
            }
        };
        self.done += 1;
        (self.before, self.last) = (self.last, number);
        number
    }
}
