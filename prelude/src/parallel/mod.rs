//! Work on every core: pools of threads, progress, Stop, and what this process may use.

pub(crate) mod activity;
mod client;
pub(crate) mod crew;
mod items;
mod lane;
pub(crate) mod live;
mod map;
mod pool;
pub mod progress;
pub mod threads;
mod work;

pub use crate::cancel::{self, Cancelled, checkpoint};
pub use crate::limits::{cpus, memory_limit};
pub use client::Client;
pub use pool::Pool;
pub use progress::Progress;

pub(crate) use crate::limits::{bytes, short_bytes};
pub(crate) use items::Items;
pub(crate) use lane::{Doing, Name};
