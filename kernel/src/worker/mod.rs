//! The worker: the process in which cells run, as the kernel sees it.
//!
//! What happens inside it is the prelude's `runtime`: the kernel only starts it, hands it
//! cells, reads what it writes, and says in plain words how it ended.

mod content;
mod ending;
mod output;
mod process;
pub mod role;
mod sleep;
mod stdin;

pub use ending::{Ending, memory_kills};
pub use output::{Gatherer, Ready, Stream};
pub use process::{Event, Worker, WorkerControl};
