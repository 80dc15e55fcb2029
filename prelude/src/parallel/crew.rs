//! Threads that share one job at a time, and do nothing else while they wait for it.
//!
//! A pool that steals work lets a thread that waits take up any other task, also one that wants a lock which the waiting
//! task holds: that never ends. Here a thread inside a job works on that job alone. What keeps jobs within jobs going is
//! that whoever gives a job does it himself where no other thread is free.
//!
//! Threads belong to a process: after a fork the child has none of them, and a crew starts them anew when it is used.

use crate::{Error, ErrorKind, Result};
use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// As much as a main thread has; deep recursion works in a pool as it does in a cell.
const STACK_BYTES: usize = 8 << 20;

/// Threads of one name that wait for jobs. They end with the last clone of the crew.
#[derive(Clone)]
pub(crate) struct Crew(Arc<Members>);

struct Members {
    name: &'static str,
    threads: usize,
    /// What tells crews apart.
    number: usize,
    /// The threads of this process.
    office: Mutex<(u32, Arc<Office>)>,
}

/// Where the threads of a crew find their jobs.
struct Office {
    desk: Mutex<Desk>,
    /// There is a new job, or the crew is at its end.
    jobs: Condvar,
    /// A job was begun or ended.
    news: Condvar,
}

struct Desk {
    jobs: VecDeque<Arc<Job>>,
    /// Threads that wait for a job.
    idle: usize,
    closed: bool,
}

/// One call of [`Crew::run`] or [`Crew::share`].
struct Job {
    /// Lives until the call returns.
    work: &'static (dyn Fn() + Sync),
    state: Mutex<JobState>,
}

#[derive(Default)]
struct JobState {
    /// How many more threads may take it up.
    places: usize,
    /// How many threads are at it, and how many have been.
    running: usize,
    begun: usize,
    panic: Option<Box<dyn Any + Send>>,
}

#[derive(Clone, Copy)]
struct Place {
    crew: usize,
    number: usize,
}

thread_local! {
    /// The crew that this thread works for now, and its number there.
    static PLACE: Cell<Option<Place>> = const { Cell::new(None) };
}

/// The number of this thread among those that work on the same job; `None` outside any job.
pub(crate) fn number() -> Option<usize> {
    PLACE.get().map(|place| place.number)
}

impl Crew {
    /// So many threads, named `name-1`, `name-2`, …; there may be none.
    ///
    /// # Errors
    /// When the system refuses to start that many.
    pub fn new(name: &'static str, threads: usize) -> Result<Self> {
        static CREWS: AtomicUsize = AtomicUsize::new(0);
        let number = CREWS.fetch_add(1, Ordering::Relaxed);
        let office = Office::open(name, threads, number).map_err(|error| {
            Error::with_source(ErrorKind::Other, format!("{threads} threads could not be started"), error)
        })?;
        Ok(Self(Arc::new(Members { name, threads, number, office: Mutex::new((std::process::id(), office)) })))
    }

    /// How many threads there are.
    pub fn threads(&self) -> usize {
        self.0.threads
    }

    /// Does `work` on this thread and on at most `helpers` others at the same time; back when all are done.
    ///
    /// `work` takes what is left of the job until there is nothing left, so it may come late on other threads, or never.
    ///
    /// # Panics
    /// With the panic of `work`, when all threads are done; this thread's own goes first.
    pub fn run(&self, helpers: usize, work: &(dyn Fn() + Sync)) {
        let inside = PLACE.get();
        let here = inside.filter(|place| place.crew == self.0.number);
        let here = here.unwrap_or(Place { crew: self.0.number, number: self.0.threads });
        let helpers = helpers.min(self.0.threads);
        if helpers == 0 {
            let _place = Sits::at(here);
            return work();
        }
        let office = self.office();
        let job = Job::new(helpers, work);
        // Not before the threads are done may this frame go, whatever happens in it.
        let shared = office.give(&job);
        {
            let _place = Sits::at(here);
            work();
        }
        drop(shared);
        job.raise();
    }

    /// Does `work` on as many threads of the crew at the same time, and not on this thread unless it belongs to the crew or
    /// all its threads are at something else; back when all are done.
    ///
    /// # Panics
    /// With the panic of `work`, when all threads are done.
    pub fn share(&self, threads: usize, work: &(dyn Fn() + Sync)) {
        let office = self.office();
        let job = Job::new(threads.min(self.0.threads), work);
        let shared = office.give(&job);
        let belongs = PLACE.get().is_some_and(|place| place.crew == self.0.number);
        if (belongs && job.take()) || office.nobody_comes(&job) {
            job.run(&office);
        }
        drop(shared);
        job.raise();
    }

    /// The threads of this process.
    fn office(&self) -> Arc<Office> {
        let mut office = lock(&self.0.office);
        if office.0 != std::process::id() {
            // The threads stayed in the process that this one was forked from. Without new ones, whoever gives a job does it.
            let Members { name, threads, number, .. } = *self.0;
            let new = Office::open(name, threads, number).unwrap_or_else(|_| Office::empty());
            // What the old threads held is theirs: it is left as it stands.
            std::mem::forget(std::mem::replace(&mut *office, (std::process::id(), new)));
        }
        office.1.clone()
    }
}

impl Drop for Members {
    fn drop(&mut self) {
        let (process, office) = self.office.get_mut().unwrap_or_else(PoisonError::into_inner);
        if *process == std::process::id() {
            office.close();
        }
    }
}

impl Office {
    fn empty() -> Arc<Self> {
        let desk = Desk { jobs: VecDeque::new(), idle: 0, closed: false };
        Arc::new(Self { desk: Mutex::new(desk), jobs: Condvar::new(), news: Condvar::new() })
    }

    fn open(name: &str, threads: usize, crew: usize) -> std::io::Result<Arc<Self>> {
        let office = Self::empty();
        for number in 0..threads {
            let own = office.clone();
            let work = move || {
                PLACE.set(Some(Place { crew, number }));
                own.serve();
            };
            let thread = std::thread::Builder::new().name(format!("{name}-{}", number + 1)).stack_size(STACK_BYTES);
            if let Err(error) = thread.spawn(work) {
                office.close();
                return Err(error);
            }
            // A thread that was started is one that will come.
            lock(&office.desk).idle += 1;
        }
        Ok(office)
    }

    fn close(&self) {
        lock(&self.desk).closed = true;
        self.jobs.notify_all();
    }

    /// What a thread does all its life.
    fn serve(&self) {
        let mut desk = lock(&self.desk);
        loop {
            let Some(job) = desk.jobs.iter().find(|job| job.take()).cloned() else {
                if desk.closed {
                    return;
                }
                desk = self.jobs.wait(desk).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            desk.idle -= 1;
            drop(desk);
            self.news.notify_all();
            job.run(self);
            desk = lock(&self.desk);
            desk.idle += 1;
        }
    }

    fn give<'a>(&'a self, job: &'a Arc<Job>) -> Given<'a> {
        let mut desk = lock(&self.desk);
        desk.jobs.push_back(job.clone());
        drop(desk);
        self.jobs.notify_all();
        Given { office: self, job }
    }

    /// Waits until a thread has taken up the job; true if none is free to come, and then the place is the caller's.
    fn nobody_comes(&self, job: &Job) -> bool {
        let mut desk = lock(&self.desk);
        loop {
            if lock(&job.state).begun > 0 {
                return false;
            }
            if desk.idle == 0 {
                return job.take();
            }
            desk = self.news.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A job on the desk. When this goes, the job is off the desk and no thread is at it.
struct Given<'a> {
    office: &'a Office,
    job: &'a Arc<Job>,
}

impl Drop for Given<'_> {
    fn drop(&mut self) {
        let mut desk = lock(&self.office.desk);
        // Who gave it stays while places are free that somebody may still come for: only a job in work is waited for.
        while lock(&self.job.state).running > 0 {
            desk = self.office.news.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
        desk.jobs.retain(|job| !Arc::ptr_eq(job, self.job));
    }
}

impl Job {
    fn new(places: usize, work: &(dyn Fn() + Sync)) -> Arc<Self> {
        // SAFETY: threads find the job on the desk alone, where a `Given` has put it, and each calls `work` between `take` and
        // the end of `run`. `Given` takes the job off the desk when no thread is at it, and is dropped, also by unwinding,
        // before the call that borrows `work` returns.
        let work = unsafe { std::mem::transmute::<&(dyn Fn() + Sync), &'static (dyn Fn() + Sync)>(work) };
        Arc::new(Self { work, state: Mutex::new(JobState { places, ..JobState::default() }) })
    }

    /// Takes a place, if one is free. The thread that took it calls [`run`](Job::run).
    fn take(&self) -> bool {
        let mut state = lock(&self.state);
        if state.places == 0 {
            return false;
        }
        state.places -= 1;
        state.running += 1;
        state.begun += 1;
        true
    }

    fn run(&self, office: &Office) {
        let result = catch_unwind(AssertUnwindSafe(self.work));
        // Under the desk's lock: whoever waits for this looks at the job while he holds it.
        let desk = lock(&office.desk);
        let mut state = lock(&self.state);
        state.running -= 1;
        // When one thread is done, nothing is left to be taken.
        state.places = 0;
        if let Err(payload) = result {
            state.panic.get_or_insert(payload);
        }
        drop((state, desk));
        office.news.notify_all();
    }

    /// Goes on with the panic of a thread.
    fn raise(&self) {
        let panic = lock(&self.state).panic.take();
        if let Some(payload) = panic {
            resume_unwind(payload);
        }
    }
}

/// While this thread has a place at a job.
struct Sits(Option<Place>);

impl Sits {
    fn at(place: Place) -> Self {
        Self(PLACE.replace(Some(place)))
    }
}

impl Drop for Sits {
    fn drop(&mut self) {
        PLACE.set(self.0);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::sync::Barrier;

    fn names(crew: &Crew, job: impl FnOnce(&Crew, &(dyn Fn() + Sync)), meet: usize) -> HashSet<String> {
        let (names, barrier) = (Mutex::new(HashSet::new()), Barrier::new(meet));
        job(crew, &|| {
            barrier.wait();
            lock(&names).insert(std::thread::current().name().unwrap_or_default().to_owned());
        });
        names.into_inner().unwrap()
    }

    #[test]
    fn threads_share_a_job_and_the_giver_waits_or_takes_part() {
        let crew = Crew::new("hand", 2).unwrap();
        let own = std::thread::current().name().unwrap().to_owned();
        let shared = names(&crew, |crew, work| crew.share(2, work), 2);
        assert_eq!(shared, ["hand-1", "hand-2"].map(str::to_owned).into());
        let run = names(&crew, |crew, work| crew.run(2, work), 3);
        assert_eq!(run, ["hand-1".to_owned(), "hand-2".to_owned(), own].into());
    }

    #[test]
    fn each_thread_at_a_job_has_a_number_of_its_own() {
        let crew = Crew::new("hand", 2).unwrap();
        let (numbers, barrier) = (Mutex::new(Vec::new()), Barrier::new(3));
        crew.run(2, &|| {
            barrier.wait();
            lock(&numbers).push(number());
        });
        let mut numbers = numbers.into_inner().unwrap();
        numbers.sort();
        assert_eq!((numbers, number()), (vec![Some(0), Some(1), Some(2)], None));
    }

    #[test]
    fn a_job_given_by_a_thread_of_the_crew_is_done_though_all_are_at_work() {
        let crew = Crew::new("hand", 2).unwrap();
        let (done, both) = (AtomicUsize::new(0), Barrier::new(2));
        crew.share(2, &|| {
            both.wait();
            crew.share(2, &|| {
                crew.run(2, &|| {
                    done.fetch_add(1, Ordering::Relaxed);
                });
            });
        });
        assert!(done.into_inner() >= 2);
    }

    #[test]
    fn a_job_given_from_elsewhere_is_done_though_all_threads_wait_for_a_lock_of_its_giver() {
        let crew = Crew::new("hand", 1).unwrap();
        let (gate, begun) = (Mutex::new(()), Barrier::new(2));
        let held = lock(&gate);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                crew.share(1, &|| {
                    begun.wait();
                    drop(lock(&gate));
                });
            });
            begun.wait();
            let done = AtomicUsize::new(0);
            crew.share(1, &|| {
                done.fetch_add(1, Ordering::Relaxed);
            });
            assert_eq!(done.into_inner(), 1);
            drop(held);
        });
    }

    #[test]
    fn a_panic_reaches_the_giver_when_all_are_done_and_the_crew_works_on() {
        let crew = Crew::new("hand", 2).unwrap();
        for share in [true, false] {
            let done = AtomicUsize::new(0);
            let work = || {
                if done.fetch_add(1, Ordering::SeqCst) == 0 {
                    resume_unwind(Box::new("bad"));
                }
            };
            let caught =
                catch_unwind(AssertUnwindSafe(|| if share { crew.share(2, &work) } else { crew.run(2, &work) }));
            assert_eq!(caught.unwrap_err().downcast_ref::<&str>(), Some(&"bad"));
            let after = AtomicUsize::new(0);
            crew.share(2, &|| {
                after.fetch_add(1, Ordering::Relaxed);
            });
            assert!(after.into_inner() >= 1);
        }
    }

    #[test]
    fn threads_end_with_their_crew() {
        let threads = || {
            let entries = std::fs::read_dir("/proc/self/task").unwrap().flatten();
            let name =
                |entry: std::fs::DirEntry| std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            entries.map(name).filter(|name| name.starts_with("leaves-")).count()
        };
        let crew = Crew::new("leaves", 3).unwrap();
        let all = Barrier::new(3);
        crew.share(3, &|| {
            all.wait();
        });
        assert_eq!(threads(), 3);
        drop(crew);
        let begun = std::time::Instant::now();
        while threads() > 0 && begun.elapsed().as_secs() < 60 {
            std::thread::yield_now();
        }
        assert_eq!(threads(), 0);
    }

    #[test]
    fn a_forked_process_has_threads_of_its_own() {
        let crew = Crew::new("hand", 2).unwrap();
        crew.share(2, &|| {});
        // SAFETY: the child calls nothing but the crew and leaves at once; no other thread's lock is needed for that but the
        // allocator's, which the C library hands over in a fork.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let (done, barrier) = (AtomicUsize::new(0), Barrier::new(2));
            crew.share(2, &|| {
                barrier.wait();
                done.fetch_add(1, Ordering::Relaxed);
            });
            // SAFETY: ends the process without what its parent has left to do.
            unsafe { libc::_exit(i32::from(done.into_inner() != 2)) };
        }
        let mut status = 0;
        // SAFETY: `child` is ours and `status` is there to be written.
        let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!((waited, status), (child, 0));
    }
}
