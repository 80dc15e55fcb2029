//! What the kernel tells a worker.

use super::Object;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One order of the kernel. Orders about cells are carried out in their order; the others at once, also while a cell runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Load an object and run the cell in it. [`Message::Done`](super::Message::Done) says how that ended.
    Run(Run),
    /// Drop these variables, before any cell that is run later.
    Forget {
        /// Names that are not stored are passed over.
        names: Vec<String>,
    },
    /// Stop the cell that was handed over last, if it is not over.
    Interrupt,
    /// What came of a [`Question`](super::Question).
    Input {
        /// The question's number.
        question: u64,
        /// What was answered.
        answer: Answer,
    },
    /// What a frontend says on a comm.
    CommMessage {
        /// The comm.
        id: String,
        /// What it says.
        data: Object,
    },
    /// A frontend has closed a comm.
    CommClose {
        /// The comm.
        id: String,
    },
    /// The oldest message that [wants to be acknowledged](super::Message::is_acknowledged) and everything printed before it have
    /// been read.
    Acknowledge,
}

/// Where the cell is that is to be run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The shared object.
    pub path: PathBuf,
    /// The function in it.
    pub symbol: String,
    /// Whether objects that are loaded later find its symbols.
    pub global: bool,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The line that was entered, without its end.
    Line(String),
    /// Nobody can be asked; why, in words for the cell.
    Refused(String),
}
