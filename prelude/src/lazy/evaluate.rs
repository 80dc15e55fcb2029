//! From plans to values: reductions first, in passes over the files, then the rest by windows.

use super::chunk::{self, Aim};
use super::executor::{Content, Executor, Piece, Threads, Work};
use super::memory::{live_bytes, source_bytes};
use super::node::{IdMap, IdSet};
use super::op::Op;
use super::order;
use super::output::{self, Output, Place, Slot};
use super::stack::Stack;
use super::stream::{Grouping, Member, Pass};
use super::walk::{Found, Walk};
use super::window::{Puller, Shared, Window};
use super::{Plan, direct, memory};
use crate::Result;
use crate::cancel;
use crate::parallel::{Progress, threads};
use crate::values::{Pick, Values, buffers};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

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
    Ok(evaluate_all(std::slice::from_ref(plan))?.remove(0))
}

/// Computes plans that may read files, in one computation: what several of them need is read and computed once.
///
/// # Errors
/// When a file cannot be read, when Stop is pressed, or when the results would not fit in memory.
pub(crate) fn evaluate_all(plans: &[Plan]) -> Result<Vec<Values>> {
    // What waits is carried out first, also where that fails.
    let plans = &plans.iter().map(Plan::resolved).collect::<Result<Vec<Plan>>>()?;
    if let Some(values) = plans.iter().map(|plan| plan.as_values().cloned()).collect() {
        return Ok(values);
    }
    let estimate = memory::admit(plans, memory::available())?;
    let progress = Progress::new("computing", estimate.steps).unit("windows");
    let _here = progress.enter();
    let values = run(plans, &Threads::all(), &|| progress.step(1))?;
    progress.finish();
    Ok(values)
}

/// Computes one operation on values in memory.
pub(crate) fn in_memory(plan: &Plan) -> Result<Values> {
    if let Some(values) = direct::compute(plan) {
        return values;
    }
    let inputs = plan.node().inputs.iter().map(Plan::nbytes).fold(0, u64::saturating_add);
    if plan.nbytes().saturating_add(inputs) <= SMALL_BYTES {
        return run_one(plan, &Threads(1), &|| {});
    }
    // Views of what is there already need nothing.
    if !matches!(plan.node().op, Op::Transpose { .. } | Op::InsertAxis { .. } | Op::DropAxis { .. }) {
        memory::admit(std::slice::from_ref(plan), memory::available())?;
    }
    run_one(plan, &Threads::all(), &|| {})
}

/// Computes expressions of one shape over values in memory, in one pass.
pub(super) fn in_memory_together(plans: &[Plan]) -> Result<Vec<Values>> {
    memory::admit(plans, memory::available())?;
    by_windows(plans, &Threads::all(), &|| {})
}

pub(super) fn run_one(plan: &Plan, executor: &dyn Executor, step: &(dyn Fn() + Sync)) -> Result<Values> {
    Ok(run(std::slice::from_ref(plan), executor, step)?.remove(0))
}

fn run(plans: &[Plan], executor: &dyn Executor, step: &(dyn Fn() + Sync)) -> Result<Vec<Values>> {
    let stacks: Vec<Option<Stack>> = plans.iter().map(Stack::of).collect();
    let mut outputs: Vec<Option<Box<dyn Output>>> =
        stacks.iter().map(|stack| stack.as_ref().map(Stack::output)).collect();
    let mut parts = Vec::new();
    for (stack, output) in stacks.iter().zip(&mut outputs) {
        let (Some(stack), Some(output)) = (stack, output) else { continue };
        let places = stack.parts.iter().zip(stack.places(&mut **output));
        parts.extend(places.map(|(part, place)| (part.reduction.clone(), Some((place, &part.inserted[..])))));
    }
    let rest: Vec<Plan> =
        plans.iter().zip(&stacks).filter(|(_, stack)| stack.is_none()).map(|(plan, _)| plan.clone()).collect();
    let settled = settle_all(&rest, parts, executor, step)?;
    let mut values = compute(&settled, executor, step)?.into_iter();
    let place = |output: Option<Box<dyn Output>>| match output {
        Some(output) => output.into_values(),
        None => values.next().expect("what is no stack was computed"),
    };
    Ok(outputs.into_iter().map(place).collect())
}

/// The plan with its reductions computed.
pub(super) fn settle(plan: &Plan, executor: &dyn Executor, step: &(dyn Fn() + Sync)) -> Result<Plan> {
    Ok(settle_all(std::slice::from_ref(plan), Vec::new(), executor, step)?.remove(0))
}

/// A reduction that needs no other first, and its place if it has one, with the axes that the place has beyond the result.
type Placed<'p> = (Plan, Option<(Box<dyn Place<'p> + 'p>, &'p [usize])>);

/// Plans with their reductions computed, together with some that have their own places to go.
fn settle_all(
    plans: &[Plan],
    placed: Vec<Placed<'_>>,
    executor: &dyn Executor,
    step: &(dyn Fn() + Sync),
) -> Result<Vec<Plan>> {
    let mut settled = IdMap::default();
    let mut waves = waves(plans);
    if waves.is_empty() && !placed.is_empty() {
        waves.push(Vec::new());
    }
    let mut placed = Some(placed);
    for wave in waves {
        // Inputs of this wave may contain results of earlier ones.
        let (reductions, mut places): (Vec<Plan>, Vec<_>) = (replace(&wave, &settled).into_iter())
            .map(|reduction| (reduction, None))
            .chain(placed.take().into_iter().flatten())
            .unzip();
        for group in together(&reductions) {
            let members = group.iter().map(|&n| Member::of(&reductions[n])).collect();
            let pass = Pass::new(members, executor.workers());
            let own: Vec<_> = group.iter().map(|&n| places[n].take()).collect();
            let mut outputs = pass.outputs(own.iter().map(Option::is_none));
            let mut slots = Vec::with_capacity(group.len());
            for (member, (place, output)) in own.into_iter().zip(&mut outputs).enumerate() {
                slots.push(match (place, output) {
                    (Some((place, inserted)), _) => pass.slots(member, place, inserted),
                    (None, Some(output)) => pass.slots(member, output.place(), &[]),
                    (None, None) => unreachable!("what has no place of its own has an output"),
                });
            }
            pass.run(slots, executor, step)?;
            for (&n, output) in group.iter().zip(outputs) {
                if let Some(output) = output {
                    settled.insert(wave[n].id(), Plan::memory(output.into_values()));
                }
            }
        }
    }
    Ok(replace(plans, &settled))
}

/// Computes plans without reductions, those together that read the same.
fn compute(plans: &[Plan], executor: &dyn Executor, step: &(dyn Fn() + Sync)) -> Result<Vec<Values>> {
    let mut values: Vec<Option<Values>> = plans.iter().map(|plan| plan.as_values().cloned()).collect();
    for group in alike(plans) {
        let members: Vec<Plan> = group.iter().map(|&n| plans[n].clone()).collect();
        let computed = by_windows(&members, executor, step)?;
        group.into_iter().zip(computed).for_each(|(n, computed)| values[n] = Some(computed));
    }
    Ok(values.into_iter().map(|values| values.expect("each plan is in a group or in memory")).collect())
}

/// Lazy plans that are computed window by window together: of one shape, and with files or expressions in common.
fn alike(plans: &[Plan]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(IdSet, Vec<usize>)> = Vec::new();
    for (n, plan) in plans.iter().enumerate().filter(|(_, plan)| plan.is_lazy()) {
        let below: IdSet = Walk::of([plan]).iter().filter(|part| part.is_lazy()).map(Plan::id).collect();
        let fits = |group: &&mut (IdSet, Vec<usize>)| {
            plans[group.1[0]].shape() == plan.shape() && !group.0.is_disjoint(&below)
        };
        match groups.iter_mut().find(fits) {
            Some((seen, group)) => {
                seen.extend(below);
                group.push(n);
            }
            None => groups.push((below, vec![n])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Computes plans of one shape and without reductions: each window of the results by whichever worker is free.
fn by_windows(plans: &[Plan], executor: &dyn Executor, step: &(dyn Fn() + Sync)) -> Result<Vec<Values>> {
    let shared = Shared::of(plans);
    let (blocks, in_order) = cut(plans, executor.workers());
    let windows = chunk::product(&blocks);
    if let ([plan], [only]) = (plans, &windows[..]) {
        let whole = Mutex::new(None);
        threads::for_each(executor.workers(), vec![only], &|window| {
            let values = Puller::new(&shared, false).pull(plan, window)?;
            *whole.lock().unwrap_or_else(PoisonError::into_inner) = Some(values);
            Ok(())
        })?;
        step();
        let values = whole.into_inner().unwrap_or_else(PoisonError::into_inner);
        return Ok(vec![values.expect("the window was computed")]);
    }
    let mut outputs: Vec<Box<dyn Output>> =
        plans.iter().map(|plan| output::allocate(plan.shape(), plan.dtype())).collect();
    let mut slots: Vec<Vec<Box<dyn Slot + '_>>> = (0..windows.len()).map(|_| Vec::new()).collect();
    for output in &mut outputs {
        slots.iter_mut().zip(output.place().slots(&blocks)).for_each(|(window, slot)| window.push(slot));
    }
    let slots: Vec<_> = slots.into_iter().map(Mutex::new).collect();
    let tasks = chunk::grouped(windows.into_iter().enumerate().collect(), &chunk::sequences(&blocks, in_order));
    let work = Windows { plans, tasks, shared, in_order: in_order.is_some() };
    executor.execute(&work, &|piece| {
        let Content::Values(values) = piece.content else { unreachable!("windows of plans are values") };
        let mut slots = slots[piece.window].lock().unwrap_or_else(PoisonError::into_inner);
        for (values, slot) in values.into_iter().zip(slots.iter_mut()) {
            slot.put(&values);
            buffers::recycle(values);
        }
        step();
        Ok(())
    })?;
    drop(slots);
    Ok(outputs.into_iter().map(Output::into_values).collect())
}

/// Plans of one shape in tasks: each is a sequence of windows that are pulled in order.
struct Windows<'a> {
    plans: &'a [Plan],
    tasks: Vec<Vec<(usize, Window)>>,
    shared: Shared,
    in_order: bool,
}

impl Work for Windows<'_> {
    fn tasks(&self) -> usize {
        self.tasks.len()
    }

    fn compute(&self, task: usize, give: &mut dyn FnMut(Piece) -> Result<()>) -> Result<()> {
        let mut puller = Puller::new(&self.shared, self.in_order);
        for (number, window) in &self.tasks[task] {
            cancel::check()?;
            let values = self.plans.iter().map(|plan| puller.pull(plan, window)).collect::<Result<Vec<_>>>()?;
            // First, so that what was kept for others can be given back with them.
            puller.forget();
            give(Piece { window: *number, content: Content::Values(values) })?;
        }
        Ok(())
    }
}

/// The window lengths along each axis with which a plan without reductions is computed.
pub(crate) fn result_windows(plan: &Plan, threads: usize) -> Vec<Vec<usize>> {
    cut(std::slice::from_ref(plan), threads).0
}

/// The same for plans of one shape, and the axis along which they are computed in order.
fn cut(plans: &[Plan], threads: usize) -> (Vec<Vec<usize>>, Option<usize>) {
    let cell_bytes = cell_bytes(plans);
    let window_bytes = if plans.iter().any(reads) { WINDOW_BYTES } else { MEMORY_BYTES };
    let order = order::order(plans, cell_bytes, window_bytes);
    let parallel: Vec<usize> = (0..plans[0].ndim()).filter(|&axis| order.axis != Some(axis)).collect();
    let aim = Aim { cell_bytes, window_bytes, parallel: &parallel, threads };
    (chunk::windows(&order.cuts, &aim), order.axis)
}

/// Bytes alive at once for each element of a window of plans that are computed one after the other.
fn cell_bytes(plans: &[Plan]) -> usize {
    let (mut peak, mut waiting) = (0, 0);
    for plan in plans {
        let own = plan.dtype().size();
        peak = peak.max(waiting + live_bytes(plan).max(own));
        waiting += own;
    }
    peak
}

/// The reductions in some plans, each wave needing only results of those before it.
fn waves(plans: &[Plan]) -> Vec<Vec<Plan>> {
    let mut waves: Vec<Vec<Plan>> = Vec::new();
    Walk::of(plans).fold(|plan, found: &Found<usize>| {
        let below = plan.node().inputs.iter().map(|input| *found.of(input)).max().unwrap_or(0);
        if !matches!(plan.node().op, Op::Reduce(_)) {
            return below;
        }
        waves.resize_with(waves.len().max(below + 1), Vec::new);
        waves[below].push(plan.clone());
        below + 1
    });
    waves
}

/// Groups reductions that read the same parts of files and take their values in the same way: one pass serves them all.
fn together(reductions: &[Plan]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(HashSet<PartOfFile>, Grouping, Vec<usize>)> = Vec::new();
    for (n, plan) in reductions.iter().enumerate() {
        let member = Member::of(plan);
        let (files, grouping) = (parts_read(member.input), member.grouping());
        let fits = |(read, other, _): &&mut (HashSet<PartOfFile>, Grouping, Vec<usize>)| {
            !read.is_disjoint(&files) && *other == grouping
        };
        match groups.iter_mut().find(fits) {
            Some((read, _, group)) => {
                read.extend(files);
                group.push(n);
            }
            None => groups.push((files, grouping, vec![n])),
        }
    }
    groups.into_iter().map(|(.., group)| group).collect()
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
    let part = |plan: &Plan| match &plan.node().op {
        Op::Source { source, picks } => Some((Arc::as_ptr(source).cast::<()>() as usize, picks.clone())),
        _ => None,
    };
    Walk::of([plan]).iter().filter_map(part).collect()
}

/// Plans with some of their expressions replaced by their results. What stays the same stays shared.
fn replace(plans: &[Plan], results: &IdMap<Plan>) -> Vec<Plan> {
    if results.is_empty() {
        return plans.to_vec();
    }
    let replaced = Walk::of(plans).fold(|plan, found: &Found<Plan>| {
        if let Some(result) = results.get(&plan.id()) {
            return result.clone();
        }
        let node = plan.node();
        let inputs: Vec<Plan> = node.inputs.iter().map(|input| found.of(input).clone()).collect();
        match node.inputs.iter().zip(&inputs).all(|(before, after)| before.id() == after.id()) {
            true => plan.clone(),
            false => Plan::lazy_node(node.op.clone(), inputs, node.shape.clone(), node.dtype),
        }
    });
    plans.iter().map(|plan| replaced.of(plan).clone()).collect()
}

/// The memory that [`evaluate_all`] will take.
#[derive(Debug)]
pub(crate) struct Estimate {
    /// The results themselves.
    pub result: u64,
    /// Results of reductions on the way to them.
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

    fn pass(&mut self, pass: &Pass<'_>, threads: usize) {
        self.working = self.working.max(pass.bytes(threads));
        self.steps = self.steps.saturating_add(pass.steps());
    }
}

pub(crate) fn estimate(plans: &[Plan]) -> Estimate {
    let lazy: Vec<Plan> = plans.iter().filter(|plan| plan.is_lazy()).cloned().collect();
    let result = lazy.iter().map(Plan::nbytes).fold(0, u64::saturating_add);
    let mut estimate = Estimate { result, between: 0, working: 0, steps: 0 };
    let threads = threads::threads();
    let stacks: Vec<Option<Stack>> = lazy.iter().map(Stack::of).collect();
    let placed = stacks.iter().flatten().flat_map(|stack| &stack.parts).map(|part| part.reduction.clone());
    let rest: Vec<Plan> =
        lazy.iter().zip(&stacks).filter(|(_, stack)| stack.is_none()).map(|(plan, _)| plan.clone()).collect();
    let mut placed = Some(placed.collect::<Vec<Plan>>()).filter(|placed| !placed.is_empty());
    let (mut settled, mut waves) = (IdMap::default(), waves(&rest));
    if waves.is_empty() && placed.is_some() {
        waves.push(Vec::new());
    }
    for wave in waves {
        let own = wave.len();
        let reductions: Vec<Plan> =
            replace(&wave, &settled).into_iter().chain(placed.take().into_iter().flatten()).collect();
        for group in together(&reductions) {
            let members = group.iter().map(|&n| Member::of(&reductions[n])).collect();
            estimate.pass(&Pass::new(members, threads), threads);
            for n in group.into_iter().filter(|&n| n < own) {
                let is_result = rest.iter().any(|plan| plan.id() == wave[n].id());
                let bytes = if is_result { 0 } else { reductions[n].nbytes() };
                estimate.between = estimate.between.saturating_add(bytes);
                settled.insert(wave[n].id(), stand_in(&reductions[n]));
            }
        }
    }
    let rest = replace(&rest, &settled);
    for group in alike(&rest) {
        let members: Vec<Plan> = group.into_iter().map(|n| rest[n].clone()).collect();
        let (blocks, _) = cut(&members, threads);
        let longest = |lengths: &Vec<usize>| lengths.iter().copied().max().unwrap_or(0) as u64;
        let window = blocks.iter().map(longest).fold(1, u64::saturating_mul);
        let count = chunk::count(&blocks);
        let one = window.saturating_mul(cell_bytes(&members) as u64).saturating_add(source_bytes(&members, window));
        estimate.working = estimate.working.max(one.saturating_mul(threads.min(count.max(1)) as u64));
        estimate.steps = estimate.steps.saturating_add(count);
    }
    estimate
}

/// A plan that looks as the result of `plan` will, without its values.
fn stand_in(plan: &Plan) -> Plan {
    let op = Op::Memory { values: Values::from(0u8).into(), weak: false };
    Plan::lazy_node(op, Vec::new(), plan.shape().to_vec(), plan.dtype())
}
