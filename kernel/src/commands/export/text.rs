//! Rust text as tokens: which names it mentions, and how it is indented without changing what it means.

use ra_ap_parser::LexedStr;
use ra_ap_syntax::{Edition, SyntaxKind};
use std::collections::HashSet;
use std::ops::Range;

/// The tokens of `code` with their places; white space and comments are tokens too.
pub fn tokens(code: &str) -> Vec<(SyntaxKind, Range<usize>)> {
    let lexed = LexedStr::new(Edition::Edition2024, code);
    (0..lexed.len()).map(|at| (lexed.kind(at), lexed.text_range(at))).collect()
}

/// The names that `code` mentions, those that its texts capture (`"{x}"`) included; comments mention nothing.
pub fn names(code: &str) -> HashSet<&str> {
    let mut found = HashSet::new();
    for (kind, range) in tokens(code) {
        match kind {
            SyntaxKind::IDENT => drop(found.insert(&code[range])),
            SyntaxKind::STRING => found.extend(code[range].split('{').skip(1).filter_map(first_word)),
            _ => {}
        }
    }
    found
}

fn first_word(text: &str) -> Option<&str> {
    crate::cell::words(text).next().filter(|word| text.starts_with(word))
}

/// Whether two pieces of code are the same but for white space and comments.
pub fn is_same(a: &str, b: &str) -> bool {
    fn said(code: &str) -> Vec<&str> {
        tokens(code).into_iter().filter(|(kind, _)| !kind.is_trivia()).map(|(_, range)| &code[range]).collect()
    }
    said(a) == said(b)
}

/// `code` with `levels` of four spaces before each line, but for lines that begin inside a text.
pub fn indented(code: &str, levels: usize) -> String {
    let inside: Vec<Range<usize>> = tokens(code)
        .into_iter()
        .filter(|(kind, _)| matches!(kind, SyntaxKind::STRING | SyntaxKind::BYTE_STRING | SyntaxKind::C_STRING))
        .map(|(_, range)| range)
        .collect();
    let mut out = String::new();
    let mut start = 0;
    for line in code.split_inclusive('\n') {
        let is_text = inside.iter().any(|text| text.start < start && start < text.end);
        if !is_text && !line.trim().is_empty() {
            out.push_str(&"    ".repeat(levels));
        }
        out.push_str(line);
        start += line.len();
    }
    out
}

/// The texts (`"…"`) in `code`, without their quotes.
pub fn texts(code: &str) -> Vec<&str> {
    let is_text = |(kind, _): &(SyntaxKind, Range<usize>)| *kind == SyntaxKind::STRING;
    tokens(code).into_iter().filter(is_text).map(|(_, range)| code[range].trim_matches(['r', '#', '"'])).collect()
}

/// Each line of `text` as a comment.
pub fn commented(text: &str) -> String {
    let lines = text.trim_end().lines().map(|line| format!("// {line}").trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_code_and_from_captures_but_not_from_comments() {
        let code = "// a note on area\nprintln!(\"{width:>3} wide {{no}}\", perimeter(2)); let r#type = 1;";
        let found = names(code);
        for name in ["println", "width", "perimeter"] {
            assert!(found.contains(name), "{name}");
        }
        assert!(!found.contains("area") && !found.contains("wide"));
    }

    #[test]
    fn white_space_and_comments_make_no_difference() {
        assert!(is_same("fn f() { 1 }", "// one\nfn f() {\n    1 // the first\n}"));
        assert!(!is_same("fn f() { 1 }", "fn f() { 2 }"));
    }

    #[test]
    fn lines_inside_a_text_keep_their_place() {
        let code = "let a = \"one\n  two\";\n\nb(\n    c,\n)";
        assert_eq!(indented(code, 1), "    let a = \"one\n  two\";\n\n    b(\n        c,\n    )");
    }
}
