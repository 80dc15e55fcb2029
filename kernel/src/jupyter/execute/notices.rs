//! What the kernel itself has to say of a cell, above and below its output.

use crate::prepare::Prepared;
use crate::report::quoted;
use crate::session::{Gone, Outcome, Session};

/// More lines than this below one cell nobody reads.
const MOST: usize = 8;

/// Above a cell's output: what was dropped, what it moves, warnings.
pub fn before(prepared: &Prepared) -> Vec<String> {
    let candidate = &prepared.candidate;
    let mut told = Vec::new();
    let gone = candidate.outdated.iter().filter(|outdated| !candidate.names.binds(&outdated.variable));
    let mut names: Vec<String> = gone.clone().map(|outdated| outdated.variable.clone()).collect();
    if let Some(first) = gone.clone().next() {
        names.sort();
        let (is, it) = if names.len() == 1 { ("was", "it") } else { ("were", "them") };
        let cause = quoted(&first.because_of);
        let is_new = if first.because_of.len() == 1 { "is" } else { "are" };
        let names = quoted(&names);
        told.push(format!(
            "{names} {is} dropped, since {cause} {is_new} defined anew. Run the cell that makes {it} again."
        ));
    }
    for name in &candidate.hidden {
        told.push(format!("`{name}` was a variable; from now on it is what this cell defines."));
    }
    told.extend(prepared.moved.iter().filter_map(|name| Gone::Moved { cell: 0 }.notice(name)));
    told.extend(prepared.notices.iter().cloned());
    told
}

/// The variables of its own that a cell which has ended well does not leave to later ones, and why.
pub fn ended_with_cell(session: &Session, prepared: &Prepared, outcome: &Outcome) -> Vec<(String, Gone)> {
    if outcome.failed {
        return Vec::new();
    }
    let bindings = prepared.candidate.names.bindings.iter().map(|binding| &binding.name);
    let gone = bindings.filter_map(|name| Some((name.clone(), session.gone(name)?.clone())));
    gone.filter(|(_, gone)| !matches!(gone, Gone::Moved { .. })).collect()
}

/// Below its output: what is said of them.
pub fn after(gone: &[(String, Gone)]) -> Vec<String> {
    let mut told: Vec<String> = gone.iter().filter_map(|(name, gone)| gone.notice(name)).collect();
    if told.len() > MOST {
        let more = told.split_off(MOST - 1).len();
        told.push(format!("The same holds of {more} more."));
    }
    told
}
