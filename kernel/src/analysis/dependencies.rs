//! `:dep` lines, read by evcxr in a process of its own that is started for them and ends with them.
//!
//! evcxr says which crates a notebook has; building them is the [compiler's](crate::compile) work. In that process evcxr
//! finds tools that answer without doing anything: its own analysis and its own builds are given nothing.

use super::metadata;
use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, anyhow, bail};
use evcxr::{CommandContext, EvalContext};
use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use toml::Table;

/// Folder in which evcxr works; evcxr reads the variable.
const FOLDER: &str = "EVCXR_TMPDIR";
/// Where evcxr wants to read the path of the object that it takes for built.
const OBJECT_PATH_FILE: &str = "EVCXR_EXECUTION_SO_PATH";
/// The tools that evcxr finds before the real ones, by their names.
pub const TOOLS: [&str; 2] = ["cargo", "rustup"];

/// The crates that `lines` ask for, each line as it stands behind `:dep`, as a manifest has them.
///
/// # Errors
/// What evcxr says of a line that it does not take.
pub fn read(prefix: &Prefix, toolchain: &Toolchain, folder: &Path, lines: &[String]) -> Result<Table> {
    std::fs::create_dir_all(folder)?;
    let mut path = prefix.front().join("bin").into_os_string();
    for next in [toolchain.rustc.parent().map(OsStr::new), std::env::var_os("PATH").as_deref()].into_iter().flatten() {
        path.push(":");
        path.push(next);
    }
    let mut evcxr = Command::new(prefix.binary())
        .arg("dependencies")
        .env("PATH", path)
        .env("CARGO_HOME", prefix.front())
        .env("RUSTUP_TOOLCHAIN", &toolchain.sysroot)
        .env(FOLDER, folder)
        .env("TMPDIR", folder)
        // rust-analyzer's own variable for where the standard library is.
        .env("RUST_SRC_PATH", folder)
        // An `evcxr.toml` of the user's is for evcxr's own frontends.
        .env("XDG_CONFIG_HOME", folder)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("evcxr does not start")?;
    evcxr.stdin.take().context("evcxr has no stdin")?.write_all(lines.join("\n").as_bytes())?;
    let output = evcxr.wait_with_output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout)?.parse().context("evcxr's manifest is not TOML")
}

/// `line` with the path in it, if there is one, meant from `folder`.
pub fn with_absolute_path(line: &str, folder: &Path) -> String {
    let absolute = |path: &str| folder.join(path).to_string_lossy().into_owned();
    if line.starts_with('.') {
        return absolute(line);
    }
    let Some((name, wanted)) = line.split_once('=') else { return line.to_owned() };
    let Ok(mut table) = format!("it ={wanted}").parse::<Table>() else { return line.to_owned() };
    match table.get_mut("it").and_then(|it| it.get_mut("path")) {
        Some(path) => {
            let whole = path.as_str().map(absolute).unwrap_or_default();
            *path = whole.into();
            let value = table.remove("it").map(|it| it.to_string()).unwrap_or_default();
            format!("{name}= {value}")
        }
        None => line.to_owned(),
    }
}

/// The role `dependencies`: reads lines from stdin and writes the manifest's table to stdout.
pub fn run() -> Result<ExitCode> {
    let folder = PathBuf::from(std::env::var_os(FOLDER).context("called by the kernel only")?);
    let mut lines = String::new();
    std::io::stdin().read_to_string(&mut lines)?;
    let mut relay = Command::new(Prefix::of_this_binary()?.binary());
    relay.arg("relay");
    let (context, _outputs) = EvalContext::with_subprocess_command(relay).map_err(|error| anyhow!("{error}"))?;
    let mut evcxr = CommandContext::with_eval_context(context);
    for line in lines.lines() {
        if let Err(error) = evcxr.execute(&format!(":dep {line}")) {
            eprintln!("{}", said(&error));
            return Ok(ExitCode::FAILURE);
        }
    }
    let manifest: Table = std::fs::read_to_string(folder.join("Cargo.toml"))?.parse()?;
    let table = manifest.get("dependencies").and_then(|table| table.as_table()).cloned().unwrap_or_default();
    print!("{table}");
    Ok(ExitCode::SUCCESS)
}

fn said(error: &evcxr::Error) -> String {
    match error {
        evcxr::Error::CompilationErrors(errors) => {
            errors.iter().map(evcxr::CompilationError::message).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}

/// Whether this process was called by the name of one of the [`TOOLS`].
pub fn tool_of(program: &OsStr) -> Option<&'static str> {
    let name = Path::new(program).file_name()?.to_str()?;
    TOOLS.into_iter().find(|tool| *tool == name)
}

/// Does nothing, in the way that evcxr expects of `tool`.
pub fn pretend(tool: &str, arguments: &[OsString]) -> Result<ExitCode> {
    let asked = arguments.iter().find_map(|argument| argument.to_str().filter(|text| !text.starts_with(['-', '+'])));
    let folder = PathBuf::from(std::env::var_os(FOLDER).context("not called by an Isopleth kernel")?);
    match (tool, asked) {
        ("cargo", Some("build")) => {
            let object = folder.join("nothing.so");
            std::fs::write(&object, "")?;
            let note = std::env::var_os(OBJECT_PATH_FILE).context("evcxr named no file for the object's path")?;
            std::fs::write(note, object.as_os_str().as_encoded_bytes())?;
        }
        ("cargo", Some("metadata")) => println!("{}", metadata::of_nothing(&folder)),
        // evcxr asks rustup where the tools are and, told nothing, takes those on PATH.
        _ => return Ok(ExitCode::FAILURE),
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::with_absolute_path;
    use std::path::Path;

    #[test]
    fn a_path_is_meant_from_the_notebooks_folder() {
        let of = |line: &str| with_absolute_path(line, Path::new("/course"));
        assert_eq!(of("heat = { path = \"heat\" }"), "heat = { path = \"/course/heat\" }");
        assert_eq!(of("heat = { path = \"/x/heat\" }"), "heat = { path = \"/x/heat\" }");
        assert_eq!(of("./heat"), "/course/./heat");
        for line in ["itoa", "itoa = \"1\"", "itoa = { version = \"1\" }", "a = ="] {
            assert_eq!(of(line), line);
        }
    }
}
