//! Loops: each looks in each turn, but a `for` loop over numbers is taken apart, which keeps it as fast as it is.

use super::waits::is_channel;
use super::{Writer, beginning, end, plain, start};
use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, T,
    ast::{self, HasArgList, HasLoopBody, HasName},
};

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

impl Writer<'_> {
    /// Guards a loop.
    pub(super) fn turns(&mut self, node: &SyntaxNode) {
        if let Some(turns) = ast::ForExpr::cast(node.clone()) {
            return self.for_loop(&turns);
        }
        let body = match node.kind() {
            SyntaxKind::WHILE_EXPR => ast::WhileExpr::cast(node.clone()).and_then(|turns| turns.loop_body()),
            _ => ast::LoopExpr::cast(node.clone()).and_then(|turns| turns.loop_body()),
        };
        if let Some(at) = body.and_then(|body| beginning(&body)) {
            self.look(at);
        }
    }

    fn for_loop(&mut self, turns: &ast::ForExpr) {
        let (Some(keyword), Some(items), Some(body)) = (turns.for_token(), turns.iterable(), turns.loop_body()) else {
            return;
        };
        let (from, to, behind) = (start(items.syntax()), end(items.syntax()), end(body.syntax()));
        if let Some((channel, dot)) = channel_iterated(&items) {
            let call = "::isopleth::runtime::guard::receiving(&crate::__isopleth_stop, &".to_owned();
            debug_assert_eq!(start(channel.syntax()), from);
            return self.guard([(from..from, call), (dot..to, ")".to_owned())]);
        }
        // Brackets around the items, which some need in a head, would be warned of in a call: the call's take their place.
        let bracket = usize::from(matches!(items, ast::Expr::ParenExpr(_)));
        let (opening, closing) = (from..from + bracket, to - bracket..to);
        // Everything but the head keeps its place; what stands in front of the items is written again behind them.
        let head = usize::from(keyword.text_range().start())..opening.end;
        let pattern = text_between(turns.syntax(), usize::from(keyword.text_range().end()), from);
        if turns.label().is_none() && is_numeric(body.syntax()) && can_be_repeated(turns, &pattern) {
            self.guard([
                (head, "match ::isopleth::runtime::guard::parts(&crate::__isopleth_stop, ".to_owned()),
                (
                    closing,
                    format!(
                        ") {{ mut __isopleth_rest => {{ while let ::core::option::Option::Some(__isopleth_part) = \
                         __isopleth_rest.__isopleth_part() {{ for{pattern}::core::convert::identity(__isopleth_part)\
                         .__isopleth_turns()"
                    ),
                ),
                (behind..behind, " } } }".to_owned()),
            ]);
        } else {
            self.guard([
                (opening, "::isopleth::runtime::guard::guarded(&crate::__isopleth_stop, ".to_owned()),
                (closing, ").__isopleth_turns()".to_owned()),
            ]);
        }
    }
}

fn text_between(node: &SyntaxNode, from: usize, to: usize) -> String {
    let base = start(node);
    node.text().to_string().get(from - base..to - base).unwrap_or_default().to_owned()
}

/// `channel.iter()` of what is called as channels are: their type is not known here, and the iterator hides the channel. Also where
/// its dot is.
fn channel_iterated(items: &ast::Expr) -> Option<(ast::Expr, usize)> {
    let ast::Expr::MethodCallExpr(call) = items else { return None };
    let is_iter = call.name_ref()?.text() == "iter" && call.arg_list()?.args().next().is_none();
    let channel = call.receiver()?;
    let dot = call.dot_token()?;
    let behind = call.syntax().text().to_string();
    let behind = behind.get(usize::from(dot.text_range().start()) - start(call.syntax())..)?;
    (is_iter && is_channel(&channel) && !behind.contains('\n')).then(|| (channel, dot.text_range().start().into()))
}

/// Whether the pattern can be written at another place: it brings no line break there, and no warning, which would stand at a place
/// that is not the user's.
fn can_be_repeated(turns: &ast::ForExpr, text: &str) -> bool {
    let Some((pattern, body)) = turns.pat().zip(turns.loop_body()) else { return false };
    let names = pattern.syntax().descendants().filter_map(ast::IdentPat::cast).all(|name| {
        let Some(text) = name.name().map(|name| name.text().to_string()) else { return false };
        let is_used = || {
            let tokens = body.syntax().descendants_with_tokens().filter_map(|element| element.into_token());
            tokens.filter(|token| token.kind() == SyntaxKind::IDENT).any(|token| plain(token.text()) == plain(&text))
        };
        name.mut_token().is_none() && !text.contains(char::is_uppercase) && (text.starts_with('_') || is_used())
    });
    names && !text.contains('\n')
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
                    | SyntaxKind::FN
                    | T![break]
                    | T![continue]
                    | T![return]
                    | T![?]
            )
        })
}
