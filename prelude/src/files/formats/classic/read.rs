//! Windows of the variables of a classic netCDF file: big-endian numbers, one after the other or record by record.

use super::bytes::Bytes;
use super::header::{Variable, fixed};
use crate::files::file_type::FileType;
use crate::values::Values;
use crate::{Error, ErrorKind, Result};
use std::ops::Range;

/// Pieces with less than this between them are read in one go: asking the system costs more than the bytes do.
const GAP_BYTES: u64 = 16 << 10;
/// At most this is read at once for the sake of pieces in it.
const SPAN_BYTES: u64 = 4 << 20;

/// The window's values, of numbers; characters are read as [`bytes`].
///
/// # Errors
/// When the file ends before the values, or cannot be read.
pub(in crate::files) fn window(file: &dyn Bytes, variable: &Variable, window: &[Range<usize>]) -> Result<Values> {
    let shape: Vec<usize> = window.iter().map(Range::len).collect();
    let bytes = bytes(file, variable, window)?;
    values(variable.of, &bytes, &shape)
}

/// The bytes of a window, as they are in the file.
pub(in crate::files) fn bytes(file: &dyn Bytes, variable: &Variable, window: &[Range<usize>]) -> Result<Vec<u8>> {
    let fits = window.len() == variable.shape.len()
        && window.iter().zip(&variable.shape).all(|(range, &length)| range.start <= range.end && range.end <= length);
    if !fits {
        return Err(Error::new(ErrorKind::Mismatch, "the file no longer has these values"));
    }
    if window.iter().any(Range::is_empty) {
        return Ok(Vec::new());
    }
    let steps = steps(variable).ok_or_else(|| too_short(variable))?;
    let size = variable.of.size() as u64;
    let at = |index: &dyn Fn(&Range<usize>) -> usize| {
        window
            .iter()
            .zip(&steps)
            .try_fold(variable.begin, |sum, (range, step)| sum.checked_add(step.checked_mul(index(range) as u64)?))
    };
    let first = at(&|range| range.start).ok_or_else(|| too_short(variable))?;
    let end = at(&|range| range.end - 1).and_then(|last| last.checked_add(size)).ok_or_else(|| too_short(variable))?;
    let length = file.length().map_err(|error| unreadable(&error))?;
    // Before memory is taken: no window has more elements than the file has bytes, if its last one is in the file.
    if end > length {
        return Err(Error::new(
            ErrorKind::Damaged,
            format!("the file is cut short: these values reach to byte {end}, and it has {length}; copy it again"),
        ));
    }
    let count: usize = window.iter().map(Range::len).product();
    let mut out = Vec::with_capacity(count * variable.of.size());
    let lengths: Vec<usize> = window.iter().map(Range::len).collect();
    Gather { file, steps: &steps, lengths: &lengths, size }.append(first, 0, &mut out)?;
    Ok(out)
}

/// Bytes from one index of each axis to the next.
fn steps(variable: &Variable) -> Option<Vec<u64>> {
    let mut step = variable.of.size() as u64;
    let mut steps = vec![0; variable.shape.len()];
    for (axis, &length) in variable.shape.iter().enumerate().rev() {
        steps[axis] = match variable.record {
            Some(record) if axis == 0 => record,
            _ => step,
        };
        step = step.checked_mul(length as u64)?;
    }
    Some(steps)
}

struct Gather<'a> {
    file: &'a dyn Bytes,
    steps: &'a [u64],
    lengths: &'a [usize],
    size: u64,
}

impl Gather<'_> {
    /// Whether all values from `axis` on follow each other in the file.
    fn is_contiguous(&self, axis: usize) -> bool {
        let mut expected = self.size;
        for at in (axis..self.lengths.len()).rev() {
            if self.lengths[at] != 1 && self.steps[at] != expected {
                return false;
            }
            expected = self.steps[at].saturating_mul(self.lengths[at] as u64);
        }
        true
    }

    /// Bytes from the first value to the end of the last one, from `axis` on.
    fn span(&self, axis: usize) -> u64 {
        let last = |at: usize| self.steps[at] * (self.lengths[at] as u64 - 1);
        (axis..self.lengths.len()).map(last).sum::<u64>() + self.size
    }

    fn append(&self, start: u64, axis: usize, out: &mut Vec<u8>) -> Result<()> {
        if self.is_contiguous(axis) {
            let from = out.len();
            out.resize(from + self.span(axis) as usize, 0);
            return self.file.fill(&mut out[from..], start).map_err(|error| unreadable(&error));
        }
        let (step, inner) = (self.steps[axis], self.span(axis + 1));
        let near = step.saturating_sub(inner) <= GAP_BYTES && inner <= SPAN_BYTES;
        if !(near && self.is_contiguous(axis + 1)) {
            return (0..self.lengths[axis] as u64)
                .try_for_each(|index| self.append(start + index * step, axis + 1, out));
        }
        let together = (SPAN_BYTES / step.max(1)).max(1);
        let (mut index, all) = (0, self.lengths[axis] as u64);
        let mut span = Vec::new();
        while index < all {
            let count = together.min(all - index);
            span.resize((step * (count - 1) + inner) as usize, 0);
            self.file.fill(&mut span, start + index * step).map_err(|error| unreadable(&error))?;
            for piece in 0..count {
                let from = (piece * step) as usize;
                out.extend_from_slice(&span[from..from + inner as usize]);
            }
            index += count;
        }
        Ok(())
    }
}

fn values(of: FileType, bytes: &[u8], shape: &[usize]) -> Result<Values> {
    macro_rules! numbers {
        ($type:ty) => {
            Values::from_shape_vec(
                shape,
                bytes.chunks_exact(size_of::<$type>()).map(|b| <$type>::from_be_bytes(fixed(b))).collect(),
            )
        };
    }
    match of {
        FileType::I8 => numbers!(i8),
        FileType::U8 => numbers!(u8),
        FileType::I16 => numbers!(i16),
        FileType::U16 => numbers!(u16),
        FileType::I32 => numbers!(i32),
        FileType::U32 => numbers!(u32),
        FileType::I64 => numbers!(i64),
        FileType::U64 => numbers!(u64),
        FileType::F32 => numbers!(f32),
        FileType::F64 => numbers!(f64),
        FileType::Bool | FileType::F16 | FileType::Char | FileType::Text => {
            Err(Error::new(ErrorKind::Other, "classic netCDF files have no values of this type"))
        }
    }
}

fn too_short(variable: &Variable) -> Error {
    Error::new(ErrorKind::Damaged, format!("the shape {:?} is too large for any file", variable.shape))
}

fn unreadable(error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("the file cannot be read: {error}"))
}
