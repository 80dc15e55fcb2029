//! Guards for the loops of a cell, so that Stop ends a plain `loop {}` and keeps every variable.
//!
//! The compile front writes these into the loops that it finds in a notebook's code. Most loops look at the cancel flag
//! in each turn: one load, and nothing that returns is called, so the loop keeps its registers. That
//! would keep a loop over numbers from being vectorised, so such a loop is taken apart instead.

use crate::parallel::cancel;
use crate::prefetch::prefetch;
use ndarray::{ArrayBase, Data, Dimension};
use std::ops::{Deref, DerefMut, Range};

/// Ends the cell if Stop was pressed.
#[inline]
pub fn check() {
    if cancel::is_cancelled() {
        cancel::unwind();
    }
}

/// What a guarded `for` loop goes over: `for x in guarded(items).turns()`.
///
/// Which method `turns` that is depends on the items: the first that applies of those of [`Guarded`], [`InMemory`] and
/// [`Any`], each of which is what the one before dereferences to.
#[derive(Debug)]
pub struct Guarded<X>(InMemory<X>);

/// The items of a guarded `for` loop.
#[inline]
pub fn guarded<X: IntoIterator>(items: X) -> Guarded<X> {
    Guarded(InMemory(Any(Some(items))))
}

/// What a [`Guarded`] dereferences to.
#[derive(Debug)]
pub struct InMemory<X>(Any<X>);

/// What an [`InMemory`] dereferences to. The items are there until a loop takes them.
#[derive(Debug)]
pub struct Any<X>(Option<X>);

impl<X> Deref for Guarded<X> {
    type Target = InMemory<X>;

    #[inline]
    fn deref(&self) -> &InMemory<X> {
        &self.0
    }
}

impl<X> DerefMut for Guarded<X> {
    #[inline]
    fn deref_mut(&mut self) -> &mut InMemory<X> {
        &mut self.0
    }
}

impl<X> Deref for InMemory<X> {
    type Target = Any<X>;

    #[inline]
    fn deref(&self) -> &Any<X> {
        &self.0
    }
}

impl<X> DerefMut for InMemory<X> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Any<X> {
        &mut self.0
    }
}

impl<'a, S: Data, D: Dimension> Guarded<&'a ArrayBase<S, D>> {
    /// The values of an array, in its order, as quickly as those of a slice.
    #[inline]
    pub fn turns(mut self) -> Values<'a, S::Elem, D> {
        let (line, rest) = match self.0.0.0.take() {
            Some(array) => match array.as_slice() {
                Some(values) => (values, None),
                None => (&[][..], Some(Box::new(array.iter()))),
            },
            None => (&[][..], None),
        };
        Values { line: line.iter(), rest }
    }
}

impl<X: IntoIterator<Item: Ahead>> InMemory<X> {
    /// The items, and what lies ahead of them fetched.
    #[inline]
    pub fn turns(&mut self) -> Fetching<X::IntoIter> {
        Fetching { items: self.0.turns(), before: Default::default() }
    }
}

impl<X: IntoIterator> Any<X> {
    /// The items, and a look at the flag before each.
    #[inline]
    pub fn turns(&mut self) -> Looking<X::IntoIter> {
        Looking(self.0.take().map(X::into_iter))
    }
}

/// An iterator that looks at the flag before each item.
#[derive(Debug)]
pub struct Looking<I>(Option<I>);

impl<I: Iterator> Iterator for Looking<I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        check();
        self.0.as_mut()?.next()
    }
}

/// A [`Looking`] over items that lie one behind the other, such as the pixels of a map: it asks for memory before its turn
/// comes.
///
/// A loop with a branch or a call in it is not vectorised, and takes so many instructions for each cache line that the
/// processor by itself looks only a few lines ahead. Over an array that is larger than the caches it then waits for
/// memory most of the time: 2.0 ns an item instead of 0.6, on the machine of the README's table.
#[derive(Debug)]
pub struct Fetching<I: Iterator<Item: Ahead>> {
    items: Looking<I>,
    before: <I::Item as Ahead>::Before,
}

impl<I: Iterator<Item: Ahead>> Iterator for Fetching<I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        let item = self.items.next()?;
        item.fetch(&mut self.before);
        Some(item)
    }
}

/// [`Fetching`] for the values of an array, whose own iterator asks for each value how the array lies in memory.
#[derive(Debug)]
pub struct Values<'a, T, D> {
    line: std::slice::Iter<'a, T>,
    /// The values of an array that is no slice. Boxed, so that nothing else points into this and it can live in registers.
    rest: Option<Box<ndarray::iter::Iter<'a, T, D>>>,
}

impl<'a, T, D: Dimension> Iterator for Values<'a, T, D> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        check();
        let Some(value) = self.line.next() else { return elsewhere(self.rest.as_deref_mut()?) };
        if (1..LINE).contains(&size_of::<T>()) {
            prefetch(std::ptr::from_ref(value).cast::<u8>().wrapping_add(DISTANCE));
        }
        Some(value)
    }
}

/// The next value of an array that is no slice. Out of the way, so that the loop over a slice keeps its registers.
#[cold]
#[inline(never)]
fn elsewhere<'a, T, D: Dimension>(rest: &mut ndarray::iter::Iter<'a, T, D>) -> Option<&'a T> {
    rest.next()
}

/// Items that are a place in memory, or hold one.
pub trait Ahead {
    /// Where the item before it was.
    type Before: Default + std::fmt::Debug;
    /// Asks for what comes some turns later, if this item lies right behind the one before.
    fn fetch(&self, before: &mut Self::Before);
}

impl<T> Ahead for &T {
    type Before = usize;

    #[inline]
    fn fetch(&self, before: &mut usize) {
        fetch(*self, before);
    }
}

impl<T> Ahead for &mut T {
    type Before = usize;

    #[inline]
    fn fetch(&self, before: &mut usize) {
        fetch(&**self, before);
    }
}

/// `enumerate()`
impl<T: Ahead> Ahead for (usize, T) {
    type Before = T::Before;

    #[inline]
    fn fetch(&self, before: &mut T::Before) {
        self.1.fetch(before);
    }
}

/// `indexed_iter()` of a map
impl<T: Ahead> Ahead for ((usize, usize), T) {
    type Before = T::Before;

    #[inline]
    fn fetch(&self, before: &mut T::Before) {
        self.1.fetch(before);
    }
}

/// `zip()`
impl<A: Ahead, B: Ahead> Ahead for (A, B) {
    type Before = (A::Before, B::Before);

    #[inline]
    fn fetch(&self, before: &mut Self::Before) {
        self.0.fetch(&mut before.0);
        self.1.fetch(&mut before.1);
    }
}

/// Bytes of a cache line. Items as large as one take time enough by themselves.
const LINE: usize = 64;
/// Bytes between an item and what is fetched: some dozens of cache lines, so that it is there in time and not gone again.
const DISTANCE: usize = 2048;

/// Fetches what lies [`DISTANCE`] behind an item of a line of them.
#[inline]
fn fetch<T>(item: &T, before: &mut usize) {
    if follows(item, before) {
        prefetch(std::ptr::from_ref(item).cast::<u8>().wrapping_add(DISTANCE));
    }
}

/// Whether an item, smaller than a [`LINE`], lies right behind the one before.
#[inline]
fn follows<T>(item: &T, before: &mut usize) -> bool {
    let address = std::ptr::from_ref(item).addr();
    let after = std::mem::replace(before, address);
    (1..LINE).contains(&size_of::<T>()) && address.wrapping_sub(after) == size_of::<T>()
}

/// What a `for` loop over numbers goes over, handed out in parts.
///
/// Parts of ranges and slices are ranges and slices themselves, so the loop over a part is the one that the user wrote,
/// and is vectorised as that is. A part is as long as the flag need not be looked at.
#[derive(Debug)]
pub struct Parts<X: IntoIterator> {
    /// Until the first part is asked for.
    items: Option<X>,
    /// What is left of them, where it can be cut.
    rest: Option<X::IntoIter>,
    turns: usize,
    /// When the part before began, in [`ticks`]; 0 before the first.
    since: u64,
}

/// Turns of the first part: even turns of 50 ms each are then seen in time.
const FIRST: usize = 8;
const MOST: usize = 1 << 20;
/// A part that took less than this, about a millisecond, may be longer …
const SHORT: u64 = 3_000_000;
/// … and one that took more than this, about 20, keeps somebody waiting.
const LONG: u64 = 60_000_000;

/// Takes the iterator of a `for` loop apart.
#[inline]
pub fn parts<X: IntoIterator>(items: X) -> Parts<X> {
    Parts { items: Some(items), rest: None, turns: FIRST, since: 0 }
}

impl<X: IntoIterator> Parts<X> {
    /// How many turns the next part has.
    #[inline]
    fn next_turns(&mut self) -> usize {
        check();
        let now = ticks();
        if self.since != 0 {
            match now.saturating_sub(self.since) {
                passed if passed < SHORT => self.turns = (self.turns * 8).min(MOST),
                passed if passed > LONG => self.turns = (self.turns / 8).max(1),
                _ => {}
            }
        }
        self.since = now;
        self.turns
    }
}

/// A clock that costs a few nanoseconds; a tick is a third of a nanosecond, more or less.
#[cfg(target_arch = "x86_64")]
#[inline]
fn ticks() -> u64 {
    // SAFETY: every x86-64 processor has the instruction.
    unsafe { std::arch::x86_64::_rdtsc() }
}

/// A clock; a tick is a third of a nanosecond.
#[cfg(not(target_arch = "x86_64"))]
fn ticks() -> u64 {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX / 3).max(1) * 3
}

/// The next part of a range or a slice. Found before [`AnyPart`] where it applies, since that takes one more reference.
pub trait OwnPart {
    /// A part is of the same kind as the whole.
    type Part: Iterator;
    /// None when nothing is left.
    fn part(&mut self) -> Option<Self::Part>;
}

impl<X: IntoIterator<IntoIter: Cut>> OwnPart for Parts<X> {
    type Part = X::IntoIter;

    #[inline]
    fn part(&mut self) -> Option<X::IntoIter> {
        if let Some(items) = self.items.take() {
            self.rest = Some(items.into_iter());
        }
        if self.rest.as_ref()?.is_over() {
            return None;
        }
        let turns = self.next_turns();
        Some(self.rest.as_mut()?.cut(turns))
    }
}

/// Iterators of which the beginning is one of their own kind.
pub trait Cut: Iterator + Sized {
    /// Whether nothing is left.
    fn is_over(&self) -> bool;
    /// Takes off so many items, or all that are left.
    fn cut(&mut self, turns: usize) -> Self;
    /// A loop over a part looks at nothing: what [`Guarded`] has as a method.
    #[inline]
    fn turns(self) -> Self {
        self
    }
}

/// Whole numbers that ranges count with.
pub trait Count: Copy + PartialOrd {
    /// The smaller of `self + turns` and `end`.
    fn ahead(self, turns: usize, end: Self) -> Self;
}

macro_rules! count {
    ($($kind:ty)*) => {$(
        impl Count for $kind {
            #[inline]
            fn ahead(self, turns: usize, end: Self) -> Self {
                match <$kind>::try_from(turns).ok().and_then(|turns| self.checked_add(turns)) {
                    Some(ahead) if ahead < end => ahead,
                    _ => end,
                }
            }
        }
    )*};
}
count!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

impl<T: Count> Cut for Range<T>
where
    Range<T>: Iterator<Item = T>,
{
    #[inline]
    fn is_over(&self) -> bool {
        self.start >= self.end
    }

    #[inline]
    fn cut(&mut self, turns: usize) -> Self {
        let middle = self.start.ahead(turns, self.end);
        std::mem::replace(&mut self.start, middle)..middle
    }
}

impl<T> Cut for std::slice::Iter<'_, T> {
    #[inline]
    fn is_over(&self) -> bool {
        self.as_slice().is_empty()
    }

    #[inline]
    fn cut(&mut self, turns: usize) -> Self {
        let all = self.as_slice();
        let (part, rest) = all.split_at(all.len().min(turns));
        *self = rest.iter();
        part.iter()
    }
}

impl<T> Cut for std::slice::IterMut<'_, T> {
    #[inline]
    fn is_over(&self) -> bool {
        self.as_slice().is_empty()
    }

    #[inline]
    fn cut(&mut self, turns: usize) -> Self {
        let all = std::mem::take(self).into_slice();
        let (part, rest) = all.split_at_mut(all.len().min(turns));
        *self = rest.iter_mut();
        part.iter_mut()
    }
}

/// Any other items, whole and [`Guarded`].
pub trait AnyPart {
    /// The items.
    type Items;
    /// The whole, then None.
    fn part(&mut self) -> Option<Guarded<Self::Items>>;
}

impl<X: IntoIterator> AnyPart for &mut Parts<X> {
    type Items = X;

    #[inline]
    fn part(&mut self) -> Option<Guarded<X>> {
        self.items.take().map(guarded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the compile front makes of `for x in items { seen.push(x) }`.
    macro_rules! seen {
        ($items:expr) => {{
            let mut seen = Vec::new();
            match parts($items) {
                mut rest => {
                    while let Some(part) = (&mut rest).part() {
                        for x in std::convert::identity(part).turns() {
                            seen.push(x);
                        }
                    }
                }
            }
            seen
        }};
    }

    #[test]
    fn the_parts_of_an_iterator_are_the_whole() {
        let n = MOST + 70_007;
        let numbers: Vec<usize> = (0..n).collect();
        assert_eq!(seen!(0..n), numbers);
        assert_eq!(seen!(&numbers).into_iter().copied().collect::<Vec<_>>(), numbers);
        assert_eq!(seen!(numbers.clone()), numbers);
        let array = ndarray::array![[1, 3], [2, 4]].reversed_axes();
        assert_eq!(seen!(&array), [&1, &2, &3, &4]);
        assert_eq!(seen!(numbers.iter().enumerate().map(|(at, _)| at)), numbers);
        assert_eq!(seen!(250u8..255), [250, 251, 252, 253, 254]);
        assert_eq!(seen!(-3i8..2), [-3, -2, -1, 0, 1]);
        assert!(seen!(5..5).is_empty());
        let mut changed = numbers.clone();
        for one in seen!(&mut changed) {
            *one += 1;
        }
        assert_eq!(changed, (1..=n).collect::<Vec<_>>());
    }

    #[test]
    fn a_guarded_iterator_gives_what_it_has() {
        assert_eq!(guarded(0..1000).turns().sum::<i32>(), 499_500);
        assert_eq!(guarded(vec!["a", "b"]).turns().collect::<String>(), "ab");
    }

    #[test]
    fn what_lies_in_memory_is_fetched_ahead_and_given_as_it_is() {
        trait Fetches {}
        impl<I: Iterator<Item: Ahead>> Fetches for Fetching<I> {}
        impl<T, D> Fetches for Values<'_, T, D> {}
        fn fetches(_: &impl Fetches) {}
        let (a, mut b) = (ndarray::array![[1, 2], [3, 4]], vec![10, 20, 30, 40]);
        let (turned, column) = (a.t(), a.slice(ndarray::s![.., 1..]));
        let nothing = ndarray::Array3::<f32>::zeros((2, 0, 3));
        macro_rules! turns {
            ($items:expr) => {{
                match guarded($items).turns() {
                    turns => {
                        fetches(&turns);
                        turns.collect::<Vec<_>>()
                    }
                }
            }};
        }
        assert_eq!(turns!(&a), [&1, &2, &3, &4]);
        assert_eq!(turns!(&turned), [&1, &3, &2, &4]);
        assert_eq!(turns!(&column), [&2, &4]);
        assert_eq!(turns!(a.t()), [&1, &3, &2, &4]);
        assert!(turns!(&nothing).is_empty());
        assert_eq!(turns!(b.iter().enumerate().skip(3)), [(3, &40)]);
        assert_eq!(turns!(a.indexed_iter().skip(3)), [((1, 1), &4)]);
        assert_eq!(turns!(a.iter().zip(&b).skip(3)), [(&4, &40)]);
        for item in turns!(&mut b) {
            *item += 1;
        }
        assert_eq!(b, [11, 21, 31, 41]);
        assert_eq!(turns!(["a", "b"].iter().rev()), [&"b", &"a"]);
        assert_eq!(turns!(&[(), ()]).len(), 2);
    }

    #[test]
    fn what_does_not_is_guarded_all_the_same() {
        fn looks<I>(_: &Looking<I>) {}
        macro_rules! turns {
            ($items:expr) => {{
                match guarded($items).turns() {
                    turns => {
                        looks(&turns);
                        turns.collect::<Vec<_>>()
                    }
                }
            }};
        }
        assert_eq!(turns!(0..3), [0, 1, 2]);
        assert_eq!(turns!(vec!["a", "b"]), ["a", "b"]);
        assert_eq!(turns!((0..2).zip(["c", "d"])), [(0, "c"), (1, "d")]);
    }

    #[test]
    fn only_neighbours_are_a_line() {
        let values = [0u32; 8];
        let mut before = 0;
        let line = [0, 1, 2, 5, 6, 5].map(|at| follows(&values[at], &mut before));
        assert_eq!(line, [false, true, true, false, true, false]);
        assert!(![0, 1, 2].map(|at| follows(&[(); 3][at], &mut before)).contains(&true), "nothing to fetch");
        assert!(![0, 1, 2].map(|at| follows(&[[0u8; 64]; 3][at], &mut before)).contains(&true), "a line each");
    }

    #[test]
    fn parts_of_quick_turns_grow_and_of_slow_turns_shrink() {
        let mut quick = parts(0..u64::MAX);
        let mut lengths = Vec::new();
        for _ in 0..8 {
            let part = quick.part().unwrap();
            lengths.push(part.end - part.start);
        }
        assert_eq!(lengths.last(), Some(&(MOST as u64)), "{lengths:?}");
        quick.since = quick.since.saturating_sub(100 * LONG).max(1);
        let slow = quick.part().unwrap();
        assert_eq!(slow.end - slow.start, MOST as u64 / 8);
    }
}
