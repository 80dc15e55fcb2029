//! What a coordinate can be made of: values, a range, dates, or another labelled array.

use super::coord::Coord;
use super::data_array::DataArray;
use crate::Result;

/// What [`DataArray::coord`] takes: anything that is `Into<Coord>`, or an array, whose dimensions become the coordinate's.
///
/// ```
/// use isopleth::{array::DataArray, time::date_range};
/// let da = DataArray::new(vec![1.0; 60], "time")?.coord("time", date_range("2016-01-01", 60)?)?;
/// let da = da.assign_coord("month", da["time"].month())?;
/// assert_eq!(da.coords().get("month").map(|month| month.dims().to_vec()), Some(vec!["time".to_string()]));
/// # Ok::<(), isopleth::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "a coordinate cannot be made of `{Self}`",
    note = "give a range, a Vec or array of numbers, dates, one number, a Coord, or a DataArray"
)]
pub trait IntoCoord {
    /// The coordinate, without a name yet.
    ///
    /// # Errors
    /// When a lazy array cannot be computed: coordinates are always in memory.
    fn into_coord(self) -> Result<Coord>;
}

impl<T: Into<Coord>> IntoCoord for T {
    fn into_coord(self) -> Result<Coord> {
        Ok(self.into())
    }
}

impl IntoCoord for DataArray {
    fn into_coord(self) -> Result<Coord> {
        (&self).into_coord()
    }
}

impl IntoCoord for &DataArray {
    fn into_coord(self) -> Result<Coord> {
        let name = self.get_name().unwrap_or_default();
        Ok(Coord::named(name, self.dims(), self.values()?, self.attrs().clone()))
    }
}
