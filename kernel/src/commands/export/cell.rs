//! A code cell taken apart: what goes to the top of a program, what into `main`, what into `Cargo.toml`.

use super::commands::{not_rust, without_commands};
use super::gaps::Text;
use super::items::Item;
use super::numbers;
use super::shown::{has_a_part, shown};
use crate::cell::{self, ParsedCell, Source};
use anyhow::{Result, bail};
use ra_ap_syntax::{AstNode, NodeOrToken, SyntaxElement, SyntaxKind, SyntaxNode, ast};
use std::collections::HashSet;
use std::sync::Arc;

/// What a cell is made of.
#[derive(Debug, Default, PartialEq)]
pub struct Parts {
    /// Attributes of the whole crate (`#![…]`).
    pub attributes: Vec<String>,
    pub items: Vec<Item>,
    /// The statements, comments between them included; the last expression is shown. No line is indented more than
    /// in the cell.
    pub body: String,
    /// What the cell's `:dep` lines ask for, as the lines have it behind `:dep`.
    pub dependencies: Vec<String>,
    /// The variables that it binds.
    pub bindings: Vec<String>,
    /// Whether its statements wait for something (`.await`).
    pub waits: bool,
    /// Whether it ends early (`return`).
    pub returns: bool,
}

/// Takes `source` apart. `variables` are those that earlier cells have bound, `later` the names that later cells mention.
///
/// # Errors
/// If the cell is not Rust.
pub fn parts(source: &str, variables: &[String], later: &HashSet<&str>) -> Result<Parts> {
    let source = source.replace("\r\n", "\n");
    if let Some(body) = not_rust(&source, variables) {
        return Ok(Parts { body, ..Parts::default() });
    }
    if cell::is_too_deep(&source) {
        bail!("it is nested too deeply to be read");
    }
    let mut parts = Parts::default();
    let rust = without_commands(&source, &mut parts.dependencies);
    read_rust(rust.trim_matches('\n').trim_end(), &source, later, &mut parts)?;
    Ok(parts)
}

/// Reads the cell `source`, of which `rust` is the Rust.
fn read_rust(rust: &str, source: &str, later: &HashSet<&str>, parts: &mut Parts) -> Result<()> {
    // Its commands are taken out: what looks like one is Rust.
    let parsed = ParsedCell::new(Arc::new(Source { count: 0, code: rust.to_owned(), id: None }), |_| true);
    if let Some((range, error)) = parsed.syntax_error() {
        let line = rust.get(..range.start).unwrap_or(rust).lines().count().max(1);
        let text = rust.lines().nth(line - 1).unwrap_or_default();
        // Lines above it may have been taken out.
        let line = source.lines().position(|of_cell| of_cell == text).map_or(line, |at| at + 1);
        bail!("line {line} (`{}`) is not Rust: {error}", text.trim());
    }
    let Some(list) = parsed.body() else { return Ok(()) };
    parts.waits = parsed.awaits();
    parts.bindings = cell::names(&parsed, &|_| false).bindings.into_iter().map(|binding| binding.name).collect();
    parts.returns = belongs_to_the_cell(list.syntax(), |node| ast::ReturnExpr::can_cast(node.kind()));
    let tail = list.tail_expr().map(|tail| tail.syntax().clone());
    let elements: Vec<SyntaxElement> = list.syntax().children_with_tokens().collect();
    // Without the braces.
    let inner = elements.get(1..elements.len().saturating_sub(1)).unwrap_or_default();
    let has_statements = list.statements().any(|statement| !matches!(statement, ast::Stmt::Item(_))) || tail.is_some();
    let mut text = Text::default();
    for (at, element) in inner.iter().enumerate() {
        match element {
            NodeOrToken::Token(token) if token.kind() == SyntaxKind::WHITESPACE => text.space(token.text()),
            NodeOrToken::Token(token) if ends_line_of_item(inner, at) => {
                let last = parts.items.last_mut().into_iter();
                last.for_each(|item| item.text.push_str(&format!(" {token}")));
            }
            NodeOrToken::Token(token) => text.push(token.text()),
            NodeOrToken::Node(node) => match ast::Item::cast(node.clone()) {
                _ if ast::Attr::can_cast(node.kind()) => {
                    parts.attributes.push(node.text().to_string());
                    text.gap();
                }
                Some(item) => {
                    let mut item = Item::of(&item);
                    // Where a cell has only items, all its comments go with them.
                    if !has_statements {
                        item.text.insert_str(0, &text.take());
                    }
                    parts.items.push(item);
                    text.gap();
                }
                None => {
                    let is_tail = Some(node) == tail.as_ref();
                    let typed = numbers::with_type(node, |name| !later.contains(name) || has_a_part(&list, node, name));
                    let shown = is_tail.then(|| shown(node));
                    text.push(&typed.or(shown).unwrap_or_else(|| node.text().to_string()));
                }
            },
        }
    }
    let rest = text.take();
    match parts.items.last_mut().filter(|_| !has_statements && !rest.is_empty()) {
        Some(last) => last.text.push_str(&format!("\n{}", rest.trim_end())),
        None => parts.body = rest.trim_end().to_owned(),
    }
    Ok(())
}

/// Whether what stands at `at` is a comment on the line on which an item ends.
fn ends_line_of_item(elements: &[SyntaxElement], at: usize) -> bool {
    let is_item = |element: &SyntaxElement| element.as_node().is_some_and(|node| ast::Item::can_cast(node.kind()));
    match elements.get(..at) {
        Some([.., item, NodeOrToken::Token(space)]) => is_item(item) && !space.text().contains('\n'),
        _ => false,
    }
}

/// Whether the cell's own statements hold such a node: one in a function, a closure or an `async` block is not the cell's.
fn belongs_to_the_cell(node: &SyntaxNode, wanted: impl Fn(&SyntaxNode) -> bool + Copy) -> bool {
    let has_its_own = |node: &SyntaxNode| {
        ast::Item::can_cast(node.kind())
            || ast::ClosureExpr::can_cast(node.kind())
            || ast::BlockExpr::cast(node.clone()).is_some_and(|block| block.async_token().is_some())
    };
    node.children().any(|child| !has_its_own(&child) && (wanted(&child) || belongs_to_the_cell(&child, wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(source: &str) -> Parts {
        parts(source, &["known".to_owned()], &HashSet::from(["later"])).unwrap()
    }

    fn items(parts: &Parts) -> Vec<&str> {
        parts.items.iter().map(|item| item.text.as_str()).collect()
    }

    #[test]
    fn items_go_to_the_top_and_statements_into_main() {
        let found =
            of("// What it does.\nfn twice(n: i32) -> i32 {\n    2 * n\n}\n\nlet a = twice(4);\n\n// The answer\na");
        assert_eq!(items(&found), ["// What it does.\nfn twice(n: i32) -> i32 {\n    2 * n\n}"]);
        assert_eq!(found.body, "let a = twice(4);\n\n// The answer\nshow!(a);");
        assert_eq!(found.bindings, ["a"]);
    }

    #[test]
    fn a_cell_of_items_takes_all_its_comments_along() {
        let found = of("// The stations\n\n// One of them\nstruct Station;\n\n// Its name\nimpl Station {}\n// end");
        assert_eq!(
            items(&found),
            ["// The stations\n\n// One of them\nstruct Station;", "// Its name\nimpl Station {}\n// end"]
        );
        assert_eq!(found.body, "");
    }

    #[test]
    fn statements_around_an_item_keep_their_distance() {
        assert_eq!(of("let a = 1;\n\nfn f() {}\n\nlet b = 2;").body, "let a = 1;\n\nlet b = 2;");
        assert_eq!(of("let a = 1;\nfn f() {}\nlet b = 2;").body, "let a = 1;\nlet b = 2;");
        let found = of("use std::fmt::Write; // for write!\nlet a = 1; // one");
        assert_eq!(
            (items(&found), found.body.as_str()),
            (vec!["use std::fmt::Write; // for write!"], "let a = 1; // one")
        );
    }

    #[test]
    fn dependencies_are_taken_out_and_other_commands_say_why_they_are_comments() {
        let found = of("// A crate\n:dep itoa = \"1\"\n\n:vars\n!ls data\n\nlet a = 1;");
        assert_eq!(found.dependencies, ["itoa = \"1\""]);
        let comments = "// In Cargo.toml: itoa\n\n// Left out, a command to the notebook: :vars\n// Left out, a shell command: !ls data";
        assert_eq!(found.body, format!("// A crate\n{comments}\n\nlet a = 1;"));
        assert_eq!(items(&of(":dep a = \"1\"\n\nuse a::b;")), ["use a::b;"]);
    }

    #[test]
    fn questions_and_magics_become_comments() {
        assert_eq!(of("?Pool").body, "// Left out, a question to the notebook: ?Pool");
        assert_eq!(of("known?").body, "show!(known?);");
        assert!(of("%%bash\nls").body.ends_with("//     %%bash\n//     ls"));
    }

    #[test]
    fn what_is_not_rust_is_told_with_its_line() {
        let error = parts(":dep a = \"1\"\nlet b = ;\n", &[], &HashSet::new()).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("`let b = ;`"), "{error}");
    }

    #[test]
    fn only_the_cells_own_await_and_return_count() {
        assert!(of("f().await").waits && !of("async fn f() { g().await }").waits);
        assert!(of("if a { return Ok(()); }").returns && !of("let f = || { return 1; };").returns);
    }

    #[test]
    fn a_number_gets_the_type_that_later_cells_see() {
        assert_eq!(of("let later = 2.0;\nlater").body, "let later: f64 = 2.0;\nshow!(later);");
        assert_eq!(
            of("let mut later = 2;\nprintln!(\"{later}\");").body,
            "let mut later: i32 = 2;\nprintln!(\"{later}\");"
        );
        assert_eq!(of("let later = vec![1.0, 2.0];").body, "let later = vec![1.0_f64, 2.0];");
        for code in ["let later = 2;\nf(later);", "let never = 2.0;", "let later = 2.0_f32;", "let later: u8 = 2;"] {
            assert_eq!(of(code).body, code);
        }
    }
}
