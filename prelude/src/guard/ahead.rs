//! What lies ahead in memory, asked for before a loop gets there.

use crate::prefetch::prefetch;

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
        fetch_behind(item);
    }
}

/// Fetches what lies [`DISTANCE`] behind an item that is smaller than a [`LINE`].
#[inline]
pub(super) fn fetch_behind<T>(item: &T) {
    if (1..LINE).contains(&size_of::<T>()) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_neighbours_are_a_line() {
        let values = [0u32; 8];
        let mut before = 0;
        let line = [0, 1, 2, 5, 6, 5].map(|at| follows(&values[at], &mut before));
        assert_eq!(line, [false, true, true, false, true, false]);
        assert!(![0, 1, 2].map(|at| follows(&[(); 3][at], &mut before)).contains(&true), "nothing to fetch");
        assert!(![0, 1, 2].map(|at| follows(&[[0u8; 64]; 3][at], &mut before)).contains(&true), "a line each");
    }
}
