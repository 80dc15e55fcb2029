//! A worker without a process, for tests: its other end is a thread that follows a script.

use super::Worker;
use super::process::{Process, Streams};
use isopleth_bus::frame;
use isopleth_bus::worker::{Command, Message, Run};
use std::fs::File;
use std::io::{self, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex};

/// The worker's side.
pub struct FakeWorker {
    bus: UnixStream,
    stdout: File,
    stderr: File,
    status: Arc<Mutex<i32>>,
}

impl FakeWorker {
    /// The next command; `None` once the kernel has ended the worker.
    pub fn next(&mut self) -> Option<Command> {
        frame::read(&mut self.bus).expect("a command")
    }

    /// The next command, passing over the acknowledgement of what was shown.
    pub fn next_order(&mut self) -> Option<Command> {
        loop {
            match self.next()? {
                Command::Acknowledge => {}
                command => return Some(command),
            }
        }
    }

    /// The cell that is to be run next.
    pub fn expect_run(&mut self) -> Run {
        self.next_run().expect("a cell")
    }

    /// The same, if there is one before the end. Other orders are passed over.
    pub fn next_run(&mut self) -> Option<Run> {
        loop {
            match self.next()? {
                Command::Run(run) => return Some(run),
                Command::Forget { .. }
                | Command::Interrupt
                | Command::Input { .. }
                | Command::CommMessage { .. }
                | Command::CommClose { .. }
                | Command::Acknowledge => {}
            }
        }
    }

    /// Says what is acknowledged, and waits for that, as the prelude does.
    pub fn show(&mut self, message: &Message) {
        assert!(message.is_acknowledged());
        self.say(message);
        assert_eq!(self.next(), Some(Command::Acknowledge));
    }

    pub fn say(&mut self, message: &Message) {
        // A kernel that has let go of the worker hears nothing.
        let _ = frame::write(&mut self.bus, message);
    }

    /// Writes a frame that is no message.
    pub fn say_nonsense(&mut self) {
        let _ = frame::write(&mut self.bus, &"nonsense");
    }

    pub fn print(&mut self, text: &str) {
        let _ = self.stdout.write_all(text.as_bytes());
    }

    pub fn print_error(&mut self, text: &str) {
        let _ = self.stderr.write_all(text.as_bytes());
    }

    /// Ends as a process does that this signal ends.
    pub fn die(self, signal: i32) {
        *self.status.lock().expect("not poisoned") = signal;
    }
}

struct NoProcess {
    /// The fake's end of the bus: shut down, both sides find it closed.
    bus: UnixStream,
    status: Arc<Mutex<i32>>,
}

impl Process for NoProcess {
    fn kill(&self) {
        let _ = self.bus.shutdown(Shutdown::Both);
    }

    fn wait(&self) -> io::Result<ExitStatus> {
        Ok(ExitStatus::from_raw(*self.status.lock().expect("not poisoned")))
    }

    fn folder(&self) -> Option<PathBuf> {
        None
    }
}

/// Starts a worker that does what `script` does. It has ended when that returns.
pub fn start(script: impl FnOnce(FakeWorker) + Send + 'static) -> Worker {
    let (ours, theirs) = UnixStream::pair().expect("a socket pair");
    let (stdout, their_stdout) = io::pipe().expect("a pipe");
    let (stderr, their_stderr) = io::pipe().expect("a pipe");
    let status = Arc::new(Mutex::new(libc::SIGKILL));
    let process = NoProcess { bus: theirs.try_clone().expect("a descriptor"), status: Arc::clone(&status) };
    let fake = FakeWorker {
        bus: theirs,
        stdout: File::from(OwnedFd::from(their_stdout)),
        stderr: File::from(OwnedFd::from(their_stderr)),
        status,
    };
    let closing = process.bus.try_clone().expect("a descriptor");
    std::thread::spawn(move || {
        script(fake);
        let _ = closing.shutdown(Shutdown::Both);
    });
    let (stdout, stderr) = (File::from(OwnedFd::from(stdout)), File::from(OwnedFd::from(stderr)));
    Worker::connect(Arc::new(process), Streams { stdout, stderr, bus: ours }).expect("a thread")
}
