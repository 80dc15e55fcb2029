//! One strip or tile unpacked: which codec does it, and that it gives exactly the bytes that a block has.

use super::lzw;

/// How the blocks of a file are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    None,
    Lzw,
    Deflate,
    Zstd,
}

impl Codec {
    /// By the number in the tag `Compression`.
    pub fn numbered(number: u64) -> Option<Self> {
        Some(match number {
            1 => Self::None,
            5 => Self::Lzw,
            8 | 32946 => Self::Deflate,
            50000 => Self::Zstd,
            _ => return None,
        })
    }

    /// The most bytes that an honest block of `raw` bytes is packed into: a file that claims more is not read here.
    pub fn most(self, raw: u64) -> u64 {
        match self {
            Self::None => u64::MAX,
            // 12 bits for each byte at worst.
            Self::Lzw => raw + raw / 2 + 1024,
            // What does not pack is stored, with a few bytes for each piece.
            Self::Deflate | Self::Zstd => raw + raw / 64 + 1024,
        }
    }
}

/// The decoders, whose tables are kept from block to block.
#[derive(Default)]
pub(super) struct Unpacker {
    lzw: lzw::Table,
    deflate: Option<libdeflater::Decompressor>,
    zstd: Option<zstd::bulk::Decompressor<'static>>,
}

/// Bytes that must follow a packed block, whatever they are.
pub(super) const PADDING: usize = lzw::PADDING;

impl Unpacker {
    /// Unpacks a block of exactly `raw` bytes. `packed` is the block and [`PADDING`] bytes more; `out` may be longer
    /// than `raw`, and what follows is written over. None if the block is damaged or has another length.
    pub fn unpack(&mut self, codec: Codec, packed: &[u8], out: &mut [u8], raw: usize) -> Option<()> {
        let bytes = &packed[..packed.len() - PADDING];
        match codec {
            Codec::None => out[..raw].copy_from_slice(bytes.get(..raw)?),
            Codec::Lzw => self.lzw.decode(packed, out, raw)?,
            Codec::Deflate => {
                let decoder = self.deflate.get_or_insert_with(libdeflater::Decompressor::new);
                (decoder.zlib_decompress(bytes, &mut out[..raw]).ok()? == raw).then_some(())?;
            }
            Codec::Zstd => {
                let decoder = match &mut self.zstd {
                    Some(decoder) => decoder,
                    none => none.insert(zstd::bulk::Decompressor::new().ok()?),
                };
                (decoder.decompress_to_buffer(bytes, &mut out[..raw]).ok()? == raw).then_some(())?;
            }
        }
        Some(())
    }
}
