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

/// Whether `code` is one expression, and nothing but that.
pub fn is_expression(code: &str) -> bool {
    let parsed = SourceFile::parse(&format!("{BEFORE}(\n{code}\n)\n}}"), Edition::Edition2024);
    let body = parsed.syntax_node().descendants().find_map(ast::StmtList::cast);
    let alone = body.is_some_and(|body| {
        body.statements().next().is_none() && matches!(body.tail_expr(), Some(ast::Expr::ParenExpr(_)))
    });
    alone && parsed.errors().is_empty()
}

#[cfg(test)]
mod tests {
    use super::{is_expression, lost_statement};

    #[test]
    fn an_expression_stands_alone() {
        for code in ["1 + 1", "x // why", "{ let a = 1; a }", "f(2)?"] {
            assert!(is_expression(code), "{code}");
        }
        for code in ["", "let a = 1;", "1; 2", "1) + (2", "1); (2", ":vars", "1, 2"] {
            assert!(!is_expression(code), "{code}");
        }
    }

    #[test]
    fn only_a_let_without_a_name_is_lost() {
        assert_eq!(lost_statement("let a = 1;\nlet = 3;"), Some(11..19));
        assert_eq!(lost_statement("let (a, _) = f();"), None);
    }
}
