//! rustc's warnings about what this cell has written, each a line or two.

use crate::compile::{Message, Place, SourceMap, What};

/// Lints that are about the inside of functions only. At the top of a cell a variable that nobody reads, and its `mut`,
/// are for later cells, and a semicolon behind the last expression is how one asks not to see it.
const IN_FUNCTIONS: [&str; 4] = ["unused_variables", "unused_mut", "unused_assignments", "path_statements"];

/// What in an unfinished function is idle will be used: `todo!()` stands where that is to be.
const UNTIL_FINISHED: [&str; 4] = ["unused_variables", "unused_mut", "unused_assignments", "unreachable_code"];

fn matters(warning: &Message, place: &Place) -> bool {
    let code = warning.code();
    if UNTIL_FINISHED.contains(&code)
        && ["todo!(", "unimplemented!("].iter().any(|word| place.source.code.contains(word))
    {
        return false;
    }
    // A type that must be used (a Result, a lazy iterator) is lost work anywhere.
    let silenced = code == "unused_must_use" && !warning.text().starts_with("unused `");
    place.in_item || !(silenced || IN_FUNCTIONS.contains(&code))
}

/// Each warning once, with its line; none about the cells before `count`.
pub fn told(warnings: &[Message], map: &SourceMap, count: usize) -> Vec<String> {
    let mut told: Vec<(usize, String)> = Vec::new();
    for warning in warnings {
        let Some(place) = warning.place(map).filter(|place| place.source.count == count) else { continue };
        // What was written around the user's words is no mistake of theirs.
        let is_ours =
            warning.touched(map).any(|(is_primary, what)| is_primary && !matches!(what, What::Written { .. }));
        if is_ours || !matters(warning, &place) {
            continue;
        }
        let mut text = format!("warning: {} (line {})\n    {}", warning.text(), place.line(), place.text().trim());
        if let Some(help) = help(warning) {
            text.push_str(&format!("\n  {help}"));
        }
        if !told.iter().any(|(_, known)| *known == text) {
            told.push((place.line(), text));
        }
    }
    // rustc has them in the order of its passes.
    told.sort_by_key(|(line, _)| *line);
    told.into_iter().map(|(_, text)| text).collect()
}

/// The first advice, without an edit: `help: if this is intentional, prefix it with an underscore: `_a``.
fn help(warning: &Message) -> Option<String> {
    let of_lint = |text: &str| text.contains("on by default") || text.contains("implied by");
    let advice = warning.children().find(|child| !of_lint(child.text()))?;
    let level = if advice.is_help() { "help" } else { "note" };
    let text = advice.text();
    let spans = advice.spans();
    Some(match spans.as_slice() {
        [edit] => match edit.replacement.as_deref().filter(|edit| !edit.trim().is_empty()) {
            Some(edit) => format!("{level}: {text}: `{}`", edit.trim()),
            None => format!("{level}: {text}"),
        },
        _ => format!("{level}: {text}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::{ParsedCell, Source};
    use crate::compile::{Variant, to_compile};
    use crate::session::Session;
    use serde_json::json;
    use std::sync::Arc;

    /// What is told of a warning at each of `places` in the last cell; the first has run.
    fn told_of(cells: [&str; 2], places: &[(&str, &str)], text: &str) -> Vec<String> {
        let mut session = Session::default();
        let of =
            |count, code: &str| ParsedCell::new(Arc::new(Source { count, code: code.into(), id: None }), |_| false);
        let earlier = session.candidate(of(1, cells[0])).unwrap();
        session.compiled(&earlier, 1);
        let candidate = session.candidate(of(2, cells[1])).unwrap();
        let printed = to_compile(&candidate, &Variant { unguarded: true, ..Variant::default() });
        let warning = |(code, word): &(&str, &str)| {
            let start = printed.text.find(word).unwrap();
            let span = json!({ "file_name": "cell-0a/lib.rs", "byte_start": start, "byte_end": start + word.len(), "is_primary": true });
            Message::of(&json!({ "code": code, "message": text, "spans": [span], "level": "warning" }))
        };
        told(&places.iter().map(warning).collect::<Vec<_>>(), &printed.map, 2)
    }

    const CELLS: [&str; 2] = ["fn old() { let a = 1; }", "fn new() {\n let b = 1;\n}\nlet c = 1;"];

    #[test]
    fn only_this_cells_warnings_are_told_and_only_once() {
        let unused = "unused_variables";
        let told =
            told_of(CELLS, &[(unused, "a ="), (unused, "b ="), (unused, "b ="), (unused, "c =")], "unused thing");
        assert_eq!(told, ["warning: unused thing (line 2)\n    let b = 1;"]);
        assert!(told_of(CELLS, &[("unused_must_use", "c =")], "unused thing").is_empty(), "silenced by a semicolon");
        assert_eq!(told_of(CELLS, &[("unused_must_use", "c =")], "unused `Result` that must be used").len(), 1);
    }

    #[test]
    fn what_is_idle_in_an_unfinished_function_is_not_told() {
        let cells = ["", "fn new(a: i32) -> i32 {\n todo!(\"your code\")\n}"];
        assert!(told_of(cells, &[("unused_variables", "a: i32"), ("unreachable_code", "todo")], "idle").is_empty());
        assert_eq!(told_of(cells, &[("unconditional_recursion", "fn new")], "endless").len(), 1);
    }
}
