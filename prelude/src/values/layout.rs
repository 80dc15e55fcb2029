//! Copies of arrays that do not lie in axis order: transposed ones in tiles that fit in the cache, all others by runs.

use ndarray::{ArrayViewD, Axis};

/// The elements of a tile along each of its two axes: that many lines of the cache are open at a time on either side.
const TILE: usize = 32;

/// Writes the elements of `view` in axis order into `out`, which has as many.
pub(crate) fn copy_into<T: Copy>(view: ArrayViewD<'_, T>, out: &mut [T]) {
    assert_eq!(view.len(), out.len(), "a copy has as many elements as what is copied");
    if out.is_empty() {
        return;
    }
    if let Some(slice) = view.as_slice() {
        out.copy_from_slice(slice);
        return;
    }
    // Axes of length 1 say nothing of how the elements lie.
    let axes: Vec<(usize, isize)> =
        view.shape().iter().copied().zip(view.strides().iter().copied()).filter(|&(length, _)| length > 1).collect();
    let Some(&(_, last)) = axes.last() else {
        out.fill(*view.first().expect("there is one element"));
        return;
    };
    let nearest = (0..axes.len()).min_by_key(|&axis| axes[axis].1.unsigned_abs()).expect("there is an axis");
    let source = Source { start: view.as_ptr(), axes: &axes };
    if axes[nearest].1.unsigned_abs() < last.unsigned_abs() && axes[nearest].1 != 0 {
        source.tiles(nearest, out);
    } else {
        source.runs(out);
    }
}

/// Where an array lies in memory: its first element, and length and stride of each axis longer than 1.
struct Source<'a, T> {
    start: *const T,
    axes: &'a [(usize, isize)],
}

impl<T: Copy> Source<'_, T> {
    /// Calls `each` with the offset of every index along the axes in `outer`, in axis order.
    fn for_each(&self, outer: &[usize], each: &mut dyn FnMut(isize)) {
        let mut index = vec![0; outer.len()];
        let mut offset = 0isize;
        loop {
            each(offset);
            let mut at = outer.len();
            loop {
                if at == 0 {
                    return;
                }
                at -= 1;
                let (length, stride) = self.axes[outer[at]];
                index[at] += 1;
                offset += stride;
                if index[at] < length {
                    break;
                }
                offset -= stride * length as isize;
                index[at] = 0;
            }
        }
    }

    /// Line by line along the last axis.
    fn runs(&self, out: &mut [T]) {
        let (length, stride) = self.axes[self.axes.len() - 1];
        let outer: Vec<usize> = (0..self.axes.len() - 1).collect();
        let mut lines = out.chunks_exact_mut(length);
        self.for_each(&outer, &mut |offset| {
            let line = lines.next().expect("as many lines as there are indices");
            // SAFETY: `offset` is that of an index of the array, whose last axis has `length` elements, `stride` apart: all
            // of them lie in the array, which the view borrows.
            unsafe {
                let from = self.start.offset(offset);
                if stride == 1 {
                    line.copy_from_slice(std::slice::from_raw_parts(from, length));
                } else {
                    for (n, cell) in line.iter_mut().enumerate() {
                        *cell = *from.offset(n as isize * stride);
                    }
                }
            }
        });
    }

    /// Tile by tile of the last axis and the axis `near`, along which neighbours lie next to each other in memory.
    fn tiles(&self, near: usize, out: &mut [T]) {
        let last = self.axes.len() - 1;
        let ((rows, row), (columns, column)) = (self.axes[near], self.axes[last]);
        // Where an index lies in `out`.
        let mut steps = vec![1usize; self.axes.len()];
        for axis in (0..last).rev() {
            steps[axis] = steps[axis + 1] * self.axes[axis + 1].0;
        }
        let outer: Vec<usize> = (0..last).filter(|&axis| axis != near).collect();
        let places = Source::<T> {
            start: self.start,
            axes: &self
                .axes
                .iter()
                .zip(&steps)
                .map(|(&(length, _), &step)| (length, step as isize))
                .collect::<Vec<_>>(),
        };
        let mut to = Vec::new();
        places.for_each(&outer, &mut |offset| to.push(offset as usize));
        let mut to = to.into_iter();
        self.for_each(&outer, &mut |offset| {
            let base = to.next().expect("both go through the same indices");
            for first_row in (0..rows).step_by(TILE) {
                for first_column in (0..columns).step_by(TILE) {
                    let (height, width) = (TILE.min(rows - first_row), TILE.min(columns - first_column));
                    let begin = offset + first_row as isize * row + first_column as isize * column;
                    let place = base + first_row * steps[near] + first_column;
                    // SAFETY: `offset` is that of an index of the array along all axes but two, along which the tile is
                    // within the lengths: its elements lie in the array, which the view borrows.
                    unsafe {
                        let from = self.start.offset(begin);
                        if (height, width) == (TILE, TILE) {
                            tile(from, (row, column), &mut out[place..], steps[near], TILE, TILE);
                        } else {
                            tile(from, (row, column), &mut out[place..], steps[near], height, width);
                        }
                    }
                }
            }
        });
    }
}

/// Writes a tile of `height` rows of `width` elements, which begin `step` apart in `out`. Inlined, so that the lengths of whole
/// tiles are known to the compiler.
///
/// # Safety
/// From `from` on, all elements of the tile must be there, rows `row` and columns `column` apart.
#[inline(always)]
unsafe fn tile<T: Copy>(
    from: *const T,
    (row, column): (isize, isize),
    out: &mut [T],
    step: usize,
    height: usize,
    width: usize,
) {
    for n in 0..height {
        for (m, cell) in out[n * step..n * step + width].iter_mut().enumerate() {
            // SAFETY: as the caller promised.
            *cell = unsafe { *from.offset(n as isize * row + m as isize * column) };
        }
    }
}

/// The parts of `view` along its first axis that come to lie in `out` from `start` on, which begins and ends between them.
pub(crate) fn copy_part<T: Copy>(view: &ArrayViewD<'_, T>, start: usize, out: &mut [T]) {
    let inner: usize = view.shape().iter().skip(1).product();
    if out.is_empty() || inner == 0 {
        return;
    }
    let mut part = view.view();
    part.slice_axis_inplace(Axis(0), (start / inner..(start + out.len()) / inner).into());
    copy_into(part, out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array, ArrayD, IxDyn, s};

    fn cube() -> ArrayD<i32> {
        Array::from_iter(0..7 * 70 * 45).into_shape_with_order(IxDyn(&[7, 70, 45])).unwrap()
    }

    fn check(view: ArrayViewD<'_, i32>) {
        let expected: Vec<i32> = view.iter().copied().collect();
        let mut copy = vec![-1; view.len()];
        copy_into(view.view(), &mut copy);
        assert_eq!(copy, expected, "{:?} {:?}", view.shape(), view.strides());
        let inner: usize = view.shape().iter().skip(1).product();
        if view.ndim() > 0 && inner > 0 {
            let mut copy = vec![-1; view.len()];
            for (n, out) in copy.chunks_mut(2 * inner).enumerate() {
                copy_part(&view, n * 2 * inner, out);
            }
            assert_eq!(copy, expected);
        }
    }

    #[test]
    fn arrays_in_any_order_are_copied_in_axis_order() {
        let cube = cube();
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            check(cube.view().permuted_axes(IxDyn(&order)));
        }
    }

    #[test]
    fn parts_steps_and_reversed_axes_are_copied_as_they_are_indexed() {
        let cube = cube();
        check(cube.slice(s![.., 3..60;7, ..]).into_dyn());
        check(cube.slice(s![..;-1, .., ..;2]).into_dyn());
        check(cube.slice(s![.., ..;-3, ..;-1]).into_dyn().permuted_axes(IxDyn(&[2, 1, 0])));
        check(cube.slice(s![2..3, .., 4..5]).into_dyn());
        check(cube.slice(s![2..3, 5..6, 4..5]).into_dyn());
        check(cube.slice(s![0..0, .., ..]).into_dyn());
        check(cube.slice(s![1, 2, 3]).into_dyn());
        check(cube.slice(s![1..2, .., 0..1]).broadcast(IxDyn(&[4, 70, 9])).unwrap());
    }
}
