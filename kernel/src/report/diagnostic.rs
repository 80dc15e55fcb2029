//! One error of rustc's, drawn in rustc's own layout over the cells as they were typed.
//!
//! Everything that rustc says beside the error (labels, notes, suggestions) is kept, except what speaks of code that nobody
//! has written and advice that only holds for a program on the command line.

use super::hints;
use crate::cell::Source;
use crate::compile::{Message, SourceMap, What};
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use std::ops::Range;
use std::sync::Arc;

/// What an error is drawn over.
pub struct Canvas<'a> {
    pub cell: &'a Arc<Source>,
    pub map: &'a SourceMap,
}

/// A span of rustc's in a cell.
struct Spot {
    source: Arc<Source>,
    range: Range<usize>,
    label: String,
    primary: bool,
    /// What rustc suggests to put there.
    replacement: Option<String>,
}

/// Notes that are of no use in a notebook.
const NOISE: [&str; 9] = [
    "the full type name has been written",
    "the full name for the type has been written",
    "consider using `--verbose`",
    "-Z macro-backtrace",
    "on by default",
    "requested on the command line",
    "evcxr",
    "required for the cell's error to implement",
    "is not implemented for the cell's error",
];

impl Canvas<'_> {
    /// The report, and below it what to do.
    pub fn draw(&self, message: &Message, with_advice: bool) -> String {
        let title = Level::ERROR.primary_title(plain(&self.in_words(message, message.text())));
        let title = match message.code() {
            "" => title,
            code => title.id(code.to_owned()),
        };
        let spots = self.spots(message);
        let mut main = Group::with_title(title);
        for snippet in self.annotated(&spots) {
            main = main.element(snippet);
        }
        let mut below = Vec::new();
        for child in message.children() {
            let text = plain(child.text());
            if text.is_empty() || NOISE.iter().any(|noise| text.contains(noise)) {
                continue;
            }
            let level = if child.is_help() { Level::HELP } else { Level::NOTE };
            let spots = self.spots(&child);
            let (edits, marks): (Vec<Spot>, Vec<Spot>) = spots.into_iter().partition(|spot| spot.replacement.is_some());
            if !edits.is_empty() {
                below.push(suggestion(level, text, edits));
            } else if marks.is_empty() {
                main = main.element(level.message(with_unplaced_edits(text, &child)));
            } else {
                let mut group = Group::with_title(level.secondary_title(text));
                for snippet in self.annotated(&marks) {
                    group = group.element(snippet);
                }
                below.push(group);
            }
        }
        let mut report = vec![main];
        report.append(&mut below);
        // Bold and the 16 base colours are what light and dark notebook themes both can show.
        let mut drawn = Renderer::styled().render(&report);
        let line = spots.iter().find(|spot| spot.primary).map(|spot| spot.source.line_at(spot.range.start));
        let advice = Some(message).filter(|_| with_advice).and_then(|it| hints::advice(it, line.unwrap_or_default()));
        if let Some(advice) = advice {
            drawn.push_str(&format!("\n{ADVICE}What to do:{RESET} {advice}"));
        }
        drawn
    }

    /// `text` of a message; the bracket that was written behind the cell is the cell's end.
    pub fn in_words(&self, message: &Message, text: &str) -> String {
        let is_written = |what: &What| matches!(what, What::Shown { .. });
        let is_behind = message
            .spans()
            .iter()
            .any(|span| !span.range.is_empty() && self.map.touched(span.range.clone()).all(is_written));
        if is_behind { text.replace("found `}`", "found the end of the cell") } else { text.to_owned() }
    }

    /// Snippets of this cell first, then of earlier ones.
    fn annotated(&self, spots: &[Spot]) -> Vec<Snippet<'static, annotate_snippets::Annotation<'static>>> {
        let mut sources: Vec<&Arc<Source>> = Vec::new();
        for spot in spots {
            if !sources.contains(&&spot.source) {
                sources.push(&spot.source);
            }
        }
        sources.sort_by_key(|source| **source != *self.cell);
        let draw = |source: &Arc<Source>| {
            let name = if source == self.cell { "cell".to_owned() } else { format!("cell [{}]", source.count) };
            let mut snippet = Snippet::source(source.code.clone()).path(name).line_start(1);
            for spot in spots.iter().filter(|spot| spot.source == *source) {
                let kind = if spot.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
                let mark = kind.span(spot.range.clone());
                snippet = snippet.annotation(if spot.label.is_empty() { mark } else { mark.label(plain(&spot.label)) });
            }
            snippet
        };
        sources.into_iter().map(draw).collect()
    }

    fn spots(&self, message: &Message) -> Vec<Spot> {
        let mut spots: Vec<Spot> = Vec::new();
        for span in message.spans() {
            let Some(place) = self.map.place(span.range.clone()) else { continue };
            // What is to be put in behind the cell's last word replaces nothing.
            let is_put_in = span.range.is_empty() && span.replacement.is_some();
            let range = if is_put_in { place.range.end..place.range.end } else { place.range };
            let spot = Spot {
                source: place.source,
                range,
                label: span.label,
                primary: span.is_primary,
                replacement: span.replacement,
            };
            let known =
                |other: &Spot| other.range == spot.range && other.label == spot.label && other.source == spot.source;
            if spot.replacement.is_some() || !spots.iter().any(known) {
                spots.push(spot);
            }
        }
        spots
    }
}

const ADVICE: &str = "\x1b[1;36m";
const RESET: &str = "\x1b[0m";

/// rustc gives the parts of one edit and the alternatives of several in one list: alternatives are for the same place.
fn suggestion(level: Level<'static>, text: String, edits: Vec<Spot>) -> Group<'static> {
    let alternatives = edits.windows(2).any(|pair| pair[0].range == pair[1].range);
    let mut group = Group::with_title(level.secondary_title(text));
    let patch = |edit: &Spot| Patch::new(edit.range.clone(), edit.replacement.clone().unwrap_or_default());
    let source = |edit: &Spot| Snippet::source(edit.source.code.clone()).line_start(1);
    if alternatives {
        for edit in edits.iter().take(4) {
            group = group.element(source(edit).patch(patch(edit)));
        }
    } else if let Some(first) = edits.first() {
        group =
            group.element(source(first).patches(edits.iter().filter(|edit| edit.source == first.source).map(patch)));
    }
    group
}

/// A suggestion for generated lines, such as a `use` at the top of the crate, is told in words.
fn with_unplaced_edits(mut text: String, child: &Message) -> String {
    for span in child.spans().iter().take(5) {
        if let Some(edit) = span.replacement.as_deref().map(str::trim).filter(|edit| edit.starts_with("use ")) {
            text.push_str(&format!("\n    {edit}"));
        }
    }
    text
}

/// Without the names of what is written for a cell.
pub fn plain(text: &str) -> String {
    text.replace("`__isopleth_store`", "the end of the cell")
        .replace("isopleth::runtime::", "")
        .replace("isopleth::guard::", "")
        .replace("AnyUserError", "UserError")
        .replace("`UserError`", "the cell's error")
        .replace("Result<(), UserError>", "Result")
        .replace("in a closure that returns", "in a cell, which returns")
        .replace(" in the crate root", "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::ParsedCell;
    use crate::compile::{Printed, Variant, to_compile};
    use crate::session::Session;
    use serde_json::{Value, json};

    const CODE: &str = "let a = 1;\nlet é = fo(a); b";

    /// The crate of the cell, which follows one that defines a function.
    fn printed() -> (Printed, Arc<Source>) {
        let mut session = Session::default();
        let of =
            |count, code: &str| ParsedCell::new(Arc::new(Source { count, code: code.into(), id: None }), |_| false);
        let earlier = session.candidate(of(1, "fn foo(x: i32) {}")).unwrap();
        session.compiled(&earlier, 1);
        let candidate = session.candidate(of(2, CODE)).unwrap();
        let variant = Variant { unguarded: true, ..Variant::default() };
        (to_compile(&candidate, &variant), Arc::clone(&candidate.cell.source))
    }

    fn drawn(message: impl Fn(&dyn Fn(&str, Value) -> Value) -> Value) -> String {
        let (printed, cell) = printed();
        let span = |word: &str, extra: Value| {
            let start = printed.text.find(word).unwrap();
            let mut span = json!({
                "file_name": "cell-0a/lib.rs", "byte_start": start, "byte_end": start + word.len(), "is_primary": false,
            });
            for (key, value) in extra.as_object().into_iter().flatten() {
                span[key] = value.clone();
            }
            span
        };
        let drawn = Canvas { cell: &cell, map: &printed.map }.draw(&Message::of(&message(&span)), true);
        let mut text = String::new();
        let mut escape = false;
        for character in drawn.chars() {
            match character {
                '\x1b' => escape = true,
                'm' if escape => escape = false,
                _ if escape => {}
                other => text.push(other),
            }
        }
        text
    }

    #[test]
    fn an_error_points_into_the_cell_and_its_notes_into_earlier_ones() {
        let text = drawn(|span| {
            json!({
                "message": "cannot find function `fo`", "code": "E0425",
                "spans": [span("fo(a)", json!({ "is_primary": true, "label": "not here" }))],
                "children": [
                    { "level": "note", "message": "a similar one is here", "spans": [span("fn foo", json!({}))], "children": [] },
                    { "level": "help", "message": "use it", "spans": [span("fo(a)", json!({ "suggested_replacement": "foo(a)" }))] },
                    { "level": "note", "message": "the full type name has been written to '/tmp/x'", "spans": [] },
                ],
            })
        });
        assert!(text.contains("error[E0425]") && text.contains("cell:2:9"), "{text}");
        assert!(text.contains("2 | let é = fo(a); b") && text.contains("^^^^^ not here"), "{text}");
        assert!(text.contains("cell [1]") && text.contains("let é = foo(a); b") && !text.contains("/tmp"), "{text}");
    }

    #[test]
    fn a_statement_later_on_its_line_keeps_its_column() {
        let text = drawn(
            |span| json!({ "message": "no b", "spans": [span("b\n)", json!({ "is_primary": true }))], "children": [] }),
        );
        assert!(text.contains("cell:2:16"), "{text}");
    }

    #[test]
    fn an_import_that_rustc_suggests_is_told_in_words() {
        let text = drawn(|span| {
            json!({
                "message": "cannot find type `Z`", "spans": [],
                "children": [{ "level": "help", "message": "consider importing this",
                    "spans": [span("use ::isopleth", json!({ "suggested_replacement": "use std::Z;\n" }))] }],
            })
        });
        assert!(text.contains("consider importing this") && text.contains("use std::Z;"), "{text}");
    }
}
