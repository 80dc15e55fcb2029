//! Selecting and rearranging: everything that moves elements and computes nothing.

use super::kernels::{Block, Workers, spread};
use super::{Element, Values, each, same, typed};
use crate::values::{AxisIndex, Pick, buffers};
use crate::{Error, ErrorKind, Result};
use ndarray::{ArrayD, Axis, IxDyn, Slice};
use std::ops::Range;

/// How many elements an array of `shape` has; `usize::MAX` if that are more than can be counted, as headers of files may say.
pub(crate) fn count(shape: &[usize]) -> usize {
    if shape.contains(&0) {
        return 0;
    }
    shape.iter().fold(1, |count: usize, &length| count.saturating_mul(length))
}

impl Values {
    /// One [`AxisIndex`] per axis. Ranges share the memory, lists copy, `At` drops its axis.
    ///
    /// # Errors
    /// When an index lies outside its axis, or there is not one per axis.
    pub fn index(&self, axes: &[AxisIndex]) -> Result<Self> {
        let (picks, dropped) = super::resolve(self.shape(), axes)?;
        let mut values = self.pick(&picks);
        for axis in dropped.into_iter().rev() {
            values = values.drop_axis(axis);
        }
        Ok(values)
    }

    /// The elements that each axis' pick names; picks are within bounds.
    pub(crate) fn pick(&self, picks: &[Pick]) -> Self {
        let mut values = self.clone();
        for (axis, pick) in picks.iter().enumerate() {
            values = match pick {
                Pick::Range { start, len, step } => values.stride(axis, *start, *len, *step),
                Pick::List(list) => same!(values, a => gather(a, axis, list)),
            };
        }
        values
    }

    fn stride(self, axis: usize, start: usize, len: usize, step: isize) -> Self {
        if start == 0 && step == 1 && len == self.shape()[axis] {
            return self;
        }
        let slice = if len == 0 {
            Slice::new(0, Some(0), 1)
        } else if step > 0 {
            let end = start + (len - 1) * step.unsigned_abs() + 1;
            Slice::new(start as isize, Some(end as isize), step)
        } else {
            // ndarray takes the range first and then walks it backwards.
            let low = start - (len - 1) * step.unsigned_abs();
            Slice::new(low as isize, Some(start as isize + 1), step)
        };
        same!(self, a => {
            let mut a = a;
            a.slice_axis_inplace(Axis(axis), slice);
            a
        })
    }

    /// A window: the given range of each axis, sharing the memory.
    pub(crate) fn window(&self, window: &[Range<usize>]) -> Self {
        let mut values = self.clone();
        for (axis, range) in window.iter().enumerate() {
            values = values.stride(axis, range.start, range.len(), 1);
        }
        values
    }

    /// Without `axis`, of which the first element stays.
    pub(crate) fn drop_axis(self, axis: usize) -> Self {
        same!(self, a => a.index_axis_move(Axis(axis), 0))
    }

    /// A new axis of length 1 before `axis` (which may be the number of axes). Shares the memory.
    #[must_use]
    pub fn insert_axis(&self, axis: usize) -> Self {
        same!(self.clone(), a => a.insert_axis(Axis(axis)))
    }

    /// The axes in another order; shares the memory. `order` names each axis once.
    ///
    /// # Panics
    /// When `order` is not a permutation of the axes.
    #[must_use]
    pub fn transpose(&self, order: &[usize]) -> Self {
        same!(self.clone(), a => a.permuted_axes(IxDyn(order)))
    }

    /// The same elements in axis order under another shape.
    ///
    /// # Errors
    /// When the shape has another number of elements.
    pub fn reshape(&self, shape: &[usize]) -> Result<Self> {
        if count(shape) != self.len() {
            let message = format!("{} elements of shape {:?} do not fill {shape:?}", self.len(), self.shape());
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        Ok(same!(self.standard(), a => match a.into_shape_with_order(IxDyn(shape)) {
            Ok(a) => a,
            Err(_) => unreachable!("the counts agree, and the elements lie in axis order"),
        }))
    }

    /// Axes of length 1 repeated to `shape`, which has as many axes. Copies.
    ///
    /// # Errors
    /// When an axis is neither 1 nor the length asked for.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Self> {
        if self.shape() == shape {
            return Ok(self.clone());
        }
        each!(self, a => match a.broadcast(IxDyn(shape)) {
            Some(_) => Ok(Self::from_typed(spread(a.clone(), shape), self.dtype())),
            None => Err(Error::new(ErrorKind::Mismatch, format!("the shape {:?} does not broadcast to {shape:?}", self.shape()))),
        })
    }

    /// Parts one after the other along `axis`; the other axes and the dtype are equal.
    ///
    /// # Errors
    /// When there is no part, or shapes or dtypes differ.
    pub fn concat(parts: &[Self], axis: usize) -> Result<Self> {
        let [first, rest @ ..] = parts else {
            return Err(Error::new(ErrorKind::InvalidArgument, "nothing to concatenate"));
        };
        if rest.is_empty() {
            return Ok(first.clone());
        }
        let mut shape = first.shape().to_vec();
        for part in rest {
            let agree = part.ndim() == shape.len()
                && part.dtype() == first.dtype()
                && part.shape().iter().zip(&shape).enumerate().all(|(n, (a, b))| n == axis || a == b);
            if !agree || axis >= shape.len() {
                let message = format!(
                    "cannot concatenate {} {:?} and {} {:?} along axis {axis}",
                    first.dtype(),
                    first.shape(),
                    part.dtype(),
                    part.shape()
                );
                return Err(Error::new(ErrorKind::Mismatch, message));
            }
        }
        shape[axis] = parts.iter().map(|part| part.shape()[axis]).sum();
        Ok(typed!(first.dtype(), T => Self::from_typed(join::<T>(parts, axis, &shape), first.dtype())))
    }

    /// The same elements laid out in axis order, copied only if they are not.
    #[must_use]
    pub fn standard(&self) -> Self {
        same!(self, a => Workers::alone().plain(a.clone()))
    }
}

/// The elements at `positions` along an axis.
fn gather<T: Element>(a: Block<T>, axis: usize, positions: &[usize]) -> Block<T> {
    let Some(elements) = a.as_slice() else { return a.select(Axis(axis), positions).into_shared() };
    let mut shape = a.shape().to_vec();
    let (length, inner) = (shape[axis], shape[axis + 1..].iter().product::<usize>());
    shape[axis] = positions.len();
    let mut out = buffers::take::<T>(count(&shape));
    let line = (positions.len() * inner).max(1);
    for (n, out) in out.chunks_exact_mut(line).enumerate() {
        let from = &elements[n * length * inner..][..length * inner];
        match inner {
            1 => out.iter_mut().zip(positions).for_each(|(out, &at)| *out = from[at]),
            // Whole rows move at the speed of memory.
            _ => out
                .chunks_exact_mut(inner)
                .zip(positions)
                .for_each(|(out, &at)| out.copy_from_slice(&from[at * inner..][..inner])),
        }
    }
    ArrayD::from_shape_vec(IxDyn(&shape), out).expect("the buffer has the shape's length").into_shared()
}

fn join<T: Element>(parts: &[Values], axis: usize, shape: &[usize]) -> Block<T> {
    let parts: Vec<&Block<T>> = parts.iter().map(|part| T::of(part).expect("parts share a dtype")).collect();
    Workers::alone().concat(&parts, axis, shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn square() -> Values {
        Values::from(array![[1i32, 2, 3], [4, 5, 6], [7, 8, 9]])
    }

    fn ints(values: &Values) -> Vec<i32> {
        values.to_vec().unwrap()
    }

    #[test]
    fn ranges_may_run_backwards() {
        let rows = AxisIndex::Range { start: 2, len: 2, step: -2 };
        let picked = square().index(&[rows, AxisIndex::range(1..3)]).unwrap();
        assert_eq!((picked.shape(), ints(&picked)), (&[2, 2][..], vec![8, 9, 2, 3]));
    }

    #[test]
    fn at_drops_its_axis_and_lists_keep_their_order() {
        let picked = square().index(&[AxisIndex::At(1), AxisIndex::list([2, 0, 2])]).unwrap();
        assert_eq!((picked.shape(), ints(&picked)), (&[3][..], vec![6, 4, 6]));
    }

    #[test]
    fn an_index_outside_names_the_length() {
        let error = square().index(&[AxisIndex::At(3), AxisIndex::At(0)]).unwrap_err();
        assert!(error.to_string().contains('3'), "{error}");
        assert!(square().index(&[AxisIndex::range(2..5), AxisIndex::At(0)]).is_err());
    }

    #[test]
    fn an_empty_range_gives_an_empty_axis() {
        let picked = square().index(&[AxisIndex::range(1..1), AxisIndex::range(0..3)]).unwrap();
        assert_eq!(picked.shape(), [0, 3]);
    }

    #[test]
    fn concat_joins_along_either_axis() {
        let wide = Values::concat(&[square(), square()], 1).unwrap();
        assert_eq!((wide.shape(), &ints(&wide)[..6]), (&[3, 6][..], &[1, 2, 3, 1, 2, 3][..]));
        let error = Values::concat(&[square(), Values::from(vec![1i32])], 0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
    }

    #[test]
    fn reshape_follows_axis_order_of_a_transposed_array() {
        assert_eq!(ints(&square().transpose(&[1, 0]).reshape(&[9]).unwrap()), [1, 4, 7, 2, 5, 8, 3, 6, 9]);
        assert!(square().reshape(&[4, 2]).is_err());
    }

    #[test]
    fn broadcasting_repeats_axes_of_one() {
        let row = Values::from(array![[1i32, 2]]);
        assert_eq!(ints(&row.broadcast_to(&[2, 2]).unwrap()), [1, 2, 1, 2]);
        assert!(row.broadcast_to(&[2, 3]).is_err());
    }
}
