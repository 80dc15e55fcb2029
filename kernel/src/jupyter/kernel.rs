//! What the channels share: the session, what makes objects of cells, the worker, and who is doing what right now.

use super::activity::Activity;
use crate::analysis::{Analyst, Completions, Inspection};
use crate::cache::CellCache;
use crate::cell::{self, CommandLine, ParsedCell, Source};
use crate::compile::{self, Compiler};
use crate::keeper::Keeper;
use crate::prefix::Prefix;
use crate::prepare::Workshop;
use crate::report::Places;
use crate::session::Session;
use crate::threads;
use crate::toolchain::Toolchain;
use crate::workspace::{self, Workspace};
use anyhow::Result;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Notify;

/// One running kernel.
pub struct Kernel {
    pub id: String,
    pub prefix: Prefix,
    pub toolchain: Toolchain,
    pub workshop: Workshop,
    /// Where temporary files lie.
    pub workspace: PathBuf,
    /// Told when a cell has asked for the end (`:quit`).
    pub quit: Notify,
    /// What there was to say of the start; shown above the first cell's output.
    notices: Mutex<Vec<String>>,
    session: Mutex<Session>,
    /// What is executed now.
    pub activity: Activity,
}

impl Kernel {
    /// Makes the workspace and begins to load what analyses cells. To be called within a runtime.
    pub fn prepare() -> Result<Arc<Self>> {
        let prefix = Prefix::of_this_binary()?;
        let toolchain = Toolchain::recorded(&prefix)?;
        // While there may still be threads.
        threads::parser_is_ready();
        let Workspace { path: workspace, notice } = workspace::make()?;
        let mut notices = Vec::from_iter(notice);
        // It keeps no cell from running: it removes what a kernel leaves that is killed.
        let keeper = Keeper::start(&prefix, &workspace);
        let keeper = keeper.map_err(|error| notices.push(format!("{error:#}."))).ok();
        let analyst = Analyst::start(&prefix, &workspace);
        let workshop = Workshop {
            compiler: Arc::new(Compiler::new(&prefix, &toolchain, &workspace, keeper)),
            analyst,
            cells: CellCache::of(&prefix),
            places: Places::default(),
        };
        Ok(Arc::new(Self {
            id: workspace.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            prefix,
            toolchain,
            workshop,
            workspace,
            quit: Notify::new(),
            notices: Mutex::new(notices),
            session: Mutex::default(),
            activity: Activity::default(),
        }))
    }

    /// What is still to be said of the start, and of analysis.
    pub fn take_notices(&self) -> Vec<String> {
        let mut notices = std::mem::take(&mut *self.notices.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        notices.extend(self.workshop.analyst.take_notice());
        notices
    }

    /// The model of the session. Nobody keeps the lock over anything that waits.
    pub fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// What could follow at byte `cursor` of a cell.
    pub async fn complete(&self, code: &str, cursor: usize) -> Option<Completions> {
        if !threads::parser_is_ready() || cell::is_too_deep_while_typing(code) {
            return None;
        }
        if let Some(found) = commands_at(code, cursor) {
            return Some(found);
        }
        let (printed, source) = self.analysed(code)?;
        let found = self.workshop.analyst.complete(printed.text, printed.map.printed(&source, cursor)?).await?;
        let place = |at: usize| Some(printed.map.place(at..at)?.range.start);
        let length = found.end - found.start;
        let start = place(found.start).unwrap_or(cursor.saturating_sub(length));
        Some(Completions { start, end: start + length, candidates: found.candidates })
    }

    /// What the name at byte `cursor` of a cell is.
    pub async fn inspect(&self, code: &str, cursor: usize) -> Option<Inspection> {
        let (printed, source) = self.analysed(code)?;
        self.workshop.analyst.inspect(printed.text, printed.map.printed(&source, cursor)?).await
    }

    /// A cell that is being written, as it is analysed.
    fn analysed(&self, code: &str) -> Option<(compile::Printed, Arc<Source>)> {
        if !threads::parser_is_ready() || cell::is_too_deep_while_typing(code) {
            return None;
        }
        let code = cell::without_help_mark(code).into_owned();
        let source = Arc::new(Source { count: 0, code, id: None });
        let session = self.session().clone();
        let parsed = ParsedCell::new(Arc::clone(&source), |name| session.has_variable(name));
        Some((compile::to_look_at(&session, &parsed), source))
    }

    /// Stop, in whatever the kernel does.
    pub fn interrupt(&self) {
        self.activity.interrupt(|| self.workshop.compiler.stop());
    }

    /// Ends everything that the kernel has started.
    pub fn end(&self) {
        self.workshop.compiler.end();
        self.activity.kill();
        // The keeper removes the folder as well, whatever is still written into it.
        let _ = std::fs::remove_dir_all(&self.workspace);
    }
}

/// The notebook's commands, where the cursor stands in one.
fn commands_at(code: &str, cursor: usize) -> Option<Completions> {
    let parsed = ParsedCell::new(Arc::new(Source { count: 0, code: code.to_owned(), id: None }), |_| false);
    let (name, range) = parsed.commands.iter().find_map(|command| match command {
        CommandLine::Command { name, range, .. } => Some((name, range)),
        CommandLine::Shell { .. } => None,
    })?;
    let start = range.start + code[range.clone()].find(':')?;
    let end = start + 1 + name.len();
    if !(start..=end).contains(&cursor) {
        return None;
    }
    let typed = &code[start..cursor];
    Some(Completions { start, end, candidates: super::execute::command_names(typed) })
}
