//! Comms: messages between a cell and code in the frontend, such as an extension of JupyterLab.
//!
//! A comm is opened on a *target*: a name under which the frontend has registered what handles it. Data are JSON
//! objects, as text. A frontend that does not know the target closes the comm at once.

use crate::bus;
use crate::cancel;
use crate::{Error, ErrorKind, Result};
use isopleth_bus::worker::{Message, Object};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// How often a waiting [`Comm::receive`] looks whether Stop was pressed.
const LOOK: Duration = Duration::from_millis(50);
/// Messages that nobody receives must not fill the memory: the oldest go.
const UNREAD: usize = 1000;

/// What has come for one comm.
struct Inbox {
    unread: VecDeque<String>,
    /// False once the frontend has closed the comm.
    open: bool,
}

/// The inboxes of all comms that were not dropped.
static INBOXES: Mutex<Option<HashMap<String, Inbox>>> = Mutex::new(None);
static ARRIVED: Condvar = Condvar::new();

fn lock() -> MutexGuard<'static, Option<HashMap<String, Inbox>>> {
    INBOXES.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// One open comm. It is closed when it is dropped.
///
/// ```no_run
/// # use isopleth::prelude::*;
/// let comm = Comm::open("my-extension", r#"{"hello": "from a cell"}"#)?;
/// comm.send(r#"{"step": 1}"#)?;
/// let answer: Option<String> = comm.receive(Duration::from_secs(5))?;
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Debug)]
pub struct Comm {
    id: String,
    target: String,
}

impl Comm {
    /// Opens a comm on the frontend's `target`. `data` is a JSON object; `"{}"` says nothing.
    ///
    /// # Errors
    /// If `data` is no JSON object, or outside a notebook.
    pub fn open(target: &str, data: &str) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let data = object(data)?;
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
        let id = format!("{:x}-{now:x}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        // Before the frontend can answer.
        lock().get_or_insert_default().insert(id.clone(), Inbox { unread: VecDeque::new(), open: true });
        let comm = Self { id, target: target.to_owned() };
        tell(&Message::CommOpen { id: comm.id.clone(), target: comm.target.clone(), data })?;
        Ok(comm)
    }

    /// The comm's id, which the frontend sees too.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The target it was opened on.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Whether the frontend has not closed it.
    pub fn is_open(&self) -> bool {
        lock().as_ref().and_then(|inboxes| inboxes.get(&self.id)).is_some_and(|inbox| inbox.open)
    }

    /// Sends `data`, a JSON object.
    ///
    /// # Errors
    /// If `data` is no JSON object, or the frontend has closed the comm.
    pub fn send(&self, data: &str) -> Result<()> {
        let data = object(data)?;
        if !self.is_open() {
            return Err(self.closed());
        }
        tell(&Message::CommMessage { id: self.id.clone(), data })
    }

    /// The oldest message of the frontend that was not received yet; waits for one no longer than `patience`.
    ///
    /// Messages come in while a cell runs and between cells; the last 1000 are kept.
    ///
    /// # Errors
    /// If the frontend has closed the comm and nothing is left, or Stop was pressed.
    pub fn receive(&self, patience: Duration) -> Result<Option<String>> {
        let begun = Instant::now();
        let mut inboxes = lock();
        loop {
            cancel::check()?;
            let Some(inbox) = inboxes.as_mut().and_then(|inboxes| inboxes.get_mut(&self.id)) else {
                return Err(self.closed());
            };
            if let Some(data) = inbox.unread.pop_front() {
                return Ok(Some(data));
            }
            if !inbox.open {
                return Err(self.closed());
            }
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            let waited = ARRIVED.wait_timeout(inboxes, left.min(LOOK));
            inboxes = waited.unwrap_or_else(|poisoned| poisoned.into_inner()).0;
        }
    }

    fn closed(&self) -> Error {
        let message =
            format!("the comm on {:?} is closed: the frontend does not know the target, or left", self.target);
        Error::new(ErrorKind::NotFound, message)
    }
}

impl Drop for Comm {
    fn drop(&mut self) {
        if lock().as_mut().and_then(|inboxes| inboxes.remove(&self.id)).is_some_and(|inbox| inbox.open) {
            let _ = tell(&Message::CommClose { id: self.id.clone() });
        }
    }
}

fn tell(message: &Message) -> Result<()> {
    if bus::send(message) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::NotFound, "comms need a notebook: no frontend is connected to this program"))
}

fn object(data: &str) -> Result<Object> {
    serde_json::from_str(data).map_err(|error| {
        Error::with_source(
            ErrorKind::InvalidArgument,
            format!("{data:?} is no JSON object such as {{\"x\": 1}}"),
            error,
        )
    })
}

/// A message of the frontend. One for a comm that was dropped goes nowhere.
pub(crate) fn take_in(id: &str, data: Object) {
    with_inbox(id, |inbox| {
        inbox.unread.push_back(serde_json::Value::Object(data).to_string());
        if inbox.unread.len() > UNREAD {
            inbox.unread.pop_front();
        }
    });
}

/// The frontend has closed the comm.
pub(crate) fn close(id: &str) {
    with_inbox(id, |inbox| inbox.open = false);
}

fn with_inbox(id: &str, change: impl FnOnce(&mut Inbox)) {
    if let Some(inbox) = lock().as_mut().and_then(|inboxes| inboxes.get_mut(id)) {
        change(inbox);
        ARRIVED.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::Comm;

    #[test]
    fn data_must_be_an_object() {
        let error = Comm::open("t", "[1]").expect_err("a list is no object").to_string();
        assert!(error.contains("[1]") && error.contains("JSON object"), "{error}");
    }

    #[test]
    fn outside_a_notebook_there_is_nobody_to_talk_to() {
        let error = Comm::open("t", "{}").expect_err("a test is no notebook").to_string();
        assert!(error.contains("notebook"), "{error}");
    }
}
