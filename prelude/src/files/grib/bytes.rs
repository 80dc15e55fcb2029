//! Numbers in the sections of a message: big-endian, negative ones as sign and magnitude, never read beyond the end.

/// The bytes of one section, counted from 0; tables in the standard count octets from 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn slice(self, at: usize, length: usize) -> Option<&'a [u8]> {
        self.0.get(at..at.checked_add(length)?)
    }

    fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.slice(at, N)?.try_into().ok()
    }

    pub(super) fn u8(self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    pub(super) fn u16(self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_be_bytes)
    }

    pub(super) fn u24(self, at: usize) -> Option<u32> {
        let [a, b, c] = self.array(at)?;
        Some(u32::from_be_bytes([0, a, b, c]))
    }

    pub(super) fn u32(self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    /// The first bit is the sign; all ones stand for "missing", as for the unsigned numbers.
    pub(super) fn i8(self, at: usize) -> Option<i64> {
        self.u8(at).map(|raw| signed(raw.into(), 8))
    }

    pub(super) fn i16(self, at: usize) -> Option<i64> {
        self.u16(at).map(|raw| signed(raw.into(), 16))
    }

    pub(super) fn i24(self, at: usize) -> Option<i64> {
        self.u24(at).map(|raw| signed(raw.into(), 24))
    }

    pub(super) fn i32(self, at: usize) -> Option<i64> {
        self.u32(at).map(|raw| signed(raw.into(), 32))
    }

    /// A signed number of `length` bytes, at most eight.
    pub(super) fn signed(self, at: usize, length: usize) -> Option<i64> {
        let raw = self.slice(at, length)?.iter().fold(0u64, |sum, &byte| sum << 8 | u64::from(byte));
        (1..=8).contains(&length).then(|| signed(raw, 8 * length as u32))
    }

    pub(super) fn f32(self, at: usize) -> Option<f64> {
        self.u32(at).map(|raw| f32::from_bits(raw).into())
    }

    /// A number as IBM's mainframes had it: a sign, an exponent of 16 and 24 bits.
    pub(super) fn ibm(self, at: usize) -> Option<f64> {
        let raw = self.u32(at)?;
        let magnitude = f64::from(raw & 0x00ff_ffff) * 16f64.powi((raw >> 24 & 0x7f) as i32 - 70);
        Some(if raw >> 31 == 1 { -magnitude } else { magnitude })
    }
}

/// Sign and magnitude in the last `bits` bits.
fn signed(raw: u64, bits: u32) -> i64 {
    let magnitude = (raw & ((1 << (bits - 1)) - 1)) as i64;
    if raw >> (bits - 1) & 1 == 1 { -magnitude } else { magnitude }
}

/// Reads numbers of any width up to 64 bits, one after the other; past the end there is nothing.
#[derive(Debug, Clone)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Goes to a bit counted from the start.
    pub(super) fn seek(&mut self, bit: usize) {
        self.at = bit;
    }

    /// Goes on to the next whole byte.
    pub(super) fn align(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }

    /// Passes over numbers.
    pub(super) fn skip(&mut self, numbers: usize, width: u32) -> Option<()> {
        let bits = numbers.checked_mul(width as usize).filter(|&bits| bits <= self.left())?;
        self.at += bits;
        Some(())
    }

    pub(super) fn left(&self) -> usize {
        (self.bytes.len() * 8).saturating_sub(self.at)
    }

    pub(super) fn read(&mut self, width: u32) -> Option<u64> {
        if width == 0 {
            return Some(0);
        }
        if width > 56 || self.left() < width as usize {
            return None;
        }
        let first = self.at / 8;
        let mut window = [0u8; 8];
        let there = &self.bytes[first..self.bytes.len().min(first + 8)];
        window[..there.len()].copy_from_slice(there);
        let raw = u64::from_be_bytes(window) << (self.at % 8) >> (64 - width);
        self.at += width as usize;
        Some(raw)
    }

    /// A number with its sign in front.
    pub(super) fn read_signed(&mut self, width: u32) -> Option<i64> {
        if width == 0 { Some(0) } else { self.read(width).map(|raw| signed(raw, width)) }
    }

    /// How many zeros come before the next one, which is read too.
    pub(super) fn unary(&mut self) -> Option<u64> {
        let mut zeros = 0;
        while self.read(1)? == 0 {
            zeros += 1;
        }
        Some(zeros)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bits, Bytes};

    #[test]
    fn negative_numbers_are_sign_and_magnitude() {
        let bytes = Bytes(&[0x80, 0x05, 0xff, 0x00, 0x01]);
        assert_eq!(bytes.i16(0), Some(-5));
        assert_eq!(bytes.signed(2, 3), Some(-0x7f_0001));
        assert_eq!(bytes.i32(2), None);
    }

    #[test]
    fn ibm_numbers_are_read() {
        // The standard's own example: -118.625 is C276A000.
        assert_eq!(Bytes(&[0xc2, 0x76, 0xa0, 0x00]).ibm(0), Some(-118.625));
    }

    #[test]
    fn bits_end_where_the_bytes_end() {
        let mut bits = Bits::new(&[0b1010_0000, 0b0000_0001]);
        assert_eq!((bits.read(3), bits.read(5), bits.unary()), (Some(5), Some(0), Some(7)));
        assert_eq!(bits.read(1), None);
    }
}
