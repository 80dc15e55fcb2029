//! A pool of threads that maps a function over items.

use super::client::view;
use super::crew::Crew;
use super::items::{self, Items};
use super::map::Map;
use super::{Progress, cancel};
use crate::display::{MimeBundle, Show, impl_show};
use crate::{Error, ErrorKind, Result};
use std::fmt::{self, Debug, Write as _};
use std::sync::{Mutex, PoisonError};

/// Threads of one pool at most: beyond this a typing error is more likely than a plan.
const MOST_THREADS: usize = 1024;
/// What the names of the threads begin with.
const THREAD: &str = "worker";
/// Characters of an item shown in an error.
const ITEM_SHOWN: usize = 120;

/// A fixed number of threads, named `worker-1`, `worker-2`, …, that share memory with the cell.
///
/// Items are taken in order by whichever thread is free; results come back in the order of the
/// items. There may be more threads than processors. A pool is cheap to clone and ends with its last clone.
///
/// ```
/// # fn main() -> isopleth::Result<()> {
/// let pool = isopleth::parallel::Pool::new(4)?;
/// assert_eq!(pool.map(&[1, 2, 3], |n| n * n)?, [1, 4, 9]);
/// # Ok(()) }
/// ```
///
/// A function that can fail goes to [`try_map`](Pool::try_map), which stops at the first error:
///
/// ```
/// # use isopleth::{Error, ErrorKind, Result, parallel::Pool};
/// # fn main() -> Result<()> {
/// let pool = Pool::new(2)?;
/// fn root(n: &f64) -> Result<f64> {
///     if *n >= 0.0 { Ok(n.sqrt()) } else { Err(Error::new(ErrorKind::InvalidArgument, "it is negative")) }
/// }
/// assert_eq!(pool.try_map(&[1.0, 4.0], root)?, [1.0, 2.0]);
/// let error = pool.try_map(&[1.0, -4.0], root).unwrap_err();
/// assert_eq!(error.to_string(), "item 1 (-4.0): it is negative");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Pool(Crew);

impl Pool {
    /// A pool of `threads` threads. There may be more of them than processors.
    ///
    /// # Errors
    /// If `threads` is 0 or above 1024, or the system refuses to start that many.
    pub fn new(threads: usize) -> Result<Self> {
        if threads == 0 || threads > MOST_THREADS {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                format!("a pool of {threads} threads: use 1 to {MOST_THREADS}; this process may use {}", super::cpus()),
            ));
        }
        Crew::new(THREAD, threads).map(Self)
    }

    /// How many threads there are.
    pub fn threads(&self) -> usize {
        self.0.threads()
    }

    /// `f` of every item, computed in parallel, in the order of `items`.
    ///
    /// Work longer than a second shows its progress. Stop ends it after the items under way.
    ///
    /// # Errors
    /// None of its own; what `f` returns is in the vector, errors included.
    ///
    /// # Panics
    /// If `f` panics for an item, with that panic's message and the item's index.
    pub fn map<T: Sync, R: Send>(&self, items: &[T], f: impl Fn(&T) -> R + Sync) -> Result<Vec<R>> {
        let all = Items {
            label: "pool.map",
            unit: items::unit_of(items::type_of::<T>()),
            total: items.len(),
            show: &|index| items::shown(&items[index]),
        };
        self.collect_items(&all, &|index| Ok(f(&items[index]))).map_err(|(_, error)| error)
    }

    /// [`map`](Pool::map) for a function that can fail.
    ///
    /// # Errors
    /// The error of the first item, in the order of `items`, for which `f` failed. Items that no thread
    /// had begun by then are left out.
    ///
    /// # Panics
    /// As [`map`](Pool::map).
    pub fn try_map<T: Sync + Debug, R: Send>(&self, items: &[T], f: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
        let all = Items {
            label: "pool.try_map",
            unit: items::unit_of(items::type_of::<T>()),
            total: items.len(),
            show: &|index| Some(&items[index]),
        };
        self.collect_items(&all, &|index| f(&items[index])).map_err(|(index, error)| named(index, &items[index], error))
    }

    /// What `job` gives for every index below `total`, in order; otherwise as [`run`](Pool::run).
    pub(crate) fn collect<R: Send>(
        &self,
        label: &str,
        total: usize,
        job: &(dyn Fn(usize) -> Result<R> + Sync),
    ) -> Result<Vec<R>, (usize, Error)> {
        self.collect_items(&Items { label, unit: "files", total, show: &|_| None }, job)
    }

    fn collect_items<R: Send>(
        &self,
        items: &Items<'_>,
        job: &(dyn Fn(usize) -> Result<R> + Sync),
    ) -> Result<Vec<R>, (usize, Error)> {
        let slots = slots(items.total);
        self.run(items, &|index| job(index).map(|result| fill(&slots[index], result)))?;
        Ok(collect(slots))
    }

    /// Calls `job` with the index of every item, on all threads; the core of the maps.
    ///
    /// Unwinds with [`Cancelled`](cancel::Cancelled) if Stop was pressed, and with the message of a job that panicked.
    ///
    /// # Errors
    /// The failed job with the lowest index, and that index: jobs start in order and each that
    /// was started is finished, so it is the same one on every run.
    pub(crate) fn run(
        &self,
        items: &Items<'_>,
        job: &(dyn Fn(usize) -> Result<()> + Sync),
    ) -> Result<(), (usize, Error)> {
        cancel::checkpoint();
        let total = items.total;
        if total == 0 {
            return Ok(());
        }
        let progress = Progress::new(items.label, total).unit(items.unit);
        progress.work().set_crew(THREAD, self.threads());
        let map = Map::new(items, job, &progress);
        self.0.share(total, &|| map.take_items());
        map.outcome()?;
        cancel::checkpoint();
        progress.finish();
        Ok(())
    }
}

impl Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool: {}", view::about(self.threads()))
    }
}

impl Show for Pool {
    fn mime_bundle(&self) -> MimeBundle {
        view::pool(self.threads(), format!("{self:?}"))
    }
}
impl_show!(Pool);

#[cold]
fn named(index: usize, item: &dyn Debug, error: Error) -> Error {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(text, "{item:?}");
    if text.chars().count() > ITEM_SHOWN {
        text = text.chars().take(ITEM_SHOWN).chain(['…']).collect();
    }
    error.context(format!("item {index} ({text})"))
}

type Slot<R> = Mutex<Option<R>>;

fn slots<R>(count: usize) -> Vec<Slot<R>> {
    (0..count).map(|_| Mutex::new(None)).collect()
}

fn fill<R>(slot: &Slot<R>, value: R) {
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
}

/// Every slot is filled when `run` returned without an error.
fn collect<R>(slots: Vec<Slot<R>>) -> Vec<R> {
    slots.into_iter().filter_map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn results_keep_the_order_of_the_items() {
        let pool = Pool::new(3).unwrap();
        let items: Vec<u64> = (0..50).collect();
        let slow_first = |n: &u64| {
            std::thread::sleep(Duration::from_millis(if *n < 3 { 20 } else { 0 }));
            n * 2
        };
        let expected: Vec<u64> = items.iter().map(|n| n * 2).collect();
        assert_eq!(pool.map(&items, slow_first).unwrap(), expected);
    }

    #[test]
    fn threads_are_named_workers_and_all_take_part() {
        let pool = Pool::new(3).unwrap();
        // Each item waits for two others: three threads must be at work at once, however slow the machine is.
        let three = std::sync::Barrier::new(3);
        let name = |_: &i32| {
            three.wait();
            std::thread::current().name().map(str::to_owned).unwrap_or_default()
        };
        let names: HashSet<_> = pool.map(&[0; 12], name).unwrap().into_iter().collect();
        assert_eq!(names, ["worker-1", "worker-2", "worker-3"].map(str::to_owned).into());
    }

    #[test]
    fn a_panic_reaches_the_caller_with_its_message_and_the_item() {
        let pool = Pool::new(2).unwrap();
        let caught = catch_unwind(AssertUnwindSafe(|| pool.map(&[1, 2, 3], |n| assert!(*n != 2, "two is bad"))));
        let payload = caught.unwrap_err();
        assert_eq!(payload.downcast_ref::<String>().unwrap(), "item 1: two is bad");
        assert_eq!(pool.map(&[1], |n| n + 1).unwrap(), [2], "the pool still works");
    }

    #[test]
    fn the_first_failing_item_is_reported_and_later_ones_are_left_out() {
        let pool = Pool::new(2).unwrap();
        let begun = AtomicUsize::new(0);
        let items: Vec<usize> = (0..1000).collect();
        let error = pool
            .try_map(&items, |n| {
                begun.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(Duration::from_micros(200));
                if *n >= 5 { Err(Error::new(ErrorKind::Damaged, format!("bad {n}"))) } else { Ok(*n) }
            })
            .unwrap_err();
        assert_eq!(error.to_string(), "item 5 (5): bad 5");
        assert_eq!(error.kind(), ErrorKind::Damaged);
        assert!(begun.into_inner() < 20);
    }

    #[test]
    fn a_pool_used_inside_itself_does_not_wait_for_ever() {
        let pool = Pool::new(2).unwrap();
        let sums = pool.map(&[1, 2, 3, 4], |n| {
            let inner: Vec<i32> = (0..*n).collect();
            pool.map(&inner, |m| m + 1).unwrap().iter().sum::<i32>()
        });
        assert_eq!(sums.unwrap(), [1, 3, 6, 10]);
    }

    #[test]
    fn one_pool_used_inside_another_does_not_wait_for_ever() {
        let (outer, inner) = (Pool::new(2).unwrap(), Pool::new(1).unwrap());
        let sums = outer.map(&[1, 2, 3], |n| inner.map(&[*n, *n], |m| *m).unwrap().len());
        assert_eq!(sums.unwrap(), [2, 2, 2]);
    }

    #[test]
    fn no_items_are_no_work() {
        assert!(Pool::new(2).unwrap().map(&[] as &[i32], |n| *n).unwrap().is_empty());
    }

    #[test]
    fn a_pool_of_nothing_is_refused() {
        assert_eq!(Pool::new(0).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }

    #[test]
    fn long_items_are_shortened_in_errors() {
        let error = named(3, &vec![7u8; 1000], Error::new(ErrorKind::Other, "no"));
        assert!(error.to_string().len() < 200, "{error}");
    }
}
