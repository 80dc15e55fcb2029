//! The canvas that writes SVG: lines and text stay vectors, the image is embedded as PNG.

use super::canvas::{Align, Canvas, Paint, Picture, Point, Rect, Rgb, TextStyle, rgb};
use super::{encode, font};
use base64::Engine as _;
use plotters::prelude::{Color, DrawingBackend, FontFamily, FontStyle, IntoFont, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::fmt::Write;

/// plotters' SVG has whole coordinates only, so its unit is this part of a CSS pixel.
const UNITS: f64 = 10.0;

/// Draws onto an SVG document.
pub(super) struct Svg {
    width: f64,
    height: f64,
    density: f64,
    body: String,
}

impl Svg {
    /// A white document of `width` x `height` CSS pixels, its images with `density` pixels for each of those.
    pub fn new(width: f64, height: f64, density: f64) -> Self {
        let mut canvas = Self { width, height, density, body: String::new() };
        canvas.fill(Rect { x: 0.0, y: 0.0, width, height }, [255; 3]);
        canvas
    }

    pub fn into_document(self) -> String {
        let Self { width, height, body, .. } = self;
        let (wide, high) = (width * UNITS, height * UNITS);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {wide} {high}\">\n{body}</svg>\n"
        )
    }

    /// Appends what plotters writes for one element, without the document around it.
    fn element(&mut self, draw: impl FnOnce(&mut SVGBackend<'_>)) {
        let mut document = String::new();
        draw(&mut SVGBackend::with_string(&mut document, (1, 1)));
        let start = document.find('\n').map_or(0, |at| at + 1);
        let end = document.rfind("</svg>").unwrap_or(document.len());
        self.body.push_str(&document[start..end]);
    }
}

fn units(value: f64) -> i32 {
    (value * UNITS).round() as i32
}

fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

impl Canvas for Svg {
    fn density(&self) -> f64 {
        self.density
    }

    fn wash(&mut self, area: Rect, paint: Paint) {
        let (from, to) = ((units(area.x), units(area.y)), (units(area.right()), units(area.bottom())));
        self.element(|backend| drop(backend.draw_rect(from, to, &rgb(paint.color).mix(paint.opacity), true)));
    }

    fn lines(&mut self, lines: &[Vec<Point>], width: f64, paint: Paint) {
        // One path, so that a line that is not opaque is no darker where it crosses itself.
        let mut path = String::new();
        for line in lines {
            for (at, &(x, y)) in line.iter().enumerate() {
                let _ = write!(path, "{}{} {}", if at == 0 { 'M' } else { 'L' }, units(x), units(y));
            }
            if line.len() == 1 {
                path.push_str("h0");
            }
        }
        let _ = writeln!(
            self.body,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-opacity=\"{}\" stroke-width=\"{}\" \
             stroke-linejoin=\"round\" stroke-linecap=\"round\"/>",
            hex(paint.color),
            paint.opacity,
            width * UNITS,
        );
    }

    fn discs(&mut self, centres: &[Point], radius: f64, paint: Paint) {
        let _ = writeln!(self.body, "<g fill=\"{}\" fill-opacity=\"{}\">", hex(paint.color), paint.opacity);
        for &(x, y) in centres {
            let _ = writeln!(self.body, "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>", units(x), units(y), radius * UNITS);
        }
        self.body.push_str("</g>\n");
    }

    fn polygon(&mut self, corners: &[Point], color: Rgb) {
        let corners: Vec<(i32, i32)> = corners.iter().map(|&(x, y)| (units(x), units(y))).collect();
        self.element(|backend| drop(backend.fill_polygon(corners, &rgb(color))));
    }

    fn text(&mut self, text: &str, (x, y): Point, style: TextStyle) {
        // plotters writes font-size = size / 1.24, and for "top" puts the baseline 0.76 em below.
        let horizontal = match style.align {
            Align::Start => HPos::Left,
            Align::Middle => HPos::Center,
            Align::End => HPos::Right,
        };
        let rise = 0.76 * style.size;
        let place = if style.upright { (units(x - rise), units(y)) } else { (units(x), units(y - rise)) };
        let size = style.size * UNITS * 1.24;
        let font = (FontFamily::Name(font::FAMILY), size, FontStyle::Normal).into_font();
        let font = if style.upright { font.transform(plotters::style::FontTransform::Rotate270) } else { font };
        let color = rgb(style.color);
        let set = plotters::style::TextStyle::from(font).color(&color).pos(Pos::new(horizontal, VPos::Top));
        self.element(|backend| drop(backend.draw_text(text, &set, place)));
    }

    fn picture(&mut self, area: Rect, picture: &Picture) {
        let data = base64::engine::general_purpose::STANDARD.encode(encode::png(picture, self.density));
        let (x, y, width, height) = (area.x * UNITS, area.y * UNITS, area.width * UNITS, area.height * UNITS);
        let _ = writeln!(
            self.body,
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             href=\"data:image/png;base64,{data}\"/>"
        );
    }
}
