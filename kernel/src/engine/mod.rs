//! The engine: evcxr's evaluation context on a thread of its own.
//!
//! It parses a cell, infers the types of its variables, writes the crate and has it compiled; it
//! completes and inspects. It never runs anything: see [`relay`].

mod complete;
mod definitions;
mod diagnostic;
mod docs;
mod evaluate;
mod frames;
mod hints;
mod inspect;
mod is_complete;
mod outcome;
mod places;
mod redefine;
pub mod relay;
mod render;
mod warnings;

pub use complete::Completions;
pub use evaluate::Compiled;
pub use inspect::Inspection;
pub use is_complete::{Completeness, completeness};
pub use outcome::{CellError, where_it_failed};
pub use places::{LineMap, Places, Source, Written, written};

use crate::compile::Session;
use crate::prefix::Prefix;
use anyhow::{Result, anyhow};
use evcxr::{CommandContext, EvalContext, EvalContextOutputs};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use tokio::sync::oneshot;

/// What the engine can be asked for.
enum Request {
    Compile { code: String, count: usize, how: How, answer: Option<oneshot::Sender<Result<Compiled, CellError>>> },
    Settle { failed: bool, stored: Vec<String>, answer: Option<oneshot::Sender<()>> },
    Complete { code: String, cursor: usize, answer: oneshot::Sender<Completions> },
    Inspect { code: String, cursor: usize, answer: oneshot::Sender<Option<Inspection>> },
}

/// What is to become of a cell that evcxr has written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Compiled,
    /// Nothing: its object was in the cache.
    OnlyRead,
}

/// A handle on the engine's thread. Requests wait until the engine is warm.
#[derive(Clone)]
pub struct Engine {
    requests: mpsc::Sender<Request>,
    /// Where the lines of what was compiled were written.
    pub places: Places,
}

impl Engine {
    /// Starts the engine in the background. `workspace` is where evcxr writes its crate.
    pub fn start(prefix: &Prefix, workspace: &Path) -> Result<(Self, std::thread::JoinHandle<()>)> {
        let (requests, inbox) = mpsc::channel();
        let (prefix, workspace) = (prefix.clone(), workspace.to_owned());
        // rust-analyzer recurses deeply on long expressions.
        let builder = std::thread::Builder::new().name("engine".into()).stack_size(64 << 20);
        let places = Places::default();
        let of_thread = places.clone();
        let thread = builder.spawn(move || serve(&prefix, &workspace, of_thread, &inbox))?;
        Ok((Self { requests, places }, thread))
    }

    /// Compiles cell `count`; what is to be run then is in the answer.
    pub async fn compile(&self, code: &str, count: usize) -> Result<Compiled, CellError> {
        self.read_cell(code, count, How::Compiled).await
    }

    /// Reads cell `count`, whose object was in the cache. In the answer is what it does to earlier variables.
    pub async fn replay(&self, code: &str, count: usize) -> Result<Compiled, CellError> {
        self.read_cell(code, count, How::OnlyRead).await
    }

    async fn read_cell(&self, code: &str, count: usize, how: How) -> Result<Compiled, CellError> {
        let code = code.to_owned();
        self.ask(|answer| Request::Compile { code, count, how, answer: Some(answer) })
            .await
            .unwrap_or_else(|| Err(CellError::engine_gone()))
    }

    /// [`Engine::replay`] for a cell that does nothing to earlier variables. Does not wait.
    pub fn replay_later(&self, code: &str, count: usize) {
        // An engine that has ended says so at the next compile.
        let _ = self.requests.send(Request::Compile { code: code.to_owned(), count, how: How::OnlyRead, answer: None });
    }

    /// Brings evcxr's idea of the variables in line with the worker's store after a cell ran.
    pub async fn settle(&self, failed: bool, stored: Vec<String>) {
        self.ask(|answer| Request::Settle { failed, stored, answer: Some(answer) }).await;
    }

    /// [`Engine::settle`] without waiting.
    pub fn settle_later(&self, failed: bool, stored: Vec<String>) {
        let _ = self.requests.send(Request::Settle { failed, stored, answer: None });
    }

    /// Completions at `cursor` (in bytes).
    pub async fn complete(&self, code: &str, cursor: usize) -> Completions {
        let code = code.to_owned();
        self.ask(|answer| Request::Complete { code, cursor, answer }).await.unwrap_or_else(|| Completions::none(cursor))
    }

    /// Documentation of what stands at `cursor` (in bytes).
    pub async fn inspect(&self, code: &str, cursor: usize) -> Option<Inspection> {
        let code = code.to_owned();
        self.ask(|answer| Request::Inspect { code, cursor, answer }).await.flatten()
    }

    /// `None` if the engine has ended.
    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(request(answer)).ok()?;
        answered.await.ok()
    }
}

/// What the engine does ahead of time, each after it had nothing to do for a while: the first inference and the
/// first completion load what all later ones use.
const WARM_UP: [WarmUp; 2] = [
    // It changes nothing, so it may come after cells as well: a first cell without a `let` infers nothing.
    (SOON, |context| drop(context.inspect("vec![String::new()].len", 23))),
    (LATER, |context| drop(context.complete("String::new().", 14))),
];
/// How long nothing was asked for, and what is done then.
type WarmUp = (Duration, fn(&mut Context));
const SOON: Duration = Duration::from_millis(50);
const LATER: Duration = Duration::from_secs(2);
const FOREVER: Duration = Duration::from_secs(u32::MAX as u64);

/// What lives on the engine's thread.
struct Context {
    evcxr: CommandContext,
    workspace: PathBuf,
    /// The variables and their types before the cell that was compiled last.
    before: Vec<(String, String)>,
    /// Variables that there were once, or nearly, and what became of each.
    gone: HashMap<String, evaluate::Gone>,
    /// Variables that a cell gave another type: the old one, the new one, and the cell.
    retyped: HashMap<String, (String, String, usize)>,
    /// Variables that the cell which compiled last has taken the ground from under.
    redefined: HashSet<String>,
    /// The items that cells have written, and what the types among them mean.
    items: Vec<places::Written>,
    definitions: definitions::Definitions,
    /// The crates on this disk that a `:dep` has brought, with what tells their builds apart.
    local_crates: BTreeMap<String, String>,
    places: Places,
    // evcxr writes into these channels; nothing is read from them, since it runs nothing.
    _outputs: EvalContextOutputs,
}

impl Context {
    fn start(prefix: &Prefix, workspace: &Path, places: Places) -> Result<Self> {
        let skip = Session::skip_marker(workspace);
        std::fs::create_dir_all(workspace)?;
        // Nothing at start needs an object, so nothing is compiled.
        std::fs::write(&skip, "")?;
        let mut relay = std::process::Command::new(prefix.binary());
        relay.arg("relay");
        let (evcxr, outputs) = EvalContext::with_subprocess_command(relay).map_err(|error| anyhow!("{error}"))?;
        let mut context = Self {
            evcxr: CommandContext::with_eval_context(evcxr),
            workspace: workspace.to_owned(),
            before: Vec::new(),
            gone: HashMap::new(),
            retyped: HashMap::new(),
            redefined: HashSet::new(),
            items: Vec::new(),
            definitions: definitions::Definitions::default(),
            local_crates: BTreeMap::new(),
            places,
            _outputs: outputs,
        };
        let prelude = prefix.prelude_source();
        let run = |context: &mut Self, code: &str| {
            let done = context.evcxr.execute(code).map_err(|error| anyhow!("{error}"));
            relay::discard_run(workspace);
            done
        };
        run(&mut context, &format!(":dep isopleth = {{ path = {:?} }}", prelude.display().to_string()))?;
        run(&mut context, "use isopleth::prelude::*;")?;
        std::fs::write(&skip, crate::compile::QUESTION_MARK)?;
        run(&mut context, "Ok::<(), String>(())?;")?;
        std::fs::remove_file(&skip)?;
        Ok(context)
    }
}

fn serve(prefix: &Prefix, workspace: &Path, places: Places, inbox: &mpsc::Receiver<Request>) {
    let mut context = match Context::start(prefix, workspace, places) {
        Ok(context) => context,
        Err(error) => {
            let error = CellError::engine_failed(&error);
            for request in inbox {
                if let Request::Compile { answer: Some(answer), .. } = request {
                    let _ = answer.send(Err(error.clone()));
                }
            }
            return;
        }
    };
    let mut warm_up = WARM_UP.iter();
    let mut next = warm_up.next();
    loop {
        let request = match inbox.recv_timeout(next.map_or(FOREVER, |(idle, _)| *idle)) {
            Ok(request) => request,
            Err(RecvTimeoutError::Timeout) => {
                if let Some((_, work)) = next {
                    let _ = guarded(|| work(&mut context));
                }
                next = warm_up.next();
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        // A reader that has gone away is no reason to stop.
        match request {
            Request::Compile { code, count, how, answer } => {
                let compiled = guarded(|| context.compile(&code, count, how)).unwrap_or_else(Err);
                match (answer, compiled) {
                    (Some(answer), compiled) => drop(answer.send(compiled)),
                    (None, Err(error)) => {
                        eprintln!("isopleth kernel: a cached cell is not understood: {}", error.evalue)
                    }
                    (None, Ok(_)) => {}
                }
            }
            Request::Settle { failed, stored, answer } => {
                let _ = guarded(|| context.settle(failed, &stored));
                if let Some(answer) = answer {
                    let _ = answer.send(());
                }
            }
            Request::Complete { code, cursor, answer } => {
                let found = guarded(|| context.complete(&code, cursor));
                drop(answer.send(found.unwrap_or_else(|_| Completions::none(cursor))));
            }
            Request::Inspect { code, cursor, answer } => {
                drop(answer.send(guarded(|| context.inspect(&code, cursor)).ok().flatten()));
            }
        }
    }
}

/// rust-analyzer may panic on code that it does not understand; the kernel outlives that.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, CellError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|_| CellError::analysis_panicked())
}
