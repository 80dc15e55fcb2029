//! From a plan to values: reductions first, in passes over the files, then the rest by windows.

use super::chunk::{self, Aim};
use super::memory::live_bytes;
use super::node::{Kind, Reduce};
use super::order;
use super::stack::Stack;
use super::stream::Pass;
use super::window::{Puller, Shared};
use super::{Plan, direct, memory, output};
use crate::Result;
use crate::cancel;
use crate::parallel::threads;
use crate::parallel::{Doing, Name, Progress, activity};
use crate::values::Pick;
use crate::values::Values;
use crate::values::buffers;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Bytes that one thread's blocks may take while it computes a window without reductions.
const WINDOW_BYTES: usize = 8 << 20;
/// The same where nothing is read: what fits in the processor's own cache.
const MEMORY_BYTES: usize = 1 << 19;
/// What is smaller than this and in memory is computed where it stands: waking threads takes longer.
const SMALL_BYTES: u64 = 1 << 20;

/// What a window takes in the list of windows, as it waits for a thread.
const STEP_BYTES: u64 = 128;

/// Computes a plan that may read files.
pub(crate) fn evaluate(plan: &Plan) -> Result<Values> {
    if let Some(values) = plan.as_values() {
        return Ok(values.clone());
    }
    let estimate = memory::admit(plan, memory::available())?;
    let progress = Progress::new("computing", estimate.steps).unit("windows");
    let _here = progress.enter();
    let values = threads::install(|| {
        let values = run(plan, &|| progress.step(1));
        rayon::spawn_broadcast(|_| buffers::clear());
        values
    })??;
    progress.finish();
    Ok(values)
}

/// Computes one operation on values in memory.
pub(crate) fn in_memory(plan: &Plan) -> Result<Values> {
    if let Some(values) = direct::compute(plan) {
        return values;
    }
    let inputs = plan.node().kind.inputs().iter().map(|input| input.nbytes()).fold(0, u64::saturating_add);
    if plan.nbytes().saturating_add(inputs) <= SMALL_BYTES {
        return run(plan, &|| {});
    }
    // Views of what is there already need nothing.
    if !matches!(plan.node().kind, Kind::Transpose { .. } | Kind::InsertAxis { .. } | Kind::DropAxis { .. }) {
        memory::admit(plan, memory::available())?;
    }
    threads::install(|| run(plan, &|| {}))?
}

/// How many threads work on this: those of the pool inside it, one elsewhere.
fn workers() -> usize {
    if rayon::current_thread_index().is_some() { rayon::current_num_threads() } else { 1 }
}

pub(super) fn run(plan: &Plan, step: &(dyn Fn() + Sync)) -> Result<Values> {
    if let Some(stack) = Stack::of(plan) {
        return stack.run(workers(), step);
    }
    let plan = settle(plan, step)?;
    match plan.as_values() {
        Some(values) => Ok(values.clone()),
        None => by_windows(&plan, step),
    }
}

/// The plan with its reductions computed.
pub(super) fn settle(plan: &Plan, step: &(dyn Fn() + Sync)) -> Result<Plan> {
    let mut settled = HashMap::new();
    for wave in waves(plan) {
        // Inputs of this wave may contain results of earlier ones.
        let reductions: Vec<Identified> = wave.iter().map(|plan| (plan.id(), replace(plan, &settled))).collect();
        for group in together(&reductions) {
            let members = group.iter().map(|(_, plan)| as_reduce(plan)).collect();
            let results = Pass::new(members, workers()).run(step)?;
            settled.extend(group.iter().zip(results).map(|((id, _), values)| (*id, Plan::memory(values))));
        }
    }
    Ok(replace(plan, &settled))
}

/// Computes a plan without reductions: each window of the result by whichever thread is free.
fn by_windows(plan: &Plan, step: &(dyn Fn() + Sync)) -> Result<Values> {
    let shared = Shared::of([plan]);
    let (blocks, in_order) = cut(plan, workers());
    let windows = chunk::product(&blocks);
    if let [only] = &windows[..] {
        let _busy = activity::busy();
        let _item = activity::item(Doing::Computing, Name::Window(0, 1));
        let values = Puller::new(&shared, false).pull(plan, only)?;
        step();
        return Ok(values);
    }
    let mut output = output::allocate(plan.shape(), plan.dtype());
    let parts = windows.into_iter().zip(output.place().sinks(&blocks)).collect();
    let tasks = chunk::grouped(parts, &chunk::sequences(&blocks, in_order));
    threads::for_each(tasks, &|task| {
        let mut puller = Puller::new(&shared, in_order.is_some());
        for (window, mut sink) in task {
            cancel::check()?;
            let values = puller.pull(plan, &window)?;
            sink.put(&values);
            buffers::recycle(values);
            puller.forget();
            step();
        }
        Ok(())
    })?;
    Ok(output.into_values())
}

/// The window lengths along each axis with which a plan without reductions is computed.
pub(crate) fn result_windows(plan: &Plan, threads: usize) -> Vec<Vec<usize>> {
    cut(plan, threads).0
}

/// The same, and the axis along which they are computed in order.
fn cut(plan: &Plan, threads: usize) -> (Vec<Vec<usize>>, Option<usize>) {
    let cell_bytes = live_bytes(plan).max(plan.dtype().size());
    let window_bytes = if reads(plan) { WINDOW_BYTES } else { MEMORY_BYTES };
    let order = order::order([plan], cell_bytes, window_bytes);
    let parallel: Vec<usize> = (0..plan.ndim()).filter(|&axis| order.axis != Some(axis)).collect();
    let aim = Aim { cell_bytes, window_bytes, parallel: &parallel, threads };
    (chunk::windows(&order.cuts, &aim), order.axis)
}

pub(super) fn as_reduce(plan: &Plan) -> &Reduce {
    match &plan.node().kind {
        Kind::Reduce(reduce) => reduce,
        _ => unreachable!("waves hold reductions only"),
    }
}

/// The reductions in a plan, each wave needing only results of those before it.
fn waves(plan: &Plan) -> Vec<Vec<Plan>> {
    fn depth(plan: &Plan, done: &mut HashMap<usize, usize>, waves: &mut Vec<Vec<Plan>>) -> usize {
        if let Some(&depth) = done.get(&plan.id()) {
            return depth;
        }
        let kind = &plan.node().kind;
        let below = kind.inputs().into_iter().map(|input| depth(input, done, waves)).max().unwrap_or(0);
        let own = if matches!(kind, Kind::Reduce(_)) {
            waves.resize_with(waves.len().max(below + 1), Vec::new);
            waves[below].push(plan.clone());
            below + 1
        } else {
            below
        };
        done.insert(plan.id(), own);
        own
    }
    let mut waves = Vec::new();
    depth(plan, &mut HashMap::new(), &mut waves);
    waves
}

/// A plan with the id of the expression that it computes, which may differ in what is settled below.
pub(super) type Identified = (usize, Plan);

/// Groups reductions that read the same parts of files over the same axes: one pass serves them all.
pub(super) fn together(reductions: &[Identified]) -> Vec<Vec<Identified>> {
    let mut groups: Vec<(HashSet<PartOfFile>, Vec<Identified>)> = Vec::new();
    for (id, plan) in reductions {
        let reduce = as_reduce(plan);
        let files = parts_read(&reduce.input);
        let fits = |members: &[Identified]| {
            let first = as_reduce(&members[0].1);
            first.input.shape() == reduce.input.shape() && first.axes == reduce.axes
        };
        match groups.iter_mut().find(|(read, members)| fits(members) && !read.is_disjoint(&files)) {
            Some((read, members)) => {
                read.extend(files);
                members.push((*id, plan.clone()));
            }
            None => groups.push((files, vec![(*id, plan.clone())])),
        }
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

/// Whether any file is read for a plan.
pub(crate) fn reads(plan: &Plan) -> bool {
    plan.is_lazy() && !sources(plan).is_empty()
}

/// The distinct files below a plan.
pub(crate) fn sources(plan: &Plan) -> HashSet<usize> {
    parts_read(plan).into_iter().map(|(file, _)| file).collect()
}

/// What tells a file apart from others, and what is read of it.
type PartOfFile = (usize, Vec<Pick>);

/// The distinct files below a plan, each with what is read of it.
fn parts_read(plan: &Plan) -> HashSet<PartOfFile> {
    let mut seen = HashSet::new();
    let mut files = HashSet::new();
    let mut stack = vec![plan];
    while let Some(plan) = stack.pop() {
        if !seen.insert(plan.id()) {
            continue;
        }
        if let Kind::Source { source, picks } = &plan.node().kind {
            files.insert((Arc::as_ptr(source).cast::<()>() as usize, picks.clone()));
        }
        stack.extend(plan.node().kind.inputs());
    }
    files
}

/// The plan with some of its expressions replaced by their results. What stays the same stays shared.
fn replace(plan: &Plan, results: &HashMap<usize, Plan>) -> Plan {
    fn inner(plan: &Plan, results: &HashMap<usize, Plan>, done: &mut HashMap<usize, Plan>) -> Plan {
        if let Some(plan) = results.get(&plan.id()).or_else(|| done.get(&plan.id())) {
            return plan.clone();
        }
        let node = plan.node();
        let before = node.kind.inputs();
        let after: Vec<Plan> = before.iter().map(|input| inner(input, results, done)).collect();
        let changed = before.iter().zip(&after).any(|(before, after)| before.id() != after.id());
        let new = match changed {
            true => Plan::lazy_node(node.kind.with_inputs(after), node.shape.clone(), node.dtype),
            false => plan.clone(),
        };
        done.insert(plan.id(), new.clone());
        new
    }
    if results.is_empty() {
        return plan.clone();
    }
    inner(plan, results, &mut HashMap::new())
}

/// The memory that [`evaluate`] will take.
#[derive(Debug)]
pub(crate) struct Estimate {
    /// The result itself.
    pub result: u64,
    /// Results of reductions on the way to it.
    pub between: u64,
    /// Windows and states of all threads.
    pub working: u64,
    /// Windows that will be read.
    pub steps: usize,
}

impl Estimate {
    pub fn total(&self) -> u64 {
        let list = (self.steps as u64).saturating_mul(STEP_BYTES);
        [self.result, self.between, self.working, list].into_iter().fold(0, u64::saturating_add)
    }
}

pub(crate) fn estimate(plan: &Plan) -> Estimate {
    let mut estimate = Estimate { result: plan.nbytes(), between: 0, working: 0, steps: 0 };
    if !plan.is_lazy() {
        return estimate;
    }
    let threads = threads::threads();
    if let Some(stack) = Stack::of(plan) {
        (estimate.working, estimate.steps) = stack.cost(threads);
        return estimate;
    }
    let mut settled = HashMap::new();
    for wave in waves(plan) {
        let reductions: Vec<Identified> = wave.iter().map(|plan| (plan.id(), replace(plan, &settled))).collect();
        for group in together(&reductions) {
            let pass = Pass::new(group.iter().map(|(_, plan)| as_reduce(plan)).collect(), threads);
            estimate.working = estimate.working.max(pass.bytes(threads));
            estimate.steps = estimate.steps.saturating_add(pass.steps());
            for (id, reduction) in &group {
                let bytes = if *id == plan.id() { 0 } else { reduction.nbytes() };
                estimate.between = estimate.between.saturating_add(bytes);
                settled.insert(*id, stand_in(reduction));
            }
        }
    }
    let rest = replace(plan, &settled);
    if rest.is_lazy() {
        let blocks = result_windows(&rest, threads);
        let longest = |lengths: &Vec<usize>| lengths.iter().copied().max().unwrap_or(0) as u64;
        let window = blocks.iter().map(longest).fold(1, u64::saturating_mul);
        let count = chunk::count(&blocks);
        let live = live_bytes(&rest).max(rest.dtype().size()) as u64;
        let working = window.saturating_mul(live).saturating_mul(threads.min(count.max(1)) as u64);
        estimate.working = estimate.working.max(working);
        estimate.steps = estimate.steps.saturating_add(count);
    }
    estimate
}

/// A plan that looks as the result of `plan` will, without its values.
fn stand_in(plan: &Plan) -> Plan {
    let kind = Kind::Memory { values: Values::from(0u8).into(), weak: false };
    Plan::lazy_node(kind, plan.shape().to_vec(), plan.dtype())
}
