//! Stop, as the loops of one object see it.
//!
//! Each cell's object has a [`Stop`] of its own, and its guards look at nothing else. An object outlives its cell: threads that
//! the cell left behind run in it, and later cells call its closures and methods through `dyn`. So when a cell is
//! stopped, every object's [`Stop`] is raised, and a look that finds one raised decides by the thread it is on: threads of the
//! cell that was stopped end, all others go on. When the cell has ended only its own stays raised, for the threads it left.

use super::may_unwind;
use super::registers::{self, is_to_end};
use crate::cancel;
use std::collections::HashSet;
use std::hint::cold_path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

/// Whether the loops of an object must look closer. Each cell's object has one, at its root.
#[derive(Debug)]
#[repr(transparent)]
pub struct Stop(AtomicU8);

/// The cell that the object was made for was stopped.
const OF_ITS_CELL: u8 = 1;
/// The cell that runs was stopped, whichever it is.
const OF_THE_RUNNING_CELL: u8 = 2;

impl Stop {
    /// Nobody has pressed Stop.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self(AtomicU8::new(0))
    }

    /// One that makes everybody look closer, and ends nobody.
    #[cfg(test)]
    pub(super) const fn raised_for_nobody() -> Self {
        Self(AtomicU8::new(OF_THE_RUNNING_CELL))
    }

    fn raise(&self, what: u8) {
        self.0.fetch_or(what, Ordering::SeqCst);
    }

    fn lower(&self, what: u8) {
        self.0.fetch_and(!what, Ordering::SeqCst);
    }
}

/// The cell that runs, and what has run so far.
struct Cells {
    /// None between cells.
    running: Option<u64>,
    /// The last cell that has ended.
    ended: u64,
    /// The last cell that was stopped.
    stopped: u64,
    /// The objects of all cells. They are never unloaded.
    objects: Vec<&'static Stop>,
    /// The object of the running cell, once its function has begun.
    own: Option<&'static Stop>,
    /// The thread that cells run on.
    thread: Option<ThreadId>,
    /// The threads that were there when the running cell began.
    earlier: HashSet<i32>,
}

static CELLS: Mutex<Option<Cells>> = Mutex::new(None);

struct Locked(MutexGuard<'static, Option<Cells>>);

impl Locked {
    fn cells(&mut self) -> &mut Cells {
        self.0.get_or_insert_with(|| Cells {
            running: None,
            ended: 0,
            stopped: 0,
            objects: Vec::new(),
            own: None,
            thread: None,
            earlier: HashSet::new(),
        })
    }
}

fn lock() -> Locked {
    Locked(CELLS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Called first by each cell's function: `stop` is that of its object.
pub fn begin(stop: &'static Stop) {
    registers::prepare();
    let mut locked = lock();
    let cells = locked.cells();
    // The object of a cell that runs again is the same one.
    if !cells.objects.iter().any(|known| std::ptr::eq(*known, stop)) {
        cells.objects.push(stop);
    }
    stop.lower(OF_ITS_CELL);
    cells.own = Some(stop);
    if cells.running == Some(cells.stopped) {
        stop.raise(OF_ITS_CELL | OF_THE_RUNNING_CELL);
    }
}

/// The calling thread runs the cell `number` from now on. Numbers begin with 1 and grow.
pub(crate) fn start_cell(number: u64) {
    let earlier = threads();
    let mut locked = lock();
    let cells = locked.cells();
    cells.running = Some(number);
    cells.own = None;
    cells.thread = Some(std::thread::current().id());
    cells.earlier = earlier;
    cancel::runs(Some(number));
    if cells.stopped == number {
        cells.objects.iter().for_each(|object| object.raise(OF_THE_RUNNING_CELL));
    }
}

/// The cell that runs is over, and Stop with it.
pub(crate) fn end_cell() {
    let mut locked = lock();
    let cells = locked.cells();
    cancel::runs(None);
    cells.ended = cells.running.take().unwrap_or(cells.ended);
    cells.own = None;
    cells.objects.iter().for_each(|object| object.lower(OF_THE_RUNNING_CELL));
}

/// Stops the cell `number`, whether it runs or is still to begin. False if it is over already.
pub(crate) fn interrupt(number: u64) -> bool {
    let mut locked = lock();
    let cells = locked.cells();
    if number <= cells.ended {
        return false;
    }
    cells.stopped = number;
    cancel::stop(number);
    if cells.running == Some(number) {
        cells.objects.iter().for_each(|object| object.raise(OF_THE_RUNNING_CELL));
        if let Some(own) = cells.own {
            own.raise(OF_ITS_CELL);
        }
    }
    true
}

/// Ends the cell, or the thread that it has left behind, if Stop was pressed for it.
#[inline(always)]
pub fn check(stop: &'static Stop) {
    if stop.0.load(Ordering::Relaxed) != 0 {
        cold_path();
        if is_to_end(stop) {
            cancel::unwind();
        }
    }
}

/// Whether Stop is for the calling thread and this may be unwound.
pub(super) fn ends_the_caller(stop: &'static Stop) -> bool {
    // Asked first: a long loop of a destructor would otherwise wait for the lock in each turn.
    may_unwind() && ends_here(stop)
}

/// Whether Stop is for the calling thread.
fn ends_here(stop: &'static Stop) -> bool {
    let mut locked = lock();
    let cells = locked.cells();
    if cells.running.is_some() && works_for_the_running_cell(cells) {
        cancel::is_cancelled()
    } else {
        stop.0.load(Ordering::SeqCst) & OF_ITS_CELL != 0
    }
}

/// Whether a thread of this name outlives cells and serves the one that runs: those of pools and of lazy arrays do.
pub(crate) fn serves_cells(name: &str) -> bool {
    ["worker-", "lazy-"].iter().any(|crew| name.starts_with(crew))
}

/// Whether the calling thread runs the cell, serves it in a pool, or was begun by it.
fn works_for_the_running_cell(cells: &Cells) -> bool {
    let thread = std::thread::current();
    cells.thread == Some(thread.id())
        || thread.name().is_some_and(serves_cells)
        || !cells.earlier.contains(&own_number())
}

/// The system's number of the calling thread.
fn own_number() -> i32 {
    // SAFETY: no preconditions.
    unsafe { libc::gettid() }
}

/// The system's numbers of all threads. Where they cannot be had, no thread counts as left by an earlier cell.
fn threads() -> HashSet<i32> {
    let entries = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;
    use std::sync::mpsc;

    fn one_after_another() {
        let ends = |stop: &'static Stop| catch_unwind(|| check(stop)).is_err();
        static FIRST: Stop = Stop::new();
        static SECOND: Stop = Stop::new();

        // Early: after "run", before the cell's function has begun.
        assert!(interrupt(1));
        start_cell(1);
        begin(&FIRST);
        assert!(ends(&FIRST) && cancel::is_cancelled(), "a Stop that came before the function began is not lost");
        end_cell();
        assert!(!cancel::is_cancelled(), "Stop ends with its cell");
        assert!(!interrupt(1), "a late Stop stops nothing");
        start_cell(2);
        begin(&SECOND);
        assert!(!cancel::is_cancelled() && !ends(&SECOND));
        assert!(!ends(&FIRST), "a closure of a cell that was stopped can be called by the next one");

        // A thread that cell 2 leaves behind, and a pool's thread.
        let left = Asked::spawn("left");
        let pool = Asked::spawn("worker-0");
        end_cell();
        start_cell(3);
        static THIRD: Stop = Stop::new();
        begin(&THIRD);
        assert!(interrupt(3));
        assert!(ends(&THIRD));
        assert!(ends(&SECOND), "a closure of an earlier cell listens to the Stop of the cell that calls it");
        assert!(!left.ends(&SECOND), "a thread that an earlier cell left is not stopped with a later cell");
        assert!(pool.ends(&SECOND) && pool.ends(&THIRD));
        let own = Asked::spawn("own");
        assert!(own.ends(&THIRD));
        end_cell();
        assert!(own.ends(&THIRD), "a thread of the cell that was stopped ends even after it");
        start_cell(4);
        begin(&SECOND);
        assert!(own.ends(&THIRD) && !ends(&THIRD) && !ends(&SECOND) && !pool.ends(&THIRD));
        assert!(!interrupt(3) && !cancel::is_cancelled());

        // No frame is unwound that may not be.
        assert!(interrupt(4) && ends(&SECOND));
        let below = super::super::NoUnwind::new();
        assert!(!ends(&SECOND));
        cancel::checkpoint();
        drop(below);
        assert!(ends(&SECOND));
        end_cell();
    }

    /// A thread that looks when it is asked to, and says whether it would have ended.
    struct Asked(mpsc::Sender<&'static Stop>, mpsc::Receiver<bool>);

    impl Asked {
        fn spawn(name: &str) -> Self {
            let (ask, asked) = mpsc::channel::<&'static Stop>();
            let (answer, answers) = mpsc::channel();
            let looks = move || {
                for stop in asked {
                    let _ = answer.send(catch_unwind(|| check(stop)).is_err());
                }
            };
            std::thread::Builder::new().name(name.into()).spawn(looks).unwrap();
            Self(ask, answers)
        }

        fn ends(&self, stop: &'static Stop) -> bool {
            self.0.send(stop).unwrap();
            self.1.recv().unwrap()
        }
    }

    #[test]
    fn stop_is_of_one_cell_and_its_threads() {
        // Other tests must not meet a cell that was stopped.
        crate::runtime::alone::alone("guard::stop::tests::stop_is_of_one_cell_and_its_threads", one_after_another);
    }
}
