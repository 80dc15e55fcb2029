//! A cell that is about to be compiled: what it would add to the session, and what it needs of it.

use super::definitions::Definitions;
use super::outside;
use super::{Attribute, Items, Session, Symbol, hides_a_variable};
use crate::cell::item::Namespace;
use crate::cell::{Kind, Names, ParsedCell, names, words};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A variable that the cell takes out of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    pub name: String,
    pub kind: String,
    pub mutable: bool,
    /// Whether the cell binds the name itself, too: the old value is put back only if the cell fails.
    pub is_rebound: bool,
}

/// A variable that must be dropped before the cell runs, and the definitions that have changed beneath it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outdated {
    pub variable: String,
    pub because_of: Vec<String>,
}

/// Why a cell is not even compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub variable: String,
    pub because_of: Vec<String>,
}

/// A cell and what it meets.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub cell: ParsedCell,
    pub attributes: Vec<Attribute>,
    /// The items that hold if it compiles.
    pub items: Items,
    /// What it does, in order.
    pub statements: Vec<(Kind, Range<usize>)>,
    pub names: Names,
    pub takes: Vec<Take>,
    pub outdated: Vec<Outdated>,
    /// Variables whose names the cell's items take.
    pub hidden: Vec<String>,
    pub statics: BTreeMap<String, Symbol>,
    /// Types that were defined otherwise at first, and the module that each stands in now.
    pub versions: BTreeMap<String, String>,
    /// Whether the notebook has crates of its own.
    pub has_crates: bool,
    /// Whether the cell may need tokio's runtime without waiting for anything itself.
    pub uses_a_runtime: bool,
    pub(super) definitions: Definitions,
    digests: BTreeMap<String, String>,
}

pub(super) fn make(session: &Session, cell: ParsedCell) -> Result<Candidate, Refusal> {
    let (new_attributes, own, statements) = session.split(&cell);
    let mut attributes = session.attributes.clone();
    attributes.retain(|known| !new_attributes.iter().any(|new| new.text() == known.text()));
    attributes.extend(new_attributes);
    let items = session.items.with(&own);
    let names = names(&cell, &|name| session.is_constant(name));
    let holding = || items.iter().filter(|entry| !entry.is_aside()).map(|entry| entry.item.as_ref());
    let definitions = if own.is_empty() && session.local_crates.is_empty() {
        session.definitions.clone()
    } else {
        Definitions::of(holding(), &session.local_crates, &session.associated)
    };
    let outdated = outdated(session, &definitions);
    let hidden: Vec<String> = own
        .iter()
        .flat_map(|item| hides_a_variable(item))
        .filter(|name| session.variables.contains_key(*name) && !names.binds(name))
        .map(str::to_owned)
        .collect();
    if let Some(Outdated { variable, because_of }) = outdated.iter().find(|one| names.used.contains(&one.variable)) {
        return Err(Refusal { variable: variable.clone(), because_of: because_of.clone() });
    }
    let is_taken = |name: &str| names.used.contains(name) && !hidden.iter().any(|hidden| hidden == name);
    let takes = session
        .variables
        .iter()
        .filter(|(name, _)| is_taken(name))
        .map(|(name, variable)| Take {
            name: name.clone(),
            kind: variable.kind.clone(),
            mutable: variable.mutable,
            is_rebound: names.binds(name),
        })
        .collect();
    let versioned = holding().filter(|item| item.holds_types());
    let digests: BTreeMap<String, String> = versioned
        .filter_map(|item| item.defines.first())
        .map(|(name, _)| (name.clone(), definitions.digest(name)))
        .collect();
    let anew = digests.iter().filter(|(name, digest)| session.first.get(*name).is_some_and(|first| first != *digest));
    let versions = anew.map(|(name, digest)| (name.clone(), format!("v{digest}"))).collect();
    let statics = session.statics.symbols(&items, &definitions);
    let mentions_tokio = || words(cell.code()).any(|word| word == "tokio" || word == "spawn");
    let uses_a_runtime = session.has_crate("tokio") && mentions_tokio();
    Ok(Candidate {
        cell,
        attributes,
        items,
        statements,
        names,
        takes,
        outdated,
        hidden,
        statics,
        versions,
        has_crates: !session.crates.is_empty(),
        uses_a_runtime,
        definitions,
        digests,
    })
}

fn outdated(session: &Session, definitions: &Definitions) -> Vec<Outdated> {
    let check = |(name, variable): (&String, &super::Variable)| {
        let because_of = definitions.changed_since(&session.definitions, &variable.kind);
        (!because_of.is_empty()).then(|| Outdated { variable: name.clone(), because_of })
    };
    session.variables.iter().filter_map(check).collect()
}

impl Candidate {
    /// How the types that hold are defined, each as one digest.
    pub(super) fn type_digests(&self) -> BTreeMap<String, String> {
        self.digests.clone()
    }

    /// Leaves out what the entry `index` of the items has at byte `at` of its source: it no longer compiles, for `reason`. Says
    /// what that is called, and of which cell it is.
    pub fn set_aside(&mut self, index: usize, at: usize, reason: &str) -> Option<(String, usize)> {
        let entry = self.items.entry_mut(index)?;
        Some((entry.leave_out(at, reason), entry.item.source.count))
    }

    /// Looks again at what is outdated, and which statics there are, after items were left out.
    pub fn settle(&mut self, session: &Session) {
        let holding = self.items.iter().filter(|entry| !entry.is_aside()).map(|entry| entry.item.as_ref());
        self.definitions = Definitions::of(holding, &session.local_crates, &session.associated);
        self.outdated = outdated(session, &self.definitions);
        self.statics = session.statics.symbols(&self.items, &self.definitions);
    }

    /// What the cell and the items read while they are compiled (`include_str!`, `env!`), as it is now. None where that
    /// cannot be told.
    pub fn read_from_outside(&self) -> Option<String> {
        let items = self.items.iter().filter(|entry| !entry.is_aside()).map(|entry| entry.item.tree());
        let mut read = String::new();
        for tree in items.chain([self.cell.tree()]) {
            for what in outside::reads(&tree) {
                read.push_str(&what?);
                read.push('\0');
            }
        }
        Some(read)
    }

    /// The statics that the cell's object will define, if it is compiled as it is.
    pub fn defined_statics(&self) -> BTreeSet<String> {
        let own: BTreeSet<&String> = self.items.iter().flat_map(|entry| &entry.own_statics).collect();
        let defined = self.statics.iter().filter(|(path, symbol)| !symbol.is_loaded && !own.contains(path));
        defined.map(|(_, symbol)| symbol.name.clone()).collect()
    }

    /// The names of functions that hold, for what is worth optimising.
    pub fn functions(&self) -> BTreeSet<&str> {
        let own = self.items.iter().filter(|entry| !entry.is_aside() && entry.import.is_none());
        let names = own.flat_map(|entry| entry.item.defines.iter());
        names.filter(|(_, of)| *of == Namespace::Value).map(|(name, _)| name.as_str()).collect()
    }
}
