//! What stands around the data: title, names and limits of the axes, legend, size.

use super::{Figure, text};
use crate::ErrorKind;
use crate::array::LabelValue;

impl Figure {
    /// The title, centred above the image; long ones are broken into lines. An empty one is none, also where a
    /// `DataArray` would bring one of its own ("time = 2016-07-01").
    pub fn title(mut self, title: &str) -> Self {
        self.settings.title = Some(title.trim().to_owned());
        self
    }

    /// The label below the x axis (columns).
    pub fn xlabel(mut self, label: &str) -> Self {
        self.settings.x_label = text(label);
        self
    }

    /// The label beside the y axis (rows).
    pub fn ylabel(mut self, label: &str) -> Self {
        self.settings.y_label = text(label);
        self
    }

    /// Where the x axis of lines, points or bars begins and ends: numbers, or dates (`"2016-03"`, `"2016-06-15"`).
    pub fn xlim(mut self, from: impl Into<LabelValue>, to: impl Into<LabelValue>) -> Self {
        self.settings.x_limits = Some([from.into(), to.into()]);
        self
    }

    /// Where the y axis of lines, points or bars begins and ends. The larger one first turns the axis round, as for depths.
    ///
    /// ```
    /// use isopleth::prelude::line;
    /// let figure = line(&[21.0, 22.5, 20.0]).ylim(0, 30);
    /// # figure.to_png()?;
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    pub fn ylim(mut self, from: impl Into<LabelValue>, to: impl Into<LabelValue>) -> Self {
        self.settings.y_limits = Some([from.into(), to.into()]);
        self
    }

    /// Whether there is a legend. By default there is one where there are several lines or something has a label.
    pub fn legend(mut self, legend: bool) -> Self {
        self.settings.legend = Some(legend);
        self
    }

    /// Width and height of the whole figure in CSS pixels (from 100 to 10 000); cells stay square.
    pub fn size(mut self, width: impl Into<f64>, height: impl Into<f64>) -> Self {
        let (width, height) = (width.into(), height.into());
        if [width, height].iter().all(|side| (100.0..=10_000.0).contains(side)) {
            self.settings.size = Some((width.round(), height.round()));
        } else {
            self.reject(
                ErrorKind::InvalidArgument,
                format!("size({width}, {height}): each side is a number of CSS pixels from 100 to 10000"),
            );
        }
        self
    }

    /// Picture pixels per CSS pixel, from 0.5 to 8: 2 unless said otherwise, 4 for print.
    pub fn density(mut self, density: impl Into<f64>) -> Self {
        let density = density.into();
        if (0.5..=8.0).contains(&density) {
            self.settings.density = density;
        } else {
            self.reject(ErrorKind::InvalidArgument, format!("density({density}): a number from 0.5 to 8 is needed"));
        }
        self
    }
}
