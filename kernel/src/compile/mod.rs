//! The compile front: this binary, called as `cargo`, `rustc` or `rustup` by evcxr and rust-analyzer.
//!
//! Going through the real tools costs a cell several hundred milliseconds. The front answers
//! what cannot change from records, compiles a cell with one direct `rustc` call, and hands
//! everything else (a real `:dep`) to the real tool.

mod build;
mod cargo;
mod dependencies;
mod diagnostics;
mod guards;
mod lower;
pub mod metadata;
mod moved_value;
mod newest;
mod probe;
mod session;

pub use build::QUESTION_MARK;
pub use cargo::progress_note;
pub use dependencies::local_crates;
pub use diagnostics::{LABEL, WHOLE, label, take_warnings};
pub use probe::RECORD;
pub use session::Session;

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

/// A tool that the front stands before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Cargo,
    Rustc,
    Rustup,
}

impl Tool {
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Cargo, "cargo"), (Self::Rustc, "rustc"), (Self::Rustup, "rustup")];

    /// Which tool this process was called as, if any.
    pub fn from_program_name(program: &OsStr) -> Option<Self> {
        let name = Path::new(program).file_name()?.to_str()?;
        Self::ALL.iter().find(|(_, tool)| *tool == name).map(|(tool, _)| *tool)
    }
}

/// Does what `tool` was asked to do.
pub fn run(tool: Tool, args: &[OsString]) -> ExitCode {
    let session = match Session::from_environment() {
        Ok(session) => session,
        Err(error) => {
            eprintln!("isopleth's compile front: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = match tool {
        // evcxr asks rustup where the tools are and, told nothing, takes those on PATH: the front.
        Tool::Rustup => return ExitCode::FAILURE,
        Tool::Rustc => probe::answer(&session, "rustc", args),
        Tool::Cargo => match args
            .iter()
            .find_map(|arg| arg.to_str().filter(|text| !text.starts_with('-') && !text.starts_with('+')))
        {
            Some("build") => build::cell(&session, build::Goal::Object),
            Some("check") => build::cell(&session, build::Goal::Check),
            Some("metadata") if session.is_about_the_library(args) => return ExitCode::FAILURE,
            Some("metadata") if session.is_about_a_cell(args) => metadata::answer(&session),
            _ => probe::answer(&session, "cargo", args),
        },
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("isopleth's compile front: {error:#}");
        ExitCode::FAILURE
    })
}

/// Replaces this process with the real tool, in the environment that the user has.
fn exec_real(session: &Session, tool: &str, args: &[OsString]) -> anyhow::Error {
    let mut command = real(session, tool);
    command.args(args);
    anyhow::Error::from(command.exec()).context(format!("cannot run {tool}"))
}

/// The real tool, with the front taken out of its environment.
fn real(session: &Session, tool: &str) -> Command {
    let mut command = Command::new(if tool == "cargo" { &session.toolchain.cargo } else { &session.toolchain.rustc });
    Session::restore_user_environment(&mut command);
    // Not what is first on the user's PATH: crates must come from the compiler that the prelude came from.
    command.env("RUSTC", &session.toolchain.rustc);
    command
}
