//! What a selection is told beside where: what to do with labels that are not there exactly, and with what is left of the
//! dimensions that go.

use super::data_array::DataArray;
use super::search::Method;

/// Options of [`sel_with`](DataArray::sel_with) and [`isel_with`](DataArray::isel_with).
///
/// ```
/// use isopleth::{array::{DataArray, Method, SelectOptions}, sel};
/// let da = DataArray::new(vec![10, 20, 30], "y")?.coord("y", [1.0, 2.0, 3.0])?;
/// let near = SelectOptions::new().method(Method::Nearest).tolerance(0.5).drop(true);
/// let one = da.sel_with(sel! { y: 2.3 }, near)?;
/// assert_eq!((one.item()?, one.coords().len()), (20.0, 0));
/// assert!(da.sel_with(sel! { y: 9.0 }, near).is_err());
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SelectOptions {
    pub(super) method: Method,
    pub(super) tolerance: Option<f64>,
    pub(super) drop: bool,
}

/// Only labels that are there; coordinates of dimensions that go stay as scalars.
impl Default for SelectOptions {
    fn default() -> Self {
        Self { method: Method::Exact, tolerance: None, drop: false }
    }
}

impl SelectOptions {
    /// Only labels that are there; coordinates of dimensions that go stay as scalars. The methods change one of these each.
    pub fn new() -> Self {
        Self::default()
    }

    /// What to take where a label is not there exactly.
    #[must_use]
    pub fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// How far such a label may be away at most, in the labels' unit (days for dates).
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Self {
        Self { tolerance: Some(tolerance), ..self }
    }

    /// Whether coordinates of dimensions that go are dropped rather than kept as scalars.
    #[must_use]
    pub fn drop(self, drop: bool) -> Self {
        Self { drop, ..self }
    }
}

impl DataArray {
    /// A part of `whole` without the coordinates that became scalars.
    pub(crate) fn without_new_scalars(&self, whole: &DataArray) -> Self {
        let stays = |name: &str| whole.coords().get(name).is_none_or(|coord| coord.dims().is_empty());
        let kept = self.coords().iter().filter(|coord| !coord.dims().is_empty() || stays(coord.name()));
        self.with_coords(kept.cloned().collect())
    }
}
