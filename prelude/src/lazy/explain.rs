//! What a plan says of itself: what it will read, in which pieces, and what that takes.

use super::Plan;
use super::evaluate;
use super::node::NodeId;
use super::op::{Op, described};
use super::walk::Walk;
use crate::parallel::bytes;
use crate::parallel::threads;
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
        evaluate::estimate(std::slice::from_ref(self)).total()
    }

    /// The plan as text, the last operation first, then what computing it reads and takes.
    ///
    /// What a source reads in its turn, such as a raster on another grid, stands below it. Plans that are very deep are cut.
    pub fn explain(&self) -> String {
        let mut writer = Writer::default();
        writer.write(self);
        let mut text = writer.text;
        if !self.is_lazy() {
            let _ = write!(text, "in memory, {}", bytes(self.nbytes()));
            return text;
        }
        let estimate = evaluate::estimate(std::slice::from_ref(self));
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

/// What lies deeper than this is counted and not shown: nobody reads it, and lines would only become longer.
const DEEPEST: usize = 60;

#[derive(Default)]
struct Writer {
    text: String,
    lines: usize,
    /// Expressions that occur again are written once and named by number.
    seen: HashMap<NodeId, usize>,
}

/// What is still to be written.
enum Rest {
    Plan(Plan, usize),
    Line(String, usize),
}

impl Writer {
    fn line(&mut self, what: &str, depth: usize) {
        self.lines += 1;
        let _ = writeln!(self.text, "{:depth$}{what}", "", depth = 2 * depth);
    }

    fn write(&mut self, plan: &Plan) {
        let mut rest = vec![Rest::Plan(plan.clone(), 0)];
        while let Some(next) = rest.pop() {
            match next {
                Rest::Line(line, depth) => self.line(&line, depth),
                Rest::Plan(plan, depth) => {
                    // From the last on, so that the first comes next.
                    let below = self.one(&plan, depth);
                    rest.extend(below.into_iter().rev());
                }
            }
        }
    }

    /// Writes an expression, and says what comes below it.
    fn one(&mut self, plan: &Plan, depth: usize) -> Vec<Rest> {
        let node = plan.node();
        // An axis of length 1 more or less is no work worth a line.
        if let Op::InsertAxis { .. } | Op::DropAxis { .. } = node.op {
            return vec![Rest::Plan(node.inputs[0].clone(), depth)];
        }
        let about = |what: &str| format!("{what}  {:?} {}", plan.shape(), plan.dtype());
        if !node.inputs.is_empty() {
            if let Some(number) = self.seen.get(&plan.id()) {
                self.line(&about(&format!("as in line {number}")), depth);
                return Vec::new();
            }
            if depth == DEEPEST {
                let below = Walk::of([plan]).iter().filter(|part| !part.node().inputs.is_empty()).count();
                self.line(&format!("... {below} operations on the way here ..."), depth);
                return Vec::new();
            }
            self.seen.insert(plan.id(), self.lines + 1);
        }
        let inner = |plan: &Plan| Rest::Plan(plan.clone(), depth + 1);
        match &node.op {
            Op::Memory { values, weak: true } => {
                let number = values.get(&[]).unwrap_or(f64::NAN);
                self.line(&number.to_string(), depth);
                Vec::new()
            }
            Op::Source { source, picks } => {
                let mut what = node.op.label();
                for (axis, (pick, &length)) in picks.iter().zip(source.shape()).enumerate() {
                    if !pick.is_all(length) {
                        let _ = write!(what, ", {} {}", source.axis_name(axis), described(pick));
                    }
                }
                self.line(&about(&what), depth);
                source.input().map(inner).into_iter().collect()
            }
            Op::Concat { .. } => {
                self.line(&about(&node.op.label()), depth);
                // A year of files is told by its ends.
                match &node.inputs[..] {
                    [first, .., last] if node.inputs.len() > 4 => {
                        let between = format!("... {} more like it ...", node.inputs.len() - 2);
                        vec![inner(first), Rest::Line(between, depth + 1), inner(last)]
                    }
                    parts => parts.iter().map(inner).collect(),
                }
            }
            op => {
                self.line(&about(&op.label()), depth);
                node.inputs.iter().map(inner).collect()
            }
        }
    }
}
