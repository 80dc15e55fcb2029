//! What is known of a cell before it runs: the types of its variables, what could follow, what a name means.
//!
//! One trait, asked with whole texts: nothing that is asked changes what is answered later, but for the crates that
//! [`Analysis::load`] brings. rust-analyzer answers, in the version that evcxr brings; evcxr itself reads `:dep` lines
//! ([`dependencies`]), and its contract for cells (`evcxr_display`, types, commands) is kept. Its own use of
//! rust-analyzer cannot be tuned: measured beside it, this one needs no process, no generated crate and no round for each
//! cell (docs/architecture.md has the figures).

mod complete;
pub mod dependencies;
mod docs;
mod host;
mod inspect;
pub mod metadata;
mod project;
pub mod relay;
mod types;

pub use complete::{Candidate, Completions};
pub use inspect::Inspection;

use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use anyhow::Result;
use host::Host;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use tokio::sync::oneshot;

/// A name of which the type is asked for, and where in the text it is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub name: String,
    pub at: usize,
}

/// The type of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeOf {
    /// As generated code can write it anywhere in a cell's crate.
    Named(String),
    /// A closure, or something that holds one.
    Closure,
    Unknown,
}

/// What can be asked about a text. Offsets are bytes.
pub trait Analysis {
    /// The types of the names that `bindings` place in `text`.
    fn types(&mut self, text: &str, bindings: &[Binding]) -> Vec<(String, TypeOf)>;
    /// What could follow at `cursor`.
    fn complete(&mut self, text: &str, cursor: usize) -> Completions;
    /// What the name at `cursor` is.
    fn inspect(&mut self, text: &str, cursor: usize) -> Option<Inspection>;
    /// Makes the crates that `:dep` has brought known; `dependencies` is their `cargo metadata`.
    ///
    /// # Errors
    /// If their sources cannot be read.
    fn load(&mut self, dependencies: Option<&Value>) -> Result<()>;
}

/// rust-analyzer for one installation.
struct RustAnalyzer {
    prefix: Prefix,
    toolchain: Toolchain,
    workspace: PathBuf,
    host: Host,
}

impl Analysis for RustAnalyzer {
    fn types(&mut self, text: &str, bindings: &[Binding]) -> Vec<(String, TypeOf)> {
        self.host.types(text, bindings)
    }

    fn complete(&mut self, text: &str, cursor: usize) -> Completions {
        self.host.complete(text, cursor)
    }

    fn inspect(&mut self, text: &str, cursor: usize) -> Option<Inspection> {
        self.host.inspect(text, cursor)
    }

    fn load(&mut self, dependencies: Option<&Value>) -> Result<()> {
        self.host = Host::load(&self.prefix, &self.toolchain, &self.workspace, dependencies)?;
        Ok(())
    }
}

enum Request {
    Types { text: String, bindings: Vec<Binding>, answer: oneshot::Sender<Vec<(String, TypeOf)>> },
    Complete { text: String, cursor: usize, answer: oneshot::Sender<Completions> },
    Inspect { text: String, cursor: usize, answer: oneshot::Sender<Option<Inspection>> },
    Load { dependencies: Option<Arc<Value>>, answer: oneshot::Sender<Result<()>> },
}

/// A handle on the thread that analyses. Requests wait until it has loaded.
#[derive(Clone)]
pub struct Analyst {
    requests: mpsc::Sender<Request>,
}

/// What is done ahead of time, each after nothing was asked for a while: the first inference and the first completion
/// load what all later ones use.
const WARM_UP: [(Duration, WarmUp); 2] = [
    (Duration::from_millis(1), |analysis| {
        let text = "use ::isopleth::prelude::*; async fn f() { let warm = vec![String::new()].len(); warm; }";
        let _ = analysis.types(text, &[Binding { name: "warm".into(), at: text.find("warm").unwrap_or(0) }]);
    }),
    (Duration::from_secs(2), |analysis| {
        let text = "use ::isopleth::prelude::*; async fn f() { String::new().len ; }";
        let _ = analysis.complete(text, text.find(".len").map_or(0, |at| at + 4));
    }),
];
type WarmUp = fn(&mut dyn Analysis);
const FOREVER: Duration = Duration::from_secs(u32::MAX as u64);

impl Analyst {
    /// Starts to load in the background.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn start(
        prefix: &Prefix,
        toolchain: &Toolchain,
        workspace: &Path,
    ) -> Result<(Self, std::thread::JoinHandle<()>)> {
        let (requests, inbox) = mpsc::channel();
        let (prefix, toolchain, workspace) = (prefix.clone(), toolchain.clone(), workspace.join("analysed"));
        // rust-analyzer recurses deeply on long expressions.
        let builder = std::thread::Builder::new().name("analysis".into()).stack_size(64 << 20);
        let thread = builder
            .spawn(move || match Host::load(&prefix, &toolchain, &workspace, None) {
                Ok(host) => serve(&mut RustAnalyzer { prefix, toolchain, workspace, host }, &inbox),
                // Whoever asks learns from the end of the channel that there is no answer.
                Err(error) => eprintln!("isopleth kernel: types and completion are not available: {error:#}"),
            })
            .map_err(crate::threads::explained)?;
        Ok((Self { requests }, thread))
    }

    /// One that knows nothing.
    pub fn absent() -> Self {
        Self { requests: mpsc::channel().0 }
    }

    /// The types of the names that `bindings` place in `text`; nothing where they cannot be told.
    pub async fn types(&self, text: String, bindings: Vec<Binding>) -> Vec<(String, TypeOf)> {
        self.ask(|answer| Request::Types { text, bindings, answer }).await.unwrap_or_default()
    }

    /// What could follow at `cursor`.
    pub async fn complete(&self, text: String, cursor: usize) -> Option<Completions> {
        self.ask(|answer| Request::Complete { text, cursor, answer }).await
    }

    /// What the name at `cursor` is.
    pub async fn inspect(&self, text: String, cursor: usize) -> Option<Inspection> {
        self.ask(|answer| Request::Inspect { text, cursor, answer }).await.flatten()
    }

    /// Makes crates known.
    ///
    /// # Errors
    /// If their sources cannot be read.
    pub async fn load(&self, dependencies: Option<Arc<Value>>) -> Result<()> {
        self.ask(|answer| Request::Load { dependencies, answer }).await.unwrap_or(Ok(()))
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(request(answer)).ok()?;
        answered.await.ok()
    }
}

fn serve(analysis: &mut dyn Analysis, inbox: &mpsc::Receiver<Request>) {
    let mut warm_up = WARM_UP.iter();
    let mut next = warm_up.next();
    loop {
        match inbox.recv_timeout(next.map_or(FOREVER, |(idle, _)| *idle)) {
            Ok(request) => answer(analysis, request),
            Err(RecvTimeoutError::Timeout) => {
                if let Some((_, work)) = next {
                    let _ = guarded(|| work(analysis));
                }
                next = warm_up.next();
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// A reader that has gone away is no reason to stop.
fn answer(analysis: &mut dyn Analysis, request: Request) {
    match request {
        Request::Types { text, bindings, answer } => {
            let types = guarded(|| analysis.types(&text, &bindings));
            // One name that rust-analyzer does not survive must not take the others with it.
            let types = types.unwrap_or_else(|| {
                let one = |binding: &Binding| guarded(|| analysis.types(&text, std::slice::from_ref(binding)));
                bindings.iter().filter_map(one).flatten().collect()
            });
            drop(answer.send(types));
        }
        Request::Complete { text, cursor, answer } => {
            drop(
                answer.send(guarded(|| analysis.complete(&text, cursor)).unwrap_or_else(|| Completions::none(cursor))),
            );
        }
        Request::Inspect { text, cursor, answer } => {
            drop(answer.send(guarded(|| analysis.inspect(&text, cursor)).flatten()));
        }
        Request::Load { dependencies, answer } => {
            let loaded = guarded(|| analysis.load(dependencies.as_deref()));
            drop(answer.send(loaded.unwrap_or_else(|| Err(anyhow::anyhow!("rust-analyzer failed on the new crates")))));
        }
    }
}

/// rust-analyzer may panic on code that it does not understand; the kernel outlives that.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).ok()
}
