//! What is in a figure: further lines, points and bars, what they are called, and small multiples.

use super::settings::{AlongX, Kind, Layer};
use super::{Figure, text};
use crate::ErrorKind;
use crate::array::{Coord, DType, IntoCoord};
use crate::plot::colormap;
use crate::plot::input::{PlotSource, held};
use std::sync::Arc;

impl Figure {
    /// Adds a line: see [`line`](crate::plot::line). On an image it runs along the image's axes.
    ///
    /// ```
    /// use isopleth::prelude::line;
    /// let (low, high) = ([3.0, 5.0, 9.0], [11.0, 14.0, 17.0]);
    /// let figure = line(&high).label("highest").line(&low).label("lowest");
    /// assert_eq!(format!("{figure:?}"), "Figure: 2 lines, 6 points, values 3 to 17");
    /// ```
    pub fn line<S: PlotSource + ?Sized>(self, source: &S) -> Self {
        self.with(Layer::new(Kind::Line, held(source)))
    }

    /// Adds points: see [`scatter`](crate::plot::scatter). On a map these are places, longitude first.
    pub fn scatter<X: PlotSource + ?Sized, Y: PlotSource + ?Sized>(self, x: &X, y: &Y) -> Self {
        let other = Some(Arc::new(held(y)));
        self.with(Layer { other, ..Layer::new(Kind::Scatter, held(x)) })
    }

    /// Adds the bars of a second histogram with the same bins: see [`hist`](crate::plot::hist).
    pub fn hist<S: PlotSource + ?Sized>(self, source: &S) -> Self {
        self.with(Layer::new(Kind::Histogram, held(source)))
    }

    /// What runs along the x axis of the last line: a coordinate's name, or as many numbers or dates as the line has points.
    /// Of an image, the dimension that runs across.
    ///
    /// ```
    /// use isopleth::prelude::line;
    /// let figure = line(&[4.1, 3.9, 4.4]).x([1990, 2000, 2010]);
    /// # figure.to_png()?;
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    pub fn x(mut self, x: impl IntoCoord) -> Self {
        match x.into_coord() {
            Ok(coord) => self.set_x(coord),
            Err(error) => self.reject(error.kind(), error.context("x").to_string()),
        }
        self
    }

    /// The coordinate that runs up the figure: of a line its places (a profile by depth or height), of an image its rows.
    pub fn y(mut self, name: &str) -> Self {
        self.last().y = Some(name.to_owned());
        self
    }

    /// The dimension of which each label becomes a line of its own, with a legend.
    ///
    /// ```
    /// use isopleth::prelude::*;
    /// let rain = DataArray::new(Array2::from_shape_fn((12, 2), |(m, s)| (m * (s + 1)) as f64), ["month", "station"])?
    ///     .coord("month", 1..=12)?.coord("station", ["Bern", "Basel"])?;
    /// let figure = rain.plot().hue("station");
    /// assert_eq!(format!("{figure:?}"), "Figure: 2 lines, 24 points, values 0 to 22");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn hue(mut self, dim: &str) -> Self {
        self.last().hue = Some(dim.to_owned());
        self
    }

    /// What the legend calls the last line, points or bars.
    pub fn label(mut self, label: &str) -> Self {
        self.last().label = text(label);
        self
    }

    /// The colour of the last line, points or bars: a name such as `"black"`, `"red"` or `"C0"` to `"C9"`, or `"#1f77b4"`.
    pub fn color(mut self, color: &str) -> Self {
        match colormap::named_color(color) {
            Ok(rgb) => self.last().color = Some(rgb),
            Err(error) => self.reject(error.kind(), error.to_string()),
        }
        self
    }

    /// Small multiples: a panel for each label of the dimension `dim`, with the same axes and colours.
    ///
    /// They stand row by row, [`col_wrap`](Self::col_wrap) side by side.
    ///
    /// ```
    /// use isopleth::prelude::*;
    /// let months = DataArray::new(Array3::<f64>::ones((12, 4, 6)), ["month", "y", "x"])?.coord("month", 1..=12)?;
    /// let figure = imshow(&months).col("month").col_wrap(4);
    /// assert_eq!(format!("{figure:?}"), "Figure: 12 panels of 4 rows x 6 columns (f64), values 1 to 1");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn col(mut self, dim: &str) -> Self {
        self.settings.col = text(dim);
        self
    }

    /// Small multiples: a row of panels for each label of the dimension `dim`; with [`col`](Self::col), a grid.
    pub fn row(mut self, dim: &str) -> Self {
        self.settings.row = text(dim);
        self
    }

    /// How many panels stand side by side. Without it, as many as can be read: at most four.
    pub fn col_wrap(mut self, columns: usize) -> Self {
        if (1..=20).contains(&columns) {
            self.settings.wrap = Some(columns);
        } else {
            self.reject(ErrorKind::InvalidArgument, format!("col_wrap({columns}): 1 to 20 panels stand side by side"));
        }
        self
    }

    /// How many bars a histogram has, from 1 to 1000. Without it their number follows from the values, and their edges are
    /// round numbers.
    pub fn bins(mut self, bins: usize) -> Self {
        if (1..=1000).contains(&bins) {
            self.settings.bins = Some(bins);
        } else {
            self.reject(ErrorKind::InvalidArgument, format!("bins({bins}): a histogram has from 1 to 1000"));
        }
        self
    }

    fn with(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }

    fn set_x(&mut self, coord: Coord) {
        // One text is the name of a coordinate; a line of texts is a list of places.
        let is_name = coord.values().ndim() == 0 && coord.values().dtype() == DType::Text;
        self.last().x =
            Some(if is_name { AlongX::Named(coord.values().to_texts().concat()) } else { AlongX::Places(coord) });
    }

    fn last(&mut self) -> &mut Layer {
        self.layers.last_mut().expect("a figure begins with one layer and loses none")
    }
}
