//! What a plan is made of.

use super::Source;
use super::kernels::{BinaryOp, MapFn, UnaryOp};
use super::lines::Lines;
use super::plan::Plan;
use super::reduce::{ReduceOptions, Reduction};
use crate::values::Pick;
use crate::values::buffers::Held;
use crate::values::{DType, Values};
use std::ops::Range;
use std::sync::Arc;

/// One operation with the shape and type of its result, known without computing it.
pub(crate) struct Node {
    pub kind: Kind,
    pub shape: Vec<usize>,
    pub dtype: DType,
}

pub(crate) enum Kind {
    /// `weak`: a number written in the code, whose type gives way to an array's.
    Memory {
        values: Held,
        weak: bool,
    },
    /// Selection is pushed down to here: only these positions of each axis are read.
    Source {
        source: Arc<dyn Source>,
        picks: Vec<Pick>,
    },
    /// `starts` holds where each part begins on `axis`.
    Concat {
        parts: Vec<Plan>,
        axis: usize,
        starts: Vec<usize>,
    },
    Unary {
        op: UnaryOp,
        input: Plan,
    },
    Map {
        name: String,
        f: Arc<MapFn>,
        input: Plan,
    },
    Cast {
        input: Plan,
    },
    Binary {
        op: BinaryOp,
        operand: DType,
        a: Plan,
        b: Plan,
    },
    Select {
        condition: Plan,
        yes: Plan,
        no: Plan,
    },
    Transpose {
        order: Vec<usize>,
        input: Plan,
    },
    InsertAxis {
        axis: usize,
        input: Plan,
    },
    /// The axis has length 1.
    DropAxis {
        axis: usize,
        input: Plan,
    },
    Broadcast {
        input: Plan,
    },
    /// Part of an axis of what has to be computed in longer runs than the part.
    Take {
        axis: usize,
        pick: Pick,
        input: Plan,
    },
    /// One axis as two, of which the second has the length `factor`.
    SplitAxis {
        axis: usize,
        factor: usize,
        input: Plan,
    },
    /// The element of `table`, which has one axis, at each position; missing where that is below 0.
    Lookup {
        table: Values,
        input: Plan,
    },
    Lines(Lines),
    Reduce(Reduce),
}

/// `axes` ascending and each once. Where `op` has several answers, they lie along a new last axis.
pub(crate) struct Reduce {
    pub op: Reduction,
    pub axes: Vec<usize>,
    pub options: ReduceOptions,
    pub input: Plan,
}

impl Plan {
    /// Whether both are the same selection of the same values for certain: nothing is computed or read to find out.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let (a, b) = (self.node(), other.node());
        if self.id() == other.id() {
            return true;
        }
        if a.shape != b.shape || a.dtype != b.dtype {
            return false;
        }
        let inputs = |a: &Kind, b: &Kind| {
            let (a, b) = (a.inputs(), b.inputs());
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(b))
        };
        match (&a.kind, &b.kind) {
            (Kind::Source { source, picks }, Kind::Source { source: other, picks: others }) => {
                Arc::ptr_eq(source, other) && picks == others
            }
            (Kind::Concat { axis, starts, .. }, Kind::Concat { axis: other, starts: others, .. }) => {
                axis == other && starts == others && inputs(&a.kind, &b.kind)
            }
            (Kind::Transpose { order, .. }, Kind::Transpose { order: other, .. }) => {
                order == other && inputs(&a.kind, &b.kind)
            }
            (Kind::InsertAxis { axis, .. }, Kind::InsertAxis { axis: other, .. })
            | (Kind::DropAxis { axis, .. }, Kind::DropAxis { axis: other, .. }) => {
                axis == other && inputs(&a.kind, &b.kind)
            }
            (Kind::Take { axis, pick, .. }, Kind::Take { axis: other, pick: others, .. }) => {
                axis == other && pick == others && inputs(&a.kind, &b.kind)
            }
            (Kind::SplitAxis { axis, factor, .. }, Kind::SplitAxis { axis: other, factor: others, .. }) => {
                axis == other && factor == others && inputs(&a.kind, &b.kind)
            }
            (Kind::Cast { .. }, Kind::Cast { .. }) | (Kind::Broadcast { .. }, Kind::Broadcast { .. }) => {
                inputs(&a.kind, &b.kind)
            }
            _ => false,
        }
    }
}

impl Kind {
    pub fn inputs(&self) -> Vec<&Plan> {
        match self {
            Self::Memory { .. } | Self::Source { .. } => Vec::new(),
            Self::Concat { parts, .. } => parts.iter().collect(),
            Self::Binary { a, b, .. } => vec![a, b],
            Self::Select { condition, yes, no } => vec![condition, yes, no],
            Self::Unary { input, .. }
            | Self::Map { input, .. }
            | Self::Cast { input }
            | Self::Transpose { input, .. }
            | Self::InsertAxis { input, .. }
            | Self::DropAxis { input, .. }
            | Self::Broadcast { input }
            | Self::Take { input, .. }
            | Self::SplitAxis { input, .. }
            | Self::Lookup { input, .. }
            | Self::Lines(Lines { input, .. })
            | Self::Reduce(Reduce { input, .. }) => vec![input],
        }
    }

    /// The same operation on other inputs of the same shapes, given in the order of [`inputs`](Kind::inputs).
    pub fn with_inputs(&self, mut inputs: Vec<Plan>) -> Self {
        let mut next = || inputs.remove(0);
        match self {
            Self::Memory { values, weak } => Self::Memory { values: values.clone(), weak: *weak },
            Self::Source { source, picks } => Self::Source { source: source.clone(), picks: picks.clone() },
            Self::Concat { axis, starts, .. } => Self::Concat { parts: inputs, axis: *axis, starts: starts.clone() },
            Self::Unary { op, .. } => Self::Unary { op: *op, input: next() },
            Self::Map { name, f, .. } => Self::Map { name: name.clone(), f: f.clone(), input: next() },
            Self::Cast { .. } => Self::Cast { input: next() },
            Self::Binary { op, operand, .. } => Self::Binary { op: *op, operand: *operand, a: next(), b: next() },
            Self::Select { .. } => Self::Select { condition: next(), yes: next(), no: next() },
            Self::Transpose { order, .. } => Self::Transpose { order: order.clone(), input: next() },
            Self::InsertAxis { axis, .. } => Self::InsertAxis { axis: *axis, input: next() },
            Self::DropAxis { axis, .. } => Self::DropAxis { axis: *axis, input: next() },
            Self::Broadcast { .. } => Self::Broadcast { input: next() },
            Self::Take { axis, pick, .. } => Self::Take { axis: *axis, pick: pick.clone(), input: next() },
            Self::SplitAxis { axis, factor, .. } => Self::SplitAxis { axis: *axis, factor: *factor, input: next() },
            Self::Lookup { table, .. } => Self::Lookup { table: table.clone(), input: next() },
            Self::Lines(lines) => Self::Lines(Lines { input: next(), ..lines.clone() }),
            Self::Reduce(Reduce { op, axes, options, .. }) => {
                Self::Reduce(Reduce { op: op.clone(), axes: axes.clone(), options: *options, input: next() })
            }
        }
    }
}

/// The window of an input that broadcasts to the shape of which `window` is asked.
pub(crate) fn broadcast_window(input: &[usize], window: &[Range<usize>]) -> Vec<Range<usize>> {
    input.iter().zip(window).map(|(&length, range)| if length == 1 { 0..1 } else { range.clone() }).collect()
}
