//! The result while its windows are being computed: each thread writes into its own part of it.

use crate::values::{DType, Element, Values, buffers, typed};
use ndarray::{ArrayD, ArrayViewMutD, Axis, IxDyn};

/// Where the values of one window go.
pub(crate) trait Slot: Send {
    /// Values of the window, in its shape or one after the other in axis order.
    fn put(&mut self, values: &Values);
}

impl<T: Element> Slot for ArrayViewMutD<'_, T> {
    fn put(&mut self, values: &Values) {
        let values = T::of(values).expect("a window has the type of its plan");
        if values.shape() == self.shape() {
            self.assign(values);
        } else {
            let values = values.view().into_shape_with_order(self.raw_dim());
            self.assign(&values.expect("a window has as many values as its place"));
        }
    }
}

/// A result of which every window is still to be put.
pub(crate) trait Output: Send {
    /// The whole of it, to be written.
    fn place(&mut self) -> Box<dyn Place<'_> + '_>;

    fn into_values(self: Box<Self>) -> Values;
}

/// A part of a result that is still to be written.
pub(crate) trait Place<'a>: Send {
    /// One slot for each window, in axis order; `blocks` holds the window lengths along each axis.
    fn slots(self: Box<Self>, blocks: &[Vec<usize>]) -> Vec<Box<dyn Slot + 'a>>;

    /// Parts of these lengths, one after the other along `axis`.
    fn parts(self: Box<Self>, axis: usize, lengths: &[usize]) -> Vec<Box<dyn Place<'a> + 'a>>;
}

impl<'a, T: Element> Place<'a> for ArrayViewMutD<'a, T> {
    fn slots(self: Box<Self>, blocks: &[Vec<usize>]) -> Vec<Box<dyn Slot + 'a>> {
        let mut slots = Vec::new();
        split(*self, blocks, 0, &mut slots);
        slots
    }

    fn parts(self: Box<Self>, axis: usize, lengths: &[usize]) -> Vec<Box<dyn Place<'a> + 'a>> {
        let mut rest = *self;
        let mut parts: Vec<Box<dyn Place<'a> + 'a>> = Vec::with_capacity(lengths.len());
        for &length in lengths {
            let (part, after) = rest.split_at(Axis(axis), length);
            parts.push(Box::new(part));
            rest = after;
        }
        parts
    }
}

struct Typed<T> {
    array: ArrayD<T>,
    dtype: DType,
}

impl<T: Element> Output for Typed<T> {
    fn place(&mut self) -> Box<dyn Place<'_> + '_> {
        Box::new(self.array.view_mut())
    }

    fn into_values(self: Box<Self>) -> Values {
        Values::from_typed(self.array.into_shared(), self.dtype)
    }
}

fn split<'a, T: Element>(
    view: ArrayViewMutD<'a, T>,
    blocks: &[Vec<usize>],
    axis: usize,
    slots: &mut Vec<Box<dyn Slot + 'a>>,
) {
    let Some(lengths) = blocks.get(axis) else {
        slots.push(Box::new(view));
        return;
    };
    let mut rest = view;
    for &length in lengths {
        let (block, after) = rest.split_at(Axis(axis), length);
        split(block, blocks, axis + 1, slots);
        rest = after;
    }
}

/// Memory for a result, which holds anything until it is written.
pub(crate) fn allocate(shape: &[usize], dtype: DType) -> Box<dyn Output> {
    typed!(dtype, T => {
        let buffer = buffers::take::<T>(shape.iter().product());
        let array = ArrayD::from_shape_vec(IxDyn(shape), buffer).expect("the buffer has the shape's length");
        Box::new(Typed { array, dtype })
    })
}
