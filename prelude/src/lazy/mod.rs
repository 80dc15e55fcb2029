//! Lazy arrays: a plan of what to compute, evaluated window by window in parallel.
//!
//! A [`Plan`] is an expression tree over files and values in memory. There is no task
//! graph: evaluation cuts the result into windows of whole file blocks, threads take the
//! windows, and each is pulled through the tree, so that nothing is decoded which the
//! answer does not need. A reduction takes its input slab by slab; the mean of a year of
//! files holds one window of one file per thread, and one sum per cell.
//!
//! | to know | look in |
//! |---|---|
//! | what a plan can say | [`Plan`] |
//! | what it reads from | [`Source`] |
//! | how a selection reaches the files | `push_down`, [`AxisIndex`] |
//! | how windows are cut | `chunk` |
//! | how a window is computed | `window`, `kernels` |
//! | how one operation on arrays in memory is computed | `direct` |
//! | how reductions stream | `stream`, `reduce` |
//! | how lines along an axis are worked on | `lines`, `order`, `carry` |

mod carry;
mod chunk;
mod chunked;
mod direct;
mod evaluate;
mod explain;
mod joined;
pub(crate) mod kernels;
pub(crate) mod lines;
mod memory;
mod node;
mod order;
mod output;
mod part;
mod plan;
mod push_down;
mod read_size;
mod reduce;
mod source;
mod stack;
mod stream;
mod window;

pub use crate::parallel::threads;
pub use crate::values::{AxisIndex, buffers};
pub use kernels::{BinaryOp, MapFn, UnaryOp};
pub(crate) use memory::refuse_beyond_memory;
pub use plan::Plan;
pub(crate) use read_size::read_size;
pub use reduce::{ReduceOp, ReduceOptions};
pub use source::Source;

#[cfg(test)]
pub(crate) mod tests;
