//! The folds of the end of one stretch and of the beginning of the next, row by row of some neighbouring lines.
//!
//! Where no value of the rows at hand is missing, as in most data, how many values a fold has follows from the
//! positions alone: nothing is counted line by line, and the answers are the same to the last bit.

use super::fold::{Float, Fold};
use super::{Block, Rolling};
use crate::lazy::reduce::widest;
use crate::values::Values;
use std::marker::PhantomData;
use std::ops::Range;

/// What the folds of one stretch may take: it stays in the second level cache.
const TILE_BYTES: usize = 192 << 10;

/// The results of a block, of type `U`.
pub(super) fn run<T: Float, U: Float, F: Fold<T>>(rolling: &Rolling, block: Block) -> Values {
    let mut results = block.results::<U>();
    let (here, inner, outs) = (block.here(), block.inner(), block.out.len());
    let window = rolling.window();
    let tile = (TILE_BYTES / (window * size_of::<(F::State, u32)>())).clamp(16, 512).min(inner.max(1));
    let mut folding = Folding::<T, F>::new(tile, window);
    for outer in 0..block.outer() {
        let line = &block.slice::<T>()[outer * here * inner..][..here * inner];
        let results = &mut results[outer * outs * inner..][..outs * inner];
        for first in (0..inner).step_by(tile) {
            let lanes = first..inner.min(first + tile);
            let input = Input::new(&block, line, lanes);
            folding.run(rolling, &input, &block.out, results);
        }
    }
    block.finish(results)
}

/// Some neighbouring lines.
struct Input<'a, T> {
    line: &'a [T],
    inner: usize,
    lanes: Range<usize>,
    start: usize,
    length: usize,
    /// Whether any value is missing, for each position.
    missing: Vec<bool>,
}

impl<'a, T: Float> Input<'a, T> {
    fn new(block: &Block, line: &'a [T], lanes: Range<usize>) -> Self {
        let (inner, start, length) = (block.inner(), block.start, block.length);
        let rows = (0..block.here()).map(|n| &line[n * inner..][lanes.clone()]);
        let missing = rows
            .map(|row| {
                let mut any = false;
                any_missing::<T>(&mut any, row);
                any
            })
            .collect();
        Self { line, inner, lanes, start, length, missing }
    }

    /// The positions that exist.
    fn within(&self, positions: Range<isize>) -> Range<usize> {
        let bound = |position: isize| position.clamp(0, self.length as isize) as usize;
        bound(positions.start)..bound(positions.end)
    }

    fn count(&self, positions: Range<isize>) -> u32 {
        self.within(positions).len() as u32
    }

    fn any_missing(&self, positions: Range<isize>) -> bool {
        let within = self.within(positions);
        !within.is_empty() && self.missing[within.start - self.start..within.end - self.start].contains(&true)
    }

    /// The elements at one position; none beyond the ends of the lines.
    fn row(&self, position: isize) -> Option<&'a [T]> {
        let position = usize::try_from(position).ok().filter(|&position| position < self.length)?;
        Some(&self.line[(position - self.start) * self.inner..][self.lanes.clone()])
    }
}

/// Folds of a row of lines, with their counts.
struct Row<S> {
    states: Vec<S>,
    counts: Vec<u32>,
}

struct Folding<T, F: Fold<T>> {
    tile: usize,
    /// From each position of the stretch to its end.
    ends: Row<F::State>,
    /// From the beginning of the next stretch.
    begins: Row<F::State>,
    of: PhantomData<fn(T)>,
}

impl<T: Float, F: Fold<T>> Folding<T, F> {
    fn new(tile: usize, window: usize) -> Self {
        let row = |len: usize| Row { states: vec![F::NONE; len], counts: vec![0; len] };
        Self { tile, ends: row(tile * window), begins: row(tile), of: PhantomData }
    }

    /// The results of all windows, stretch by stretch.
    fn run<U: Float>(&mut self, rolling: &Rolling, input: &Input<'_, T>, out: &Range<usize>, results: &mut [U]) {
        let window = rolling.window() as isize;
        let mut n = 0;
        while n < out.len() {
            let begin = (out.start + n) as isize - rolling.before as isize;
            let stretch = begin.div_euclid(window) * window;
            let windows = ((stretch + window - begin) as usize).min(out.len() - n);
            let results = &mut results[n * input.inner..][..windows * input.inner];
            let needed = begin..begin + windows as isize - 1 + window;
            match input.any_missing(needed) {
                true => self.stretch::<U, true>(rolling, input, begin, stretch, windows, results),
                false => self.stretch::<U, false>(rolling, input, begin, stretch, windows, results),
            }
            n += windows;
        }
    }

    /// The windows that begin at `begin` and after it, in the stretch. `EACH`: lines have counts of their own.
    fn stretch<U: Float, const EACH: bool>(
        &mut self,
        rolling: &Rolling,
        input: &Input<'_, T>,
        begin: isize,
        stretch: isize,
        windows: usize,
        results: &mut [U],
    ) {
        let (window, lanes) = (rolling.window() as isize, input.lanes.len());
        let next = stretch + window;
        self.ends_of::<EACH>(input, begin..next, stretch);
        let (begins, counts) = (&mut self.begins.states[..lanes], &mut self.begins.counts[..lanes]);
        begins.fill(F::NONE);
        counts.fill(0);
        // Of the next stretch, `done` and those before it are in.
        let mut done = next;
        for (begin, results) in (begin..).zip(results.chunks_exact_mut(input.inner)).take(windows) {
            // The window that begins where the stretch does is the stretch itself.
            while done < begin + window {
                if let Some(row) = input.row(done) {
                    add::<T, F, EACH>(begins, counts, input.count(next..done), row);
                }
                done += 1;
            }
            let at = (begin - stretch) as usize * self.tile;
            let ends = Folds { states: &self.ends.states[at..][..lanes], counts: &self.ends.counts[at..][..lanes] };
            let begun = Folds { states: begins, counts };
            let both = (input.count(begin..next), input.count(next..done));
            join::<T, F, U, EACH>(rolling, &mut results[input.lanes.clone()], ends, begun, both);
        }
    }

    /// From the last position of the stretch backwards.
    fn ends_of<const EACH: bool>(&mut self, input: &Input<'_, T>, positions: Range<isize>, stretch: isize) {
        let (lanes, next) = (input.lanes.len(), positions.end);
        for position in positions.rev() {
            let at = (position - stretch) as usize * self.tile;
            let (states, later) = self.ends.states[at..].split_at_mut(self.tile);
            let (counts, later_counts) = self.ends.counts[at..].split_at_mut(self.tile);
            let (states, counts) = (&mut states[..lanes], &mut counts[..lanes]);
            if position + 1 == next {
                states.fill(F::NONE);
                counts.fill(0);
            } else {
                states.copy_from_slice(&later[..lanes]);
                counts.copy_from_slice(&later_counts[..lanes]);
            }
            if let Some(row) = input.row(position) {
                add::<T, F, EACH>(states, counts, input.count(position + 1..next), row);
            }
        }
    }
}

/// Folds of a row, to read from.
struct Folds<'a, S> {
    states: &'a [S],
    counts: &'a [u32],
}

widest! {
    /// Whether any value is missing, without a branch for each.
    fn any_missing<T: Float;>(any: &mut bool, row: &[T]) {
        *any = row.iter().fold(false, |any, value| any | value.is_missing());
    }
}

widest! {
    /// One more value for each fold, which have `before` values each unless they are counted one by one.
    fn add<T: Float, F: Fold<T>; const EACH>(states: &mut [F::State], counts: &mut [u32], before: u32, row: &[T]) {
        if !EACH {
            for (state, &value) in states.iter_mut().zip(row) {
                *state = F::join((*state, before), (F::one(value), 1));
            }
            return;
        }
        for ((state, count), &value) in states.iter_mut().zip(counts).zip(row) {
            let here = !value.is_missing();
            let one = if here { F::one(value) } else { F::NONE };
            *state = F::join((*state, *count), (one, u32::from(here)));
            *count += u32::from(here);
        }
    }
}

widest! {
    /// The results of windows that are an end and a beginning, of so many values each unless they are counted.
    fn join<T: Float, F: Fold<T>, U: Float; const EACH>(
        rolling: &Rolling,
        results: &mut [U],
        ends: Folds<'_, F::State>,
        begins: Folds<'_, F::State>,
        counts: (u32, u32),
    ) {
        let states = ends.states.iter().zip(begins.states);
        if !EACH {
            let count = counts.0 + counts.1;
            if (count as usize) < rolling.least {
                return results.fill(U::NAN);
            }
            for (result, (&end, &begin)) in results.iter_mut().zip(states) {
                *result = U::rounded(F::finish(F::join((end, counts.0), (begin, counts.1)), count, rolling));
            }
            return;
        }
        let counted = ends.counts.iter().zip(begins.counts);
        for ((result, (&end, &begin)), (&ended, &begun)) in results.iter_mut().zip(states).zip(counted) {
            let count = ended + begun;
            let value = F::finish(F::join((end, ended), (begin, begun)), count, rolling);
            *result = if count as usize >= rolling.least { U::rounded(value) } else { U::NAN };
        }
    }
}
