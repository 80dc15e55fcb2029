//! What rustc says of a cell, and of what was written for it.

use super::source_map::{Place, SourceMap, What};
use serde_json::{Value, json};
use std::ops::Range;

/// Begins the folder that rustc, and so every panic, is told that a cell's source lies in.
pub const LABEL: &str = "cell-";

/// The lints that point at mistakes. Style is not among them, nor what is normal in a notebook (unused imports and
/// functions). Everything else that rustc warns of is dropped.
const LINTS: [&str; 20] = [
    "unused_must_use",
    "unused_variables",
    "unused_assignments",
    "unused_mut",
    "unused_comparisons",
    "unreachable_code",
    "unreachable_patterns",
    "unconditional_recursion",
    "path_statements",
    "for_loops_over_fallibles",
    "irrefutable_let_patterns",
    "dropping_copy_types",
    "dropping_references",
    "forgetting_copy_types",
    "forgetting_references",
    "map_unit_fn",
    "noop_method_call",
    "let_underscore_lock",
    "unpredictable_function_pointer_comparisons",
    "static_mut_refs",
];

/// The method by which the last expression is shown.
const SHOWS: &str = "evcxr_display";

/// The label in a path that rustc was told.
pub fn label_of(file: &str) -> Option<&str> {
    file.strip_suffix("/lib.rs")?.strip_prefix(LABEL)
}

/// One message of rustc's, as JSON.
#[derive(Debug, Clone)]
pub struct Message(pub Value);

/// A span of a message, in bytes of the crate.
#[derive(Debug, Clone)]
pub struct Span {
    pub range: Range<usize>,
    pub is_primary: bool,
    pub label: String,
    /// What rustc suggests to put there.
    pub replacement: Option<String>,
}

impl Message {
    /// The messages in what rustc wrote, one a line; what is no message is left out.
    pub fn all(lines: &str) -> Vec<Self> {
        lines
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .map(|said| Self(said).about_showing())
            .collect()
    }

    /// That the last expression cannot be shown, said without the method that shows it.
    fn about_showing(mut self) -> Self {
        if self.code() != "E0599" || !self.everything().contains(SHOWS) {
            return self;
        }
        let mut quoted = self.text().split('`').skip(1).step_by(2);
        let kind = quoted.find(|part| *part != SHOWS).unwrap_or_default().to_owned();
        let kind = if kind.is_empty() { "the last expression".to_owned() } else { format!("`{kind}`") };
        self.0["message"] = json!(format!("{kind} doesn't implement `Debug`, and so it cannot be shown"));
        self.0["code"] = json!({ "code": "E0277" });
        self.0["children"] = json!([]);
        let spans = self.0["spans"].as_array_mut().into_iter().flatten();
        for span in spans {
            let is_primary = span["is_primary"] == true;
            span["label"] =
                if is_primary { json!("this is the cell's last expression, which is shown") } else { json!("") };
        }
        if let Some(spans) = self.0["spans"].as_array_mut() {
            spans.retain(|span| span["is_primary"] == true);
        }
        self
    }

    pub fn is_error(&self) -> bool {
        // The last one only counts the others.
        self.0["level"] == "error" && !self.text().starts_with("aborting due to")
    }

    /// Whether it is a warning that points at a mistake.
    pub fn is_warning(&self) -> bool {
        self.0["level"] == "warning" && LINTS.contains(&self.code())
    }

    pub fn code(&self) -> &str {
        self.0["code"]["code"].as_str().unwrap_or_default()
    }

    pub fn text(&self) -> &str {
        self.0["message"].as_str().unwrap_or_default()
    }

    pub fn children(&self) -> impl Iterator<Item = Self> {
        self.0["children"].as_array().into_iter().flatten().cloned().map(Self)
    }

    /// Everything that it says: text, labels, notes.
    pub fn everything(&self) -> String {
        let mut text = self.text().to_owned();
        for span in self.spans() {
            text.push('\n');
            text.push_str(&span.label);
        }
        for child in self.children() {
            text.push('\n');
            text.push_str(&child.everything());
        }
        text
    }

    /// Its spans in the cell's crate; a span inside a macro is where the macro was called, in the end by the notebook.
    pub fn spans(&self) -> Vec<Span> {
        self.spans_by(|span| expansions(span).filter(|at| is_of_a_cell(at)).last())
    }

    /// The same, where a macro of the notebook's own wrote it.
    fn inner_spans(&self) -> Vec<Span> {
        self.spans_by(|span| expansions(span).find(|at| is_of_a_cell(at)))
    }

    fn spans_by<'a>(&'a self, choose: impl Fn(&'a Value) -> Option<&'a Value>) -> Vec<Span> {
        let own = |span: &'a Value| {
            let at = choose(span)?;
            let number = |key: &str| at[key].as_u64().and_then(|number| usize::try_from(number).ok());
            Some(Span {
                range: number("byte_start")?..number("byte_end")?,
                is_primary: span["is_primary"] == true,
                label: span["label"].as_str().unwrap_or_default().to_owned(),
                replacement: span["suggested_replacement"].as_str().map(str::to_owned),
            })
        };
        self.0["spans"].as_array().into_iter().flatten().filter_map(own).collect()
    }

    /// What its spans, those of its notes left out, touch.
    pub fn touched<'a>(&'a self, map: &'a SourceMap) -> impl Iterator<Item = (bool, &'a What)> {
        let spans = self.spans().into_iter().chain(self.inner_spans());
        spans.flat_map(|span| map.touched(span.range).map(move |what| (span.is_primary, what)))
    }

    /// Where in a cell it points.
    pub fn place(&self, map: &SourceMap) -> Option<Place> {
        self.spans().into_iter().find(|span| span.is_primary).and_then(|span| map.place(span.range))
    }
}

/// A span, and those of the calls of macros that it came from, the innermost first.
fn expansions(span: &Value) -> impl Iterator<Item = &Value> {
    std::iter::successors(Some(span), |at| Some(&at["expansion"]["span"]).filter(|outer| outer.is_object()))
}

fn is_of_a_cell(span: &Value) -> bool {
    span["file_name"].as_str().and_then(label_of).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_cannot_be_shown_is_told_of_without_the_method() {
        let span = |label: &str, is_primary: bool| json!({ "file_name": "cell-1/lib.rs", "byte_start": 1, "byte_end": 2, "label": label, "is_primary": is_primary });
        let said = json!({ "message": "`Bare` doesn't implement `Debug`", "code": { "code": "E0599" }, "level": "error",
            "spans": [span("method `evcxr_display` not found", false), span("x", true)],
            "children": [{ "message": "required by `DebugDisplay`" }] });
        let [message] = Message::all(&said.to_string()).try_into().unwrap();
        assert_eq!(
            (message.code(), message.text()),
            ("E0277", "`Bare` doesn't implement `Debug`, and so it cannot be shown")
        );
        assert!(!message.everything().contains("evcxr"));
    }

    #[test]
    fn only_files_of_cells_have_a_label() {
        assert_eq!(label_of("cell-12ab/lib.rs"), Some("12ab"));
        assert_eq!(label_of("/home/someone/src/lib.rs"), None);
    }

    #[test]
    fn a_span_inside_a_macro_is_where_the_macro_was_called() {
        let outer = json!({ "file_name": "cell-1/lib.rs", "byte_start": 3, "byte_end": 9, "is_primary": true });
        let inner = json!({ "file_name": "/std/macros.rs", "byte_start": 900, "byte_end": 901, "is_primary": true,
            "label": "here", "expansion": { "span": outer } });
        let spans = Message(json!({ "spans": [inner, { "file_name": "/std/x.rs", "expansion": null }] })).spans();
        assert_eq!((spans.len(), spans[0].range.clone(), spans[0].label.as_str()), (1, 3..9, "here"));
    }

    #[test]
    fn only_warnings_that_matter_are_kept() {
        let warning = |code: &str| Message(json!({ "code": { "code": code }, "level": "warning", "spans": [] }));
        assert!(warning("unused_must_use").is_warning());
        assert!(!warning("non_snake_case").is_warning());
        let count = Message(json!({ "level": "error", "message": "aborting due to 2 previous errors" }));
        assert!(!count.is_error() && Message(json!({ "level": "error", "message": "no" })).is_error());
    }
}
