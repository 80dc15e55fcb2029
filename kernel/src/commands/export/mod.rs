//! `isopleth export`: a notebook as an ordinary cargo project.

mod cell;
mod commands;
mod gaps;
mod items;
mod manifest;
mod numbers;
mod place;
mod program;
mod shown;
mod text;

use crate::notebook::{Kind, Notebook};
use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use cell::Parts;
use manifest::Dependencies;
use program::Section;
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf, absolute};
use std::process::ExitCode;

const HELP: &str = "\
Turns a notebook into a Rust program that gives the same numbers without it.

Usage: isopleth export NOTEBOOK DIR

NOTEBOOK is an .ipynb file, DIR a new folder, which becomes a cargo project:
  src/main.rs   functions, types and imports at the top; the statements of all cells,
                in their order, in `main`
  Cargo.toml    with the library `isopleth` of this installation, and the crates that
                the notebook's :dep lines ask for
  Cargo.lock    the versions that this installation was built with

Run it there with `cargo run --release`. What a cell shows below itself, the program prints;
figures are saved in the folder `plots`, under their titles.
Cells with the tag raises-exception, which are meant to fail, are left out.
";

/// The program that a notebook gives.
struct Export {
    main_rs: String,
    dependencies: Dependencies,
    cells: usize,
    notes: Vec<String>,
}

pub fn run(args: &[OsString]) -> Result<ExitCode> {
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(option) = args.iter().find(|arg| arg.to_string_lossy().starts_with('-')) {
        bail!("no option {}; see isopleth export --help", option.display());
    }
    let [path, folder] = args else {
        bail!("it takes a notebook and a new folder: isopleth export NOTEBOOK DIR");
    };
    let (path, folder) = (Path::new(path), Path::new(folder));
    let prefix = Prefix::of_this_binary()?;
    if !path.is_file() {
        bail!("{}", not_found(path, &prefix));
    }
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        bail!("{} exists already, and nothing in it is overwritten: name a new folder", folder.display());
    }
    let export = export(path)?;
    let name = write(&export, folder, &prefix)?;
    println!("Made the program `{name}` from the {} code cells of {}.", export.cells, path.display());
    for note in &export.notes {
        println!("Note: {note}.");
    }
    println!("To run it:  cd {} && {} run --release", folder.display(), cargo(&prefix));
    Ok(ExitCode::SUCCESS)
}

/// Makes the program of the notebook at `path`.
fn export(path: &Path) -> Result<Export> {
    let notebook = Notebook::read(path)?;
    if let Some(language) = notebook.other_language() {
        bail!("{} is in {language}; only notebooks in Rust can be exported", path.display());
    }
    let lies_in = absolute(path)?.parent().map(Path::to_owned).unwrap_or_default();
    let mut sections = Vec::new();
    let mut parts: Vec<Parts> = Vec::new();
    let mut variables: Vec<String> = Vec::new();
    let mut dependencies = Dependencies::new();
    let mut notes = Vec::new();
    for (at, cell) in notebook.cells.iter().enumerate() {
        match cell.kind {
            Kind::Markdown => sections.extend(program::headings(&cell.source)),
            Kind::Raw => {}
            Kind::Code => {
                let number = parts.len() + 1;
                let of_cell = if cell.is_meant_to_fail() {
                    Parts { body: commands::left_out("a cell that is meant to fail", &cell.source), ..Parts::default() }
                } else {
                    let later = notebook.cells[at + 1..].iter().filter(|cell| cell.kind == Kind::Code);
                    let later: HashSet<&str> = later.flat_map(|cell| text::names(&cell.source)).collect();
                    let read = cell::parts(&cell.source, &variables, &later);
                    read.with_context(|| format!("cell {number} of {}", path.display()))?
                };
                for line in &of_cell.dependencies {
                    manifest::add(&mut dependencies, line, &lies_in).with_context(|| format!("cell {number}"))?;
                }
                if of_cell.returns {
                    notes.push(format!("cell {number} returns early; in the program that ends `main`"));
                }
                variables.extend(of_cell.bindings.iter().cloned());
                sections.push(Section::Cell);
                parts.push(of_cell);
            }
        }
    }
    if parts.iter().all(|cell| cell.body.is_empty() && cell.items.is_empty()) {
        bail!("{} has no code cells, so there is no program in it", path.display());
    }
    add_what_evcxr_adds(&parts, &mut dependencies);
    let cells: Vec<place::Cell<'_>> = parts
        .iter()
        .enumerate()
        .map(|(at, parts)| place::Cell { number: at + 1, items: &parts.items, body: &parts.body })
        .collect();
    let placement = place::place(&cells).with_context(|| path.display().to_string())?;
    notes.extend(placement.notes.iter().cloned());
    notes.extend(files_beside(&notebook, &lies_in));
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let main_rs = program::main_rs(&file, &sections, &parts, &placement);
    Ok(Export { main_rs, dependencies, cells: parts.len(), notes })
}

/// The crates that a cell may use in a notebook without a `:dep`.
fn add_what_evcxr_adds(parts: &[Parts], dependencies: &mut Dependencies) {
    for item in parts.iter().flat_map(|cell| &cell.items) {
        if let items::Kind::ExternCrate(name) = &item.kind
            && !["std", "core", "alloc"].contains(&name.as_str())
            && !dependencies.keys().any(|known| known.replace('-', "_") == *name)
        {
            dependencies.insert(name.clone(), "*".into());
        }
    }
    if parts.iter().any(|cell| cell.waits) {
        let features = ["macros", "rt-multi-thread"].map(toml::Value::from).to_vec();
        let runtime = [("version".to_owned(), "1".into()), ("features".to_owned(), features.into())];
        dependencies.entry("tokio".to_owned()).or_insert_with(|| runtime.into_iter().collect::<toml::Table>().into());
    }
}

/// A note on files that the notebook names and that lie beside it: the program looks where it is run.
fn files_beside(notebook: &Notebook, folder: &Path) -> Option<String> {
    let named = notebook.code().flat_map(text::texts).find(|text| {
        let is_name = !text.is_empty() && !text.starts_with(['.', '/']) && !text.contains('\n');
        is_name && folder.join(text).exists()
    })?;
    Some(format!(
        "the notebook uses `{named}`, which lies beside it; run the program in {}, or copy it",
        folder.display()
    ))
}

/// Writes the project, and returns the name of its package.
fn write(export: &Export, folder: &Path, prefix: &Prefix) -> Result<String> {
    let prelude = prefix.prelude_source();
    let lock = prelude.join("Cargo.lock");
    let lock =
        fs::read_to_string(&lock).with_context(|| format!("cannot read {}: run install.sh again", lock.display()))?;
    fs::create_dir_all(folder.join("src")).with_context(|| format!("cannot make {}", folder.display()))?;
    let folder = folder.canonicalize()?;
    let name = manifest::package_name(&folder.file_name().unwrap_or_default().to_string_lossy());
    let is_inside = folder.ancestors().skip(1).any(|above| above.join("Cargo.toml").exists());
    let files = [
        ("src/main.rs", export.main_rs.clone()),
        ("Cargo.toml", manifest::cargo_toml(&name, &prelude, &export.dependencies, is_inside)),
        ("Cargo.lock", manifest::cargo_lock(&lock, &name)),
        (".gitignore", "/target\n/plots\n".to_owned()),
    ];
    for (file, text) in files {
        let path = folder.join(file);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(name)
}

/// `cargo`, or where the installation's is.
fn cargo(prefix: &Prefix) -> String {
    if which::which("cargo").is_ok() {
        return "cargo".to_owned();
    }
    match Toolchain::recorded(prefix).ok().and_then(|toolchain| toolchain.cargo.parent().map(Path::to_owned)) {
        Some(bin) => format!("PATH={}:$PATH cargo", bin.display()),
        None => "cargo".to_owned(),
    }
}

/// Says that there is no notebook at `path`, and which there are.
fn not_found(path: &Path, prefix: &Prefix) -> String {
    let in_folder = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "ipynb")).collect()
    };
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found = in_folder(parent);
    if found.is_empty() {
        found = in_folder(&prefix.notebooks());
    }
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let wanted = name(path);
    found.sort_by(|a, b| {
        let likeness = |path: &Path| strsim::jaro_winkler(&name(path), &wanted);
        likeness(b).total_cmp(&likeness(a)).then_with(|| a.cmp(b))
    });
    let names: Vec<String> =
        found.iter().take(5).map(|path| path.strip_prefix("./").unwrap_or(path).display().to_string()).collect();
    let what = if path.is_dir() { "is a folder, not a notebook" } else { "is not there" };
    let exist = if names.is_empty() { String::new() } else { format!("; there are {}", names.join(", ")) };
    format!("{} {what}{exist}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn exported(cells: serde_json::Value) -> Result<Export> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("days.ipynb");
        std::fs::write(folder.path().join("beside.csv"), "").unwrap();
        std::fs::write(&path, json!({ "cells": cells, "metadata": {} }).to_string()).unwrap();
        export(&path)
    }

    fn code(source: &str) -> serde_json::Value {
        json!({ "cell_type": "code", "source": source, "metadata": {} })
    }

    #[test]
    fn a_cell_that_is_meant_to_fail_is_a_comment() {
        let failing = json!({ "cell_type": "code", "source": "1 +", "metadata": { "tags": ["raises-exception"] } });
        let export = exported(json!([failing, code("let a = 1;")])).unwrap();
        assert!(export.main_rs.contains("// Left out, a cell that is meant to fail: 1 +\n"), "{}", export.main_rs);
    }

    #[test]
    fn what_cannot_be_exported_is_named() {
        let error = |cells| format!("{:#}", exported(cells).err().unwrap());
        assert!(error(json!([])).contains("no code cells"));
        assert!(error(json!([code("let a = 1;"), code("let = ")])).contains("cell 2 of"));
        assert!(error(json!([code(":dep a = 1 2")])).contains("cell 1: `:dep a = 1 2`"));
    }

    #[test]
    fn crates_that_the_notebook_need_not_ask_for_are_added() {
        let export = exported(json!([code("extern crate itoa;\nextern crate std;"), code("f().await")])).unwrap();
        assert_eq!(export.dependencies.keys().collect::<Vec<_>>(), ["itoa", "tokio"]);
    }

    #[test]
    fn a_file_that_lies_beside_the_notebook_is_noted() {
        let notes = exported(json!([code("let a = \"beside.csv\";")])).unwrap().notes;
        assert!(notes[0].contains("`beside.csv`"), "{notes:?}");
        assert!(exported(json!([code("let a = \"elsewhere.csv\";")])).unwrap().notes.is_empty());
    }
}
