"""A static is one place in memory for as long as the session lasts, whichever cell looks at it.

Cells are compiled one by one; a static that each of them had for itself would lose without a word what a cell wrote.
"""

import pytest

ATOMIC = "use std::sync::atomic::{AtomicI32 as StaticInt, Ordering as StaticOrder};\n"
ORDER = "StaticOrder::SeqCst"

# A static, a cell that changes it and shows a value, and what that cell shows when it is run three times.
CHANGED = {
    "an atomic": (f"{ATOMIC}static STATIC_A: StaticInt = StaticInt::new(10);", f"STATIC_A.fetch_add(1, {ORDER}) + 1", ["11", "12", "13"]),
    "a log behind a mutex": ("static STATIC_B: std::sync::Mutex<Vec<i32>> = std::sync::Mutex::new(Vec::new());", "{ let mut log = STATIC_B.lock().unwrap(); let n = log.len() as i32; log.push(n); log.clone() }", ["[0]", "[0, 1]", "[0, 1, 2]"]),
    "a once lock": ("static STATIC_C: std::sync::OnceLock<String> = std::sync::OnceLock::new();", "(STATIC_C.set(\"a\".to_string()).is_ok(), STATIC_C.get().cloned())", ['(true, Some("a"))', '(false, Some("a"))', '(false, Some("a"))']),
    "a lazy lock": (f"{ATOMIC}static STATIC_D: std::sync::LazyLock<StaticInt> = std::sync::LazyLock::new(|| StaticInt::new(5));", f"STATIC_D.fetch_add(1, {ORDER})", ["5", "6", "7"]),
    "a lock for readers": ("static STATIC_E: std::sync::RwLock<String> = std::sync::RwLock::new(String::new());", "STATIC_E.write().unwrap().push('x');\nSTATIC_E.read().unwrap().clone()", ['"x"', '"xx"', '"xxx"']),
    "one in a function": (f"{ATOMIC}fn static_next() -> i32 {{\n    static NEXT: StaticInt = StaticInt::new(0);\n    NEXT.fetch_add(1, {ORDER})\n}}", "static_next()", ["0", "1", "2"]),
    "one in a method": (f"{ATOMIC}struct StaticS;\nimpl StaticS {{ fn next(&self) -> i32 {{ static NEXT: StaticInt = StaticInt::new(4); NEXT.fetch_add(2, {ORDER}) }} }}", "StaticS.next()", ["4", "6", "8"]),
    "one in a module": (f"{ATOMIC}mod static_mod {{ pub static IN: super::StaticInt = super::StaticInt::new(1); pub fn twice() -> i32 {{ IN.load(super::{ORDER}) * 2 }} }}", f"static_mod::IN.fetch_add(1, {ORDER});\nstatic_mod::twice()", ["4", "6", "8"]),
    "one that is mutable": ("static mut STATIC_G: [i32; 3] = [0; 3];", "unsafe { STATIC_G[1] += 2; STATIC_G[1] }", ["2", "4", "6"]),
    "one of a type of the user's": (f"{ATOMIC}struct StaticT {{ n: StaticInt }}\nimpl StaticT {{ fn up(&self) -> i32 {{ self.n.fetch_add(1, {ORDER}) }} }}\nstatic STATIC_H: StaticT = StaticT {{ n: StaticInt::new(30) }};", "STATIC_H.up()", ["30", "31", "32"]),
    "one that lends another": (f"{ATOMIC}static STATIC_I: StaticInt = StaticInt::new(0);\nstatic STATIC_J: &StaticInt = &STATIC_I;", f"STATIC_J.fetch_add(1, {ORDER});\nSTATIC_I.load({ORDER})", ["1", "2", "3"]),
    "one of a thread": ("thread_local! { static STATIC_K: std::cell::Cell<i32> = std::cell::Cell::new(0); }", "STATIC_K.with(|t| { t.set(t.get() + 1); t.get() })", ["1", "2", "3"]),
    "a constant one of a thread": ("thread_local! { static STATIC_L: std::cell::RefCell<Vec<i32>> = const { std::cell::RefCell::new(Vec::new()) }; }", "STATIC_L.with_borrow_mut(|t| { t.push(1); t.len() })", ["1", "2", "3"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHANGED)
def test_what_a_cell_writes_into_a_static_the_next_reads(kernel, kind):
    definition, change, values = CHANGED[kind]
    kernel.ok(definition)
    # Not the same text each time: a cell that was compiled before is not compiled again.
    assert [kernel.ok(f"// cell {n}\n{change}").text for n in range(3)] == values


def test_functions_and_cells_see_the_same_static(kernel):
    kernel.ok(f"{ATOMIC}static STATIC_SAME: StaticInt = StaticInt::new(0);\nfn static_bump() -> i32 {{ STATIC_SAME.fetch_add(1, {ORDER}) + 1 }}")
    kernel.ok(f"fn static_look() -> i32 {{ STATIC_SAME.load({ORDER}) }}")
    kernel.ok(f"STATIC_SAME.fetch_add(100, {ORDER});")
    assert kernel.ok("(static_bump(), static_look())").text == "(101, 101)"
    assert kernel.ok(f"thread::spawn(|| STATIC_SAME.fetch_add(1, {ORDER})).join().unwrap() + static_look()").text == "203"
    kernel.ok("let static_at = &raw const STATIC_SAME as usize;")
    assert kernel.ok("static_at == &raw const STATIC_SAME as usize").text == "true"


FAILURES = {
    "an error": '"x".parse::<i32>()?;',
    "a panic": 'panic!("on purpose")',
    "a cell that does not compile": "no_such_name",
    "another item": "struct StaticUnrelated { a: i32 }\nfn static_unrelated() {}",
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_static_keeps_its_value_after(kernel, failure):
    kernel.ok(f"{ATOMIC}static STATIC_KEPT: StaticInt = StaticInt::new(0);")
    kernel.ok(f"STATIC_KEPT.store(7, {ORDER});")
    kernel.execute(FAILURES[failure])
    assert kernel.ok(f"STATIC_KEPT.load({ORDER})").text == "7"


def test_what_a_cell_wrote_before_it_failed_is_there(kernel):
    kernel.ok(f"{ATOMIC}static STATIC_FAIL: StaticInt = StaticInt::new(0);")
    kernel.fail(f'STATIC_FAIL.store(3, {ORDER}); panic!("behind it")')
    assert kernel.ok(f"STATIC_FAIL.load({ORDER})").text == "3"


def test_a_static_with_another_value_begins_anew(kernel):
    kernel.ok(f"{ATOMIC}static STATIC_ANEW: StaticInt = StaticInt::new(1);")
    assert kernel.ok(f"STATIC_ANEW.fetch_add(1, {ORDER})").text == "1"
    kernel.ok(f"{ATOMIC}static STATIC_ANEW: StaticInt = StaticInt::new(50);")
    assert kernel.ok(f"STATIC_ANEW.fetch_add(1, {ORDER})").text == "50"
    assert kernel.ok(f"STATIC_ANEW.load({ORDER})").text == "51"


def test_a_thread_counts_in_the_static_that_later_cells_read(kernel):
    kernel.ok(f"{ATOMIC}static STATIC_THREAD: StaticInt = StaticInt::new(0);")
    kernel.ok(f"let static_thread = thread::spawn(|| for _ in 0..1000 {{ STATIC_THREAD.fetch_add(1, {ORDER}); }});")
    kernel.ok("static_thread.join().unwrap();")
    assert kernel.ok(f"STATIC_THREAD.load({ORDER})").text == "1000"


def test_a_reference_to_a_static_is_kept(kernel):
    kernel.ok(f"{ATOMIC}static STATIC_LENT: StaticInt = StaticInt::new(4);\nstatic STATIC_NAME: &str = \"name\";")
    kernel.ok("let static_lent: &'static StaticInt = &STATIC_LENT;\nlet static_name = STATIC_NAME;")
    kernel.ok(f"static_lent.fetch_add(1, {ORDER});")
    assert kernel.ok(f"(static_lent.load({ORDER}), STATIC_LENT.load({ORDER}), static_name)").text == '(5, 5, "name")'


def test_a_static_of_what_is_left_out_is_made_where_it_comes_back(fresh_kernel):
    fresh_kernel.ok("struct Gauge { x: i32 }")
    body = "static SEEN: Mutex<Vec<Gauge>> = Mutex::new(Vec::new()); let mut seen = SEEN.lock().unwrap(); seen.push(Gauge { {field}: 2 });"
    fresh_kernel.ok("fn count() -> usize { " + body.replace("{field}", "x") + " seen.len() }")
    assert fresh_kernel.ok("count() + count()").text == "3"
    notes = fresh_kernel.ok("struct Gauge { y: i32 }")
    assert "`count` of cell [2] no longer compiles" in notes.describe()
    fresh_kernel.ok("fn count() -> usize { " + body.replace("{field}", "y") + " seen.len() }")
    assert fresh_kernel.ok("count() + count()").text == "3", "a static of a new type begins anew"


def test_a_static_of_a_method_that_is_replaced_is_made_where_it_comes_back(fresh_kernel):
    made = "struct Meter;\nimpl Meter { fn next() -> u32 { static N: AtomicU32 = AtomicU32::new(1); N.fetch_add(1, Ordering::Relaxed) } fn other() -> u32 { 7 } }"
    fresh_kernel.ok("use std::sync::atomic::{AtomicU32, Ordering};")
    fresh_kernel.ok(made)
    assert fresh_kernel.ok("(Meter::next(), Meter::next())").text == "(1, 2)"
    fresh_kernel.ok("impl Meter { fn next() -> u32 { 50 } }")
    fresh_kernel.execute("std::process::abort()")
    assert fresh_kernel.ok("(Meter::next(), Meter::other())").text == "(50, 7)"
    fresh_kernel.ok(made)
    assert fresh_kernel.ok("(Meter::next(), Meter::next())").text == "(1, 2)"
