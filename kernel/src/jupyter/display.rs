//! Frames of the display bus, as IOPub messages.

use super::iopub::Publisher;
use crate::worker::Stream;
use jupyter_protocol::{
    ClearOutput, DisplayData, ExecuteResult, ExecutionCount, JupyterMessage, Media, StreamContent, Transient,
    UpdateDisplayData,
};
use serde_json::{Map, Value};

/// A mime bundle as the protocol crate has it.
pub fn media(data: Map<String, Value>) -> Media {
    serde_json::from_value(Value::Object(data)).unwrap_or_default()
}

/// Publishes text of the user's.
pub fn text(publisher: &Publisher, stream: Stream, text: &str, parent: &JupyterMessage) {
    let content = match stream {
        Stream::Stdout => StreamContent::stdout(text),
        Stream::Stderr => StreamContent::stderr(text),
    };
    publisher.publish(content, parent);
}

/// Publishes what the kernel itself has to say of a cell, dimly, above its output.
///
/// Not on stderr: frontends draw that as if something had failed, and nbgrader gives no marks for it.
pub fn notices(publisher: &Publisher, notices: &[String], parent: &JupyterMessage) {
    if notices.is_empty() {
        return;
    }
    let data = dim(&notices.join("\n"));
    let display = DisplayData { data, metadata: Map::new(), transient: Some(Transient::default()) };
    publisher.publish(display, parent);
}

/// Publishes the one line that says what cargo is doing; `again`, in place of the line before.
pub fn progress(publisher: &Publisher, line: &str, cell: usize, again: bool, parent: &JupyterMessage) {
    let (data, metadata) = (dim(line), Map::new());
    let transient = Transient { display_id: Some(format!("isopleth-cargo-{cell}")) };
    if again {
        publisher.publish(UpdateDisplayData { data, metadata, transient }, parent);
    } else {
        publisher.publish(DisplayData { data, metadata, transient: Some(transient) }, parent);
    }
}

fn dim(text: &str) -> Media {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let html = format!("<pre style=\"opacity: 0.65; margin: 0\">{escaped}</pre>");
    let mut data = Map::new();
    data.insert("text/html".into(), html.into());
    data.insert("text/plain".into(), text.into());
    media(data)
}

/// Publishes a display, an update, the cell's result, or a clearing of the output.
pub fn frame(publisher: &Publisher, frame: &Value, count: ExecutionCount, parent: &JupyterMessage) {
    let part = |key: &str| frame[key].as_object().cloned().unwrap_or_default();
    let (data, metadata) = (media(part("data")), part("metadata"));
    let transient = Transient { display_id: frame["id"].as_str().map(str::to_owned) };
    match frame["msg"].as_str() {
        // Frontends update displays in place, but not results.
        Some("result") if transient.display_id.is_some() => {
            publisher.publish(DisplayData { data, metadata, transient: Some(transient) }, parent);
        }
        Some("result") => {
            publisher.publish(
                ExecuteResult { execution_count: count, data, metadata, transient: Some(Transient::default()) },
                parent,
            );
        }
        Some("display") => publisher.publish(DisplayData { data, metadata, transient: Some(transient) }, parent),
        Some("update") => publisher.publish(UpdateDisplayData { data, metadata, transient }, parent),
        Some("clear") => publisher.publish(ClearOutput { wait: frame["wait"].as_bool().unwrap_or(false) }, parent),
        _ => {}
    }
}
