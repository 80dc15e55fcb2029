//! Running what a check looks at. An exercise that is not done yet, or stops with an error, becomes a sentence here.

use super::checkable::{Found, another_type};
use super::compare::difference;
use super::expected::Expected;
use super::failed::CheckFailed;
use std::any::Any;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What `check!` calls: `text` is the expression as written, `given` runs it.
///
/// # Errors
/// When the values differ, or there is none.
///
/// # Panics
/// With the panic of `given`, unless that is a `todo!()`.
pub fn compare(text: &str, given: &mut dyn FnMut() -> Outcome<Found>, expected: &Expected) -> Result<(), CheckFailed> {
    let of = expected.get_title().map_or_else(|| quoted(text), str::to_owned);
    let failed = |says: String| CheckFailed::new(&of, &says);
    let wrong = match run(&of, given)? {
        Found::Value(subject) => difference(&subject, expected),
        Found::Nothing(says) => Ok(Some(says)),
        Found::Other(name) => expected.subject().map(|wanted| Some(another_type(name, &wanted.kind()))),
    };
    match wrong {
        Ok(None) => {
            println!("✓ {of}");
            Ok(())
        }
        Ok(Some(says)) => Err(failed(says)),
        Err(error) => Err(failed(format!("the check itself could not be made: {error}"))),
    }
}

/// What `check_that!` calls.
///
/// # Errors
/// When the condition does not hold, or cannot be told.
///
/// # Panics
/// As [`compare`].
pub fn hold(text: &str, condition: &mut dyn FnMut() -> Outcome<bool>, sentence: &str) -> Result<(), CheckFailed> {
    match run(&quoted(text), condition)? {
        true => {
            println!("✓ {sentence}");
            Ok(())
        }
        false => Err(CheckFailed::new("Not so yet", sentence)),
    }
}

/// The value, or the sentence that says why there is none.
fn run<T>(of: &str, given: &mut dyn FnMut() -> Outcome<T>) -> Result<T, CheckFailed> {
    match catch_unwind(AssertUnwindSafe(given)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(CheckFailed::new(of, &format!("it stopped with an error: {error}"))),
        Err(panic) if is_todo(panic.as_ref()) => Err(CheckFailed::not_done(of)),
        // Any other panic is the student's own, and the notebook shows its line.
        Err(panic) => resume_unwind(panic),
    }
}

/// Whether a panic comes from `todo!()` or `unimplemented!()`, perhaps in a thread of a pool, which puts the item before it.
fn is_todo(panic: &(dyn Any + Send)) -> bool {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.is_some_and(|text| {
        let text = text.strip_prefix("item ").and_then(|rest| rest.split_once(": ")).map_or(text, |(_, rest)| rest);
        text.starts_with("not yet implemented") || text.starts_with("not implemented")
    })
}

/// The expression on one line, in backquotes.
fn quoted(text: &str) -> String {
    format!("`{}`", text.split_whitespace().collect::<Vec<_>>().join(" "))
}
