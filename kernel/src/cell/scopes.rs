//! Which names a cell's statements mean from outside, and which they bind, by Rust's scopes.
//!
//! An inner `let`, a pattern, a parameter of a closure hides a variable of the notebook where Rust says so. What stands
//! in the tokens of a macro cannot be told, and counts as meant.

use super::{Kind, ParsedCell};
use ra_ap_syntax::{
    AstNode, NodeOrToken, SyntaxKind, SyntaxNode, TextRange,
    ast::{self, HasArgList, HasLoopBody, HasName},
};
use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

/// A name that a `let` of the cell itself binds; where it is bound twice, the last time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub name: String,
    pub mutable: bool,
    /// Where the name stands in the cell.
    pub place: Range<usize>,
}

/// What a cell's statements have to do with names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Those that are meant before the cell has bound them itself.
    pub used: BTreeSet<String>,
    /// Those of them that are given a new value as a whole.
    pub assigned: BTreeSet<String>,
    pub bindings: Vec<Binding>,
}

impl Names {
    pub fn binds(&self, name: &str) -> bool {
        self.bindings.iter().any(|binding| binding.name == name)
    }
}

/// Reads the statements of `cell`. `is_constant` says whether a name in a pattern is a constant, and so binds nothing.
pub fn names(cell: &ParsedCell, is_constant: &dyn Fn(&str) -> bool) -> Names {
    let mut walk =
        Walk { scopes: vec![HashSet::new()], found: BTreeSet::new(), assigned: BTreeSet::new(), is_constant };
    let mut bindings: Vec<Binding> = Vec::new();
    for piece in cell.pieces() {
        if matches!(piece.kind, Kind::Item | Kind::Attribute) {
            continue;
        }
        if let Some(statement) = ast::LetStmt::cast(piece.node.clone()) {
            for (name, mutable, range) in statement.pat().into_iter().flat_map(|pattern| bound(&pattern, is_constant)) {
                bindings.retain(|binding| binding.name != name);
                bindings.push(Binding { name, mutable, place: cell.place(range) });
            }
        }
        walk.node(&piece.node);
    }
    Names { used: walk.found, assigned: walk.assigned, bindings }
}

/// A name as variables are called: `r#type` and `type` are one.
fn plain(name: &str) -> String {
    name.strip_prefix("r#").unwrap_or(name).to_owned()
}

/// The names that a pattern binds, whether each is `mut`, and where it stands.
fn bound(pattern: &ast::Pat, is_constant: &dyn Fn(&str) -> bool) -> Vec<(String, bool, TextRange)> {
    let binders = pattern.syntax().descendants().filter_map(ast::IdentPat::cast);
    let mut found: Vec<(String, bool, TextRange)> = Vec::new();
    for binder in binders {
        let Some(name) = binder.name() else { continue };
        let text = plain(name.text());
        let plain_name = binder.mut_token().is_none() && binder.ref_token().is_none() && binder.pat().is_none();
        if plain_name && is_constant(&text) || found.iter().any(|(known, ..)| *known == text) {
            continue;
        }
        found.push((text, binder.mut_token().is_some(), name.syntax().text_range()));
    }
    found
}

struct Walk<'a> {
    scopes: Vec<HashSet<String>>,
    found: BTreeSet<String>,
    assigned: BTreeSet<String>,
    is_constant: &'a dyn Fn(&str) -> bool,
}

impl Walk<'_> {
    fn bind(&mut self, pattern: Option<ast::Pat>) {
        let names = pattern.into_iter().flat_map(|pattern| bound(&pattern, self.is_constant)).map(|(name, ..)| name);
        let names: Vec<String> = names.collect();
        if let Some(scope) = self.scopes.last_mut() {
            scope.extend(names);
        }
    }

    fn mention(&mut self, name: &str) {
        let name = plain(name);
        if !self.scopes.iter().any(|scope| scope.contains(&name)) {
            self.found.insert(name);
        }
    }

    fn inside(&mut self, work: impl FnOnce(&mut Self)) {
        self.scopes.push(HashSet::new());
        work(self);
        self.scopes.pop();
    }

    fn children(&mut self, node: &SyntaxNode) {
        for child in node.children() {
            self.node(&child);
        }
    }

    fn part(&mut self, part: Option<impl AstNode>) {
        if let Some(part) = part {
            self.node(part.syntax());
        }
    }

    fn node(&mut self, node: &SyntaxNode) {
        // No item can use a variable. A call of a macro is one in the grammar only.
        if ast::Item::can_cast(node.kind()) && node.kind() != SyntaxKind::MACRO_CALL {
            return;
        }
        match node.kind() {
            SyntaxKind::LET_STMT => {
                let Some(statement) = ast::LetStmt::cast(node.clone()) else { return };
                self.part(statement.initializer());
                self.part(statement.let_else());
                self.bind(statement.pat());
            }
            SyntaxKind::LET_EXPR => {
                let Some(condition) = ast::LetExpr::cast(node.clone()) else { return };
                self.part(condition.expr());
                self.bind(condition.pat());
            }
            SyntaxKind::BLOCK_EXPR => self.inside(|walk| {
                let items = node.descendants().take(1).flat_map(|block| own_items(&block)).collect::<Vec<_>>();
                if let Some(scope) = walk.scopes.last_mut() {
                    scope.extend(items);
                }
                walk.children(node);
            }),
            SyntaxKind::CLOSURE_EXPR => {
                let Some(closure) = ast::ClosureExpr::cast(node.clone()) else { return };
                self.inside(|walk| {
                    for parameter in closure.param_list().into_iter().flat_map(|list| list.params()) {
                        walk.bind(parameter.pat());
                    }
                    walk.part(closure.body());
                });
            }
            SyntaxKind::FOR_EXPR => {
                let Some(turns) = ast::ForExpr::cast(node.clone()) else { return };
                self.part(turns.iterable());
                self.inside(|walk| {
                    walk.bind(turns.pat());
                    walk.part(turns.loop_body());
                });
            }
            SyntaxKind::WHILE_EXPR => {
                let Some(turns) = ast::WhileExpr::cast(node.clone()) else { return };
                self.inside(|walk| {
                    walk.part(turns.condition());
                    walk.part(turns.loop_body());
                });
            }
            SyntaxKind::IF_EXPR => {
                let Some(choice) = ast::IfExpr::cast(node.clone()) else { return };
                self.inside(|walk| {
                    walk.part(choice.condition());
                    walk.part(choice.then_branch());
                });
                match choice.else_branch() {
                    Some(ast::ElseBranch::Block(block)) => self.node(block.syntax()),
                    Some(ast::ElseBranch::IfExpr(choice)) => self.node(choice.syntax()),
                    None => {}
                }
            }
            SyntaxKind::MATCH_ARM => {
                let Some(arm) = ast::MatchArm::cast(node.clone()) else { return };
                self.inside(|walk| {
                    walk.bind(arm.pat());
                    walk.part(arm.guard());
                    walk.part(arm.expr());
                });
            }
            SyntaxKind::MACRO_CALL => {
                let Some(call) = ast::MacroCall::cast(node.clone()) else { return };
                self.tokens(call.token_tree().as_ref().map(AstNode::syntax));
            }
            SyntaxKind::PATH_EXPR => {
                let path = ast::PathExpr::cast(node.clone()).and_then(|expression| expression.path());
                let Some(path) = path else { return };
                if path.qualifier().is_none()
                    && path.coloncolon_token().is_none()
                    && let Some(name) = path.as_single_name_ref()
                {
                    self.mention(name.text());
                }
                // `f::<{ n }>`
                self.children(path.syntax());
            }
            SyntaxKind::BIN_EXPR => {
                let assignment = ast::BinExpr::cast(node.clone());
                let is_plain = |it: &ast::BinExpr| it.op_kind() == Some(ast::BinaryOp::Assignment { op: None });
                // Also what stands in `(a, b) = …`.
                if let Some(left) = assignment.filter(is_plain).and_then(|it| it.lhs()) {
                    // `c.d = …` and `h[0] = …` change a part only.
                    let is_part = |node: &SyntaxNode| {
                        let around = node.parent().map(|parent| parent.kind());
                        matches!(
                            around,
                            Some(SyntaxKind::FIELD_EXPR | SyntaxKind::INDEX_EXPR | SyntaxKind::PREFIX_EXPR)
                        )
                    };
                    let places = left.syntax().descendants().filter(|node| !is_part(node));
                    let names = places.filter_map(ast::PathExpr::cast);
                    let names = names.filter_map(|it| Some(plain(it.path()?.as_single_name_ref()?.text())));
                    let hidden = |name: &String| self.scopes.iter().any(|scope| scope.contains(name));
                    let outer: Vec<String> = names.filter(|name| !hidden(name)).collect();
                    self.assigned.extend(outer);
                }
                self.children(node);
            }
            SyntaxKind::METHOD_CALL_EXPR => {
                let Some(call) = ast::MethodCallExpr::cast(node.clone()) else { return };
                self.part(call.receiver());
                self.part(call.arg_list());
            }
            _ if ast::Pat::can_cast(node.kind()) || ast::Type::can_cast(node.kind()) => {}
            _ => self.children(node),
        }
    }

    /// What stands in a macro's brackets: every name, and those that its texts mention (`"{x}"`).
    fn tokens(&mut self, tree: Option<&SyntaxNode>) {
        let Some(tree) = tree else { return };
        for token in tree.descendants_with_tokens().filter_map(NodeOrToken::into_token) {
            match token.kind() {
                SyntaxKind::IDENT => self.mention(token.text()),
                SyntaxKind::STRING => {
                    let names: Vec<String> = in_format(token.text());
                    names.iter().for_each(|name| self.mention(name));
                }
                _ => {}
            }
        }
    }
}

/// The functions, constants and statics of a block: they hide variables in all of it.
fn own_items(block: &SyntaxNode) -> Vec<String> {
    let Some(list) = ast::BlockExpr::cast(block.clone()).and_then(|block| block.stmt_list()) else { return Vec::new() };
    let name = |item: ast::Item| match item {
        ast::Item::Fn(it) => it.name(),
        ast::Item::Const(it) => it.name(),
        ast::Item::Static(it) => it.name(),
        _ => None,
    };
    let items = list.syntax().children().filter_map(ast::Item::cast);
    items.filter_map(name).map(|name| plain(name.text())).collect()
}

/// The names in the braces of a format text: `{x}`, `{x:?}`, `{:w$}`.
fn in_format(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('{') {
        let Some((inner, after)) = behind.split_once('}') else { break };
        found.extend(super::words(inner).filter(|word| !word.starts_with(|c: char| c.is_ascii_digit())).map(plain));
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::*;
    use std::sync::Arc;

    fn of(code: &str) -> Names {
        let cell = ParsedCell::new(Arc::new(Source { count: 1, code: code.into(), id: None }), |_| false);
        names(&cell, &|name| name == "LIMIT")
    }

    fn uses(code: &str, name: &str) -> bool {
        of(code).used.contains(name)
    }

    #[test]
    fn an_inner_let_hides_a_variable_only_where_it_holds() {
        for code in [
            "for i in 0..3 {\n let t = i * 2;\n println!(\"{t}\");\n}",
            "while a { let t = 1; f(t); }",
            "if a { let t = 1; f(t) } else { 2 }",
            "match a { t => t }",
            "{ let t = 1; t }",
            "v.iter().map(|t| t + 1)",
            "thread::spawn(move || { let t = 1; t })",
            "if let Some(t) = a { t }",
            "while let Some(t) = a.pop() { f(t) }",
            "let Some(t) = a else { return };\nt",
            "for (i, t) in a { f(t) }",
            "if let Some(t) = a && t > 1 { t }",
            "let t = 1; println!(\"{t}\")",
            "{ fn t() {} t() }",
            "fn f() { t }",
            "a.t",
            "a.t()",
            "S { t: 1 }",
            "t::<i32>::f()",
            "Point { t, .. } = a",
        ] {
            assert_eq!(uses(code, "t"), code.starts_with("Point"), "{code}");
        }
        for code in [
            "for i in 0..3 { let t = i; }\nprintln!(\"{t}\");",
            "let t = t + 1;",
            "{ let t = t; }",
            "for t in t {}",
            "if let Some(t) = a { } else { f(t) }",
            "println!(\"{t:?}\")",
            "println!(\"{:t$}\", 1)",
            "println!(\"{}\", t)",
            "vec![t]",
            "S { t }",
            "|x| x + t",
            "t.len()",
            "t[0]",
            "let Some(x) = a else { return f(t) };",
            "match a { x if x > t => 1, _ => 2 }",
            "r#t + 1",
            "t = 3;",
        ] {
            assert!(uses(code, "t"), "{code}");
        }
    }

    #[test]
    fn only_the_cells_own_lets_bind() {
        let names =
            of("let (a, mut b) = f();\nlet Point { x, y: z, .. } = p;\nfor c in 0..3 { let d = c; }\nlet a = 1;");
        let found: Vec<(&str, bool)> = names.bindings.iter().map(|one| (one.name.as_str(), one.mutable)).collect();
        assert_eq!(found, [("b", true), ("x", false), ("z", false), ("a", false)]);
        assert!(of("let r#type = 5;").binds("type"));
        assert!(!of("let Some(LIMIT) = a else { return };").binds("LIMIT"));
    }

    #[test]
    fn what_is_given_a_new_value_is_told() {
        let assigned = |code: &str| of(code).assigned.into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(assigned("drop(a);\na = f(); (b, c.d) = g(); e += 1; h[0] = 2;"), "a b");
        assert_eq!(assigned("let a = 1; { let b = 2; b = 3; }"), "");
    }

    #[test]
    fn a_name_may_be_used_before_it_is_bound() {
        let names = of("let v = v.len();\nv + 1");
        assert!(names.used.contains("v") && names.binds("v"));
    }
}
