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
    let step = high - low;
    match weight {
        0.0 => low,
        _ if weight < 0.5 => low + step * weight,
        _ => high - step * (1.0 - weight),
    }
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
