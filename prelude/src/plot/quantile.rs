//! The values below which given shares of all values lie, without sorting or copying them.
//!
//! Floats in order have keys in order. The values are counted by the first bits of their keys, then those that share the
//! wanted one's first bits by the next, until few are left. So one value of 1e20 among others costs nothing.

use super::cell::{Cell, two_d, with_cells};
use crate::array::Values;
use crate::parallel::threads;
use ndarray::ArrayViewD;

/// Bits of a key that one pass looks at.
const BITS: u32 = 12;
/// So many values are looked at one by one.
const FEW: u64 = 65_536;

/// For each of `shares` the value at that share of the valid values of all `blocks`, linear between two as in numpy.
///
/// Blocks have two dimensions. There must be a finite value.
pub(super) fn of<const N: usize>(blocks: &[&Values], nodata: Option<f64>, shares: [f64; N]) -> [f64; N] {
    let search = Search { blocks, nodata };
    let counts = search.counts(Prefix::NONE);
    let last = counts.iter().sum::<u64>().saturating_sub(1);
    shares.map(|share| {
        let place = share * last as f64;
        let (below, above) = search.pair(&counts, place as u64);
        // Not their difference, which may overflow.
        if place.fract() > 0.0 { below * (1.0 - place.fract()) + above * place.fract() } else { below }
    })
}

/// The first bits of a key.
#[derive(Debug, Clone, Copy)]
struct Prefix {
    bits: u64,
    length: u32,
}

impl Prefix {
    const NONE: Self = Self { bits: 0, length: 0 };

    fn fits(self, key: u64) -> bool {
        self.length == 0 || key >> (64 - self.length) == self.bits
    }

    /// The next bits of a key that fits, as a number.
    fn next(self, key: u64) -> usize {
        (key << self.length >> (64 - self.step())) as usize
    }

    fn longer(self, next: usize) -> Self {
        Self { bits: self.bits << self.step() | next as u64, length: self.length + self.step() }
    }

    fn step(self) -> u32 {
        BITS.min(64 - self.length)
    }
}

/// A number that is larger for a larger value.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The value with this key.
fn value_of(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

struct Search<'a> {
    blocks: &'a [&'a Values],
    nodata: Option<f64>,
}

impl Search<'_> {
    /// The value with `rank` others below it, and the next one; `counts` are those of all values.
    fn pair(&self, counts: &[u64], rank: u64) -> (f64, f64) {
        let mut within = rank;
        let (mut prefix, mut count) = Prefix::NONE.narrowed(counts, &mut within);
        while count > FEW && prefix.length < 64 {
            (prefix, count) = prefix.narrowed(&self.counts(prefix), &mut within);
        }
        if prefix.length == 64 {
            // All that are left are one value.
            let value = value_of(prefix.bits);
            return (value, if within + 1 < count { value } else { self.above(value) });
        }
        let mut left = self.picked(prefix);
        left.sort_unstable_by(f64::total_cmp);
        let value = left.get(within as usize).copied().unwrap_or(f64::NAN);
        (value, left.get(within as usize + 1).copied().unwrap_or_else(|| self.above(value)))
    }

    /// The smallest value above `value`, or that itself if it is the largest.
    fn above(&self, value: f64) -> f64 {
        let least = |a: f64, b: f64| a.min(b);
        let bound = key(value);
        let next = self.blocks.iter().map(|block| {
            with_cells!(block, view => fold(view, self.nodata, || f64::INFINITY, |least: f64, value| {
                if key(value) > bound { least.min(value) } else { least }
            }, least))
        });
        Some(next.fold(f64::INFINITY, least)).filter(|next| next.is_finite()).unwrap_or(value)
    }

    /// How many valid values whose keys begin with `prefix` there are for each of its next bits.
    fn counts(&self, prefix: Prefix) -> Vec<u64> {
        let none = || vec![0_u64; 1 << prefix.step()];
        let add = |mut sum: Vec<u64>, part: Vec<u64>| {
            sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
            sum
        };
        let count = |mut counts: Vec<u64>, value: f64| {
            let key = key(value);
            if prefix.fits(key) {
                counts[prefix.next(key)] += 1;
            }
            counts
        };
        let block = |block: &&Values| with_cells!(block, view => fold(view, self.nodata, none, count, add));
        self.blocks.iter().map(block).fold(none(), add)
    }

    /// The valid values whose keys begin with `prefix`.
    fn picked(&self, prefix: Prefix) -> Vec<f64> {
        let take = |mut taken: Vec<f64>, value: f64| {
            if prefix.fits(key(value)) {
                taken.push(value);
            }
            taken
        };
        let join = |mut all: Vec<f64>, more: Vec<f64>| {
            all.extend(more);
            all
        };
        let block = |block: &&Values| with_cells!(block, view => fold(view, self.nodata, Vec::new, take, join));
        self.blocks.iter().map(block).fold(Vec::new(), join)
    }
}

impl Prefix {
    /// The longer prefix that the value with `rank` others below it has, and how many have it; `rank` becomes that among those.
    fn narrowed(self, counts: &[u64], rank: &mut u64) -> (Self, u64) {
        let mut next = 0;
        while next + 1 < counts.len() && counts[next] <= *rank {
            *rank -= counts[next];
            next += 1;
        }
        (self.longer(next), counts[next])
    }
}

/// Folds all valid values of a block, rows in parallel.
fn fold<T: Cell, R: Send + Sync>(
    view: ArrayViewD<'_, T>,
    nodata: Option<f64>,
    none: impl Fn() -> R + Sync,
    take: impl Fn(R, f64) -> R + Sync,
    join: impl Fn(R, R) -> R,
) -> R {
    let view = two_d(view);
    let row = |start: R, row: usize| valid(view.row(row).iter(), nodata).fold(start, &take);
    threads::map_parts(view.nrows(), &|rows| rows.fold(none(), row)).into_iter().fold(none(), join)
}

/// Those that are finite and not missing.
fn valid<'a, T: Cell>(cells: impl Iterator<Item = &'a T>, nodata: Option<f64>) -> impl Iterator<Item = f64> {
    let nodata = nodata.map_or(f64::NAN, T::narrowed);
    cells.map(|cell| cell.number()).filter(move |&value| value.is_finite() && value != nodata)
}

/// Calls `take` with each value that is finite and not missing.
pub(super) fn each(values: &Values, nodata: Option<f64>, take: &mut dyn FnMut(f64)) {
    with_cells!(values, view => valid(view.iter(), nodata).for_each(take));
}

#[cfg(test)]
mod tests {
    use super::*;

    // np.percentile(values, [0, 2, 50, 98, 100]) of the same values.
    #[test]
    fn shares_are_those_of_numpy() {
        let values: Vec<f64> = (0..1000).map(|at| f64::from((at * 7919) % 1000) * 0.5).collect();
        let block = Values::from_shape_vec(&[20, 50], values).unwrap();
        let found = of(&[&block], None, [0.0, 0.02, 0.5, 0.98, 1.0]);
        let expected = [0.0, 9.99, 249.75, 489.51, 499.5];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{found:?}");
    }

    #[test]
    fn nodata_and_gaps_do_not_count_and_equal_values_are_fine() {
        let block = Values::from_shape_vec(&[1, 4], vec![5.0_f32, f32::NAN, -9999.0, 5.0]).unwrap();
        assert_eq!(of(&[&block], Some(-9999.0), [0.02, 0.98]), [5.0, 5.0]);
    }

    #[test]
    fn many_values_are_narrowed_down_to_the_exact_one() {
        // Sorted: 200 000 of −3, then 0 to 199 999 in steps of a thousandth, then one of 1e20.
        let rising = (0..200_000).map(|at| f64::from(at) * 1e-3);
        let values: Vec<f64> = rising.rev().chain(std::iter::repeat_n(-3.0, 200_000)).chain([1e20]).collect();
        let (front, back) = values.split_at(values.len() / 11 * 11);
        let block =
            |part: &[f64], columns| Values::from_shape_vec(&[part.len() / columns, columns], part.to_vec()).unwrap();
        let (front, back) = (block(front, 11), block(back, back.len()));
        let last = (values.len() - 1) as f64;
        let found = of(&[&front, &back], None, [0.25, 199_999.5 / last, 300_000.0 / last, 1.0]);
        let expected = [-3.0, -1.5, 100.0, 1e20];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn keys_are_in_the_order_of_values() {
        let values = [f64::MIN, -1.0, -5e-324, -0.0, 0.0, 5e-324, 1.0, f64::MAX];
        assert!(values.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        assert!(values.iter().all(|&value| value_of(key(value)).to_bits() == value.to_bits()));
    }
}
