//! What all planes of a stack share when they are brought to another grid: how the pixels of one grid lie in the other is
//! worked out once, and kept, within bounds, as long as the arrays live.

use super::mapping::{Lines, Mapping};
use super::nearest::Gather;
use super::pieces::{Cutter, Window};
use crate::gdal::library;
use crate::geo::Grid;
use crate::lazy::threads;
use crate::limits;
use crate::raster::Resampling;
use crate::{Error, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Bytes of positions that are kept for each thread that computes: what it needs of a window for one plane after the other.
const KEPT_BYTES: usize = 72 << 20;
/// All of them together take at most this part of the memory that is left.
const PART: u64 = 8;

/// Two grids, and how values of one become those of the other.
#[derive(Debug)]
pub(in crate::raster) struct Regrid {
    pub(super) source: Grid,
    pub(super) target: Grid,
    pub(super) resampling: Resampling,
    /// Rows and columns of a block of the source.
    block: [usize; 2],
    mapping: OnceLock<Result<Mapping, String>>,
    rows: OnceLock<usize>,
    kept: Mutex<Kept>,
    /// By the pixels of a window: the pixels of the source that are held at once for it.
    read: Mutex<HashMap<usize, f64>>,
}

/// How the pixels of a window are found.
#[derive(Debug)]
pub(super) enum Prepared {
    /// None of them lies in the source.
    Nothing,
    Gather(Gather),
    Lines(Lines),
}

impl Prepared {
    fn bytes(&self) -> usize {
        let own = match self {
            Self::Nothing => 0,
            Self::Gather(gather) => gather.bytes(),
            Self::Lines(lines) => lines.lines.iter().map(|line| 2 * size_of_val(&line.x[..])).sum(),
        };
        own + size_of::<Self>()
    }
}

/// What was found out, least recently used first.
#[derive(Debug, Default)]
struct Kept {
    prepared: Vec<(Key, Arc<Prepared>)>,
    pieces: HashMap<Window, Arc<[Window]>>,
    bytes: usize,
}

#[derive(Debug, Clone, PartialEq)]
struct Key {
    window: Window,
    /// Whether it is for GDAL's kernels, also where the nearest pixel is asked for.
    for_kernel: bool,
}

impl Kept {
    /// Lists of pieces are short; so many windows are more than a stack has.
    const MOST_WINDOWS: usize = 4096;

    fn get(&mut self, key: &Key) -> Option<Arc<Prepared>> {
        let at = self.prepared.iter().rposition(|(known, _)| known == key)?;
        let used = self.prepared.remove(at);
        let prepared = used.1.clone();
        self.prepared.push(used);
        Some(prepared)
    }

    fn put(&mut self, key: Key, prepared: &Arc<Prepared>, most: usize) {
        if self.prepared.iter().any(|(known, _)| *known == key) {
            return;
        }
        self.bytes += prepared.bytes();
        self.prepared.push((key, prepared.clone()));
        let mut dropped = 0;
        while self.bytes > most && dropped < self.prepared.len() {
            self.bytes -= self.prepared[dropped].1.bytes();
            dropped += 1;
        }
        self.prepared.drain(..dropped);
    }
}

impl Regrid {
    /// `block`: rows and columns of a block of the planes.
    pub fn new(source: Grid, target: Grid, resampling: Resampling, block: [usize; 2]) -> Self {
        let resampling = if is_exact(&source, &target, resampling) { Resampling::Nearest } else { resampling };
        Self {
            source,
            target,
            resampling,
            block,
            mapping: OnceLock::new(),
            rows: OnceLock::new(),
            kept: Mutex::default(),
            read: Mutex::default(),
        }
    }

    /// Rows and columns of a block of the planes.
    pub(super) fn block_of_source(&self) -> [usize; 2] {
        self.block
    }

    /// How the grids lie to each other.
    ///
    /// # Errors
    /// When there is no way from one CRS to the other.
    pub(super) fn mapping(&self) -> Result<&Mapping> {
        let mapping =
            self.mapping.get_or_init(|| library::call(|| Mapping::new(&self.source, &self.target, self.resampling)));
        mapping.as_ref().map_err(|said| self.failed(said))
    }

    pub(super) fn failed(&self, said: &str) -> Error {
        let what = format!("reproject from {} to {}", self.source.crs_name(), self.target.crs_name());
        super::failed(&what, said)
    }

    /// Rows and columns of the target that are read at once.
    pub(super) fn block(&self) -> [usize; 2] {
        let shape = self.target.shape();
        // What is wrong is said when it is read.
        let rows =
            self.rows.get_or_init(|| self.mapping().map_or(shape[0], |mapping| self.cutter(mapping).rows(shape)));
        [*rows, shape[1]]
    }

    /// The parts in which a window is warped, one after the other.
    ///
    /// # Errors
    /// As [`mapping`](Self::mapping).
    pub(super) fn pieces(&self, window: &Window) -> Result<Arc<[Window]>> {
        if let Some(pieces) = self.kept().pieces.get(window) {
            return Ok(pieces.clone());
        }
        let pieces: Arc<[Window]> = self.cutter(self.mapping()?).pieces(window).into();
        let known = &mut self.kept().pieces;
        if known.len() >= Kept::MOST_WINDOWS {
            known.clear();
        }
        known.insert(window.clone(), pieces.clone());
        Ok(pieces)
    }

    /// How the pixels of a window are found, `for_kernel`: by GDAL's kernels.
    ///
    /// # Errors
    /// As [`mapping`](Self::mapping), and when Stop was pressed.
    pub(super) fn prepared(&self, window: &Window, for_kernel: bool) -> Result<Arc<Prepared>> {
        let key = Key { window: window.clone(), for_kernel };
        if let Some(prepared) = self.kept().get(&key) {
            return Ok(prepared);
        }
        let mapping = self.mapping()?;
        let find = |transformer: &_| match for_kernel {
            true => Ok(mapping.lines(transformer, window)?.map(Prepared::Lines)),
            false => Ok(Gather::of(mapping, transformer, window)?.map(Prepared::Gather)),
        };
        let found: Result<Option<Prepared>> = mapping.with(find).map_err(|said| self.failed(&said))?;
        let prepared = Arc::new(found?.unwrap_or(Prepared::Nothing));
        let most =
            (KEPT_BYTES * threads::threads()).min(usize::try_from(limits::available() / PART).unwrap_or(usize::MAX));
        self.kept().put(key, &prepared, most);
        Ok(prepared)
    }

    /// Bytes that warping a window of so many pixels takes beside its result, where a value of the source takes `size` bytes.
    /// What reading the source takes by itself comes to it.
    pub(super) fn cost(&self, pixels: usize, size: usize) -> u64 {
        if self.mapping().is_err() {
            return 0;
        }
        // What is read, joined from blocks; for GDAL's kernels a copy in order, GDAL's own, and which of them are valid.
        let copies = if self.is_gathered() { 2.0 } else { 4.25 };
        let positions = pixels.saturating_mul(self.bytes_of_positions());
        let piece = pixels.saturating_mul(size);
        (self.read(pixels) * copies * size as f64) as u64 + positions as u64 + piece as u64
    }

    /// How many pixels of the source are held at once to warp a window of so many pixels.
    pub(super) fn read(&self, pixels: usize) -> f64 {
        let known = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(read) = known().get(&pixels) {
            return *read;
        }
        let read = self.mapping().map_or(0.0, |mapping| self.largest(mapping, pixels));
        let mut known = known();
        if known.len() >= Kept::MOST_WINDOWS {
            known.clear();
        }
        known.insert(pixels, read);
        read
    }

    fn largest(&self, mapping: &Mapping, pixels: usize) -> f64 {
        /// Places at which a window is tried.
        const TRIED: usize = 5;
        let [height, width] = self.target.shape();
        let shape = [pixels.div_ceil(width.max(1)).clamp(1, height.max(1)), pixels.min(width)];
        let cutter = self.cutter(mapping);
        let starts = (0..TRIED).map(|n| (height - shape[0].min(height)) * n / (TRIED - 1));
        let largest = |row: usize| {
            let pieces = cutter.pieces(&[row..row + shape[0], 0..shape[1]]);
            pieces.iter().map(|piece| cutter.pixels(piece)).fold(0.0, f64::max)
        };
        starts.map(largest).fold(0.0, f64::max)
    }

    /// Whether pixels are taken as they are.
    pub(super) fn is_gathered(&self) -> bool {
        self.resampling == Resampling::Nearest
    }

    fn bytes_of_positions(&self) -> usize {
        match self.resampling {
            // While they are found; what is kept of them is a third of that.
            Resampling::Nearest => size_of::<Option<[u32; 2]>>(),
            over_areas if over_areas.is_over_areas() => 4 * size_of::<f64>(),
            _ => 2 * size_of::<f64>(),
        }
    }

    fn cutter<'a>(&self, mapping: &'a Mapping) -> Cutter<'a> {
        Cutter { mapping, block: self.block, bytes: self.bytes_of_positions() }
    }

    /// Cuts a window as told.
    #[cfg(test)]
    pub(super) fn set_pieces(&self, window: &Window, pieces: &[Window]) {
        self.kept().pieces.insert(window.clone(), pieces.into());
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether no value lies between others: the new grid is the old one, moved by whole pixels, or the old one is a single row or
/// column, across which there is nothing to go between, so that GDAL takes the nearest.
fn is_exact(source: &Grid, target: &Grid, resampling: Resampling) -> bool {
    is_shift(source, target) || source.shape().contains(&1) && resampling.is_between()
}

/// Whether the new grid is the old one, moved by whole pixels: then no value is worked out anew.
fn is_shift(source: &Grid, target: &Grid) -> bool {
    let (from, to) = (&source.transform, &target.transform);
    let same_crs = match (&source.crs, &target.crs) {
        (Some(one), Some(other)) => one.same(other),
        _ => false,
    };
    let whole = |at: usize, step: f64| {
        let pixels = (to[at] - from[at]) / step;
        (pixels - pixels.round()).abs() <= 1e-8
    };
    same_crs
        && source.gcps.is_none()
        && [1, 2, 4, 5].iter().all(|&at| from[at] == to[at])
        && !source.is_rotated()
        && whole(0, from[1])
        && whole(3, from[5])
}
