//! CCSDS packing of edition 2: the lossless compression of CCSDS 121.0-B, which ECMWF's open data have.
//!
//! Numbers come in blocks, blocks in intervals. The first number of an interval is stored as it is; the others are
//! differences from the one before, folded so that they are never negative. Each block says how its differences are
//! written.

use super::super::bytes::{Bits, Bytes};

/// What template 5.42 says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::files::grib) struct Settings {
    bits: u32,
    flags: u8,
    block: usize,
    /// Blocks from one number that is stored as it is to the next.
    interval: usize,
}

/// The flags: signed numbers, differences, short codes for narrow numbers, intervals that begin with a whole byte.
const SIGNED: u8 = 1;
const DIFFERENCES: u8 = 8;
const RESTRICTED: u8 = 16;
const PADDED: u8 = 32;

impl Settings {
    pub(super) fn read(bytes: Bytes<'_>, bits: u32) -> Option<Self> {
        Some(Self { bits, flags: bytes.u8(21)?, block: bytes.u8(22)?.into(), interval: bytes.u16(23)?.into() })
    }

    /// The bits that say how a block is written.
    fn choice(self) -> u32 {
        match self.bits {
            1 | 2 if self.flags & RESTRICTED != 0 => 1,
            3 | 4 if self.flags & RESTRICTED != 0 => 2,
            0..=8 => 3,
            9..=16 => 4,
            _ => 5,
        }
    }
}

/// The numbers.
///
/// # Errors
/// If they are cut short, or the settings cannot be.
pub(super) fn numbers(data: &[u8], settings: Settings, count: usize) -> Result<Vec<f64>, String> {
    let Settings { bits, flags, block, interval } = settings;
    if !(1..=32).contains(&bits) || block == 0 || block % 2 != 0 || interval == 0 || flags & SIGNED != 0 {
        return Err(format!(
            "CCSDS packing with {bits} bits, flags {flags}, blocks of {block}, intervals of {interval}"
        ));
    }
    // A run of zeros needs few bits, but at least one for each 64 blocks.
    if count / (64 * block) > data.len().saturating_mul(8) {
        return Err(super::SHORT.to_owned());
    }
    let mut blocks = Blocks { bits: Bits::new(data), settings, raw: Vec::with_capacity(block * 64) };
    let mut numbers = Vec::with_capacity(count);
    while numbers.len() < count {
        let first = numbers.len();
        let mut done = 0;
        let mut unfolded = Unfolding { bits, last: None, plain: flags & DIFFERENCES == 0 };
        while done < interval && numbers.len() < count {
            done += blocks.next(done, flags & DIFFERENCES != 0 && done == 0).ok_or(super::SHORT)?;
            numbers.extend(blocks.raw.drain(..).map(|raw| unfolded.next(raw) as f64));
        }
        debug_assert!(numbers.len() > first);
        if flags & PADDED != 0 {
            blocks.bits.align();
        }
    }
    Ok(numbers)
}

struct Blocks<'a> {
    bits: Bits<'a>,
    settings: Settings,
    raw: Vec<u64>,
}

impl Blocks<'_> {
    /// Reads what the next choice of code covers into `raw`, and says how many blocks that is. `done` counts those of
    /// the interval before; the first number is stored as it is if `reference`.
    fn next(&mut self, done: usize, reference: bool) -> Option<usize> {
        let Settings { bits: width, block, interval, .. } = self.settings;
        let choice = self.settings.choice();
        let code = self.bits.read(choice)?;
        let plain = (1 << choice) - 1;
        if code == plain {
            for _ in 0..block {
                self.raw.push(self.bits.read(width)?);
            }
            return Some(1);
        }
        let few = if code == 0 { Some(self.bits.read(1)? == 0) } else { None };
        if reference {
            self.raw.push(self.bits.read(width)?);
        }
        match few {
            Some(true) => {
                let blocks = match self.bits.unary()? + 1 {
                    // The rest of 64 blocks, or of the interval.
                    5 => (64 - done % 64).min(interval - done),
                    more if more > 5 => usize::try_from(more - 1).ok()?,
                    few => few as usize,
                };
                if blocks > interval - done {
                    return None;
                }
                self.raw.resize(blocks * block, 0);
                Some(blocks)
            }
            Some(false) => {
                self.pairs(block)?;
                Some(1)
            }
            None => {
                self.split(block, code as u32 - 1)?;
                Some(1)
            }
        }
    }

    /// Two small numbers in one code.
    fn pairs(&mut self, block: usize) -> Option<()> {
        while self.raw.len() < block {
            let code = self.bits.unary()?;
            let mut sum = 0;
            while (sum + 1) * (sum + 2) / 2 <= code {
                sum += 1;
            }
            let second = code - sum * (sum + 1) / 2;
            if self.raw.len().is_multiple_of(2) {
                self.raw.push(sum - second);
            }
            self.raw.push(second);
        }
        Some(())
    }

    /// The upper parts of all numbers counted in zeros, then the lower parts in so many bits.
    fn split(&mut self, block: usize, lower: u32) -> Option<()> {
        let first = self.raw.len();
        while self.raw.len() < block {
            let upper = self.bits.unary()?;
            self.raw.push(upper.checked_shl(lower)?);
        }
        for number in &mut self.raw[first..] {
            *number |= self.bits.read(lower)?;
        }
        Some(())
    }
}

/// From folded differences to numbers.
struct Unfolding {
    bits: u32,
    last: Option<u64>,
    plain: bool,
}

impl Unfolding {
    fn next(&mut self, raw: u64) -> u64 {
        if self.plain {
            return raw;
        }
        let largest = (1u64 << self.bits) - 1;
        let number = match self.last {
            None => raw,
            Some(last) => {
                // As far as both directions reach, they take turns; beyond there is one only.
                let both = last.min(largest.saturating_sub(last));
                if raw <= 2 * both {
                    if raw.is_multiple_of(2) { last + raw / 2 } else { last.wrapping_sub(raw.div_ceil(2)) }
                } else if both == last {
                    raw
                } else {
                    largest.wrapping_sub(raw)
                }
            }
        } & largest;
        self.last = Some(number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_short_or_impossible_is_an_error() {
        let settings = Settings { bits: 16, flags: DIFFERENCES, block: 8, interval: 128 };
        assert!(numbers(&[0xff; 4], settings, 100).is_err());
        assert!(numbers(&[], settings, 1 << 40).is_err());
        assert!(numbers(&[0; 100], Settings { block: 0, ..settings }, 4).is_err());
    }
}
