//! What a window leaves for the next one along the lines: the elements that both need, or the state of a total.

use super::Plan;
use super::joined::Joined;
use super::lines::{Block, Flow, Lines, block};
use super::window::Puller;
use crate::Result;
use crate::values::buffers;
use crate::values::{DType, Values, typed};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

/// By the expression and the ranges of the other axes.
type Key = (usize, Vec<Range<usize>>);

/// What earlier windows of this thread have left. Dropped when a line is at its end.
#[derive(Default)]
pub(crate) struct Carries(RefCell<HashMap<Key, Carry>>);

struct Carry {
    /// Up to here the lines have been taken in.
    end: usize,
    left: Left,
}

enum Left {
    /// The elements before `end`.
    Elements(Values),
    State(Values),
}

impl Puller<'_> {
    /// A window of the results of `lines`, which are the expression `id`.
    pub(super) fn lines(&self, id: usize, lines: &Lines, window: &[Range<usize>]) -> Result<Values> {
        let axis = lines.axis;
        let out = lines.take.start + window[axis].start..lines.take.start + window[axis].end;
        let mut others = window.to_vec();
        others[axis] = 0..0;
        let key = (id, others);
        let carry = self.carries.as_ref().and_then(|carries| carries.0.borrow_mut().remove(&key));
        let more = self.carries.is_some() && lines.input.is_lazy() && out.end < lines.take.end;
        let (values, left) = match lines.op.flow() {
            Flow::Forward => self.forward(lines, window, out.clone(), carry)?,
            Flow::Near(_) => self.near(lines, window, out.clone(), carry, more)?,
            Flow::Whole => (self.block(lines, window, lines.needs(&out), &out, None)?.apply(lines, None).0, None),
        };
        if let (true, Some(left), Some(carries)) = (out.end < lines.take.end, left, &self.carries) {
            carries.0.borrow_mut().insert(key, left);
        }
        Ok(values)
    }

    /// Totals go on where the window before ended, or begin anew.
    fn forward(
        &self,
        lines: &Lines,
        window: &[Range<usize>],
        out: Range<usize>,
        carry: Option<Carry>,
    ) -> Result<(Values, Option<Carry>)> {
        let (start, state) = match carry {
            Some(Carry { end, left: Left::State(state) }) if end <= out.start => (end, Some(state)),
            _ => (0, None),
        };
        let needs = start..lines.needs(&out).end;
        let end = needs.end;
        let (values, state) = self.block(lines, window, needs, &out, None)?.apply(lines, state);
        Ok((values, state.map(|state| Carry { end, left: Left::State(state) })))
    }

    /// Elements that the window before had too are not asked for again.
    fn near(
        &self,
        lines: &Lines,
        window: &[Range<usize>],
        out: Range<usize>,
        carry: Option<Carry>,
        more: bool,
    ) -> Result<(Values, Option<Carry>)> {
        let needs = lines.needs(&out);
        let carried = match carry {
            Some(Carry { end, left: Left::Elements(values) }) => {
                let start = end - values.shape()[lines.axis];
                (start <= needs.start && needs.start < end).then(|| {
                    let mut range: Vec<Range<usize>> = values.shape().iter().map(|&length| 0..length).collect();
                    range[lines.axis] = needs.start - start..end.min(needs.end) - start;
                    values.window(&range)
                })
            }
            _ => None,
        };
        let pulled = self.block(lines, window, needs.clone(), &out, carried)?;
        let next = if more { lines.needs(&(out.end..out.end + 1)).start.max(needs.start) } else { needs.end };
        // A copy of the few that are needed again, so that the rest need not be kept.
        let left = (next < needs.end).then(|| {
            let mut range: Vec<Range<usize>> = pulled.values.shape().iter().map(|&length| 0..length).collect();
            range[lines.axis] = next - needs.start..needs.end - needs.start;
            Carry { end: needs.end, left: Left::Elements(copied(&pulled.values.window(&range))) }
        });
        Ok((pulled.apply(lines, None).0, left))
    }

    /// The elements `needs` of the lines in a window, of which the first may be there already.
    fn block(
        &self,
        lines: &Lines,
        window: &[Range<usize>],
        needs: Range<usize>,
        out: &Range<usize>,
        carried: Option<Values>,
    ) -> Result<Pulled> {
        let axis = lines.axis;
        let mut inner = window.to_vec();
        let known = carried.as_ref().map_or(0, |values| values.shape()[axis]);
        inner[axis] = needs.start + known - lines.offset..needs.end - lines.offset;
        let rest = match (inner[axis].is_empty(), &carried) {
            (false, _) => Some(self.pull(&lines.input, &inner)?),
            (true, Some(_)) => None,
            (true, None) => Some(nothing(&lines.input, &inner)),
        };
        let values = match (carried, rest) {
            (Some(carried), Some(rest)) => {
                let mut shape = carried.shape().to_vec();
                shape[axis] += rest.shape()[axis];
                let mut joined = Joined::new(&shape, rest.dtype());
                let start = carried.shape()[axis];
                joined.put(carried, axis, 0);
                joined.put(rest, axis, start);
                joined.into_values()
            }
            (Some(values), None) | (None, Some(values)) => values,
            (None, None) => unreachable!("one of them is there"),
        };
        Ok(Pulled { values, start: needs.start, out: out.clone() })
    }
}

/// Part of some lines, in the shape of the window.
struct Pulled {
    values: Values,
    start: usize,
    out: Range<usize>,
}

impl Pulled {
    fn apply(self, lines: &Lines, mut state: Option<Values>) -> (Values, Option<Values>) {
        let layout = block::Layout::new(self.values.shape(), lines.axis);
        let values = layout.block(self.values);
        let block = Block { values, start: self.start, length: lines.length, out: self.out };
        let results = match lines.op.flow() {
            Flow::Forward => lines.op.forward(block, &mut state),
            _ => lines.op.apply(block),
        };
        (layout.window(results), state)
    }
}

fn nothing(plan: &Plan, window: &[Range<usize>]) -> Values {
    let shape: Vec<usize> = window.iter().map(Range::len).collect();
    Values::from_shape_vec(&shape, Vec::<bool>::new()).expect("one axis is empty").cast(plan.dtype())
}

fn copied(values: &Values) -> Values {
    fn copy<T: crate::values::Element>(values: &Values, dtype: DType) -> Values {
        let array = T::of(values).expect("values of this type");
        let mut buffer = buffers::take::<T>(array.len());
        buffer.iter_mut().zip(array).for_each(|(to, &from)| *to = from);
        let array = ndarray::ArrayD::from_shape_vec(array.raw_dim(), buffer).expect("as many elements");
        Values::from_typed(array.into_shared(), dtype)
    }
    typed!(values.dtype(), T => copy::<T>(values, values.dtype()))
}
