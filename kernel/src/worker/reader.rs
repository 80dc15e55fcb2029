//! Reads everything that a worker writes until it is gone, and keeps the order of its text and its messages.

use super::ending::{self, Circumstances, Ending};
use super::output::{GATHER, Gatherer, Ready, Stream};
use super::process::Streams;
use super::{Event, WorkerControl};
use isopleth_bus::frame::Pieces;
use isopleth_bus::worker::{Display, Message, Object};
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, RawFd};
use tokio::sync::mpsc::Sender;

/// What libstd adds when it aborts. It is not about the cell, and there is no command line to run again.
const OFFER: &[u8] = b"note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n";
/// How much of the end of stderr is kept, to learn why a process aborted.
const TAIL: usize = 4 << 10;

/// Reads until the worker is gone. Runs on a thread of its own.
pub fn read_all(streams: &Streams, control: &WorkerControl, send: &Sender<Event>) {
    let kills = ending::memory_kills();
    let known = Circumstances::default();
    let mut reader = Reader {
        streams,
        gatherer: Gatherer::default(),
        ready: Vec::new(),
        pieces: Pieces::default(),
        tail: Vec::new(),
        known,
        control,
        send,
    };
    reader.read();
    let Reader { mut known, tail, .. } = reader;
    // A process that closed its bus but lives on cannot be worked with; nor do its children outlive it.
    control.process().kill();
    let status = control.process().wait();
    known.stderr = String::from_utf8_lossy(&tail).into_owned();
    known.stopped = control.was_killed();
    known.memory_ran_out = ending::memory_kills() > kills;
    let ended = match status {
        Ok(status) => ending::explain(status, &known),
        Err(error) => Ending::new(error.to_string(), ""),
    };
    let _ = send.blocking_send(Event::Ended(ended));
}

struct Reader<'a> {
    streams: &'a Streams,
    gatherer: Gatherer,
    ready: Vec<Ready>,
    pieces: Pieces,
    /// The end of stderr, and what else tells how the worker ended.
    tail: Vec<u8>,
    known: Circumstances,
    control: &'a WorkerControl,
    send: &'a Sender<Event>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let streams = self.streams;
        let descriptors = [streams.stdout.as_raw_fd(), streams.stderr.as_raw_fd(), streams.bus.as_raw_fd()];
        for descriptor in &descriptors[..2] {
            set_nonblocking(*descriptor);
        }
        let mut buffer = vec![0; 64 << 10];
        loop {
            wait_for_input(descriptors, self.gatherer.is_waiting());
            // Text first: the worker flushes it before each message, so this keeps the order of both.
            if self.drain_both(&mut buffer) {
                continue;
            }
            if is_readable(descriptors[2]) {
                match (&streams.bus).read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(length) => {
                        self.pieces.push(&buffer[..length]);
                        self.take_messages(&mut buffer);
                    }
                }
            }
            self.gatherer.tick(&mut self.ready);
            self.send_ready();
        }
        while self.drain_both(&mut buffer) {}
        self.gatherer.end_cell(&mut self.ready);
        self.send_ready();
    }

    /// Reads one buffer of each stream. True if there may be more.
    fn drain_both(&mut self, buffer: &mut [u8]) -> bool {
        let streams = self.streams;
        self.drain(Stream::Stdout, &streams.stdout, buffer) | self.drain(Stream::Stderr, &streams.stderr, buffer)
    }

    /// Reads one buffer of `stream`. True if there may be more.
    fn drain(&mut self, stream: Stream, mut pipe: &File, buffer: &mut [u8]) -> bool {
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

    fn take_messages(&mut self, buffer: &mut [u8]) {
        while let Some(message) = self.pieces.take::<Message>() {
            let message = match message {
                Ok(message) => message,
                Err(error) => {
                    tracing::warn!("the worker sent {error}");
                    continue;
                }
            };
            // What was printed before the message is in the pipes already.
            while self.drain_both(buffer) {}
            if matches!(message, Message::Done(_)) {
                self.control.has_ended_cell();
                self.gatherer.end_cell(&mut self.ready);
            } else {
                self.gatherer.flush(&mut self.ready);
            }
            self.send_ready();
            if let Message::Dying { cause } = message {
                self.known.last_words = Some(cause);
                continue;
            }
            if message.is_acknowledged() {
                self.control.acknowledge();
            }
            let _ = self.send.blocking_send(Event::Message(message));
        }
    }

    fn send_ready(&mut self) {
        for ready in self.ready.drain(..) {
            let event = match ready {
                Ready::Text(stream, text) => Event::Text(stream, text),
                Ready::Bundle(data) => {
                    Event::Message(Message::Display(Display { data, metadata: Object::new(), id: None }))
                }
            };
            let _ = self.send.blocking_send(event);
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
