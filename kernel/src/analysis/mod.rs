//! What is known of a cell before it runs: the types of its variables, what could follow, what a name means.
//!
//! One trait, asked with whole texts: nothing that is asked changes what is answered later, but for the crates that
//! [`Analysis::load`] brings. rust-analyzer answers, in the version that evcxr brings; evcxr itself reads `:dep` lines
//! ([`dependencies`]), and its contract for cells (`evcxr_display`, types, commands) is kept. Its own use of
//! rust-analyzer cannot be tuned: measured beside it, this one needs no generated crate and no round for each cell
//! (docs/architecture.md has the figures).
//!
//! rust-analyzer takes most of a kernel's memory, and code may be too much for it. So it has a process of its own
//! ([`role`]), which [`serve`]s what the [`client`] asks; the [`supervisor`] starts that [`process`], and starts it again
//! when it has died.

mod client;
mod complete;
pub mod dependencies;
mod docs;
mod host;
mod inspect;
pub mod metadata;
mod process;
mod project;
pub mod relay;
pub mod role;
mod serve;
mod supervisor;
#[cfg(test)]
mod tests;
mod types;

pub use client::Analyst;
pub use isopleth_bus::analysis::{Binding, Candidate, CandidateKind, Completions, Inspection, TypeOf};

use anyhow::Result;
use serde_json::Value;

/// What can be asked about a text. Offsets are bytes.
pub trait Analysis {
    /// The types of the names that `bindings` place in `text`.
    fn types(&mut self, text: &str, bindings: &[Binding]) -> Vec<(String, TypeOf)>;
    /// What could follow at `cursor`.
    fn complete(&mut self, text: &str, cursor: usize) -> Completions;
    /// What the name at `cursor` is.
    fn inspect(&mut self, text: &str, cursor: usize) -> Option<Inspection>;
    /// Reads the sources that cells see; `dependencies` is `cargo metadata` of the crates that `:dep` has brought. What was
    /// loaded before stays where this fails.
    ///
    /// # Errors
    /// If the sources cannot be read.
    fn load(&mut self, dependencies: Option<&Value>) -> Result<()>;
}
