//! Whether what follows a statement can be reached: a look there would be warned of, in the user's name.

use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, T,
    ast::{self, HasLoopBody},
};

/// Calls and macros that never return.
const ENDS: [&str; 8] =
    ["abort", "exit", "panic", "panic_any", "resume_unwind", "todo", "unimplemented", "unreachable"];

/// Whether nothing behind a statement or an expression is reached, as far as its text tells.
pub(super) fn diverges(node: &SyntaxNode) -> bool {
    match node.kind() {
        SyntaxKind::RETURN_EXPR
        | SyntaxKind::BREAK_EXPR
        | SyntaxKind::CONTINUE_EXPR
        | SyntaxKind::BECOME_EXPR
        | SyntaxKind::YEET_EXPR => true,
        // Its code runs later, or elsewhere.
        SyntaxKind::CLOSURE_EXPR => false,
        SyntaxKind::BLOCK_EXPR => block(node),
        SyntaxKind::IF_EXPR => either(node),
        SyntaxKind::MATCH_EXPR => every_arm(node),
        SyntaxKind::LOOP_EXPR => !is_left(node),
        SyntaxKind::WHILE_EXPR => {
            ast::WhileExpr::cast(node.clone()).and_then(|turns| turns.condition()).is_some_and(of)
        }
        SyntaxKind::FOR_EXPR => ast::ForExpr::cast(node.clone()).and_then(|turns| turns.iterable()).is_some_and(of),
        SyntaxKind::BIN_EXPR => binary(node),
        SyntaxKind::LET_STMT => {
            ast::LetStmt::cast(node.clone()).and_then(|statement| statement.initializer()).is_some_and(of)
        }
        SyntaxKind::MACRO_CALL => {
            ast::MacroCall::cast(node.clone()).and_then(|call| call.path()).is_some_and(|path| ends(path.syntax()))
        }
        SyntaxKind::CALL_EXPR => {
            let callee = ast::CallExpr::cast(node.clone()).and_then(|call| call.expr());
            callee.is_some_and(|callee| ends(callee.syntax())) || any_child(node)
        }
        kind if ast::Item::can_cast(kind) => false,
        _ => any_child(node),
    }
}

fn of(expression: ast::Expr) -> bool {
    diverges(expression.syntax())
}

fn any_child(node: &SyntaxNode) -> bool {
    node.children().any(|child| diverges(&child))
}

fn ends(path: &SyntaxNode) -> bool {
    path.last_token().is_some_and(|name| ENDS.contains(&name.text()))
}

fn block(node: &SyntaxNode) -> bool {
    let Some(block) = ast::BlockExpr::cast(node.clone()) else { return false };
    let later = block.async_token().is_some() || block.const_token().is_some() || block.gen_token().is_some();
    // One with a label may be left by a `break` somewhere inside.
    !later && block.label().is_none() && block.stmt_list().is_some_and(|list| any_child(list.syntax()))
}

fn either(node: &SyntaxNode) -> bool {
    let Some(choice) = ast::IfExpr::cast(node.clone()) else { return false };
    let otherwise = choice.else_branch().is_some_and(|otherwise| match otherwise {
        ast::ElseBranch::Block(block) => diverges(block.syntax()),
        ast::ElseBranch::IfExpr(choice) => diverges(choice.syntax()),
    });
    let both = otherwise && choice.then_branch().is_some_and(|then| diverges(then.syntax()));
    both || choice.condition().is_some_and(of)
}

fn every_arm(node: &SyntaxNode) -> bool {
    let Some(choice) = ast::MatchExpr::cast(node.clone()) else { return false };
    let arms = choice.match_arm_list().is_some_and(|list| list.arms().all(|arm| arm.expr().is_some_and(of)));
    arms || choice.expr().is_some_and(of)
}

/// Whether a `loop` has a `break` of its own: one that is in no loop inside it, or that names its label.
fn is_left(node: &SyntaxNode) -> bool {
    let label = ast::LoopExpr::cast(node.clone())
        .and_then(|turns| turns.label())
        .map(|label| label.syntax().text().to_string().trim_end_matches(':').trim().to_owned());
    node.descendants().filter_map(ast::BreakExpr::cast).any(|leave| match leave.lifetime() {
        Some(named) => label.as_deref() == Some(named.text()),
        None => {
            let around = leave.syntax().ancestors().skip(1).find(|around| {
                matches!(around.kind(), SyntaxKind::LOOP_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::FOR_EXPR)
            });
            around.as_ref() == Some(node)
        }
    })
}

/// What is right of `&&` and `||` may not run at all.
fn binary(node: &SyntaxNode) -> bool {
    let lazy = node.children_with_tokens().any(|child| matches!(child.kind(), T![&&] | T![||]));
    if lazy { node.children().next().is_some_and(|left| diverges(&left)) } else { any_child(node) }
}
