//! What a check that does not pass returns.

use crate::{Error, ErrorKind};
use std::fmt;

/// A check did not pass; its text is one sentence on what is wrong.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckFailed(String);

impl CheckFailed {
    /// What is wrong with what: `Exercise 3: ….`
    pub(super) fn new(of: &str, says: &str) -> Self {
        let end = if says.ends_with(['.', '!', '?']) { "" } else { "." };
        Self(format!("{of}: {says}{end}"))
    }

    /// For what is still a `todo!()`.
    pub(super) fn not_done(of: &str) -> Self {
        Self(format!("{of} is not done yet: put your code where todo!() stands, run that cell, then this one."))
    }
}

impl fmt::Display for CheckFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same text as `Display`, as for [`Error`].
impl fmt::Debug for CheckFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CheckFailed {}

impl From<CheckFailed> for Error {
    fn from(failed: CheckFailed) -> Self {
        Self::new(ErrorKind::Mismatch, failed.0)
    }
}
