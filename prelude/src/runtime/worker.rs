//! The loop of the worker process: read a command, run a cell, say how it went.
//!
//! Commands and answers are JSON frames (see [`super::bus`]) on one socket.
//! The main thread only reads, so that Stop is seen while a cell runs; cells run
//! on a thread of their own with a large stack.

use super::{VariableStore, bus, cell, crash, create_variable_store, failure, stdin};
use crate::parallel::cancel;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::os::fd::{FromRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// Deep recursion is a normal thing to try in a lesson; address space costs nothing until it is touched.
const STACK_BYTES: usize = 256 << 20;
/// How long a partial line may wait in the buffer of stdout.
const FLUSH_EVERY: Duration = Duration::from_millis(50);

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
        end();
    }
    bus::send(&json!({ "msg": "ready", "gdal": crate::raster::gdal_version() }));
    while let Some(command) = read_frame(&mut commands) {
        match command["cmd"].as_str() {
            Some("run") => {
                // Here and not in the cell thread: a Stop that comes right behind must not be forgotten.
                cancel::reset();
                if run.send(command).is_err() {
                    end();
                }
            }
            // In its place among the cells.
            Some("forget") => {
                let taken = run.send(command);
                if taken.is_err() {
                    end();
                }
            }
            Some("interrupt") => {
                cancel::cancel();
                stdin::wake();
            }
            Some("input") => stdin::answer(&command),
            Some("comm") => crate::comm::take_in(&command),
            Some("ack") => bus::acknowledge(),
            _ => {}
        }
    }
    end()
}

fn run_cells(cells: &mpsc::Receiver<Value>, socket: RawFd) {
    crash::watch_this_thread(socket);
    let store = create_variable_store();
    for command in cells {
        if command["cmd"] == "forget" {
            // SAFETY: made above, and only this thread uses it.
            forget(unsafe { &mut *store }, &command);
            continue;
        }
        RUNNING.store(true, Ordering::SeqCst);
        let path = command["path"].as_str().unwrap_or_default();
        let symbol = command["symbol"].as_str().unwrap_or_default();
        stdin::begin_cell();
        let loaded = cell::run(path, symbol, store);
        stdin::end_cell();
        RUNNING.store(false, Ordering::SeqCst);
        let _ = std::io::stdout().flush();
        let failure = match loaded {
            Ok(()) => failure::take(),
            Err(reason) => Some(json!({ "kind": "load", "ename": "LoadError", "evalue": reason })),
        };
        // SAFETY: made above, and only this thread uses it.
        let store = unsafe { &mut *store };
        let changed = store.take_changed();
        crate::parallel::live::settle();
        bus::send(&json!({ "msg": "done", "failure": failure, "variables": store.names(), "changed": changed }));
        give_back_memory();
    }
}

/// Returns what a cell has freed to the system. The C library would keep it, for each thread that the cell has had, and a
/// cluster counts it.
fn give_back_memory() {
    // SAFETY: no preconditions.
    #[cfg(target_env = "gnu")]
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Drops the variables whose type was defined anew. Their destructors are still those of the old type.
fn forget(store: &mut VariableStore, command: &Value) {
    for name in command["names"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        // A destructor of the user's may panic; the other variables must go all the same.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| store.forget(name)));
    }
}

/// stdout is line buffered: without this, `print!("…")` would show only with the next newline.
fn flush_partial_lines() {
    loop {
        std::thread::sleep(FLUSH_EVERY);
        if RUNNING.load(Ordering::SeqCst) {
            let _ = std::io::stdout().flush();
        }
    }
}

/// `None` at the end of the stream, which is how the kernel ends a worker.
fn read_frame(stream: &mut UnixStream) -> Option<Value> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut body = vec![0; u32::from_le_bytes(length) as usize];
    stream.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// Ends the process without running destructors: other threads may still be at work.
fn end() -> ! {
    // SAFETY: `_exit` has no preconditions.
    unsafe { libc::_exit(0) }
}
