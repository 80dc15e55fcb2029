//! Input from the person at the notebook: a question goes over the bus, the answer comes back as a command.
//!
//! Descriptor 0 of a worker is the null device, so whatever the kernel cannot see reading (child processes,
//! C's stdio) finds the end of the input at once and never hangs. What Rust code reads from descriptor 0 comes
//! here instead: the worker's own program exports `read` and hands such reads to [`isopleth_worker_read`].

use super::bus;
use crate::cancel;
use isopleth_bus::worker::{Answer, Message, Question};
use std::collections::VecDeque;
use std::ffi::c_void;
use std::io::Write;
use std::sync::{Condvar, Mutex, MutexGuard};

/// What frontends send for Ctrl-D.
const END_OF_INPUT: &str = "\x04";

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoInput {
    /// This is no worker: a program reads its own stdin.
    NotANotebook,
    /// The kernel cannot ask; why, in plain words.
    Refused(String),
    /// Ctrl-D.
    End,
    /// The cell has ended while a thread of it still asked.
    CellEnded,
    /// Stop.
    Stopped,
}

/// One cell's questions. They carry numbers, so that a late answer cannot meet the wrong one.
struct State {
    /// Counts cells; questions are open only while one runs.
    cell: u64,
    running: bool,
    asked: u64,
    answer: Option<Result<String, NoInput>>,
    /// Whether Stop ended a read in this cell.
    stopped: bool,
    /// The rest of a line that the reader's buffer had no room for.
    rest: VecDeque<u8>,
}

static STATE: Mutex<State> =
    Mutex::new(State { cell: 0, running: false, asked: 0, answer: None, stopped: false, rest: VecDeque::new() });
static CHANGED: Condvar = Condvar::new();
/// Held by the thread whose question is open: one at a time.
static TURN: Mutex<()> = Mutex::new(());

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Asks for one line and waits for it.
pub(crate) fn ask(prompt: &str, password: bool) -> Result<String, NoInput> {
    if !bus::is_connected() {
        return Err(NoInput::NotANotebook);
    }
    let _turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    // What was printed so far belongs above the question.
    let _ = std::io::stdout().flush();
    let mut state = lock();
    let cell = state.cell;
    if !state.running {
        return Err(NoInput::CellEnded);
    }
    if cancel::is_cancelled() {
        state.stopped = true;
        return Err(NoInput::Stopped);
    }
    state.asked += 1;
    state.answer = None;
    // Sent with the lock held: a question never comes behind its cell's end.
    bus::send(&Message::Input(Question { number: state.asked, prompt: prompt.to_owned(), password }));
    loop {
        if cancel::is_cancelled() {
            state.stopped = true;
            return Err(NoInput::Stopped);
        }
        if let Some(answer) = state.answer.take() {
            return answer;
        }
        if !state.running || state.cell != cell {
            return Err(NoInput::CellEnded);
        }
        state = CHANGED.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
    }
}

pub(super) fn begin_cell() {
    let mut state = lock();
    state.cell += 1;
    state.running = true;
    state.stopped = false;
    state.rest.clear();
}

/// Whether Stop found the running cell waiting for an answer.
pub(super) fn was_stopped() -> bool {
    lock().stopped
}

pub(super) fn end_cell() {
    lock().running = false;
    CHANGED.notify_all();
}

/// The kernel's answer to a question.
pub(super) fn answer(question: u64, answer: Answer) {
    let mut state = lock();
    if question != state.asked {
        return;
    }
    state.answer = Some(match answer {
        Answer::Line(line) if line == END_OF_INPUT => Err(NoInput::End),
        Answer::Line(line) => Ok(line),
        Answer::Refused(why) => Err(NoInput::Refused(why)),
    });
    CHANGED.notify_all();
}

/// Stop: who waits for an answer looks at the cancel flag.
pub(super) fn wake() {
    // With the lock, so that nobody is between looking and waiting.
    let _state = lock();
    CHANGED.notify_all();
}

/// `read(2)` on the worker's descriptor 0: a line from the person at the notebook.
///
/// Where nobody can be asked it is at its end, as a closed stdin is. After Stop it fails with `ECANCELED`:
/// `EINTR` would only make the standard library try again.
///
/// # Safety
/// `buffer` must be valid for writing `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn isopleth_worker_read(buffer: *mut c_void, length: usize) -> isize {
    if length == 0 {
        return 0;
    }
    let mut state = lock();
    if state.rest.is_empty() {
        drop(state);
        let line = match ask("", false) {
            Ok(line) => line,
            Err(NoInput::Stopped) => {
                // SAFETY: the place of this thread's errno.
                unsafe { *libc::__errno_location() = libc::ECANCELED };
                return -1;
            }
            Err(_) => return 0,
        };
        state = lock();
        state.rest.extend(line.bytes());
        state.rest.push_back(b'\n');
    }
    let taken: Vec<u8> = {
        let length = length.min(state.rest.len());
        state.rest.drain(..length).collect()
    };
    // SAFETY: at most `length` bytes, which the caller vouches for.
    unsafe { std::ptr::copy_nonoverlapping(taken.as_ptr(), buffer.cast::<u8>(), taken.len()) };
    isize::try_from(taken.len()).unwrap_or(0)
}
