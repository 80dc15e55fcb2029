//! How far work has come at one moment, as a bar in a notebook and as a line of text.

use super::{End, Moment};
use crate::display::MimeBundle;
use crate::html::escape;
use crate::parallel::short_bytes;
use std::fmt::Write as _;
use std::time::Duration;

pub(crate) const STYLE: &str = include_str!("report.css");

/// Everything that is told of a piece of work.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Report {
    pub label: String,
    /// What the steps are, in the plural; may be empty.
    pub unit: String,
    pub total: usize,
    pub moment: Moment,
    /// Steps per second of late; of the whole work once it has ended.
    pub rate: Option<f64>,
    pub left: Option<Duration>,
    /// The most memory that was seen, in bytes.
    pub peak: u64,
    /// What this process may use, in bytes.
    pub limit: u64,
    pub end: Option<End>,
}

impl Report {
    /// The share that is done, from 0 to 1.
    pub fn share(&self) -> f64 {
        if self.total == 0 { 0.0 } else { (self.moment.done as f64 / self.total as f64).min(1.0) }
    }

    /// Whole percent. Only what is done is 100.
    fn percent(&self) -> String {
        let percent = (100.0 * self.share()).floor();
        format!("{percent:.0} %")
    }

    /// So many steps with their unit: `46 windows`.
    pub fn steps(&self, count: usize) -> String {
        let unit = if self.unit.is_empty() { "steps" } else { &self.unit };
        format!("{count}{}", unit_of(unit, count))
    }

    /// `224 of 366 files`.
    pub fn count(&self) -> String {
        let unit = unit_of(&self.unit, self.total);
        format!("{} of {}{unit}", self.moment.done, self.total)
    }

    fn rates(&self) -> Vec<String> {
        let mut rates = Vec::new();
        if let Some(rate) = self.rate.filter(|_| self.moment.done > 0) {
            rates.push(rate_text(rate, &self.unit));
        }
        let seconds = self.moment.elapsed.as_secs_f64();
        if self.moment.bytes > 0 && seconds > 0.0 {
            rates.push(format!("{}/s read", short_bytes((self.moment.bytes as f64 / seconds) as u64)));
        }
        rates
    }

    fn threads(&self) -> Option<String> {
        self.moment.busy.map(|(busy, threads)| match threads {
            1 => format!("{busy} of 1 thread busy"),
            _ => format!("{busy} of {threads} threads busy"),
        })
    }

    /// How it ended, in one line: `computing: 366 windows in 20.1 s (18.2/s), peak 430 MiB`.
    pub fn ending(&self, end: End) -> String {
        let (label, took) = (&self.label, time_text(self.moment.elapsed));
        match end {
            End::Finished => {
                let done = self.moment.done;
                let mut text = format!("{label}: {done}{} in {took}", unit_of(&self.unit, done));
                let rates = self.rates();
                if !rates.is_empty() {
                    let _ = write!(text, " ({})", rates.join(", "));
                }
                if self.peak > 0 {
                    let _ = write!(text, ", peak {}", short_bytes(self.peak));
                }
                text
            }
            End::Stopped => format!("{label}: stopped after {} ({}), {took}", self.count(), self.percent()),
            End::Left => format!("{label}: ended early, after {} ({}), {took}", self.count(), self.percent()),
        }
    }

    /// One line, what matters most first: a terminal may have no room for the rest.
    pub fn text(&self) -> String {
        if let Some(end) = self.end {
            return self.ending(end);
        }
        let mut parts = vec![format!("{} ({})", self.percent(), self.count())];
        parts.extend(self.left.map(|left| format!("{} left", left_text(left))));
        parts.extend(self.rates());
        parts.extend(self.threads());
        if self.moment.memory > 0 {
            parts.push(short_bytes(self.moment.memory));
        }
        format!("{}: {}", self.label, parts.join(", "))
    }

    /// The bar and what is beside it, without a style of its own.
    pub fn bar(&self) -> String {
        let percent = self.percent();
        let left = self.left.map_or_else(String::new, |left| format!("{} left", left_text(left)));
        let number = percent.trim_end_matches(" %");
        format!(
            "<div class=\"iso-bar\"><span class=\"iso-label\">{}</span><span class=\"iso-track\" role=\"progressbar\" aria-label=\"{0}\" aria-valuemin=\"0\" aria-valuemax=\"100\" aria-valuenow=\"{number}\"><span style=\"width:{:.2}%\"></span></span><span class=\"iso-percent\">{percent}</span><span class=\"iso-left\">{left}</span></div>",
            escape(&self.label),
            100.0 * self.share(),
        )
    }

    /// The facts below the bar, with or without those of the memory.
    pub fn facts(&self, memory: bool) -> String {
        let mut facts = vec![self.count()];
        facts.extend(self.rates());
        facts.push(format!("{} s", self.moment.elapsed.as_secs()));
        facts.extend(self.threads());
        if memory && self.moment.memory > 0 {
            facts.push(format!("{} of {} memory", short_bytes(self.moment.memory), short_bytes(self.limit)));
        }
        let facts: String = facts.iter().map(|fact| format!("<span>{}</span>", escape(fact))).collect();
        format!("<div class=\"iso-facts\">{facts}</div>")
    }

    /// As a notebook shows it.
    pub fn view(&self) -> MimeBundle {
        let html = match self.end {
            Some(end) => format!(
                "<div style=\"opacity:0.65;font-size:13px;font-variant-numeric:tabular-nums\">{}</div>",
                escape(&self.ending(end))
            ),
            None => format!("<div class=\"iso-work\"><style>{STYLE}</style>{}{}</div>", self.bar(), self.facts(true)),
        };
        MimeBundle::text(self.text()).with("text/html", html)
    }
}

/// The unit behind a number, with a space before it: ` files`, ` file`, or nothing.
fn unit_of(unit: &str, count: usize) -> String {
    match (unit, count) {
        ("", _) => String::new(),
        (_, 1) => format!(" {}", singular(unit)),
        _ => format!(" {unit}"),
    }
}

fn singular(unit: &str) -> &str {
    unit.strip_suffix('s').unwrap_or(unit)
}

/// A time that was measured.
pub(crate) fn time_text(time: Duration) -> String {
    match time.as_secs_f64() {
        s if s < 0.0995 => format!("{:.0} ms", s * 1000.0),
        s if s < 99.95 => format!("{s:.1} s"),
        s if s < 6000.0 => format!("{} min {} s", (s / 60.0) as u64, (s % 60.0) as u64),
        s => format!("{} h {} min", (s / 3600.0) as u64, (s % 3600.0 / 60.0) as u64),
    }
}

/// A time that is an estimate: no more digits than it deserves, so that it does not flicker.
fn left_text(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    let steps = |step: f64| ((seconds / step).ceil() * step) as u64;
    match seconds {
        s if s <= 10.0 => format!("{} s", steps(1.0)),
        s if s <= 55.0 => format!("{} s", steps(5.0)),
        s if s <= 285.0 => {
            let rounded = steps(15.0);
            match rounded % 60 {
                0 => format!("{} min", rounded / 60),
                rest => format!("{} min {rest} s", rounded / 60),
            }
        }
        s if s <= 5400.0 => format!("{} min", steps(60.0) / 60),
        _ => {
            let minutes = steps(600.0) / 60;
            format!("{} h {} min", minutes / 60, minutes % 60)
        }
    }
}

fn rate_text(per_second: f64, unit: &str) -> String {
    let each = if unit.is_empty() { "each".to_owned() } else { format!("per {}", singular(unit)) };
    match per_second {
        r if r >= 99.95 => format!("{r:.0}/s"),
        r if r >= 1.0 => format!("{r:.1}/s"),
        r => format!("{} {each}", time_text(Duration::try_from_secs_f64(1.0 / r).unwrap_or(Duration::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(done: usize) -> Report {
        Report {
            label: "computing <a & b>".to_owned(),
            unit: "files".to_owned(),
            total: 366,
            moment: Moment {
                elapsed: Duration::from_millis(12_240),
                done,
                busy: Some((7, 8)),
                bytes: 12 << 30,
                memory: 412 << 20,
            },
            rate: Some(18.3),
            left: Some(Duration::from_millis(7_700)),
            peak: 430 << 20,
            limit: 32 << 30,
            end: None,
        }
    }

    #[test]
    fn a_bar_tells_how_far_how_fast_how_long_who_and_how_much_memory() {
        let view = report(224).view();
        let text = view.get("text/plain").unwrap();
        assert_eq!(
            text,
            "computing <a & b>: 61 % (224 of 366 files), 8 s left, 18.3/s, 1003 MiB/s read, 7 of 8 threads busy, 412 MiB"
        );
        let html = view.get("text/html").unwrap();
        for part in [
            "computing &lt;a &amp; b&gt;",
            "width:61.20%",
            "aria-valuenow=\"61\"",
            "8 s left",
            "12 s",
            "412 MiB of 32.0 GiB memory",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn views_are_self_contained_and_small() {
        let html = report(224).view().get("text/html").unwrap().to_owned();
        for foreign in ["<script", "<a ", "href", "http", "url(", "@import", "onclick", "id="] {
            assert!(!html.contains(foreign), "{foreign} in {html}");
        }
        assert!(html.len() < 4000, "{}", html.len());
    }

    #[test]
    fn each_ending_is_one_quiet_line() {
        let ended = |done, end| Report { end: Some(end), left: None, ..report(done) }.view();
        let finished = ended(366, End::Finished);
        assert_eq!(
            finished.get("text/plain").unwrap(),
            "computing <a & b>: 366 files in 12.2 s (18.3/s, 1003 MiB/s read), peak 430 MiB"
        );
        assert!(!finished.get("text/html").unwrap().contains("iso-track"));
        let stopped = ended(224, End::Stopped);
        assert_eq!(
            stopped.get("text/plain").unwrap(),
            "computing <a & b>: stopped after 224 of 366 files (61 %), 12.2 s"
        );
        let left = ended(0, End::Left);
        assert_eq!(
            left.get("text/plain").unwrap(),
            "computing <a & b>: ended early, after 0 of 366 files (0 %), 12.2 s"
        );
    }

    #[test]
    fn what_is_not_known_is_not_told() {
        let bare = Report {
            unit: String::new(),
            rate: None,
            left: None,
            moment: Moment { busy: None, bytes: 0, memory: 0, ..report(0).moment },
            ..report(0)
        };
        assert_eq!(bare.text(), "computing <a & b>: 0 % (0 of 366)");
    }

    #[test]
    fn only_what_is_done_is_a_hundred_percent() {
        assert!(report(365).text().contains(": 99 %"));
        assert!(report(366).text().contains(": 100 %"));
        assert!(report(400).text().contains(": 100 %"), "an estimate of the total may be too low");
        assert_eq!(Report { total: 0, ..report(0) }.share(), 0.0);
    }

    #[test]
    fn times_and_rates_read_well() {
        let time = |seconds: f64| time_text(Duration::from_secs_f64(seconds));
        assert_eq!([time(0.042), time(4.56), time(125.0), time(7500.0)], ["42 ms", "4.6 s", "2 min 5 s", "2 h 5 min"]);
        let left = |seconds: f64| left_text(Duration::from_secs_f64(seconds));
        assert_eq!([left(0.2), left(7.7), left(31.0), left(56.0)], ["1 s", "8 s", "35 s", "1 min"]);
        assert_eq!(
            [left(100.0), left(299.0), left(1000.0), left(9000.0)],
            ["1 min 45 s", "5 min", "17 min", "2 h 30 min"]
        );
        assert_eq!(rate_text(0.5, "files"), "2.0 s per file");
        assert_eq!(rate_text(0.5, ""), "2.0 s each");
        assert_eq!(rate_text(13.37, ""), "13.4/s");
        assert_eq!(rate_text(250.0, "windows"), "250/s");
        assert_eq!(unit_of("files", 1), " file");
    }
}
