//! The leaf of a lazy plan: something that can be read by windows.
//!
//! A trait rather than the raster type itself: bands of rasters, variables of netCDF files and chunked arrays in
//! memory are all leaves, and the engine is tested with sources that count what is read of them.

use super::Plan;
use super::written::SourceForm;
use crate::Result;
use crate::values::{DType, Values};
use std::fmt::Debug;
use std::ops::Range;
use std::path::Path;

/// One band of one file, one variable of a dataset, or whatever else gives values on request.
///
/// Reads come from many threads at once, each for a window of whole blocks where
/// possible; a source keeps what it needs to make that cheap.
pub trait Source: Debug + Send + Sync {
    /// The length of each axis; of a raster band: rows and columns.
    fn shape(&self) -> &[usize];

    /// The lengths of one block of the file along each axis: what a single decode yields.
    fn block(&self) -> &[usize];

    /// Whether the blocks are what somebody asked for: then they are computed one by one, never several at once.
    fn is_chunked(&self) -> bool {
        false
    }

    /// The element type of what [`read`](Source::read) returns.
    fn dtype(&self) -> DType;

    /// The file behind it, if there is one.
    fn path(&self) -> Option<&Path> {
        None
    }

    /// The plan that it reads in its turn, if it makes its values of one: a raster on another grid.
    fn input(&self) -> Option<&Plan> {
        None
    }

    /// Bytes that reading a window of `elements` elements takes at its peak beyond the result itself: what is read of a plan
    /// below, scratch, whole blocks of which a part is asked for.
    fn cost(&self, elements: usize) -> u64 {
        let _ = elements;
        0
    }

    /// A few words for `explain()`: `himax_2016001.tif, band 1, LZW, strips of 1 row`.
    fn describe(&self) -> String;

    /// What `explain()` calls the positions along an axis: `rows`.
    fn axis_name(&self, axis: usize) -> String {
        format!("axis {axis}")
    }

    /// What it is, where that can be written down for another process to open the same; `None` where it cannot.
    fn written(&self) -> Option<SourceForm> {
        None
    }

    /// The values of a window, one range per axis, of type [`dtype`](Source::dtype).
    ///
    /// Take the memory from [`buffers::take`](super::buffers::take): the engine gives
    /// it back there when it has used the window.
    ///
    /// # Errors
    /// When the file cannot be read there; the error names the file.
    fn read(&self, window: &[Range<usize>]) -> Result<Values>;
}
