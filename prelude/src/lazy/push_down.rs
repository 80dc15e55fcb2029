//! Selection moves below every other operation, until it says what is read of which files.

use super::Plan;
use super::lines::{Flow, Lines};
use super::node::{Kind, Reduce};
use crate::Result;
use crate::values::Pick;
use crate::values::Values;
use std::collections::HashMap;

/// The part of `plan` that one pick per axis names; picks are within bounds.
pub(crate) fn pick(plan: &Plan, picks: &[Pick]) -> Result<Plan> {
    PushDown::default().pick(plan, picks)
}

/// Expressions that occur twice stay one expression, so that they are computed once.
#[derive(Default)]
struct PushDown {
    done: HashMap<(usize, Vec<Pick>), Plan>,
}

impl PushDown {
    fn pick(&mut self, plan: &Plan, picks: &[Pick]) -> Result<Plan> {
        if picks.iter().zip(plan.shape()).all(|(pick, &length)| pick.is_all(length)) {
            return Ok(plan.clone());
        }
        let key = (plan.id(), picks.to_vec());
        if let Some(done) = self.done.get(&key) {
            return Ok(done.clone());
        }
        let picked = self.below(plan, picks)?;
        self.done.insert(key, picked.clone());
        Ok(picked)
    }

    fn below(&mut self, plan: &Plan, picks: &[Pick]) -> Result<Plan> {
        Ok(match &plan.node().kind {
            Kind::Memory { values, .. } => Plan::memory(values.pick(picks)),
            Kind::Source { source, picks: inner } => {
                let picks: Vec<Pick> = picks.iter().zip(inner).map(|(pick, inner)| pick.of(inner)).collect();
                let shape = lengths(&picks);
                Plan::lazy_node(Kind::Source { source: source.clone(), picks }, shape, plan.dtype())
            }
            Kind::Concat { parts, axis, starts } => self.of_parts(parts, *axis, starts, picks)?,
            Kind::Unary { op, input } => self.pick(input, picks)?.unary(*op),
            Kind::Map { name, f, input } => self.pick(input, picks)?.map(name, f.clone()),
            Kind::Cast { input } => self.pick(input, picks)?.cast(plan.dtype()),
            Kind::Binary { op, operand, a, b } => {
                let (a, b) = (self.operand(a, picks)?, self.operand(b, picks)?);
                // Not through `Plan::binary`: the types were settled when numbers were still known to be numbers.
                let kind = Kind::Binary { op: *op, operand: *operand, a, b };
                Plan::build(kind, lengths(picks), plan.dtype())?
            }
            Kind::Select { condition, yes, no } => {
                let (condition, yes) = (self.operand(condition, picks)?, self.operand(yes, picks)?);
                let no = self.operand(no, picks)?;
                Plan::build(Kind::Select { condition, yes, no }, lengths(picks), plan.dtype())?
            }
            Kind::Transpose { order, input } => {
                let mut inner = picks.to_vec();
                order.iter().zip(picks).for_each(|(&axis, pick)| inner[axis] = pick.clone());
                self.pick(input, &inner)?.transpose(order)?
            }
            Kind::InsertAxis { axis, input } => {
                let mut inner = picks.to_vec();
                inner.remove(*axis);
                self.pick(input, &inner)?.insert_axis(*axis).broadcast_to(&lengths(picks))?
            }
            Kind::DropAxis { axis, input } => {
                let mut inner = picks.to_vec();
                inner.insert(*axis, Pick::range(0..1));
                self.pick(input, &inner)?.drop_axis(*axis)
            }
            Kind::Broadcast { input } => self.operand(input, picks)?.broadcast_to(&lengths(picks))?,
            Kind::Take { axis, pick, input } => {
                let mut inner = picks.to_vec();
                inner[*axis] = picks[*axis].of(pick);
                self.pick(input, &inner)?
            }
            Kind::SplitAxis { axis, factor, input } => {
                let (runs, within) = (&picks[*axis], &picks[axis + 1]);
                let mut inner = picks.to_vec();
                inner.remove(axis + 1);
                inner[*axis] = positions_of_runs(runs, within, *factor);
                match within.len() {
                    // Runs of no length cannot be told apart again.
                    0 => Plan::memory(Values::from_shape_vec(&lengths(picks), Vec::<bool>::new())?).cast(plan.dtype()),
                    length => self.pick(input, &inner)?.split_axis(*axis, length)?,
                }
            }
            Kind::Lookup { table, input } => self.pick(input, picks)?.lookup(table.clone())?,
            Kind::Lines(lines) => self.of_lines(lines, picks)?,
            Kind::Reduce(Reduce { op, axes, options, input }) => {
                let mut kept = picks.iter();
                let inner: Vec<Pick> = (input.shape().iter().enumerate())
                    .map(|(axis, &length)| match axes.contains(&axis) {
                        true => Pick::range(0..length),
                        false => kept.next().expect("one pick per kept axis").clone(),
                    })
                    .collect();
                let reduced = self.pick(input, &inner)?.reduction(op.clone(), axes, *options)?;
                match kept.next() {
                    Some(answers) => reduced.take(picks.len() - 1, answers.clone())?,
                    None => reduced,
                }
            }
        })
    }

    /// Picks of other axes go below; of the lines' own, a range asks for no more of the lines than it follows from.
    fn of_lines(&mut self, lines: &Lines, picks: &[Pick]) -> Result<Plan> {
        let along = &picks[lines.axis];
        let mut part = |range: std::ops::Range<usize>| -> Result<Plan> {
            let take = lines.take.start + range.start..lines.take.start + range.end;
            let needs = lines.needs(&take);
            let mut inner = picks.to_vec();
            inner[lines.axis] = Pick::range(needs.start..needs.end).shifted(lines.offset);
            let input = self.pick(&lines.input, &inner)?;
            Lines { take, offset: needs.start, input, ..lines.clone() }.build()
        };
        if let Pick::Range { start, len, step: 1 } = along {
            return part(*start..start + len);
        }
        // What lies far apart is computed apart, if it follows from its neighbours only.
        let positions: Vec<usize> = (0..along.len()).map(|n| along.position(n)).collect();
        let reach = match lines.op.flow() {
            Flow::Near(reach) if positions.is_sorted() => reach,
            _ => usize::MAX,
        };
        let mut parts = Vec::new();
        for run in positions.chunk_by(|a, b| reach == usize::MAX || b - a <= reach + 1) {
            let pick = Pick::List(run.into());
            let bounds = pick.bounds();
            let whole = part(bounds.clone())?;
            let pick = if run.len() == bounds.len() && run.is_sorted() {
                Pick::range(0..run.len())
            } else {
                pick.shifted(bounds.start)
            };
            parts.push(whole.take(lines.axis, pick)?);
        }
        if parts.is_empty() {
            return part(0..0);
        }
        Plan::concat(parts, lines.axis)
    }

    /// Of an axis that is repeated, whatever is picked is the one element.
    fn operand(&mut self, input: &Plan, picks: &[Pick]) -> Result<Plan> {
        let all = |length: &usize| *length == 1;
        let inner: Vec<Pick> = (input.shape().iter().zip(picks))
            .map(|(length, pick)| if all(length) { Pick::range(0..1) } else { pick.clone() })
            .collect();
        self.pick(input, &inner)
    }

    /// Consecutive picks that fall into one part become one part of the result.
    fn of_parts(&mut self, parts: &[Plan], axis: usize, starts: &[usize], picks: &[Pick]) -> Result<Plan> {
        let along = &picks[axis];
        let part_of = |position: usize| starts.partition_point(|&start| start <= position) - 1;
        let mut picked = Vec::new();
        let mut first = 0;
        while first < along.len() {
            let part = part_of(along.position(first));
            let mut end = first + 1;
            while end < along.len() && part_of(along.position(end)) == part {
                end += 1;
            }
            let mut inner = picks.to_vec();
            inner[axis] = along.window(&(first..end)).shifted(starts[part]);
            picked.push(self.pick(&parts[part], &inner)?);
            first = end;
        }
        if picked.is_empty() {
            let mut inner = picks.to_vec();
            inner[axis] = Pick::range(0..0);
            picked.push(self.pick(&parts[0], &inner)?);
        }
        Plan::concat(picked, axis)
    }
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
