//! The product.

use super::layout::{Kernel, walk};
use super::vector::widest;
use super::{Accumulator, Reader, ReduceOptions, Slab, Writer, same_kind};
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
        let least = self.options.least();
        let cells = self.products.iter().zip(&self.counts);
        let cells = cells.map(|(&product, &count)| if count >= least { product } else { f64::NAN });
        Ok(match T::DTYPE {
            DType::F32 => Values::from(cells.map(|v| v as f32).collect::<Vec<_>>()),
            _ => Values::from(cells.collect::<Vec<_>>()),
        })
    }

    fn save(&self, to: &mut Writer) {
        to.array(&self.products);
        to.array(&self.counts);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<()> {
        from.fill(&mut self.products)?;
        from.fill(&mut self.counts)
    }
}

impl<T: Element> Kernel<T> for Product<T> {
    fn across(&mut self, cell: usize, _: usize, rows: &[&[T]]) {
        let (products, counts) = (&mut self.products[cell..], &mut self.counts[cell..]);
        match self.options.skip_missing {
            true => across::<T, true>(products, counts, rows),
            false => across::<T, false>(products, counts, rows),
        }
    }

    fn along(&mut self, cell: usize, _: usize, values: &[T]) {
        // One after the other: in another order a product could leave the numbers on the way.
        let skip = self.options.skip_missing;
        let (mut product, mut count) = (self.products[cell], 0);
        for value in values.iter().map(|value| value.to_f64()) {
            let here = !value.is_nan();
            product *= if here || !skip { value } else { 1.0 };
            count += u64::from(here);
        }
        self.products[cell] = product;
        self.counts[cell] += count;
    }
}

widest! {
    /// The values of each row to their own cells.
    fn across<T: Element; const SKIP>(products: &mut [f64], counts: &mut [u64], rows: &[&[T]]) {
        for row in rows {
            for ((product, count), value) in products.iter_mut().zip(&mut *counts).zip(*row) {
                let value = value.to_f64();
                let here = !value.is_nan();
                *product *= if here || !SKIP { value } else { 1.0 };
                *count += u64::from(here);
            }
        }
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

    fn save(&self, to: &mut Writer) {
        to.array(&self.products);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<()> {
        from.fill(&mut self.products)
    }
}

impl Kernel<i64> for Whole {
    fn across(&mut self, cell: usize, _: usize, rows: &[&[i64]]) {
        for row in rows {
            let products = self.products[cell..].iter_mut().zip(*row);
            products.for_each(|(product, &value)| *product = product.wrapping_mul(value));
        }
    }

    fn along(&mut self, cell: usize, _: usize, values: &[i64]) {
        self.products[cell] = values.iter().fold(self.products[cell], |product, &value| product.wrapping_mul(value));
    }
}
