//! When something is told of work, and what: nothing of short work, and of long work a few times a second.

use super::pace::Pace;
use super::{End, Report};
use crate::limits::resident;
use crate::parallel::work::Work;
use crate::parallel::{live, memory_limit};
use std::sync::Arc;
use std::time::Duration;

/// Work that takes less has no bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two updates; a notebook stays usable with ten in a second.
pub(crate) const INTERVAL: Duration = Duration::from_millis(200);

/// Where reports go: called with the first one, then with each that replaces it.
pub(super) type Screen = Box<dyn FnMut(&Report) + Send>;

/// Work as it is at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Moment {
    /// Since the work began.
    pub elapsed: Duration,
    pub done: usize,
    /// Threads that have something to do, of how many.
    pub busy: Option<(usize, usize)>,
    /// Bytes read so far.
    pub bytes: u64,
    /// Bytes that this process holds.
    pub memory: u64,
}

impl Moment {
    pub fn of(work: &Work) -> Self {
        Self { elapsed: work.elapsed(), done: work.done(), busy: work.busy(), bytes: work.bytes(), memory: resident() }
    }
}

/// Watches one piece of work and reports it.
pub(super) struct Teller {
    work: Arc<Work>,
    screen: Screen,
    pub patience: Duration,
    /// Whether there is a bar.
    shown: bool,
    /// When the next report is due.
    next: Duration,
    pace: Pace,
    peak: u64,
    limit: Option<u64>,
}

impl Teller {
    pub fn new(work: &Arc<Work>, screen: Screen) -> Self {
        Self {
            work: work.clone(),
            screen,
            patience: PATIENCE,
            shown: false,
            next: INTERVAL,
            pace: Pace::default(),
            peak: 0,
            limit: None,
        }
    }

    /// Whether anything was told, so that there is an end to tell too.
    pub fn has_begun(&self) -> bool {
        self.limit.is_some()
    }

    /// Takes in the work at one moment, and reports it if it is time to.
    pub fn look(&mut self, moment: Moment, end: Option<End>) {
        self.pace.observe(moment.elapsed, moment.done);
        self.peak = self.peak.max(moment.memory);
        if end.is_none() && moment.elapsed < self.next {
            return;
        }
        self.next = moment.elapsed + INTERVAL;
        let report = self.report(moment, end);
        if self.shown || (end.is_none() && moment.elapsed >= self.patience) {
            self.shown = true;
            (self.screen)(&report);
        }
        live::follow(&self.work, &report);
    }

    fn report(&mut self, moment: Moment, end: Option<End>) -> Report {
        let limit = *self.limit.get_or_insert_with(memory_limit);
        let seconds = moment.elapsed.as_secs_f64();
        let whole = (moment.done > 0 && seconds > 0.0).then(|| moment.done as f64 / seconds);
        let (rate, left) = match end {
            Some(_) => (whole, None),
            None => (self.pace.rate(), self.pace.left(moment.elapsed, self.work.total)),
        };
        Report {
            label: self.work.label.clone(),
            unit: self.work.unit().to_owned(),
            total: self.work.total,
            moment,
            rate,
            left,
            peak: self.peak,
            limit,
            end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, channel};

    fn teller(total: usize) -> (Teller, Receiver<Report>) {
        let (sender, receiver) = channel();
        let work = Arc::new(Work::new("computing", total, false));
        let screen = move |report: &Report| sender.send(report.clone()).unwrap();
        (Teller::new(&work, Box::new(screen)), receiver)
    }

    fn at(seconds: f64, done: usize) -> Moment {
        Moment { elapsed: Duration::from_secs_f64(seconds), done, memory: 100 + done as u64, ..Moment::default() }
    }

    #[test]
    fn short_work_shows_nothing() {
        let (mut teller, reports) = teller(10);
        (1..=19).for_each(|n| teller.look(at(f64::from(n) / 20.0, 1), None));
        teller.look(at(0.99, 10), Some(End::Finished));
        assert_eq!(reports.try_iter().count(), 0);
    }

    #[test]
    fn work_that_ends_before_the_first_report_has_none() {
        let (mut teller, _reports) = teller(10);
        teller.look(at(0.05, 1), None);
        assert!(!teller.has_begun());
        teller.look(at(0.2, 1), None);
        assert!(teller.has_begun());
    }

    #[test]
    fn long_work_is_told_five_times_a_second_and_ends_once() {
        let (mut teller, reports) = teller(1000);
        // Ten seconds, looked at twenty times a second.
        (1..200).for_each(|n| teller.look(at(f64::from(n) / 20.0, n as usize), None));
        teller.look(at(10.0, 1000), Some(End::Finished));
        let reports: Vec<Report> = reports.try_iter().collect();
        assert_eq!(reports[0].moment.elapsed, Duration::from_secs(1));
        assert!((40..=47).contains(&reports.len()), "{}", reports.len());
        let ends: Vec<Option<End>> = reports.iter().map(|report| report.end).collect();
        assert_eq!(ends.iter().filter(|end| end.is_some()).count(), 1);
        assert_eq!(ends.last(), Some(&Some(End::Finished)));
    }

    #[test]
    fn the_peak_is_the_most_that_was_ever_seen() {
        let (mut teller, reports) = teller(1000);
        teller.look(at(1.1, 10), None);
        teller.look(Moment { memory: 5000, ..at(1.15, 10) }, None);
        teller.look(at(2.0, 20), Some(End::Stopped));
        let last = reports.try_iter().last().unwrap();
        assert_eq!((last.peak, last.moment.memory), (5000, 120));
    }

    #[test]
    fn the_rate_is_of_late_while_work_goes_on_and_of_all_of_it_at_the_end() {
        let (mut teller, reports) = teller(100);
        (1..=10).for_each(|n| teller.look(at(f64::from(n), n as usize), None));
        (11..=20).for_each(|n| teller.look(at(f64::from(n), 10 + 9 * (n as usize - 10)), None));
        teller.look(at(20.0, 100), Some(End::Finished));
        let reports: Vec<Report> = reports.try_iter().collect();
        let [.., late, last] = &reports[..] else { panic!("{reports:?}") };
        assert!(late.rate.unwrap() > 6.0, "{:?}", late.rate);
        assert_eq!((last.rate, last.left), (Some(5.0), None));
    }
}
