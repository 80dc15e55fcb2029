//! Plans that one process writes and another reads, with every kind of source that the library has.

use crate::Result;
use crate::files::VariableReader;
use crate::lazy::Plan;
use crate::lazy::written::{self, Readers};
use crate::raster::{BandReader, WarpReader, ZonesReader};

pub use crate::lazy::written::write;

#[cfg(test)]
mod tests;

/// The plans that [`write`] wrote, here or elsewhere: of each file that they read from the header is read again.
///
/// ```
/// use isopleth::array::Values;
/// use isopleth::lazy::Plan;
/// use isopleth::plans;
/// let lazy = Plan::from(Values::from(vec![1i16, 2, 3])).chunked(&[2])?;
/// let sum = lazy.reduce(isopleth::lazy::ReduceOp::Sum, &[0], Default::default())?;
/// let again = plans::read(&plans::write(&[sum])?)?;
/// assert_eq!(again[0].evaluate()?.get(&[]), Some(6.0));
/// # Ok::<(), isopleth::Error>(())
/// ```
///
/// # Errors
/// When the bytes are no plans, are damaged, or are of another version; when a file is not there, or has changed since the
/// plans were written.
pub fn read(bytes: &[u8]) -> Result<Vec<Plan>> {
    written::read(bytes, &mut readers())
}

/// Who opens the sources of the library's own kinds. A program that reads from sources of its own adds who opens these.
pub fn readers() -> Readers {
    Readers::new()
        .with(BandReader::default())
        .with(WarpReader::default())
        .with(ZonesReader::default())
        .with(VariableReader::default())
}
