//! An item of a cell (`fn`, `struct`, `use`, …) as it is placed in a program: what it defines, and what it is about.

use crate::cell::{self, item::ItemKind};
use ra_ap_syntax::{AstNode, ast};

/// An item with the comments above it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub text: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Defines one name.
    Named(String),
    /// Names that it brings in, each with its path; `*` and `_` have no name.
    Use(Vec<(Option<String>, String)>),
    /// The names in the head of an `impl`: the type that it is for, and the trait.
    Impl {
        type_: Vec<String>,
        trait_: Vec<String>,
    },
    /// An `extern crate`, with the crate's own name.
    ExternCrate(String),
    Other,
}

impl Item {
    /// Reads `item` of a cell.
    pub fn of(item: &ast::Item) -> Self {
        let text = item.syntax().text().to_string();
        let kind = match (item, cell::item::kind_of(item)) {
            (_, ItemKind::Use(imports)) => {
                Kind::Use(imports.iter().map(|import| (import.name.clone(), import.written())).collect())
            }
            (_, ItemKind::ExternCrate(name)) => Kind::ExternCrate(name),
            (ast::Item::Impl(it), _) => {
                let words = |part: Option<ast::Type>| {
                    let text = part.map(|part| part.syntax().text().to_string()).unwrap_or_default();
                    super::text::names(&text).into_iter().map(str::to_owned).collect()
                };
                Kind::Impl { type_: words(it.self_ty()), trait_: words(it.trait_()) }
            }
            _ => cell::item::defined(item).into_iter().next().map_or(Kind::Other, |(name, _)| Kind::Named(name)),
        };
        Self { text, kind }
    }

    /// Whether it only brings in what others define.
    pub fn is_import(&self) -> bool {
        matches!(self.kind, Kind::Use(_) | Kind::ExternCrate(_))
    }

    /// The names that it defines.
    pub fn names(&self) -> Vec<&str> {
        match &self.kind {
            Kind::Named(name) => vec![name],
            Kind::Use(names) => names.iter().filter_map(|(name, _)| name.as_deref()).collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn item(code: &str) -> Item {
        let parts = super::super::cell::parts(code, &[], &HashSet::new()).unwrap();
        parts.items.into_iter().next().unwrap()
    }

    #[test]
    fn an_item_knows_the_names_it_defines() {
        assert_eq!(item("/// Doc\npub fn area() {}").names(), ["area"]);
        assert_eq!(item("macro_rules! m { () => {} }").names(), ["m"]);
        assert!(item("impl A { fn f() {} }").names().is_empty());
    }

    #[test]
    fn a_use_is_taken_apart() {
        let found = item("use std::{fmt::{self, Write as _}, io::Read, cmp::*, mem as memory};");
        let wanted = [
            (Some("fmt"), "std::fmt"),
            (None, "std::fmt::Write as _"),
            (Some("Read"), "std::io::Read"),
            (None, "std::cmp::*"),
            (Some("memory"), "std::mem as memory"),
        ];
        let wanted = wanted.map(|(name, path)| (name.map(str::to_owned), path.to_owned()));
        assert_eq!(found.kind, Kind::Use(wanted.to_vec()));
    }

    #[test]
    fn an_impl_knows_what_it_is_for() {
        let Kind::Impl { type_, trait_ } = item("impl Display for Station<Year> {}").kind else { panic!() };
        assert!(type_.contains(&"Station".to_owned()) && trait_ == ["Display"]);
    }
}
