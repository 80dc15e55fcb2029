//! Compile errors as the notebook shows them: all of a cell's errors in one output, in rustc's own
//! layout, with line numbers of the cell as typed.

use super::diagnostic::{Canvas, plain};
use super::{CellError, ErrorKind};
use crate::cell::Source;
use crate::compile::{Failure, Message};
use crate::session::{Refusal, Session};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::sync::Arc;

/// Errors of types: a variable that changed its type may be at fault.
const OF_TYPES: [&str; 4] = ["E0308", "E0277", "E0369", "E0599"];

/// Why the cell `source` could not be compiled.
pub fn compile_error(source: &Arc<Source>, failure: &Failure, session: &Session) -> CellError {
    let (printed, errors) = match failure {
        Failure::Errors { printed, errors } => (printed, errors),
        Failure::Stopped => return CellError::interrupted(),
        Failure::Killed(signal) => {
            let what = if *signal == libc::SIGKILL {
                "was killed, perhaps since memory ran out"
            } else {
                "was ended by a signal"
            };
            let advice = "Nothing has changed. Run the cell again; `memory_limit()` says how much memory there is.";
            return CellError::new(
                ErrorKind::CompilerEnded,
                format!("the compiler {what} ({signal})"),
                vec![advice.into()],
            );
        }
        Failure::Broken(error) => {
            let advice =
                "Nothing has changed. Run `isopleth doctor` in a terminal: it checks every part and says what to do.";
            return CellError::new(
                ErrorKind::Engine,
                format!("the cell could not be compiled: {error:#}"),
                vec![advice.into()],
            );
        }
    };
    let canvas = Canvas { cell: source, map: &printed.map };
    let mut traceback: Vec<String> = Vec::new();
    // Names that a broken cell does not have are no errors of their own.
    let is_syntax = |error: &&Message| error.code().is_empty() && error.text().starts_with("expected ");
    let only_syntax = errors.iter().any(|error| is_syntax(&error));
    for error in errors.iter().filter(|error| !only_syntax || error.code() != "E0425") {
        // Where the session knows what became of a name, guesses are noise.
        let is_known =
            asked_for(error).is_some_and(|name| session.gone(name).is_some() || session.aside(name).is_some());
        let report = canvas.draw(error, !is_known);
        if !traceback.contains(&report) {
            traceback.push(report);
        }
    }
    let Some(first) = errors.first() else {
        return CellError::new(ErrorKind::Compile, "the cell did not compile", Vec::new());
    };
    let mut evalue = canvas.in_words(first, &headline(first));
    if traceback.len() > 1 {
        evalue.push_str(&format!(" (and {} more)", traceback.len() - 1));
    }
    for name in errors.iter().filter_map(asked_for) {
        let told = session.gone(name).map(|gone| gone.in_words(name));
        traceback.extend(told.filter(|told| !traceback.contains(told)));
        traceback.extend(session.aside(name).map(|(cell, reason)| aside(name, cell, reason)));
    }
    if errors.iter().any(|error| OF_TYPES.contains(&error.code())) {
        traceback.extend(retyped(source, session));
    }
    CellError::compile(evalue, traceback)
}

/// Said of an item of an earlier cell that is left out from now on.
pub fn aside(title: &str, cell: usize, reason: &str) -> String {
    format!(
        "`{title}` of cell [{cell}] no longer compiles with what is defined now ({}), and is left out until that cell is run \
         again.",
        plain(reason)
    )
}

/// The variable, function or method that rustc did not find.
fn asked_for(error: &Message) -> Option<&str> {
    let found = [
        "cannot find value `",
        "expected value, found macro `",
        "expected value, found function `",
        "cannot find function `",
        "cannot find function, tuple struct or tuple variant `",
        "no method named `",
        "no function or associated item named `",
    ];
    let rest = found.iter().find_map(|start| error.text().strip_prefix(start))?;
    rest.split('`').next()
}

/// Which of the variables that the cell mentions are no longer of the type they once had.
fn retyped(source: &Source, session: &Session) -> Vec<String> {
    let mut words: Vec<&str> = crate::cell::words(&source.code).collect();
    words.sort_unstable();
    words.dedup();
    let told = |name: &&str| {
        let variable = session.variables().get(*name)?;
        let retyped = variable.retyped.as_ref()?;
        Some(format!(
            "`{name}` has changed its type: it was {}, and cell [{}] made it {}.",
            short_type(&retyped.before),
            retyped.cell,
            short_type(&variable.kind)
        ))
    };
    words.iter().filter_map(told).collect()
}

/// A cell that uses a value of a type that it defines anew.
pub fn refused(refusal: &Refusal) -> CellError {
    let Refusal { variable, because_of } = refusal;
    let named = quoted(because_of);
    CellError::new(
        ErrorKind::Compile,
        format!("`{variable}` was made from {named} as it was before this cell, which defines it anew"),
        vec![format!(
            "Nothing has changed. Define {named} in a cell of its own, and make `{variable}` again after it; or make \
             `{variable}` again in this cell before it is used."
        )],
    )
}

pub fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A type as people write it: without the modules that its names lie in.
pub fn short_type(kind: &str) -> String {
    let mut out = String::with_capacity(kind.len());
    let mut word = String::new();
    let mut rest = kind.chars().peekable();
    while let Some(character) = rest.next() {
        if character == ':' && rest.peek() == Some(&':') {
            rest.next();
            word.clear();
        } else if character.is_alphanumeric() || character == '_' || character == '#' {
            word.push(character);
        } else {
            out.push_str(&word);
            word.clear();
            out.push(character);
        }
    }
    out + &word
}

/// An error that was found before rustc was asked, at the bytes `range` of the cell.
pub fn syntax_error(code: &str, message: &str, range: std::ops::Range<usize>) -> CellError {
    let snippet = Snippet::source(code).path("cell").line_start(1).annotation(AnnotationKind::Primary.span(range));
    let report = Renderer::styled().render(&[Group::with_title(Level::ERROR.primary_title(message)).element(snippet)]);
    CellError::compile(format!("error: {message}"), vec![report])
}

fn headline(error: &Message) -> String {
    match error.code() {
        "" => format!("error: {}", plain(error.text())),
        code => format!("error[{code}]: {}", plain(error.text())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_shown_without_its_modules() {
        for (kind, shown) in [
            ("std::vec::Vec<crate::m::Station>", "Vec<Station>"),
            ("&'static str", "&'static str"),
            ("Box<dyn std::error::Error + Send>", "Box<dyn Error + Send>"),
            ("[f64; 3]", "[f64; 3]"),
        ] {
            assert_eq!(short_type(kind), shown);
        }
    }

    #[test]
    fn a_compiler_that_was_killed_is_no_verdict_on_the_cell() {
        let source = Arc::new(Source { count: 1, code: "1".into(), id: None });
        let error = compile_error(&source, &Failure::Killed(9), &Session::default());
        assert_eq!(error.kind, ErrorKind::CompilerEnded);
        assert_eq!(compile_error(&source, &Failure::Stopped, &Session::default()).kind, ErrorKind::Interrupted);
    }
}
