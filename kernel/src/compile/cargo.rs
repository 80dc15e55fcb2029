//! The real cargo at work for a `:dep`: on record for Stop, its progress shown, its complaints in a student's words.

use super::Compiler;
use super::queue::Turn;
use crate::threads;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;

/// What became of one call of cargo.
pub struct Done {
    pub success: bool,
    pub stdout: String,
    /// Without the lines that only tell of progress.
    pub complaints: String,
}

/// Lines of cargo's that tell of progress, by their first word.
const PROGRESS: [&str; 9] =
    ["Updating", "Locking", "Adding", "Downloading", "Downloaded", "Compiling", "Fetching", "Unpacking", "Blocking"];

impl Compiler {
    /// Runs `cargo ARGUMENTS` in `folder`; `tell` hears what it is doing, one line at a time.
    ///
    /// # Errors
    /// If cargo cannot be run, or Stop ends it.
    pub(super) fn cargo(
        &self,
        turn: &Turn<'_>,
        arguments: &[&str],
        folder: &Path,
        tell: &dyn Fn(&str),
    ) -> Result<Done> {
        let mut command = self.tool(&self.toolchain.cargo);
        command
            .args(arguments)
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .env("CARGO_TERM_COLOR", "never")
            // The crates share the worker's libstd. A crate in the same version and with the same features as one that the
            // prelude holds is another crate all the same: rustc takes no two of one identity.
            .env("RUSTFLAGS", "-Cprefer-dynamic -Cmetadata=isopleth_notebook")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let Some(mut cargo) = turn.start(&mut command)? else { bail!("stopped") };
        let mut stdout = cargo.child.stdout.take().context("cargo has no stdout")?;
        let read = move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).map(|_| text)
        };
        let reading = std::thread::Builder::new().spawn(read).map_err(threads::explained)?;
        let mut progress = Progress { tell, compiled: Vec::new() };
        let mut complaints = String::new();
        for line in BufReader::new(cargo.child.stderr.take().context("cargo has no stderr")?).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            if !progress.takes(&line) {
                complaints.push_str(&line);
                complaints.push('\n');
            }
        }
        let success = cargo.wait()?.success();
        let stdout = reading.join().map_err(|_| anyhow::anyhow!("cargo's output could not be read"))??;
        if success {
            progress.end();
        }
        Ok(Done { success, stdout, complaints })
    }
}

struct Progress<'a> {
    tell: &'a dyn Fn(&str),
    compiled: Vec<String>,
}

impl Progress<'_> {
    /// Tells of `line` if it is about progress. The crate that holds the dependencies is no news.
    fn takes(&mut self, line: &str) -> bool {
        let (verb, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        if verb == "Finished" || rest.starts_with("dependencies v1.0.0") {
            return true;
        }
        if !PROGRESS.contains(&verb) || !line.starts_with(' ') {
            return false;
        }
        let mut shown = line.trim().to_owned();
        if verb == "Compiling" {
            self.compiled.push(rest.to_owned());
            shown.push_str(&format!(" (crate {})", self.compiled.len()));
        }
        (self.tell)(&shown);
        true
    }

    fn end(&self) {
        match self.compiled.as_slice() {
            [] => {}
            [one] => (self.tell)(&format!("Compiled {one}")),
            [.., last] => (self.tell)(&format!("Compiled {} crates, the last of them {last}", self.compiled.len())),
        }
    }
}

/// cargo's complaint as what was asked, what exists and what to try.
pub fn explain(complaints: &str) -> String {
    let quoted = |after: &str| complaints.split_once(after)?.1.split('`').next().map(str::to_owned);
    if let Some(name) = quoted("no matching package named `") {
        let guess = complaints.lines().find(|line| line.starts_with("perhaps you meant") || line.starts_with("help: "));
        let guess = guess.map(|line| format!(" ({line})")).unwrap_or_default();
        return format!(
            "there is no crate `{name}` in the registry{guess}. Look its name up at https://crates.io/search?q={name}"
        );
    }
    if let Some(asked) = quoted("failed to select a version for the requirement `") {
        let there = complaints.split_once("didn't match: ").and_then(|(_, rest)| rest.lines().next());
        let name = asked.split(' ').next().unwrap_or_default();
        let there = there.map(|versions| format!(" There are {versions}.")).unwrap_or_default();
        return format!("no version fits {asked}.{there} Write one of them, or `:dep {name} = \"*\"` for the newest.");
    }
    if let Some(feature) = quoted("with feature `") {
        let name = quoted("depends on `").unwrap_or_default();
        let there = complaints.split_once("available features: ").and_then(|(_, rest)| rest.lines().next());
        let there = there.map(|features| format!("; it has {}", features.trim())).unwrap_or_default();
        return format!("the crate `{name}` has no feature `{feature}`{there}");
    }
    if let Some(manifest) = quoted("failed to read `").filter(|_| complaints.contains("No such file")) {
        let folder = manifest.strip_suffix("/Cargo.toml").unwrap_or(&manifest);
        return format!("there is no crate in `{folder}`: it holds no Cargo.toml");
    }
    const NETWORK: [&str; 6] =
        ["network", "failed to download", "resolve host", "connect", "timed out", "config.json failed"];
    if NETWORK.iter().any(|sign| complaints.contains(sign)) {
        let reason = complaints.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
        return format!(
            "the registry cannot be reached ({reason}). A crate needs the network when it is asked for first. Nothing has \
             changed; run the cell again when there is a connection."
        );
    }
    let kept = complaints.lines().filter(|line| !line.contains("dependencies v1.0.0") && !line.trim().is_empty());
    let text = kept.take(30).collect::<Vec<_>>().join("\n");
    text.strip_prefix("error: ").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_crate_is_named_and_can_be_looked_up() {
        let said = "error: no matching package named `hexagno` found\nlocation searched: crates.io index\nrequired by package `dependencies v1.0.0 (/tmp/x)`\n";
        let text = explain(said);
        assert!(text.contains("`hexagno`") && text.contains("crates.io/search") && !text.contains("/tmp"), "{text}");
    }

    #[test]
    fn an_unknown_version_or_feature_says_what_exists() {
        let text = explain(
            "error: failed to select a version for the requirement `itoa = \"^99\"`\ncandidate versions found which didn't match: 1.0.19, 1.0.18, ...\n",
        );
        assert!(
            text.contains("itoa = \"^99\"") && text.contains("1.0.19") && text.contains(":dep itoa = \"*\""),
            "{text}"
        );
        let text = explain(
            "package `dependencies` depends on `serde` with feature `no` but `serde` does not have that feature.\n available features: alloc, std\n",
        );
        assert_eq!(text, "the crate `serde` has no feature `no`; it has alloc, std");
    }

    #[test]
    fn without_a_network_the_remedy_is_a_network() {
        let said = "error: failed to get `a`\n\nCaused by:\n  download of config.json failed\n\nCaused by:\n  [7] Could not connect to server\n";
        assert!(explain(said).contains("cannot be reached ([7] Could not connect to server)"));
    }

    #[test]
    fn progress_is_told_from_complaints() {
        let told = std::cell::RefCell::new(Vec::new());
        let tell = |line: &str| told.borrow_mut().push(line.to_owned());
        let mut progress = Progress { tell: &tell, compiled: Vec::new() };
        assert!(progress.takes("   Compiling itoa v1.0.19"));
        assert!(progress.takes("   Compiling dependencies v1.0.0 (/tmp/x)"));
        assert!(!progress.takes("error: no matching package named `a` found"));
        progress.end();
        assert_eq!(*told.borrow(), ["Compiling itoa v1.0.19 (crate 1)", "Compiled itoa v1.0.19"]);
    }
}
