//! Where each millisecond of a cell goes, in a file that the trace viewers of browsers open (`chrome://tracing`, Perfetto).
//!
//! Each span becomes one slice, from when it was made until it is closed. The file is a JSON array that is never closed, as the
//! format allows: so it can be opened whenever, and however the kernel ends.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// The lanes of a timeline, told by a span's field `lane`: what is in one lane follows each other or is nested.
pub const CELL: u64 = 1;
pub const ANALYSIS: u64 = 2;
const LANES: [(u64, &str); 2] = [(CELL, "cell"), (ANALYSIS, "analysis")];

/// A layer that writes spans into a file.
#[derive(Debug)]
pub struct Timeline {
    file: Mutex<File>,
    begun: Instant,
}

/// What is kept of a span until it is closed.
#[derive(Debug)]
struct Slice {
    begun: Instant,
    lane: u64,
    details: serde_json::Map<String, serde_json::Value>,
}

impl Timeline {
    /// Begins a file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut file = File::create(path)?;
        let process = std::process::id();
        let names = LANES.map(|(lane, name)| {
            serde_json::json!({ "ph": "M", "name": "thread_name", "pid": process, "tid": lane, "args": { "name": name } })
                .to_string()
        });
        writeln!(file, "[\n{}", names.join(",\n"))?;
        Ok(Self { file: Mutex::new(file), begun: Instant::now() })
    }

    fn write(&self, slice: &Slice, name: &str) {
        let microseconds = |passed: std::time::Duration| passed.as_secs_f64() * 1e6;
        let event = serde_json::json!({
            "ph": "X", "name": name, "pid": std::process::id(), "tid": slice.lane, "cat": "kernel",
            "ts": microseconds(slice.begun.duration_since(self.begun)), "dur": microseconds(slice.begun.elapsed()),
            "args": slice.details,
        });
        let mut file = self.file.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        // A disk that is full is no reason to stop.
        let _ = file.write_all(format!(",{event}\n").as_bytes());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Timeline {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let lane = span.parent().and_then(|parent| parent.extensions().get::<Slice>().map(|slice| slice.lane));
        let mut slice = Slice { begun: Instant::now(), lane: lane.unwrap_or(CELL), details: serde_json::Map::new() };
        attributes.record(&mut slice);
        span.extensions_mut().insert(slice);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(slice) = span.extensions_mut().get_mut::<Slice>()
        {
            values.record(slice);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(span) = context.span(&id)
            && let Some(slice) = span.extensions().get::<Slice>()
        {
            self.write(slice, span.name());
        }
    }
}

impl Visit for Slice {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "lane" => self.lane = value,
            name => drop(self.details.insert(name.to_owned(), value.into())),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.details.insert(field.name().to_owned(), value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.details.insert(field.name().to_owned(), format!("{value:?}").into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::layer::SubscriberExt;

    #[test]
    fn spans_are_slices_that_lie_in_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace.json");
        let timeline = Timeline::create(&path).unwrap();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(timeline), || {
            let cell = tracing::info_span!("cell", number = 3u64).entered();
            tracing::info_span!("compile").in_scope(|| ());
            let types = tracing::info_span!("types", lane = ANALYSIS);
            drop(cell);
            drop(types);
        });
        let text = std::fs::read_to_string(path).unwrap();
        let events: Vec<serde_json::Value> = serde_json::from_str(&format!("{text}]")).unwrap();
        let found = |name: &str| events.iter().find(|event| event["name"] == name).unwrap();
        let end = |event: &serde_json::Value| event["ts"].as_f64().unwrap() + event["dur"].as_f64().unwrap();
        let (cell, compile, types) = (found("cell"), found("compile"), found("types"));
        assert_eq!((&cell["tid"], &compile["tid"], &types["tid"]), (&1.into(), &1.into(), &2.into()));
        assert!(cell["ts"].as_f64() <= compile["ts"].as_f64() && end(compile) <= end(cell));
        assert_eq!(cell["args"]["number"], 3);
    }
}
