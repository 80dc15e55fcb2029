//! How a worker ended, in words that tell a student what happened.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// Plain words for `status`.
pub fn in_words(status: ExitStatus) -> String {
    if let Some(code) = status.code() {
        return format!("the cell ended its process with exit code {code} (`std::process::exit`)");
    }
    match status.signal() {
        Some(libc::SIGSEGV | libc::SIGBUS) => {
            "the cell crashed: an invalid memory access, or recursion without end (stack overflow)".into()
        }
        Some(libc::SIGABRT) => {
            "the cell aborted: `std::process::abort`, a panic while panicking, or out of memory".into()
        }
        Some(libc::SIGKILL) => {
            "the cell's process was killed: by Stop, or by the system for taking too much memory".into()
        }
        Some(libc::SIGFPE) => "the cell crashed: an arithmetic fault in foreign code".into(),
        Some(libc::SIGILL) => "the cell crashed: an invalid instruction".into(),
        Some(signal) => format!("the cell's process was ended by signal {signal}"),
        None => "the cell's process ended".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    #[test]
    fn an_exit_code_and_a_crash_are_told_apart() {
        assert!(in_words(ExitStatus::from_raw(3 << 8)).contains("exit code 3"));
        assert!(in_words(ExitStatus::from_raw(libc::SIGSEGV)).contains("stack overflow"));
    }
}
