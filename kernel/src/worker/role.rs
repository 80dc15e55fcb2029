//! The `isopleth worker` process: loads the prelude and lends itself to its loop.

use super::sleep;
use super::stdin::{self, Reader};
use crate::prefix::Prefix;
use anyhow::{Context, Result, bail};
use std::ffi::{CStr, CString, c_void};
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::ExitCode;

/// Names the descriptor of the socket to the kernel.
pub const BUS: &str = "ISOPLETH_BUS";
/// The functions of the prelude's `runtime::worker` and `runtime::stdin`.
const ENTRY: &CStr = c"isopleth_worker_main";
const READER: &CStr = c"isopleth_worker_read";
/// The function of the prelude by which sleeps learn of Stop.
const IS_CANCELLED: &CStr = c"isopleth_is_cancelled";

pub fn run() -> Result<ExitCode> {
    let bus: RawFd = std::env::var(BUS).ok().and_then(|fd| fd.parse().ok()).context("called by the kernel only")?;
    // SAFETY: nothing else runs in this process yet.
    unsafe {
        std::env::remove_var(BUS);
        // A program that a cell starts must not hold the socket open: the kernel learns from its end that the worker
        // has ended.
        libc::fcntl(bus, libc::F_SETFD, libc::FD_CLOEXEC);
        // Stop comes over the bus; a Ctrl-C in the terminal of JupyterLab is not for cells.
        libc::signal(libc::SIGINT, libc::SIG_IGN);
    }
    let main = load(&Prefix::of_this_binary()?.prelude_library())?;
    // SAFETY: the kernel gave this process the socket, and nothing else in it uses the descriptor.
    unsafe { main(bus) }
}

/// Loads the prelude for good, its symbols visible to every cell.
fn load(library: &Path) -> Result<unsafe extern "C" fn(RawFd) -> !> {
    let path = CString::new(library.as_os_str().as_bytes())?;
    // SAFETY: the strings are NUL-terminated, and the prelude is a Rust dylib whose
    // functions have these very types and which is never unloaded.
    unsafe {
        let handle = libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL);
        if handle.is_null() {
            bail!("cannot load the prelude: {}", CStr::from_ptr(libc::dlerror()).to_string_lossy());
        }
        let [entry, reader, is_cancelled] =
            [ENTRY, READER, IS_CANCELLED].map(|name| libc::dlsym(handle, name.as_ptr()));
        if entry.is_null() || reader.is_null() || is_cancelled.is_null() {
            bail!("{} is not this version's prelude: run install.sh again", library.display());
        }
        stdin::hand_to(std::mem::transmute::<*mut c_void, Reader>(reader));
        sleep::end_when(std::mem::transmute::<*mut c_void, extern "C" fn() -> bool>(is_cancelled));
        Ok(std::mem::transmute::<*mut c_void, unsafe extern "C" fn(RawFd) -> !>(entry))
    }
}
