//! What the types of a notebook are made of, to tell which values a new definition takes the ground from under.
//!
//! A type that a cell defines anew is another type: the crate in which it is compiled gives it another path, and so
//! another `TypeId`. Here is said whether a definition is new. What cannot change how values lie in memory does not
//! count (the bodies of functions, methods, comments, the usual derives), so that a cell may be run again, and a method
//! mended, without losing a variable. Where it is doubtful what a definition means, it counts as changed.

use super::variables::is_primitive;
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
    /// What `use` gives a name at the top of the notebook.
    imports: HashMap<String, String>,
    /// The first names of what `use` brings in with a `*`.
    globs: BTreeSet<String>,
    /// Types and constants of `impl` blocks that say something else than at first, by the names that they are for.
    reworded: HashMap<String, Vec<String>>,
    /// All types and constants of `impl` blocks, by what they are for.
    associated: Associated,
}

/// What each type and constant of an `impl` block says, by the block's head and its name.
pub type Associated = BTreeMap<String, String>;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Definition {
    text: String,
    /// The names in it that an import may give a meaning: those that begin a path, where it sees what the notebook imports.
    open_names: BTreeSet<String>,
    /// A call of a macro that perhaps makes it.
    is_of_a_macro: bool,
    /// The module of the notebook that it lies in: other modules may have the same name.
    within: Option<String>,
}

/// A type or constant of an `impl` block.
struct Part {
    key: String,
    text: String,
    of_type: BTreeSet<String>,
    of_trait: BTreeSet<String>,
}

/// Derives of the standard library: they add functions, never fields.
const DERIVES: [&str; 9] = ["Debug", "Clone", "Copy", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Default"];

impl Definitions {
    /// Those of `items`, beside crates on this disk, each with what tells one build of it from another. `first` is what the
    /// types and constants of `impl` blocks said when they came: a block that is new takes the ground from under nothing,
    /// one that says something else may.
    pub fn of<'a>(
        items: impl IntoIterator<Item = &'a Item>,
        crates: &BTreeMap<String, String>,
        first: &Associated,
    ) -> Self {
        let mut found = Self::default();
        let mut everywhere = String::new();
        let mut parts = Vec::new();
        for item in items {
            found.add_item(item, &mut parts);
            // What a crate on this disk gives by `*` has no names here.
            if let ItemKind::Use(imports) = &item.kind {
                let globs = imports.iter().filter(|import| import.is_glob);
                for (name, _) in globs.flat_map(|import| &import.path) {
                    found.globs.insert(name.clone());
                    crates.get(name).into_iter().for_each(|stamp| everywhere.push_str(stamp));
                }
            }
        }
        if !everywhere.is_empty() {
            found.by_name.values_mut().flatten().for_each(|definition| definition.text.push_str(&everywhere));
        }
        found.drop_names_that_are_known();
        for (name, stamp) in crates {
            found.insert(name.clone(), stamp.clone(), BTreeSet::new(), None);
        }
        for Part { key, text, of_type, of_trait } in parts {
            if first.get(&key).is_some_and(|first| *first != text) {
                let own = |names: &BTreeSet<String>| -> Vec<String> {
                    names.iter().filter(|name| found.by_name.contains_key(*name)).cloned().collect()
                };
                // A block for a type of somebody else, or for all types, is found by its trait.
                let names = Some(own(&of_type)).filter(|names| !names.is_empty()).unwrap_or_else(|| own(&of_trait));
                names.into_iter().for_each(|name| found.reworded.entry(name).or_default().push(text.clone()));
            }
            found.associated.insert(key, text);
        }
        found
    }

    /// A word in the brackets of a macro call that means something without it is nothing that the call makes.
    fn drop_names_that_are_known(&mut self) {
        let imports = &self.imports;
        self.by_name.retain(|name, definitions| {
            if definitions.iter().any(|definition| !definition.is_of_a_macro) {
                definitions.retain(|definition| !definition.is_of_a_macro);
            }
            let is_known = imports.contains_key(name) || is_primitive(name);
            !(is_known && definitions.iter().all(|definition| definition.is_of_a_macro))
        });
    }

    /// What the types and constants of `impl` blocks say.
    pub fn associated(&self) -> &Associated {
        &self.associated
    }

    fn add_item(&mut self, item: &Item, parts: &mut Vec<Part>) {
        match (&item.kind, ast::Item::cast(item.tree())) {
            (ItemKind::Use(imports), _) => {
                for import in imports {
                    let path: Vec<&str> = import.path.iter().map(|(segment, _)| segment.as_str()).collect();
                    let text = format!("{} as {:?}", path.join(" :: "), import.alias);
                    import.name.iter().for_each(|name| drop(self.imports.insert(name.clone(), text.clone())));
                }
            }
            // What a macro makes, only the compiler knows: each name in its brackets may be one of a type.
            (ItemKind::MacroCall, _) => {
                let tree = item.tree();
                let text = crate::cell::item::meaning(&tree);
                let names = ast::MacroCall::cast(tree).and_then(|call| call.token_tree());
                let names = names.map(|tokens| tokens.syntax().text().to_string()).unwrap_or_default();
                for name in words(&names) {
                    let open_names = words(&text).map(str::to_owned).collect();
                    self.by_name.entry(name.to_owned()).or_default().push(Definition {
                        text: text.clone(),
                        open_names,
                        is_of_a_macro: true,
                        within: None,
                    });
                }
            }
            (_, Some(tree)) => self.add(&tree, true, None, parts),
            _ => {}
        }
    }

    fn add(&mut self, item: &ast::Item, sees_imports: bool, within: Option<&str>, parts: &mut Vec<Part>) {
        let mut named = |name: Option<ast::Name>, node: &SyntaxNode| {
            let Some(name) = name else { return };
            let open_names = if sees_imports { open_names(node) } else { BTreeSet::new() };
            self.insert(name.text().trim_start_matches("r#").to_owned(), layout_meaning(node), open_names, within);
        };
        match item {
            ast::Item::Module(module) => {
                let is_open = words(&module.syntax().text().to_string()).any(|word| word == "super" || word == "crate");
                let sees_imports = sees_imports && is_open;
                let open_names = if sees_imports { open_names(module.syntax()) } else { BTreeSet::new() };
                let Some(name) = module.name() else { return };
                let name = name.text().trim_start_matches("r#").to_owned();
                for item in module.item_list().into_iter().flat_map(|list| list.items()) {
                    self.add(&item, sees_imports, Some(within.unwrap_or(&name)), parts);
                }
                self.insert(name, layout_meaning(module.syntax()), open_names, within);
            }
            ast::Item::Impl(block) => parts_of(block, parts),
            // What a function is made of matters only where a constant is worked out by it, or where it has types inside.
            ast::Item::Fn(function) if function.const_token().is_none() && !holds_types(function.syntax()) => {}
            ast::Item::MacroRules(it) => named(it.name(), it.syntax()),
            ast::Item::Enum(it) => named(it.name(), it.syntax()),
            ast::Item::Struct(it) => named(it.name(), it.syntax()),
            ast::Item::Union(it) => named(it.name(), it.syntax()),
            ast::Item::TypeAlias(it) => named(it.name(), it.syntax()),
            ast::Item::Trait(it) => named(it.name(), it.syntax()),
            ast::Item::Const(it) => named(it.name(), it.syntax()),
            ast::Item::Static(it) => named(it.name(), it.syntax()),
            ast::Item::Fn(it) => named(it.name(), it.syntax()),
            _ => {}
        }
    }

    fn insert(&mut self, name: String, text: String, open_names: BTreeSet<String>, within: Option<&str>) {
        let known = self.by_name.entry(name).or_default();
        let within = within.map(str::to_owned);
        let definition = Definition { text, open_names, is_of_a_macro: false, within };
        if !known.contains(&definition) {
            known.push(definition);
        }
    }

    /// Every definition that `names` lead to, as texts under each name. Of each name is said whether an import may be
    /// meant.
    fn reached<'a>(&'a self, names: impl IntoIterator<Item = (&'a str, bool)>) -> BTreeMap<String, Vec<&'a str>> {
        let names: Vec<(&str, bool)> = names.into_iter().collect();
        let mut modules: BTreeSet<String> = self.globs.clone();
        loop {
            let found = self.reached_within(&names, &modules);
            let before = modules.len();
            modules.extend(found.keys().cloned());
            if modules.len() == before {
                return found;
            }
        }
    }

    /// The same, where what lies in a module counts only if that is one of `modules`.
    fn reached_within<'a>(
        &'a self,
        names: &[(&'a str, bool)],
        modules: &BTreeSet<String>,
    ) -> BTreeMap<String, Vec<&'a str>> {
        let mut open: Vec<(&str, bool)> = names.to_vec();
        let mut found = BTreeMap::new();
        while let Some((word, may_be_imported)) = open.pop() {
            if let Some(import) = self.imports.get(word).filter(|_| may_be_imported)
                && !found.contains_key(&format!("{IMPORT}{word}"))
            {
                found.insert(format!("{IMPORT}{word}"), vec![import.as_str()]);
                open.extend(words(import).map(|word| (word, false)));
            }
            let Some(definitions) = self.by_name.get(word).filter(|_| !found.contains_key(word)) else { continue };
            let is_there = |one: &&Definition| one.within.as_ref().is_none_or(|module| modules.contains(module));
            let definitions: Vec<&Definition> = definitions.iter().filter(is_there).collect();
            if definitions.is_empty() {
                continue;
            }
            let reworded = self.reworded.get(word).into_iter().flatten().map(String::as_str);
            let mut texts: Vec<&str> =
                definitions.iter().map(|definition| definition.text.as_str()).chain(reworded).collect();
            open.extend(texts.iter().flat_map(|text| words(text)).map(|word| (word, false)));
            open.extend(definitions.iter().flat_map(|one| &one.open_names).map(|name| (name.as_str(), true)));
            texts.sort_unstable();
            found.insert(word.to_owned(), texts);
        }
        found
    }

    /// What the definition of `name` is, with all that it is made of, in sixteen characters.
    pub fn digest(&self, name: &str) -> String {
        // Two that are made of each other reach the same.
        let own = (String::new(), vec![name]);
        digest_of(&self.reached([(name, false)]).into_iter().chain([own]).collect::<BTreeMap<_, _>>())
    }

    /// What the names in `text`, which stands at the top of the notebook, mean.
    pub fn digest_of_names(&self, text: &str) -> String {
        digest_of(&self.reached(first_words(text)))
    }

    /// The names behind the type `kind` that mean something else here than in `before`: none if a value is still what it
    /// was.
    pub fn changed_since(&self, before: &Self, kind: &str) -> Vec<String> {
        let named = names_of(kind);
        let start = || named.iter().map(|name| (*name, false));
        let (old, new) = (before.reached(start()), self.reached(start()));
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let differs: Vec<&String> = names.into_iter().filter(|name| old.get(*name) != new.get(*name)).collect();
        // What is only reached by another way now is no news of its own.
        let in_both = |name: &&String| old.contains_key(*name) && new.contains_key(*name);
        let is_said = differs.iter().any(in_both);
        let changed = differs.into_iter().filter(|name| !is_said || in_both(name));
        let changed: BTreeSet<&str> = changed.map(|name| name.strip_prefix(IMPORT).unwrap_or(name)).collect();
        let mut changed: Vec<String> = changed.into_iter().map(str::to_owned).collect();
        // The type itself says more than what it is made of.
        changed.sort_by_key(|name| !named.contains(&name.as_str()));
        changed
    }
}

/// What stands before the name of an import among those of definitions.
const IMPORT: &str = "use ";

/// The types and constants of an `impl` block: they may be what a field is made of.
fn parts_of(block: &ast::Impl, parts: &mut Vec<Part>) {
    let meaning = |part: Option<ast::Type>| part.map(|part| layout_meaning(part.syntax())).unwrap_or_default();
    let (of_trait, of_type) = (meaning(block.trait_()), meaning(block.self_ty()));
    let head = layout_meaning_until_body(block);
    for item in block.assoc_item_list().into_iter().flat_map(|list| list.assoc_items()) {
        let name = match &item {
            ast::AssocItem::Fn(function) if function.const_token().is_none() => continue,
            ast::AssocItem::Fn(it) => it.name(),
            ast::AssocItem::Const(it) => it.name(),
            ast::AssocItem::TypeAlias(it) => it.name(),
            ast::AssocItem::MacroCall(_) => None,
        };
        let text = layout_meaning(item.syntax());
        let name = name.map_or_else(|| text.clone(), |name| name.text().to_string());
        parts.push(Part {
            key: format!("{head}{name}"),
            text: format!("{head}{text}"),
            of_type: words(&of_type).map(str::to_owned).collect(),
            of_trait: words(&of_trait).map(str::to_owned).collect(),
        });
    }
}

fn layout_meaning_until_body(block: &ast::Impl) -> String {
    let mut text = String::new();
    for part in block.syntax().children_with_tokens() {
        match part {
            NodeOrToken::Node(node) if ast::AssocItemList::can_cast(node.kind()) => break,
            NodeOrToken::Node(node) if ast::Attr::can_cast(node.kind()) => {}
            NodeOrToken::Node(node) => gather(&node, &mut text),
            NodeOrToken::Token(token) if token.kind().is_trivia() => {}
            NodeOrToken::Token(token) => {
                text.push_str(token.text());
                text.push(' ');
            }
        }
    }
    text
}

/// The names below `node` that begin a path, and all in the brackets of macro calls.
fn open_names(node: &SyntaxNode) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for node in node.descendants() {
        if let Some(path) = ast::Path::cast(node.clone()).filter(|path| path.qualifier().is_none()) {
            let segment = path.segment().filter(|segment| segment.coloncolon_token().is_none());
            found.extend(segment.and_then(|segment| segment.name_ref()).map(|name| name.text().to_string()));
        } else if let Some(tokens) = ast::TokenTree::cast(node) {
            found.extend(words(&tokens.syntax().text().to_string()).map(str::to_owned));
        }
    }
    found
}

/// The words of a text of tokens, each with whether it begins a path.
fn first_words(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut before = "";
    text.split(' ').filter(|token| !token.is_empty()).flat_map(move |token| {
        let is_first = !matches!(before, "::" | ".");
        before = token;
        words(token).map(move |word| (word, is_first))
    })
}

/// Whether types are defined below `node`.
pub fn holds_types(node: &SyntaxNode) -> bool {
    node.descendants().any(|node| {
        matches!(node.kind(), SyntaxKind::STRUCT | SyntaxKind::ENUM | SyntaxKind::UNION | SyntaxKind::TRAIT)
    })
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
            // A name alone is one of the standard prelude.
            (first == "crate" || path.contains("::")).then(|| name.trim_start_matches("r#"))
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
    let keeps_body = ast::Fn::cast(node.clone())
        .is_none_or(|function| function.const_token().is_some() || holds_types(function.syntax()));
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
mod tests;
