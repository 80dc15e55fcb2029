//! Fills the installation's cache with the cells of its notebooks, so that a student who runs a lesson for the first
//! time waits for no compiler.

use crate::analysis::Analyst;
use crate::cache::{self, CellCache};
use crate::cell::{ParsedCell, Source, is_too_deep};
use crate::compile::Compiler;
use crate::notebook::Notebook;
use crate::prefix::Prefix;
use crate::prepare::Workshop;
use crate::report::Places;
use crate::session::{Outcome, Session};
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;

/// Names the build that `prefix` holds, and compiles the cells of its notebooks. Each notebook gets a process of its own,
/// as it will have a kernel of its own.
pub fn fill(prefix: &Prefix, toolchain: &Toolchain) -> Result<()> {
    let build = cache::digest_of(&[&toolchain.verbose_version], &[prefix.binary(), prefix.prelude_library()])?;
    fs::write(prefix.build_id(), build)?;
    let _ = fs::remove_dir_all(prefix.cells());
    for notebook in notebooks_in(&prefix.notebooks())? {
        let filled = Command::new(prefix.binary()).args(["setup", "cells"]).arg(&notebook).status()?;
        if !filled.success() {
            bail!("the cells of {} do not compile", notebook.display());
        }
    }
    share(&prefix.cells())
}

/// The command `setup cells NOTEBOOK`: compiles its cells in their order and runs none.
pub fn run(args: &[OsString]) -> Result<ExitCode> {
    let notebook = args.first().map(Path::new).context("which notebook?")?;
    let prefix = Prefix::of_this_binary()?;
    let toolchain = Toolchain::recorded(&prefix)?;
    let private = fs::Permissions::from_mode(0o700);
    let workspace = tempfile::Builder::new().prefix("isopleth-").permissions(private).tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let analyst = {
        let _within = runtime.enter();
        Analyst::start(&prefix, workspace.path())
    };
    let workshop = Workshop {
        compiler: Arc::new(Compiler::new(&prefix, &toolchain, workspace.path(), None)),
        analyst,
        cells: CellCache::to_fill(&prefix),
        places: Places::default(),
    };
    runtime.block_on(async {
        let mut session = Session::default();
        for (index, code) in Notebook::read(notebook)?.code().enumerate() {
            compile(&workshop, &mut session, code, index + 1).await;
        }
        anyhow::Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Compiles a cell, and takes it for one that has run to its end.
async fn compile(workshop: &Workshop, session: &mut Session, code: &str, count: usize) {
    if is_too_deep(code) {
        return;
    }
    let source = Arc::new(Source { count, code: code.to_owned(), id: None });
    let parsed = ParsedCell::new(source, |name| session.has_variable(name));
    if !parsed.has_rust() {
        return;
    }
    // A task that a student is to complete need not compile; the cells after it may do without.
    let Ok(mut prepared) = workshop.prepare(session, parsed).await else { return };
    session.compiled(&prepared.candidate, count);
    session.loaded(prepared.statics.iter().cloned());
    let made = workshop.made(&mut prepared, &BTreeMap::new(), false).await;
    let mut stored: std::collections::BTreeSet<String> = session.variables().keys().cloned().collect();
    stored.retain(|name| !prepared.moved.contains(name));
    stored.extend(made.types.keys().filter(|name| !made.ended.contains_key(*name)).cloned());
    let outcome = Outcome { stored, types: made.types, ended: made.ended, ..Outcome::default() };
    session.ended(&prepared.candidate, &outcome, count);
    let _ = fs::remove_file(&prepared.object);
}

fn notebooks_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(notebooks_in(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "ipynb") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Lets everybody read what the installer wrote.
fn share(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(folder)? {
        fs::set_permissions(entry?.path(), fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}
