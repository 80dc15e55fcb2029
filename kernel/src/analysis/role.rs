//! The `isopleth analysis` process: rust-analyzer, asked over the socket that is its stdin.
//!
//! It ends with the kernel, however that ends: nothing else holds the other end of the socket.

use super::host::Host;
use super::serve::{WARM_UP, serve};
use super::{Analysis, Binding, Completions, Inspection, TypeOf};
use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result};
use isopleth_bus::analysis::Call;
use isopleth_bus::frame;
use serde_json::Value;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;

/// rust-analyzer recurses deeply on long expressions.
const STACK: usize = 64 << 20;

/// How many bytes of its own the process may have. Measured: 0.45 GB with the prelude alone; 1.6 GB with rust-analyzer itself
/// and all that it depends on beside it, 321 crates, loaded anew and completed in. What wants more than twice that goes in
/// circles, and would take the memory of the cells.
const MOST_MEMORY: libc::rlim_t = 4 << 30;

/// The exit code where a request is longer than memory. Elsewhere the process aborts when memory runs out.
pub const OUT_OF_MEMORY: i32 = 12;

/// rust-analyzer for one installation.
struct RustAnalyzer {
    prefix: Prefix,
    toolchain: Toolchain,
    workspace: PathBuf,
    /// Nothing before the first load.
    host: Option<Host>,
}

impl Analysis for RustAnalyzer {
    fn types(&mut self, text: &str, bindings: &[Binding]) -> Vec<(String, TypeOf)> {
        self.host.as_mut().map(|host| host.types(text, bindings)).unwrap_or_default()
    }

    fn complete(&mut self, text: &str, cursor: usize) -> Completions {
        self.host.as_mut().map_or_else(|| Completions::none(cursor), |host| host.complete(text, cursor))
    }

    fn inspect(&mut self, text: &str, cursor: usize) -> Option<Inspection> {
        self.host.as_mut()?.inspect(text, cursor)
    }

    fn load(&mut self, dependencies: Option<&Value>) -> Result<()> {
        self.host = Some(Host::load(&self.prefix, &self.toolchain, &self.workspace, dependencies)?);
        Ok(())
    }
}

/// The role `analysis FOLDER`; the folder is where the cells' crate is said to lie, and need not exist.
pub fn run(args: &[OsString]) -> Result<ExitCode> {
    let workspace = PathBuf::from(args.first().context("called by the kernel only")?);
    be_the_first_to_go();
    limit_memory();
    let mut socket = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    let mut answers = socket.try_clone()?;
    let prefix = Prefix::of_this_binary()?;
    let toolchain = Toolchain::recorded(&prefix)?;
    let (send, calls) = mpsc::channel();
    std::thread::Builder::new().name("analysis".into()).stack_size(STACK).spawn(move || {
        let mut analysis = RustAnalyzer { prefix, toolchain, workspace, host: None };
        let served = catch_unwind(AssertUnwindSafe(|| serve(&mut analysis, &WARM_UP, &calls, &mut answers)));
        // Without this thread nobody would ever be answered.
        end(if matches!(served, Ok(Ok(()))) { 0 } else { 1 })
    })?;
    // Read on a thread of its own: the end of the kernel is seen in the middle of work that takes long.
    end(loop {
        match frame::read::<Call>(&mut socket) {
            Ok(Some(call)) => {
                if send.send(call).is_err() {
                    break 1;
                }
            }
            Ok(None) => break 0,
            Err(error) => {
                eprintln!("isopleth analysis: cannot read what the kernel asks: {error}");
                break if error.kind() == ErrorKind::OutOfMemory { OUT_OF_MEMORY } else { 1 };
            }
        }
    })
}

/// Ends the process as it is: the other thread may be in the middle of anything.
fn end(code: i32) -> ! {
    // SAFETY: no preconditions; nothing is run at the exit.
    unsafe { libc::_exit(code) }
}

/// Where memory runs out, the system is to take this process and not the cells' variables.
fn be_the_first_to_go() {
    // Where that is not allowed the system chooses by size.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}

/// Memory that is only reserved does not count: the allocator reserves by the gigabyte.
fn limit_memory() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the structure is valid. A limit that cannot be set is not needed for anything else.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_DATA, &raw mut limit) == 0 {
            limit.rlim_cur = limit.rlim_cur.min(MOST_MEMORY);
            libc::setrlimit(libc::RLIMIT_DATA, &raw const limit);
        }
    }
}
