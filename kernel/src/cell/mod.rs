//! What is done to a cell's source before evcxr sees it.

mod depth;
mod help;
mod scope;
mod statements;
mod syntax;

pub use depth::{is_too_deep, is_too_deep_while_typing};
pub use help::{help, without_help_mark};
pub use scope::{Contribution, Scope, words};
pub use statements::{Statement, statements};
pub use syntax::{is_expression, keep_documentation, lost_statement};

/// What a frontend sent, as evcxr is to see it.
#[derive(Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing to run.
    Empty,
    /// Rust, or one of evcxr's commands.
    Code(&'a str),
}

/// Reads a cell. White space and comments alone are nothing to compile.
pub fn read(source: &str) -> Cell<'_> {
    let says_nothing = |line: &str| line.trim().is_empty() || line.trim_start().starts_with("//");
    if source.lines().all(says_nothing) { Cell::Empty } else { Cell::Code(source) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_comments_is_empty() {
        assert_eq!(read("  \n// note\n"), Cell::Empty);
        assert_eq!(read("1 // one"), Cell::Code("1 // one"));
    }
}
