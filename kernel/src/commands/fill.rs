//! Fills the installation's cache with the cells of its notebooks, so that a student who runs a lesson for the first
//! time waits for no compiler.

use crate::cache::{self, CachedCell, CellCache};
use crate::cell::{self, Cell, Contribution, Scope};
use crate::compile::Session;
use crate::engine::{Compiled, Engine};
use crate::notebook::Notebook;
use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

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
    let workspace = tempfile::Builder::new().prefix("isopleth-").tempdir()?;
    // SAFETY: no other thread runs yet.
    unsafe { Session::enter(&prefix, &toolchain, workspace.path()) };
    let cache = CellCache::to_fill(&prefix);
    let (engine, thread) = Engine::start(&prefix, workspace.path())?;
    let compiled = tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
        let mut scope = Scope::default();
        for (index, code) in Notebook::read(notebook)?.code().enumerate() {
            compile(&engine, &cache, &mut scope, code, index + 1).await?;
        }
        anyhow::Ok(())
    });
    drop(engine);
    let _ = thread.join();
    compiled?;
    Ok(ExitCode::SUCCESS)
}

async fn compile(engine: &Engine, cache: &CellCache, scope: &mut Scope, code: &str, count: usize) -> Result<()> {
    let Cell::Code(code) = cell::read(code) else { return Ok(()) };
    let own = Contribution::of(code);
    scope.before(&own);
    let key = scope.seen_by(code, &own).and_then(|seen| cache.key(code, &seen));
    let Ok(compiled) = engine.compile(code, count).await else {
        // A task that a student is to complete need not compile; the cells after it may do without.
        return Ok(());
    };
    let stored: Vec<String> = compiled.variables.keys().cloned().collect();
    let mut variables = compiled.variables;
    variables.retain(|name, _| own.binds(name));
    if let (Some(key), Some(run)) = (key, &compiled.run) {
        let Compiled { warnings, source, .. } = compiled;
        let (symbol, object) = (run.symbol.clone(), fs::read(&run.path)?);
        cache.keep(&key, &CachedCell { symbol, variables: variables.clone(), warnings, source, object });
        fs::remove_file(&run.path)?;
    }
    engine.settle(false, stored.clone()).await;
    scope.after(own, &stored, &variables);
    Ok(())
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
