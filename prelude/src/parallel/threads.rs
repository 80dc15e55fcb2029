//! The threads that evaluate plans: one crew per process, of a size that the user may set.

use super::crew::Crew;
use crate::parallel::{Doing, Name, activity};
use crate::values::buffers;
use crate::{Error, ErrorKind, Result, cancel};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// What was set, and the threads once they were needed.
#[derive(Default)]
struct Setting {
    threads: Option<usize>,
    crew: Option<Crew>,
}

static SETTING: Mutex<Setting> = Mutex::new(Setting { threads: None, crew: None });

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the names of the threads begin with.
const THREAD: &str = "lazy";

/// Sets how many threads evaluate plans from now on. What runs already keeps its threads.
///
/// # Errors
/// When `threads` is 0, or the system cannot start so many.
pub fn set_threads(threads: usize) -> Result<()> {
    if threads == 0 {
        return Err(Error::new(ErrorKind::InvalidArgument, "0 threads compute nothing: ask for 1 or more"));
    }
    // Whoever asks for a plan takes part, so one thread less is started.
    let crew = Crew::new(THREAD, threads - 1)?;
    *lock(&SETTING) = Setting { threads: Some(threads), crew: Some(crew) };
    Ok(())
}

/// How many threads evaluate plans.
pub fn threads() -> usize {
    lock(&SETTING).threads.unwrap_or_else(super::cpus)
}

/// The threads beside the caller.
fn crew() -> Result<Crew> {
    let mut setting = lock(&SETTING);
    if let Some(crew) = &setting.crew {
        return Ok(crew.clone());
    }
    let threads = setting.threads.unwrap_or_else(super::cpus);
    let crew = Crew::new(THREAD, threads - 1)?;
    *setting = Setting { threads: Some(threads), crew: Some(crew.clone()) };
    Ok(crew)
}

/// Runs `work` on each task, taken in order by whichever of so many threads is free, this one among them, as a part of what
/// the caller works on.
///
/// In order, because neighbouring windows share files and pages.
///
/// # Errors
/// That of the earliest task that failed; tasks after it are not begun. When the threads cannot be started.
///
/// # Panics
/// With the panic of a task; no other is begun after it.
pub(crate) fn for_each<T: Send>(threads: usize, tasks: Vec<T>, work: &(dyn Fn(T) -> Result<()> + Sync)) -> Result<()> {
    let (here, all) = (activity::here(), tasks.len());
    if let Some(here) = &here {
        here.set_crew(THREAD, threads);
    }
    let work = |n, task| {
        let _item = activity::item(Doing::Computing, Name::Window(n, all));
        work(task)
    };
    if all == 0 {
        return Ok(());
    }
    // Where nobody looks, what one thread does by itself needs no place among the others.
    let threads = threads.clamp(1, all);
    if threads == 1 && here.is_none() {
        return tasks.into_iter().enumerate().try_for_each(|(n, task)| work(n, task));
    }
    let crew = crew()?;
    let queue = Mutex::new(tasks.into_iter().enumerate());
    let failure: Mutex<Option<(usize, Error)>> = Mutex::new(None);
    let unwound = AtomicBool::new(false);
    let is_over = || unwound.load(Ordering::Relaxed) || lock(&failure).is_some();
    let next = || if is_over() { None } else { lock(&queue).next() };
    crew.run(threads - 1, &|| {
        let _here = here.as_ref().map(activity::enter);
        let _busy = activity::busy();
        // A thread that waits keeps no memory; the caller's has to be gone when its computation is.
        let _spare = Spare;
        let ends_all = EndsAll(&unwound);
        while let Some((n, task)) = next() {
            if let Err(error) = work(n, task) {
                let mut failure = lock(&failure);
                if failure.as_ref().is_none_or(|(earlier, _)| n < *earlier) {
                    *failure = Some((n, error));
                }
            }
        }
        std::mem::forget(ends_all);
    });
    match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some((_, error)) => Err(error),
        None => Ok(()),
    }
}

/// In how many parts work without blocks of its own is cut for each thread: the last ones end together, and Stop is soon seen.
const PARTS: usize = 8;

/// What `work` gives for each part of `0..length`, in order. How it is cut depends on the number of threads, so what is made of
/// the answers may not.
///
/// For work that has no error of its own. Stop unwinds. Where no thread can be started, this one does it all.
pub(crate) fn map_parts<R: Send + Sync>(length: usize, work: &(dyn Fn(Range<usize>) -> R + Sync)) -> Vec<R> {
    let threads = threads();
    let parts = (threads * PARTS).min(length);
    let part = |n: usize| length * n / parts..length * (n + 1) / parts;
    let given: Vec<OnceLock<R>> = (0..parts).map(|_| OnceLock::new()).collect();
    let fill = |n: usize| {
        cancel::check()?;
        // Each part is a task once.
        let _ = given[n].set(work(part(n)));
        Ok(())
    };
    let outcome = for_each(threads, (0..parts).collect(), &fill);
    cancel::checkpoint();
    let answers = given.into_iter().map(OnceLock::into_inner);
    match outcome {
        Ok(()) => answers.flatten().collect(),
        // Threads could not be started, or Stop came where nothing may unwind: the work is done to its end.
        Err(_) => answers.enumerate().map(|(n, answer)| answer.unwrap_or_else(|| work(part(n)))).collect(),
    }
}

/// Drops the thread's spare buffers, also when its work unwinds.
struct Spare;

impl Drop for Spare {
    fn drop(&mut self) {
        buffers::clear();
    }
}

/// Says that the work of a thread unwound, unless it is forgotten first.
struct EndsAll<'a>(&'a AtomicBool);

impl Drop for EndsAll<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn after_a_panic_no_further_task_is_begun() {
        const TASKS: usize = 5000;
        let (unwinds, begun) = (AtomicBool::new(false), AtomicUsize::new(0));
        let work = |n: usize| -> Result<()> {
            if n == 0 {
                unwinds.store(true, Ordering::SeqCst);
                resume_unwind(Box::new("bad"));
            }
            while !unwinds.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            begun.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(std::time::Duration::from_millis(1));
            Ok(())
        };
        let caught = catch_unwind(AssertUnwindSafe(|| for_each(3, (0..TASKS).collect(), &work)));
        assert_eq!(caught.unwrap_err().downcast_ref::<&str>(), Some(&"bad"));
        assert!(begun.into_inner() < TASKS / 2);
    }

    #[test]
    fn parts_come_in_order_and_hold_everything_once() {
        for length in [0, 1, 2, 7, 1000] {
            let parts = map_parts(length, &|part| part.collect::<Vec<usize>>());
            assert!(parts.iter().all(|part| !part.is_empty()));
            assert_eq!(parts.concat(), (0..length).collect::<Vec<usize>>());
        }
    }

    #[test]
    fn work_in_parts_may_be_cut_in_parts_again() {
        let sums = map_parts(20, &|outer| map_parts(10, &|inner| inner.len()).into_iter().sum::<usize>() * outer.len());
        assert_eq!(sums.into_iter().sum::<usize>(), 200);
    }
}
