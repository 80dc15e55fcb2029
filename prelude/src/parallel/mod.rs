//! Work on every core: pools of threads, progress, Stop, and what this process may use.

pub(crate) mod activity;
pub mod cgroup;
mod client;
pub(crate) mod crew;
mod items;
mod lane;
mod limits;
pub(crate) mod live;
mod map;
mod pool;
pub mod progress;
pub mod threads;
mod usage;
mod work;

pub use crate::cancel::{self, Cancelled, checkpoint};
pub use client::Client;
pub use limits::{cpus, memory_limit};
pub use pool::Pool;
pub use progress::Progress;

pub(crate) use items::Items;
pub(crate) use lane::{Doing, Name};
pub(crate) use limits::{bytes, short_bytes};
