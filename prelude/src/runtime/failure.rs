//! How a cell fails: a panic, a `?` on an error, or Stop.

use super::{bus, stdin, trace};
use crate::cancel;
use isopleth_bus::worker::{ErrorReport, Failure, Location, Message, PanicReport, ThreadPanic};
use std::panic::PanicHookInfo;
use std::sync::Mutex;
use std::thread::ThreadId;

/// What is known of the failure of the running cell, until the worker sends it.
static FAILURE: Mutex<Option<Failure>> = Mutex::new(None);
/// The last panic of the cell or of a pool thread it waits for.
static PANIC: Mutex<Option<Panic>> = Mutex::new(None);
static CELL_THREAD: Mutex<Option<ThreadId>> = Mutex::new(None);

/// The last panic of a thread that is neither: the cell may learn of it by `join`, without its message.
static THREAD_PANIC: Mutex<Option<Panic>> = Mutex::new(None);

struct Panic {
    message: String,
    location: Option<Location>,
    /// Not resolved: a cell may catch thousands of panics, and only the one that ends it is told.
    trace: Vec<usize>,
}

impl Panic {
    /// For the kernel, which knows whose lines these are.
    fn report(&self) -> PanicReport {
        let frames = trace::in_objects(&self.trace);
        PanicReport { message: self.message.clone(), location: self.location.clone(), frames }
    }
}

fn lock<T>(mutex: &'static Mutex<T>) -> std::sync::MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Called by generated code when the cell's closure unwound with `payload`.
pub fn report_unwind(payload: &(dyn std::any::Any + Send)) {
    // What a thread that Stop ended, or a read of stdin, left to be unwrapped: that panic is no news.
    let of_stop = |panic: &Panic| stdin::was_stopped() || cancel::is_cancelled() && speaks_of_a_thread(&panic.message);
    let panic = lock(&PANIC).take().filter(|panic| !of_stop(panic));
    let of_a_thread = lock(&THREAD_PANIC).take();
    let failure = match (panic, of_a_thread) {
        (Some(mut panic), of_a_thread) => {
            if let Some(thread) = of_a_thread.filter(|_| speaks_of_a_thread(&panic.message)) {
                panic.message = format!("{}; the thread panicked: {}", panic.message, thread.message);
            }
            Failure::Panic(panic.report())
        }
        (None, _) if cancel::is_cancelled() => Failure::Interrupted,
        // `resume_unwind` runs no panic hook: handed on from another thread, or a payload of the user's own.
        (None, Some(thread)) => Failure::Panic(thread.report()),
        // A panic hook of the user's own has taken the place of ours.
        (None, None) => {
            let message = text_of(payload).to_owned();
            Failure::Panic(PanicReport { message, location: None, frames: Vec::new() })
        }
    };
    lock(&FAILURE).get_or_insert(failure);
}

fn text_of(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("the cell unwound without a message")
}

/// Whether a panic only passes on that a thread has panicked: `join().unwrap()`, the end of a scope.
fn speaks_of_a_thread(message: &str) -> bool {
    message.contains("Any { .. }") || message == "a scoped thread panicked"
}

/// Called by `?` on an error of the type `name`; `chain` holds its text and those of its sources.
#[track_caller]
pub(super) fn report_error(name: &str, chain: Vec<String>) {
    let at = std::panic::Location::caller();
    let failure = if cancel::is_cancelled() {
        Failure::Interrupted
    } else {
        let name = short_type_name(name).to_owned();
        Failure::Error(ErrorReport { name, texts: chain, location: location_of(at) })
    };
    *lock(&FAILURE) = Some(failure);
}

fn location_of(at: &std::panic::Location<'_>) -> Location {
    Location { file: at.file().to_owned(), line: at.line() }
}

/// Drops the old value of a variable that the cell has made anew; called by generated code.
pub fn let_go<T>(value: T) {
    // A destructor may panic, and beyond the cell's function nothing can be unwound.
    if let Err(payload) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(value))) {
        report_unwind(&*payload);
    }
}

/// Whether the running cell has failed. Generated code asks before it puts old values back.
pub fn has_failed() -> bool {
    lock(&FAILURE).is_some()
}

pub(super) fn begin() {
    *lock(&FAILURE) = None;
    *lock(&PANIC) = None;
    *lock(&THREAD_PANIC) = None;
    *lock(&CELL_THREAD) = Some(std::thread::current().id());
}

pub(super) fn take() -> Option<Failure> {
    lock(&FAILURE).take()
}

/// Keeps a panic's message for the notebook instead of printing it.
pub(super) fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or_default();
        let cell = *lock(&CELL_THREAD) == Some(thread.id());
        // A pool hands its threads' panics on to the cell; any other thread's would go unseen.
        if cell || crate::guard::serves_cells(name) {
            // The first panic is the cause; what the pool raises in the cell repeats it.
            lock(&PANIC).get_or_insert_with(|| describe(info));
        } else {
            let panic = describe(info);
            let thread = Some(name.to_owned()).filter(|name| !name.is_empty());
            let told = ThreadPanic { thread, panic: panic.report() };
            *lock(&THREAD_PANIC) = Some(panic);
            let text = told.to_string();
            if !bus::send(&Message::ThreadPanic(told)) {
                eprintln!("{text}");
            }
        }
    }));
}

fn describe(info: &PanicHookInfo<'_>) -> Panic {
    let message = info.payload_as_str().unwrap_or("a panic whose payload is no text").to_owned();
    Panic { message, location: info.location().map(location_of), trace: trace::capture() }
}

/// `core::num::ParseIntError` → `ParseIntError`; generic arguments are left out, and a text or a box is just an error.
fn short_type_name(name: &str) -> &str {
    let name = name.split('<').next().unwrap_or(name);
    match name.rsplit("::").next().unwrap_or(name) {
        "&str" | "str" | "String" | "Box" | "Cow" => "Error",
        short => short,
    }
}

#[cfg(test)]
mod tests {
    use super::short_type_name;

    #[test]
    fn the_error_name_is_the_last_part_of_its_path() {
        assert_eq!(short_type_name("core::num::error::ParseIntError"), "ParseIntError");
        assert_eq!(short_type_name("alloc::boxed::Box<dyn core::error::Error>"), "Error");
        assert_eq!(short_type_name("alloc::string::String"), "Error");
    }
}
