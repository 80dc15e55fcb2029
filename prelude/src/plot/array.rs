//! The array as a picture; how pictures are made is in [`plot`](crate::plot).

use crate::array::DataArray;
use crate::plot::{self, Figure};

impl DataArray {
    /// The array as a figure of the kind that its dimensions suggest, as in xarray: with one a line, with two an image, with
    /// more a histogram. Dimensions of length 1 do not count, nor those with panels ([`col`](Figure::col), [`row`](Figure::row)).
    ///
    /// To choose the kind: [`imshow`](plot::imshow), [`line`](plot::line), [`hist`](plot::hist), [`scatter`](plot::scatter).
    /// Unlike `imshow`, an image made here has diverging colours around 0 where its values lie on both sides of it
    /// ([`diverging`](Figure::diverging)).
    ///
    /// ```
    /// use isopleth::prelude::*;
    /// let da = DataArray::new(Array3::<f64>::ones((12, 4, 6)), ["month", "y", "x"])?.name("rain").attr("units", "mm");
    /// assert!(format!("{:?}", da.mean(["y", "x"])?.plot()).starts_with("Figure: 1 line, 12 points"));
    /// assert!(format!("{:?}", da.mean("month")?.plot()).starts_with("Figure: 4 rows x 6 columns"));
    /// assert!(format!("{:?}", da.plot()).starts_with("Figure: histogram of 288 values"));
    /// assert!(format!("{:?}", da.plot().col("month")).starts_with("Figure: 12 panels of 4 rows x 6 columns"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn plot(&self) -> Figure {
        plot::automatic(self)
    }
}
