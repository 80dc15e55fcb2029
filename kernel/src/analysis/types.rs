//! The type of a variable, written so that it means the same in every later cell.
//!
//! rust-analyzer writes a type as the place where it stands would: by what is imported there. A later cell may import
//! something else under that name. So each name is replaced by its path: `crate::Station` for the notebook's own,
//! `std::collections::HashMap` for a crate's.

use isopleth_bus::analysis::TypeOf;
use ra_ap_hir::{Adt, FindPathConfig, HirDisplay, ItemInNs, Module, ModuleDef, PrefixKind, Type};
use ra_ap_ide_db::RootDatabase;
use ra_ap_syntax::{AstNode, Edition, SourceFile, SyntaxKind, T, ast};
use std::collections::HashMap;

const PATHS: FindPathConfig =
    FindPathConfig { prefer_no_std: false, prefer_prelude: false, prefer_absolute: false, allow_unstable: true };

/// The name of `kind`, or what keeps it from having one. `written` is the type as the cell has it.
pub fn name_of(db: &RootDatabase, kind: &Type<'_>, module: Module, written: Option<&ast::Type>) -> TypeOf {
    let mut is_closure = kind.is_closure();
    let mut paths: HashMap<String, Option<String>> = HashMap::new();
    kind.walk(db, |part| {
        is_closure |= part.is_closure();
        let found = match (part.as_adt(), part.as_dyn_trait()) {
            (Some(adt), _) => Some((adt.name(db), ModuleDef::Adt(adt), adt_module(db, adt))),
            (None, Some(of)) => Some((of.name(db), ModuleDef::Trait(of), of.module(db))),
            _ => None,
        };
        if let Some((name, definition, home)) = found {
            let name = name.display(db, Edition::Edition2024).to_string();
            let path = path_of(db, definition, home, module);
            // What the cell calls it may be another name.
            let seen = module.find_path(db, ItemInNs::from(definition), PATHS);
            let seen =
                seen.and_then(|seen| Some(seen.segments().last()?.display(db, Edition::Edition2024).to_string()));
            if let Some(seen) = seen.filter(|seen| *seen != name) {
                paths.entry(seen).or_insert_with(|| path.clone());
            }
            // Two types of one name: neither is replaced.
            paths
                .entry(name)
                .and_modify(|known| {
                    if *known != path {
                        *known = None;
                    }
                })
                .or_insert(path);
        }
    });
    if is_closure {
        return TypeOf::Closure;
    }
    let shown = kind.display_source_code(db, module.into(), true).ok().filter(|text| is_type(text));
    // What is kept borrows nothing: no lifetime has to be said.
    let named = shown
        .map(|text| with_paths(&text.replace(" + 'static", ""), &paths))
        .filter(|text| !is_ambiguous(text, &paths));
    // An array's length may be known only as the cell has written it.
    let as_written = || {
        let text = written.map(|written| with_paths(&written.syntax().text().to_string(), &paths))?;
        (is_type(&text) && means_the_same_everywhere(&text)).then_some(text)
    };
    named.or_else(as_written).map_or(TypeOf::Unknown, TypeOf::Named)
}

/// Whether `text` names one of two types that have the same name.
fn is_ambiguous(text: &str, paths: &HashMap<String, Option<String>>) -> bool {
    let parsed = SourceFile::parse(&format!("type T = {text};"), Edition::Edition2024).tree();
    let alone = parsed.syntax().descendants().filter_map(ast::Path::cast).filter_map(|path| {
        let name = path.as_single_name_ref()?.text().to_string();
        (!ALWAYS_THERE.contains(&name.as_str())).then_some(name)
    });
    alone.into_iter().any(|name| paths.get(&name).is_some_and(Option::is_none))
}

/// Whether a type as it is written needs nothing that a cell could define or import.
fn means_the_same_everywhere(text: &str) -> bool {
    let parsed = SourceFile::parse(&format!("type T = {text};"), Edition::Edition2024).tree();
    let paths = parsed.syntax().descendants().filter_map(ast::Path::cast);
    paths.filter(|path| path.qualifier().is_none()).all(|path| {
        let alone = path.syntax().parent().is_none_or(|parent| !ast::Path::can_cast(parent.kind()));
        let name = path.segment().and_then(|segment| segment.name_ref()).map(|name| name.text().to_string());
        !alone || name.is_none_or(|name| ALWAYS_THERE.contains(&name.as_str()))
    })
}

/// What every crate can name: primitive types and the types and traits of the standard prelude.
const ALWAYS_THERE: [&str; 31] = [
    "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32", "f64", "bool",
    "char", "str", "Vec", "String", "Option", "Result", "Box", "Fn", "FnMut", "FnOnce", "Send", "Sync", "Iterator",
    "Copy", "Clone", "Sized",
];

fn adt_module(db: &RootDatabase, adt: Adt) -> Module {
    match adt {
        Adt::Struct(it) => it.module(db),
        Adt::Enum(it) => it.module(db),
        Adt::Union(it) => it.module(db),
    }
}

/// How generated code at the top of a cell's crate names `definition`.
fn path_of(db: &RootDatabase, definition: ModuleDef, home: Module, from: Module) -> Option<String> {
    if home.krate(db) == from.krate(db) {
        let name = definition.name(db)?;
        let mut names: Vec<String> = home
            .path_to_root(db)
            .into_iter()
            .filter_map(|module| module.name(db))
            .map(|name| name.display(db, Edition::Edition2024).to_string())
            // Where a type lies that was defined otherwise before: it is imported from there.
            .filter(|module| !is_version(module))
            .collect();
        names.reverse();
        names.push(name.display(db, Edition::Edition2024).to_string());
        return Some(format!("crate::{}", names.join("::")));
    }
    // As another crate sees it: what this one imports must not matter.
    let outside = home.krate(db).root_module(db);
    let item = ItemInNs::from(definition);
    let inside = outside.find_path(db, item, PATHS)?.display(db, Edition::Edition2024).to_string();
    let crate_name = home.krate(db).display_name(db)?.to_string();
    let seen = from.find_use_path(db, item, PrefixKind::ByCrate, PATHS);
    let seen = seen.map(|path| path.display(db, Edition::Edition2024).to_string());
    let own = seen.filter(|path| !path.starts_with("crate") && path.contains("::"));
    own.or_else(|| Some(format!("{}::{}", crate_name.replace('-', "_"), inside.strip_prefix("crate::")?)))
}

/// `v0123456789abcdef`: see `session`.
fn is_version(module: &str) -> bool {
    module.len() == 17 && module.starts_with('v') && module[1..].chars().all(|c| c.is_ascii_hexdigit())
}

/// Whether `text` is a type that can be written: rust-analyzer writes `_` and `{unknown}` for what it does not know.
fn is_type(text: &str) -> bool {
    let parsed = SourceFile::parse(&format!("type T = {text};"), Edition::Edition2024);
    let is_gap = |kind: SyntaxKind| matches!(kind, SyntaxKind::ERROR | SyntaxKind::IMPL_TRAIT_TYPE | T![_]);
    let is_known = !text.contains("{unknown}") && parsed.errors().is_empty();
    is_known && !parsed.syntax_node().descendants_with_tokens().any(|part| is_gap(part.kind()))
}

/// `text` with each name of `paths` written in full.
fn with_paths(text: &str, paths: &HashMap<String, Option<String>>) -> String {
    let before = "type T = ";
    let parsed = SourceFile::parse(&format!("{before}{text};"), Edition::Edition2024).tree();
    let mut edits: Vec<(usize, usize, String)> = Vec::new();
    for path in parsed.syntax().descendants().filter_map(ast::Path::cast) {
        // The whole path, not the part of it that qualifies the rest.
        if path.syntax().parent().is_some_and(|parent| ast::Path::can_cast(parent.kind())) {
            continue;
        }
        let Some(name) = path.segment().and_then(|segment| segment.name_ref()) else { continue };
        if let Some(Some(whole)) = paths.get(name.text()) {
            let start = usize::from(path.syntax().text_range().start()) - before.len();
            let end = usize::from(name.syntax().text_range().end()) - before.len();
            edits.push((start, end, whole.clone()));
        }
    }
    let mut out = text.to_owned();
    edits.sort();
    for (start, end, whole) in edits.into_iter().rev() {
        out.replace_range(start..end, &whole);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_in_full() {
        let paths = HashMap::from([
            ("Vec".to_owned(), Some("std::vec::Vec".to_owned())),
            ("S".to_owned(), Some("crate::m::S".to_owned())),
            ("Any".to_owned(), Some("std::any::Any".to_owned())),
            ("Error".to_owned(), None),
        ]);
        let full = |text: &str| with_paths(text, &paths);
        assert_eq!(full("Vec<m::S>"), "std::vec::Vec<crate::m::S>");
        assert_eq!(full("Result<S, Box<dyn Any + Send>>"), "Result<crate::m::S, Box<dyn std::any::Any + Send>>");
        assert_eq!(full("Result<(), std::io::Error>"), "Result<(), std::io::Error>");
    }

    #[test]
    fn a_type_as_written_must_mean_the_same_everywhere() {
        assert!(
            means_the_same_everywhere("[Vec<std::rc::Rc<f64>>; 3]") && !means_the_same_everywhere("&'static Alias")
        );
    }

    #[test]
    fn what_is_not_known_is_no_type() {
        for text in ["Vec<_>", "[i32; _]", "{unknown}", "impl Fn(i32)", "Vec<{unknown}>"] {
            assert!(!is_type(text), "{text}");
        }
        assert!(is_type("[i32; 3]") && is_type("&'static str") && is_type("fn(i32) -> i32"));
        assert!(is_version("v0123456789abcdef") && !is_version("values"));
    }
}
