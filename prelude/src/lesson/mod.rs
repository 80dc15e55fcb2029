//! The lesson's data, found where the course keeps it and made where it is missing; and the answers to its exercises.

mod about;
mod calendar;
mod check;
mod exercises;
mod field;
mod find;
mod generate;

pub use about::{About, about};
pub use exercises::exercise;
pub use find::lesson_data;
pub use generate::generate;
