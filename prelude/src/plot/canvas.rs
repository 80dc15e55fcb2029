//! What a figure is drawn on. Lengths and places are CSS pixels from the top left corner;
//! a canvas turns them into its own (device pixels here, SVG units in `svg`).

use super::font;
use super::stroke::Mask;
use plotters::prelude::{BitMapBackend, Color, DrawingBackend, RGBColor};

/// A colour: red, green, blue.
pub(super) type Rgb = [u8; 3];

/// A place, (x, y) in CSS pixels.
pub(super) type Point = (f64, f64);

/// A rectangle in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// This rectangle with `by` more on each side.
    pub fn grown(&self, by: f64) -> Self {
        Self { x: self.x - by, y: self.y - by, width: self.width + 2.0 * by, height: self.height + 2.0 * by }
    }
}

/// Pixels, three bytes each, row by row from the top.
pub(super) struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

/// Which part of a text stands at the given x.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Align {
    Start,
    Middle,
    End,
}

/// How a text is set; the place given with it is on its baseline.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextStyle {
    /// Em size in CSS pixels.
    pub size: f64,
    pub color: Rgb,
    pub align: Align,
    /// Reads from bottom to top.
    pub upright: bool,
}

/// How lines and marks are laid on what is there already.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paint {
    pub color: Rgb,
    /// 0 leaves what is below, 1 hides it.
    pub opacity: f64,
}

impl Paint {
    pub const fn solid(color: Rgb) -> Self {
        Self { color, opacity: 1.0 }
    }
}

/// The few things that every figure is made of.
pub(super) trait Canvas {
    /// Picture pixels per CSS pixel.
    fn density(&self) -> f64;
    fn fill(&mut self, area: Rect, color: Rgb) {
        self.wash(area, Paint::solid(color));
    }
    /// Fills `area` so that what is below may shine through.
    fn wash(&mut self, area: Rect, paint: Paint);
    fn polygon(&mut self, corners: &[Point], color: Rgb);
    /// Draws lines with round joins and ends. Where they cross they are no darker; a line of one point is a dot.
    fn lines(&mut self, lines: &[Vec<Point>], width: f64, paint: Paint);
    /// Draws a disc around each of `centres`. Where discs meet they add up.
    fn discs(&mut self, centres: &[Point], radius: f64, paint: Paint);
    fn text(&mut self, text: &str, at: Point, style: TextStyle);
    /// Draws `picture` so that it covers `area`, which stands on whole picture pixels.
    fn picture(&mut self, area: Rect, picture: &Picture);
}

/// A canvas of pixels.
pub(super) struct Bitmap {
    picture: Picture,
    density: f64,
}

impl Bitmap {
    /// A white canvas of `width` x `height` CSS pixels.
    pub fn new(width: f64, height: f64, density: f64) -> Self {
        let (width, height) = ((width * density).round() as usize, (height * density).round() as usize);
        Self { picture: Picture { width, height, pixels: vec![255; width * height * 3] }, density }
    }

    pub fn into_picture(self) -> Picture {
        self.picture
    }

    fn device(&self, value: f64) -> i32 {
        (value * self.density).round() as i32
    }

    fn backend(&mut self) -> BitMapBackend<'_> {
        let size = (self.picture.width as u32, self.picture.height as u32);
        BitMapBackend::with_buffer(&mut self.picture.pixels, size)
    }

    fn cover(&mut self, mask: &Mask, paint: Paint) {
        let mut backend = self.backend();
        let color = rgb(paint.color);
        mask.each(&mut |place, cover| {
            let _ = backend.draw_pixel(place, color.mix(cover * paint.opacity).to_backend_color());
        });
    }
}

// Drawing into memory has no failure of its own: places outside are clipped by the backend.
impl Canvas for Bitmap {
    fn density(&self) -> f64 {
        self.density
    }

    fn wash(&mut self, area: Rect, paint: Paint) {
        let from = (self.device(area.x), self.device(area.y));
        let to = (self.device(area.right()), self.device(area.bottom()));
        let _ = self.backend().draw_rect(from, to, &rgb(paint.color).mix(paint.opacity), true);
    }

    fn lines(&mut self, lines: &[Vec<Point>], width: f64, paint: Paint) {
        let density = self.density;
        let scaled = |line: &Vec<Point>| line.iter().map(|&(x, y)| (x * density, y * density)).collect();
        let lines: Vec<Vec<Point>> = lines.iter().map(scaled).collect();
        self.cover(&Mask::lines(&lines, width * density, (self.picture.width, self.picture.height)), paint);
    }

    fn discs(&mut self, centres: &[Point], radius: f64, paint: Paint) {
        let size = (self.picture.width, self.picture.height);
        for &(x, y) in centres {
            let centre = vec![(x * self.density, y * self.density)];
            self.cover(&Mask::lines(&[centre], 2.0 * radius * self.density, size), paint);
        }
    }

    /// Fills by coverage, sampled 4 x 4 in each pixel, so slanted edges are smooth.
    fn polygon(&mut self, corners: &[Point], color: Rgb) {
        const SAMPLES: i32 = 4;
        let density = self.density;
        let corners: Vec<Point> = corners.iter().map(|&(x, y)| (x * density, y * density)).collect();
        let bounds = |values: Vec<f64>| {
            let low = values.iter().copied().fold(f64::INFINITY, f64::min).floor() as i32;
            (low, values.iter().copied().fold(f64::NEG_INFINITY, f64::max).ceil() as i32)
        };
        let (left, right) = bounds(corners.iter().map(|corner| corner.0).collect());
        let (top, bottom) = bounds(corners.iter().map(|corner| corner.1).collect());
        let mut backend = self.backend();
        for y in top..bottom {
            for x in left..right {
                let inside = (0..SAMPLES * SAMPLES).filter(|sample| {
                    let at = |pixel: i32, part: i32| f64::from(pixel) + (f64::from(part) + 0.5) / f64::from(SAMPLES);
                    contains(&corners, (at(x, sample % SAMPLES), at(y, sample / SAMPLES)))
                });
                let coverage = inside.count() as f64 / f64::from(SAMPLES * SAMPLES);
                let _ = backend.draw_pixel((x, y), rgb(color).mix(coverage).to_backend_color());
            }
        }
    }

    fn text(&mut self, text: &str, at: Point, style: TextStyle) {
        let size = style.size * self.density;
        let before = match style.align {
            Align::Start => 0.0,
            Align::Middle => 0.5 * font::width(text, size),
            Align::End => font::width(text, size),
        };
        let (x, y) = (at.0 * self.density, at.1 * self.density);
        // The baseline stands on a whole pixel: horizontal strokes stay sharp.
        let origin = if style.upright { (x.round(), y + before) } else { (x - before, y.round()) };
        let color = rgb(style.color);
        let whole = (origin.0.floor(), origin.1.floor());
        let part = if style.upright { whole.1 + 1.0 - origin.1 } else { origin.0 - whole.0 };
        let start = (whole.0 as i32, whole.1 as i32);
        let mut backend = self.backend();
        font::rasterise(text, size, part, &mut |dx, dy, coverage| {
            let place = if style.upright { (start.0 + dy, start.1 - dx) } else { (start.0 + dx, start.1 + dy) };
            let _ = backend.draw_pixel(place, color.mix(f64::from(coverage)).to_backend_color());
        });
    }

    fn picture(&mut self, area: Rect, picture: &Picture) {
        let place = (self.device(area.x), self.device(area.y));
        let size = (picture.width as u32, picture.height as u32);
        let _ = self.backend().blit_bitmap(place, size, &picture.pixels);
    }
}

pub(super) fn rgb([red, green, blue]: Rgb) -> RGBColor {
    RGBColor(red, green, blue)
}

/// Even-odd rule.
fn contains(corners: &[Point], (x, y): Point) -> bool {
    let mut inside = false;
    let mut previous = corners[corners.len() - 1];
    for &corner in corners {
        let ((x1, y1), (x2, y2)) = (previous, corner);
        if (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 {
            inside = !inside;
        }
        previous = corner;
    }
    inside
}
