//! Guards for the loops of a cell, so that Stop ends a plain `loop {}` and keeps every variable.
//!
//! The compile front writes these into the loops that it finds in a notebook's code. Most loops look at their object's
//! [`Stop`] in each turn (`__isopleth_turns`): one load, so the loop keeps its registers. Even that would keep a loop over
//! numbers from being vectorised, so such a loop is taken apart instead (`__isopleth_part`).
//!
//! Methods that generated code finds by their receiver's type have names that nobody gives to methods of his own: a trait
//! of the user's that everything implements must not be found in their place.

mod ahead;
mod no_unwind;
mod parts;
mod receive;
mod registers;
mod stop;
mod turns;
mod waiting;

pub use ahead::Ahead;
pub use no_unwind::NoUnwind;
pub(crate) use no_unwind::may_unwind;
pub use parts::{Count, Cut, Part, Parts, Whole, parts};
pub use receive::{Receiving, receiving, recv, recv_timeout};
pub(crate) use stop::serves_cells;
pub use stop::{Stop, begin, check};
pub(super) use stop::{end_cell, interrupt, start_cell};
pub use turns::{Any, Fetching, Guarded, InLine, InMemory, Looking, guarded};
pub(super) use waiting::wake;
pub use waiting::{Waiting, waiting};
