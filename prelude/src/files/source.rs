//! One variable of a file as the leaf of a lazy plan: read by windows, decoded as it is read.

use super::characters::{self, Characters};
use super::coders::Decoding;
use super::file_type::FileType;
use super::formats::classic::ClassicArray;
use super::library::Driver;
use super::opening::{Kept, grown};
use super::{library, read};
use crate::disk::{file_name, shown};
use crate::gdal::multidim::Kind;
use crate::lazy::Source;
use crate::lazy::written::SourceForm;
use crate::values::{DType, Values, count};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a file has no chunks, about this many bytes are read at once.
const BLOCK_BYTES: usize = 4 << 20;

/// Who reads the values of a variable.
#[derive(Debug, Clone)]
pub(super) enum Access {
    /// GDAL, with the driver that shows the variable.
    Gdal(Driver),
    /// The reader of classic netCDF files.
    Classic(Arc<ClassicArray>),
    /// Nobody, for this reason.
    Nobody(Arc<str>),
}

/// What is known of a variable without reading it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    /// From the file's top to the group of the variable.
    pub(super) groups: Vec<String>,
    pub(super) name: String,
    pub(super) dims: Vec<String>,
    pub(super) shape: Vec<usize>,
    /// What GDAL takes the elements for.
    pub(super) kind: Kind,
    /// What they are.
    pub(super) of: FileType,
    pub(super) access: Access,
    /// How characters become text.
    pub(super) characters: Characters,
    /// Whether the file has chunks of its own.
    pub(super) chunked: bool,
    pub(super) block: Vec<usize>,
    pub(super) storage: String,
}

impl Place {
    /// The values of a window, as the file has them.
    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        match (&self.access, self.of) {
            (Access::Nobody(why), _) => Err(Error::new(ErrorKind::InvalidArgument, why.to_string())),
            (_, FileType::Char) => characters::read(self, window),
            (Access::Classic(array), _) => array.values(&self.path, window),
            (Access::Gdal(driver), of) => {
                let values = self.with_array(*driver, |array| read::window(array, self.kind, window))?;
                read::as_type(values, of)
            }
        }
    }

    /// Whether the values of another place lie where these do, as far as there are as many.
    pub(super) fn continues(&self, other: &Self) -> bool {
        let access = match (&self.access, &other.access) {
            (Access::Gdal(now), Access::Gdal(before)) => now == before,
            (Access::Classic(now), Access::Classic(before)) => now.continues(before),
            (Access::Nobody(_), Access::Nobody(_)) => true,
            _ => false,
        };
        access
            && (&self.groups, &self.name, &self.dims) == (&other.groups, &other.name, &other.dims)
            && (self.kind, self.of, self.characters) == (other.kind, other.of, other.characters)
            && grown(&self.shape, &other.shape)
    }

    /// Uses GDAL's array of this variable.
    pub(super) fn with_array<R>(
        &self,
        driver: Driver,
        work: impl FnOnce(&crate::gdal::multidim::Array) -> Result<R>,
    ) -> Result<R> {
        library::with_driver(&self.path, driver, |file| match file.array(&self.groups, &self.name) {
            Some(array) => work(array),
            None => Err(Error::new(ErrorKind::NotFound, "the file no longer has this variable")),
        })
        .and_then(|result| result)
    }
}

#[derive(Debug)]
pub(super) struct VariableSource {
    pub(super) place: Place,
    pub(super) decoding: Decoding,
    /// None while the file is being opened.
    pub(super) kept: Option<Kept>,
}

impl VariableSource {
    /// All values, for coordinates.
    pub(super) fn all(&self) -> Result<Values> {
        let window: Vec<Range<usize>> = self.place.shape.iter().map(|&length| 0..length).collect();
        self.read(&window)
    }
}

impl VariableSource {
    /// The numbers from which the type of dates is chosen: all, or of very many the first and the last, as xarray looks.
    pub(super) fn sample(&self) -> Result<Values> {
        const MOST: usize = 1_000_000;
        let shape = &self.place.shape;
        let window = |of: &dyn Fn(usize) -> Range<usize>| {
            self.place.read(&shape.iter().map(|&length| of(length)).collect::<Vec<_>>())
        };
        if count(shape) <= MOST {
            return window(&|length| 0..length);
        }
        let ends = [window(&|_| 0..1)?, window(&|length| length - 1..length)?];
        Values::concat(&ends, 0)
    }
}

impl Source for VariableSource {
    fn shape(&self) -> &[usize] {
        &self.place.shape
    }

    fn block(&self) -> &[usize] {
        &self.place.block
    }

    fn dtype(&self) -> DType {
        self.decoding.dtype
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.place.path)
    }

    /// The numbers as the file has them, and a whole chunk, packed and unpacked, where a part of it is asked for.
    fn cost(&self, elements: usize) -> u64 {
        let raw = self.place.of.size() as u64;
        let chunk = (count(&self.place.block) as u64).saturating_mul(raw);
        let unpacked = if self.place.chunked { chunk.saturating_mul(2) } else { 0 };
        unpacked.saturating_add((elements as u64).saturating_mul(raw))
    }

    fn describe(&self) -> String {
        let lengths: Vec<String> = self.place.block.iter().map(usize::to_string).collect();
        let pieces = if self.place.chunked { "chunks of" } else { "not chunked, by" };
        format!(
            "{}, {}, {}, {pieces} {}",
            file_name(&self.place.path),
            self.place.name,
            self.place.storage,
            lengths.join(" x ")
        )
    }

    fn written(&self) -> Option<SourceForm> {
        self.kept.as_ref()?.written(format!("{:?}", self.decoding))
    }

    fn axis_name(&self, axis: usize) -> String {
        self.place.dims.get(axis).cloned().unwrap_or_else(|| format!("axis {axis}"))
    }

    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let decoded = self.place.read(window).and_then(|raw| self.decoding.apply(raw));
        let decoded = decoded
            .map_err(|error| error.context(format!("{}, variable {:?}", shown(&self.place.path), self.place.name)));
        match &self.kept {
            Some(kept) => kept.unchanged(decoded),
            None => decoded,
        }
    }
}

/// Lengths that are worth one read where the file has no chunks: the last axes whole, as many of the others as fit.
pub(super) fn sensible_block(shape: &[usize], element_bytes: usize) -> Vec<usize> {
    let mut room = (BLOCK_BYTES / element_bytes.max(1)).max(1);
    let mut block = vec![1; shape.len()];
    for (length, &all) in block.iter_mut().zip(shape).rev() {
        *length = all.min(room).max(1);
        room /= *length;
        if *length < all || room == 0 {
            break;
        }
    }
    // One step of a stack of maps is what is asked for most; several would be read for it otherwise.
    if shape.len() >= 3 {
        let leading = shape.len() - 2;
        block[..leading].fill(1);
    }
    block
}

#[cfg(test)]
mod tests {
    use super::sensible_block;

    #[test]
    fn a_stack_is_read_map_by_map_and_a_large_map_by_rows() {
        assert_eq!(sensible_block(&[744, 33, 49], 4), [1, 33, 49]);
        assert_eq!(sensible_block(&[10_000, 20_000], 4), [52, 20_000]);
        assert_eq!(sensible_block(&[5], 8), [5]);
        assert!(sensible_block(&[], 8).is_empty());
    }
}
