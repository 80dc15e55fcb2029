use super::super::ParsedCell;
use super::*;
use crate::cell::{as_macro_call, makes_items};

fn item(code: &str) -> Item {
    let source = Arc::new(Source { count: 1, code: code.into(), id: None });
    let cell = ParsedCell::new(Arc::clone(&source), |_| false);
    let piece = cell.pieces().remove(0);
    Item::new(&source, piece.range, &piece.node)
}

#[test]
fn an_item_knows_what_it_defines() {
    use Namespace::{Macro, Type, Value};
    for (code, defines) in [
        ("/// Doc\npub fn area() {}", vec![("area", Value)]),
        ("struct A { x: i32 }", vec![("A", Type)]),
        ("struct A(i32);", vec![("A", Type), ("A", Value)]),
        ("macro_rules! m { () => {} }", vec![("m", Macro)]),
        ("const _: () = ();", vec![]),
        ("impl A {}", vec![]),
        ("static r#type: i32 = 1;", vec![("type", Value)]),
    ] {
        let found = item(code).defines;
        let found: Vec<(&str, Namespace)> = found.iter().map(|(name, of)| (name.as_str(), *of)).collect();
        assert_eq!(found, defines, "{code}");
    }
}

#[test]
fn a_use_is_taken_apart() {
    let ItemKind::Use(found) = item("use std::{fmt::{self, Write as _}, io::Read, cmp::*, mem as memory};").kind else {
        panic!("not a use")
    };
    let texts: Vec<(Option<&str>, String)> = found
        .iter()
        .map(|import| {
            let path: Vec<&str> = import.path.iter().map(|(segment, _)| segment.as_str()).collect();
            (import.name.as_deref(), path.join("::"))
        })
        .collect();
    let wanted = [
        (Some("fmt"), "std::fmt"),
        (None, "std::fmt::Write"),
        (Some("Read"), "std::io::Read"),
        (None, "std::cmp"),
        (Some("memory"), "std::mem"),
    ];
    assert_eq!(texts, wanted.map(|(name, path)| (name, path.to_owned())));
}

#[test]
fn an_impl_is_known_by_its_head() {
    let of = |code: &str| match item(code).kind {
        ItemKind::Impl(block) => block,
        other => panic!("{other:?}"),
    };
    assert_eq!(of("impl<T> A<T> { fn f() {} const N: i32 = 1; }").header, of("impl < T >  A<T> { fn g() {} }").header);
    let block = of("impl fmt::Display for Station<'_> { fn fmt() {} }");
    assert_eq!((block.names, block.of_trait), (vec!["Display".to_owned(), "Station".to_owned()], true));
    assert_eq!(of("impl A { fn f() {} const N: i32 = 1; }").members.len(), 2);
}

#[test]
fn a_macro_that_makes_items_is_told_from_one_that_makes_statements() {
    let of = |body: &str| {
        let tree = item(&format!("macro_rules! m {{ ($n:ident) => {{ {body} }} }}")).tree();
        ast::MacroRules::cast(tree).is_some_and(|definition| makes_items(&definition))
    };
    for body in ["#[derive(Debug)] struct $n;", "fn $n() -> i32 { 3 }", "$(pub struct $n;)*", "impl T for $n {}"] {
        assert!(of(body), "{body}");
    }
    for body in ["$n * $n", "let $n = 1;", "{ struct A; A }", "println!()", "let f = 1; fn g() {}"] {
        assert!(!of(body), "{body}");
    }
}

#[test]
fn the_statics_of_thread_local_are_found() {
    let code = "thread_local! {\n  /// Doc\n  static A: Cell<i32> = const { Cell::new(0) };\n pub static B: u8 = 1 }";
    let source = Arc::new(Source { count: 1, code: code.into(), id: None });
    let cell = ParsedCell::new(Arc::clone(&source), |_| false);
    let piece = cell.pieces().remove(0);
    let call = as_macro_call(&piece.node).unwrap();
    let found = Item::new(&source, cell.place(call.syntax().text_range()), call.syntax());
    let ItemKind::ThreadLocal(statics) = &found.kind else { panic!("{found:?}") };
    let parts: Vec<(&str, &str)> =
        statics.iter().map(|one| (&found.text()[one.kind.clone()], &found.text()[one.value.clone()])).collect();
    assert_eq!(parts, [("Cell<i32>", "const { Cell::new(0) }"), ("u8", "1")]);
}

#[test]
fn a_visibility_is_found_or_has_a_place() {
    for (code, place) in
        [("#[derive(Debug)]\nstruct A;", 17..17), ("pub(crate) fn f() {}", 0..10), ("/// Doc\nenum E {}", 8..8)]
    {
        assert_eq!(visibility_place(&item(code).tree()), Some(place), "{code}");
    }
}
