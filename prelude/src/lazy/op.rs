//! What a plan can say: operations, each with its parameters and nothing else.
//!
//! What an operation works on stands beside it in the [`Node`](super::node::Node), so that those who only pass through a plan
//! need not know what there is.

use super::Source;
use super::deferred::Deferred;
use super::kernels::{BinaryOp, MapFn, UnaryOp};
use super::lines::Lines;
use super::reduce::{ReduceOptions, Reduction};
use crate::values::buffers::Held;
use crate::values::{DType, Pick, Values};
use std::ops::Range;
use std::sync::Arc;

/// One operation. How many inputs it has stands behind it.
#[derive(Clone)]
pub(crate) enum Op {
    /// None. `weak`: a number written in the code, whose type gives way to an array's.
    Memory { values: Held, weak: bool },
    /// None: operations on values in memory that wait until somebody needs the result.
    Deferred(Arc<Deferred>),
    /// None. Selection is pushed down to here: only these positions of each axis are read.
    Source { source: Arc<dyn Source>, picks: Vec<Pick> },
    /// One or more. `starts` holds where each part begins on `axis`.
    Concat { axis: usize, starts: Vec<usize> },
    /// One.
    Unary(UnaryOp),
    /// One.
    Map { name: String, f: Arc<MapFn> },
    /// One, as the node's type.
    Cast,
    /// Two, which broadcast; both are taken as `operand` first.
    Binary { op: BinaryOp, operand: DType },
    /// Three, which broadcast: the condition, and the values where it holds and where not.
    Select,
    /// One.
    Transpose { order: Vec<usize> },
    /// One.
    InsertAxis { axis: usize },
    /// One, whose axis has length 1.
    DropAxis { axis: usize },
    /// One, to the node's shape.
    Broadcast,
    /// One: part of an axis of what has to be computed in longer runs than the part.
    Take { axis: usize, pick: Pick },
    /// One: an axis as two, of which the second has the length `factor`.
    SplitAxis { axis: usize, factor: usize },
    /// One, of positions: the element of `table`, which has one axis, at each; missing where that is below 0.
    Lookup { table: Values },
    /// One.
    Lines(Lines),
    /// One. `axes` ascending and each once. Where `op` has several answers, they lie along a new last axis.
    Reduce(Reduce),
}

/// A reduction of some axes.
#[derive(Clone)]
pub(crate) struct Reduce {
    pub op: Reduction,
    pub axes: Vec<usize>,
    pub options: ReduceOptions,
}

impl Op {
    /// Whether both select or lay out in the same way, and compute nothing: then equal inputs give equal values for certain.
    pub fn selects_alike(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Source { source, picks }, Self::Source { source: other, picks: others }) => {
                Arc::ptr_eq(source, other) && picks == others
            }
            (Self::Concat { axis, starts }, Self::Concat { axis: other, starts: others }) => {
                axis == other && starts == others
            }
            (Self::Transpose { order }, Self::Transpose { order: other }) => order == other,
            (Self::InsertAxis { axis }, Self::InsertAxis { axis: other })
            | (Self::DropAxis { axis }, Self::DropAxis { axis: other }) => axis == other,
            (Self::Take { axis, pick }, Self::Take { axis: other, pick: others }) => axis == other && pick == others,
            (Self::SplitAxis { axis, factor }, Self::SplitAxis { axis: other, factor: others }) => {
                axis == other && factor == others
            }
            (Self::Cast, Self::Cast) | (Self::Broadcast, Self::Broadcast) => true,
            _ => false,
        }
    }

    /// What `explain()` calls it.
    pub fn label(&self) -> String {
        match self {
            Self::Memory { .. } | Self::Deferred(_) => "in memory".to_owned(),
            Self::Source { source, .. } => format!("read {}", source.describe()),
            Self::Concat { axis, starts } => format!("join {} along axis {axis}", starts.len()),
            Self::Unary(op) => op.name().to_owned(),
            Self::Map { name, .. } => format!("map {name}"),
            Self::Cast => "convert".to_owned(),
            Self::Binary { op, .. } => op.name().to_owned(),
            Self::Select => "where".to_owned(),
            Self::Transpose { order } => format!("transpose to {order:?}"),
            Self::InsertAxis { axis } => format!("new axis {axis}"),
            Self::DropAxis { axis } => format!("without axis {axis}"),
            Self::Broadcast => "repeat".to_owned(),
            Self::Take { axis, pick } => format!("take {} of axis {axis}", described(pick)),
            Self::SplitAxis { axis, factor } => format!("runs of {factor} along axis {axis}"),
            Self::Lookup { .. } => "look up".to_owned(),
            Self::Lines(lines) => format!("{} along axis {}", lines.op.name(), lines.axis),
            Self::Reduce(Reduce { op, axes, .. }) => format!("{} over axes {axes:?}", op.name()),
        }
    }
}

/// A pick in few words: `3..10`, `4 of 0..12`.
pub(super) fn described(pick: &Pick) -> String {
    let bounds = pick.bounds();
    match pick {
        Pick::Range { step: 1, .. } => format!("{}..{}", bounds.start, bounds.end),
        _ => format!("{} of {}..{}", pick.len(), bounds.start, bounds.end),
    }
}

/// The window of an input that broadcasts to the shape of which `window` is asked.
pub(crate) fn broadcast_window(input: &[usize], window: &[Range<usize>]) -> Vec<Range<usize>> {
    input.iter().zip(window).map(|(&length, range)| if length == 1 { 0..1 } else { range.clone() }).collect()
}
