//! `cargo metadata` of a cell's crate, answered without cargo.
//!
//! rust-analyzer needs it to find the sources that completion and type inference read. For a
//! cell these are the prelude and the few crates whose types its public API shows; listing no
//! more keeps the engine's start short and its memory small.

use crate::prefix::Prefix;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::Path;

/// Stands for the generated crate's folder in the record.
pub const WORKSPACE_MARK: &str = "@WORKSPACE@";
/// The cell's package.
const CELL: &str = "path+file://@WORKSPACE@#ctx@1.0.0";
/// Stands for the folder of the sources, so that a prefix can be moved.
pub const SOURCES_MARK: &str = "@SOURCES@";

/// `cargo metadata` of a cell's crate in `workspace`, beside the crates that `dependencies` describes.
///
/// # Errors
/// If the record cannot be read, or is not what `setup` writes.
pub fn of_cell(prefix: &Prefix, workspace: &Path, dependencies: Option<&Value>) -> Result<Value> {
    let path = prefix.cell_metadata();
    let record = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let record =
        record.replace(WORKSPACE_MARK, &inside_json(workspace)).replace(SOURCES_MARK, &inside_json(&prefix.sources()));
    let mut metadata = serde_json::from_str(&record)?;
    if let Some(dependencies) = dependencies {
        merge(&mut metadata, dependencies.clone())?;
    }
    Ok(metadata)
}

/// That of a crate in `workspace` that depends on nothing: for evcxr, whose own analysis is given nothing to load.
pub fn of_nothing(workspace: &Path) -> Value {
    let text = json!({
        "packages": [cell_package(CELL)], "workspace_members": [CELL], "workspace_default_members": [CELL],
        "resolve": { "nodes": [{ "id": CELL, "features": [], "dependencies": [], "deps": [] }], "root": CELL },
        "target_directory": format!("{WORKSPACE_MARK}/target"), "build_directory": format!("{WORKSPACE_MARK}/target"),
        "version": 1, "workspace_root": WORKSPACE_MARK, "metadata": null,
    });
    serde_json::from_str(&text.to_string().replace(WORKSPACE_MARK, &inside_json(workspace))).unwrap_or_default()
}

/// A path as it stands between the quotes of a JSON text: it may have quotes of its own.
fn inside_json(path: &Path) -> String {
    let quoted = Value::from(path.to_string_lossy()).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Adds the packages of the notebook's own dependencies, hung below the cell.
fn merge(cell: &mut Value, mut extra: Value) -> Result<()> {
    let root = extra["resolve"]["root"].as_str().context("cargo metadata without a root")?.to_owned();
    let cell_id = cell["resolve"]["root"].as_str().context("the recorded metadata has no root")?.to_owned();
    let known: Vec<Value> = ids(&cell["packages"]);
    let added: Vec<Value> = take(&mut extra["packages"])?
        .into_iter()
        .filter(|package| package["id"] != root.as_str() && !known.contains(&package["id"]))
        .collect();
    push_all(&mut cell["packages"], added)?;
    let mut nodes = take(&mut extra["resolve"]["nodes"])?;
    let at =
        nodes.iter().position(|node| node["id"] == root.as_str()).context("cargo metadata without the root's node")?;
    let mut of_root = nodes.swap_remove(at);
    let nodes = nodes.into_iter().filter(|node| !known.contains(&node["id"])).collect();
    push_all(&mut cell["resolve"]["nodes"], nodes)?;
    let node = cell["resolve"]["nodes"]
        .as_array_mut()
        .and_then(|nodes| nodes.iter_mut().find(|node| node["id"] == cell_id.as_str()))
        .context("the recorded metadata has no node for the cell")?;
    for list in ["deps", "dependencies"] {
        let more = take(&mut of_root[list])?;
        push_all(&mut node[list], more)?;
    }
    Ok(())
}

fn ids(packages: &Value) -> Vec<Value> {
    packages.as_array().map(|list| list.iter().map(|package| package["id"].clone()).collect()).unwrap_or_default()
}

fn take(list: &mut Value) -> Result<Vec<Value>> {
    match list.take() {
        Value::Array(list) => Ok(list),
        other => bail!("cargo metadata has {other} where a list belongs"),
    }
}

fn push_all(list: &mut Value, more: Vec<Value>) -> Result<()> {
    list.as_array_mut().context("cargo metadata has no list where one belongs")?.extend(more);
    Ok(())
}

/// Makes the record from the workspace's own `cargo metadata`.
///
/// `shown` are the packages that a cell's author may meet, the prelude first; `copied` tells where in
/// the sources folder each one's source went.
pub fn record(workspace: &Value, shown: &[String], folder_of: impl Fn(&Value) -> String) -> Result<Value> {
    let mut packages = Vec::new();
    let mut kept = Vec::new();
    for package in workspace["packages"].as_array().context("cargo metadata without packages")? {
        let Some(name) = package["name"].as_str() else { continue };
        if shown.iter().any(|shown| shown == name) {
            kept.push(package["id"].clone());
            packages.push(moved(package, &format!("{SOURCES_MARK}/{}", folder_of(package)))?);
        }
    }
    let mut nodes = Vec::new();
    for node in workspace["resolve"]["nodes"].as_array().context("cargo metadata without nodes")? {
        if kept.contains(&node["id"]) {
            nodes.push(trimmed(node, &kept));
        }
    }
    let prelude = packages
        .iter()
        .find(|package| package["name"] == "isopleth")
        .map(|package| package["id"].clone())
        .context("the workspace has no package isopleth")?;
    let cell = CELL;
    packages.push(cell_package(cell));
    nodes.push(json!({
        "id": cell, "features": [], "dependencies": [prelude.clone()],
        "deps": [{ "name": "isopleth", "pkg": prelude, "dep_kinds": [{ "kind": null, "target": null }] }],
    }));
    Ok(json!({
        "packages": packages,
        "workspace_members": [cell], "workspace_default_members": [cell],
        "resolve": { "nodes": nodes, "root": cell },
        "target_directory": format!("{WORKSPACE_MARK}/target"), "build_directory": format!("{WORKSPACE_MARK}/target"),
        "version": 1, "workspace_root": WORKSPACE_MARK, "metadata": null,
    }))
}

/// The package with its sources at `folder`, and only its library.
fn moved(package: &Value, folder: &str) -> Result<Value> {
    let manifest = package["manifest_path"].as_str().context("a package without a manifest")?;
    let from = Path::new(manifest).parent().context("a manifest in no folder")?.to_string_lossy().into_owned();
    let mut package = package.clone();
    package["manifest_path"] = json!(format!("{folder}/Cargo.toml"));
    let mut targets = take(&mut package["targets"])?;
    targets.retain(|target| {
        target["kind"]
            .as_array()
            .is_some_and(|kinds| kinds.iter().any(|kind| kind == "lib" || kind == "rlib" || kind == "dylib"))
    });
    for target in &mut targets {
        let source = target["src_path"].as_str().unwrap_or_default().replace(&from, folder);
        target["src_path"] = json!(source);
        target["kind"] = json!(["lib"]);
        target["crate_types"] = json!(["lib"]);
    }
    package["targets"] = Value::Array(targets);
    Ok(package)
}

/// The node with only the dependencies that are kept.
fn trimmed(node: &Value, kept: &[Value]) -> Value {
    let mut node = node.clone();
    if let Some(list) = node["dependencies"].as_array_mut() {
        list.retain(|id| kept.contains(id));
    }
    if let Some(list) = node["deps"].as_array_mut() {
        list.retain(|dependency| kept.contains(&dependency["pkg"]));
    }
    node
}

fn cell_package(id: &str) -> Value {
    json!({
        "name": "ctx", "version": "1.0.0", "id": id, "license": null, "license_file": null, "description": null, "source": null,
        "dependencies": [{
            "name": "isopleth", "source": null, "req": "*", "kind": null, "rename": null, "optional": false,
            "uses_default_features": true, "features": [], "target": null, "registry": null,
        }],
        "targets": [{
            "kind": ["cdylib"], "crate_types": ["cdylib"], "name": "ctx", "src_path": format!("{WORKSPACE_MARK}/src/lib.rs"),
            "edition": "2024", "doc": true, "doctest": false, "test": true,
        }],
        "features": {}, "manifest_path": format!("{WORKSPACE_MARK}/Cargo.toml"), "metadata": null, "publish": null, "authors": [],
        "categories": [], "keywords": [], "readme": null, "repository": null, "homepage": null, "documentation": null,
        "edition": "2024", "links": null, "default_run": null, "rust_version": null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_may_have_any_name() {
        let folder = r#"/tmp/with "quotes" and \ spaces/isopleth-1"#;
        let metadata = of_nothing(Path::new(folder));
        assert_eq!(metadata["workspace_root"], folder);
        assert_eq!(metadata["packages"][0]["manifest_path"], format!("{folder}/Cargo.toml"));
    }
}
