//! `isopleth doctor`: everything an installation depends on, what was found, and what to do.

use super::{KERNEL_NAME, python};
use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use crate::worker::{Event, Worker};
use crate::workspace::{self, Workspace};
use anyhow::{Context, Result, bail};
use isopleth_bus::worker::Message;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

/// One thing to check: its name, and what was found or what is wrong with the remedy.
type Check = (&'static str, fn(&Prefix) -> Result<String>);

const CHECKS: [Check; 10] = [
    ("installation", installation),
    ("Rust toolchain", toolchain),
    ("standard library sources", sources),
    ("linker", linker),
    ("prelude and GDAL", prelude),
    ("JupyterLab", jupyterlab),
    ("kernel registered", kernelspec),
    ("temporary folder", temporary_folder),
    ("log", log),
    ("lesson", lesson),
];

pub fn run() -> Result<ExitCode> {
    let prefix = Prefix::of_this_binary()?;
    println!("Isopleth {} in {}\n", env!("CARGO_PKG_VERSION"), prefix.root().display());
    let mut wrong = 0;
    for (name, check) in CHECKS {
        match check(&prefix) {
            Ok(found) => println!("  ok    {name:<26} {found}"),
            Err(error) => {
                wrong += 1;
                println!("  WRONG {name:<26} {error:#}");
            }
        }
    }
    println!();
    if wrong > 0 {
        println!("{wrong} of {} checks failed.", CHECKS.len());
        return Ok(ExitCode::FAILURE);
    }
    println!("Everything is in place.");
    Ok(ExitCode::SUCCESS)
}

fn installation(prefix: &Prefix) -> Result<String> {
    for path in [prefix.binary(), prefix.prelude_library(), prefix.prelude_dependencies(), prefix.cell_metadata()] {
        if !path.exists() {
            bail!("{} is missing: run install.sh again", path.display());
        }
    }
    Ok(prefix.binary().display().to_string())
}

fn toolchain(prefix: &Prefix) -> Result<String> {
    let toolchain = Toolchain::recorded(prefix)?;
    toolchain.verify()?;
    Ok(format!("{} ({})", toolchain.version(), toolchain.rustc.display()))
}

fn sources(prefix: &Prefix) -> Result<String> {
    let library = prefix.standard_library();
    if !library.join("std/src/lib.rs").exists() {
        bail!("not in {}: run install.sh again (types of variables are found with them)", library.display());
    }
    Ok(library.display().to_string())
}

fn linker(_: &Prefix) -> Result<String> {
    let cc = which::which("cc")
        .context("no `cc` on PATH: install gcc (Debian: apt-get install gcc; conda: conda install gcc)")?;
    Ok(format!("{} ({})", first_line(Command::new(&cc).arg("--version"))?, cc.display()))
}

/// Starts a worker: only that shows that the prelude, libstd and GDAL load together.
fn prelude(prefix: &Prefix) -> Result<String> {
    let mut worker = Worker::start(prefix, &Toolchain::recorded(prefix)?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let mut said = String::new();
    runtime.block_on(async {
        loop {
            match tokio::time::timeout(Duration::from_secs(20), worker.events.recv()).await {
                Ok(Some(Event::Message(Message::Ready { gdal }))) => {
                    return Ok(format!("GDAL {gdal} ({})", prefix.prelude_library().display()));
                }
                Ok(Some(Event::Text(_, text))) => said.push_str(&text),
                Ok(Some(Event::Message(_))) => {}
                Ok(Some(Event::Ended(_)) | None) => {
                    bail!(
                        "the worker does not start: {}; if a library is missing, load the module it came from",
                        said.trim()
                    )
                }
                Err(_) => bail!("the worker does not answer within 20 s"),
            }
        }
    })
}

fn jupyterlab(prefix: &Prefix) -> Result<String> {
    let script =
        "import sys, jupyterlab, nbclient; print(jupyterlab.__version__, 'with Python', sys.version.split()[0])";
    let mut command = python(prefix)?;
    let path = command.get_program().to_string_lossy().into_owned();
    let found =
        first_line(command.args(["-c", script])).context("JupyterLab cannot be imported: run install.sh again")?;
    Ok(format!("{found} ({path})"))
}

fn kernelspec(prefix: &Prefix) -> Result<String> {
    let script = format!(
        "from jupyter_client.kernelspec import KernelSpecManager as M; s = M().get_kernel_spec({KERNEL_NAME:?}); \
         print(s.argv[0].replace('{{resource_dir}}', s.resource_dir))"
    );
    let found = first_line(python(prefix)?.args(["-c", &script]))
        .context("Jupyter does not find the kernel: run install.sh again")?;
    let found =
        Path::new(&found).canonicalize().with_context(|| format!("the kernel that Jupyter finds is gone: {found}"))?;
    if Some(&found) != prefix.binary().canonicalize().ok().as_ref() {
        bail!("Jupyter finds another installation first: {}", found.display());
    }
    Ok(found.display().to_string())
}

/// Makes a workspace as a kernel does.
fn temporary_folder(_: &Prefix) -> Result<String> {
    let Workspace { path, notice } = workspace::make()?;
    std::fs::remove_dir_all(&path)?;
    match notice {
        Some(notice) => bail!("{notice}"),
        None => Ok(path.parent().unwrap_or(&path).display().to_string()),
    }
}

/// Where a kernel says what went wrong beside the notebook.
fn log(_: &Prefix) -> Result<String> {
    let path = crate::log::path().context("no home folder ($HOME, $XDG_STATE_HOME), so kernels keep no log")?;
    crate::log::open(&path).with_context(|| format!("{} cannot be written, so kernels keep no log", path.display()))?;
    Ok(path.display().to_string())
}

fn lesson(prefix: &Prefix) -> Result<String> {
    let path = prefix.notebooks().join(super::lab::LESSON);
    if !path.exists() {
        bail!("{} is missing: run install.sh again", path.display());
    }
    Ok(path.display().to_string())
}

fn first_line(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        let said =
            String::from_utf8_lossy(&output.stderr).trim().lines().last().unwrap_or("it gave no reason").to_owned();
        bail!("{said}");
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().trim().to_owned())
}
