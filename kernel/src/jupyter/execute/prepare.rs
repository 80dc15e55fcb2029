//! From a cell's text to an object that the worker can run: out of the cache, or by way of the engine.

use super::super::display::{notices, progress};
use super::Executor;
use crate::cache::{CachedCell, Key};
use crate::cell::Contribution;
use crate::compile::label;
use crate::engine::relay::Run;
use crate::engine::{CellError, Compiled, LineMap, Source, Written, written};
use jupyter_protocol::JupyterMessage;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How often is looked what cargo is doing.
const PROGRESS: Duration = Duration::from_millis(100);

/// A cell that is ready to run.
pub(super) struct Prepared {
    /// Nothing to run for a cell of commands only.
    pub run: Option<Run>,
    /// The types of the variables that it binds.
    pub types: BTreeMap<String, String>,
    pub from_cache: bool,
}

impl Executor {
    /// Finds the object of a cell with the contribution `own`, or has it made; shows what is to be said above the output.
    pub(super) async fn prepare(
        &mut self,
        code: &str,
        own: &Contribution,
        silent: bool,
        request: &JupyterMessage,
    ) -> Result<Prepared, CellError> {
        let key = self.scope.seen_by(code, own).and_then(|seen| self.kernel.cells.key(code, &seen));
        match key.as_ref().and_then(|key| self.kernel.cells.find(key)) {
            Some(cell) => self.unpack(cell, code, own, silent, request).await,
            None => self.compile_anew(key, code, own, silent, request).await,
        }
    }

    /// A cell that is in the cache. The engine reads it while it runs; where it may change what types mean, before.
    async fn unpack(
        &mut self,
        cell: CachedCell,
        code: &str,
        own: &Contribution,
        silent: bool,
        request: &JupyterMessage,
    ) -> Result<Prepared, CellError> {
        let mut shown = cell.warnings;
        if own.may_change_types() && !self.stored.is_empty() {
            let read = self.kernel.engine.replay(code, self.count).await?;
            self.forget(&read.forget);
            shown.extend(read.notices);
        } else {
            self.kernel.engine.replay_later(code, self.count);
        }
        if !silent {
            notices(&self.publisher, &shown, request);
        }
        let run = self.kernel.unpack(&cell.object, cell.symbol).map_err(|error| {
            CellError::new(
                "EngineError",
                format!("the cell cannot be written to the temporary folder: {error}"),
                vec![],
            )
        })?;
        self.remember(code, &cell.source);
        Ok(Prepared { run: Some(run), types: cell.variables, from_cache: true })
    }

    /// Has the engine compile a cell, and keeps it by `key`.
    pub(super) async fn compile_anew(
        &mut self,
        key: Option<Key>,
        code: &str,
        own: &Contribution,
        silent: bool,
        request: &JupyterMessage,
    ) -> Result<Prepared, CellError> {
        let mut compiled = self.compile(code, silent, request).await?;
        compiled.variables.retain(|name, _| own.binds(name));
        self.keep(key, &compiled);
        self.remember(code, &compiled.source);
        self.forget(&compiled.forget);
        self.show_commands(compiled.shown, silent, request);
        if !silent {
            compiled.warnings.append(&mut compiled.notices);
            notices(&self.publisher, &compiled.warnings, request);
        }
        Ok(Prepared { run: compiled.run, types: compiled.variables, from_cache: false })
    }

    /// Remembers which lines of the crate `generated` the cell has written, for its panics and those of later cells.
    fn remember(&mut self, code: &str, generated: &str) {
        let own = written(&Arc::new(Source { count: self.count, code: code.to_owned() }));
        let map = LineMap::new(generated, &own, &self.items);
        self.kernel.engine.places.add(label(generated), Arc::new(map));
        let items: Vec<Written> = own.into_iter().filter(Written::is_item).collect();
        self.items.retain(|item| !items.iter().any(|new| new.same_words(item)));
        self.items.extend(items);
    }

    /// Puts a cell that has just been compiled into the cache, in the background.
    fn keep(&self, key: Option<Key>, compiled: &Compiled) {
        let (Some(key), Some(run)) = (key, &compiled.run) else { return };
        let Ok(object) = std::fs::read(&run.path) else { return };
        let cell = CachedCell {
            symbol: run.symbol.clone(),
            variables: compiled.variables.clone(),
            warnings: compiled.warnings.clone(),
            source: compiled.source.clone(),
            object,
        };
        let cells = self.kernel.cells.clone();
        tokio::task::spawn_blocking(move || cells.keep(&key, &cell));
    }

    /// Compiles the cell. Where that takes cargo, one line of the output says what it is doing.
    async fn compile(&self, code: &str, silent: bool, request: &JupyterMessage) -> Result<Compiled, CellError> {
        let compiling = self.kernel.engine.compile(code, self.count);
        tokio::pin!(compiling);
        let mut shown: Option<String> = None;
        let mut show = || {
            let Some(line) = self.kernel.progress().filter(|line| !silent && shown.as_ref() != Some(line)) else {
                return;
            };
            progress(&self.publisher, &line, self.count, shown.is_some(), request);
            shown = Some(line);
        };
        loop {
            tokio::select! {
                compiled = &mut compiling => {
                    show();
                    return compiled;
                }
                () = tokio::time::sleep(PROGRESS) => show(),
            }
        }
    }
}
