//! Packed blocks from the file: neighbours come with one read, into memory that is used again.

use super::layout::Place;
use super::packed::PADDING;
use super::tiff::Tiff;

/// Bytes read at a time where blocks lie one after the other: few enough to stay in the processor's cache.
const READ_BYTES: u64 = 512 << 10;
/// What lies between two blocks is read with them if it is no more than this.
const GAP_BYTES: u64 = 4 << 10;

/// A part of the file in memory.
#[derive(Default)]
pub(super) struct Input {
    bytes: Vec<u8>,
    from: u64,
    to: u64,
}

impl Input {
    /// Forgets the file, not the memory.
    pub fn forget(&mut self) {
        (self.from, self.to) = (0, 0);
    }

    /// Gives back memory beyond what most files need.
    pub fn shrink(&mut self) {
        self.bytes.truncate(4 * READ_BYTES as usize);
        self.bytes.shrink_to(4 * READ_BYTES as usize);
    }

    /// The bytes of the block at `offset` and [`PADDING`] more. `next` are the blocks that will be asked for after it.
    pub fn block(&mut self, tiff: &Tiff, offset: u64, length: u64, next: &[Place]) -> Option<&[u8]> {
        if offset < self.from || offset + length > self.to {
            let mut end = offset + length;
            for place in next {
                match *place {
                    Place::At(at, length)
                        if at >= end && at - end <= GAP_BYTES && at + length - offset <= READ_BYTES =>
                    {
                        end = at + length;
                    }
                    _ => break,
                }
            }
            let wanted = (end - offset) as usize;
            if self.bytes.len() < wanted + PADDING {
                self.bytes.resize(wanted + PADDING, 0);
            }
            self.forget();
            tiff.read(offset, &mut self.bytes[..wanted]).ok()?;
            (self.from, self.to) = (offset, end);
        }
        let start = (offset - self.from) as usize;
        Some(&self.bytes[start..start + length as usize + PADDING])
    }
}
