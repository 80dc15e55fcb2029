//! The sources of the crate `isopleth` as a package that builds by itself: what exported programs depend on.

use super::setup::copy_folder;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use toml::{Table, Value};

/// What a manifest may take over from its workspace, and what it needs for tests alone.
const NOT_NEEDED: [&str; 2] = ["lints", "dev-dependencies"];

/// A crate of the workspace that the sources bring with them: its folder, and its manifest without the workspace.
type Part = (PathBuf, Table);

/// Makes the copied sources in `to` whole. `from` is the crate's folder in the workspace `source`.
pub fn complete(source: &Path, from: &Path, to: &Path) -> Result<()> {
    let workspace = table(&source.join("Cargo.toml"))?;
    let manifest = standing_alone(table(&from.join("Cargo.toml"))?, &workspace);
    let parts = parts(from, &manifest, &workspace)?;
    fs::write(to.join("Cargo.toml"), manifest.to_string())?;
    fs::write(to.join("Cargo.lock"), lock_of(&source.join("Cargo.lock"), &manifest, &parts)?)?;
    fs::copy(from.join("build.rs"), to.join("build.rs"))?;
    for (folder, manifest) in &parts {
        copy_folder(&from.join(folder).join("src"), &to.join(folder).join("src"))?;
        fs::write(to.join(folder).join("Cargo.toml"), manifest.to_string())?;
    }
    copy_folder(&from.join("data"), &to.join("data"))
}

fn table(path: &Path) -> Result<Table> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.parse().with_context(|| format!("{} is not TOML", path.display()))
}

/// The crates in folders below `from` that the crate of `manifest` depends on.
fn parts(from: &Path, manifest: &Table, workspace: &Table) -> Result<Vec<Part>> {
    let dependencies = manifest.get("dependencies").and_then(Value::as_table).into_iter().flatten();
    let folders = dependencies.filter_map(|(_, wanted)| wanted.get("path")?.as_str());
    let part = |folder: &str| -> Result<Part> {
        if !Path::new(folder).components().all(|part| matches!(part, Component::Normal(_))) {
            bail!("the crate in {folder:?} does not lie below {}, and cannot be installed with it", from.display());
        }
        let manifest = standing_alone(table(&from.join(folder).join("Cargo.toml"))?, workspace);
        Ok((folder.into(), manifest))
    };
    folders.map(part).collect()
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

/// The part of the lock file `lock` that the package of `manifest` needs with its `parts`, as cargo finds it.
fn lock_of(lock: &Path, manifest: &Table, parts: &[Part]) -> Result<String> {
    // In a folder of its own: above the sources there may be a workspace, which cargo would take them for a part of.
    let folder = tempfile::Builder::new().prefix("isopleth-lock-").tempdir()?;
    let write_package = |folder: &Path, manifest: &Table| -> Result<()> {
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("src/lib.rs"), "")?;
        Ok(fs::write(folder.join("Cargo.toml"), manifest.to_string())?)
    };
    write_package(folder.path(), manifest)?;
    fs::write(folder.path().join("build.rs"), "fn main() {}")?;
    for (part, manifest) in parts {
        write_package(&folder.path().join(part), manifest)?;
    }
    let pruned = folder.path().join("Cargo.lock");
    fs::copy(lock, &pruned).with_context(|| format!("cannot copy {}", lock.display()))?;
    // It takes out what is not needed, and leaves every version as it is.
    let cargo =
        Command::new("cargo").args(["update", "--workspace", "--offline"]).current_dir(folder.path()).output()?;
    if !cargo.status.success() {
        bail!("cargo update: {}", String::from_utf8_lossy(&cargo.stderr).trim());
    }
    Ok(fs::read_to_string(pruned)?)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let read = |path: &str| -> Table { fs::read_to_string(workspace.join(path)).unwrap().parse().unwrap() };
        let manifest = standing_alone(read("prelude/Cargo.toml"), &read("Cargo.toml"));
        let parts = parts(&workspace.join("prelude"), &manifest, &read("Cargo.toml")).unwrap();
        assert_eq!(parts.iter().map(|(folder, _)| folder.as_path()).collect::<Vec<_>>(), [Path::new("bus")]);
        assert!(!parts[0].1.to_string().contains("workspace"));
        let versions = |lock: &Table| -> Vec<(String, String)> {
            let text = |package: &Value, key: &str| package[key].as_str().unwrap().to_owned();
            let packages = lock["package"].as_array().unwrap();
            packages.iter().map(|package| (text(package, "name"), text(package, "version"))).collect()
        };
        let whole = versions(&read("Cargo.lock"));
        let own = versions(&lock_of(&workspace.join("Cargo.lock"), &manifest, &parts).unwrap().parse().unwrap());
        assert!(own.iter().all(|package| whole.contains(package)));
        let has = |name: &str| own.iter().any(|(package, _)| package == name);
        assert!(
            has("isopleth")
                && has("isopleth-bus")
                && has("gdal")
                && has("ndarray")
                && !has("tempfile")
                && !has("evcxr")
        );
    }
}
