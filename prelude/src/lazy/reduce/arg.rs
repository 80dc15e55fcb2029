//! The position of the minimum and of the maximum.

use super::extreme::{Date, Order};
use super::layout::{Kernel, walk};
use super::{Accumulator, ReduceOptions, Slab, same_kind};
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

    /// The first of equals stays; a missing value that is not skipped is the answer, as in NumPy.
    #[inline(always)]
    fn offer(&mut self, cell: usize, value: T::Stored, at: i64) {
        let missing = T::is_missing(value);
        if missing && self.skip {
            return;
        }
        let best = self.best[cell];
        let beats = if MAX { value > best } else { value < best };
        if self.at[cell] == NONE || (!T::is_missing(best) && (beats || missing)) {
            self.best[cell] = value;
            self.at[cell] = at;
        }
    }
}

impl<T: Order, const MAX: bool> Accumulator for Arg<T, MAX> {
    fn add(&mut self, slabs: &[Slab]) {
        walk(slabs, self);
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        for (cell, (value, at)) in later.best.into_iter().zip(later.at).enumerate() {
            if at != NONE {
                self.offer(cell, value, at);
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
}

impl<T: Order, const MAX: bool> Kernel<T::Stored> for Arg<T, MAX> {
    fn across(&mut self, cell: usize, order: usize, values: &[T::Stored]) {
        for (n, &value) in values.iter().enumerate() {
            self.offer(cell + n, value, order as i64);
        }
    }

    fn along(&mut self, cell: usize, order: usize, values: &[T::Stored]) {
        for (n, &value) in values.iter().enumerate() {
            self.offer(cell, value, (order + n) as i64);
        }
    }
}
