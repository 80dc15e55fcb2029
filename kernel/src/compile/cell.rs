//! One cell, compiled: printed, given to `rustc`, and printed anew where what was written for it does not fit.
//!
//! Four things can be wrong with what was made of the user's code and not with that: a variable is put back that the cell
//! has moved, or stored although it borrows; a `?` meets what is no `std::error::Error`; the guard of a loop does not
//! compile; an item of an earlier cell does not compile with what this one defines. Each is mended by leaving just that
//! out. A compiler that a signal has ended is no verdict on the source.

use super::diagnostics::{LABEL, Message};
use super::link::link;
use super::print::{Printed, TailForm, Variant, to_compile};
use super::source_map::What;
use super::{Compiler, Dependencies};
use crate::cell::Kind;
use crate::session::Candidate;
use crate::{threads, workspace};
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::ops::Range;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

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

/// Codes of errors that say that something borrowed would outlive its owner.
const BORROWED: [&str; 11] =
    ["E0597", "E0505", "E0506", "E0716", "E0521", "E0499", "E0502", "E0503", "E0310", "E0515", "E0373"];
/// Codes of errors about two definitions that cannot be together.
const CONFLICTS: [&str; 6] = ["E0428", "E0119", "E0592", "E0201", "E0255", "E0117"];
/// Codes of errors that name resolution gives: guards can have no part in them.
const OF_NAMES: [&str; 12] =
    ["E0425", "E0433", "E0432", "E0412", "E0405", "E0423", "E0424", "E0426", "E0428", "E0404", "E0408", "E0252"];
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
    pub fn compile(&self, candidate: &mut Candidate) -> std::result::Result<Built, Failure> {
        let mut variant = Variant::default();
        let mut set_aside = Vec::new();
        let mut unguarded_lines = BTreeSet::new();
        // The errors that a variant was to mend: shown if it has not.
        let mut before: Option<(Printed, Vec<Message>)> = None;
        let label = to_compile(candidate, &variant).label();
        for _ in 0..TRIES {
            let printed = to_compile(candidate, &variant);
            let object = self.new_object()?;
            let messages = match self.rustc(&printed, &label, candidate, &object, Goal::Object)? {
                Verdict::Compiled(warnings) => {
                    let warnings = warnings.into_iter().filter(Message::is_warning).collect();
                    return Ok(Built { object, printed, variant, warnings, set_aside, unguarded_lines });
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
                match self.without_guards(candidate, &variant, &label)? {
                    // The user's own: told of the code without guards, which has no strange types in it.
                    Some((plain, errors)) => {
                        if !self.leave_out(candidate, &plain, &errors, &mut set_aside) {
                            return Err(failed(before, plain, errors));
                        }
                        before.get_or_insert((plain, errors));
                    }
                    None => withdraw(candidate, &printed, &messages, &mut variant, &mut unguarded_lines),
                }
                continue;
            }
            if !self.leave_out(candidate, &printed, &messages, &mut set_aside) {
                return Err(failed(before, printed, messages));
            }
            before.get_or_insert((printed, messages));
        }
        Err(Failure::Broken(anyhow::anyhow!("the cell was printed anew too often")))
    }

    /// The errors of the code without guards, if it has any that are the user's.
    fn without_guards(
        &self,
        candidate: &mut Candidate,
        variant: &Variant,
        label: &str,
    ) -> std::result::Result<Option<(Printed, Vec<Message>)>, Failure> {
        let mut plain = Variant { unguarded: true, ..variant.clone() };
        for _ in 0..TRIES {
            let printed = to_compile(candidate, &plain);
            let nowhere = self.folder("crate")?.join("check.rmeta");
            match self.rustc(&printed, label, candidate, &nowhere, Goal::Check)? {
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
        let mut broken: BTreeMap<usize, String> = BTreeMap::new();
        let own = &candidate.cell.source;
        for message in messages.iter().filter(|message| message.is_error()) {
            let is_conflict = CONFLICTS.contains(&message.code());
            // Where an item is used wrongly that is not the item's fault: what counts of a macro is where it was called. A
            // lint is nobody's end.
            let spans = message.spans().into_iter().filter(|span| span.is_primary || is_conflict);
            let entries = spans.flat_map(|span| printed.map.touched(span.range)).filter_map(|what| match what {
                What::Written { source, entry, .. } if message.code().starts_with('E') => Some((source, *entry)),
                _ => None,
            });
            for (source, entry) in entries {
                if let Some(entry) = entry.filter(|_| !std::sync::Arc::ptr_eq(source, own)) {
                    broken.entry(entry).or_insert_with(|| message.text().to_owned());
                }
            }
        }
        for (index, reason) in &broken {
            if let Some(entry) = candidate.items.iter().nth(*index) {
                set_aside.push((entry.item.title(), entry.item.source.count, reason.clone()));
            }
            candidate.set_aside(*index, reason);
        }
        !broken.is_empty()
    }

    fn rustc(
        &self,
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
            return self.verdict(&mut command);
        }
        if let Some(linker) = self.toolchain.linker.as_ref().filter(|_| !needs_rustc) {
            let relocatable = object.with_extension("o");
            let verdict = self.verdict(command.args(["--emit=obj", "-o"]).arg(&relocatable))?;
            let is_linked = || link(linker, &relocatable, object).is_ok_and(|linked| linked.success());
            let done = matches!(verdict, Verdict::Errors(_)) || is_linked();
            let _ = std::fs::remove_file(&relocatable);
            if done {
                return Ok(verdict);
            }
            command = self.rustc_command(&source, label, optimise, &dependencies);
        }
        self.verdict(command.arg("-o").arg(object))
    }

    /// Runs the compiler.
    fn verdict(&self, rustc: &mut Command) -> std::result::Result<Verdict, Failure> {
        rustc.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let Some(mut compiler) = self.start(rustc)? else { return Err(Failure::Stopped) };
        let mut said = Vec::new();
        let mut stderr = compiler.stderr.take().context("rustc has no stderr")?;
        stderr.read_to_end(&mut said).context("rustc cannot be read")?;
        let status = self.wait(&mut compiler).context("rustc cannot be waited for")?;
        if self.is_stopped() {
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

/// Leaves out what puts back or stores a variable, where that is what does not compile. False if nothing is to be mended
/// so.
fn mend(candidate: &Candidate, printed: &Printed, messages: &[Message], variant: &mut Variant) -> bool {
    let before = variant.clone();
    if !variant.any_error
        && messages.iter().any(|message| message.everything().contains("`?` couldn't convert the error"))
    {
        variant.any_error = true;
        return true;
    }
    let errors = || messages.iter().filter(|message| message.is_error());
    let moved = errors().filter(|message| message.code() == "E0382" || message.code() == "E0381");
    let mut used_moved: BTreeSet<&String> = BTreeSet::new();
    for (_, what) in moved.flat_map(|message| message.touched(&printed.map)).filter(|(is_primary, _)| *is_primary) {
        match what {
            What::PutBack { name } => drop(used_moved.insert(name)),
            What::Put { name, .. } => drop(variant.moved_here.insert(name.clone())),
            What::LetGo { name } => drop(variant.not_let_go.insert(name.clone())),
            _ => {}
        }
    }
    for name in used_moved {
        let may_have_a_new_value = candidate.names.assigned.contains(name) && !candidate.names.binds(name);
        if !(may_have_a_new_value && variant.put_back_inside.insert(name.clone())) {
            variant.put_back_inside.remove(name);
            variant.not_put_back.insert(name.clone());
        }
    }
    let borrowed = || {
        errors().filter(|message| {
            BORROWED.contains(&message.code()) || message.text().contains("does not live long enough")
        })
    };
    // Where it is dropped here, a borrow may last longer than the cell's own code has it.
    variant.not_let_go.extend(borrowed().flat_map(|message| {
        let let_go = message.touched(&printed.map).filter_map(|(_, what)| match what {
            What::LetGo { name } => Some(name.clone()),
            _ => None,
        });
        let_go.collect::<Vec<_>>()
    }));
    if *variant != before {
        return true;
    }
    // Storing the one that borrows is at fault; the other is what it borrows from.
    variant.not_put.extend(borrowed().flat_map(|message| stored(message, printed, false)));
    if *variant != before {
        return true;
    }
    let of_values = borrowed().filter(|message| {
        let puts_back = |(_, what): (bool, &What)| matches!(what, What::PutBack { .. });
        message.everything().contains("'static") || message.touched(&printed.map).any(puts_back)
    });
    // One at a time: the others may be about the same.
    let made = of_values.map(|message| made_of_what_is_borrowed(candidate, printed, message, &variant.not_put));
    let made = made.into_iter().find(|made| !made.is_empty());
    let at_fault = made.unwrap_or_else(|| borrowed().flat_map(|message| stored(message, printed, true)).collect());
    variant.not_put.extend(at_fault);
    *variant != before
}

/// The variables whose storing `message` points at: as what is wrong, or beside it.
fn stored(message: &Message, printed: &Printed, is_wrong: bool) -> BTreeSet<String> {
    let notes: Vec<Message> = message.children().collect();
    let noted = notes.iter().flat_map(|note| note.touched(&printed.map)).map(|(_, what)| (false, what));
    let touched = message.touched(&printed.map).chain(noted).filter(|(is_primary, _)| *is_primary == is_wrong);
    let names = touched.filter_map(|(_, what)| match what {
        What::Put { name, .. } => Some(name.clone()),
        _ => None,
    });
    names.collect()
}

/// What is made where `message` points: a closure that gives a reference says nothing of where that is stored. If all of it
/// is left out already, what is made of that.
fn made_of_what_is_borrowed(
    candidate: &Candidate,
    printed: &Printed,
    message: &Message,
    not_put: &BTreeSet<String>,
) -> BTreeSet<String> {
    let cell = &candidate.cell;
    // Where the owner is made is no place of the borrowing.
    let spans = message.spans().into_iter().filter(|span| !span.label.starts_with("binding "));
    let places = spans.filter_map(|span| printed.map.place(span.range));
    let own: Vec<_> = places.filter(|place| Arc::ptr_eq(&place.source, &cell.source) && !place.in_item).collect();
    let made_in = |chosen: &dyn Fn(&Range<usize>) -> bool| -> BTreeSet<String> {
        let chosen: Vec<&Range<usize>> =
            candidate.statements.iter().map(|(_, range)| range).filter(|range| chosen(range)).collect();
        let bindings = candidate.names.bindings.iter();
        let within = bindings.filter(|one| chosen.iter().any(|range| range.contains(&one.place.start)));
        within.map(|one| one.name.clone()).filter(|name| !not_put.contains(name)).collect()
    };
    let found = made_in(&|range| own.iter().any(|place| range.contains(&place.range.start)));
    if !found.is_empty() {
        return found;
    }
    made_in(&|range| crate::cell::words(&cell.code()[range.clone()]).any(|word| not_put.contains(word)))
}

/// Constants cannot be made from a static that an earlier object defines, and some types cannot be declared: this object
/// then has those statics for itself. False if none is to be.
fn keep_own_statics(candidate: &mut Candidate, printed: &Printed, messages: &[Message]) -> bool {
    let loaded: Vec<String> =
        candidate.statics.iter().filter(|(_, symbol)| symbol.is_loaded).map(|(path, _)| path.clone()).collect();
    let mut found: BTreeSet<String> = BTreeSet::new();
    for message in messages.iter().filter(|message| ["E0080", "E0106", "E0658", "E0013"].contains(&message.code())) {
        let text = message.everything();
        let declared = message.touched(&printed.map).filter_map(|(_, what)| match what {
            What::Declared { path } => Some(path.clone()),
            _ => None,
        });
        found.extend(declared);
        let is_named = |path: &&String| {
            let name = path.rsplit("::").next().unwrap_or(path).split('#').next().unwrap_or(path);
            text.contains(&format!("`{name}`"))
        };
        found.extend(loaded.iter().filter(is_named).cloned());
    }
    let mut is_new = false;
    for index in 0..candidate.items.iter().count() {
        let Some(entry) = candidate.items.entry_mut(index) else { continue };
        for one in crate::session::statics(&entry.item.clone()).iter().filter(|one| found.contains(&one.path)) {
            is_new |= entry.own_statics.insert(one.path.clone());
        }
    }
    is_new
}

/// Another way to write what does not compile in this one, to be tried once.
fn another_form(candidate: &Candidate, printed: &Printed, messages: &[Message], variant: &Variant) -> Option<Variant> {
    let is_about_the_tail = |message: &Message| {
        let never = message.code() == "E0282" || message.text().starts_with("`!` doesn't implement");
        never && message.touched(&printed.map).any(|(_, what)| matches!(what, What::Shown { .. }))
    };
    let tail = candidate.statements.iter().find(|(kind, _)| *kind == Kind::Tail).map(|(_, range)| range.clone());
    let is_open_result = |message: &Message| {
        let place = message.place(&printed.map).filter(|place| *place.source == *candidate.cell.source);
        let within = place.is_some_and(|place| tail.as_ref().is_some_and(|tail| tail.contains(&place.range.start)));
        within && message.code() == "E0282" && message.everything().contains("Result")
    };
    let next = match variant.tail {
        TailForm::Result => return None,
        _ if messages.iter().any(is_open_result) => TailForm::Result,
        TailForm::Shown if messages.iter().any(is_about_the_tail) => TailForm::Never,
        _ => return None,
    };
    Some(Variant { tail: next, ..variant.clone() })
}

/// Whether guards could have a part in these errors.
fn may_be_a_guards(printed: &Printed, messages: &[Message], variant: &Variant) -> bool {
    let has_guards = printed.text.contains("::isopleth::runtime::guard::") && !variant.unguarded;
    has_guards
        && messages.iter().filter(|message| message.is_error()).any(|message| {
            let is_of_syntax =
                message.code().is_empty() && message.touched(&printed.map).all(|(_, what)| !is_guard(what));
            !is_of_syntax && !OF_NAMES.contains(&message.code())
        })
}

fn is_guard(what: &What) -> bool {
    matches!(what, What::Guard { .. })
}

/// Withdraws the guards that errors point at; all of them, if none is pointed at.
fn withdraw(
    candidate: &mut Candidate,
    printed: &Printed,
    messages: &[Message],
    variant: &mut Variant,
    unguarded_lines: &mut BTreeSet<usize>,
) {
    let mut found: BTreeSet<(Option<usize>, usize)> = BTreeSet::new();
    for message in messages {
        for (_, what) in message.touched(&printed.map) {
            if let What::Guard { entry, guard } = what {
                found.insert((*entry, *guard));
            }
        }
        // An error that a guard causes may stand behind it: in what the loop goes over.
        if let Some(span) = message.spans().iter().find(|span| span.is_primary).filter(|_| found.is_empty()) {
            found.extend(printed.map.guard_before(span.range.start));
        }
        let place = message.place(&printed.map).filter(|place| *place.source == *candidate.cell.source);
        unguarded_lines.extend(place.map(|place| place.line()));
    }
    if found.is_empty() {
        variant.unguarded = true;
        return;
    }
    for (entry, guard) in found {
        match entry.and_then(|entry| candidate.items.entry_mut(entry)) {
            Some(entry) => drop(entry.unguarded.insert(guard)),
            None => drop(variant.unguarded_here.insert(guard)),
        }
    }
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
