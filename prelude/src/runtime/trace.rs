//! Where a panic came from: addresses now, and the objects that they lie in when it is told.

use isopleth_bus::worker::StackFrame;
use std::ffi::{CStr, c_void};

/// More than this many functions deep, the outermost are left out.
const DEPTH: usize = 128;

/// The return addresses on this thread's stack, innermost first. Costs microseconds.
pub(super) fn capture() -> Vec<usize> {
    let mut addresses = [std::ptr::null_mut::<c_void>(); DEPTH];
    // SAFETY: the buffer has room for as many as are asked for.
    let found = unsafe { libc::backtrace(addresses.as_mut_ptr(), DEPTH as libc::c_int) };
    addresses.iter().take(usize::try_from(found).unwrap_or(0)).map(|address| *address as usize).collect()
}

/// The calls that lie in cells' objects.
pub(super) fn in_objects(addresses: &[usize]) -> Vec<StackFrame> {
    let frames = addresses.iter().filter_map(|address| in_object(*address));
    frames.filter(|frame| frame.object.contains("/cells/")).collect()
}

fn in_object(address: usize) -> Option<StackFrame> {
    // A return address may already belong to the next line.
    let call = address.checked_sub(1)?;
    // SAFETY: zeros are a valid `Dl_info`; `dladdr` fills it in or says that it knows nothing. Objects are never unloaded, so
    // the path it points to stays.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(call as *const c_void, &mut info) == 0 || info.dli_fname.is_null() {
            return None;
        }
        let object = CStr::from_ptr(info.dli_fname).to_str().ok()?.to_owned();
        Some(StackFrame { object, address: (call - info.dli_fbase as usize) as u64 })
    }
}

#[cfg(test)]
mod tests {
    use super::{capture, in_object};

    #[test]
    fn a_trace_leads_back_to_the_object_that_took_it() {
        let trace = capture();
        assert!(trace.len() > 2);
        assert!(
            trace
                .iter()
                .any(|at| in_object(*at).is_some_and(|frame| frame.object.contains("isopleth") && frame.address > 0))
        );
    }
}
