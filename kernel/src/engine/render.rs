//! Compile errors as the notebook shows them: all of a cell's errors in one output, in rustc's own
//! layout, with line numbers of the cell as typed.

use super::CellError;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use evcxr::{CompilationError, Error};

/// What evcxr says about a cell that it could not compile.
pub fn compile_error(code: &str, error: &Error) -> CellError {
    match error {
        Error::CompilationErrors(errors) => {
            let real: Vec<&CompilationError> = errors.iter().filter(|error| error.level() != "warning").collect();
            let Some(first) = real.first() else {
                return CellError::new("CompileError", "the cell did not compile", Vec::new());
            };
            let mut evalue = headline(first);
            if real.len() > 1 {
                evalue.push_str(&format!(" (and {} more)", real.len() - 1));
            }
            let traceback = real.iter().map(|error| report(code, error)).collect();
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

fn headline(error: &CompilationError) -> String {
    match error.code() {
        Some(code) => format!("error[{code}]: {}", error.message()),
        None => format!("error: {}", in_notebook_words(&error.message())),
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

/// evcxr counts lines and characters from 1; the renderer wants bytes.
fn byte_offset(code: &str, line: usize, column: usize) -> Option<usize> {
    let start: usize = code.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let rest = code.get(start..)?;
    let in_line = rest.char_indices().nth(column.checked_sub(1)?).map_or(rest.len(), |(at, _)| at);
    Some(start + in_line)
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

    #[test]
    fn columns_count_characters_and_offsets_count_bytes() {
        assert_eq!(byte_offset("é = 1;\nü", 1, 2), Some(2));
        assert_eq!(byte_offset("é = 1;\nü", 2, 2), Some("é = 1;\nü".len()));
        assert_eq!(byte_offset("a", 5, 9), Some(1));
    }

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
        let error = compile_error("let x = || 1;", &Error::Message("the variable is a closure".into()));
        assert_eq!(error.evalue, "the variable is a closure");
        assert_eq!(error.traceback.len(), 1);
    }
}
