//! Variance and standard deviation, in one pass over the input, without sums that cancel: mean and squared deviations of
//! a few rows (or of a run) while they are in the nearest cache, in two passes, then joined as Chan joins them.

use super::layout::{Kernel, walk};
use super::vector::widest;
use super::{Accumulator, Reader, ReduceOp, ReduceOptions, Slab, Writer, same_kind};
use crate::Result;
use crate::values::{DType, Element, Values};
use std::marker::PhantomData;

pub(super) struct Moments<T> {
    op: ReduceOp,
    options: ReduceOptions,
    means: Vec<f64>,
    squares: Vec<f64>,
    /// Whole numbers, which a float counts exactly as far as anybody can.
    counts: Vec<f64>,
    of: PhantomData<fn(T)>,
}

impl<T: Element> Moments<T> {
    pub fn new(op: ReduceOp, options: ReduceOptions, cells: usize) -> Self {
        let zeros = || vec![0.0; cells];
        Self { op, options, means: zeros(), squares: zeros(), counts: zeros(), of: PhantomData }
    }

    fn join(&mut self, cell: usize, mean: f64, squares: f64, count: f64) {
        let own = (self.means[cell], self.squares[cell], self.counts[cell]);
        (self.means[cell], self.squares[cell], self.counts[cell]) = join(own, (mean, squares, count));
    }
}

impl<T: Element> Accumulator for Moments<T> {
    fn add(&mut self, slabs: &[Slab]) {
        let slabs: Vec<Slab> = slabs.iter().map(|slab| slab.cast(T::DTYPE)).collect();
        walk::<T>(&slabs, self);
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        for (cell, &count) in later.counts.iter().enumerate() {
            self.join(cell, later.means[cell], later.squares[cell], count);
        }
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        let ddof = self.options.ddof as f64;
        let cells = self.squares.iter().zip(&self.counts).map(|(&squares, &count)| {
            let divisor = count - ddof;
            let variance = if divisor > 0.0 { squares / divisor } else { f64::NAN };
            if self.op == ReduceOp::Std { variance.sqrt() } else { variance }
        });
        Ok(match T::DTYPE {
            DType::F32 => Values::from(cells.map(|v| v as f32).collect::<Vec<_>>()),
            _ => Values::from(cells.collect::<Vec<_>>()),
        })
    }

    fn save(&self, to: &mut Writer) {
        to.array(&self.means);
        to.array(&self.squares);
        to.array(&self.counts);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<()> {
        from.fill(&mut self.means)?;
        from.fill(&mut self.squares)?;
        from.fill(&mut self.counts)
    }
}

/// Mean, sum of squared deviations and count of both parts together; nothing joined with nothing stays nothing.
#[inline(always)]
fn join((mean, squares, before): (f64, f64, f64), (other, more, count): (f64, f64, f64)) -> (f64, f64, f64) {
    let total = before + count;
    let delta = other - mean;
    let share = count / total;
    let joined = (mean + delta * share, squares + (more + delta * delta * before * share), total);
    if count == 0.0 {
        (mean, squares, before)
    } else if before == 0.0 {
        (other, more, count)
    } else {
        joined
    }
}

impl<T: Element> Kernel<T> for Moments<T> {
    fn across(&mut self, cell: usize, _: usize, rows: &[&[T]]) {
        let (means, squares, counts) = (&mut self.means[cell..], &mut self.squares[cell..], &mut self.counts[cell..]);
        match self.options.skip_missing {
            true => across::<T, true>(means, squares, counts, rows),
            false => across::<T, false>(means, squares, counts, rows),
        }
    }

    fn along(&mut self, cell: usize, _: usize, values: &[T]) {
        for values in values.chunks(RUN) {
            let mut own = (0.0, 0.0, 0.0);
            match self.options.skip_missing {
                true => along::<T, true>(&mut own, values),
                false => along::<T, false>(&mut own, values),
            }
            self.join(cell, own.0, own.1, own.2);
        }
    }
}

/// Values of one cell that are gone through twice: they stay in the nearest cache.
const RUN: usize = 2048;
/// Cells whose rows are gone through twice.
const STRIP: usize = 64;
/// Independent sums of one cell.
const LANES: usize = 16;

/// A value as it is added, and 1; nothing and 0 if it is missing and left out.
#[inline(always)]
fn kept<T: Element, const SKIP: bool>(value: T) -> (f64, f64) {
    let value = value.to_f64();
    if SKIP && value.is_nan() { (0.0, 0.0) } else { (value, 1.0) }
}

/// The square of the deviation; nothing of a value that is missing and left out.
#[inline(always)]
fn square<T: Element, const SKIP: bool>(value: T, mean: f64) -> f64 {
    let value = value.to_f64();
    let square = (value - mean) * (value - mean);
    if SKIP && value.is_nan() { 0.0 } else { square }
}

widest! {
    /// The values of each row to their own cells.
    fn across<T: Element; const SKIP>(means: &mut [f64], squares: &mut [f64], counts: &mut [f64], rows: &[&[T]]) {
        let cells = rows[0].len();
        for first in (0..cells).step_by(STRIP) {
            let n = STRIP.min(cells - first);
            let (mut sums, mut ones, mut deviations) = ([0.0; STRIP], [0.0; STRIP], [0.0; STRIP]);
            for row in rows {
                let row = &row[first..][..n];
                for ((sum, count), &value) in sums.iter_mut().zip(&mut ones).zip(row) {
                    let (value, one) = kept::<T, SKIP>(value);
                    *sum += value;
                    *count += one;
                }
            }
            sums.iter_mut().zip(&ones).for_each(|(sum, &count)| *sum /= count);
            for row in rows {
                let row = &row[first..][..n];
                for ((deviation, &mean), &value) in deviations.iter_mut().zip(&sums).zip(row) {
                    *deviation += square::<T, SKIP>(value, mean);
                }
            }
            let own = means[first..][..n].iter_mut().zip(&mut squares[first..][..n]).zip(&mut counts[first..][..n]);
            for (((mean, squares), count), i) in own.zip(0..) {
                (*mean, *squares, *count) = join((*mean, *squares, *count), (sums[i], deviations[i], ones[i]));
            }
        }
    }
}

widest! {
    /// Mean, squared deviations and count of all values.
    fn along<T: Element; const SKIP>(state: &mut (f64, f64, f64), values: &[T]) {
        let (mut sums, mut counts, mut squares) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let mut chunks = values.chunks_exact(LANES);
        for chunk in &mut chunks {
            for ((sum, count), &value) in sums.iter_mut().zip(&mut counts).zip(chunk) {
                let (value, one) = kept::<T, SKIP>(value);
                *sum += value;
                *count += one;
            }
        }
        for ((sum, count), &value) in sums.iter_mut().zip(&mut counts).zip(chunks.remainder()) {
            let (value, one) = kept::<T, SKIP>(value);
            *sum += value;
            *count += one;
        }
        let count = counts.iter().sum::<f64>();
        let mean = sums.iter().sum::<f64>() / count;
        let mut chunks = values.chunks_exact(LANES);
        for chunk in &mut chunks {
            for (squares, &value) in squares.iter_mut().zip(chunk) {
                *squares += square::<T, SKIP>(value, mean);
            }
        }
        for (squares, &value) in squares.iter_mut().zip(chunks.remainder()) {
            *squares += square::<T, SKIP>(value, mean);
        }
        *state = (mean, squares.iter().sum(), count);
    }
}
