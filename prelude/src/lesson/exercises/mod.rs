//! The answers to the exercises of the course, for `check!` to compare with; never for a person to see.
//!
//! Each is worked out from the same data as the student's, whatever their size, but another way: file by file with plain
//! loops, where the exercise asks for labelled arrays.

mod box_of_days;
mod days;
mod rain;
mod saved;

use super::find::data_folder;
use crate::check::{Checkable, Expected, Subject};
use crate::raster::glob;
use crate::{Error, ErrorKind, Result};
use std::path::PathBuf;

/// Exercises of session 8-1, in their order.
const ANSWERS: [fn() -> Expected; 10] = [
    days::day_20,
    days::in_fahrenheit,
    days::hottest,
    days::hot_share,
    rain::table,
    box_of_days::nairobi,
    box_of_days::monthly_means,
    box_of_days::anomaly,
    box_of_days::correlation,
    saved::three_days,
];

/// The answer to an exercise, for [`check!`](crate::check!) to compare with: `exercise("8-1.3")` is the third of session 8-1.
///
/// It does not show itself, and is worked out only when something is compared with it.
///
/// # Errors
/// When there is no such exercise.
///
/// ```
/// use isopleth::lesson::exercise;
/// assert_eq!(format!("{:?}", exercise("8-1.3")?), "the right value of Exercise 3 (not shown)");
/// assert!(exercise("8-1.11").is_err());
/// # Ok::<(), isopleth::Error>(())
/// ```
pub fn exercise(name: &str) -> Result<Expected> {
    let number: Option<usize> = name.strip_prefix("8-1.").and_then(|number| number.parse().ok());
    match number.and_then(|number| Some((number, ANSWERS.get(number.checked_sub(1)?)?))) {
        Some((number, answer)) => Ok(answer().title(&format!("Exercise {number}"))),
        None => {
            let message = format!("no exercise \"{name}\"; there are \"8-1.1\" to \"8-1.{}\"", ANSWERS.len());
            Err(Error::new(ErrorKind::NotFound, message))
        }
    }
}

/// The daily files that `lesson_data` finds, in order.
fn files() -> Result<Vec<PathBuf>> {
    glob(data_folder()?, "*.tif")
}

fn subject(value: impl Checkable) -> Result<Subject> {
    value.subject().map_err(|says| Error::new(ErrorKind::Other, says))
}
