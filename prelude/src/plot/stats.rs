//! One pass over all values: their range, and how many there are of which kind.

use super::cell::{Cell, two_d, with_cells, with_row};
use crate::array::Values;
use crate::parallel::threads;
use ndarray::ArrayViewD;

/// What is known of the values before anything is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stats {
    /// Smallest finite value that is not missing; infinity if there is none.
    pub min: f64,
    /// Largest finite value that is not missing; minus infinity if there is none.
    pub max: f64,
    pub finite: u64,
    pub missing: u64,
    /// Infinite values above and below.
    pub infinite: [u64; 2],
}

impl Stats {
    const NONE: Self = Self { min: f64::INFINITY, max: f64::NEG_INFINITY, finite: 0, missing: 0, infinite: [0, 0] };

    pub fn of(values: &Values, nodata: Option<f64>) -> Self {
        with_cells!(values, view => gather(view, nodata))
    }

    fn and(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            finite: self.finite + other.finite,
            missing: self.missing + other.missing,
            infinite: [self.infinite[0] + other.infinite[0], self.infinite[1] + other.infinite[1]],
        }
    }
}

fn gather<T: Cell>(view: ArrayViewD<'_, T>, nodata: Option<f64>) -> Stats {
    let view = two_d(view);
    let nodata = nodata.map_or(f64::NAN, T::narrowed);
    let rows = threads::map_parts(view.nrows(), &|rows| {
        let mut buffer = Vec::new();
        let row = |row| with_row(&view, row, &mut buffer, |cells| scan(cells, nodata));
        rows.map(row).fold(Stats::NONE, Stats::and)
    });
    rows.into_iter().fold(Stats::NONE, Stats::and)
}

/// Eight cells side by side, so that the compiler can use vector instructions.
fn scan<T: Cell>(cells: &[T], nodata: f64) -> Stats {
    const LANES: usize = 8;
    let (mut min, mut max, mut finite) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES], [0_u64; LANES]);
    let mut take = |lane: usize, cell: T| {
        let value = cell.number();
        let valid = (value.abs() <= f64::MAX) & (value != nodata);
        let (low, high) = (min[lane], max[lane]);
        min[lane] = if valid & (value < low) { value } else { low };
        max[lane] = if valid & (value > high) { value } else { high };
        finite[lane] += u64::from(valid);
    };
    let mut chunks = cells.chunks_exact(LANES);
    for chunk in &mut chunks {
        for (lane, &cell) in chunk.iter().enumerate() {
            take(lane, cell);
        }
    }
    for (lane, &cell) in chunks.remainder().iter().enumerate() {
        take(lane, cell);
    }
    let finite: u64 = finite.iter().sum();
    let mut stats = Stats {
        min: min.into_iter().fold(f64::INFINITY, f64::min),
        max: max.into_iter().fold(f64::NEG_INFINITY, f64::max),
        finite,
        missing: cells.len() as u64 - finite,
        infinite: [0, 0],
    };
    // Infinities are rare: they are looked for only where something was not finite.
    if stats.missing > 0 {
        let count = |wanted: f64| {
            if nodata == wanted { 0 } else { cells.iter().filter(|cell| cell.number() == wanted).count() as u64 }
        };
        stats.infinite = [count(f64::INFINITY), count(f64::NEG_INFINITY)];
        stats.missing -= stats.infinite[0] + stats.infinite[1];
    }
    stats
}
