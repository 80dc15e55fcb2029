//! How a cell fails: a panic, a `?` on an error, or Stop; told to the kernel in one shape.

use super::stdin;
use crate::parallel::cancel;
use serde_json::{Value, json};
use std::fmt::Display;
use std::panic::PanicHookInfo;
use std::sync::Mutex;
use std::thread::ThreadId;

/// The error type of the closure that a cell's statements run in, so that `?` works on any error.
///
/// Making one reports the error to the kernel.
#[derive(Debug)]
pub struct UserError;

impl<T: Display> From<T> for UserError {
    #[track_caller]
    fn from(error: T) -> Self {
        // The alternate form prints the whole chain for the error types that have one.
        report_error(short_type_name(std::any::type_name::<T>()), format!("{error:#}"));
        Self
    }
}

/// What is known of the failure of the running cell, until the worker sends it.
static FAILURE: Mutex<Option<Value>> = Mutex::new(None);
/// The last panic of the cell or of a pool thread it waits for.
static PANIC: Mutex<Option<Panic>> = Mutex::new(None);
static CELL_THREAD: Mutex<Option<ThreadId>> = Mutex::new(None);

struct Panic {
    message: String,
    file: String,
    line: u32,
}

fn lock<T>(mutex: &'static Mutex<T>) -> std::sync::MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Called by generated code when the cell's closure unwound.
pub fn report_unwind() {
    // A read of stdin that Stop ended may have been unwrapped: that panic is no news.
    let failure = match lock(&PANIC).take().filter(|_| !stdin::was_stopped()) {
        Some(panic) => {
            json!({ "kind": "panic", "ename": "Panic", "evalue": panic.message, "file": panic.file, "line": panic.line })
        }
        None if cancel::is_cancelled() => interrupted(),
        // `resume_unwind` runs no panic hook: a payload of the user's own.
        None => json!({ "kind": "panic", "ename": "Panic", "evalue": "the cell unwound without a message" }),
    };
    lock(&FAILURE).get_or_insert(failure);
}

#[track_caller]
fn report_error(ename: &str, evalue: String) {
    let at = std::panic::Location::caller();
    let failure = if cancel::is_cancelled() {
        interrupted()
    } else {
        json!({ "kind": "error", "ename": ename, "evalue": evalue, "file": at.file(), "line": at.line() })
    };
    *lock(&FAILURE) = Some(failure);
}

fn interrupted() -> Value {
    json!({ "kind": "interrupted", "ename": "Interrupted", "evalue": "stopped; every variable was kept" })
}

/// Whether the running cell has failed. Generated code asks before it puts old values back.
pub fn has_failed() -> bool {
    lock(&FAILURE).is_some()
}

pub(super) fn begin() {
    *lock(&FAILURE) = None;
    *lock(&PANIC) = None;
    *lock(&CELL_THREAD) = Some(std::thread::current().id());
}

pub(super) fn take() -> Option<Value> {
    lock(&FAILURE).take()
}

/// Keeps a panic's message for the notebook instead of printing it.
pub(super) fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or_default();
        let cell = *lock(&CELL_THREAD) == Some(thread.id());
        // A pool hands its threads' panics on to the cell; any other thread's would go unseen.
        if cell || name.starts_with("worker-") {
            // The first panic is the cause; what the pool raises in the cell repeats it.
            lock(&PANIC).get_or_insert_with(|| describe(info));
        } else {
            let which = if name.is_empty() { "a thread of the cell".to_owned() } else { format!("thread `{name}`") };
            eprintln!("{which} panicked: {}", describe(info).message);
        }
    }));
}

fn describe(info: &PanicHookInfo<'_>) -> Panic {
    let message = info.payload_as_str().unwrap_or("a panic whose payload is no text").to_owned();
    let (file, line) = info.location().map_or((String::new(), 0), |at| (at.file().to_owned(), at.line()));
    Panic { message, file, line }
}

/// `core::num::ParseIntError` → `ParseIntError`; generic arguments are left out.
fn short_type_name(name: &str) -> &str {
    let name = name.split('<').next().unwrap_or(name);
    match name.rsplit("::").next().unwrap_or(name) {
        "&str" | "str" | "String" => "Error",
        short => short,
    }
}

#[cfg(test)]
mod tests {
    use super::short_type_name;

    #[test]
    fn the_error_name_is_the_last_part_of_its_path() {
        assert_eq!(short_type_name("core::num::error::ParseIntError"), "ParseIntError");
        assert_eq!(short_type_name("alloc::boxed::Box<dyn core::error::Error>"), "Box");
        assert_eq!(short_type_name("alloc::string::String"), "Error");
    }
}
