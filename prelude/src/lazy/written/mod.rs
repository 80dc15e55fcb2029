//! Plans as bytes: what one process has planned another reads again, opens the files of, and computes.
//!
//! A written plan is a description in JSON, which says of every expression what it is, and after it the arrays that the
//! description names, in its order. Expressions are numbered, inputs before what is made of them; an expression that several
//! others use stands there once. All of it is closed with a version and a checksum.
//!
//! Sources say what they are ([`Source::written`](super::Source::written)); whoever reads brings along what opens such sources
//! again ([`Readers`]).

mod check;
mod fields;
mod form;
mod lines;
mod operations;
mod read;
#[cfg(test)]
mod tests;
mod words;
mod write;

pub use form::{Readers, SourceForm, SourceReader};
pub(crate) use lines::LineForm;
pub(crate) use words::{Word, words};

use super::Plan;
use super::blocks::Seal;
use crate::Result;

/// Written plans are closed with this.
const SEAL: Seal = Seal { magic: b"ISOPLANS", version: 1, what: "written plans" };

/// These plans as bytes, to be read by [`read`].
///
/// Values in memory are written whole; of files it is written where they are and how they are read.
///
/// ```
/// use isopleth::array::Values;
/// use isopleth::lazy::{Plan, written};
/// let plan = Plan::from(Values::from(vec![1.0, 2.0, 4.0])).chunked(&[2])?;
/// let bytes = written::write(&[plan])?;
/// let again = written::read(&bytes, &mut written::Readers::new())?;
/// assert_eq!(again[0].evaluate()?.to_vec::<f64>()?, [1.0, 2.0, 4.0]);
/// # Ok::<(), isopleth::Error>(())
/// ```
///
/// # Errors
/// When a plan has a function of the user's own in it (`map`), or reads from a source that cannot be written down; when what
/// waits in memory cannot be computed.
pub fn write(plans: &[Plan]) -> Result<Vec<u8>> {
    write::plans(plans)
}

/// The plans that [`write`] wrote, here or elsewhere. Files are opened again: of each the header is read.
///
/// # Errors
/// When the bytes are no plans, are damaged, or are of another version; when there is no reader for a kind of source, or a
/// file cannot be opened or has changed since.
pub fn read(bytes: &[u8], readers: &mut Readers) -> Result<Vec<Plan>> {
    read::plans(bytes, readers).map_err(|error| error.context("plans cannot be read"))
}
