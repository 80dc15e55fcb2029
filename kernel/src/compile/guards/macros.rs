//! Loops in the arguments of macros of which it is known that they are expressions and nothing else.
//!
//! A macro may do anything with its tokens: print them (`dbg!`, `assert!`), or take them for something else. Those named here evaluate
//! their arguments, as a function does.

use super::Writer;
use super::waits::is_name_of_wait;
use ra_ap_syntax::{AstNode, Edition, SyntaxElement, SyntaxKind, SyntaxNode, T, ast};

const PLAIN: [&str; 18] = [
    "assert_eq",
    "assert_ne",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "format",
    "format_args",
    "panic",
    "print",
    "println",
    "show",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

impl Writer<'_> {
    /// Guards in the arguments of a macro.
    pub(super) fn arguments(&mut self, node: &SyntaxNode) {
        let Some(call) = ast::MacroCall::cast(node.clone()) else { return };
        let Some((path, tree)) = call.path().zip(call.token_tree()) else { return };
        if !path.syntax().last_token().is_some_and(|name| PLAIN.contains(&name.text())) {
            return;
        }
        for (from, text) in arguments(&tree).into_iter().filter(|(_, text)| may_need_guards(text)) {
            let parsed = ast::Expr::parse(&text, Edition::Edition2024);
            if !parsed.errors().is_empty() {
                continue;
            }
            let before = self.offset;
            self.offset += from;
            self.walk(parsed.tree().syntax());
            self.offset = before;
        }
    }
}

/// The texts between a macro's brackets and commas, and where they begin.
fn arguments(tree: &ast::TokenTree) -> Vec<(usize, String)> {
    let mut pieces = vec![];
    let mut piece: Option<(usize, String)> = None;
    for element in tree.syntax().children_with_tokens() {
        let is_own_bracket = element.as_token().is_some_and(|token| {
            Some(token) == tree.left_delimiter_token().as_ref() || Some(token) == tree.right_delimiter_token().as_ref()
        });
        if is_own_bracket || matches!(element.kind(), T![,] | T![;]) {
            pieces.extend(piece.take());
            continue;
        }
        // A tree that is parsed begins with its first token that is not a space.
        if piece.is_none() && matches!(element.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT) {
            continue;
        }
        let from = usize::from(element.text_range().start());
        let (_, text) = piece.get_or_insert_with(|| (from, String::new()));
        match element {
            SyntaxElement::Node(node) => text.push_str(&node.text().to_string()),
            SyntaxElement::Token(token) => text.push_str(token.text()),
        }
    }
    pieces.extend(piece);
    pieces
}

fn may_need_guards(text: &str) -> bool {
    let words = text.split(|character: char| !(character.is_alphanumeric() || character == '_'));
    words.into_iter().any(|word| matches!(word, "for" | "while" | "loop" | "fn") || is_name_of_wait(word))
}
