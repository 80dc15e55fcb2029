//! How far long work has come: a bar in a notebook, one changing line in a terminal.

mod pace;
mod report;
mod teller;

use super::activity::{self, Entered};
use super::crew;
use super::work::Work;
use super::{cancel, live};
use crate::bus;
use crate::display::DisplayHandle;
use std::fmt;
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use teller::{Screen, Teller};

pub(crate) use report::{Report, STYLE as BAR_STYLE, time_text};
pub(crate) use teller::{INTERVAL, Moment};

/// Between two looks at the work: often enough for a peak of memory to be seen.
const LOOK: Duration = Duration::from_millis(50);

/// Shows how much of a known amount of work is done, once it takes longer than a second.
///
/// It ends as one quiet line: by [`finish`](Progress::finish) with the time, the rate and the most memory; dropped before,
/// with how far it came. Steps may come from any thread. Within another pool's work nothing is shown.
///
/// ```
/// let progress = isopleth::parallel::Progress::new("converting", 3).unit("files");
/// for _ in 0..3 { progress.step(1); }
/// progress.finish();
/// ```
pub struct Progress {
    state: Arc<State>,
    ticker: Option<JoinHandle<()>>,
}

struct State {
    work: Arc<Work>,
    end: Mutex<Option<End>>,
    ended: Condvar,
}

/// How work ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    Finished,
    /// By Stop.
    Stopped,
    /// By an error, or for reasons of the caller's.
    Left,
}

impl Progress {
    /// Begins work of `total` steps.
    pub fn new(label: &str, total: usize) -> Self {
        // Inside another pool's work a second bar would only disturb the first.
        if crew::number().is_some() {
            return Self::silent(label, total);
        }
        if bus::is_connected() {
            let mut handle: Option<DisplayHandle> = None;
            let screen = move |report: &Report| match &handle {
                None => handle = Some(DisplayHandle::new(&report.view())),
                Some(handle) => handle.update(&report.view()),
            };
            return Self::on(Work::new(label, total, live::is_shown()), Box::new(screen));
        }
        if std::io::stderr().is_terminal() {
            return Self::on(Work::new(label, total, false), Box::new(on_terminal));
        }
        Self::silent(label, total)
    }

    /// Says what the steps are, in the plural: `files`.
    #[must_use]
    pub fn unit(self, unit: &str) -> Self {
        self.state.work.set_unit(unit);
        self
    }

    /// Counts, and shows nothing.
    fn silent(label: &str, total: usize) -> Self {
        Self { state: Arc::new(State::new(Work::new(label, total, false))), ticker: None }
    }

    fn on(work: Work, screen: Screen) -> Self {
        let state = Arc::new(State::new(work));
        let shared = Arc::clone(&state);
        // A thread of its own: the bar appears and moves also while all items under way are long ones.
        let ticker = std::thread::Builder::new().name("progress".to_owned()).spawn(move || {
            let teller = Teller::new(&shared.work, screen);
            shared.show(teller);
        });
        let ticker = ticker.ok();
        Self { state, ticker }
    }

    /// Counts `steps` more as done.
    pub fn step(&self, steps: usize) {
        activity::step(&self.state.work, steps);
    }

    /// Ends the display with the time that the work took.
    pub fn finish(mut self) {
        self.end(End::Finished);
    }

    /// What the threads of this work share.
    pub(crate) fn work(&self) -> &Arc<Work> {
        &self.state.work
    }

    /// What this thread calls until the answer is dropped is part of this work.
    pub(crate) fn enter(&self) -> Entered {
        activity::enter(self.work())
    }

    fn end(&mut self, how: End) {
        let mut end = self.state.lock();
        if end.is_none() {
            *end = Some(how);
        }
        drop(end);
        self.state.ended.notify_all();
        if let Some(ticker) = self.ticker.take() {
            // The last view is out when this returns, so it cannot land below later output.
            let _ = ticker.join();
        }
    }
}

/// Work that ended early (an error, Stop) says how far it came.
impl Drop for Progress {
    fn drop(&mut self) {
        self.end(if cancel::is_cancelled() { End::Stopped } else { End::Left });
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let work = self.work();
        write!(f, "{}: {} of {} {}", work.label, work.done(), work.total, work.unit())
    }
}

impl State {
    fn new(work: Work) -> Self {
        Self { work: Arc::new(work), end: Mutex::new(None), ended: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Option<End>> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the ticker does.
    fn show(&self, mut teller: Teller) {
        loop {
            let end = self.wait(LOOK);
            if end.is_some() && !teller.has_begun() {
                return;
            }
            teller.look(Moment::of(&self.work), end);
            if end.is_some() {
                return;
            }
        }
    }

    /// Waits that long, or until the work ends; then, how it ended.
    fn wait(&self, time: Duration) -> Option<End> {
        let end = self.lock();
        let waited = self.ended.wait_timeout_while(end, time, |end| end.is_none());
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// One line that changes in place. The last one stays, and the next output begins below it.
fn on_terminal(report: &Report) {
    // A line that is longer than the terminal would not go away.
    let line: String = report.text().chars().take(terminal_width().saturating_sub(1)).collect();
    let end = if report.end.is_some() { "\n" } else { "" };
    // A terminal that went away is no reason to end the work.
    let _ = write!(std::io::stderr(), "\r\x1b[2K{line}{end}");
}

fn terminal_width() -> usize {
    // SAFETY: zeros are a valid `winsize`, and the call writes one, for which there is room.
    let size = unsafe {
        let mut size: libc::winsize = std::mem::zeroed();
        libc::ioctl(libc::STDERR_FILENO, libc::TIOCGWINSZ, &raw mut size);
        size
    };
    if size.ws_col == 0 { 80 } else { size.ws_col.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, channel};

    /// Work whose reports come through a channel, with nothing held back.
    fn told(total: usize) -> (Progress, Receiver<Report>) {
        let (sender, receiver) = channel();
        let screen = move |report: &Report| {
            let _ = sender.send(report.clone());
        };
        let state = Arc::new(State::new(Work::new("converting", total, false)));
        let shared = Arc::clone(&state);
        let ticker = std::thread::spawn(move || {
            let mut teller = Teller::new(&shared.work, Box::new(screen));
            teller.patience = Duration::ZERO;
            shared.show(teller);
        });
        (Progress { state, ticker: Some(ticker) }, receiver)
    }

    #[test]
    fn a_bar_is_there_before_the_first_step_and_ends_with_the_work() {
        let (progress, reports) = told(4);
        let progress = progress.unit("files");
        let first = reports.recv().unwrap();
        assert_eq!((first.moment.done, first.total, first.end), (0, 4, None));
        progress.step(4);
        progress.finish();
        let last = reports.iter().last().unwrap();
        assert_eq!((last.moment.done, last.unit.as_str(), last.end), (4, "files", Some(End::Finished)));
        assert!(last.peak > 0);
    }

    #[test]
    fn work_that_is_dropped_says_how_far_it_came() {
        let (progress, reports) = told(4);
        reports.recv().unwrap();
        progress.step(1);
        drop(progress);
        let last = reports.iter().last().unwrap();
        assert_eq!((last.moment.done, last.end), (1, Some(End::Left)));
    }

    #[test]
    fn work_within_a_pools_work_shows_nothing_of_its_own() {
        let pool = crate::parallel::Pool::new(1).unwrap();
        let inner = pool.map(&[1], |_| Progress::new("inner", 3).ticker.is_none()).unwrap();
        assert_eq!(inner, [true]);
    }
}
