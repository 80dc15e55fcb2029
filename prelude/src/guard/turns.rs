//! Loops that look in each turn whether Stop was pressed.

use super::ahead::fetch_behind;
use super::{Ahead, Receiving, Stop, check};
use ndarray::{ArrayBase, Data, Dimension, Ix1, Ix2};
use std::ops::{Deref, DerefMut};
use std::sync::mpsc::Receiver;

/// What a guarded `for` loop goes over: `for x in guarded(stop, items).__isopleth_turns()`.
///
/// Which method `__isopleth_turns` that is depends on the items: the first that applies of those of [`Guarded`], [`InMemory`] and
/// [`Any`], each of which is what the one before dereferences to. They ask what kind of iterator it is and not what its items
/// are: that may be known only from what the loop does with them.
#[derive(Debug)]
pub struct Guarded<X>(InMemory<X>);

/// The items of a guarded `for` loop.
#[inline]
pub fn guarded<X: IntoIterator>(stop: &'static Stop, items: X) -> Guarded<X> {
    Guarded(InMemory(Any { items: Some(items), stop }))
}

/// What a [`Guarded`] dereferences to.
#[derive(Debug)]
pub struct InMemory<X>(Any<X>);

/// What an [`InMemory`] dereferences to. The items are there until a loop takes them.
#[derive(Debug)]
pub struct Any<X> {
    items: Option<X>,
    stop: &'static Stop,
}

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

impl<T> Guarded<Receiver<T>> {
    /// The messages of a channel.
    #[inline]
    pub fn __isopleth_turns(self) -> Receiving<Receiver<T>> {
        let Any { items, stop } = self.0.0;
        Receiving::new(stop, items)
    }
}

impl<'a, T> Guarded<&'a Receiver<T>> {
    /// The messages of a channel.
    #[inline]
    pub fn __isopleth_turns(self) -> Receiving<&'a Receiver<T>> {
        let Any { items, stop } = self.0.0;
        Receiving::new(stop, items)
    }
}

impl<'a, S: Data, D: Dimension> Guarded<&'a ArrayBase<S, D>> {
    /// The values of an array, in its order, as quickly as those of a slice.
    #[inline]
    pub fn __isopleth_turns(self) -> Values<'a, S::Elem, D> {
        let Any { items, stop } = self.0.0;
        let (line, rest) = match items {
            Some(array) => match array.as_slice() {
                Some(values) => (values, None),
                None => (&[][..], Some(Box::new(array.iter()))),
            },
            None => (&[][..], None),
        };
        Values { line: line.iter(), rest, stop }
    }
}

impl<X: IntoIterator<IntoIter: InLine>> InMemory<X> {
    /// The items, and what lies ahead of them fetched.
    #[inline]
    pub fn __isopleth_turns(&mut self) -> Fetching<X::IntoIter> {
        Fetching { items: self.0.__isopleth_turns(), before: Default::default() }
    }
}

impl<X: IntoIterator> Any<X> {
    /// The items, and a look before each.
    #[inline]
    pub fn __isopleth_turns(&mut self) -> Looking<X::IntoIter> {
        Looking { items: self.items.take().map(X::into_iter), stop: self.stop }
    }
}

/// Iterators over items that lie one behind the other in memory.
pub trait InLine: Iterator<Item: Ahead> {}

impl<T> InLine for std::slice::Iter<'_, T> {}
impl<T> InLine for std::slice::IterMut<'_, T> {}
impl<T, D: Dimension> InLine for ndarray::iter::Iter<'_, T, D> {}
impl<T, D: Dimension> InLine for ndarray::iter::IterMut<'_, T, D> {}
impl<T> InLine for ndarray::iter::IndexedIter<'_, T, Ix1> {}
impl<T> InLine for ndarray::iter::IndexedIter<'_, T, Ix2> {}
impl<T> InLine for ndarray::iter::IndexedIterMut<'_, T, Ix1> {}
impl<T> InLine for ndarray::iter::IndexedIterMut<'_, T, Ix2> {}
impl<I: InLine> InLine for std::iter::Enumerate<I> {}
impl<I: InLine + DoubleEndedIterator> InLine for std::iter::Rev<I> {}
impl<I: InLine> InLine for std::iter::Skip<I> {}
impl<I: InLine> InLine for std::iter::StepBy<I> {}
impl<I: InLine> InLine for std::iter::Take<I> {}
impl<A: InLine, B: InLine> InLine for std::iter::Zip<A, B> {}

/// An iterator that looks before each item.
#[derive(Debug)]
pub struct Looking<I> {
    items: Option<I>,
    stop: &'static Stop,
}

impl<I: Iterator> Iterator for Looking<I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        check(self.stop);
        self.items.as_mut()?.next()
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
    stop: &'static Stop,
}

impl<'a, T, D: Dimension> Iterator for Values<'a, T, D> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        check(self.stop);
        let Some(value) = self.line.next() else { return elsewhere(self.rest.as_deref_mut()?) };
        fetch_behind(value);
        Some(value)
    }
}

/// The next value of an array that is no slice. Out of the way, so that the loop over a slice keeps its registers.
#[cold]
#[inline(never)]
fn elsewhere<'a, T, D: Dimension>(rest: &mut ndarray::iter::Iter<'a, T, D>) -> Option<&'a T> {
    rest.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    static STOP: Stop = Stop::new();

    #[test]
    fn a_guarded_iterator_gives_what_it_has() {
        assert_eq!(guarded(&STOP, 0..1000).__isopleth_turns().sum::<i32>(), 499_500);
        assert_eq!(guarded(&STOP, vec!["a", "b"]).__isopleth_turns().collect::<String>(), "ab");
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
                match guarded(&STOP, $items).__isopleth_turns() {
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
                match guarded(&STOP, $items).__isopleth_turns() {
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
    fn what_the_items_are_may_be_known_from_the_loop_only() {
        let parsed: Vec<_> = "1 2".split(' ').map(|word| word.parse().unwrap()).collect();
        let mut sum = 0.0;
        for x in guarded(&STOP, parsed).__isopleth_turns() {
            let x: f64 = x;
            sum += x;
        }
        for x in guarded(&STOP, ["3"].iter().map(|word| word.parse().unwrap())).__isopleth_turns() {
            let x: f64 = x;
            sum += x;
        }
        assert_eq!(sum, 6.0);
    }

    #[test]
    fn a_trait_of_the_users_is_not_asked() {
        trait Everybodys: Sized {
            fn turns(self) -> [u8; 1] {
                [99]
            }
            fn part(&mut self) -> Option<[u8; 1]> {
                None
            }
        }
        impl<T> Everybodys for T {}
        assert_eq!(guarded(&STOP, [1, 2]).__isopleth_turns().collect::<Vec<_>>(), [1, 2]);
        assert_eq!([0].turns(), [99]);
        assert!([0].part().is_none());
    }
}
