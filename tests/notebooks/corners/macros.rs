//== repetition
macro_rules! mac_map { ($($k:expr => $v:expr),* $(,)?) => {{ let mut m = std::collections::BTreeMap::new(); $(m.insert($k, $v);)* m }} }
mac_map! { "a" => 1, "b" => 2, }
//=> {"a": 1, "b": 2}
//== repetition in repetition
macro_rules! mac_rows { ($([$($x:expr),*]);*) => { vec![$(vec![$($x * 2),*]),*] } }
//%%
mac_rows!([1, 2]; [3])
//=> [[2, 4], [6]]
//== a macro that calls itself
macro_rules! mac_count { () => { 0usize }; ($head:tt $($tail:tt)*) => { 1 + mac_count!($($tail)*) } }
//%%
mac_count!(a b (c d) [e])
//=> 4
//== a macro of many kinds of input
macro_rules! mac_kind { ($l:literal) => { "literal" }; ($i:ident) => { "ident" }; ($t:ty) => { "type" }; ($e:expr) => { "expr" } }
(mac_kind!(5), mac_kind!(x), mac_kind!(Vec<i32>))
//=> ("literal", "ident", "type")
//== hygiene
macro_rules! mac_swap { ($a:ident, $b:ident) => { let t = $a; $a = $b; $b = t; } }
let (mut t, mut mac_u) = (1, 2);
mac_swap!(t, mac_u);
(t, mac_u)
//=> (2, 1)
//== a macro that defines a variable
macro_rules! mac_let { ($n:ident = $v:expr) => { let $n = $v; } }
mac_let!(mac_made = 5);
mac_made + 1
//=> 6
//== a macro that returns early
macro_rules! mac_some { ($e:expr) => { match $e { Some(x) => x, None => return -1 } } }
fn mac_get(v: &[i32]) -> i32 { mac_some!(v.first()) + mac_some!(v.get(1)) }
(mac_get(&[1, 2]), mac_get(&[1]))
//=> (3, -1)
//== a macro that makes types and impls
macro_rules! mac_units { ($($name:ident: $factor:expr),*) => { $(#[derive(Debug, Clone, Copy)] struct $name(f64); impl $name { const FACTOR: f64 = $factor; fn base(self) -> f64 { self.0 * Self::FACTOR } })* } }
mac_units!(MacKm: 1000.0, MacMile: 1609.344);
//%%
(MacKm(2.0).base(), MacMile(1.0))
//=> (2000.0, MacMile(1.0))
//== a macro in a function
fn mac_inner() -> i32 { macro_rules! twice { ($e:expr) => { $e + $e } } twice!(twice!(2)) }
mac_inner()
//=> 8
//== a macro in a type and in a pattern
macro_rules! mac_pair { ($t:ty) => { ($t, $t) } }
macro_rules! mac_vowel { () => { 'a' | 'e' | 'i' | 'o' | 'u' } }
let mac_typed: mac_pair!(u8) = (1, 2);
"rain".chars().filter(|c| matches!(c, mac_vowel!())).count() as u8 + mac_typed.1
//=> 4
//== a macro that makes a macro
macro_rules! mac_maker { ($name:ident, $v:expr) => { macro_rules! $name { () => { $v } } } }
mac_maker!(mac_seven, 7);
mac_seven!()
//=> 7
//== a macro of statements
macro_rules! mac_all { ($($s:stmt;)*) => { $($s;)* } }
mac_all! { let mac_first = 1; let mac_second = mac_first + 1; println!("{mac_second}"); }
println!("behind");
//> 2
//> behind
//== macros of every bracket
let mac_v = vec!(1, 2); let mac_w = vec![3]; let mac_x = vec! { 4 };
[mac_v, mac_w, mac_x].concat()
//=> [1, 2, 3, 4]
//== asserts
assert!(1 < 2, "never {}", 1); assert_eq!(1, 1); assert_ne!(1, 2); debug_assert!(true);
//%%
let mac_left = 2;
assert_eq!(mac_left * 2, 5, "sum of {mac_left}");
//! Panic sum of 2
//== todo, unreachable and unimplemented
fn mac_todo(n: i32) -> i32 { match n { 0 => 0, 1 => todo!("one"), 2 => unimplemented!(), _ => unreachable!("n is {n}") } }
mac_todo(0)
//=> 0
//%%
mac_todo(3)
//! Panic n is 3
//== macros with bounds of tokens
macro_rules! mac_sep { ($($x:expr);+ $(;)?) => { [$($x),+].iter().sum::<i32>() } }
mac_sep!(1; 2; 3;)
//=> 6
//== a macro of attributes and visibility
macro_rules! mac_struct { ($(#[$m:meta])* $v:vis struct $n:ident { $($f:ident: $t:ty),* }) => { $(#[$m])* $v struct $n { $($f: $t),* } impl $n { fn fields() -> &'static [&'static str] { &[$(stringify!($f)),*] } } } }
mac_struct! { #[derive(Debug, Default)] pub struct MacRow { day: u32, rain: f64 } }
(MacRow::fields(), MacRow::default())
//=> (["day", "rain"], MacRow { day: 0, rain: 0.0 })
