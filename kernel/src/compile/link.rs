//! Linking a cell, in a few milliseconds.

use super::queue::Turn;
use crate::toolchain::Linker;
use std::path::Path;
use std::process::{Command, Stdio};

/// Makes the shared object `object` of `relocatable`. The prelude and libstd are not named: the worker has loaded both,
/// and their symbols are found when the cell is loaded. False if that does not work; rustc can then say why.
pub fn link(turn: &Turn<'_>, linker: &Linker, relocatable: &Path, object: &Path) -> bool {
    let mut command = Command::new(&linker.program);
    command
        .args(["-shared", "--eh-frame-hdr", "--gc-sections", "-Bsymbolic", "-z", "noexecstack", "-o"])
        .args([object, relocatable, &linker.builtins])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let started = turn.start(&mut command).ok().flatten();
    started.is_some_and(|mut tool| tool.wait().is_ok_and(|ended| ended.success()))
}
