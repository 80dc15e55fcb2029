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
mod print;
mod source_map;

pub use cell::{Built, Failure};
pub use dependencies::Crates;
pub use diagnostics::{LABEL, Message, label_of};
pub use print::{Printed, Variant, to_analyse, to_compile, to_look_at};
pub use source_map::{Place, SourceMap, What};

use crate::keeper::Keeper;
use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use crate::{threads, workspace};
use anyhow::{Context, Result};
use dependencies::Dependencies;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
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
    at_work: Mutex<AtWork>,
    /// How many objects there were: the loader takes a file that it has loaded before for the same object.
    objects: AtomicUsize,
    keeper: Option<Keeper>,
}

#[derive(Debug, Default)]
struct AtWork {
    /// The process group of the tool that runs.
    group: Option<i32>,
    /// Whether Stop was asked for since the work began.
    stopped: bool,
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
            at_work: Mutex::default(),
            objects: AtomicUsize::new(0),
            keeper,
        }
    }

    /// Begins work that [`Compiler::stop`] can end.
    pub fn begin(&self) {
        self.at_work().stopped = false;
    }

    /// Ends the tool that runs, and whatever the work would start yet.
    pub fn stop(&self) {
        let mut at_work = self.at_work();
        at_work.stopped = true;
        if let Some(group) = at_work.group {
            // SAFETY: the group is led by a child that is not waited for while the lock is held.
            unsafe { libc::kill(-group, libc::SIGKILL) };
        }
    }

    /// Whether Stop came since the work began.
    pub fn is_stopped(&self) -> bool {
        self.at_work().stopped
    }

    /// Starts a tool in a group of its own, so that Stop ends what it starts with it. `None` after Stop.
    fn start(&self, command: &mut Command) -> Result<Option<Child>> {
        use std::os::unix::process::CommandExt;
        let mut at_work = self.at_work();
        if at_work.stopped {
            return Ok(None);
        }
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command
            .process_group(0)
            .spawn()
            .map_err(threads::explained)
            .with_context(|| format!("cannot run {program}"))?;
        at_work.group = i32::try_from(child.id()).ok();
        self.tell_keeper(at_work.group);
        Ok(Some(child))
    }

    /// The tool has ended, but was not waited for yet: its number is nobody else's.
    fn wait(&self, child: &mut Child) -> std::io::Result<std::process::ExitStatus> {
        // Waiting without reaping first keeps the lock free for Stop.
        // SAFETY: the structure is valid, and the child is this process's own.
        unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            libc::waitid(libc::P_PID, child.id(), &raw mut info, libc::WEXITED | libc::WNOWAIT);
        }
        let mut at_work = self.at_work();
        at_work.group = None;
        self.tell_keeper(None);
        child.wait()
    }

    fn tell_keeper(&self, group: Option<i32>) {
        if let Some(keeper) = &self.keeper {
            keeper.at_work(group);
        }
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

    fn at_work(&self) -> MutexGuard<'_, AtWork> {
        self.at_work.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
