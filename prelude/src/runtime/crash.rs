//! A stack overflow, told to the kernel before the process dies of it.
//!
//! libstd's own handler is set up by a Rust `main` of the same libstd. The worker's `main` belongs to another copy, so without
//! this a recursion without end is a segmentation fault like any other.

use isopleth_bus::frame;
use isopleth_bus::worker::{CauseOfDeath, Message};
use std::os::fd::RawFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

/// The handler runs here, since the thread's own stack is used up.
const HANDLER_STACK: usize = 64 << 10;
/// How far from the end of the stack the access may be that overflowed it: large frames are probed page by page.
const NEAR: usize = 1 << 20;
/// The frame that tells the kernel, made before it is needed: the handler must not allocate.
static LAST_WORDS: OnceLock<Vec<u8>> = OnceLock::new();
static BUS: AtomicI32 = AtomicI32::new(-1);
static LOWEST: AtomicUsize = AtomicUsize::new(0);

/// Watches over the calling thread's stack; `bus` is where the kernel listens.
pub(super) fn watch_this_thread(bus: RawFd) {
    let Some(lowest) = lowest_address_of_the_stack() else { return };
    let Ok(last_words) = frame::encode(&Message::Dying { cause: CauseOfDeath::StackOverflow }) else { return };
    if LAST_WORDS.set(last_words).is_err() {
        return;
    }
    LOWEST.store(lowest, Ordering::SeqCst);
    BUS.store(bus, Ordering::SeqCst);
    // Never freed: the thread lives as long as the process.
    let memory = Box::leak(vec![0_u8; HANDLER_STACK].into_boxed_slice());
    let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: HANDLER_STACK };
    // SAFETY: the memory is the handler's alone, and both structures are valid. The handler calls only what
    // may be called in one.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_fault as extern "C" fn(_, _, _) as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        if libc::sigaltstack(&stack, std::ptr::null_mut()) == 0 {
            libc::sigaction(libc::SIGSEGV, &action, std::ptr::null_mut());
        }
    }
}

fn lowest_address_of_the_stack() -> Option<usize> {
    // SAFETY: the attributes are initialised by the first call, read by the second and destroyed by the third.
    unsafe {
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
            return None;
        }
        let (mut address, mut size) = (std::ptr::null_mut(), 0);
        let found = libc::pthread_attr_getstack(&attributes, &mut address, &mut size) == 0;
        libc::pthread_attr_destroy(&mut attributes);
        found.then_some(address as usize)
    }
}

extern "C" fn on_fault(signal: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the system hands a valid structure to a SA_SIGINFO handler; `write` and `signal` are async-signal-safe, and so is
    // `OnceLock::get`, which only loads.
    unsafe {
        let (at, lowest) = ((*info).si_addr() as usize, LOWEST.load(Ordering::SeqCst));
        if (lowest.saturating_sub(NEAR)..lowest + (NEAR >> 4)).contains(&at)
            && let Some(last_words) = LAST_WORDS.get()
        {
            libc::write(BUS.load(Ordering::SeqCst), last_words.as_ptr().cast(), last_words.len());
        }
        // The instruction is tried again, and this time the process ends by the signal itself.
        libc::signal(signal, libc::SIG_DFL);
    }
}
