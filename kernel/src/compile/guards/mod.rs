//! Writes guards into the notebook's code, so that Stop can end it (the prelude's `runtime::guard`).
//!
//! A guard is one edit or several of the user's text: each loop, each wait, each function that must look gets its own, and one that
//! does not compile is withdrawn alone. No edit contains or removes a line break, so lines keep their numbers. Code
//! that the compiler itself runs (constants) has no guards.

mod calls;
mod definitions;
mod diverges;
mod loops;
mod macros;
mod waits;

pub use calls::{names_called, recursive};

use ra_ap_syntax::{
    AstNode, AstToken, SyntaxElement, SyntaxKind, SyntaxNode, T,
    ast::{self, HasAttrs, HasName},
};
use std::ops::Range;

/// A piece of a guard: what stands at `range`, in bytes of the text that was parsed, becomes `insert`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Empty where something is put in.
    pub range: Range<usize>,
    pub insert: String,
    /// The edits of one guard are made together or not at all.
    pub guard: usize,
}

/// The look at this object's Stop.
const LOOK: &str = " ::isopleth::runtime::guard::check(&crate::__isopleth_stop);";
/// While it lives, a look does not unwind.
const NO_UNWIND: &str = " let __isopleth_no_unwind = ::isopleth::runtime::guard::NoUnwind::new();";

/// The guards of one item, or of a cell's body, in the order of their places: at one place, what is outside comes first.
///
/// `recursive` says of a function's name whether it may call itself.
pub fn edits(root: &SyntaxNode, recursive: &dyn Fn(&str) -> bool) -> Vec<Edit> {
    let mut writer = Writer { edits: Vec::new(), guards: 0, offset: 0, recursive };
    writer.walk(root);
    // Stable: what was found first at a place comes first.
    writer.edits.sort_by_key(|edit| edit.range.start);
    writer.edits
}

struct Writer<'a> {
    edits: Vec<Edit>,
    guards: usize,
    /// Where the tree that is walked begins in the whole text.
    offset: usize,
    recursive: &'a dyn Fn(&str) -> bool,
}

impl Writer<'_> {
    fn walk(&mut self, node: &SyntaxNode) {
        if is_constant(node) {
            return;
        }
        match node.kind() {
            SyntaxKind::FN => {
                let Some(function) = ast::Fn::cast(node.clone()) else { return };
                if is_naked(&function) {
                    return;
                }
                self.function(&function);
            }
            SyntaxKind::FOR_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::LOOP_EXPR => self.turns(node),
            SyntaxKind::METHOD_CALL_EXPR => self.receive(node),
            SyntaxKind::EXPR_STMT | SyntaxKind::LET_STMT => self.wait(node),
            SyntaxKind::MACRO_RULES => {
                return ast::MacroRules::cast(node.clone()).iter().for_each(|it| self.definition(it));
            }
            SyntaxKind::MACRO_CALL => self.arguments(node),
            SyntaxKind::ARRAY_EXPR => {
                // The number of times is a constant.
                let repeated = node.children_with_tokens().any(|child| child.kind() == T![;]);
                let items = node.children().take(if repeated { 1 } else { usize::MAX });
                return items.for_each(|item| self.walk(&item));
            }
            _ => {}
        }
        node.children().for_each(|child| self.walk(&child));
    }

    /// One guard, of pieces that are put in place of what is at their ranges.
    fn guard(&mut self, pieces: impl IntoIterator<Item = (Range<usize>, String)>) {
        let guard = self.guards;
        self.guards += 1;
        let pieces = pieces.into_iter().map(|(range, insert)| Edit {
            range: range.start + self.offset..range.end + self.offset,
            insert,
            guard,
        });
        self.edits.extend(pieces);
    }

    /// A look at a place.
    fn look(&mut self, at: usize) {
        self.guard([(at..at, LOOK.to_owned())]);
    }

    /// What stands at the beginning of a function.
    fn function(&mut self, function: &ast::Fn) {
        let Some(body) = function.body() else { return };
        let Some(at) = beginning(&body) else { return };
        let is_recursive = || function.name().is_some_and(|name| (self.recursive)(plain(name.text())));
        if may_not_unwind(function) {
            if body.syntax().descendants().any(|node| may_look(node.kind())) {
                self.guard([(at..at, NO_UNWIND.to_owned())]);
            }
        } else if is_recursive() {
            self.look(at);
        }
    }
}

/// Names without the mark of those that are keywords.
fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

fn start(node: &SyntaxNode) -> usize {
    node.text_range().start().into()
}

fn end(node: &SyntaxNode) -> usize {
    node.text_range().end().into()
}

/// Code that the compiler runs, or that is none yet.
fn is_constant(node: &SyntaxNode) -> bool {
    match node.kind() {
        SyntaxKind::CONST
        | SyntaxKind::STATIC
        | SyntaxKind::CONST_ARG
        | SyntaxKind::CONST_PARAM
        | SyntaxKind::ARRAY_TYPE
        | SyntaxKind::VARIANT
        | SyntaxKind::MACRO_DEF
        | SyntaxKind::ATTR => true,
        SyntaxKind::BLOCK_EXPR => ast::BlockExpr::cast(node.clone()).is_some_and(|block| block.const_token().is_some()),
        SyntaxKind::FN => ast::Fn::cast(node.clone()).is_some_and(|function| function.const_token().is_some()),
        _ => false,
    }
}

/// Of assembly alone.
fn is_naked(function: &ast::Fn) -> bool {
    function.attrs().any(|attribute| attribute.syntax().text().to_string().contains("naked"))
}

/// A function that C may call, or a destructor, which may run while a panic unwinds.
fn may_not_unwind(function: &ast::Fn) -> bool {
    let foreign = function.abi().is_some_and(|abi| {
        let name = abi.syntax().text().to_string();
        !(name.contains("-unwind") || name.contains("\"Rust\"") || name.contains("rust-"))
    });
    foreign || is_destructor(function)
}

fn is_destructor(function: &ast::Fn) -> bool {
    let of = function.syntax().parent().and_then(|list| list.parent()).and_then(ast::Impl::cast);
    let of_drop = of.and_then(|of| of.trait_()).is_some_and(|of| {
        let name = of.syntax().text().to_string();
        name.rsplit("::").next().is_some_and(|last| last.trim() == "Drop")
    });
    of_drop && function.name().is_some_and(|name| name.text() == "drop")
}

/// What may lead to a look: a loop, or a call of what has one.
fn may_look(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::FOR_EXPR
            | SyntaxKind::WHILE_EXPR
            | SyntaxKind::LOOP_EXPR
            | SyntaxKind::CALL_EXPR
            | SyntaxKind::METHOD_CALL_EXPR
            | SyntaxKind::MACRO_CALL
    )
}

/// Where the first statement of a block may stand: behind its brace, attributes and documentation.
fn beginning(block: &ast::BlockExpr) -> Option<usize> {
    let list = block.stmt_list()?;
    let brace = list.l_curly_token()?;
    let mut at = usize::from(brace.text_range().end());
    let mut in_comment = false;
    for element in list.syntax().children_with_tokens().skip_while(|element| element.kind() != T!['{']).skip(1) {
        let after = usize::from(element.text_range().end());
        match &element {
            SyntaxElement::Node(node) if node.kind() == SyntaxKind::ATTR => at = after,
            SyntaxElement::Token(token) if token.kind() == SyntaxKind::COMMENT => {
                let inner = ast::Comment::cast(token.clone())
                    .is_some_and(|comment| comment.text().starts_with("//!") || comment.text().starts_with("/*!"));
                if inner {
                    at = after;
                }
                in_comment = inner && token.text().starts_with("//");
                continue;
            }
            // The line's end ends the comment.
            SyntaxElement::Token(token) if token.kind() == SyntaxKind::WHITESPACE => {
                if in_comment {
                    at = after;
                }
            }
            _ => break,
        }
        in_comment = false;
    }
    Some(at)
}

#[cfg(test)]
mod tests;
