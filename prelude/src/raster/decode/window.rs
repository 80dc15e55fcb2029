//! A window put together from the blocks that it touches.

use super::input::Input;
use super::layout::{Layout, Place};
use super::packed::{Codec, Unpacker};
use super::sample::Decoded;
use crate::Result;
use crate::cancel;
use std::cell::RefCell;
use std::ops::Range;

/// Memory that a thread uses again, from window to window.
#[derive(Default)]
struct Scratch {
    input: Input,
    unpacker: Unpacker,
    block: Vec<u8>,
    spare: Vec<u8>,
    numbers: [Vec<u64>; 2],
    places: Vec<Place>,
}

/// A block of more bytes is given back when its window is done.
const KEPT_BYTES: usize = 4 << 20;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// What is to be read, and what becomes of it.
pub(super) struct Wanted<'a, T> {
    pub band: usize,
    pub rows: Range<usize>,
    pub columns: Range<usize>,
    pub nodata: Option<f64>,
    /// Called on rows as soon as they are there, while they are in the processor's cache.
    pub finish: &'a dyn Fn(&mut [T]),
}

/// Fills `out`, row by row. False where a block is damaged or odd: then `out` holds nothing of use.
///
/// # Errors
/// When Stop was pressed.
pub(super) fn read<T: Decoded>(layout: &Layout, wanted: &Wanted<'_, T>, out: &mut [T]) -> Result<bool> {
    SCRATCH.with_borrow_mut(|scratch| {
        let Scratch { input, unpacker, block, spare, numbers, places } = scratch;
        input.forget();
        let mut reader = Reader { layout, wanted, input, unpacker, block, spare };
        let done = reader.read(numbers, places, out);
        input.shrink();
        if block.len() > KEPT_BYTES {
            *block = Vec::new();
        }
        done.map(|done| done.is_some())
    })
}

struct Reader<'a, T> {
    layout: &'a Layout,
    wanted: &'a Wanted<'a, T>,
    input: &'a mut Input,
    unpacker: &'a mut Unpacker,
    block: &'a mut Vec<u8>,
    spare: &'a mut Vec<u8>,
}

impl<T: Decoded> Reader<'_, T> {
    fn read(&mut self, numbers: &mut [Vec<u64>; 2], places: &mut Vec<Place>, out: &mut [T]) -> Result<Option<()>> {
        let (layout, wanted) = (self.layout, self.wanted);
        let [block_rows, block_columns] = layout.block;
        let down = wanted.rows.start / block_rows..wanted.rows.end.div_ceil(block_rows);
        let across = wanted.columns.start / block_columns..wanted.columns.end.div_ceil(block_columns);
        let (plane, value) = if layout.together > 1 { (0, wanted.band) } else { (wanted.band, 0) };
        if layout.places(plane, down.clone(), across.clone(), numbers, places).is_none() {
            return Ok(None);
        }
        let width = wanted.columns.len();
        let mut rest = out;
        for (n, row) in down.enumerate() {
            cancel::check()?;
            let first = row * block_rows;
            let rows = wanted.rows.start.max(first)..wanted.rows.end.min(first + block_rows);
            for (m, column) in across.clone().enumerate() {
                let at = n * across.len() + m;
                let first = [first, column * block_columns];
                let columns = wanted.columns.start.max(first[1])..wanted.columns.end.min(first[1] + block_columns);
                let part = Part { first, rows: rows.clone(), columns, value };
                let (place, next) = (places[at], &places[at + 1..]);
                if self.block(place, next, layout.rows_in(row), &part, rest).is_none() {
                    return Ok(None);
                }
            }
            let (done, later) = rest.split_at_mut(rows.len() * width);
            (wanted.finish)(done);
            rest = later;
        }
        Ok(Some(()))
    }

    /// Reads one block into the rows of the window that it touches, which `out` begins with.
    fn block(&mut self, place: Place, next: &[Place], stored: usize, part: &Part, out: &mut [T]) -> Option<()> {
        let layout = self.layout;
        let width = self.wanted.columns.len();
        let raw = stored * layout.row_bytes();
        let Place::At(offset, length) = place else {
            let value = layout.sample.filling(self.wanted.nodata)?;
            let mut filled = [T::zeroed()];
            T::gather(layout.sample, &value[..layout.sample.size()], 0, 1, &mut filled);
            for row in 0..part.rows.len() {
                part.row_of(out, row, width, &self.wanted.columns).fill(filled[0]);
            }
            return Some(());
        };
        let rows = layout.rows();
        let whole = part.rows == (part.first[0]..part.first[0] + stored) && part.columns == self.wanted.columns;
        if whole && part.columns.len() == layout.block[1] && layout.together == 1 && T::STORED == layout.sample {
            // The block is what the window wants there, byte for byte: no copy.
            let out: &mut [u8] = bytemuck::cast_slice_mut(out);
            match layout.codec {
                Codec::None => layout.tiff.read(offset, &mut out[..raw]).ok()?,
                codec => {
                    let packed = self.input.block(&layout.tiff, offset, length, next)?;
                    self.unpacker.unpack(codec, packed, out, raw)?;
                }
            }
            layout.predictor.undo(&mut out[..raw], rows, self.spare);
            return Some(());
        }
        // Of what is not packed only the rows of the window are read; everything else is unpacked whole.
        let row_bytes = layout.row_bytes();
        let (skipped, raw) = match layout.codec {
            Codec::None => (part.rows.start - part.first[0], part.rows.len() * row_bytes),
            _ => (0, raw),
        };
        if self.block.len() < raw {
            self.block.resize(raw, 0);
        }
        match layout.codec {
            Codec::None => layout.tiff.read(offset + (skipped * row_bytes) as u64, &mut self.block[..raw]).ok()?,
            codec => {
                let packed = self.input.block(&layout.tiff, offset, length, next)?;
                self.unpacker.unpack(codec, packed, self.block, raw)?;
            }
        }
        // Rows below the window are of no use.
        let used = (part.rows.end - part.first[0] - skipped) * row_bytes;
        layout.predictor.undo(&mut self.block[..used], rows, self.spare);
        for row in 0..part.rows.len() {
            let from = (part.rows.start + row - part.first[0] - skipped) * row_bytes;
            let bytes = &self.block[from..from + row_bytes];
            let value = (part.columns.start - part.first[1]) * layout.together + part.value;
            let out = part.row_of(out, row, width, &self.wanted.columns);
            T::gather(layout.sample, bytes, value, layout.together, out);
        }
        Some(())
    }
}

/// What one block has of the window.
struct Part {
    /// Row and column of the block's first pixel.
    first: [usize; 2],
    /// Rows and columns of the raster that the block and the window share.
    rows: Range<usize>,
    columns: Range<usize>,
    /// The number of the band among the values of a pixel.
    value: usize,
}

impl Part {
    /// The pixels of one of the rows in the window's memory, which begins with the first of the rows.
    fn row_of<'o, T>(&self, out: &'o mut [T], row: usize, width: usize, wanted: &Range<usize>) -> &'o mut [T] {
        &mut out[row * width..][self.columns.start - wanted.start..self.columns.end - wanted.start]
    }
}
