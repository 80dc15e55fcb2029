//! The items of a notebook: of each the newest definition, in the order in which cells wrote them.

use crate::cell::Source;
use crate::cell::item::{Import, Item, ItemKind, Member, Namespace, meaning};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// An item that holds, or the part of it that still does.
#[derive(Debug, Clone)]
pub struct Entry {
    pub item: Arc<Item>,
    /// Names of an `impl` or `extern` block that a later block defines anew.
    pub overridden: BTreeSet<String>,
    /// Of a `use`: which of its names this entry is.
    pub import: Option<ImportEntry>,
    /// Why it no longer compiles with what later cells have defined: it is left out until its cell runs again.
    pub aside: Option<String>,
    /// The same of single members of an `impl`: the name of each, and why.
    pub members_aside: BTreeMap<String, String>,
    /// Guards that do not compile, by number.
    pub unguarded: BTreeSet<usize>,
    /// Statics that constants are made from, by path: each object has them for itself.
    pub own_statics: BTreeSet<String>,
}

/// One name that a `use` brings in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportEntry {
    /// Which one of the names of the item.
    pub index: usize,
    /// How often a later cell has used the name for something else: it holds then only where that does not.
    pub below: usize,
}

impl Entry {
    fn new(item: &Arc<Item>) -> Self {
        let item = Arc::clone(item);
        Self {
            item,
            overridden: BTreeSet::new(),
            import: None,
            aside: None,
            members_aside: BTreeMap::new(),
            unguarded: BTreeSet::new(),
            own_statics: BTreeSet::new(),
        }
    }

    /// The name that this entry brings in from elsewhere.
    pub fn imported(&self) -> Option<&Import> {
        match &self.item.kind {
            ItemKind::Use(imports) => imports.get(self.import.as_ref()?.index),
            _ => None,
        }
    }

    /// Whether it is left out.
    pub fn is_aside(&self) -> bool {
        self.aside.is_some()
    }

    /// Whether what is called `path` and stands at `range` of the item is not part of what holds.
    pub fn leaves_out(&self, path: &str, range: &Range<usize>) -> bool {
        let within = |member: &Member| self.overridden.contains(&member.name) && member.range.contains(&range.start);
        match &self.item.kind {
            ItemKind::Impl(block) => block.members.iter().any(within),
            _ => self.overridden.contains(path),
        }
    }

    /// Leaves out what stands at byte `at` of the source: a method of an inherent `impl` alone, or else the whole item. Says what
    /// that is called.
    pub fn leave_out(&mut self, at: usize, reason: &str) -> String {
        let title = self.item.title();
        let ItemKind::Impl(block) = &self.item.kind else {
            self.aside = Some(reason.to_owned());
            return title;
        };
        let within =
            |member: &&Member| at.checked_sub(self.item.range.start).is_some_and(|at| member.range.contains(&at));
        let Some(member) = block.members.iter().find(within).filter(|_| !block.of_trait) else {
            self.aside = Some(reason.to_owned());
            return title;
        };
        self.overridden.insert(member.name.clone());
        self.members_aside.insert(member.name.clone(), reason.to_owned());
        format!("{}::{}", block.names.join("::"), member.name)
    }

    /// Why `name`, of this item or one of its members, is left out.
    pub fn why_aside(&self, name: &str) -> Option<&str> {
        let whole = self.aside.as_deref().filter(|_| self.item.title() == name);
        whole.or_else(|| self.members_aside.get(name).map(String::as_str))
    }

    fn is_of(&self, source: &Arc<Source>) -> bool {
        Arc::ptr_eq(&self.item.source, source)
    }
}

/// The items that hold.
#[derive(Debug, Clone, Default)]
pub struct Items {
    entries: Vec<Entry>,
}

impl Items {
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    pub fn entry_mut(&mut self, index: usize) -> Option<&mut Entry> {
        self.entries.get_mut(index)
    }

    /// These items after a cell that defines `new` has compiled.
    pub fn with(&self, new: &[Arc<Item>]) -> Self {
        let mut all = self.clone();
        for item in new {
            all.define(item);
        }
        all
    }

    /// The item that defines `name` in `namespace`.
    pub fn find(&self, name: &str, namespace: Namespace) -> Option<&Arc<Item>> {
        let defines = |entry: &&Entry| entry.item.defines.iter().any(|(known, of)| known == name && *of == namespace);
        self.entries.iter().rev().filter(|entry| entry.import.is_none()).find(defines).map(|entry| &entry.item)
    }

    fn define(&mut self, item: &Arc<Item>) {
        match &item.kind {
            ItemKind::Use(imports) => {
                for (index, import) in imports.iter().enumerate() {
                    self.import(item, index, import);
                }
            }
            ItemKind::Named | ItemKind::ThreadLocal(_) => {
                for (name, namespace) in &item.defines {
                    self.replace(item, name, *namespace);
                }
                self.entries.push(Entry::new(item));
            }
            ItemKind::ExternCrate(name) => {
                let same = |entry: &Entry| matches!(&entry.item.kind, ItemKind::ExternCrate(known) if known == name);
                self.entries.retain(|entry| !same(entry));
                self.entries.push(Entry::new(item));
            }
            ItemKind::Impl(block) => {
                self.entries.retain_mut(|entry| {
                    let of_same_cell = entry.is_of(&item.source);
                    let ItemKind::Impl(known) = &entry.item.kind else { return true };
                    if of_same_cell || known.header != block.header {
                        return true;
                    }
                    for member in &block.members {
                        entry.overridden.insert(member.name.clone());
                        entry.members_aside.remove(&member.name);
                    }
                    let keeps_one = known.members.iter().any(|member| !entry.overridden.contains(&member.name));
                    !block.of_trait && (keeps_one || known.members.is_empty())
                });
                self.entries.push(Entry::new(item));
            }
            ItemKind::ExternBlock(members) => {
                for entry in self.entries.iter_mut().filter(|entry| !entry.is_of(&item.source)) {
                    if matches!(entry.item.kind, ItemKind::ExternBlock(_)) {
                        entry.overridden.extend(members.iter().map(|member| member.name.clone()));
                    }
                }
                self.entries.push(Entry::new(item));
            }
            ItemKind::MacroCall | ItemKind::Unnamed => {
                let said = meaning(&item.tree());
                self.entries.retain(|entry| entry.is_of(&item.source) || meaning(&entry.item.tree()) != said);
                self.entries.push(Entry::new(item));
            }
        }
    }

    /// Takes out what earlier cells have called `name`. What an earlier version of this very cell has implemented for a type
    /// of that name goes with it: there it was edited.
    fn replace(&mut self, item: &Arc<Item>, name: &str, namespace: Namespace) {
        let is_older = |entry: &Entry| {
            !entry.is_of(&item.source)
                && entry.import.is_none()
                && entry.item.defines.iter().any(|(known, of)| known == name && *of == namespace)
        };
        let id = item.source.id.as_ref().filter(|_| namespace == Namespace::Type);
        let of_earlier_version = |entry: &Entry| {
            let is_for_it =
                matches!(&entry.item.kind, ItemKind::Impl(block) if block.names.iter().any(|of| of == name));
            is_for_it && !entry.is_of(&item.source) && id.is_some() && entry.item.source.id.as_ref() == id
        };
        self.entries.retain_mut(|entry| {
            if !is_older(entry) {
                return !of_earlier_version(entry);
            }
            // Of several statics of one `thread_local!` the others stay.
            entry.overridden.insert(name.to_owned());
            entry.item.defines.iter().any(|(known, _)| !entry.overridden.contains(known))
                && matches!(entry.item.kind, ItemKind::ThreadLocal(_))
        });
        if namespace != Namespace::Macro {
            self.lower_imports(item, name);
        }
    }

    /// An import of `name` in an earlier cell now holds only where nothing newer has the name.
    fn lower_imports(&mut self, item: &Arc<Item>, name: &str) {
        for entry in self.entries.iter_mut().filter(|entry| !entry.is_of(&item.source)) {
            let is_it = entry.imported().is_some_and(|import| import.name.as_deref() == Some(name));
            if let Some(import) = entry.import.as_mut().filter(|_| is_it) {
                import.below += 1;
            }
        }
    }

    fn import(&mut self, item: &Arc<Item>, index: usize, import: &Import) {
        let same = |entry: &Entry| {
            entry.imported().is_some_and(|known| {
                known.name == import.name
                    && known.is_glob == import.is_glob
                    && known.from_crates == import.from_crates
                    && known.path.iter().map(|(segment, _)| segment).eq(import.path.iter().map(|(segment, _)| segment))
            })
        };
        self.entries.retain(|entry| entry.is_of(&item.source) || !same(entry));
        // It may be a type, a value or a macro. An item of the notebook that has the name in the same way is told of by the
        // compiler, and left out then.
        if let Some(name) = &import.name {
            self.lower_imports(item, name);
        }
        self.entries.push(Entry { import: Some(ImportEntry { index, below: 0 }), ..Entry::new(item) });
    }

    /// The type names that the notebook defines itself: a path that begins with one is no path of a crate.
    pub fn own_type_names(&self) -> HashMap<&str, &Arc<Item>> {
        let named = self.entries.iter().filter(|entry| entry.import.is_none() && entry.aside.is_none());
        named
            .flat_map(|entry| entry.item.defines.iter().map(move |(name, of)| (name.as_str(), *of, &entry.item)))
            .filter(|(_, of, _)| *of == Namespace::Type)
            .map(|(name, _, item)| (name, item))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::items_of;
    use super::*;

    /// What holds after each of `cells`, as the first lines of what is printed.
    fn after(cells: &[&str]) -> Vec<String> {
        let mut items = Items::default();
        for (at, cell) in cells.iter().enumerate() {
            items = items.with(&items_of(at + 1, cell));
        }
        let told = |entry: &Entry| match (&entry.import, entry.imported()) {
            (Some(place), Some(import)) => {
                let path: Vec<&str> = import.path.iter().map(|(segment, _)| segment.as_str()).collect();
                format!("use {} ({})", path.join("::"), place.below)
            }
            _ => {
                let without: Vec<&str> = entry.overridden.iter().map(String::as_str).collect();
                format!("{} -{}", entry.item.text(), without.join(","))
            }
        };
        items.iter().map(told).collect()
    }

    #[test]
    fn the_newest_definition_of_a_name_holds() {
        assert_eq!(after(&["fn f() { 1 }\nfn g() {}", "fn f() { 2 }"]), ["fn g() {} -", "fn f() { 2 } -"]);
        assert_eq!(after(&["macro_rules! f { () => {} }", "fn f() {}"]).len(), 2);
        assert_eq!(after(&["struct A { x: i32 }", "fn A() {}"]).len(), 2);
        assert_eq!(after(&["struct A(i32);", "fn A() {}"]), ["fn A() {} -"]);
    }

    #[test]
    fn a_method_that_is_defined_anew_replaces_that_method_alone() {
        let found = after(&["struct S;\nimpl S { fn f() { 1 } fn g() {} }", "impl S { fn f() { 2 } }"]);
        assert_eq!(found[1], "impl S { fn f() { 1 } fn g() {} } -f");
        assert_eq!(found.len(), 3);
        assert_eq!(after(&["impl S { fn f() { 1 } }", "impl  S { fn f() { 2 } }"]), ["impl  S { fn f() { 2 } } -"]);
        assert_eq!(after(&["impl T for S { fn f() {} fn g() {} }", "impl T for S { fn f() {} }"]).len(), 1);
    }

    #[test]
    fn a_method_that_no_longer_compiles_is_left_out_alone() {
        let code = "struct S;\nimpl S { fn f() { a() } fn g() {} }\nimpl T for S { fn f() { a() } }";
        let items = Items::default().with(&items_of(1, code));
        let mut entries: Vec<Entry> = items.iter().cloned().collect();
        let places: Vec<usize> = code.match_indices("a()").map(|(at, _)| at).collect();
        assert_eq!(entries[1].leave_out(places[0], "why"), "S::f");
        assert!(!entries[1].is_aside() && entries[1].overridden.contains("f"));
        assert_eq!((entries[1].why_aside("f"), entries[1].why_aside("g")), (Some("why"), None));
        assert_eq!(entries[2].leave_out(places[1], "why"), "impl T for S");
        assert!(entries[2].is_aside(), "a trait needs all its methods");
    }

    #[test]
    fn a_static_of_several_is_replaced_alone() {
        let both = "thread_local! { static A: u8 = f(); static B: u8 = f(); }";
        let items_of = |count, code: &str| {
            let cell = crate::cell::ParsedCell::new(Arc::new(Source { count, code: code.into(), id: None }), |_| false);
            super::super::Session::default().split(&cell).1
        };
        let first = Items::default().with(&items_of(1, both));
        let second = first.with(&items_of(2, "thread_local! { static A: u8 = g(); }"));
        let left: Vec<String> = second.iter().map(|entry| entry.overridden.iter().cloned().collect()).collect();
        assert_eq!(left, ["A", ""]);
    }

    #[test]
    fn what_a_cell_implements_stays_when_the_type_is_defined_anew() {
        assert_eq!(after(&["struct S;\nimpl S { fn f() {} }", "struct S { a: i32 }"]).len(), 2);
        assert_eq!(after(&["struct S;\nimpl S { fn f() {} }", "struct S { a: i32 }\nimpl S { fn g() {} }"]).len(), 3);
    }

    #[test]
    fn what_an_earlier_version_of_a_cell_implemented_goes_when_the_cell_is_edited() {
        let version = |code: &str| {
            let source = Source { count: 1, code: code.into(), id: Some("a".into()) };
            super::super::items_of_source(source)
        };
        let first = Items::default().with(&version("struct S;\nimpl S { fn f() {} }"));
        let second = first.with(&version("struct S;\nimpl S { fn g() {} }"));
        let texts: Vec<&str> = second.iter().map(|entry| entry.item.text()).collect();
        assert_eq!(texts, ["struct S;", "impl S { fn g() {} }"]);
    }

    #[test]
    fn an_import_gives_way_to_what_is_newer() {
        assert_eq!(after(&["use std::env;", "fn env() {}"]), ["use std::env (1)", "fn env() {} -"]);
        assert_eq!(after(&["use a::X;", "use b::X;"]), ["use a::X (1)", "use b::X (0)"]);
        assert_eq!(after(&["use a::X;", "use a::X;"]), ["use a::X (0)"]);
        assert_eq!(after(&["fn process() {}", "use std::process;"]).len(), 2, "a function and a module");
        assert_eq!(after(&["use a::*;", "use b::*;", "use a::*;"]), ["use b (0)", "use a (0)"]);
    }
}
