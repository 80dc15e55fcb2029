//! A block of lines as the loops want it: (outer, along the line, inner), inner long where that is possible.

use crate::lazy::buffers;
use crate::values::{Element, Values};
use std::ops::Range;

/// Fewer neighbours than this are not worth a loop; the lines are laid side by side instead.
const FEW: usize = 16;

/// Part of some lines, and which results are asked of it.
pub(crate) struct Block {
    /// Shape (outer, positions, inner), in axis order.
    pub values: Values,
    /// Where in the whole line the values begin.
    pub start: usize,
    /// The length of a whole line.
    pub length: usize,
    /// The results that are asked for, by their positions.
    pub out: Range<usize>,
}

impl Block {
    pub fn outer(&self) -> usize {
        self.values.shape()[0]
    }

    /// How many positions of each line are here.
    pub fn here(&self) -> usize {
        self.values.shape()[1]
    }

    pub fn inner(&self) -> usize {
        self.values.shape()[2]
    }

    pub fn slice<T: Element>(&self) -> &[T] {
        self.values.as_slice().expect("blocks are laid out in axis order and cast before")
    }

    /// The same with values of another type.
    pub fn cast(self, dtype: crate::values::DType) -> Self {
        Self { values: self.values.into_cast(dtype).standard(), ..self }
    }

    /// Room for the results.
    pub fn results<T: Element>(&self) -> Vec<T> {
        buffers::take::<T>(self.outer() * self.out.len() * self.inner())
    }

    /// The results as values; their memory is given back if nothing else uses it.
    pub fn finish<T: Element>(self, results: Vec<T>) -> Values {
        let shape = [self.outer(), self.out.len(), self.inner()];
        buffers::recycle(self.values);
        Values::from_shape_vec(&shape, results).expect("there is a result for each place")
    }
}

/// How a window lies as a block, and how its results lie as a window again.
pub(crate) struct Layout {
    axis: usize,
    shape: Vec<usize>,
    side_by_side: bool,
}

impl Layout {
    /// The window shape `shape`, whose lines lie along `axis`.
    pub fn new(shape: &[usize], axis: usize) -> Self {
        let (outer, inner): (usize, usize) = (shape[..axis].iter().product(), shape[axis + 1..].iter().product());
        Self { axis, shape: shape.to_vec(), side_by_side: inner < FEW && outer > 1 }
    }

    /// The axes as they lie in the block, and where in the block's shape each goes back to.
    fn order(&self) -> Vec<usize> {
        let others = (0..self.shape.len()).filter(|&axis| axis != self.axis);
        std::iter::once(self.axis).chain(others).collect()
    }

    /// (outer, positions, inner) of values in the shape of the window, but for the length along the lines.
    pub fn block(&self, values: Values) -> Values {
        let length = values.shape()[self.axis];
        let (values, outer, inner) = if self.side_by_side {
            let lines = self.shape.iter().enumerate().filter(|(axis, _)| *axis != self.axis).map(|(_, &n)| n).product();
            (values.transpose(&self.order()), 1, lines)
        } else {
            (values, self.shape[..self.axis].iter().product(), self.shape[self.axis + 1..].iter().product())
        };
        values.reshape(&[outer, length, inner]).expect("the same elements")
    }

    /// Results in the shape of the window.
    pub fn window(&self, results: Values) -> Values {
        let length = results.shape()[1];
        let mut shape = self.shape.clone();
        shape[self.axis] = length;
        if !self.side_by_side {
            return results.reshape(&shape).expect("the same elements");
        }
        shape.remove(self.axis);
        shape.insert(0, length);
        let mut back: Vec<usize> = (1..shape.len()).collect();
        back.insert(self.axis, 0);
        results.reshape(&shape).expect("the same elements").transpose(&back)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_goes_to_a_block_and_back() {
        let shape = [2, 3, 4];
        let values = Values::from_shape_vec(&shape, (0..24).collect::<Vec<i32>>()).unwrap();
        for axis in 0..3 {
            let layout = Layout::new(&shape, axis);
            let block = layout.block(values.clone());
            assert_eq!((block.ndim(), block.shape()[1]), (3, shape[axis]));
            let back = layout.window(block);
            assert_eq!((back.shape(), back.to_vec::<i32>().unwrap()), (&shape[..], (0..24).collect()), "axis {axis}");
        }
    }
}
