//! What HDF5 complained about: GDAL and the netCDF library pass on no more than "HDF error".

use super::hdf5::symbol;
use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};

thread_local! {
    static COMPLAINT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// `H5E_error2_t`, as it has been since 1.8.
#[repr(C)]
struct Entry {
    class: i64,
    major: i64,
    minor: i64,
    line: c_uint,
    function: *const c_char,
    file: *const c_char,
    description: *const c_char,
}

type Visit = unsafe extern "C" fn(c_uint, *const Entry, *mut c_void) -> c_int;
type Walk = unsafe extern "C" fn(i64, c_int, Visit, *mut c_void) -> c_int;
type Auto = unsafe extern "C" fn(i64, *mut c_void) -> c_int;
type SetAuto = unsafe extern "C" fn(i64, Option<Auto>, *mut c_void) -> c_int;

/// Lets HDF5 tell this thread what fails instead of writing it to stderr, where also goes what the netCDF library asks
/// and expects to fail. The netCDF library resets it, so it is said again before each use.
pub(crate) fn remember() {
    if let Some(found) = symbol(c"H5Eset_auto2") {
        // SAFETY: HDF5's function has had this signature since 1.8; 0 is the default stack, and the callback lives as
        // long as the process.
        unsafe { std::mem::transmute::<*mut c_void, SetAuto>(found)(0, Some(collect), std::ptr::null_mut()) };
    }
}

/// Forgets what was complained about before.
pub(crate) fn forget() {
    COMPLAINT.with_borrow_mut(|complaint| *complaint = None);
}

/// The cause of the first failure, if there was one since [`forget`].
pub(crate) fn complaint() -> Option<String> {
    COMPLAINT.with_borrow_mut(Option::take)
}

unsafe extern "C" fn collect(stack: i64, _: *mut c_void) -> c_int {
    if let Some(found) = symbol(c"H5Ewalk2") {
        // SAFETY: the function has had this signature since 1.8; 0 means from the cause outwards.
        unsafe { std::mem::transmute::<*mut c_void, Walk>(found)(stack, 0, visit, std::ptr::null_mut()) };
    }
    0
}

unsafe extern "C" fn visit(number: c_uint, entry: *const Entry, _: *mut c_void) -> c_int {
    // SAFETY: HDF5 gives an entry that lives during the call, with a text or null.
    let description = unsafe { entry.as_ref() }.map_or(std::ptr::null(), |entry| entry.description);
    // The first one is the cause; what follows says who could not do what because of it.
    if number == 0 && !description.is_null() {
        // SAFETY: the text ends with a zero byte.
        let text = unsafe { CStr::from_ptr(description) }.to_string_lossy();
        COMPLAINT.with_borrow_mut(|complaint| {
            complaint.get_or_insert_with(|| reason(&text));
        });
    }
    0
}

/// The system's own words, if they are in it: HDF5 surrounds them with times, addresses and file descriptors.
fn reason(text: &str) -> String {
    let system =
        text.split_once("error message = '").and_then(|(_, rest)| rest.split_once('\'')).map(|(words, _)| words);
    system.unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn of_a_failed_write_the_words_of_the_system_are_kept() {
        let text = "file write failed: time = Sat Nov 28 22:03:00 2026\n, filename = 'a.nc', file descriptor = 7, errno = 28, error message = 'No space left on device', buf = 0x5, total write size = 96";
        assert_eq!(reason(text), "No space left on device");
        assert_eq!(reason("required filter 'blosc' is not registered"), "required filter 'blosc' is not registered");
    }
}
