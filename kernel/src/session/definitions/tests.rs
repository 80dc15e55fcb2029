use super::super::items_of;
use super::*;

fn definitions(code: &str) -> Definitions {
    definitions_after(&Associated::new(), code)
}

fn definitions_after(first: &Associated, code: &str) -> Definitions {
    Definitions::of(items_of(1, code).iter().map(AsRef::as_ref), &BTreeMap::new(), first)
}

fn changed(before: &str, after: &str, kind: &str) -> Vec<String> {
    let before = definitions(before);
    definitions_after(before.associated(), after).changed_since(&before, kind)
}

const STATION: &str = "struct Station { name: String, height: f64 }";

#[test]
fn what_does_not_use_the_type_is_kept() {
    let anew = "struct Station { height: f64, name: String }";
    assert_eq!(changed(STATION, anew, "Vec<crate::Station>"), ["Station"]);
    assert!(changed(STATION, anew, "Vec<String>").is_empty());
    // What is behind `dyn` keeps its own code.
    assert!(changed(STATION, anew, "Box<dyn std::error::Error>").is_empty());
}

#[test]
fn the_same_definition_again_changes_nothing() {
    let again =
        "/// A place.\n#[derive(Debug, Clone)]\nstruct Station {\n    name: String, // its name\n    height: f64 }";
    assert!(changed(STATION, again, "Vec<crate::Station>").is_empty());
    let with_method = format!("{STATION}\nimpl Station {{ fn feet(&self) -> f64 {{ self.height / 0.3048 }} }}");
    assert!(changed(STATION, &with_method, "crate::Station").is_empty());
}

#[test]
fn what_a_type_is_made_of_counts() {
    let made =
        |inner: &str| format!("struct Inner {{ {inner} }}\nstruct Outer {{ inner: Inner }}\ntype All = Vec<Outer>;");
    assert_eq!(changed(&made("a: u32"), &made("a: f32"), "Vec<crate::Outer>"), ["Inner"]);
    let sized = |n: u32| format!("const N: usize = {n};\nstruct Row([f64; N]);");
    assert_eq!(changed(&sized(2), &sized(3), "crate::Row"), ["N"]);
    let of_trait = |kind: &str| {
        format!("trait T {{ type Out; }}\nstruct A;\nimpl T for A {{ type Out = {kind}; }}\nstruct B(<A as T>::Out);")
    };
    assert_eq!(changed(&of_trait("u32"), &of_trait("f32"), "crate::B"), ["A"]);
    let for_all = |kind: &str| {
        format!("trait T {{ type Out; }}\nimpl<X> T for X {{ type Out = {kind}; }}\nstruct B(<u8 as T>::Out);")
    };
    assert_eq!(changed(&for_all("u32"), &for_all("f32"), "crate::B"), ["T"]);
}

#[test]
fn what_is_implemented_for_the_first_time_changes_nothing() {
    for block in [
        "impl Iterator for Station { type Item = u8; fn next(&mut self) -> Option<u8> { None } }",
        "impl Station { const MAX: i32 = 50; const fn max() -> i32 { 50 } }",
        "trait Model { type Out; const N: i32; }\nimpl Model for Station { type Out = f64; const N: i32 = 1; }",
    ] {
        let with = format!("{STATION}\n{block}");
        assert!(changed(STATION, &with, "Vec<crate::Station>").is_empty(), "{block}");
        assert_eq!(definitions(STATION).digest("Station"), definitions(&with).digest("Station"), "{block}");
        let other = with.replace("u8;", "u16;").replace("50 }", "51 }").replace("N: i32 = 1", "N: i32 = 2");
        assert_eq!(changed(&with, &other, "Vec<crate::Station>"), ["Station"], "{block}");
    }
}

#[test]
fn an_import_of_what_the_notebook_has_changes_nothing() {
    let bank = "mod bank { pub struct Account { pub n: i32 } pub fn h() -> i32 { 1 } }";
    for import in ["use bank::h;", "use bank::Account;", "use crate::bank::Account;", "use bank::{self, h};"] {
        assert!(changed(bank, &format!("{bank}\n{import}"), "crate::bank::Account").is_empty(), "{import}");
    }
    let command = "enum Command { Go(i32), Halt }";
    let imported = format!("{command}\nuse Command::{{Go, Halt}};");
    assert!(changed(command, &imported, "Vec<crate::Command>").is_empty());
    let full = "struct S { m: std::collections::HashMap<i32, i32>, height: f64 }";
    let imported = format!("{full}\nuse std::collections::HashMap;\nuse other::height;");
    assert!(changed(full, &imported, "crate::S").is_empty());
    let open = |import: &str| format!("use {import}::F;\nmod m {{ use super::*; pub struct S(F); }}");
    assert_eq!(changed(&open("a"), &open("b"), "crate::m::S"), ["F"]);
}

#[test]
fn two_that_are_made_of_each_other_are_told_apart() {
    let both = definitions("struct A(Vec<B>); struct B(Vec<A>);");
    assert_ne!(both.digest("A"), both.digest("B"));
}

#[test]
fn a_trait_object_depends_on_the_trait_and_not_on_its_bodies() {
    let shape = |body: &str| format!("trait Shape {{ fn area(&self) -> f64 {{ {body} }} }}");
    assert!(changed(&shape("1.0"), &shape("2.0"), "Box<dyn crate::Shape>").is_empty());
    let grown = "trait Shape { fn name(&self) -> String; fn area(&self) -> f64 { 1.0 } }";
    assert_eq!(changed(&shape("1.0"), grown, "Box<dyn crate::Shape>"), ["Shape"]);
}

#[test]
fn imports_and_macros_count_where_a_definition_uses_them() {
    let with = |import: &str| format!("{import}\nstruct S {{ f: Field }}");
    assert_eq!(changed(&with("use a::Field;"), &with("use b::Field;"), "crate::S"), ["Field"]);
    assert!(
        changed(STATION, &format!("use other::*;\nmacro_rules! m {{ () => {{}} }}\n{STATION}"), "crate::Station")
            .is_empty()
    );
    let import = "use std::collections::HashMap;";
    assert!(changed("", import, "std::collections::HashMap<i32, i32>").is_empty());
}

#[test]
fn what_constants_are_worked_out_from_counts() {
    let sized = |n: u32| format!("static N: usize = {n};\nconst M: usize = N;\nstruct Row([f64; M]);");
    assert_eq!(changed(&sized(2), &sized(3), "crate::Row"), ["N"]);
    let by_function =
        |n: u32| format!("struct S;\nimpl S {{ const fn len() -> usize {{ {n} }} }}\nstruct Row([f64; S::len()]);");
    assert_eq!(changed(&by_function(2), &by_function(3), "crate::Row"), ["S"]);
    let made = |kind: &str| format!("macro_rules! mk {{ ($n:ident) => {{ struct $n({kind}); }} }}\nmk!(P);");
    assert!(!changed(&made("u64"), &made("f64"), "crate::P").is_empty());
    let called = format!("{STATION}\nmacro_rules! newtype {{ ($n:ident, $t:ty) => {{ struct $n($t); }} }}");
    let made = format!("{called}\nnewtype!(Height, f64);\nnewtype!(Own, Station);");
    assert!(changed(&called, &made, "(crate::Station, f64)").is_empty());
}

#[test]
fn a_crate_on_this_disk_that_was_built_again_counts() {
    let with = |stamp: &str| {
        let crates = BTreeMap::from([("heat".to_owned(), stamp.to_owned())]);
        Definitions::of(items_of(1, "use heat::Grid;").iter().map(AsRef::as_ref), &crates, &Associated::new())
    };
    assert_eq!(with("2").changed_since(&with("1"), "Vec<heat::Grid>"), ["heat"]);
    assert!(with("2").changed_since(&with("1"), "Vec<f64>").is_empty());
}

#[test]
fn a_digest_tells_definitions_apart() {
    let of = |code: &str| definitions(code).digest("S");
    assert_eq!(of("struct S(i32);"), of("#[derive(Debug)] struct S(  i32 );"));
    assert_ne!(of("struct S(i32);"), of("struct S(u32);"));
    assert_ne!(of("struct S(T); struct T;"), of("struct S(T); struct T(u8);"));
}

#[test]
fn modules_with_the_same_names_in_them_are_told_apart() {
    let bank = "mod bank { pub struct Account { b: i32 } pub mod deep { pub const K: i64 = 5; } }";
    let other = "mod other { pub struct Account { c: u8 } pub mod deep { pub const K: i64 = 7; } }";
    let both = format!("{bank}\n{other}");
    assert!(changed(bank, &both, "crate::bank::Account").is_empty());
    let edited = both.replace("b: i32", "b: u8");
    assert!(changed(&both, &edited, "crate::bank::Account").contains(&"bank".to_owned()));
    assert!(changed(&both, &edited, "crate::other::Account").is_empty());
    // Brought in with a `*`, no name says from where.
    let with_glob = |module: &str| format!("use bank::*;\n{module}\nstruct Held {{ a: Account }}");
    assert!(!changed(&with_glob(bank), &with_glob(&bank.replace("b: i32", "b: u8")), "crate::Held").is_empty());
    let imported = |module: &str| format!("use bank::Account;\n{module}\nstruct Held {{ a: Account }}");
    assert!(!changed(&imported(bank), &imported(&bank.replace("b: i32", "b: u8")), "crate::Held").is_empty());
}
