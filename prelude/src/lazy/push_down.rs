//! Selection moves below every other operation, until it says what is read of which files.

use super::Plan;
use super::lines::{Flow, Lines};
use super::node::NodeId;
use super::op::{Op, Reduce};
use super::walk::{self, Next, Questions};
use crate::Result;
use crate::values::Pick;
use crate::values::Values;
use std::collections::HashMap;
use std::ops::Range;

/// The part of `plan` that one pick per axis names; picks are within bounds.
pub(crate) fn pick(plan: &Plan, picks: &[Pick]) -> Result<Plan> {
    walk::answer(&mut PushDown::default(), Part { of: plan.clone(), picks: picks.to_vec() })
}

/// Expressions that occur twice stay one expression, so that they are computed once.
#[derive(Default)]
struct PushDown {
    done: HashMap<Key, Plan>,
}

type Key = (NodeId, Vec<Pick>);

/// The part of an expression that is asked for.
struct Part {
    of: Plan,
    picks: Vec<Pick>,
}

/// What the part of an expression is made of: parts of its inputs, and how.
struct Recipe {
    parts: Vec<Part>,
    make: Box<dyn FnOnce(Vec<Plan>) -> Result<Plan>>,
}

impl Recipe {
    fn new(parts: Vec<Part>, make: impl FnOnce(Vec<Plan>) -> Result<Plan> + 'static) -> Self {
        Self { parts, make: Box::new(make) }
    }

    fn of_one(of: &Plan, picks: Vec<Pick>, make: impl FnOnce(Plan) -> Result<Plan> + 'static) -> Self {
        Self::new(vec![Part { of: of.clone(), picks }], |mut made| make(made.remove(0)))
    }

    /// Made of nothing below.
    fn ready(plan: Plan) -> Self {
        Self::new(Vec::new(), |_| Ok(plan))
    }
}

struct Waiting {
    key: Key,
    parts: std::vec::IntoIter<Part>,
    made: Vec<Plan>,
    make: Box<dyn FnOnce(Vec<Plan>) -> Result<Plan>>,
}

impl Questions for PushDown {
    type Question = Part;
    type Answer = Plan;
    type Waiting = Waiting;

    fn ask(&mut self, part: Part) -> Result<Next<Self>> {
        let Part { of, picks } = part;
        if picks.iter().zip(of.shape()).all(|(pick, &length)| pick.is_all(length)) {
            return Ok(Next::Answer(of));
        }
        let key = (of.id(), picks);
        if let Some(done) = self.done.get(&key) {
            return Ok(Next::Answer(done.clone()));
        }
        let Recipe { parts, make } = below(&of, &key.1)?;
        self.next(Waiting { key, made: Vec::with_capacity(parts.len()), parts: parts.into_iter(), make })
    }

    fn go_on(&mut self, mut waiting: Waiting, answer: Plan) -> Result<Next<Self>> {
        waiting.made.push(answer);
        self.next(waiting)
    }
}

impl PushDown {
    fn next(&mut self, mut waiting: Waiting) -> Result<Next<Self>> {
        if let Some(part) = waiting.parts.next() {
            return Ok(Next::Ask(part, waiting));
        }
        let picked = (waiting.make)(waiting.made)?;
        self.done.insert(waiting.key, picked.clone());
        Ok(Next::Answer(picked))
    }
}

fn below(plan: &Plan, picks: &[Pick]) -> Result<Recipe> {
    let (node, shape) = (plan.node(), lengths(picks));
    let (inputs, dtype) = (&node.inputs, node.dtype);
    Ok(match &node.op {
        Op::Memory { values, .. } => Recipe::ready(Plan::memory(values.pick(picks))),
        Op::Deferred(deferred) => Recipe::ready(Plan::memory(deferred.values()?.pick(picks))),
        Op::Source { source, picks: inner } => {
            let picks: Vec<Pick> = picks.iter().zip(inner).map(|(pick, inner)| pick.of(inner)).collect();
            Recipe::ready(Plan::lazy_node(Op::Source { source: source.clone(), picks }, Vec::new(), shape, dtype))
        }
        Op::Concat { axis, starts } => of_parts(inputs, *axis, starts, picks),
        Op::Unary(op) => {
            let op = *op;
            Recipe::of_one(&inputs[0], picks.to_vec(), move |input| Ok(input.unary(op)))
        }
        Op::Map { name, f } => {
            let (name, f) = (name.clone(), f.clone());
            Recipe::of_one(&inputs[0], picks.to_vec(), move |input| Ok(input.map(&name, f)))
        }
        Op::Cast => Recipe::of_one(&inputs[0], picks.to_vec(), move |input| Ok(input.cast(dtype))),
        // Not through the methods of `Plan`: the types were settled when numbers were still known to be numbers.
        op @ (Op::Binary { .. } | Op::Select) => {
            let op = op.clone();
            let operands = inputs.iter().map(|input| operand(input, picks)).collect();
            Recipe::new(operands, move |operands| Plan::build(op, operands, shape, dtype))
        }
        Op::Transpose { order } => {
            let mut inner = picks.to_vec();
            order.iter().zip(picks).for_each(|(&axis, pick)| inner[axis] = pick.clone());
            let order = order.clone();
            Recipe::of_one(&inputs[0], inner, move |input| input.transpose(&order))
        }
        Op::InsertAxis { axis } => {
            let (axis, mut inner) = (*axis, picks.to_vec());
            inner.remove(axis);
            Recipe::of_one(&inputs[0], inner, move |input| input.insert_axis(axis).broadcast_to(&shape))
        }
        Op::DropAxis { axis } => {
            let (axis, mut inner) = (*axis, picks.to_vec());
            inner.insert(axis, Pick::range(0..1));
            Recipe::of_one(&inputs[0], inner, move |input| Ok(input.drop_axis(axis)))
        }
        Op::Broadcast => Recipe::new(vec![operand(&inputs[0], picks)], move |made| made[0].broadcast_to(&shape)),
        Op::Take { axis, pick } => {
            let mut inner = picks.to_vec();
            inner[*axis] = picks[*axis].of(pick);
            Recipe::of_one(&inputs[0], inner, Ok)
        }
        Op::SplitAxis { axis, factor } => {
            let (axis, factor) = (*axis, *factor);
            let (runs, within) = (&picks[axis], &picks[axis + 1]);
            let mut inner = picks.to_vec();
            inner.remove(axis + 1);
            inner[axis] = positions_of_runs(runs, within, factor);
            match within.len() {
                // Runs of no length cannot be told apart again.
                0 => Recipe::ready(Plan::memory(Values::from_shape_vec(&shape, Vec::<bool>::new())?).cast(dtype)),
                length => Recipe::of_one(&inputs[0], inner, move |input| input.split_axis(axis, length)),
            }
        }
        Op::Lookup { table } => {
            let table = table.clone();
            Recipe::of_one(&inputs[0], picks.to_vec(), move |input| input.lookup(table))
        }
        Op::Lines(lines) => of_lines(lines, &inputs[0], picks),
        Op::Reduce(Reduce { op, axes, options }) => {
            let (op, axes, options, last) = (op.clone(), axes.clone(), *options, picks.len().saturating_sub(1));
            let mut kept = picks.iter();
            let inner = (inputs[0].shape().iter().enumerate())
                .map(|(axis, &length)| match axes.contains(&axis) {
                    true => Pick::range(0..length),
                    false => kept.next().expect("one pick per kept axis").clone(),
                })
                .collect();
            let answers = kept.next().cloned();
            Recipe::of_one(&inputs[0], inner, move |input| {
                let reduced = input.reduction(op, &axes, options)?;
                match answers {
                    Some(answers) => reduced.take(last, answers),
                    None => Ok(reduced),
                }
            })
        }
    })
}

/// Picks of other axes go below; of the lines' own, a range asks for no more of the lines than it follows from.
fn of_lines(lines: &Lines, input: &Plan, picks: &[Pick]) -> Recipe {
    let axis = lines.axis;
    let along = &picks[axis];
    let part = |range: Range<usize>| {
        let take = lines.take.start + range.start..lines.take.start + range.end;
        let needs = lines.needs(&take);
        let mut inner = picks.to_vec();
        inner[axis] = Pick::range(needs.start..needs.end).shifted(lines.offset);
        (Part { of: input.clone(), picks: inner }, Lines { take, offset: needs.start, ..lines.clone() })
    };
    let whole = |range: Range<usize>| {
        let (part, lines) = part(range);
        Recipe::new(vec![part], move |mut made| lines.of(made.remove(0)))
    };
    if let Pick::Range { start, len, step: 1 } = along {
        return whole(*start..start + len);
    }
    // What lies far apart is computed apart, if it follows from its neighbours only.
    let positions: Vec<usize> = (0..along.len()).map(|n| along.position(n)).collect();
    if positions.is_empty() {
        return whole(0..0);
    }
    let reach = match lines.op.flow() {
        Flow::Near(reach) if positions.is_sorted() => reach,
        _ => usize::MAX,
    };
    let (mut parts, mut runs) = (Vec::new(), Vec::new());
    for run in positions.chunk_by(|a, b| reach == usize::MAX || b - a <= reach + 1) {
        let pick = Pick::List(run.into());
        let bounds = pick.bounds();
        let consecutive = run.len() == bounds.len() && run.is_sorted();
        let pick = if consecutive { Pick::range(0..run.len()) } else { pick.shifted(bounds.start) };
        let (part, lines) = part(bounds);
        parts.push(part);
        runs.push((lines, pick));
    }
    Recipe::new(parts, move |made| {
        let parts: Result<Vec<Plan>> =
            runs.into_iter().zip(made).map(|((lines, pick), input)| lines.of(input)?.take(axis, pick)).collect();
        Plan::concat(parts?, axis)
    })
}

/// Of an axis that is repeated, whatever is picked is the one element.
fn operand(input: &Plan, picks: &[Pick]) -> Part {
    let repeated = |length: &usize| *length == 1;
    let picks = (input.shape().iter().zip(picks))
        .map(|(length, pick)| if repeated(length) { Pick::range(0..1) } else { pick.clone() })
        .collect();
    Part { of: input.clone(), picks }
}

/// Consecutive picks that fall into one part become one part of the result.
fn of_parts(parts: &[Plan], axis: usize, starts: &[usize], picks: &[Pick]) -> Recipe {
    let along = &picks[axis];
    let part_of = |position: usize| starts.partition_point(|&start| start <= position) - 1;
    let part = |number: usize, pick: Pick| {
        let mut picks = picks.to_vec();
        picks[axis] = pick;
        Part { of: parts[number].clone(), picks }
    };
    let mut picked = Vec::new();
    let mut first = 0;
    while first < along.len() {
        let number = part_of(along.position(first));
        let mut end = first + 1;
        while end < along.len() && part_of(along.position(end)) == number {
            end += 1;
        }
        picked.push(part(number, along.window(&(first..end)).shifted(starts[number])));
        first = end;
    }
    if picked.is_empty() {
        picked.push(part(0, Pick::range(0..0)));
    }
    Recipe::new(picked, move |made| Plan::concat(made, axis))
}

/// The positions of some elements of some runs, in an axis of runs of `factor`.
fn positions_of_runs(runs: &Pick, within: &Pick, factor: usize) -> Pick {
    if let (Pick::Range { start, len, step: 1 }, true) = (runs, within.is_all(factor)) {
        return Pick::range(start * factor..(start + len) * factor);
    }
    let positions = |run: usize| (0..within.len()).map(move |n| runs.position(run) * factor + within.position(n));
    Pick::List((0..runs.len()).flat_map(positions).collect())
}

fn lengths(picks: &[Pick]) -> Vec<usize> {
    picks.iter().map(Pick::len).collect()
}
