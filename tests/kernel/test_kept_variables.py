"""Which variables a later cell has: all that can be kept, and a note for each that cannot.

A variable goes only for a reason of its own: its type was defined anew, it was moved, or it borrows. The reason is said
when it happens, and again when a cell asks for the variable in vain.
"""

import time

import pytest


def said(cell) -> str:
    """The notes of the kernel; they are no errors, and never on stderr."""
    assert not cell.stderr and not cell.errors, cell.describe()
    return cell.notes


# Variables that must outlive items that have nothing to do with them


HELD = """
#[derive(Debug, Clone, PartialEq)] struct HeldOwn { a: i32 }
trait HeldShape { fn area(&self) -> i32; }
impl HeldShape for HeldOwn { fn area(&self) -> i32 { self.a } }
enum HeldTree { Leaf, Node(Box<HeldTree>) }
mod held_mod { pub struct Inner(pub i32); }
"""
VALUES = {
    "held_error": ('Box<dyn std::error::Error>', '"x".into()', "held_error.to_string()", '"x"'),
    "held_own": ("HeldOwn", "HeldOwn { a: 1 }", "held_own.a", "1"),
    "held_all": ("Vec<HeldOwn>", "vec![HeldOwn { a: 2 }; 2]", "held_all.len()", "2"),
    "held_map": ("HashMap<String, HeldOwn>", "HashMap::from([(String::from(\"k\"), HeldOwn { a: 3 })])", "held_map[\"k\"].a", "3"),
    "held_function": ("Option<Box<dyn Fn(i32) -> i32>>", "Some(Box::new(|x| x + 1))", "held_function.as_ref().unwrap()(3)", "4"),
    "held_shape": ("std::rc::Rc<dyn HeldShape>", "std::rc::Rc::new(HeldOwn { a: 5 })", "held_shape.area()", "5"),
    "held_any": ("Box<dyn std::any::Any + Send>", "Box::new(HeldOwn { a: 6 })", "held_any.is::<HeldOwn>()", "true"),
    "held_tree": ("HeldTree", "HeldTree::Node(Box::new(HeldTree::Leaf))", "matches!(held_tree, HeldTree::Node(_))", "true"),
    "held_inner": ("held_mod::Inner", "held_mod::Inner(7)", "held_inner.0", "7"),
    "held_pointer": ("fn(&HeldOwn) -> i32", "|own| own.a + 1", "held_pointer(&HeldOwn { a: 7 })", "8"),
}  # fmt: skip
UNRELATED = {
    "a struct": "struct HeldUnrelated { a: i32 }",
    "an enum and a trait": "enum HeldEnum { A }\ntrait HeldTrait {}\nimpl HeldTrait for HeldOwn {}",
    "an import of everything": "mod held_imported { pub fn f() {} pub struct S; }\nuse held_imported::*;",
    "an import of everything of the library": "use std::collections::*;\nuse std::fmt::Write as _;",
    "a macro": "macro_rules! held_macro { () => { 1 } }",
    "a method": "impl HeldOwn { fn method(&self) -> i32 { self.a } }",
    "the same definitions again": HELD + "// again\n",
    "another derive": HELD.replace("PartialEq)", "PartialEq, PartialOrd)"),
    "a type alias": "type HeldAlias = Vec<HeldOwn>;",
    "an impl of a library's trait": "impl From<HeldNew> for HeldOwn { fn from(_: HeldNew) -> Self { HeldOwn { a: 0 } } }\nstruct HeldNew;",
}


@pytest.fixture(scope="module")
def held(kernel):
    kernel.ok(HELD)
    kernel.ok("\n".join(f"let {name}: {of} = {value};" for name, (of, value, _, _) in VALUES.items()))
    return kernel


@pytest.mark.parametrize("kind", UNRELATED)
def test_every_variable_outlives(held, kind):
    cell = held.ok(UNRELATED[kind])
    assert "dropped" not in said(cell), cell.describe()
    uses = ", ".join(f"({use})" for _, _, use, _ in VALUES.values())
    assert held.ok(f"// {kind}\n({uses})").text == "(" + ", ".join(value for *_, value in VALUES.values()) + ")"


# What a definition makes go, and what stays beside it
ANEW = {
    "a field of a field": ("struct GoneA { a: u32 }\nstruct GoneB { inner: Vec<GoneA> }", "GoneB { inner: vec![GoneA { a: 1 }] }", "struct GoneA { a: f32 }", "GoneA"),
    "a variant of an enum": ("enum GoneC { One, Two(i32) }", "vec![GoneC::One, GoneC::Two(1)]", "enum GoneC { One, Two(i32), Three }", "GoneC"),
    "a type behind an alias": ("struct GoneD(i32);\ntype GoneAlias = Vec<GoneD>;", "{ let v: GoneAlias = vec![GoneD(1)]; v }", "struct GoneD(i64);", "GoneD"),
    "a parameter of a generic type": ("struct GoneE(i32);\nstruct GoneF<T>(T);", "GoneF(Some(GoneE(1)))", "struct GoneE(u8, u8);", "GoneE"),
    "a constant in a length": ("const GONE_N: usize = 3;\nstruct GoneG([i32; GONE_N]);", "GoneG([1; 3])", "const GONE_N: usize = 4;", "GON"),
    "a trait of an object": ("trait GoneH { fn f(&self) -> i32; }\nimpl GoneH for i32 { fn f(&self) -> i32 { 1 } }", "{ let b: Box<dyn GoneH> = Box::new(1); b }", "trait GoneH { fn g(&self) -> i32 { 2 } fn f(&self) -> i32; }", "GoneH"),
    "a type in a module": ("mod gone_m { pub struct In { pub a: i32 } }", "gone_m::In { a: 1 }", "mod gone_m { pub struct In { pub b: String } }", "In"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ANEW)
def test_only_values_of_what_is_defined_anew_go(kernel, kind):
    definition, value, anew, name = ANEW[kind]
    kernel.ok(definition)
    kernel.ok(f"let gone_value = {value};\nlet gone_kept = vec![1];\nlet gone_error: Box<dyn std::error::Error> = \"e\".into();")
    note = said(kernel.ok(anew))
    assert "`gone_value` was dropped" in note and name in note and "gone_kept" not in note and "gone_error" not in note, note
    assert kernel.ok("(gone_kept.len(), gone_error.to_string())").text == '(1, "e")'
    assert "dropped" in kernel.fail("gone_value;")["text"]


# What takes the ground from under no value: a definition, a value of it, the cell in question, and what the value is then
HARMLESS = {
    "an import of a function beside the type": ("mod stay_a { pub struct In(pub i32); pub fn h() -> i32 { 1 } }", "stay_a::In(2)", "use stay_a::h;\nh();", "stay_v.0 + h()", "3"),
    "an import of the type": ("mod stay_b { pub struct In2(pub i32); }", "stay_b::In2(2)", "use stay_b::In2;", "{ let In2(n) = stay_v; n }", "2"),
    "an import by way of the crate": ("mod stay_c { pub struct In3(pub i32); }", "stay_c::In3(2)", "use crate::stay_c::In3;", "stay_v.0 + In3(1).0", "3"),
    "an import of a trait": ("mod stay_d { pub trait Area { fn area(&self) -> i32; } pub struct Sq(pub i32); impl Area for Sq { fn area(&self) -> i32 { self.0 } } }", "stay_d::Sq(3)", "use stay_d::Area;", "stay_v.area()", "3"),
    "an import of variants": ("enum StayE { Go(i32), Halt }", "vec![StayE::Halt, StayE::Go(4)]", "use StayE::{Go, Halt};", "stay_v.iter().map(|c| match c { Go(n) => *n, Halt => 0 }).sum::<i32>()", "4"),
    "an import of what was named in full": ("struct StayF { m: std::collections::BTreeSet<i32> }", "StayF { m: [1].into() }", "use std::collections::BTreeSet;\nBTreeSet::<i32>::new();", "stay_v.m.len()", "1"),
    "a new impl with a type": ("struct StayG(u8);", "StayG(1)", "impl Iterator for StayG { type Item = u8; fn next(&mut self) -> Option<u8> { self.0 += 1; (self.0 < 4).then_some(self.0) } }", "stay_v.collect::<Vec<_>>()", "[2, 3]"),
    "a new impl with a constant": ("struct StayH(i32);", "StayH(1)", "impl StayH { const MOST: i32 = 50; fn most(&self) -> i32 { Self::MOST + self.0 } }", "stay_v.most()", "51"),
    "an own trait with a type": ("trait StayI { type Out; const N: i32; fn run(&self) -> Self::Out; }\nstruct StayJ(f64);", "StayJ(2.0)", "impl StayI for StayJ { type Out = f64; const N: i32 = 1; fn run(&self) -> f64 { self.0 } }", "stay_v.run()", "2.0"),
    "another type with that trait": ("trait StayK { type Out; fn run(&self) -> Self::Out; }\nstruct StayL(f64);\nimpl StayK for StayL { type Out = f64; fn run(&self) -> f64 { self.0 } }", "StayL(2.0)", "struct StayM;\nimpl StayK for StayM { type Out = i32; fn run(&self) -> i32 { 1 } }", "(stay_v.run(), StayM.run())", "(2.0, 1)"),
    "a type of a standard name in a module": ("", 'vec![String::from("std")]', "mod stay_n { pub struct String(pub u8); }", "stay_v[0].len()", "3"),
    "a macro call with the name of a type in it": ("struct StayO(i32);\nmacro_rules! stay_newtype { ($n:ident, $t:ty) => { struct $n($t); } }", "(StayO(1), 2.5)", "stay_newtype!(StayP, StayO);\nstay_newtype!(StayQ, f64);", "(stay_v.0.0, stay_v.1, StayP(StayO(3)).0.0)", "(1, 2.5, 3)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HARMLESS)
def test_a_value_stays_when_a_cell_brings(kernel, kind):
    definition, value, brought, use, text = HARMLESS[kind]
    kernel.ok(definition)
    kernel.ok(f"let mut stay_v = {value};")
    assert said(kernel.ok(brought)) == ""
    assert kernel.ok(use).text == text


def test_an_impl_that_says_something_else_takes_the_values_of_its_type_alone(kernel):
    kernel.ok("trait OtherOut { type Out; }\nstruct OtherA;\nimpl OtherOut for OtherA { type Out = u8; }\nstruct OtherB(<OtherA as OtherOut>::Out);\nstruct OtherC;\nimpl OtherOut for OtherC { type Out = u8; }")
    kernel.ok("let other_b = OtherB(1);\nlet other_c = OtherC;")
    note = said(kernel.ok("impl OtherOut for OtherA { type Out = f64; }"))
    assert "`other_b` was dropped" in note and "other_c" not in note
    assert kernel.ok("let _ = &other_c;\nOtherB(1.5).0").text == "1.5"


def test_a_macro_that_makes_items_can_be_called_with_something_else(kernel):
    kernel.ok("macro_rules! anew_type { ($n:ident, $t:ty) => { struct $n($t); } }\nanew_type!(AnewMade, u64);\nlet anew_v = AnewMade(1);")
    assert "`anew_v` was dropped" in said(kernel.ok("anew_type!(AnewMade, f32);"))
    assert kernel.ok("AnewMade(2.5).0").text == "2.5"


# Values whose types are seldom written down


INFERRED = {
    "a thread's result": ("thread::spawn(|| 5).join()", "kept_v.unwrap()", "5"),
    "a caught panic": ("std::panic::catch_unwind(|| 3)", "kept_v.unwrap()", "3"),
    "a panic that was caught": ('std::panic::catch_unwind(|| { if true { std::panic::resume_unwind(Box::new("p")) } })', "kept_v.unwrap_err().downcast_ref::<&str>()", 'Some("p")'),
    "a handle of a thread": ("thread::spawn(|| vec![1])", "kept_v.join().unwrap()", "[1]"),
    "a channel": ("{ let (tx, rx) = std::sync::mpsc::channel(); tx.send(4u8).unwrap(); (tx, rx) }", "kept_v.1.recv().unwrap()", "4"),
    "an iterator": ("vec![1, 2].into_iter().rev().enumerate()", "kept_v.collect::<Vec<_>>()", "[(0, 2), (1, 1)]"),
    "an ordering": ("1.cmp(&2)", "kept_v", "Less"),
    "characters of a constant": ('"abc".chars()', "kept_v.rev().collect::<String>()", '"cba"'),
    "a shared cell": ("std::rc::Rc::new(std::cell::RefCell::new(vec![1]))", "{ kept_v.borrow_mut().push(2); kept_v.borrow().len() }", "2"),
    "a boxed closure": ("{ let f: Box<dyn Fn(i32) -> i32 + Send> = Box::new(|x| x * 3); f }", "kept_v(3)", "9"),
    "a pointer to a function": ("i32::abs as fn(i32) -> i32", "kept_v(-3)", "3"),
    "an atomic": ("std::sync::Arc::new(std::sync::atomic::AtomicU64::new(3))", "kept_v.load(std::sync::atomic::Ordering::SeqCst)", "3"),
    "a pointer to a foreign function": ("{ extern \"C\" fn twice(n: i32) -> i32 { n * 2 } twice as extern \"C\" fn(i32) -> i32 }", "kept_v(4)", "8"),
    "an address": ("std::net::SocketAddr::from(([127, 0, 0, 1], 80))", "kept_v.port()", "80"),
    "nothing": ("()", "kept_v == ()", "true"),
    "an error of the library": ('"x".parse::<f64>()', "kept_v.is_err()", "true"),
    "an array in an array": ("[[1u8; 2]; 3]", "kept_v.len()", "3"),
    "an opaque type": ("{ fn evens() -> impl Iterator<Item = u8> { [2, 4].into_iter() } Box::new(evens()) as Box<dyn Iterator<Item = u8>> }", "kept_v.sum::<u8>()", "6"),
}  # fmt: skip


@pytest.mark.parametrize("kind", INFERRED)
def test_a_value_is_kept_whatever_its_type(kernel, kind):
    value, use, text = INFERRED[kind]
    assert said(kernel.ok(f"let kept_v = {value};")) == ""
    assert kernel.ok(use).text == text


# What cannot be kept


BORROWS = {
    "a closure": ("|x: i32| x + 1", "not_kept(2)", "3"),
    "a closure that captures": ("{ let n = 5; move |x: i32| x + n }", "not_kept(2)", "7"),
    "an iterator with a closure": ("(0..3).map(|x| x * 2)", "not_kept.clone().sum::<i32>()", "6"),
    "a reference": ("&lender[0]", "*not_kept", "1"),
    "a slice": ("&lender[1..]", "not_kept.len()", "2"),
    "an iterator of references": ("lender.iter()", "not_kept.clone().count()", "3"),
    "a struct that borrows": ("lender.chunks(2)", "not_kept.len()", "2"),
    "an option of a reference": ("lender.first()", "not_kept", "Some(1)"),
    "a reference that may change": ("&mut lender", "{ not_kept.push(4); not_kept.pop() }", "Some(4)"),
    "a guard of a mutex": ("lender_mutex.lock().unwrap()", "*not_kept", "5"),
    "a future": ("async { 3 }", "std::mem::size_of_val(&not_kept) > 0", "true"),
    "text of a string": ("lender_text.trim()", "not_kept", '"rain"'),
}


@pytest.mark.parametrize("kind", BORROWS)
def test_what_cannot_be_kept_works_in_its_cell_and_is_named(kernel, kind):
    value, use, text = BORROWS[kind]
    kernel.ok('let mut lender = vec![1, 2, 3];\nlet lender_mutex = std::sync::Mutex::new(5);\nlet lender_text = String::from(" rain ");')
    cell = kernel.ok(f"let not_kept = {value};\nlet beside_it = 8;\n{use}")
    assert cell.text == text
    assert "`not_kept`" in said(cell) and "beside_it" not in said(cell), cell.describe()
    assert kernel.ok("(lender.len(), *lender_mutex.lock().unwrap(), &lender_text, beside_it)").text == '(3, 5, " rain ", 8)'
    error = kernel.fail("not_kept;")
    assert f"[{cell.reply['execution_count']}]" in error["text"], "says where it ended\n" + error["text"]


def test_a_reference_beside_what_it_borrows_from_is_not_kept_but_the_rest_is(kernel):
    cell = kernel.ok("let kept_owner = vec![String::from(\"a\")];\nlet kept_borrower = &kept_owner[0];\nlet (kept_left, kept_right) = kept_owner.split_at(1);\nkept_borrower.len()")
    assert cell.text == "1"
    assert all(f"`{name}`" in said(cell) for name in ("kept_borrower", "kept_left", "kept_right"))
    assert kernel.ok("kept_owner").text == '["a"]'


LENT = {
    "names of a list": ("let lent_r: Vec<&str> = lent_w.iter().map(|w| w.as_str()).collect();", "lent_r.len()", "2"),
    "a chain in two steps": ("let lent_c = lent_w.iter().map(|w| w.as_str());\nlet lent_r: Vec<_> = lent_c.collect();", "lent_r.len()", "2"),
    "the first, if there is one": ('let lent_r = lent_w.first().map(|w| w.as_str()).unwrap_or("");', "lent_r", '"a b"'),
    "a list of lists": ("let lent_r: Vec<Vec<&str>> = lent_w.iter().map(|w| w.split(' ').collect()).collect();", "lent_r[0].len()", "2"),
    "a map": ("let lent_r: HashMap<&str, &str> = lent_w.iter().filter_map(|w| w.split_once(' ')).collect();", 'lent_r["a"]', '"b"'),
    "a guard": ("let lent_cell = std::cell::RefCell::new(vec![1]);\nlet lent_r = lent_cell.borrow();", "lent_r.len()", "1"),
}


@pytest.mark.parametrize("kind", LENT)
@pytest.mark.parametrize("where", ["of an earlier cell", "of the same cell"])
def test_what_is_lent_from_a_variable_ends_and_the_variable_stays(kernel, kind, where):
    code, use, text = LENT[kind]
    owner = 'let lent_w = vec![String::from("a b"), String::from("c d")];\n'
    if where == "of an earlier cell":
        kernel.ok(owner)
        owner = ""
    cell = kernel.ok(f"{owner}{code}\nlet lent_n = 7;\n{use}")
    assert cell.text == text
    assert "`lent_r`" in said(cell) and "lent_w" not in said(cell) and "lent_n" not in said(cell), cell.describe()
    assert kernel.ok("(lent_w.len(), lent_n)").text == "(2, 7)"
    if "lent_cell" in code:
        assert kernel.ok("lent_cell.borrow().len()").text == "1"


def test_a_closure_borrows_no_longer_than_the_cell_uses_it(kernel):
    kernel.ok("let mut counted_t = 1;")
    cell = kernel.ok("let mut counted_add = |by: i32| { counted_t += by; counted_t };\ncounted_add(2);\nlet counted_t = counted_t * 10;\ncounted_t")
    assert cell.text == "30"
    assert "`counted_add`" in said(cell)
    assert kernel.ok("counted_t").text == "30"


def test_a_cell_that_returns_early_leaves_nothing_older_under_its_names(kernel):
    kernel.ok("let early_price = 10;\nlet early_other = 1;")
    cell = kernel.ok("let early_price = 20;\nif early_price > 5 { return Ok(()); }\nlet early_later = 2;")
    assert "`early_price` was not kept" in said(cell) and "`early_later` was not kept" in said(cell)
    for name in ("early_price", "early_later"):
        assert "returned before its end" in kernel.fail(name)["text"]
    assert kernel.ok("early_other").text == "1"


def test_the_variables_of_a_long_cell_are_kept(kernel):
    """Numbers without a type keep rust-analyzer busy for the square of their count."""
    lines = "\n".join(f"let long_{i} = {i} * 2 + long_a; assert_eq!(long_{i}, {i} * 2 + 1);" for i in range(300))
    started = time.monotonic()
    assert said(kernel.ok(f"let long_a = 1;\n{lines}")) == ""
    print(f"{'cell of 600 statements':<50}{time.monotonic() - started:.1f} s")
    assert kernel.ok("long_0 + long_299").text == "600"


def test_the_list_of_variables_shows_what_they_are_now(kernel):
    kernel.ok('let mut shown_n = 1;\nlet mut shown_s = String::from("a");')
    kernel.ok("shown_n += 1;\nshown_s.push('z');")
    text = kernel.ok(":vars").text
    assert "shown_n: i32 (4 bytes, 2)" in text and '"az"' in text


def test_a_variable_that_was_made_mutable_by_a_failing_cell_is_as_before(kernel):
    kernel.ok("let kept_im = 5;")
    kernel.fail('let mut kept_im = kept_im; kept_im += 1; panic!("behind it")')
    assert kernel.ok("kept_im").text == "5"
    assert "mut" in kernel.fail("kept_im += 1;")["text"]
    assert kernel.ok("kept_im").text == "5"
