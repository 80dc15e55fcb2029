//! Where Stop must not unwind: in a destructor, in a function that C calls, and while a panic unwinds already.
//!
//! There a second unwinding would end the process, and every variable with it. A look does nothing there; the loop ends as it
//! would have.

use std::cell::Cell;
use std::marker::PhantomData;

thread_local! {
    /// How many frames of this thread may not be unwound.
    static FRAMES: Cell<u32> = const { Cell::new(0) };
}

/// While one lives, Stop does not unwind this thread. Guards put it first into functions with a foreign ABI and into `drop`.
#[derive(Debug)]
#[must_use]
pub struct NoUnwind(PhantomData<*const ()>);

impl NoUnwind {
    /// Begins.
    #[allow(clippy::new_without_default)]
    #[inline]
    pub fn new() -> Self {
        FRAMES.set(FRAMES.get() + 1);
        Self(PhantomData)
    }
}

impl Drop for NoUnwind {
    #[inline]
    fn drop(&mut self) {
        FRAMES.set(FRAMES.get() - 1);
    }
}

/// Whether Stop may unwind the calling thread here.
pub(crate) fn may_unwind() -> bool {
    FRAMES.get() == 0 && !std::thread::panicking()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_may_not_be_unwound_are_counted() {
        assert!(may_unwind());
        {
            let _outer = NoUnwind::new();
            drop(NoUnwind::new());
            assert!(!may_unwind());
            assert!(std::thread::spawn(may_unwind).join().unwrap(), "another thread has frames of its own");
        }
        assert!(may_unwind());
    }

    #[test]
    fn what_runs_while_a_panic_unwinds_is_not_unwound() {
        struct Asks<'a>(&'a Cell<bool>);
        impl Drop for Asks<'_> {
            fn drop(&mut self) {
                self.0.set(may_unwind());
            }
        }
        let answer = Cell::new(true);
        let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _asks = Asks(&answer);
            std::panic::resume_unwind(Box::new(()));
        }));
        assert!(unwound.is_err() && !answer.get());
    }
}
