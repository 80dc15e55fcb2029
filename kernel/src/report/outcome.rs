//! How a cell can fail, in the shape that Jupyter wants: a name, a value and a traceback.

use super::frames;
use super::places::Places;
use crate::compile::Place;
use crate::worker::Ending;
use isopleth_bus::worker::{ErrorReport, Failure, Location, StackFrame, ThreadPanic};

const BOLD_RED: &str = "\x1b[1;31m";
const RESET: &str = "\x1b[0m";

/// What kind of failure it was; the notebook shows its [name](ErrorKind::name).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// A command of the notebook.
    Command,
    /// The cell is no Rust that can be run.
    Compile,
    /// The compiler has not said whether it is.
    CompilerEnded,
    /// Something of Isopleth's own.
    Engine,
    /// Stop.
    Interrupted,
    /// The cell's object could not be loaded.
    Load,
    Panic,
    /// A variable was not what the cell was compiled for.
    TypeChanged,
    /// The process in which cells run has ended.
    WorkerEnded,
    /// An error that `?` has met, by the name of its type.
    Returned(String),
}

impl ErrorKind {
    /// As it stands in front of the message.
    pub fn name(&self) -> &str {
        match self {
            Self::Command => "CommandError",
            Self::Compile => "CompileError",
            Self::CompilerEnded => "CompilerEnded",
            Self::Engine => "EngineError",
            Self::Interrupted => "Interrupted",
            Self::Load => "LoadError",
            Self::Panic => "Panic",
            Self::TypeChanged => "TypeChanged",
            Self::WorkerEnded => "WorkerEnded",
            Self::Returned(name) => name,
        }
    }
}

/// One failed cell: exactly one `error` output, and the same three parts in the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    pub kind: ErrorKind,
    pub evalue: String,
    traceback: Vec<String>,
    /// Variables that the cell had moved before it failed.
    lost: Vec<String>,
}

impl CellError {
    /// An error whose traceback is its name and value, then `details`.
    pub fn new(kind: ErrorKind, evalue: impl Into<String>, details: Vec<String>) -> Self {
        let evalue = evalue.into();
        let mut traceback = vec![first_line(&kind, &evalue)];
        traceback.extend(details);
        Self { kind, evalue, traceback, lost: Vec::new() }
    }

    /// What the compiler has against the cell, as it is drawn.
    pub fn compile(evalue: String, drawn: Vec<String>) -> Self {
        Self { kind: ErrorKind::Compile, evalue, traceback: drawn, lost: Vec::new() }
    }

    /// Stop, before or while the cell ran.
    pub fn interrupted() -> Self {
        Self::new(ErrorKind::Interrupted, "stopped; every variable was kept", Vec::new())
    }

    /// Stop, in place of what a tool or the cell said because of it.
    pub fn interrupted_instead(self) -> Self {
        if self.lost.is_empty() {
            return Self::interrupted();
        }
        Self::new(ErrorKind::Interrupted, "stopped", Vec::new()).with_lost(self.lost)
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
        Self::new(ErrorKind::WorkerEnded, ending.cause.clone(), details)
    }

    /// What the worker's runtime reported of cell `count`.
    pub fn from_failure(failure: Failure, count: usize, places: &Places) -> Self {
        match failure {
            Failure::Interrupted => Self::interrupted(),
            Failure::Load { reason } => Self::new(ErrorKind::Load, reason, Vec::new()),
            Failure::Panic(panic) => {
                let lines = where_it_failed(panic.location.as_ref(), &panic.frames, count, places);
                Self::new(ErrorKind::Panic, panic.message, lines)
            }
            Failure::Error(error) => Self::returned(error, count, places),
        }
    }

    fn returned(error: ErrorReport, count: usize, places: &Places) -> Self {
        let ErrorReport { name, texts, location } = error;
        let (head, causes) = texts.split_first().map_or(("", &[][..]), |(head, causes)| (head.as_str(), causes));
        let mut details: Vec<String> = causes.iter().map(|cause| format!("  caused by: {cause}")).collect();
        details.extend(where_it_failed(Some(&location), &[], count, places));
        let mut error = Self::new(ErrorKind::Returned(name), texts.join(": "), details);
        // The chain stands below: the first line need not hold it too.
        error.traceback[0] = first_line(&error.kind, head);
        error
    }

    /// Adds the names of the variables that a failed cell had moved and so took with it.
    pub fn with_lost(self, lost: Vec<String>) -> Self {
        Self { lost, ..self }
    }

    /// What stands below the cell, line by line.
    pub fn traceback(&self) -> Vec<String> {
        let mut lines = self.traceback.clone();
        if !self.lost.is_empty() {
            let (is, it) = if self.lost.len() == 1 { ("is", "it") } else { ("are", "them") };
            lines.push(format!(
                "Moved away by this cell before it failed, and gone: {}. Run the cell that defines {it} again; what {is} only \
                 lent (&) is kept.",
                self.lost.join(", ")
            ));
        }
        lines
    }

    /// The whole on one or more lines without colours, for what cannot be an `error` output.
    pub fn in_plain_text(&self) -> String {
        let first = format!("{}: {}", self.kind.name(), self.evalue);
        std::iter::once(first).chain(self.traceback().into_iter().skip(1)).collect::<Vec<_>>().join("\n")
    }
}

fn first_line(kind: &ErrorKind, text: &str) -> String {
    format!("{BOLD_RED}{}{RESET}: {text}", kind.name())
}

/// The panic of a thread that cell `count` or an earlier one has left behind, with the lines that led there.
pub fn thread_panic(told: &ThreadPanic, count: usize, places: &Places) -> String {
    let mut lines = vec![told.to_string()];
    lines.extend(where_it_failed(told.panic.location.as_ref(), &told.panic.frames, count, places));
    lines.join("\n")
}

/// The line of a cell that failed, and the line of this cell that led there.
fn where_it_failed(location: Option<&Location>, frames: &[StackFrame], count: usize, places: &Places) -> Vec<String> {
    let own = location.and_then(|at| places.find(&at.file, usize::try_from(at.line).ok()?));
    let mut found: Vec<Place> = own.into_iter().collect();
    found.extend(frames::lines(frames).iter().filter_map(|(file, line)| places.find(file, *line)));
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
    use isopleth_bus::worker::PanicReport;
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
        let panic = PanicReport { message: "boom".into(), location: Some(location(text)), frames: Vec::new() };
        CellError::from_failure(Failure::Panic(panic), 2, &places().0)
    }

    fn location(text: &str) -> Location {
        Location { file: "cell-0a/lib.rs".into(), line: u32::try_from(line(text)).unwrap() }
    }

    #[test]
    fn a_panic_names_the_line_of_the_cell() {
        let error = panic_at("let a = 1;");
        assert_eq!((&error.kind, error.evalue.as_str()), (&ErrorKind::Panic, "boom"));
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
        let texts = vec!["a".to_owned(), "b".to_owned()];
        let report = ErrorReport { name: "ReadError".into(), texts, location: location("(f()") };
        let error = CellError::from_failure(Failure::Error(report), 2, &places().0);
        assert_eq!((error.kind.name(), error.evalue.as_str()), ("ReadError", "a: b"));
        assert!(error.traceback[0].ends_with(": a"), "{:?}", error.traceback);
        assert_eq!(error.traceback[1..], ["  caused by: b", "at line 3 of this cell:\n    f()"]);
    }

    #[test]
    fn what_stop_took_with_it_is_named_and_nothing_else_that_was_said() {
        let error = panic_at("let a = 1;");
        assert_eq!(error.clone().interrupted_instead(), CellError::interrupted());
        let stopped = error.with_lost(vec!["v".into(), "w".into()]).interrupted_instead();
        assert_eq!((&stopped.kind, stopped.evalue.as_str()), (&ErrorKind::Interrupted, "stopped"));
        let lines = stopped.traceback();
        assert!(lines.len() == 2 && lines[1].contains("gone: v, w. Run"), "{lines:?}");
        assert!(stopped.in_plain_text().starts_with("Interrupted: stopped\nMoved away"));
    }
}
