//! What execution needs of the rest of the kernel. A test puts a fake in its place, without a compiler, analysis or processes.

use crate::analysis::{Inspection, dependencies};
use crate::cell::ParsedCell;
use crate::compile::Crates;
use crate::jupyter::activity::Activity;
use crate::jupyter::kernel::Kernel;
use crate::prepare::{Made, Prepared};
use crate::report::{CellError, Places};
use crate::session::Session;
use crate::worker::Worker;
use crate::workspace;
use anyhow::Result;
use isopleth_bus::worker::Description;
use std::collections::BTreeMap;
use std::sync::MutexGuard;

/// Says what work of its own is at, one line after the other.
pub type Tell<'a> = &'a dyn Fn(&str);

/// What makes cells ready to run, the process that runs them, and the model of the session.
pub trait Engine: Send + Sync + 'static {
    /// The model of the session. Nobody keeps the lock over anything that waits.
    fn session(&self) -> MutexGuard<'_, Session>;

    /// What is executed now, for Stop.
    fn activity(&self) -> &Activity;

    /// Where lines of compiled cells were written.
    fn places(&self) -> &Places;

    /// The versions of Isopleth and of Rust.
    fn version(&self) -> String;

    /// What is still to be said of the kernel itself, each line once.
    fn take_notices(&self) -> Vec<String>;

    /// Starts a process in which cells run.
    ///
    /// # Errors
    /// If there is none to be had.
    fn start_worker(&self) -> Result<Worker>;

    /// An execution begins, which Stop can end from now on.
    fn begin(&self);

    /// Makes `cell` ready to run after what `session` holds.
    ///
    /// # Errors
    /// What the notebook is to show instead.
    fn prepare(
        &self,
        session: &Session,
        cell: ParsedCell,
    ) -> impl Future<Output = std::result::Result<Prepared, CellError>> + Send;

    /// What the cell has made, with what the worker says of its variables, and whether the cell has failed.
    fn made(
        &self,
        prepared: &mut Prepared,
        described: &BTreeMap<String, Description>,
        failed: bool,
    ) -> impl Future<Output = Made> + Send;

    /// What `name` is.
    fn inspect(&self, name: &str) -> impl Future<Output = Option<Inspection>> + Send;

    /// Builds the crates that the `:dep` lines `lines` ask for. Blocks.
    ///
    /// # Errors
    /// cargo's complaint, in a student's words.
    fn build_crates(&self, lines: &[String], tell: Tell<'_>) -> Result<Crates>;

    /// Builds crates on this disk anew if they have changed since they were as `known` says. Blocks.
    ///
    /// # Errors
    /// cargo's complaint, in a student's words.
    fn rebuild_changed_crates(&self, known: &BTreeMap<String, String>, tell: Tell<'_>) -> Result<Option<Crates>>;

    /// Makes the crates that were built known to completion.
    ///
    /// # Errors
    /// If their sources cannot be read.
    fn analyse_crates(&self, crates: &Crates) -> impl Future<Output = Result<()>> + Send;
}

impl Engine for Kernel {
    fn session(&self) -> MutexGuard<'_, Session> {
        Self::session(self)
    }

    fn activity(&self) -> &Activity {
        &self.activity
    }

    fn places(&self) -> &Places {
        &self.workshop.places
    }

    fn version(&self) -> String {
        format!("isopleth {}, {}", env!("CARGO_PKG_VERSION"), self.toolchain.version())
    }

    fn take_notices(&self) -> Vec<String> {
        Self::take_notices(self)
    }

    fn start_worker(&self) -> Result<Worker> {
        Worker::start(&self.prefix, &self.toolchain)
    }

    fn begin(&self) {
        self.workshop.compiler.begin();
        self.activity.begin_compiling();
    }

    async fn prepare(&self, session: &Session, cell: ParsedCell) -> std::result::Result<Prepared, CellError> {
        self.workshop.prepare(session, cell).await
    }

    async fn made(&self, prepared: &mut Prepared, described: &BTreeMap<String, Description>, failed: bool) -> Made {
        self.workshop.made(prepared, described, failed).await
    }

    async fn inspect(&self, name: &str) -> Option<Inspection> {
        Self::inspect(self, name, name.len()).await
    }

    fn build_crates(&self, lines: &[String], tell: Tell<'_>) -> Result<Crates> {
        let here = std::env::current_dir().unwrap_or_default();
        let absolute: Vec<String> = lines.iter().map(|line| dependencies::with_absolute_path(line, &here)).collect();
        let folder = workspace::folder(&self.workspace, "evcxr")?;
        let table = dependencies::read(&self.prefix, &self.toolchain, &folder, &absolute)?;
        self.workshop.compiler.build_crates(&table, tell)
    }

    fn rebuild_changed_crates(&self, known: &BTreeMap<String, String>, tell: Tell<'_>) -> Result<Option<Crates>> {
        self.workshop.compiler.rebuild_changed_crates(known, tell)
    }

    async fn analyse_crates(&self, crates: &Crates) -> Result<()> {
        self.workshop.analyst.load(crates.metadata.clone()).await
    }
}
