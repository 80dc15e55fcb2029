//! A window pulled through the plan: each operation asks its inputs for the windows that it needs.

use super::carry::Carries;
use super::joined::Joined;
use super::node::{Kind, broadcast_window};
use super::{Plan, Source, kernels};
use crate::Result;
use crate::cancel;
use crate::parallel::activity;
use crate::values::Pick;
use crate::values::Values;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

type Window = Vec<Range<usize>>;

/// Which expressions and files occur more than once in what is computed together.
#[derive(Default)]
pub(crate) struct Shared {
    nodes: HashSet<usize>,
    sources: HashSet<usize>,
}

impl Shared {
    pub fn of<'a>(roots: impl IntoIterator<Item = &'a Plan>) -> Self {
        let mut seen = HashSet::new();
        let mut files = HashSet::new();
        let mut shared = Self::default();
        let mut stack: Vec<&Plan> = roots.into_iter().collect();
        while let Some(plan) = stack.pop() {
            if !plan.is_lazy() {
                continue;
            }
            if !seen.insert(plan.id()) {
                shared.nodes.insert(plan.id());
                continue;
            }
            if let Kind::Source { source, .. } = &plan.node().kind
                && !files.insert(address(source))
            {
                shared.sources.insert(address(source));
            }
            stack.extend(plan.node().kind.inputs());
        }
        shared
    }
}

fn address(source: &Arc<dyn Source>) -> usize {
    Arc::as_ptr(source).cast::<()>() as usize
}

/// Computes windows of plans, each shared expression once per window.
pub(crate) struct Puller<'a> {
    shared: &'a Shared,
    nodes: RefCell<HashMap<(usize, Window), Values>>,
    reads: RefCell<HashMap<(usize, Vec<Pick>), Values>>,
    /// Where windows are pulled in the order of the lines.
    pub(super) carries: Option<Carries>,
}

impl<'a> Puller<'a> {
    /// `in_order`: the windows will come in the order of the lines, so that what two neighbours need is kept.
    pub fn new(shared: &'a Shared, in_order: bool) -> Self {
        let carries = in_order.then(Carries::default);
        Self { shared, nodes: RefCell::default(), reads: RefCell::default(), carries }
    }

    /// Forgets the windows computed so far.
    pub fn forget(&mut self) {
        self.nodes.get_mut().clear();
        self.reads.get_mut().clear();
    }

    /// The values of a window that is not empty.
    pub fn pull(&self, plan: &Plan, window: &[Range<usize>]) -> Result<Values> {
        if !self.shared.nodes.contains(&plan.id()) {
            return self.compute(plan, window);
        }
        let key = (plan.id(), window.to_vec());
        if let Some(values) = self.nodes.borrow().get(&key) {
            return Ok(values.clone());
        }
        let values = self.compute(plan, window)?;
        self.nodes.borrow_mut().insert(key, values.clone());
        Ok(values)
    }

    fn compute(&self, plan: &Plan, window: &[Range<usize>]) -> Result<Values> {
        let node = plan.node();
        let shape = || window.iter().map(Range::len).collect::<Vec<_>>();
        let operand = |input: &Plan| self.pull(input, &broadcast_window(input.shape(), window));
        Ok(match &node.kind {
            Kind::Memory { values, .. } => values.window(window),
            Kind::Source { source, picks } => {
                self.read(source, picks.iter().zip(window).map(|(pick, range)| pick.window(range)).collect())?
            }
            Kind::Concat { parts, axis, starts } => self.concat(parts, *axis, starts, window)?,
            Kind::Unary { op, input } => kernels::unary(*op, self.pull(input, window)?),
            Kind::Map { f, input, .. } => kernels::map(&**f, self.pull(input, window)?),
            Kind::Cast { input } => self.pull(input, window)?.into_cast(node.dtype),
            Kind::Binary { op, operand: dtype, a, b } => {
                let (a, b) = (operand(a)?, operand(b)?);
                kernels::check_powers(*op, *dtype, &b)?;
                kernels::binary(*op, *dtype, a, b, &shape())
            }
            Kind::Select { condition, yes, no } => {
                kernels::select(&operand(condition)?, operand(yes)?, operand(no)?, node.dtype, &shape())
            }
            Kind::Transpose { order, input } => {
                let mut inner = window.to_vec();
                order.iter().zip(window).for_each(|(&axis, range)| inner[axis] = range.clone());
                self.pull(input, &inner)?.transpose(order)
            }
            Kind::InsertAxis { axis, input } => {
                let mut inner = window.to_vec();
                inner.remove(*axis);
                self.pull(input, &inner)?.insert_axis(*axis)
            }
            Kind::DropAxis { axis, input } => {
                let mut inner = window.to_vec();
                inner.insert(*axis, 0..1);
                self.pull(input, &inner)?.drop_axis(*axis)
            }
            Kind::Broadcast { input } => operand(input)?.broadcast_to(&shape())?,
            Kind::Take { axis, pick, input } => {
                let mut inner = window.to_vec();
                let part = pick.window(&window[*axis]);
                inner[*axis] = part.bounds();
                let part = part.shifted(inner[*axis].start);
                let values = self.pull(input, &inner)?;
                let picks = values.shape().iter().enumerate();
                let picks: Vec<Pick> = picks
                    .map(|(at, &length)| if at == *axis { part.clone() } else { Pick::range(0..length) })
                    .collect();
                values.pick(&picks)
            }
            Kind::SplitAxis { axis, factor, input } => self.split(input, *axis, *factor, window)?,
            Kind::Lookup { table, input } => kernels::lookup(table, &self.pull(input, window)?),
            Kind::Lines(lines) => self.lines(plan.id(), lines, window)?,
            Kind::Reduce(_) => unreachable!("reductions below are computed before"),
        })
    }

    fn split(&self, input: &Plan, axis: usize, factor: usize, window: &[Range<usize>]) -> Result<Values> {
        let (runs, within) = (window[axis].clone(), window[axis + 1].clone());
        let mut inner = window.to_vec();
        inner.remove(axis + 1);
        inner[axis] = runs.start * factor..runs.end * factor;
        let mut shape: Vec<usize> = window.iter().map(Range::len).collect();
        shape[axis + 1] = factor;
        let values = self.pull(input, &inner)?.reshape(&shape)?;
        if within.len() == factor {
            return Ok(values);
        }
        let mut part: Vec<Range<usize>> = shape.into_iter().map(|length| 0..length).collect();
        part[axis + 1] = within;
        Ok(values.window(&part))
    }

    fn concat(&self, parts: &[Plan], axis: usize, starts: &[usize], window: &[Range<usize>]) -> Result<Values> {
        let wanted = &window[axis];
        let first = starts.partition_point(|&start| start <= wanted.start) - 1;
        // Each part goes into its place as soon as it is there, so that no more than one waits.
        let mut joined: Option<Joined> = None;
        for (part, &start) in parts[first..].iter().zip(&starts[first..]) {
            let end = start + part.shape()[axis];
            let range = wanted.start.max(start)..wanted.end.min(end);
            if start >= wanted.end {
                break;
            }
            if range.is_empty() {
                continue;
            }
            let mut inner = window.to_vec();
            inner[axis] = range.start - start..range.end - start;
            let values = self.pull(part, &inner)?;
            if range == (wanted.start..wanted.end) {
                return Ok(values);
            }
            let shape = || window.iter().map(Range::len).collect::<Vec<_>>();
            let joined = joined.get_or_insert_with(|| Joined::new(&shape(), values.dtype()));
            joined.put(values, axis, range.start - wanted.start);
        }
        Ok(joined.expect("a window is not empty").into_values())
    }

    fn read(&self, source: &Arc<dyn Source>, picks: Vec<Pick>) -> Result<Values> {
        if !self.shared.sources.contains(&address(source)) {
            return read(&**source, &picks);
        }
        let key = (address(source), picks);
        if let Some(values) = self.reads.borrow().get(&key) {
            return Ok(values.clone());
        }
        let values = read(&**source, &key.1)?;
        self.reads.borrow_mut().insert(key, values.clone());
        Ok(values)
    }
}

/// Reads what the picks name, and of what lies between them no more than blocks that hold it.
fn read(source: &dyn Source, picks: &[Pick]) -> Result<Values> {
    cancel::check()?;
    let axes: Vec<Runs> = picks.iter().zip(source.block()).map(|(pick, &block)| runs(pick, block)).collect();
    let values = gather(source, &axes, &mut Vec::new(), &mut Vec::new())?;
    if axes.iter().all(|runs| runs.order.is_none()) {
        return Ok(values);
    }
    let order = |(runs, &length): (Runs, &usize)| runs.order.unwrap_or(Pick::range(0..length));
    let order: Vec<Pick> = axes.into_iter().zip(values.shape()).map(order).collect();
    Ok(values.pick(&order))
}

/// Reads every combination of the runs of the axes after those in `window`, and joins them.
fn gather(source: &dyn Source, axes: &[Runs], window: &mut Window, takes: &mut Vec<Pick>) -> Result<Values> {
    let axis = window.len();
    let Some(runs) = axes.get(axis) else {
        let reading = activity::reading(source.path());
        let values = source.read(window)?;
        reading.gave(values.nbytes());
        return Ok(values.pick(takes));
    };
    let mut pieces = Vec::with_capacity(runs.runs.len());
    for run in &runs.runs {
        window.push(run.read.clone());
        takes.push(run.take.clone());
        pieces.push(gather(source, axes, window, takes)?);
        window.pop();
        takes.pop();
    }
    Values::concat(&pieces, axis)
}

/// A pick in ascending order, cut where blocks that it does not need lie between.
struct Runs {
    runs: Vec<Run>,
    /// How the ascending positions become the pick, where they differ.
    order: Option<Pick>,
}

struct Run {
    read: Range<usize>,
    take: Pick,
}

fn runs(pick: &Pick, block: usize) -> Runs {
    if let Pick::Range { step: 1, len, .. } = pick {
        return Runs { runs: vec![Run { read: pick.bounds(), take: Pick::range(0..*len) }], order: None };
    }
    let positions: Vec<usize> = (0..pick.len()).map(|n| pick.position(n)).collect();
    let mut ascending = positions.clone();
    ascending.sort_unstable();
    ascending.dedup();
    let order = (ascending != positions).then(|| {
        let at = |position| ascending.binary_search(position).expect("it holds every position");
        Pick::List(positions.iter().map(at).collect())
    });
    let block = block.max(1);
    let near = |a: &usize, b: &usize| b / block <= a / block + 1;
    let runs = ascending.chunk_by(near).map(|run| {
        let first = run[0];
        let contiguous = run[run.len() - 1] - first + 1 == run.len();
        let take = match contiguous {
            true => Pick::range(0..run.len()),
            false => Pick::List(run.iter().map(|position| position - first).collect()),
        };
        Run { read: first..run[run.len() - 1] + 1, take }
    });
    Runs { runs: runs.collect(), order }
}
