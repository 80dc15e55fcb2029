//! What a student reads: compile errors drawn over the cells as they were typed, failures with the lines that led there,
//! warnings, advice.

mod diagnostic;
mod frames;
mod hints;
mod outcome;
mod places;
mod render;
pub mod warnings;

pub use outcome::{CellError, ErrorKind, thread_panic};
pub use places::Places;
pub use render::{aside, compile_error, quoted, refused, short_type, syntax_error};
