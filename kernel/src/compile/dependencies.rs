//! The crates that a notebook asks for with `:dep`: built by the real cargo, once per change.

use super::{Session, real};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use toml::Table;

/// What rustc needs to be told of the notebook's own dependencies.
#[derive(Debug, Default, Serialize, Deserialize)]
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

/// Builds `wanted`, or returns the last build's answer if nothing has changed. `Err` holds cargo's exit status.
pub fn build(session: &Session, wanted: &Table) -> Result<std::result::Result<Dependencies, u8>> {
    if wanted.is_empty() {
        return Ok(Ok(Dependencies::default()));
    }
    let folder = write_crate(session, wanted)?;
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml"))?;
    // Sources on disk may have been changed; cargo finds out.
    let may_change = wanted.values().any(|value| value.get("path").is_some());
    if let Some(built) = Built::of(&folder).filter(|built| !may_change && built.manifest == manifest) {
        return Ok(Ok(built.dependencies));
    }
    let mut cargo = real(session, "cargo")
        .args(["build", "--release", "--message-format=json"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .context("cannot run cargo")?;
    let record = Session::compiler_record(&session.workspace);
    std::fs::write(&record, cargo.id().to_string())?;
    let mut dependencies = Dependencies { externs: Vec::new(), folders: vec![folder.join("target/release/deps")] };
    let messages = BufReader::new(cargo.stdout.take().context("cargo has no stdout")?);
    for line in messages.lines() {
        let line = line?;
        let Ok(message) = serde_json::from_str::<Value>(&line) else { continue };
        if message["reason"] == "compiler-artifact" {
            dependencies.externs.extend(extern_of(&message, wanted));
        } else if message["reason"] == "compiler-message" && message["message"]["level"] == "error" {
            writeln!(std::io::stdout(), "{line}")?;
        }
    }
    let status = cargo.wait()?;
    let _ = std::fs::remove_file(&record);
    if !status.success() {
        return Ok(Err(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)));
    }
    let built = Built { manifest, dependencies };
    built.keep(&folder)?;
    Ok(Ok(built.dependencies))
}

/// The last build that succeeded: even a cargo that has nothing to do takes as long as compiling a cell.
#[derive(Serialize, Deserialize)]
struct Built {
    manifest: String,
    dependencies: Dependencies,
}

impl Built {
    fn of(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(Self::record(folder)).ok()?).ok()
    }

    fn keep(&self, folder: &Path) -> Result<()> {
        Ok(std::fs::write(Self::record(folder), serde_json::to_vec(self)?)?)
    }

    fn record(folder: &Path) -> PathBuf {
        folder.join("built.json")
    }
}

/// A crate of its own beside the generated one: the prelude must not be built again.
pub fn write_crate(session: &Session, wanted: &Table) -> Result<PathBuf> {
    let folder = session.workspace.join("dependencies");
    std::fs::create_dir_all(folder.join("src"))?;
    let mut manifest = Table::new();
    let package: Table = "name = \"dependencies\"\nversion = \"1.0.0\"\nedition = \"2024\"\n".parse()?;
    manifest.insert("package".into(), package.into());
    manifest.insert("dependencies".into(), wanted.clone().into());
    // Not part of any workspace that the temporary folder may lie in.
    manifest.insert("workspace".into(), Table::new().into());
    write_if_new(&folder.join("Cargo.toml"), &manifest.to_string())?;
    write_if_new(&folder.join("src/lib.rs"), "")?;
    Ok(folder)
}

/// Leaves a file that is as it should be alone: cargo builds anew what was written anew.
fn write_if_new(path: &Path, content: &str) -> Result<()> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    Ok(std::fs::write(path, content)?)
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
    use super::package_name;

    #[test]
    fn the_package_is_found_in_every_shape_of_package_id() {
        assert_eq!(package_name("registry+https://example.org/index#serde@1.0.2"), Some("serde"));
        assert_eq!(package_name("path+file:///somewhere/mine#0.1.0"), Some("mine"));
        assert_eq!(package_name("path+file:///somewhere/dir#mine@0.1.0"), Some("mine"));
    }
}
