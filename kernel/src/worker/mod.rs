//! The worker: the process in which cells run, as the kernel sees it.
//!
//! What happens inside it is the prelude's `runtime`: the kernel only starts it, hands it
//! cells, reads what it writes, and says in plain words how it ended.

mod content;
mod control;
mod ending;
#[cfg(test)]
pub mod fake;
mod output;
mod process;
mod reader;
pub mod role;
mod sleep;
mod stdin;

pub use control::WorkerControl;
pub use ending::{Ending, memory_kills};
pub use output::{Gatherer, Ready, Stream};

use crate::prefix::Prefix;
use crate::threads;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result};
use isopleth_bus::worker::Message;
use process::{Process, Streams};
use std::sync::Arc;
use tokio::sync::mpsc::{self, Receiver};

/// How many events may wait for the kernel. A worker that says more waits itself.
const WAITING: usize = 256;

/// What a worker has to say, in order.
#[derive(Debug)]
pub enum Event {
    /// What a cell, or a thread that one has left, has printed.
    Text(Stream, String),
    /// What comes over the bus.
    Message(Message),
    /// The process is gone; how, in plain words.
    Ended(Ending),
}

/// A running worker process.
pub struct Worker {
    control: WorkerControl,
    pub events: Receiver<Event>,
}

impl Worker {
    /// Starts a worker in the kernel's current folder.
    pub fn start(prefix: &Prefix, toolchain: &Toolchain) -> Result<Self> {
        let (process, streams) = process::start(prefix, toolchain)?;
        Self::connect(Arc::new(process), streams)
    }

    /// Listens to a worker that was started.
    fn connect(process: Arc<dyn Process>, streams: Streams) -> Result<Self> {
        let control = WorkerControl::new(process, streams.bus.try_clone()?);
        let (send, events) = mpsc::channel(WAITING);
        let of_reader = control.clone();
        std::thread::Builder::new()
            .name("worker output".into())
            .spawn(move || reader::read_all(&streams, &of_reader, &send))
            // The worker ends with its socket.
            .map_err(threads::explained)
            .context("cannot listen to the cells' process")?;
        Ok(Self { control, events })
    }

    pub fn control(&self) -> WorkerControl {
        self.control.clone()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.control().kill();
    }
}
