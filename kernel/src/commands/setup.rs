//! `isopleth setup`: puts a build in place. install.sh calls it, as the last step that is not Jupyter's.
//!
//! `setup --source DIR --artifacts FILE --prefix DIR [--python FILE] [--register DIR]...` copies; `setup cells NOTEBOOK`,
//! run by the installed binary, compiles a notebook's cells into the installation's cache.

use super::{KERNEL_NAME, crate_source, fill, standard_library};
use crate::analysis::{dependencies, metadata};
use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Crates whose types a cell's author meets through the prelude: their sources are kept for completion.
const SHOWN: [&str; 5] = ["isopleth", "ndarray", "num-traits", "num-complex", "num-integer"];
/// What a site's GDAL may need to find its parts; kept in the kernelspec.
const SITE_ENVIRONMENT: [&str; 5] = ["LD_LIBRARY_PATH", "GDAL_DATA", "GDAL_DRIVER_PATH", "PROJ_DATA", "PROJ_LIB"];
/// The kernel's allocator takes memory when it is needed, and gives it back at once: 80 MB less for the engine.
const ALLOCATOR_ENVIRONMENT: [(&str, &str); 2] = [("MIMALLOC_PURGE_DELAY", "0"), ("MIMALLOC_ARENA_EAGER_COMMIT", "0")];
/// The teacher's part of the notebooks' folder.
const TEACHING: &str = "teaching";
const LOGO: &str = include_str!("logo.svg");

pub fn run(args: &[OsString]) -> Result<ExitCode> {
    if args.first().is_some_and(|arg| arg == "cells") {
        return fill::run(&args[1..]);
    }
    let mut source = None;
    let mut artifacts = None;
    let mut root = None;
    let mut python = None;
    let mut register = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let value = rest.next().map(PathBuf::from).with_context(|| format!("{} needs a value", arg.display()))?;
        match arg.to_str() {
            Some("--source") => source = Some(value),
            Some("--artifacts") => artifacts = Some(value),
            Some("--prefix") => root = Some(value),
            Some("--python") => python = Some(value),
            Some("--register") => register.push(value),
            _ => bail!("no option {}", arg.display()),
        }
    }
    let source = source.context("--source is missing")?;
    let prefix = Prefix::at(root.context("--prefix is missing")?);
    let toolchain = Toolchain::probe()?;
    let workspace = cargo_metadata(&source, &toolchain)?;
    copy_build(
        &prefix,
        &fs::read_to_string(artifacts.context("--artifacts is missing")?)?,
        &closure(&workspace, "isopleth")?,
    )?;
    write(&prefix.toolchain_record(), &serde_json::to_string_pretty(&toolchain)?)?;
    link_front(&prefix)?;
    copy_sources(&prefix, &source, &workspace)?;
    standard_library::copy(&toolchain.sysroot, &prefix.standard_library())?;
    copy_notebooks(&source.join("notebooks"), &prefix.notebooks())?;
    if let Some(python) = python {
        let inside = python.strip_prefix(prefix.root()).unwrap_or(&python);
        write(&prefix.python_record(), &inside.to_string_lossy())?;
    }
    // Relative to the kernelspec, so that the prefix can be moved.
    write_kernelspec(&prefix.kernelspec(), "{resource_dir}/../../../../bin/isopleth")?;
    for folder in register {
        write_kernelspec(&folder.join("kernels").join(KERNEL_NAME), &prefix.binary().to_string_lossy())?;
    }
    fill::fill(&prefix, &toolchain)?;
    Ok(ExitCode::SUCCESS)
}

fn cargo_metadata(source: &Path, toolchain: &Toolchain) -> Result<Value> {
    let output = Command::new("cargo")
        // Without the filter cargo would download what only other systems need.
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform", &toolchain.target, "--manifest-path"])
        .arg(source.join("Cargo.toml"))
        .output()?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The ids of `package` and of all it is built from.
fn closure(workspace: &Value, package: &str) -> Result<HashSet<String>> {
    let id = |value: &Value| value.as_str().map(str::to_owned);
    let packages = workspace["packages"].as_array().context("cargo metadata without packages")?;
    let root = packages.iter().find(|found| found["name"] == package).and_then(|found| id(&found["id"]));
    let mut open = vec![root.with_context(|| format!("the workspace has no package {package}"))?];
    let nodes = workspace["resolve"]["nodes"].as_array().context("cargo metadata without nodes")?;
    let mut found = HashSet::new();
    while let Some(next) = open.pop() {
        let node = nodes.iter().find(|node| node["id"] == next.as_str());
        let dependencies = node.and_then(|node| node["dependencies"].as_array()).into_iter().flatten().filter_map(id);
        open.extend(dependencies.filter(|dependency| !found.contains(dependency)));
        found.insert(next);
    }
    Ok(found)
}

/// Copies the binary, the prelude's shared object and the metadata of what it was built from, as cargo's messages name them.
fn copy_build(prefix: &Prefix, messages: &str, of_prelude: &HashSet<String>) -> Result<()> {
    let dependencies = prefix.prelude_dependencies();
    let _ = fs::remove_dir_all(&dependencies);
    fs::create_dir_all(&dependencies)?;
    let (mut binary, mut library) = (false, false);
    for message in messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        if message["reason"] != "compiler-artifact" {
            continue;
        }
        let name = message["target"]["name"].as_str().unwrap_or_default();
        let kinds: Vec<&str> =
            message["target"]["kind"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let files = message["filenames"].as_array().into_iter().flatten().filter_map(Value::as_str).map(Path::new);
        for file in files {
            let extension = file.extension().and_then(|extension| extension.to_str());
            if name == "isopleth" && kinds.contains(&"bin") {
                replace_file(file, &prefix.binary())?;
                binary = true;
            } else if name == "isopleth" && extension == Some("so") {
                replace_file(file, &prefix.prelude_library())?;
                library = true;
            } else if of_prelude.contains(message["package_id"].as_str().unwrap_or_default())
                && name != "isopleth"
                && (extension == Some("rmeta") || (kinds.contains(&"proc-macro") && extension == Some("so")))
            {
                let target = dependencies.join(file.file_name().unwrap_or_default());
                fs::copy(file, &target).with_context(|| format!("cannot copy {}", file.display()))?;
            }
        }
    }
    if !binary || !library {
        bail!("cargo's messages name no binary or no libisopleth.so");
    }
    Ok(())
}

fn link_front(prefix: &Prefix) -> Result<()> {
    let bin = prefix.front().join("bin");
    let _ = fs::remove_dir_all(&bin);
    fs::create_dir_all(&bin)?;
    for tool in dependencies::TOOLS {
        let link = bin.join(tool);
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink("../../../../bin/isopleth", &link)?;
    }
    Ok(())
}

/// Copies the sources that completion, type inference and exported programs read, and records their `cargo metadata`.
fn copy_sources(prefix: &Prefix, source: &Path, workspace: &Value) -> Result<()> {
    let shown: Vec<String> = SHOWN.iter().map(|name| (*name).to_owned()).collect();
    let _ = fs::remove_dir_all(prefix.sources());
    let folder_of = |package: &Value| package["name"].as_str().unwrap_or_default().to_owned();
    for package in workspace["packages"].as_array().context("cargo metadata without packages")? {
        if !shown.contains(&folder_of(package)) {
            continue;
        }
        let manifest = Path::new(package["manifest_path"].as_str().context("a package without a manifest")?);
        let from = manifest.parent().context("a manifest in no folder")?;
        let to = prefix.sources().join(folder_of(package));
        copy_folder(&from.join("src"), &to.join("src"))?;
        if to == prefix.prelude_source() {
            crate_source::complete(source, from, &to)?;
        } else {
            fs::copy(manifest, to.join("Cargo.toml"))?;
        }
    }
    let record = metadata::record(workspace, &shown, folder_of)?;
    write(&prefix.cell_metadata(), &record.to_string())
}

fn write_kernelspec(folder: &Path, binary: &str) -> Result<()> {
    let site = SITE_ENVIRONMENT
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok().filter(|value| !value.is_empty())?)));
    let ours = ALLOCATOR_ENVIRONMENT.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let environment: serde_json::Map<String, Value> =
        site.chain(ours).map(|(name, value)| (name, Value::String(value))).collect();
    let spec = json!({
        "argv": [binary, "kernel", "{connection_file}"],
        "display_name": "Rust (Isopleth)",
        "language": "rust",
        "interrupt_mode": "message",
        "env": environment,
        "metadata": { "debugger": false },
    });
    write(&folder.join("kernel.json"), &serde_json::to_string_pretty(&spec)?)?;
    write(&folder.join("logo-svg.svg"), LOGO)
}

/// Replaces `to` in one step: a kernel that runs keeps the file it has.
fn replace_file(from: &Path, to: &Path) -> Result<()> {
    let parent = to.parent().context("a file in no folder")?;
    fs::create_dir_all(parent)?;
    let beside = parent.join(".isopleth-new");
    fs::copy(from, &beside).with_context(|| format!("cannot copy {} to {}", from.display(), parent.display()))?;
    fs::rename(&beside, to)?;
    Ok(())
}

/// What students get: all notebooks but the teacher's, which hold the solutions.
fn copy_notebooks(from: &Path, to: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(to);
    copy_all_but(from, to, Some(TEACHING))
}

pub(super) fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    copy_all_but(from, to, None)
}

fn copy_all_but(from: &Path, to: &Path, left_out: Option<&str>) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        if left_out.is_some_and(|name| entry.file_name() == name) {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::copy_notebooks;
    use std::fs;

    #[test]
    fn students_get_the_exercises_and_not_the_teachers_part() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for file in ["lesson.ipynb", "exercises/a.ipynb", "teaching/source/a/a.ipynb"] {
            let path = from.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        let notebooks = to.path().join("notebooks");
        copy_notebooks(from.path(), &notebooks).unwrap();
        assert!(notebooks.join("lesson.ipynb").exists() && notebooks.join("exercises/a.ipynb").exists());
        assert!(!notebooks.join("teaching").exists());
    }
}
