//! What a plan is made of: operations that know their inputs.

use super::Plan;
use super::op::Op;
use crate::values::DType;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What tells an expression from every other that this process has made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(u64);

/// By expression. Ids are counted, so to spread them is all that a hash has to do.
pub(crate) type IdMap<T> = HashMap<NodeId, T, BuildHasherDefault<IdHasher>>;
pub(crate) type IdSet = HashSet<NodeId, BuildHasherDefault<IdHasher>>;

#[derive(Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(u64::from(byte)));
    }

    fn write_u64(&mut self, id: u64) {
        // The golden ratio's share of the range (Knuth): neighbours come to lie far apart.
        self.0 = (self.0 ^ id).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        // Tables look at both ends.
        self.0 ^ (self.0 >> 32)
    }
}

/// One operation with the shape and type of its result, known without computing it.
pub(crate) struct Node {
    pub id: NodeId,
    pub op: Op,
    pub inputs: Vec<Plan>,
    pub shape: Vec<usize>,
    pub dtype: DType,
    /// How many operations lie on the longest way down from here.
    pub depth: usize,
}

impl Node {
    pub fn new(op: Op, inputs: Vec<Plan>, shape: Vec<usize>, dtype: DType) -> Self {
        static NODES: AtomicU64 = AtomicU64::new(0);
        let depth = inputs.iter().map(|input| input.node().depth + 1).max().unwrap_or(0);
        Self { id: NodeId(NODES.fetch_add(1, Ordering::Relaxed)), op, inputs, shape, dtype, depth }
    }
}

/// Plans are as deep as a loop has turns, and a stack is not: what nobody else needs is dropped from a list.
impl Drop for Node {
    fn drop(&mut self) {
        let mut left = std::mem::take(&mut self.inputs);
        while let Some(plan) = left.pop() {
            if let Some(mut node) = Arc::into_inner(plan.into_node()) {
                left.append(&mut node.inputs);
            }
        }
    }
}

impl Plan {
    /// Whether both are the same selection of the same values for certain: nothing is computed or read to find out.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let mut asked = HashSet::new();
        let mut pairs = vec![(self, other)];
        while let Some((a, b)) = pairs.pop() {
            if a.id() == b.id() || !asked.insert((a.id(), b.id())) {
                continue;
            }
            let (a, b) = (a.node(), b.node());
            let alike = a.shape == b.shape && a.dtype == b.dtype && a.inputs.len() == b.inputs.len();
            if !alike || !a.op.selects_alike(&b.op) {
                return false;
            }
            pairs.extend(a.inputs.iter().zip(&b.inputs));
        }
        true
    }
}
