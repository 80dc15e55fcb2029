//! What a figure's colours mean: limits, maps, the colour bar, coast lines over them.

use super::Figure;
use crate::ErrorKind;
use crate::plot::colormap::ColorMap;

impl Figure {
    /// The value of the lowest colour; smaller values have that colour too. Without it, the smallest value.
    pub fn vmin(mut self, vmin: impl Into<f64>) -> Self {
        self.settings.colors.vmin = self.finite("vmin", vmin.into());
        self
    }

    /// The value of the highest colour; larger values have that colour too. Without it, the largest value.
    pub fn vmax(mut self, vmax: impl Into<f64>) -> Self {
        self.settings.colors.vmax = self.finite("vmax", vmax.into());
        self
    }

    /// Colours from the 2nd to the 98th percentile of the values, so that a few extremes do not take them all.
    /// The colour bar's tips say that values go on. `vmin` and `vmax` win where they are given.
    ///
    /// ```
    /// use isopleth::prelude::{Array2, imshow};
    /// let mut field = Array2::from_shape_fn((10, 10), |(row, column)| (10 * row + column) as f64);
    /// field[[0, 0]] = 1e9;
    /// let figure = imshow(&field).robust();
    /// # figure.to_png()?;
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    pub fn robust(mut self) -> Self {
        self.settings.colors.robust = true;
        self
    }

    /// The value that has the middle colour. The colours reach equally far on both sides of it, and are those of the
    /// diverging map `RdBu_r` unless [`cmap`](Self::cmap) names another.
    ///
    /// With one of `vmin` and `vmax` the other follows from it; with both, they hold and only the map is chosen.
    ///
    /// ```
    /// use isopleth::prelude::{imshow, ndarray::array};
    /// let anomaly = array![[-0.5, 0.2], [1.5, 0.1]];
    /// let figure = imshow(&anomaly).center(0).colorbar_label("anomaly (K)"); // colours from −1.5 to 1.5
    /// # figure.to_png()?;
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    pub fn center(mut self, center: impl Into<f64>) -> Self {
        self.settings.colors.center = self.finite("center", center.into());
        self
    }

    /// Whether colours diverge from 0 by themselves where there are values on both sides of it, as in xarray:
    /// `true` for [`DataArray::plot`](crate::array::DataArray::plot), `false` for [`imshow`](crate::plot::imshow)
    /// unless it is said here. With `vmin` and `vmax` both given they do not.
    pub fn diverging(mut self, diverging: bool) -> Self {
        self.settings.colors.diverging = diverging;
        self
    }

    /// The number that marks missing cells, as NaN always does: they are light grey and do not count for the range.
    ///
    /// An array read with `Raster::read` holds its file's own numbers, so its nodata has to be said
    /// here. A `DataArray` from `open_rasters` has NaN there already.
    pub fn nodata(mut self, nodata: impl Into<f64>) -> Self {
        self.settings.nodata = Some(nodata.into());
        self
    }

    /// The colour map, by matplotlib's name; `_r` at the end reverses it. An unknown name is an error that lists the names.
    ///
    /// For values from low to high: `viridis` (the default), `magma`, `inferno`, `plasma`, `cividis`, and maps of few hues such
    /// as `Blues` or `YlOrRd`. For values on both sides of a centre: `RdBu_r`, `BrBG`, `PuOr`. `turbo` shows more steps, unevenly.
    pub fn cmap(mut self, name: &str) -> Self {
        if let Err(error) = ColorMap::named(name) {
            self.reject(error.kind(), error.to_string());
        }
        self.settings.colors.map = Some(name.to_owned());
        self
    }

    /// Whether there is a colour bar. There is one unless `false` was said.
    pub fn colorbar(mut self, colorbar: bool) -> Self {
        self.settings.colorbar = colorbar;
        self
    }

    /// Length of the colour bar as a share of the image's height, above 0 and up to 1.
    pub fn colorbar_shrink(mut self, share: impl Into<f64>) -> Self {
        let share = share.into();
        if share > 0.0 && share <= 1.0 {
            self.settings.shrink = share;
        } else {
            self.reject(
                ErrorKind::InvalidArgument,
                format!("colorbar_shrink({share}): a share of the image's height is needed, above 0 and up to 1"),
            );
        }
        self
    }

    /// What the colour bar shows, with its unit: `"heat index (°C)"`.
    pub fn colorbar_label(mut self, label: &str) -> Self {
        self.settings.colorbar_label = super::text(label);
        self
    }

    /// Draws coast lines, traced from the bundled land mask (0.05°, from 60° S to 70° N) as finely as the figure shows them.
    ///
    /// The axes have to be longitude and latitude; longitudes from −180 to 180 and from 0 to 360 are both fine.
    ///
    /// ```
    /// use isopleth::prelude::*;
    /// let field = Array2::from_shape_fn((26, 72), |(row, column)| (row * column) as f64);
    /// let da = DataArray::new(field, ["lat", "lon"])?
    ///     .coord("lat", (0..26).map(|row| 67.5 - 5.0 * f64::from(row)).collect::<Vec<_>>())?
    ///     .coord("lon", (0..72).map(|column| 2.5 + 5.0 * f64::from(column)).collect::<Vec<_>>())?;
    /// let figure = da.plot().coastlines();
    /// # figure.to_png()?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn coastlines(mut self) -> Self {
        self.settings.coastlines = true;
        self
    }

    fn finite(&mut self, what: &str, value: f64) -> Option<f64> {
        if value.is_finite() {
            return Some(value);
        }
        self.reject(ErrorKind::InvalidArgument, format!("{what} is {value}; a finite number is needed"));
        None
    }
}
