//! `clock_nanosleep` as cells see it: Stop ends a `thread::sleep`.
//!
//! libstd sleeps again when a signal wakes it, so a signal cannot end a sleep. This program exports a function of the
//! same name, and a program's own functions come before the C library's for everything that it loads. A sleep that is
//! ended early returns as if its time were over; the checks that the compile front puts behind it end the cell.

use libc::{c_int, clockid_t, timespec};
use std::sync::atomic::{AtomicPtr, Ordering};

/// How soon Stop is seen, in nanoseconds.
const SLICE: i64 = 50_000_000;
/// How long a sleep takes at most that begins after Stop. Not nothing: a loop that does not look sleeps again and again.
const STOPPED: i64 = 10_000_000;
const SECOND: i64 = 1_000_000_000;

/// The prelude's `fn() -> bool`, once it is loaded: only the worker has it.
static IS_CANCELLED: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());

/// Lets sleeps of this process end when `is_cancelled` says so.
pub fn end_when(is_cancelled: extern "C" fn() -> bool) {
    IS_CANCELLED.store(is_cancelled as *mut (), Ordering::SeqCst);
}

fn is_cancelled() -> bool {
    let function = IS_CANCELLED.load(Ordering::SeqCst);
    if function.is_null() {
        return false;
    }
    // SAFETY: only `end_when` writes the pointer, from a function of this type that is never unloaded.
    let function = unsafe { std::mem::transmute::<*mut (), extern "C" fn() -> bool>(function) };
    function()
}

/// The C library's function of this name, in slices where the process is a worker.
///
/// # Safety
/// As for the C library's: `request` is readable, `remaining` null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_nanosleep(
    clock: clockid_t,
    flags: c_int,
    request: *const timespec,
    remaining: *mut timespec,
) -> c_int {
    if IS_CANCELLED.load(Ordering::SeqCst).is_null() || request.is_null() {
        // SAFETY: handed on as it came.
        return unsafe { sleep(clock, flags, request, remaining) };
    }
    // SAFETY: the caller's.
    let asked = unsafe { *request };
    if !(0..SECOND).contains(&asked.tv_nsec) || asked.tv_sec < 0 {
        return libc::EINVAL;
    }
    let absolute = flags & libc::TIMER_ABSTIME != 0;
    let mut end = if absolute { asked } else { later(now(clock), asked) };
    let begun_after_stop = is_cancelled();
    if begun_after_stop {
        let soon = later(now(clock), timespec { tv_sec: 0, tv_nsec: STOPPED });
        end = if before(end, soon) { end } else { soon };
    }
    loop {
        if is_cancelled() && !begun_after_stop {
            return 0;
        }
        let slice = later(now(clock), timespec { tv_sec: 0, tv_nsec: SLICE });
        let is_last = before(end, slice);
        let until = if is_last { end } else { slice };
        // SAFETY: `until` is readable, and an absolute sleep writes no remainder.
        let result = unsafe { sleep(clock, libc::TIMER_ABSTIME, &raw const until, std::ptr::null_mut()) };
        if result == libc::EINTR && !absolute && !remaining.is_null() {
            // SAFETY: the caller's.
            unsafe { *remaining = difference(end, now(clock)) };
        }
        if result != 0 || is_last {
            return result;
        }
    }
}

/// The system call. Errors are returned, as the C library's function does, not put into `errno`.
unsafe fn sleep(clock: clockid_t, flags: c_int, request: *const timespec, remaining: *mut timespec) -> c_int {
    // SAFETY: the caller's pointers.
    let result = unsafe { libc::syscall(libc::SYS_clock_nanosleep, clock, flags, request, remaining) };
    if result == 0 { 0 } else { std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL) }
}

fn now(clock: clockid_t) -> timespec {
    let mut now = timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is writable. A clock that does not exist leaves it at zero, and the sleep then says so.
    unsafe { libc::clock_gettime(clock, &raw mut now) };
    now
}

fn later(at: timespec, by: timespec) -> timespec {
    let nanoseconds = at.tv_nsec + by.tv_nsec;
    timespec {
        tv_sec: at.tv_sec.saturating_add(by.tv_sec).saturating_add(nanoseconds / SECOND),
        tv_nsec: nanoseconds % SECOND,
    }
}

fn before(a: timespec, b: timespec) -> bool {
    (a.tv_sec, a.tv_nsec) <= (b.tv_sec, b.tv_nsec)
}

/// `end - now`, or zero.
fn difference(end: timespec, now: timespec) -> timespec {
    if before(end, now) {
        return timespec { tv_sec: 0, tv_nsec: 0 };
    }
    let nanoseconds = end.tv_nsec - now.tv_nsec;
    let borrow = i64::from(nanoseconds < 0);
    timespec { tv_sec: end.tv_sec - now.tv_sec - borrow, tv_nsec: nanoseconds + borrow * SECOND }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::time::{Duration, Instant};

    thread_local! {
        /// When Stop is pressed for this thread: other tests sleep too.
        static STOP_AT: Cell<Option<Instant>> = const { Cell::new(None) };
    }

    extern "C" fn stopped() -> bool {
        STOP_AT.get().is_some_and(|at| at <= Instant::now())
    }

    fn sleeps(asked: Duration) -> u128 {
        let begun = Instant::now();
        std::thread::sleep(asked);
        begun.elapsed().as_millis()
    }

    #[test]
    fn stop_ends_a_sleep_and_cuts_those_that_begin_after_it() {
        end_when(stopped);
        assert!(sleeps(Duration::from_millis(70)) >= 70);
        STOP_AT.set(Some(Instant::now() + Duration::from_millis(120)));
        let ended = sleeps(Duration::from_secs(60));
        assert!((100..2000).contains(&ended), "{ended}");
        let cut = sleeps(Duration::from_secs(60));
        assert!((9..2000).contains(&cut), "a loop that sleeps must not spin: {cut}");
    }

    fn time(seconds: i64, nanoseconds: i64) -> timespec {
        timespec { tv_sec: seconds, tv_nsec: nanoseconds }
    }

    fn parts(time: timespec) -> (i64, i64) {
        (time.tv_sec, time.tv_nsec)
    }

    #[test]
    fn times_are_added_and_subtracted_with_their_carry() {
        assert_eq!(parts(later(time(1, 900_000_000), time(0, 200_000_000))), (2, 100_000_000));
        assert_eq!(parts(difference(time(2, 100_000_000), time(1, 900_000_000))), (0, 200_000_000));
        assert_eq!(parts(difference(time(1, 0), time(2, 0))), (0, 0));
        assert_eq!(later(time(i64::MAX, 0), time(1, 0)).tv_sec, i64::MAX);
    }
}
