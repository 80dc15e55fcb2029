//! Any and all.

use super::layout::{Kernel, walk};
use super::vector::widest;
use super::{Accumulator, Reader, Slab, Writer, same_kind};
use crate::Result;
use crate::values::{DType, Element, Values, typed};
use std::marker::PhantomData;

pub(super) fn start<const ANY: bool>(cells: usize, input: DType) -> Box<dyn Accumulator> {
    typed!(input, T => Box::new(Truth::<T, ANY> { cells: vec![!ANY; cells], of: PhantomData }))
}

/// `ANY`: whether any is true; else whether all are. NaN is not 0, so it is true, as in NumPy.
struct Truth<T, const ANY: bool> {
    cells: Vec<bool>,
    of: PhantomData<fn(T)>,
}

#[inline(always)]
fn join<const ANY: bool>(a: bool, b: bool) -> bool {
    if ANY { a | b } else { a & b }
}

impl<T: Element, const ANY: bool> Accumulator for Truth<T, ANY> {
    fn add(&mut self, slabs: &[Slab]) {
        // Once each cell has its answer, nothing that follows changes it.
        if self.cells.contains(&!ANY) {
            walk::<T>(slabs, self);
        }
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        self.cells.iter_mut().zip(later.cells).for_each(|(a, b)| *a = join::<ANY>(*a, b));
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        Ok(Values::from(self.cells))
    }

    fn save(&self, to: &mut Writer) {
        to.array(&self.cells);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<()> {
        from.fill(&mut self.cells)
    }
}

/// Values of one cell that are looked at before it is asked whether that settles the answer.
const STRETCH: usize = 1024;

impl<T: Element, const ANY: bool> Kernel<T> for Truth<T, ANY> {
    fn across(&mut self, cell: usize, _: usize, rows: &[&[T]]) {
        across::<T, ANY>(&mut self.cells[cell..], rows);
    }

    fn along(&mut self, cell: usize, _: usize, values: &[T]) {
        let state = &mut self.cells[cell];
        for stretch in values.chunks(STRETCH) {
            if *state == ANY {
                return;
            }
            along::<T, ANY>(state, stretch);
        }
    }
}

widest! {
    /// The values of each row to their own cells.
    fn across<T: Element; const ANY>(cells: &mut [bool], rows: &[&[T]]) {
        for row in rows {
            for (state, &value) in cells.iter_mut().zip(*row) {
                *state = join::<ANY>(*state, value != T::default());
            }
        }
    }
}

widest! {
    /// All values to one cell.
    fn along<T: Element; const ANY>(cell: &mut bool, values: &[T]) {
        *cell = values.iter().fold(*cell, |state, &value| join::<ANY>(state, value != T::default()));
    }
}
