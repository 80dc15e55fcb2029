//! The crates that a notebook asks for with `:dep`: built by the real cargo, once per change.

use super::queue::{Priority, Turn};
use super::{Compiler, cargo};
use anyhow::{Result, bail};
use cargo_metadata::diagnostic::DiagnosticLevel;
use cargo_metadata::{Artifact, Metadata, Node, PackageId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use toml::Table;

/// What rustc needs to be told of the notebook's own dependencies.
#[derive(Debug, Default, Clone)]
pub struct Dependencies {
    /// `name=path` for `--extern`.
    pub externs: Vec<String>,
    /// Folders for `-L dependency=`.
    pub folders: Vec<PathBuf>,
}

/// The crates that a notebook has asked for, built.
#[derive(Debug, Clone, Default)]
pub struct Crates {
    /// As cells call them.
    pub names: BTreeSet<String>,
    /// Those on this disk, and how new each was. A crate that is built again keeps its name, and so its types' `TypeId`s,
    /// whatever they are now.
    pub local: BTreeMap<String, String>,
    /// `cargo metadata` of them all.
    pub metadata: Option<Arc<Value>>,
    /// Which of them bring a version of a crate of the prelude's own that is not the prelude's, and of which.
    pub apart: Vec<(String, String)>,
}

/// The shared object that holds all crates, so that what is static in them exists once in the cells' process.
const LIBRARY: &str = "isopleth_dependencies";

/// Crates whose types the prelude shows: another build of one has other types of the same names.
const SHARED: [&str; 2] = ["ndarray", "num-complex"];

impl Compiler {
    /// Builds the crates of the manifest's table `wanted`; cells that are compiled from now on see them.
    ///
    /// # Errors
    /// cargo's complaint, in a student's words.
    pub fn build_crates(&self, wanted: &Table, tell: &dyn Fn(&str)) -> Result<Crates> {
        let mut wanted = wanted.clone();
        wanted.remove("isopleth");
        if wanted.is_empty() {
            *self.dependencies.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::default();
            return Ok(Crates::default());
        }
        let Some(turn) = self.queue.turn(Priority::Now) else { bail!("stopped") };
        let folder = self.folder(FOLDER)?;
        let key = key(&wanted);
        write_crate(&folder, &wanted, &library_name(&key))?;
        let described = self.cargo(&turn, &["metadata", "--format-version=1"], &folder, tell)?;
        if !described.success {
            bail!("{}", cargo::explain(&described.complaints));
        }
        let described: Value = serde_json::from_str(&described.stdout)?;
        let metadata: Metadata = serde_json::from_value(described.clone())?;
        name_crates(&folder, &metadata)?;
        let dependencies = match remembered(&folder, &key) {
            Some(known) => known,
            None => self.build(&turn, &wanted, &folder, &key, tell)?,
        };
        let crates = Crates {
            names: dependencies
                .externs
                .iter()
                .filter_map(|one| Some(one.split_once('=')?.0.to_owned()))
                .filter(|name| name != LIBRARY)
                .collect(),
            local: local(&wanted),
            apart: apart(&metadata),
            metadata: Some(Arc::new(described)),
        };
        *self.dependencies.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(dependencies);
        *self.wanted.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = wanted;
        Ok(crates)
    }

    /// Builds the notebook's crates again if one of those on this disk has changed.
    ///
    /// # Errors
    /// As [`Compiler::build_crates`].
    pub fn rebuild_changed_crates(
        &self,
        known: &BTreeMap<String, String>,
        tell: &dyn Fn(&str),
    ) -> Result<Option<Crates>> {
        let wanted = self.wanted.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        if known.is_empty() || local(&wanted) == *known {
            return Ok(None);
        }
        self.build_crates(&wanted, tell).map(Some)
    }

    fn build(
        &self,
        turn: &Turn<'_>,
        wanted: &Table,
        folder: &Path,
        key: &str,
        tell: &dyn Fn(&str),
    ) -> Result<Dependencies> {
        let done = self.cargo(turn, &["build", "--release", "--message-format=json"], folder, tell)?;
        let mut dependencies = Dependencies { externs: Vec::new(), folders: vec![folder.join("target/release/deps")] };
        let mut error = None;
        for message in cargo_metadata::Message::parse_stream(done.stdout.as_bytes()) {
            match message? {
                cargo_metadata::Message::CompilerArtifact(artifact) => {
                    dependencies.externs.extend(extern_of(&artifact, wanted));
                    dependencies.externs.extend(the_library(&artifact));
                }
                cargo_metadata::Message::CompilerMessage(said) if said.message.level == DiagnosticLevel::Error => {
                    let package = package_name(&said.package_id).unwrap_or_default();
                    error.get_or_insert_with(|| {
                        format!("the crate `{package}` does not compile: {}", said.message.message)
                    });
                }
                _ => {}
            }
        }
        if !done.success {
            bail!("{}", error.unwrap_or_else(|| cargo::explain(&done.complaints)));
        }
        let answer = json!({ "key": key, "externs": dependencies.externs, "folders": dependencies.folders });
        std::fs::write(folder.join(ANSWER), answer.to_string())?;
        Ok(dependencies)
    }
}

/// The crates among `metadata`'s direct dependencies that bring a [`SHARED`] crate of their own.
fn apart(metadata: &Metadata) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for id in root(metadata).into_iter().flat_map(|root| &root.dependencies) {
        let below = node(metadata, id).into_iter().flat_map(|node| &node.dependencies);
        let names: Vec<&str> = std::iter::once(id).chain(below).filter_map(package_name).collect();
        let name = package_name(id).unwrap_or_default();
        if let Some(shared) = SHARED.iter().find(|shared| names.contains(shared)) {
            found.push((name.to_owned(), (*shared).to_owned()));
        }
    }
    found
}

/// What the notebook's own crate depends on.
fn root(metadata: &Metadata) -> Option<&Node> {
    node(metadata, metadata.resolve.as_ref()?.root.as_ref()?)
}

fn node<'a>(metadata: &'a Metadata, id: &PackageId) -> Option<&'a Node> {
    metadata.resolve.as_ref()?.nodes.iter().find(|node| node.id == *id)
}

/// The crate that holds the notebook's dependencies, in the workspace.
const FOLDER: &str = "dependencies";
/// What the last build gave, in that folder. Asking cargo again would cost every later cell a tenth of a second.
const ANSWER: &str = "answer.json";

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

/// A crate of its own: the prelude must not be built again.
fn write_crate(folder: &Path, wanted: &Table, library: &str) -> Result<()> {
    std::fs::create_dir_all(folder.join("src"))?;
    let mut manifest = Table::new();
    let package: Table = "name = \"dependencies\"\nversion = \"1.0.0\"\nedition = \"2024\"\n".parse()?;
    manifest.insert("package".into(), package.into());
    let library: Table = format!("name = \"{library}\"\ncrate-type = [\"dylib\"]\n").parse()?;
    manifest.insert("lib".into(), library.into());
    manifest.insert("dependencies".into(), wanted.clone().into());
    // Not part of any workspace that the temporary folder may lie in.
    manifest.insert("workspace".into(), Table::new().into());
    std::fs::write(folder.join("Cargo.toml"), manifest.to_string())?;
    if !folder.join("src/lib.rs").exists() {
        std::fs::write(folder.join("src/lib.rs"), "")?;
    }
    Ok(())
}

/// Has the crate hold all that it depends on, each by the name that its library has.
fn name_crates(folder: &Path, metadata: &Metadata) -> Result<()> {
    let names = root(metadata).into_iter().flat_map(|root| &root.deps).map(|dependency| dependency.name.as_str());
    let text: String = names.map(|name| format!("extern crate {name} as _;\n")).collect();
    let path = folder.join("src/lib.rs");
    if std::fs::read_to_string(&path).ok().as_deref() != Some(&text) {
        std::fs::write(path, text)?;
    }
    Ok(())
}

/// The library's name for one build: the loader takes a name that it has loaded for the same object, whatever has come to it
/// since.
fn library_name(key: &str) -> String {
    let digest = Sha256::digest(key);
    let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{LIBRARY}_{hex}")
}

/// `name=path` if the artifact is the [`LIBRARY`].
fn the_library(artifact: &Artifact) -> Option<String> {
    let mut files = artifact.filenames.iter().filter(|_| artifact.target.name.starts_with(LIBRARY));
    files.find(|file| file.as_str().ends_with(".so")).map(|file| format!("{LIBRARY}={file}"))
}

/// `name=path` if the artifact is a library that the notebook asked for by name.
fn extern_of(artifact: &Artifact, wanted: &Table) -> Option<String> {
    let target = &artifact.target;
    let is_library = target.is_lib() || target.is_rlib() || target.is_dylib() || target.is_proc_macro();
    let package = package_name(&artifact.package_id)?;
    let (name, _) = wanted.iter().find(|(name, value)| {
        value.get("package").and_then(|package| package.as_str()).unwrap_or(name.as_str()) == package
    })?;
    let is_one = |file: &str| file.ends_with(".rlib") || file.ends_with(".so");
    let file = artifact.filenames.iter().find(|file| is_one(file.as_str()))?;
    // A renamed dependency goes by its new name, any other by its library's.
    let renamed = wanted.get(name).is_some_and(|value| value.get("package").is_some());
    let name = if renamed { name.as_str() } else { target.name.as_str() };
    is_library.then(|| format!("{}={file}", name.replace('-', "_")))
}

/// The package in a package id: `registry+…#serde@1.0.0` or `path+file:///…/dir#name@1.0.0` or `…/name#1.0.0`.
fn package_name(id: &PackageId) -> Option<&str> {
    let (source, fragment) = id.repr.split_once('#')?;
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
        let name = |id: &str| package_name(&PackageId { repr: id.to_owned() }).map(str::to_owned);
        assert_eq!(name("registry+https://example.org/index#serde@1.0.2").as_deref(), Some("serde"));
        assert_eq!(name("path+file:///somewhere/mine#0.1.0").as_deref(), Some("mine"));
        assert_eq!(name("path+file:///somewhere/dir#mine@0.1.0").as_deref(), Some("mine"));
    }
}
