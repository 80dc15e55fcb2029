//! What is shown, as contents of IOPub messages.

use crate::worker::Stream;
use isopleth_bus::worker::Display;
use jupyter_protocol::{
    DisplayData, ExecuteResult, ExecutionCount, JupyterMessageContent as Content, Media, StreamContent, Transient,
    UpdateDisplayData,
};
use serde_json::{Map, Value};

/// A mime bundle as the protocol crate has it.
pub fn media(data: Map<String, Value>) -> Media {
    serde_json::from_value(Value::Object(data)).unwrap_or_default()
}

/// Text of the user's.
pub fn text(stream: Stream, text: &str) -> StreamContent {
    match stream {
        Stream::Stdout => StreamContent::stdout(text),
        Stream::Stderr => StreamContent::stderr(text),
    }
}

/// What the kernel itself has to say of a cell, dimly, above its output. Nothing where there is nothing to say.
///
/// Not on stderr: frontends draw that as if something had failed, and nbgrader gives no marks for it.
pub fn notices(notices: &[String]) -> Option<DisplayData> {
    let data = dim(&notices.join("\n"));
    (!notices.is_empty()).then(|| DisplayData { data, metadata: Map::new(), transient: Some(Transient::default()) })
}

/// The one line that says what cargo is doing; `again`, in place of the line before.
pub fn progress(line: &str, cell: usize, again: bool) -> Content {
    let (data, metadata) = (dim(line), Map::new());
    let transient = Transient { display_id: Some(format!("isopleth-cargo-{cell}")) };
    if again {
        UpdateDisplayData { data, metadata, transient }.into()
    } else {
        DisplayData { data, metadata, transient: Some(transient) }.into()
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

/// Something that a cell shows.
pub fn display(shown: Display) -> DisplayData {
    let transient = Some(Transient { display_id: shown.id });
    DisplayData { data: media(shown.data), metadata: shown.metadata, transient }
}

/// The same in place of the display that has its id.
pub fn update(shown: Display) -> UpdateDisplayData {
    let transient = Transient { display_id: shown.id };
    UpdateDisplayData { data: media(shown.data), metadata: shown.metadata, transient }
}

/// The value of the cell that has the number `count`.
pub fn result(shown: Display, count: ExecutionCount) -> Content {
    // Frontends update displays in place, but not results.
    if shown.id.is_some() {
        return display(shown).into();
    }
    let (data, metadata) = (media(shown.data), shown.metadata);
    ExecuteResult { execution_count: count, data, metadata, transient: Some(Transient::default()) }.into()
}
