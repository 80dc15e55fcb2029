//! Drawing: arrays become pictures with axes, titles, a colour bar or a legend.
//!
//! | to draw | use |
//! |---|---|
//! | whatever suits the array's dimensions | [`DataArray::plot`](crate::array::DataArray::plot) |
//! | an image of values, a map | [`imshow`], with [`coastlines`](Figure::coastlines) |
//! | a line, a time series, several of them | [`line`], with [`hue`](Figure::hue) or one more [`line`](Figure::line) |
//! | how values are distributed | [`hist`] |
//! | one variable against another | [`scatter`] |
//! | a panel for each month | [`col`](Figure::col) and [`col_wrap`](Figure::col_wrap) on any of these |
//!
//! Each makes a [`Figure`]; its methods set what differs from the
//! defaults, and the notebook shows it when it is a cell's last expression.
//!
//! ```
//! use isopleth::prelude::{Array2, imshow};
//! let field = Array2::from_shape_fn((50, 100), |(row, column)| (row * column) as f32);
//! let png = imshow(&field).vmin(0).title("Rows times columns").to_png()?;
//! assert!(png.starts_with(b"\x89PNG"));
//! # Ok::<(), isopleth::Error>(())
//! ```
//!
//! # How it is built
//! A [`Figure`] keeps its arrays (`input`) and what was asked (`figure`). When drawn, `kinds` decides what it becomes
//! and makes the `page::Content`: panels with an image or marks, and the axes that they share. `layout` says where
//! things stand, in CSS pixels, and the `page` draws on a `canvas` (pixels or SVG): images through `stats` (range of
//! the data), `limits` (what the colours span) and `reduce` (area means, one per
//! screen pixel; of whole numbers the most frequent, `mode`), lines through `clip` and `stroke`.

mod array;
mod axes;
mod canvas;
mod cell;
mod clip;
mod coast;
mod colorbar;
mod colormap;
mod contour;
mod dates;
mod encode;
mod figure;
mod font;
mod input;
mod kinds;
mod layout;
mod legend;
mod limits;
mod mode;
mod page;
mod quantile;
mod range;
mod reduce;
mod stats;
mod stroke;
mod svg;
#[cfg(test)]
mod tests;
mod ticks;

pub use figure::Figure;
pub use input::{ImageSource, PlotSource};

use figure::{Kind, Layer};
use std::sync::Arc;

/// Draws a 2-d array as an image: one coloured cell per value, row 0 on top.
///
/// Takes `&Array2<T>` or `&ArrayView2<T>` of shape (rows, columns) with numbers or booleans,
/// or a `&DataArray` with two dimensions (computed if it is lazy; its coordinates,
/// name and units label the figure). NaN is missing and drawn light grey; for arrays
/// that mark missing cells with a number see [`Figure::nodata`].
///
/// Where a screen pixel covers several cells it has their mean; of whole numbers (integers, booleans, floats without
/// fractions) the most frequent one, so that every colour of a map of classes is a class.
///
/// The figure keeps its own copy of a plain array's values (a `DataArray` is shared),
/// so it can be kept in a variable and drawn later. Nothing fails here: what is wrong
/// with the array or the settings is said where the figure is shown or saved.
///
/// ```
/// use isopleth::prelude::{imshow, ndarray::array};
/// let figure = imshow(&array![[1.0, 2.0], [3.0, f64::NAN]]).cmap("magma");
/// assert_eq!(format!("{figure:?}"), "Figure: 2 rows x 2 columns (f64), values 1 to 3, 25 % missing");
/// ```
pub fn imshow<S: ImageSource + ?Sized>(source: &S) -> Figure {
    let held = input::held(source);
    // A lazy array is computed here, where its figure is asked for; what fails is kept.
    if held.array().ndim() <= 2 {
        let _ = held.computed();
    }
    Figure::of(Kind::Image, held)
}

/// Draws a line through the values of an array along its one dimension.
///
/// A `&DataArray` brings the labels of that dimension as x axis (dates, numbers, names), and its name and units; with two
/// dimensions say which becomes several lines with [`Figure::hue`]. A vector, slice or `Array1` is drawn over its positions,
/// or over what [`Figure::x`] gives. Missing and infinite values are gaps. [`Figure::line`] adds more lines.
///
/// ```
/// use isopleth::prelude::*;
/// let warm = DataArray::new(vec![2.0, 4.5, 9.0, 13.5], "time")?.name("temp").attr("units", "°C")
///     .coord("time", date_range("2016-03-01", 4)?)?;
/// let figure = line(&warm).title("Spring");
/// assert_eq!(format!("{figure:?}"), "Figure \"Spring\": 1 line, 4 points, values 2 to 13.5");
/// # Ok::<(), Error>(())
/// ```
pub fn line<S: PlotSource + ?Sized>(source: &S) -> Figure {
    Figure::of(Kind::Line, input::held(source))
}

/// Draws how many values of an array lie in which range, over all its dimensions.
///
/// Missing and infinite values do not count. [`Figure::bins`] sets the number of bars, [`Figure::hist`] lays a second histogram
/// over the first.
///
/// ```
/// use isopleth::prelude::hist;
/// let rolls = [1, 4, 2, 6, 6, 3, 5, 1, 2, 4, 4];
/// let figure = hist(&rolls).xlabel("eyes");
/// assert_eq!(format!("{figure:?}"), "Figure: histogram of 11 values in 6 bins, values 1 to 6");
/// # figure.to_png()?;
/// # Ok::<(), isopleth::Error>(())
/// ```
pub fn hist<S: PlotSource + ?Sized>(source: &S) -> Figure {
    Figure::of(Kind::Histogram, input::held(source))
}

/// Draws a point for each pair of values of two arrays: `x` across, `y` up.
///
/// Two `DataArray`s with the same dimensions are matched by their labels first. Pairs with a missing value are left out.
///
/// ```
/// use isopleth::prelude::scatter;
/// let (height, rain) = ([120.0, 450.0, 900.0], [610.0, 800.0, 1400.0]);
/// let figure = scatter(&height, &rain).xlabel("height (m)").ylabel("rain (mm)");
/// assert_eq!(format!("{figure:?}"), "Figure: scatter, 3 points, values 610 to 1400");
/// # Ok::<(), isopleth::Error>(())
/// ```
pub fn scatter<X: PlotSource + ?Sized, Y: PlotSource + ?Sized>(x: &X, y: &Y) -> Figure {
    let other = Some(Arc::new(input::held(y)));
    Figure::new(Layer { other, ..Layer::new(Kind::Scatter, input::held(x)) })
}

/// What [`DataArray::plot`](crate::array::DataArray::plot) makes.
pub(crate) fn automatic(array: &crate::array::DataArray) -> Figure {
    Figure::of(Kind::Auto, input::held(array)).diverging(true)
}
