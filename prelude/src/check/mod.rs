//! Checks for exercises: compare what somebody worked out with what is right, and say in words what is wrong.
//!
//! A check never shows the right answer. It says what kind of mistake the given one looks like: another shape, swapped axes,
//! nodata counted in, one day off, another unit. What it finds is an ordinary error of the cell, one sentence long.
//!
//! | to | use |
//! |---|---|
//! | compare a value with the right one | [`check!`](crate::check!) |
//! | ask for a property | [`check_that!`](crate::check_that!) |
//! | set the tolerance, name known mistakes | [`expect`], [`Expected`] |
//! | compare with the answer of an exercise of this course | [`exercise`](crate::lesson::exercise) |
//!
//! ```
//! use isopleth::check;
//! use isopleth::check::expect;
//! fn to_fahrenheit(celsius: f64) -> f64 { celsius * 9.0 / 5.0 + 32.0 }
//! check!(to_fahrenheit(100.0), 212.0);
//!
//! let wrong = || -> isopleth::Result<()> {
//!     check!(100.0, expect(212.0).title("Exercise 1"));
//!     Ok(())
//! };
//! assert_eq!(
//!     wrong().unwrap_err().to_string(),
//!     "Exercise 1: 100 is in °C, where °F are wanted: convert it (times 9/5, plus 32)."
//! );
//! # Ok::<(), isopleth::Error>(())
//! ```
//!
//! A value is looked at in this order, and the first difference is told: what it is, its dimensions, its shape, its element
//! type, its labels, its values.

mod causes;
mod checkable;
mod compare;
mod expected;
mod failed;
mod given;
mod labels;
mod numbers;
mod structure;
mod subject;
#[cfg(test)]
mod tests;
mod words;

pub use checkable::{Any, Checkable, Found, Probe, Unknown};
pub use expected::{Expected, expect};
pub use failed::CheckFailed;
#[doc(hidden)]
pub use given::{compare, hold};
pub use subject::Subject;

/// Compares a value with the right one: `check!(value, expected)` ends the cell with one sentence if they differ.
///
/// `expected` is a value of the same kind, or an [`Expected`](crate::check::Expected), which knows a tolerance, a title and
/// known mistakes. The value may be a `Result`: its error is told. It is only borrowed. Where it comes from a function whose
/// body is still `todo!()`, the sentence says that the exercise is not done yet.
///
/// A check that passes prints one line. In a function it needs a `Result` to return its error in, as `?` does.
///
/// ```
/// use isopleth::check;
/// check!([1.0, 2.0].iter().sum::<f64>(), 3.0);
/// # Ok::<(), isopleth::Error>(())
/// ```
#[macro_export]
macro_rules! check {
    ($given:expr, $expected:expr $(,)?) => {
        $crate::check::compare(
            ::core::stringify!($given),
            &mut || {
                #[allow(unused_imports)]
                use $crate::check::{Any as _, Unknown as _};
                let given = &$given;
                ::core::result::Result::Ok((&&$crate::check::Probe(given)).subject())
            },
            &$crate::check::Expected::from($expected),
        )?
    };
}

/// Asks for a property: `check_that!(condition, "what must hold")` ends the cell with that sentence if it does not hold.
///
/// The sentence may have arguments, as in `format!`.
///
/// ```
/// use isopleth::check_that;
/// let share = 0.25;
/// check_that!((0.0..=1.0).contains(&share), "a share lies between 0 and 1");
/// # Ok::<(), isopleth::Error>(())
/// ```
#[macro_export]
macro_rules! check_that {
    ($condition:expr, $($sentence:tt)+) => {
        $crate::check::hold(
            ::core::stringify!($condition),
            &mut || ::core::result::Result::Ok($condition),
            &::std::format!($($sentence)+),
        )?
    };
}
