//! The median, which has to see all values of a cell at once.

use super::layout::{Kernel, walk};
use super::{Accumulator, ReduceOptions, Slab, same_kind};
use crate::Result;
use crate::array::{DType, Element, Values};

pub(super) struct Median<T> {
    /// `length` places for each cell, of which the first `counts` are taken.
    values: Vec<T>,
    counts: Vec<usize>,
    length: usize,
    skip: bool,
}

impl<T: Element> Median<T> {
    pub fn new(options: ReduceOptions, cells: usize, length: usize) -> Self {
        let values = vec![T::default(); cells * length];
        Self { values, counts: vec![0; cells], length, skip: options.skip_missing }
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

/// The mean of the middle two, or the middle one; NaN of nothing and of NaN.
fn middle<T: Element>(values: &mut [T]) -> f64 {
    #[allow(clippy::eq_op)]
    let nan = values.iter().any(|v| v != v);
    if values.is_empty() || nan {
        return f64::NAN;
    }
    let half = values.len() / 2;
    let order = |a: &T, b: &T| a.partial_cmp(b).expect("NaN was ruled out");
    let upper = values.select_nth_unstable_by(half, order).1.to_f64();
    if values.len() % 2 == 1 {
        return upper;
    }
    let lower = values[..half].iter().map(|v| v.to_f64()).fold(f64::NEG_INFINITY, f64::max);
    lower.midpoint(upper)
}

impl<T: Element> Accumulator for Median<T> {
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
        let length = self.length;
        let counts = std::mem::take(&mut self.counts);
        let mut cell = |(cell, count): (usize, usize)| middle(&mut self.values[cell * length..][..count]);
        let cells = counts.into_iter().enumerate().map(&mut cell);
        Ok(match T::DTYPE {
            DType::F32 => Values::from(cells.map(|v| v as f32).collect::<Vec<_>>()),
            _ => Values::from(cells.collect::<Vec<_>>()),
        })
    }
}

impl<T: Element> Kernel<T> for Median<T> {
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
