//! Numbers whose type a notebook settles where their cell ends, and a program would leave open until a later cell.
//!
//! After `let x = 2.0;` in a cell of its own, `x` is an `f64` for every later cell. In one function it is some
//! floating-point number until something tells which, and `x.sqrt()` before that is an error.

use super::text::tokens;
use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, T,
    ast::{self, HasName as _},
};

/// `node`, where it is such a `let`, with the type that its variable has in the notebook. `is_settled_by` says of a name
/// whether other statements of the cell have a part in its type.
pub fn with_type(node: &SyntaxNode, is_settled_by: impl Fn(&str) -> bool) -> Option<String> {
    let binding = ast::LetStmt::cast(node.clone()).filter(|binding| binding.ty().is_none())?;
    let Some(ast::Pat::IdentPat(pattern)) = binding.pat() else { return None };
    let value = binding.initializer()?.syntax().clone();
    if is_settled_by(pattern.name()?.text().trim()) {
        return None;
    }
    let text = node.text().to_string();
    let inside = |place: ra_ap_syntax::TextSize| usize::from(place - node.text_range().start());
    match numbers(&value.text().to_string())? {
        Numbers::One(kind) => {
            let (before, after) = text.split_at(inside(pattern.syntax().text_range().end()));
            Some(format!("{before}: {kind}{after}"))
        }
        Numbers::Several(kind, end_of_first) => {
            let (before, after) = text.split_at(inside(value.text_range().start()) + end_of_first);
            Some(format!("{before}_{kind}{after}"))
        }
    }
}

#[derive(Debug, PartialEq)]
enum Numbers {
    One(&'static str),
    /// A list of them, with the place where the first one ends.
    Several(&'static str, usize),
}

/// Reads `value` if it is made of nothing but numbers of one kind that do not say their type.
fn numbers(value: &str) -> Option<Numbers> {
    let mut found: Option<(&'static str, usize)> = None;
    let (mut is_list, mut is_length, mut depth) = (false, false, 0_usize);
    for (kind, range) in tokens(value) {
        let text = &value[range.clone()];
        match kind {
            kind if kind.is_trivia() => {}
            // `[0.0; n]`: the length is a `usize` in any case.
            _ if is_length && kind != T![']'] => {}
            T![;] => is_length = true,
            SyntaxKind::INT_NUMBER | SyntaxKind::FLOAT_NUMBER => {
                let kind = if kind == SyntaxKind::INT_NUMBER { "i32" } else { "f64" };
                let says_its_type = text.contains(['i', 'u']) || text.contains('f') && !text.starts_with("0x");
                if says_its_type || found.is_some_and(|(other, _)| other != kind) {
                    return None;
                }
                found.get_or_insert((kind, range.end));
            }
            T!['['] => (is_list, depth) = (true, depth + 1),
            T![']'] => (is_length, depth) = (false, depth.saturating_sub(1)),
            SyntaxKind::IDENT if text == "vec" && range.start == 0 => {}
            T![!] if is_vec(value) => {}
            // A comma outside of a list makes a tuple, each part of which has a type of its own.
            T![,] if depth > 0 => {}
            T!['('] | T![')'] | T![+] | T![-] | T![*] | T![/] | T![%] => {}
            _ => return None,
        }
    }
    let (kind, end) = found?;
    Some(if is_list { Numbers::Several(kind, end) } else { Numbers::One(kind) })
}

fn is_vec(value: &str) -> bool {
    value.starts_with("vec!")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_numbers_are_read() {
        assert_eq!(numbers("2.0 * (3.0 - 1e3)"), Some(Numbers::One("f64")));
        assert_eq!(numbers("-5"), Some(Numbers::One("i32")));
        assert_eq!(numbers("vec![1.5, 2.5]"), Some(Numbers::Several("f64", 8)));
        assert_eq!(numbers("[[0; 3]; n]"), Some(Numbers::Several("i32", 3)));
        for value in ["2.0_f32", "5u8", "x * 2.0", "f(2)", "(1, 2.0)", "(1.0, 2.0)", "\"a\"", "vec![]", "0..5", "!0"] {
            assert_eq!(numbers(value), None, "{value}");
        }
    }
}
