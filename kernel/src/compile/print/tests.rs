use super::edits::with_static_lifetimes;
use super::*;
use crate::session::Outcome;

/// The crate of the last of `cells`; earlier ones have run, and what they bind is of the type `i32`.
fn printed(cells: &[&str], variant: &Variant) -> Printed {
    let mut session = Session::default();
    for (at, code) in cells.iter().enumerate() {
        let source = Arc::new(Source { count: at + 1, code: (*code).to_owned(), id: None });
        let cell = ParsedCell::new(source, |name| session.has_variable(name));
        let candidate = session.candidate(cell).unwrap();
        if at + 1 == cells.len() {
            return to_compile(&candidate, variant);
        }
        session.compiled(&candidate, at + 1);
        let mut outcome = Outcome { stored: session.variables().keys().cloned().collect(), ..Outcome::default() };
        for binding in &candidate.names.bindings {
            outcome.stored.insert(binding.name.clone());
            outcome.types.insert(binding.name.clone(), "i32".into());
        }
        session.loaded(candidate.defined_statics());
        session.ended(&candidate, &outcome, at + 1);
    }
    unreachable!("no cells")
}

fn plain() -> Variant {
    Variant { unguarded: true, ..Variant::default() }
}

fn text(cells: &[&str]) -> String {
    printed(cells, &plain()).text
}

#[test]
fn a_cell_takes_what_it_uses_and_stores_what_it_makes() {
    let text = text(&["let a = 1; let b = 2;", "let c = a + 1;\nc"]);
    assert!(text.contains("take_variable::<i32>(__isopleth_store, \"a\")") && !text.contains("\"b\""), "{text}");
    assert!(text.contains("put_variable(__isopleth_store, \"c\", c);") && text.contains("(c\n).evcxr_display();"));
    let anew = printed(&["let a = 1;", "let a = a + 1;"], &plain()).text;
    assert!(anew.contains("if ::isopleth::runtime::has_failed() {"), "{anew}");
    assert!(printed(&["let r#type = 1;", "r#type + 1"], &plain()).text.contains("let r#type = "));
}

#[test]
fn every_word_of_a_cell_is_found_again() {
    let code = "use std::fmt;\nfn f() -> i32 { 1 }\nlet a = f();\na + 1";
    let printed = printed(&[code], &plain());
    let source = Source { count: 1, code: code.into(), id: None };
    for word in ["fmt", "fn f()", "let a", "a + 1"] {
        let at = code.find(word).unwrap();
        let there = printed.map.printed(&source, at).unwrap_or_else(|| panic!("{word}: {}", printed.text));
        assert!(printed.text[there..].starts_with(word), "{word}");
        assert_eq!(printed.map.place(there..there + word.len()).unwrap().range, at..at + word.len());
    }
}

#[test]
fn macros_come_first_and_the_newest_definition_holds() {
    let text = text(&[
        "fn g() -> i32 { sq!(2) }",
        "macro_rules! sq { ($x:expr) => { $x * $x } }",
        "fn g() -> i32 { sq!(3) }",
        "g()",
    ]);
    assert!(text.find("macro_rules! sq") < text.find("sq!(3)") && !text.contains("sq!(2)"), "{text}");
    let text = self::text(&[
        "struct S;\nimpl S { fn f() -> i32 { 1 } fn g() {} }",
        "impl S { fn f() -> i32 { 2 } }",
        "S::f()",
    ]);
    assert!(!text.contains("{ 1 }") && text.contains("fn g() {}") && text.contains("{ 2 }"), "{text}");
}

#[test]
fn a_type_that_is_defined_anew_stands_in_a_module_and_is_used_as_before() {
    let text = text(&[
        "struct S { a: i32, pub b: i32 }",
        "#[derive(Debug)]\nstruct S { a: u8, pub b: i32 }",
        "S { a: 1, b: 2 }",
    ]);
    assert!(text.contains("pub(crate) struct S { pub(crate) a: u8, pub b: i32 }"), "{text}");
    assert!(text.contains("use super::*;") && text.contains("::S;"), "{text}");
}

#[test]
fn an_import_that_gave_way_lies_below() {
    let text = text(&["use std::env;", "fn env() {}", "env(); env::args()"]);
    assert!(text.contains("pub(crate) use std::env;") && text.contains("use __isopleth_below_1::*;"), "{text}");
    let text = self::text(&["mod m { pub fn f() {} }", "use m::f;", "f()"]);
    assert!(text.contains("use crate::m::f;"), "{text}");
}

#[test]
fn a_static_is_exported_once_and_declared_afterwards() {
    let cells = ["static A: AtomicU32 = AtomicU32::new(0);", "A.load()"];
    let first = printed(&cells[..1], &plain()).text;
    assert!(first.contains("#[unsafe(export_name = \"isopleth_static_"), "{first}");
    let second = printed(&cells, &plain()).text;
    assert!(second.contains("safe static A: AtomicU32; }") && !second.contains("AtomicU32::new"), "{second}");
    assert_eq!(with_static_lifetimes("&[&str; 2]"), "&'static [&'static str; 2]");
    assert_eq!(with_static_lifetimes("Mutex<fn(&str) -> usize>"), "Mutex<fn(&str) -> usize>");
}

#[test]
fn a_crate_has_the_same_lines_whatever_is_left_out() {
    let cells = [
        "struct S;\nimpl S { fn f() {\n1;\n} fn g() {} }",
        "impl S { fn f() {} }",
        "let v = vec![1];\nfor x in v {\n f(x);\n}\nlet w = 1;\nw",
    ];
    let all = printed(&cells, &Variant::default()).text;
    let less = Variant { not_put: BTreeSet::from(["v".into()]), any_error: true, ..plain() };
    assert_eq!(all.lines().count(), printed(&cells, &less).text.lines().count());
}

#[test]
fn a_type_means_the_same_whatever_a_cell_calls_so() {
    for (kind, whole) in [
        ("Vec<String>", "::std::prelude::v1::Vec<::std::prelude::v1::String>"),
        ("std::collections::HashMap<i32, crate::S>", "::std::collections::HashMap<i32, crate::S>"),
        ("&str", "&str"),
        ("Box<dyn Fn(f64) -> f64>", "::std::prelude::v1::Box<dyn ::std::prelude::v1::Fn(f64) -> f64>"),
        ("[(f64, bool); 3]", "[(f64, bool); 3]"),
    ] {
        assert_eq!(absolute(kind), whole);
    }
}

#[test]
fn what_a_notebook_forbids_it_is_warned_of() {
    let text = text(&["#![deny(warnings)]\n#![cfg_attr(all(), forbid(unsafe_code))]\n#![allow(deny)]", "1"]);
    assert!(text.contains("#![warn(warnings)]") && text.contains("#![cfg_attr(all(), warn(unsafe_code))]"), "{text}");
    assert!(text.contains("#![allow(deny)]"), "{text}");
}

#[test]
fn what_is_not_rust_is_copied_whole() {
    let text = text(&["let a = 1\nlet b = ;\n// why\n"]);
    assert!(text.contains("let a = 1\nlet b = ;\n// why\n"), "{text}");
}
