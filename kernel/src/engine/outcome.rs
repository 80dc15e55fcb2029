//! How a cell can fail, in the shape that Jupyter wants: a name, a value and a traceback.

use serde_json::Value;

const BOLD_RED: &str = "\x1b[1;31m";
const RESET: &str = "\x1b[0m";

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

    /// The worker ended while it ran the cell. `cause` is in plain words, `lost` the variables that went with it.
    pub fn worker_ended(cause: &str, lost: &[String]) -> Self {
        let lost = match lost {
            [] => "No variable was lost.".to_owned(),
            names => format!("The variables are gone: {}. Run the cells that define them again.", names.join(", ")),
        };
        Self::new(
            "WorkerEnded",
            cause,
            vec![lost, "Functions, types and imports are still there; the next cell runs.".into()],
        )
    }

    pub(super) fn engine_failed(error: &anyhow::Error) -> Self {
        let remedy = "Run `isopleth doctor` in a terminal: it checks every part and says what to do.";
        Self::new("EngineError", format!("the compiler engine did not start: {error:#}"), vec![remedy.into()])
    }

    pub(super) fn engine_gone() -> Self {
        Self::new("EngineError", "the compiler engine has ended; restart the kernel", Vec::new())
    }

    pub(super) fn analysis_panicked() -> Self {
        let remedy = "Nothing has changed. Write the cell in another way, for example with explicit types.";
        Self::new("EngineError", "rust-analyzer failed on this cell", vec![remedy.into()])
    }

    /// What the worker's runtime reported of the cell `code`; `generated` is the source that was compiled.
    pub fn from_failure(failure: &Value, code: &str, generated: &str) -> Self {
        let text = |key: &str| failure[key].as_str().unwrap_or_default().to_owned();
        let line = failure["line"].as_u64().and_then(|line| usize::try_from(line).ok()).unwrap_or(0);
        let mut details = Vec::new();
        if text("file").ends_with("lowered/lib.rs") {
            details.extend(place(line, code, generated));
        }
        match failure["kind"].as_str() {
            Some("interrupted") => Self::interrupted(),
            _ => Self::new(&text("ename"), text("evalue"), details),
        }
    }
}

/// Where in the cell line `line` of the generated source is, with the line itself.
fn place(line: usize, code: &str, generated: &str) -> Option<String> {
    let text = generated.lines().nth(line.checked_sub(1)?)?.trim();
    let same: Vec<usize> = code
        .lines()
        .enumerate()
        .filter(|(_, own)| !text.is_empty() && is_from(text, own.trim()))
        .map(|(at, _)| at + 1)
        .collect();
    Some(match same.as_slice() {
        [] => format!("in code of an earlier cell:\n    {}", unwrapped(text)),
        [at, ..] => format!("at line {at} of this cell:\n    {}", code.lines().nth(at - 1).unwrap_or_default().trim()),
    })
}

/// evcxr wraps a cell's last expression to show it.
fn is_from(generated: &str, own: &str) -> bool {
    !own.is_empty() && (generated == own || unwrapped(generated) == own)
}

fn unwrapped(generated: &str) -> &str {
    let inner = generated.strip_prefix('(').unwrap_or(generated);
    inner.strip_suffix(").evcxr_display();").unwrap_or(inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_panic_names_the_line_of_the_cell() {
        let failure =
            json!({ "kind": "panic", "ename": "Panic", "evalue": "boom", "file": "/t/lowered/lib.rs", "line": 2 });
        let error = CellError::from_failure(&failure, "let a = 1;\npanic!(\"boom\");", "let a = 1;\npanic!(\"boom\");");
        assert_eq!(error.ename, "Panic");
        assert!(error.traceback[1].starts_with("at line 2 of this cell"), "{:?}", error.traceback);
    }

    #[test]
    fn a_panic_in_an_earlier_function_shows_its_line() {
        let failure =
            json!({ "kind": "panic", "ename": "Panic", "evalue": "boom", "file": "/t/lowered/lib.rs", "line": 1 });
        let error = CellError::from_failure(&failure, "f()", "fn f() { panic!(\"boom\") }\n(f()).evcxr_display();");
        assert!(error.traceback[1].contains("earlier cell"), "{:?}", error.traceback);
    }
}
