//! The loop of the worker process: read a command, run a cell, say how it went.
//!
//! Commands and messages are those of [`isopleth_bus::worker`], on one socket.
//! The main thread only reads, so that Stop is seen while a cell runs; cells run
//! on a thread of their own with a large stack.

use super::children::{self, Ending};
use super::{VariableStore, bus, cell, crash, create_variable_store, failure, guard, stdin};
use crate::cancel;
use isopleth_bus::frame::{self, Malformed};
use isopleth_bus::worker::{Command, Done, Failure, Message, Run};
use std::io::Write;
use std::os::fd::{AsRawFd, FromRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// Deep recursion is a normal thing to try in a lesson; address space costs nothing until it is touched.
const STACK_BYTES: usize = 256 << 20;
/// How long a partial line may wait in the buffer of stdout.
const FLUSH_EVERY: Duration = Duration::from_millis(50);
/// The same between cells, where only threads that earlier ones have left behind print.
const FLUSH_WHEN_IDLE: Duration = Duration::from_millis(200);

static RUNNING: AtomicBool = AtomicBool::new(false);

/// Runs cells until the kernel closes `socket`. Called once, by the `isopleth worker` process.
///
/// # Safety
/// `socket` must be an open stream socket that nothing else in the process owns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn isopleth_worker_main(socket: RawFd) -> ! {
    // SAFETY: the caller hands over the descriptor.
    let mut commands = unsafe { UnixStream::from_raw_fd(socket) };
    failure::install_hook();
    take_interrupts();
    cancel::runs(None);
    match commands.try_clone() {
        Ok(stream) => bus::connect(stream),
        Err(_) => end(),
    }
    let (run, cells) = mpsc::channel();
    let spawned = std::thread::Builder::new()
        .name("cell".into())
        .stack_size(STACK_BYTES)
        .spawn(move || run_cells(&cells, socket));
    if spawned.is_err() || std::thread::Builder::new().name("flush".into()).spawn(flush_partial_lines).is_err() {
        // The kernel knows these words.
        eprintln!("isopleth worker: no more threads can be started");
        end();
    }
    bus::send(&Message::Ready { gdal: crate::raster::gdal_version() });
    // Cells have numbers, so that Stop is of one of them: the last that was handed over, if it is not over yet.
    let mut last = 0;
    let mut ending: Option<Ending> = None;
    loop {
        // The processes of a cell that was stopped are given time to end, during which commands are read all the same.
        if !wait_for_command(&commands, ending.as_ref()) {
            ending = ending.and_then(|mut ending| ending.go_on().then_some(ending));
            continue;
        }
        let command = match frame::read(&mut commands) {
            Ok(Some(command)) => command,
            // The end of the stream is how the kernel ends a worker.
            Ok(None) => end(),
            Err(error) if Malformed::of(&error).is_some() => {
                eprintln!("isopleth worker: the kernel sent {error}");
                continue;
            }
            Err(_) => end(),
        };
        let taken = match command {
            Command::Run(cell) => {
                last += 1;
                run.send(Task::Run(last, cell)).is_ok()
            }
            // In its place among the cells.
            Command::Forget { names } => run.send(Task::Forget(names)).is_ok(),
            Command::Interrupt => {
                if guard::interrupt(last) {
                    guard::wake();
                    stdin::wake();
                    ending = ending.take().filter(|ending| ending.cell() == last).or_else(|| Some(Ending::begin(last)));
                }
                true
            }
            Command::Input { question, answer } => {
                stdin::answer(question, answer);
                true
            }
            Command::CommMessage { id, data } => {
                crate::comm::take_in(&id, data);
                true
            }
            Command::CommClose { id } => {
                crate::comm::close(&id);
                true
            }
            Command::Acknowledge => {
                bus::acknowledge();
                true
            }
        };
        if !taken {
            end();
        }
    }
}

/// What the cell thread is told.
enum Task {
    /// To run a cell, which has this number.
    Run(u64, Run),
    /// To drop these variables.
    Forget(Vec<String>),
}

/// Waits until the kernel has sent something. False if what an ending of processes does next is due before.
fn wait_for_command(commands: &UnixStream, ending: Option<&Ending>) -> bool {
    // A millisecond more than is left, which is cut: nothing would be due yet.
    let timeout = ending.map_or(-1, |ending| i32::try_from(ending.left().as_millis() + 1).unwrap_or(i32::MAX));
    let mut polled = libc::pollfd { fd: commands.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one valid entry. An interrupted wait is begun anew by the caller.
    let ready = unsafe { libc::poll(&raw mut polled, 1, timeout) };
    // Errors are found by reading.
    ready > 0 || ready < 0 && std::io::Error::last_os_error().kind() != std::io::ErrorKind::Interrupted
}

/// Makes SIGINT do nothing here. Ignored, it would be ignored by the programs too that cells start, and these must end by it.
fn take_interrupts() {
    extern "C" fn nothing(_: libc::c_int) {}
    // SAFETY: the structure is valid, and a handler that does nothing may run anywhere.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = nothing as extern "C" fn(_) as usize;
        action.sa_flags = libc::SA_RESTART;
        libc::sigaction(libc::SIGINT, &action, std::ptr::null_mut());
    }
}

fn run_cells(tasks: &mpsc::Receiver<Task>, socket: RawFd) {
    crash::watch_this_thread(socket);
    let store = create_variable_store();
    for task in tasks {
        let (number, cell) = match task {
            Task::Run(number, cell) => (number, cell),
            Task::Forget(names) => {
                // SAFETY: made above, and only this thread uses it.
                forget(unsafe { &mut *store }, &names);
                continue;
            }
        };
        RUNNING.store(true, Ordering::SeqCst);
        children::start_cell(number);
        guard::start_cell(number);
        stdin::begin_cell();
        let loaded = cell::run(&cell, store);
        stdin::end_cell();
        guard::end_cell();
        children::end_cell();
        RUNNING.store(false, Ordering::SeqCst);
        let _ = std::io::stdout().flush();
        let failure = match loaded {
            Ok(()) => failure::take(),
            Err(reason) => Some(Failure::Load { reason }),
        };
        // SAFETY: made above, and only this thread uses it.
        let store = unsafe { &mut *store };
        let (changed, described) = (store.take_changed(), store.take_described());
        crate::parallel::live::settle();
        bus::send(&Message::Done(Box::new(Done { failure, variables: store.names(), changed, described })));
        give_back_memory();
    }
}

/// Returns what a cell has freed to the system. The C library would keep it, for each thread that the cell has had, and a
/// cluster counts it.
fn give_back_memory() {
    crate::values::buffers::release();
    // SAFETY: no preconditions.
    #[cfg(target_env = "gnu")]
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Drops the variables whose type was defined anew. Their destructors are still those of the old type.
fn forget(store: &mut VariableStore, names: &[String]) {
    for name in names {
        // A destructor of the user's may panic; the other variables must go all the same.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| store.forget(name)));
    }
}

/// stdout is line buffered: without this, `print!("…")` would show only with the next newline.
fn flush_partial_lines() {
    loop {
        // Not a sleep: those of a cell that was stopped return at once.
        let is_idle = !RUNNING.load(Ordering::SeqCst);
        std::thread::park_timeout(if is_idle { FLUSH_WHEN_IDLE } else { FLUSH_EVERY });
        let _ = std::io::stdout().flush();
    }
}

/// Ends the process without running destructors: other threads may still be at work.
fn end() -> ! {
    // SAFETY: `_exit` has no preconditions.
    unsafe { libc::_exit(0) }
}
