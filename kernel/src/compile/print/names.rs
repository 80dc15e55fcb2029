//! Names and types, written so that they mean the same wherever they stand.

use ra_ap_syntax::{AstNode, Edition, SyntaxKind, ast};
use std::collections::BTreeMap;

/// A name as an identifier: `r#type`.
pub fn raw(name: &str) -> String {
    let is_keyword = SyntaxKind::from_keyword(name, Edition::Edition2024).is_some();
    if is_keyword && !matches!(name, "self" | "Self" | "super" | "crate") {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// A type as the session keeps it, written so that nothing in a cell can give its names another meaning.
pub(super) fn absolute(kind: &str) -> String {
    let before = "type T = ";
    let parsed = ast::SourceFile::parse(&format!("{before}{kind};"), Edition::Edition2024).tree();
    let mut places: BTreeMap<usize, &str> = BTreeMap::new();
    for path in parsed.syntax().descendants().filter_map(ast::Path::cast) {
        if path.qualifier().is_some() || path.coloncolon_token().is_some() {
            continue;
        }
        let Some(name) = path.segment().and_then(|segment| segment.name_ref()) else { continue };
        let is_first_of_several = path.syntax().parent().is_some_and(|parent| ast::Path::can_cast(parent.kind()));
        let at = usize::from(path.syntax().text_range().start()) - before.len();
        let name = name.text().to_string();
        if matches!(name.as_str(), "crate" | "self" | "super" | "Self")
            || crate::session::is_primitive(&name) && !is_first_of_several
        {
            continue;
        }
        // A name alone is one of those that are always there.
        places.insert(at, if is_first_of_several { "::" } else { "::std::prelude::v1::" });
    }
    let mut out = kind.to_owned();
    for (place, insert) in places.into_iter().rev() {
        out.insert_str(place, insert);
    }
    out
}
