//! One cell, compiled: printed, given to `rustc`, and printed anew where what was written for it does not fit.
//!
//! Four things can be wrong with what was made of the user's code and not with that: a variable is put back that the cell
//! has moved, or stored although it borrows; a `?` meets what is no `std::error::Error`; the guard of a loop does not
//! compile; an item of an earlier cell does not compile with what this one defines. Each is mended by leaving just that
//! out. A compiler that a signal has ended is no verdict on the source.

use super::diagnostics::{LABEL, Message};
use super::link::link;
use super::mend::{another_form, keep_own_statics, may_be_a_guards, mend, withdraw};
use super::print::{Printed, Variant, to_compile};
use super::queue::{Priority, Turn};
use super::source_map::What;
use super::{Compiler, Dependencies};
use crate::session::Candidate;
use crate::{threads, workspace};
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A cell that compiled.
#[derive(Debug)]
pub struct Built {
    pub object: PathBuf,
    /// As it was compiled in the end.
    pub printed: Printed,
    pub variant: Variant,
    /// Warnings that point at mistakes.
    pub warnings: Vec<Message>,
    /// Items of earlier cells that are left out from now on: what each is called, its cell, and rustc's reason.
    pub set_aside: Vec<(String, usize, String)>,
    /// Whether any are, those among them of which nothing is said since newer ones have taken their place.
    pub has_left_out: bool,
    /// Lines of this cell whose loops cannot be stopped.
    pub unguarded_lines: BTreeSet<usize>,
}

/// Why there is no object.
#[derive(Debug)]
pub enum Failure {
    /// What rustc has against the cell; nothing in it speaks of what was written for it.
    Errors {
        printed: Box<Printed>,
        errors: Vec<Message>,
    },
    /// Stop ended the compiler.
    Stopped,
    /// Something else ended it.
    Killed(i32),
    Broken(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

/// Codes of errors about two definitions that cannot be together.
const CONFLICTS: [&str; 6] = ["E0428", "E0119", "E0592", "E0201", "E0255", "E0117"];
/// More tries than anything that is mended one by one could need.
const TRIES: usize = 40;

/// What is asked of rustc.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goal {
    Object,
    /// Errors only.
    Check,
}

impl Compiler {
    /// Compiles `candidate`, which learns what of the session does not compile with it.
    ///
    /// # Errors
    /// What rustc says of the cell, or why it could not say anything.
    pub fn compile(&self, candidate: &mut Candidate, priority: Priority) -> std::result::Result<Built, Failure> {
        let turn = self.queue.turn(priority).ok_or(Failure::Stopped)?;
        let mut variant = Variant::default();
        let mut set_aside = Vec::new();
        let mut has_left_out = false;
        let mut unguarded_lines = BTreeSet::new();
        // The errors that a variant was to mend: shown if it has not.
        let mut before: Option<(Printed, Vec<Message>)> = None;
        let label = to_compile(candidate, &variant).label();
        for _ in 0..TRIES {
            let printed = tracing::info_span!("print").in_scope(|| to_compile(candidate, &variant));
            let object = self.new_object()?;
            let messages = match self.rustc(&turn, &printed, &label, candidate, &object, Goal::Object)? {
                Verdict::Compiled(warnings) => {
                    let warnings = warnings.into_iter().filter(Message::is_warning).collect();
                    return Ok(Built { object, printed, variant, warnings, set_aside, has_left_out, unguarded_lines });
                }
                Verdict::Errors(messages) => messages,
            };
            if mend(candidate, &printed, &messages, &mut variant) {
                continue;
            }
            if keep_own_statics(candidate, &printed, &messages) {
                continue;
            }
            if let Some(next) = another_form(candidate, &printed, &messages, &variant) {
                before.get_or_insert((printed, messages));
                variant = next;
                continue;
            }
            if may_be_a_guards(&printed, &messages, &variant) {
                match self.without_guards(&turn, candidate, &variant, &label)? {
                    // The user's own: told of the code without guards, which has no strange types in it.
                    Some((plain, errors)) => {
                        if !self.leave_out(candidate, &plain, &errors, &mut set_aside) {
                            return Err(failed(before, plain, errors));
                        }
                        has_left_out = true;
                        before.get_or_insert((plain, errors));
                    }
                    None => withdraw(candidate, &printed, &messages, &mut variant, &mut unguarded_lines),
                }
                continue;
            }
            if !self.leave_out(candidate, &printed, &messages, &mut set_aside) {
                return Err(failed(before, printed, messages));
            }
            has_left_out = true;
            before.get_or_insert((printed, messages));
        }
        Err(Failure::Broken(anyhow::anyhow!("the cell was printed anew too often")))
    }

    /// The errors of the code without guards, if it has any that are the user's.
    fn without_guards(
        &self,
        turn: &Turn<'_>,
        candidate: &mut Candidate,
        variant: &Variant,
        label: &str,
    ) -> std::result::Result<Option<(Printed, Vec<Message>)>, Failure> {
        let mut plain = Variant { unguarded: true, ..variant.clone() };
        for _ in 0..TRIES {
            let printed = to_compile(candidate, &plain);
            let nowhere = self.folder("crate")?.join("check.rmeta");
            match self.rustc(turn, &printed, label, candidate, &nowhere, Goal::Check)? {
                Verdict::Compiled(_) => return Ok(None),
                Verdict::Errors(messages) if mend(candidate, &printed, &messages, &mut plain) => {}
                Verdict::Errors(messages) => return Ok(Some((printed, messages))),
            }
        }
        Ok(None)
    }

    /// Leaves items of earlier cells out that do not compile any more. False if all errors are about this cell.
    fn leave_out(
        &self,
        candidate: &mut Candidate,
        printed: &Printed,
        messages: &[Message],
        set_aside: &mut Vec<(String, usize, String)>,
    ) -> bool {
        let mut broken: BTreeMap<(usize, usize), (String, bool)> = BTreeMap::new();
        let own = &candidate.cell.source;
        for message in messages.iter().filter(|message| message.is_error()) {
            let is_conflict = CONFLICTS.contains(&message.code());
            // Where an item is used wrongly that is not the item's fault: what counts of a macro is where it was called. A
            // lint is nobody's end.
            let spans = message.spans().into_iter().filter(|span| span.is_primary || is_conflict);
            for span in spans.filter(|_| message.code().starts_with('E')) {
                let Some(place) = printed.map.place(span.range.clone()) else { continue };
                let entries = printed.map.touched(span.range).filter_map(|what| match what {
                    What::Written { source, entry, .. } if !std::sync::Arc::ptr_eq(source, own) => *entry,
                    _ => None,
                });
                for entry in entries {
                    let known = broken.entry((entry, place.range.start));
                    known.or_insert_with(|| (message.text().to_owned(), is_conflict));
                }
            }
        }
        for ((index, at), (reason, is_conflict)) in &broken {
            // Two that cannot be together: the newer one takes the older one's place, and nothing is to be said of that.
            if let Some((title, cell)) = candidate.set_aside(*index, *at, reason)
                && !is_conflict
            {
                set_aside.push((title, cell, reason.clone()));
            }
        }
        set_aside.dedup_by(|one, other| one.0 == other.0 && one.1 == other.1);
        !broken.is_empty()
    }

    fn rustc(
        &self,
        turn: &Turn<'_>,
        printed: &Printed,
        label: &str,
        candidate: &Candidate,
        object: &Path,
        goal: Goal,
    ) -> std::result::Result<Verdict, Failure> {
        let dependencies = self.dependencies();
        let source = self.folder("crate")?.join("lib.rs");
        std::fs::write(&source, &printed.text).context("the cell's crate cannot be written")?;
        let optimise = goal == Goal::Object && worth_optimising(candidate);
        let mut command = self.rustc_command(&source, label, optimise, &dependencies);
        // Libraries that the cell itself links to are rustc's to find.
        let needs_rustc = !dependencies.externs.is_empty() || printed.text.contains("link(");
        if goal == Goal::Check {
            command.args(["-Awarnings", "--emit=metadata", "-o"]).arg(object);
            return self.verdict(turn, &mut command);
        }
        if let Some(linker) = self.toolchain.linker.as_ref().filter(|_| !needs_rustc) {
            let relocatable = object.with_extension("o");
            let verdict = self.verdict(turn, command.args(["--emit=obj", "-o"]).arg(&relocatable))?;
            let is_linked = || {
                let _span = tracing::info_span!("link").entered();
                link(turn, linker, &relocatable, object)
            };
            let done = matches!(verdict, Verdict::Errors(_)) || is_linked();
            let _ = std::fs::remove_file(&relocatable);
            if turn.is_over() {
                return Err(Failure::Stopped);
            }
            if done {
                return Ok(verdict);
            }
            command = self.rustc_command(&source, label, optimise, &dependencies);
        }
        self.verdict(turn, command.arg("-o").arg(object))
    }

    /// Runs the compiler.
    fn verdict(&self, turn: &Turn<'_>, rustc: &mut Command) -> std::result::Result<Verdict, Failure> {
        let _span = tracing::info_span!("rustc").entered();
        rustc.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let Some(mut compiler) = turn.start(rustc)? else { return Err(Failure::Stopped) };
        let mut said = Vec::new();
        let mut stderr = compiler.child.stderr.take().context("rustc has no stderr")?;
        stderr.read_to_end(&mut said).context("rustc cannot be read")?;
        let status = compiler.wait().context("rustc cannot be waited for")?;
        if turn.is_over() {
            return Err(Failure::Stopped);
        }
        if let Some(signal) = status.signal() {
            return Err(Failure::Killed(signal));
        }
        let said = String::from_utf8_lossy(&said);
        let messages = Message::all(&said);
        if status.success() {
            return Ok(Verdict::Compiled(messages));
        }
        if !messages.iter().any(Message::is_error) {
            if threads::tells_of_the_limit(&said) {
                return Err(Failure::Broken(anyhow::anyhow!(threads::no_more())));
            }
            if let Some(reason) = workspace::no_room(&said) {
                return Err(Failure::Broken(anyhow::anyhow!(
                    "{} cannot be written: {reason}",
                    self.workspace.display()
                )));
            }
            let reason = said.trim().lines().last().unwrap_or_default().to_owned();
            return Err(Failure::Broken(anyhow::anyhow!("rustc ended with {status} and said {reason:?}")));
        }
        Ok(Verdict::Errors(messages.into_iter().filter(Message::is_error).collect()))
    }

    fn rustc_command(&self, source: &Path, label: &str, optimise: bool, dependencies: &Dependencies) -> Command {
        let folder = source.parent().unwrap_or(source);
        let mut rustc = self.tool(&self.toolchain.rustc);
        rustc
            .args(["--crate-name=ctx", "--edition=2024", "--crate-type=cdylib", "--error-format=json"])
            .args([
                "-Cprefer-dynamic",
                "-Cpanic=unwind",
                "-Coverflow-checks=on",
                "-Cdebug-assertions=off",
                // Lines only: they cost a few percent, and a panic inside a library can name the cell's line.
                "-Cdebuginfo=line-tables-only",
            ])
            .arg(format!("--remap-path-prefix={}={LABEL}{label}", folder.display()))
            .arg(if optimise { "-Copt-level=3" } else { "-Copt-level=0" })
            .arg("-L")
            .arg(dependency_folder(&self.prefix.prelude_dependencies()))
            .arg("--extern")
            .arg(format!("isopleth={}", self.prefix.prelude_library().display()));
        for folder in &dependencies.folders {
            rustc.arg("-L").arg(dependency_folder(folder));
            // Where the loader finds the shared object of the crates.
            rustc.arg(format!("-Clink-arg=-Wl,-rpath,{}", folder.display()));
            if let Some(above) = folder.parent() {
                rustc.arg(format!("-Clink-arg=-Wl,-rpath,{}", above.display()));
            }
        }
        for library in &dependencies.externs {
            rustc.arg("--extern").arg(library);
        }
        rustc.arg(source);
        rustc
    }
}

fn dependency_folder(folder: &Path) -> String {
    format!("dependency={}", folder.display())
}

enum Verdict {
    Compiled(Vec<Message>),
    Errors(Vec<Message>),
}

fn failed(before: Option<(Printed, Vec<Message>)>, printed: Printed, errors: Vec<Message>) -> Failure {
    let (printed, errors) = before.unwrap_or((printed, errors));
    Failure::Errors { printed: Box::new(printed), errors }
}

/// Optimising costs tens of milliseconds, which straight-line code never earns back; loops, closures and the notebook's own
/// functions may.
fn worth_optimising(candidate: &Candidate) -> bool {
    let functions = candidate.functions();
    candidate.statements.iter().any(|(_, range)| {
        let text = &candidate.cell.code()[range.clone()];
        text.contains('|')
            || crate::cell::words(text).any(|word| {
                matches!(word, "for" | "while" | "loop" | "iter" | "into_iter" | "sum") || functions.contains(word)
            })
    })
}
