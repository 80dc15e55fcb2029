//! Lowering: evcxr's generated crate, made small before rustc sees it.
//!
//! evcxr's text carries a whole variable store, moves every live variable out of it and back in
//! each cell, and prints markers on stdout. Lowered, the store is the prelude's, only the
//! variables that the cell mentions are moved, and failures go over the display bus.
//!
//! Every line keeps its number, so rustc's errors still point at the lines that evcxr knows.

use crate::cell::words;
use std::collections::HashSet;

/// A generated crate, ready for rustc.
#[derive(Debug)]
pub struct Lowered {
    pub source: String,
    /// Whether the cell may run long enough for optimisation to pay.
    pub optimise: bool,
    /// Whether [`OldValues`] makes a difference.
    pub puts_back: bool,
}

/// Marks the start of the user's statements in the generated function.
const BODY_START: &str = "let _ = (|| -> std::result::Result<(), EvcxrUserCodeError> {";
/// Marks the start of the generated function, behind all items.
const FUNCTION: &str = "pub extern \"C\" fn run_user_code_";
const BODY_END: &str = "Ok(())})();";
const PANIC_MARKER: &str = "println!(\"EVCXR_PANIC_NOTIFICATION\");";

/// What becomes of the old value of a variable that the cell reads and then defines anew (`let x = x.rename(…)?`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldValues {
    /// It is put back if the cell fails. Does not compile where the cell moves the old value away.
    PutBack,
    /// It goes with a cell that fails.
    Give,
}

/// Lowers `source`; text that is not of evcxr's shape is left as it is.
pub fn lower(source: &str, old_values: OldValues) -> Lowered {
    let source = &super::moved_value::show_as_usual(source);
    let lines: Vec<&str> = source.split('\n').collect();
    let mut mentioned = mentioned_names(&lines);
    // What the cell only defines anew stays in the store: if the cell fails, the old value is still there.
    let replaced: HashSet<&str> =
        lines.iter().filter_map(|line| taken(line)).filter(|name| is_replaced(&lines, name)).collect();
    mentioned.retain(|name| !replaced.contains(name));
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let skipped = match line.trim() {
            // Only in code of this cell's own is a needless `mut` shown: the kernel asks where a warning stands.
            "#![allow(unused_imports, unused_mut, dead_code)]" => {
                out.push("#![allow(unused_imports, dead_code)]".into());
                1
            }
            "struct EvcxrUserCodeError {}" => {
                out.push("use ::isopleth::runtime::UserError as EvcxrUserCodeError;".into());
                // The struct's line, then the `impl` block to its closing brace.
                block_length(&lines[at + 1..]) + 1
            }
            "mod evcxr_internal_runtime {" => {
                out.push("use ::isopleth::runtime as evcxr_internal_runtime;".into());
                lines[at..].iter().position(|line| line.trim() == "#[unsafe(no_mangle)]").unwrap_or(1)
            }
            _ => {
                let idle = store_statement(line)
                    .is_some_and(|name| !(mentioned.contains(name) || replaced.contains(name) && is_put(line)));
                out.push(if idle {
                    String::new()
                } else {
                    line.replace(PANIC_MARKER, "::isopleth::runtime::report_unwind();")
                });
                1
            }
        };
        out.extend(std::iter::repeat_n(String::new(), skipped - 1));
        at += skipped;
    }
    let refined: Vec<&str> = lines
        .iter()
        .filter(|line| {
            taken(line).is_some_and(|name| mentioned.contains(name) && puts(&lines, name) == 1 && is_new(&lines, name))
        })
        .copied()
        .collect();
    if old_values == OldValues::PutBack
        && let Some(end) = out.iter_mut().rfind(|line| line.trim() == "evcxr_variable_store")
    {
        let back: String = refined.iter().filter_map(|line| put_back(line)).collect();
        *end = format!("if ::isopleth::runtime::has_failed() {{ {back}}} evcxr_variable_store");
    }
    Lowered { source: out.join("\n"), optimise: worth_optimising(&lines), puts_back: !refined.is_empty() }
}

/// Lines up to and including the one that closes the first brace opened.
fn block_length(lines: &[&str]) -> usize {
    let mut depth = 0_i32;
    for (index, line) in lines.iter().enumerate() {
        for character in line.chars() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
        }
        if depth <= 0 {
            return index + 1;
        }
    }
    lines.len()
}

/// The variable that a generated line checks, takes or puts back, if it is such a line.
fn store_statement(line: &str) -> Option<&str> {
    let line = line.trim();
    let generated = line.starts_with("vars_ok &= evcxr_variable_store.check_variable::<")
        || (line.starts_with("let ") && line.contains(" = evcxr_variable_store.take_variable::<"))
        || line.starts_with("evcxr_variable_store.put_variable::<");
    let argument = line.rsplit_once("stringify!(").filter(|_| generated)?.1;
    argument.split_once(')').map(|(name, _)| name)
}

fn taken(line: &str) -> Option<&str> {
    line.contains("evcxr_variable_store.take_variable::<").then(|| store_statement(line)).flatten()
}

/// How often generated code puts `name` into the store.
fn puts(lines: &[&str], name: &str) -> usize {
    lines.iter().filter(|line| is_put(line) && store_statement(line) == Some(name)).count()
}

/// Whether `name` is put into the store among the user's statements: the cell defines it.
fn is_new(lines: &[&str], name: &str) -> bool {
    let end = lines.iter().position(|line| line.trim() == BODY_END).unwrap_or(lines.len());
    puts(&lines[..end], name) > 0
}

/// The statement that undoes the taking `line`.
fn put_back(line: &str) -> Option<String> {
    let name = taken(line)?;
    let kind = line.split_once("take_variable::<")?.1.rsplit_once(">(stringify!(")?.0;
    Some(format!("evcxr_variable_store.put_variable::<{kind}>(stringify!({name}), {name}); "))
}

fn is_put(line: &str) -> bool {
    line.trim_start().starts_with("evcxr_variable_store.put_variable::<")
}

/// Whether the first thing the cell does with `name` is to define it by a `let` that does not read it.
fn is_replaced(lines: &[&str], name: &str) -> bool {
    let Some(start) = lines.iter().position(|line| line.trim() == BODY_START) else { return false };
    let body: Vec<&str> =
        lines[start + 1..].iter().copied().take_while(|line| store_statement(line).is_none()).collect();
    let Some(at) = body.iter().position(|line| words(line).any(|word| word == name)) else { return false };
    let end =
        body[at..].iter().position(|line| line.trim_end().ends_with(';')).map_or(body.len(), |length| at + length + 1);
    let statement = body[at..end].join("\n");
    let Some((pattern, value)) = statement.split_once('=') else { return false };
    // More than one statement on the line: too little is known of their order.
    let single = value.matches(';').count() == 1;
    single
        && pattern.trim_start().starts_with("let ")
        && words(pattern).any(|word| word == name)
        && words(value).all(|word| word != name)
}

/// Every word of the cell's function outside the store's own statements. Strings count: `"{x}"` uses `x`. Items do not: none
/// can use a variable.
fn mentioned_names<'a>(lines: &[&'a str]) -> HashSet<&'a str> {
    let start = lines.iter().position(|line| line.starts_with(FUNCTION)).unwrap_or(0);
    lines[start..].iter().filter(|line| store_statement(line).is_none()).flat_map(|line| words(line)).collect()
}

/// Optimising costs tens of milliseconds, which straight-line code never earns back; loops, closures and
/// the notebook's own functions may.
fn worth_optimising(lines: &[&str]) -> bool {
    let Some(start) = lines.iter().position(|line| line.trim() == BODY_START) else { return true };
    let functions: HashSet<&str> = lines[..start].iter().filter_map(|line| defined_function(line)).collect();
    lines[start + 1..]
        .iter()
        .filter(|line| store_statement(line).is_none())
        .take_while(|line| line.trim() != BODY_END)
        .any(|line| {
            line.contains('|')
                || words(line).any(|word| {
                    matches!(word, "for" | "while" | "loop" | "iter" | "into_iter" | "sum") || functions.contains(word)
                })
        })
}

fn defined_function(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("fn ")?;
    words(rest).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What evcxr 0.22 generates, shortened to one variable that is used (x), one that is not (y) and one that is new (z).
    const GENERATED: &str = r#"#![allow(unused_imports, unused_mut, dead_code)]
use isopleth::prelude::*;
fn double(n: i32) -> i32 { 2 * n }

            struct EvcxrUserCodeError {}
            impl<T: std::fmt::Display> From<T> for EvcxrUserCodeError {
                fn from(error: T) -> Self {
                    eprintln!("{}", error);
                    EvcxrUserCodeError {}
                }
            }
        
mod evcxr_internal_runtime {
pub struct VariableStore {}
}
#[unsafe(no_mangle)]
pub extern "C" fn run_user_code_3(
mut evcxr_variable_store: *mut evcxr_internal_runtime::VariableStore)
  -> *mut evcxr_internal_runtime::VariableStore {
{let mut vars_ok = true;
vars_ok &= evcxr_variable_store.check_variable::<i32>(stringify!(x));
vars_ok &= evcxr_variable_store.check_variable::<Vec<(i32, String)>>(stringify!(y));
if !vars_ok {return evcxr_variable_store;}}
let mut x = evcxr_variable_store.take_variable::<i32>(stringify!(x));
let y = evcxr_variable_store.take_variable::<Vec<(i32, String)>>(stringify!(y));
match std::panic::catch_unwind(
  std::panic::AssertUnwindSafe(||{
let _ = (|| -> std::result::Result<(), EvcxrUserCodeError> {
let z = format!("{x}");
evcxr_variable_store.put_variable::<String>(stringify!(z), z);
Ok(())})();
})) { 
  Ok(_) => {}
  Err(_) => {
    println!("EVCXR_PANIC_NOTIFICATION");
}}
evcxr_variable_store.put_variable::<i32>(stringify!(x), x);
evcxr_variable_store.put_variable::<Vec<(i32, String)>>(stringify!(y), y);
evcxr_variable_store
}"#;

    #[test]
    fn line_numbers_are_kept() {
        let lowered = lower(GENERATED, OldValues::Give).source;
        assert_eq!(lowered.lines().count(), GENERATED.lines().count());
        let line_of = |text: &str, what: &str| text.lines().position(|line| line.contains(what));
        assert_eq!(line_of(&lowered, "let z ="), line_of(GENERATED, "let z ="));
    }

    #[test]
    fn only_variables_that_the_cell_mentions_are_moved() {
        let lowered = lower(GENERATED, OldValues::Give).source;
        assert_eq!(lowered.matches("(stringify!(x)").count(), 3);
        assert_eq!(lowered.matches("(stringify!(y)").count(), 0);
        assert_eq!(lowered.matches("(stringify!(z)").count(), 1);
    }

    #[test]
    fn a_word_of_an_item_moves_no_variable() {
        let source = GENERATED.replace("{ 2 * n }", "{ let y = 2; y * n }");
        assert_eq!(lower(&source, OldValues::Give).source.matches("(stringify!(y)").count(), 0);
    }

    #[test]
    fn the_store_and_the_error_type_come_from_the_prelude() {
        let lowered = lower(GENERATED, OldValues::Give).source;
        assert!(!lowered.contains("struct EvcxrUserCodeError") && !lowered.contains("pub struct VariableStore"));
        assert!(lowered.contains("report_unwind()") && !lowered.contains("EVCXR_PANIC_NOTIFICATION"));
    }

    /// The cell defines y anew: evcxr puts the new value inside the closure, and none behind it.
    fn redefining(statement: &str) -> String {
        let new = "evcxr_variable_store.put_variable::<i32>(stringify!(y), y);\nOk(())})();";
        let old = "evcxr_variable_store.put_variable::<Vec<(i32, String)>>(stringify!(y), y);\n";
        GENERATED.replace(old, "").replace("Ok(())})();", new).replace("let z = format!(\"{x}\");", statement)
    }

    #[test]
    fn a_variable_that_is_only_defined_anew_is_not_taken_out_of_the_store() {
        let lowered = lower(&redefining("let y: i32 = f()?;"), OldValues::PutBack).source;
        assert!(!lowered.contains("take_variable::<Vec<(i32, String)>>"));
        assert!(lowered.contains("put_variable::<i32>(stringify!(y), y)"));
        let reads_it = lower(&redefining("let y: i32 = y.len();"), OldValues::PutBack);
        assert!(reads_it.puts_back && reads_it.source.contains("take_variable::<Vec<(i32, String)>>"));
        assert!(
            reads_it
                .source
                .contains("has_failed() { evcxr_variable_store.put_variable::<Vec<(i32, String)>>(stringify!(y), y);")
        );
    }

    #[test]
    fn a_call_of_a_function_of_the_notebook_is_optimised_and_a_plain_line_is_not() {
        assert!(!lower(GENERATED, OldValues::Give).optimise);
        assert!(lower(&GENERATED.replace("let z = format!(\"{x}\");", "let z = double(x);"), OldValues::Give).optimise);
        assert!(
            lower(&GENERATED.replace("let z = format!(\"{x}\");", "for i in 0..x { f(i); }"), OldValues::Give).optimise
        );
    }
}
