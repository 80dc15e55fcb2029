//! The product.

use super::layout::{Kernel, walk};
use super::{Accumulator, ReduceOptions, Slab, same_kind};
use crate::Result;
use crate::values::{DType, Element, Values};
use std::marker::PhantomData;

pub(super) fn start(options: ReduceOptions, cells: usize, input: DType) -> Box<dyn Accumulator> {
    match input {
        DType::F32 => Box::new(Product::<f32>::new(options, cells)),
        DType::F64 => Box::new(Product::<f64>::new(options, cells)),
        _ => Box::new(Whole { products: vec![1; cells], unsigned: input == DType::U64 }),
    }
}

/// Of floats, in double precision.
struct Product<T> {
    options: ReduceOptions,
    products: Vec<f64>,
    counts: Vec<u64>,
    of: PhantomData<fn(T)>,
}

impl<T: Element> Product<T> {
    fn new(options: ReduceOptions, cells: usize) -> Self {
        Self { options, products: vec![1.0; cells], counts: vec![0; cells], of: PhantomData }
    }

    fn take(&mut self, cell: usize, value: T) {
        let value = value.to_f64();
        let here = !value.is_nan();
        if here || !self.options.skip_missing {
            self.products[cell] *= value;
        }
        self.counts[cell] += u64::from(here);
    }
}

impl<T: Element> Accumulator for Product<T> {
    fn add(&mut self, slabs: &[Slab]) {
        walk::<T>(slabs, self);
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        self.products.iter_mut().zip(later.products).for_each(|(product, other)| *product *= other);
        self.counts.iter_mut().zip(later.counts).for_each(|(count, other)| *count += other);
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        let least = self.options.min_count as u64;
        let cells = self.products.iter().zip(&self.counts);
        let cells = cells.map(|(&product, &count)| if count >= least { product } else { f64::NAN });
        Ok(match T::DTYPE {
            DType::F32 => Values::from(cells.map(|v| v as f32).collect::<Vec<_>>()),
            _ => Values::from(cells.collect::<Vec<_>>()),
        })
    }
}

impl<T: Element> Kernel<T> for Product<T> {
    fn across(&mut self, cell: usize, _: usize, values: &[T]) {
        values.iter().enumerate().for_each(|(n, &value)| self.take(cell + n, value));
    }

    fn along(&mut self, cell: usize, _: usize, values: &[T]) {
        values.iter().for_each(|&value| self.take(cell, value));
    }
}

/// Of whole numbers, which are never missing; too large a product wraps, as in NumPy.
struct Whole {
    products: Vec<i64>,
    /// Whether the bits are those of a number without a sign; products that wrap have the same.
    unsigned: bool,
}

impl Accumulator for Whole {
    fn add(&mut self, slabs: &[Slab]) {
        let slabs: Vec<Slab> = slabs.iter().map(|slab| slab.cast(DType::I64)).collect();
        walk::<i64>(&slabs, self);
    }

    fn merge(&mut self, later: Box<dyn Accumulator>) {
        let later: Self = same_kind(later);
        self.products.iter_mut().zip(later.products).for_each(|(a, b)| *a = a.wrapping_mul(b));
    }

    fn finish(self: Box<Self>) -> Result<Values> {
        Ok(match self.unsigned {
            true => Values::from(self.products.into_iter().map(|product| product as u64).collect::<Vec<_>>()),
            false => Values::from(self.products),
        })
    }
}

impl Kernel<i64> for Whole {
    fn across(&mut self, cell: usize, _: usize, values: &[i64]) {
        self.products[cell..]
            .iter_mut()
            .zip(values)
            .for_each(|(product, &value)| *product = product.wrapping_mul(value));
    }

    fn along(&mut self, cell: usize, _: usize, values: &[i64]) {
        self.products[cell] = values.iter().fold(self.products[cell], |product, &value| product.wrapping_mul(value));
    }
}
