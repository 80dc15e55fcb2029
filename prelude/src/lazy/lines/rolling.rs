//! Rolling windows: a reduction of each element with its neighbours.
//!
//! Nothing is ever subtracted again, so no error builds up along a line and the result does not depend on where the
//! lines are cut: the axis is divided into stretches as long as the window, counted from position 0, and each window
//! is the end of one stretch and the beginning of the next. Both are built up element by element, three steps each.

use super::{Block, Flow, LineOp};
use crate::values::{DType, Element, Text, Values};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;

/// What becomes of the values in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RollingOp {
    Sum,
    Mean,
    Prod,
    Min,
    Max,
    Var,
    Std,
    Median,
    Count,
}

impl RollingOp {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Prod => "prod",
            Self::Min => "min",
            Self::Max => "max",
            Self::Var => "var",
            Self::Std => "std",
            Self::Median => "median",
            Self::Count => "count",
        }
    }
}

/// A window of each element and those around it.
#[derive(Debug, Clone, Copy)]
pub struct Rolling {
    pub op: RollingOp,
    pub before: usize,
    pub after: usize,
    /// Windows with fewer values than this are missing.
    pub least: usize,
    pub ddof: usize,
}

impl Rolling {
    fn window(&self) -> usize {
        self.before + 1 + self.after
    }
}

impl LineOp for Rolling {
    fn name(&self) -> String {
        format!("rolling {} of {}", self.op.name(), self.window())
    }

    fn dtype(&self, input: DType) -> Result<DType> {
        Ok(match self.op {
            RollingOp::Count => DType::F64,
            _ if !input.is_number() => {
                let message = format!("a rolling {} of {input} has no meaning here; count does", self.op.name());
                return Err(Error::new(ErrorKind::Mismatch, message));
            }
            RollingOp::Sum | RollingOp::Mean | RollingOp::Prod if !input.is_float() => DType::F64,
            _ => input.with_missing(),
        })
    }

    fn needs(&self, out: Range<usize>, length: usize) -> Range<usize> {
        out.start.saturating_sub(self.before)..(out.end + self.after).min(length)
    }

    fn flow(&self) -> Flow {
        Flow::Near(self.before + self.after)
    }

    fn apply(&self, block: Block) -> Values {
        let dtype = match (self.op, block.values.dtype()) {
            (RollingOp::Count, DType::F32) => DType::F32,
            (RollingOp::Count, _) => DType::F64,
            (_, input) => self.dtype(input).expect("the plan checked the type"),
        };
        let block = match &block.values {
            Values::Text(texts) => {
                let here = |text: Text| if text.is_missing() { f64::NAN } else { 0.0 };
                Block { values: Values::F64(crate::values::kernels::map_to(texts, here)), ..block }
            }
            _ => block.cast(dtype),
        };
        match dtype {
            DType::F32 => self.of_floats::<f32>(block),
            _ => self.of_floats::<f64>(block),
        }
    }
}

/// A type of which windows are taken.
trait Float: Element {
    fn rounded(value: f64) -> Self;
}

impl Float for f32 {
    fn rounded(value: f64) -> Self {
        value as Self
    }
}

impl Float for f64 {
    fn rounded(value: f64) -> Self {
        value
    }
}

impl Rolling {
    fn of_floats<T: Float>(&self, block: Block) -> Values {
        match self.op {
            RollingOp::Sum => self.stretches::<T, T, Sum>(block, T::rounded),
            RollingOp::Mean => self.stretches::<T, T, Mean>(block, T::rounded),
            RollingOp::Prod => self.stretches::<T, T, Prod>(block, T::rounded),
            RollingOp::Min => self.stretches::<T, T, Min>(block, T::rounded),
            RollingOp::Max => self.stretches::<T, T, Max>(block, T::rounded),
            RollingOp::Var | RollingOp::Std => self.stretches::<T, T, Var>(block, T::rounded),
            RollingOp::Median => self.medians::<T>(block),
            RollingOp::Count => self.stretches::<T, f64, Count>(block, |v| v),
        }
    }

    fn stretches<T: Float, U: Element, F: Fold>(&self, block: Block, of: impl Fn(f64) -> U) -> Values {
        let mut results = block.results::<U>();
        let (here, inner, outs) = (block.here(), block.inner(), block.out.len());
        let window = self.window();
        let tile = (TILE_BYTES / (window * size_of::<(F::State, u32)>())).clamp(1, 512).min(inner.max(1));
        let mut fold = Folding::<T, F>::new(tile, window);
        for outer in 0..block.outer() {
            let line = &block.slice::<T>()[outer * here * inner..][..here * inner];
            let results = &mut results[outer * outs * inner..][..outs * inner];
            for first in (0..inner).step_by(tile) {
                let lanes = first..inner.min(first + tile);
                let input = Input { line, inner, lanes: lanes.clone(), start: block.start, length: block.length };
                fold.run(self, &input, &block.out, |n, sums, counts| {
                    let row = &mut results[n * inner..][lanes.clone()];
                    for ((result, &sum), &count) in row.iter_mut().zip(sums).zip(counts) {
                        let value = if count as usize >= self.least { F::finish(sum, count, self) } else { f64::NAN };
                        *result = of(value);
                    }
                });
            }
        }
        block.finish(results)
    }

    /// The values of each window are kept in order; one goes and one comes.
    fn medians<T: Float>(&self, block: Block) -> Values {
        let mut results = block.results::<T>();
        let (here, inner, outs) = (block.here(), block.inner(), block.out.len());
        let values = block.slice::<T>();
        let mut sorted: Vec<f64> = Vec::with_capacity(self.window());
        for (outer, lane) in (0..block.outer()).flat_map(|outer| (0..inner).map(move |lane| (outer, lane))) {
            let at = |position: usize| values[(outer * here + position - block.start) * inner + lane].to_f64();
            let place = |sorted: &[f64], value: f64| sorted.partition_point(|other| *other < value);
            sorted.clear();
            let mut held = self.needs(block.out.start..block.out.start + 1, block.length);
            sorted.extend(held.clone().map(at).filter(|v| !v.is_nan()));
            sorted.sort_unstable_by(f64::total_cmp);
            for (n, out) in block.out.clone().enumerate() {
                let wanted = self.needs(out..out + 1, block.length);
                for value in (held.start..wanted.start).map(at).filter(|v| !v.is_nan()) {
                    sorted.remove(place(&sorted, value));
                }
                for value in (held.end..wanted.end).map(at).filter(|v| !v.is_nan()) {
                    sorted.insert(place(&sorted, value), value);
                }
                held = wanted;
                let half = sorted.len() / 2;
                let median = match sorted.len() {
                    0 => f64::NAN,
                    _ if sorted.len() < self.least => f64::NAN,
                    odd if odd % 2 == 1 => sorted[half],
                    _ => sorted[half - 1].midpoint(sorted[half]),
                };
                results[(outer * outs + n) * inner + lane] = T::rounded(median);
            }
        }
        block.finish(results)
    }
}

/// What the folds of one stretch may take: it stays in the second level cache.
const TILE_BYTES: usize = 256 << 10;

/// A way to fold values that does not depend on how they are grouped, but for rounding.
trait Fold {
    type State: Copy;
    const NONE: Self::State;
    fn one(value: f64) -> Self::State;
    /// Both are of at least one value, or are `NONE`.
    fn join(a: (Self::State, u32), b: (Self::State, u32)) -> Self::State;
    /// Of `count` values; 0 is possible.
    fn finish(state: Self::State, count: u32, rolling: &Rolling) -> f64;
}

/// Some neighbouring lines.
struct Input<'a, T> {
    line: &'a [T],
    inner: usize,
    lanes: Range<usize>,
    start: usize,
    length: usize,
}

impl<T: Float> Input<'_, T> {
    /// The elements at one position; none beyond the ends of the lines.
    fn row(&self, position: isize) -> Option<&[T]> {
        let position = usize::try_from(position).ok().filter(|&position| position < self.length)?;
        Some(&self.line[(position - self.start) * self.inner..][self.lanes.clone()])
    }
}

/// The folds of the end of one stretch, from each position on, and of the beginning of the next.
struct Folding<T, F: Fold> {
    tile: usize,
    ends: Vec<F::State>,
    end_counts: Vec<u32>,
    sums: Vec<F::State>,
    counts: Vec<u32>,
    both: Vec<F::State>,
    both_counts: Vec<u32>,
    of: std::marker::PhantomData<fn(T)>,
}

impl<T: Float, F: Fold> Folding<T, F> {
    fn new(tile: usize, window: usize) -> Self {
        Self {
            tile,
            ends: vec![F::NONE; tile * window],
            end_counts: vec![0; tile * window],
            sums: vec![F::NONE; tile],
            counts: vec![0; tile],
            both: vec![F::NONE; tile],
            both_counts: vec![0; tile],
            of: std::marker::PhantomData,
        }
    }

    /// Calls `put` for each result with its number, folds and counts.
    fn run(
        &mut self,
        rolling: &Rolling,
        input: &Input<'_, T>,
        out: &Range<usize>,
        mut put: impl FnMut(usize, &[F::State], &[u32]),
    ) {
        let (window, lanes) = (rolling.window() as isize, input.lanes.len());
        let first = |out: usize| out as isize - rolling.before as isize;
        let mut n = 0;
        while n < out.len() {
            let begin = first(out.start + n);
            let stretch = begin.div_euclid(window) * window;
            let next = stretch + window;
            self.ends_of(input, begin..next, stretch);
            self.sums[..lanes].fill(F::NONE);
            self.counts[..lanes].fill(0);
            for position in next..begin + window - 1 {
                fold::<T, F>(&mut self.sums[..lanes], &mut self.counts[..lanes], input.row(position));
            }
            for begin in begin..next {
                if n == out.len() {
                    break;
                }
                // The window that begins where the stretch does is the stretch itself.
                if begin > stretch {
                    let row = input.row(begin + window - 1);
                    fold::<T, F>(&mut self.sums[..lanes], &mut self.counts[..lanes], row);
                }
                let at = (begin - stretch) as usize * self.tile;
                let (ends, end_counts) = (&self.ends[at..][..lanes], &self.end_counts[at..][..lanes]);
                let later = self.sums.iter().zip(&self.counts);
                let both = self.both.iter_mut().zip(&mut self.both_counts);
                for (((both, count), (&end, &ended)), (&sum, &summed)) in
                    both.zip(ends.iter().zip(end_counts)).zip(later)
                {
                    *both = F::join((end, ended), (sum, summed));
                    *count = ended + summed;
                }
                put(n, &self.both[..lanes], &self.both_counts[..lanes]);
                n += 1;
            }
        }
    }

    /// From the last position of the stretch backwards.
    fn ends_of(&mut self, input: &Input<'_, T>, positions: Range<isize>, stretch: isize) {
        let lanes = input.lanes.len();
        self.both[..lanes].fill(F::NONE);
        self.both_counts[..lanes].fill(0);
        for position in positions.rev() {
            let (sums, counts) = (&mut self.both[..lanes], &mut self.both_counts[..lanes]);
            fold::<T, F>(sums, counts, input.row(position));
            let at = (position - stretch) as usize * self.tile;
            self.ends[at..][..lanes].copy_from_slice(sums);
            self.end_counts[at..][..lanes].copy_from_slice(counts);
        }
    }
}

/// One more value for each fold.
fn fold<T: Float, F: Fold>(sums: &mut [F::State], counts: &mut [u32], row: Option<&[T]>) {
    for ((sum, count), value) in sums.iter_mut().zip(counts).zip(row.unwrap_or_default()) {
        let value = value.to_f64();
        let here = !value.is_nan();
        let one = if here { F::one(value) } else { F::NONE };
        *sum = F::join((*sum, *count), (one, u32::from(here)));
        *count += u32::from(here);
    }
}

struct Sum;
struct Mean;
struct Prod;
struct Min;
struct Max;
struct Var;
struct Count;

macro_rules! simple {
    ($($name:ident $none:expr, $one:expr, $join:expr, $finish:expr;)*) => {$(
        impl Fold for $name {
            type State = f64;
            const NONE: f64 = $none;
            #[inline(always)]
            fn one(value: f64) -> f64 {
                let one: fn(f64) -> f64 = $one;
                one(value)
            }
            #[inline(always)]
            fn join((a, _): (f64, u32), (b, _): (f64, u32)) -> f64 {
                let join: fn(f64, f64) -> f64 = $join;
                join(a, b)
            }
            #[inline(always)]
            fn finish(state: f64, count: u32, _: &Rolling) -> f64 {
                let finish: fn(f64, u32) -> f64 = $finish;
                finish(state, count)
            }
        }
    )*};
}

simple! {
    Sum 0.0, |v| v, |a, b| a + b, |sum, _| sum;
    Mean 0.0, |v| v, |a, b| a + b, |sum, count| sum / f64::from(count);
    Prod 1.0, |v| v, |a, b| a * b, |product, _| product;
    Min f64::INFINITY, |v| v, |a, b| if b < a { b } else { a }, |least, count| if count == 0 { f64::NAN } else { least };
    Max f64::NEG_INFINITY, |v| v, |a, b| if b > a { b } else { a }, |most, count| if count == 0 { f64::NAN } else { most };
    Count 0.0, |_| 0.0, |a, _| a, |_, count| f64::from(count);
}

/// Mean and sum of squared deviations from it, joined as Chan joins them.
impl Fold for Var {
    type State = (f64, f64);
    const NONE: Self::State = (0.0, 0.0);
    #[inline(always)]
    fn one(value: f64) -> Self::State {
        (value, 0.0)
    }
    #[inline(always)]
    fn join(((mean_a, squares_a), a): (Self::State, u32), ((mean_b, squares_b), b): (Self::State, u32)) -> Self::State {
        let (a, b) = (f64::from(a), f64::from(b));
        let share = if a + b > 0.0 { b / (a + b) } else { 0.0 };
        let delta = mean_b - mean_a;
        (mean_a + delta * share, squares_a + squares_b + delta * delta * a * share)
    }
    fn finish((_, squares): Self::State, count: u32, rolling: &Rolling) -> f64 {
        let divisor = f64::from(count) - rolling.ddof as f64;
        let variance = if divisor > 0.0 { squares / divisor } else { f64::NAN };
        if rolling.op == RollingOp::Std { variance.sqrt() } else { variance }
    }
}
