//! The compiler as a service: it owns the process that compiles, its Stop and its result.
//!
//! A cell is [printed](print) from the session's model and compiled by one direct call of `rustc` against the prelude's
//! shared object ([`cell`]); going through cargo would cost a cell several hundred milliseconds. The crates of `:dep` are
//! built by the real cargo ([`dependencies`]).

mod cargo;
mod cell;
mod dependencies;
mod diagnostics;
mod guards;
mod link;
mod mend;
mod print;
mod queue;
mod source_map;
mod translations;

pub use cell::{Built, Failure};
pub use dependencies::Crates;
pub use diagnostics::{LABEL, Message, label_of};
pub use print::{Printed, Variant, to_analyse, to_compile, to_look_at};
pub use queue::Priority;
pub use source_map::{Place, SourceMap, What};

use crate::keeper::Keeper;
use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use crate::workspace;
use anyhow::{Context, Result};
use dependencies::Dependencies;
use queue::Queue;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use toml::Table;

/// Set for the kernel's own processes, and not to be seen by the tools.
const OURS: [&str; 5] = ["RUSTC_WRAPPER", "RUSTC", "RUSTFLAGS", "MIMALLOC_PURGE_DELAY", "MIMALLOC_ARENA_EAGER_COMMIT"];

/// Compiles for one kernel.
pub struct Compiler {
    prefix: Prefix,
    toolchain: Toolchain,
    /// Where crates and objects lie: on the node, readable by nobody else.
    workspace: PathBuf,
    dependencies: Mutex<Arc<Dependencies>>,
    /// What the notebook has asked for, as it was built last.
    wanted: Mutex<Table>,
    queue: Queue,
    /// How many objects there were: the loader takes a file that it has loaded before for the same object.
    objects: AtomicUsize,
}

impl Compiler {
    /// A compiler that works in `workspace`; `keeper` ends its tools if this process is killed.
    pub fn new(prefix: &Prefix, toolchain: &Toolchain, workspace: &Path, keeper: Option<Keeper>) -> Self {
        Self {
            prefix: prefix.clone(),
            toolchain: toolchain.clone(),
            workspace: workspace.to_owned(),
            dependencies: Mutex::default(),
            wanted: Mutex::default(),
            queue: Queue::new(keeper),
            objects: AtomicUsize::new(0),
        }
    }

    /// Begins work that [`Compiler::stop`] can end.
    pub fn begin(&self) {
        self.queue.begin();
    }

    /// Ends the tool that a cell waits for, and whatever its work would start yet.
    pub fn stop(&self) {
        self.queue.stop();
    }

    /// Ends all tools.
    pub fn end(&self) {
        self.queue.stop();
        self.queue.cancel();
    }

    /// A real tool of the toolchain that built the prelude, in the user's environment.
    fn tool(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for ours in OURS {
            command.env_remove(ours);
        }
        // What a tool leaves that is ended goes with the workspace; and the user's folder may be none.
        if let Ok(folder) = self.folder("tmp") {
            command.env("TMPDIR", folder);
        }
        // Not what is first on the user's PATH: crates must come from the compiler that the prelude came from.
        command.env("RUSTC", &self.toolchain.rustc);
        command
    }

    /// A file for a new object.
    fn new_object(&self) -> Result<PathBuf> {
        let folder = self.folder("cells")?;
        Ok(folder.join(format!("cell_{}.so", self.objects.fetch_add(1, Ordering::SeqCst))))
    }

    /// Lays an object of the cache out as if it had been compiled just now.
    ///
    /// # Errors
    /// If the temporary folder cannot be written.
    pub fn unpack(&self, object: &[u8]) -> Result<PathBuf> {
        let path = self.new_object()?;
        std::fs::write(&path, object).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// A folder of the workspace; both are made anew where something has removed them.
    fn folder(&self, name: &str) -> Result<PathBuf> {
        workspace::folder(&self.workspace, name)
    }

    fn dependencies(&self) -> Arc<Dependencies> {
        Arc::clone(&self.dependencies.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// What cells depend on beside their text and the installation: nothing is said of crates of `:dep`.
    pub fn has_crates(&self) -> bool {
        !self.dependencies().externs.is_empty()
    }
}
