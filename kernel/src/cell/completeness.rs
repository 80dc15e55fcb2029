//! Whether Enter should run the cell or open a new line: asked by consoles on every Enter.

use super::{ParsedCell, Source};
use std::sync::Arc;

/// The answer to `is_complete_request`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    Complete,
    /// More must follow; the next line starts with this indent.
    Incomplete(String),
    Invalid,
}

const INDENT: &str = "    ";

/// Judges `code` as a cell.
pub fn completeness(code: &str, is_variable: impl Fn(&str) -> bool) -> Completeness {
    if code.trim_start().starts_with('?') {
        return Completeness::Complete; // a question to the kernel, one line
    }
    // Whether more could follow is of no matter: it will not compile.
    if super::is_too_deep(code) {
        return Completeness::Invalid;
    }
    let cell = ParsedCell::new(Arc::new(Source { count: 0, code: code.to_owned(), id: None }), is_variable);
    if cell.is_open_ended() {
        return Completeness::Incomplete(String::new());
    }
    if !cell.has_rust() {
        return Completeness::Complete;
    }
    let Some(open) = cell.open_brackets() else { return Completeness::Invalid };
    if !open.is_empty() {
        return Completeness::Incomplete(INDENT.repeat(open.len()));
    }
    let (end, errors) = (code.trim_end().len(), cell.error_places());
    if errors.is_empty() {
        Completeness::Complete
    } else if errors.iter().all(|at| *at >= end) {
        // Only the end is missing: an operand, the rest of a `let`, a semicolon.
        Completeness::Incomplete(INDENT.to_owned())
    } else {
        Completeness::Invalid
    }
}

#[cfg(test)]
mod tests {
    use super::Completeness::{Complete, Incomplete, Invalid};
    use super::{Completeness, completeness};

    fn of(code: &str) -> Completeness {
        completeness(code, |_| false)
    }

    #[test]
    fn whole_statements_items_and_expressions_are_complete() {
        for code in [
            "1 + 2",
            "let x = 1;",
            "fn f() {}",
            "for i in 0..3 { println!(\"{i}\"); }",
            "",
            ":dep serde = \"1\"",
            "!ls",
            "?Pool",
            "// note",
        ] {
            assert_eq!(of(code), Complete, "{code}");
        }
    }

    #[test]
    fn what_needs_more_says_so_with_an_indent() {
        assert_eq!(of("for i in 0..3 {"), Incomplete("    ".into()));
        assert_eq!(of("let x = f(["), Incomplete("        ".into()));
        for code in ["let x =", "\"abc", "/* a", "1 +", "let s = \"two\nlines", ":vars\nlet x ="] {
            assert!(matches!(of(code), Incomplete(_)), "{code}: {:?}", of(code));
        }
    }

    #[test]
    fn what_no_continuation_can_mend_is_invalid() {
        for code in [")", "fn f() { ] }", "let x = );", "let = 5;"] {
            assert_eq!(of(code), Invalid, "{code}");
        }
    }
}
