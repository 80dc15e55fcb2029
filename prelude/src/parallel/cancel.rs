//! The cancel flag: one per process, set by Stop, asked by everything that runs long.

use crate::{Error, ErrorKind, Result};
use std::sync::atomic::{AtomicBool, Ordering};

static CANCELLED: AtomicBool = AtomicBool::new(false);

/// What a checkpoint unwinds with, so that the runtime can tell Stop from a panic.
#[derive(Debug)]
pub struct Cancelled;

/// Asks all running work to stop. Safe to call from a signal handler.
pub fn cancel() {
    CANCELLED.store(true, Ordering::SeqCst);
}

/// Forgets an earlier [`cancel`]. The runtime calls it before each cell.
pub fn reset() {
    CANCELLED.store(false, Ordering::SeqCst);
}

/// Whether Stop was asked for.
#[inline]
pub fn is_cancelled() -> bool {
    CANCELLED.load(Ordering::Relaxed)
}

/// [`is_cancelled`] for the worker's `clock_nanosleep`, which finds it by this name.
#[unsafe(no_mangle)]
pub extern "C" fn isopleth_is_cancelled() -> bool {
    is_cancelled()
}

/// Ends the cell here if Stop was pressed; otherwise costs one load.
///
/// Long loops of your own may call it; `Pool::map`, `compute` and raster reads do.
/// It unwinds with [`Cancelled`] (no panic message, every variable is kept).
#[inline]
pub fn checkpoint() {
    if is_cancelled() {
        unwind();
    }
}

/// Unwinds with [`Cancelled`].
#[cold]
#[inline(never)]
pub(crate) fn unwind() -> ! {
    std::panic::resume_unwind(Box::new(Cancelled))
}

/// [`checkpoint`] for library code that returns errors: an error of kind `Interrupted`.
///
/// # Errors
/// When Stop was asked for.
pub fn check() -> Result<()> {
    if is_cancelled() { Err(Error::new(ErrorKind::Interrupted, "stopped")) } else { Ok(()) }
}
