//! Memory for results and windows, kept and used again.
//!
//! A window is read, used and dropped thousands of times in one computation, and a cell that computes with arrays drops
//! one large result after the other. What the system hands out anew it clears first, page by page, and that takes longer
//! than most operations do. So what is dropped is kept for what comes next: small buffers by each thread, large ones in one
//! store for the process. The store is bounded, and it is emptied when a cell ends and where memory is short.

use super::large_pages;
use crate::values::{Element, Values};
use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::mem::size_of;
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A thread keeps no more than this many bytes of spare buffers.
const THREAD_BYTES: usize = 8 << 20;
/// Smaller buffers are as quick to allocate as to look up.
const SMALL_BYTES: usize = 32 << 10;
/// From here on a buffer is kept for all threads: results are made by one, and dropped by another.
const LARGE_BYTES: usize = 256 << 10;
/// Nobody keeps more buffers than this: they are looked through one by one.
const MOST_BUFFERS: usize = 64;
/// The process keeps no more than this, however much memory there is.
const MOST_BYTES: usize = 1 << 30;

struct Spare {
    bytes: usize,
    element: TypeId,
    buffer: Box<dyn Any + Send>,
}

/// Spare buffers, the oldest first.
struct Spares(Vec<Spare>);

impl Spares {
    /// The smallest buffer for elements of type `T` that holds `wanted` bytes, and at most `slack` times as many: small
    /// requests must not use up the large ones.
    fn take<T: Element>(&mut self, wanted: usize, slack: f64) -> Option<Vec<T>> {
        let element = TypeId::of::<T>();
        let most = (wanted as f64 * slack) as usize;
        let fits = |spare: &Spare| spare.element == element && (wanted..=most).contains(&spare.bytes);
        let large = self.0.iter().enumerate().rev().filter(|(_, spare)| fits(spare));
        let (position, _) = large.min_by_key(|(_, spare)| spare.bytes)?;
        self.0.remove(position).buffer.downcast::<Vec<T>>().ok().map(|buffer| *buffer)
    }

    /// The oldest buffer that is too small for `wanted` bytes, which a new one is to replace, so that growing windows leave
    /// nothing behind.
    fn outgrown<T: Element>(&mut self, wanted: usize) -> Option<Spare> {
        let small = |spare: &Spare| spare.element == TypeId::of::<T>() && spare.bytes < wanted;
        self.0.iter().position(small).map(|position| self.0.remove(position))
    }

    fn bytes(&self) -> usize {
        self.0.iter().map(|spare| spare.bytes).sum()
    }

    /// Keeps `spare`, and takes out the oldest until no more than `most` bytes and [`MOST_BUFFERS`] are kept.
    fn keep(&mut self, spare: Spare, most: usize) -> Vec<Spare> {
        self.0.push(spare);
        let (mut held, mut over) = (self.bytes(), 0);
        while held > most || self.0.len() - over > MOST_BUFFERS {
            held -= self.0[over].bytes;
            over += 1;
        }
        self.0.drain(..over).collect()
    }
}

thread_local! {
    static OWN: RefCell<Spares> = const { RefCell::new(Spares(Vec::new())) };
}

/// What `f` does with this thread's spares. A thread that ends has none any more, and an array that it kept in a variable of
/// its own may be dropped after them.
fn own<R>(f: impl FnOnce(&mut Spares) -> R) -> Option<R> {
    OWN.try_with(|spares| f(&mut spares.borrow_mut())).ok()
}

static SHARED: Mutex<Spares> = Mutex::new(Spares(Vec::new()));
/// What is kept at most, in bytes; a part of what the process may use, once that is known.
static MOST: AtomicUsize = AtomicUsize::new(256 << 20);
/// What is kept, in bytes.
static KEPT: AtomicUsize = AtomicUsize::new(0);

/// The store, with the count put right when it is let go.
struct Shared(MutexGuard<'static, Spares>);

impl Shared {
    fn lock() -> Self {
        Self(SHARED.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        KEPT.store(self.0.bytes(), Ordering::Relaxed);
    }
}

/// A vector of `len` elements **whose values are whatever was there before**: fill all of it.
pub fn take<T: Element>(len: usize) -> Vec<T> {
    let wanted = len * size_of::<T>();
    let (found, outgrown) = if wanted >= LARGE_BYTES {
        // A result may live long: it must not hold much more than it says.
        let mut shared = Shared::lock();
        let found = shared.0.take::<T>(wanted, 1.125);
        let outgrown = if found.is_none() { shared.0.outgrown::<T>(wanted) } else { None };
        (found, outgrown)
    } else if wanted >= SMALL_BYTES {
        own(|spares| {
            let found = spares.take::<T>(wanted, 4.0);
            let outgrown = if found.is_none() { spares.outgrown::<T>(wanted) } else { None };
            (found, outgrown)
        })
        .unwrap_or_default()
    } else {
        (None, None)
    };
    drop(outgrown);
    match found {
        Some(mut buffer) => {
            buffer.resize(len, T::default());
            buffer
        }
        None => large_pages::zeroed(len),
    }
}

/// Gives a buffer back, for a later [`take`].
pub fn give<T: Element>(buffer: Vec<T>) {
    let bytes = buffer.capacity() * size_of::<T>();
    if bytes < SMALL_BYTES {
        return;
    }
    let spare = Spare { bytes, element: TypeId::of::<T>(), buffer: Box::new(buffer) };
    // What is too much goes back to the system when no lock is held.
    let over = if bytes >= LARGE_BYTES {
        Shared::lock().0.keep(spare, MOST.load(Ordering::Relaxed))
    } else {
        own(|spares| spares.keep(spare, THREAD_BYTES)).unwrap_or_default()
    };
    drop(over);
}

/// Gives back the memory of `values` if nothing else uses it.
pub fn recycle(values: Values) {
    values.reclaim();
}

/// Drops this thread's spare buffers, at the end of a computation.
pub fn clear() {
    drop(own(|spares| std::mem::take(&mut spares.0)));
}

/// Drops this thread's spare buffers and those of the process: at the end of a cell, and where memory is short.
pub fn release() {
    clear();
    let spares = std::mem::take(&mut Shared::lock().0.0);
    drop(spares);
}

/// Bytes of buffers that nobody uses, and that [`release`] would return to the system.
pub fn spare_bytes() -> u64 {
    KEPT.load(Ordering::Relaxed) as u64
}

/// Says how much memory the process may use: an eighth of it may be kept in spare buffers.
pub(crate) fn of_memory(limit: u64) {
    let most = usize::try_from(limit / 8).unwrap_or(usize::MAX).min(MOST_BYTES);
    MOST.store(most, Ordering::Relaxed);
}

/// Values that somebody holds. Their memory is kept for others when nobody does any more.
#[derive(Debug, Clone)]
pub(crate) struct Held(Option<Values>);

impl From<Values> for Held {
    fn from(values: Values) -> Self {
        Self(Some(values))
    }
}

impl Deref for Held {
    type Target = Values;

    fn deref(&self) -> &Values {
        self.0.as_ref().expect("they are there until this is dropped")
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(values) = self.0.take().filter(|values| values.nbytes() >= SMALL_BYTES as u64) {
            values.reclaim();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Elements of a type that no other test makes large buffers of: the store is that of the process.
    type Rare = i8;

    #[test]
    fn what_was_held_is_used_again() {
        let held = Held::from(Values::from(vec![1 as Rare; 3 << 20]));
        let address = held.as_slice::<Rare>().unwrap().as_ptr();
        let other = held.clone();
        drop(held);
        let another = take::<Rare>(3 << 20);
        assert_ne!(another.as_ptr(), address, "somebody holds it still");
        drop(other);
        let again = take::<Rare>(3 << 20);
        assert_eq!((again.as_ptr(), again.len()), (address, 3 << 20));
    }

    #[test]
    fn an_array_that_a_thread_drops_as_it_ends_is_dropped() {
        thread_local! {
            static KEPT: RefCell<Option<Held>> = const { RefCell::new(None) };
        }
        let thread = std::thread::spawn(|| {
            // Variables of a thread go in the opposite order of their first use: the spare buffers before this one.
            KEPT.set(Some(Values::from(vec![1.5f64; 2 * SMALL_BYTES / size_of::<f64>()]).into()));
            give(take::<f64>(SMALL_BYTES / size_of::<f64>()));
        });
        thread.join().unwrap();
    }

    #[test]
    fn a_result_holds_little_more_than_it_says() {
        give(vec![true; 8 << 20]);
        assert!(take::<bool>(2 << 20).capacity() < 3 << 20);
    }

    #[test]
    fn a_buffer_that_was_used_for_less_can_be_used_for_more() {
        let mut spares = Spares(Vec::new());
        let mut short = Vec::<u16>::with_capacity(100);
        short.push(7);
        spares.keep(Spare { bytes: 200, element: TypeId::of::<u16>(), buffer: Box::new(short) }, 1000);
        let mut found = spares.take::<u16>(180, 1.125).unwrap();
        found.resize(90, 0);
        assert_eq!((found[0], found.len()), (7, 90));
        assert!(spares.0.is_empty());
    }

    #[test]
    fn the_oldest_goes_where_too_much_is_kept() {
        let spare = |bytes: usize| Spare { bytes, element: TypeId::of::<u8>(), buffer: Box::new(vec![0u8; bytes]) };
        let mut spares = Spares(Vec::new());
        assert!(spares.keep(spare(40), 100).is_empty() && spares.keep(spare(50), 100).is_empty());
        let over: Vec<usize> = spares.keep(spare(30), 100).iter().map(|spare| spare.bytes).collect();
        assert_eq!((over, spares.bytes()), (vec![40], 80));
        assert!(!spares.keep(spare(200), 100).is_empty() && spares.bytes() <= 100);
        (0..2 * MOST_BUFFERS).for_each(|_| drop(spares.keep(spare(1), 1000)));
        assert_eq!(spares.0.len(), MOST_BUFFERS);
    }
}
