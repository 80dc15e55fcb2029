//! What stands in for the rest of the kernel.

use crate::analysis::Inspection;
use crate::cell::ParsedCell;
use crate::compile::Crates;
use crate::jupyter::activity::Activity;
use crate::jupyter::execute::engine::{Engine, Tell};
use crate::prepare::{Made, Prepared};
use crate::report::{CellError, ErrorKind, Places, refused};
use crate::session::{Gone, Session};
use crate::worker::Worker;
use crate::worker::fake::{self, FakeWorker};
use anyhow::{Result, bail};
use isopleth_bus::worker::Description;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, OnceLock};
use tokio::runtime::Handle;

/// What a worker does.
pub type Script = Box<dyn FnOnce(FakeWorker) + Send>;

/// Every variable is an `i32`, but for those that are called after what becomes of them.
pub struct FakeEngine {
    session: Mutex<Session>,
    activity: Activity,
    places: Places,
    workers: Mutex<VecDeque<Script>>,
    runtime: OnceLock<Handle>,
}

/// A variable of this name cannot be kept.
pub const CLOSURE: &str = "closure";
/// A cell with this in it does not compile.
pub const NO_RUST: &str = "no_rust!()";
/// Stop comes while a cell with this in it is compiled.
pub const STOP: &str = "stop!()";
/// The crate that no registry has.
pub const NO_CRATE: &str = "nothing = \"1\"";

impl FakeEngine {
    pub fn new(workers: impl IntoIterator<Item = Script>) -> Self {
        Self {
            session: Mutex::default(),
            activity: Activity::default(),
            places: Places::default(),
            workers: Mutex::new(workers.into_iter().collect()),
            runtime: OnceLock::new(),
        }
    }

    pub fn add_worker(&self, script: Script) {
        self.workers.lock().expect("not poisoned").push_back(script);
    }

    /// Lets other threads press Stop.
    pub fn stop_from(&self, runtime: Handle) {
        self.runtime.set(runtime).expect("set once");
    }

    /// Stop, as the control channel hears it.
    pub fn press_stop(&self) {
        let _runtime = self.runtime.get().expect("was set").enter();
        self.activity.interrupt(|| ());
    }
}

impl Engine for FakeEngine {
    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().expect("not poisoned")
    }

    fn activity(&self) -> &Activity {
        &self.activity
    }

    fn places(&self) -> &Places {
        &self.places
    }

    fn version(&self) -> String {
        "isopleth of the tests".to_owned()
    }

    fn take_notices(&self) -> Vec<String> {
        Vec::new()
    }

    fn start_worker(&self) -> Result<Worker> {
        match self.workers.lock().expect("not poisoned").pop_front() {
            Some(script) => Ok(fake::start(script)),
            None => bail!("there is no worker left"),
        }
    }

    fn begin(&self) {
        self.activity.begin_compiling();
    }

    async fn prepare(&self, session: &Session, cell: ParsedCell) -> std::result::Result<Prepared, CellError> {
        if cell.source.code.contains(STOP) {
            self.activity.interrupt(|| ());
        }
        if cell.source.code.contains(NO_RUST) {
            return Err(CellError::new(ErrorKind::Compile, "no Rust", Vec::new()));
        }
        let object = format!("/nowhere/cell_{}.so", cell.source.count);
        let candidate = session.candidate(cell).map_err(|refusal| refused(&refusal))?;
        Ok(Prepared::uncompiled(candidate, object.into()))
    }

    async fn made(&self, prepared: &mut Prepared, _: &BTreeMap<String, Description>, _: bool) -> Made {
        let candidate = &prepared.candidate;
        let cell = candidate.cell.source.count;
        let names = candidate.names.bindings.iter().map(|binding| binding.name.clone());
        let (closures, others): (Vec<String>, Vec<String>) = names.partition(|name| name == CLOSURE);
        let kind = |name: &str| if name == "own" { "crate::Own" } else { "i32" }.to_owned();
        Made {
            types: others.into_iter().map(|name| (name.clone(), kind(&name))).collect(),
            ended: closures.into_iter().map(|name| (name, Gone::Closure { cell })).collect(),
        }
    }

    async fn inspect(&self, name: &str) -> Option<Inspection> {
        (name == "Pool").then(|| Inspection { text: "the help".into(), html: "<b>the help</b>".into() })
    }

    fn build_crates(&self, lines: &[String], tell: Tell<'_>) -> Result<Crates> {
        tell("Compiling");
        tell("Linking");
        if lines.iter().any(|line| line == NO_CRATE) {
            bail!("no such crate");
        }
        let names: BTreeSet<String> =
            lines.iter().filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect();
        Ok(Crates { names, ..Crates::default() })
    }

    fn rebuild_changed_crates(&self, _: &BTreeMap<String, String>, _: Tell<'_>) -> Result<Option<Crates>> {
        Ok(None)
    }

    async fn analyse_crates(&self, _: &Crates) -> Result<()> {
        Ok(())
    }
}
