//! Median and quantiles, which have to see all values of a cell at once.

use super::layout::{Kernel, walk};
use super::{Accumulator, Setup, Slab, same_kind};
use crate::Result;
use crate::values::{DType, Element, Values};
use std::sync::Arc;

/// What is asked of the values of each cell.
pub(super) enum Ask {
    Median,
    Quantiles(Arc<[f64]>),
}

pub(super) fn start(ask: Ask, setup: Setup<'_>) -> Box<dyn Accumulator> {
    match setup.input {
        DType::F32 => Box::new(Hold::<f32>::new(ask, setup)),
        _ => Box::new(Hold::<f64>::new(ask, setup)),
    }
}

struct Hold<T> {
    ask: Ask,
    /// `length` places for each cell, of which the first `counts` are taken.
    values: Vec<T>,
    counts: Vec<usize>,
    length: usize,
    skip: bool,
}

impl<T: Element> Hold<T> {
    fn new(ask: Ask, setup: Setup<'_>) -> Self {
        let Setup { options, cells, length, .. } = setup;
        let values = vec![T::default(); cells * length];
        Self { ask, values, counts: vec![0; cells], length, skip: options.skip_missing }
    }

    #[inline(always)]
    fn push(&mut self, cell: usize, value: T) {
        // Only NaN differs from itself.
        #[allow(clippy::eq_op)]
        if self.skip && value != value {
            return;
        }
        self.values[cell * self.length + self.counts[cell]] = value;
        self.counts[cell] += 1;
    }
}

#[allow(clippy::eq_op)]
fn any_nan<T: Element>(values: &[T]) -> bool {
    values.iter().any(|v| v != v)
}

/// The mean of the middle two, or the middle one; NaN of nothing and of NaN.
fn middle<T: Element>(values: &mut [T]) -> f64 {
    if values.is_empty() || any_nan(values) {
        return f64::NAN;
    }
    let half = values.len() / 2;
    let upper = nth(values, half).0;
    if values.len() % 2 == 1 {
        return upper;
    }
    let lower = values[..half].iter().map(|v| v.to_f64()).fold(f64::NEG_INFINITY, f64::max);
    lower.midpoint(upper)
}

/// The `n`-th smallest, and the next one.
fn nth<T: Element>(values: &mut [T], n: usize) -> (f64, f64) {
    let order = |a: &T, b: &T| a.partial_cmp(b).expect("NaN was ruled out");
    let (_, nth, above) = values.select_nth_unstable_by(n, order);
    let nth = nth.to_f64();
    (nth, above.iter().map(|v| v.to_f64()).reduce(f64::min).unwrap_or(nth))
}

/// The value below which `share` of the values lie, on the straight line between two of them, as NumPy has it.
fn quantile<T: Element>(values: &mut [T], share: f64) -> f64 {
    let place = share * (values.len() - 1) as f64;
    let weight = place - place.floor();
    let (low, high) = nth(values, place.floor() as usize);
    between(low, high, weight)
}

/// The value at `weight` (0 to 1) of the straight line from `low` to `high`, rounded as NumPy rounds it.
fn between(low: f64, high: f64, weight: f64) -> f64 {
    if weight == 0.0 || low == high {
        return low;
    }
    // Every point between a number and an infinity is that infinity; between the two infinities none is defined, and
    // their sum is NaN.
    if low.is_infinite() || high.is_infinite() {
        return low + high;
    }
    let step = high - low;
    if step.is_infinite() {
        return low * (1.0 - weight) + high * weight;
    }
    if weight < 0.5 { low + step * weight } else { high - step * (1.0 - weight) }
}

impl<T: Element> Accumulator for Hold<T> {
    fn add(&mut self, slabs: &[Slab]) {
        let slabs: Vec<Slab> = slabs.iter().map(|slab| slab.cast(T::DTYPE)).collect();
        walk::<T>(&slabs, self);
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        for (cell, &count) in later.counts.iter().enumerate() {
            for &value in &later.values[cell * later.length..][..count] {
                self.push(cell, value);
            }
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Values> {
        let (length, values) = (self.length, &mut self.values);
        let cells = self.counts.iter().enumerate().map(|(cell, &count)| (cell * length, count));
        Ok(match &self.ask {
            Ask::Median => {
                let medians = cells.map(|(first, count)| middle(&mut values[first..][..count]));
                match T::DTYPE {
                    DType::F32 => Values::from(medians.map(|v| v as f32).collect::<Vec<_>>()),
                    _ => Values::from(medians.collect::<Vec<_>>()),
                }
            }
            Ask::Quantiles(shares) => {
                let mut found = Vec::with_capacity(self.counts.len() * shares.len());
                for (first, count) in cells {
                    let values = &mut values[first..][..count];
                    let nothing = values.is_empty() || any_nan(values);
                    found.extend(shares.iter().map(|&q| if nothing { f64::NAN } else { quantile(values, q) }));
                }
                Values::from(found)
            }
        })
    }
}

impl<T: Element> Kernel<T> for Hold<T> {
    fn across(&mut self, cell: usize, _: usize, values: &[T]) {
        for (n, &value) in values.iter().enumerate() {
            self.push(cell + n, value);
        }
    }

    fn along(&mut self, cell: usize, _: usize, values: &[T]) {
        for &value in values {
            self.push(cell, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // inf = np.inf; [[np.nanquantile(v, q) for q in (0, .25, .5, .75, 1)] for v in ([5, inf], [-inf, 5], [-inf, inf],
    // [inf, inf], [5, 6, inf, inf], [-inf, 1, 2])]: where NumPy says NaN since its own sum of infinities did, there is what
    // lies there; between the two infinities nothing does.
    #[test]
    fn quantiles_beside_infinities_are_what_lies_there() {
        const INF: f64 = f64::INFINITY;
        const NAN: f64 = f64::NAN;
        let cases = [
            (vec![5.0, INF], [5.0, INF, INF, INF, INF]),
            (vec![-INF, 5.0], [-INF, -INF, -INF, -INF, 5.0]),
            (vec![-INF, INF], [-INF, NAN, NAN, NAN, INF]),
            (vec![INF, INF], [INF; 5]),
            (vec![5.0, INF, 6.0, INF], [5.0, 5.75, INF, INF, INF]),
            (vec![2.0, -INF, 1.0], [-INF, -INF, 1.0, 1.5, 2.0]),
        ];
        for (values, expected) in cases {
            let found = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| quantile(&mut values.clone(), share));
            let same = |(a, b): (&f64, &f64)| a == b || a.is_nan() && b.is_nan();
            assert!(found.iter().zip(&expected).all(same), "{values:?}: {found:?} instead of {expected:?}");
        }
    }

    #[test]
    fn a_step_beyond_the_largest_number_is_no_infinity() {
        assert_eq!(quantile(&mut [f64::MAX, -f64::MAX], 0.5), 0.0);
        assert!((quantile(&mut [f64::MAX, -f64::MAX], 0.25) / -f64::MAX - 0.5).abs() < 1e-15);
    }
}
