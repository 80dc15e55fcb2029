//! How a cell can fail, in the shape that Jupyter wants: a name, a value and a traceback.

use super::frames;
use super::places::Places;
use crate::compile::Place;
use crate::worker::Ending;
use serde_json::Value;

const BOLD_RED: &str = "\x1b[1;31m";
const RESET: &str = "\x1b[0m";
/// How a line about lost variables begins.
const MOVED_AWAY: &str = "Moved away by this cell";

/// One failed cell: exactly one `error` output, and the same three parts in the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    pub ename: String,
    pub evalue: String,
    pub traceback: Vec<String>,
}

impl CellError {
    /// An error whose traceback is its name and value, then `details`.
    pub fn new(ename: &str, evalue: impl Into<String>, details: Vec<String>) -> Self {
        let evalue = evalue.into();
        let mut traceback = vec![format!("{BOLD_RED}{ename}{RESET}: {evalue}")];
        traceback.extend(details);
        Self { ename: ename.into(), evalue, traceback }
    }

    /// Stop, before or while the cell ran.
    pub fn interrupted() -> Self {
        Self::new("Interrupted", "stopped; every variable was kept", Vec::new())
    }

    /// The worker ended while it ran the cell; `lost` are the variables that went with it.
    pub fn worker_ended(ending: &Ending, lost: &[String]) -> Self {
        let lost = match lost {
            [] => "No variable was lost.".to_owned(),
            names => format!("The variables are gone: {}. Run the cells that define them again.", names.join(", ")),
        };
        let advice = Some(ending.advice).filter(|advice| !advice.is_empty()).map(str::to_owned);
        let mut details: Vec<String> = advice.into_iter().collect();
        details.extend([lost, "Functions, types and imports are still there; the next cell runs.".into()]);
        Self::new("WorkerEnded", ending.cause.clone(), details)
    }

    /// What the worker's runtime reported of cell `count`.
    pub fn from_failure(failure: &Value, count: usize, places: &Places) -> Self {
        if failure["kind"] == "interrupted" {
            return Self::interrupted();
        }
        let text = |key: &str| failure[key].as_str().unwrap_or_default().to_owned();
        let mut details: Vec<String> = texts(&failure["causes"]).map(|cause| format!("  caused by: {cause}")).collect();
        details.extend(where_it_failed(failure, count, places));
        let mut error = Self::new(&text("ename"), text("evalue"), details);
        // The chain stands below: the first line need not hold it too.
        if let Some(head) = failure["head"].as_str() {
            error.traceback[0] = format!("{BOLD_RED}{}{RESET}: {head}", error.ename);
        }
        error
    }

    /// This error, with what another says of variables that went.
    pub fn with_lost_of(mut self, other: &Self) -> Self {
        let lost = other.traceback.iter().filter(|line| line.starts_with(MOVED_AWAY));
        let lost: Vec<String> = lost.cloned().collect();
        if !lost.is_empty() {
            self.evalue = "stopped".to_owned();
            self.traceback = Self::new("Interrupted", "stopped", Vec::new()).traceback;
        }
        self.traceback.extend(lost);
        self
    }

    /// Adds the names of the variables that a failed cell had moved and so took with it.
    pub fn with_lost(mut self, lost: &[String]) -> Self {
        if !lost.is_empty() {
            let (names, are, them) = (
                lost.join(", "),
                if lost.len() == 1 { "is" } else { "are" },
                if lost.len() == 1 { "it" } else { "them" },
            );
            self.traceback.push(format!(
                "{MOVED_AWAY} before it failed, and gone: {names}. Run the cell that defines {them} again; what {are} \
                 only lent (&) is kept."
            ));
        }
        self
    }
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// The line of a cell that failed, and the line of this cell that led there.
pub fn where_it_failed(failure: &Value, count: usize, places: &Places) -> Vec<String> {
    let find = |file: &Value, line: &Value| {
        places.find(file.as_str()?, line.as_u64().and_then(|line| usize::try_from(line).ok())?)
    };
    let mut found: Vec<Place> = find(&failure["file"], &failure["line"]).into_iter().collect();
    found.extend(frames::lines(&failure["frames"]).iter().filter_map(|(file, line)| places.find(file, *line)));
    in_cells(&found, count)
}

/// The same for the lines of cells that a failure came through, innermost first.
fn in_cells(found: &[Place], count: usize) -> Vec<String> {
    let Some(innermost) = found.first() else { return Vec::new() };
    let mut told = vec![in_words("at", innermost, count)];
    // A function's caller, and so on, until this cell's own statements: the last line of it says how it came there.
    let outer = found.iter().find(|place| place.source.count == count && !place.in_item);
    if let Some(outer) =
        outer.filter(|outer| (outer.line(), outer.source.count) != (innermost.line(), innermost.source.count))
    {
        told.push(in_words("called at", outer, count));
    }
    told
}

fn in_words(how: &str, place: &Place, count: usize) -> String {
    let cell =
        if place.source.count == count { "this cell".to_owned() } else { format!("cell [{}]", place.source.count) };
    format!("{how} line {} of {cell}:\n    {}", place.line(), place.text().trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::{ParsedCell, Source};
    use crate::compile::{Variant, to_compile};
    use crate::session::Session;
    use serde_json::json;
    use std::sync::Arc;

    /// Cell 2 calls a function of cell 1; with the crate's lines.
    fn places() -> (Places, Vec<String>) {
        let mut session = Session::default();
        let of =
            |count, code: &str| ParsedCell::new(Arc::new(Source { count, code: code.into(), id: None }), |_| false);
        let earlier = session.candidate(of(1, "fn f() {\n    panic!()\n}")).unwrap();
        session.compiled(&earlier, 1);
        let candidate = session.candidate(of(2, "let a = 1;\nf();\nf()")).unwrap();
        let printed = to_compile(&candidate, &Variant { unguarded: true, ..Variant::default() });
        let places = Places::default();
        places.add("0a".into(), printed.map);
        (places, printed.text.lines().map(str::to_owned).collect())
    }

    /// The number of the first line that holds `text`.
    fn line(text: &str) -> usize {
        places().1.iter().position(|line| line.contains(text)).unwrap() + 1
    }

    fn panic_at(text: &str) -> CellError {
        let failure = json!({
            "kind": "panic", "ename": "Panic", "evalue": "boom", "file": "cell-0a/lib.rs", "line": line(text),
        });
        CellError::from_failure(&failure, 2, &places().0)
    }

    #[test]
    fn a_panic_names_the_line_of_the_cell() {
        let error = panic_at("let a = 1;");
        assert_eq!((error.ename.as_str(), error.evalue.as_str()), ("Panic", "boom"));
        assert_eq!(error.traceback[1..], ["at line 1 of this cell:\n    let a = 1;"]);
        assert_eq!(panic_at("(f()").traceback[1..], ["at line 3 of this cell:\n    f()"]);
    }

    #[test]
    fn a_panic_in_an_earlier_function_names_its_cell() {
        assert_eq!(panic_at("panic!()").traceback[1..], ["at line 2 of cell [1]:\n    panic!()"]);
    }

    #[test]
    fn the_innermost_line_of_a_cell_comes_first_and_this_cells_own_last() {
        let place = |text: &str| places().0.find("cell-0a/lib.rs", line(text)).into_iter();
        let told = in_cells(&place("panic!()").chain(place("f();")).collect::<Vec<_>>(), 2);
        assert_eq!(told, ["at line 2 of cell [1]:\n    panic!()", "called at line 2 of this cell:\n    f();"]);
    }

    #[test]
    fn causes_stand_below_the_error() {
        let failure = json!({ "kind": "error", "ename": "ReadError", "evalue": "a: b", "head": "a", "causes": ["b"] });
        let error = CellError::from_failure(&failure, 2, &places().0);
        assert_eq!(error.evalue, "a: b");
        assert!(error.traceback[0].ends_with(": a") && error.traceback[1] == "  caused by: b", "{:?}", error.traceback);
    }
}
