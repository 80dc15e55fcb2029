//! Loops in the macros of the notebook: a look in each turn, written into the macro's tokens.
//!
//! What a macro writes is no tree yet. A loop is known by its word, and its body is the first group in braces behind that.

use super::Writer;
use ra_ap_syntax::{AstNode, NodeOrToken, SyntaxNode, T, ast};

impl Writer<'_> {
    /// Guards the loops in what `definition` writes.
    pub(super) fn definition(&mut self, definition: &ast::MacroRules) {
        let Some(rules) = definition.token_tree() else { return };
        // `(pattern) => { body }`: what is matched must stay as it is.
        let mut is_body = false;
        for part in rules.syntax().children_with_tokens() {
            match part {
                NodeOrToken::Node(body) if is_body => {
                    self.loops_in_tokens(&body);
                    is_body = false;
                }
                NodeOrToken::Token(token) if matches!(token.kind(), T![>] | T![=>]) => is_body = true,
                NodeOrToken::Token(token) if token.kind().is_trivia() => {}
                _ => is_body = false,
            }
        }
    }

    fn loops_in_tokens(&mut self, group: &SyntaxNode) {
        let mut is_loop = false;
        for part in group.children_with_tokens() {
            match part {
                NodeOrToken::Token(token) => match token.kind() {
                    T![loop] | T![while] => is_loop = true,
                    // `for<'a>` and `impl A for B` are no loops.
                    T![in] => is_loop = true,
                    T![;] | T![=>] => is_loop = false,
                    _ => {}
                },
                NodeOrToken::Node(inner) => {
                    let opening = inner.first_token().filter(|token| token.kind() == T!['{']);
                    if let Some(opening) = opening.filter(|_| is_loop) {
                        self.look(opening.text_range().end().into());
                        is_loop = false;
                    }
                    self.loops_in_tokens(&inner);
                }
            }
        }
    }
}
