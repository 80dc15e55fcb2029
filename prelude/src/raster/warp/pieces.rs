//! How a window of the new grid is cut, so that no more of the old one is held at once than is worth it: into pieces that need
//! little of it each, and together not much more than the whole.
//!
//! A pixel has one value whichever window it is read in, so cutting changes none.

use super::mapping::Mapping;
use super::transformer::Positions;
use std::ops::Range;

/// A window of the new grid: rows and columns.
pub(super) type Window = [Range<usize>; 2];

/// Pixels of the source that are held at once, if they can be had in parts.
const MOST_PIXELS: u64 = 4 << 20;
/// Bytes of positions that are held at once.
const MOST_BYTES: usize = 16 << 20;
/// Points along each side of a window at which is looked where it lies.
const POINTS: usize = 13;
/// How much more of the source may be read because a window is cut.
const TWICE: f64 = 1.5;
/// The same where a whole plane is cut, so that several threads work on it.
const A_LITTLE: f64 = 1.25;
/// Parts of a plane, at most.
const PARTS: usize = 64;

/// What is cut.
pub(super) struct Cutter<'a> {
    pub mapping: &'a Mapping,
    /// Rows and columns of a block of the source: no less of it is read.
    pub block: [usize; 2],
    /// Bytes of the positions of a pixel.
    pub bytes: usize,
}

impl Cutter<'_> {
    /// The pieces of a window, one after the other.
    pub fn pieces(&self, window: &Window) -> Vec<Window> {
        let mut pieces = Vec::new();
        let mut waiting = vec![window.clone()];
        while let Some(window) = waiting.pop() {
            match self.halves(&window) {
                None => pieces.push(window),
                Some([first, second]) => waiting.extend([second, first]),
            }
        }
        pieces
    }

    /// A window in two, if it is to be cut.
    fn halves(&self, window: &Window) -> Option<[Window; 2]> {
        let whole = self.pixels(window);
        let positions = window[0].len().saturating_mul(window[1].len()).saturating_mul(self.bytes);
        let large = whole > MOST_PIXELS as f64;
        if !large && positions <= MOST_BYTES {
            return None;
        }
        let cut = |axis: usize| {
            let range = &window[axis];
            let middle = range.start + range.len() / 2;
            let halves = [range.start..middle, middle..range.end];
            (range.len() > 1).then(|| {
                halves.map(|half| {
                    let mut part = window.clone();
                    part[axis] = half;
                    part
                })
            })
        };
        let ways = [0, 1].map(|axis| cut(axis).map(|halves| (halves.each_ref().map(|half| self.pixels(half)), halves)));
        let sum = |way: &([f64; 2], [Window; 2])| way.0[0] + way.0[1];
        // Rows first where it is all the same: files have their pixels row by row.
        let way = ways.into_iter().flatten().min_by(|a, b| sum(a).total_cmp(&sum(b)))?;
        (positions > MOST_BYTES || sum(&way) <= TWICE * whole).then_some(way.1)
    }

    /// Rows of a plane that are worth one read: as few as need no more of the source together than the whole, but a little.
    pub fn rows(&self, target: [usize; 2]) -> usize {
        let all = [0..target[0], 0..target[1]];
        let whole = self.pixels(&all);
        let parts = std::iter::successors(Some(PARTS), |parts| (*parts > 1).then_some(parts / 2));
        let rows = |parts: usize| target[0].div_ceil(parts).max(1);
        let fits = |parts: &usize| {
            let rows = rows(*parts);
            let starts = (0..target[0]).step_by(rows);
            let sum: f64 = starts.map(|row| self.pixels(&[row..(row + rows).min(target[0]), 0..target[1]])).sum();
            sum <= A_LITTLE * whole
        };
        parts.into_iter().find(fits).map_or(target[0], rows)
    }

    /// About how many pixels are read of the source for a window, whole blocks.
    pub fn pixels(&self, window: &Window) -> f64 {
        let Some(extent) = self.extent(window) else { return 0.0 };
        let along = |axis: usize| {
            let length = self.mapping.source()[axis] as f64;
            let (low, high): (f64, f64) = extent[axis];
            // Pixels between the points may lie a little further out than those.
            let around = self.mapping.resampling().is_over_areas() && axis == 1;
            let margin =
                self.mapping.radius(axis) + 2.0 + if around { 2.0 / self.mapping.scale[axis].min(1.0) } else { 0.0 };
            let block = self.block[axis].max(1) as f64;
            let (low, high) = ((low - margin).clamp(0.0, length), (high + margin).clamp(0.0, length));
            let blocks = ((high / block).ceil() - (low / block).floor()).max(0.0);
            (blocks * block).min(length)
        };
        along(0) * along(1)
    }

    /// Between which rows, and between which columns, the points of a window lie.
    fn extent(&self, window: &Window) -> Option<[(f64, f64); 2]> {
        let along = |range: &Range<usize>| {
            let (start, length) = (range.start as f64, range.len() as f64);
            (0..POINTS).map(move |n| start + length * n as f64 / (POINTS - 1) as f64)
        };
        let mut points = Positions::at(along(&window[0]).flat_map(|y| along(&window[1]).map(move |x| (x, y))));
        self.mapping.with(|transformer| transformer.exact(&mut points)).ok()?;
        let found = (0..POINTS * POINTS).filter_map(|at| points.get(at));
        let none = (f64::INFINITY, f64::NEG_INFINITY);
        let extent = found.fold([none; 2], |[down, across], (x, y)| {
            [(down.0.min(y), down.1.max(y)), (across.0.min(x), across.1.max(x))]
        });
        (extent[0].0 <= extent[0].1).then_some(extent)
    }
}
