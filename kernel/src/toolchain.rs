//! The toolchain that built the prelude. Only it can compile cells against it.

use crate::prefix::{Prefix, check_there};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Recorded at install; see `isopleth setup`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Toolchain {
    /// `rustc -vV`, whole: the version, the commit and the host.
    pub verbose_version: String,
    pub rustc: PathBuf,
    pub cargo: PathBuf,
    pub sysroot: PathBuf,
    /// Where libstd's shared object is.
    pub target_libdir: PathBuf,
    pub target: String,
    /// What is configured for the target, as `rustc --print cfg` says it.
    #[serde(default)]
    pub cfg: Vec<String>,
    /// How values are laid out there, as LLVM says it.
    #[serde(default)]
    pub data_layout: Option<String>,
    /// How to link a cell without going through rustc, where that is known.
    #[serde(default)]
    pub linker: Option<Linker>,
}

/// A plain linker. By way of rustc and the C compiler, linking costs a cell as much as a third of its compilation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Linker {
    pub program: PathBuf,
    /// What compiled code may call on its own, such as the division of 128-bit integers.
    pub builtins: PathBuf,
}

impl Toolchain {
    /// Asks the `rustc` at hand.
    pub fn probe() -> Result<Self> {
        let ask = |arguments: &[&str]| -> Result<String> {
            let output = Command::new("rustc").args(arguments).output().context(
                "cannot run `rustc`: install Rust 1.95 or newer (https://rustup.rs), or load your site's module, and try again",
            )?;
            if !output.status.success() {
                bail!("`rustc {}` failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
            }
            Ok(String::from_utf8(output.stdout)?.trim().to_owned())
        };
        let verbose_version = ask(&["-vV"])?;
        let target = verbose_version
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .context("`rustc -vV` names no host")?
            .to_owned();
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?);
        let target_libdir = PathBuf::from(ask(&["--print", "target-libdir"])?);
        // The tools inside the toolchain: going through rustup's proxies costs tens of milliseconds a cell.
        let inside = |tool: &str| -> Result<PathBuf> {
            let path = sysroot.join("bin").join(tool);
            if path.exists() {
                Ok(path)
            } else {
                which::which(tool).with_context(|| format!("no `{tool}` beside rustc"))
            }
        };
        let linker = find_linker(&target_libdir);
        let cfg = print_unstable(&["--print", "cfg"]).unwrap_or_default().lines().map(str::to_owned).collect();
        let data_layout = data_layout();
        let (rustc, cargo) = (inside("rustc")?, inside("cargo")?);
        Ok(Self { rustc, cargo, verbose_version, sysroot, target_libdir, target, cfg, data_layout, linker })
    }

    /// The record of `prefix`.
    pub fn recorded(prefix: &Prefix) -> Result<Self> {
        let path = prefix.toolchain_record();
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}: run install.sh again", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is damaged: run install.sh again", path.display()))
    }

    /// The first line of the version: `rustc 1.95.0 (… 2026-04-14)`.
    pub fn version(&self) -> &str {
        self.verbose_version.lines().next().unwrap_or_default()
    }

    /// Checks that the recorded compiler is still there and still the same.
    pub fn verify(&self) -> Result<()> {
        check_there("the Rust toolchain that built the prelude", &self.rustc)?;
        let output = Command::new(&self.rustc).arg("-vV").output();
        let found = match output {
            Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
            _ => bail!("{} does not run: run install.sh again", self.rustc.display()),
        };
        if found != self.verbose_version {
            bail!(
                "the Rust toolchain has changed: the prelude was built with {}, {} is now {}; run install.sh again",
                self.version(),
                self.rustc.display(),
                found.lines().next().unwrap_or_default()
            );
        }
        Ok(())
    }
}

/// What rustc prints where it may name what is not stable. Only analysis asks, which reads the standard library's
/// sources, and those ask for such things: without them there are no atomics.
fn print_unstable(arguments: &[&str]) -> Option<String> {
    let asked = Command::new("rustc").args(arguments).env("RUSTC_BOOTSTRAP", "1").output().ok()?;
    asked.status.success().then(|| String::from_utf8(asked.stdout).ok())?
}

/// How rustc lays values out.
fn data_layout() -> Option<String> {
    let asked = print_unstable(&["-Z", "unstable-options", "--print", "target-spec-json"])?;
    let specification: serde_json::Value = serde_json::from_str(&asked).ok()?;
    specification["data-layout"].as_str().map(str::to_owned)
}

/// The linker that the C compiler would call, and the toolchain's builtins.
fn find_linker(target_libdir: &Path) -> Option<Linker> {
    let output =
        Command::new("cc").arg("-print-prog-name=ld").output().ok().filter(|output| output.status.success())?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    // A name with a slash in it is looked for at that place only.
    let program = which::which(name).ok()?;
    let builtins = std::fs::read_dir(target_libdir).ok()?.flatten().map(|file| file.path()).find(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("libcompiler_builtins-") && name.ends_with(".rlib")
    })?;
    Some(Linker { program, builtins })
}
