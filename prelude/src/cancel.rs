//! Whether the running cell was stopped: asked by everything that runs long.
//!
//! Stop is of one cell. It is kept as the number of the cell that was stopped, next to the number of the cell that runs, and
//! not as a flag that somebody must clear in time: it ends with its cell by itself, and a Stop that comes late stops nothing.

use crate::guard;
use crate::{Error, ErrorKind, Result};
use std::sync::atomic::{AtomicU64, Ordering};

/// No cell runs, or none was stopped.
const NONE: u64 = 0;
/// A program that no kernel runs is one long cell.
const PROGRAM: u64 = u64::MAX;

static RUNNING: AtomicU64 = AtomicU64::new(PROGRAM);
static STOPPED: AtomicU64 = AtomicU64::new(NONE);

/// What a checkpoint unwinds with, so that the runtime can tell Stop from a panic.
#[derive(Debug)]
pub struct Cancelled;

/// Asks all running work to stop. Safe to call from a signal handler.
pub fn cancel() {
    STOPPED.store(RUNNING.load(Ordering::SeqCst), Ordering::SeqCst);
}

/// Forgets an earlier [`cancel`]. For programs: in a notebook it ends with the cell.
pub fn reset() {
    STOPPED.store(NONE, Ordering::SeqCst);
}

/// Says which cell runs from now on; `None` between cells.
pub(crate) fn runs(cell: Option<u64>) {
    RUNNING.store(cell.unwrap_or(NONE), Ordering::SeqCst);
}

/// Stops one cell, which may not have begun yet.
pub(crate) fn stop(cell: u64) {
    STOPPED.store(cell, Ordering::SeqCst);
}

/// Whether Stop was asked for.
#[inline]
pub fn is_cancelled() -> bool {
    let stopped = STOPPED.load(Ordering::Relaxed);
    stopped != NONE && stopped == RUNNING.load(Ordering::Relaxed)
}

/// [`is_cancelled`] for the worker's `clock_nanosleep`, which finds it by this name.
#[unsafe(no_mangle)]
pub extern "C" fn isopleth_is_cancelled() -> bool {
    is_cancelled()
}

/// Ends the cell here if Stop was pressed; otherwise costs two loads.
///
/// Long loops of your own may call it; `Pool::map`, `compute` and raster reads do.
/// It unwinds with [`Cancelled`] (no panic message, every variable is kept). Where nothing may unwind, in a destructor or in a
/// function that C calls, it does nothing.
#[inline]
pub fn checkpoint() {
    if is_cancelled() && guard::may_unwind() {
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
