//! An item of a cell (`fn`, `struct`, `use`, …): what it defines, and its own tree.

use super::macros::thread_locals;
use super::source::Source;
use ra_ap_syntax::{
    AstNode, GreenNode, NodeOrToken, SyntaxNode, TextRange,
    ast::{self, HasGenericParams, HasName, HasVisibility},
};
use std::ops::Range;
use std::sync::Arc;

/// What a name can be looked up as. A struct may be both a type and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Namespace {
    Type,
    Value,
    Macro,
}

/// What an item is, as far as the notebook must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// It defines names: a function, a type, a module, a macro, …
    Named,
    Use(Vec<Import>),
    ExternCrate(String),
    Impl(Implementation),
    /// An `extern "C"` block, with the names that it declares.
    ExternBlock(Vec<Member>),
    /// A call of a macro that makes items. Which, only the compiler knows.
    MacroCall,
    /// `thread_local!`, with the statics in its braces.
    ThreadLocal(Vec<ThreadLocal>),
    /// `const _`, and what has no name for other reasons.
    Unnamed,
}

/// One name that a `use` brings in; a `use` of several is taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// What it is called here. `*` and `_` have no name.
    pub name: Option<String>,
    /// The segments of its path, and where in the item each stands.
    pub path: Vec<(String, Range<usize>)>,
    /// `::std::…`
    pub from_crates: bool,
    pub alias: Option<String>,
    pub is_glob: bool,
}

impl Import {
    /// What stands between `use` and the semicolon.
    pub fn written(&self) -> String {
        let path: Vec<&str> = self.path.iter().map(|(segment, _)| segment.as_str()).collect();
        let root = if self.from_crates { "::" } else { "" };
        let star = if !self.is_glob {
            ""
        } else if path.is_empty() {
            "*"
        } else {
            "::*"
        };
        let alias = self.alias.as_ref().map(|alias| format!(" as {alias}")).unwrap_or_default();
        format!("{root}{}{star}{alias}", path.join("::"))
    }
}

/// The head of an `impl`, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Implementation {
    /// Generics, trait, type and bounds, with single blanks.
    pub header: String,
    pub of_trait: bool,
    /// The last names of the type and of the trait.
    pub names: Vec<String>,
    pub members: Vec<Member>,
}

/// A named part of a block, and where in the item it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    pub range: Range<usize>,
}

/// A static of `thread_local!`: where its parts stand in the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadLocal {
    pub name: String,
    /// Attributes and visibility.
    pub before: Range<usize>,
    pub kind: Range<usize>,
    pub value: Range<usize>,
}

/// An item where it was written.
#[derive(Debug, Clone)]
pub struct Item {
    pub source: Arc<Source>,
    /// Its bytes in the cell.
    pub range: Range<usize>,
    pub kind: ItemKind,
    pub defines: Vec<(String, Namespace)>,
    tree: GreenNode,
}

impl Item {
    /// The item `node`, which stands at `range` of `source`.
    pub fn new(source: &Arc<Source>, range: Range<usize>, node: &SyntaxNode) -> Self {
        let tree = node.green().to_owned();
        let root = SyntaxNode::new_root(tree.clone());
        let item = ast::Item::cast(root);
        let kind = item.as_ref().map_or(ItemKind::MacroCall, kind_of);
        let defines = match &kind {
            ItemKind::ThreadLocal(statics) => statics.iter().map(|one| (one.name.clone(), Namespace::Value)).collect(),
            _ => item.as_ref().map(defined).unwrap_or_default(),
        };
        Self { source: Arc::clone(source), range, kind, defines, tree }
    }

    /// Its own tree: offsets are those in [`Item::text`].
    pub fn tree(&self) -> SyntaxNode {
        SyntaxNode::new_root(self.tree.clone())
    }

    pub fn text(&self) -> &str {
        &self.source.code[self.range.clone()]
    }

    pub fn is_macro(&self) -> bool {
        self.defines.iter().any(|(_, namespace)| *namespace == Namespace::Macro)
    }

    /// The name that it is told by: its own, or that of what it implements.
    pub fn title(&self) -> String {
        match (&self.kind, self.defines.first()) {
            (ItemKind::Impl(block), _) if block.of_trait => format!("impl {}", block.names.join(" for ")),
            (ItemKind::Impl(block), _) => format!("impl {}", block.names.join(" ")),
            (_, Some((name, _))) => name.clone(),
            _ => self.text().lines().next().unwrap_or_default().chars().take(40).collect(),
        }
    }

    /// Whether it is a type that values may be of, or holds one: it then has an identity of its own.
    pub fn holds_types(&self) -> bool {
        matches!(self.kind, ItemKind::Named) && !self.is_macro() && crate::session::holds_types(&self.tree())
    }
}

pub(super) fn plain(name: Option<ast::Name>) -> Option<String> {
    name.map(|name| name.text().trim_start_matches("r#").to_owned()).filter(|name| name != "_")
}

/// What `item` is.
pub fn kind_of(item: &ast::Item) -> ItemKind {
    match item {
        ast::Item::Use(import) => {
            let mut found = Vec::new();
            if let Some(tree) = import.use_tree() {
                imports(&[], false, &tree, &mut found);
            }
            ItemKind::Use(found)
        }
        ast::Item::ExternCrate(it) => {
            ItemKind::ExternCrate(it.name_ref().map(|name| name.text().to_string()).unwrap_or_default())
        }
        ast::Item::Impl(block) => ItemKind::Impl(implementation(block)),
        ast::Item::ExternBlock(block) => {
            let members = block.extern_item_list().into_iter().flat_map(|list| list.extern_items());
            let name = |member: &ast::ExternItem| match member {
                ast::ExternItem::Fn(it) => plain(it.name()),
                ast::ExternItem::Static(it) => plain(it.name()),
                _ => None,
            };
            let member =
                |it: ast::ExternItem| Some(Member { name: name(&it)?, range: bytes(it.syntax().text_range()) });
            ItemKind::ExternBlock(members.filter_map(member).collect())
        }
        ast::Item::MacroCall(call) => thread_locals(call).map_or(ItemKind::MacroCall, ItemKind::ThreadLocal),
        _ if defined(item).is_empty() => ItemKind::Unnamed,
        _ => ItemKind::Named,
    }
}

pub(super) fn bytes(range: TextRange) -> Range<usize> {
    range.start().into()..range.end().into()
}

/// The names that an item defines, each in its namespace.
pub fn defined(item: &ast::Item) -> Vec<(String, Namespace)> {
    use Namespace::{Macro, Type, Value};
    let (name, namespaces): (Option<String>, &[Namespace]) = match item {
        ast::Item::Const(it) => (plain(it.name()), &[Value]),
        ast::Item::Fn(it) => (plain(it.name()), &[Value]),
        ast::Item::Static(it) => (plain(it.name()), &[Value]),
        ast::Item::Enum(it) => (plain(it.name()), &[Type]),
        ast::Item::Module(it) => (plain(it.name()), &[Type]),
        ast::Item::Trait(it) => (plain(it.name()), &[Type]),
        ast::Item::TypeAlias(it) => (plain(it.name()), &[Type]),
        ast::Item::Union(it) => (plain(it.name()), &[Type]),
        ast::Item::Struct(it) if matches!(it.kind(), ast::StructKind::Record(_)) => (plain(it.name()), &[Type]),
        ast::Item::Struct(it) => (plain(it.name()), &[Type, Value]),
        ast::Item::MacroRules(it) => (plain(it.name()), &[Macro]),
        ast::Item::MacroDef(it) => (plain(it.name()), &[Macro]),
        _ => (None, &[]),
    };
    name.into_iter().flat_map(|name| namespaces.iter().map(move |of| (name.clone(), *of))).collect()
}

fn implementation(block: &ast::Impl) -> Implementation {
    let parts = [
        block.generic_param_list().map(|it| it.syntax().clone()),
        block.trait_().map(|it| it.syntax().clone()),
        block.self_ty().map(|it| it.syntax().clone()),
        block.where_clause().map(|it| it.syntax().clone()),
    ];
    let header = parts.iter().map(|part| part.as_ref().map(meaning).unwrap_or_default()).collect::<Vec<_>>().join("|");
    let last_name = |part: ast::Type| {
        let path = part.syntax().descendants().find_map(ast::Path::cast)?;
        Some(path.segment()?.name_ref()?.text().to_string())
    };
    let names = [block.trait_(), block.self_ty()].into_iter().flatten().filter_map(last_name).collect();
    let members = block.assoc_item_list().into_iter().flat_map(|list| list.assoc_items());
    let name = |member: &ast::AssocItem| match member {
        ast::AssocItem::Fn(it) => plain(it.name()),
        ast::AssocItem::Const(it) => plain(it.name()),
        ast::AssocItem::TypeAlias(it) => plain(it.name()),
        ast::AssocItem::MacroCall(_) => None,
    };
    let member = |it: ast::AssocItem| Some(Member { name: name(&it)?, range: bytes(it.syntax().text_range()) });
    Implementation { header, of_trait: block.trait_().is_some(), names, members: members.filter_map(member).collect() }
}

/// The tokens below `node` with single blanks between them: what it says, without how it is laid out.
pub fn meaning(node: &SyntaxNode) -> String {
    let tokens = node.descendants_with_tokens().filter_map(NodeOrToken::into_token);
    let words: Vec<String> =
        tokens.filter(|token| !token.kind().is_trivia()).map(|token| token.text().to_owned()).collect();
    words.join(" ")
}

/// Everything that `tree` brings in, below `path`.
fn imports(path: &[(String, Range<usize>)], from_crates: bool, tree: &ast::UseTree, found: &mut Vec<Import>) {
    let mut whole = path.to_vec();
    let mut from_crates = from_crates;
    if let Some(own) = tree.path() {
        from_crates |= path.is_empty() && own.syntax().text().to_string().trim_start().starts_with("::");
        let segments = own.syntax().descendants().filter_map(ast::PathSegment::cast);
        whole.extend(
            segments.map(|segment| (segment.syntax().text().to_string(), bytes(segment.syntax().text_range()))),
        );
    }
    // A path that is written `::a` has its colons in its first segment.
    if let Some((first, _)) = whole.first_mut() {
        *first = first.trim_start_matches("::").trim().to_owned();
    }
    if let Some(list) = tree.use_tree_list() {
        list.use_trees().for_each(|tree| imports(&whole, from_crates, &tree, found));
        return;
    }
    let is_glob = tree.star_token().is_some();
    if whole.len() > 1 && whole.last().is_some_and(|(last, _)| last == "self") {
        whole.pop();
    }
    let alias = tree.rename().map(|rename| rename.name().map_or("_".to_owned(), |name| name.text().to_string()));
    let name = match &alias {
        _ if is_glob => None,
        Some(alias) => Some(alias.clone()).filter(|alias| alias != "_"),
        None => whole.last().map(|(last, _)| last.clone()),
    };
    let name = name.map(|name| name.trim_start_matches("r#").to_owned());
    found.push(Import { name, path: whole, from_crates, alias, is_glob });
}

/// Where a `pub` of any kind stands in `node`, or where one would.
pub fn visibility_place(node: &SyntaxNode) -> Option<Range<usize>> {
    fn of(item: &impl HasVisibility) -> Option<Range<usize>> {
        let own = item.visibility().map(|visibility| bytes(visibility.syntax().text_range()));
        own.or_else(|| {
            let first = item.syntax().children_with_tokens().find(|part| {
                !part.kind().is_trivia() && !part.as_node().is_some_and(|node| ast::Attr::can_cast(node.kind()))
            })?;
            let start = bytes(first.text_range()).start;
            Some(start..start)
        })
    }
    if let Some(item) = ast::Item::cast(node.clone()) {
        return match item {
            ast::Item::Const(it) => of(&it),
            ast::Item::Enum(it) => of(&it),
            ast::Item::Fn(it) => of(&it),
            ast::Item::Module(it) => of(&it),
            ast::Item::Static(it) => of(&it),
            ast::Item::Struct(it) => of(&it),
            ast::Item::Trait(it) => of(&it),
            ast::Item::TypeAlias(it) => of(&it),
            ast::Item::Union(it) => of(&it),
            _ => None,
        };
    }
    if let Some(field) = ast::RecordField::cast(node.clone()) {
        return of(&field);
    }
    ast::TupleField::cast(node.clone()).and_then(|field| of(&field))
}

#[cfg(test)]
mod tests;
