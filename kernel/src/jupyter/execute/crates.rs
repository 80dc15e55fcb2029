//! `:dep`: crates that the notebook asks for, built while the cell waits.

use super::cell::ExecutingCell;
use super::commands::error;
use super::engine::{Engine, Tell};
use super::executor::Executor;
use crate::compile::Crates;
use crate::report::{CellError, ErrorKind};
use crate::threads;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// How long a cell waits until analysis has read crates.
const PATIENCE: Duration = Duration::from_secs(60);

impl<E: Engine> Executor<E> {
    /// evcxr reads the line, cargo builds the crates, and analysis learns of them.
    pub(super) async fn add_crate(&mut self, line: &str, cell: &ExecutingCell) -> Result<(), CellError> {
        if line.is_empty() {
            return Err(error("`:dep` needs a crate", "Write :dep serde_json = \"1\"."));
        }
        let mut lines = self.dependencies.clone();
        let name = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
        lines.retain(|known| name(known) != name(line));
        lines.push(line.to_owned());
        let (engine, wanted) = (Arc::clone(&self.engine), lines.clone());
        let crates = build(cell, move |tell| engine.build_crates(&wanted, tell)).await?;
        self.dependencies = lines;
        let apart: BTreeSet<String> = crates
            .apart
            .iter()
            .map(|(name, shared)| {
                format!(
                    "`{name}` brings a build of `{shared}` of its own: what it defines does not fit the arrays of this notebook, which \
                     come from the prelude's `{shared}`. Convert them by way of plain vectors."
                )
            })
            .collect();
        self.use_crates(crates).await;
        cell.notices(&apart.into_iter().collect::<Vec<_>>());
        Ok(())
    }

    /// Crates on this disk that have changed are built again before the next cell.
    pub(super) async fn rebuild_changed_crates(&mut self, cell: &ExecutingCell) -> Result<(), CellError> {
        let known = self.engine.session().local_crates().clone();
        if known.is_empty() {
            return Ok(());
        }
        let engine = Arc::clone(&self.engine);
        if let Some(crates) = build(cell, move |tell| engine.rebuild_changed_crates(&known, tell)).await? {
            self.use_crates(crates).await;
        }
        Ok(())
    }

    /// Cells see them from now on. Types of the cell below are to be found in them, so analysis is waited for, within reason.
    async fn use_crates(&self, crates: Crates) {
        self.engine.session().set_crates(crates.names.clone(), crates.local.clone());
        match tokio::time::timeout(PATIENCE, self.engine.analyse_crates(&crates)).await {
            Ok(Ok(())) => {}
            Ok(Err(reason)) => tracing::warn!("the new crates are not known to completion: {reason:#}"),
            Err(_) => tracing::warn!("the new crates were not read within {PATIENCE:?}"),
        }
    }
}

/// Has crates built. One line of the output says what cargo is doing.
async fn build<T: Send + 'static>(
    cell: &ExecutingCell,
    work: impl FnOnce(Tell<'_>) -> anyhow::Result<T> + Send + 'static,
) -> Result<T, CellError> {
    let (told, mut hears) = mpsc::unbounded_channel::<String>();
    let building = threads::blocking(move || work(&|line| drop(told.send(line.to_owned()))));
    tokio::pin!(building);
    let mut shown = false;
    let mut show = |line: String| {
        cell.progress(&line, shown);
        shown = true;
    };
    let built = loop {
        tokio::select! {
            biased;
            Some(line) = hears.recv() => show(line),
            built = &mut building => break built,
        }
    };
    while let Ok(line) = hears.try_recv() {
        show(line);
    }
    let built = built.unwrap_or_else(|why| Err(why.context("the crates could not be built")));
    built.map_err(|reason| CellError::new(ErrorKind::Compile, format!("error: {reason:#}"), Vec::new()))
}
