//! The card of a client: its threads, and a strip for each that shows when it did what.
//!
//! Self-contained, as all views are: colours of the theme where there is one, no script, no link. However many threads
//! there are and however long they work, the card keeps to some tens of kB: it is sent several times a second.

use super::strip::{self, Scale};
use crate::display::MimeBundle;
use crate::html::escape;
use crate::limits::resident;
use crate::parallel::lane::{Doing, KINDS, Lane};
use crate::parallel::live::Record;
use crate::parallel::progress::{BAR_STYLE, Report, time_text};
use crate::parallel::{bytes, cpus, memory_limit, short_bytes};
use std::time::Duration;

const STYLE: &str = include_str!("view.css");
/// Threads that have a strip.
const ROWS: usize = 64;
/// With more threads than this the strips are thin.
const THICK: usize = 24;
/// Threads in the text view, and characters of one strip there.
const TEXT_ROWS: usize = 16;
const TEXT_COLUMNS: usize = 40;

/// The kinds of work in the order of the lanes' numbers: their names and colours, which differ for the colour-blind too.
const LEGEND: [(&str, &str); KINDS] = [("reading", "#3b82c4"), ("computing", "#e8963a"), ("working", "#2a9d8f")];

/// A client of so many threads, with the work that it does or did last.
pub(crate) fn card(threads: usize, record: Option<&Record>) -> MimeBundle {
    let running = record.filter(|record| record.report.end.is_none());
    let used = running.map_or_else(resident, |record| record.report.moment.memory);
    let limit = memory_limit();
    let head = about(threads);
    let text = match record {
        None => format!("Client: {head}, {} of memory", bytes(limit)),
        Some(record) => format!("Client: {head}, {} of memory\n{}", bytes(limit), text(record)),
    };
    let body = match record {
        None => resting(threads),
        Some(record) => picture(record),
    };
    let html = format!(
        "<div class=\"iso-client\"><style>{BAR_STYLE}{STYLE}</style><div class=\"iso-head\"><span class=\"iso-kind\">Client</span><span>{head}</span><span class=\"iso-memory\">{} of {} memory</span></div>{body}</div>",
        short_bytes(used),
        short_bytes(limit),
    );
    MimeBundle::text(text).with("text/html", html)
}

/// A pool of so many threads, which has no picture of its own.
pub(crate) fn pool(threads: usize, text: String) -> MimeBundle {
    let html = format!(
        "<div class=\"iso-client\"><style>{STYLE}</style><div class=\"iso-head\"><span class=\"iso-kind\">Pool</span><span>{}</span></div><div class=\"iso-run iso-quiet\"><code>map(&amp;items, f)</code> gives each item to whichever thread is free and returns the results in the order of the items; <code>try_map</code> does the same for an <code>f</code> that can fail.</div></div>",
        about(threads)
    );
    MimeBundle::text(text).with("text/html", html)
}

/// `8 threads on 2 processors`
pub(crate) fn about(threads: usize) -> String {
    let number = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    format!("{} on {}", number(threads, "thread"), number(cpus(), "processor"))
}

/// Before anything has run.
fn resting(threads: usize) -> String {
    let lanes: Vec<(String, Lane)> = (1..=threads.min(ROWS)).map(|n| (format!("lazy-{n}"), Lane::default())).collect();
    let scale = Scale::new(&lanes, Duration::ZERO, false);
    let rows = rows(&lanes, &scale, |_| ("iso-quiet", "idle".to_owned()));
    format!(
        "<div class=\"iso-run iso-quiet\">Nothing has run yet. What the threads do is shown here while a later cell calls compute() or map().</div>{rows}{}<div class=\"iso-legend\">{}</div>",
        more(threads),
        keys(LEGEND.map(|(name, colour)| (colour, name.to_owned())), "idle".to_owned())
    )
}

fn picture(record: &Record) -> String {
    let Record { report, lanes } = record;
    let running = report.end.is_none();
    let scale = Scale::new(lanes, report.moment.elapsed, running);
    let run = match report.end {
        None => format!("{}{}", report.bar(), report.facts(false)),
        Some(end) => format!("<span class=\"iso-quiet\">{}</span>", escape(&report.ending(end))),
    };
    let beside = |lane: &Lane| match running {
        true => now(lane),
        false => ("iso-quiet", escape(&summary(lane, report))),
    };
    format!(
        "<div class=\"iso-work iso-run\">{run}</div>{}{}<div class=\"iso-legend\">{}</div>",
        rows(lanes, &scale, beside),
        more(lanes.len()),
        legend(lanes, report.moment.elapsed)
    )
}

/// What a thread is doing: the item in work, with a dot in the colour of what is done for it.
fn now(lane: &Lane) -> (&'static str, String) {
    let colour = match lane.doing() {
        Doing::Nothing => return ("iso-quiet", "idle".to_owned()),
        Doing::Reading => LEGEND[0].1,
        Doing::Computing => LEGEND[1].1,
        Doing::Working => LEGEND[2].1,
    };
    ("", format!("{}{}", key(colour), escape(lane.name())))
}

/// What a thread has done in all.
fn summary(lane: &Lane, report: &Report) -> String {
    format!("{}, {} busy", report.steps(lane.steps()), percent(busy(lane), report.moment.elapsed))
}

fn busy(lane: &Lane) -> u64 {
    lane.spent().iter().sum()
}

/// The share of a time that so many microseconds are.
fn percent(micros: u64, time: Duration) -> String {
    let share = micros as f64 / (time.as_micros() as f64).max(1.0);
    format!("{:.0} %", (100.0 * share).min(100.0))
}

fn key(colour: &str) -> String {
    format!("<i class=\"iso-key\" style=\"background:{colour}\"></i>")
}

/// A row for each thread, with what stands beside its strip: a class and markup.
fn rows(lanes: &[(String, Lane)], scale: &Scale, beside: impl Fn(&Lane) -> (&'static str, String)) -> String {
    let colours = LEGEND.map(|(_, colour)| colour);
    let rows: String = lanes
        .iter()
        .take(ROWS)
        .map(|(thread, lane)| {
            let (class, text) = beside(lane);
            let svg = strip::svg(lane, scale, &colours);
            format!("<span>{}</span>{svg}<span class=\"{class}\">{text}</span>", escape(thread))
        })
        .collect();
    let class = if lanes.len() > THICK { "iso-lanes iso-many" } else { "iso-lanes" };
    // Before any work the axis is there without numbers, so that nothing moves when they come.
    let ends = match scale.length() {
        0 => "<span>&nbsp;</span>".to_owned(),
        micros => format!("<span>0 s</span><span>{}</span>", time_text(Duration::from_micros(micros))),
    };
    let axis = format!("<span></span><span class=\"iso-axis\">{ends}</span><span></span>");
    format!("<div class=\"{class}\">{rows}{axis}</div>")
}

fn more(threads: usize) -> String {
    match threads.saturating_sub(ROWS) {
        0 => String::new(),
        more => format!("<div class=\"iso-quiet\">and {more} more threads</div>"),
    }
}

/// The colours that occur, with their shares of all threads' time.
fn legend(lanes: &[(String, Lane)], elapsed: Duration) -> String {
    let all = elapsed * u32::try_from(lanes.len()).unwrap_or(u32::MAX);
    let mut spent = [0; KINDS];
    for (_, lane) in lanes {
        spent.iter_mut().zip(lane.spent()).for_each(|(sum, spent)| *sum += spent);
    }
    let idle = (all.as_micros() as u64).saturating_sub(spent.iter().sum());
    let kinds = LEGEND.iter().zip(spent).filter(|(_, spent)| *spent > 0);
    let kinds = kinds.map(|((name, colour), spent)| (*colour, format!("{name} {}", percent(spent, all))));
    keys(kinds, format!("idle {}", percent(idle, all)))
}

/// What the colours mean.
fn keys(kinds: impl IntoIterator<Item = (&'static str, String)>, idle: String) -> String {
    let keys = kinds.into_iter().chain([("rgba(128, 128, 128, .35)", idle)]);
    keys.map(|(colour, text)| format!("<span>{}{text}</span>", key(colour))).collect()
}

/// The same without colours: how busy each thread was, and what it works on.
fn text(record: &Record) -> String {
    let Record { report, lanes } = record;
    let running = report.end.is_none();
    let scale = Scale::new(lanes, report.moment.elapsed, running);
    let width = lanes.iter().take(TEXT_ROWS).map(|(thread, _)| thread.len()).max().unwrap_or(0);
    let mut text = report.text();
    for (thread, lane) in lanes.iter().take(TEXT_ROWS) {
        let beside = match (running, lane.name()) {
            (false, _) => summary(lane, report),
            (true, "") => "idle".to_owned(),
            (true, name) => name.to_owned(),
        };
        text.push_str(&format!("\n{thread:width$} |{}| {beside}", strip::blocks(lane, &scale, TEXT_COLUMNS)));
    }
    if lanes.len() > TEXT_ROWS {
        text.push_str(&format!("\nand {} more threads", lanes.len() - TEXT_ROWS));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parallel::lane::Name;
    use crate::parallel::progress::{End, Moment};
    use std::path::Path;

    const MS: u64 = 1000;

    fn record(lanes: Vec<Lane>, end: Option<End>) -> Record {
        let busy = Some((lanes.len(), lanes.len()));
        let moment = Moment { elapsed: Duration::from_millis(1000), done: 7, busy, bytes: 0, memory: 0 };
        let (label, unit) = ("computing".to_owned(), "windows".to_owned());
        let report =
            Report { label, unit, total: 14, moment, rate: Some(7.0), left: None, peak: 0, limit: 1 << 30, end };
        let named = |(n, lane): (usize, Lane)| (format!("lazy-{}", n + 1), lane);
        Record { report, lanes: lanes.into_iter().enumerate().map(named).collect() }
    }

    /// Reads a file from 0.2 s on, for half a second; the second lane has been idle.
    fn two() -> Vec<Lane> {
        let (mut reader, mut idle) = (Lane::default(), Lane::default());
        reader.begin(200 * MS, Doing::Computing, Name::Window(0, 2));
        reader.read(200 * MS, Some(Path::new("/data/<b>rain & sun.tif")));
        reader.resume(700 * MS);
        reader.step(7);
        reader.charge(1000 * MS);
        idle.charge(1000 * MS);
        vec![reader, idle]
    }

    fn html(view: &MimeBundle) -> String {
        view.get("text/html").unwrap().to_owned()
    }

    #[test]
    fn a_card_before_any_work_shows_the_threads_at_rest() {
        let view = card(3, None);
        let html = html(&view);
        assert_eq!(html.matches("<svg").count(), 3);
        assert!(html.contains("Nothing has run yet") && html.contains("3 threads on "), "{html}");
        assert!(view.get("text/plain").unwrap().starts_with("Client: 3 threads on "));
    }

    #[test]
    fn while_work_goes_on_each_thread_says_what_it_does() {
        let view = card(2, Some(&record(two(), None)));
        let html = html(&view);
        assert!(html.contains("&lt;b&gt;rain &amp; sun.tif</span>"), "{html}");
        assert!(html.contains("background:#e8963a\"></i>&lt;b&gt;rain"), "the dot is that of computing: {html}");
        assert!(html.contains(">idle</span>") && html.contains("iso-track"), "{html}");
        assert!(
            html.contains("reading 25 %") && html.contains("computing 15 %") && html.contains("idle 60 %"),
            "{html}"
        );
        let text = view.get("text/plain").unwrap();
        assert!(text.contains("computing: 50 % (7 of 14 windows)"), "{text}");
        assert!(text.contains("lazy-1 |") && text.contains("| <b>rain & sun.tif"), "{text}");
    }

    #[test]
    fn after_the_work_the_card_rests_with_what_was_done() {
        let mut lanes = two();
        lanes[0].end(1000 * MS);
        let view = card(2, Some(&record(lanes, Some(End::Finished))));
        let html = html(&view);
        assert!(html.contains("computing: 7 windows in 1.0 s") && !html.contains("iso-track\""), "{html}");
        assert!(html.contains("7 windows, 80 % busy") && html.contains("0 windows, 0 % busy"), "{html}");
    }

    #[test]
    fn a_card_is_self_contained() {
        for view in [card(2, None), card(2, Some(&record(two(), None))), pool(2, String::new())] {
            let html = html(&view);
            for foreign in ["<script", "<a ", "href", "http", "url(", "@import", "onclick", " id="] {
                assert!(!html.contains(foreign), "{foreign} in {html}");
            }
        }
    }

    #[test]
    fn a_card_stays_small_whatever_the_threads_did() {
        // Every column differs from the one before, in each kind.
        let restless = || {
            let mut lane = Lane::default();
            for column in 0..150 {
                let start = column * 10 * MS;
                lane.begin(start, Doing::Computing, Name::Text(&"&".repeat(200)));
                lane.read(start + column % 3 * MS, None);
                lane.resume(start + (3 + column % 4) * MS);
                lane.end(start + (6 + column % 4) * MS);
                lane.begin(start + 9 * MS, Doing::Working, Name::Text(&"&".repeat(200)));
            }
            lane
        };
        for threads in [1, 8, 16, 17, 64, 1024] {
            let mut record = record((0..threads).map(|_| restless()).collect(), None);
            record.report.moment.elapsed = Duration::from_millis(1500);
            let html = html(&card(threads, Some(&record)));
            assert!(html.len() < 80_000, "{threads} threads: {} bytes", html.len());
            assert_eq!(html.contains("more threads"), threads > ROWS);
        }
    }
}
