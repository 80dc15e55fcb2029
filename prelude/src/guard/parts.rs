//! Loops over numbers, taken apart so that they are vectorised as they were written.

use super::{Guarded, Stop, check, guarded};
use std::ops::{Deref, DerefMut, Range};

/// What a `for` loop over numbers goes over, handed out in parts.
///
/// Parts of ranges and slices are ranges and slices themselves, so the loop over a part is the one that the user wrote,
/// and is vectorised as that is. A part is as long as nobody need look.
///
/// Which method `__isopleth_part` that is depends on the items: this type's where they can be cut, and otherwise that of
/// [`Whole`], which this dereferences to.
#[derive(Debug)]
pub struct Parts<X: IntoIterator> {
    whole: Whole<X>,
    /// What is left of the items, where they can be cut.
    rest: Option<X::IntoIter>,
    turns: usize,
    /// When the part before began, in [`ticks`]; 0 before the first.
    since: u64,
}

/// Items until they are asked for: those that cannot be cut are one part.
#[derive(Debug)]
pub struct Whole<X> {
    items: Option<X>,
    stop: &'static Stop,
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
pub fn parts<X: IntoIterator>(stop: &'static Stop, items: X) -> Parts<X> {
    Parts { whole: Whole { items: Some(items), stop }, rest: None, turns: FIRST, since: 0 }
}

impl<X: IntoIterator> Parts<X> {
    /// How many turns the next part has.
    #[inline]
    fn next_turns(&mut self) -> usize {
        check(self.whole.stop);
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

impl<X: IntoIterator> Deref for Parts<X> {
    type Target = Whole<X>;

    #[inline]
    fn deref(&self) -> &Whole<X> {
        &self.whole
    }
}

impl<X: IntoIterator> DerefMut for Parts<X> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Whole<X> {
        &mut self.whole
    }
}

impl<X: IntoIterator<IntoIter: Cut>> Parts<X> {
    /// The next part of a range or a slice. None when nothing is left.
    #[inline]
    pub fn __isopleth_part(&mut self) -> Option<Part<X::IntoIter>> {
        if let Some(items) = self.whole.items.take() {
            self.rest = Some(items.into_iter());
        }
        if self.rest.as_ref()?.is_over() {
            return None;
        }
        let turns = self.next_turns();
        Some(Part(self.rest.as_mut()?.cut(turns)))
    }
}

impl<X: IntoIterator> Whole<X> {
    /// All items, which look in each turn, then None.
    #[inline]
    pub fn __isopleth_part(&mut self) -> Option<Guarded<X>> {
        self.items.take().map(|items| guarded(self.stop, items))
    }
}

/// A part of a range or a slice.
#[derive(Debug)]
pub struct Part<I>(I);

impl<I> Part<I> {
    /// The items, without a look: what [`Guarded`] has as a method.
    #[inline]
    pub fn __isopleth_turns(self) -> I {
        self.0
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

/// Iterators of which the beginning is one of their own kind.
pub trait Cut: Iterator + Sized {
    /// Whether nothing is left.
    fn is_over(&self) -> bool;
    /// Takes off so many items, or all that are left.
    fn cut(&mut self, turns: usize) -> Self;
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

#[cfg(test)]
mod tests {
    use super::*;

    static STOP: Stop = Stop::new();

    /// What the compile front makes of `for x in items { seen.push(x) }`.
    macro_rules! seen {
        ($items:expr) => {{
            let mut seen = Vec::new();
            match parts(&STOP, $items) {
                mut rest => {
                    while let Some(part) = rest.__isopleth_part() {
                        for x in std::convert::identity(part).__isopleth_turns() {
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
    fn parts_of_quick_turns_grow_and_of_slow_turns_shrink() {
        let mut quick = parts(&STOP, 0..u64::MAX);
        let mut lengths = Vec::new();
        for _ in 0..8 {
            let part = quick.__isopleth_part().unwrap().0;
            lengths.push(part.end - part.start);
        }
        assert_eq!(lengths.last(), Some(&(MOST as u64)), "{lengths:?}");
        quick.since = quick.since.saturating_sub(100 * LONG).max(1);
        let slow = quick.__isopleth_part().unwrap().0;
        assert_eq!(slow.end - slow.start, MOST as u64 / 8);
    }
}
