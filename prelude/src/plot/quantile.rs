//! The values below which given shares of all values lie, without sorting or copying them.
//!
//! Values are counted in bins between the smallest and the largest; only those of the bins in which the
//! wanted ones lie are then looked at one by one.

use super::cell::{Cell, with_cells};
use super::stats::Stats;
use crate::array::Values;
use ndarray::ArrayViewD;

const BINS: usize = 65_536;

/// For each of `shares` the value at that share of the valid values of all `blocks`, linear between two as in numpy.
///
/// There must be a finite value.
pub(super) fn of<const N: usize>(blocks: &[&Values], nodata: Option<f64>, stats: &Stats, shares: [f64; N]) -> [f64; N] {
    let bins = Bins { low: stats.min, length: 0.5 * stats.max - 0.5 * stats.min };
    let mut counts = vec![0_u64; BINS];
    for block in blocks {
        each(block, nodata, &mut |value| counts[bins.at(value)] += 1);
    }
    let last = counts.iter().sum::<u64>().saturating_sub(1);
    shares.map(|share| {
        let place = share * last as f64;
        let (below, part) = (place.floor() as u64, place.fract());
        let first = ranked(&bins, &counts, blocks, nodata, below);
        let next = if part > 0.0 { ranked(&bins, &counts, blocks, nodata, below + 1) } else { first };
        // Not their difference, which may overflow.
        first * (1.0 - part) + next * part
    })
}

struct Bins {
    low: f64,
    /// Half of the range, which does not overflow.
    length: f64,
}

impl Bins {
    fn at(&self, value: f64) -> usize {
        if self.length <= 0.0 {
            return 0;
        }
        let share = (0.5 * value - 0.5 * self.low) / self.length;
        ((share * BINS as f64) as usize).min(BINS - 1)
    }
}

/// The value with `rank` others below it.
fn ranked(bins: &Bins, counts: &[u64], blocks: &[&Values], nodata: Option<f64>, rank: u64) -> f64 {
    let (mut bin, mut before) = (0, 0);
    while bin + 1 < BINS && before + counts[bin] <= rank {
        before += counts[bin];
        bin += 1;
    }
    let within = rank.saturating_sub(before) as usize;
    let mut inside = Vec::with_capacity(counts[bin] as usize);
    for block in blocks {
        each(block, nodata, &mut |value| {
            if bins.at(value) == bin {
                inside.push(value);
            }
        });
    }
    let within = within.min(inside.len().saturating_sub(1));
    if inside.is_empty() { f64::NAN } else { *inside.select_nth_unstable_by(within, f64::total_cmp).1 }
}

/// Calls `take` with each value that is finite and not missing.
pub(super) fn each(values: &Values, nodata: Option<f64>, take: &mut dyn FnMut(f64)) {
    with_cells!(values, view => each_cell(view, nodata, take));
}

fn each_cell<T: Cell>(view: ArrayViewD<'_, T>, nodata: Option<f64>, take: &mut dyn FnMut(f64)) {
    let nodata = nodata.map_or(f64::NAN, T::narrowed);
    for cell in view {
        let value = cell.number();
        if value.is_finite() && value != nodata {
            take(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // np.percentile(values, [0, 2, 50, 98, 100]) of the same values.
    #[test]
    fn shares_are_those_of_numpy() {
        let values: Vec<f64> = (0..1000).map(|at| f64::from((at * 7919) % 1000) * 0.5).collect();
        let block = Values::from_shape_vec(&[20, 50], values).unwrap();
        let stats = Stats::of(&block, None);
        let found = of(&[&block], None, &stats, [0.0, 0.02, 0.5, 0.98, 1.0]);
        let expected = [0.0, 9.99, 249.75, 489.51, 499.5];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{found:?}");
    }

    #[test]
    fn nodata_and_gaps_do_not_count_and_equal_values_are_fine() {
        let block = Values::from_shape_vec(&[1, 4], vec![5.0_f32, f32::NAN, -9999.0, 5.0]).unwrap();
        let stats = Stats::of(&block, Some(-9999.0));
        assert_eq!(of(&[&block], Some(-9999.0), &stats, [0.02, 0.98]), [5.0, 5.0]);
    }
}
