//! Memory for windows, kept by each thread and used again.
//!
//! A window is read, used and dropped thousands of times in one computation. Fresh
//! pages cost as much as a fifth of decoding them, so a thread keeps the last few.

use crate::values::{Element, Values};
use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::mem::size_of;

/// A thread keeps no more than this many bytes of spare buffers.
const SPARE_BYTES: usize = 48 << 20;
/// Smaller buffers are as quick to allocate as to look up.
const SMALL_BYTES: usize = 32 << 10;

struct Spare {
    bytes: usize,
    element: TypeId,
    buffer: Box<dyn Any>,
}

thread_local! {
    static SPARES: RefCell<Vec<Spare>> = const { RefCell::new(Vec::new()) };
}

/// A vector of `len` elements **whose values are whatever was there before**: fill all of it.
pub fn take<T: Element>(len: usize) -> Vec<T> {
    let found = SPARES.with_borrow_mut(|spares| {
        let fits = |spare: &Spare| {
            let wanted = len * size_of::<T>();
            spare.element == TypeId::of::<T>() && spare.bytes >= wanted && spare.bytes / 4 <= wanted
        };
        // The smallest that is large enough: small requests must not use up the large ones.
        let same = |spare: &Spare| spare.element == TypeId::of::<T>();
        let large = spares.iter().enumerate().rev().filter(|(_, spare)| fits(spare));
        let Some((position, _)) = large.min_by_key(|(_, spare)| spare.bytes) else {
            // A new one takes the place of the oldest that was too small, so that growing windows leave nothing behind.
            if let Some(small) = spares.iter().position(|spare| same(spare) && spare.bytes < len * size_of::<T>()) {
                spares.remove(small);
            }
            return None;
        };
        spares.remove(position).buffer.downcast::<Vec<T>>().ok()
    });
    match found {
        Some(mut buffer) => {
            buffer.resize(len, T::default());
            *buffer
        }
        None => vec![T::default(); len],
    }
}

/// Gives a buffer back to this thread, for a later [`take`].
pub fn give<T: Element>(buffer: Vec<T>) {
    let bytes = buffer.capacity() * size_of::<T>();
    if !(SMALL_BYTES..=SPARE_BYTES).contains(&bytes) {
        return;
    }
    SPARES.with_borrow_mut(|spares| {
        spares.push(Spare { bytes, element: TypeId::of::<T>(), buffer: Box::new(buffer) });
        let mut held: usize = spares.iter().map(|spare| spare.bytes).sum();
        while held > SPARE_BYTES {
            held -= spares.remove(0).bytes;
        }
    });
}

/// Gives back the memory of `values` if nothing else uses it.
pub fn recycle(values: Values) {
    values.reclaim();
}

/// Drops this thread's spare buffers, at the end of a computation.
pub fn clear() {
    SPARES.with_borrow_mut(Vec::clear);
}
