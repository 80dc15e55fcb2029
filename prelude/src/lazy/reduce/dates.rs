//! The mean of dates: exact, since the numbers of many dates do not fit into a float.

use super::extreme::{Date, Order as _};
use super::layout::{Kernel, walk};
use super::{Accumulator, Reader, ReduceOptions, Slab, Writer, same_kind};
use crate::Result;
use crate::values::{DType, Values};

pub(super) fn start(options: ReduceOptions, cells: usize, dtype: DType) -> Box<dyn Accumulator> {
    Box::new(Mean { skip: options.skip_missing, dtype, cells: vec![Cell::default(); cells] })
}

#[derive(Clone, Copy, Default)]
struct Cell {
    sum: i128,
    count: u64,
    missing: bool,
}

struct Mean {
    skip: bool,
    dtype: DType,
    cells: Vec<Cell>,
}

impl Mean {
    fn take(&mut self, cell: usize, date: i64) {
        let cell = &mut self.cells[cell];
        if Date::is_missing(date) {
            cell.missing = true;
        } else {
            cell.sum += i128::from(date);
            cell.count += 1;
        }
    }
}

impl Accumulator for Mean {
    fn add(&mut self, slabs: &[Slab]) {
        walk(slabs, self);
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        for (cell, other) in self.cells.iter_mut().zip(later.cells) {
            cell.sum += other.sum;
            cell.count += other.count;
            cell.missing |= other.missing;
        }
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        let mean = |cell: &Cell| match cell.count {
            0 => i64::MIN,
            _ if cell.missing && !self.skip => i64::MIN,
            // The mean of numbers of 64 bits is one; what is left of a step is cut off, as in xarray.
            count => cell.sum.div_euclid(i128::from(count)) as i64,
        };
        let means: Vec<i64> = self.cells.iter().map(mean).collect();
        Ok(Values::from_typed(ndarray::Array::from_vec(means).into_dyn().into_shared(), self.dtype))
    }

    fn save(&self, to: &mut Writer) {
        to.array(&self.cells.iter().map(|cell| cell.sum).collect::<Vec<_>>());
        to.array(&self.cells.iter().map(|cell| cell.count).collect::<Vec<_>>());
        to.array(&self.cells.iter().map(|cell| cell.missing).collect::<Vec<_>>());
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<()> {
        let cells = self.cells.len();
        let (mut sums, mut counts, mut missing) = (vec![0; cells], vec![0; cells], vec![false; cells]);
        from.fill(&mut sums)?;
        from.fill(&mut counts)?;
        from.fill(&mut missing)?;
        let cells = sums.into_iter().zip(counts).zip(missing);
        self.cells = cells.map(|((sum, count), missing)| Cell { sum, count, missing }).collect();
        Ok(())
    }
}

impl Kernel<i64> for Mean {
    fn across(&mut self, cell: usize, _: usize, rows: &[&[i64]]) {
        for dates in rows {
            dates.iter().enumerate().for_each(|(n, &date)| self.take(cell + n, date));
        }
    }

    fn along(&mut self, cell: usize, _: usize, dates: &[i64]) {
        dates.iter().for_each(|&date| self.take(cell, date));
    }
}
