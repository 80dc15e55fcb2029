//! The sources of the crate `isopleth` as a package that builds by itself: what exported programs depend on.

use super::setup::copy_folder;
use anyhow::{Context, Result};
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use toml::{Table, Value};

/// What a manifest may take over from its workspace, and what it needs for tests alone.
const NOT_NEEDED: [&str; 2] = ["lints", "dev-dependencies"];

/// Makes the copied sources in `to` whole. `from` is the crate's folder in the workspace `source`.
pub fn complete(source: &Path, from: &Path, to: &Path) -> Result<()> {
    let read = |path: &Path| fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
    let table = |path: &Path| -> Result<Table> { Ok(read(path)?.parse()?) };
    let manifest = standing_alone(table(&from.join("Cargo.toml"))?, &table(&source.join("Cargo.toml"))?);
    let dependencies = direct_dependencies(&manifest);
    fs::write(to.join("Cargo.toml"), manifest.to_string())?;
    fs::write(to.join("Cargo.lock"), lock_of(&read(&source.join("Cargo.lock"))?, "isopleth", &dependencies))?;
    fs::copy(from.join("build.rs"), to.join("build.rs"))?;
    copy_folder(&from.join("data"), &to.join("data"))
}

/// `manifest` with what it takes over from `workspace` written into it.
fn standing_alone(mut manifest: Table, workspace: &Table) -> Table {
    for name in NOT_NEEDED {
        manifest.remove(name);
    }
    let shared = workspace.get("workspace");
    if let Some(package) = manifest.get_mut("package").and_then(Value::as_table_mut) {
        let shared = shared.and_then(|shared| shared.get("package")?.as_table());
        take_over(package, shared);
    }
    for kind in ["dependencies", "build-dependencies"] {
        if let Some(dependencies) = manifest.get_mut(kind).and_then(Value::as_table_mut) {
            let shared = shared.and_then(|shared| shared.get("dependencies")?.as_table());
            take_over(dependencies, shared);
        }
    }
    manifest
}

/// Replaces each `key.workspace = true`.
fn take_over(table: &mut Table, shared: Option<&Table>) {
    for (key, value) in table.iter_mut() {
        let inherits = value.get("workspace").and_then(Value::as_bool) == Some(true);
        if let Some(shared) = shared.and_then(|shared| shared.get(key)).filter(|_| inherits) {
            *value = shared.clone();
        }
    }
}

/// The packages that `manifest` names, by the names that a lock file has.
fn direct_dependencies(manifest: &Table) -> HashSet<String> {
    let kinds = ["dependencies", "build-dependencies"].into_iter().filter_map(|kind| manifest.get(kind)?.as_table());
    kinds
        .flatten()
        .map(|(name, value)| value.get("package").and_then(Value::as_str).unwrap_or(name).to_owned())
        .collect()
}

/// The part of `lock` that `package` needs, whose direct dependencies are `direct`; each block of text stays as it is.
fn lock_of(lock: &str, package: &str, direct: &HashSet<String>) -> String {
    const BEGIN: &str = "[[package]]\n";
    let (head, rest) = lock.split_once(BEGIN).unwrap_or((lock, ""));
    let blocks: Vec<&str> = rest.split(BEGIN).map(str::trim_end).collect();
    let field = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(&format!("{key} = \"")));
        line.map(|value| value.trim_end_matches('"').to_owned()).unwrap_or_default()
    };
    // A dependency is written `name`, or `name version` where there are several.
    let is_meant = |block: &str, wanted: &str| {
        let (name, version) = (field(block, "name"), field(block, "version"));
        wanted.split(' ').next() == Some(&name) && wanted.split(' ').nth(1).is_none_or(|wanted| wanted == version)
    };
    let dependencies = |block: &str| -> Vec<String> {
        let lines = block.lines().filter_map(|line| line.strip_prefix(" \""));
        let names = lines.map(|line| line.trim_end_matches([',', '"']).to_owned());
        let is_own = field(block, "name") == package;
        names.filter(|name| !is_own || direct.contains(name.split(' ').next().unwrap_or_default())).collect()
    };
    let mut kept = HashSet::new();
    let mut open = vec![package.to_owned()];
    while let Some(wanted) = open.pop() {
        for (at, block) in blocks.iter().enumerate().filter(|(_, block)| is_meant(block, &wanted)) {
            if kept.insert(at) {
                open.extend(dependencies(block));
            }
        }
    }
    let mut out = head.to_owned();
    for (_, block) in blocks.iter().enumerate().filter(|(at, _)| kept.contains(at)) {
        let own = dependencies(block);
        let line_is_kept = |line: &&str| match line.strip_prefix(" \"") {
            Some(name) => own.iter().any(|kept| kept == name.trim_end_matches([',', '"'])),
            None => true,
        };
        let text: Vec<&str> = block.lines().filter(line_is_kept).collect();
        out.push_str(&format!("{BEGIN}{}\n\n", text.join("\n")));
    }
    out.trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\n \"b 2.0.0\",\n]\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"b\"\nversion = \"2.0.0\"\n\n[[package]]\nname = \"isopleth\"\nversion = \"0.1.0\"\ndependencies = [\n \"a\",\n \"tempfile\",\n]\n\n[[package]]\nname = \"tempfile\"\nversion = \"3.0.0\"\n";

    #[test]
    fn what_the_workspace_says_is_written_out() {
        let manifest = "[package]\nname = \"x\"\nversion.workspace = true\n[lints]\nworkspace = true\n[dependencies]\na = \"1\"\nb.workspace = true\n[dev-dependencies]\nc = \"1\"\n";
        let workspace = "[workspace.package]\nversion = \"0.7.0\"\n[workspace.dependencies]\nb = \"2\"\n";
        let alone = standing_alone(manifest.parse().unwrap(), &workspace.parse().unwrap());
        assert_eq!(alone["package"]["version"].as_str(), Some("0.7.0"));
        assert_eq!(alone["dependencies"]["b"].as_str(), Some("2"));
        assert!(!alone.contains_key("lints") && !alone.contains_key("dev-dependencies"));
        assert!(!alone.to_string().contains("workspace"));
    }

    #[test]
    fn the_lock_holds_what_the_crate_needs_and_no_more() {
        let text = lock_of(LOCK, "isopleth", &HashSet::from(["a".to_owned()]));
        let table: Table = text.parse().unwrap();
        let packages = table["package"].as_array().unwrap();
        let names: Vec<String> = packages
            .iter()
            .map(|it| format!("{} {}", it["name"].as_str().unwrap(), it["version"].as_str().unwrap()))
            .collect();
        assert_eq!(names, ["a 1.0.0", "b 2.0.0", "isopleth 0.1.0"]);
        assert!(!text.contains("tempfile"));
    }
}
