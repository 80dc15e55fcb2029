//! What a worker says to the kernel.

use super::{Description, Failure, Object, ThreadPanic};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One thing that a worker says. What cells print is not among them: stdout and stderr are pipes of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "snake_case", deny_unknown_fields)]
pub enum Message {
    /// The prelude is loaded; the first message of each worker.
    Ready {
        /// The version of the GDAL that was found.
        gdal: String,
    },
    /// The cell's object is loaded, and its code begins.
    Loaded,
    /// Something to show below the cell.
    Display(Display),
    /// Something to show in place of the display that has its id.
    Update(Display),
    /// The value of the cell.
    Result(Display),
    /// The output of the cell so far is to go.
    Clear {
        /// Only when there is something new to show.
        wait: bool,
    },
    /// The person at the notebook is to be asked.
    Input(Question),
    /// A cell opens a comm.
    CommOpen {
        /// The new comm.
        id: String,
        /// What the frontend has registered a handler for.
        target: String,
        /// What the handler is told.
        data: Object,
    },
    /// What a cell says on a comm.
    CommMessage {
        /// The comm.
        id: String,
        /// What it says.
        data: Object,
    },
    /// A cell has closed a comm.
    CommClose {
        /// The comm.
        id: String,
    },
    /// A thread has panicked that no cell may ever wait for.
    ThreadPanic(ThreadPanic),
    /// The process is about to end, and knows why.
    Dying {
        /// Why.
        cause: CauseOfDeath,
    },
    /// The cell that was run has ended.
    Done(Box<Done>),
}

impl Message {
    /// Whether the worker waits until the kernel has [acknowledged](super::Command::Acknowledge) the message: what has its
    /// place among the text that is printed, which goes another way.
    pub fn is_acknowledged(&self) -> bool {
        match self {
            Self::Display(_) | Self::Result(_) | Self::Clear { .. } => true,
            Self::Ready { .. }
            | Self::Loaded
            | Self::Update(_)
            | Self::Input(_)
            | Self::CommOpen { .. }
            | Self::CommMessage { .. }
            | Self::CommClose { .. }
            | Self::ThreadPanic(_)
            | Self::Dying { .. }
            | Self::Done(_) => false,
        }
    }
}

/// A mime bundle.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Display {
    /// The forms in which it can be shown, by mime type.
    pub data: Object,
    /// What is to be known of some of them, by mime type.
    pub metadata: Object,
    /// Under which it can be updated.
    pub id: Option<String>,
}

/// What a cell asks the person at the notebook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The answer names it.
    pub number: u64,
    /// What stands before the line to fill in.
    pub prompt: String,
    /// Whether what is entered is not to be seen.
    pub password: bool,
}

/// Why a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseOfDeath {
    /// The stack of the thread that runs cells is used up.
    StackOverflow,
}

/// How a cell has ended, and what there is now.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// `None` if it has run to its end.
    pub failure: Option<Failure>,
    /// All variables that are stored.
    pub variables: BTreeSet<String>,
    /// Variables that were of another type than the cell was compiled for. They were dropped, and nothing was run.
    pub changed: Vec<String>,
    /// The variables that were stored since the last cell.
    pub described: BTreeMap<String, Description>,
}
