//! Compile errors as the notebook shows them: all of a cell's errors in one output, in rustc's own
//! layout, with line numbers of the cell as typed.

use super::CellError;
use super::diagnostic::{Canvas, byte_offset, plain};
use super::places::label_of;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use evcxr::{CompilationError, Error};

/// What evcxr says about a cell that it could not compile; `label` is that of the crate on the canvas.
pub fn compile_error(canvas: &Canvas<'_>, label: &str, error: &Error) -> CellError {
    match error {
        Error::CompilationErrors(errors) => {
            let real: Vec<&CompilationError> = errors.iter().filter(|error| error.level() != "warning").collect();
            let mut traceback: Vec<String> = Vec::new();
            for error in &real {
                let said = whole(error);
                let report = if is_of(said, label) { canvas.draw(said) } else { report(&canvas.cell.code, error) };
                if !traceback.contains(&report) {
                    traceback.push(report);
                }
            }
            let Some(first) = real.first() else {
                return CellError::new("CompileError", "the cell did not compile", Vec::new());
            };
            let mut evalue = headline(first);
            if traceback.len() > 1 {
                evalue.push_str(&format!(" (and {} more)", traceback.len() - 1));
            }
            CellError { ename: "CompileError".into(), evalue, traceback }
        }
        Error::TypeRedefinedVariablesLost(names) => CellError::new(
            "CompileError",
            format!("these variables are gone, since their type was defined anew: {}", names.join(", ")),
            vec!["Run the cells that define them again.".into()],
        ),
        Error::Message(message) | Error::SubprocessTerminated(message) => {
            CellError::new("CompileError", in_notebook_words(message), Vec::new())
        }
    }
}

/// An error that was found before rustc was asked, at the bytes `range` of the cell.
pub fn syntax_error(code: &str, message: &str, range: std::ops::Range<usize>) -> CellError {
    let snippet = Snippet::source(code).path("cell").line_start(1).annotation(AnnotationKind::Primary.span(range));
    let report = Renderer::styled().render(&[Group::with_title(Level::ERROR.primary_title(message)).element(snippet)]);
    CellError { ename: "CompileError".into(), evalue: format!("error: {message}"), traceback: vec![report] }
}

/// Whether rustc speaks of the crate `label` in `message`. evcxr has errors of its own, and may show those of a crate that
/// it has replaced since.
fn is_of(message: &serde_json::Value, label: &str) -> bool {
    let mut files = (message["spans"].as_array().into_iter().flatten()).filter_map(|span| span["file_name"].as_str());
    message.is_object() && files.all(|file| label_of(file).is_none_or(|of| of == label))
}

/// What rustc said, where evcxr has put a note in the place of its error.
fn whole(error: &CompilationError) -> &serde_json::Value {
    error.json.get(crate::compile::WHOLE).unwrap_or(&error.json)
}

fn headline(error: &CompilationError) -> String {
    let said = whole(error);
    match (said["code"]["code"].as_str(), said["message"].as_str()) {
        (Some(code), Some(message)) => format!("error[{code}]: {}", plain(message)),
        (None, Some(message)) => format!("error: {}", plain(&in_notebook_words(message))),
        _ => format!("error: {}", plain(&in_notebook_words(&error.message()))),
    }
}

/// One error with the lines it points at, and rustc's help below.
fn report(code: &str, error: &CompilationError) -> String {
    let message = in_notebook_words(&error.message());
    let title = Level::ERROR.primary_title(message.as_str());
    let title = match error.code() {
        Some(id) => title.id(id),
        None => title,
    };
    let annotations: Vec<_> = error
        .spanned_messages()
        .iter()
        .filter_map(|message| {
            let span = message.span?;
            let start = byte_offset(code, span.start_line, span.start_column)?;
            let end = byte_offset(code, span.end_line, span.end_column)?;
            Some((start..end.max(start), message))
        })
        .collect();
    let mut group = Group::with_title(title);
    if !annotations.is_empty() {
        let mut snippet = Snippet::source(code).path("cell").line_start(1);
        for (range, message) in &annotations {
            let kind = if message.is_primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            snippet = snippet.annotation(kind.span(range.clone()).label(message.label.as_str()));
        }
        group = group.element(snippet);
    }
    let help = error.help();
    for text in &help {
        group = group.element(Level::HELP.message(text.as_str()));
    }
    // Bold and the 16 base colours are what light and dark notebook themes both can show.
    Renderer::styled().render(&[group])
}

/// evcxr's own messages name evcxr and say "persist"; a student thinks of cells.
fn in_notebook_words(message: &str) -> String {
    let name = message.split('`').nth(1).unwrap_or("the variable");
    if message.contains("is a closure, which cannot be persisted") {
        format!(
            "`{name}` is a closure, and closures cannot be kept between cells. Write a function (fn {name}(…) {{ … }}), \
             or box it with its type: let {name}: Box<dyn Fn(f64) -> f64> = Box::new(|x| …);"
        )
    } else if message.contains("non-static lifetime") {
        format!(
            "`{name}` borrows from another value, and borrowed values cannot be kept between cells. Keep a copy \
             (.to_owned(), .clone()), or put the cell's statements in braces {{ … }} so that `{name}` ends with the cell"
        )
    } else if message.contains("which cannot be persisted") {
        format!(
            "`{name}` has a type that cannot be kept between cells. Convert it, or put the cell's statements in braces {{ … }}"
        )
    } else if message.starts_with("Couldn't automatically determine type of variable") {
        format!("the type of `{name}` could not be found out. Write it: let {name}: TYPE = …;")
    } else if message == "Looks like you're missing a semicolon" {
        "a semicolon seems to be missing at the end of a statement".to_owned()
    } else {
        message.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::places::{LineMap, Source};

    #[test]
    fn what_cannot_be_kept_between_cells_is_said_in_those_words() {
        let closure = in_notebook_words("The variable `c` is a closure, which cannot be persisted.\nYou can …");
        assert!(closure.starts_with("`c` is a closure") && closure.contains("fn c("), "{closure}");
        let borrowed = in_notebook_words(
            "The variable `r` contains a reference with a non-static lifetime so\ncan't be persisted.",
        );
        assert!(borrowed.contains("`r` borrows"), "{borrowed}");
    }

    #[test]
    fn a_message_of_evcxrs_own_becomes_the_value() {
        let cell = std::sync::Arc::new(Source { count: 1, code: "let x = || 1;".into() });
        let canvas = Canvas { cell: &cell, map: &LineMap::default(), generated: "" };
        let error = compile_error(&canvas, "", &Error::Message("the variable is a closure".into()));
        assert_eq!(error.evalue, "the variable is a closure");
        assert_eq!(error.traceback.len(), 1);
    }
}
