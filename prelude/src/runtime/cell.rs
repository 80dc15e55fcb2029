//! Loading one cell's shared object and running it.

use super::{VariableStore, bus, failure};
use isopleth_bus::worker::{Message, Run};
use std::ffi::{CStr, CString, c_void};
use std::os::unix::ffi::OsStrExt;

type CellFn = unsafe extern "C" fn(*mut VariableStore) -> *mut VariableStore;

/// Loads the object of `cell` and runs its function on `store`.
///
/// The object is never unloaded: thread-local destructors and vtables of values that outlive the cell point into it. If it is
/// `global`, objects that are loaded later find its symbols: it defines statics, and one static is for all cells.
pub(super) fn run(cell: &Run, store: *mut VariableStore) -> Result<(), String> {
    let function = load(cell)?;
    bus::send(&Message::Loaded);
    failure::begin();
    // SAFETY: the compile front generated the function with this very signature,
    // and `store` came from `create_variable_store` and is used by this thread only.
    unsafe { function(store) };
    finish();
    Ok(())
}

/// Carries out what the cell has left waiting, so that its memory, its errors and Stop are still the cell's.
fn finish() {
    if failure::has_failed() {
        return;
    }
    match std::panic::catch_unwind(crate::lazy::finish) {
        Ok(Ok(())) => {}
        // No line is to blame; the text says what was too large, or Stop was pressed.
        Ok(Err(error)) => failure::report_unwind(&error.to_string()),
        Err(payload) => failure::report_unwind(&*payload),
    }
}

fn load(cell: &Run) -> Result<CellFn, String> {
    let path =
        CString::new(cell.path.as_os_str().as_bytes()).map_err(|_| "the cell's path holds a NUL byte".to_owned())?;
    let symbol = CString::new(cell.symbol.as_str()).map_err(|_| "the cell's symbol holds a NUL byte".to_owned())?;
    let seen_by = if cell.global { libc::RTLD_GLOBAL } else { libc::RTLD_LOCAL };
    // SAFETY: both are NUL-terminated; the object's initialisers are those of a Rust cdylib.
    let address = unsafe {
        let object = libc::dlopen(path.as_ptr(), libc::RTLD_NOW | seen_by);
        if object.is_null() {
            return Err(loader_error());
        }
        libc::dlsym(object, symbol.as_ptr())
    };
    if address.is_null() {
        return Err(loader_error());
    }
    // SAFETY: a symbol that the front generated is a function of this type.
    Ok(unsafe { std::mem::transmute::<*mut c_void, CellFn>(address) })
}

fn loader_error() -> String {
    // SAFETY: `dlerror` returns null or a string that lives until the next call on this thread.
    unsafe {
        let text = libc::dlerror();
        if text.is_null() {
            "the loader gave no reason".to_owned()
        } else {
            CStr::from_ptr(text).to_string_lossy().into_owned()
        }
    }
}
