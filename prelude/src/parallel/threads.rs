//! The threads that evaluate plans: one pool per process, of a size that the user may set.

use crate::parallel::{Doing, Name, activity};
use crate::{Error, ErrorKind, Result};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::{Arc, Mutex, MutexGuard};

static POOL: Mutex<Option<Arc<ThreadPool>>> = Mutex::new(None);

fn lock() -> MutexGuard<'static, Option<Arc<ThreadPool>>> {
    POOL.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// What the names of the threads begin with.
const THREAD: &str = "lazy";

fn build(threads: usize) -> Result<Arc<ThreadPool>> {
    let name = |n| format!("{THREAD}-{}", n + 1);
    let pool = ThreadPoolBuilder::new().num_threads(threads).thread_name(name).build();
    let failed = |error| Error::with_source(ErrorKind::Other, format!("cannot start {threads} threads"), error);
    pool.map(Arc::new).map_err(failed)
}

fn pool() -> Result<Arc<ThreadPool>> {
    let mut slot = lock();
    if let Some(pool) = &*slot {
        return Ok(pool.clone());
    }
    let pool = build(crate::parallel::cpus())?;
    *slot = Some(pool.clone());
    Ok(pool)
}

/// Sets how many threads evaluate plans from now on. What runs already keeps its threads.
///
/// # Errors
/// When `threads` is 0, or the system cannot start so many.
pub fn set_threads(threads: usize) -> Result<()> {
    if threads == 0 {
        return Err(Error::new(ErrorKind::InvalidArgument, "0 threads compute nothing: ask for 1 or more"));
    }
    let pool = build(threads)?;
    *lock() = Some(pool);
    Ok(())
}

/// How many threads evaluate plans.
pub fn threads() -> usize {
    pool().map_or(1, |pool| pool.current_num_threads())
}

/// Runs `work` where rayon's parallel calls use the pool of [`set_threads`], as a part of what the caller works on.
///
/// # Errors
/// When the threads cannot be started.
pub fn install<R: Send>(work: impl FnOnce() -> R + Send) -> Result<R> {
    let pool = pool()?;
    let Some(here) = activity::here() else { return Ok(pool.install(work)) };
    here.set_crew(THREAD, pool.current_num_threads());
    Ok(pool.install(|| {
        let _here = activity::enter(&here);
        work()
    }))
}

/// Runs `work` on each task, taken in order by whichever thread is free. The error of the
/// earliest task that failed comes back; tasks after it are not begun.
///
/// Called within [`install`]. In order, because neighbouring windows share files and
/// pages, and rayon's own splitting would start at both ends.
pub(crate) fn for_each<T: Send>(tasks: Vec<T>, work: &(dyn Fn(T) -> Result<()> + Sync)) -> Result<()> {
    let (here, all) = (activity::here(), tasks.len());
    let work = |n, task| {
        let _item = activity::item(Doing::Computing, Name::Window(n, all));
        work(task)
    };
    let workers = rayon::current_num_threads().min(all);
    if workers <= 1 {
        let _busy = activity::busy();
        return tasks.into_iter().enumerate().try_for_each(|(n, task)| work(n, task));
    }
    let queue = Mutex::new(tasks.into_iter().enumerate());
    let failure: Mutex<Option<(usize, Error)>> = Mutex::new(None);
    let next = || {
        let failed = failure.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).is_some();
        if failed { None } else { queue.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).next() }
    };
    rayon::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|_| {
                let _here = here.as_ref().map(activity::enter);
                let _busy = activity::busy();
                while let Some((n, task)) = next() {
                    if let Err(error) = work(n, task) {
                        let mut failure = failure.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                        if failure.as_ref().is_none_or(|(earlier, _)| n < *earlier) {
                            *failure = Some((n, error));
                        }
                    }
                }
            });
        }
    });
    match failure.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) {
        Some((_, error)) => Err(error),
        None => Ok(()),
    }
}
