//! The axes of an image: what stands along them, and the frame with ticks that shows it.

use super::canvas::{Align, Canvas, Rect, Rgb, TextStyle};
use super::font;
use super::ticks::{self, Ticks};

/// Frame, ticks and labels: nearly black, lighter than the data.
pub(super) const INK: Rgb = [38, 38, 38];
/// Em size of tick labels.
pub(super) const TICK_TEXT: f64 = 12.0;
/// Em size of axis labels.
pub(super) const LABEL_TEXT: f64 = 13.0;
/// Width of the frame's lines and of ticks.
pub(super) const LINE: f64 = 1.0;
/// Length of ticks, which point outwards.
pub(super) const TICK: f64 = 4.0;
/// Between a tick and its label.
pub(super) const GAP: f64 = 4.0;

/// What the positions along an axis mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Meaning {
    /// Row or column, from 0.
    Index,
    /// A coordinate.
    Number,
    /// Degrees east.
    Longitude,
    /// Degrees north.
    Latitude,
}

/// One axis of an image with evenly spaced cells.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    /// Number of cells.
    pub len: usize,
    pub meaning: Meaning,
    /// Outer edge of the first cell.
    pub start: f64,
    /// Outer edge of the last cell.
    pub end: f64,
    pub label: Option<String>,
}

impl Axis {
    /// Cells numbered from 0, each centred on its number.
    pub fn index(len: usize) -> Self {
        Self { len, meaning: Meaning::Index, start: -0.5, end: len as f64 - 0.5, label: None }
    }

    /// Ticks for an axis that has room for about `count`.
    pub fn ticks(&self, count: f64) -> Ticks {
        let (low, high) = (self.start.min(self.end), self.start.max(self.end));
        match self.meaning {
            Meaning::Index => ticks::numbers(low, high, count, true),
            Meaning::Number => ticks::numbers(low, high, count, false),
            Meaning::Longitude => ticks::degrees(low, high, count, "E", "W"),
            Meaning::Latitude => ticks::degrees(low, high, count, "N", "S"),
        }
    }

    /// As many ticks as fit side by side along `length`.
    pub fn across(&self, length: f64) -> Ticks {
        // Whether labels fit depends on how long they are, which depends on how many there are.
        for count in (1..=10).rev() {
            let ticks = self.ticks(f64::from(count));
            let widest = widest(&ticks);
            let places: Vec<f64> = ticks.values.iter().map(|&value| self.place(value, false) * length).collect();
            if places.windows(2).all(|pair| (pair[1] - pair[0]).abs() >= widest + 1.6 * TICK_TEXT) {
                return ticks;
            }
        }
        self.ticks(1.0)
    }

    /// As many ticks as fit one above the other along `length`.
    pub fn down(&self, length: f64) -> Ticks {
        ticks::spread(length, 3.2 * TICK_TEXT, 1.4 * TICK_TEXT, 8.0, &|count| self.ticks(count))
    }

    /// Where `value` stands: 0 at the first edge on the screen, 1 at the last; the screen may run against the array.
    pub fn place(&self, value: f64, flipped: bool) -> f64 {
        let share = (value - self.start) / (self.end - self.start);
        if flipped { 1.0 - share } else { share }
    }

    /// Whether columns run from right to left on the screen: coordinates grow to the right.
    pub fn runs_left(&self) -> bool {
        self.meaning != Meaning::Index && self.end < self.start
    }

    /// Whether rows run from bottom to top on the screen: coordinates grow upwards, row numbers downwards.
    pub fn runs_up(&self) -> bool {
        self.meaning != Meaning::Index && self.end > self.start
    }
}

/// Length of the longest label.
pub(super) fn widest(ticks: &Ticks) -> f64 {
    ticks.labels.iter().map(|label| font::width(label, TICK_TEXT)).fold(0.0, f64::max)
}

/// A style for tick labels.
pub(super) fn tick_style(align: Align) -> TextStyle {
    TextStyle { size: TICK_TEXT, color: INK, align, upright: false }
}

/// How far below the middle of a line of digits its baseline is.
pub(super) fn half_cap(size: f64) -> f64 {
    0.5 * font::CAP_HEIGHT * size
}

/// Draws the frame around `area`, outside of it, so that it hides no cell.
pub(super) fn frame(canvas: &mut dyn Canvas, area: Rect) {
    let outer = area.grown(LINE);
    for (x, y, width, height) in [
        (outer.x, outer.y, outer.width, LINE),
        (outer.x, area.bottom(), outer.width, LINE),
        (outer.x, outer.y, LINE, outer.height),
        (area.right(), outer.y, LINE, outer.height),
    ] {
        canvas.fill(Rect { x, y, width, height }, INK);
    }
}

/// Draws ticks, their labels and the axis label below `area`.
pub(super) fn below(canvas: &mut dyn Canvas, area: Rect, axis: &Axis, ticks: &Ticks, label: Option<&str>) {
    let top = area.bottom() + LINE;
    let baseline = top + TICK + GAP + font::CAP_HEIGHT * TICK_TEXT;
    for (&value, text) in ticks.values.iter().zip(&ticks.labels) {
        let x = area.x + axis.place(value, axis.runs_left()) * area.width;
        let tick = centred(canvas, x, area.x - LINE, area.right());
        canvas.fill(Rect { x: tick, y: top, width: LINE, height: TICK }, INK);
        canvas.text(text, (x, baseline), tick_style(Align::Middle));
    }
    let mut baseline = baseline;
    if let Some(note) = &ticks.note {
        baseline += 1.35 * TICK_TEXT;
        canvas.text(note, (area.right(), baseline), tick_style(Align::End));
    }
    if let Some(label) = label {
        let baseline = if ticks.note.is_some() { baseline } else { baseline + 1.5 * LABEL_TEXT };
        let style = TextStyle { size: LABEL_TEXT, ..tick_style(Align::Middle) };
        canvas.text(label, (area.x + 0.5 * area.width, baseline), style);
    }
}

/// Draws ticks and their labels left of `area`, and the axis label left of those at `label_x`.
pub(super) fn left(canvas: &mut dyn Canvas, area: Rect, axis: &Axis, ticks: &Ticks, label: Option<(&str, f64)>) {
    let edge = area.x - LINE;
    for (&value, text) in ticks.values.iter().zip(&ticks.labels) {
        let y = area.y + axis.place(value, axis.runs_up()) * area.height;
        let tick = centred(canvas, y, area.y - LINE, area.bottom());
        canvas.fill(Rect { x: edge - TICK, y: tick, width: TICK, height: LINE }, INK);
        canvas.text(text, (edge - TICK - GAP, y + half_cap(TICK_TEXT)), tick_style(Align::End));
    }
    if let Some(note) = &ticks.note {
        canvas.text(note, (area.x - LINE, area.y - LINE - 0.6 * TICK_TEXT), tick_style(Align::Start));
    }
    if let Some((label, x)) = label {
        let style = TextStyle { size: LABEL_TEXT, upright: true, ..tick_style(Align::Middle) };
        canvas.text(label, (x, area.y + 0.5 * area.height), style);
    }
}

/// Where a tick's line begins so that it is centred at `at`, on whole pixels and within the frame's outer edges.
pub(super) fn centred(canvas: &dyn Canvas, at: f64, first: f64, last: f64) -> f64 {
    let pixel = 1.0 / canvas.density();
    (((at - 0.5 * LINE) / pixel).round() * pixel).clamp(first, last)
}
