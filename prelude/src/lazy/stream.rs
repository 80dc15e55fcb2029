//! Reductions, slab by slab: what is read at one time does not grow with what is reduced.

use super::chunk::{self, Aim, Cuts};
use super::executor::{Content, Executor, Piece, Work};
use super::memory::live_bytes;
use super::op::{Op, Reduce};
use super::order::{self, Order};
use super::output::{self, Output, Place, Slot};
use super::reduce::{Accumulator, Setup, Slab};
use super::window::{Puller, Shared};
use super::{Plan, buffers, evaluate, memory};
use crate::Result;
use crate::cancel;
use crate::values::{DType, count};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Bytes that one thread's window and state may take. Larger ones are no faster: what takes time is to decode.
const WINDOW_BYTES: usize = 12 << 20;
/// The same where every value of a cell must be held at once.
const WHOLE_BYTES: usize = 64 << 20;
/// The same where nothing is read: what fits in the processor's own cache.
const MEMORY_BYTES: usize = 1 << 20;
/// The same where what is reduced is in memory itself: its parts are views, which the loops take through the cache in tiles.
const VIEW_BYTES: usize = 32 << 20;
/// Bytes for each element with which it is decided where reduced axes are cut, whatever an element takes in truth: that would
/// depend on what else is computed in the same pass, and with the cuts the order of additions would.
const ELEMENT_BYTES: usize = 32;
/// Results of no more cells than this are computed in pieces along the reduced axes as well.
const FEW_CELLS: usize = 1 << 16;
/// Slabs of one value per cell that are added together, so that the state goes through memory less often.
const BATCH: usize = 3;

/// One reduction of a [`Pass`], and what it reduces.
#[derive(Clone, Copy)]
pub(crate) struct Member<'a> {
    reduce: &'a Reduce,
    pub input: &'a Plan,
    /// Bytes for each element of a window of the input.
    live: usize,
}

impl<'a> Member<'a> {
    /// Of a plan that is a reduction.
    pub fn of(plan: &'a Plan) -> Self {
        let node = plan.node();
        let Op::Reduce(reduce) = &node.op else { unreachable!("only reductions are computed in passes") };
        Self { reduce, input: &node.inputs[0], live: live_bytes(&node.inputs[0]) }
    }

    pub fn axes(&self) -> &'a [usize] {
        &self.reduce.axes
    }

    /// How its values are grouped, which does not depend on what else is computed in the same pass.
    pub fn grouping(&self) -> Grouping {
        let (shape, axes) = (self.input.shape(), self.axes());
        let cells = (0..shape.len()).filter(|axis| !axes.contains(axis)).map(|axis| shape[axis]);
        let pieces = count(&cells.collect::<Vec<_>>()) <= FEW_CELLS && !self.reduce.op.holds();
        let Order { cuts, axis } = order::order([self.input], ELEMENT_BYTES, self.window_bytes());
        Grouping { axes: axes.to_vec(), cuts, in_order: axis, pieces }
    }

    /// Bytes of a window where not every value of a cell must be held at once.
    fn window_bytes(&self) -> usize {
        match self.input.is_lazy() {
            true if evaluate::reads(self.input) => WINDOW_BYTES,
            true => MEMORY_BYTES,
            false => VIEW_BYTES,
        }
    }

    fn setup(&self, cells: usize) -> Setup<'a> {
        let shape = self.input.shape();
        let length = count(&self.reduce.axes.iter().map(|&axis| shape[axis]).collect::<Vec<_>>());
        Setup { op: &self.reduce.op, options: self.reduce.options, input: self.input.dtype(), cells, length }
    }

    fn result_dtype(&self) -> DType {
        self.reduce.op.dtype(self.input.dtype()).expect("the plan checked the type")
    }
}

/// Which values of a cell a reduction takes at a time, and which it adds to others first.
#[derive(Debug, PartialEq)]
pub(crate) struct Grouping {
    axes: Vec<usize>,
    /// Where the input may be cut.
    cuts: Vec<Cuts>,
    /// The axis of the input along which windows are pulled in order.
    in_order: Option<usize>,
    /// Whether pieces along the reduced axes are computed by themselves and joined in order.
    pieces: bool,
}

/// Reductions of one [`Grouping`], of inputs of the same shape, computed in one pass over the files.
pub(crate) struct Pass<'a> {
    members: Vec<Member<'a>>,
    kept: Vec<usize>,
    /// The axis of the input along which windows are pulled in order.
    in_order: Option<usize>,
    /// Window lengths along each axis of the input.
    blocks: Vec<Vec<usize>>,
    /// Whether pieces along the reduced axes are computed by themselves and joined in order.
    pieces: bool,
    /// Slabs that are added at a time.
    batch: usize,
}

impl<'a> Pass<'a> {
    /// `members` are of one [`Grouping`].
    pub fn new(members: Vec<Member<'a>>, threads: usize) -> Self {
        let first = members[0];
        let Grouping { axes, cuts, in_order, pieces } = first.grouping();
        let kept: Vec<usize> = (0..cuts.len()).filter(|axis| !axes.contains(axis)).collect();
        let whole = members.iter().any(|member| member.reduce.op.holds());
        let window_bytes = if whole { WHOLE_BYTES } else { first.window_bytes() };
        let cut = |cell_bytes, window_bytes, parallel: &[usize]| {
            chunk::windows(&cuts, &Aim { cell_bytes, window_bytes, parallel, threads })
        };
        let reduced = cut(ELEMENT_BYTES, first.window_bytes(), &[]);
        // In pieces, threads are kept busy by the pieces; their size must not depend on the threads.
        let free: Vec<usize> = kept.iter().copied().filter(|&axis| in_order != Some(axis)).collect();
        let parallel: &[usize] = if pieces { &[] } else { &free };
        let thin = axes.iter().all(|&axis| reduced[axis].iter().all(|&length| length == 1));
        let batch = if thin && !pieces { BATCH } else { 1 };
        // Slabs that wait for others need room too, and so do those of other members: then a slab is narrower.
        let mut blocks = cut(cell_bytes(&members, batch), window_bytes, parallel);
        axes.iter().for_each(|&axis| blocks[axis].clone_from(&reduced[axis]));
        Self { members, kept, in_order, blocks, pieces, batch }
    }

    fn along(&self, axes: &[usize]) -> Vec<Vec<usize>> {
        axes.iter().map(|&axis| self.blocks[axis].clone()).collect()
    }

    /// Windows (or slabs), which have the axes `axes`, in groups that are pulled in order.
    fn sequences<T>(&self, axes: &[usize], parts: Vec<T>) -> Vec<Vec<T>> {
        let in_order = self.in_order.and_then(|axis| axes.iter().position(|&other| other == axis));
        chunk::grouped(parts, &chunk::sequences(&self.along(axes), in_order))
    }

    /// How many slabs are read, for the progress display.
    pub fn steps(&self) -> usize {
        chunk::count(&self.blocks)
    }

    /// Bytes that so many threads hold at a time.
    pub fn bytes(&self, threads: usize) -> u64 {
        self.thread_bytes().saturating_mul(threads.min(self.steps().max(1)) as u64)
    }

    /// Bytes that one thread holds at a time.
    fn thread_bytes(&self) -> u64 {
        let longest = |axes: &mut dyn Iterator<Item = usize>| -> u64 {
            let longest = |axis: usize| self.blocks[axis].iter().copied().max().unwrap_or(0) as u64;
            axes.map(longest).fold(1, u64::saturating_mul)
        };
        let slab = longest(&mut (0..self.blocks.len()));
        // Windows in order are begun together.
        let together = self.in_order.filter(|axis| self.kept.contains(axis)).map(|axis| self.blocks[axis].len());
        let cells = longest(&mut self.kept.iter().copied()).saturating_mul(together.unwrap_or(1) as u64);
        let held = cell_bytes(&self.members, self.batch) as u64 - slab_bytes(&self.members, self.batch) as u64;
        let source = memory::source_bytes(self.members.iter().map(|member| member.input), slab);
        let slab = slab.saturating_mul(slab_bytes(&self.members, self.batch) as u64);
        cells.saturating_mul(held).saturating_add(slab).saturating_add(source)
    }

    /// Where the windows of a member go in its place, which may have axes of length 1 that the result of the member has not:
    /// those axes in the order in which they are to be inserted.
    pub fn slots<'p>(
        &self,
        member: usize,
        place: Box<dyn Place<'p> + 'p>,
        inserted: &[usize],
    ) -> Vec<Box<dyn Slot + 'p>> {
        let mut blocks = self.along(&self.kept);
        blocks.extend(self.members[member].reduce.op.answers().map(|answers| vec![answers]));
        inserted.iter().for_each(|&axis| blocks.insert(axis, vec![1]));
        place.slots(&blocks)
    }

    /// Computes each member into its [`slots`](Pass::slots). `step` is called after each slab.
    pub fn run(
        &self,
        members: Vec<Vec<Box<dyn Slot + '_>>>,
        executor: &dyn Executor,
        step: &(dyn Fn() + Sync),
    ) -> Result<()> {
        let windows = chunk::product(&self.along(&self.kept));
        let mut slots: Vec<Vec<Box<dyn Slot + '_>>> = (0..windows.len()).map(|_| Vec::new()).collect();
        for member in members {
            slots.iter_mut().zip(member).for_each(|(window, slot)| window.push(slot));
        }
        let slabs = self.sequences(self.members[0].axes(), chunk::product(&self.along(self.members[0].axes())));
        let groups = self.sequences(&self.kept, windows.into_iter().enumerate().collect());
        let pieces = if self.pieces && slabs.len() > 1 { slabs.len() } else { 1 };
        let shared = Shared::of(self.members.iter().map(|member| member.input));
        let join = |slots| Mutex::new(Join { state: None, next: 0, early: BTreeMap::new(), slots });
        let joins: Vec<_> = slots.into_iter().map(join).collect();
        let work = Slabs { pass: self, groups, slabs, pieces, shared, step };
        executor.execute(&work, &|piece| {
            let mut join = joins[piece.window].lock().unwrap_or_else(PoisonError::into_inner);
            match piece.content {
                Content::Values(values) => {
                    values.into_iter().zip(&mut join.slots).for_each(|(values, slot)| slot.put(&values));
                    Ok(())
                }
                Content::States(number, states) => join.add(number, states, pieces),
            }
        })
    }

    /// Room for the result of each member that is said to need it.
    pub fn outputs(&self, needed: impl Iterator<Item = bool>) -> Vec<Option<Box<dyn Output>>> {
        let room = |member: &Member<'_>| output::allocate(&result_shape(member), member.result_dtype());
        self.members.iter().zip(needed).map(|(member, needed)| needed.then(|| room(member))).collect()
    }

    /// Slabs that are taken one after the other for one window before the next window has its turn.
    fn runs<'s>(&self, slabs: &'s [Vec<Window>]) -> Vec<Vec<&'s Window>> {
        let windows_in_order = self.in_order.is_some_and(|axis| self.kept.contains(&axis));
        match windows_in_order {
            true => slabs.iter().flatten().map(|slab| vec![slab]).collect(),
            false => vec![slabs.iter().flatten().collect()],
        }
    }

    fn start(&self, window: &[Range<usize>]) -> Vec<Box<dyn Accumulator>> {
        let cells = window.iter().map(Range::len).product();
        self.members.iter().map(|member| member.setup(cells).start()).collect()
    }

    /// Pulls some slabs of a window and adds them.
    fn take(
        &self,
        state: &mut [Box<dyn Accumulator>],
        puller: &mut Puller<'_>,
        window: &[Range<usize>],
        batch: &[&Window],
        step: &(dyn Fn() + Sync),
    ) -> Result<()> {
        let axes = self.members[0].axes();
        let mut pulled: Vec<Vec<Slab>> = self.members.iter().map(|_| Vec::with_capacity(batch.len())).collect();
        for slab in batch {
            cancel::check()?;
            let whole = whole(axes, window, slab);
            let offset = if let [only] = &slab[..] { only.start } else { 0 };
            for (member, slabs) in self.members.iter().zip(&mut pulled) {
                slabs.push(Slab::new(puller.pull(member.input, &whole)?, axes, offset));
            }
            puller.forget();
            step();
        }
        for (accumulator, slabs) in state.iter_mut().zip(pulled) {
            accumulator.add(&slabs);
            slabs.into_iter().for_each(|slab| buffers::recycle(slab.into_values()));
        }
        Ok(())
    }
}

/// A pass in tasks: each is a group of windows whose slabs are pulled in order, or a piece of the slabs for such a group.
struct Slabs<'a> {
    pass: &'a Pass<'a>,
    /// The windows of the result with their numbers, in groups.
    groups: Vec<Vec<(usize, Window)>>,
    slabs: Vec<Vec<Window>>,
    /// How many tasks share a group: 1, or one for each sequence of slabs.
    pieces: usize,
    shared: Shared,
    step: &'a (dyn Fn() + Sync),
}

impl Work for Slabs<'_> {
    fn tasks(&self) -> usize {
        self.groups.len() * self.pieces
    }

    fn compute(&self, task: usize, give: &mut dyn FnMut(Piece) -> Result<()>) -> Result<()> {
        let (pass, group) = (self.pass, &self.groups[task / self.pieces]);
        let mut puller = Puller::new(&self.shared, pass.in_order.is_some());
        if self.pieces > 1 {
            let number = task % self.pieces;
            for (window, ranges) in group {
                let mut state = pass.start(ranges);
                for slab in &self.slabs[number] {
                    pass.take(&mut state, &mut puller, ranges, &[slab], self.step)?;
                }
                give(Piece { window: *window, content: Content::States(number, state) })?;
            }
            return Ok(());
        }
        let mut states: Vec<State> = group.iter().map(|(_, ranges)| pass.start(ranges)).collect();
        for slabs in pass.runs(&self.slabs) {
            for ((_, ranges), state) in group.iter().zip(&mut states) {
                for batch in slabs.chunks(pass.batch) {
                    pass.take(state, &mut puller, ranges, batch, self.step)?;
                }
            }
        }
        for ((window, _), state) in group.iter().zip(states) {
            let values = state.into_iter().map(|state| state.finish()).collect::<Result<Vec<_>>>()?;
            give(Piece { window: *window, content: Content::Values(values) })?;
        }
        Ok(())
    }
}

type State = Vec<Box<dyn Accumulator>>;

type Window = Vec<Range<usize>>;

/// The states of the pieces of one window, joined as soon as those before them are there.
struct Join<'a> {
    state: Option<State>,
    next: usize,
    early: BTreeMap<usize, State>,
    slots: Vec<Box<dyn Slot + 'a>>,
}

impl Join<'_> {
    fn add(&mut self, n: usize, state: State, of: usize) -> Result<()> {
        self.early.insert(n, state);
        while let Some(later) = self.early.remove(&self.next) {
            self.next += 1;
            match &mut self.state {
                Some(state) => state.iter_mut().zip(later).for_each(|(state, later)| state.merge(later)),
                None => self.state = Some(later),
            }
        }
        match self.state.take_if(|_| self.next == of) {
            Some(state) => put(state, &mut self.slots),
            None => Ok(()),
        }
    }
}

fn put(state: State, slots: &mut [Box<dyn Slot + '_>]) -> Result<()> {
    for (accumulator, slot) in state.into_iter().zip(slots) {
        slot.put(&accumulator.finish()?);
    }
    Ok(())
}

/// The window of the input that is a window of the result times a slab.
fn whole(axes: &[usize], window: &[Range<usize>], slab: &[Range<usize>]) -> Vec<Range<usize>> {
    let (mut kept, mut reduced) = (window.iter(), slab.iter());
    (0..window.len() + slab.len())
        .map(|axis| if axes.contains(&axis) { reduced.next() } else { kept.next() })
        .map(|range| range.expect("one range per axis").clone())
        .collect()
}

/// Bytes for each element of a window: its slabs, its state and its result.
fn cell_bytes(members: &[Member<'_>], batch: usize) -> usize {
    let state = |member: &Member<'_>| {
        let result = member.result_dtype().size() * member.reduce.op.answers().unwrap_or(1);
        member.setup(0).bytes_per_cell().saturating_add(result)
    };
    members.iter().map(state).fold(slab_bytes(members, batch), usize::saturating_add)
}

/// Bytes for each element of what is pulled at a time: the slab in work, and those that wait for it.
fn slab_bytes(members: &[Member<'_>], batch: usize) -> usize {
    let live = members.iter().map(|member| member.live).max().unwrap_or(0);
    let waiting = |member: &Member<'_>| if member.input.is_lazy() { member.input.dtype().size() } else { 0 };
    live + (batch * members.len() - 1) * members.iter().map(waiting).max().unwrap_or(0)
}

fn result_shape(member: &Member<'_>) -> Vec<usize> {
    let shape = member.input.shape();
    let kept = (0..shape.len()).filter(|axis| !member.axes().contains(axis)).map(|axis| shape[axis]);
    kept.chain(member.reduce.op.answers()).collect()
}
