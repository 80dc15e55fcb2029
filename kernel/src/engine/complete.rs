//! What can follow at the cursor.

use super::Context;

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
        let Ok(found) = self.evcxr.completions(code, cursor) else { return Completions::none(cursor) };
        let mut candidates: Vec<Candidate> = found
            .completions
            .into_iter()
            .filter(|candidate| !candidate.code.starts_with("evcxr_"))
            .map(|candidate| Candidate { text: name(&candidate.code), kind: candidate.kind, label: candidate.label })
            .collect();
        let mut seen = std::collections::HashSet::new();
        candidates.retain(|candidate| seen.insert(candidate.text.clone()));
        Completions { start: found.start_offset, end: found.end_offset, candidates }
    }
}

/// rust-analyzer fills in arguments, for editors that can jump between them. A notebook cannot, and
/// Python's completion has taught everyone to expect the name alone.
fn name(code: &str) -> String {
    code.split('(').next().unwrap_or(code).to_owned()
}
