//! Where the values of plans go window by window: files that are being written.
//!
//! A [`Sink`] says in which blocks it stores its elements, and in which order it takes them. [`write_into`] chooses windows
//! from these and from the blocks of what is read, so that each block is decoded once as far as memory allows, and computes
//! the next windows while one is being written.

use super::chunk::{self, Cuts};
use super::{Plan, threads};
use crate::limits;
use crate::parallel::{activity, crew};
use crate::values::{Values, buffers};
use crate::{Error, ErrorKind, Result, cancel};
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::mpsc;
use std::thread;

/// A part of an array: one range per axis.
pub(crate) type Window = Vec<Range<usize>>;

/// Takes the values of plans of one shape and stores them.
pub(crate) trait Sink {
    /// How it wants them.
    fn layout(&self) -> Layout;

    /// Stores a window: the values of each plan, in the order of the plans. Called by one thread, for each window once, in
    /// axis order.
    ///
    /// # Errors
    /// When they cannot be stored; nothing is asked of it then any more.
    fn put(&mut self, window: &[Range<usize>], values: Vec<Values>) -> Result<()>;
}

/// How a sink wants its windows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layout {
    /// The lengths of its blocks along each axis.
    pub block: Vec<usize>,
    /// Whether a block may come in parts, such as lines of an array that has no blocks. Otherwise windows are whole blocks.
    pub takes_parts: bool,
    /// Whether windows must follow each other as the elements do, the last axis fastest, such as rows of a table.
    pub is_in_order: bool,
}

/// What is done to values by the thread that computed them, before they are stored.
pub(crate) type Prepare<'a> = &'a (dyn Fn(Values) -> Result<Values> + Sync);

/// Bytes of a window for each thread that computes.
const THREAD_BYTES: u64 = 12 << 20;
/// Bytes of a window, unless the blocks are larger.
const LEAST_BYTES: u64 = 16 << 20;
const MOST_BYTES: u64 = 128 << 20;
/// A window takes at most this part of the memory that is left: one is computed while one waits and one is stored, and what
/// computing takes comes to it.
const PART: u64 = 8;
/// Windows that wait to be stored.
const AHEAD: usize = 1;

/// Bytes that a window should have, and may have where the blocks ask for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub usual: u64,
    pub most: u64,
}

impl Room {
    fn now() -> Self {
        let most = limits::available() / PART;
        let usual = (THREAD_BYTES * threads::threads() as u64).clamp(LEAST_BYTES, MOST_BYTES).min(most);
        Self { usual, most }
    }
}

/// The windows in which `plans`, all of one shape, are written into something with this layout.
pub(crate) fn windows(plans: &[Plan], layout: &Layout) -> Vec<Window> {
    windows_in(plans, layout, Room::now())
}

/// Computes the plans, whose reductions are [settled](Plan::settled), and puts them into the sink, window by window as
/// [`windows`] gives them. `step` is called after each.
///
/// # Errors
/// When something cannot be computed or stored, and when Stop is pressed.
pub(crate) fn write_into(
    plans: &[Plan],
    windows: &[Window],
    sink: &mut dyn Sink,
    prepare: Prepare<'_>,
    step: &dyn Fn(),
) -> Result<()> {
    let compute = |window: &Window| -> Result<Vec<Values>> {
        cancel::check()?;
        plans.iter().map(|plan| prepare(plan.part(window)?)).collect()
    };
    // What is in memory is there already; and a thread of the pool, which would wait for the others, does all itself.
    let alone = windows.len() < 2 || plans.iter().all(|plan| !plan.is_lazy()) || crew::number().is_some();
    if alone {
        return windows.iter().try_for_each(|window| {
            sink.put(window, compute(window)?)?;
            step();
            Ok(())
        });
    }
    let here = activity::here();
    let (sender, receiver) = mpsc::sync_channel::<Result<Vec<Values>>>(AHEAD);
    let compute = &compute;
    thread::scope(|scope| {
        let produce = move || {
            let _here = here.as_ref().map(activity::enter);
            for window in windows {
                let values = compute(window);
                let failed = values.is_err();
                // Nobody takes them any more once something could not be stored.
                if sender.send(values).is_err() || failed {
                    break;
                }
            }
            buffers::clear();
        };
        let started = thread::Builder::new().name("lazy-writer".to_owned()).spawn_scoped(scope, produce);
        let producer =
            started.map_err(|error| Error::with_source(ErrorKind::Other, "no thread could be started", error))?;
        let mut outcome = Ok(());
        for window in windows {
            // Ends before its time if the thread unwinds.
            let Ok(values) = receiver.recv() else { break };
            outcome = values.and_then(|values| sink.put(window, values));
            if outcome.is_err() {
                break;
            }
            step();
        }
        drop(receiver);
        if let Err(unwound) = producer.join() {
            resume_unwind(unwound);
        }
        outcome
    })
}

/// Where an axis may be cut.
#[derive(Debug, Clone, PartialEq)]
enum Ends {
    /// After each run of so many.
    Every(usize),
    /// At these positions, ascending, the last of which is the length.
    At(Vec<usize>),
}

impl Ends {
    fn of(cuts: &Cuts) -> Self {
        match cuts {
            Cuts::Free(_) => Self::Every(1),
            Cuts::Blocks(lengths) | Cuts::Chunks(lengths) => {
                let ends = lengths.iter().scan(0, |end, length| {
                    *end += length;
                    Some(*end)
                });
                Self::At(ends.collect())
            }
        }
    }

    /// Where both may be cut.
    fn both(self, other: Self) -> Self {
        match (self, other) {
            (Self::Every(1), ends) | (ends, Self::Every(1)) => ends,
            (Self::Every(a), Self::Every(b)) => Self::Every(a.max(b).max(1)),
            (Self::Every(step), Self::At(ends)) | (Self::At(ends), Self::Every(step)) => {
                let last = ends.last().copied();
                Self::At(ends.into_iter().filter(|end| end % step == 0 || Some(*end) == last).collect())
            }
            (Self::At(ends), Self::At(others)) => {
                Self::At(ends.into_iter().filter(|end| others.binary_search(end).is_ok()).collect())
            }
        }
    }

    /// The longest run that is not cut.
    fn unit(&self, length: usize) -> usize {
        match self {
            Self::Every(step) => (*step).min(length),
            Self::At(ends) => {
                ends.iter().scan(0, |start, &end| Some(end - std::mem::replace(start, end))).max().unwrap_or(0)
            }
        }
    }

    /// Runs of at most `most`, or of a unit where that is longer.
    fn runs(&self, length: usize, most: usize) -> Vec<Range<usize>> {
        let mut runs = Vec::new();
        let mut start = 0;
        match self {
            Self::Every(step) => {
                let run = (most / step.max(&1)).max(1) * step.max(&1);
                while start < length {
                    runs.push(start..(start.saturating_add(run)).min(length));
                    start = start.saturating_add(run);
                }
            }
            Self::At(ends) => {
                let mut last = 0;
                for &end in ends {
                    if end - start > most && last > start {
                        runs.push(start..last);
                        start = last;
                    }
                    last = end;
                }
                if length > start {
                    runs.push(start..length);
                }
            }
        }
        runs
    }
}

pub(super) fn windows_in(plans: &[Plan], layout: &Layout, room: Room) -> Vec<Window> {
    let Some(shape) = plans.first().map(Plan::shape) else { return Vec::new() };
    if shape.contains(&0) {
        return Vec::new();
    }
    let bytes = plans.iter().map(|plan| plan.dtype().size() as u64).sum::<u64>().max(1);
    let elements = |bytes_in_all: u64| usize::try_from(bytes_in_all / bytes).unwrap_or(usize::MAX).max(1);
    let (usual, most) = (elements(room.usual), elements(room.most));
    let of_sink: Vec<Ends> = layout.block.iter().map(|&length| Ends::Every(length.max(1))).collect();
    let mut ends: Vec<Ends> = vec![Ends::Every(1); shape.len()];
    for plan in plans.iter().filter(|plan| plan.is_lazy()) {
        ends = ends.into_iter().zip(chunk::cuts(plan)).map(|(ends, cuts)| ends.both(Ends::of(&cuts))).collect();
    }
    for (ends, sink) in ends.iter_mut().zip(&of_sink) {
        let is_free = matches!(ends, Ends::Every(_));
        if is_free || !layout.takes_parts {
            *ends = std::mem::replace(ends, Ends::Every(1)).both(sink.clone());
        }
    }
    let units =
        |ends: &[Ends]| ends.iter().zip(shape).map(|(ends, &length)| ends.unit(length).max(1)).collect::<Vec<_>>();
    let product = |lengths: &[usize]| lengths.iter().fold(1usize, |all, &length| all.saturating_mul(length));
    // What does not fit is decoded again, the longest runs first; blocks of the sink stay whole.
    while product(&units(&ends)) > most {
        let units = units(&ends);
        let longest = (0..shape.len()).filter(|&axis| ends[axis] != of_sink[axis]).max_by_key(|&axis| units[axis]);
        let Some(axis) = longest else { break };
        ends[axis] = of_sink[axis].clone();
    }
    let units = units(&ends);
    let mut lengths = units.clone();
    if layout.is_in_order {
        // Beyond the first axis of which more than one is taken all are whole.
        let inner = |axis: usize| product(&shape[axis + 1..]);
        let first = (0..shape.len()).find(|&axis| units[axis] > 1 || inner(axis) <= usual).unwrap_or(0);
        for axis in 0..shape.len() {
            lengths[axis] = match axis.cmp(&first) {
                std::cmp::Ordering::Less => 1,
                std::cmp::Ordering::Equal => (usual / inner(axis).max(1)).max(units[axis]).min(shape[axis]),
                std::cmp::Ordering::Greater => shape[axis],
            };
        }
    } else {
        for axis in (0..shape.len()).rev() {
            let others = product(&lengths) / lengths[axis].max(1);
            lengths[axis] = (usual / others.max(1)).clamp(units[axis], shape[axis]);
            if lengths[axis] < shape[axis] {
                break;
            }
        }
    }
    let runs = ends.iter().zip(shape).zip(&lengths).map(|((ends, &length), &most)| ends.runs(length, most));
    runs.fold(vec![Vec::new()], |windows: Vec<Window>, runs| {
        let longer = windows.iter().flat_map(|window| {
            runs.iter().map(|run| window.iter().cloned().chain(std::iter::once(run.clone())).collect())
        });
        longer.collect()
    })
}
