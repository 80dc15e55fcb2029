//! Reductions side by side, such as the twelve means of a groupby: each is written straight into its place of the
//! result, which is never held twice.

use super::Plan;
use super::op::Op;
use super::output::{self, Output, Place};
use super::walk::Walk;
use crate::values::DType;

/// A concatenation of reductions that need no other reduction first.
pub(super) struct Stack {
    shape: Vec<usize>,
    dtype: DType,
    axis: usize,
    pub parts: Vec<Part>,
}

pub(super) struct Part {
    pub reduction: Plan,
    /// The axes of length 1 that stand in the part and not in its reduction, in the order in which they were inserted.
    pub inserted: Vec<usize>,
    /// How long the part is along the stack's axis.
    length: usize,
}

impl Stack {
    /// `None` if the plan is anything else.
    pub fn of(plan: &Plan) -> Option<Self> {
        let Op::Concat { axis, .. } = &plan.node().op else { return None };
        let mut parts = Vec::with_capacity(plan.node().inputs.len());
        for part in &plan.node().inputs {
            let mut inserted = Vec::new();
            let mut inner = part;
            while let Op::InsertAxis { axis } = &inner.node().op {
                // From the outside in; each stands where it stood when those outside it were not there yet.
                inserted.push(*axis);
                inner = &inner.node().inputs[0];
            }
            if !matches!(inner.node().op, Op::Reduce(_)) {
                return None;
            }
            inserted.reverse();
            parts.push(Part { reduction: inner.clone(), inserted, length: part.shape()[*axis] });
        }
        if reduces(parts.iter().map(|part| &part.reduction.node().inputs[0])) {
            return None;
        }
        Some(Self { shape: plan.shape().to_vec(), dtype: plan.dtype(), axis: *axis, parts })
    }

    /// Room for the result.
    pub fn output(&self) -> Box<dyn Output> {
        output::allocate(&self.shape, self.dtype)
    }

    /// The place of each part.
    pub fn places<'o>(&self, output: &'o mut dyn Output) -> Vec<Box<dyn Place<'o> + 'o>> {
        let lengths: Vec<usize> = self.parts.iter().map(|part| part.length).collect();
        output.place().parts(self.axis, &lengths)
    }
}

/// Whether there is a reduction in some plans.
pub(super) fn reduces<'a>(plans: impl IntoIterator<Item = &'a Plan>) -> bool {
    Walk::of(plans).iter().any(|plan| matches!(plan.node().op, Op::Reduce(_)))
}
