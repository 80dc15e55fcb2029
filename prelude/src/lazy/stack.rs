//! Reductions side by side, such as the twelve means of a groupby: each is written straight into its place of the
//! result, which is never held twice.

use super::Plan;
use super::evaluate::{Identified, as_reduce, together};
use super::node::Kind;
use super::output::{self, Place};
use super::stream::Pass;
use crate::Result;
use crate::values::{DType, Values};

/// A concatenation of reductions that need no other reduction first.
pub(super) struct Stack {
    shape: Vec<usize>,
    dtype: DType,
    axis: usize,
    /// How long each part is along `axis`.
    lengths: Vec<usize>,
    /// The axes of length 1 that stand in each part and not in its reduction, in the order in which they were inserted.
    inserted: Vec<Vec<usize>>,
    /// The reductions, each with the number of its part.
    reductions: Vec<Identified>,
}

impl Stack {
    /// `None` if the plan is anything else.
    pub fn of(plan: &Plan) -> Option<Self> {
        let Kind::Concat { parts, axis, .. } = &plan.node().kind else { return None };
        let mut inserted = Vec::with_capacity(parts.len());
        let mut reductions = Vec::with_capacity(parts.len());
        for (number, part) in parts.iter().enumerate() {
            let mut axes = Vec::new();
            let mut inner = part;
            while let Kind::InsertAxis { axis, input } = &inner.node().kind {
                // From the outside in; each stands where it stood when those outside it were not there yet.
                axes.push(*axis);
                inner = input;
            }
            if !matches!(inner.node().kind, Kind::Reduce(_)) || reduces(&as_reduce(inner).input) {
                return None;
            }
            inserted.push(axes.into_iter().rev().collect());
            reductions.push((number, inner.clone()));
        }
        let lengths = parts.iter().map(|part| part.shape()[*axis]).collect();
        Some(Self { shape: plan.shape().to_vec(), dtype: plan.dtype(), axis: *axis, lengths, inserted, reductions })
    }

    pub fn run(&self, threads: usize, step: &(dyn Fn() + Sync)) -> Result<Values> {
        let mut output = output::allocate(&self.shape, self.dtype);
        let parts = output.place().parts(self.axis, &self.lengths);
        let mut parts: Vec<Option<Box<dyn Place<'_> + '_>>> = parts.into_iter().map(Some).collect();
        for group in together(&self.reductions) {
            let members = group.iter().map(|(_, plan)| as_reduce(plan)).collect();
            let place = |(number, _): &Identified| {
                (parts[*number].take().expect("each part is in one group"), &self.inserted[*number][..])
            };
            Pass::new(members, threads).run_into(group.iter().map(place).collect(), step)?;
        }
        drop(parts);
        Ok(output.into_values())
    }

    /// Bytes that the threads hold beside the result, and how many slabs are read.
    pub fn cost(&self, threads: usize) -> (u64, usize) {
        let groups = together(&self.reductions);
        let passes =
            groups.iter().map(|group| Pass::new(group.iter().map(|(_, plan)| as_reduce(plan)).collect(), threads));
        passes.fold((0, 0), |(bytes, steps), pass| {
            (bytes.max(pass.bytes(threads)), usize::saturating_add(steps, pass.steps()))
        })
    }
}

/// Whether there is a reduction in a plan.
pub(super) fn reduces(plan: &Plan) -> bool {
    let mut seen = std::collections::HashSet::new();
    let mut stack = vec![plan];
    while let Some(plan) = stack.pop() {
        if matches!(plan.node().kind, Kind::Reduce(_)) {
            return true;
        }
        if seen.insert(plan.id()) {
            stack.extend(plan.node().kind.inputs());
        }
    }
    false
}
