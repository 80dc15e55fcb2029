//! rustc's warnings about what this cell has written, each a line or two.

use super::places::{LineMap, Place, label_of};
use serde_json::Value;

/// Lints that are about the inside of functions only. At the top of a cell a variable that nobody reads, and its `mut`,
/// are for later cells, and a semicolon behind the last expression is how one asks not to see it.
const IN_FUNCTIONS: [&str; 4] = ["unused_variables", "unused_mut", "unused_assignments", "path_statements"];

/// What in an unfinished function is idle will be used: `todo!()` stands where that is to be.
const UNTIL_FINISHED: [&str; 4] = ["unused_variables", "unused_mut", "unused_assignments", "unreachable_code"];

fn matters(warning: &Value, place: &Place) -> bool {
    let code = warning["code"]["code"].as_str().unwrap_or_default();
    if UNTIL_FINISHED.contains(&code)
        && ["todo!(", "unimplemented!("].iter().any(|word| place.source.code.contains(word))
    {
        return false;
    }
    // A type that must be used (a Result, a lazy iterator) is lost work anywhere.
    let silenced = code == "unused_must_use" && !message(warning).starts_with("unused `");
    place.in_item || !(silenced || IN_FUNCTIONS.contains(&code))
}

/// Each warning once, with its line; none about the cells before `count`.
pub fn told(warnings: &[Value], map: &LineMap, count: usize) -> Vec<String> {
    let mut told: Vec<(usize, String)> = Vec::new();
    for warning in warnings {
        let Some(place) = primary_place(warning, map).filter(|place| place.source.count == count) else { continue };
        if !matters(warning, &place) {
            continue;
        }
        let mut text = format!("warning: {} (line {})\n    {}", message(warning), place.line, place.text().trim());
        if let Some(help) = help(warning) {
            text.push_str(&format!("\n  {help}"));
        }
        if !told.iter().any(|(_, known)| *known == text) {
            told.push((place.line, text));
        }
    }
    // rustc has them in the order of its passes.
    told.sort_by_key(|(line, _)| *line);
    told.into_iter().map(|(_, text)| text).collect()
}

fn primary_place(warning: &Value, map: &LineMap) -> Option<Place> {
    let spans = warning["spans"].as_array()?;
    let mut span = spans.iter().find(|span| span["is_primary"] == true)?;
    // Inside a macro the place is where the macro was called.
    while span["file_name"].as_str().and_then(label_of).is_none() {
        span = Some(&span["expansion"]["span"]).filter(|outer| outer.is_object())?;
    }
    map.place(usize::try_from(span["line_start"].as_u64()?).ok()?)
}

fn message(warning: &Value) -> &str {
    warning["message"].as_str().unwrap_or_default()
}

/// The first advice, without an edit: `help: if this is intentional, prefix it with an underscore: `_a``.
fn help(warning: &Value) -> Option<String> {
    let children = warning["children"].as_array()?;
    let of_lint = |text: &str| text.contains("on by default") || text.contains("implied by");
    let advice = children.iter().find(|child| !of_lint(message(child)))?;
    let text = message(advice);
    let level = advice["level"].as_str()?;
    let edits = advice["spans"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(match edits {
        [edit] => match edit["suggested_replacement"].as_str().filter(|edit| !edit.trim().is_empty()) {
            Some(edit) => format!("{level}: {text}: `{}`", edit.trim()),
            None => format!("{level}: {text}"),
        },
        _ => format!("{level}: {text}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::places::{Source, written};
    use serde_json::json;
    use std::sync::Arc;

    fn warning(code: &str, line: usize) -> Value {
        let span = json!({ "file_name": "cell-0a/lib.rs", "line_start": line, "is_primary": true });
        json!({ "code": { "code": code }, "message": "unused thing", "spans": [span], "children": [] })
    }

    #[test]
    fn only_this_cells_warnings_are_told_and_only_once() {
        let old = written(&Arc::new(Source { count: 1, code: "fn old() { let a = 1; }".into() }));
        let own = written(&Arc::new(Source { count: 2, code: "fn new() {\n let b = 1;\n}\nlet c = 1;".into() }));
        let map = LineMap::new("fn old() { let a = 1; }\nfn new() {\n let b = 1;\n}\nlet c = 1;\n", &own, &old);
        let warnings: Vec<Value> = [1, 3, 3, 5].map(|line| warning("unused_variables", line)).into();
        assert_eq!(told(&warnings, &map, 2), ["warning: unused thing (line 2)\n    let b = 1;"]);
        assert!(told(&[warning("unused_must_use", 5)], &map, 2).is_empty(), "silenced by a semicolon");
        let mut result = warning("unused_must_use", 5);
        result["message"] = json!("unused `Result` that must be used");
        assert_eq!(told(&[result], &map, 2).len(), 1);
    }

    #[test]
    fn what_is_idle_in_an_unfinished_function_is_not_told() {
        let code = "fn new(a: i32) -> i32 {\n todo!(\"your code\")\n}";
        let own = written(&Arc::new(Source { count: 1, code: code.into() }));
        let map = LineMap::new(code, &own, &[]);
        assert!(told(&[warning("unused_variables", 1), warning("unreachable_code", 2)], &map, 1).is_empty());
        assert_eq!(told(&[warning("unconditional_recursion", 1)], &map, 1).len(), 1);
    }
}
