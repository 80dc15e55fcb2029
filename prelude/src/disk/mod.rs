//! The disk: listing folders, names that do not exist, files that take their name when they are complete.

mod glob;
mod names;
mod state;
mod temporary;

pub use glob::glob;
#[cfg(test)]
pub(crate) use names::names_in;
pub(crate) use names::{file_name, no_file, shown};
pub(crate) use state::{FileState, refuse_special};
pub(crate) use temporary::{Temporary, why_not_written};
