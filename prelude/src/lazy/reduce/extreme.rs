//! Minimum and maximum.

use super::layout::{Kernel, walk};
use super::vector::widest;
use super::{Accumulator, Reader, ReduceOptions, Slab, Writer, same_kind};
use crate::Result;
use crate::lazy::blocks::Stored;
use crate::values::{DType, Element, Text, Values, integer_types, numbers, typed};
use std::marker::PhantomData;

/// What an element type knows about order and missing values.
pub(super) trait Order: 'static {
    type Stored: Element + Stored;
    /// What every value that is not missing is at least.
    const LOWEST: Self::Stored;
    /// What every value that is not missing is at most.
    const HIGHEST: Self::Stored;
    /// What a cell without values has; for types without missing values, never seen.
    const MISSING: Option<Self::Stored>;

    fn is_missing(value: Self::Stored) -> bool;
}

macro_rules! whole {
    ($($type:ident)*) => {$(
        impl Order for $type {
            type Stored = $type;
            const LOWEST: $type = $type::MIN;
            const HIGHEST: $type = $type::MAX;
            const MISSING: Option<$type> = None;
            #[inline(always)]
            fn is_missing(_: $type) -> bool { false }
        }
    )*};
}

numbers! { integer_types whole }

impl Order for bool {
    type Stored = bool;
    const LOWEST: bool = false;
    const HIGHEST: bool = true;
    const MISSING: Option<bool> = None;
    #[inline(always)]
    fn is_missing(_: bool) -> bool {
        false
    }
}

macro_rules! float {
    ($($type:ident)*) => {$(
        impl Order for $type {
            type Stored = $type;
            const LOWEST: $type = $type::NEG_INFINITY;
            const HIGHEST: $type = $type::INFINITY;
            const MISSING: Option<$type> = Some($type::NAN);
            #[inline(always)]
            fn is_missing(value: $type) -> bool { value.is_nan() }
        }
    )*};
}

float! { f32 f64 }

/// Dates, of which the lowest number means missing.
pub(super) struct Date;

impl Order for Date {
    type Stored = i64;
    const LOWEST: i64 = i64::MIN + 1;
    const HIGHEST: i64 = i64::MAX;
    const MISSING: Option<i64> = Some(i64::MIN);
    #[inline(always)]
    fn is_missing(value: i64) -> bool {
        value == i64::MIN
    }
}

impl Order for Text {
    type Stored = Text;
    const LOWEST: Text = Text::EMPTY;
    const HIGHEST: Text = Text::HIGHEST;
    const MISSING: Option<Text> = Some(Text::MISSING);
    #[inline(always)]
    fn is_missing(value: Text) -> bool {
        value.is_missing()
    }
}

pub(super) fn start<const MAX: bool>(options: ReduceOptions, cells: usize, input: DType) -> Box<dyn Accumulator> {
    match input {
        date if date.is_date() => Extreme::<Date, MAX>::start(options, cells, date),
        input => typed!(input, T => Extreme::<T, MAX>::start(options, cells, input)),
    }
}

struct Extreme<T: Order, const MAX: bool> {
    cells: Vec<T::Stored>,
    skip: bool,
    dtype: DType,
}

/// The better of two where a missing one loses (`SKIP`) or wins.
#[inline(always)]
fn better<T: Order, const MAX: bool, const SKIP: bool>(best: T::Stored, value: T::Stored) -> T::Stored {
    let beats = if MAX { value > best } else { value < best };
    let take = if SKIP {
        T::is_missing(best) || (beats && !T::is_missing(value))
    } else {
        T::is_missing(value) || (beats && !T::is_missing(best))
    };
    if take { value } else { best }
}

impl<T: Order, const MAX: bool> Extreme<T, MAX> {
    fn start(options: ReduceOptions, cells: usize, dtype: DType) -> Box<dyn Accumulator> {
        let worst = if MAX { T::LOWEST } else { T::HIGHEST };
        // Where missing values are skipped, a cell without any other stays missing.
        let start = T::MISSING.filter(|_| options.skip_missing).unwrap_or(worst);
        Box::new(Self { cells: vec![start; cells], skip: options.skip_missing, dtype })
    }
}

impl<T: Order, const MAX: bool> Accumulator for Extreme<T, MAX> {
    fn add(&mut self, slabs: &[Slab]) {
        let cells = &mut self.cells[..];
        if T::MISSING.is_none() || !self.skip {
            walk(slabs, &mut Loop::<T, MAX, false> { cells, of: PhantomData });
        } else {
            walk(slabs, &mut Loop::<T, MAX, true> { cells, of: PhantomData });
        }
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        for (best, value) in self.cells.iter_mut().zip(later.cells) {
            *best = match self.skip {
                true => better::<T, MAX, true>(*best, value),
                false => better::<T, MAX, false>(*best, value),
            };
        }
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        Ok(Values::from_typed(ndarray::Array::from_vec(self.cells).into_dyn().into_shared(), self.dtype))
    }

    fn save(&self, to: &mut Writer) {
        to.array(&self.cells);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<()> {
        from.fill(&mut self.cells)
    }
}

struct Loop<'a, T: Order, const MAX: bool, const SKIP: bool> {
    cells: &'a mut [T::Stored],
    of: PhantomData<fn(T)>,
}

impl<T: Order, const MAX: bool, const SKIP: bool> Kernel<T::Stored> for Loop<'_, T, MAX, SKIP> {
    fn across(&mut self, cell: usize, _: usize, rows: &[&[T::Stored]]) {
        across::<T, MAX, SKIP>(&mut self.cells[cell..], rows);
    }

    fn along(&mut self, cell: usize, _: usize, values: &[T::Stored]) {
        along::<T, MAX, SKIP>(&mut self.cells[cell], values);
    }
}

widest! {
    /// The values of each row against their own cells.
    fn across<T: Order; const MAX, const SKIP>(cells: &mut [T::Stored], rows: &[&[T::Stored]]) {
        let mut fours = rows.chunks_exact(4);
        for four in &mut fours {
            let n = four[0].len();
            let (a, b, c, d) = (four[0], &four[1][..n], &four[2][..n], &four[3][..n]);
            for (i, best) in cells[..n].iter_mut().enumerate() {
                let first = better::<T, MAX, SKIP>(better::<T, MAX, SKIP>(*best, a[i]), b[i]);
                *best = better::<T, MAX, SKIP>(better::<T, MAX, SKIP>(first, c[i]), d[i]);
            }
        }
        for row in fours.remainder() {
            for (best, &value) in cells.iter_mut().zip(*row) {
                *best = better::<T, MAX, SKIP>(*best, value);
            }
        }
    }
}

widest! {
    /// All values against one cell.
    pub(super) fn along<T: Order; const MAX, const SKIP>(cell: &mut T::Stored, values: &[T::Stored]) {
        const LANES: usize = 16;
        let mut lanes = [*cell; LANES];
        let mut chunks = values.chunks_exact(LANES);
        for chunk in &mut chunks {
            for (best, &value) in lanes.iter_mut().zip(chunk) {
                *best = better::<T, MAX, SKIP>(*best, value);
            }
        }
        for &value in lanes.iter().chain(chunks.remainder()) {
            *cell = better::<T, MAX, SKIP>(*cell, value);
        }
    }
}
