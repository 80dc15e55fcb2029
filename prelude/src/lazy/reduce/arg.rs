//! The position of the minimum and of the maximum.

use super::extreme::{self, Date, Order};
use super::layout::{Kernel, walk};
use super::vector::widest;
use super::{Accumulator, Reader, ReduceOptions, Slab, Writer, same_kind};
use crate::lazy::blocks::damaged;
use crate::values::{DType, Values, typed};
use crate::{Error, ErrorKind, Result};

/// No value seen yet.
const NONE: i64 = -1;

/// `or_none`: a cell without a value has the position -1, rather than being an error.
pub(super) fn start(
    max: bool,
    or_none: bool,
    options: ReduceOptions,
    cells: usize,
    input: DType,
) -> Box<dyn Accumulator> {
    fn typed<const MAX: bool>(or_none: bool, skip: bool, cells: usize, input: DType) -> Box<dyn Accumulator> {
        match input {
            date if date.is_date() => Box::new(Arg::<Date, MAX>::new(or_none, skip, cells)),
            input => typed!(input, T => Box::new(Arg::<T, MAX>::new(or_none, skip, cells))),
        }
    }
    match max {
        true => typed::<true>(or_none, options.skip_missing, cells, input),
        false => typed::<false>(or_none, options.skip_missing, cells, input),
    }
}

struct Arg<T: Order, const MAX: bool> {
    best: Vec<T::Stored>,
    at: Vec<i64>,
    skip: bool,
    or_none: bool,
}

impl<T: Order, const MAX: bool> Arg<T, MAX> {
    fn new(or_none: bool, skip: bool, cells: usize) -> Self {
        Self { best: vec![T::LOWEST; cells], at: vec![NONE; cells], skip, or_none }
    }

    /// Whether missing values have to be told apart.
    fn skips(&self) -> bool {
        T::MISSING.is_some() && self.skip
    }
}

/// Whether `value` takes the place of `best`. The first of equals stays; a missing value that is not skipped is the
/// answer, as in NumPy.
#[inline(always)]
fn takes<T: Order, const MAX: bool, const SKIP: bool>(best: T::Stored, at: i64, value: T::Stored) -> bool {
    let (missing, none) = (T::is_missing(value), at == NONE);
    let beats = if MAX { value > best } else { value < best };
    if SKIP { !missing & (none | beats) } else { none | (!T::is_missing(best) & (beats | missing)) }
}

impl<T: Order, const MAX: bool> Accumulator for Arg<T, MAX> {
    fn add(&mut self, slabs: &[Slab]) {
        walk(slabs, self);
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        for (cell, (value, place)) in later.best.into_iter().zip(later.at).enumerate() {
            let (best, at) = (&mut self.best[cell], &mut self.at[cell]);
            let take = match self.skip {
                true => takes::<T, MAX, true>(*best, *at, value),
                false => takes::<T, MAX, false>(*best, *at, value),
            };
            if place != NONE && take {
                (*best, *at) = (value, place);
            }
        }
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        if !self.or_none && self.at.contains(&NONE) {
            let name = if MAX { "argmax" } else { "argmin" };
            let message = format!(
                "{name}: at one cell at least every value is missing, so that none has a position; \
                 fill or drop those first, for example with fillna"
            );
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        Ok(Values::from(self.at))
    }

    fn save(&self, to: &mut Writer) {
        to.array(&self.best);
        to.array(&self.at);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<()> {
        from.fill(&mut self.best)?;
        from.fill(&mut self.at)?;
        match self.at.iter().find(|&&at| at < NONE) {
            Some(at) => Err(damaged(format!("{at} is no position"))),
            None => Ok(()),
        }
    }
}

/// Values of one cell of which the extreme is found first, then perhaps where it is.
const STRETCH: usize = 512;

impl<T: Order, const MAX: bool> Kernel<T::Stored> for Arg<T, MAX> {
    fn across(&mut self, cell: usize, order: usize, rows: &[&[T::Stored]]) {
        let skip = self.skips();
        for (row, order) in rows.iter().zip(order as i64..) {
            let (best, at) = (&mut self.best[cell..], &mut self.at[cell..]);
            match skip {
                true => across::<T, MAX, true>(best, at, order, row),
                false => across::<T, MAX, false>(best, at, order, row),
            }
        }
    }

    fn along(&mut self, cell: usize, order: usize, values: &[T::Stored]) {
        let skip = self.skips();
        let (best, at) = (&mut self.best[cell], &mut self.at[cell]);
        for (values, order) in values.chunks(STRETCH).zip((order..).step_by(STRETCH)) {
            let worst = if MAX { T::LOWEST } else { T::HIGHEST };
            let mut extreme = T::MISSING.filter(|_| skip).unwrap_or(worst);
            let take = match skip {
                true => {
                    extreme::along::<T, MAX, true>(&mut extreme, values);
                    takes::<T, MAX, true>(*best, *at, extreme)
                }
                false => {
                    extreme::along::<T, MAX, false>(&mut extreme, values);
                    takes::<T, MAX, false>(*best, *at, extreme)
                }
            };
            let is_it = |value: T::Stored| value == extreme || T::is_missing(extreme) && T::is_missing(value);
            if take && let Some(n) = values.iter().position(|&value| is_it(value)) {
                (*best, *at) = (values[n], (order + n) as i64);
            }
        }
    }
}

widest! {
    /// Each value against its own cell.
    fn across<T: Order; const MAX, const SKIP>(
        best: &mut [T::Stored],
        at: &mut [i64],
        order: i64,
        values: &[T::Stored],
    ) {
        for ((best, at), &value) in best.iter_mut().zip(at).zip(values) {
            let take = takes::<T, MAX, SKIP>(*best, *at, value);
            *best = if take { value } else { *best };
            *at = if take { order } else { *at };
        }
    }
}
