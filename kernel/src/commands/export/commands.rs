//! The lines of a cell that are meant for the notebook: commands, questions, magics.

use super::text::{commented, indented};
use crate::cell;

/// A cell that holds no Rust at all, as a comment that says why.
pub fn not_rust(source: &str, variables: &[String]) -> Option<String> {
    if source.trim_start().starts_with('%') {
        return Some(left_out("what no Rust kernel understands", source));
    }
    cell::help(source, variables).map(|_| left_out("a question to the notebook", source))
}

/// `source` with its commands, which stand above the first statement, made comments.
pub fn without_commands(source: &str, dependencies: &mut Vec<String>) -> String {
    let mut out = String::new();
    let mut lines = source.lines();
    for line in lines.by_ref() {
        let text = line.trim();
        if let Some(wanted) = text.strip_prefix(":dep ") {
            dependencies.push(wanted.trim().to_owned());
            // What stands above it says something of it, so something must stay.
            if !out.lines().last().is_some_and(|above| above.starts_with("//")) {
                continue;
            }
            let name = wanted.split('=').next().unwrap_or(wanted).trim();
            out.push_str(&format!("// In Cargo.toml: {name}"));
        } else if text.is_empty() && out.is_empty() {
            continue;
        } else if line.starts_with('!') {
            out.push_str(&left_out("a shell command", text));
        } else if line.trim_start_matches(' ').starts_with(':') && !text.starts_with("::") {
            out.push_str(&left_out("a command to the notebook", text));
        } else {
            out.push_str(line);
        }
        out.push('\n');
        if !text.is_empty() && !text.starts_with("//") && !text.starts_with([':', '!']) {
            break;
        }
    }
    for line in lines {
        out.push_str(line);
        out.push('\n');
    }
    out
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
