//! What an upper room keeps with an array: carried along here, understood there.
//!
//! Where an array lies on a map and how a file stores its numbers are no business of labelled arrays. But both must follow
//! every selection, or they would be of another array soon.

use super::attrs::Attrs;
use super::coord::Coord;
use super::operation::Keeps;
use crate::values::AxisIndex;
use std::any::Any;
use std::fmt::Debug;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

/// Where another array begins that follows along a dimension.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Joined<'a> {
    pub dim: &'a str,
    /// How many positions lie before it.
    pub at: usize,
    /// How many positions it has.
    pub len: usize,
}

/// Something kept with an array. Each method gives what is left of it after an operation; `None` if nothing is.
pub(crate) trait Attachment: Debug + Send + Sync {
    /// Along `dim` only the positions of `index` were taken.
    fn select(&self, dim: &str, index: &AxisIndex) -> Option<Arc<dyn Attachment>>;

    /// Along `dim` runs of `run` elements became one each, the first of which begins at `from` (below 0 if it was filled up).
    fn coarsen(&self, dim: &str, run: usize, from: isize) -> Option<Arc<dyn Attachment>>;

    /// Dimensions have new names.
    fn rename(&self, new: &dyn Fn(&str) -> String) -> Option<Arc<dyn Attachment>>;

    /// The dimension `dim` has other labels.
    fn relabel(&self, dim: &str) -> Option<Arc<dyn Attachment>>;

    /// Only some of it is kept, as the table of operations says.
    fn keep(&self, keeps: Keeps) -> Option<Arc<dyn Attachment>>;

    /// What it has in common with that of another array: of two that are calculated with, or of two that follow each other.
    fn common(&self, other: Option<&dyn Attachment>, joined: Option<Joined<'_>>) -> Option<Arc<dyn Attachment>>;

    /// Writes what it says into attributes that repeat it.
    fn describe(&self, attrs: &mut Attrs, coords: &mut [Coord]);

    fn as_any(&self) -> &dyn Any;
}

/// Something that an upper room keeps with a coordinate.
pub(crate) trait Kept: Debug + Send + Sync + UnwindSafe + RefUnwindSafe {
    fn as_any(&self) -> &dyn Any;
}
