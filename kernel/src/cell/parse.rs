//! A cell, parsed once: commands, attributes, items, statements, and the expression it ends with.
//!
//! Everything that asks what a cell is reads this: execution, the cache, completion, hints, `is_complete` and export.

use super::source::Source;
use ra_ap_syntax::{
    AstNode, Edition, NodeOrToken, Parse, SourceFile, SyntaxKind, SyntaxNode, T, TextRange,
    ast::{self},
};
use std::ops::Range;
use std::sync::Arc;

/// Stands before the Rust of a cell, which is parsed as the body of a function.
const BEFORE: &str = "fn cell() {\n";
const AFTER: &str = "\n}";

/// One line above the first Rust of a cell that is meant for the notebook: `:dep serde = "1"`, `!ls`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandLine {
    /// `:name arguments`
    Command { name: String, arguments: String, range: Range<usize> },
    /// `!program arguments`
    Shell { line: String, range: Range<usize> },
}

/// What stands at the top level of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `#![…]`
    Attribute,
    Item,
    /// A `let`, an expression with a semicolon, a loop, a call of a macro.
    Statement,
    /// The last expression, whose value is shown.
    Tail,
}

/// A part of a cell, without the white space around it; the comments right above an item are part of it.
#[derive(Debug, Clone)]
pub struct Piece {
    pub kind: Kind,
    pub range: Range<usize>,
    pub node: SyntaxNode,
}

/// A cell and its tree.
#[derive(Debug, Clone)]
pub struct ParsedCell {
    pub source: Arc<Source>,
    pub commands: Vec<CommandLine>,
    /// The first byte of Rust.
    rust: usize,
    parse: Parse<SourceFile>,
}

impl ParsedCell {
    /// Parses `source`. `is_variable` says whether a name is a variable of the notebook: `!flag` is then Rust.
    ///
    /// A cell that [is too deep](super::is_too_deep) must not be parsed.
    pub fn new(source: Arc<Source>, is_variable: impl Fn(&str) -> bool) -> Self {
        let (commands, rust) = commands(&source.code, is_variable);
        let text = format!("{BEFORE}{}{AFTER}", &source.code[rust..]);
        let parse = SourceFile::parse(&text, Edition::Edition2024);
        Self { source, commands, rust, parse }
    }

    /// The tree, a file with one function. Offsets in it are other than those in the cell: see [`ParsedCell::place`].
    pub fn tree(&self) -> SyntaxNode {
        self.parse.syntax_node()
    }

    pub fn code(&self) -> &str {
        &self.source.code
    }

    /// Where a range of the tree lies in the cell.
    pub fn place(&self, range: TextRange) -> Range<usize> {
        self.place_of(range.start().into()..range.end().into())
    }

    /// Where bytes of the tree lie in the cell.
    pub fn place_of(&self, bytes: Range<usize>) -> Range<usize> {
        let place = |at: usize| (at.saturating_sub(BEFORE.len()) + self.rust).min(self.source.code.len());
        place(bytes.start)..place(bytes.end)
    }

    /// The Rust of the cell, with the comments around it.
    pub fn rust(&self) -> Range<usize> {
        self.rust..self.source.code.len()
    }

    /// Whether there is anything but commands, comments and white space.
    pub fn has_rust(&self) -> bool {
        let tokens = self.tree().descendants_with_tokens().filter_map(NodeOrToken::into_token);
        tokens
            .filter(|token| {
                let start = usize::from(token.text_range().start());
                start >= BEFORE.len() && start < BEFORE.len() + self.source.code.len() - self.rust
            })
            .any(|token| !token.kind().is_trivia())
    }

    /// The bytes of the first syntax error, and what the parser says of it.
    pub fn syntax_error(&self) -> Option<(Range<usize>, String)> {
        if let Some(range) = self.closed_too_early() {
            return Some((range, "unexpected closing delimiter: `}`".to_owned()));
        }
        let error = self.parse.errors().into_iter().next()?;
        Some((self.place(error.range()), error.to_string()))
    }

    /// A brace of the cell that closes what the cell has not opened: all behind it would stand outside of the cell's
    /// function.
    pub fn closed_too_early(&self) -> Option<Range<usize>> {
        let body = self.body()?;
        let end = body.syntax().text_range().end();
        let expected = BEFORE.len() + self.source.code.len() - self.rust + AFTER.len();
        (usize::from(end) < expected).then(|| {
            let place = self.place(TextRange::new(end, end)).start;
            place.saturating_sub(1)..place
        })
    }

    /// What stands at the top level, between the braces of the function that the cell is parsed as.
    pub fn body(&self) -> Option<ast::StmtList> {
        self.tree().children().find_map(ast::Fn::cast)?.body()?.stmt_list()
    }

    /// The parts of the cell in their order.
    pub fn pieces(&self) -> Vec<Piece> {
        let Some(list) = self.body() else { return Vec::new() };
        let mut pieces: Vec<Piece> = Vec::new();
        for node in list.syntax().children() {
            let kind = if ast::Item::can_cast(node.kind()) {
                Kind::Item
            } else if ast::Attr::can_cast(node.kind()) {
                Kind::Attribute
            } else {
                Kind::Statement
            };
            let range = self.place(node.text_range());
            pieces.push(Piece { kind, range, node });
        }
        // Only what has no semicolon and stands last is shown.
        if let Some(last) = pieces.last_mut().filter(|last| ast::Expr::can_cast(last.node.kind())) {
            last.kind = Kind::Tail;
        }
        if let Some(tail) = pieces.last_mut().filter(|last| is_macro_without_semicolon(&last.node)) {
            tail.kind = Kind::Tail;
        }
        // An attribute may stand before a statement, and before an expression it may not.
        if let Some(last) = pieces.last_mut().filter(|last| last.kind == Kind::Tail && has_attribute(&last.node)) {
            last.kind = Kind::Statement;
        }
        pieces
    }

    /// Whether the statements themselves, and no function, closure or `async` block among them, wait by `.await`.
    pub fn awaits(&self) -> bool {
        self.pieces().iter().any(|piece| piece.kind != Kind::Item && awaits(&piece.node))
    }

    /// Brackets that are open at the end, for the indent of the next line; `None` if one closes what is not open.
    pub fn open_brackets(&self) -> Option<Vec<SyntaxKind>> {
        let end = BEFORE.len() + self.source.code[self.rust..].trim_end().len();
        let mut open: Vec<SyntaxKind> = Vec::new();
        for token in self.tree().descendants_with_tokens().filter_map(NodeOrToken::into_token) {
            let start = usize::from(token.text_range().start());
            if start < BEFORE.len() || start >= end {
                continue;
            }
            match token.kind() {
                T!['('] | T!['['] | T!['{'] => open.push(token.kind()),
                closing @ (T![')'] | T![']'] | T!['}']) if open.pop() != Some(opening(closing)) => return None,
                _ => {}
            }
        }
        Some(open)
    }

    /// Whether a text or a comment of the cell does not end.
    pub fn is_open_ended(&self) -> bool {
        let end = BEFORE.len() + self.source.code[self.rust..].trim_end().len();
        self.tree().descendants_with_tokens().filter_map(NodeOrToken::into_token).any(|token| {
            let may_be_open =
                matches!(token.kind(), SyntaxKind::STRING | SyntaxKind::BYTE_STRING | SyntaxKind::C_STRING)
                    || (token.kind() == SyntaxKind::COMMENT && token.text().starts_with("/*"));
            may_be_open && usize::from(token.text_range().end()) > end
        })
    }

    /// Where the parser found errors, as bytes of the cell.
    pub fn error_places(&self) -> Vec<usize> {
        self.parse.errors().iter().map(|error| self.place(error.range()).start).collect()
    }
}

fn opening(closing: SyntaxKind) -> SyntaxKind {
    match closing {
        T![')'] => T!['('],
        T![']'] => T!['['],
        _ => T!['{'],
    }
}

/// `show!(x)` as the last thing: the parser takes some such calls for statements.
fn is_macro_without_semicolon(node: &SyntaxNode) -> bool {
    let statement = ast::ExprStmt::cast(node.clone());
    let call =
        statement.filter(|statement| statement.semicolon_token().is_none()).and_then(|statement| statement.expr());
    call.is_some()
}

fn has_attribute(node: &SyntaxNode) -> bool {
    let inner = ast::ExprStmt::cast(node.clone()).and_then(|statement| statement.expr()).map(|it| it.syntax().clone());
    inner.as_ref().unwrap_or(node).children().any(|child| ast::Attr::can_cast(child.kind()))
}

fn awaits(node: &SyntaxNode) -> bool {
    if ast::TokenTree::can_cast(node.kind()) {
        let tokens = node.descendants_with_tokens().filter_map(NodeOrToken::into_token);
        let kinds: Vec<SyntaxKind> = tokens.map(|token| token.kind()).filter(|kind| !kind.is_trivia()).collect();
        // Where the tokens hold an `async` block it cannot be told whose wait it is.
        return !kinds.contains(&T![async]) && kinds.windows(2).any(|pair| pair == [T![.], T![await]]);
    }
    let has_its_own = ast::Item::can_cast(node.kind()) && !ast::MacroCall::can_cast(node.kind())
        || ast::ClosureExpr::can_cast(node.kind())
        || ast::BlockExpr::cast(node.clone()).is_some_and(|block| block.async_token().is_some());
    ast::AwaitExpr::can_cast(node.kind()) || !has_its_own && node.children().any(|child| awaits(&child))
}

/// The commands above the first line of Rust, and where that begins.
fn commands(code: &str, is_variable: impl Fn(&str) -> bool) -> (Vec<CommandLine>, usize) {
    let mut found = Vec::new();
    let mut at = 0;
    let mut rust = None;
    for line in code.split_inclusive('\n') {
        let text = line.trim();
        let range = at..at + line.trim_end().len();
        if text.is_empty() || is_comment(text) {
            // Comments go with what follows them.
            rust.get_or_insert(at);
        } else if let Some(command) = text.strip_prefix(':').filter(|rest| !rest.starts_with(':')) {
            let (name, arguments) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
            let (name, arguments) = (name.to_owned(), arguments.trim().to_owned());
            found.push(CommandLine::Command { name, arguments, range });
            rust = None;
        } else if let Some(program) = line.strip_prefix('!').filter(|rest| !is_negation(rest, &is_variable)) {
            found.push(CommandLine::Shell { line: program.trim().to_owned(), range });
            rust = None;
        } else {
            return (found, rust.unwrap_or(at));
        }
        at += line.len();
    }
    (found, rust.unwrap_or(code.len()))
}

fn is_comment(line: &str) -> bool {
    // Documentation belongs to an item.
    line.starts_with("//") && (!line.starts_with("///") || line.starts_with("////"))
}

/// Whether what stands behind a `!` is Rust: no program is called `true`, and none by the name of a variable is meant.
fn is_negation(rest: &str, is_variable: &impl Fn(&str) -> bool) -> bool {
    let word: String = rest.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    matches!(word.as_str(), "true" | "false") || rest.starts_with('(') || is_variable(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(code: &str) -> ParsedCell {
        ParsedCell::new(Arc::new(Source { count: 1, code: code.into(), id: None }), |name| name == "flag")
    }

    fn pieces(code: &str) -> Vec<(Kind, String)> {
        let cell = parsed(code);
        cell.pieces().into_iter().map(|piece| (piece.kind, cell.code()[piece.range].to_owned())).collect()
    }

    #[test]
    fn a_cell_is_taken_apart_at_its_top_level() {
        let found = pieces("#![allow(x)]\n// c\nfn f() {}\nlet a = 1; // one\nfor i in 0..3 { g(i) }\na + 1 // shown");
        let expected = [
            (Kind::Attribute, "#![allow(x)]"),
            (Kind::Item, "// c\nfn f() {}"),
            (Kind::Statement, "let a = 1;"),
            (Kind::Statement, "for i in 0..3 { g(i) }"),
            (Kind::Tail, "a + 1"),
        ];
        assert_eq!(found, expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn only_an_expression_without_a_semicolon_is_shown() {
        for (code, shown) in [
            ("a", true),
            ("a;", false),
            ("show!(a)", true),
            ("show!(a);", false),
            ("m! { a }", true),
            ("if a { 1 } else { 2 }", true),
            ("let a = 1;", false),
            ("loop { break 1 }", true),
            ("#[cfg(windows)] for i in 0..3 { f(i) }", false),
        ] {
            assert_eq!(pieces(code).last().map(|(kind, _)| *kind) == Some(Kind::Tail), shown, "{code}");
        }
    }

    #[test]
    fn commands_stand_above_the_first_rust() {
        let cell = parsed("// a crate\n:dep a = \"1\"\n!ls -l\n\nlet b = 1;\n!flag\n::std::mem::drop(b)");
        let names: Vec<String> = cell.commands.iter().map(|command| format!("{command:?}")).collect();
        assert!(names.len() == 2 && names[0].contains("a = \\\"1\\\"") && names[1].contains("ls -l"), "{names:?}");
        assert_eq!(&cell.code()[cell.rust()], "\nlet b = 1;\n!flag\n::std::mem::drop(b)");
        for code in ["::std::process::id()", "!flag", "!true", "!(1 == 2)", "// !ls"] {
            assert!(parsed(code).commands.is_empty(), "{code}");
        }
    }

    #[test]
    fn a_brace_that_closes_the_cell_is_an_error() {
        for code in ["}", "} fn f() {", "1; }\nfn g() {"] {
            assert!(parsed(code).syntax_error().is_some(), "{code}");
        }
        assert!(parsed("{ 1 }").syntax_error().is_none());
    }

    #[test]
    fn nothing_but_comments_is_no_rust() {
        for code in ["", " \n", "// a", "/* a */", ":vars", ":vars\n// a"] {
            assert!(!parsed(code).has_rust(), "{code}");
        }
        assert!(parsed(":vars\n1").has_rust());
    }

    #[test]
    fn documentation_that_opens_a_cell_belongs_to_its_item() {
        assert_eq!(pieces("// a\n/// b\nstruct S;"), [(Kind::Item, "// a\n/// b\nstruct S;".to_owned())]);
    }
}
