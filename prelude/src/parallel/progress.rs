//! How far long work has come: a bar in a notebook, one changing line in a terminal.

use crate::display::{DisplayHandle, MimeBundle};
use crate::raster::escape;
use crate::runtime::bus;
use std::fmt;
use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Work that takes less shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two updates; a notebook stays usable with ten in a second.
const INTERVAL: Duration = Duration::from_millis(200);

/// Shows how much of a known amount of work is done, once it takes longer than a second.
///
/// It ends as one quiet line: by [`finish`](Progress::finish) with the time and the rate; dropped before,
/// with how far it came. Steps may come from any thread.
///
/// ```
/// let progress = isopleth::parallel::Progress::new("files", 3);
/// for _ in 0..3 { progress.step(1); }
/// progress.finish();
/// ```
pub struct Progress {
    state: Arc<State>,
    ticker: Option<JoinHandle<()>>,
}

struct State {
    label: String,
    total: usize,
    done: AtomicUsize,
    start: Instant,
    end: Mutex<Option<End>>,
    ended: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Finished,
    Left,
}

/// Where the views go: called with the first one, then with each that replaces it.
type Screen = Box<dyn FnMut(&MimeBundle) + Send>;

impl Progress {
    /// Begins work of `total` steps.
    pub fn new(label: &str, total: usize) -> Self {
        if bus::is_connected() {
            let mut handle: Option<DisplayHandle> = None;
            Self::on(label, total, PATIENCE, move |view: &MimeBundle| match &handle {
                None => handle = Some(DisplayHandle::new(view)),
                Some(handle) => handle.update(view),
            })
        } else if std::io::stderr().is_terminal() {
            Self::on(label, total, PATIENCE, |view: &MimeBundle| {
                let text = view.get("text/plain").unwrap_or_default();
                // A terminal that went away is no reason to end the work.
                let _ = write!(std::io::stderr(), "\r\x1b[2K{text}");
            })
        } else {
            Self::silent(label, total)
        }
    }

    /// Counts, and shows nothing.
    pub(crate) fn silent(label: &str, total: usize) -> Self {
        Self { state: Arc::new(State::new(label, total)), ticker: None }
    }

    fn on(label: &str, total: usize, patience: Duration, screen: impl FnMut(&MimeBundle) + Send + 'static) -> Self {
        let state = Arc::new(State::new(label, total));
        let (shared, screen): (_, Screen) = (Arc::clone(&state), Box::new(screen));
        // A thread of its own: the bar appears and moves also while all items under way are long ones.
        let ticker =
            std::thread::Builder::new().name("progress".to_owned()).spawn(move || shared.show(patience, screen)).ok();
        Self { state, ticker }
    }

    /// Counts `steps` more as done.
    pub fn step(&self, steps: usize) {
        self.state.done.fetch_add(steps, Ordering::Relaxed);
    }

    /// Ends the display with the time that the work took.
    pub fn finish(mut self) {
        self.end(End::Finished);
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
        self.end(End::Left);
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.state.text(None))
    }
}

impl State {
    fn new(label: &str, total: usize) -> Self {
        Self {
            label: label.to_owned(),
            total,
            done: AtomicUsize::new(0),
            start: Instant::now(),
            end: Mutex::new(None),
            ended: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<End>> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the ticker does.
    fn show(&self, patience: Duration, mut screen: Screen) {
        if self.wait(patience).is_some() {
            return;
        }
        let end = loop {
            screen(&self.view(None));
            if let Some(end) = self.wait(INTERVAL) {
                break end;
            }
        };
        screen(&self.view(Some(end)));
    }

    /// Waits that long, or until the work ends; then, how it ended.
    fn wait(&self, time: Duration) -> Option<End> {
        let end = self.lock();
        let waited = self.ended.wait_timeout_while(end, time, |end| end.is_none());
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn text(&self, end: Option<End>) -> String {
        let (done, total) = (self.done.load(Ordering::Relaxed), self.total);
        let seconds = self.start.elapsed().as_secs_f64();
        let rate = done as f64 / seconds.max(1e-9);
        let label = &self.label;
        match end {
            Some(End::Finished) => format!("{label}: {done} in {} ({})", time_text(seconds), rate_text(rate)),
            Some(End::Left) => format!("{label}: ended after {done} of {total}, {}", time_text(seconds)),
            None if done == 0 => format!("{label}: 0 of {total}, {}", time_text(seconds)),
            None => {
                let left = total.saturating_sub(done) as f64 / rate;
                format!("{label}: {done} of {total}, {}, {} left", rate_text(rate), time_text(left))
            }
        }
    }

    fn view(&self, end: Option<End>) -> MimeBundle {
        let text = self.text(end);
        let html = match end {
            Some(_) => format!("<div style=\"opacity:0.6\">{}</div>", escape(&text)),
            None => format!(
                "<div><progress max=\"{}\" value=\"{}\" style=\"width:20em;vertical-align:middle\"></progress> {}</div>",
                self.total,
                self.done.load(Ordering::Relaxed),
                escape(&text)
            ),
        };
        // In a terminal the final line stays and the next output begins below it.
        let plain = if end.is_some() && !bus::is_connected() { text + "\n" } else { text };
        MimeBundle::text(plain).with("text/html", html)
    }
}

fn time_text(seconds: f64) -> String {
    match seconds {
        s if s < 99.95 => format!("{s:.1} s"),
        s if s < 6000.0 => format!("{} min {} s", (s / 60.0) as u64, (s % 60.0) as u64),
        s => format!("{} h {} min", (s / 3600.0) as u64, (s % 3600.0 / 60.0) as u64),
    }
}

fn rate_text(per_second: f64) -> String {
    match per_second {
        r if r >= 100.0 => format!("{r:.0}/s"),
        r if r >= 1.0 => format!("{r:.1}/s"),
        r => format!("{:.1} s each", 1.0 / r.max(1e-9)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn views(patience: Duration, work: impl FnOnce(Progress)) -> Vec<String> {
        let (sender, receiver) = mpsc::channel();
        let screen = move |view: &MimeBundle| {
            let (text, html) = (view.get("text/plain").unwrap(), view.get("text/html").unwrap());
            sender.send(format!("{} | {html}", text.trim_end())).unwrap();
        };
        work(Progress::on("a < b", 4, patience, screen));
        receiver.iter().collect()
    }

    #[test]
    fn short_work_shows_nothing() {
        let shown = views(Duration::from_secs(60), |progress| {
            progress.step(4);
            progress.finish();
        });
        assert!(shown.is_empty(), "{shown:?}");
    }

    #[test]
    fn long_work_shows_a_bar_and_ends_as_one_line() {
        let shown = views(Duration::ZERO, |progress| {
            progress.step(2);
            std::thread::sleep(Duration::from_millis(500));
            progress.step(2);
            progress.finish();
        });
        let last = shown.last().unwrap();
        assert!(shown[0].contains("<progress max=\"4\"") && shown[0].contains("a &lt; b"), "{shown:?}");
        assert!(last.starts_with("a < b: 4 in ") && !last.contains("<progress"), "{last}");
        assert!(shown.len() <= 5, "too many updates: {shown:?}");
    }

    #[test]
    fn work_that_is_left_says_how_far_it_came() {
        let shown = views(Duration::ZERO, |progress| {
            progress.step(1);
            std::thread::sleep(Duration::from_millis(50));
            drop(progress);
        });
        assert!(shown.last().unwrap().starts_with("a < b: ended after 1 of 4"), "{shown:?}");
    }

    #[test]
    fn times_and_rates_read_well() {
        assert_eq!(time_text(4.56), "4.6 s");
        assert_eq!(time_text(125.0), "2 min 5 s");
        assert_eq!(rate_text(0.5), "2.0 s each");
        assert_eq!(rate_text(13.37), "13.4/s");
    }
}
