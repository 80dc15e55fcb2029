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
                (decoder.decompress_to_buffer(first_frame(bytes)?, &mut out[..raw]).ok()? == raw).then_some(())?;
            }
        }
        Some(())
    }
}

/// The ZSTD frame that a block begins with: GDAL reads no more. None where that is something else, or needs a larger
/// window than GDAL's decoder agrees to.
fn first_frame(packed: &[u8]) -> Option<&[u8]> {
    const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    /// The descriptor of a window of 2^27 bytes (RFC 8878, section 3.1.1.1.2).
    const MOST_WINDOW: u8 = 17 << 3;
    let &[descriptor, window, ..] = packed.strip_prefix(&MAGIC)? else { return None };
    // A frame that is a single segment has none.
    if descriptor & 0x20 == 0 && window > MOST_WINDOW {
        return None;
    }
    packed.get(..zstd::zstd_safe::find_frame_compressed_size(packed).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpack(packed: &[u8], raw: usize) -> Option<Vec<u8>> {
        let mut out = vec![0; raw];
        Unpacker::default().unpack(Codec::Zstd, &[packed, &[0; PADDING]].concat(), &mut out, raw)?;
        Some(out)
    }

    #[test]
    fn of_zstd_one_frame_is_read_as_gdal_reads_it() {
        let frame = zstd::bulk::compress(b"pixels", 3).unwrap();
        assert_eq!(unpack(&frame, 6).unwrap(), b"pixels");
        assert_eq!(unpack(&[&frame[..], b"and more"].concat(), 6).unwrap(), b"pixels");
        assert_eq!(unpack(&frame, 5), None);
        assert_eq!(unpack(&frame, 7), None);
        assert_eq!(unpack(&[&frame[..], &frame].concat(), 12), None);
        assert_eq!(unpack(&[&[0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0], &frame[..]].concat(), 6), None, "a frame to skip");
        assert_eq!(unpack(&frame[..4], 6), None);
    }

    #[test]
    fn zstd_windows_that_gdal_refuses_are_refused() {
        // A window, and one last block of three bytes as they are.
        let frame = |window: u8| [&[0x28, 0xb5, 0x2f, 0xfd, 0, window], &[(3 << 3) + 1, 0, 0][..], b"abc"].concat();
        assert_eq!(unpack(&frame(17 << 3), 3).unwrap(), b"abc");
        assert_eq!(unpack(&frame((17 << 3) + 1), 3), None);
        assert_eq!(unpack(&frame(20 << 3), 3), None);
    }
}
