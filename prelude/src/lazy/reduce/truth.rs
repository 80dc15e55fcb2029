//! Any and all.

use super::layout::{Kernel, walk};
use super::{Accumulator, Slab, same_kind};
use crate::Result;
use crate::values::{DType, Values};

/// `ANY`: whether any is true; else whether all are. NaN is not 0, so it is true, as in NumPy.
pub(super) struct Truth<const ANY: bool> {
    cells: Vec<bool>,
}

impl<const ANY: bool> Truth<ANY> {
    pub fn new(cells: usize) -> Self {
        Self { cells: vec![!ANY; cells] }
    }
}

fn join<const ANY: bool>(a: bool, b: bool) -> bool {
    if ANY { a | b } else { a & b }
}

impl<const ANY: bool> Accumulator for Truth<ANY> {
    fn add(&mut self, slabs: &[Slab]) {
        let slabs: Vec<Slab> = slabs.iter().map(|slab| slab.cast(DType::Bool)).collect();
        walk::<bool>(&slabs, self);
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        self.cells.iter_mut().zip(later.cells).for_each(|(a, b)| *a = join::<ANY>(*a, b));
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        Ok(Values::from(self.cells))
    }
}

impl<const ANY: bool> Kernel<bool> for Truth<ANY> {
    fn across(&mut self, cell: usize, _: usize, values: &[bool]) {
        for (state, &value) in self.cells[cell..cell + values.len()].iter_mut().zip(values) {
            *state = join::<ANY>(*state, value);
        }
    }

    fn along(&mut self, cell: usize, _: usize, values: &[bool]) {
        let found = if ANY { values.contains(&true) } else { !values.contains(&false) };
        self.cells[cell] = join::<ANY>(self.cells[cell], found);
    }
}
