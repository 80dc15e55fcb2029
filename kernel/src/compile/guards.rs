//! Writes guards into the loops of a cell, so that Stop can end them (the prelude's `runtime::guard`).
//!
//! Only text is put in, and no line break, so lines keep their numbers. Loops in macros are left alone, and so are
//! constants, whose code runs in the compiler.

use crate::cell::words;
use ra_ap_syntax::{
    AstNode, Edition, SourceFile, SyntaxKind, SyntaxNode, T,
    ast::{self, HasLoopBody, HasName},
};

const GUARD: &str = "::isopleth::runtime::guard";
const LOOPS: [&str; 3] = ["for", "while", "loop"];
/// Calls that wait. One that Stop has cut short returns early: what follows must not run.
const WAITS: [&str; 9] =
    ["sleep", "sleep_until", "join", "recv", "recv_timeout", "wait", "wait_timeout", "park", "park_timeout"];

/// Methods of numbers with which a loop may still be vectorised.
const OF_NUMBERS: [&str; 22] = [
    "abs",
    "ceil",
    "clamp",
    "clone",
    "copysign",
    "floor",
    "is_finite",
    "is_nan",
    "len",
    "max",
    "min",
    "mul_add",
    "pow",
    "powi",
    "recip",
    "round",
    "signum",
    "sqrt",
    "to_degrees",
    "to_radians",
    "total_cmp",
    "trunc",
];

/// `source` with guards, or None where there is nothing to guard.
pub fn guarded(source: &str) -> Option<String> {
    if !words(source).any(|word| LOOPS.contains(&word) || WAITS.contains(&word)) {
        return None;
    }
    let root = SourceFile::parse(source, Edition::Edition2024).syntax_node();
    let mut insertions: Vec<(usize, String)> = Vec::new();
    for node in root.descendants().filter(|node| !is_constant(node)) {
        if let Some(turns) = ast::ForExpr::cast(node.clone()) {
            guard_for(&turns, &mut insertions);
        } else if let Some(turns) = ast::WhileExpr::cast(node.clone()) {
            guard_turns(turns.loop_body(), &mut insertions);
        } else if let Some(turns) = ast::LoopExpr::cast(node.clone()) {
            guard_turns(turns.loop_body(), &mut insertions);
        } else if is_statement_that_waits(&node) {
            insertions.push((end(&node), format!(" {GUARD}::check();")));
        }
    }
    if insertions.is_empty() {
        return None;
    }
    // Stable: what was found first at a place, the outer loop, comes first.
    insertions.sort_by_key(|(at, _)| *at);
    let mut out = String::with_capacity(source.len() + insertions.len() * 80);
    let mut copied = 0;
    for (at, text) in insertions {
        out.push_str(&source[copied..at]);
        out.push_str(&text);
        copied = at;
    }
    out.push_str(&source[copied..]);
    Some(out)
}

fn start(node: &SyntaxNode) -> usize {
    node.text_range().start().into()
}

fn end(node: &SyntaxNode) -> usize {
    node.text_range().end().into()
}

/// `drop` may run while a panic unwinds, and a second one would end the process.
fn is_drop(function: &ast::Fn) -> bool {
    function.name().is_some_and(|name| name.text() == "drop")
}

/// The function that evcxr writes around a cell is `extern "C"`, but catches what unwinds.
fn is_the_cells_function(node: &SyntaxNode) -> bool {
    ast::Fn::cast(node.clone())
        .and_then(|function| function.name())
        .is_some_and(|name| name.text().starts_with("run_user_code_"))
}

/// In a constant, or in a function that may not unwind.
fn is_constant(node: &SyntaxNode) -> bool {
    node.ancestors().any(|around| match around.kind() {
        SyntaxKind::CONST | SyntaxKind::STATIC | SyntaxKind::CONST_ARG | SyntaxKind::ARRAY_TYPE => true,
        SyntaxKind::BLOCK_EXPR => ast::BlockExpr::cast(around).is_some_and(|block| block.const_token().is_some()),
        SyntaxKind::FN => ast::Fn::cast(around.clone()).is_some_and(|function| {
            let may_not_unwind = function.abi().is_some() && !is_the_cells_function(&around);
            function.const_token().is_some() || may_not_unwind || is_drop(&function)
        }),
        _ => false,
    })
}

/// A loop over numbers that is left only at its end is taken apart, which keeps it as fast as it is; any other gets an
/// iterator that looks.
fn guard_for(turns: &ast::ForExpr, insertions: &mut Vec<(usize, String)>) {
    let (Some(items), Some(body)) = (turns.iterable(), turns.loop_body()) else { return };
    let (items, body) = (items.syntax(), body.syntax());
    if turns.label().is_none() && is_numeric(body) {
        let Some(pattern) = turns.pat() else { return };
        let pattern = pattern.syntax().text().to_string().replace('\n', " ");
        // `for P in ITEMS BODY` becomes `match parts(ITEMS) { mut rest => { while … { for P in part BODY } } }`.
        // The old `for P in` is commented out: everything keeps its place.
        insertions.push((start(turns.syntax()), format!("match {GUARD}::parts(/* ")));
        insertions.push((start(items), " */ ".to_owned()));
        insertions.push((
            end(items),
            format!(
                ") {{ mut __rest => {{ use {GUARD}::{{AnyPart as _, Cut as _, OwnPart as _}}; \
                 while let Some(__part) = (&mut __rest).part() {{ for {pattern} in ::core::convert::identity(__part).turns()"
            ),
        ));
        insertions.push((end(body), " } } }".to_owned()));
    } else {
        insertions.push((start(items), format!("{GUARD}::guarded(")));
        insertions.push((end(items), ").turns()".to_owned()));
    }
}

/// Whether a body only computes: no call but of what numbers have, no macro, no loop, and nothing that leaves it.
fn is_numeric(body: &SyntaxNode) -> bool {
    let foreign_call = body.descendants().filter_map(ast::MethodCallExpr::cast).any(|call| {
        call.name_ref().is_none_or(|name| !OF_NUMBERS.contains(&name.text()) && !name.text().starts_with("wrapping_"))
    });
    !foreign_call
        && body.descendants_with_tokens().all(|element| {
            !matches!(
                element.kind(),
                SyntaxKind::CALL_EXPR
                    | SyntaxKind::MACRO_CALL
                    | SyntaxKind::FOR_EXPR
                    | SyntaxKind::WHILE_EXPR
                    | SyntaxKind::LOOP_EXPR
                    | SyntaxKind::CLOSURE_EXPR
                    | SyntaxKind::AWAIT_EXPR
                    | T![break]
                    | T![continue]
                    | T![return]
                    | T![?]
            )
        })
}

/// `while C BODY` and `loop BODY`: a look at the start of each turn.
fn guard_turns(body: Option<ast::BlockExpr>, insertions: &mut Vec<(usize, String)>) {
    if let Some(opening) = body.and_then(|body| body.stmt_list()?.l_curly_token()) {
        insertions.push((opening.text_range().end().into(), format!(" {GUARD}::check();")));
    }
}

fn is_statement_that_waits(node: &SyntaxNode) -> bool {
    let complete = node.last_token().is_some_and(|token| token.kind() == T![;]);
    let waits = |call: SyntaxNode| {
        let callee = match call.kind() {
            SyntaxKind::CALL_EXPR => ast::CallExpr::cast(call).and_then(|call| Some(call.expr()?.syntax().clone())),
            SyntaxKind::METHOD_CALL_EXPR => {
                ast::MethodCallExpr::cast(call).and_then(|call| Some(call.name_ref()?.syntax().clone()))
            }
            _ => None,
        };
        callee.and_then(|callee| callee.last_token()).is_some_and(|name| WAITS.contains(&name.text()))
    };
    matches!(node.kind(), SyntaxKind::EXPR_STMT | SyntaxKind::LET_STMT) && complete && node.descendants().any(waits)
}

#[cfg(test)]
mod tests {
    use super::guarded;

    fn of(body: &str) -> String {
        let source = format!("pub extern \"C\" fn run_user_code_1(\nx: u8) {{\n{body}\n}}");
        let out = guarded(&source).unwrap_or(source.clone());
        assert_eq!(out.lines().count(), source.lines().count(), "lines keep their numbers: {out}");
        out.replace("::isopleth::runtime::guard::", "g::")
    }

    #[test]
    fn a_loop_looks_in_each_turn() {
        assert!(of("loop { x(); }").contains("loop { g::check(); x(); }"));
        assert!(of("'a: while c { x(); }").contains("'a: while c { g::check(); x(); }"));
    }

    #[test]
    fn a_for_loop_over_numbers_is_taken_apart() {
        assert!(of("for x in &data { sum += x.abs().sqrt(); }").contains("g::parts("));
        let out = of("for x in &data { sum += x * x; }");
        assert!(out.contains("match g::parts(/* for x in  */ &data) {"), "{out}");
        assert!(out.contains("for x in ::core::convert::identity(__part).turns() { sum += x * x; } } } }"), "{out}");
    }

    #[test]
    fn a_for_loop_that_calls_or_leaves_looks_in_each_turn() {
        for body in ["f(i);", "if i > 3 { break; }", "println!(\"{i}\");", "for j in 0..i { k += j; }", "x.fold();"] {
            let out = of(&format!("for i in 0..9 {{ {body} }}"));
            assert!(out.contains("for i in g::guarded(0..9).turns() {"), "{out}");
        }
        assert!(of("'a: for i in 0..9 { x += i; }").contains("'a: for i in g::guarded(0..9).turns()"));
    }

    #[test]
    fn constants_and_foreign_functions_are_left_alone() {
        for item in [
            "const fn f() { loop {} }",
            "const N: usize = { let mut n = 0; while n < 3 { n += 1; } n };",
            "extern \"C\" fn callback() { loop {} }",
            "fn f() { const { loop {} } }",
            "impl Drop for A { fn drop(&mut self) { loop {} } }",
        ] {
            assert_eq!(guarded(item), None, "{item}");
        }
        assert!(guarded("fn f() { loop {} }").is_some());
    }

    #[test]
    fn a_statement_that_waits_is_followed_by_a_look() {
        assert!(of("thread::sleep(a);\nb();").contains("thread::sleep(a); g::check();\nb();"));
        assert!(of("let n = { sleep(a); 3 };").contains("3 }; g::check();"));
        assert!(of("let n = handle.join();").contains("join(); g::check();"));
        assert!(!of("let sleep = 1;").contains("check"));
    }

    #[test]
    fn nothing_to_guard_is_nothing_changed() {
        assert_eq!(guarded("fn f() { g() }"), None);
        assert_eq!(guarded("fn f(form: &str) { g(form) }"), None);
        assert_eq!(guarded("impl Show for Station { fn f() {} }"), None);
    }
}
