//== const fn
const fn item_power(base: u64, n: u32) -> u64 { if n == 0 { 1 } else { base * item_power(base, n - 1) } }
const ITEM_TABLE: [u64; 4] = [item_power(2, 0), item_power(2, 1), item_power(2, 2), item_power(2, 10)];
//%%
ITEM_TABLE
//=> [1, 2, 4, 1024]
//%%
let item_sized = [0u8; item_power(3, 2) as usize];
item_sized.len()
//=> 9
//== a function of another language's convention
extern "C" fn item_twice(n: i32) -> i32 { n * 2 }
let item_pointer: extern "C" fn(i32) -> i32 = item_twice;
item_pointer(21)
//=> 42
//%%
item_pointer(4) + item_twice(1)
//=> 10
//== a function of the C library
unsafe extern "C" { safe fn abs(n: i32) -> i32; fn strlen(text: *const std::ffi::c_char) -> usize; }
fn item_length() -> usize { unsafe { strlen(c"rain".as_ptr()) } }
//%%
(abs(-3), item_length())
//=> (3, 4)
//== an unsafe function
unsafe fn item_read(p: *const i32) -> i32 { unsafe { *p } }
let item_value = 8;
unsafe { item_read(&item_value) }
//=> 8
//%%
item_read(&item_value)
//! CompileError unsafe
//== an async function that nobody waits for
async fn item_later() -> i32 { println!("never"); 1 }
let _ = item_later();
//%%
std::mem::size_of_val(&item_later()) > 0
//=> true
//== a union
#[derive(Clone, Copy)]
union ItemBits { float: f32, bits: u32 }
let item_union = ItemBits { float: 1.0 };
unsafe { item_union.bits }
//=> 1065353216
//%%
unsafe { item_union.float }
//=> 1.0
//== a type alias with a parameter
type ItemPairs<T = i32> = Vec<(T, T)>;
let item_pairs: ItemPairs = vec![(1, 2)];
let item_words: ItemPairs<&'static str> = vec![("a", "b")];
//%%
(item_pairs, item_words)
//=> ([(1, 2)], [("a", "b")])
//== struct update
#[derive(Debug, Clone, Default)]
struct ItemSettings { name: String, depth: u8, wide: bool }
let item_base = ItemSettings { name: "base".into(), ..Default::default() };
let item_deep = ItemSettings { depth: 3, ..item_base.clone() };
//%%
(item_base.depth, item_deep)
//=> (0, ItemSettings { name: "base", depth: 3, wide: false })
//== an enum with values
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ItemLevel { Low = 1, Mid, High = 10 }
//%%
(ItemLevel::Mid as u8, ItemLevel::High as i32, ItemLevel::Low < ItemLevel::High)
//=> (2, 10, true)
//== an option of one's own
#[derive(Debug)]
enum ItemMaybe<T> { Just(T), Nothing }
impl<T> ItemMaybe<T> { fn map<U>(self, f: impl FnOnce(T) -> U) -> ItemMaybe<U> { match self { Self::Just(x) => ItemMaybe::Just(f(x)), Self::Nothing => ItemMaybe::Nothing } } }
use ItemMaybe::*;
//%%
(Just(3).map(|n| n + 1), ItemMaybe::<u8>::Nothing.map(|n| n + 1))
//=> (Just(4), Nothing)
//== a recursive type
#[derive(Debug)]
enum ItemList { Cons(i32, Box<ItemList>), Nil }
impl ItemList { fn sum(&self) -> i32 { match self { ItemList::Cons(n, rest) => n + rest.sum(), ItemList::Nil => 0 } } }
//%%
ItemList::Cons(1, Box::new(ItemList::Cons(2, Box::new(ItemList::Nil)))).sum()
//=> 3
//== unit structs and tuple structs
#[derive(Debug, PartialEq, Default)] struct ItemUnit;
#[derive(Debug, PartialEq)] struct ItemMetres(f64);
let item_lengths: Vec<ItemMetres> = [1.0, 2.5].map(ItemMetres).into();
//%%
(ItemUnit, ItemUnit == ItemUnit {}, item_lengths)
//=> (ItemUnit, true, [ItemMetres(1.0), ItemMetres(2.5)])
//== items after their use
println!("{}", item_after());
fn item_after() -> i32 { ITEM_AFTER * 2 }
const ITEM_AFTER: i32 = 4;
//> 8
//== functions inside functions
fn item_outer(n: i32) -> i32 {
    fn helper(n: i32) -> i32 { struct Inner(i32); impl Inner { fn get(&self) -> i32 { self.0 * 2 } } Inner(n).get() }
    const PLUS: i32 = 1;
    helper(n) + PLUS
}
item_outer(5)
//=> 11
//== functions that call each other
fn item_even(n: u32) -> bool { n == 0 || item_odd(n - 1) }
fn item_odd(n: u32) -> bool { n != 0 && item_even(n - 1) }
//%%
(item_even(10), item_odd(10))
//=> (true, false)
//== impl blocks in several cells
struct ItemMany { n: i32 }
//%%
impl ItemMany { fn one(&self) -> i32 { self.n } }
//%%
impl ItemMany { fn two(&self) -> i32 { self.one() * 2 } const BASE: i32 = 5; }
//%%
impl Default for ItemMany { fn default() -> Self { ItemMany { n: Self::BASE } } }
ItemMany::default().two()
//=> 10
//== a trait implemented in a later cell
trait ItemArea { fn area(&self) -> f64; fn twice(&self) -> f64 { self.area() * 2.0 } }
//%%
struct ItemSquare(f64);
//%%
impl ItemArea for ItemSquare { fn area(&self) -> f64 { self.0 * self.0 } }
//%%
impl ItemArea for f64 { fn area(&self) -> f64 { *self } }
//%%
let item_areas: Vec<Box<dyn ItemArea>> = vec![Box::new(ItemSquare(2.0)), Box::new(1.5)];
item_areas.iter().map(|a| a.twice()).collect::<Vec<_>>()
//=> [8.0, 3.0]
//== a generic function for other types in other cells
fn item_largest<T: PartialOrd + Copy>(all: &[T]) -> Option<T> { let mut best = *all.first()?; for &x in all { if x > best { best = x; } } Some(best) }
//%%
item_largest(&[1, 5, 3])
//=> Some(5)
//%%
item_largest(&[1.5, -2.0])
//=> Some(1.5)
//%%
(item_largest(&['a', 'z']), item_largest::<u8>(&[]))
//=> (Some('z'), None)
//== statics in functions
fn item_count() -> u32 { use std::sync::atomic::{AtomicU32, Ordering::Relaxed}; static N: AtomicU32 = AtomicU32::new(0); N.fetch_add(1, Relaxed) + 1 }
(item_count(), item_count())
//=> (1, 2)
//%%
item_count()
//=> 3
//== constants of every kind
const ITEM_TEXT: &str = "rain"; const ITEM_NESTED: &[&[i32]] = &[&[1], &[2, 3]]; const ITEM_FN: fn(i32) -> i32 = |n| n + 1; const _: () = assert!(ITEM_NESTED.len() == 2);
//%%
(ITEM_TEXT.len(), ITEM_NESTED[1][1], ITEM_FN(1))
//=> (4, 3, 2)
//== const blocks
let item_block = const { 3 * 7 };
const { assert!(std::mem::size_of::<u32>() == 4) };
let item_empty: [Vec<i32>; 2] = [const { Vec::new() }; 2];
(item_block, item_empty)
//=> (21, [[], []])
//== a function that never returns
fn item_never(text: &str) -> ! { panic!("never: {text}") }
fn item_checked(n: i32) -> i32 { if n > 0 { n } else { item_never("n") } }
item_checked(3)
//=> 3
//%%
item_checked(0)
//! Panic never: n
//== attributes everywhere
#![allow(dead_code)]
#[derive(Debug, Clone, PartialEq)]
#[must_use]
struct ItemAttributed { #[allow(unused)] a: i32, #[cfg(any())] b: String, #[cfg(all())] c: u8 }
#[inline(always)] #[must_use] fn item_inlined(#[allow(unused)] n: i32) -> i32 { #[allow(unused_variables)] let m = 1; 5 }
#[cfg(test)] fn item_tested() { no_such_function() }
#[deprecated] fn item_old() {}
#[derive(Debug, Default)] enum ItemDefault { #[default] A, #[allow(unused)] B }
//%%
(ItemAttributed { a: 1, c: 2 }, item_inlined(0), ItemDefault::default())
//=> (ItemAttributed { a: 1, c: 2 }, 5, A)
//== documentation comments
/// A documented type.
/// `let` nothing; { here
#[derive(Debug)]
struct ItemDocumented {
    /// A field.
    a: i32, // behind
}
/** A block of documentation; */
fn item_documented() -> ItemDocumented {
    //! inside
    ItemDocumented { a: 1 }
}
item_documented()
//=> ItemDocumented { a: 1 }
//== what a notebook forbids
#![deny(warnings)]
#![forbid(unsafe_code)]
let item_unused = 1u32;
//%%
static ITEM_COUNTED: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(4);
for _ in 0..2 { ITEM_COUNTED.fetch_add(1, std::sync::atomic::Ordering::Relaxed); }
ITEM_COUNTED.load(std::sync::atomic::Ordering::Relaxed) + item_unused
//=> 7
//%%
#[deny(unused_variables)] fn item_strict(day: u32) -> u32 { 1 }
//! CompileError unused variable
//== a method that no longer compiles is left out alone
struct ItemPoint { x: i32 }
struct ItemOf;
impl ItemOf { fn broken() -> i32 { ItemPoint { x: 1 }.x } fn kept() -> i32 { 5 } }
//%%
struct ItemPoint { x: i32, y: i32 }
//%%
ItemOf::kept()
//=> 5
//%%
ItemOf::broken()
//! CompileError no function or associated item named `broken`
//%%
impl ItemOf { fn broken() -> i32 { ItemPoint { x: 1, y: 2 }.y } }
(ItemOf::broken(), ItemOf::kept())
//=> (2, 5)
