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
//! | how files are written of it | `sink` |
//! | how a selection reaches the files | `push_down`, [`AxisIndex`] |
//! | how windows are cut | `chunk` |
//! | how operations in memory are carried out together | `deferred` |
//! | how a window is computed | `window`, `kernels` |
//! | how one operation on arrays in memory is computed | `direct` |
//! | who computes it | `executor` |
//! | how anything goes through a plan | `walk` |
//! | how reductions stream | `stream`, `reduce` |
//! | how lines along an axis are worked on | `lines`, `order`, `carry` |
//! | how a plan is written down and read again | [`written`], `blocks` |

mod blocks;
mod carry;
mod chunk;
mod chunked;
mod deferred;
mod direct;
mod evaluate;
mod executor;
mod explain;
mod joined;
pub(crate) mod kernels;
pub(crate) mod lines;
mod memory;
mod node;
mod op;
mod order;
mod output;
mod part;
mod plan;
mod push_down;
mod read_size;
mod reduce;
pub(crate) mod sink;
mod source;
mod stack;
mod stream;
mod walk;
mod window;
pub mod written;

pub use crate::parallel::threads;
pub use crate::values::{AxisIndex, buffers};
pub(crate) use deferred::finish;
pub(crate) use evaluate::evaluate_all;
pub use kernels::{BinaryOp, MapFn, UnaryOp};
pub(crate) use memory::source_bytes;
pub use plan::Plan;
pub(crate) use read_size::read_size;
pub use reduce::{ReduceOp, ReduceOptions};
pub use source::Source;

#[cfg(test)]
pub(crate) mod tests;
