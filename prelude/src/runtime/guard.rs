//! Guards for the loops of a cell, so that Stop ends a plain `loop {}` and keeps every variable.
//!
//! The compile front writes these into the loops that it finds in a notebook's code. A guard looks at the cancel flag
//! when its loop begins and then now and then: after so many turns that looking costs nothing, and
//! so few that Stop is seen within a fraction of a second however slow a turn is.

use crate::parallel::cancel;
use std::ops::Range;
use std::time::Instant;

/// Turns before the first look at the clock.
const FIRST: u32 = 64;
/// Turns of a loop that calls nothing: each is a few nanoseconds.
const QUICK: usize = 1 << 16;
const MOST: u32 = 1 << 20;
/// A look every so many nanoseconds is often enough to double the turns in between …
const OFTEN: u64 = 1_000_000;
/// … and this long is too long for somebody who waits for Stop.
const SELDOM: u64 = 20_000_000;

/// Counts the turns of one loop.
#[derive(Debug)]
pub struct Guard {
    left: u32,
    turns: u32,
    /// Nanoseconds on the monotonic clock at the last look, 0 before the first.
    since: u64,
}

impl Guard {
    /// At the start of a loop.
    #[inline]
    pub fn begin() -> Self {
        check();
        Self { left: FIRST, turns: FIRST, since: 0 }
    }

    /// At the start of each turn.
    #[inline]
    pub fn turn(&mut self) {
        if self.left == 0 {
            // By value: a reference that escapes would keep the counter out of the registers.
            (self.turns, self.since) = look(self.turns, self.since);
            self.left = self.turns;
        }
        self.left -= 1;
    }
}

/// Ends the cell if Stop was pressed.
#[inline]
pub fn check() {
    if cancel::is_cancelled() {
        stop();
    }
}

#[cold]
#[inline(never)]
fn stop() {
    // A second panic while one unwinds would end the process.
    if !std::thread::panicking() {
        cancel::checkpoint();
    }
}

/// Looks at the flag and the clock, and says after how many turns to look again.
#[cold]
#[inline(never)]
fn look(turns: u32, since: u64) -> (u32, u64) {
    check();
    let now = nanoseconds();
    let turns = match now.saturating_sub(since) {
        _ if since == 0 => turns,
        passed if passed < OFTEN => (turns * 8).min(MOST),
        passed if passed > SELDOM => (turns / 8).max(1),
        _ => turns,
    };
    (turns, now)
}

fn nanoseconds() -> u64 {
    thread_local! {
        static START: Instant = Instant::now();
    }
    u64::try_from(START.with(Instant::elapsed).as_nanos()).unwrap_or(u64::MAX).max(1)
}

/// An iterator with a guard.
#[derive(Debug)]
pub struct Guarded<I> {
    inner: I,
    guard: Guard,
}

/// The iterator of a guarded `for` loop.
#[inline]
pub fn guarded<I: IntoIterator>(items: I) -> Guarded<I::IntoIter> {
    Guarded { inner: items.into_iter(), guard: Guard::begin() }
}

impl<I: Iterator> Iterator for Guarded<I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.guard.turn();
        self.inner.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

/// What is left of the iterator of a `for` loop that calls nothing, handed out in parts.
///
/// Parts of ranges and slices are ranges and slices themselves, so the loop over a part is the one that the user wrote,
/// and is vectorised as that is.
#[derive(Debug)]
pub struct Parts<I> {
    items: I,
    /// The whole has been handed out.
    over: bool,
}

/// Takes the iterator of a `for` loop apart.
#[inline]
pub fn parts<I: IntoIterator>(items: I) -> Parts<I::IntoIter> {
    Parts { items: items.into_iter(), over: false }
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
        check();
        let Range { start, end } = self.items;
        if start >= end {
            return None;
        }
        let middle = start.ahead(QUICK, end);
        self.items.start = middle;
        Some(start..middle)
    }
}

impl<'a, T> OwnPart for Parts<std::slice::Iter<'a, T>> {
    type Part = std::slice::Iter<'a, T>;

    #[inline]
    fn part(&mut self) -> Option<Self::Part> {
        check();
        let rest = self.items.as_slice();
        let (part, rest) = rest.split_at(rest.len().min(QUICK));
        self.items = rest.iter();
        (!part.is_empty()).then(|| part.iter())
    }
}

impl<'a, T> OwnPart for Parts<std::slice::IterMut<'a, T>> {
    type Part = std::slice::IterMut<'a, T>;

    #[inline]
    fn part(&mut self) -> Option<Self::Part> {
        check();
        let rest = std::mem::take(&mut self.items).into_slice();
        let (part, rest) = rest.split_at_mut(rest.len().min(QUICK));
        self.items = rest.iter_mut();
        (!part.is_empty()).then(|| part.iter_mut())
    }
}

/// Any other iterator, whole: how long it takes to its next item is not known, so it gets a [`Guard`].
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
        let n = QUICK * 2 + 7;
        let numbers: Vec<usize> = (0..n).collect();
        assert_eq!(seen!(0..n), numbers);
        assert_eq!(seen!(&numbers).into_iter().copied().collect::<Vec<_>>(), numbers);
        assert_eq!(seen!(numbers.clone()), numbers);
        assert_eq!(seen!(numbers.iter().enumerate().map(|(at, _)| at)), numbers);
        assert_eq!(seen!(250u8..255), [250, 251, 252, 253, 254]);
        assert_eq!(seen!(-3i8..2), [-3, -2, -1, 0, 1]);
        assert!(seen!(5..5).is_empty() && seen!(7..5).is_empty());
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
    fn looks_are_rare_in_a_quick_loop() {
        let mut guard = Guard::begin();
        for _ in 0..10_000_000 {
            guard.turn();
        }
        assert!(guard.turns > FIRST, "{guard:?}");
    }
}
