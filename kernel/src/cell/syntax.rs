//! Statements that evcxr would drop without a word.

use ra_ap_syntax::{AstNode, Edition, SourceFile, ast};
use std::ops::Range;

const BEFORE: &str = "fn cell() {\n";

/// The bytes of a `let` that names nothing (`let = 3;`), which evcxr takes for no statement at all.
pub fn lost_statement(code: &str) -> Option<Range<usize>> {
    let parsed = SourceFile::parse(&format!("{BEFORE}{code}\n}}"), Edition::Edition2024);
    let lost = parsed
        .syntax_node()
        .descendants()
        .filter_map(ast::LetStmt::cast)
        .find(|statement| statement.pat().is_none())?;
    let range = lost.syntax().text_range();
    let place = |at| usize::from(at).saturating_sub(BEFORE.len()).min(code.len());
    Some(place(range.start())..place(range.end()))
}

#[cfg(test)]
mod tests {
    use super::lost_statement;

    #[test]
    fn only_a_let_without_a_name_is_lost() {
        assert_eq!(lost_statement("let a = 1;\nlet = 3;"), Some(11..19));
        assert_eq!(lost_statement("let (a, _) = f();"), None);
    }
}
