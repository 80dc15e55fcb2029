//! The project that rust-analyzer is given: the cell's crate, the prelude, the crates of `:dep`, the standard library.
//!
//! Everything that rust-analyzer would ask cargo and rustc for was recorded at install, so loading starts no process.

use super::metadata;
use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, anyhow};
use ra_ap_base_db::target::{Arch, TargetData};
use ra_ap_base_db::{Env, SourceRoot};
use ra_ap_hir::{CfgAtom, ChangeWithProcMacros, Symbol};
use ra_ap_ide_db::FxHashMap;
use ra_ap_paths::AbsPathBuf;
use ra_ap_project_model::{
    CargoWorkspace, ManifestPath, ProjectWorkspace, ProjectWorkspaceKind, RustSourceWorkspaceConfig, Sysroot,
    WorkspaceBuildScripts,
};
use ra_ap_vfs::file_set::FileSetConfig;
use ra_ap_vfs::{FileExcluded, FileId, Vfs, VfsPath};
use serde_json::Value;
use std::path::Path;

/// The files of a project, and what to tell rust-analyzer of them.
pub struct Project {
    pub change: ChangeWithProcMacros,
    /// The cell's own file.
    pub cell: FileId,
}

/// Loads the project of cells whose crate lies in `workspace`; `dependencies` is `cargo metadata` of what `:dep` has
/// brought.
pub fn load(prefix: &Prefix, toolchain: &Toolchain, workspace: &Path, dependencies: Option<&Value>) -> Result<Project> {
    let absolute = |path: &Path| -> Result<AbsPathBuf> {
        let text = path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
        AbsPathBuf::try_from(text).map_err(|_| anyhow!("{text} is not an absolute path"))
    };
    let root = absolute(workspace)?;
    let metadata = metadata::of_cell(prefix, workspace, dependencies)?;
    let manifest = ManifestPath::try_from(root.join("Cargo.toml")).map_err(|_| anyhow!("no manifest"))?;
    let metadata: ra_ap_project_model::Metadata = serde_json::from_value(metadata).context("the recorded metadata")?;
    let cargo = CargoWorkspace::new(metadata, manifest, Env::default(), false);
    // Without a root: nothing is asked of the toolchain.
    let mut sysroot = Sysroot::new(None, Some(absolute(&prefix.standard_library())?));
    if let Some(library) = sysroot.load_workspace(&RustSourceWorkspaceConfig::default_cargo(), false, &|_| {}) {
        sysroot.set_workspace(library);
    }
    let project = ProjectWorkspace {
        kind: ProjectWorkspaceKind::Cargo {
            cargo,
            error: None,
            build_scripts: WorkspaceBuildScripts::default(),
            rustc: Err(None),
        },
        sysroot,
        rustc_cfg: toolchain.cfg.iter().map(|line| cfg_atom(line)).collect(),
        toolchain: None,
        target: target(toolchain),
        cfg_overrides: Default::default(),
        extra_includes: Vec::new(),
        set_test: false,
    };
    let mut vfs = Vfs::default();
    let cell_path: VfsPath = root.join("src/lib.rs").into();
    vfs.set_file_contents(cell_path.clone(), Some(Vec::new()));
    for package in project.to_roots() {
        for folder in &package.include {
            if folder.as_path() != root.as_path() {
                read_folder(&mut vfs, folder.as_ref())?;
            }
        }
    }
    let mut change = ChangeWithProcMacros::default();
    for (file, changed) in vfs.take_changes() {
        if let ra_ap_vfs::Change::Create(bytes, _) | ra_ap_vfs::Change::Modify(bytes, _) = changed.change {
            change.change_file(file, String::from_utf8(bytes).ok());
        }
    }
    let id = |vfs: &Vfs, path: &VfsPath| match vfs.file_id(path) {
        Some((file, FileExcluded::No)) => Some(file),
        _ => None,
    };
    let cell = id(&vfs, &cell_path).context("the cell's file is not there")?;
    // The cell's file changes all the time, and nothing else ever does.
    let mut sets = FileSetConfig::builder();
    sets.add_file_set(vec![root.into()]);
    let roots = sets.build().partition(&vfs).into_iter().enumerate();
    change.set_roots(
        roots
            .map(|(at, set)| if at == 0 { SourceRoot::new_local(set) } else { SourceRoot::new_library(set) })
            .collect(),
    );
    let (graph, _) = project.to_crate_graph(&mut |path| id(&vfs, &path.to_path_buf().into()), &FxHashMap::default());
    change.set_crate_graph(graph);
    Ok(Project { change, cell })
}

/// `unix`, or `target_os="linux"`, as `rustc --print cfg` has them.
fn cfg_atom(line: &str) -> CfgAtom {
    match line.split_once('=') {
        Some((key, value)) => {
            CfgAtom::KeyValue { key: Symbol::intern(key), value: Symbol::intern(value.trim_matches('"')) }
        }
        None => CfgAtom::Flag(Symbol::intern(line)),
    }
}

fn target(toolchain: &Toolchain) -> ra_ap_base_db::target::TargetLoadResult {
    match &toolchain.data_layout {
        Some(layout) => Ok(TargetData { data_layout: layout.as_str().into(), arch: Arch::Other }),
        None => Err("the toolchain did not say how values are laid out".into()),
    }
}

/// Reads every Rust file below `folder`.
fn read_folder(vfs: &mut Vfs, folder: &Path) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // What a package tests itself with is of no use to a cell.
            if !["tests", "benches", "examples", "target", ".git"].iter().any(|other| name == *other) {
                read_folder(vfs, &path)?;
            }
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && let (Some(text), Ok(bytes)) = (path.to_str(), std::fs::read(&path))
            && let Ok(path) = AbsPathBuf::try_from(text)
        {
            vfs.set_file_contents(path.into(), Some(bytes));
        }
    }
    Ok(())
}
