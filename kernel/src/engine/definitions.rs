//! What the types of a notebook are made of, so that no value is ever read as a type that was defined anew.
//!
//! A `TypeId` is made from names: a struct that a cell defines anew keeps it, whatever its fields are now. So the definitions
//! themselves are compared, all those that a type's name leads to. What cannot change how a value lies in memory does not
//! count (the bodies of functions, methods, comments, the usual derives), so that a cell may be run again, and a
//! method mended, without losing a variable. Where it is doubtful what a definition means, it counts as changed.

use crate::cell::words;
use ra_ap_syntax::ast::{self, HasModuleItem, HasName};
use ra_ap_syntax::{AstNode, Edition, NodeOrToken, SourceFile, SyntaxKind, SyntaxNode};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The definitions of a notebook, by name. Names of modules' contents count as if they were at the top.
#[derive(Debug, Default, Clone)]
pub struct Definitions {
    by_name: HashMap<String, Vec<Definition>>,
    /// What may change the meaning of any definition: macros that make items, and `use` of everything in a foreign crate.
    everywhere: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Definition {
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A type of the notebook's own, which a `dyn Any` may hide.
    Type,
    /// Part of an `impl` that names it.
    Impl,
    /// A name imported from a library that does not change. The type of a variable is that type, whatever is imported
    /// later; a field of the notebook's own types may mean something else then.
    Import,
    Other,
}

/// Crates whose `use …::*` shadows no name that a definition may have meant before.
const KNOWN_CRATES: [&str; 7] = ["std", "core", "alloc", "isopleth", "ndarray", "crate", "self"];
/// Crates that stay as they are while a kernel runs.
const LIBRARIES: [&str; 5] = ["std", "core", "alloc", "isopleth", "ndarray"];
/// Derives of the standard library: they add functions, never fields.
const DERIVES: [&str; 9] = ["Debug", "Clone", "Copy", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Default"];

impl Definitions {
    /// The items in the crate that evcxr generated.
    pub fn of_crate(generated: &str) -> Self {
        // evcxr's own code follows the items.
        let end = [
            "\n            struct EvcxrUserCodeError",
            "\nmod evcxr_internal_runtime",
            "\n#[unsafe(no_mangle)]\npub extern \"C\" fn run_user_code",
        ]
        .iter()
        .filter_map(|mark| generated.find(mark))
        .min();
        let items = &generated[..end.unwrap_or(generated.len())];
        let mut found = Self::default();
        for item in SourceFile::parse(items, Edition::Edition2024).tree().items() {
            found.add(&item);
        }
        found
    }

    /// These definitions after a cell with `items` has compiled.
    pub fn with(&self, items: &[ast::Item]) -> Self {
        let mut new = Self::default();
        for item in items {
            new.add(item);
        }
        let mut all = self.clone();
        all.everywhere.append(&mut new.everywhere);
        for (name, definitions) in new.by_name {
            let known = all.by_name.entry(name).or_default();
            // A name that is defined takes the place of the old one; an `impl` only adds to what it names.
            if definitions.iter().any(|definition| definition.kind != Kind::Impl) {
                known.clear();
            }
            for definition in definitions {
                if !known.contains(&definition) {
                    known.push(definition);
                }
            }
        }
        all
    }

    /// These definitions beside crates on this disk, each with what tells one build of it from another.
    pub fn beside(mut self, crates: BTreeMap<String, String>) -> Self {
        for (name, text) in crates {
            self.insert(name, Definition { text, kind: Kind::Other });
        }
        self
    }

    fn add(&mut self, item: &ast::Item) {
        match item {
            ast::Item::Module(module) => {
                for item in module.item_list().into_iter().flat_map(|list| list.items()) {
                    self.add(&item);
                }
            }
            ast::Item::Use(import) => self.add_import(import),
            ast::Item::Impl(block) => self.add_impl(block),
            ast::Item::Fn(function) if function.const_token().is_none() => {}
            ast::Item::MacroCall(_) | ast::Item::MacroRules(_) | ast::Item::MacroDef(_) => {
                self.everywhere.insert(meaning(item.syntax()));
            }
            ast::Item::Enum(it) => self.add_named(it.name(), it.syntax(), Kind::Type),
            ast::Item::Struct(it) => self.add_named(it.name(), it.syntax(), Kind::Type),
            ast::Item::Union(it) => self.add_named(it.name(), it.syntax(), Kind::Type),
            ast::Item::TypeAlias(it) => self.add_named(it.name(), it.syntax(), Kind::Other),
            ast::Item::Trait(it) => self.add_named(it.name(), it.syntax(), Kind::Other),
            ast::Item::Const(it) => self.add_named(it.name(), it.syntax(), Kind::Other),
            ast::Item::Static(it) => self.add_named(it.name(), it.syntax(), Kind::Other),
            ast::Item::Fn(it) => self.add_named(it.name(), it.syntax(), Kind::Other),
            _ => {}
        }
    }

    fn add_named(&mut self, name: Option<ast::Name>, node: &SyntaxNode, kind: Kind) {
        if let Some(name) = name {
            self.insert(name.text().to_string(), Definition { text: meaning(node), kind });
        }
    }

    fn insert(&mut self, name: String, definition: Definition) {
        self.by_name.entry(name).or_default().push(definition);
    }

    /// Associated types and constants may be what a field is made of.
    fn add_impl(&mut self, block: &ast::Impl) {
        let items = block.assoc_item_list().into_iter().flat_map(|list| list.assoc_items());
        let parts: Vec<String> =
            items.filter(|item| !matches!(item, ast::AssocItem::Fn(_))).map(|item| meaning(item.syntax())).collect();
        if parts.is_empty() {
            return;
        }
        let header: Vec<String> =
            [block.trait_(), block.self_ty()].into_iter().flatten().map(|part| meaning(part.syntax())).collect();
        let text = format!("{} {}", header.join(" "), parts.join(" "));
        for name in words(&header.join(" ")) {
            self.insert(name.to_owned(), Definition { text: text.clone(), kind: Kind::Impl });
        }
    }

    fn add_import(&mut self, import: &ast::Use) {
        let text = meaning(import.syntax());
        let first = words(&text).nth(1).unwrap_or_default();
        if text.contains('*') && !KNOWN_CRATES.contains(&first) && !self.by_name.contains_key(first) {
            self.everywhere.insert(text.clone());
        }
        let kind = if LIBRARIES.contains(&first) { Kind::Import } else { Kind::Other };
        for name in import.syntax().descendants().filter_map(ast::UseTree::cast).filter_map(|tree| leaf(&tree)) {
            self.insert(name, Definition { text: text.clone(), kind });
        }
    }

    /// Every definition that the type `name` leads to, as one text for each name.
    fn reached(&self, type_name: &str) -> BTreeMap<&str, Vec<&str>> {
        let mut open: Vec<&str> =
            words(type_name).filter(|word| !self.by_name.get(*word).is_some_and(|all| are_imports(all))).collect();
        // What is behind these is not in the type's name.
        if open.iter().any(|word| matches!(*word, "Any" | "Error")) && open.contains(&"dyn") {
            open.extend(
                self.by_name
                    .iter()
                    .filter(|(_, all)| all.iter().any(|one| one.kind == Kind::Type))
                    .map(|(name, _)| name.as_str()),
            );
        }
        let mut found = BTreeMap::new();
        while let Some(word) = open.pop() {
            let Some((name, definitions)) = self.by_name.get_key_value(word) else { continue };
            if found.contains_key(name.as_str()) {
                continue;
            }
            let mut texts: Vec<&str> = definitions.iter().map(|definition| definition.text.as_str()).collect();
            open.extend(texts.iter().flat_map(|text| words(text)));
            texts.sort_unstable();
            found.insert(name.as_str(), texts);
        }
        found
    }

    /// The names behind `type_name` that mean something else here than in `before`: none if a value is still what it was.
    pub fn changed_since(&self, before: &Self, type_name: &str) -> Vec<String> {
        let (old, new) = (before.reached(type_name), self.reached(type_name));
        let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        let mut changed: Vec<String> =
            names.into_iter().filter(|name| old.get(name) != new.get(name)).map(str::to_owned).collect();
        if changed.is_empty() && !new.is_empty() && self.everywhere != before.everywhere {
            changed.extend(new.keys().map(|name| (*name).to_owned()));
        }
        // The type itself says more than what it is made of.
        changed.sort_by_key(|name| !words(type_name).any(|word| word == name));
        changed
    }
}

fn are_imports(definitions: &[Definition]) -> bool {
    definitions.iter().all(|definition| definition.kind == Kind::Import)
}

/// The name that a `use` gives to what it imports.
fn leaf(tree: &ast::UseTree) -> Option<String> {
    if tree.use_tree_list().is_some() || tree.star_token().is_some() {
        return None;
    }
    let renamed = tree.rename().map(|rename| rename.name().map(|name| name.text().to_string()));
    renamed.unwrap_or_else(|| Some(tree.path()?.segment()?.name_ref()?.text().to_string()))
}

/// The tokens of an item that bear on how values lie in memory, with single blanks between them.
fn meaning(node: &SyntaxNode) -> String {
    let mut text = String::new();
    gather(node, &mut text);
    text
}

fn gather(node: &SyntaxNode, text: &mut String) {
    let keeps_body = ast::Fn::cast(node.clone()).is_none_or(|function| function.const_token().is_some());
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
    use super::*;

    fn changed(before: &str, after: &str, type_name: &str) -> Vec<String> {
        Definitions::of_crate(after).changed_since(&Definitions::of_crate(before), type_name)
    }

    const STATION: &str = "struct Station { name: String, height: f64 }";

    #[test]
    fn what_does_not_use_the_type_is_kept() {
        let anew = "struct Station { height: f64, name: String }";
        assert_eq!(changed(STATION, anew, "Vec<Station>"), ["Station"]);
        assert!(changed(STATION, anew, "Vec<String>").is_empty());
    }

    #[test]
    fn the_same_definition_again_changes_nothing() {
        let again =
            "/// A place.\n#[derive(Debug, Clone)]\nstruct Station {\n    name: String, // its name\n    height: f64 }";
        assert!(changed(STATION, again, "Vec<Station>").is_empty());
        let with_method = format!("{STATION}\nimpl Station {{ fn feet(&self) -> f64 {{ self.height / 0.3048 }} }}");
        assert!(changed(STATION, &with_method, "Station").is_empty());
    }

    #[test]
    fn what_a_type_is_made_of_counts() {
        let made = |inner: &str| {
            format!("struct Inner {{ {inner} }}\nstruct Outer {{ inner: Inner }}\ntype All = Vec<Outer>;")
        };
        assert_eq!(changed(&made("a: u32"), &made("a: f32"), "All"), ["Inner"]);
        let sized = |n: u32| format!("const N: usize = {n};\nstruct Row([f64; N]);");
        assert_eq!(changed(&sized(2), &sized(3), "Row"), ["N"]);
        let of_trait = |kind: &str| {
            format!(
                "trait T {{ type Out; }}\nstruct A;\nimpl T for A {{ type Out = {kind}; }}\nstruct B(<A as T>::Out);"
            )
        };
        assert_eq!(changed(&of_trait("u32"), &of_trait("f32"), "B"), ["A", "T"]);
    }

    #[test]
    fn a_trait_object_depends_on_the_trait_and_not_on_its_bodies() {
        let shape = |body: &str| format!("trait Shape {{ fn area(&self) -> f64 {{ {body} }} }}");
        assert!(changed(&shape("1.0"), &shape("2.0"), "Box<dyn Shape>").is_empty());
        let grown = "trait Shape { fn name(&self) -> String; fn area(&self) -> f64 { 1.0 } }";
        assert_eq!(changed(&shape("1.0"), grown, "Box<dyn Shape>"), ["Shape"]);
        assert_eq!(changed(STATION, "struct Station { height: f64 }", "Box<dyn Any>"), ["Station"]);
    }

    #[test]
    fn imports_count_where_a_definition_uses_them() {
        let with = |import: &str| format!("{import}\nstruct S {{ f: Field }}");
        assert_eq!(changed(&with("use a::Field;"), &with("use b::Field;"), "S"), ["Field"]);
        assert!(changed(STATION, &format!("use std::fmt::*;\n{STATION}"), "Station").is_empty());
        assert_eq!(changed(STATION, &format!("use other::*;\n{STATION}"), "Station"), ["Station"]);
        assert!(changed(STATION, &format!("use other::*;\n{STATION}"), "Vec<f64>").is_empty());
    }

    #[test]
    fn an_import_from_a_library_does_not_change_what_a_variable_is() {
        let import = "use std::collections::HashMap;";
        assert!(changed("", import, "std::collections::HashMap<i32, i32>").is_empty());
        assert!(changed("", "use std::rc::Rc as Arc;", "Arc<str>").is_empty());
        let with = |import: &str| format!("{import}\nstruct S {{ f: Arc<str> }}");
        assert_eq!(changed(&with("use std::sync::Arc;"), &with("use std::rc::Rc as Arc;"), "Vec<S>"), ["Arc"]);
    }

    #[test]
    fn a_crate_on_this_disk_that_was_built_again_counts() {
        let with = |stamp: &str| {
            let crates = BTreeMap::from([("heat".to_owned(), stamp.to_owned())]);
            Definitions::of_crate("use heat::Grid;").beside(crates)
        };
        for name in ["Vec<heat::Grid>", "Grid"] {
            assert_eq!(with("2").changed_since(&with("1"), name), ["heat"]);
        }
        assert!(with("2").changed_since(&with("1"), "Vec<f64>").is_empty());
    }

    #[test]
    fn evcxrs_own_code_is_no_definition() {
        let generated =
            format!("{STATION}\n\n            struct EvcxrUserCodeError {{}}\nmod evcxr_internal_runtime {{\n}}");
        assert!(changed(STATION, &generated, "Station").is_empty());
        assert!(
            Definitions::of_crate(&generated).changed_since(&Definitions::default(), "EvcxrUserCodeError").is_empty()
        );
    }
}
