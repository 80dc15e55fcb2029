//! Work on every core: pools of threads, progress, Stop, and what this process may use.

pub mod cancel;
pub mod cgroup;
mod client;
mod limits;
mod pool;
pub mod progress;

pub use cancel::{Cancelled, checkpoint};
pub use client::Client;
pub use limits::{cpus, memory_limit};
pub use pool::Pool;
pub use progress::Progress;

pub(crate) use limits::bytes;
