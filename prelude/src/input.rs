//! Asking the person at the notebook, as Python's `input()` does.
//!
//! `std::io::stdin()` works too: each line it reads is asked for in the same way.

use crate::parallel::checkpoint;
use crate::runtime::stdin::{NoInput, ask};
use std::io::Write;

/// Shows `prompt` with a field to type in, and returns the line that was typed, without its end.
///
/// In a program of your own, prints `prompt` and reads a line of stdin.
///
/// ```no_run
/// # use isopleth::prelude::*;
/// let days: u32 = input("How many days? ").trim().parse().unwrap_or(7);
/// ```
///
/// # Panics
/// Where nobody can be asked (`isopleth lesson`, nbconvert, papermill), and at the end of the input (Ctrl-D).
#[track_caller]
pub fn input(prompt: impl AsRef<str>) -> String {
    answer("input", prompt.as_ref(), false)
}

/// [`input`] for secrets: what is typed is not shown, and is not kept in the notebook.
///
/// In a program of your own, what is typed is shown by the terminal.
///
/// # Panics
/// As [`input`].
#[track_caller]
pub fn password(prompt: impl AsRef<str>) -> String {
    answer("password", prompt.as_ref(), true)
}

#[track_caller]
fn answer(function: &str, prompt: &str, hidden: bool) -> String {
    let reason = match ask(prompt, hidden) {
        Ok(line) => return line,
        Err(NoInput::NotANotebook) => match from_terminal(prompt) {
            Ok(line) => return line,
            Err(error) => error.to_string(),
        },
        Err(NoInput::Stopped) => {
            checkpoint();
            "stopped".to_owned()
        }
        Err(NoInput::Refused(reason)) => reason,
        Err(NoInput::End) => "the input was ended (Ctrl-D)".to_owned(),
        Err(NoInput::CellEnded) => "the cell that asked has ended; join the threads that ask before it ends".to_owned(),
    };
    panic!("{function}({prompt:?}) got no answer: {reason}")
}

fn from_terminal(prompt: &str) -> std::io::Result<String> {
    print!("{prompt}");
    std::io::stdout().flush()?;
    let mut line = String::new();
    if std::io::stdin().read_line(&mut line)? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
