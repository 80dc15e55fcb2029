//! The crate that rustc compiles, printed from the session's model.
//!
//! Macros come first, since they are known only below their definition; then imports, the newest definition of each item
//! in the notebook's order, and the cell's statements in a function. Users' words are copied as they are, and a
//! [`SourceMap`] knows where each came from. Everything that is written between them is named by its full path. No edit
//! adds or removes a line, so a crate has the same lines with guards and without.

mod edits;
mod function;
mod items;
mod names;

use super::guards;
use super::source_map::{SourceMap, What};
use crate::cell::{ParsedCell, Source};
use crate::session::{Candidate, Session};
use names::{absolute, raw};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// How a crate is printed. The first try has nothing left out; what a compiler says may ask for another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variant {
    pub unguarded: bool,
    /// Guards of the cell's statements that do not compile.
    pub unguarded_here: BTreeSet<usize>,
    /// `?` meets an error that is no `std::error::Error`.
    pub any_error: bool,
    /// Variables that the cell makes and that cannot be stored at its end, since they borrow.
    pub not_put: BTreeSet<String>,
    /// Variables that the cell makes and moves away again.
    pub moved_here: BTreeSet<String>,
    /// Of those that are not stored, the ones that are moved away in the cell.
    pub not_let_go: BTreeSet<String>,
    /// Variables that the cell moves away.
    pub not_put_back: BTreeSet<String>,
    /// Variables that the cell moves away and gives a new value: they are put back where it has that.
    pub put_back_inside: BTreeSet<String>,
    /// How the last expression is shown.
    pub tail: TailForm,
}

/// How the last expression of a cell is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TailForm {
    /// By its own method.
    #[default]
    Shown,
    /// It never ends, and no method can be called on what it gives.
    Never,
    /// A `Result` whose error nobody has named, as in `Ok(())`: it is the error that `?` would make.
    Result,
}

/// A crate, and what is what in it.
#[derive(Debug, Clone)]
pub struct Printed {
    pub text: String,
    pub map: SourceMap,
    /// The function to call in the object.
    pub symbol: String,
}

impl Printed {
    /// Names the crate by its content.
    pub fn label(&self) -> String {
        hex(&self.text)
    }
}

fn hex(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Prints the crate of `candidate`, as rustc is to compile it.
pub fn to_compile(candidate: &Candidate, variant: &Variant) -> Printed {
    let mut printer = Printer::new(candidate, variant, true);
    printer.items();
    printer.cell_function();
    printer.finish()
}

/// Prints the crate of `candidate` as types are inferred in it: the variables are parameters, and nothing is stored.
pub fn to_analyse(candidate: &Candidate) -> Printed {
    let variant = Variant { unguarded: true, ..Variant::default() };
    let mut printer = Printer::new(candidate, &variant, false);
    printer.items();
    printer.analysed_function();
    printer.finish()
}

/// Prints what `cell` is written below: the session's items, its variables, and the cell as it is so far, whole, since it may
/// not be Rust yet.
pub fn to_look_at(session: &Session, cell: &ParsedCell) -> Printed {
    let empty = ParsedCell::new(Arc::new(Source { count: 0, code: String::new(), id: None }), |_| false);
    let mut out =
        Printed { text: String::new(), map: SourceMap::default(), symbol: "isopleth_cell_looked_at".to_owned() };
    let variant = Variant { unguarded: true, ..Variant::default() };
    if let Ok(before) = session.candidate(empty) {
        let mut printer = Printer::new(&before, &variant, false);
        printer.items();
        out.text = printer.out;
    }
    out.text.push_str(&format!("async fn {}(", out.symbol));
    for (name, variable) in session.variables() {
        let mutable = if variable.mutable { "mut " } else { "" };
        out.text.push_str(&format!("{mutable}{}: {}, ", raw(name), absolute(&variable.kind)));
    }
    out.text.push_str(") -> ::core::result::Result<(), ::isopleth::runtime::UserError> {\n");
    let start = out.text.len();
    out.text.push_str(&cell.code()[cell.rust()]);
    let what = What::Written { source: Arc::clone(&cell.source), start: cell.rust().start, entry: None };
    out.map.add(start..out.text.len(), what);
    out.text.push_str("\n;::core::result::Result::Ok(())\n}\n");
    out.map.finish(&out.text);
    out
}

struct Printer<'a> {
    candidate: &'a Candidate,
    variant: &'a Variant,
    out: String,
    map: SourceMap,
    symbol: String,
    /// Functions that call themselves, by way of others or not.
    recursive: HashSet<String>,
    to_compile: bool,
}

/// Something that is written in place of a range of an item.
struct Edit {
    range: Range<usize>,
    insert: String,
    what: Option<What>,
}

impl<'a> Printer<'a> {
    fn new(candidate: &'a Candidate, variant: &'a Variant, to_compile: bool) -> Self {
        let symbol = format!("isopleth_cell_{}", hex(candidate.cell.code()));
        let recursive = if to_compile && !variant.unguarded { recursive_functions(candidate) } else { HashSet::new() };
        Self { candidate, variant, out: String::new(), map: SourceMap::default(), symbol, recursive, to_compile }
    }

    fn finish(mut self) -> Printed {
        self.map.finish(&self.out);
        Printed { text: self.out, map: self.map, symbol: self.symbol }
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn marked(&mut self, text: &str, what: What) {
        let start = self.out.len();
        self.out.push_str(text);
        self.map.add(start..self.out.len(), what);
    }

    /// Copies `range` of `source`, with `edits` (in bytes of the range, in their order) made.
    fn written(&mut self, source: &Arc<Source>, range: Range<usize>, entry: Option<usize>, edits: &[Edit]) {
        let mut at = range.start;
        for edit in edits {
            let (from, to) = (range.start + edit.range.start, range.start + edit.range.end);
            if from < at || to > range.end {
                // Two edits of one place: what comes first holds.
                continue;
            }
            self.copy(source, at..from, entry);
            match &edit.what {
                Some(what) => self.marked(&edit.insert, what.clone()),
                None => self.out.push_str(&edit.insert),
            }
            // Lines keep their numbers.
            let lines = source.code[from..to].matches('\n').count();
            self.out.push_str(&"\n".repeat(lines));
            at = to;
        }
        self.copy(source, at..range.end, entry);
    }

    fn copy(&mut self, source: &Arc<Source>, range: Range<usize>, entry: Option<usize>) {
        if !range.is_empty() {
            let what = What::Written { source: Arc::clone(source), start: range.start, entry };
            self.marked(&source.code[range], what);
        }
    }
}

/// The functions of the notebook that call themselves, by way of others or not.
fn recursive_functions(candidate: &Candidate) -> HashSet<String> {
    let holding = candidate.items.iter().filter(|entry| !entry.is_aside() && entry.import.is_none());
    let calls: Vec<(String, BTreeSet<String>)> =
        holding.flat_map(|entry| guards::names_called(&entry.item.tree())).collect();
    guards::recursive(&calls)
}

#[cfg(test)]
mod tests;
