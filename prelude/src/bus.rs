//! The display bus: mime bundles from the worker to the kernel while a cell runs.
//!
//! Outside a notebook (a program, a test) nothing is connected, and [`program`](crate::program) shows what it can.

use crate::display::{InTheMiddle, MimeBundle};
use crate::program;
use isopleth_bus::frame;
use isopleth_bus::worker::{Display, Message};
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

static BUS: Mutex<Option<UnixStream>> = Mutex::new(None);

/// Connects the bus to the kernel. Called once by the worker.
pub fn connect(stream: UnixStream) {
    *lock() = Some(stream);
}

/// Whether this process runs cells for a notebook.
pub fn is_connected() -> bool {
    lock().is_some()
}

/// How many messages the kernel has acknowledged, and how many wait for it to.
static SEEN: (Mutex<u64>, Condvar) = (Mutex::new(0), Condvar::new());
static ASKED: AtomicU64 = AtomicU64::new(0);
/// A kernel that does not answer must not hang the cell.
const PATIENCE: Duration = Duration::from_secs(2);

/// Sends one message. False if nothing is connected.
///
/// One that [is acknowledged](Message::is_acknowledged) stands between the text printed before it and the text printed after
/// it. Text goes another way than messages: the text before is flushed, and the text after waits until the kernel has read both.
pub(crate) fn send(message: &Message) -> bool {
    if !message.is_acknowledged() {
        return write(message);
    }
    let _ = std::io::stdout().flush();
    // Outside a worker nobody would answer.
    if !is_connected() {
        return false;
    }
    let wanted = ASKED.fetch_add(1, Ordering::SeqCst) + 1;
    let sent = write(message);
    let seen = SEEN.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let _ = SEEN.1.wait_timeout_while(seen, PATIENCE, |seen| *seen < wanted);
    sent
}

/// The kernel has read a message and all the text before it.
pub(super) fn acknowledge() {
    *SEEN.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) += 1;
    SEEN.1.notify_all();
}

/// Shows `bundle`; with `update`, in place of the display that has the id already.
pub fn display(bundle: &MimeBundle, id: Option<&str>, update: bool) {
    let content = content(bundle, id);
    let sent = send(&if update { Message::Update(content) } else { Message::Display(content) });
    if !sent && !update {
        program::show(bundle);
    }
}

fn content(bundle: &MimeBundle, id: Option<&str>) -> Display {
    Display { data: bundle.data().clone(), metadata: bundle.metadata().clone(), id: id.map(str::to_owned) }
}

/// The value of the cell; by way of `show!` only something that it shows. The kernel writes calls of it into cells.
pub fn result(bundle: &MimeBundle) {
    // What Stop has cut short has no value.
    crate::cancel::checkpoint();
    result_as(bundle, None);
}

/// [`result`] with an id if it will be updated in place.
pub(crate) fn result_as(bundle: &MimeBundle, id: Option<&str>) {
    if InTheMiddle::is_now() {
        return display(bundle, id, false);
    }
    if !send(&Message::Result(content(bundle, id))) {
        program::show(bundle);
    }
}

/// Removes what the cell has shown so far; with `wait`, once there is something new to show.
pub fn clear(wait: bool) {
    send(&Message::Clear { wait });
}

fn write(message: &Message) -> bool {
    let mut guard = lock();
    let Some(stream) = guard.as_mut() else { return false };
    match frame::encode(message) {
        // A failed write means that the kernel is gone; the worker ends when it reads the end of its commands.
        Ok(frame) => drop(stream.write_all(&frame)),
        Err(error) => eprintln!("isopleth worker: a message cannot be sent to the notebook: {error}"),
    }
    true
}

fn lock() -> std::sync::MutexGuard<'static, Option<UnixStream>> {
    BUS.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
