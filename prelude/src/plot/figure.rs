//! The figure as a user holds it: what is drawn, what was asked, and the ways out (notebook, file, bytes).

use super::canvas::{Bitmap, Canvas};
use super::encode;
use super::heatmap::Heatmap;
use super::notice::Notice;
use super::source::{self, Image, Source};
use super::stats::Stats;
use super::svg::Svg;
use super::ticks::number;
use crate::display::{MimeBundle, Show, impl_show};
use crate::{Error, ErrorKind, Result};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A picture of data: shown when it is a cell's last expression, or written with [`save`](Figure::save).
///
/// [`imshow`](super::imshow) makes one. Its methods take and return the figure, so they
/// chain; none of them fails, what does not fit is said when the figure is drawn.
///
/// ```
/// use isopleth::prelude::{Array2, imshow};
/// let heat = Array2::from_shape_fn((26, 72), |(row, _)| 40.0 - (row as f32 - 14.0).abs() * 3.0);
/// let figure = imshow(&heat).vmin(-32).colorbar_shrink(0.4).title("Maximum heat index in °C");
/// let error = figure.vmax(-40).to_png().unwrap_err();
/// assert_eq!(error.to_string(), "no range for the colours: vmin is −32 and vmax is −40; vmin must be less than vmax");
/// ```
#[derive(Clone)]
pub struct Figure {
    source: Arc<Source>,
    settings: Settings,
    /// The first setting that could not be taken.
    error: Option<(ErrorKind, String)>,
}

/// What may be asked of a figure.
#[derive(Clone)]
pub(super) struct Settings {
    pub vmin: Option<f64>,
    pub vmax: Option<f64>,
    pub nodata: Option<f64>,
    pub color_map: String,
    pub title: Option<String>,
    pub x_label: Option<String>,
    pub y_label: Option<String>,
    pub colorbar: bool,
    pub colorbar_label: Option<String>,
    pub shrink: f64,
    pub size: Option<(f64, f64)>,
    pub density: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            vmin: None,
            vmax: None,
            nodata: None,
            color_map: "viridis".to_owned(),
            title: None,
            x_label: None,
            y_label: None,
            colorbar: true,
            colorbar_label: None,
            shrink: 1.0,
            size: None,
            density: 2.0,
        }
    }
}

/// A figure that is ready to be drawn.
enum Drawing<'a> {
    Heatmap(Box<Heatmap<'a>>),
    Notice(Notice),
}

impl Drawing<'_> {
    /// Width and height in CSS pixels.
    fn size(&self) -> (f64, f64) {
        match self {
            Self::Heatmap(heatmap) => (heatmap.layout.width, heatmap.layout.height),
            Self::Notice(notice) => (notice.width, notice.height),
        }
    }

    fn draw(&self, canvas: &mut dyn Canvas) {
        match self {
            Self::Heatmap(heatmap) => heatmap.draw(canvas),
            Self::Notice(notice) => notice.draw(canvas),
        }
    }

    fn png(&self, density: f64) -> Vec<u8> {
        let (width, height) = self.size();
        let mut canvas = Bitmap::new(width, height, density);
        self.draw(&mut canvas);
        encode::png(&canvas.into_picture(), density)
    }
}

impl Figure {
    pub(super) fn heatmap(source: Source) -> Self {
        Self { source: Arc::new(source), settings: Settings::default(), error: None }
    }

    /// The value of the lowest colour; smaller values have that colour too. Without it, the smallest value.
    pub fn vmin(mut self, vmin: impl Into<f64>) -> Self {
        self.settings.vmin = self.finite("vmin", vmin.into());
        self
    }

    /// The value of the highest colour; larger values have that colour too. Without it, the largest value.
    pub fn vmax(mut self, vmax: impl Into<f64>) -> Self {
        self.settings.vmax = self.finite("vmax", vmax.into());
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
    pub fn cmap(mut self, name: &str) -> Self {
        if let Err(error) = super::colormap::ColorMap::named(name) {
            self.reject(error.kind(), error.to_string());
        }
        name.clone_into(&mut self.settings.color_map);
        self
    }

    /// The title, centred above the image; long ones are broken into lines.
    pub fn title(mut self, title: &str) -> Self {
        self.settings.title = text(title);
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
        self.settings.colorbar_label = text(label);
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

    /// The figure as a PNG file.
    ///
    /// An array without a value to draw gives a picture that says so.
    ///
    /// # Errors
    /// When the array is not two-dimensional or a setting does not fit.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        Ok(self.drawing()?.1.png(self.settings.density))
    }

    /// The figure as an SVG document, its image embedded as PNG.
    ///
    /// # Errors
    /// As for [`to_png`](Self::to_png).
    pub fn to_svg(&self) -> Result<String> {
        let drawing = self.drawing()?.1;
        let (width, height) = drawing.size();
        let mut canvas = Svg::new(width, height, self.settings.density);
        drawing.draw(&mut canvas);
        Ok(canvas.into_document())
    }

    /// Writes the figure to `path`, whose ending says how: `.png` or `.svg`.
    ///
    /// # Errors
    /// As for [`to_png`](Self::to_png); when the ending is another one; when the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.save_to(path.as_ref())
    }

    fn save_to(&self, path: &Path) -> Result<()> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let bytes = match ending.as_deref() {
            Some("png") => self.to_png()?,
            Some("svg") => self.to_svg()?.into_bytes(),
            _ => {
                let message = format!("{}: a figure is saved as .png or .svg; end the name with one", path.display());
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
        };
        std::fs::write(path, bytes)
            .map_err(|error| Error::with_source(ErrorKind::Io, format!("cannot write {}", path.display()), error))
    }

    fn finite(&mut self, what: &str, value: f64) -> Option<f64> {
        if value.is_finite() {
            return Some(value);
        }
        self.reject(ErrorKind::InvalidArgument, format!("{what} is {value}; a finite number is needed"));
        None
    }

    fn reject(&mut self, kind: ErrorKind, message: String) {
        self.error.get_or_insert((kind, message));
    }

    fn image(&self) -> Result<&Image> {
        (*self.source).as_ref().map_err(source::error)
    }

    /// The one-line description, and the figure made ready to be drawn.
    fn drawing(&self) -> Result<(String, Drawing<'_>)> {
        if let Some(error) = &self.error {
            return Err(source::error(error));
        }
        let image = self.image()?;
        let stats = Stats::of(&image.values, self.settings.nodata);
        let text = self.describe(image, &stats);
        if let Some(reason) = nothing_to_draw(image, &stats) {
            return Ok((text, Drawing::Notice(Notice::new(&reason))));
        }
        let heatmap = Heatmap::new(image, &self.settings, &stats)?;
        Ok((text, Drawing::Heatmap(Box::new(heatmap))))
    }

    fn describe(&self, image: &Image, stats: &Stats) -> String {
        let (rows, columns) = image.shape();
        let title = self.settings.title.as_ref().map_or(String::new(), |title| format!(" \"{title}\""));
        let rows = format!("{rows} row{}", if rows == 1 { "" } else { "s" });
        let columns = format!("{columns} column{}", if columns == 1 { "" } else { "s" });
        let dtype = format!("{:?}", image.values.dtype()).to_lowercase();
        let mut text = format!("Figure{title}: {rows} x {columns} ({dtype})");
        if stats.finite > 0 {
            text += &format!(", values {} to {}", number(stats.min), number(stats.max)).replace('\u{2212}', "-");
        }
        let infinite = stats.infinite[0] + stats.infinite[1];
        let total = stats.finite + stats.missing + infinite;
        if infinite > 0 {
            text += &format!(", {infinite} infinite");
        }
        if stats.missing > 0 {
            text += &format!(", {} % missing", share(stats.missing, total));
        }
        text
    }
}

/// A percentage that is 0 or 100 only where that is exact.
fn share(part: u64, whole: u64) -> String {
    let percent = 100.0 * part as f64 / whole as f64;
    match () {
        () if part < whole && percent > 99.9 => "more than 99.9".to_owned(),
        () if percent < 0.1 => "less than 0.1".to_owned(),
        () => format!("{percent:.1}").trim_end_matches(".0").to_owned(),
    }
}

fn text(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// Why there is nothing to colour, if so.
fn nothing_to_draw(image: &Image, stats: &Stats) -> Option<String> {
    let (rows, columns) = image.shape();
    if rows == 0 || columns == 0 {
        return Some(format!("Nothing to draw: the array has {rows} rows and {columns} columns."));
    }
    if stats.finite > 0 {
        return None;
    }
    let [above, below] = stats.infinite;
    Some(if above + below > 0 {
        format!("Nothing to draw: none of the {rows} × {columns} values is finite.")
    } else {
        format!("Nothing to draw: all {rows} × {columns} values are missing (NaN or nodata).")
    })
}

impl fmt::Debug for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.drawing() {
            Ok((text, _)) => f.write_str(&text),
            Err(error) => write!(f, "Figure that cannot be drawn: {error}"),
        }
    }
}

impl Show for Figure {
    fn mime_bundle(&self) -> MimeBundle {
        let (text, drawing) = self.drawing().unwrap_or_else(|error| {
            let text = format!("This figure cannot be drawn: {error}.");
            let notice = Notice::new(&text);
            (text, Drawing::Notice(notice))
        });
        let (width, height) = drawing.size();
        let bundle = MimeBundle::text(text).with_png(&drawing.png(self.settings.density), width as u32, height as u32);
        match &self.settings.title {
            Some(title) => bundle.named(title),
            None => bundle,
        }
    }
}

impl_show!(Figure);
