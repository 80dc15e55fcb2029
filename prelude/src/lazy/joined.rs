//! A window put together from parts, each written into its place as soon as it is there.

use crate::values::buffers;
use crate::values::{DType, Element, Values, typed};
use ndarray::{ArrayD, Axis, IxDyn, Slice};

/// Room for a window of which every part is still to be put.
pub(crate) struct Joined(Box<dyn Parts>);

impl Joined {
    pub fn new(shape: &[usize], dtype: DType) -> Self {
        Self(typed!(dtype, T => {
            let buffer = buffers::take::<T>(shape.iter().product());
            let array = ArrayD::from_shape_vec(IxDyn(shape), buffer).expect("the buffer has the shape's length");
            Box::new(Typed { array, dtype })
        }))
    }

    /// Puts a part that begins at `start` along `axis`, and gives its memory back.
    pub fn put(&mut self, part: Values, axis: usize, start: usize) {
        self.0.put(&part, axis, start);
        buffers::recycle(part);
    }

    pub fn into_values(self) -> Values {
        self.0.into_values()
    }
}

trait Parts {
    fn put(&mut self, part: &Values, axis: usize, start: usize);
    fn into_values(self: Box<Self>) -> Values;
}

struct Typed<T> {
    array: ArrayD<T>,
    dtype: DType,
}

impl<T: Element> Parts for Typed<T> {
    fn put(&mut self, part: &Values, axis: usize, start: usize) {
        let part = T::of(part).expect("parts have the type of the whole");
        let end = start + part.shape()[axis];
        self.array.slice_axis_mut(Axis(axis), Slice::from(start..end)).assign(part);
    }

    fn into_values(self: Box<Self>) -> Values {
        Values::from_typed(self.array.into_shared(), self.dtype)
    }
}
