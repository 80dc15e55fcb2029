//! The cell that is being executed: what asked for it, and where its output goes.

use crate::jupyter::display::{self, media};
use crate::jupyter::iopub::Publisher;
use crate::worker::Stream;
use isopleth_bus::worker::Display;
use jupyter_protocol::{ExecuteResult, ExecutionCount, JupyterMessage, JupyterMessageContent as Content, Transient};
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex};

/// A cell that is executed now, or was last: what threads that it has left say later is shown below it.
#[derive(Clone)]
pub struct ExecutingCell {
    request: Arc<JupyterMessage>,
    publisher: Publisher,
    /// Its number, from 1.
    pub count: usize,
    results: Results,
}

/// What becomes of values.
#[derive(Clone)]
enum Results {
    Shown,
    /// The request is silent: nor is there a word of the kernel's own.
    Silent,
    /// The newest is kept, for whoever asked.
    Captured(Arc<Mutex<Option<Display>>>),
}

impl ExecutingCell {
    pub fn new(request: Arc<JupyterMessage>, publisher: Publisher, count: usize, silent: bool) -> Self {
        Self { request, publisher, count, results: if silent { Results::Silent } else { Results::Shown } }
    }

    /// The same cell, as far as what asks for a value is concerned: the value goes there and is not shown.
    pub fn capturing(&self, value: &Arc<Mutex<Option<Display>>>) -> Self {
        Self { results: Results::Captured(Arc::clone(value)), ..self.clone() }
    }

    /// The same cell after its end: whatever comes from its threads is shown.
    pub fn after_its_end(&self) -> Self {
        Self { results: Results::Shown, ..self.clone() }
    }

    pub fn request(&self) -> &JupyterMessage {
        &self.request
    }

    /// The number that the notebook shows.
    pub fn execution_count(&self) -> ExecutionCount {
        ExecutionCount::new(self.count.max(1))
    }

    /// The notebook's own name for the cell.
    pub fn id(&self) -> Option<String> {
        self.request.metadata["cellId"].as_str().map(str::to_owned)
    }

    pub fn is_silent(&self) -> bool {
        matches!(self.results, Results::Silent)
    }

    /// Publishes what follows from the cell, whether or not it is silent.
    pub fn publish(&self, content: impl Into<Content>) {
        self.publisher.publish(content, &self.request);
    }

    /// Shows text on one of the streams.
    pub fn text(&self, stream: Stream, text: &str) {
        self.publish(display::text(stream, text));
    }

    /// What the kernel itself has to say of the cell.
    pub fn notices(&self, notices: &[String]) {
        if let Some(content) = display::notices(notices).filter(|_| !self.is_silent()) {
            self.publish(content);
        }
    }

    /// The line that says what cargo is doing; `again`, in place of the line before.
    pub fn progress(&self, line: &str, again: bool) {
        if !self.is_silent() {
            self.publish(display::progress(line, self.count, again));
        }
    }

    /// The value of the cell.
    pub fn result(&self, value: Display) {
        match &self.results {
            Results::Shown => self.publish(display::result(value, self.execution_count())),
            Results::Silent => {}
            Results::Captured(kept) => *kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(value),
        }
    }

    /// The answer of one of the notebook's commands, in several forms.
    pub fn answer(&self, forms: &[(&str, String)]) {
        if self.is_silent() {
            return;
        }
        let data: Map<String, Value> =
            forms.iter().map(|(mime, text)| ((*mime).to_owned(), Value::String(text.clone()))).collect();
        let (execution_count, transient) = (self.execution_count(), Some(Transient::default()));
        self.publish(ExecuteResult { execution_count, data: media(data), transient, ..ExecuteResult::default() });
    }

    /// The same with plain text alone.
    pub fn say(&self, text: &str) {
        self.answer(&[("text/plain", text.to_owned())]);
    }
}
