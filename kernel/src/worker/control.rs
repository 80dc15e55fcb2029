//! Talking to a worker, or ending it, while another task waits for its events.

use super::process::Process;
use isopleth_bus::frame;
use isopleth_bus::worker::{Answer, Command, Object, Run};
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A handle on a worker. Orders to one that is gone do nothing: its last event says that it is.
#[derive(Clone)]
pub struct WorkerControl {
    process: Arc<dyn Process>,
    bus: Arc<Mutex<UnixStream>>,
    /// Whether a cell runs, as the thread that reads the worker's messages knows it: sooner than the kernel's tasks.
    running: Arc<AtomicBool>,
    /// Whether the kernel has asked for its end.
    stopped: Arc<AtomicBool>,
}

impl WorkerControl {
    pub(super) fn new(process: Arc<dyn Process>, bus: UnixStream) -> Self {
        Self { process, bus: Arc::new(Mutex::new(bus)), running: Arc::default(), stopped: Arc::default() }
    }

    /// Has the worker load and run a cell.
    ///
    /// # Errors
    /// If the cell's path cannot be told to it.
    pub fn run(&self, cell: Run) -> io::Result<()> {
        let frame = frame::encode(&Command::Run(cell))?;
        self.running.store(true, Ordering::SeqCst);
        self.write(&frame);
        Ok(())
    }

    /// Has the worker drop variables, before any cell that it is given later.
    pub fn forget(&self, names: Vec<String>) {
        self.send(&Command::Forget { names });
    }

    /// Asks the running cell to stop at its next checkpoint.
    pub fn interrupt(&self) {
        self.send(&Command::Interrupt);
    }

    /// What came of the cell's question of this number.
    pub fn answer(&self, question: u64, answer: Answer) {
        self.send(&Command::Input { question, answer });
    }

    /// A frontend's message for a comm.
    pub fn comm_message(&self, id: &str, data: &Object) {
        self.send(&Command::CommMessage { id: id.to_owned(), data: data.clone() });
    }

    /// A frontend has closed a comm.
    pub fn comm_close(&self, id: &str) {
        self.send(&Command::CommClose { id: id.to_owned() });
    }

    pub(super) fn acknowledge(&self) {
        self.send(&Command::Acknowledge);
    }

    /// Where the worker's own folder is now: a cell may have changed it.
    pub fn folder(&self) -> Option<PathBuf> {
        self.process.folder()
    }

    /// The cell that ran has ended.
    pub(super) fn has_ended_cell(&self) {
        self.running.store(false, Ordering::SeqCst);
    }

    /// [`kill`](Self::kill), unless the cell has ended by itself.
    pub fn kill_if_running(&self) {
        if self.running.load(Ordering::SeqCst) {
            self.kill();
        }
    }

    /// Ends the process and all that its cells have started.
    pub fn kill(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.process.kill();
    }

    /// Whether the kernel has asked for its end.
    pub(super) fn was_killed(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    pub(super) fn process(&self) -> &dyn Process {
        &*self.process
    }

    fn send(&self, command: &Command) {
        match frame::encode(command) {
            Ok(frame) => self.write(&frame),
            Err(error) => tracing::warn!("the worker cannot be told {command:?}: {error}"),
        }
    }

    fn write(&self, frame: &[u8]) {
        let mut bus = self.bus.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        // A worker that does not listen is gone, and its last event says so.
        let _ = bus.write_all(frame);
    }
}
