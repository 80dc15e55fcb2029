//! One cell, compiled by one direct call of `rustc`.

use super::dependencies::{self, Dependencies};
use super::lower::{self, Lowered, OldValues};
use super::{Session, guards, newest, real};
use crate::toolchain::Linker;
use anyhow::{Context, Result};
use serde_json::json;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};

/// Where evcxr wants to read the path of the object.
const OBJECT_PATH_FILE: &str = "EVCXR_EXECUTION_SO_PATH";
/// The content of the skip marker that asks for the answer of a compiler that met a `?`.
pub const QUESTION_MARK: &str = "question-mark";

/// What evcxr asked for: an object to run, or errors only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    Object,
    Check,
}

/// Compiles the crate in the session's workspace.
pub fn cell(session: &Session, goal: Goal) -> Result<ExitCode> {
    let source_path = session.workspace.join("src/lib.rs");
    let source = std::fs::read_to_string(&source_path).context("the generated crate has no source")?;
    let source = newest::newest(&source);
    let objects = session.workspace.join("cells");
    std::fs::create_dir_all(&objects)?;
    let object = objects.join("cell.so");
    if let Ok(note) = std::fs::read_to_string(Session::skip_marker(&session.workspace)) {
        if note == QUESTION_MARK && !source.contains("EvcxrUserCodeError") {
            println!("{}", question_mark_error(&source));
            return Ok(ExitCode::from(101));
        }
        std::fs::write(&object, "")?;
        return hand_over(&object);
    }
    let dependencies = match dependencies::build(session, &dependencies::declared(session)?)? {
        Ok(dependencies) => dependencies,
        Err(status) => return Ok(ExitCode::from(status)),
    };
    if goal == Goal::Check {
        let mut rustc = rustc(session, &source_path, false, &dependencies);
        rustc.args(["--emit=metadata", "-o"]).arg(objects.join("check.rmeta"));
        return Ok(exit_code(run(session, &mut rustc)?));
    }
    let mut versions = versions(&source);
    let Some(plain) = versions.pop() else { return Ok(ExitCode::FAILURE) };
    for version in versions {
        if compile_lowered(session, &version, &object, &dependencies, Stdio::null)?.success() {
            return hand_over(&object);
        }
    }
    let status = compile_lowered(session, &plain, &object, &dependencies, Stdio::inherit)?;
    if status.success() { hand_over(&object) } else { Ok(exit_code(status)) }
}

/// The cell as it is best, then as it compiles more often, and last as the user wrote it.
///
/// Putting old values back fails where the cell moves them away, and a guarded loop may fail where the plain one does not.
/// Only the errors of the last are shown: they are the user's own, at the user's own places.
fn versions(source: &str) -> Vec<Lowered> {
    let plain = lower::lower(source, OldValues::Give);
    let mut versions = Vec::new();
    if plain.puts_back {
        versions.push(lower::lower(source, OldValues::PutBack));
    }
    versions.push(plain);
    let guarded: Vec<Lowered> = versions
        .iter()
        .filter_map(|version| Some(Lowered { source: guards::guarded(&version.source)?, ..*version }))
        .collect();
    // Without guards there is nothing lost but Stop, so this comes before giving old values up.
    guarded.into_iter().chain(versions).collect()
}

/// Compiles `lowered` to the shared object `object`; errors go to `errors`.
fn compile_lowered(
    session: &Session,
    lowered: &Lowered,
    object: &Path,
    dependencies: &Dependencies,
    errors: fn() -> Stdio,
) -> Result<ExitStatus> {
    let folder = session.workspace.join("lowered");
    std::fs::create_dir_all(&folder)?;
    // The file must be called lib.rs: evcxr takes spans in any other file for foreign code.
    let path = folder.join("lib.rs");
    std::fs::write(&path, &lowered.source)?;
    let compiler = || rustc(session, &path, lowered.optimise, dependencies);
    // Libraries that the cell itself links to are rustc's to find.
    let needs_rustc = !dependencies.externs.is_empty() || lowered.source.contains("link(");
    if let Some(linker) = session.toolchain.linker.as_ref().filter(|_| !needs_rustc) {
        let relocatable = object.with_extension("o");
        let compiled = run(session, compiler().args(["--emit=obj", "-o"]).arg(&relocatable).stderr(errors()))?;
        if !compiled.success() || run(session, &mut link(linker, &relocatable, object))?.success() {
            return Ok(compiled);
        }
    }
    run(session, compiler().arg("-o").arg(object).stderr(errors()))
}

/// Links a cell. The prelude and libstd are not named: the worker has loaded both, and their symbols are found when the
/// cell is loaded.
fn link(linker: &Linker, relocatable: &Path, object: &Path) -> Command {
    let mut link = Command::new(&linker.program);
    link.args(["-shared", "--eh-frame-hdr", "--gc-sections", "--strip-debug", "-Bsymbolic", "-z", "noexecstack", "-o"])
        .args([object, relocatable, &linker.builtins])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    link
}

/// Runs the compiler, on record for Stop.
fn run(session: &Session, rustc: &mut Command) -> Result<ExitStatus> {
    let mut compiler = rustc.spawn().context("cannot run rustc")?;
    let record = Session::compiler_record(&session.workspace);
    std::fs::write(&record, compiler.id().to_string())?;
    let status = compiler.wait()?;
    let _ = std::fs::remove_file(&record);
    Ok(status)
}

fn exit_code(status: ExitStatus) -> ExitCode {
    ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1))
}

fn rustc(session: &Session, source: &Path, optimise: bool, dependencies: &Dependencies) -> Command {
    let prefix = &session.prefix;
    let mut rustc = real(session, "rustc");
    rustc
        .args(["--crate-name=ctx", "--edition=2024", "--crate-type=cdylib", "--error-format=json", "-Awarnings"])
        .args([
            "-Cprefer-dynamic",
            "-Cpanic=unwind",
            "-Coverflow-checks=on",
            "-Cdebug-assertions=off",
            "-Cstrip=debuginfo",
        ])
        .arg(if optimise { "-Copt-level=3" } else { "-Copt-level=0" })
        // The folder has another name in each session; a cached object is of all of them.
        .arg(format!("--remap-path-prefix={}=/notebook", session.workspace.display()))
        .arg("-L")
        .arg(dependency_folder(&prefix.prelude_dependencies()))
        .arg("--extern")
        .arg(format!("isopleth={}", prefix.prelude_library().display()));
    for folder in &dependencies.folders {
        rustc.arg("-L").arg(dependency_folder(folder));
    }
    for library in &dependencies.externs {
        rustc.arg("--extern").arg(library);
    }
    // A group of its own, so that Stop ends the linker with it.
    rustc.arg(source).process_group(0);
    rustc
}

fn dependency_folder(folder: &Path) -> String {
    format!("dependency={}", folder.display())
}

fn hand_over(object: &Path) -> Result<ExitCode> {
    let note = PathBuf::from(std::env::var_os(OBJECT_PATH_FILE).context("evcxr named no file for the object's path")?);
    std::fs::write(note, object.as_os_str().as_encoded_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The error by which evcxr learns to wrap cells so that `?` works.
///
/// It is given once, at the engine's start; from then on every cell compiles at its first try,
/// with or without a `?`.
fn question_mark_error(source: &str) -> serde_json::Value {
    let line = source.lines().position(|line| line.contains("?;")).unwrap_or(0) + 1;
    let span = json!({
        "file_name": "src/lib.rs", "byte_start": 0, "byte_end": 1, "line_start": line, "line_end": line,
        "column_start": 1, "column_end": 2, "is_primary": true, "text": [], "label": null,
        "suggested_replacement": null, "suggestion_applicability": null, "expansion": null,
    });
    json!({ "reason": "compiler-message", "message": {
        "message": "the `?` operator can only be used in a function that returns `Result`",
        "code": { "code": "E0277", "explanation": null }, "level": "error", "spans": [span], "children": [], "rendered": "",
    }})
}
