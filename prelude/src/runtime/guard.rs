//! Guards for the loops of a cell, so that Stop ends a plain `loop {}` and keeps every variable.
//!
//! The compile front writes these into the loops that it finds in a notebook's code. Most loops look at the cancel flag
//! in each turn: one load, and nothing that returns is called, so the loop keeps its registers. That
//! would keep a loop over numbers from being vectorised, so such a loop is taken apart instead.

use crate::parallel::cancel;
use std::ops::Range;

/// Ends the cell if Stop was pressed.
#[inline]
pub fn check() {
    if cancel::is_cancelled() {
        cancel::unwind();
    }
}

/// An iterator that looks at the flag before each item.
#[derive(Debug)]
pub struct Guarded<I>(I);

/// The iterator of a guarded `for` loop.
#[inline]
pub fn guarded<I: IntoIterator>(items: I) -> Guarded<I::IntoIter> {
    Guarded(items.into_iter())
}

impl<I: Iterator> Iterator for Guarded<I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        check();
        self.0.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

/// What is left of the iterator of a `for` loop over numbers, handed out in parts.
///
/// Parts of ranges and slices are ranges and slices themselves, so the loop over a part is the one that the user wrote,
/// and is vectorised as that is. A part is as long as the flag need not be looked at.
#[derive(Debug)]
pub struct Parts<I> {
    items: I,
    turns: usize,
    /// When the part before began, in [`ticks`]; 0 before the first.
    since: u64,
    /// The whole has been handed out.
    over: bool,
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
pub fn parts<I: IntoIterator>(items: I) -> Parts<I::IntoIter> {
    Parts { items: items.into_iter(), turns: FIRST, since: 0, over: false }
}

impl<I> Parts<I> {
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

impl<T: Count> OwnPart for Parts<Range<T>>
where
    Range<T>: Iterator<Item = T>,
{
    type Part = Range<T>;

    #[inline]
    fn part(&mut self) -> Option<Range<T>> {
        let Range { start, end } = self.items;
        if start >= end {
            return None;
        }
        let middle = start.ahead(self.next_turns(), end);
        self.items.start = middle;
        Some(start..middle)
    }
}

impl<'a, T> OwnPart for Parts<std::slice::Iter<'a, T>> {
    type Part = std::slice::Iter<'a, T>;

    #[inline]
    fn part(&mut self) -> Option<Self::Part> {
        let rest = self.items.as_slice();
        if rest.is_empty() {
            return None;
        }
        let (part, rest) = rest.split_at(rest.len().min(self.next_turns()));
        self.items = rest.iter();
        Some(part.iter())
    }
}

impl<'a, T> OwnPart for Parts<std::slice::IterMut<'a, T>> {
    type Part = std::slice::IterMut<'a, T>;

    #[inline]
    fn part(&mut self) -> Option<Self::Part> {
        let rest = std::mem::take(&mut self.items).into_slice();
        if rest.is_empty() {
            return None;
        }
        let (part, rest) = rest.split_at_mut(rest.len().min(self.next_turns()));
        self.items = rest.iter_mut();
        Some(part.iter_mut())
    }
}

/// Any other iterator, whole and [`Guarded`].
pub trait AnyPart {
    /// Borrows the whole.
    type Part<'a>: Iterator
    where
        Self: 'a;
    /// The whole, then None.
    fn part(&mut self) -> Option<Self::Part<'_>>;
}

impl<I: Iterator> AnyPart for &mut Parts<I> {
    type Part<'a>
        = Guarded<&'a mut I>
    where
        Self: 'a;

    #[inline]
    fn part(&mut self) -> Option<Guarded<&mut I>> {
        (!std::mem::replace(&mut self.over, true)).then(|| guarded(&mut self.items))
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
                        for x in part {
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
        assert_eq!(guarded(0..1000).sum::<i32>(), 499_500);
        assert_eq!(guarded(vec!["a", "b"]).collect::<String>(), "ab");
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
