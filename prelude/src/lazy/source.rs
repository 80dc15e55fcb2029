//! The leaf of a lazy plan: something two-dimensional that can be read by windows.
//!
//! A trait rather than the raster type itself, so that the engine can be tested
//! with sources that count what is read of them.

use crate::Result;
use crate::array::{DType, Values};
use std::fmt::Debug;
use std::ops::Range;
use std::path::Path;

/// One band of one file, or whatever else gives rows and columns on request.
///
/// Reads come from many threads at once, each for a window of whole blocks where
/// possible; a source keeps what it needs to make that cheap.
pub trait Source: Debug + Send + Sync {
    /// Rows and columns.
    fn shape(&self) -> [usize; 2];

    /// Rows and columns of one block of the file: what a single decode yields.
    fn block(&self) -> [usize; 2];

    /// The element type of what [`read`](Source::read) returns.
    fn dtype(&self) -> DType;

    /// The file behind it.
    fn path(&self) -> &Path;

    /// A few words for `explain()`: `himax_2016001.tif, band 1, LZW, strips of 1 row`.
    fn describe(&self) -> String;

    /// The values of a window, shape (rows, columns), of type [`dtype`](Source::dtype).
    ///
    /// Take the memory from [`buffers::take`](super::buffers::take): the engine gives
    /// it back there when it has used the window.
    ///
    /// # Errors
    /// When the file cannot be read there; the error names the file.
    fn read(&self, rows: Range<usize>, columns: Range<usize>) -> Result<Values>;
}
