//! What to print otherwise after rustc has said what does not compile: each function looks at the errors and leaves out, or writes
//! in another form, just what they are about.

use super::diagnostics::Message;
use super::print::{Printed, TailForm, Variant};
use super::source_map::What;
use crate::cell::Kind;
use crate::session::Candidate;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// Codes of errors that say that something borrowed would outlive its owner.
const BORROWED: [&str; 11] =
    ["E0597", "E0505", "E0506", "E0716", "E0521", "E0499", "E0502", "E0503", "E0310", "E0515", "E0373"];
/// Codes of errors that name resolution gives: guards can have no part in them.
const OF_NAMES: [&str; 12] =
    ["E0425", "E0433", "E0432", "E0412", "E0405", "E0423", "E0424", "E0426", "E0428", "E0404", "E0408", "E0252"];

/// Leaves out what puts back or stores a variable, where that is what does not compile. False if nothing is to be mended
/// so.
pub(super) fn mend(candidate: &Candidate, printed: &Printed, messages: &[Message], variant: &mut Variant) -> bool {
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
pub(super) fn keep_own_statics(candidate: &mut Candidate, printed: &Printed, messages: &[Message]) -> bool {
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
pub(super) fn another_form(
    candidate: &Candidate,
    printed: &Printed,
    messages: &[Message],
    variant: &Variant,
) -> Option<Variant> {
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
pub(super) fn may_be_a_guards(printed: &Printed, messages: &[Message], variant: &Variant) -> bool {
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
pub(super) fn withdraw(
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
