//! How operands that broadcast lie against a result: rows along which each has an element for each, or one for all.

use std::ops::Range;

/// An operand along one row.
#[derive(Clone, Copy)]
pub(crate) enum Side<'a, T> {
    /// The same for all elements.
    One(T),
    /// One for each.
    Each(&'a [T]),
}

impl<T> Side<'_, T> {
    /// The elements that stand against the part `run` of the row.
    pub(crate) fn part(self, run: Range<usize>) -> Self {
        match self {
            Self::Each(cells) => Self::Each(&cells[run]),
            one => one,
        }
    }
}

/// Where an operand lies along one row.
#[derive(Clone, Copy)]
pub(crate) struct At {
    offset: usize,
    varies: bool,
}

impl At {
    /// The elements of `cells` that stand against the part `run` of the row.
    pub(crate) fn of<T: Copy>(self, cells: &[T], run: Range<usize>) -> Side<'_, T> {
        if self.varies {
            Side::Each(&cells[self.offset + run.start..self.offset + run.end])
        } else {
            Side::One(cells[self.offset])
        }
    }
}

/// Rows are worth more than a copy from here on.
const SHORT: usize = 64;

/// The rows of a result with `N` operands, each of which lies in axis order.
pub(crate) struct Rows<const N: usize> {
    length: usize,
    varies: [bool; N],
    /// Of each axis before the last: its length, and how far each operand goes on along it.
    outer: Vec<(usize, [usize; N])>,
}

impl<const N: usize> Rows<N> {
    /// Operands of these shapes, which broadcast to `shape`. Axes along which they behave alike are one.
    pub(crate) fn new(shape: &[usize], operands: [&[usize]; N]) -> Self {
        let mut merged: Vec<(usize, [bool; N])> = Vec::new();
        for (axis, &length) in shape.iter().enumerate() {
            // An axis of length 1 is like any other.
            if length == 1 {
                continue;
            }
            let varies = operands.map(|operand| operand[axis] != 1);
            match merged.last_mut() {
                Some((all, last)) if *last == varies => *all *= length,
                _ => merged.push((length, varies)),
            }
        }
        let (length, varies) = merged.pop().unwrap_or((1, [false; N]));
        let mut step = varies.map(|varies| if varies { length } else { 1 });
        let mut outer = Vec::with_capacity(merged.len());
        for &(length, varies) in merged.iter().rev() {
            let mut strides = [0; N];
            for n in 0..N {
                if varies[n] {
                    strides[n] = step[n];
                    step[n] *= length;
                }
            }
            outer.push((length, strides));
        }
        outer.reverse();
        Self { length, varies, outer }
    }

    /// Whether there are so many rows of so few elements that laying the operands out costs less.
    pub(crate) fn are_short(&self) -> bool {
        self.length < SHORT && !self.outer.is_empty()
    }

    /// Calls `f` with each row, or part of one, that lies in `out`, which begins at `start` of the result.
    pub(crate) fn each<U>(&self, start: usize, out: &mut [U], mut f: impl FnMut([At; N], Range<usize>, &mut [U])) {
        let (mut row, mut within) = (start / self.length.max(1), start % self.length.max(1));
        let mut rest = out;
        while !rest.is_empty() {
            let length = (self.length - within).min(rest.len());
            let (part, after) = std::mem::take(&mut rest).split_at_mut(length);
            let run = within..within + part.len();
            f(self.at(row), run, part);
            (rest, row, within) = (after, row + 1, 0);
        }
    }

    fn at(&self, row: usize) -> [At; N] {
        let mut offsets = [0; N];
        let mut rest = row;
        for (length, strides) in self.outer.iter().rev() {
            let index = rest % length;
            rest /= length;
            for n in 0..N {
                offsets[n] += index * strides[n];
            }
        }
        std::array::from_fn(|n| At { offset: offsets[n], varies: self.varies[n] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the operands' elements stand against each element of the result, put together from pieces of `piece`.
    fn pairs(shape: &[usize], a: &[usize], b: &[usize], piece: usize) -> Vec<(usize, usize)> {
        let cells = |shape: &[usize]| (0..shape.iter().product()).collect::<Vec<usize>>();
        let (left, right) = (cells(a), cells(b));
        let rows = Rows::new(shape, [a, b]);
        let mut out = vec![(usize::MAX, usize::MAX); shape.iter().product()];
        let side = |side: &Side<'_, usize>, n: usize| match side {
            Side::One(value) => *value,
            Side::Each(values) => values[n],
        };
        for (n, out) in out.chunks_mut(piece).enumerate() {
            rows.each(n * piece, out, |[first, second], run, out| {
                let (first, second) = (first.of(&left, run.clone()), second.of(&right, run));
                out.iter_mut().enumerate().for_each(|(n, out)| *out = (side(&first, n), side(&second, n)));
            });
        }
        out
    }

    #[test]
    fn every_way_to_broadcast_gives_the_pairs_of_ndarray() {
        let shape = [3, 2, 4];
        for a in 0..8usize {
            for b in 0..8usize {
                let part = |bits: usize| [0, 1, 2].map(|axis| if bits >> axis & 1 == 0 { shape[axis] } else { 1 });
                let broadcast = |part: [usize; 3]| {
                    let cells =
                        ndarray::Array::from_iter(0..part.iter().product()).into_shape_with_order(part).unwrap();
                    cells.broadcast(shape).unwrap().iter().copied().collect::<Vec<usize>>()
                };
                let expected: Vec<_> = broadcast(part(a)).into_iter().zip(broadcast(part(b))).collect();
                for piece in [1, 3, 5, 24] {
                    assert_eq!(pairs(&shape, &part(a), &part(b), piece), expected, "{a} {b} {piece}");
                }
            }
        }
    }

    #[test]
    fn results_without_axes_and_without_elements_have_their_rows() {
        assert_eq!(pairs(&[], &[], &[], 1), [(0, 0)]);
        assert!(pairs(&[0, 3], &[0, 3], &[1, 3], 1).is_empty());
    }
}
