//! `Cargo.toml` and `Cargo.lock` of an exported program.

use crate::cell::words;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::Path;
use toml::{Table, Value};

/// Crates by name, each with what stands behind `=` in a manifest.
pub type Dependencies = BTreeMap<String, Value>;

/// Names that cargo does not take for a package, or that would hide a crate that the program uses.
const TAKEN: [&str; 10] = ["isopleth", "std", "core", "alloc", "test", "proc_macro", "self", "super", "crate", "main"];

/// A package name made from the name of a folder.
pub fn package_name(folder: &str) -> String {
    let parts = folder.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let name = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-").to_lowercase();
    let name = name.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_owned();
    if name.is_empty() {
        return "notebook".to_owned();
    }
    if TAKEN.contains(&name.as_str()) || is_keyword(&name) { format!("{name}-program") } else { name }
}

fn is_keyword(name: &str) -> bool {
    let lexed = ra_ap_parser::LexedStr::new(ra_ap_syntax::Edition::Edition2024, name);
    lexed.len() == 1 && lexed.kind(0) != ra_ap_syntax::SyntaxKind::IDENT
}

/// Adds what a `:dep` asks for; paths are meant from `folder`, where the notebook lies.
///
/// # Errors
/// If the line is none that the notebook would take.
pub fn add(dependencies: &mut Dependencies, line: &str, folder: &Path) -> Result<()> {
    if line.starts_with(['.', '/']) {
        let path = absolute(folder, line);
        let manifest = path.join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
        let table: Table = text.parse().with_context(|| format!("{} is not TOML", manifest.display()))?;
        let name = table.get("package").and_then(|package| package.get("name")?.as_str());
        let name = name.with_context(|| format!("{} names no package", manifest.display()))?;
        let path: Table = [("path".to_owned(), path.to_string_lossy().into_owned().into())].into_iter().collect();
        dependencies.insert(name.to_owned(), path.into());
        return Ok(());
    }
    let (name, wanted) = line.split_once('=').unwrap_or((line, "\"*\""));
    let name = name.trim();
    if words(&name.replace('-', "_")).count() != 1 {
        bail!("`:dep {line}` names no crate; it is written `:dep name = \"1\"`");
    }
    let parsed: Option<Value> =
        format!("it = {}", wanted.trim()).parse::<Table>().ok().and_then(|mut it| it.remove("it"));
    let mut wanted = parsed.with_context(|| format!("`:dep {line}`: what follows the `=` is not TOML"))?;
    if let Some(path) = wanted.get_mut("path")
        && let Some(text) = path.as_str()
    {
        *path = absolute(folder, text).to_string_lossy().into_owned().into();
    }
    // The program has the prelude already.
    if name != "isopleth" {
        dependencies.insert(name.to_owned(), wanted);
    }
    Ok(())
}

fn absolute(folder: &Path, path: &str) -> std::path::PathBuf {
    let joined = folder.join(path);
    joined.canonicalize().unwrap_or(joined)
}

/// The manifest of the package `name`; `prelude` is the folder of the crate `isopleth`. `is_inside` says that the project lies
/// below another one, which it does not belong to.
pub fn cargo_toml(name: &str, prelude: &Path, dependencies: &Dependencies, is_inside: bool) -> String {
    let text = |text: &str| Value::String(text.to_owned()).to_string();
    let mut out = format!("[package]\nname = {}\nversion = \"0.1.0\"\nedition = \"2024\"\n", text(name));
    out.push_str("\n[dependencies]\n# The library of the installation that made this project.\n");
    out.push_str(&format!("isopleth = {{ path = {} }}\n", text(&prelude.to_string_lossy())));
    for (name, wanted) in dependencies {
        out.push_str(&format!("{name} = {wanted}\n"));
    }
    out.push_str("\n# Loops are as fast as in the notebook, also without --release.\n[profile.dev]\nopt-level = 3\n");
    if is_inside {
        out.push_str("\n# Not a part of the project in a folder above.\n[workspace]\n");
    }
    out
}

/// `lock`, the one of the crate `isopleth` alone, for the package `name`. What else it depends on cargo will add.
pub fn cargo_lock(lock: &str, name: &str) -> String {
    let (head, packages) = lock.split_once("\n[[package]]\n").unwrap_or((lock, ""));
    let own = format!("name = \"{name}\"\nversion = \"0.1.0\"\ndependencies = [\n \"isopleth\",\n]");
    let mut packages: Vec<&str> = packages.split("\n[[package]]\n").map(str::trim).collect();
    packages.push(&own);
    packages.sort_by_key(|package| package.lines().next().unwrap_or_default().to_owned());
    let packages: Vec<String> = packages.iter().map(|package| format!("[[package]]\n{package}\n")).collect();
    format!("{}\n\n{}", head.trim_end(), packages.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_a_name_that_cargo_takes() {
        let names = ["heat", "8-1-parallel-rasters", "Été 2016", "my.notebook", "2016", "test", "match", "Isopleth"];
        let wanted = [
            "heat",
            "parallel-rasters",
            "t-2016",
            "my-notebook",
            "notebook",
            "test-program",
            "match-program",
            "isopleth-program",
        ];
        assert_eq!(names.map(package_name), wanted);
    }

    #[test]
    fn a_dep_becomes_a_dependency_as_the_notebook_takes_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("mine")).unwrap();
        std::fs::write(folder.path().join("mine/Cargo.toml"), "[package]\nname = \"my-crate\"").unwrap();
        let mut found = Dependencies::new();
        for line in ["itoa = \"1\"", "fastrand", "./mine", "other = { path = \"mine\", features = [\"a\"] }"] {
            add(&mut found, line, folder.path()).unwrap();
        }
        let text = cargo_toml("days", Path::new("/p/isopleth"), &found, false);
        let manifest: Table = text.parse().unwrap();
        let path = folder.path().join("mine").canonicalize().unwrap().display().to_string();
        let dependencies = &manifest["dependencies"];
        assert_eq!(dependencies["itoa"].as_str(), Some("1"));
        assert_eq!(dependencies["fastrand"].as_str(), Some("*"));
        assert_eq!(dependencies["my-crate"]["path"].as_str(), Some(path.as_str()));
        assert_eq!(dependencies["other"]["path"].as_str(), Some(path.as_str()));
        assert_eq!(dependencies["isopleth"]["path"].as_str(), Some("/p/isopleth"));
        assert!(
            add(&mut found, "a b = 1", folder.path()).is_err() && add(&mut found, "a = 1 2", folder.path()).is_err()
        );
    }

    #[test]
    fn a_later_dep_counts() {
        let mut found = Dependencies::new();
        for line in ["itoa = \"1\"", "itoa = \"2\""] {
            add(&mut found, line, Path::new("/")).unwrap();
        }
        assert_eq!(found["itoa"].as_str(), Some("2"));
    }

    #[test]
    fn the_lock_gets_the_program_in_its_place() {
        let lock = "# Made by cargo.\nversion = 4\n\n[[package]]\nname = \"ab\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"isopleth\"\nversion = \"0.1.0\"\ndependencies = [\n \"ab\",\n]\n";
        let text = cargo_lock(lock, "heat");
        let table: Table = text.parse().unwrap();
        let names: Vec<_> =
            table["package"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["ab", "heat", "isopleth"]);
        assert!(text.starts_with("# Made by cargo.\nversion = 4\n\n[[package]]\n") && text.ends_with("]\n"));
    }
}
