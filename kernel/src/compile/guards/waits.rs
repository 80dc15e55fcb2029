//! Waiting: statements that wait are followed by a look, and channels are waited for in slices.
//!
//! What Stop has cut short returns early, as if its time were over: what follows must not run.

use super::diverges::diverges;
use super::{Writer, end, start};
use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, T,
    ast::{self, HasArgList, HasGenericArgs},
};

/// Calls that wait.
const WAITS: [&str; 18] = [
    "join",
    "output",
    "park",
    "park_timeout",
    "read_line",
    "recv",
    "recv_deadline",
    "recv_timeout",
    "scope",
    "sleep",
    "sleep_until",
    "status",
    "wait",
    "wait_timeout",
    "wait_timeout_while",
    "wait_while",
    "wait_with_output",
    "block_on",
];

impl Writer<'_> {
    /// A look behind a statement that waits, where something can follow.
    pub(super) fn wait(&mut self, statement: &SyntaxNode) {
        let complete = statement.last_token().is_some_and(|token| token.kind() == T![;]);
        if complete && statement.descendants().any(|call| waits(&call)) && !diverges(statement) {
            self.look(end(statement));
        }
    }

    /// `channel.recv()` and `channel.recv_timeout(time)`, by functions that look now and then.
    pub(super) fn receive(&mut self, node: &SyntaxNode) {
        let Some(call) = ast::MethodCallExpr::cast(node.clone()) else { return };
        let (Some(name), Some(channel), Some(dot)) = (call.name_ref(), call.receiver(), call.dot_token()) else {
            return;
        };
        let Some((opening, arguments)) =
            call.arg_list().and_then(|list| Some((list.l_paren_token()?, list.args().count())))
        else {
            return;
        };
        // Async channels have a method of this name too.
        let is_async = node.parent().is_some_and(|parent| parent.kind() == SyntaxKind::AWAIT_EXPR);
        if is_async || call.generic_arg_list().is_some() {
            return;
        }
        let (function, replaced_to, instead) = match (name.text(), arguments) {
            ("recv", 0) => ("recv", end(node), ")"),
            ("recv_timeout", 1) => ("recv_timeout", usize::from(opening.text_range().end()), ", "),
            _ => return,
        };
        let (from, dot) = (start(channel.syntax()), usize::from(dot.text_range().start()));
        let text = node.text().to_string();
        if text.get(dot - start(node)..replaced_to - start(node)).is_none_or(|replaced| replaced.contains('\n')) {
            return;
        }
        let prefix = format!("::isopleth::runtime::guard::{function}(&crate::__isopleth_stop, &");
        self.guard([(from..from, prefix), (dot..replaced_to, instead.to_owned())]);
    }
}

/// Whether a word is the name of something that waits.
pub(super) fn is_name_of_wait(word: &str) -> bool {
    WAITS.contains(&word)
}

fn waits(call: &SyntaxNode) -> bool {
    let callee = match call.kind() {
        SyntaxKind::CALL_EXPR => ast::CallExpr::cast(call.clone()).and_then(|call| Some(call.expr()?.syntax().clone())),
        SyntaxKind::METHOD_CALL_EXPR => {
            ast::MethodCallExpr::cast(call.clone()).and_then(|call| Some(call.name_ref()?.syntax().clone()))
        }
        _ => None,
    };
    callee.and_then(|callee| callee.last_token()).is_some_and(|name| is_name_of_wait(name.text()))
}

/// Whether an expression is called as channels are: `rx`, `rx_results`, `self.receiver`.
pub(super) fn is_channel(channel: &ast::Expr) -> bool {
    let name = match channel {
        ast::Expr::PathExpr(path) => path.path().and_then(|path| Some(path.segment()?.name_ref()?.text().to_string())),
        ast::Expr::FieldExpr(field) => field.name_ref().map(|name| name.text().to_string()),
        _ => None,
    };
    name.is_some_and(|name| name.to_lowercase().split('_').any(|part| matches!(part, "rx" | "receiver")))
}
