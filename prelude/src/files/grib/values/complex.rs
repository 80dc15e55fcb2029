//! Complex packing of edition 2: groups of numbers, each group with a smallest number, a width and a length of its own;
//! perhaps of the first or second differences along the grid.

use super::super::bytes::{Bits, Bytes};
use super::packing::Scale;

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

/// The numbers; NaN for what is missing.
///
/// # Errors
/// What does not fit together.
pub(super) fn numbers(data: &[u8], settings: &Settings, count: usize) -> Result<Vec<f64>, String> {
    let short = || super::SHORT.to_owned();
    let Settings { groups, order, extra, .. } = *settings;
    if order > 2 || (order > 0 && !(1..=8).contains(&extra)) {
        return Err(format!("differences of order {order} in {extra} bytes"));
    }
    let starts = if order > 0 { usize::from(order) + 1 } else { 0 };
    let heads: Option<Vec<i64>> = (0..starts).map(|at| Bytes(data).signed(at * extra, extra)).collect();
    let heads = heads.ok_or_else(short)?;
    let mut bits = Bits::new(data);
    bits.seek(starts * extra * 8);
    // Without any bits a list of groups could be of any length.
    let listed = settings.scale.bits.max(settings.width.bits).max(settings.length.bits) as usize;
    if groups > MOST_GROUPS || groups.saturating_mul(listed.max(1)) > bits.left().max(8 * count) {
        return Err(format!("{groups} groups of values"));
    }
    let mut list = |counting: Counting| -> Option<Vec<usize>> {
        let list = (0..groups)
            .map(|_| {
                let read = usize::try_from(bits.read(counting.bits)?).ok()?;
                read.checked_mul(counting.step)?.checked_add(counting.smallest)
            })
            .collect();
        bits.align();
        list
    };
    let smallest = list(Counting { smallest: 0, step: 1, bits: settings.scale.bits }).ok_or_else(short)?;
    let widths = list(settings.width).ok_or_else(short)?;
    let mut lengths = list(settings.length).ok_or_else(short)?;
    if let Some(last) = lengths.last_mut() {
        *last = settings.last_length;
    }
    if lengths.iter().try_fold(0usize, |sum, &length| sum.checked_add(length)) != Some(count) {
        return Err("the groups of its values do not add up to its points".to_owned());
    }
    let mut numbers: Vec<Option<i64>> = Vec::with_capacity(count);
    for ((smallest, width), length) in smallest.into_iter().zip(widths).zip(lengths) {
        let group = Group { smallest: smallest as i64, width: u32::try_from(width).map_err(|_| short())? };
        group.read(&mut bits, settings, length, &mut numbers).ok_or_else(short)?;
    }
    undo(&mut numbers, &heads, order);
    Ok(numbers.into_iter().map(|number| number.map_or(f64::NAN, |number| number as f64)).collect())
}

struct Group {
    smallest: i64,
    width: u32,
}

impl Group {
    fn read(
        &self,
        bits: &mut Bits<'_>,
        settings: &Settings,
        length: usize,
        numbers: &mut Vec<Option<i64>>,
    ) -> Option<()> {
        // Which numbers stand for "missing", by the width that they have.
        let is_missing = |number: i64, width: u32| {
            let largest = (1i64 << width.min(62)) - 1;
            width > 0
                && ((settings.missing >= 1 && number == largest) || (settings.missing == 2 && number == largest - 1))
        };
        if self.width == 0 {
            let missing = is_missing(self.smallest, settings.scale.bits);
            numbers.extend(std::iter::repeat_n((!missing).then_some(self.smallest), length));
            return Some(());
        }
        for _ in 0..length {
            let number = bits.read(self.width)? as i64;
            numbers.push((!is_missing(number, self.width)).then_some(number.wrapping_add(self.smallest)));
        }
        Some(())
    }
}

/// From differences to numbers: `heads` are the first numbers and the smallest difference.
fn undo(numbers: &mut [Option<i64>], heads: &[i64], order: u8) {
    let Some((&least, firsts)) = heads.split_last() else { return };
    let (mut before, mut last) = (0i64, 0i64);
    for (at, number) in numbers.iter_mut().flatten().enumerate() {
        *number = match (firsts.get(at), order) {
            (Some(&first), _) => first,
            (None, 1) => number.wrapping_add(least).wrapping_add(last),
            (None, _) => number.wrapping_add(least).wrapping_add(last.wrapping_mul(2)).wrapping_sub(before),
        };
        (before, last) = (last, *number);
    }
}
