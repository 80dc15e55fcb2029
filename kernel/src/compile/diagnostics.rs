//! What rustc says of a cell, and of what was written for it.

use super::source_map::{Place, SourceMap, What};
use super::translations::{everything, translated};
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel, DiagnosticSpan};
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

/// The label in a path that rustc was told.
pub fn label_of(file: &str) -> Option<&str> {
    file.strip_suffix("/lib.rs")?.strip_prefix(LABEL)
}

/// One message of rustc's.
#[derive(Debug, Clone)]
pub struct Message(Diagnostic);

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
        let messages = lines.lines().filter_map(|line| serde_json::from_str(line).ok());
        messages.map(|said| Self(translated(said))).collect()
    }

    pub fn is_error(&self) -> bool {
        // The last one only counts the others.
        matches!(self.0.level, DiagnosticLevel::Error | DiagnosticLevel::Ice)
            && !self.text().starts_with("aborting due to")
    }

    /// Whether it is a warning that points at a mistake.
    pub fn is_warning(&self) -> bool {
        self.0.level == DiagnosticLevel::Warning && LINTS.contains(&self.code())
    }

    /// Whether it is a help below another message.
    pub fn is_help(&self) -> bool {
        self.0.level == DiagnosticLevel::Help
    }

    pub fn code(&self) -> &str {
        self.0.code.as_ref().map(|code| code.code.as_str()).unwrap_or_default()
    }

    pub fn text(&self) -> &str {
        &self.0.message
    }

    pub fn children(&self) -> impl Iterator<Item = Self> {
        self.0.children.iter().cloned().map(Self)
    }

    /// Everything that it says: text, labels, notes.
    pub fn everything(&self) -> String {
        everything(&self.0)
    }

    /// Its spans in the cell's crate; a span inside a macro is where the macro was called, in the end by the notebook.
    pub fn spans(&self) -> Vec<Span> {
        self.spans_by(|span| expansions(span).filter(|at| is_of_a_cell(at)).last())
    }

    /// The same, where a macro of the notebook's own wrote it.
    fn inner_spans(&self) -> Vec<Span> {
        self.spans_by(|span| expansions(span).find(|at| is_of_a_cell(at)))
    }

    fn spans_by<'a>(&'a self, choose: impl Fn(&'a DiagnosticSpan) -> Option<&'a DiagnosticSpan>) -> Vec<Span> {
        let own = |span: &'a DiagnosticSpan| {
            let at = choose(span)?;
            Some(Span {
                range: usize::try_from(at.byte_start).ok()?..usize::try_from(at.byte_end).ok()?,
                is_primary: span.is_primary,
                label: span.label.clone().unwrap_or_default(),
                replacement: span.suggested_replacement.clone(),
            })
        };
        self.0.spans.iter().filter_map(own).collect()
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

    /// A message of which only `parts` matter.
    #[cfg(test)]
    pub fn of(parts: &serde_json::Value) -> Self {
        Self(tests::whole(parts))
    }
}

/// A span, and those of the calls of macros that it came from, the innermost first.
fn expansions(span: &DiagnosticSpan) -> impl Iterator<Item = &DiagnosticSpan> {
    std::iter::successors(Some(span), |at| at.expansion.as_ref().map(|call| &call.span))
}

fn is_of_a_cell(span: &DiagnosticSpan) -> bool {
    label_of(&span.file_name).is_some()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A message with what `parts` leave out.
    pub fn whole(parts: &Value) -> Diagnostic {
        serde_json::from_value(diagnostic(parts)).unwrap()
    }

    fn diagnostic(parts: &Value) -> Value {
        let list = |key: &str| parts[key].as_array().cloned().unwrap_or_default();
        json!({
            "message": parts["message"].as_str().unwrap_or_default(),
            "code": parts["code"].as_str().map(|code| json!({ "code": code, "explanation": null })),
            "level": parts["level"].as_str().unwrap_or("error"),
            "spans": list("spans").iter().map(span).collect::<Vec<_>>(),
            "children": list("children").iter().map(diagnostic).collect::<Vec<_>>(),
            "rendered": null,
        })
    }

    fn span(parts: &Value) -> Value {
        let mut whole = json!({
            "file_name": "cell-0a/lib.rs", "byte_start": 0, "byte_end": 0, "line_start": 1, "line_end": 1,
            "column_start": 1, "column_end": 1, "is_primary": false, "text": [], "label": null,
            "suggested_replacement": null, "suggestion_applicability": null, "expansion": null,
        });
        for (key, value) in parts.as_object().into_iter().flatten() {
            whole[key] = value.clone();
        }
        if parts["expansion"].is_object() {
            let call = span(&parts["expansion"]);
            whole["expansion"] = json!({ "span": call, "macro_decl_name": "m!", "def_site_span": null });
        }
        whole
    }

    #[test]
    fn only_files_of_cells_have_a_label() {
        assert_eq!(label_of("cell-12ab/lib.rs"), Some("12ab"));
        assert_eq!(label_of("/home/someone/src/lib.rs"), None);
    }

    #[test]
    fn a_span_inside_a_macro_is_where_the_macro_was_called() {
        let call = json!({ "file_name": "cell-1/lib.rs", "byte_start": 3, "byte_end": 9 });
        let inner = json!({ "file_name": "/std/macros.rs", "byte_start": 900, "byte_end": 901, "label": "here",
            "expansion": call });
        let spans = Message::of(&json!({ "spans": [inner, { "file_name": "/std/x.rs" }] })).spans();
        assert_eq!((spans.len(), spans[0].range.clone(), spans[0].label.as_str()), (1, 3..9, "here"));
    }

    #[test]
    fn only_warnings_that_matter_are_kept() {
        let warning = |code: &str| Message::of(&json!({ "code": code, "level": "warning" }));
        assert!(warning("unused_must_use").is_warning());
        assert!(!warning("non_snake_case").is_warning());
        let count = Message::of(&json!({ "message": "aborting due to 2 previous errors" }));
        assert!(!count.is_error() && Message::of(&json!({ "message": "no" })).is_error());
    }
}
