//! The progress of a program that no notebook runs: one changing line in a terminal, nothing where stderr is no terminal. The
//! program is this test's own, in a process of its own with a terminal of its own.

use isopleth::parallel::Progress;
use std::fs::File;
use std::io::Read as _;
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::process::{Command, Stdio};
use std::time::Duration;

#[test]
#[ignore = "a part of the other tests, in a process of its own"]
fn a_program_that_works_for_more_than_a_second() {
    let progress = Progress::new("converting", 5).unit("files");
    for _ in 0..5 {
        std::thread::sleep(Duration::from_millis(350));
        progress.step(1);
    }
    progress.finish();
}

fn program() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--nocapture", "--exact", "a_program_that_works_for_more_than_a_second"]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// The two ends of a terminal: the one that shows, and the one that programs write to.
fn terminal() -> (File, OwnedFd) {
    let (mut shows, mut takes) = (-1, -1);
    let none = std::ptr::null_mut();
    // SAFETY: both places for descriptors are valid; name, settings and size may be null.
    assert_eq!(unsafe { libc::openpty(&mut shows, &mut takes, none, none.cast(), none.cast()) }, 0);
    // SAFETY: the two descriptors are new and nobody else's.
    unsafe { (File::from_raw_fd(shows), OwnedFd::from_raw_fd(takes)) }
}

#[test]
fn in_a_terminal_one_line_changes_and_ends_with_the_time() {
    let (mut shows, takes) = terminal();
    let mut child = program().stderr(Stdio::from(takes)).spawn().unwrap();
    let mut text = Vec::new();
    // The end of a terminal whose writers are gone is an error.
    let _ = shows.read_to_end(&mut text);
    assert!(child.wait().unwrap().success());
    let text = String::from_utf8(text).unwrap();
    let states: Vec<&str> = text.split('\r').filter(|state| state.contains("converting")).collect();
    assert!(states.len() > 2, "{text:?}");
    assert!(states[0].contains("of 5 files"), "{:?}", states[0]);
    let last = states.last().unwrap();
    assert!(last.contains("5 files in "), "{last:?}");
    assert_eq!(text.trim_end().matches('\n').count(), 0, "one line: {text:?}");
    assert!(text.ends_with('\n'), "what is printed next begins a new line: {text:?}");
}

#[test]
fn in_a_file_nothing_is_written() {
    let output = program().stderr(Stdio::piped()).output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
