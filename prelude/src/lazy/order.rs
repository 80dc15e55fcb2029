//! In which order windows have to be computed where results along a line follow from one another.
//!
//! At most one axis is taken in order: its windows come one after the other on one thread, and what neighbours share
//! is kept between them (`carry`). Along any other such axis the pieces are long against what they share, so that
//! little is read twice, or the axis is not cut at all.

use super::Plan;
use super::chunk::{self, Cuts};
use super::lines::{Flow, Lines};
use super::op::{Op, Reduce};
use super::walk::{Found, Walk};

/// How elements along an axis of a plan hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Chain {
    /// Each by itself.
    None,
    /// With so many neighbours.
    Near(usize),
    /// With all before.
    Before,
    /// With all.
    Whole,
}

impl Chain {
    /// Of lines along whose axis the input hangs together like `self`.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Near(a), Self::Near(b)) => Self::Near(a + b),
            _ => self.max(other),
        }
    }
}

/// Where plans that are computed together may be cut, and the axis whose windows come in order.
pub(crate) struct Order {
    pub cuts: Vec<Cuts>,
    pub axis: Option<usize>,
}

/// A piece is at least so many times as long as what it shares with its neighbour, where it is read again.
const LONG: usize = 4;

/// The order for `plans` of one shape; an element of a window takes `cell_bytes`, and a window `window_bytes`.
pub(crate) fn order<'a>(plans: impl IntoIterator<Item = &'a Plan>, cell_bytes: usize, window_bytes: usize) -> Order {
    let (mut cuts, mut chains): (Vec<Cuts>, Vec<Chain>) = (Vec::new(), Vec::new());
    for plan in plans {
        let (own, chained) = (chunk::cuts(plan), self::chains(plan));
        (cuts, chains) = match cuts.is_empty() {
            true => (own, chained),
            false => (
                cuts.into_iter().zip(own).map(|(a, b)| chunk::finer(a, b)).collect(),
                chains.into_iter().zip(chained).map(|(a, b)| a.max(b)).collect(),
            ),
        };
    }
    let axis = in_order(&cuts, &chains, cell_bytes, window_bytes);
    for (n, (cut, chain)) in cuts.iter_mut().zip(chains).enumerate() {
        *cut = match chain {
            Chain::None => continue,
            // Each piece has to take in what it shares with the one before, so very short ones are a waste.
            Chain::Near(shared) if axis == Some(n) => cut.joined(shared.div_ceil(LONG)),
            Chain::Near(shared) => cut.joined(shared * LONG),
            Chain::Before if axis == Some(n) => continue,
            Chain::Before | Chain::Whole => cut.whole(),
        };
    }
    Order { cuts, axis }
}

/// The axis along which most would be computed again if its windows did not come in order.
fn in_order(cuts: &[Cuts], chains: &[Chain], cell_bytes: usize, window_bytes: usize) -> Option<usize> {
    let again = |axis: usize| match chains[axis] {
        Chain::Near(shared) => shared as f64 / cuts[axis].unit().max(1) as f64,
        Chain::Before => f64::INFINITY,
        Chain::None | Chain::Whole => 0.0,
    };
    let cut = (0..cuts.len()).filter(|&axis| cuts[axis].pieces() > 1 && again(axis) > 0.0);
    let axis = cut.max_by(|&a, &b| again(a).total_cmp(&again(b)).then(b.cmp(&a)))?;
    // Where there is nothing else to share among threads, long pieces are better, if they fit.
    let only = (0..cuts.len()).all(|other| other == axis || cuts[other].pieces() <= 1);
    if let (true, Chain::Near(shared)) = (only, chains[axis]) {
        let others = (0..cuts.len()).filter(|&other| other != axis).map(|other| cuts[other].unit().max(1));
        let one = others.fold(cell_bytes, usize::saturating_mul);
        let large = cuts[axis].len().saturating_mul(one) > window_bytes;
        if large && one.saturating_mul(shared * LONG) <= window_bytes {
            return None;
        }
    }
    Some(axis)
}

/// How the elements along each axis of `plan` hang together.
fn chains(plan: &Plan) -> Vec<Chain> {
    Walk::of([plan]).fold(|plan, found: &Found<Vec<Chain>>| of_node(plan, found)).take(plan)
}

fn of_node(plan: &Plan, found: &Found<Vec<Chain>>) -> Vec<Chain> {
    let node = plan.node();
    let input = || found.of(&node.inputs[0]).clone();
    match &node.op {
        Op::Memory { .. } | Op::Deferred(_) | Op::Source { .. } => vec![Chain::None; plan.ndim()],
        Op::Transpose { order } => {
            let inner = found.of(&node.inputs[0]);
            order.iter().map(|&axis| inner[axis]).collect()
        }
        Op::InsertAxis { axis } => {
            let mut chains = input();
            chains.insert(*axis, Chain::None);
            chains
        }
        Op::DropAxis { axis } => {
            let mut chains = input();
            chains.remove(*axis);
            chains
        }
        Op::Take { axis, pick } => {
            let mut chains = input();
            let ascending = (1..pick.len()).all(|n| pick.position(n - 1) < pick.position(n));
            if chains[*axis] != Chain::None && !ascending {
                chains[*axis] = Chain::Whole;
            }
            chains
        }
        Op::SplitAxis { axis, factor } => {
            let mut chains = input();
            if let Chain::Near(shared) = &mut chains[*axis] {
                *shared = shared.div_ceil((*factor).max(1));
            }
            chains.insert(axis + 1, Chain::Whole);
            chains
        }
        Op::Lines(Lines { op, axis, .. }) => {
            let mut chains = input();
            let own = match op.flow() {
                // Of what is in memory nothing has to be kept.
                Flow::Near(_) if !node.inputs[0].is_lazy() => Chain::None,
                Flow::Near(0) => Chain::None,
                Flow::Near(shared) => Chain::Near(shared),
                Flow::Forward => Chain::Before,
                Flow::Whole => Chain::Whole,
            };
            chains[*axis] = chains[*axis].and(own);
            chains
        }
        Op::Reduce(Reduce { op, axes, .. }) => {
            let inner = found.of(&node.inputs[0]);
            let kept = (0..inner.len()).filter(|axis| !axes.contains(axis)).map(|axis| inner[axis]);
            kept.chain(op.answers().map(|_| Chain::None)).collect()
        }
        Op::Concat { .. }
        | Op::Unary(_)
        | Op::Map { .. }
        | Op::Cast
        | Op::Binary { .. }
        | Op::Select
        | Op::Broadcast
        | Op::Lookup { .. } => {
            let joins = matches!(node.op, Op::Concat { .. });
            let mut chains = vec![Chain::None; plan.ndim()];
            for input in &node.inputs {
                let inner = found.of(input);
                for (axis, chain) in chains.iter_mut().enumerate() {
                    if joins || input.shape()[axis] == plan.shape()[axis] {
                        *chain = (*chain).max(inner[axis]);
                    }
                }
            }
            chains
        }
    }
}
