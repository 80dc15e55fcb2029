//! A small process that outlives the kernel by a moment: it ends the tools that the kernel has started, and removes its
//! temporary folder, however the kernel ended.
//!
//! The kernel writes the process group that is at work to the keeper's stdin, a line each (0: none). The end of that
//! stream is the end of the kernel.

use crate::prefix::Prefix;
use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsString;
use std::io::{BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::time::Duration;

/// The keeper of one workspace, as the kernel sees it.
#[derive(Debug)]
pub struct Keeper {
    program: PathBuf,
    workspace: PathBuf,
    process: Mutex<Child>,
}

impl Keeper {
    /// Starts the keeper of `workspace`.
    ///
    /// # Errors
    /// If no process can be started.
    pub fn start(prefix: &Prefix, workspace: &Path) -> Result<Self> {
        let program = prefix.binary();
        let process = spawn(&program, workspace)?;
        Ok(Self { program, workspace: workspace.to_owned(), process: Mutex::new(process) })
    }

    /// The process group at work is `group`; `None`: no more. A keeper that somebody has ended is started again.
    pub fn at_work(&self, group: Option<i32>) {
        let mut process = self.process.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if tell(&mut process, group).is_ok() {
            return;
        }
        // Its end is known, so this does not wait.
        let _ = process.wait();
        // Without a keeper only a kernel that is killed leaves something behind.
        match spawn(&self.program, &self.workspace) {
            Ok(next) => {
                *process = next;
                let _ = tell(&mut process, group);
            }
            Err(error) => tracing::warn!("{error:#}"),
        }
    }
}

fn spawn(program: &Path, workspace: &Path) -> Result<Child> {
    Command::new(program)
        .arg("keeper")
        .arg(workspace)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        // A group of its own: Jupyter kills the kernel's whole group, and somebody must clean up then.
        .process_group(0)
        .spawn()
        .map_err(crate::threads::explained)
        .context("The process that would remove temporary files does not start")
}

/// Fails where the keeper has ended.
fn tell(keeper: &mut Child, group: Option<i32>) -> std::io::Result<()> {
    let stream = keeper.stdin.as_mut().ok_or(std::io::ErrorKind::BrokenPipe)?;
    writeln!(stream, "{}", group.unwrap_or(0))
}

/// The role `keeper FOLDER`.
pub fn run(args: &[OsString]) -> Result<ExitCode> {
    let workspace = Path::new(args.first().context("called by the kernel only")?);
    // SAFETY: no preconditions. Ctrl-C in the terminal of JupyterLab is for the kernel to handle.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_IGN) };
    let mut group = 0;
    for line in std::io::stdin().lock().lines() {
        group = line?.parse().unwrap_or(0).max(0);
    }
    // The kernel says when a group has ended before anybody else can have its number.
    if let Some(group) = Pid::from_raw(group).filter(|group| !group.is_init()) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let mut quiet = 0;
    // A tool that was at work makes files until it is gone.
    for _ in 0..200 {
        let _ = std::fs::remove_dir_all(workspace);
        quiet = if workspace.exists() { 0 } else { quiet + 1 };
        if quiet == 5 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(ExitCode::SUCCESS)
}
