//! Starting a worker, talking to it, and ending it.

use super::ending::{self, Circumstances, Ending};
use super::output::{GATHER, Gatherer, Ready, Stream};
use super::role::BUS;
use crate::prefix::Prefix;
use crate::threads;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc::{self, Receiver, Sender};

/// What a worker has to say, in order.
#[derive(Debug)]
pub enum Event {
    Text(Stream, String),
    /// A frame of the display bus, or the end of a cell (`"msg": "done"`).
    Frame(Value),
    /// The process is gone; how, in plain words.
    Ended(Ending),
}

/// A running worker process.
pub struct Worker {
    control: WorkerControl,
    pub events: Receiver<Event>,
}

/// Talks to a worker, or ends it, while another task waits for its events.
#[derive(Clone)]
pub struct WorkerControl {
    process: i32,
    bus: Arc<Mutex<UnixStream>>,
    /// False once the process may have been waited for: from then on its number may be another's.
    alive: Arc<Mutex<bool>>,
    /// Whether a cell runs, as the thread that reads the worker's frames knows it: sooner than the kernel's tasks.
    running: Arc<AtomicBool>,
    /// Whether the kernel has asked for its end.
    stopped: Arc<AtomicBool>,
}

/// How many events may wait for the kernel. A worker that says more waits itself.
const WAITING: usize = 256;
/// What libstd adds when it aborts. It is not about the cell, and there is no command line to run again.
const OFFER: &[u8] = b"note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n";
/// How much of the end of stderr is kept, to learn why a process aborted.
const TAIL: usize = 4 << 10;

impl Worker {
    /// Starts a worker in the kernel's current folder.
    pub fn start(prefix: &Prefix, toolchain: &Toolchain) -> Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let mut command = Command::new(prefix.binary());
        command.arg("worker").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // For the kernel's own allocator only.
        command.env_remove("MIMALLOC_PURGE_DELAY").env_remove("MIMALLOC_ARENA_EAGER_COMMIT");
        command.env("LD_LIBRARY_PATH", library_path(prefix, toolchain));
        // A list of the kernel's own functions helps nobody; the cell's line is told without it.
        command.env_remove("RUST_BACKTRACE").env_remove("RUST_LIB_BACKTRACE");
        let descriptor = theirs.as_raw_fd();
        command.env(BUS, descriptor.to_string()).process_group(0);
        // SAFETY: `fcntl` is async-signal-safe; it lets the child inherit its end of the socket.
        unsafe {
            command.pre_exec(move || {
                if libc::fcntl(descriptor, libc::F_SETFD, 0) < 0 {
                    Err(std::io::Error::last_os_error())
                } else {
                    Ok(())
                }
            });
        }
        let child = command.spawn().map_err(threads::explained).context("cannot start the cells' process")?;
        drop(theirs);
        let process = i32::try_from(child.id()).context("a process id beyond i32")?;
        let (send, events) = mpsc::channel(WAITING);
        let reading = ours.try_clone()?;
        let control = WorkerControl {
            process,
            bus: Arc::new(Mutex::new(ours)),
            alive: Arc::new(Mutex::new(true)),
            running: Arc::default(),
            stopped: Arc::default(),
        };
        let of_reader = control.clone();
        std::thread::Builder::new()
            .name("worker output".into())
            .spawn(move || read_all(child, &reading, &of_reader, &send))
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

impl WorkerControl {
    /// Has the worker load and run a cell; with `global`, what the object exports is there for later ones.
    pub fn run(&self, path: &Path, symbol: &str, global: bool) -> Result<()> {
        self.running.store(true, Ordering::SeqCst);
        self.send(&json!({ "cmd": "run", "path": path, "symbol": symbol, "global": global }))
    }

    /// Has the worker drop variables, before any cell that it is given later.
    pub fn forget(&self, names: &[String]) {
        // A worker that is gone has forgotten everything.
        let _ = self.send(&json!({ "cmd": "forget", "names": names }));
    }

    /// Where the worker's own folder is now: a cell may have changed it.
    pub fn folder(&self) -> Option<std::path::PathBuf> {
        std::fs::read_link(format!("/proc/{}/cwd", self.process)).ok()
    }

    /// Asks the running cell to stop at its next checkpoint.
    pub fn interrupt(&self) {
        let _ = self.send(&json!({ "cmd": "interrupt" }));
    }

    /// The answer to the cell's question `number`.
    pub fn answer_input(&self, number: u64, value: &str) {
        let _ = self.send(&json!({ "cmd": "input", "id": number, "value": value }));
    }

    /// There will be no answer to the cell's question `number`.
    pub fn refuse_input(&self, number: u64, why: &str) {
        let _ = self.send(&json!({ "cmd": "input", "id": number, "refused": why }));
    }

    /// A frontend's message for the comm `id`, or its end.
    pub fn comm(&self, id: &str, data: &serde_json::Map<String, Value>, close: bool) {
        let _ = self.send(&json!({ "cmd": "comm", "id": id, "data": data, "close": close }));
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
        self.end_group();
    }

    fn end_group(&self) {
        let alive = self.alive.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if *alive {
            // SAFETY: the worker leads a group of its own, and while `alive` is held nobody has waited for it,
            // so the number is still its own.
            unsafe { libc::kill(-self.process, libc::SIGKILL) };
        }
    }

    fn send(&self, command: &Value) -> Result<()> {
        let body = command.to_string().into_bytes();
        let mut frame = u32::try_from(body.len())?.to_le_bytes().to_vec();
        frame.extend_from_slice(&body);
        let mut bus = self.bus.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        bus.write_all(&frame).context("the worker does not listen")
    }
}

/// libstd comes from the toolchain, the prelude from the prefix; what the user had (a GDAL module) stays behind them.
fn library_path(prefix: &Prefix, toolchain: &Toolchain) -> String {
    let mut path = format!("{}:{}", prefix.lib().display(), toolchain.target_libdir.display());
    if let Ok(inherited) = std::env::var("LD_LIBRARY_PATH") {
        path.push(':');
        path.push_str(&inherited);
    }
    path
}

/// Reads everything a worker writes until it is gone. Runs on a thread of its own.
fn read_all(mut child: Child, bus: &UnixStream, control: &WorkerControl, send: &Sender<Event>) {
    let kills = ending::memory_kills();
    let (gatherer, ready, frames, known) = (Gatherer::default(), Vec::new(), Vec::new(), Circumstances::default());
    let mut reader = Reader { gatherer, ready, frames, tail: Vec::new(), known, control, send };
    if let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) {
        reader.read(stdout, stderr, bus);
    }
    let (mut known, tail) = (reader.known, reader.tail);
    // A process that closed its bus but lives on cannot be worked with; nor do its children outlive it.
    control.end_group();
    *control.alive.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = false;
    known.stderr = String::from_utf8_lossy(&tail).into_owned();
    known.stopped = control.stopped.load(Ordering::SeqCst);
    known.memory_ran_out = ending::memory_kills() > kills;
    let ended = match child.wait() {
        Ok(status) => ending::explain(status, &known),
        Err(error) => Ending::new(error.to_string(), ""),
    };
    let _ = send.blocking_send(Event::Ended(ended));
}

struct Reader<'a> {
    gatherer: Gatherer,
    ready: Vec<Ready>,
    /// Bytes of frames that are not whole yet.
    frames: Vec<u8>,
    /// The end of stderr, and what else tells how the worker ended.
    tail: Vec<u8>,
    known: Circumstances,
    control: &'a WorkerControl,
    send: &'a Sender<Event>,
}

impl Reader<'_> {
    fn read(&mut self, mut stdout: impl Read + AsRawFd, mut stderr: impl Read + AsRawFd, mut bus: &UnixStream) {
        let descriptors = [stdout.as_raw_fd(), stderr.as_raw_fd(), bus.as_raw_fd()];
        for descriptor in &descriptors[..2] {
            set_nonblocking(*descriptor);
        }
        let mut buffer = vec![0; 64 << 10];
        loop {
            wait_for_input(descriptors, self.gatherer.is_waiting());
            // Text first: the worker flushes it before each frame, so this keeps the order of both.
            let more = self.drain(Stream::Stdout, &mut stdout, &mut buffer)
                | self.drain(Stream::Stderr, &mut stderr, &mut buffer);
            if more {
                continue;
            }
            if is_readable(descriptors[2]) {
                match bus.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(length) => self.take_frames(&buffer[..length], &mut stdout, &mut stderr),
                }
            }
            self.gatherer.tick(&mut self.ready);
            self.send_ready();
        }
        while self.drain(Stream::Stdout, &mut stdout, &mut buffer)
            | self.drain(Stream::Stderr, &mut stderr, &mut buffer)
        {}
        self.gatherer.end_cell(&mut self.ready);
        self.send_ready();
    }

    /// Reads one buffer of `stream`. True if there may be more.
    fn drain(&mut self, stream: Stream, pipe: &mut impl Read, buffer: &mut [u8]) -> bool {
        match pipe.read(buffer) {
            Ok(length) if length > 0 => {
                let written = &buffer[..length];
                let written = written.strip_suffix(OFFER).filter(|_| stream == Stream::Stderr).unwrap_or(written);
                self.gatherer.push(stream, written, &mut self.ready);
                if stream == Stream::Stderr {
                    self.tail.extend_from_slice(&buffer[..length]);
                    self.tail.drain(..self.tail.len().saturating_sub(TAIL));
                }
                self.send_ready();
                length == buffer.len()
            }
            _ => false,
        }
    }

    fn take_frames(&mut self, bytes: &[u8], stdout: &mut impl Read, stderr: &mut impl Read) {
        self.frames.extend_from_slice(bytes);
        while let Some(frame) = next_frame(&mut self.frames) {
            // What was printed before the frame is in the pipes already.
            let mut buffer = vec![0; 64 << 10];
            while self.drain(Stream::Stdout, stdout, &mut buffer) | self.drain(Stream::Stderr, stderr, &mut buffer) {}
            if frame["msg"] == "done" {
                self.control.running.store(false, Ordering::SeqCst);
                self.gatherer.end_cell(&mut self.ready);
            } else {
                self.gatherer.flush(&mut self.ready);
            }
            self.send_ready();
            if frame["msg"] == "dying" {
                self.known.last_words = frame["cause"].as_str().map(str::to_owned);
                continue;
            }
            if frame["ack"] == true {
                let _ = self.control.send(&json!({ "cmd": "ack" }));
            }
            let _ = self.send.blocking_send(Event::Frame(frame));
        }
    }

    fn send_ready(&mut self) {
        for ready in self.ready.drain(..) {
            let event = match ready {
                Ready::Text(stream, text) => Event::Text(stream, text),
                Ready::Bundle(data) => Event::Frame(json!({ "msg": "display", "data": data, "metadata": {} })),
            };
            let _ = self.send.blocking_send(event);
        }
    }
}

/// Takes one whole frame from the front of `bytes`; a frame that is not JSON is skipped.
fn next_frame(bytes: &mut Vec<u8>) -> Option<Value> {
    loop {
        let (length, rest) = bytes.split_at_checked(4)?;
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        let frame = serde_json::from_slice(rest.get(..length)?);
        bytes.drain(..4 + length);
        if let Ok(frame) = frame {
            return Some(frame);
        }
    }
}

fn set_nonblocking(descriptor: RawFd) {
    // SAFETY: the descriptor is open and owned by the caller.
    unsafe {
        let flags = libc::fcntl(descriptor, libc::F_GETFL);
        libc::fcntl(descriptor, libc::F_SETFL, flags | libc::O_NONBLOCK);
    }
}

/// Waits until one of the descriptors has something; if text is `gathered`, no longer than that may wait.
fn wait_for_input(descriptors: [RawFd; 3], gathered: bool) {
    let timeout = if gathered { i32::try_from(GATHER.as_millis()).unwrap_or(50) } else { -1 };
    let mut polled = descriptors.map(|fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 });
    // SAFETY: three valid entries.
    unsafe { libc::poll(polled.as_mut_ptr(), 3, timeout) };
    // A pipe that the other side closed is always ready: without this pause its end would be polled in a hot loop.
    if polled[2].revents == 0 && polled.iter().any(|entry| entry.revents & libc::POLLHUP != 0) {
        std::thread::sleep(GATHER);
    }
}

fn is_readable(descriptor: RawFd) -> bool {
    let mut polled = libc::pollfd { fd: descriptor, events: libc::POLLIN, revents: 0 };
    // SAFETY: one valid entry, no waiting.
    unsafe { libc::poll(&mut polled, 1, 0) > 0 }
}

#[cfg(test)]
mod tests {
    use super::next_frame;

    #[test]
    fn frames_are_put_together_from_pieces() {
        let mut bytes = vec![2, 0, 0];
        assert!(next_frame(&mut bytes).is_none());
        bytes.extend_from_slice(b"\0{}\x02\0\0\0[");
        assert!(next_frame(&mut bytes).is_some());
        assert!(next_frame(&mut bytes).is_none());
        bytes.push(b']');
        assert!(next_frame(&mut bytes).is_some());
        assert!(bytes.is_empty());
    }
}
