//! The first and the last value that is not missing.

use super::extreme::{Date, Order};
use super::layout::{Kernel, walk};
use super::{Accumulator, Reader, ReduceOptions, Slab, Writer, same_kind};
use crate::Result;
use crate::values::{DType, Values, typed};

pub(super) fn start(last: bool, options: ReduceOptions, cells: usize, input: DType) -> Box<dyn Accumulator> {
    let skip = options.skip_missing;
    match input {
        date if date.is_date() => Box::new(End::<Date>::new(last, skip, cells, date)),
        input => typed!(input, T => Box::new(End::<T>::new(last, skip, cells, input))),
    }
}

struct End<T: Order> {
    last: bool,
    skip: bool,
    dtype: DType,
    values: Vec<T::Stored>,
    found: Vec<bool>,
}

impl<T: Order> End<T> {
    fn new(last: bool, skip: bool, cells: usize, dtype: DType) -> Self {
        let nothing = T::MISSING.unwrap_or_default();
        Self { last, skip, dtype, values: vec![nothing; cells], found: vec![false; cells] }
    }

    fn offer(&mut self, cell: usize, value: T::Stored) {
        if (self.last || !self.found[cell]) && !(self.skip && T::is_missing(value)) {
            self.values[cell] = value;
            self.found[cell] = true;
        }
    }
}

impl<T: Order> Accumulator for End<T> {
    fn add(&mut self, slabs: &[Slab]) {
        // Once each cell has its first value, nothing that follows is of interest.
        if self.last || self.found.contains(&false) {
            walk(slabs, self);
        }
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        for (cell, (value, found)) in later.values.into_iter().zip(later.found).enumerate() {
            if found {
                self.offer(cell, value);
            }
        }
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        Ok(Values::from_typed(ndarray::Array::from_vec(self.values).into_dyn().into_shared(), self.dtype))
    }

    fn save(&self, to: &mut Writer) {
        to.array(&self.values);
        to.array(&self.found);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<()> {
        from.fill(&mut self.values)?;
        from.fill(&mut self.found)
    }
}

impl<T: Order> Kernel<T::Stored> for End<T> {
    fn across(&mut self, cell: usize, _: usize, rows: &[&[T::Stored]]) {
        for values in rows {
            values.iter().enumerate().for_each(|(n, &value)| self.offer(cell + n, value));
        }
    }

    fn along(&mut self, cell: usize, _: usize, values: &[T::Stored]) {
        let mut kept = values.iter().filter(|&&value| !(self.skip && T::is_missing(value)));
        let end = match self.last {
            true => kept.next_back(),
            false if self.found[cell] => None,
            false => kept.next(),
        };
        if let Some(&value) = end {
            self.values[cell] = value;
            self.found[cell] = true;
        }
    }
}
