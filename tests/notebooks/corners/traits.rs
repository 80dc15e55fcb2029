//== a supertrait as an alias
trait TrNumber: Copy + std::ops::Add<Output = Self> + std::fmt::Debug {}
impl<T: Copy + std::ops::Add<Output = T> + std::fmt::Debug> TrNumber for T {}
fn tr_double<T: TrNumber>(x: T) -> T { x + x }
//%%
(tr_double(2), tr_double(1.5))
//=> (4, 3.0)
//== impl Trait in both places
fn tr_evens(limit: u32) -> impl Iterator<Item = u32> + Clone { (0..limit).filter(|n| n % 2 == 0) }
fn tr_sum(items: impl IntoIterator<Item = impl Into<u64>>) -> u64 { items.into_iter().map(Into::into).sum() }
//%%
tr_sum(tr_evens(7))
//=> 12
//== associated constants and types
trait TrUnit { const NAME: &'static str; const FACTOR: f64 = 1.0; type Base; fn base(&self) -> Self::Base; }
struct TrKilo(i64);
impl TrUnit for TrKilo { const NAME: &'static str = "km"; const FACTOR: f64 = 1000.0; type Base = i64; fn base(&self) -> i64 { self.0 * 1000 } }
fn tr_name<U: TrUnit<Base = i64>>(u: &U) -> String { format!("{} {} {}", U::NAME, U::FACTOR, u.base()) }
//%%
tr_name(&TrKilo(2))
//=> "km 1000 2000"
//== generic associated types
trait TrLend { type Item<'a> where Self: 'a; fn next<'a>(&'a mut self) -> Option<Self::Item<'a>>; }
struct TrWindows { data: Vec<i32>, at: usize }
impl TrLend for TrWindows { type Item<'a> = &'a mut [i32]; fn next<'a>(&'a mut self) -> Option<&'a mut [i32]> { let at = self.at; self.at += 1; self.data.get_mut(at..at + 2) } }
//%%
let mut tr_windows = TrWindows { data: vec![1, 2, 3], at: 0 };
while let Some(w) = tr_windows.next() { w[1] += w[0]; }
tr_windows.data
//=> [1, 3, 6]
//== defaults of generics
#[derive(Debug)] struct TrGrid<T = f32, const N: usize = 2> { cells: [T; N] }
impl<T: Default + Copy, const N: usize> TrGrid<T, N> { fn new() -> Self { TrGrid { cells: [T::default(); N] } } }
let tr_grid: TrGrid = TrGrid::new();
(tr_grid, TrGrid::<u8, 3>::new())
//=> (TrGrid { cells: [0.0, 0.0] }, TrGrid { cells: [0, 0, 0] })
//== const generics
struct TrMatrix<const R: usize, const C: usize>([[i32; C]; R]);
impl<const R: usize, const C: usize> TrMatrix<R, C> { fn turned(&self) -> TrMatrix<C, R> { TrMatrix(std::array::from_fn(|i| std::array::from_fn(|j| self.0[j][i]))) } const SIZE: usize = R * C; }
fn tr_len<T, const N: usize>(_: [T; N]) -> usize { N }
//%%
(TrMatrix([[1, 2, 3], [4, 5, 6]]).turned().0, TrMatrix::<2, 3>::SIZE, tr_len(["a"; 4]))
//=> ([[1, 4], [2, 5], [3, 6]], 6, 4)
//== dyn with generics
trait TrConvert<A, B> { fn convert(&self, a: A) -> B; }
impl<A, B, F: Fn(A) -> B> TrConvert<A, B> for F { fn convert(&self, a: A) -> B { self(a) } }
let tr_all: Vec<(&'static str, Box<dyn TrConvert<i32, String>>)> = vec![("hex", Box::new(|n| format!("{n:x}"))), ("bin", Box::new(|n| format!("{n:b}")))];
//%%
tr_all.iter().map(|(name, c)| format!("{name} {}", c.convert(10))).collect::<Vec<_>>()
//=> ["hex a", "bin 1010"]
//== dyn with several bounds
fn tr_shout(things: &[&(dyn std::fmt::Display + Sync)]) -> String { things.iter().map(|t| t.to_string()).collect::<Vec<_>>().join("!") }
tr_shout(&[&1, &"a", &'c'])
//=> "1!a!c"
//== a dyn of a supertrait
trait TrNamed { fn name(&self) -> String; }
trait TrAnimal: TrNamed { fn legs(&self) -> u8 { 4 } }
struct TrCat;
impl TrNamed for TrCat { fn name(&self) -> String { "cat".into() } }
impl TrAnimal for TrCat {}
fn tr_up(animal: &dyn TrAnimal) -> &dyn TrNamed { animal }
(tr_up(&TrCat).name(), TrCat.legs())
//=> ("cat", 4)
//== operators
#[derive(Debug, Clone, Copy, PartialEq)] struct TrV(f64, f64);
impl std::ops::Add for TrV { type Output = TrV; fn add(self, o: TrV) -> TrV { TrV(self.0 + o.0, self.1 + o.1) } }
impl std::ops::Mul<f64> for TrV { type Output = TrV; fn mul(self, k: f64) -> TrV { TrV(self.0 * k, self.1 * k) } }
impl std::ops::Mul<TrV> for f64 { type Output = TrV; fn mul(self, v: TrV) -> TrV { v * self } }
impl std::ops::Neg for TrV { type Output = TrV; fn neg(self) -> TrV { self * -1.0 } }
impl std::ops::AddAssign for TrV { fn add_assign(&mut self, o: TrV) { *self = *self + o; } }
impl std::ops::Not for TrV { type Output = bool; fn not(self) -> bool { self.0 == 0.0 } }
//%%
let mut tr_v = 2.0 * TrV(1.0, 2.0) + -TrV(0.5, 0.5);
tr_v += TrV(1.0, 0.0);
(tr_v, !tr_v)
//=> (TrV(2.5, 3.5), false)
//== an iterator of one's own
struct TrFib { a: u64, b: u64 }
impl Iterator for TrFib { type Item = u64; fn next(&mut self) -> Option<u64> { let a = self.a; (self.a, self.b) = (self.b, a + self.b); Some(a) } }
//%%
TrFib { a: 0, b: 1 }.skip(5).step_by(2).take_while(|n| *n < 100).collect::<Vec<_>>()
//=> [5, 13, 34, 89]
//%%
for n in (TrFib { a: 0, b: 1 }).take(3) { println!("{n}"); }
//> 0
//> 1
//> 1
//== into_iter of one's own
struct TrBag(Vec<i32>);
impl IntoIterator for TrBag { type Item = i32; type IntoIter = std::vec::IntoIter<i32>; fn into_iter(self) -> Self::IntoIter { self.0.into_iter() } }
impl<'a> IntoIterator for &'a TrBag { type Item = &'a i32; type IntoIter = std::slice::Iter<'a, i32>; fn into_iter(self) -> Self::IntoIter { self.0.iter() } }
impl FromIterator<i32> for TrBag { fn from_iter<I: IntoIterator<Item = i32>>(i: I) -> Self { TrBag(i.into_iter().collect()) } }
//%%
let tr_bag: TrBag = (1..4).collect();
let mut tr_total = 0;
for n in &tr_bag { tr_total += n; }
for n in tr_bag { tr_total += n * 10; }
tr_total
//=> 66
//== deref and index
struct TrNames { all: Vec<String> }
impl std::ops::Deref for TrNames { type Target = [String]; fn deref(&self) -> &[String] { &self.all } }
impl std::ops::Index<&str> for TrNames { type Output = String; fn index(&self, key: &str) -> &String { self.all.iter().find(|n| n.starts_with(key)).unwrap() } }
impl std::ops::IndexMut<&str> for TrNames { fn index_mut(&mut self, key: &str) -> &mut String { self.all.iter_mut().find(|n| n.starts_with(key)).unwrap() } }
let mut tr_names = TrNames { all: vec!["rain".into(), "snow".into()] };
//%%
tr_names["sn"].push('!');
(tr_names.len(), &tr_names["sn"], tr_names.first())
//=> (2, "snow!", Some("rain"))
//== Display and Debug by hand
struct TrTemp(f64);
impl std::fmt::Display for TrTemp { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{:.1} °C", self.0) } }
impl std::fmt::Debug for TrTemp { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.debug_struct("Temp").field("celsius", &self.0).finish_non_exhaustive() } }
println!("{} {0:?}", TrTemp(21.25));
TrTemp(1.0)
//> 21.2 °C Temp { celsius: 21.25, .. }
//=> Temp { celsius: 1.0, .. }
//== From, Into and the question mark
#[derive(Debug)] enum TrFailed { Number(std::num::ParseIntError), Small(i32) }
impl From<std::num::ParseIntError> for TrFailed { fn from(e: std::num::ParseIntError) -> Self { TrFailed::Number(e) } }
fn tr_parse(text: &str) -> std::result::Result<i32, TrFailed> { let n: i32 = text.parse()?; if n < 10 { return Err(TrFailed::Small(n)); } Ok(n) }
//%%
(tr_parse("12").unwrap(), tr_parse("3").unwrap_err(), matches!(tr_parse("x"), Err(TrFailed::Number(_))))
//=> (12, Small(3), true)
//%%
let tr_into: TrFailed = "y".parse::<i32>().unwrap_err().into();
format!("{tr_into:?}").len() > 10
//=> true
//== the order of drop
struct TrDrop(&'static str);
impl Drop for TrDrop { fn drop(&mut self) { println!("drop {}", self.0); } }
{
    let _a = TrDrop("a");
    let _b = TrDrop("b");
    let _ = TrDrop("at once");
    println!("end");
}
//> drop at once
//> end
//> drop b
//> drop a
//%%
let tr_kept = TrDrop("kept");
//%%
let tr_kept = TrDrop("new");
//> drop kept
//%%
drop(tr_kept);
println!("gone");
//> drop new
//> gone
//== a trait with a generic method and a blanket impl
trait TrDescribe { fn describe(&self) -> String; }
impl<T: std::fmt::Debug> TrDescribe for [T] { fn describe(&self) -> String { format!("{} of {:?}", self.len(), self.first()) } }
[1, 2].describe()
//=> "2 of Some(1)"
//== closures as return values of a trait
trait TrScale { fn scaler(&self) -> Box<dyn Fn(f64) -> f64 + '_>; }
impl TrScale for f64 { fn scaler(&self) -> Box<dyn Fn(f64) -> f64 + '_> { Box::new(move |x| x * self) } }
2.5.scaler()(4.0)
//=> 10.0
//== lifetimes
fn tr_longer<'a>(a: &'a str, b: &'a str) -> &'a str { if a.len() > b.len() { a } else { b } }
struct TrParser<'t> { text: &'t str, at: usize }
impl<'t> TrParser<'t> { fn word(&mut self) -> Option<&'t str> { let w = self.text.get(self.at..)?.split(' ').next().filter(|w| !w.is_empty())?; self.at += w.len() + 1; Some(w) } }
//%%
let tr_text = String::from("rain in may");
let tr_words: Vec<String> = { let mut p = TrParser { text: &tr_text, at: 0 }; std::iter::from_fn(|| p.word()).map(str::to_owned).collect() };
(tr_words, tr_longer("ab", "c").to_string())
//=> (["rain", "in", "may"], "ab")
//== higher ranked bounds
fn tr_apply<F>(f: F) -> usize where F: for<'a> Fn(&'a str) -> &'a str { f("  rain ").len() }
tr_apply(|s| s.trim())
//=> 4
//== ordering by hand
#[derive(Debug, PartialEq, Eq)] struct TrDay { rain: u32, name: &'static str }
impl Ord for TrDay { fn cmp(&self, o: &Self) -> std::cmp::Ordering { o.rain.cmp(&self.rain).then_with(|| self.name.cmp(o.name)) } }
impl PartialOrd for TrDay { fn partial_cmp(&self, o: &Self) -> Option<std::cmp::Ordering> { Some(self.cmp(o)) } }
let mut tr_days = vec![TrDay { rain: 1, name: "b" }, TrDay { rain: 1, name: "a" }, TrDay { rain: 5, name: "c" }];
tr_days.sort();
tr_days.iter().map(|d| d.name).collect::<String>()
//=> "cab"
