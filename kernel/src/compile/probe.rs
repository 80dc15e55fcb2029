//! Questions that evcxr and rust-analyzer ask the tools at every start, and whose answers never change.
//!
//! `isopleth setup` starts one engine with recording on; from then on the answers are read from
//! the prefix. A question that was not recorded goes to the real tool.

use super::metadata::WORKSPACE_MARK;
use super::{Session, exec_real, real};
use anyhow::Result;
use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Set while `isopleth setup` records.
pub const RECORD: &str = "ISOPLETH_RECORD_PROBES";

/// Answers from the record, or asks the real tool.
pub fn answer(session: &Session, tool: &str, args: &[OsString]) -> Result<ExitCode> {
    let record = record_of(session, tool, args);
    let workspace = session.workspace.to_string_lossy();
    if let Ok(answer) = std::fs::read_to_string(&record) {
        std::io::stdout().write_all(answer.replace(WORKSPACE_MARK, &workspace).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    if std::env::var_os(RECORD).is_none() {
        return Err(exec_real(session, tool, args));
    }
    let output = real(session, tool).args(args).output()?;
    std::io::stdout().write_all(&output.stdout)?;
    std::io::stderr().write_all(&output.stderr)?;
    if output.status.success() {
        std::fs::create_dir_all(session.prefix.probes())?;
        std::fs::write(&record, String::from_utf8(output.stdout)?.replace(&*workspace, WORKSPACE_MARK))?;
    }
    Ok(ExitCode::from(u8::try_from(output.status.code().unwrap_or(1)).unwrap_or(1)))
}

/// The name holds the tool, its arguments and the folder, with this kernel's own folder left out.
fn record_of(session: &Session, tool: &str, args: &[OsString]) -> PathBuf {
    let workspace = session.workspace.to_string_lossy().into_owned();
    let neutral = |text: &str| text.replace(&workspace, WORKSPACE_MARK);
    let mut hasher = DefaultHasher::new();
    session.toolchain.verbose_version.hash(&mut hasher);
    for arg in args {
        neutral(&arg.to_string_lossy()).hash(&mut hasher);
    }
    let folder = std::env::current_dir().unwrap_or_default();
    neutral(&folder.to_string_lossy()).hash(&mut hasher);
    session.prefix.probes().join(format!("{tool}-{:016x}", hasher.finish()))
}
