//! How deep a cell is nested, told before anything that recurses looks at it.
//!
//! Parsers and rust-analyzer take a stack frame or more for each level. Some thousands of brackets, in a cell or in
//! a request that somebody made up, would end the whole kernel.

use ra_ap_syntax::{Edition, SyntaxKind, T};

/// Brackets within brackets.
const NESTED: usize = 500;
/// Operators, calls and `else`s in a row: each is a level as well. rustc takes thousands.
const IN_A_ROW: usize = 3000;
/// rust-analyzer takes seconds for a row longer than this, and the next cell would wait for it.
const IN_A_ROW_WHILE_TYPING: usize = 400;

/// Whether `code` is nested too deeply to be compiled.
pub fn is_too_deep(code: &str) -> bool {
    let (nested, in_a_row) = depth(code);
    nested > NESTED || in_a_row > IN_A_ROW
}

/// Whether `code` is nested too deeply to be looked at between two keys.
pub fn is_too_deep_while_typing(code: &str) -> bool {
    let (nested, in_a_row) = depth(code);
    nested > NESTED || in_a_row > IN_A_ROW_WHILE_TYPING
}

/// The greatest depth of brackets, and the longest row of what nests without them.
fn depth(code: &str) -> (usize, usize) {
    let (mut open, mut nested, mut row, mut longest_row, mut elses) = (0_usize, 0, 0_usize, 0, 0_usize);
    let tokens = ra_ap_parser::LexedStr::new(Edition::Edition2024, code);
    for at in 0..tokens.len() {
        match tokens.kind(at) {
            T!['('] | T!['['] | T!['{'] => open += 1,
            T![')'] | T![']'] => open = open.saturating_sub(1),
            T!['}'] => (open, row) = (open.saturating_sub(1), 0),
            T![,] => row = 0,
            T![;] => (row, elses) = (0, 0),
            T![else] => elses += 1,
            kind if kind.is_punct() || is_word_that_nests(kind) => row += 1,
            _ => {}
        }
        nested = nested.max(open);
        longest_row = longest_row.max(row).max(elses);
    }
    (nested, longest_row)
}

fn is_word_that_nests(kind: SyntaxKind) -> bool {
    matches!(kind, T![if] | T![match] | T![move] | T![return] | T![break] | T![as] | T![let] | T![fn] | T![mut])
}

#[cfg(test)]
mod tests {
    use super::{is_too_deep, is_too_deep_while_typing};

    #[test]
    fn what_would_end_the_kernel_is_too_deep() {
        for piece in
            ["(", "[", "{", "-", "!", "&", "1+", "a.", "Vec<", "if a {} else ", "*", "return ", "|a| ", "match "]
        {
            let code = piece.repeat(20_000);
            assert!(is_too_deep(&code) && is_too_deep_while_typing(&code), "{piece}");
        }
    }

    #[test]
    fn long_cells_are_not_deep() {
        for piece in
            ["let a = f(1 + 2);\n", "-1, ", "// ((((((((----\n", "\"(((--\", ", "if a { b() }\n", "a.b(|c| c + 1)?;\n"]
        {
            assert!(!is_too_deep_while_typing(&piece.repeat(20_000)), "{piece}");
        }
    }
}
