//! The colour bar: what each colour stands for, beside the image.

use super::axes::{self, GAP, INK, LABEL_TEXT, LINE, TICK, TICK_TEXT};
use super::canvas::{Align, Canvas, Picture, Point, Rect, Rgb, TextStyle};
use super::colormap::ColorMap;
use super::font;
use super::range::Range;
use super::ticks::{self, Ticks};
use crate::array::DType;

/// Between a tick label and the bar's label.
const LABEL_GAP: f64 = 9.0;

/// A colour bar before it has a place.
pub(super) struct ColorBar {
    pub range: Range,
    pub ticks: Ticks,
    pub label: Option<String>,
}

impl ColorBar {
    /// A bar for `range` that will be `length` CSS pixels long.
    pub fn new(range: Range, dtype: DType, length: f64, label: Option<String>) -> Self {
        let whole = !matches!(dtype, DType::F32 | DType::F64);
        let mut ticks = match range.constant {
            Some(value) => ticks::single(value),
            None => ticks::spread(length, 2.2 * TICK_TEXT, 1.2 * TICK_TEXT, 11.0, &|count| {
                ticks::numbers(range.low, range.high, count, whole)
            }),
        };
        if dtype == DType::Bool {
            ticks.values.iter().zip(&mut ticks.labels).for_each(|(&value, label)| *label = (value != 0.0).to_string());
        }
        Self { range, ticks, label }
    }

    /// How thick a bar of `length` is.
    pub fn thickness(length: f64) -> f64 {
        (length / 20.0).clamp(11.0, 15.0).round()
    }

    /// What the bar needs right of its colours: ticks, their labels and its label.
    pub fn room(&self) -> f64 {
        let label = if self.label.is_some() { LABEL_GAP + LABEL_TEXT } else { 0.0 };
        LINE + TICK + GAP + axes::widest(&self.ticks) + label
    }

    /// How far the note above the bar reaches to the right of the bar's left edge.
    pub fn note_width(&self) -> f64 {
        self.ticks.note.as_ref().map_or(0.0, |note| font::width(note, TICK_TEXT))
    }

    /// Height of the triangle above the bar.
    pub fn tip_above(&self, thickness: f64) -> f64 {
        if self.range.above { tip(thickness) } else { 0.0 }
    }

    /// Height of the triangle below the bar.
    pub fn tip_below(&self, thickness: f64) -> f64 {
        if self.range.below { tip(thickness) } else { 0.0 }
    }

    /// Height of both triangles.
    pub fn tips(&self, thickness: f64) -> f64 {
        self.tip_above(thickness) + self.tip_below(thickness)
    }

    /// What stands above the bar and its tip: a note.
    pub fn head(&self) -> f64 {
        if self.ticks.note.is_some() { 1.7 * TICK_TEXT } else { 0.0 }
    }

    /// Draws the bar with its colours filling `area`, which stands on whole pixels.
    pub fn draw(&self, canvas: &mut dyn Canvas, area: Rect, colors: &ColorMap) {
        // Tips first: the frame is drawn over their base.
        let tip = tip(area.width);
        if self.range.above {
            triangle(canvas, area, area.y, -tip, colors.at(1.0));
        }
        if self.range.below {
            triangle(canvas, area, area.bottom(), tip, colors.at(0.0));
        }
        axes::frame(canvas, area);
        let height = ((area.height * canvas.density()).round() as usize).max(1);
        let width = ((area.width * canvas.density()).round() as usize).max(1);
        let share = |row: usize| 1.0 - (row as f32 + 0.5) / height as f32;
        let pixels = (0..height).flat_map(|row| colors.at(share(row)).repeat(width)).collect();
        canvas.picture(area, &Picture { width, height, pixels });
        self.annotate(canvas, area);
    }

    fn annotate(&self, canvas: &mut dyn Canvas, area: Rect) {
        let edge = area.right() + LINE;
        for (&value, text) in self.ticks.values.iter().zip(&self.ticks.labels) {
            let y = area.bottom() - (value - self.range.low) / (self.range.high - self.range.low) * area.height;
            let tick = axes::centred(canvas, y, area.y - LINE, area.bottom());
            canvas.fill(Rect { x: edge, y: tick, width: TICK, height: LINE }, INK);
            let place = (edge + TICK + GAP, y + axes::half_cap(TICK_TEXT));
            canvas.text(text, place, axes::tick_style(Align::Start));
        }
        if let Some(note) = &self.ticks.note {
            canvas.text(
                note,
                (area.x, area.y - self.tip_above(area.width) - 0.6 * TICK_TEXT),
                axes::tick_style(Align::Start),
            );
        }
        if let Some(label) = &self.label {
            let baseline = area.right() + self.room() - 0.2 * LABEL_TEXT;
            let style = TextStyle { size: LABEL_TEXT, upright: true, ..axes::tick_style(Align::Middle) };
            canvas.text(label, (baseline, area.y + 0.5 * area.height), style);
        }
    }
}

/// Height of the triangle that says that values go on beyond the end.
fn tip(thickness: f64) -> f64 {
    (0.8 * thickness).round()
}

fn triangle(canvas: &mut dyn Canvas, area: Rect, base: f64, height: f64, color: Rgb) {
    let corners = |x: f64, tip: f64| -> [Point; 3] {
        [(area.x - x, base), (area.x + 0.5 * area.width, base + tip), (area.right() + x, base)]
    };
    // The outline is the same triangle, larger by a line on its slanted sides.
    let slope = height.abs() / (0.5 * area.width);
    let rise = LINE * (1.0 + slope * slope).sqrt();
    canvas.polygon(&corners(rise / slope, height + rise * height.signum()), INK);
    canvas.polygon(&corners(0.0, height), color);
}
