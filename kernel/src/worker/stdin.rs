//! Notices that a cell reads its stdin.
//!
//! The far end of a pipe or a terminal cannot see that somebody has begun to read, and looking into `/proc` for
//! threads that hang in `read` takes rights and kernel options that containers may lack. So this program exports
//! a `read` of its own: the dynamic linker looks into the program before it looks into libc, and libstd in every
//! cell calls this one. Descriptor 0 itself is the null device: what does not come through here (child processes,
//! C's stdio, whose calls stay inside libc) finds the end of the input instead of hanging.

use libc::{c_int, c_void, size_t, ssize_t};
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Reads for a cell from whoever sits at the notebook.
pub type Reader = unsafe extern "C" fn(*mut c_void, size_t) -> ssize_t;

/// The prelude's [`Reader`], as a number; zero in every other role of this program.
static READER: AtomicUsize = AtomicUsize::new(0);

/// From now on, reads of descriptor 0 are `reader`'s.
pub fn hand_to(reader: Reader) {
    READER.store(reader as usize, Ordering::Release);
}

/// libc's `read`, but for the worker's stdin.
///
/// # Safety
/// As libc's: `buffer` is valid for writing `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn read(descriptor: c_int, buffer: *mut c_void, length: size_t) -> ssize_t {
    let reader = if descriptor == 0 { READER.load(Ordering::Acquire) } else { 0 };
    if reader != 0 && is_null_device(descriptor) {
        // SAFETY: only `hand_to` stores there, and only a `Reader`.
        let reader = unsafe { std::mem::transmute::<usize, Reader>(reader) };
        // SAFETY: upheld by the caller.
        return unsafe { reader(buffer, length) };
    }
    // SAFETY: upheld by the caller; `syscall` sets errno as `read` does.
    let done = unsafe { libc::syscall(libc::SYS_read, descriptor, buffer, length) };
    done as ssize_t
}

/// Whether stdin is still what the kernel made it: a cell may put a file of its own in its place.
fn is_null_device(descriptor: c_int) -> bool {
    let mut status = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `fstat` fills in the whole of it when it returns 0.
    let status = unsafe {
        if libc::fstat(descriptor, status.as_mut_ptr()) != 0 {
            return false;
        }
        status.assume_init()
    };
    status.st_mode & libc::S_IFMT == libc::S_IFCHR && status.st_rdev == libc::makedev(1, 3)
}
