//! The crates that a notebook asks for with `:dep`: built by the real cargo, once per change.

use super::{Session, cargo};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use toml::Table;

/// What rustc needs to be told of the notebook's own dependencies.
#[derive(Debug, Default)]
pub struct Dependencies {
    /// `name=path` for `--extern`.
    pub externs: Vec<String>,
    /// Folders for `-L dependency=`.
    pub folders: Vec<PathBuf>,
}

/// The dependencies of the generated crate other than the prelude, as their manifest lines.
pub fn declared(session: &Session) -> Result<Table> {
    let manifest = std::fs::read_to_string(session.manifest()).context("the generated crate has no Cargo.toml")?;
    let manifest: Table = manifest.parse().context("the generated Cargo.toml is not TOML")?;
    let mut dependencies = manifest.get("dependencies").and_then(|table| table.as_table()).cloned().unwrap_or_default();
    dependencies.remove("isopleth");
    Ok(dependencies)
}

/// Builds `wanted`, or returns the last build's answer if nothing has changed. `Err` holds cargo's complaint.
pub fn build(session: &Session, wanted: &Table) -> Result<std::result::Result<Dependencies, String>> {
    if wanted.is_empty() {
        return Ok(Ok(Dependencies::default()));
    }
    let folder = session.workspace.join(FOLDER);
    let key = key(wanted);
    if let Some(known) = remembered(&folder, &key) {
        return Ok(Ok(known));
    }
    write_crate(session, wanted)?;
    let done = cargo::run(session, &["build", "--release", "--message-format=json"], &folder)?;
    let mut dependencies = Dependencies { externs: Vec::new(), folders: vec![folder.join("target/release/deps")] };
    let mut error = None;
    for message in done.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        if message["reason"] == "compiler-artifact" {
            dependencies.externs.extend(extern_of(&message, wanted));
        } else if message["reason"] == "compiler-message" && message["message"]["level"] == "error" {
            let package = message["package_id"].as_str().and_then(package_name).unwrap_or_default();
            let said = message["message"]["message"].as_str().unwrap_or_default();
            error.get_or_insert_with(|| format!("the crate `{package}` does not compile: {said}"));
        }
    }
    if !done.success {
        return Ok(Err(error.unwrap_or_else(|| cargo::explain(&done.complaints))));
    }
    let answer =
        json!({ "key": key, "externs": dependencies.externs, "folders": dependencies.folders, "local": local(wanted) });
    std::fs::write(folder.join(ANSWER), answer.to_string())?;
    Ok(Ok(dependencies))
}

/// The crate that holds the notebook's dependencies, in the workspace.
const FOLDER: &str = "dependencies";
/// What the last build gave, in that folder. Asking cargo again would cost every later cell a tenth of a second.
const ANSWER: &str = "answer.json";

/// The crates on this disk that the last build was made of, as the cells call them, and how new each was.
///
/// A crate that is built again keeps its name, and so its types' `TypeId`s, whatever they are now.
pub fn local_crates(workspace: &Path) -> BTreeMap<String, String> {
    let answer = std::fs::read_to_string(workspace.join(FOLDER).join(ANSWER)).ok();
    let answer: Option<Value> = answer.and_then(|text| serde_json::from_str(&text).ok());
    answer.and_then(|mut answer| serde_json::from_value(answer["local"].take()).ok()).unwrap_or_default()
}

/// The stamps of the crates in `wanted` that lie on this disk.
fn local(wanted: &Table) -> BTreeMap<String, String> {
    let paths = wanted.iter().filter_map(|(name, value)| Some((name.replace('-', "_"), value.get("path")?.as_str()?)));
    paths.map(|(name, folder)| (name, format!("{:?}", newest_source(Path::new(folder))))).collect()
}

/// What a build depends on: what was asked for, and how new the sources are of crates that lie on this disk.
fn key(wanted: &Table) -> String {
    format!("{wanted} {:?}", local(wanted))
}

/// When anything that the crate in `folder` is built from was changed last.
fn newest_source(folder: &Path) -> Option<SystemTime> {
    let [manifest, build, source] = ["Cargo.toml", "build.rs", "src"].map(|part| newest(&folder.join(part)));
    manifest.max(build).max(source)
}

/// When the file, or any file below the folder, was changed last.
fn newest(path: &Path) -> Option<SystemTime> {
    let meta = path.metadata().ok()?;
    let below = std::fs::read_dir(path).into_iter().flatten().flatten();
    below.filter_map(|entry| newest(&entry.path())).chain(meta.modified()).max()
}

fn remembered(folder: &Path, key: &str) -> Option<Dependencies> {
    let answer: Value = serde_json::from_str(&std::fs::read_to_string(folder.join(ANSWER)).ok()?).ok()?;
    if answer["key"] != key {
        return None;
    }
    let texts = |list: &Value| -> Option<Vec<String>> {
        list.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let folders = texts(&answer["folders"])?.into_iter().map(PathBuf::from).collect();
    Some(Dependencies { externs: texts(&answer["externs"])?, folders })
}

/// A crate of its own beside the generated one: the prelude must not be built again.
pub fn write_crate(session: &Session, wanted: &Table) -> Result<PathBuf> {
    let folder = session.workspace.join(FOLDER);
    std::fs::create_dir_all(folder.join("src"))?;
    let mut manifest = Table::new();
    let package: Table = "name = \"dependencies\"\nversion = \"1.0.0\"\nedition = \"2024\"\n".parse()?;
    manifest.insert("package".into(), package.into());
    manifest.insert("dependencies".into(), wanted.clone().into());
    // Not part of any workspace that the temporary folder may lie in.
    manifest.insert("workspace".into(), Table::new().into());
    std::fs::write(folder.join("Cargo.toml"), manifest.to_string())?;
    std::fs::write(folder.join("src/lib.rs"), "")?;
    Ok(folder)
}

/// `name=path` if the artifact is a library that the notebook asked for by name.
fn extern_of(message: &Value, wanted: &Table) -> Option<String> {
    let target = &message["target"];
    let library = target["kind"]
        .as_array()?
        .iter()
        .any(|kind| matches!(kind.as_str(), Some("lib" | "rlib" | "dylib" | "proc-macro")));
    let package = package_name(message["package_id"].as_str()?)?;
    let (name, _) = wanted.iter().find(|(name, value)| {
        value.get("package").and_then(|package| package.as_str()).unwrap_or(name.as_str()) == package
    })?;
    let file = message["filenames"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .find(|file| file.ends_with(".rlib") || file.ends_with(".so"))?;
    // A renamed dependency goes by its new name, any other by its library's.
    let renamed = wanted.get(name).is_some_and(|value| value.get("package").is_some());
    let name = if renamed { name.as_str() } else { target["name"].as_str()? };
    library.then(|| format!("{}={file}", name.replace('-', "_")))
}

/// The package in a package id: `registry+…#serde@1.0.0` or `path+file:///…/dir#name@1.0.0` or `…/name#1.0.0`.
fn package_name(id: &str) -> Option<&str> {
    let (source, fragment) = id.split_once('#')?;
    match fragment.split_once('@') {
        Some((name, _)) => Some(name),
        None => source.rsplit('/').next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_until_what_was_asked_or_a_source_changes() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("src");
        std::fs::create_dir(&source).unwrap();
        std::fs::write(source.join("lib.rs"), "").unwrap();
        let wanted: Table = format!("mine = {{ path = {:?} }}", folder.path()).parse().unwrap();
        let before = key(&wanted);
        let answer = json!({ "key": before, "externs": ["mine=/x/libmine.rlib"], "folders": ["/x"] });
        std::fs::write(folder.path().join(ANSWER), answer.to_string()).unwrap();
        assert_eq!(remembered(folder.path(), &before).unwrap().externs, ["mine=/x/libmine.rlib"]);
        let file = std::fs::File::options().write(true).open(source.join("lib.rs")).unwrap();
        file.set_modified(SystemTime::now() + std::time::Duration::from_secs(60)).unwrap();
        assert!(remembered(folder.path(), &key(&wanted)).is_none());
    }

    #[test]
    fn the_package_is_found_in_every_shape_of_package_id() {
        assert_eq!(package_name("registry+https://example.org/index#serde@1.0.2"), Some("serde"));
        assert_eq!(package_name("path+file:///somewhere/mine#0.1.0"), Some("mine"));
        assert_eq!(package_name("path+file:///somewhere/dir#mine@0.1.0"), Some("mine"));
    }
}
