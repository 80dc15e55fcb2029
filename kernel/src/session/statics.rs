//! The statics of a notebook: one each, as long as its definition stays what it is.
//!
//! Every cell's object carries every item, so every object would have statics of its own. The first object that defines
//! one exports it under a name made of its path and its definition; later objects declare it, and the loader binds them
//! to the first. Immutable values of plain types are left as they are: nobody can tell copies of those apart, and
//! constants may be made from them.

use super::definitions::{Definitions, holds_types};
use super::items::Items;
use crate::cell::item::{Item, ItemKind, meaning};
use crate::cell::words;
use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode,
    ast::{self, HasAttrs, HasName, HasVisibility},
};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// One static in the text of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Static {
    /// The functions, modules and blocks around it, and its name.
    pub path: String,
    pub name: String,
    /// Where it stands, from its visibility on.
    pub range: Range<usize>,
    pub visibility: Range<usize>,
    pub kind: Range<usize>,
    pub is_mut: bool,
    /// The place in `thread_local!`, if it is one of those.
    pub thread_local: Option<usize>,
    meaning: String,
}

/// What a static is exported as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    pub name: String,
    /// Whether an object that defines it is loaded: a later one only declares it.
    pub is_loaded: bool,
}

/// How often each static was defined, and which are loaded.
#[derive(Debug, Clone, Default)]
pub struct Statics {
    generations: BTreeMap<String, (String, usize)>,
    loaded: BTreeSet<String>,
    /// How often everything was given up: what is defined afterwards is new, though the old symbols are still loaded.
    epoch: usize,
}

impl Statics {
    /// What each static of `items` is exported as, by its path.
    pub fn symbols(&self, items: &Items, definitions: &Definitions) -> BTreeMap<String, Symbol> {
        let named = self.current(items, definitions).into_iter().map(|(path, (digest, generation))| {
            let name = symbol(&path, &digest, generation, self.epoch);
            let is_loaded = self.loaded.contains(&name);
            (path, Symbol { name, is_loaded })
        });
        named.collect()
    }

    /// A cell has compiled: from now on its definitions hold.
    pub fn define(&mut self, items: &Items, definitions: &Definitions) {
        self.generations.extend(self.current(items, definitions));
    }

    /// An object that defines `symbols` was loaded.
    pub fn loaded(&mut self, symbols: impl IntoIterator<Item = String>) {
        self.loaded.extend(symbols);
    }

    /// All are given up, in a process that goes on.
    pub fn give_up(&mut self) {
        *self = Self { epoch: self.epoch + 1, ..Self::default() };
    }

    /// The process that had loaded them is gone.
    pub fn unload(&mut self) {
        self.loaded.clear();
    }

    fn current(&self, items: &Items, definitions: &Definitions) -> BTreeMap<String, (String, usize)> {
        let mut found = BTreeMap::new();
        for entry in items.iter().filter(|entry| !entry.is_aside() && entry.import.is_none()) {
            for one in statics(&entry.item).into_iter().filter(|one| !entry.leaves_out(&one.path, &one.range)) {
                let made_of =
                    BTreeMap::from([("static", vec![one.meaning.clone(), definitions.digest_of_names(&one.meaning)])]);
                let digest = super::definitions::digest_of(&made_of);
                let generation = match self.generations.get(&one.path) {
                    Some((known, generation)) if *known == digest => *generation,
                    Some((_, generation)) => generation + 1,
                    None => 0,
                };
                found.insert(one.path, (digest, generation));
            }
        }
        found
    }
}

fn symbol(path: &str, digest: &str, generation: usize, epoch: usize) -> String {
    let mut whole = Sha256::new();
    for part in [path, digest, &generation.to_string(), &epoch.to_string()] {
        whole.update((part.len() as u64).to_le_bytes());
        whole.update(part);
    }
    let hex: String = whole.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("isopleth_static_{hex}")
}

/// The statics of an item that must be one, in the order in which they stand.
pub fn statics(item: &Item) -> Vec<Static> {
    if item.is_macro() {
        return Vec::new();
    }
    if let ItemKind::ThreadLocal(found) = &item.kind {
        let as_static = |(at, one): (usize, &crate::cell::item::ThreadLocal)| Static {
            path: one.name.clone(),
            name: one.name.clone(),
            range: one.before.start..one.value.end,
            visibility: one.before.clone(),
            kind: one.kind.clone(),
            is_mut: false,
            thread_local: Some(at),
            meaning: item.text()[one.kind.start..one.value.end].split_whitespace().collect::<Vec<_>>().join(" "),
        };
        return found.iter().enumerate().map(as_static).collect();
    }
    let root = item.tree();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for node in root.descendants().filter(|node| node.kind() == SyntaxKind::STATIC) {
        let Some(one) = ast::Static::cast(node.clone()) else { continue };
        // One of a foreign block has no value, and one that the user names for the linker is the user's.
        let (Some(name), Some(kind), Some(_), Some(token)) = (one.name(), one.ty(), one.body(), one.static_token())
        else {
            continue;
        };
        let is_named_for_the_linker = one.attrs().any(|attribute| {
            let text = attribute.syntax().text().to_string();
            words(&text).any(|word| ["no_mangle", "export_name", "link_section", "used", "cfg"].contains(&word))
        });
        let is_mut = one.mut_token().is_some();
        if is_named_for_the_linker || !is_mut && is_plain(kind.syntax()) {
            continue;
        }
        let mut path = path_to(&node, item);
        path.push_str(name.text());
        // Two of one name in one function lie in different blocks.
        let times = seen.entry(path.clone()).or_insert(0);
        *times += 1;
        if *times > 1 {
            path.push_str(&format!("#{times}"));
        }
        let start = one.visibility().map_or(token.text_range().start(), |it| it.syntax().text_range().start());
        found.push(Static {
            path,
            name: name.text().to_string(),
            range: start.into()..node.text_range().end().into(),
            visibility: start.into()..token.text_range().start().into(),
            kind: kind.syntax().text_range().start().into()..kind.syntax().text_range().end().into(),
            is_mut,
            thread_local: None,
            // A type that is defined beside it has no name outside.
            meaning: if holds_types(&root) { meaning(&root) } else { meaning(&node) },
        });
    }
    found
}

fn path_to(node: &SyntaxNode, item: &Item) -> String {
    let mut names: Vec<String> = node
        .ancestors()
        .skip(1)
        .filter_map(|around| match around.kind() {
            SyntaxKind::FN => ast::Fn::cast(around)?.name().map(|name| name.text().to_string()),
            SyntaxKind::MODULE => ast::Module::cast(around)?.name().map(|name| name.text().to_string()),
            SyntaxKind::IMPL => match &item.kind {
                ItemKind::Impl(block) => Some(format!("impl {}", block.header)),
                _ => Some(meaning(&ast::Impl::cast(around)?.self_ty()?.syntax().clone())),
            },
            // Several may be called `_`.
            SyntaxKind::CONST => Some(meaning(&around)),
            SyntaxKind::TRAIT => ast::Trait::cast(around)?.name().map(|name| name.text().to_string()),
            _ => None,
        })
        .collect();
    names.reverse();
    names.iter().map(|name| format!("{name}::")).collect()
}

/// Numbers, `bool`, `char` and texts, and arrays, tuples and references of those.
fn is_plain(kind: &SyntaxNode) -> bool {
    const PLAIN: [&str; 17] = [
        "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32", "f64", "bool",
        "char", "str",
    ];
    let paths_are_plain = kind.descendants().filter_map(ast::PathType::cast).all(|path| {
        let text = path.syntax().text().to_string();
        PLAIN.contains(&text.as_str())
    });
    let is_data = |node: &SyntaxNode| {
        !matches!(
            node.kind(),
            SyntaxKind::FN_PTR_TYPE | SyntaxKind::DYN_TRAIT_TYPE | SyntaxKind::PTR_TYPE | SyntaxKind::MACRO_TYPE
        )
    };
    paths_are_plain && kind.descendants().all(|node| is_data(&node))
}

#[cfg(test)]
mod tests {
    use super::super::items_of;
    use super::*;
    use std::collections::BTreeMap;

    fn paths(code: &str) -> Vec<String> {
        items_of(1, code).iter().flat_map(|item| statics(item)).map(|one| one.path).collect()
    }

    #[test]
    fn statics_are_found_wherever_an_item_has_them() {
        assert_eq!(paths("static A: AtomicU32 = AtomicU32::new(0);"), ["A"]);
        assert_eq!(paths("fn f() { static A: Mutex<i32> = m(); { static A: Mutex<i32> = m(); } }"), ["f::A", "f::A#2"]);
        assert_eq!(paths("mod m { pub static A: Cell = c(); fn g() { static B: Cell = c(); } }"), ["m::A", "m::g::B"]);
        assert_eq!(paths("impl S { fn f() { static A: Cell = c(); } }"), ["impl ||S|::f::A"]);
        assert_ne!(
            paths("impl From<u8> for S { fn f() { static A: C = c(); } }"),
            paths("impl From<i8> for S { fn f() { static A: C = c(); } }")
        );
        assert_eq!(paths("thread_local! { static T: Cell<i32> = Cell::new(0); }"), ["T"]);
    }

    #[test]
    fn plain_values_and_what_the_user_names_for_the_linker_are_left_alone() {
        for code in [
            "static N: i32 = 3;",
            "static T: &[(&str, f64)] = &[];",
            "static A: [u8; 4] = [0; 4];",
            "#[unsafe(no_mangle)] static A: Cell = c();",
            "#[cfg(windows)] static A: Cell = c();",
            "extern \"C\" { static errno: i32; }",
        ] {
            assert!(paths(code).is_empty(), "{code}");
        }
        assert_eq!(paths("#[allow(unused)] static mut N: i32 = 3;"), ["N"]);
        assert_eq!(paths("static F: fn(i32) -> i32 = f;"), ["F"]);
    }

    #[test]
    fn a_static_keeps_its_symbol_until_its_definition_changes() {
        let mut known = Statics::default();
        let mut items = Items::default();
        let mut run = |code: &str, count: usize| {
            items = items.with(&items_of(count, code));
            let all: Vec<_> = items.iter().map(|entry| std::sync::Arc::clone(&entry.item)).collect();
            let definitions = Definitions::of(all.iter().map(AsRef::as_ref), &BTreeMap::new(), &BTreeMap::new());
            let symbols = known.symbols(&items, &definitions);
            known.define(&items, &definitions);
            known.loaded(symbols.values().map(|symbol| symbol.name.clone()));
            symbols["A"].clone()
        };
        let first = run("static A: Mutex<S> = m(1); struct S(i32);", 1);
        assert!(!first.is_loaded);
        let again = run("fn f() {}\nstatic  A: Mutex<S> = m(1);", 2);
        assert_eq!((again.name.as_str(), again.is_loaded), (first.name.as_str(), true));
        let other = run("static A: Mutex<S> = m(2);", 3);
        assert!(other.name != first.name && !other.is_loaded);
        let back = run("static A: Mutex<S> = m(1);", 4);
        assert!(back.name != first.name && !back.is_loaded, "a value that was given up does not come back");
        assert_ne!(run("struct S(u8);", 5).name, back.name, "it is made of what is defined anew");
    }
}
