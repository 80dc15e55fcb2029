//! What a window leaves for the next one along the lines: the elements that both need, or the state of a total.

use super::Plan;
use super::joined::Joined;
use super::lines::{Block, Flow, Lines, block};
use super::node::NodeId;
use super::op::Op;
use super::window::{Ask, Puller};
use crate::Result;
use crate::values::buffers;
use crate::values::{DType, Values, typed};
use std::collections::HashMap;
use std::ops::Range;

/// By the expression and the ranges of the other axes.
type Key = (NodeId, Vec<Range<usize>>);

/// What earlier windows of this thread have left. Dropped when a line is at its end.
#[derive(Default)]
pub(crate) struct Carries(HashMap<Key, Carry>);

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

/// A window of lines that waits for what it follows from.
pub(crate) struct Line {
    of: Ask,
    /// Whose results are asked for, counted along the whole line, and the elements that they follow from.
    out: Range<usize>,
    needs: Range<usize>,
    /// What of that the window before had too.
    carried: Option<Values>,
    /// The totals up to where `needs` begin.
    state: Option<Values>,
    more: bool,
}

impl Puller<'_> {
    /// A window of results of `lines`, and the window of their input that is still to be pulled for it.
    pub(super) fn line(&mut self, lines: &Lines, of: Ask) -> (Line, Option<Ask>) {
        let (axis, input) = (lines.axis, of.plan.node().inputs[0].clone());
        let along = of.window[axis].clone();
        let out = lines.take.start + along.start..lines.take.start + along.end;
        let carry = self.carries.as_mut().and_then(|carries| carries.0.remove(&key(&of, axis)));
        let more = self.carries.is_some() && input.is_lazy() && out.end < lines.take.end;
        let mut needs = lines.needs(&out);
        let (mut carried, mut state) = (None, None);
        match (lines.op.flow(), carry) {
            // Totals go on where the window before ended, or begin anew.
            (Flow::Forward, Some(Carry { end, left: Left::State(left) })) if end <= out.start => {
                (needs, state) = (end..needs.end, Some(left));
            }
            (Flow::Forward, _) => needs.start = 0,
            // Elements that the window before had too are not asked for again.
            (Flow::Near(_), Some(Carry { end, left: Left::Elements(values) })) => {
                let start = end - values.shape()[axis];
                carried = (start <= needs.start && needs.start < end)
                    .then(|| part(&values, axis, needs.start - start..end.min(needs.end) - start));
            }
            (Flow::Near(_) | Flow::Whole, _) => {}
        }
        let known = carried.as_ref().map_or(0, |values| values.shape()[axis]);
        let mut window = of.window.clone();
        window[axis] = needs.start + known - lines.offset..needs.end - lines.offset;
        let ask = (!window[axis].is_empty()).then_some(Ask { plan: input, window });
        (Line { of, out, needs, carried, state, more }, ask)
    }

    /// The results, given the rest of what they follow from; `None` if that is nothing.
    pub(super) fn line_done(&mut self, line: Line, rest: Option<Values>) -> Result<(Ask, Values)> {
        let Line { of, out, needs, carried, state, more } = line;
        let node = of.plan.node();
        let Op::Lines(lines) = &node.op else { unreachable!("lines are asked for lines") };
        let axis = lines.axis;
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
            (None, None) => {
                let mut window = of.window.clone();
                window[axis] = 0..0;
                nothing(&node.inputs[0], &window)
            }
        };
        let mut left = None;
        if more && matches!(lines.op.flow(), Flow::Near(_)) {
            let next = lines.needs(&(out.end..out.end + 1)).start.max(needs.start);
            // A copy of the few that are needed again, so that the rest need not be kept.
            left = (next < needs.end).then(|| {
                let elements = copied(&part(&values, axis, next - needs.start..needs.end - needs.start));
                Carry { end: needs.end, left: Left::Elements(elements) }
            });
        }
        let pulled = Pulled { values, start: needs.start, out: out.clone() };
        let (results, state) = pulled.apply(lines, state);
        if let (Flow::Forward, Some(state)) = (lines.op.flow(), state) {
            left = Some(Carry { end: needs.end, left: Left::State(state) });
        }
        if let (true, Some(left), Some(carries)) = (out.end < lines.take.end, left, &mut self.carries) {
            carries.0.insert(key(&of, axis), left);
        }
        Ok((of, results))
    }
}

/// What tells the lines of a window from others: all but where along the lines it lies.
fn key(of: &Ask, axis: usize) -> Key {
    let mut others = of.window.clone();
    others[axis] = 0..0;
    (of.plan.id(), others)
}

/// Part of one axis.
fn part(values: &Values, axis: usize, along: Range<usize>) -> Values {
    let mut range: Vec<Range<usize>> = values.shape().iter().map(|&length| 0..length).collect();
    range[axis] = along;
    values.window(&range)
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
