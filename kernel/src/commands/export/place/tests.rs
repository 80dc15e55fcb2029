//! Where items go, by behaviour.

use super::super::cell::{Parts, parts};
use super::*;

fn placed(sources: &[&str]) -> Result<Placement> {
    let taken: Vec<Parts> = sources.iter().map(|source| parts(source, &[], &HashSet::new()).unwrap()).collect();
    let cells: Vec<Cell<'_>> = taken
        .iter()
        .enumerate()
        .map(|(at, parts)| Cell { number: at + 1, items: &parts.items, body: &parts.body })
        .collect();
    place(&cells)
}

#[test]
fn items_stand_at_the_top_in_their_order_behind_the_imports() {
    let placed = placed(&["fn f() {}", "f();", "struct A;\nimpl A {}", "use std::fmt;\nA;"]).unwrap();
    assert_eq!(placed.top, ["use std::fmt;", "fn f() {}", "struct A;", "impl A {}"]);
    assert!(placed.cells.iter().all(|cell| *cell == InMain::default()));
}

#[test]
fn a_repetition_is_left_out() {
    let cells = ["use std::fmt::{self, Write};\nfn f() { 1 }\nimpl A {}", "fn f() {\n    1\n}\nimpl A { }"];
    assert_eq!(placed(&cells).unwrap().top.len(), 3);
    let placed = placed(&["use std::fmt::{self, Write};", "use std::fmt::Write;\nuse std::fmt::{self, Debug};"]);
    assert_eq!(placed.unwrap().top, ["use std::fmt::{self, Write};", "use std::fmt::Debug;"]);
}

#[test]
fn a_definition_that_nothing_used_gives_way() {
    let placed = placed(&["fn f() -> i32 { 1 }", "let a = 5;", "fn f() -> i32 { 2 }", "f()"]).unwrap();
    assert_eq!(placed.top, ["fn f() -> i32 { 2 }"]);
    assert!(placed.notes[0].contains("cell 3 defines `f` anew") && placed.notes[0].contains("cell 1"));
}

#[test]
fn a_definition_that_was_used_stays_and_a_block_begins_for_the_new_one() {
    let cells = [
        "fn f() -> i32 { 1 }\nfn g() -> i32 { f() }\nfn h() {}",
        "g()",
        "fn f() -> i32 { 2 }",
        "fn k() -> i32 { g() }\nfn l() {}",
        "k(); h()",
    ];
    let placed = placed(&cells).unwrap();
    assert_eq!(placed.top.len(), 4, "{:?}", placed.top);
    assert_eq!(placed.cells[2].anew, ["f"]);
    assert_eq!(placed.cells[2].items, ["fn g() -> i32 { f() }", "fn f() -> i32 { 2 }"]);
    assert_eq!(placed.cells[3].items, ["fn k() -> i32 { g() }"]);
}

#[test]
fn what_was_built_on_a_name_and_is_not_needed_any_more_is_not_repeated() {
    let cells = ["fn f() {}\nfn g() { f() }", "g();", "fn f() { 2; }", "f();"];
    assert_eq!(placed(&cells).unwrap().cells[2].items, ["fn f() { 2; }"]);
}

#[test]
fn a_type_that_is_defined_anew_takes_what_is_built_on_it_along() {
    let cells = [
        "struct P { x: i32 }\nimpl P { fn x(&self) -> i32 { self.x } }",
        "trait Named {}\nimpl Named for P {}\nstruct Q { p: P }",
        "P { x: 1 }.x()",
        "struct P { x: i32, y: i32 }\nimpl P { fn x(&self) -> i32 { self.x } }",
        "Q { p: P { x: 1, y: 2 } }.p.x()",
    ];
    let placed = placed(&cells).unwrap();
    let wanted = [
        "impl Named for P {}",
        "struct Q { p: P }",
        "struct P { x: i32, y: i32 }",
        "impl P { fn x(&self) -> i32 { self.x } }",
    ];
    assert_eq!(placed.cells[3].items, wanted);
}

#[test]
fn what_no_program_can_express_is_refused_with_the_cells_and_names() {
    let of_impl = ["fn f() {}", "struct A;\nimpl A { fn g() { f() } }", "A::g()", "fn f() { 2; }", "A::g()"];
    let error = placed(&of_impl).unwrap_err().to_string();
    assert!(error.contains("cell 4") && error.contains("cell 2") && error.contains("`A`"), "{error}");
    let of_static = ["const N: i32 = 1;", "static S: i32 = N;", "S", "const N: i32 = 2;", "S"];
    assert!(placed(&of_static).unwrap_err().to_string().contains("`S` of cell 2"));
    assert!(placed(&["fn main() {}"]).unwrap_err().to_string().contains("`main`"));
}

#[test]
fn a_name_may_change_more_than_once() {
    let cells = ["fn f() { 1; }", "f();", "fn f() { 2; }", "f();", "fn f() { 3; }", "f();"];
    let placed = placed(&cells).unwrap();
    assert_eq!((placed.top.len(), placed.cells[2].items.len(), placed.cells[4].items.len()), (1, 1, 1));
    let unused = ["fn f() { 1; }", "f();", "fn f() { 2; }", "fn f() { 3; }", "f();"];
    let placed = self::placed(&unused).unwrap();
    assert_eq!((placed.cells[2].items.len(), &placed.cells[3].items[..]), (0, &["fn f() { 3; }".to_owned()][..]));
}
