//! Whether Enter should run the cell or open a new line: asked by consoles on every Enter.

use ra_ap_syntax::{Edition, NodeOrToken, SourceFile, SyntaxKind, T};

/// The answer to `is_complete_request`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    Complete,
    /// More must follow; the next line starts with this indent.
    Incomplete(String),
    Invalid,
}

const BEFORE: &str = "fn cell() {\n";
const INDENT: &str = "    ";

/// Judges `code` as the statements of a function body.
pub fn completeness(code: &str) -> Completeness {
    if code.trim_start().starts_with([':', '!', '?']) {
        return Completeness::Complete; // a command of the kernel, one line
    }
    // Whether more could follow is of no matter: it will not compile.
    if crate::cell::is_too_deep(code) {
        return Completeness::Invalid;
    }
    let source = format!("{BEFORE}{code}\n}}");
    let parsed = SourceFile::parse(&source, Edition::Edition2024);
    let end_of_code = BEFORE.len() + code.trim_end().len();
    let mut open: Vec<SyntaxKind> = Vec::new();
    for token in parsed.syntax_node().descendants_with_tokens().filter_map(NodeOrToken::into_token) {
        let (start, end) = (usize::from(token.text_range().start()), usize::from(token.text_range().end()));
        let unterminated = matches!(token.kind(), SyntaxKind::STRING | SyntaxKind::BYTE_STRING | SyntaxKind::C_STRING)
            || (token.kind() == SyntaxKind::COMMENT && token.text().starts_with("/*"));
        if unterminated && end > end_of_code {
            return Completeness::Incomplete(String::new());
        }
        if start < BEFORE.len() || start >= end_of_code {
            continue;
        }
        match token.kind() {
            T!['('] | T!['['] | T!['{'] => open.push(token.kind()),
            closing @ (T![')'] | T![']'] | T!['}']) if open.pop() != Some(opening(closing)) => {
                return Completeness::Invalid;
            }
            _ => {}
        }
    }
    if !open.is_empty() {
        return Completeness::Incomplete(INDENT.repeat(open.len()));
    }
    let errors = parsed.errors();
    if errors.is_empty() {
        Completeness::Complete
    } else if errors.iter().all(|error| usize::from(error.range().start()) >= end_of_code) {
        // Only the end is missing: an operand, the rest of a `let`, a semicolon.
        Completeness::Incomplete(INDENT.to_owned())
    } else {
        Completeness::Invalid
    }
}

fn opening(closing: SyntaxKind) -> SyntaxKind {
    match closing {
        T![')'] => T!['('],
        T![']'] => T!['['],
        _ => T!['{'],
    }
}

#[cfg(test)]
mod tests {
    use super::Completeness::{Complete, Incomplete, Invalid};
    use super::completeness;

    #[test]
    fn whole_statements_items_and_expressions_are_complete() {
        for code in [
            "1 + 2",
            "let x = 1;",
            "fn f() {}",
            "for i in 0..3 { println!(\"{i}\"); }",
            "",
            ":dep serde = \"1\"",
            "// note",
        ] {
            assert_eq!(completeness(code), Complete, "{code}");
        }
    }

    #[test]
    fn what_needs_more_says_so_with_an_indent() {
        assert_eq!(completeness("for i in 0..3 {"), Incomplete("    ".into()));
        assert_eq!(completeness("let x = f(["), Incomplete("        ".into()));
        for code in ["let x =", "\"abc", "/* a", "1 +", "let s = \"two\nlines"] {
            assert!(matches!(completeness(code), Incomplete(_)), "{code}: {:?}", completeness(code));
        }
    }

    #[test]
    fn what_no_continuation_can_mend_is_invalid() {
        for code in [")", "fn f() { ] }", "let x = );", "let = 5;"] {
            assert_eq!(completeness(code), Invalid, "{code}");
        }
    }
}
