//! The small parts of which loops over blocks in memory are made: laying out, writing in place, broadcasting.

use super::{Element, buffers};
use ndarray::{ArcArray, ArrayD, IxDyn};

pub(crate) type Block<T> = ArcArray<T, IxDyn>;

/// A block of `shape` whose elements are still to be written, from the spare buffers.
pub(crate) fn blank<T: Element>(shape: &[usize]) -> ArrayD<T> {
    let buffer = buffers::take::<T>(shape.iter().product());
    ArrayD::from_shape_vec(IxDyn(shape), buffer).expect("the buffer has the shape's length")
}

pub(crate) fn slice_mut<T>(array: &mut ArrayD<T>) -> &mut [T] {
    array.as_slice_mut().expect("it was laid out in axis order")
}

/// The block in axis order, of `shape`, to write to: itself if nobody else holds it, else a copy.
pub(crate) fn own<T: Element>(block: Block<T>, shape: &[usize]) -> ArrayD<T> {
    let block = if block.shape() == shape && block.is_standard_layout() {
        match block.try_into_owned_nocopy() {
            Ok(owned) => return owned,
            Err(shared) => shared,
        }
    } else {
        block
    };
    let mut copy = blank::<T>(shape);
    match (block.as_slice(), block.shape() == shape) {
        (Some(slice), true) => slice_mut(&mut copy).copy_from_slice(slice),
        _ => copy.assign(&block),
    }
    copy
}

/// The block in axis order, of `shape`, to read from.
pub(crate) fn plain<T: Element>(block: Block<T>, shape: &[usize]) -> Block<T> {
    if block.shape() == shape && block.is_standard_layout() { block } else { own(block, shape).into_shared() }
}

/// What a loop reads beside the elements it writes.
pub(crate) enum Operand<T> {
    /// The same for all elements.
    One(T),
    /// One for each, in axis order.
    Each(Block<T>),
}

impl<T: Element> Operand<T> {
    pub(crate) fn new(block: Block<T>, shape: &[usize]) -> Self {
        match block.first() {
            Some(&one) if block.len() == 1 => Self::One(one),
            _ => Self::Each(plain(block, shape)),
        }
    }
}

pub(crate) fn slice<T>(block: &Block<T>) -> &[T] {
    block.as_slice().expect("it was laid out in axis order")
}

pub(crate) fn recycle<T: Element>(block: Block<T>) {
    if let Ok(owned) = block.try_into_owned_nocopy() {
        buffers::give(owned.into_raw_vec_and_offset().0);
    }
}

/// `f` of each element, as another type.
pub(crate) fn map_to<T: Element, U: Element>(a: &Block<T>, f: impl Fn(T) -> U) -> Block<U> {
    let a = plain(a.clone(), a.shape());
    let mut out = blank::<U>(a.shape());
    slice_mut(&mut out).iter_mut().zip(slice(&a)).for_each(|(out, &a)| *out = f(a));
    out.into_shared()
}

/// `f` of each element.
pub(crate) fn map_same<T: Element>(a: Block<T>, f: impl Fn(T) -> T) -> Block<T> {
    let shape = a.shape().to_vec();
    let mut out = own(a, &shape);
    slice_mut(&mut out).iter_mut().for_each(|a| *a = f(*a));
    out.into_shared()
}

/// `f` of each pair, as another type; `shape` is what both broadcast to.
pub(crate) fn zip_to<T: Element, U: Element>(
    a: Block<T>,
    b: Block<T>,
    shape: &[usize],
    f: impl Fn(T, T) -> U,
) -> Block<U> {
    let a = plain(a, shape);
    let mut out = blank::<U>(shape);
    match Operand::new(b, shape) {
        Operand::One(b) => slice_mut(&mut out).iter_mut().zip(slice(&a)).for_each(|(out, &a)| *out = f(a, b)),
        Operand::Each(b) => {
            let pairs = slice_mut(&mut out).iter_mut().zip(slice(&a)).zip(slice(&b));
            pairs.for_each(|((out, &a), &b)| *out = f(a, b));
            recycle(b);
        }
    }
    recycle(a);
    out.into_shared()
}

/// `f` of each pair; `shape` is what both broadcast to.
pub(crate) fn zip_same<T: Element>(a: Block<T>, b: Block<T>, shape: &[usize], f: impl Fn(T, T) -> T) -> Block<T> {
    let mut out = own(a, shape);
    match Operand::new(b, shape) {
        Operand::One(b) => slice_mut(&mut out).iter_mut().for_each(|a| *a = f(*a, b)),
        Operand::Each(b) => {
            slice_mut(&mut out).iter_mut().zip(slice(&b)).for_each(|(a, &b)| *a = f(*a, b));
            recycle(b);
        }
    }
    out.into_shared()
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
