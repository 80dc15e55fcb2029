//! What can follow at the cursor.

use super::Context;
use std::collections::HashSet;

/// evcxr's word for fields, among others.
const FIELD: &str = "instance";

/// Candidates that replace the bytes `start..end` of the cell.
#[derive(Debug, Default)]
pub struct Completions {
    pub start: usize,
    pub end: usize,
    pub candidates: Vec<Candidate>,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub text: String,
    /// Jupyter's word for what it is: function, class, module, instance, keyword.
    pub kind: &'static str,
    /// With its signature, where it has one.
    pub label: String,
}

impl Completions {
    pub fn none(cursor: usize) -> Self {
        Self { start: cursor, end: cursor, candidates: Vec::new() }
    }
}

impl Context {
    pub(super) fn complete(&mut self, code: &str, cursor: usize) -> Completions {
        if crate::cell::is_too_deep_while_typing(code) {
            return Completions::none(cursor);
        }
        let code = crate::cell::without_help_mark(code);
        let code = code.as_ref();
        let Ok(found) = self.evcxr.completions(code, cursor) else { return Completions::none(cursor) };
        let typed = code.get(found.start_offset..found.end_offset).unwrap_or_default();
        let mut candidates: Vec<Candidate> = found
            .completions
            .into_iter()
            .filter(|candidate| !candidate.code.starts_with("evcxr_"))
            .map(|candidate| Candidate { text: name(&candidate.code), kind: candidate.kind, label: candidate.label })
            // `iter().le(…)` for `v.le`: what is offered is the name, and it must go on from what is typed.
            .filter(|candidate| candidate.text.starts_with(typed))
            .collect();
        // A method is what cells can use of a field and a method of the same name.
        let methods: HashSet<String> = candidates.iter().filter(|c| c.kind != FIELD).map(|c| c.text.clone()).collect();
        let mut seen = HashSet::new();
        candidates.retain(|c| !(c.kind == FIELD && methods.contains(&c.text)) && seen.insert(c.text.clone()));
        let receiver = code.get(..found.start_offset).unwrap_or_default();
        if receiver.ends_with('.') {
            candidates.retain(|c| c.kind != FIELD || !self.is_private_field(&format!("{receiver}{}", c.text)));
        }
        Completions { start: found.start_offset, end: found.end_offset, candidates }
    }
}

/// rust-analyzer fills in arguments, for editors that can jump between them. A notebook cannot, and
/// Python's completion has taught everyone to expect the name alone.
fn name(code: &str) -> String {
    code.split('(').next().unwrap_or(code).to_owned()
}
