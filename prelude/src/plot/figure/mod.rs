//! The figure as a user holds it: what is drawn, what was asked, and the ways out (notebook, file, bytes).

mod colors;
mod frame;
mod layers;
mod settings;

pub(super) use settings::{AlongX, Kind, Layer, Settings};

use super::canvas::{Bitmap, Canvas};
use super::encode;
use super::input::{Held, Refusal, refused};
use super::kinds::{self, Notice};
use super::page::Page;
use super::svg::Svg;
use crate::disk::Temporary;
use crate::display::{MimeBundle, Show, impl_show};
use crate::{Error, ErrorKind, Result};
use std::fmt;
use std::path::Path;

/// A picture of data: shown when it is a cell's last expression, or written with [`save`](Figure::save).
///
/// [`imshow`](super::imshow), [`line`](super::line), [`hist`](super::hist), [`scatter`](super::scatter) and
/// [`DataArray::plot`](crate::array::DataArray::plot) make one. Its methods take and return the figure, so they
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
    /// What is drawn, one over the other; the first decides what kind of figure this is.
    layers: Vec<Layer>,
    settings: Settings,
    /// The first setting that could not be taken.
    error: Option<Refusal>,
}

/// A figure that is ready to be drawn.
enum Drawing<'a> {
    Page(Box<Page<'a>>),
    Notice(Notice),
}

impl Drawing<'_> {
    /// Width and height in CSS pixels.
    fn size(&self) -> (f64, f64) {
        match self {
            Self::Page(page) => (page.layout.width, page.layout.height),
            Self::Notice(notice) => (notice.width, notice.height),
        }
    }

    fn draw(&self, canvas: &mut dyn Canvas) {
        match self {
            Self::Page(page) => page.draw(canvas),
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
    pub(super) fn new(layer: Layer) -> Self {
        Self { layers: vec![layer], settings: Settings::default(), error: None }
    }

    pub(super) fn of(kind: Kind, data: Held) -> Self {
        Self::new(Layer::new(kind, data))
    }

    /// The figure as a PNG file.
    ///
    /// An array without a value to draw gives a picture that says so.
    ///
    /// # Errors
    /// When the array does not have the dimensions for this kind of figure, or a setting does not fit.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        Ok(self.drawing()?.1.png(self.settings.density))
    }

    /// The figure as an SVG document: text and lines as such, images embedded as PNG.
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

    /// Writes the figure to `path`, whose ending says how: `.png` or `.svg`. A picture that was there before stays until the
    /// new one is complete.
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
        let file = Temporary::beside(path)?;
        std::fs::write(file.path(), bytes).map_err(|error| {
            let message = format!("{} could not be written, and nothing of it was kept", path.display());
            Error::with_source(ErrorKind::Io, message, error)
        })?;
        file.take_name(path)
    }

    fn reject(&mut self, kind: ErrorKind, message: String) {
        self.error.get_or_insert((kind, message));
    }

    /// The one-line description, and the figure made ready to be drawn.
    fn drawing(&self) -> Result<(String, Drawing<'_>)> {
        if let Some(error) = &self.error {
            return Err(refused(error));
        }
        let prepared = kinds::prepare(&self.layers, &self.settings)?;
        let title = self.settings.title.as_deref().filter(|title| !title.is_empty());
        let title = title.map_or(String::new(), |title| format!(" \"{title}\""));
        let text = format!("Figure{title}: {}", prepared.about);
        let drawing = match prepared.content {
            Ok(content) => Drawing::Page(Box::new(Page::new(content, &self.settings)?)),
            Err(reason) => Drawing::Notice(Notice::new(&reason)),
        };
        Ok((text, drawing))
    }
}

fn text(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
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
        match self.settings.title.as_deref().filter(|title| !title.is_empty()) {
            Some(title) => bundle.named(title),
            None => bundle,
        }
    }
}

impl_show!(Figure);
