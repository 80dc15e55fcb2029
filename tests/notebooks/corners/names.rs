//== modules with private and public items
mod nam_a { pub fn open() -> i32 { closed() + inner::half() } fn closed() -> i32 { 40 } pub mod inner { pub(super) fn half() -> i32 { 2 } pub(crate) fn whole() -> i32 { half() * 2 } pub(in super::super::nam_a) fn only() -> i32 { 9 } } pub fn nine() -> i32 { inner::only() } }
(nam_a::open(), nam_a::inner::whole(), nam_a::nine())
//=> (42, 4, 9)
//%%
nam_a::closed()
//! CompileError private
//%%
nam_a::inner::half()
//! CompileError private
//== paths of self, super and crate
fn nam_top() -> i32 { 1 }
mod nam_b { pub fn up() -> i32 { super::nam_top() + self::same() + crate::nam_top() } fn same() -> i32 { 10 } pub mod deep { pub fn two_up() -> i32 { super::super::nam_top() + super::same() } } }
(nam_b::up(), nam_b::deep::two_up())
//=> (12, 11)
//== use of every form
mod nam_c { pub mod x { pub fn f() -> i32 { 1 } pub struct S; impl S { pub fn g(&self) -> i32 { 2 } } pub enum E { A, B(i32) } } pub use x::f as renamed; pub use self::x::S; }
use nam_c::{renamed, S as NamS, x::{self as nam_x, E::{self, *}}};
//%%
let nam_e: E = B(3);
(renamed(), NamS.g(), nam_x::f(), match nam_e { A => 0, B(n) => n })
//=> (1, 2, 1, 3)
//== use inside a function and a block
fn nam_local() -> usize { use std::collections::BTreeSet as Set; let s: Set<i32> = [1, 1, 2].into(); s.len() }
{ use std::fmt::Write; let mut t = String::new(); write!(t, "{}", nam_local())?; println!("{t}"); }
//> 2
//== a trait in a module
mod nam_d { pub trait Loud { fn loud(&self) -> String; } impl Loud for str { fn loud(&self) -> String { self.to_uppercase() } } }
//%%
"rain".loud()
//! CompileError loud
//%%
use nam_d::Loud;
"rain".loud()
//=> "RAIN"
//== an import that is used in later cells
use std::collections::{BTreeMap as NamMap, VecDeque as NamQueue};
//%%
let nam_map: NamMap<_, _> = [(2, 'b'), (1, 'a')].into();
let mut nam_queue = NamQueue::from([1, 2]);
nam_queue.push_front(0);
(nam_map, nam_queue)
//=> ({1: 'a', 2: 'b'}, [0, 1, 2])
//== nested modules over several cells
mod nam_f { pub mod g { pub const H: i32 = 3; } }
//%%
mod nam_i { pub fn j() -> i32 { super::nam_f::g::H * 2 } }
//%%
nam_i::j() + nam_f::g::H
//=> 9
//== items of a block are its own
let nam_outer = { fn nam_hidden() -> i32 { 1 } struct NamHidden(i32); NamHidden(nam_hidden()).0 };
nam_outer
//=> 1
//%%
nam_hidden()
//! CompileError nam_hidden
//== a variable and a function of one name
fn nam_same() -> i32 { 5 }
mod nam_same { pub fn f() -> i32 { 7 } }
//%%
(nam_same(), nam_same::f())
//=> (5, 7)
//== shadowing in one cell
let nam_s = "5"; let nam_s: i32 = nam_s.parse()?; let nam_s = nam_s as f64 / 2.0;
nam_s
//=> 2.5
//== a variable of the name of a type
#[derive(Debug, Clone)] struct NamType { n: i32 }
let NamType2 = NamType { n: 1 };
//%%
NamType2.n
//=> 1
//== a struct called Pool and one called Raster (alone)
#[derive(Debug)] struct Pool { workers: usize }
#[derive(Debug)] struct Raster(i32);
impl Pool { fn new(workers: usize) -> Self { Pool { workers } } }
//%%
let nam_pool = Pool::new(3);
(nam_pool.workers, Raster(5))
//=> (3, Raster(5))
//%%
fn nam_use_pool(p: &Pool) -> usize { p.workers * 2 }
nam_use_pool(&nam_pool)
//=> 6
//== a function called glob and one called show (alone)
fn glob(n: i32) -> i32 { n + 1 }
fn cpus() -> &'static str { "mine" }
//%%
(glob(1), cpus())
//=> (2, "mine")
//== types of the standard library's names (alone)
#[derive(Debug, PartialEq)] struct Duration(i32);
#[derive(Debug)] struct HashMap;
#[derive(Debug, Clone, Copy)] struct Vec2 { x: f64, y: f64 }
#[derive(Debug)] struct Path(&'static str);
//%%
let nam_duration = Duration(4);
(nam_duration, HashMap, Vec2 { x: 1.0, y: 2.0 }, Path("p"))
//=> (Duration(4), HashMap, Vec2 { x: 1.0, y: 2.0 }, Path("p"))
//== a Result and an Error of one's own (alone)
#[derive(Debug)] enum Error { Dry }
type Result<T> = std::result::Result<T, Error>;
fn nam_wet(wet: bool) -> Result<i32> { if wet { Ok(1) } else { Err(Error::Dry) } }
//%%
(nam_wet(true).unwrap(), nam_wet(false).unwrap_err())
//=> (1, Dry)
//%%
let nam_never: i32 = "x".parse()?;
//! ParseIntError invalid digit
//== an Option and a String of one's own (alone)
#[derive(Debug)] enum Option<T> { Some(T), None }
#[derive(Debug)] struct String(u8);
//%%
let nam_option: Option<String> = Option::Some(String(3));
matches!(nam_option, Option::Some(String(3)))
//=> true
//%%
let nam_standard = [1, 2].iter().max(); let nam_text = "a".to_owned() + "b";
(*nam_standard.unwrap(), nam_text.len(), matches!(Option::<u8>::None, Option::None))
//=> (2, 2, true)
