//! Exercise 5: a small table of rainfall as a labelled array.

use super::subject;
use crate::array::DataArray;
use crate::check::Expected;
use ndarray::array;

/// Rainfall in mm of three places in four months, as the exercise lists it.
pub(super) fn table() -> Expected {
    Expected::later(|| {
        let rain = array![[0.5, 0.0, 75.3, 23.9], [64.1, 206.4, 17.6, 55.3], [1.2, 0.1, 2.9, 1.8]];
        let rain = DataArray::new(rain, ["place", "month"])?
            .name("rain")
            .attr("units", "mm")
            .coord("place", ["Dakar", "Nairobi", "Lima"])?
            .coord("month", [1, 4, 7, 10])?;
        subject(rain)
    })
    .described()
}
