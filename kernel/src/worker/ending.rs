//! How a worker ended, in words that tell a student what happened and what to do.

use crate::threads;
use isopleth_bus::worker::CauseOfDeath;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// What ended a worker, and what to do about it (nothing, where there is nothing to say).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    pub cause: String,
    pub advice: &'static str,
}

impl Ending {
    pub fn new(cause: impl Into<String>, advice: &'static str) -> Self {
        Self { cause: cause.into(), advice }
    }
}

/// What is known beside the exit status.
#[derive(Debug, Default)]
pub struct Circumstances {
    /// What the worker's fault handler had to say.
    pub last_words: Option<CauseOfDeath>,
    /// The end of what the worker has written on stderr.
    pub stderr: String,
    /// Whether the kernel itself has ended it, for Stop.
    pub stopped: bool,
    /// Whether the system has killed some process for want of memory meanwhile.
    pub memory_ran_out: bool,
}

const LESS_MEMORY: &str = "Take less at once: a lazy array (open_rasters) is computed window by window, and a part (sel, isel) \
                           needs only its own. memory_limit() says how much there is.";

/// What a worker says, as its only words, that cannot have the threads that it needs.
const NO_THREADS: &str = "isopleth worker: no more threads can be started";

/// Says what `status` means.
pub fn explain(status: ExitStatus, known: &Circumstances) -> Ending {
    if known.stderr.contains(NO_THREADS) {
        return Ending::new(threads::no_more(), "");
    }
    if let Some(code) = status.code() {
        return Ending::new(format!("the cell ended its process with exit code {code} (`std::process::exit`)"), "");
    }
    match status.signal() {
        Some(libc::SIGSEGV | libc::SIGBUS) if known.last_words == Some(CauseOfDeath::StackOverflow) => Ending::new(
            "stack overflow: a function calls itself without end, or too deeply for the stack",
            "Look at the case in which it must not call itself any more; a loop needs no stack.",
        ),
        Some(libc::SIGSEGV) => Ending::new(
            "the cell crashed: an invalid memory access (segmentation fault)",
            "It comes from `unsafe` code or a foreign library, or from a recursion without end on a thread.",
        ),
        Some(libc::SIGBUS) => Ending::new(
            "the cell crashed: memory that could not be read (bus error)",
            "It happens when a file that is mapped into memory is cut short, or a disk is full.",
        ),
        Some(libc::SIGABRT) => aborted(&known.stderr),
        Some(libc::SIGKILL) if known.stopped => Ending::new(
            "Stop ended the cell's process, since the cell did not listen to it",
            "A loop of your own listens where it calls checkpoint().",
        ),
        Some(libc::SIGKILL) if known.memory_ran_out => {
            Ending::new("out of memory: the system ended the cell's process", LESS_MEMORY)
        }
        Some(libc::SIGKILL) => Ending::new("the cell's process was killed from outside (SIGKILL)", ""),
        Some(libc::SIGFPE) => Ending::new("the cell crashed: an arithmetic fault in foreign code", ""),
        Some(libc::SIGILL) => Ending::new("the cell crashed: an invalid instruction", ""),
        Some(signal) => Ending::new(format!("the cell's process was ended by signal {signal}"), ""),
        None => Ending::new("the cell's process ended", ""),
    }
}

/// libstd says why it aborts, but only on stderr.
fn aborted(stderr: &str) -> Ending {
    let asked = stderr.rsplit_once("memory allocation of ").and_then(|(_, rest)| rest.split_once(" bytes failed"));
    if let Some(bytes) = asked.and_then(|(bytes, _)| bytes.parse::<u64>().ok()) {
        return Ending::new(format!("out of memory: {} were asked for at once", human(bytes)), LESS_MEMORY);
    }
    if stderr.contains("non-unwinding panic") || stderr.contains("panic in a destructor") {
        return Ending::new(
            "the cell aborted: a panic where none can be caught (in a destructor during another panic, or in a function \
             that C calls)",
            "",
        );
    }
    if stderr.contains("has overflowed its stack") {
        return Ending::new(
            "stack overflow on a thread",
            "Look at the case in which a function must not call itself any more.",
        );
    }
    Ending::new("the cell aborted: `std::process::abort`, or a foreign library that gave up", "")
}

/// Bytes as people say them.
fn human(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];
    let (mut size, mut unit) = (bytes as f64, 0);
    while size >= 1000.0 && unit + 1 < UNITS.len() {
        size /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{size:.1} {}", UNITS[unit]) }
}

/// How many processes the system has killed for want of memory since it started.
pub fn memory_kills() -> Option<u64> {
    let counters = std::fs::read_to_string("/proc/vmstat").ok()?;
    counters.lines().find_map(|line| line.strip_prefix("oom_kill "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(raw: i32, known: Circumstances) -> String {
        explain(ExitStatus::from_raw(raw), &known).cause
    }

    #[test]
    fn an_exit_code_and_a_crash_are_told_apart() {
        assert!(cause(3 << 8, Circumstances::default()).contains("exit code 3"));
        assert!(cause(libc::SIGSEGV, Circumstances::default()).contains("segmentation fault"));
    }

    #[test]
    fn a_worker_without_threads_is_told_by_the_limit() {
        let known = Circumstances { stderr: format!("{NO_THREADS}\n"), ..Circumstances::default() };
        assert!(cause(0, known).starts_with("no more processes or threads"));
    }

    #[test]
    fn a_stack_overflow_is_no_other_crash() {
        let known = Circumstances { last_words: Some(CauseOfDeath::StackOverflow), ..Circumstances::default() };
        assert!(cause(libc::SIGSEGV, known).starts_with("stack overflow"));
    }

    #[test]
    fn memory_that_ran_out_is_no_other_abort() {
        let known = |stderr: &str| Circumstances { stderr: stderr.into(), ..Circumstances::default() };
        let asked = cause(libc::SIGABRT, known("x\nmemory allocation of 80000000000 bytes failed\n"));
        assert_eq!(asked, "out of memory: 80.0 GB were asked for at once");
        assert!(cause(libc::SIGABRT, known("")).contains("abort"));
        assert!(cause(libc::SIGABRT, known("thread caused non-unwinding panic. aborting.")).contains("destructor"));
    }

    #[test]
    fn a_kill_has_three_causes() {
        let stopped = Circumstances { stopped: true, ..Circumstances::default() };
        let full = Circumstances { memory_ran_out: true, ..Circumstances::default() };
        assert!(cause(libc::SIGKILL, stopped).starts_with("Stop"));
        assert!(cause(libc::SIGKILL, full).starts_with("out of memory"));
        assert!(cause(libc::SIGKILL, Circumstances::default()).contains("from outside"));
    }

    #[test]
    fn sizes_are_said_as_people_say_them() {
        assert_eq!(human(999), "999 bytes");
        assert_eq!(human(1 << 60), "1.2 EB");
    }
}
