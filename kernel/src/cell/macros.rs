//! Macros, as far as a cell's parts depend on them: what is called, and whether a definition makes items.

use super::item::{ThreadLocal, bytes, plain};
use ra_ap_syntax::{
    AstNode, Edition, NodeOrToken, SourceFile, SyntaxKind, SyntaxNode, T,
    ast::{self, HasModuleItem, HasName},
};
use std::ops::Range;

/// The last name of the macro that is called.
pub fn macro_name(call: &ast::MacroCall) -> Option<String> {
    Some(call.path()?.segment()?.name_ref()?.text().to_string())
}

/// The macro call that a statement or an expression is, and nothing else.
pub fn as_macro_call(node: &SyntaxNode) -> Option<ast::MacroCall> {
    let expression = match ast::ExprStmt::cast(node.clone()) {
        Some(statement) => statement.expr()?.syntax().clone(),
        None => node.clone(),
    };
    if let Some(expression) = ast::MacroExpr::cast(expression.clone()) {
        return expression.macro_call();
    }
    ast::MacroCall::cast(expression)
}

pub(super) fn thread_locals(call: &ast::MacroCall) -> Option<Vec<ThreadLocal>> {
    let tokens = call.token_tree().filter(|_| macro_name(call).as_deref() == Some("thread_local"))?;
    let text = tokens.syntax().text().to_string();
    let inner = text.get(1..text.len().checked_sub(1)?)?;
    // The last one may do without its semicolon.
    let parsed = SourceFile::parse(&format!("{inner};"), Edition::Edition2024).tree();
    let start = bytes(tokens.syntax().text_range()).start + 1;
    let moved = |range: Range<usize>| range.start + start..range.end + start;
    let statics = parsed.items().map(|item| match item {
        ast::Item::Static(it) => {
            let from = bytes(it.syntax().text_range()).start;
            Some(ThreadLocal {
                name: plain(it.name())?,
                before: moved(from..bytes(it.static_token()?.text_range()).start),
                kind: moved(bytes(it.ty()?.syntax().text_range())),
                value: moved(bytes(it.body()?.syntax().text_range())),
            })
        }
        _ => None,
    });
    statics.collect()
}

/// Whether what a `macro_rules!` writes stands where items stand: a call of it is then no statement.
pub fn makes_items(definition: &ast::MacroRules) -> bool {
    let Some(rules) = definition.token_tree() else { return false };
    let mut bodies = Vec::new();
    let mut behind_arrow = false;
    for part in rules.syntax().children_with_tokens() {
        match part {
            NodeOrToken::Node(body) if behind_arrow => {
                bodies.push(body);
                behind_arrow = false;
            }
            NodeOrToken::Token(token) if token.kind() == T![>] || token.kind() == T![=>] => behind_arrow = true,
            NodeOrToken::Token(token) if token.kind().is_trivia() => {}
            _ => behind_arrow = false,
        }
    }
    !bodies.is_empty() && bodies.iter().all(are_items)
}

fn are_items(body: &SyntaxNode) -> bool {
    let mut tokens = Vec::new();
    top_level(body, &mut tokens);
    let is_item = |kind: &SyntaxKind| {
        matches!(
            kind,
            T![struct]
                | T![enum]
                | T![fn]
                | T![impl]
                | T![trait]
                | T![mod]
                | T![static]
                | T![const]
                | T![type]
                | T![use]
        )
    };
    tokens.iter().any(is_item) && !tokens.contains(&T![let])
}

/// The kinds of the tokens at the top of a macro's body; repetitions (`$(…)*`) are not a level of their own.
fn top_level(body: &SyntaxNode, found: &mut Vec<SyntaxKind>) {
    let mut dollar = false;
    for part in body.children_with_tokens() {
        match part {
            NodeOrToken::Node(group) if dollar => top_level(&group, found),
            NodeOrToken::Token(token) => {
                dollar = token.kind() == T![$];
                found.push(token.kind());
                continue;
            }
            NodeOrToken::Node(_) => {}
        }
        dollar = false;
    }
}
