//! Guards for the loops of a cell, so that Stop ends a plain `loop {}` and keeps every variable.
//!
//! The compile front writes these into the loops that it finds in a notebook's code. Most loops look at the cancel flag
//! in each turn (`turns`): one load, and nothing that returns is called, so the loop keeps its registers. That
//! would keep a loop over numbers from being vectorised, so such a loop is taken apart instead (`parts`).

mod ahead;
mod parts;
mod turns;

use crate::parallel::cancel;

pub use ahead::Ahead;
pub use parts::{AnyPart, Count, Cut, OwnPart, Parts, parts};
pub use turns::{Any, Fetching, Guarded, InMemory, Looking, Values, guarded};

/// Ends the cell if Stop was pressed.
#[inline]
pub fn check() {
    if cancel::is_cancelled() {
        cancel::unwind();
    }
}
