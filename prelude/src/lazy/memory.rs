//! What a computation will take, and whether this process may have it.

use super::Plan;
use super::chunk;
use super::evaluate::{self, Estimate};
use super::lines::{Flow, Lines};
use super::node::Kind;
use crate::parallel::{bytes, memory_limit};
use crate::values::buffers;
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

/// What this process may still take: its limit less what it holds. Spare buffers are free to take.
pub(crate) fn available() -> u64 {
    let limit = memory_limit();
    buffers::of_memory(limit);
    limit.saturating_sub(resident().saturating_sub(buffers::spare_bytes()))
}

/// Returns spare buffers to the system where `bytes` would not fit beside them, of the `limit` that they are a part of.
fn make_room(bytes: u64, limit: u64) {
    if bytes > limit.saturating_sub(buffers::spare_bytes()) {
        buffers::release();
    }
}

/// Bytes that this process holds, as the kernel counts them; 0 where it does not say.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kibibytes =
        || status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix("kB")?.trim().parse().ok();
    kibibytes().unwrap_or(0u64) * 1024
}

/// What is smaller is taken without looking.
const SMALL: u64 = 64 << 20;

/// Refuses to take `bytes` for `what` if this process may not have them: for what is no part of a plan, and whose size a file
/// may say without having it.
///
/// # Errors
/// If they are more than there are.
pub(crate) fn refuse_beyond_memory(what: &str, size: u64) -> Result<()> {
    if size <= SMALL {
        return Ok(());
    }
    let most = available();
    if size <= most {
        make_room(size, most);
        return Ok(());
    }
    let message = format!("{what} would take {}, and this process may use {} more", bytes(size), bytes(most));
    Err(Error::new(ErrorKind::Memory, message))
}

/// What a plan will take; an error if that would not fit.
pub(crate) fn admit(plan: &Plan, limit: u64) -> Result<Estimate> {
    let estimate = evaluate::estimate(plan);
    if estimate.total() <= limit {
        make_room(estimate.total(), limit);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_not_there_to_take() {
        let held = std::hint::black_box(vec![1u8; 64 << 20]);
        assert!(resident() >= held.len() as u64 && available() < memory_limit(), "{}", resident());
        drop(std::hint::black_box(held));
    }
}
