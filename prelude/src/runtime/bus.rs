//! The display bus: mime bundles from the worker to the kernel while a cell runs.
//!
//! Outside a notebook (a program, a test) nothing is connected, and [`program`](crate::program) shows what it can.

use crate::display::{InTheMiddle, MimeBundle};
use crate::program;
use serde_json::{Value, json};
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

/// How many frames the kernel has acknowledged, and how many wait for it to.
static SEEN: (Mutex<u64>, Condvar) = (Mutex::new(0), Condvar::new());
static ASKED: AtomicU64 = AtomicU64::new(0);
/// A kernel that does not answer must not hang the cell.
const PATIENCE: Duration = Duration::from_secs(2);

/// Sends `message` so that it stands between the text printed before it and the text printed after it.
///
/// Text and frames go different ways: the text before is flushed, and the text after waits until the
/// kernel has read both.
fn send_in_order(mut message: Value) -> bool {
    let _ = std::io::stdout().flush();
    // Outside a worker nobody would answer.
    if !is_connected() {
        return false;
    }
    message["ack"] = Value::Bool(true);
    let wanted = ASKED.fetch_add(1, Ordering::SeqCst) + 1;
    let sent = send(&message);
    let seen = SEEN.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let _ = SEEN.1.wait_timeout_while(seen, PATIENCE, |seen| *seen < wanted);
    sent
}

/// The kernel has read a frame and all the text before it.
pub(super) fn acknowledge() {
    *SEEN.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) += 1;
    SEEN.1.notify_all();
}

/// Shows `bundle`; with `update`, in place of the display that has the id already.
pub fn display(bundle: &MimeBundle, id: Option<&str>, update: bool) {
    let kind = if update { "update" } else { "display" };
    let message = json!({ "msg": kind, "data": bundle.data(), "metadata": bundle.metadata(), "id": id });
    // An update changes what stands somewhere else: it has no place among the text.
    let sent = if update { send(&message) } else { send_in_order(message) };
    if !sent && !update {
        program::show(bundle);
    }
}

/// The value of the cell; by way of `show!` only something that it shows. The kernel writes calls of it into cells.
pub fn result(bundle: &MimeBundle) {
    result_as(bundle, None);
}

/// [`result`] with an id if it will be updated in place.
pub(crate) fn result_as(bundle: &MimeBundle, id: Option<&str>) {
    if InTheMiddle::is_now() {
        return display(bundle, id, false);
    }
    if !send_in_order(json!({ "msg": "result", "data": bundle.data(), "metadata": bundle.metadata(), "id": id })) {
        program::show(bundle);
    }
}

/// Removes what the cell has shown so far; with `wait`, once there is something new to show.
pub fn clear(wait: bool) {
    send_in_order(json!({ "msg": "clear", "wait": wait }));
}

/// Sends one frame: its length in bytes (u32, little endian), then JSON. False if nothing is connected.
pub fn send(message: &Value) -> bool {
    let mut guard = lock();
    let Some(stream) = guard.as_mut() else { return false };
    let body = message.to_string().into_bytes();
    let mut frame = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes().to_vec();
    frame.extend_from_slice(&body);
    // A failed write means that the kernel is gone; the worker ends when it reads the end of its commands.
    let _ = stream.write_all(&frame);
    true
}

fn lock() -> std::sync::MutexGuard<'static, Option<UnixStream>> {
    BUS.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
