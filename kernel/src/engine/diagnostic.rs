//! One error of rustc's, drawn in rustc's own layout over the cells as they were typed.
//!
//! Everything that rustc says beside the error (labels, notes, suggestions) is kept, except what speaks of code that nobody
//! has written and advice that only holds for a program on the command line.

use super::hints;
use super::places::{LineMap, Source, label_of};
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use serde_json::Value;
use std::ops::Range;
use std::sync::Arc;

/// What an error is drawn over.
pub struct Canvas<'a> {
    pub cell: &'a Arc<Source>,
    pub map: &'a LineMap,
    /// The crate that rustc was given.
    pub generated: &'a str,
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
    pub fn draw(&self, message: &Value) -> String {
        let text = plain(message["message"].as_str().unwrap_or_default());
        let title = Level::ERROR.primary_title(text);
        let title = match message["code"]["code"].as_str() {
            Some(code) => title.id(code.to_owned()),
            None => title,
        };
        let spots = self.spots(message);
        let mut main = Group::with_title(title);
        for snippet in self.annotated(&spots) {
            main = main.element(snippet);
        }
        let mut below = Vec::new();
        for child in message["children"].as_array().into_iter().flatten() {
            let text = plain(child["message"].as_str().unwrap_or_default());
            if text.is_empty() || NOISE.iter().any(|noise| text.contains(noise)) {
                continue;
            }
            let level = if child["level"] == "help" { Level::HELP } else { Level::NOTE };
            let spots = self.spots(child);
            let (edits, marks): (Vec<Spot>, Vec<Spot>) = spots.into_iter().partition(|spot| spot.replacement.is_some());
            if !edits.is_empty() {
                below.push(suggestion(level, text, edits));
            } else if marks.is_empty() {
                main = main.element(level.message(with_unplaced_edits(text, child)));
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
        let line = spots.iter().find(|spot| spot.primary).map(|spot| line_of(&spot.source.code, spot.range.start));
        if let Some(advice) = hints::advice(message, line.unwrap_or_default()) {
            drawn.push_str(&format!("\n{ADVICE}What to do:{RESET} {advice}"));
        }
        drawn
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

    fn spots(&self, message: &Value) -> Vec<Spot> {
        let mut spots: Vec<Spot> = Vec::new();
        for span in message["spans"].as_array().into_iter().flatten() {
            let Some(spot) = self.spot(span) else { continue };
            let known =
                |other: &Spot| other.range == spot.range && other.label == spot.label && other.source == spot.source;
            if spot.replacement.is_some() || !spots.iter().any(known) {
                spots.push(spot);
            }
        }
        spots
    }

    fn spot(&self, span: &Value) -> Option<Spot> {
        let label = span["label"].as_str().unwrap_or_default().to_owned();
        let replacement = span["suggested_replacement"].as_str().map(str::to_owned);
        let primary = span["is_primary"] == true;
        // Inside a macro of a library the place is where the macro was called.
        let mut at = span;
        while at["file_name"].as_str().and_then(label_of).is_none() {
            at = Some(&at["expansion"]["span"]).filter(|outer| outer.is_object())?;
        }
        let number = |key: &str| at[key].as_u64().and_then(|number| usize::try_from(number).ok());
        let (first, last) = (number("line_start")?, number("line_end")?);
        let (start, end) = (number("column_start")?, number("column_end")?);
        let (source, range) = match (self.map.place(first), self.map.place(last)) {
            (Some(from), Some(to)) if from.source == to.source => {
                let code = &from.source.code;
                let start = byte_offset(code, from.line, start + from.shift)?;
                let end = byte_offset(code, to.line, end + to.shift)?;
                (Arc::clone(&from.source), start..end.max(start))
            }
            _ => match self.in_import(first, start, end) {
                Some(range) => (Arc::clone(self.cell), range),
                None => self.written_lines(first, last)?,
            },
        };
        Some(Spot { source, range, label, primary, replacement })
    }

    /// The lines of a cell among generated ones: evcxr wraps the last expression, and rustc may mean all of it.
    fn written_lines(&self, first: usize, last: usize) -> Option<(Arc<Source>, Range<usize>)> {
        let places: Vec<_> = (first..=last.min(first + 100)).filter_map(|line| self.map.place(line)).collect();
        let (from, to) = (places.first()?, places.last().filter(|to| to.source == places[0].source)?);
        let code = &from.source.code;
        let start = byte_offset(code, from.line, from.shift + 1)?;
        let end = byte_offset(code, to.line, 1)? + to.text().trim_end().len();
        Some((Arc::clone(&from.source), start..end.max(start)))
    }

    /// evcxr writes a `use` anew, a line for each name. The word that rustc means is looked up in the cell.
    fn in_import(&self, line: usize, start: usize, end: usize) -> Option<Range<usize>> {
        let text = self.generated.lines().nth(line - 1).filter(|text| text.starts_with("use "))?;
        let word: String = text.chars().skip(start - 1).take(end.saturating_sub(start)).collect();
        let code = &self.cell.code;
        let at = code.match_indices("use ").find_map(|(from, _)| {
            let statement = &code[from..from + code[from..].find(';')?];
            statement.find(word.trim()).map(|at| from + at)
        })?;
        (!word.trim().is_empty()).then(|| at..at + word.trim().len())
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
fn with_unplaced_edits(mut text: String, child: &Value) -> String {
    for span in child["spans"].as_array().into_iter().flatten().take(5) {
        if let Some(edit) =
            span["suggested_replacement"].as_str().map(str::trim).filter(|edit| edit.starts_with("use "))
        {
            text.push_str(&format!("\n    {edit}"));
        }
    }
    text
}

/// Without the names that evcxr's generated code has.
pub fn plain(text: &str) -> String {
    text.replace("`evcxr_variable_store`", "the end of the cell")
        .replace("`EvcxrUserCodeError`", "the cell's error")
        .replace("isopleth::runtime::", "")
        .replace("AnyUserError", "UserError")
        .replace("`UserError`", "the cell's error")
        .replace("std::result::Result<(), EvcxrUserCodeError>", "Result")
        .replace("Result<(), UserError>", "Result")
        .replace("in a closure that returns", "in a cell, which returns")
        .replace(" in the crate root", "")
}

fn line_of(code: &str, at: usize) -> &str {
    let start = code[..at].rfind('\n').map_or(0, |newline| newline + 1);
    code[start..].lines().next().unwrap_or_default()
}

/// rustc counts lines and characters from 1; the renderer wants bytes.
pub fn byte_offset(code: &str, line: usize, column: usize) -> Option<usize> {
    let start: usize = code.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let rest = code.get(start..)?;
    let in_line = rest.char_indices().nth(column.checked_sub(1)?).map_or(rest.len(), |(at, _)| at);
    Some(start + in_line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::places::written;
    use serde_json::json;

    const CODE: &str = "let a = 1;\nlet é = fo(a); b";

    fn drawn(message: &Value) -> String {
        let cell = Arc::new(Source { count: 2, code: CODE.into() });
        let earlier = written(&Arc::new(Source { count: 1, code: "fn foo(x: i32) {}".into() }));
        let generated = "use x::Y;\nfn foo(x: i32) {}\nlet a = 1;\nlet é = fo(a); \n(\nb\n).show();\n";
        let map = LineMap::new(generated, &written(&cell), &earlier);
        let drawn = Canvas { cell: &cell, map: &map, generated }.draw(message);
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

    fn span(line: usize, from: usize, to: usize, extra: Value) -> Value {
        let mut span = json!({
            "file_name": "cell-0a/lib.rs", "line_start": line, "line_end": line, "column_start": from, "column_end": to,
            "is_primary": false,
        });
        for (key, value) in extra.as_object().into_iter().flatten() {
            span[key] = value.clone();
        }
        span
    }

    #[test]
    fn columns_count_characters_and_offsets_count_bytes() {
        assert_eq!(byte_offset("é = 1;\nü", 1, 2), Some(2));
        assert_eq!(byte_offset("é = 1;\nü", 2, 2), Some("é = 1;\nü".len()));
        assert_eq!(byte_offset("a", 5, 9), Some(1));
    }

    #[test]
    fn an_error_points_into_the_cell_and_its_notes_into_earlier_ones() {
        let text = drawn(&json!({
            "message": "cannot find function `fo`", "code": { "code": "E0425" },
            "spans": [span(4, 9, 11, json!({ "is_primary": true, "label": "not here" }))],
            "children": [
                { "level": "note", "message": "a similar one is here", "spans": [span(2, 1, 7, json!({}))], "children": [] },
                { "level": "help", "message": "use it", "spans": [span(4, 9, 11, json!({ "suggested_replacement": "foo" }))] },
                { "level": "note", "message": "the full type name has been written to '/tmp/x'", "spans": [] },
            ],
        }));
        assert!(text.contains("error[E0425]") && text.contains("cell:2:9"), "{text}");
        assert!(text.contains("2 | let é = fo(a); b") && text.contains("^^ not here"), "{text}");
        assert!(text.contains("cell [1]") && text.contains("let é = foo(a); b") && !text.contains("/tmp"), "{text}");
    }

    #[test]
    fn a_statement_later_on_its_line_keeps_its_column() {
        let text = drawn(
            &json!({ "message": "no b", "spans": [span(6, 1, 2, json!({ "is_primary": true }))], "children": [] }),
        );
        assert!(text.contains("cell:2:16"), "{text}");
    }

    #[test]
    fn an_import_that_rustc_suggests_is_told_in_words() {
        let text = drawn(&json!({
            "message": "cannot find type `Z`", "spans": [],
            "children": [{ "level": "help", "message": "consider importing this",
                "spans": [span(1, 1, 1, json!({ "suggested_replacement": "use std::Z;\n" }))] }],
        }));
        assert!(text.contains("consider importing this") && text.contains("use std::Z;"), "{text}");
    }
}
