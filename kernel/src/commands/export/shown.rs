//! The last expression of a cell: what a notebook shows below it, a program shows by `show!`.

use super::text::{indented, names};
use ra_ap_syntax::{AstNode, SyntaxNode, ast};

/// Macros whose value nobody wants to see.
const WITHOUT_VALUE: [&str; 14] = [
    "print",
    "println",
    "eprint",
    "eprintln",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "panic",
    "todo",
    "unimplemented",
    "unreachable",
    "show",
    "debug_assert_eq",
];
/// Functions of the prelude that show something themselves.
const SHOWING: [&str; 3] = ["show", "html", "clear_output"];

/// The last expression of a cell as a statement that shows it.
pub fn shown(node: &SyntaxNode) -> String {
    let text = node.text().to_string();
    let Some(expression) = ast::Expr::cast(node.clone()) else { return text };
    match &expression {
        ast::Expr::ForExpr(_) | ast::Expr::WhileExpr(_) => text,
        ast::Expr::IfExpr(it) if it.else_branch().is_none() => text,
        _ if has_no_value(&expression) => text + ";",
        _ if text.contains('\n') => format!("show!(\n{}\n);", indented(&text, 1)),
        _ => format!("show!({text});"),
    }
}

fn has_no_value(expression: &ast::Expr) -> bool {
    match expression {
        ast::Expr::BinExpr(it) => matches!(it.op_kind(), Some(ast::BinaryOp::Assignment { .. })),
        ast::Expr::MacroExpr(it) => {
            let path = it.macro_call().and_then(|call| call.path());
            path.is_some_and(|path| WITHOUT_VALUE.contains(&path.syntax().text().to_string().as_str()))
        }
        ast::Expr::CallExpr(it) => {
            let function = it.expr().map(|function| function.syntax().text().to_string());
            function.is_some_and(|name| SHOWING.contains(&name.as_str()))
        }
        ast::Expr::ReturnExpr(_) => true,
        _ => false,
    }
}

/// Whether another statement than `binding` may settle the type of the variable `name`; one that only shows it does not.
pub fn has_a_part(list: &ast::StmtList, binding: &SyntaxNode, name: &str) -> bool {
    let only_shows = |node: &SyntaxNode| match ast::Expr::cast(node.clone()) {
        Some(ast::Expr::PathExpr(_)) => true,
        Some(ast::Expr::RefExpr(it)) => matches!(it.expr(), Some(ast::Expr::PathExpr(_))),
        Some(expression) => has_no_value(&expression) && matches!(expression, ast::Expr::MacroExpr(_)),
        None => {
            let inner = ast::ExprStmt::cast(node.clone()).and_then(|statement| statement.expr());
            inner.is_some_and(|inner| matches!(inner, ast::Expr::MacroExpr(_)) && has_no_value(&inner))
        }
    };
    list.syntax()
        .children()
        .any(|node| node != *binding && !only_shows(&node) && names(&node.text().to_string()).contains(name))
}

#[cfg(test)]
mod tests {
    use super::super::cell::parts;
    use std::collections::HashSet;

    fn body(source: &str) -> String {
        parts(source, &[], &HashSet::new()).unwrap().body
    }

    #[test]
    fn a_last_expression_is_shown_and_a_last_statement_is_not() {
        assert_eq!(body("x.len()"), "show!(x.len());");
        assert_eq!(body("x // why"), "show!(x); // why");
        assert_eq!(body("imshow(&x)\n    .vmin(1)"), "show!(\n    imshow(&x)\n        .vmin(1)\n);");
        assert_eq!(body("if a { 1 } else { 2 }"), "show!(if a { 1 } else { 2 });");
        for code in ["x.len();", "for a in b {\n    c(a);\n}", "while a {}", "if a { b() }"] {
            assert_eq!(body(code), code);
        }
        for code in ["println!(\"{}\", 1)", "a = 5", "a += 5", "show(&x)", "assert_eq!(a, b)"] {
            assert_eq!(body(code), format!("{code};"));
        }
    }
}
