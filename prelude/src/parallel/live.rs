//! The client that is shown in the notebook: a card that is kept up to date while other cells compute.
//!
//! There is one card, the one shown last. It follows one piece of work at a time and then rests with the last picture. As
//! long as no client is shown nothing is recorded and nothing sent.

use super::client::view;
use super::lane::Lane;
use super::progress::{INTERVAL, Report};
use super::work::Work;
use crate::bus;
use crate::display::{self, MimeBundle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

static SHOWN: AtomicBool = AtomicBool::new(false);
static CARD: Mutex<Card> = Mutex::new(Card::new());

/// Work at one moment: how far it has come, and what its threads have done, each with its name.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub report: Report,
    pub lanes: Vec<(String, Lane)>,
}

#[derive(Debug)]
struct Card {
    /// The display that is updated in place, and how many threads its client has.
    shown: Option<(String, usize)>,
    /// The work under way that it shows.
    following: Option<Arc<Work>>,
    last: Option<Record>,
    sent: Option<Instant>,
    /// Whether there is something newer than what was sent.
    stale: bool,
}

impl Card {
    const fn new() -> Self {
        Self { shown: None, following: None, last: None, sent: None, stale: false }
    }

    /// Takes in a record of `work`, and says whether it is to be sent at `now`.
    fn take(&mut self, work: &Arc<Work>, record: Record, now: Instant) -> bool {
        if self.following.as_ref().is_some_and(|other| !Arc::ptr_eq(other, work)) {
            return false;
        }
        let over = record.report.end.is_some();
        self.following = (!over).then(|| work.clone());
        self.last = Some(record);
        // Short computations one after the other must not flood the notebook.
        let early = self.sent.is_some_and(|sent| now.saturating_duration_since(sent) < INTERVAL);
        self.stale = early;
        !early
    }

    fn send(&mut self, now: Instant) {
        let Some((id, threads)) = &self.shown else { return };
        bus::display(&view::card(*threads, self.last.as_ref()), Some(id), true);
        (self.sent, self.stale) = (Some(now), false);
    }
}

fn lock() -> MutexGuard<'static, Card> {
    CARD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a client is shown, so that work is worth recording.
pub(crate) fn is_shown() -> bool {
    SHOWN.load(Ordering::Relaxed)
}

/// A client of so many threads is about to be shown: the id under which it will be updated. `None` outside a notebook.
pub(crate) fn begin(threads: usize) -> Option<String> {
    if !bus::is_connected() {
        return None;
    }
    let id = display::new_id();
    lock().shown = Some((id.clone(), threads));
    SHOWN.store(true, Ordering::Relaxed);
    Some(id)
}

/// The view of a client of so many threads.
pub(crate) fn card(threads: usize) -> MimeBundle {
    view::card(threads, lock().last.as_ref())
}

/// Shows on the card how far `work` has come, if it is recorded.
pub(crate) fn follow(work: &Arc<Work>, report: &Report) {
    if !is_shown() {
        return;
    }
    let lanes = work.lanes();
    if lanes.is_empty() {
        return;
    }
    let (mut card, now) = (lock(), Instant::now());
    if card.take(work, Record { report: report.clone(), lanes }, now) {
        card.send(now);
    }
}

/// Sends what was held back. Called at the end of each cell.
pub(crate) fn settle() {
    if !is_shown() {
        return;
    }
    let mut card = lock();
    if card.stale {
        card.send(Instant::now());
    }
}

/// The client that is shown is no longer the one that computes: its card keeps the last picture.
pub(crate) fn retire() {
    settle();
    SHOWN.store(false, Ordering::Relaxed);
    *lock() = Card::new();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parallel::progress::{End, Moment};
    use std::time::Duration;

    fn record(done: usize, end: Option<End>) -> Record {
        let moment = Moment { done, ..Moment::default() };
        let (label, unit) = ("computing".to_owned(), "windows".to_owned());
        let report = Report { label, unit, total: 9, moment, rate: None, left: None, peak: 0, limit: 0, end };
        Record { report, lanes: vec![("lazy-1".to_owned(), Lane::default())] }
    }

    fn work() -> Arc<Work> {
        Arc::new(Work::new("computing", 9, true))
    }

    fn done(card: &Card) -> usize {
        card.last.as_ref().unwrap().report.moment.done
    }

    #[test]
    fn a_card_follows_one_work_until_it_ends() {
        let (mut card, first, second) = (Card::new(), work(), work());
        let start = Instant::now();
        let after = |intervals: u32| start + intervals * INTERVAL;
        assert!(card.take(&first, record(1, None), start));
        card.sent = Some(start);
        assert!(!card.take(&second, record(5, None), after(2)), "another thread's work has to wait");
        assert_eq!(done(&card), 1);
        assert!(card.take(&first, record(9, Some(End::Finished)), after(3)));
        assert!(card.take(&second, record(6, None), after(4)));
        assert_eq!(done(&card), 6);
    }

    #[test]
    fn updates_that_come_too_soon_are_held_back_and_not_lost() {
        let mut card = Card::new();
        let start = Instant::now();
        card.sent = Some(start);
        assert!(!card.take(&work(), record(9, Some(End::Finished)), start + Duration::from_millis(1)));
        assert!(card.stale);
        assert_eq!(done(&card), 9);
        assert!(card.take(&work(), record(3, Some(End::Finished)), start + INTERVAL));
        assert!(!card.stale);
    }
}
