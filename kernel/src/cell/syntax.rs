//! Statements that evcxr would drop without a word.

use ra_ap_syntax::{AstNode, Edition, SourceFile, ast};
use std::borrow::Cow;
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

/// `code` as evcxr keeps it whole: it drops lines at the top that begin with `//`, and so the documentation of an
/// item that opens the cell. A space before that keeps it.
pub fn keep_documentation(code: &str) -> Cow<'_, str> {
    let says_something = |line: &&str| !line.trim().is_empty() && (!line.starts_with("//") || is_documentation(line));
    let Some(first) = code.lines().find(says_something).filter(|line| is_documentation(line)) else {
        return code.into();
    };
    let parsed = SourceFile::parse(&format!("{BEFORE}{code}\n}}"), Edition::Edition2024);
    let body = parsed.syntax_node().descendants().find_map(ast::StmtList::cast);
    // Before a statement it documents nothing, and rustc would mind it.
    let item = body.and_then(|body| body.statements().next()).is_some_and(|first| matches!(first, ast::Stmt::Item(_)));
    let at = first.as_ptr() as usize - code.as_ptr() as usize;
    if item { format!("{} {}", &code[..at], &code[at..]).into() } else { code.into() }
}

fn is_documentation(line: &str) -> bool {
    line.starts_with("///") && !line.starts_with("////")
}

/// Whether `code` is one expression, and nothing but that.
pub fn is_expression(code: &str) -> bool {
    if super::is_too_deep(code) {
        return false;
    }
    let parsed = SourceFile::parse(&format!("{BEFORE}(\n{code}\n)\n}}"), Edition::Edition2024);
    let body = parsed.syntax_node().descendants().find_map(ast::StmtList::cast);
    let alone = body.is_some_and(|body| {
        body.statements().next().is_none() && matches!(body.tail_expr(), Some(ast::Expr::ParenExpr(_)))
    });
    alone && parsed.errors().is_empty()
}

#[cfg(test)]
mod tests {
    use super::{is_expression, keep_documentation, lost_statement};

    #[test]
    fn documentation_that_opens_a_cell_is_kept_where_it_documents_something() {
        assert_eq!(keep_documentation("// a\n/// b\nstruct S;"), "// a\n /// b\nstruct S;");
        for code in
            ["// a\nstruct S;", "/// b\nlet a = 1;", "/// b\n1 + 1", "1;\n/// b\nstruct S;", "//// b\nstruct S;", ""]
        {
            assert_eq!(keep_documentation(code), code);
        }
    }

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
