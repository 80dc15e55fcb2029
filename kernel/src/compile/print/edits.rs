//! What is written into an item, or in place of a piece of it: declarations of statics, visibility, paths of files.

use super::Edit;
use crate::cell::item::{Item, visibility_place};
use crate::compile::source_map::What;
use crate::session::{Static, Symbol, calls_that_read};
use ra_ap_syntax::{
    AstNode, AstToken, Edition, SyntaxKind,
    ast::{self, HasModuleItem},
};
use std::ops::Range;

/// A static as the object that defines it exports it, or as one that finds it loaded declares it.
pub(super) fn declaration(item: &Item, one: &Static, symbol: &Symbol) -> Edit {
    if !symbol.is_loaded {
        let insert = format!("#[unsafe(export_name = \"{}\")] ", symbol.name);
        return Edit { range: one.range.start..one.range.start, insert, what: None };
    }
    let safe = if one.is_mut { "static mut" } else { "safe static" };
    let insert = format!(
        "unsafe extern \"Rust\" {{ #[link_name = \"{}\"] {}{safe} {}: {}; }}",
        symbol.name,
        &item.text()[one.visibility.clone()],
        one.name,
        with_static_lifetimes(&item.text()[one.kind.clone()]).replace('\n', " "),
    );
    Edit { range: one.range.clone(), insert, what: Some(What::Declared { path: one.path.clone() }) }
}

/// A type as it is written where lifetimes cannot be left out.
pub(super) fn with_static_lifetimes(kind: &str) -> String {
    let before = "type T = ";
    let parsed = ast::SourceFile::parse(&format!("{before}{kind};"), Edition::Edition2024).tree();
    let references = parsed.syntax().descendants().filter_map(ast::RefType::cast);
    let mut places: Vec<usize> = references
        .filter(|reference| reference.lifetime().is_none())
        // What a function takes and gives has lifetimes of its own.
        .filter(|reference| {
            let mut around = reference.syntax().ancestors();
            !around.any(|node| {
                matches!(
                    node.kind(),
                    SyntaxKind::FN_PTR_TYPE | SyntaxKind::PARENTHESIZED_ARG_LIST | SyntaxKind::RET_TYPE
                )
            })
        })
        .filter_map(|reference| Some(usize::from(reference.amp_token()?.text_range().end()) - before.len()))
        .collect();
    places.sort_unstable();
    let mut out = kind.to_owned();
    for place in places.into_iter().rev() {
        out.insert_str(place, "'static ");
    }
    out
}

/// What makes a type usable from outside of the module that holds it, as it was at the top of the crate.
pub(super) fn visible(item: &Item) -> Vec<Edit> {
    let root = item.tree();
    let mut places: Vec<Range<usize>> = visibility_place(&root).into_iter().collect();
    match ast::Item::cast(root.clone()) {
        Some(ast::Item::Module(module)) => {
            let inner = module.item_list().into_iter().flat_map(|list| list.items().collect::<Vec<_>>());
            // `pub(super)` meant the whole notebook.
            let is_super = |range: &Range<usize>| item.text()[range.clone()].contains("super");
            places.extend(inner.filter_map(|item| visibility_place(item.syntax())).filter(is_super));
        }
        Some(ast::Item::Struct(_) | ast::Item::Union(_)) => {
            let is_field = |node: &ra_ap_syntax::SyntaxNode| {
                matches!(node.kind(), SyntaxKind::RECORD_FIELD | SyntaxKind::TUPLE_FIELD)
            };
            let fields = root.descendants().filter(is_field).filter_map(|field| visibility_place(&field));
            places.extend(fields.filter(|range| &item.text()[range.clone()] != "pub"));
        }
        _ => {}
    }
    let edit = |range: Range<usize>| {
        let insert = if range.is_empty() { "pub(crate) " } else { "pub(crate)" };
        Edit { range, insert: insert.to_owned(), what: None }
    };
    places.into_iter().filter(|range| &item.text()[range.clone()] != "pub").map(edit).collect()
}

/// Files that a cell reads while it is compiled are meant from the notebook's folder, not from where the crate lies.
pub(super) fn included(tree: &ra_ap_syntax::SyntaxNode) -> Vec<Edit> {
    let path = |(name, text): (String, Option<ast::String>)| {
        let text = text.filter(|_| name.starts_with("include"))?;
        let (written, range) = (text.value().ok()?.into_owned(), text.syntax().text_range());
        let whole = std::env::current_dir().ok()?.join(&written);
        let range = range.start().into()..range.end().into();
        (!written.starts_with('/')).then(|| Edit {
            range,
            insert: format!("{:?}", whole.to_string_lossy()),
            what: None,
        })
    };
    calls_that_read(tree).into_iter().filter_map(path).collect()
}

/// What a notebook forbids in an inner attribute it is warned of: items of earlier cells, and what is written around a cell,
/// break such rules in each cell. What rustc itself denies stays an error.
pub(super) fn only_warned_of(attribute: &str) -> Vec<Edit> {
    let parsed = ast::SourceFile::parse(attribute, Edition::Edition2024).tree();
    let tokens = parsed.syntax().descendants_with_tokens().filter_map(|element| element.into_token());
    let levels = tokens.filter(|token| {
        let is_list = || {
            token.text_range().end() < parsed.syntax().text_range().end() && {
                let behind = &attribute[usize::from(token.text_range().end())..];
                behind.trim_start().starts_with('(')
            }
        };
        matches!(token.text(), "deny" | "forbid") && is_list()
    });
    levels
        .map(|token| Edit {
            range: token.text_range().start().into()..token.text_range().end().into(),
            insert: "warn".to_owned(),
            what: None,
        })
        .collect()
}
