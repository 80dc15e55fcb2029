//! How a GeoTIFF keeps its pixels, taken from its tags: only layouts that are decoded here, everything else is refused.

use super::packed::Codec;
use super::predictor::{Predictor, Rows};
use super::sample::Sample;
use super::tiff::{Numbers, Refusal, Tiff};
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Blocks may be larger than the image that they hold a part of, but not much.
const MOST_BEYOND: u64 = 16 << 20;

/// What GDAL found in the header: the decoder must read the file in the same way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Expected {
    pub width: usize,
    pub height: usize,
    pub bands: usize,
    /// Rows and columns of a block.
    pub block: [usize; 2],
    pub sample: Option<Sample>,
}

/// A file that is decoded here.
#[derive(Debug)]
pub(super) struct Layout {
    pub tiff: Tiff,
    pub width: usize,
    pub height: usize,
    pub sample: Sample,
    pub codec: Codec,
    pub predictor: Predictor,
    /// Rows and columns of a block.
    pub block: [usize; 2],
    /// Whether blocks at the bottom have as many rows as the others.
    padded: bool,
    /// Values of one pixel that stand side by side in a block: the bands, or 1 where each band has blocks of its own.
    pub together: usize,
    /// The places of the blocks in the file, and their packed lengths.
    offsets: Numbers,
    lengths: Numbers,
}

/// Where a packed block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    At(u64, u64),
    /// Not stored: every value is the nodata value.
    Sparse,
}

mod tag {
    pub const WIDTH: u16 = 256;
    pub const HEIGHT: u16 = 257;
    pub const BITS: u16 = 258;
    pub const COMPRESSION: u16 = 259;
    pub const PHOTOMETRIC: u16 = 262;
    pub const FILL_ORDER: u16 = 266;
    pub const STRIP_OFFSETS: u16 = 273;
    pub const SAMPLES: u16 = 277;
    pub const ROWS_PER_STRIP: u16 = 278;
    pub const STRIP_LENGTHS: u16 = 279;
    pub const PLANES: u16 = 284;
    pub const PREDICTOR: u16 = 317;
    pub const TILE_WIDTH: u16 = 322;
    pub const TILE_HEIGHT: u16 = 323;
    pub const TILE_OFFSETS: u16 = 324;
    pub const TILE_LENGTHS: u16 = 325;
    pub const FORMAT: u16 = 339;
}

/// The photometric interpretation of which a pixel has three values.
const RGB: u64 = 2;

impl Layout {
    /// Opens the file and understands it.
    ///
    /// # Errors
    /// Says in a few words what keeps it from being decoded here.
    pub fn open(path: &Path, expected: &Expected) -> Result<Self, Refusal> {
        let sample = expected.sample.ok_or("an unusual element type")?;
        // To open a named pipe waits for somebody who writes into it, unless it is asked not to.
        let file = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path);
        let tiff = Tiff::open(file.map_err(|_| "not a plain file")?)?;
        let codec = Codec::numbered(tiff.number(tag::COMPRESSION, 1)?).ok_or("its compression")?;
        if tiff.number(tag::FILL_ORDER, 1)? != 1 {
            return Err("bits in reverse order");
        }
        // Of other kinds (YCbCr, CIELab) GDAL may make red, green and blue.
        if tiff.number(tag::PHOTOMETRIC, 1)? > 3 {
            return Err("its colours");
        }
        check_type(&tiff, sample)?;
        let predictor = match (codec, tiff.number(tag::PREDICTOR, 1)?) {
            (Codec::None, _) | (_, 1) => Predictor::None,
            (_, 2) => Predictor::Horizontal,
            (_, 3) if sample.is_float() => Predictor::FloatingPoint,
            _ => return Err("its predictor"),
        };
        let (width, height) = (tiff.number(tag::WIDTH, 0)?, tiff.number(tag::HEIGHT, 0)?);
        let bands = tiff.number(tag::SAMPLES, 1)?;
        // Where one of these contradicts the other two, libtiff and GDAL see different numbers of bands.
        let of_bits = tiff.numbers(tag::BITS)?.map_or(1, Numbers::len);
        if (of_bits != 1 && of_bits != bands) || (bands < 3 && tiff.number(tag::PHOTOMETRIC, 1)? == RGB) {
            return Err("an unclear number of bands");
        }
        let tiled = tiff.has(tag::TILE_WIDTH);
        // libtiff keeps both under one name: the later tag holds.
        let of_the_other =
            if tiled { [tag::STRIP_OFFSETS, tag::STRIP_LENGTHS] } else { [tag::TILE_OFFSETS, tag::TILE_LENGTHS] };
        if of_the_other.iter().any(|&number| tiff.has(number)) {
            return Err("strips and tiles at once");
        }
        let (rows, columns, offsets, lengths) = if tiled {
            let (rows, columns) = (tiff.number(tag::TILE_HEIGHT, 0)?, tiff.number(tag::TILE_WIDTH, 0)?);
            (rows, columns, tiff.numbers(tag::TILE_OFFSETS)?, tiff.numbers(tag::TILE_LENGTHS)?)
        } else {
            let rows = tiff.number(tag::ROWS_PER_STRIP, height)?.min(height);
            (rows, width, tiff.numbers(tag::STRIP_OFFSETS)?, tiff.numbers(tag::STRIP_LENGTHS)?)
        };
        let found = [width, height, bands, rows, columns];
        let wanted = [expected.width, expected.height, expected.bands, expected.block[0], expected.block[1]];
        if found != wanted.map(|number| number as u64) || wanted.contains(&0) {
            return Err("a size that GDAL sees differently");
        }
        let together = match tiff.number(tag::PLANES, 1)? {
            1 => expected.bands,
            2 => 1,
            _ => return Err("its arrangement of bands"),
        };
        let (Some(offsets), Some(lengths)) = (offsets, lengths) else { return Err("no places of its blocks") };
        let [rows, columns] = expected.block;
        let layout = Self {
            tiff,
            width: expected.width,
            height: expected.height,
            sample,
            codec,
            predictor,
            block: expected.block,
            padded: tiled,
            together,
            offsets,
            lengths,
        };
        let pixel = (together * sample.size()) as u64;
        let bytes = |rows: usize, columns: usize| (rows as u64).checked_mul(columns as u64)?.checked_mul(pixel);
        let (Some(block), Some(image)) = (bytes(rows, columns), bytes(expected.height, expected.width)) else {
            return Err("its size");
        };
        if block > image.saturating_add(MOST_BEYOND) || image > isize::MAX as u64 / 4 {
            return Err("its size");
        }
        let planes = (expected.bands / together) as u64;
        let blocks = planes.checked_mul(layout.grid().map(|count| count as u64).iter().product());
        if blocks.is_none_or(|blocks| offsets.len() < blocks || lengths.len() < blocks) {
            return Err("too few places of its blocks");
        }
        Ok(layout)
    }

    /// Blocks below each other, and side by side.
    pub fn grid(&self) -> [usize; 2] {
        [self.height.div_ceil(self.block[0]), self.width.div_ceil(self.block[1])]
    }

    /// Rows that are stored in a block of row `down` of the grid.
    pub fn rows_in(&self, down: usize) -> usize {
        if self.padded { self.block[0] } else { self.block[0].min(self.height - down * self.block[0]) }
    }

    /// How the rows of every block look.
    pub fn rows(&self) -> Rows {
        let values = self.block[1] * self.together;
        Rows { sample: self.sample, order: self.tiff.order(), values, step: self.together }
    }

    /// Bytes of one row of a block.
    pub fn row_bytes(&self) -> usize {
        self.block[1] * self.together * self.sample.size()
    }

    /// The places of the blocks of a part of the grid, row by row. None where one of them is not honest.
    pub fn places(
        &self,
        plane: usize,
        down: Range<usize>,
        across: Range<usize>,
        numbers: &mut [Vec<u64>; 2],
        places: &mut Vec<Place>,
    ) -> Option<()> {
        let [rows, columns] = self.grid();
        places.clear();
        numbers.iter_mut().for_each(Vec::clear);
        for (numbers, of) in numbers.iter_mut().zip([self.offsets, self.lengths]) {
            let at = |down: usize, across: usize| ((plane * rows + down) * columns + across) as u64;
            if across.len() == columns {
                self.tiff.values(of, at(down.start, 0)..at(down.end, 0), numbers).ok()?;
            } else {
                for row in down.clone() {
                    self.tiff.values(of, at(row, across.start)..at(row, across.end), numbers).ok()?;
                }
            }
        }
        for (n, (&offset, &length)) in numbers[0].iter().zip(&numbers[1]).enumerate() {
            let raw = (self.rows_in(down.start + n / across.len()) * self.row_bytes()) as u64;
            places.push(self.place(offset, length, raw)?);
        }
        Some(())
    }

    fn place(&self, offset: u64, length: u64, raw: u64) -> Option<Place> {
        // What is stored beyond the pixels is not read.
        let read = if self.codec == Codec::None { raw } else { length };
        match (offset, length) {
            (0, 0) => Some(Place::Sparse),
            (0, _) | (_, 0) => None,
            _ if read > length || length > self.codec.most(raw) => None,
            _ if offset.checked_add(read)? > self.tiff.length() => None,
            _ => Some(Place::At(offset, read)),
        }
    }
}

/// That the tags say what GDAL makes of them.
fn check_type(tiff: &Tiff, sample: Sample) -> Result<(), Refusal> {
    let (bits, format) = (tiff.number(tag::BITS, 1)?, tiff.number(tag::FORMAT, 1)?);
    let float = match format {
        1 | 2 | 4 => false,
        3 => true,
        _ => return Err("an unusual element type"),
    };
    if bits != 8 * sample.size() as u64 || float != sample.is_float() {
        return Err("an unusual element type");
    }
    Ok(())
}
