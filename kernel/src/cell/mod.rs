//! What a cell is: read once, by rust-analyzer's parser, and asked by everything else.

mod completeness;
mod depth;
mod help;
pub mod item;
mod macros;
mod parse;
mod scopes;
mod source;

pub use completeness::{Completeness, completeness};
pub use depth::{is_too_deep, is_too_deep_while_typing};
pub use help::{help, without_help_mark};
pub use macros::{as_macro_call, macro_name, makes_items};
pub use parse::{CommandLine, Kind, ParsedCell};
pub use scopes::{Names, names};
pub use source::Source;

/// The runs of letters, digits and underscores in `text`, also in its strings: `"{x}"` mentions `x`.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !(character.is_alphanumeric() || character == '_')).filter(|word| !word.is_empty())
}

/// Whether `code` is one expression, and nothing but that.
pub fn is_expression(code: &str) -> bool {
    if is_too_deep(code) {
        return false;
    }
    let source = std::sync::Arc::new(Source { count: 0, code: format!("(\n{code}\n)"), id: None });
    let cell = ParsedCell::new(source, |_| true);
    let pieces = cell.pieces();
    cell.syntax_error().is_none()
        && matches!(pieces.as_slice(), [one] if one.kind == Kind::Tail && one.node.kind() == ra_ap_syntax::SyntaxKind::PAREN_EXPR)
}

#[cfg(test)]
mod tests {
    use super::is_expression;

    #[test]
    fn an_expression_stands_alone() {
        for code in ["1 + 1", "x // why", "{ let a = 1; a }", "f(2)?"] {
            assert!(is_expression(code), "{code}");
        }
        for code in ["", "let a = 1;", "1; 2", "1) + (2", "1); (2", ":vars", "1, 2"] {
            assert!(!is_expression(code), "{code}");
        }
    }
}
