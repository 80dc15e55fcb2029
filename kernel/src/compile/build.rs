//! One cell, compiled by one direct call of `rustc`.

use super::dependencies::{self, Dependencies};
use super::diagnostics::{self, LABEL, Said};
use super::lower::{self, Lowered, OldValues};
use super::{Session, cargo, guards, newest, real};
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

/// What `?` in a cell converts an error to: one that keeps its sources, and one that takes anything with a text.
const ERROR: &str = "::isopleth::runtime::UserError as ";
const ANY_ERROR: &str = "::isopleth::runtime::AnyUserError as ";

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
        Err(complaint) => {
            eprintln!("{}", cargo::as_error(&complaint));
            return Ok(ExitCode::FAILURE);
        }
    };
    if goal == Goal::Check {
        let mut rustc = rustc(session, &source_path, &diagnostics::label(&source), false, &dependencies);
        // evcxr takes every message of a check for an error.
        rustc.args(["-Awarnings", "--emit=metadata", "-o"]).arg(objects.join("check.rmeta"));
        let (status, said) = diagnostics::run(session, &mut rustc)?;
        said.forward_errors()?;
        return Ok(exit_code(status));
    }
    let label = diagnostics::label(&source);
    let newest = newest::newest(&source);
    let mut old_values = OldValues::PutBack;
    let mut any_error = false;
    let mut guarded = true;
    loop {
        let mut lowered = lower::lower(&newest, old_values);
        if any_error {
            lowered.source = lowered.source.replacen(ERROR, ANY_ERROR, 1);
        }
        match guards::guarded(&lowered.source).filter(|_| guarded) {
            Some(source) => lowered.source = source,
            None => guarded = false,
        }
        let (status, said) = compile_lowered(session, &lowered, &label, &object, &dependencies)?;
        if status.success() {
            said.keep_warnings(&session.workspace)?;
            return hand_over(&object);
        }
        // Three things can be wrong with what was made of the user's code and not with that: a `?` on what is no
        // `std::error::Error`, putting back what was moved, and the guard of a loop. These errors are not shown; those of
        // the plain code are, which stand at the user's own places.
        if !any_error && said.a_question_mark_needs_display_only() {
            any_error = true;
        } else if old_values == OldValues::PutBack && lowered.puts_back {
            old_values = OldValues::Give;
        } else if guarded {
            guarded = false;
        } else {
            said.forward_errors()?;
            return Ok(exit_code(status));
        }
    }
}

/// Compiles `lowered` to the shared object `object`.
fn compile_lowered(
    session: &Session,
    lowered: &Lowered,
    label: &str,
    object: &Path,
    dependencies: &Dependencies,
) -> Result<(ExitStatus, Said)> {
    let folder = session.workspace.join("lowered");
    std::fs::create_dir_all(&folder)?;
    // The file must be called lib.rs: evcxr takes spans in any other file for foreign code.
    let path = folder.join("lib.rs");
    std::fs::write(&path, &lowered.source)?;
    let compiler = || rustc(session, &path, label, lowered.optimise, dependencies);
    // Libraries that the cell itself links to are rustc's to find.
    let needs_rustc = !dependencies.externs.is_empty() || lowered.source.contains("link(");
    if let Some(linker) = session.toolchain.linker.as_ref().filter(|_| !needs_rustc) {
        let relocatable = object.with_extension("o");
        let (status, said) = diagnostics::run(session, compiler().args(["--emit=obj", "-o"]).arg(&relocatable))?;
        if !status.success() || link(linker, &relocatable, object).is_ok_and(|linked| linked.success()) {
            return Ok((status, said));
        }
    }
    diagnostics::run(session, compiler().arg("-o").arg(object))
}

/// Links a cell, in a few milliseconds. The prelude and libstd are not named: the worker has loaded both, and their
/// symbols are found when the cell is loaded.
fn link(linker: &Linker, relocatable: &Path, object: &Path) -> std::io::Result<ExitStatus> {
    Command::new(&linker.program)
        .args(["-shared", "--eh-frame-hdr", "--gc-sections", "-Bsymbolic", "-z", "noexecstack", "-o"])
        .args([object, relocatable, &linker.builtins])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
}

fn exit_code(status: ExitStatus) -> ExitCode {
    ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1))
}

fn rustc(session: &Session, source: &Path, label: &str, optimise: bool, dependencies: &Dependencies) -> Command {
    let prefix = &session.prefix;
    let folder = source.parent().unwrap_or(source);
    let mut rustc = real(session, "rustc");
    rustc
        .args(["--crate-name=ctx", "--edition=2024", "--crate-type=cdylib", "--error-format=json"])
        .args([
            "-Cprefer-dynamic",
            "-Cpanic=unwind",
            "-Coverflow-checks=on",
            "-Cdebug-assertions=off",
            // Lines only: they cost a few percent, and a panic inside a library can name the cell's line.
            "-Cdebuginfo=line-tables-only",
        ])
        .arg(format!("--remap-path-prefix={}={LABEL}{label}", folder.display()))
        .arg(if optimise { "-Copt-level=3" } else { "-Copt-level=0" })
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
