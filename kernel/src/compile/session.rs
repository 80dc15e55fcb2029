//! What the front needs to know of the kernel that called it, handed down in the environment.

use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folder of evcxr's generated crate; evcxr reads it too.
const WORKSPACE: &str = "EVCXR_TMPDIR";
const LIBRARY: &str = "RUST_SRC_PATH";
/// The user's own values of what the kernel changes for evcxr and rust-analyzer.
const USER_PATH: &str = "ISOPLETH_USER_PATH";
const USER_CARGO_HOME: &str = "ISOPLETH_USER_CARGO_HOME";

/// What evcxr and this kernel set for the front, and the real tools must not see.
const OURS: [&str; 12] = [
    USER_PATH,
    USER_CARGO_HOME,
    WORKSPACE,
    LIBRARY,
    "EVCXR_IS_RUNTIME",
    "EVCXR_RUSTC_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTC",
    "RUSTFLAGS",
    "CARGO_BUILD_BUILD_DIR",
    "MIMALLOC_PURGE_DELAY",
    "MIMALLOC_ARENA_EAGER_COMMIT",
];

/// One kernel's compile session.
pub struct Session {
    pub prefix: Prefix,
    pub toolchain: Toolchain,
    /// The folder of evcxr's generated crate.
    pub workspace: PathBuf,
}

impl Session {
    pub fn from_environment() -> Result<Self> {
        let workspace = std::env::var_os(WORKSPACE).context("not called by an Isopleth kernel")?;
        let prefix = Prefix::of_this_binary()?;
        Ok(Self { toolchain: Toolchain::recorded(&prefix)?, prefix, workspace: workspace.into() })
    }

    /// Puts the front before the real tools for this process and all it starts.
    ///
    /// # Safety
    /// No other thread may run yet: the environment is changed.
    pub unsafe fn enter(prefix: &Prefix, toolchain: &Toolchain, workspace: &Path) {
        let front = prefix.front();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut with_front = front.join("bin").into_os_string();
        with_front.push(":");
        with_front.push(&path);
        // SAFETY: upheld by the caller.
        unsafe {
            std::env::set_var(USER_PATH, &path);
            match std::env::var_os("CARGO_HOME") {
                Some(home) => std::env::set_var(USER_CARGO_HOME, home),
                None => std::env::remove_var(USER_CARGO_HOME),
            }
            std::env::set_var("PATH", with_front);
            // rust-analyzer looks for cargo in CARGO_HOME before PATH.
            std::env::set_var("CARGO_HOME", &front);
            std::env::set_var("RUSTUP_TOOLCHAIN", &toolchain.sysroot);
            std::env::set_var(WORKSPACE, workspace);
            // rust-analyzer's own variable for where the standard library is.
            std::env::set_var(LIBRARY, prefix.standard_library());
        }
    }

    /// Gives `command` the environment that the user's shell had.
    pub fn restore_user_environment(command: &mut Command) {
        if let Some(path) = std::env::var_os(USER_PATH) {
            command.env("PATH", path);
        }
        match std::env::var_os(USER_CARGO_HOME) {
            Some(home) => command.env("CARGO_HOME", home),
            None => command.env_remove("CARGO_HOME"),
        };
        for ours in OURS {
            command.env_remove(ours);
        }
    }

    /// Whether `cargo metadata` was asked about the standard library. The copy is no workspace; without an
    /// answer rust-analyzer takes the crates as it knows them.
    pub fn is_about_the_library(&self, args: &[OsString]) -> bool {
        manifest_argument(args).is_some_and(|manifest| manifest.starts_with(self.prefix.standard_library()))
    }

    /// Whether `cargo metadata` was asked about the generated crate.
    pub fn is_about_a_cell(&self, args: &[OsString]) -> bool {
        let manifest = manifest_argument(args);
        let manifest = manifest.or_else(|| Some(std::env::current_dir().ok()?.join("Cargo.toml")));
        manifest.is_some_and(|manifest| manifest == self.manifest())
    }

    /// The generated crate's manifest.
    pub fn manifest(&self) -> PathBuf {
        self.workspace.join("Cargo.toml")
    }

    /// A note from the engine: do not compile, the object will not be run.
    pub fn skip_marker(workspace: &Path) -> PathBuf {
        workspace.join("skip-compile")
    }

    /// The process group of the compiler at work, for Stop.
    pub fn compiler_record(workspace: &Path) -> PathBuf {
        workspace.join("compiler-pid")
    }

    /// Ends the compiler at work, if there is one.
    pub fn kill_compiler(workspace: &Path) {
        let record = std::fs::read_to_string(Self::compiler_record(workspace));
        if let Some(group) = record.ok().and_then(|text| text.parse::<i32>().ok()).filter(|group| *group > 1) {
            // SAFETY: the front leads its compiler in a group of its own and removes the record when it has ended.
            unsafe { libc::kill(-group, libc::SIGKILL) };
        }
    }
}

fn manifest_argument(args: &[OsString]) -> Option<PathBuf> {
    args.iter().skip_while(|arg| *arg != "--manifest-path").nth(1).map(PathBuf::from)
}
