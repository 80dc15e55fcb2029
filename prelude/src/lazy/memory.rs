//! What a computation will take, and whether this process may have it.

use super::Plan;
use super::chunk;
use super::evaluate::{self, Estimate};
use super::lines::{Flow, Lines};
use super::node::Kind;
use crate::limits;
use crate::parallel::bytes;
use crate::{Error, ErrorKind, Result};
use std::collections::HashMap;

/// What a window shares with its neighbour is at most so many times the window.
const LONG: usize = 4;

/// Bytes alive at once for each element while a window of `plan` is computed.
///
/// Blocks that a thread fills itself; values in memory already are shared, not copied.
pub(crate) fn live_bytes(plan: &Plan) -> usize {
    fn live(plan: &Plan, done: &mut HashMap<usize, usize>) -> usize {
        if let Some(&bytes) = done.get(&plan.id()) {
            return bytes;
        }
        let own = plan.dtype().size();
        let bytes = match &plan.node().kind {
            Kind::Memory { .. } => 0,
            Kind::Source { .. } => own,
            // Parts are alike, and most windows lie in one.
            Kind::Concat { parts, .. } => live(&parts[0], done).max(own),
            Kind::Transpose { input, .. }
            | Kind::InsertAxis { input, .. }
            | Kind::DropAxis { input, .. }
            | Kind::SplitAxis { input, .. } => live(input, done),
            // A window takes from its neighbour what both need, and joins it to what it pulls.
            Kind::Lines(Lines { op, axis, input, .. }) => {
                let shared = match (op.flow(), input.is_lazy()) {
                    (Flow::Near(shared), true) => {
                        let piece = chunk::cuts(input)[*axis].unit().max(shared.div_ceil(LONG)).max(1);
                        shared.div_ceil(piece)
                    }
                    _ => 0,
                };
                let size = if input.is_lazy() { input.dtype().size() } else { 0 };
                let joined = (1 + shared) * size;
                live(input, done).max(size) + joined.max(own) + shared * size + own
            }
            kind => {
                // Inputs are computed one after the other; those that are done wait.
                let (mut peak, mut waiting) = (0, 0);
                for input in kind.inputs() {
                    peak = peak.max(waiting + live(input, done));
                    waiting += if input.is_lazy() { input.dtype().size() } else { 0 };
                }
                peak.max(waiting + own)
            }
        };
        done.insert(plan.id(), bytes);
        bytes
    }
    live(plan, &mut HashMap::new())
}

/// What this process may still take.
pub(crate) fn available() -> u64 {
    limits::available()
}

/// What a plan will take; an error if that would not fit.
pub(crate) fn admit(plan: &Plan, limit: u64) -> Result<Estimate> {
    let estimate = evaluate::estimate(plan);
    if estimate.total() <= limit {
        return Ok(estimate);
    }
    let advice = if estimate.result > estimate.total() / 2 {
        "select a smaller region or fewer steps first, or reduce (for example with mean) before computing"
    } else {
        "select a smaller region first, or use fewer threads"
    };
    let message = format!(
        "the result {:?} {} would take {} ({} for the result itself), and this process may use {} more: {advice}",
        plan.shape(),
        plan.dtype(),
        bytes(estimate.total()),
        bytes(estimate.result),
        bytes(limit)
    );
    Err(Error::new(ErrorKind::Memory, message))
}
