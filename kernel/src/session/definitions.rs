//! What the types of a notebook are made of, to tell which values a new definition takes the ground from under.
//!
//! A type that a cell defines anew is another type: the crate in which it is compiled gives it another path, and so
//! another `TypeId`. Here is said whether a definition is new. What cannot change how values lie in memory does not
//! count (the bodies of functions, methods, comments, the usual derives), so that a cell may be run again, and a method
//! mended, without losing a variable. Where it is doubtful what a definition means, it counts as changed.

use crate::cell::item::{Item, ItemKind};
use crate::cell::words;
use ra_ap_syntax::ast::{self, HasModuleItem, HasName};
use ra_ap_syntax::{AstNode, NodeOrToken, SyntaxKind, SyntaxNode};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The definitions of a notebook, by name. Names of modules' contents count as if they were at the top.
#[derive(Debug, Default, Clone)]
pub struct Definitions {
    by_name: HashMap<String, Vec<Definition>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Definition {
    text: String,
    /// Part of an `impl` that names it, and no definition of its own.
    is_impl: bool,
}

/// Derives of the standard library: they add functions, never fields.
const DERIVES: [&str; 9] = ["Debug", "Clone", "Copy", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Default"];

impl Definitions {
    /// Those of `items`, beside crates on this disk, each with what tells one build of it from another.
    pub fn of<'a>(items: impl IntoIterator<Item = &'a Item>, crates: &BTreeMap<String, String>) -> Self {
        let mut found = Self::default();
        for item in items {
            found.add_item(item);
        }
        for (name, stamp) in crates {
            found.insert(name.clone(), stamp.clone(), false);
        }
        found
    }

    fn add_item(&mut self, item: &Item) {
        match (&item.kind, ast::Item::cast(item.tree())) {
            (ItemKind::Use(imports), _) => {
                for import in imports {
                    let path: Vec<&str> = import.path.iter().map(|(segment, _)| segment.as_str()).collect();
                    let text = format!("{} as {:?}", path.join(" :: "), import.alias);
                    import.name.iter().for_each(|name| self.insert(name.clone(), text.clone(), false));
                }
            }
            (_, Some(tree)) => self.add(&tree),
            _ => {}
        }
    }

    fn add(&mut self, item: &ast::Item) {
        match item {
            ast::Item::Module(module) => {
                for item in module.item_list().into_iter().flat_map(|list| list.items()) {
                    self.add(&item);
                }
                self.add_named(module.name(), module.syntax());
            }
            ast::Item::Impl(block) => self.add_impl(block),
            // What a function is made of matters only where a constant is worked out by it, or where it has types inside.
            ast::Item::Fn(function) if function.const_token().is_none() => {
                let has_types = function.syntax().descendants().any(|node| {
                    matches!(node.kind(), SyntaxKind::STRUCT | SyntaxKind::ENUM | SyntaxKind::UNION | SyntaxKind::TRAIT)
                });
                if has_types {
                    self.add_named(function.name(), function.syntax());
                }
            }
            ast::Item::MacroRules(it) => self.add_named(it.name(), it.syntax()),
            ast::Item::Enum(it) => self.add_named(it.name(), it.syntax()),
            ast::Item::Struct(it) => self.add_named(it.name(), it.syntax()),
            ast::Item::Union(it) => self.add_named(it.name(), it.syntax()),
            ast::Item::TypeAlias(it) => self.add_named(it.name(), it.syntax()),
            ast::Item::Trait(it) => self.add_named(it.name(), it.syntax()),
            ast::Item::Const(it) => self.add_named(it.name(), it.syntax()),
            ast::Item::Fn(it) => self.add_named(it.name(), it.syntax()),
            _ => {}
        }
    }

    fn add_named(&mut self, name: Option<ast::Name>, node: &SyntaxNode) {
        if let Some(name) = name {
            self.insert(name.text().trim_start_matches("r#").to_owned(), layout_meaning(node), false);
        }
    }

    fn insert(&mut self, name: String, text: String, is_impl: bool) {
        let known = self.by_name.entry(name).or_default();
        let definition = Definition { text, is_impl };
        if !known.contains(&definition) {
            known.push(definition);
        }
    }

    /// Associated types and constants may be what a field is made of.
    fn add_impl(&mut self, block: &ast::Impl) {
        let items = block.assoc_item_list().into_iter().flat_map(|list| list.assoc_items());
        let parts: Vec<String> = items
            .filter(|item| !matches!(item, ast::AssocItem::Fn(_)))
            .map(|item| layout_meaning(item.syntax()))
            .collect();
        if parts.is_empty() {
            return;
        }
        let header: Vec<String> =
            [block.trait_(), block.self_ty()].into_iter().flatten().map(|part| layout_meaning(part.syntax())).collect();
        let text = format!("{} {}", header.join(" "), parts.join(" "));
        for name in words(&header.join(" ")) {
            self.insert(name.to_owned(), text.clone(), true);
        }
    }

    /// Every definition that `names` lead to, as one text for each name.
    fn reached<'a>(&'a self, names: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, Vec<&'a str>> {
        let mut open: Vec<&str> = names.into_iter().collect();
        let mut found = BTreeMap::new();
        while let Some(word) = open.pop() {
            let Some((name, definitions)) = self.by_name.get_key_value(word) else { continue };
            if found.contains_key(name.as_str()) || definitions.iter().all(|definition| definition.is_impl) {
                continue;
            }
            let mut texts: Vec<&str> = definitions.iter().map(|definition| definition.text.as_str()).collect();
            open.extend(texts.iter().flat_map(|text| words(text)));
            texts.sort_unstable();
            found.insert(name.as_str(), texts);
        }
        found
    }

    /// What the definition of `name` is, with all that it is made of, in sixteen characters.
    pub fn digest(&self, name: &str) -> String {
        digest_of(&self.reached([name]))
    }

    /// The names behind the type `kind` that mean something else here than in `before`: none if a value is still what it
    /// was.
    pub fn changed_since(&self, before: &Self, kind: &str) -> Vec<String> {
        let named = names_of(kind);
        let (old, new) = (before.reached(named.iter().copied()), self.reached(named.iter().copied()));
        let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        let mut changed: Vec<String> =
            names.into_iter().filter(|name| old.get(name) != new.get(name)).map(str::to_owned).collect();
        // The type itself says more than what it is made of.
        changed.sort_by_key(|name| !named.contains(&name.as_str()));
        changed
    }
}

/// A digest of texts under their names.
pub fn digest_of<'a, K: AsRef<str> + 'a, V: AsRef<str> + 'a>(
    texts: impl IntoIterator<Item = (&'a K, &'a Vec<V>)>,
) -> String {
    let mut digest = Sha256::new();
    for (name, texts) in texts {
        for text in std::iter::once(name.as_ref()).chain(texts.iter().map(AsRef::as_ref)) {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text);
        }
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The names in a type as the notebook keeps it: `crate::Station` is the notebook's own, `heat::Grid` of the crate `heat`.
fn names_of(kind: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '#';
    let paths = kind.split(|c: char| !is_part(c)).filter(|path| !path.is_empty());
    paths
        .filter_map(|path| {
            let mut segments = path.split("::").filter(|segment| !segment.is_empty());
            let first = segments.next()?;
            let name = if first == "crate" { segments.next()? } else { first };
            Some(name.trim_start_matches("r#"))
        })
        .collect()
}

/// The tokens of an item that bear on how values lie in memory, with single blanks between them.
fn layout_meaning(node: &SyntaxNode) -> String {
    let mut text = String::new();
    gather(node, &mut text);
    text
}

fn gather(node: &SyntaxNode, text: &mut String) {
    // A function inside which types are defined counts whole.
    let keeps_body = ast::Fn::cast(node.clone()).is_none_or(|function| {
        let inner = function.body().map(|body| body.syntax().clone());
        function.const_token().is_some()
            || inner.is_some_and(|body| body.descendants().any(|node| ast::Struct::can_cast(node.kind())))
    });
    for child in node.children_with_tokens() {
        match child {
            NodeOrToken::Token(token) if token.kind().is_trivia() => {}
            NodeOrToken::Token(token) => {
                text.push_str(token.text());
                text.push(' ');
            }
            NodeOrToken::Node(node) if node.kind() == SyntaxKind::BLOCK_EXPR && !keeps_body => {}
            NodeOrToken::Node(node) if node.kind() == SyntaxKind::ATTR && is_usual_derive(&node) => {}
            NodeOrToken::Node(node) => gather(&node, text),
        }
    }
}

fn is_usual_derive(attribute: &SyntaxNode) -> bool {
    let text = attribute.text().to_string();
    let mut words = words(&text);
    words.next() == Some("derive") && words.all(|word| DERIVES.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::super::items_of;
    use super::*;

    fn definitions(code: &str) -> Definitions {
        Definitions::of(items_of(1, code).iter().map(AsRef::as_ref), &BTreeMap::new())
    }

    fn changed(before: &str, after: &str, kind: &str) -> Vec<String> {
        definitions(after).changed_since(&definitions(before), kind)
    }

    const STATION: &str = "struct Station { name: String, height: f64 }";

    #[test]
    fn what_does_not_use_the_type_is_kept() {
        let anew = "struct Station { height: f64, name: String }";
        assert_eq!(changed(STATION, anew, "Vec<crate::Station>"), ["Station"]);
        assert!(changed(STATION, anew, "Vec<String>").is_empty());
        // What is behind `dyn` keeps its own code.
        assert!(changed(STATION, anew, "Box<dyn std::error::Error>").is_empty());
    }

    #[test]
    fn the_same_definition_again_changes_nothing() {
        let again =
            "/// A place.\n#[derive(Debug, Clone)]\nstruct Station {\n    name: String, // its name\n    height: f64 }";
        assert!(changed(STATION, again, "Vec<crate::Station>").is_empty());
        let with_method = format!("{STATION}\nimpl Station {{ fn feet(&self) -> f64 {{ self.height / 0.3048 }} }}");
        assert!(changed(STATION, &with_method, "crate::Station").is_empty());
    }

    #[test]
    fn what_a_type_is_made_of_counts() {
        let made = |inner: &str| {
            format!("struct Inner {{ {inner} }}\nstruct Outer {{ inner: Inner }}\ntype All = Vec<Outer>;")
        };
        assert_eq!(changed(&made("a: u32"), &made("a: f32"), "Vec<crate::Outer>"), ["Inner"]);
        let sized = |n: u32| format!("const N: usize = {n};\nstruct Row([f64; N]);");
        assert_eq!(changed(&sized(2), &sized(3), "crate::Row"), ["N"]);
        let of_trait = |kind: &str| {
            format!(
                "trait T {{ type Out; }}\nstruct A;\nimpl T for A {{ type Out = {kind}; }}\nstruct B(<A as T>::Out);"
            )
        };
        assert_eq!(changed(&of_trait("u32"), &of_trait("f32"), "crate::B"), ["A", "T"]);
    }

    #[test]
    fn a_trait_object_depends_on_the_trait_and_not_on_its_bodies() {
        let shape = |body: &str| format!("trait Shape {{ fn area(&self) -> f64 {{ {body} }} }}");
        assert!(changed(&shape("1.0"), &shape("2.0"), "Box<dyn crate::Shape>").is_empty());
        let grown = "trait Shape { fn name(&self) -> String; fn area(&self) -> f64 { 1.0 } }";
        assert_eq!(changed(&shape("1.0"), grown, "Box<dyn crate::Shape>"), ["Shape"]);
    }

    #[test]
    fn imports_and_macros_count_where_a_definition_uses_them() {
        let with = |import: &str| format!("{import}\nstruct S {{ f: Field }}");
        assert_eq!(changed(&with("use a::Field;"), &with("use b::Field;"), "crate::S"), ["Field"]);
        assert!(
            changed(STATION, &format!("use other::*;\nmacro_rules! m {{ () => {{}} }}\n{STATION}"), "crate::Station")
                .is_empty()
        );
        let import = "use std::collections::HashMap;";
        assert!(changed("", import, "std::collections::HashMap<i32, i32>").is_empty());
    }

    #[test]
    fn a_crate_on_this_disk_that_was_built_again_counts() {
        let with = |stamp: &str| {
            let crates = BTreeMap::from([("heat".to_owned(), stamp.to_owned())]);
            Definitions::of(items_of(1, "use heat::Grid;").iter().map(AsRef::as_ref), &crates)
        };
        assert_eq!(with("2").changed_since(&with("1"), "Vec<heat::Grid>"), ["heat"]);
        assert!(with("2").changed_since(&with("1"), "Vec<f64>").is_empty());
    }

    #[test]
    fn a_digest_tells_definitions_apart() {
        let of = |code: &str| definitions(code).digest("S");
        assert_eq!(of("struct S(i32);"), of("#[derive(Debug)] struct S(  i32 );"));
        assert_ne!(of("struct S(i32);"), of("struct S(u32);"));
        assert_ne!(of("struct S(T); struct T;"), of("struct S(T); struct T(u8);"));
    }
}
