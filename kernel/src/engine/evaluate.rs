//! From a cell's source to an object that the worker can run, and back to a settled state.

use super::relay::{self, Run};
use super::{CellError, Context, render};
use crate::compile::Session;
use std::collections::BTreeMap;

/// A cell that compiled.
#[derive(Debug)]
pub struct Compiled {
    /// What the worker is to run; nothing for a cell of commands only.
    pub run: Option<Run>,
    /// What evcxr's own commands (`:vars`, `:help`, `!ls`) had to show, by mime type.
    pub shown: BTreeMap<String, String>,
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
}

impl Gone {
    fn in_words(self, name: &str) -> String {
        match self {
            Self::Moved => format!(
                "`{name}` was moved away by an earlier cell. Run the cell that defines it again; to keep it, lend it \
                 (&{name}) or copy it ({name}.clone()) where it is used."
            ),
            Self::Failed => format!("`{name}` went with a cell that failed. Run the cell that defines it again."),
            Self::NeverKept => format!(
                "The cell that defines `{name}` failed before its end, and keeps nothing then. Mend it and run it again, \
                 or give the line that defines `{name}` a cell of its own."
            ),
        }
    }
}

impl Context {
    pub(super) fn compile(&mut self, code: &str) -> Result<Compiled, CellError> {
        if crate::cell::is_too_deep(code) {
            let advice = "Give parts of it names, by `let` or in functions of their own.";
            return Err(CellError::new("CompileError", "the cell is nested too deeply", vec![advice.into()]));
        }
        if let Some(range) = crate::cell::lost_statement(code) {
            return Err(render::syntax_error(code, "expected a name (a pattern) after `let`", range));
        }
        self.before = self.variables();
        relay::take_run(&self.workspace);
        match self.evcxr.execute(&crate::cell::keep_documentation(code)) {
            Ok(outputs) => Ok(Compiled {
                run: relay::take_run(&self.workspace),
                shown: outputs.content_by_mime_type.into_iter().collect(),
            }),
            Err(error) => Err(self.with_what_is_gone(render::compile_error(code, &error))),
        }
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
        relay::take_run(&self.workspace);
    }

    fn remember_what_went(&mut self, failed: bool, stored: &[String]) {
        for (name, _) in &self.before {
            self.gone.insert(name.clone(), if failed { Gone::Failed } else { Gone::Moved });
        }
        for (name, _) in self.variables() {
            if !self.before.iter().any(|(before, _)| *before == name) {
                self.gone.insert(name, Gone::NeverKept);
            }
        }
        self.gone.retain(|name, _| !stored.contains(name));
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
