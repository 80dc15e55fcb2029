//! Positional selection along axes, in the form in which it is pushed down to the files.

use crate::{Error, ErrorKind, Result};
use std::ops::Range;
use std::sync::Arc;

/// What to take of one axis. Positions count from 0; negative ones are resolved before they get here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AxisIndex {
    /// `len` positions from `start`, `step` apart (negative: backwards).
    Range {
        /// The first position.
        start: usize,
        /// How many positions.
        len: usize,
        /// From one position to the next; not 0.
        step: isize,
    },
    /// One position; the axis goes.
    At(usize),
    /// These positions in this order, repeats allowed.
    List(Arc<[usize]>),
}

impl AxisIndex {
    /// The positions of a half-open range.
    pub fn range(range: Range<usize>) -> Self {
        Self::Range { start: range.start, len: range.len(), step: 1 }
    }

    /// The whole of an axis of this length.
    pub fn all(len: usize) -> Self {
        Self::range(0..len)
    }

    /// Whether it takes an axis of this length as it is.
    pub(crate) fn is_all(&self, length: usize) -> bool {
        matches!(self, Self::Range { start: 0, len, step: 1 } if *len == length)
    }

    /// The positions that it takes, one after the other.
    pub(crate) fn positions(&self) -> Box<dyn Iterator<Item = usize> + '_> {
        match self {
            Self::Range { start, len, step } => {
                Box::new((0..*len).map(move |n| start.wrapping_add_signed(n as isize * step)))
            }
            Self::At(at) => Box::new(std::iter::once(*at)),
            Self::List(list) => Box::new(list.iter().copied()),
        }
    }

    /// The positions of a list.
    pub fn list(positions: impl Into<Arc<[usize]>>) -> Self {
        Self::List(positions.into())
    }
}

/// An [`AxisIndex`] that keeps its axis: the positions taken, within bounds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Pick {
    Range { start: usize, len: usize, step: isize },
    List(Arc<[usize]>),
}

impl Pick {
    pub fn range(range: Range<usize>) -> Self {
        Self::Range { start: range.start, len: range.len(), step: 1 }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Range { len, .. } => *len,
            Self::List(list) => list.len(),
        }
    }

    /// The position that the `n`-th element of the pick has in the axis.
    pub fn position(&self, n: usize) -> usize {
        match self {
            Self::Range { start, step, .. } => start.wrapping_add_signed(n as isize * step),
            Self::List(list) => list[n],
        }
    }

    /// Whether it takes an axis of length `len` as it is.
    pub fn is_all(&self, length: usize) -> bool {
        matches!(self, Self::Range { start: 0, len, step: 1 } if *len == length)
    }

    /// What `self` takes of an axis that is itself `inner` of another: one pick of that other axis.
    pub fn of(&self, inner: &Self) -> Self {
        match (self, inner) {
            (Self::Range { start, len, step }, Self::Range { step: inner_step, .. }) => {
                let start = if *len == 0 { 0 } else { inner.position(*start) };
                Self::Range { start, len: *len, step: step * inner_step }
            }
            _ => Self::List((0..self.len()).map(|n| inner.position(self.position(n))).collect()),
        }
    }

    /// The pick of a window of this pick.
    pub fn window(&self, window: &Range<usize>) -> Self {
        Self::range(window.clone()).of(self)
    }

    /// The lowest and highest position, as a half-open range.
    pub fn bounds(&self) -> Range<usize> {
        match self {
            _ if self.len() == 0 => 0..0,
            Self::Range { len, .. } => {
                let (first, last) = (self.position(0), self.position(len - 1));
                first.min(last)..first.max(last) + 1
            }
            Self::List(list) => {
                let (low, high) = list.iter().fold((usize::MAX, 0), |(low, high), &n| (low.min(n), high.max(n)));
                low..high + 1
            }
        }
    }

    /// This pick of an axis whose `offset` first positions are cut off.
    pub fn shifted(&self, offset: usize) -> Self {
        match self {
            Self::Range { start, len, step } => {
                Self::Range { start: start.saturating_sub(offset), len: *len, step: *step }
            }
            Self::List(list) => Self::List(list.iter().map(|n| n - offset).collect()),
        }
    }
}

/// Checks one index per axis against `shape`: the picks, and the axes that `At` drops (ascending).
pub(crate) fn resolve(shape: &[usize], axes: &[AxisIndex]) -> Result<(Vec<Pick>, Vec<usize>)> {
    if axes.len() != shape.len() {
        let message = format!("{} indices for an array of {} axes", axes.len(), shape.len());
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    let mut dropped = Vec::new();
    let mut picks = Vec::with_capacity(axes.len());
    for (axis, (index, &length)) in axes.iter().zip(shape).enumerate() {
        let outside = |position: String| {
            let message = format!("position {position} of axis {axis}, which has {length}: they count from 0");
            Error::new(ErrorKind::InvalidArgument, message)
        };
        picks.push(match index {
            AxisIndex::At(n) if *n >= length => return Err(outside(n.to_string())),
            AxisIndex::At(n) => {
                dropped.push(axis);
                Pick::range(*n..n + 1)
            }
            AxisIndex::List(list) => {
                if let Some(n) = list.iter().find(|&&n| n >= length) {
                    return Err(outside(n.to_string()));
                }
                Pick::List(list.clone())
            }
            AxisIndex::Range { len: 0, .. } => Pick::range(0..0),
            AxisIndex::Range { step: 0, .. } => {
                return Err(Error::new(ErrorKind::InvalidArgument, "a range with step 0 never ends; use 1 or more"));
            }
            AxisIndex::Range { start, len, step } => {
                let last = *start as i128 + (*len as i128 - 1) * *step as i128;
                if *start >= length || last < 0 || last >= length as i128 {
                    let beyond = if *start >= length { *start as i128 } else { last };
                    return Err(outside(beyond.to_string()));
                }
                Pick::Range { start: *start, len: *len, step: *step }
            }
        });
    }
    Ok((picks, dropped))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pick_of_a_pick_is_one_pick() {
        let inner = Pick::Range { start: 10, len: 5, step: 3 };
        let backwards = Pick::Range { start: 4, len: 3, step: -2 };
        let both = backwards.of(&inner);
        assert_eq!(both, Pick::Range { start: 22, len: 3, step: -6 });
        assert_eq!((0..3).map(|n| both.position(n)).collect::<Vec<_>>(), [22, 16, 10]);
        assert_eq!(both.bounds(), 10..23);
        let list = Pick::List([3, 0].into());
        assert_eq!(list.of(&inner), Pick::List([19, 10].into()));
    }

    #[test]
    fn a_range_that_runs_out_backwards_is_refused() {
        let index = AxisIndex::Range { start: 2, len: 4, step: -1 };
        assert!(resolve(&[5], &[index]).is_err());
        assert!(resolve(&[5], &[AxisIndex::Range { start: 2, len: 2, step: 0 }]).is_err());
    }
}
