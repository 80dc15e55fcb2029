//! What a thread is doing, and for which work.
//!
//! A thread enters the work that it takes part in. What it calls from there on (readers of files, the lazy engine) says
//! what it does without being told for whom: [`item`] and [`reading`] cost next to nothing on a thread that has entered none.

use super::crew;
use super::lane::{Doing, Lane, Name};
use super::work::Work;
use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

thread_local! {
    /// The work that this thread takes part in.
    static HERE: RefCell<Option<Here>> = const { RefCell::new(None) };
}

struct Here {
    work: Arc<Work>,
    /// The thread's number among those that work together.
    thread: Option<usize>,
    /// Whether it is counted as busy, and whether an item is in work.
    busy: bool,
    item: bool,
}

impl Here {
    fn lane(&self, change: impl FnOnce(&mut Lane, u64)) {
        self.work.record(self.thread, change);
    }
}

/// The work that this thread takes part in.
pub(crate) fn here() -> Option<Arc<Work>> {
    HERE.with_borrow(|here| here.as_ref().map(|here| here.work.clone()))
}

/// Counts steps of `work` as done, for this thread too.
pub(crate) fn step(work: &Arc<Work>, steps: usize) {
    work.step(steps);
    if !work.is_recorded() {
        return;
    }
    HERE.with_borrow(|here| {
        if let Some(here) = here.as_ref().filter(|here| Arc::ptr_eq(&here.work, work)) {
            here.lane(|lane, _| lane.step(steps));
        }
    });
}

/// Lets this thread take part in `work` until the answer is dropped.
pub(crate) fn enter(work: &Arc<Work>) -> Entered {
    let thread = crew::number();
    Entered(HERE.with_borrow_mut(|here| {
        // A thread that waits inside an item may take up another part of the same work.
        let outer = here.as_ref().filter(|here| Arc::ptr_eq(&here.work, work));
        let (busy, item) = outer.map_or((false, false), |here| (here.busy, here.item));
        here.replace(Here { work: work.clone(), thread, busy, item })
    }))
}

/// Takes the thread back to the work that it was in before.
#[must_use]
pub(crate) struct Entered(Option<Here>);

impl Drop for Entered {
    fn drop(&mut self) {
        HERE.set(self.0.take());
    }
}

/// This thread has something to do until the answer is dropped. Once for a run of items, as it is counted where all threads
/// meet.
pub(crate) fn busy() -> Busy {
    HERE.with_borrow_mut(|here| {
        let Some(here) = here.as_mut().filter(|here| !here.busy) else { return Busy(false) };
        here.busy = true;
        here.work.count_busy(true);
        Busy(true)
    })
}

/// The end of what a thread had to do.
#[must_use]
pub(crate) struct Busy(bool);

impl Drop for Busy {
    fn drop(&mut self) {
        if !self.0 {
            return;
        }
        HERE.with_borrow_mut(|here| {
            if let Some(here) = here {
                here.busy = false;
                here.work.count_busy(false);
            }
        });
    }
}

/// This thread has an item in work until the answer is dropped. An item within an item is a part of it.
pub(crate) fn item(doing: Doing, name: Name<'_>) -> Item {
    HERE.with_borrow_mut(|here| {
        let Some(here) = here.as_mut().filter(|here| here.work.is_recorded() && !here.item) else { return Item(false) };
        here.item = true;
        here.lane(|lane, now| lane.begin(now, doing, name));
        Item(true)
    })
}

/// The end of an item.
#[must_use]
pub(crate) struct Item(bool);

impl Drop for Item {
    fn drop(&mut self) {
        if !self.0 {
            return;
        }
        HERE.with_borrow_mut(|here| {
            if let Some(here) = here {
                here.item = false;
                here.lane(Lane::end);
            }
        });
    }
}

/// This thread reads from `file` until the answer is dropped.
pub(crate) fn reading(file: Option<&Path>) -> Reading {
    HERE.with_borrow(|here| {
        if let Some(here) = here {
            here.lane(|lane, now| lane.read(now, file));
        }
    });
    Reading(())
}

/// The end of a read.
#[must_use]
pub(crate) struct Reading(());

impl Reading {
    /// It gave so many bytes.
    pub fn gave(self, bytes: u64) {
        HERE.with_borrow(|here| {
            if let Some(here) = here {
                here.work.read(bytes);
            }
        });
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        HERE.with_borrow(|here| {
            if let Some(here) = here {
                here.lane(Lane::resume);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(recorded: bool) -> Arc<Work> {
        Arc::new(Work::new("computing", 10, recorded))
    }

    fn on_one_thread<R: Send>(job: impl FnOnce() -> R + Send) -> R {
        let (job, result) = (std::sync::Mutex::new(Some(job)), std::sync::Mutex::new(None));
        crew::Crew::new("one", 1).unwrap().share(1, &|| {
            let job = job.lock().unwrap().take().unwrap();
            *result.lock().unwrap() = Some(job());
        });
        result.into_inner().unwrap().unwrap()
    }

    #[test]
    fn a_thread_is_busy_while_it_has_something_to_do() {
        let work = work(false);
        work.set_crew("lazy", 1);
        let _here = enter(&work);
        assert_eq!(work.busy(), Some((0, 1)));
        let busy = busy();
        assert_eq!(work.busy(), Some((1, 1)));
        drop(busy);
        assert_eq!(work.busy(), Some((0, 1)));
    }

    #[test]
    fn a_thread_that_takes_up_another_part_of_its_work_counts_once() {
        let work = work(true);
        work.set_crew("lazy", 4);
        on_one_thread(|| {
            let _here = enter(&work);
            let _busy = busy();
            let _outer = item(Doing::Computing, Name::Window(0, 2));
            {
                let _again = enter(&work);
                let _busy = busy();
                let _inner = item(Doing::Computing, Name::Window(1, 2));
                assert_eq!(work.busy(), Some((1, 4)));
            }
            assert_eq!(work.busy(), Some((1, 4)));
            assert_eq!(work.lanes()[0].1.name(), "window 1 of 2", "the inner item is a part of the outer one");
        });
    }

    #[test]
    fn work_inside_other_work_is_its_own_and_the_outer_one_goes_on() {
        let (outer, inner) = (work(false), work(false));
        outer.set_crew("worker", 1);
        inner.set_crew("lazy", 1);
        let _outer = enter(&outer);
        let _busy = busy();
        {
            let _inner = enter(&inner);
            let _busy = busy();
            step(&inner, 1);
            reading(None).gave(100);
        }
        reading(None).gave(7);
        assert_eq!((outer.busy(), inner.busy()), (Some((1, 1)), Some((0, 1))));
        assert_eq!((outer.bytes(), inner.bytes(), outer.done(), inner.done()), (7, 100, 0, 1));
    }

    #[test]
    fn what_a_thread_does_is_recorded_if_somebody_looks() {
        let seen = work(true);
        seen.set_crew("lazy", 1);
        on_one_thread(|| {
            let _here = enter(&seen);
            let _item = item(Doing::Computing, Name::Window(0, 2));
            let reading = reading(Some(Path::new("/data/a.tif")));
            let lanes = seen.lanes();
            assert_eq!((lanes[0].0.as_str(), lanes[0].1.name()), ("lazy-1", "a.tif"));
            assert_eq!(lanes[0].1.doing(), Doing::Reading);
            drop(reading);
            step(&seen, 3);
        });
        let (_, lane) = &seen.lanes()[0];
        assert_eq!((lane.steps(), lane.doing()), (3, Doing::Nothing));
    }

    #[test]
    fn a_raster_that_a_function_reads_counts_as_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        let meta = crate::raster::RasterMeta::new(40, 30, crate::array::DType::F32);
        let mut writer = crate::raster::Raster::create(&path, &meta).unwrap();
        writer.write(&ndarray::Array2::<f32>::zeros((30, 40)), 1).unwrap();
        writer.finish().unwrap();
        let work = work(true);
        work.set_crew("worker", 1);
        on_one_thread(|| {
            let _here = enter(&work);
            let _item = item(Doing::Working, Name::Text("January"));
            crate::raster::Raster::open(&path).unwrap().read_window::<f64>(1, 0..20, 0..10).unwrap();
            assert_eq!(work.lanes()[0].1.doing(), Doing::Working, "the read is over, the item is not");
        });
        assert_eq!(work.bytes(), 20 * 10 * 8);
    }

    #[test]
    fn nothing_is_recorded_if_nobody_looks() {
        let unseen = work(false);
        unseen.set_crew("lazy", 1);
        on_one_thread(|| {
            let _here = enter(&unseen);
            let _item = item(Doing::Computing, Name::Window(0, 2));
            let _reading = reading(None);
        });
        assert!(unseen.lanes().is_empty());
    }

    #[test]
    fn an_item_that_panics_is_over() {
        let work = work(true);
        work.set_crew("worker", 1);
        on_one_thread(|| {
            let _here = enter(&work);
            let panicking = || {
                let _busy = busy();
                let _item = item(Doing::Working, Name::Text("bad"));
                std::panic::resume_unwind(Box::new("bad"));
            };
            assert!(std::panic::catch_unwind(panicking).is_err());
        });
        assert_eq!(work.busy(), Some((0, 1)));
        assert_eq!(work.lanes()[0].1.doing(), Doing::Nothing);
    }
}
