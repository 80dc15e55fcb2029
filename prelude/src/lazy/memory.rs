//! What a computation will take, and whether this process may have it.

use super::Plan;
use super::chunk::{self, Cuts};
use super::evaluate::{self, Estimate};
use super::lines::{Flow, Lines};
use super::op::Op;
use super::walk::{Found, Walk};
use super::window::Shared;
use crate::limits;
use crate::parallel::bytes;
use crate::values::buffers;
use crate::{Error, ErrorKind, Result};

/// What a window shares with its neighbour is at most so many times the window.
const LONG: usize = 4;

/// Bytes alive at once for each element while a window of `plan` is computed.
///
/// Blocks that a thread fills itself; values in memory already are shared, not copied.
pub(crate) fn live_bytes(plan: &Plan) -> usize {
    let walk = Walk::of([plan]);
    // Where anything is cut matters for lines alone.
    let lines = walk.iter().any(|plan| matches!(plan.node().op, Op::Lines(_)));
    let cuts = lines.then(|| chunk::all_cuts(&walk));
    let live = walk.fold(|plan, found: &Found<usize>| of_node(plan, found, cuts.as_ref())).take(plan);
    live.saturating_add(kept_bytes(plan))
}

/// Bytes for each element of what occurs more than once, and is kept until the window is done.
fn kept_bytes(plan: &Plan) -> usize {
    let (shared, whole) = (Shared::of([plan]), plan.len().max(1));
    if shared.keeps_nothing() {
        return 0;
    }
    let walk = Walk::of([plan]);
    let kept = walk.iter().filter(|part| shared.keeps(part)).map(|part| {
        // What broadcasts is kept in its own shape.
        let share = (part.len() as f64 / whole as f64).min(1.0);
        (part.dtype().size() as f64 * share).ceil() as usize
    });
    kept.fold(0, usize::saturating_add)
}

fn of_node(plan: &Plan, found: &Found<usize>, cuts: Option<&Found<Vec<Cuts>>>) -> usize {
    let (node, own) = (plan.node(), plan.dtype().size());
    match &node.op {
        Op::Memory { .. } | Op::Deferred(_) => 0,
        Op::Source { .. } => own,
        // Parts are alike, and most windows lie in one.
        Op::Concat { .. } => (*found.of(&node.inputs[0])).max(own),
        Op::Transpose { .. } | Op::InsertAxis { .. } | Op::DropAxis { .. } | Op::SplitAxis { .. } => {
            *found.of(&node.inputs[0])
        }
        // A window takes from its neighbour what both need, and joins it to what it pulls.
        Op::Lines(Lines { op, axis, .. }) => {
            let input = &node.inputs[0];
            let shared = match (op.flow(), input.is_lazy(), cuts) {
                (Flow::Near(shared), true, Some(cuts)) => {
                    let piece = cuts.of(input)[*axis].unit().max(shared.div_ceil(LONG)).max(1);
                    shared.div_ceil(piece)
                }
                _ => 0,
            };
            let size = if input.is_lazy() { input.dtype().size() } else { 0 };
            let joined = (1 + shared) * size;
            // The loops want them laid out along the line, which is a copy, and fold them in room of their own.
            (*found.of(input)).max(size) + joined.max(own) + joined + size + shared * size + own
        }
        _ => {
            // Inputs are computed one after the other, what is deep first; those that are done wait.
            let mut inputs: Vec<&Plan> = node.inputs.iter().collect();
            inputs.sort_by_key(|input| std::cmp::Reverse(input.node().depth));
            let (mut peak, mut waiting) = (0, 0);
            for input in inputs {
                peak = peak.max(waiting + found.of(input));
                waiting += if input.is_lazy() { input.dtype().size() } else { 0 };
            }
            peak.max(waiting + own)
        }
    }
}

/// Bytes that a thread takes to read a window of so many elements of whatever `plans` read, beyond the window itself.
///
/// A thread reads one thing at a time, so this is that of the dearest.
pub(crate) fn source_bytes<'a>(plans: impl IntoIterator<Item = &'a Plan>, elements: u64) -> u64 {
    let elements = usize::try_from(elements).unwrap_or(usize::MAX);
    let cost = |plan: &Plan| match &plan.node().op {
        Op::Source { source, .. } => source.cost(elements),
        _ => 0,
    };
    Walk::of(plans).iter().map(cost).max().unwrap_or(0)
}

/// What this process may still take. Spare buffers are free to take.
pub(crate) fn available() -> u64 {
    let limit = limits::memory_limit();
    buffers::of_memory(limit);
    limits::available().saturating_add(buffers::spare_bytes()).min(limit)
}

/// Returns spare buffers to the system where `bytes` would not fit beside them, of the `limit` that they are a part of.
fn make_room(bytes: u64, limit: u64) {
    if bytes > limit.saturating_sub(buffers::spare_bytes()) {
        buffers::release();
    }
}

/// What computing plans together will take; an error if that would not fit.
pub(crate) fn admit(plans: &[Plan], limit: u64) -> Result<Estimate> {
    let estimate = evaluate::estimate(plans);
    if estimate.total() <= limit {
        make_room(estimate.total(), limit);
        return Ok(estimate);
    }
    let advice = if estimate.result > estimate.total() / 2 {
        "select a smaller region or fewer steps first, or reduce (for example with mean) before computing"
    } else {
        "select a smaller region first, or use fewer threads"
    };
    let what = match plans {
        [plan] => format!("the result {:?} {}", plan.shape(), plan.dtype()),
        _ => format!("the {} results", plans.len()),
    };
    let message = format!(
        "{what} would take {} ({} for {} itself), and this process may use {} more: {advice}",
        bytes(estimate.total()),
        bytes(estimate.result),
        if plans.len() == 1 { "the result" } else { "all of it" },
        bytes(limit)
    );
    Err(Error::new(ErrorKind::Memory, message))
}
