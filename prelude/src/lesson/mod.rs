//! The lesson's data: found where the course keeps it, made where it is missing.

mod about;
mod calendar;
mod check;
mod field;
mod find;
mod generate;
pub(crate) mod land;

pub use about::{About, about};
pub use find::lesson_data;
pub use generate::generate;
