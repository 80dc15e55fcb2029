//! Variance and standard deviation, in one pass: Welford's update and Chan's merge, which do not cancel.

use super::layout::{Kernel, walk};
use super::{Accumulator, ReduceOp, ReduceOptions, Slab, same_kind};
use crate::Result;
use crate::values::{DType, Element, Values};
use std::marker::PhantomData;

pub(super) struct Moments<T> {
    op: ReduceOp,
    options: ReduceOptions,
    means: Vec<f64>,
    squares: Vec<f64>,
    counts: Vec<u64>,
    of: PhantomData<fn(T)>,
}

impl<T: Element> Moments<T> {
    pub fn new(op: ReduceOp, options: ReduceOptions, cells: usize) -> Self {
        let zeros = || vec![0.0; cells];
        Self { op, options, means: zeros(), squares: zeros(), counts: vec![0; cells], of: PhantomData }
    }

    fn join(&mut self, cell: usize, mean: f64, squares: f64, count: u64) {
        if count == 0 {
            return;
        }
        let before = self.counts[cell];
        let total = before + count;
        let delta = mean - self.means[cell];
        let share = count as f64 / total as f64;
        self.means[cell] += delta * share;
        self.squares[cell] += squares + delta * delta * before as f64 * share;
        self.counts[cell] = total;
    }
}

impl<T: Element> Accumulator for Moments<T> {
    fn add(&mut self, slabs: &[Slab]) {
        let slabs: Vec<Slab> = slabs.iter().map(|slab| slab.cast(T::DTYPE)).collect();
        walk::<T>(&slabs, self);
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        for (cell, count) in later.counts.into_iter().enumerate() {
            self.join(cell, later.means[cell], later.squares[cell], count);
        }
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        let ddof = self.options.ddof as f64;
        let cells = self.squares.iter().zip(&self.counts).map(|(&squares, &count)| {
            let divisor = count as f64 - ddof;
            let variance = if divisor > 0.0 { squares / divisor } else { f64::NAN };
            if self.op == ReduceOp::Std { variance.sqrt() } else { variance }
        });
        Ok(match T::DTYPE {
            DType::F32 => Values::from(cells.map(|v| v as f32).collect::<Vec<_>>()),
            _ => Values::from(cells.collect::<Vec<_>>()),
        })
    }
}

impl<T: Element> Kernel<T> for Moments<T> {
    fn across(&mut self, cell: usize, _: usize, values: &[T]) {
        let cells = cell..cell + values.len();
        let state = self.means[cells.clone()].iter_mut().zip(&mut self.squares[cells.clone()]);
        let skip = self.options.skip_missing;
        for (((mean, squares), count), value) in state.zip(&mut self.counts[cells]).zip(values) {
            let value = value.to_f64();
            if skip && value.is_nan() {
                continue;
            }
            *count += 1;
            let delta = value - *mean;
            *mean += delta / *count as f64;
            *squares += delta * (value - *mean);
        }
    }

    fn along(&mut self, cell: usize, _: usize, values: &[T]) {
        let skip = self.options.skip_missing;
        let kept = || values.iter().map(|v| v.to_f64()).filter(|v| !(skip && v.is_nan()));
        let (sum, count) = kept().fold((0.0, 0u64), |(sum, count), v| (sum + v, count + 1));
        let mean = sum / count as f64;
        let squares = kept().fold(0.0, |squares, v| squares + (v - mean) * (v - mean));
        self.join(cell, mean, squares, count);
    }
}
