//! A piece of work: how far it has come and, while a client is shown, what each of its threads has done.

use super::lane::Lane;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// One call of `Pool::map`, `compute` and the like, as all its threads share it.
#[derive(Debug)]
pub(crate) struct Work {
    pub label: String,
    pub total: usize,
    start: Instant,
    unit: OnceLock<String>,
    done: AtomicUsize,
    /// Threads that have something to do.
    busy: AtomicUsize,
    /// Bytes that were read and decoded.
    bytes: AtomicU64,
    crew: OnceLock<Crew>,
    recorded: bool,
}

/// The threads that work.
#[derive(Debug)]
struct Crew {
    /// What their names begin with.
    name: &'static str,
    threads: usize,
    /// One for each thread, if the work is recorded.
    lanes: Box<[Mutex<Lane>]>,
}

impl Work {
    /// `recorded`: keep what each thread does.
    pub fn new(label: &str, total: usize, recorded: bool) -> Self {
        Self {
            label: label.to_owned(),
            total,
            start: Instant::now(),
            unit: OnceLock::new(),
            done: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            bytes: AtomicU64::new(0),
            crew: OnceLock::new(),
            recorded,
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Whether what the threads do is kept: only then is it worth finding names for it.
    pub fn is_recorded(&self) -> bool {
        self.recorded
    }

    fn now(&self) -> u64 {
        u64::try_from(self.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// What the steps are; empty if nobody said.
    pub fn unit(&self) -> &str {
        self.unit.get().map_or("", String::as_str)
    }

    pub fn set_unit(&self, unit: &str) {
        // The first word holds.
        let _ = self.unit.set(unit.to_owned());
    }

    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How many threads have something to do, of how many; `None` if the work has no threads of its own.
    pub fn busy(&self) -> Option<(usize, usize)> {
        self.crew.get().map(|crew| (self.busy.load(Ordering::Relaxed).min(crew.threads), crew.threads))
    }

    /// Says which threads will work: `worker-1` to `worker-8`.
    pub fn set_crew(&self, name: &'static str, threads: usize) {
        self.crew.get_or_init(|| {
            let lanes = if self.recorded { threads } else { 0 };
            Crew { name, threads, lanes: (0..lanes).map(|_| Mutex::default()).collect() }
        });
    }

    /// Counts steps as done.
    pub fn step(&self, steps: usize) {
        self.done.fetch_add(steps, Ordering::Relaxed);
    }

    /// Counts bytes as read.
    pub fn read(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// One thread more, or one less, has something to do.
    pub fn count_busy(&self, more: bool) {
        match more {
            true => self.busy.fetch_add(1, Ordering::Relaxed),
            false => self.busy.fetch_sub(1, Ordering::Relaxed),
        };
    }

    /// Changes what is recorded of a thread, at the time that it is now; does nothing if the work is not recorded.
    pub fn record(&self, thread: Option<usize>, change: impl FnOnce(&mut Lane, u64)) {
        let Some(crew) = self.crew.get() else { return };
        if let Some(lane) = thread.and_then(|thread| crew.lanes.get(thread)) {
            change(&mut lane.lock().unwrap_or_else(PoisonError::into_inner), self.now());
        }
    }

    /// The lanes as they are now, each with the name of its thread. None if the work is not recorded.
    pub fn lanes(&self) -> Vec<(String, Lane)> {
        let Some(crew) = self.crew.get() else { return Vec::new() };
        // All are brought up to the same moment, so that their columns stand for the same times.
        let now = self.now();
        let lane = |(n, lane): (usize, &Mutex<Lane>)| {
            let mut lane = lane.lock().unwrap_or_else(PoisonError::into_inner);
            lane.charge(now);
            (format!("{}-{}", crew.name, n + 1), lane.clone())
        };
        crew.lanes.iter().enumerate().map(lane).collect()
    }
}
