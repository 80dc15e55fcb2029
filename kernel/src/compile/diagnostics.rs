//! What rustc says of a cell: errors go on to evcxr, warnings that matter to the kernel.

use super::Session;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// Begins the folder that rustc, and so every panic, is told that a cell's source lies in.
pub const LABEL: &str = "cell-";

/// The lints that point at mistakes. Style is not among them, nor what is normal in a notebook (unused imports and
/// functions). Everything else that rustc warns of is dropped.
const LINTS: [&str; 20] = [
    "unused_must_use",
    "unused_variables",
    "unused_assignments",
    "unused_mut",
    "unused_comparisons",
    "unreachable_code",
    "unreachable_patterns",
    "unconditional_recursion",
    "path_statements",
    "for_loops_over_fallibles",
    "irrefutable_let_patterns",
    "dropping_copy_types",
    "dropping_references",
    "forgetting_copy_types",
    "forgetting_references",
    "map_unit_fn",
    "noop_method_call",
    "let_underscore_lock",
    "unpredictable_function_pointer_comparisons",
    "static_mut_refs",
];

/// The key under which a note carries the error that it belongs to.
pub const WHOLE: &str = "isopleth_whole";

/// Names a generated crate by its content, so that a place in it can be found long after the next cell was compiled.
/// The number that evcxr gives each cell's function does not count: the same cell, compiled again, keeps its name.
pub fn label(source: &str) -> String {
    let mut hasher = DefaultHasher::new();
    for line in source.lines().filter(|line| !line.starts_with("pub extern \"C\" fn run_user_code_")) {
        line.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// The messages of one run of rustc, each a line of JSON.
#[derive(Debug)]
pub struct Said(Vec<String>);

impl Said {
    /// Whether a `?` met an error that is no `std::error::Error`.
    pub fn a_question_mark_needs_display_only(&self) -> bool {
        self.0.iter().any(|line| line.contains("`?` couldn't convert the error"))
    }

    /// Hands the errors to evcxr.
    ///
    /// Where evcxr does not know the place of an error it shows one of its notes in its stead. So that the error is not
    /// lost, each note carries it.
    pub fn forward_errors(&self) -> Result<()> {
        let mut stderr = std::io::stderr().lock();
        for line in &self.0 {
            let Ok(mut message) = serde_json::from_str::<Value>(line) else { continue };
            if message["level"] == "warning" {
                continue;
            }
            let whole = message.clone();
            for note in message["children"].as_array_mut().into_iter().flatten() {
                note[WHOLE] = whole.clone();
            }
            writeln!(stderr, "{message}")?;
        }
        Ok(())
    }

    /// Leaves the warnings to the kernel, in the place of those of the cell before.
    pub fn keep_warnings(&self, workspace: &Path) -> Result<()> {
        let kept: Vec<&str> = self.0.iter().map(String::as_str).filter(|line| is_kept(line)).collect();
        Ok(std::fs::write(warnings_note(workspace), kept.join("\n"))?)
    }
}

fn is_kept(line: &str) -> bool {
    let Ok(message) = serde_json::from_str::<Value>(line) else { return false };
    message["level"] == "warning" && message["code"]["code"].as_str().is_some_and(|code| LINTS.contains(&code))
}

fn warnings_note(workspace: &Path) -> PathBuf {
    workspace.join("warnings")
}

/// Takes what rustc warned of when it compiled the last cell.
pub fn take_warnings(workspace: &Path) -> Vec<Value> {
    let Ok(text) = std::fs::read_to_string(warnings_note(workspace)) else { return Vec::new() };
    let _ = std::fs::remove_file(warnings_note(workspace));
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Runs the compiler, on record for Stop.
pub fn run(session: &Session, rustc: &mut Command) -> Result<(ExitStatus, Said)> {
    let mut compiler = rustc.stderr(Stdio::piped()).spawn().context("cannot run rustc")?;
    let record = Session::compiler_record(&session.workspace);
    std::fs::write(&record, compiler.id().to_string())?;
    let stderr = compiler.stderr.take().context("rustc has no stderr")?;
    let said = BufReader::new(stderr).lines().collect::<std::io::Result<_>>()?;
    let status = compiler.wait()?;
    let _ = std::fs::remove_file(&record);
    Ok((status, Said(said)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_does_not_depend_on_the_number_of_the_cell() {
        let source = |n: u32| format!("use a;\npub extern \"C\" fn run_user_code_{n}(\n}}");
        assert_eq!(label(&source(1)), label(&source(22)));
        assert_ne!(label(&source(1)), label(&source(1).replace("use a", "use b")));
    }

    #[test]
    fn only_warnings_that_matter_are_kept() {
        let warning = |code: &str| format!(r#"{{"code":{{"code":"{code}"}},"level":"warning","spans":[]}}"#);
        assert!(is_kept(&warning("unused_must_use")));
        assert!(!is_kept(&warning("non_snake_case")) && !is_kept("linker output"));
    }
}
