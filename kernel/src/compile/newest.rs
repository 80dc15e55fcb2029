//! A cell that is edited and run again replaces what it defined before, also where that has no name of its own.
//!
//! evcxr keeps every `impl` that it was ever given, so the second version of a method would meet the first one. Here
//! the older one goes. Only text is blanked out, and lines keep their numbers.

use ra_ap_syntax::{
    AstNode, Edition, SourceFile, SyntaxNode, TextRange,
    ast::{self, HasModuleItem, HasName},
};
use std::collections::HashSet;

/// `source` without the older of two trait implementations for one type, of two methods of one name, and of two foreign
/// functions of one name. Later text is newer.
pub fn newest(source: &str) -> String {
    let mut seen: HashSet<String> = HashSet::new();
    let mut older: Vec<TextRange> = Vec::new();
    let items: Vec<ast::Item> = SourceFile::parse(source, Edition::Edition2024).tree().items().collect();
    for item in items.iter().rev() {
        match item {
            ast::Item::Impl(block) => {
                let header = header_of(block);
                if block.trait_().is_some() {
                    if !seen.insert(header) {
                        older.push(block.syntax().text_range());
                    }
                    continue;
                }
                let members = block.assoc_item_list().into_iter().flat_map(|list| list.assoc_items());
                let members: Vec<_> = members.collect();
                for member in members.iter().rev() {
                    let name = match member {
                        ast::AssocItem::Fn(it) => it.name(),
                        ast::AssocItem::Const(it) => it.name(),
                        _ => None,
                    };
                    keep_first(&mut seen, &mut older, &header, name, member.syntax());
                }
            }
            ast::Item::ExternBlock(block) => {
                let members = block.extern_item_list().into_iter().flat_map(|list| list.extern_items());
                let members: Vec<_> = members.collect();
                for member in members.iter().rev() {
                    let name = match member {
                        ast::ExternItem::Fn(it) => it.name(),
                        ast::ExternItem::Static(it) => it.name(),
                        _ => None,
                    };
                    keep_first(&mut seen, &mut older, "extern", name, member.syntax());
                }
            }
            _ => {}
        }
    }
    let mut out = source.to_owned();
    for range in older {
        let blank = |text: &str| text.chars().map(|it| if it == '\n' { it } else { ' ' }).collect::<String>();
        let range = std::ops::Range::<usize>::from(range);
        // Blank text may be shorter than what it replaces, where that is not ASCII; so from the back.
        out.replace_range(range.clone(), &blank(&source[range]));
    }
    out
}

fn keep_first(
    seen: &mut HashSet<String>,
    older: &mut Vec<TextRange>,
    of: &str,
    name: Option<ast::Name>,
    member: &SyntaxNode,
) {
    let Some(name) = name else { return };
    // Two methods of one name in the same block are the user's own mistake, and rustc's to explain.
    let block = member.parent().map(|list| list.text_range()).unwrap_or(member.text_range());
    let here = format!("{of} {} {block:?}", name.text());
    let anywhere = format!("{of} {}", name.text());
    if !seen.contains(&here) && seen.contains(&anywhere) {
        older.push(member.text_range());
    } else {
        seen.insert(here);
        seen.insert(anywhere);
    }
}

/// `impl<T> Show for Grid<T>`, in one spelling.
fn header_of(block: &ast::Impl) -> String {
    let start = block.impl_token().map_or(block.syntax().text_range().start(), |token| token.text_range().start());
    let end =
        block.assoc_item_list().map_or(block.syntax().text_range().end(), |list| list.syntax().text_range().start());
    let words = block.syntax().descendants_with_tokens().filter_map(|element| element.into_token());
    let words = words.filter(|token| !token.kind().is_trivia());
    let words = words.filter(|token| token.text_range().start() >= start && token.text_range().end() <= end);
    words.map(|token| token.text().to_owned()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::newest;

    fn squeezed(source: &str) -> String {
        let out = newest(source);
        assert_eq!(out.lines().count(), source.lines().count(), "lines keep their numbers");
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_newest_version_of_a_method_is_left() {
        let source = "impl A {\n fn f() { 1 }\n fn g() {}\n}\nstruct A;\nimpl  A { fn f() { 2 } }";
        assert_eq!(squeezed(source), "impl A { fn g() {} } struct A; impl A { fn f() { 2 } }");
        assert_eq!(squeezed("impl<T> A<T> { fn f() {} } impl A<u8> { fn f() {} }").matches("fn f").count(), 2);
    }

    #[test]
    fn the_newest_implementation_of_a_trait_is_left() {
        let source = "impl Show for Ä { fn f() { \"ü\" } }\nimpl Show for Ä { fn f() { 2 } }\nimpl Show for B {}";
        assert_eq!(squeezed(source), "impl Show for Ä { fn f() { 2 } } impl Show for B {}");
    }

    #[test]
    fn a_foreign_function_is_declared_once() {
        let block = "unsafe extern \"C\" { fn pause() -> i32; }\n";
        assert_eq!(squeezed(&block.repeat(2)).matches("pause").count(), 1);
    }

    #[test]
    fn two_methods_of_one_name_in_one_block_are_the_users_mistake() {
        assert_eq!(squeezed("impl A { fn f() {} fn f() {} }").matches("fn f").count(), 2);
    }
}
