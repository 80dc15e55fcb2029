//! How much of which files a plan will read: what a view says of a lazy array.

use super::Plan;
use super::node::NodeId;
use super::op::Op;
use crate::values::Pick;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

/// What is read from files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReadSize {
    /// Distinct files.
    pub files: usize,
    /// Bytes of the values that are asked for; whole blocks of a file may have to be decoded for them.
    pub bytes: u64,
}

/// What computing `plan` reads. A part that is asked for twice counts once.
pub(crate) fn read_size(plan: &Plan) -> ReadSize {
    let mut seen: HashSet<NodeId> = HashSet::new();
    let mut files: HashSet<&Path> = HashSet::new();
    let mut parts: HashSet<(usize, &[Pick])> = HashSet::new();
    let mut bytes = 0;
    let mut stack = vec![plan];
    while let Some(plan) = stack.pop() {
        if !seen.insert(plan.id()) {
            continue;
        }
        if let Op::Source { source, picks } = &plan.node().op {
            stack.extend(source.input());
            if let Some(path) = source.path() {
                files.insert(path);
                if parts.insert((Arc::as_ptr(source).cast::<()>() as usize, picks)) {
                    bytes = plan.nbytes().saturating_add(bytes);
                }
            }
        }
        stack.extend(&plan.node().inputs);
    }
    ReadSize { files: files.len(), bytes }
}
