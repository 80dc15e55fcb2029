//! A window pulled through the plan: each operation asks its inputs for the windows that it needs.

use super::carry::{Carries, Line};
use super::joined::Joined;
use super::node::{IdSet, NodeId};
use super::op::{Op, broadcast_window};
use super::walk::{self, Next, Questions, Walk};
use super::{Plan, Source, kernels};
use crate::Result;
use crate::cancel;
use crate::parallel::activity;
use crate::values::Pick;
use crate::values::Values;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

pub(super) type Window = Vec<Range<usize>>;

/// Which expressions and files occur more than once in what is computed together.
#[derive(Default)]
pub(crate) struct Shared {
    nodes: IdSet,
    sources: HashSet<usize>,
}

impl Shared {
    pub fn of<'a>(roots: impl IntoIterator<Item = &'a Plan>) -> Self {
        let roots: Vec<&Plan> = roots.into_iter().collect();
        let walk = Walk::of(roots.iter().copied());
        let mut shared = Self::default();
        let (mut used, mut files) = (IdSet::default(), HashSet::new());
        for plan in walk.iter().flat_map(|plan| &plan.node().inputs).chain(roots) {
            if plan.is_lazy() && !used.insert(plan.id()) {
                shared.nodes.insert(plan.id());
            }
        }
        for plan in walk.iter() {
            if let Op::Source { source, .. } = &plan.node().op
                && !files.insert(address(source))
            {
                shared.sources.insert(address(source));
            }
        }
        shared
    }

    /// Whether no expression occurs more than once.
    pub fn keeps_nothing(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Whether the windows of an expression are kept until all that is computed together has them.
    pub fn keeps(&self, plan: &Plan) -> bool {
        self.nodes.contains(&plan.id())
    }
}

/// Sources are shared by those who made them, so where one lies tells it from others as long as a plan holds it.
fn address(source: &Arc<dyn Source>) -> usize {
    Arc::as_ptr(source).cast::<()>() as usize
}

/// Computes windows of plans, each shared expression once per window.
pub(crate) struct Puller<'a> {
    shared: &'a Shared,
    nodes: HashMap<(NodeId, Window), Values>,
    reads: HashMap<(usize, Vec<Pick>), Values>,
    /// Where windows are pulled in the order of the lines.
    pub(super) carries: Option<Carries>,
}

/// A window of an expression that is not empty.
pub(crate) struct Ask {
    pub plan: Plan,
    pub window: Window,
}

/// A window that waits for one of an input.
pub(crate) enum Waiting {
    Operands(Operands),
    Parts(Parts),
    Line(Box<Line>),
}

/// The inputs of an operation, pulled one after the other.
pub(crate) struct Operands {
    of: Ask,
    /// The inputs that are still to be pulled, the next one last.
    left: Vec<usize>,
    pulled: Vec<Option<Values>>,
}

/// Each part goes into its place as soon as it is there, so that no more than one waits.
pub(crate) struct Parts {
    of: Ask,
    next: usize,
    /// Where the part in work goes.
    place: usize,
    joined: Option<Joined>,
}

impl Questions for Puller<'_> {
    type Question = Ask;
    type Answer = Values;
    type Waiting = Waiting;

    fn ask(&mut self, ask: Ask) -> Result<Next<Self>> {
        if self.shared.keeps(&ask.plan) {
            // A key that is looked up is a key that is kept.
            let key = (ask.plan.id(), ask.window);
            if let Some(values) = self.nodes.get(&key) {
                return Ok(Next::Answer(values.clone()));
            }
            return self.begin(Ask { plan: ask.plan, window: key.1 });
        }
        self.begin(ask)
    }

    fn go_on(&mut self, waiting: Waiting, values: Values) -> Result<Next<Self>> {
        match waiting {
            Waiting::Operands(mut operands) => {
                let input = operands.left.pop().expect("an input was asked for");
                operands.pulled[input] = Some(values);
                self.operands(operands)
            }
            Waiting::Parts(parts) => self.parts(parts, Some(values)),
            Waiting::Line(line) => {
                let (of, values) = self.line_done(*line, Some(values))?;
                Ok(self.done(of, values))
            }
        }
    }
}

impl<'a> Puller<'a> {
    /// `in_order`: the windows will come in the order of the lines, so that what two neighbours need is kept.
    pub fn new(shared: &'a Shared, in_order: bool) -> Self {
        let carries = in_order.then(Carries::default);
        Self { shared, nodes: HashMap::new(), reads: HashMap::new(), carries }
    }

    /// Forgets the windows computed so far.
    pub fn forget(&mut self) {
        self.nodes.clear();
        self.reads.clear();
    }

    /// The values of a window that is not empty.
    ///
    /// # Errors
    /// When a file cannot be read, when Stop is pressed, or when there is no answer to an operation.
    pub fn pull(&mut self, plan: &Plan, window: &[Range<usize>]) -> Result<Values> {
        walk::answer(self, Ask { plan: plan.clone(), window: window.to_vec() })
    }

    /// A window is there.
    pub(super) fn done(&mut self, of: Ask, values: Values) -> Next<Self> {
        if self.shared.keeps(&of.plan) {
            self.nodes.insert((of.plan.id(), of.window), values.clone());
        }
        Next::Answer(values)
    }

    fn begin(&mut self, ask: Ask) -> Result<Next<Self>> {
        let plan = ask.plan.clone();
        match &plan.node().op {
            Op::Memory { values, .. } => Ok(Next::Answer(values.window(&ask.window))),
            Op::Deferred(deferred) => Ok(Next::Answer(deferred.values()?.window(&ask.window))),
            Op::Source { source, picks } => {
                let picks = picks.iter().zip(&ask.window).map(|(pick, range)| pick.window(range)).collect();
                let values = self.read(source, picks)?;
                Ok(self.done(ask, values))
            }
            Op::Concat { axis, starts } => {
                let first = starts.partition_point(|&start| start <= ask.window[*axis].start) - 1;
                self.parts(Parts { of: ask, next: first, place: 0, joined: None }, None)
            }
            Op::Lines(lines) => {
                let (line, ask) = self.line(lines, ask);
                match ask {
                    Some(ask) => Ok(Next::Ask(ask, Waiting::Line(Box::new(line)))),
                    None => {
                        let (of, values) = self.line_done(line, None)?;
                        Ok(self.done(of, values))
                    }
                }
            }
            Op::Reduce(_) => unreachable!("reductions below are computed before"),
            _ => {
                let inputs = &plan.node().inputs;
                let mut left: Vec<usize> = (0..inputs.len()).rev().collect();
                // What is deep comes first: while it is computed nothing else has to wait.
                left.sort_by_key(|&input| inputs[input].node().depth);
                let pulled = vec![None; inputs.len()];
                self.operands(Operands { of: ask, left, pulled })
            }
        }
    }

    fn operands(&mut self, operands: Operands) -> Result<Next<Self>> {
        let Operands { of, left, pulled } = operands;
        if let Some(&input) = left.last() {
            let plan = of.plan.node().inputs[input].clone();
            let window = needed(&of.plan, &plan, &of.window);
            return Ok(Next::Ask(Ask { plan, window }, Waiting::Operands(Operands { of, left, pulled })));
        }
        let pulled = pulled.into_iter().map(|values| values.expect("every input was pulled")).collect();
        let values = apply(&of.plan, pulled, &of.window)?;
        Ok(self.done(of, values))
    }

    /// Goes on with the next part, or is done. `values` are those of the part in work.
    fn parts(&mut self, mut parts: Parts, values: Option<Values>) -> Result<Next<Self>> {
        let plan = parts.of.plan.clone();
        let Op::Concat { axis, starts } = &plan.node().op else { unreachable!("parts are those of a join") };
        let (axis, wanted) = (*axis, parts.of.window[*axis].clone());
        if let Some(values) = values {
            let shape = || parts.of.window.iter().map(Range::len).collect::<Vec<_>>();
            if values.shape()[axis] == wanted.len() {
                return Ok(self.done(parts.of, values));
            }
            let joined = parts.joined.get_or_insert_with(|| Joined::new(&shape(), values.dtype()));
            joined.put(values, axis, parts.place);
        }
        for (number, part) in plan.node().inputs.iter().enumerate().skip(parts.next) {
            let start = starts[number];
            let range = wanted.start.max(start)..wanted.end.min(start + part.shape()[axis]);
            if start >= wanted.end {
                break;
            }
            if range.is_empty() {
                continue;
            }
            let mut window = parts.of.window.clone();
            window[axis] = range.start - start..range.end - start;
            (parts.next, parts.place) = (number + 1, range.start - wanted.start);
            return Ok(Next::Ask(Ask { plan: part.clone(), window }, Waiting::Parts(parts)));
        }
        let values = parts.joined.expect("a window is not empty").into_values();
        Ok(self.done(parts.of, values))
    }

    fn read(&mut self, source: &Arc<dyn Source>, picks: Vec<Pick>) -> Result<Values> {
        if !self.shared.sources.contains(&address(source)) {
            return read(&**source, &picks);
        }
        let key = (address(source), picks);
        if let Some(values) = self.reads.get(&key) {
            return Ok(values.clone());
        }
        let values = read(&**source, &key.1)?;
        self.reads.insert(key, values.clone());
        Ok(values)
    }
}

/// The window of an input from which a window of `plan` follows.
fn needed(plan: &Plan, input: &Plan, window: &[Range<usize>]) -> Window {
    let mut inner = window.to_vec();
    match &plan.node().op {
        Op::Binary { .. } | Op::Select | Op::Broadcast => return broadcast_window(input.shape(), window),
        Op::Transpose { order } => {
            order.iter().zip(window).for_each(|(&axis, range)| inner[axis] = range.clone());
        }
        Op::InsertAxis { axis } => drop(inner.remove(*axis)),
        Op::DropAxis { axis } => inner.insert(*axis, 0..1),
        Op::Take { axis, pick } => inner[*axis] = pick.window(&window[*axis]).bounds(),
        Op::SplitAxis { axis, factor } => {
            inner.remove(axis + 1);
            inner[*axis] = window[*axis].start * factor..window[*axis].end * factor;
        }
        _ => {}
    }
    inner
}

/// A window of `plan`, given those of its inputs that it follows from.
fn apply(plan: &Plan, pulled: Vec<Values>, window: &[Range<usize>]) -> Result<Values> {
    let node = plan.node();
    let shape = || window.iter().map(Range::len).collect::<Vec<_>>();
    let mut pulled = pulled.into_iter();
    let mut next = || pulled.next().expect("one for each input");
    Ok(match &node.op {
        Op::Unary(op) => kernels::unary(*op, next()),
        Op::Map { f, .. } => kernels::map(&**f, next()),
        Op::Cast => next().into_cast(node.dtype),
        Op::Binary { op, operand } => {
            let (a, b) = (next(), next());
            kernels::check_powers(*op, *operand, &b)?;
            kernels::binary(*op, *operand, a, b, &shape())
        }
        Op::Select => {
            let condition = next();
            kernels::select(&condition, next(), next(), node.dtype, &shape())
        }
        Op::Transpose { order } => next().transpose(order),
        Op::InsertAxis { axis } => next().insert_axis(*axis),
        Op::DropAxis { axis } => next().drop_axis(*axis),
        Op::Broadcast => next().broadcast_to(&shape())?,
        Op::Take { axis, pick } => {
            let part = pick.window(&window[*axis]);
            let part = part.shifted(part.bounds().start);
            let values = next();
            let whole =
                |(at, &length): (usize, &usize)| if at == *axis { part.clone() } else { Pick::range(0..length) };
            let picks: Vec<Pick> = values.shape().iter().enumerate().map(whole).collect();
            values.pick(&picks)
        }
        Op::SplitAxis { axis, factor } => {
            let within = window[axis + 1].clone();
            let mut shape = shape();
            shape[axis + 1] = *factor;
            let values = next().reshape(&shape)?;
            if within.len() == *factor {
                return Ok(values);
            }
            let mut part: Window = shape.into_iter().map(|length| 0..length).collect();
            part[axis + 1] = within;
            values.window(&part)
        }
        Op::Lookup { table } => kernels::lookup(table, &next()),
        Op::Memory { .. } | Op::Deferred(_) | Op::Source { .. } | Op::Concat { .. } | Op::Lines(_) | Op::Reduce(_) => {
            unreachable!("these are no operation on whole windows")
        }
    })
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
