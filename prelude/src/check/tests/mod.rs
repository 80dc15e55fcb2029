//! Each kind of mistake has its sentence, and none shows the right answer.

mod macros;
mod structure;
mod values;

use super::{Checkable, Expected, Found};
use crate::array::DataArray;
use crate::time::{DateTime, date_range};
use ndarray::Array3;

/// What the check of `given` says; empty if it passes.
fn says(given: impl Checkable, expected: impl Into<Expected>) -> String {
    let of = expected.into().title("E");
    let found = || given.subject().map_or_else(Found::Nothing, Found::Value);
    match super::compare("given", &mut || Ok(found()), &of) {
        Ok(()) => String::new(),
        Err(failed) => failed.to_string().strip_prefix("E: ").unwrap().to_owned(),
    }
}

#[track_caller]
fn assert_says(given: impl Checkable, expected: impl Into<Expected>, parts: &[&str]) {
    let said = says(given, expected);
    assert!(parts.iter().all(|part| said.contains(part)), "{parts:?} are not in {said:?}");
    assert_eq!(said.matches(". ").count(), 0, "one sentence: {said:?}");
}

fn date(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// 40 days, 3 rows, 4 columns.
fn days() -> DataArray {
    let values =
        Array3::from_shape_fn((40, 3, 4), |(t, y, x)| 20.0 + ((t * t) % 17) as f64 + y as f64 * 0.5 - x as f64);
    DataArray::new(values, ["time", "y", "x"])
        .unwrap()
        .coord("time", date_range("2016-01-01", 40).unwrap())
        .unwrap()
        .coord("y", [16.0, 14.0, 12.0])
        .unwrap()
        .coord("x", [1.0, 2.0, 3.0, 4.0])
        .unwrap()
}
