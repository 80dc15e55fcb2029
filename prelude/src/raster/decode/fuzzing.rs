//! What the fuzz targets in `fuzz/` call: the decoder's parts, one by one. Compiled for them only.

use super::Sample;
pub use super::answers::{Part, Reader, memory_limit};
use super::packed::{Codec, PADDING, Unpacker};
use super::predictor::{Predictor, Rows};
use super::tiff::ByteOrder;

/// The decoders of blocks, used again from block to block as a reader does.
#[derive(Default)]
pub struct Blocks {
    unpacker: Unpacker,
    packed: Vec<u8>,
    spare: Vec<u8>,
}

impl Blocks {
    /// The `raw` bytes of a block that is packed as the tag `Compression` says, decoded into memory with `room` behind
    /// them. None where the block is left to GDAL.
    pub fn unpack(&mut self, compression: u64, packed: &[u8], raw: usize, room: usize) -> Option<Vec<u8>> {
        self.packed.clear();
        self.packed.extend_from_slice(packed);
        // Whatever follows a block in its file.
        self.packed.extend_from_slice(&[0xa5; PADDING]);
        let mut out = vec![0x5a; raw + room];
        self.unpacker.unpack(Codec::numbered(compression)?, &self.packed, &mut out, raw)?;
        out.truncate(raw);
        Some(out)
    }

    /// Undoes the predictor with a number of the tag `Predictor` in rows of `values` values each, of the type that
    /// GDAL calls `sample`.
    ///
    /// # Panics
    /// If there is no such predictor or type.
    pub fn undo(&mut self, predictor: u64, sample: &str, big: bool, values: usize, step: usize, bytes: &mut [u8]) {
        let predictor = match predictor {
            1 => Predictor::None,
            2 => Predictor::Horizontal,
            3 => Predictor::FloatingPoint,
            other => panic!("predictor {other}"),
        };
        let sample = Sample::named(sample).unwrap_or_else(|| panic!("type {sample}"));
        let order = if big { ByteOrder::Big } else { ByteOrder::Little };
        predictor.undo(bytes, Rows { sample, order, values, step }, &mut self.spare);
    }
}
