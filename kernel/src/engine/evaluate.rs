//! From a cell's source to an object that the worker can run, and back to a settled state.

use super::places::{LineMap, Source, Written, written};
use super::redefine::{self, Outdated};
use super::relay::{self, Run};
use super::{CellError, Context, How, render, warnings};
use crate::compile::{Session, label, local_crates, take_warnings};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// A cell that compiled.
#[derive(Debug)]
pub struct Compiled {
    /// What the worker is to run; nothing for a cell of commands only.
    pub run: Option<Run>,
    /// What evcxr's own commands (`:vars`, `:help`, `!ls`) had to show, by mime type.
    pub shown: BTreeMap<String, String>,
    /// Variables that the worker must drop before anything else runs: their type is no longer what it was.
    pub forget: Vec<String>,
    /// What was dropped, to be shown above the output.
    pub notices: Vec<String>,
    /// What rustc warned of, to be shown there too.
    pub warnings: Vec<String>,
    /// The variables that there are if the cell runs to its end, and their types.
    pub variables: BTreeMap<String, String>,
    /// The crate that evcxr wrote.
    pub source: String,
}

/// What became of a variable that a cell asks for in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    /// An earlier cell moved it into something else.
    Moved,
    /// A cell that failed had moved it, or its process ended.
    Failed,
    /// The cell that defines it failed before its end.
    NeverKept,
    /// Its type was defined anew.
    Redefined,
}

impl Gone {
    fn in_words(self, name: &str) -> String {
        match self {
            Self::Moved => format!(
                "`{name}` was moved away by an earlier cell. Run the cell that defines it again; to keep it, lend it \
                 (&{name}) or copy it ({name}.clone()) where it is used."
            ),
            Self::Failed => format!("`{name}` went with a cell that failed. Run the cell that defines it again."),
            Self::Redefined => {
                format!("`{name}` was dropped when its type was defined anew. Run the cell that makes it again.")
            }
            Self::NeverKept => format!(
                "The cell that defines `{name}` failed before its end, and keeps nothing then. Mend it and run it again, \
                 or give the line that defines `{name}` a cell of its own."
            ),
        }
    }
}

impl Context {
    pub(super) fn compile(&mut self, code: &str, count: usize, how: How) -> Result<Compiled, CellError> {
        if crate::cell::is_too_deep(code) {
            let advice = "Give parts of it names, by `let` or in functions of their own.";
            return Err(CellError::new("CompileError", "the cell is nested too deeply", vec![advice.into()]));
        }
        if let Some(range) = crate::cell::lost_statement(code) {
            return Err(render::syntax_error(code, "expected a name (a pattern) after `let`", range));
        }
        self.before = self.variables();
        self.refuse_mixed(code)?;
        relay::discard_run(&self.workspace);
        take_warnings(&self.workspace);
        let source = Arc::new(Source { count, code: code.to_owned() });
        let own = written(&source);
        let skip = Session::skip_marker(&self.workspace);
        if how == How::OnlyRead {
            let _ = std::fs::write(&skip, "");
        }
        let outcome = self.evcxr.execute(&crate::cell::keep_documentation(code));
        let _ = std::fs::remove_file(&skip);
        let generated = self.evcxr.last_source().unwrap_or_default();
        let map = Arc::new(LineMap::new(&generated, &own, &self.items));
        match outcome {
            Ok(outputs) => {
                let run = relay::take_run(&self.workspace);
                self.remember_new_types(count);
                let outdated = if run.is_some() { self.take_over(&generated, &map, own) } else { Vec::new() };
                if how == How::OnlyRead {
                    run.iter().for_each(|run| drop(std::fs::remove_file(&run.path)));
                }
                Ok(Compiled {
                    run,
                    shown: outputs.content_by_mime_type.into_iter().collect(),
                    notices: redefine::notice(&outdated, code).into_iter().collect(),
                    warnings: warnings::told(&take_warnings(&self.workspace), &map, count),
                    forget: outdated.into_iter().map(|outdated| outdated.variable).collect(),
                    variables: self.variables().into_iter().collect(),
                    source: generated,
                })
            }
            Err(error) => {
                let canvas = super::diagnostic::Canvas { cell: &source, map: &map, generated: &generated };
                let error = render::compile_error(&canvas, &label(&generated), &error);
                Err(self.with_new_types(code, self.with_what_is_gone(error)))
            }
        }
    }

    /// Takes note of what a cell that compiled has written.
    fn take_over(&mut self, generated: &str, map: &Arc<LineMap>, own: Vec<Written>) -> Vec<Outdated> {
        self.places.add(label(generated), Arc::clone(map));
        let items: Vec<Written> = own.into_iter().filter(Written::is_item).collect();
        let crates = local_crates(&self.workspace);
        if items.is_empty() && crates == self.local_crates {
            return Vec::new();
        }
        self.local_crates = crates;
        // Run again and again, a cell is remembered once.
        self.items.retain(|item| !items.iter().any(|new| new.same_words(item)));
        self.items.extend(items);
        let outdated = self.take_over_definitions(generated);
        for outdated in &outdated {
            self.gone.insert(outdated.variable.clone(), Gone::Redefined);
            self.redefined.insert(outdated.variable.clone());
        }
        outdated
    }

    /// evcxr believes that every cell which compiled also ran to its end. `stored` is the truth.
    pub(super) fn settle(&mut self, failed: bool, stored: &[String]) {
        self.remember_what_went(failed, stored);
        let believed = self.variables();
        let lost: Vec<String> =
            believed.iter().map(|(name, _)| name).filter(|name| !stored.contains(name)).cloned().collect();
        // A failed cell may have told evcxr of new types for variables that still hold the old values.
        let restored: Vec<&(String, String)> = self
            .before
            .iter()
            .filter(|(name, _)| failed && stored.contains(name))
            .filter(|variable| !believed.contains(variable))
            .collect();
        if lost.is_empty() && restored.is_empty() {
            return;
        }
        let mut code: String =
            restored.iter().map(|(name, kind)| format!("let mut {name}: {kind} = panic!();\n")).collect();
        code.push_str("();");
        let skip = Session::skip_marker(&self.workspace);
        let noted = std::fs::write(&skip, "")
            .and_then(|()| if lost.is_empty() { Ok(()) } else { relay::tell_lost(&self.workspace, &lost) });
        if noted.is_ok() {
            let _ = self.evcxr.execute(&code);
        }
        let _ = std::fs::remove_file(&skip);
        relay::discard_run(&self.workspace);
    }

    fn remember_what_went(&mut self, failed: bool, stored: &[String]) {
        let redefined: HashSet<String> = std::mem::take(&mut self.redefined);
        for (name, _) in self.before.iter().filter(|(name, _)| !redefined.contains(name)) {
            self.gone.insert(name.clone(), if failed { Gone::Failed } else { Gone::Moved });
        }
        for (name, _) in self.variables() {
            if !self.before.iter().any(|(before, _)| *before == name) {
                self.gone.insert(name, if failed { Gone::NeverKept } else { Gone::Moved });
            }
        }
        self.gone.retain(|name, _| !stored.contains(name));
    }

    fn remember_new_types(&mut self, count: usize) {
        for (name, kind) in self.variables() {
            if let Some((_, before)) = self.before.iter().find(|(before, old)| *before == name && *old != kind) {
                self.retyped.insert(name, (before.clone(), kind, count));
            }
        }
    }

    /// Adds which of the variables in a cell with an error of types are no longer of the type they once had.
    fn with_new_types(&self, code: &str, mut error: CellError) -> CellError {
        const OF_TYPES: [&str; 4] = ["E0308", "E0277", "E0369", "E0599"];
        if OF_TYPES.iter().any(|code| error.evalue.starts_with(&format!("error[{code}]"))) {
            let mut words: Vec<&str> = code.split(|sign: char| !(sign.is_alphanumeric() || sign == '_')).collect();
            words.sort_unstable();
            words.dedup();
            for name in words {
                if let Some((old, new, count)) = self.retyped.get(name) {
                    error.traceback.push(format!(
                        "`{name}` has changed its type: it was {old}, and cell [{count}] made it {new}."
                    ));
                }
            }
        }
        error
    }

    /// Adds what became of a variable that the cell asks for.
    fn with_what_is_gone(&self, mut error: CellError) -> CellError {
        let asked = error.evalue.split_once("cannot find value `").and_then(|(_, rest)| rest.split('`').next());
        if let Some((name, gone)) = asked.and_then(|name| self.gone.get_key_value(name)) {
            error.traceback.push(gone.in_words(name));
        }
        error
    }

    fn variables(&self) -> Vec<(String, String)> {
        self.evcxr.variables_and_types().map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect()
    }
}
