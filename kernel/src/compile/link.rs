//! Linking a cell, in a few milliseconds.

use crate::toolchain::Linker;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// Makes the shared object `object` of `relocatable`. The prelude and libstd are not named: the worker has loaded both,
/// and their symbols are found when the cell is loaded.
pub fn link(linker: &Linker, relocatable: &Path, object: &Path) -> std::io::Result<ExitStatus> {
    Command::new(&linker.program)
        .args(["-shared", "--eh-frame-hdr", "--gc-sections", "-Bsymbolic", "-z", "noexecstack", "-o"])
        .args([object, relocatable, &linker.builtins])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
}
