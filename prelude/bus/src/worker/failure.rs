//! How a cell fails.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a cell did not run to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "failure", rename_all = "snake_case", deny_unknown_fields)]
pub enum Failure {
    /// It panicked, or a thread did that it waits for.
    Panic(PanicReport),
    /// `?` met an error.
    Error(ErrorReport),
    /// Stop.
    Interrupted,
    /// Its object could not be loaded: nothing has run.
    Load {
        /// What the loader has against it.
        reason: String,
    },
}

/// A panic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanicReport {
    /// What it says.
    pub message: String,
    /// Unknown where a panic hook of the user's own has taken the place of ours.
    pub location: Option<Location>,
    /// The calls that led there, innermost first; only those that lie in cells' objects.
    pub frames: Vec<StackFrame>,
}

/// An error that `?` has met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorReport {
    /// The name of its type, without its path.
    pub name: String,
    /// Its text, then those of its causes.
    pub texts: Vec<String>,
    /// Where the `?` stands.
    pub location: Location,
}

/// A panic of a thread that no cell may ever wait for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadPanic {
    /// The thread's name, if it has one.
    pub thread: Option<String>,
    /// What happened.
    pub panic: PanicReport,
}

impl fmt::Display for ThreadPanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.thread {
            Some(name) => write!(f, "thread `{name}`")?,
            None => f.write_str("a thread of the cell")?,
        }
        write!(f, " panicked: {}", self.panic.message)
    }
}

/// A line of a source file, as the compiler was told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// `cell-LABEL/lib.rs` for a cell.
    pub file: String,
    /// From 1.
    pub line: u32,
}

/// One call on a stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StackFrame {
    /// The path of the shared object.
    pub object: String,
    /// The address of the call in it.
    pub address: u64,
}
