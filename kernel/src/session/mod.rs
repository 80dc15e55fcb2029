//! The model of a notebook's session: what its cells have defined, and what they have left.
//!
//! There is one, and everything asks it: execution, the cache, completion, hints, export of what is alive. It is a state
//! machine without processes or files: a cell becomes a [`Candidate`]; when that has compiled its items hold; when it has
//! run, the worker says which variables there are.

mod candidate;
mod definitions;
mod items;
mod outside;
mod statics;
mod variables;

pub use candidate::{Candidate, Refusal};
pub use definitions::holds_types;
pub use items::{Entry, Items};
pub use outside::calls_that_read;
pub use statics::{Static, Symbol, statics};
pub use variables::{Gone, Retyped, Variable, is_primitive, plain_type};

use crate::cell::item::{Item, ItemKind, Namespace};
use crate::cell::{Kind, ParsedCell, Source, as_macro_call, macro_name, makes_items};
use definitions::Definitions;
use isopleth_bus::worker::Description;
use ra_ap_syntax::{AstNode, ast};
use statics::Statics;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// An attribute of the whole notebook, `#![…]`, where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub source: Arc<Source>,
    pub range: Range<usize>,
}

impl Attribute {
    pub fn text(&self) -> &str {
        &self.source.code[self.range.clone()]
    }
}

/// What a cell is made of: its attributes, items and statements.
type Parts = (Vec<Attribute>, Vec<Arc<Item>>, Vec<(Kind, Range<usize>)>);

/// Everything that the cells so far have defined and left.
#[derive(Debug, Clone, Default)]
pub struct Session {
    items: Items,
    attributes: Vec<Attribute>,
    variables: BTreeMap<String, Variable>,
    gone: BTreeMap<String, Gone>,
    definitions: Definitions,
    /// How each type was defined first: so defined it stands at the top of the crate, and otherwise in a module.
    first: BTreeMap<String, String>,
    /// What each type and constant of an `impl` block said at first.
    associated: definitions::Associated,
    statics: Statics,
    /// The crates on this disk that a `:dep` has brought, with what tells their builds apart.
    local_crates: BTreeMap<String, String>,
    /// Names of the crates that `:dep` has brought.
    crates: BTreeSet<String>,
}

/// How a cell ended, as the worker says it.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub failed: bool,
    /// The variables that there are now.
    pub stored: BTreeSet<String>,
    /// The types of those that the cell has made, where they are known.
    pub types: BTreeMap<String, String>,
    /// What is to be known of those, for people.
    pub described: BTreeMap<String, Description>,
    /// Those of the cell's own that cannot be kept, and why.
    pub ended: BTreeMap<String, Gone>,
}

impl Session {
    /// Whether `name` is a variable that is alive.
    pub fn has_variable(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    pub fn variables(&self) -> &BTreeMap<String, Variable> {
        &self.variables
    }

    /// What became of a variable that there was once, or nearly.
    pub fn gone(&self, name: &str) -> Option<&Gone> {
        self.gone.get(name)
    }

    /// The item or method `name` that is left out, if that is so: its cell, and why.
    pub fn aside(&self, name: &str) -> Option<(usize, &str)> {
        self.items.iter().find_map(|entry| Some((entry.item.source.count, entry.why_aside(name)?)))
    }

    /// The crates on this disk, with what tells their builds apart.
    pub fn local_crates(&self) -> &BTreeMap<String, String> {
        &self.local_crates
    }

    pub fn has_crate(&self, name: &str) -> bool {
        self.crates.contains(name)
    }

    /// What the cell would do, with what it would meet.
    ///
    /// # Errors
    /// If the cell uses a value of a type that it defines anew.
    pub fn candidate(&self, cell: ParsedCell) -> Result<Candidate, Refusal> {
        candidate::make(self, cell)
    }

    /// The crates that a `:dep` has brought now: `names`, and of those on this disk what tells their builds apart.
    pub fn set_crates(&mut self, names: BTreeSet<String>, local: BTreeMap<String, String>) {
        self.crates = names;
        self.local_crates = local;
    }

    /// The cell has compiled: what it defines holds from now on, even if it fails.
    pub fn compiled(&mut self, candidate: &Candidate, cell: usize) {
        for outdated in &candidate.outdated {
            self.variables.remove(&outdated.variable);
            self.gone.insert(outdated.variable.clone(), Gone::Redefined { because_of: outdated.because_of.clone() });
        }
        for name in &candidate.hidden {
            self.variables.remove(name);
            self.gone.insert(name.clone(), Gone::Hidden { cell });
        }
        self.items = candidate.items.clone();
        self.attributes = candidate.attributes.clone();
        self.definitions = candidate.definitions.clone();
        for (name, digest) in candidate.type_digests() {
            self.first.entry(name).or_insert(digest);
        }
        for (key, text) in self.definitions.associated() {
            self.associated.entry(key.clone()).or_insert_with(|| text.clone());
        }
        self.statics.define(&self.items, &self.definitions);
    }

    /// An object that defines these statics was loaded.
    pub fn loaded(&mut self, symbols: impl IntoIterator<Item = String>) {
        self.statics.loaded(symbols);
    }

    /// The cell has run, to its end or not.
    pub fn ended(&mut self, candidate: &Candidate, outcome: &Outcome, cell: usize) {
        let bindings = &candidate.names.bindings;
        for take in &candidate.takes {
            if let (Some(variable), Some(told)) =
                (self.variables.get_mut(&take.name), outcome.described.get(&take.name))
            {
                variable.described = told.clone();
            }
        }
        for take in candidate.takes.iter().filter(|take| !outcome.stored.contains(&take.name)) {
            let gone = if outcome.failed { Gone::Failed { cell } } else { Gone::Moved { cell } };
            self.variables.remove(&take.name);
            self.gone.insert(take.name.clone(), gone);
        }
        for binding in bindings {
            let name = &binding.name;
            if let Some(why) = outcome.ended.get(name).filter(|_| !outcome.failed) {
                self.variables.remove(name);
                self.gone.insert(name.clone(), why.clone());
            } else if !outcome.failed && outcome.stored.contains(name) {
                let told = outcome.described.get(name).map(|described| described.type_name.as_str());
                match outcome.types.get(name).map(|kind| variables::with_abi(kind, told)) {
                    Some(kind) => self.bind(name, &kind, binding.mutable, cell, outcome.described.get(name)),
                    None => {
                        self.variables.remove(name);
                        self.gone.insert(name.clone(), Gone::Unnameable { cell });
                    }
                }
            } else if outcome.failed && !self.variables.contains_key(name) {
                self.gone.entry(name.clone()).or_insert(Gone::NeverMade { cell });
            } else if !outcome.failed {
                self.variables.remove(name);
                self.gone.insert(name.clone(), Gone::NotReached { cell });
            }
        }
        // The worker is the one who has them.
        self.variables.retain(|name, _| outcome.stored.contains(name));
    }

    fn bind(&mut self, name: &str, kind: &str, mutable: bool, cell: usize, described: Option<&Description>) {
        let before = self.variables.get(name).filter(|before| before.kind != kind);
        let retyped = before.map(|before| Retyped { before: before.kind.clone(), cell });
        let variable = Variable {
            kind: kind.to_owned(),
            mutable,
            cell,
            retyped,
            described: described.cloned().unwrap_or_default(),
        };
        self.gone.remove(name);
        self.variables.insert(name.to_owned(), variable);
    }

    /// Stored values that turned out not to be what the session holds them for; the worker has dropped them.
    pub fn changed(&mut self, names: &[String]) {
        for name in names {
            self.variables.remove(name);
            self.gone.insert(name.clone(), Gone::Redefined { because_of: Vec::new() });
        }
    }

    /// The worker is gone, and the variables with it.
    pub fn worker_gone(&mut self) -> Vec<String> {
        self.statics.unload();
        let names: Vec<String> = std::mem::take(&mut self.variables).into_keys().collect();
        self.gone.extend(names.iter().map(|name| (name.clone(), Gone::WithWorker)));
        names
    }

    /// `:clear`: as at the start, but for the crates.
    pub fn clear(&mut self) {
        let Self { crates, local_crates, mut statics, .. } = std::mem::take(self);
        statics.give_up();
        *self = Self { crates, local_crates, statics, ..Self::default() };
    }

    /// The items that a cell writes, with those that `thread_local!` and macros of the notebook make, and what is left:
    /// the statements.
    fn split(&self, cell: &ParsedCell) -> Parts {
        let (mut attributes, mut items, mut statements) = (Vec::new(), Vec::new(), Vec::new());
        for piece in cell.pieces() {
            match piece.kind {
                Kind::Attribute => {
                    attributes.push(Attribute { source: Arc::clone(&cell.source), range: piece.range });
                }
                Kind::Item => items.push(Arc::new(Item::new(&cell.source, piece.range, &piece.node))),
                Kind::Statement | Kind::Tail => match as_macro_call(&piece.node) {
                    Some(call) if self.is_call_for_items(&call, piece.kind, &items) => {
                        let range = cell.place(call.syntax().text_range());
                        items.push(Arc::new(Item::new(&cell.source, range, call.syntax())));
                    }
                    _ => statements.push((piece.kind, piece.range)),
                },
            }
        }
        (attributes, items, statements)
    }

    fn is_call_for_items(&self, call: &ast::MacroCall, kind: Kind, of_cell: &[Arc<Item>]) -> bool {
        let Some(name) = macro_name(call) else { return false };
        // A file that is included for its value stands where that is shown.
        if name == "thread_local" || name == "include" && kind == Kind::Statement {
            return true;
        }
        let own =
            of_cell.iter().rev().find(|item| item.is_macro() && item.defines.iter().any(|(known, _)| *known == name));
        let item = own.or_else(|| self.items.find(&name, Namespace::Macro));
        item.and_then(|item| ast::MacroRules::cast(item.tree())).is_some_and(|definition| makes_items(&definition))
    }

    /// Whether a name in a pattern is a constant of the notebook, and so binds nothing.
    fn is_constant(&self, name: &str) -> bool {
        let is = |item: &Arc<Item>| {
            let tree = item.tree();
            ast::Const::can_cast(tree.kind())
                || ast::Static::can_cast(tree.kind())
                || ast::Struct::can_cast(tree.kind())
        };
        name == "None" || self.items.find(name, Namespace::Value).is_some_and(is)
    }
}

/// What evcxr and rustc call it when a name of a variable and one of an item meet: the newer one is meant.
fn hides_a_variable(item: &Item) -> impl Iterator<Item = &str> {
    let is_own = !matches!(item.kind, ItemKind::Use(_));
    let values = item.defines.iter().filter(move |(_, of)| is_own && *of == Namespace::Value);
    values.map(|(name, _)| name.as_str())
}

/// The items of a text, for tests.
#[cfg(test)]
fn items_of(count: usize, code: &str) -> Vec<Arc<Item>> {
    items_of_source(Source { count, code: code.into(), id: None })
}

#[cfg(test)]
fn items_of_source(source: Source) -> Vec<Arc<Item>> {
    Session::default().split(&ParsedCell::new(Arc::new(source), |_| false)).1
}

#[cfg(test)]
mod tests;
