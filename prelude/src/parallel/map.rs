//! One call of a pool's map, as its threads share it: who takes which item, and how it ends.

use super::activity::{self, Item};
use super::cancel::{self, Cancelled};
use super::items::{self, Items};
use super::{Doing, Name, Progress};
use crate::{Error, Result};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Items that take less are recorded several at a time: a clock and a name for each would take as long as they do.
const SHORT: Duration = Duration::from_micros(200);
/// So many at a time at most.
const TOGETHER: usize = 1024;

/// What the threads of a pool do with some items.
pub(super) struct Map<'a, 'i> {
    items: &'a Items<'i>,
    job: &'a (dyn Fn(usize) -> Result<()> + Sync),
    progress: &'a Progress,
    next: AtomicUsize,
    over: AtomicBool,
    outcome: Mutex<Option<(usize, Failure)>>,
}

enum Failure {
    Cancelled,
    Error(Error),
    Panic(Box<dyn Any + Send>),
}

impl<'a, 'i> Map<'a, 'i> {
    pub fn new(items: &'a Items<'i>, job: &'a (dyn Fn(usize) -> Result<()> + Sync), progress: &'a Progress) -> Self {
        let (next, over, outcome) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(None));
        Self { items, job, progress, next, over, outcome }
    }

    /// What every thread does: take the next item until there is none, or one failed, or Stop was pressed.
    pub fn take_items(&self) {
        let _here = self.progress.enter();
        let _busy = activity::busy();
        let mut shown = self.progress.work().is_recorded().then(Shown::default);
        while !self.over.load(Ordering::Relaxed) && !cancel::is_cancelled() {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= self.items.total {
                return;
            }
            if let Some(shown) = &mut shown {
                shown.begin(self.items, index);
            }
            match catch_unwind(AssertUnwindSafe(|| (self.job)(index))) {
                Ok(Ok(())) => self.progress.step(1),
                Ok(Err(error)) => self.failed(index, Failure::Error(error)),
                Err(payload) if payload.is::<Cancelled>() => self.failed(index, Failure::Cancelled),
                Err(payload) => self.failed(index, Failure::Panic(payload)),
            }
        }
    }

    fn failed(&self, index: usize, failure: Failure) {
        self.over.store(true, Ordering::Relaxed);
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        if outcome.as_ref().is_none_or(|(earlier, _)| index < *earlier) {
            *outcome = Some((index, failure));
        }
    }

    /// How it ended, once all threads are done. Unwinds if Stop was pressed or a job panicked.
    pub fn outcome(self) -> Result<(), (usize, Error)> {
        match self.outcome.into_inner().unwrap_or_else(PoisonError::into_inner) {
            None => Ok(()),
            Some((_, Failure::Cancelled)) => resume_unwind(Box::new(Cancelled)),
            // A file that could not be read because of Stop is not an error to report.
            Some(_) if cancel::is_cancelled() => cancel::unwind(),
            Some((index, Failure::Error(error))) => Err((index, error)),
            Some((index, Failure::Panic(payload))) => resume_unwind(with_index(index, payload)),
        }
    }
}

/// What a thread's strip shows of its items.
#[derive(Default)]
struct Shown {
    /// The record of the item in work, and when it was begun.
    item: Option<(Item, Instant)>,
    /// Items that one record stands for, and how many of these are still to come.
    together: usize,
    left: usize,
}

impl Shown {
    /// The item of an index is begun, and the one before it is over.
    fn begin(&mut self, items: &Items<'_>, index: usize) {
        if self.left > 0 {
            self.left -= 1;
            return;
        }
        let now = Instant::now();
        if let Some((item, begun)) = self.item.take() {
            let short = now.duration_since(begun) < SHORT;
            self.together = if short { (2 * self.together).clamp(1, TOGETHER) } else { self.together / 2 };
            drop(item);
        }
        self.left = self.together;
        // A `Debug` of the user's may panic; that is no reason for the map to fail.
        let name = catch_unwind(AssertUnwindSafe(|| items::name((items.show)(index), index)));
        self.item = Some((activity::item(Doing::Working, Name::Text(&name.unwrap_or_default())), now));
    }
}

/// The panic as the caller meets it: its text with the item's index before it.
fn with_index(index: usize, payload: Box<dyn Any + Send>) -> Box<dyn Any + Send> {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    match text.or_else(|| payload.downcast_ref::<String>().cloned()) {
        Some(text) => Box::new(format!("item {index}: {text}")),
        None => payload,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parallel::work::Work;
    use std::sync::Arc;

    fn shown<R: Send>(job: impl FnOnce(&Arc<Work>) -> R + Send) -> R {
        let work = Arc::new(Work::new("pool.map", 1 << 20, true));
        work.set_crew("worker", 1);
        let (job, result) = (Mutex::new(Some(job)), Mutex::new(None));
        crate::parallel::crew::Crew::new("one", 1).unwrap().share(1, &|| {
            let _here = activity::enter(&work);
            let job = job.lock().unwrap().take().unwrap();
            *result.lock().unwrap() = Some(job(&work));
        });
        result.into_inner().unwrap().unwrap()
    }

    fn begun(work: &Work) -> u32 {
        work.lanes()[0].1.columns().iter().map(|column| column.begun).sum()
    }

    #[test]
    fn long_items_are_shown_one_by_one_with_their_names() {
        shown(|work| {
            let (names, mut shown) = (["a", "b", "c"], Shown::default());
            let items = Items { label: "", unit: "", total: 3, show: &|index| Some(&names[index]) };
            for (index, name) in names.iter().enumerate() {
                shown.begin(&items, index);
                assert_eq!(work.lanes()[0].1.name(), *name);
                std::thread::sleep(2 * SHORT);
            }
            assert_eq!(begun(work), 3);
        });
    }

    #[test]
    fn items_that_take_no_time_are_shown_many_at_a_time() {
        shown(|work| {
            let items = Items { label: "", unit: "", total: 1 << 20, show: &|_| None };
            let mut shown = Shown::default();
            (0..1 << 20).for_each(|index| shown.begin(&items, index));
            assert!(begun(work) < 1 << 17, "{}", begun(work));
        });
    }

    #[test]
    fn an_item_whose_debug_panics_has_no_name_and_the_map_goes_on() {
        struct Bad;
        impl std::fmt::Debug for Bad {
            fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                resume_unwind(Box::new("bad"))
            }
        }
        shown(|work| {
            let items = Items { label: "", unit: "", total: 1, show: &|_| Some(&Bad) };
            Shown::default().begin(&items, 0);
            assert_eq!(work.lanes()[0].1.name(), "");
        });
    }
}
