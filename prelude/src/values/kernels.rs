//! The small parts of which loops over blocks in memory are made: laying out, broadcasting, and the threads that take part.

use super::layout::{copy_into, copy_part};
use super::rows::{Rows, Side};
use super::vector::{self, Loop};
use super::{Element, buffers};
use crate::{Error, Result};
use ndarray::{ArcArray, ArrayD, IxDyn};
use std::sync::{Mutex, PoisonError};

pub(crate) type Block<T> = ArcArray<T, IxDyn>;

/// Calls a job with each number below a count, on as many threads as it likes.
pub(crate) type Spread<'a> = dyn Fn(usize, &(dyn Fn(usize) + Sync)) -> Result<()> + Sync + 'a;

/// What is done with a run of pairs.
pub(crate) type Pairs<'f, T, U> = dyn Fn(Side<'_, T>, Side<'_, T>, &mut [U]) + Sync + 'f;

/// Who carries out a loop over a block: the caller alone, or several threads that have a piece each.
pub(crate) struct Workers<'a> {
    spread: Option<&'a Spread<'a>>,
    failure: Mutex<Option<Error>>,
}

/// Bytes of a result that one thread writes at a time.
const PIECE_BYTES: usize = 512 << 10;

impl<'a> Workers<'a> {
    pub(crate) const fn alone() -> Self {
        Self { spread: None, failure: Mutex::new(None) }
    }

    pub(crate) fn of(spread: &'a Spread<'a>) -> Self {
        Self { spread: Some(spread), failure: Mutex::new(None) }
    }

    /// What went wrong. What was computed then is not to be used.
    pub(crate) fn outcome(self) -> Result<()> {
        self.failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// A block of `shape`, whose elements `task` writes, from a position on. Pieces begin at multiples of `unit`.
    pub(crate) fn fill<U: Element>(
        &self,
        shape: &[usize],
        unit: usize,
        task: &(dyn Fn(usize, &mut [U]) + Sync),
    ) -> Block<U> {
        let mut out = blank::<U>(shape);
        let unit = unit.max(1);
        let piece = (PIECE_BYTES / size_of::<U>() / unit).max(1) * unit;
        match self.spread {
            Some(spread) if out.len() > piece => {
                let pieces: Vec<_> =
                    slice_mut(&mut out).chunks_mut(piece).map(|piece| Mutex::new(Some(piece))).collect();
                let done = spread(pieces.len(), &|n| {
                    let out = pieces[n].lock().unwrap_or_else(PoisonError::into_inner).take();
                    if let Some(out) = out {
                        task(n * piece, out);
                    }
                });
                drop(pieces);
                if let Err(error) = done {
                    self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            }
            _ => task(0, slice_mut(&mut out)),
        }
        out.into_shared()
    }

    /// The block in axis order.
    pub(crate) fn plain<T: Element>(&self, block: Block<T>) -> Block<T> {
        if block.is_standard_layout() {
            return block;
        }
        let (shape, view) = (block.shape().to_vec(), block.view());
        let inner = shape.iter().skip(1).product();
        self.fill(&shape, inner, &|start, out| copy_part(&view, start, out))
    }

    /// Parts one after the other along `axis`, together of `shape`.
    pub(crate) fn concat<T: Element>(&self, parts: &[&Block<T>], axis: usize, shape: &[usize]) -> Block<T> {
        let parts: Vec<Block<T>> = parts.iter().map(|&part| self.plain(part.clone())).collect();
        // A line is what lies together of all parts; each part has a run of it.
        let inner: usize = shape[axis + 1..].iter().product();
        let runs: Vec<(&[T], usize)> = parts.iter().map(|part| (slice(part), part.shape()[axis] * inner)).collect();
        let line = shape[axis] * inner;
        self.fill(shape, 1, &|start, out| {
            let (mut at, mut rest) = (start, out);
            while !rest.is_empty() {
                let (row, mut within) = (at / line, at % line);
                for &(cells, run) in &runs {
                    if within >= run {
                        within -= run;
                        continue;
                    }
                    let length = (run - within).min(rest.len());
                    let (part, after) = std::mem::take(&mut rest).split_at_mut(length);
                    part.copy_from_slice(&cells[row * run + within..row * run + within + length]);
                    (rest, at, within) = (after, at + length, 0);
                    if rest.is_empty() {
                        break;
                    }
                }
            }
        })
    }

    /// `f` of each element, as another type.
    pub(crate) fn map<T: Element, U: Element>(&self, a: Block<T>, f: impl Fn(T) -> U + Sync) -> Block<U> {
        self.map_runs(a, &|a, out| vector::wide::<T, U>(Map { a, out, f: &f }))
    }

    /// What `f` makes of each run of elements.
    pub(crate) fn map_runs<T: Element, U: Element>(
        &self,
        a: Block<T>,
        f: &(dyn Fn(&[T], &mut [U]) + Sync),
    ) -> Block<U> {
        let a = self.plain(a);
        let cells = slice(&a);
        let out = self.fill(a.shape(), 1, &|start, out| f(&cells[start..start + out.len()], out));
        recycle(a);
        out
    }

    /// `f` of each pair; `shape` is what both broadcast to.
    pub(crate) fn zip<T: Element, U: Element>(
        &self,
        a: Block<T>,
        b: Block<T>,
        shape: &[usize],
        f: impl Fn(T, T) -> U + Sync,
    ) -> Block<U> {
        self.zip_runs(a, b, shape, &|a, b, out| zip(a, b, out, &f))
    }

    /// What `f` makes of each run of pairs; `shape` is what both broadcast to.
    pub(crate) fn zip_runs<T: Element, U: Element>(
        &self,
        a: Block<T>,
        b: Block<T>,
        shape: &[usize],
        f: &Pairs<'_, T, U>,
    ) -> Block<U> {
        let (mut a, mut b) = (self.plain(a), self.plain(b));
        let mut rows = Rows::new(shape, [a.shape(), b.shape()]);
        if rows.are_short() {
            (a, b) = (self.plain(spread(a, shape)), self.plain(spread(b, shape)));
            rows = Rows::new(shape, [a.shape(), b.shape()]);
        }
        let (left, right) = (slice(&a), slice(&b));
        let out = self.fill(shape, 1, &|start, out| {
            rows.each(start, out, |[first, second], run, out| {
                f(first.of(left, run.clone()), second.of(right, run), out);
            });
        });
        recycle(a);
        recycle(b);
        out
    }
}

/// A block of `shape` whose elements are still to be written, from the spare buffers.
pub(crate) fn blank<T: Element>(shape: &[usize]) -> ArrayD<T> {
    let buffer = buffers::take::<T>(shape.iter().product());
    ArrayD::from_shape_vec(IxDyn(shape), buffer).expect("the buffer has the shape's length")
}

pub(crate) fn slice_mut<T>(array: &mut ArrayD<T>) -> &mut [T] {
    array.as_slice_mut().expect("it was laid out in axis order")
}

/// The block repeated to `shape`. A view where nothing is to be repeated.
pub(crate) fn spread<T: Element>(block: Block<T>, shape: &[usize]) -> Block<T> {
    if block.shape() == shape {
        return block;
    }
    let mut copy = blank::<T>(shape);
    copy_into(block.broadcast(IxDyn(shape)).expect("it broadcasts to the shape"), slice_mut(&mut copy));
    copy.into_shared()
}

pub(crate) fn slice<T>(block: &Block<T>) -> &[T] {
    block.as_slice().expect("it was laid out in axis order")
}

pub(crate) fn recycle<T: Element>(block: Block<T>) {
    if let Ok(owned) = block.try_into_owned_nocopy() {
        buffers::give(owned.into_raw_vec_and_offset().0);
    }
}

/// `f` of each element, as another type, by the caller alone.
pub(crate) fn map_to<T: Element, U: Element>(a: &Block<T>, f: impl Fn(T) -> U + Sync) -> Block<U> {
    Workers::alone().map(a.clone(), f)
}

/// `f` of each pair of a run.
pub(crate) fn zip<T: Element, U: Element>(a: Side<'_, T>, b: Side<'_, T>, out: &mut [U], f: impl Fn(T, T) -> U) {
    match (a, b) {
        (Side::Each(a), Side::Each(b)) => vector::wide::<T, U>(Zip { a, b, out, f }),
        (Side::Each(a), Side::One(b)) => vector::wide::<T, U>(Map { a, out, f: |a| f(a, b) }),
        (Side::One(a), Side::Each(b)) => vector::wide::<T, U>(Map { a: b, out, f: |b| f(a, b) }),
        (Side::One(a), Side::One(b)) => out.fill(f(a, b)),
    }
}

/// `f` of each element.
pub(crate) struct Map<'a, T, U, F> {
    pub a: &'a [T],
    pub out: &'a mut [U],
    pub f: F,
}

impl<T: Copy, U, F: Fn(T) -> U> Loop for Map<'_, T, U, F> {
    #[inline(always)]
    fn run(self) {
        for (out, &a) in self.out.iter_mut().zip(self.a) {
            *out = (self.f)(a);
        }
    }
}

/// `f` of each pair.
pub(crate) struct Zip<'a, T, U, F> {
    pub a: &'a [T],
    pub b: &'a [T],
    pub out: &'a mut [U],
    pub f: F,
}

impl<T: Copy, U, F: Fn(T, T) -> U> Loop for Zip<'_, T, U, F> {
    #[inline(always)]
    fn run(self) {
        for ((out, &a), &b) in self.out.iter_mut().zip(self.a).zip(self.b) {
            *out = (self.f)(a, b);
        }
    }
}

/// The shape that two of equal rank broadcast to: axes are equal, or one of them is 1.
pub(crate) fn broadcast_shape(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    if a.len() != b.len() {
        return None;
    }
    let axis = |(&a, &b): (&usize, &usize)| match (a, b) {
        _ if a == b => Some(a),
        (1, n) | (n, 1) => Some(n),
        _ => None,
    };
    a.iter().zip(b).map(axis).collect()
}
