//! What a plan says of itself: what it will read, in which pieces, and what that takes.

use super::Plan;
use super::evaluate;
use super::node::{Kind, Reduce};
use crate::parallel::bytes;
use crate::parallel::threads;
use crate::values::Pick;
use std::collections::HashMap;
use std::fmt::Write;

impl Plan {
    /// The lengths of the pieces along each axis, as they will be read. In memory: one piece per axis.
    pub fn chunks(&self) -> Vec<Vec<usize>> {
        if !self.is_lazy() {
            return self.shape().iter().map(|&length| vec![length]).collect();
        }
        evaluate::result_windows(self, threads::threads())
    }

    /// How many sources are read for it: bands of rasters, and variables of datasets.
    pub fn sources(&self) -> usize {
        evaluate::sources(self).len()
    }

    /// Bytes that [`evaluate`](Plan::evaluate) will take at its peak, the result included.
    ///
    /// Values that are in memory already are not counted.
    pub fn memory_estimate(&self) -> u64 {
        evaluate::estimate(self).total()
    }

    /// The plan as text, the last operation first, then what computing it reads and takes.
    pub fn explain(&self) -> String {
        let mut text = String::new();
        let mut writer = Writer { text: &mut text, seen: HashMap::new() };
        writer.write(self, 0);
        if !self.is_lazy() {
            let _ = write!(text, "in memory, {}", bytes(self.nbytes()));
            return text;
        }
        let estimate = evaluate::estimate(self);
        let (sources, threads) = (self.sources(), threads::threads());
        let _ = write!(
            text,
            "reads {sources} source{} in {} window{} with {threads} thread{}; takes about {} of memory, {} of it the result",
            plural(sources),
            estimate.steps,
            plural(estimate.steps),
            plural(threads),
            bytes(estimate.total()),
            bytes(estimate.result),
        );
        text
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

struct Writer<'a> {
    text: &'a mut String,
    /// Expressions that occur again are written once and named by number.
    seen: HashMap<usize, usize>,
}

impl Writer<'_> {
    fn line(&mut self, plan: &Plan, depth: usize, what: &str) {
        let _ = writeln!(self.text, "{:depth$}{what}  {:?} {}", "", plan.shape(), plan.dtype(), depth = 2 * depth);
    }

    fn write(&mut self, plan: &Plan, depth: usize) {
        let kind = &plan.node().kind;
        // An axis of length 1 more or less is no work worth a line.
        if let Kind::InsertAxis { input, .. } | Kind::DropAxis { input, .. } = kind {
            return self.write(input, depth);
        }
        let simple = kind.inputs().is_empty();
        if !simple && let Some(number) = self.seen.get(&plan.id()) {
            return self.line(plan, depth, &format!("as in line {number}"));
        }
        if !simple {
            let number = self.text.lines().count() + 1;
            self.seen.insert(plan.id(), number);
        }
        match kind {
            Kind::Memory { values, weak: true } => {
                let number = values.get(&[]).unwrap_or(f64::NAN);
                let _ = writeln!(self.text, "{:depth$}{number}", "", depth = 2 * depth);
            }
            Kind::Memory { .. } => self.line(plan, depth, "in memory"),
            Kind::Source { source, picks } => {
                let mut what = format!("read {}", source.describe());
                for (axis, (pick, &length)) in picks.iter().zip(source.shape()).enumerate() {
                    if !pick.is_all(length) {
                        let _ = write!(what, ", {} {}", source.axis_name(axis), described(pick));
                    }
                }
                self.line(plan, depth, &what);
            }
            Kind::Concat { parts, axis, .. } => {
                self.line(plan, depth, &format!("join {} along axis {axis}", parts.len()));
                // A year of files is told by its ends.
                match &parts[..] {
                    [first, .., last] if parts.len() > 4 => {
                        self.write(first, depth + 1);
                        let between = parts.len() - 2;
                        let _ =
                            writeln!(self.text, "{:depth$}... {between} more like it ...", "", depth = 2 * depth + 2);
                        self.write(last, depth + 1);
                    }
                    parts => parts.iter().for_each(|part| self.write(part, depth + 1)),
                }
            }
            kind => {
                self.line(plan, depth, &label(kind));
                kind.inputs().into_iter().for_each(|input| self.write(input, depth + 1));
            }
        }
    }
}

fn label(kind: &Kind) -> String {
    match kind {
        Kind::Unary { op, .. } => op.name().to_owned(),
        Kind::Map { name, .. } => format!("map {name}"),
        Kind::Cast { .. } => "convert".to_owned(),
        Kind::Binary { op, .. } => op.name().to_owned(),
        Kind::Select { .. } => "where".to_owned(),
        Kind::Transpose { order, .. } => format!("transpose to {order:?}"),
        Kind::Broadcast { .. } => "repeat".to_owned(),
        Kind::Take { axis, pick, .. } => format!("take {} of axis {axis}", described(pick)),
        Kind::SplitAxis { axis, factor, .. } => format!("runs of {factor} along axis {axis}"),
        Kind::Lookup { .. } => "look up".to_owned(),
        Kind::Lines(lines) => format!("{} along axis {}", lines.op.name(), lines.axis),
        Kind::Reduce(Reduce { op, axes, .. }) => format!("{} over axes {axes:?}", op.name()),
        _ => String::new(),
    }
}

fn described(pick: &Pick) -> String {
    let bounds = pick.bounds();
    match pick {
        Pick::Range { step: 1, .. } => format!("{}..{}", bounds.start, bounds.end),
        _ => format!("{} of {}..{}", pick.len(), bounds.start, bounds.end),
    }
}
