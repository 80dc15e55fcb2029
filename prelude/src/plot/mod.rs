//! Drawing: a 2-d array becomes a picture with axes, a colour bar and a title.
//!
//! [`imshow`] makes a [`Figure`]; its methods set what differs from the
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
//! A [`Figure`] keeps the values and what was asked. When drawn it goes through
//! `stats` (range of the data) → `range` (what the colours span) → `layout`
//! (where things stand, in CSS pixels) → `reduce` (area means, one per screen
//! pixel) → `heatmap`, which draws on a `canvas` (pixels or SVG).

mod axes;
mod canvas;
mod cell;
mod colorbar;
mod colormap;
mod encode;
mod figure;
mod font;
mod heatmap;
mod labelled;
mod layout;
mod notice;
mod range;
mod reduce;
mod source;
mod stats;
mod svg;
#[cfg(test)]
mod tests;
mod ticks;

pub use figure::Figure;
pub use source::ImageSource;

/// Draws a 2-d array as an image: one coloured cell per value, row 0 on top.
///
/// Takes `&Array2<T>` or `&ArrayView2<T>` of shape (rows, columns) with numbers or booleans,
/// or a `&DataArray` with two dimensions (computed if it is lazy; its coordinates,
/// name and units label the figure). NaN is missing and drawn light grey; for arrays
/// that mark missing cells with a number see [`Figure::nodata`].
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
    Figure::heatmap(source.image())
}
