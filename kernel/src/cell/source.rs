//! A cell as it was typed: what errors, panics and hints point into.

/// The text of a cell, and the number that the notebook shows beside it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    pub count: usize,
    pub code: String,
    /// Which cell of the notebook it is, if the frontend says so: it stays the same when the cell is edited.
    pub id: Option<String>,
}

impl Source {
    /// The line that byte `at` lies on.
    pub fn line_at(&self, at: usize) -> &str {
        let start = self.code[..at.min(self.code.len())].rfind('\n').map_or(0, |newline| newline + 1);
        self.code[start..].lines().next().unwrap_or_default()
    }

    /// The number of that line, from 1.
    pub fn line_number(&self, at: usize) -> usize {
        self.code[..at.min(self.code.len())].matches('\n').count() + 1
    }
}
