//! A cell's statements as evcxr splits it, with the place of each.

use ra_ap_syntax::{AstNode, Edition, SourceFile, SyntaxNode, ast};

const BEFORE: &str = "fn cell() {";

/// One statement or item: the text that evcxr copies, from `start` (in bytes) up to the next statement.
#[derive(Debug)]
pub struct Statement<'a> {
    pub start: usize,
    pub text: &'a str,
    pub node: SyntaxNode,
}

/// The statements of `code`; evcxr's commands and the comments before the first statement are none.
pub fn statements(code: &str) -> Vec<Statement<'_>> {
    let first = first_rust_byte(code);
    let Some(rust) = code.get(first..).filter(|rust| !rust.is_empty()) else { return Vec::new() };
    let parsed = SourceFile::parse(&format!("{BEFORE}{rust}\n}}"), Edition::Edition2024);
    let body = parsed.syntax_node().children().next().and_then(ast::Fn::cast).and_then(|function| function.body());
    let Some(list) = body.and_then(|body| body.stmt_list()) else { return Vec::new() };
    let mut found = Vec::new();
    let mut start = 0;
    let mut children = list.syntax().children().peekable();
    while let Some(node) = children.next() {
        let end = children.peek().map_or(rust.len(), |next| usize::from(next.text_range().start()) - BEFORE.len());
        let end = end.min(rust.len());
        if start >= end {
            break;
        }
        let Some(text) = rust.get(start..end) else { break };
        found.push(Statement { start: first + start, text, node });
        start = end;
    }
    found
}

/// Lines before the first statement: commands (`:dep`, `!ls`), comments and blanks.
fn first_rust_byte(code: &str) -> usize {
    let is_before = |line: &str| {
        line.trim().is_empty()
            || line.starts_with("//")
            || line.starts_with('!')
            || line.trim_start_matches(' ').starts_with(':')
    };
    code.split_inclusive('\n').take_while(|line| is_before(line)).map(str::len).sum()
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn each_statement_reaches_to_the_next() {
        let code = ":dep a = \"1\"\n\nlet a = 1; a += 1;\n// note\nfn f() {}\na";
        let found: Vec<(usize, &str)> = statements(code).iter().map(|found| (found.start, found.text)).collect();
        assert_eq!(found, [(14, "let a = 1; "), (25, "a += 1;\n"), (33, "// note\nfn f() {}\n"), (51, "a")]);
    }

    #[test]
    fn nothing_is_no_statement() {
        assert!(statements("").is_empty() && statements(":vars").is_empty() && statements("// note").is_empty());
    }
}
