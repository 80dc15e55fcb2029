//! What the kernel asks of the process that analyses code, and what that process answers.
//!
//! The first request is always [`Request::Load`]: nothing is known before it. Requests are answered in their order, and each
//! answer carries the number of its request. Offsets are bytes of the text that was sent.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// From the kernel: a request, and the number that its answer is to carry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// No two requests to one process have the same.
    pub number: u64,
    /// What is asked.
    pub request: Request,
}

/// To the kernel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// That of the [`Call`].
    pub number: u64,
    /// What was found.
    pub answer: Answer,
}

/// What can be asked about a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// The types of some names. Answered by [`Answer::Types`].
    Types {
        /// The whole crate.
        text: String,
        /// The names.
        bindings: Vec<Binding>,
    },
    /// What could follow at `cursor`. Answered by [`Answer::Completions`].
    Complete {
        /// The whole crate.
        text: String,
        /// Where the user writes.
        cursor: usize,
    },
    /// What the name at `cursor` is. Answered by [`Answer::Inspection`].
    Inspect {
        /// The whole crate.
        text: String,
        /// Where the user asks.
        cursor: usize,
    },
    /// Reads the sources that cells see. Answered by [`Answer::Loaded`].
    Load {
        /// `cargo metadata` of the crates that `:dep` has brought.
        dependencies: Option<Value>,
    },
}

/// One kind for each kind of [`Request`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// The types that could be told.
    Types(Vec<(String, TypeOf)>),
    /// Candidates, the likeliest first.
    Completions(Completions),
    /// Nothing where there is no name.
    Inspection(Option<Inspection>),
    /// Or why the sources cannot be read.
    Loaded(Result<(), String>),
}

/// A name of which the type is asked for, and where in the text it is bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The variable.
    pub name: String,
    /// Where its pattern stands.
    pub at: usize,
}

/// The type of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TypeOf {
    /// As generated code can write it anywhere in a cell's crate.
    Named(String),
    /// A closure, or something that holds one.
    Closure,
    /// It has no name, or none is known.
    Unknown,
}

/// Candidates that replace the bytes `start..end` of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completions {
    /// Where what is replaced begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The likeliest first.
    pub candidates: Vec<Candidate>,
}

impl Completions {
    /// No candidates.
    #[must_use]
    pub fn none(cursor: usize) -> Self {
        Self { start: cursor, end: cursor, candidates: Vec::new() }
    }
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// What is inserted.
    pub text: String,
    /// What it is.
    pub kind: CandidateKind,
    /// With its signature, where it has one.
    pub label: String,
}

/// What a candidate is, in the kinds for which frontends have icons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CandidateKind {
    /// A function, a method, a macro, an attribute.
    Function,
    /// A type, or a trait.
    Class,
    /// A module, or a crate.
    Module,
    /// A value.
    Instance,
    /// A word of the language.
    Keyword,
    /// A command of the notebook.
    Command,
}

impl CandidateKind {
    /// Jupyter's word for it.
    #[must_use]
    pub fn jupyter_word(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Class => "class",
            Self::Module => "module",
            Self::Instance => "instance",
            Self::Keyword => "keyword",
            Self::Command => "magic",
        }
    }
}

/// A description as plain text and as HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// For consoles.
    pub text: String,
    /// For notebooks.
    pub html: String,
}
