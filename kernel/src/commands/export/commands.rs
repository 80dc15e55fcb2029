//! The lines of a cell that are meant for the notebook: commands, questions, magics.

use super::text::{commented, indented};
use crate::cell::{self, CommandLine, ParsedCell, Source};
use std::sync::Arc;

/// A cell that holds no Rust at all, as a comment that says why.
pub fn not_rust(source: &str, variables: &[String]) -> Option<String> {
    if source.trim_start().starts_with('%') {
        return Some(left_out("what no Rust kernel understands", source));
    }
    cell::help(source, variables).map(|_| left_out("a question to the notebook", source))
}

/// `source` with its commands, which stand above the first statement, made comments.
pub fn without_commands(source: &str, dependencies: &mut Vec<String>) -> String {
    if cell::is_too_deep(source) {
        return source.to_owned();
    }
    let parsed = ParsedCell::new(Arc::new(Source { count: 0, code: source.to_owned(), id: None }), |_| false);
    let mut out = String::new();
    let mut at = 0;
    for command in &parsed.commands {
        let (range, comment) = match command {
            CommandLine::Command { name, arguments, range } if name == "dep" => {
                dependencies.push(arguments.clone());
                let name = arguments.split('=').next().unwrap_or_default().trim();
                (range, format!("// In Cargo.toml: {name}"))
            }
            CommandLine::Command { range, .. } => {
                (range, left_out("a command to the notebook", &source[range.clone()]))
            }
            CommandLine::Shell { range, .. } => (range, left_out("a shell command", &source[range.clone()])),
        };
        let before = &source[at..range.start];
        out.push_str(if out.is_empty() { before.trim_start_matches('\n') } else { before });
        at = range.end;
        // What stands above a `:dep` says something of it, so something must stay.
        let is_dep = comment.starts_with("// In Cargo.toml");
        if is_dep && !out.lines().last().is_some_and(|above| above.starts_with("//")) {
            at += source[at..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        out.push_str(&comment);
        if source[at..].starts_with('\n') {
            out.push('\n');
            at += 1;
        }
    }
    out + &source[at..]
}

/// `text` as a comment that says why it is one.
pub fn left_out(what: &str, text: &str) -> String {
    let text = text.trim();
    if text.contains('\n') {
        format!("// Left out, {what}:\n{}", commented(&indented(text, 1)))
    } else {
        format!("// Left out, {what}: {text}")
    }
}
