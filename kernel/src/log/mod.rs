//! What the kernel tells those who look after it: a log in the user's state folder, and where each millisecond of a cell goes.
//!
//! The log never holds what a user has written, unless `ISOPLETH_LOG_CODE` is set. `ISOPLETH_LOG` says how much is told
//! (`error`, `warn`, `info`, `debug`, `trace`; `info` if it is not set). `ISOPLETH_TRACE=FILE` writes a [timeline].

mod file;
mod timeline;

pub use file::path;
pub use timeline::{ANALYSIS, CELL};

use file::BoundedFile;
use std::str::FromStr;
use std::sync::OnceLock;
use timeline::Timeline;
use tracing::Metadata;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::{Filter, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// Our own crate: what rust-analyzer and others say of themselves is of no use here.
const OURS: &str = env!("CARGO_CRATE_NAME");

/// How much goes into the log.
const LEVEL: &str = "ISOPLETH_LOG";
/// Set where users' code may be logged.
const CODE: &str = "ISOPLETH_LOG_CODE";
/// Names the file of the timeline.
const TRACE: &str = "ISOPLETH_TRACE";

/// Begins to log for one kernel. Warnings also go to stderr, which Jupyter shows in its own log. Where the log cannot be
/// written there is none, and that is no reason for a kernel not to run.
pub fn begin() {
    let level = std::env::var(LEVEL).ok().and_then(|level| LevelFilter::from_str(&level).ok());
    let file = path().map(|path| {
        let layer = fmt::layer().with_ansi(false).with_target(false).with_writer(BoundedFile::at(path));
        layer.with_filter(messages(level.unwrap_or(LevelFilter::INFO)))
    });
    let stderr = fmt::layer().with_ansi(false).with_target(false).without_time().with_writer(std::io::stderr);
    let timeline = std::env::var_os(TRACE).and_then(|path| match Timeline::create(path.as_ref()) {
        Ok(timeline) => Some(timeline),
        Err(error) => {
            eprintln!("isopleth kernel: {TRACE}: {} cannot be written: {error}", path.display());
            None
        }
    });
    let begun = tracing_subscriber::registry()
        .with(file)
        .with(stderr.with_filter(messages(LevelFilter::WARN)))
        .with(timeline.map(|timeline| timeline.with_filter(filter_fn(|of| of.is_span() && is_ours(of)))))
        .try_init();
    debug_assert!(begun.is_ok(), "the log begins once");
}

/// Messages, without the spans they are in: where time goes is the timeline's to say.
fn messages<S>(level: LevelFilter) -> impl Filter<S> {
    filter_fn(move |of| of.is_event() && *of.level() <= level && is_ours(of)).with_max_level_hint(level)
}

fn is_ours(of: &Metadata<'_>) -> bool {
    of.target().split("::").next() == Some(OURS)
}

/// Opens the log at `path`, as a kernel does.
///
/// # Errors
/// If it cannot be written.
pub fn open(path: &std::path::Path) -> std::io::Result<()> {
    BoundedFile::open(path).map(drop)
}

/// `code` as it may stand in the log.
pub fn code(code: &str) -> String {
    static ALLOWED: OnceLock<bool> = OnceLock::new();
    if *ALLOWED.get_or_init(|| std::env::var_os(CODE).is_some()) {
        format!("{code:?}")
    } else {
        format!("({} bytes)", code.len())
    }
}
