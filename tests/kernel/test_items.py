"""Items of many cells are one program: the newest definition holds, whatever order cells were run in.

Functions, types, impl blocks and macros come from different cells, and are defined anew in any of them. Which one counts
must never depend on how they happen to be ordered inside the kernel.
"""

import pytest


# What the first cell defines, the second defines anew beside something else, and the third alone.
NEWEST = {
    "a function": ("fn item_f() -> i32 { N }", "item_f()"),
    "a method": ("struct ItemA;\nimpl ItemA { fn get(&self) -> i32 { N } }", "ItemA.get()"),
    "a function of a type": ("pub enum ItemB { One }\nimpl ItemB { fn get() -> i32 { N } }", "ItemB::get()"),
    "a constant": ("const ITEM_C: i32 = N;", "ITEM_C"),
    "a constant of a type": ("struct ItemD;\nimpl ItemD { const N: i32 = N; }", "ItemD::N"),
    "a trait's method": ("struct ItemE;\ntrait ItemGet { fn get(&self) -> i32; }\nimpl ItemGet for ItemE { fn get(&self) -> i32 { N } }", "ItemE.get()"),
    "a trait's own method": ("struct ItemF;\ntrait ItemOwn { fn own(&self) -> i32 { N } }\nimpl ItemOwn for ItemF {}", "ItemF.own()"),
    "a method of a generic type": ("struct ItemG<T>(T);\nimpl<T: Clone> ItemG<T> { fn get(&self) -> (T, i32) { (self.0.clone(), N) } }", "ItemG(0).get().1"),
    "a macro": ("macro_rules! item_macro { () => { N } }", "item_macro!()"),
    "a module": ("mod item_module { pub fn get() -> i32 { N } }", "item_module::get()"),
    "an operator": ("#[derive(Clone, Copy)] struct ItemH;\nimpl std::ops::Add for ItemH { type Output = i32; fn add(self, _: ItemH) -> i32 { N } }", "ItemH + ItemH"),
}  # fmt: skip


@pytest.mark.parametrize("kind", NEWEST)
def test_the_newest_definition_wins(kernel, kind):
    definition, use = NEWEST[kind]
    anew = lambda n: definition.replace("N }", f"{n} }}").replace("= N;", f"= {n};").replace(", N)", f", {n})")  # noqa: E731
    kernel.ok(anew(1))
    assert kernel.ok(use).text == "1"
    kernel.ok(f"fn item_helper() -> i32 {{ 0 }}\n{anew(2)}\nfn item_other() -> i32 {{ 0 }}")
    assert kernel.ok(use).text == "2"
    kernel.ok(anew(3))
    assert kernel.ok(f"{use} + item_helper() + item_other()").text == "3"
    kernel.ok(anew(1))
    assert kernel.ok(use).text == "1", "run again after a newer one, the oldest is the newest"


def test_the_newest_impl_wins_for_each_of_many_types(kernel):
    """One alone would be right by chance half of the time."""
    types = "\n".join(f"struct ItemMany{n};" for n in range(8))
    impls = lambda value: "\n".join(f"impl ItemMany{n} {{ fn get(&self) -> i32 {{ {value} }} }}" for n in range(8))  # noqa: E731
    total = " + ".join(f"ItemMany{n}.get()" for n in range(8))
    kernel.ok(types)
    kernel.ok(impls(1))
    assert kernel.ok(total).text == "8"
    kernel.ok(f"fn item_many() -> i32 {{ 5 }}\n{impls(2)}")
    assert kernel.ok(total).text == "16"
    kernel.ok(f"{impls(3)}\nconst ITEM_MANY: i32 = 1;")
    assert kernel.ok(total).text == "24"


def test_an_impl_block_in_several_cells_keeps_the_methods_that_are_not_defined_anew(kernel):
    kernel.ok("struct ItemParts { x: i32 }\nimpl ItemParts { fn new() -> Self { ItemParts { x: 2 } }\n    fn a(&self) -> i32 { self.x } }")
    kernel.ok("fn item_parts() -> ItemParts { ItemParts::new() }\nimpl ItemParts { fn b(&self) -> i32 { self.a() * 10 } }")
    kernel.ok("impl ItemParts { fn a(&self) -> i32 { self.x + 1 } }")
    assert kernel.ok("(item_parts().a(), item_parts().b())").text == "(3, 30)"


IMPLS = {
    "a method": ("struct ItemI;", "impl ItemI { fn get(&self) -> i32 { N } }", "ItemI.get()"),
    "a trait": ("struct ItemJ;\ntrait ItemJGet { fn get(&self) -> i32; }", "impl ItemJGet for ItemJ { fn get(&self) -> i32 { N } }", "ItemJ.get()"),
    "a trait of the library": ("struct ItemK;", "impl From<ItemK> for i32 { fn from(_: ItemK) -> i32 { N } }", "i32::from(ItemK)"),
    "a generic type": ("struct ItemL<T>(T);", "impl<T> ItemL<T> { fn get(&self) -> i32 { N } }", "ItemL('a').get()"),
    "a constant": ("struct ItemN;", "impl ItemN { const GET: i32 = { N }; }", "ItemN::GET"),
}


@pytest.mark.parametrize("kind", IMPLS)
def test_an_impl_beside_a_function_wins_over_an_older_one_that_stood_alone(kernel, kind):
    types, impl, use = IMPLS[kind]
    kernel.ok(types)
    kernel.ok(impl.replace("N }", "1 }"))
    kernel.ok("fn item_helper() -> i32 { 0 }\n" + impl.replace("N }", "2 }"))
    assert kernel.ok(use).text == "2"
    kernel.ok(impl.replace("N }", "3 }") + "\nfn item_other() -> i32 { 0 }")
    assert kernel.ok(use).text == "3"
    kernel.ok(impl.replace("N }", "4 }"))
    assert kernel.ok(use).text == "4"


def test_functions_of_earlier_cells_call_the_newest(kernel):
    kernel.ok("fn item_inner() -> i32 { 1 }")
    kernel.ok("fn item_outer() -> i32 { item_inner() * 10 }")
    kernel.ok("fn item_inner() -> i32 { 2 }")
    assert kernel.ok("item_outer()").text == "20"


# Macros


def test_macros_work_in_the_items_of_every_later_cell(kernel):
    macros = "\n".join(f"macro_rules! item_times{n} {{ ($x:expr) => {{ $x * {n} }} }}" for n in range(1, 7))
    kernel.ok(macros)
    for n in range(1, 7):
        kernel.ok(f"fn item_use{n}(x: i32) -> i32 {{ item_times{n}!(x) }}")
    assert kernel.ok(" + ".join(f"item_use{n}(1)" for n in range(1, 7))).text == "21"
    kernel.ok("struct ItemM;\nimpl ItemM { fn six(&self) -> i32 { item_times6!(1) } }\nmod item_m { pub fn two() -> i32 { item_times2!(1) } }")
    assert kernel.ok("ItemM.six() + item_m::two() + item_times3!(1)").text == "11"


def test_a_macro_may_use_a_macro_of_another_cell(kernel):
    kernel.ok("macro_rules! item_square { ($x:expr) => { $x * $x } }")
    kernel.ok("macro_rules! item_fourth { ($x:expr) => { item_square!(item_square!($x)) } }")
    kernel.ok("fn item_sixteen() -> i32 { item_fourth!(2) }")
    kernel.ok("macro_rules! item_late { () => { item_later!() } }")
    kernel.ok("macro_rules! item_later { () => { 7 } }")
    assert kernel.ok("item_sixteen() + item_late!()").text == "23"


def test_items_that_a_macro_makes_are_items_of_the_notebook(kernel):
    kernel.ok("macro_rules! item_struct { ($n:ident) => { #[derive(Debug)] struct $n { a: i32 } } }\nitem_struct!(ItemMade);")
    assert kernel.ok("ItemMade { a: 1 }").text == "ItemMade { a: 1 }"
    kernel.ok("macro_rules! item_function { ($n:ident, $v:expr) => { fn $n() -> i32 { $v } } }\nitem_function!(item_three, 3);")
    kernel.ok("item_function!(item_four, 4);\nfn item_seven() -> i32 { item_three() + item_four() }")
    assert kernel.ok("item_seven()").text == "7"
    kernel.ok("macro_rules! item_impls { ($($t:ty => $n:literal),*) => { $(impl ItemNumber for $t { fn number(&self) -> i32 { $n } })* } }\ntrait ItemNumber { fn number(&self) -> i32; }\nitem_impls!(u8 => 1, String => 2);")
    assert kernel.ok("1u8.number() + String::new().number()").text == "3"


def test_items_of_a_file_are_included(kernel):
    (kernel.cwd / "item_included.rs").write_text("fn item_included() -> i32 { 12 }\npub struct ItemIncluded(pub i32);\n")
    kernel.ok(f'include!("{kernel.cwd}/item_included.rs");')
    assert kernel.ok("item_included() + ItemIncluded(1).0").text == "13"


# What no longer fits


OUTDATED = {
    "a function": ("fn OLD(p: &ItemPOLD) -> i32 { p.x }", "OLD(&ItemPOLD { y: 5 })", "fn OLD(p: &ItemPOLD) -> i32 { p.y }"),
    "a method": ("impl ItemPOLD { fn OLD(&self) -> i32 { self.x } }", "ItemPOLD { y: 5 }.OLD()", "impl ItemPOLD { fn OLD(&self) -> i32 { self.y } }"),
    "a trait": ("trait ItemTOLD { fn OLD(&self) -> i32; }\nimpl ItemTOLD for ItemPOLD { fn OLD(&self) -> i32 { self.x } }", "ItemPOLD { y: 5 }.OLD()", "impl ItemTOLD for ItemPOLD { fn OLD(&self) -> i32 { self.y } }"),
}  # fmt: skip


@pytest.mark.parametrize("kind", OUTDATED)
def test_what_a_new_definition_breaks_is_set_aside_and_named(kernel, kind):
    old = "item_old_" + kind.split()[1]
    item, use, mended = (text.replace("ItemPOLD", f"ItemP_{old}").replace("ItemTOLD", f"ItemT_{old}").replace("OLD", old) for text in OUTDATED[kind])
    kernel.ok(f"struct ItemP_{old} {{ x: i32 }}")
    number = kernel.ok(item).reply["execution_count"]
    assert kernel.ok(use.replace("y:", "x:")).text == "5"
    cell = kernel.ok(f"struct ItemP_{old} {{ y: i32 }}")
    assert old in cell.notes or f"[{number}]" in cell.notes, cell.describe()
    assert kernel.ok("1 + 1").text == "2"
    kernel.fail(use)
    kernel.ok(mended)
    assert kernel.ok(use).text == "5"


def test_only_what_a_new_definition_breaks_is_set_aside(kernel):
    kernel.ok("struct ItemQ { x: i32 }")
    kernel.ok("fn item_broken(q: &ItemQ) -> i32 { q.x }\nfn item_whole() -> i32 { 8 }")
    kernel.ok("fn item_other_cell() -> i32 { 9 }")
    kernel.ok("struct ItemQ { y: i32 }")
    assert kernel.ok("item_whole() + item_other_cell()").text == "17"


def test_a_struct_defined_anew_keeps_the_impls_that_stood_beside_the_old_one(kernel):
    kernel.ok("struct ItemBeside { x: i32 }\nimpl ItemBeside { fn name(&self) -> &str { \"beside\" } }\nimpl From<ItemBeside> for String { fn from(b: ItemBeside) -> String { b.name().to_string() } }")
    kernel.ok("struct ItemBeside { y: f64 }")
    assert kernel.ok("String::from(ItemBeside { y: 1.0 })").text == '"beside"'


def test_a_struct_defined_anew_is_another_type(kernel):
    kernel.ok("#[derive(Debug)] struct ItemTid { a: i32 }")
    kernel.ok("impl std::fmt::Display for ItemTid { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, \"tid\") } }\nimpl std::error::Error for ItemTid {}")
    kernel.ok("let item_any: Box<dyn std::any::Any> = Box::new(ItemTid { a: 1 });\nlet item_error: Box<dyn std::error::Error> = Box::new(ItemTid { a: 2 });")
    kernel.ok("let item_id = std::any::TypeId::of::<ItemTid>();")
    assert kernel.ok("(item_any.downcast_ref::<ItemTid>().unwrap().a, item_error.downcast_ref::<ItemTid>().unwrap().a)").text == "(1, 2)"
    kernel.ok("fn item_between() {}")
    assert kernel.ok("(item_any.downcast_ref::<ItemTid>().unwrap().a, item_id == std::any::TypeId::of::<ItemTid>())").text == "(1, true)"
    kernel.ok("#[derive(Debug)] struct ItemTid { a: u32 }")
    assert kernel.ok("(item_any.downcast_ref::<ItemTid>().is_none(), item_id == std::any::TypeId::of::<ItemTid>())").text == "(true, false)"
    assert kernel.ok("(item_any.is::<ItemTid>(), item_error.is::<ItemTid>(), item_error.to_string())").text == '(false, false, "tid")'
