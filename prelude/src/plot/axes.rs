//! The axes of an image: what stands along them, and the frame with ticks that shows it.

use super::canvas::{Align, Canvas, Rect, Rgb, TextStyle};
use super::ticks::{self, Ticks};
use super::{dates, font};
use crate::time::DateKind;
use std::sync::Arc;

/// Frame, ticks and labels: nearly black, lighter than the data.
pub(super) const INK: Rgb = [38, 38, 38];
/// Lines to read values by.
pub(super) const GRID: Rgb = [232, 232, 232];
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
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// Row or column, from 0.
    Index,
    /// A coordinate.
    Number,
    /// Whole numbers: counts, positions.
    Whole,
    /// Degrees east.
    Longitude,
    /// Degrees north.
    Latitude,
    /// Dates, as they are counted.
    Date(DateKind),
    /// Names, the first at 0, the next at 1.
    Names(Arc<[String]>),
}

/// One axis: what lies between two ends, and what it is called.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    pub meaning: Meaning,
    /// Where the array begins: the outer edge of the first cell.
    pub start: f64,
    /// Where it ends: the outer edge of the last cell.
    pub end: f64,
    pub label: Option<String>,
    /// It begins at the left or at the bottom whichever way it runs; otherwise it is turned so that it grows to the right
    /// and upwards.
    pub forward: bool,
}

impl Axis {
    /// Cells numbered from 0, each centred on its number.
    pub fn index(len: usize) -> Self {
        Self { meaning: Meaning::Index, start: -0.5, end: len as f64 - 0.5, label: None, forward: false }
    }

    /// The smaller and the larger end.
    pub fn ends(&self) -> (f64, f64) {
        (self.start.min(self.end), self.start.max(self.end))
    }

    /// Ticks for an axis that has room for about `count`.
    pub fn ticks(&self, count: f64) -> Ticks {
        let (low, high) = self.ends();
        match &self.meaning {
            Meaning::Index | Meaning::Whole => ticks::numbers(low, high, count, true),
            Meaning::Number => ticks::numbers(low, high, count, false),
            Meaning::Longitude => ticks::degrees(low, high, count, "E", "W"),
            Meaning::Latitude => ticks::degrees(low, high, count, "N", "S"),
            Meaning::Date(kind) => dates::dates(*kind, low, high, count),
            Meaning::Names(names) => ticks::names(low, high, count, names),
        }
    }

    /// As many ticks as fit side by side along `length`.
    pub fn across(&self, length: f64) -> Ticks {
        // Whether labels fit depends on how long they are, which depends on how many there are.
        let most = if matches!(self.meaning, Meaning::Names(_) | Meaning::Date(_)) { 14 } else { 10 };
        for count in (1..=most).rev() {
            let ticks = self.ticks(f64::from(count));
            let places: Vec<f64> = ticks.values.iter().map(|&value| self.place(value, false) * length).collect();
            let widths: Vec<f64> = ticks.labels.iter().map(|label| font::width(label, TICK_TEXT)).collect();
            let fits = |at: usize| {
                let room = (places[at] - places[at - 1]).abs() - 0.5 * (widths[at] + widths[at - 1]);
                room >= 1.2 * TICK_TEXT
            };
            if (1..places.len()).all(fits) {
                return ticks;
            }
        }
        self.ticks(1.0)
    }

    /// As many ticks as fit one above the other along `length`.
    pub fn down(&self, length: f64) -> Ticks {
        if matches!(self.meaning, Meaning::Names(_)) {
            return self.ticks((length / (1.4 * TICK_TEXT)).max(1.0));
        }
        ticks::spread(length, 3.2 * TICK_TEXT, 1.4 * TICK_TEXT, 8.0, &|count| self.ticks(count))
    }

    /// Where `value` stands: 0 at the first edge on the screen, 1 at the last; the screen may run against the array.
    pub fn place(&self, value: f64, flipped: bool) -> f64 {
        // Halves, so that an axis from -1e308 to 1e308 does not overflow.
        let share = (0.5 * value - 0.5 * self.start) / (0.5 * self.end - 0.5 * self.start);
        if flipped { 1.0 - share } else { share }
    }

    /// Whether columns run from right to left on the screen: coordinates grow to the right.
    pub fn runs_left(&self) -> bool {
        !self.forward && self.is_measure() && self.end < self.start
    }

    /// Whether rows run from bottom to top on the screen: coordinates grow upwards, row numbers downwards.
    pub fn runs_up(&self) -> bool {
        self.forward || (self.is_measure() && self.end > self.start)
    }

    fn is_measure(&self) -> bool {
        !matches!(self.meaning, Meaning::Index | Meaning::Names(_))
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

/// Draws the two lines that an area with lines or bars has, left of it and below it.
pub(super) fn corner(canvas: &mut dyn Canvas, area: Rect) {
    let outer = area.grown(LINE);
    canvas.fill(Rect { height: outer.height, width: LINE, ..outer }, INK);
    canvas.fill(Rect { y: area.bottom(), height: LINE, ..outer }, INK);
}

/// Draws pale lines over `area` at the ticks, to read values by.
pub(super) fn grid(canvas: &mut dyn Canvas, area: Rect, (x, x_ticks): (&Axis, &Ticks), (y, y_ticks): (&Axis, &Ticks)) {
    for &value in &x_ticks.values {
        let at = area.x + x.place(value, x.runs_left()) * area.width;
        let left = centred(canvas, at, area.x - LINE, area.right());
        canvas.fill(Rect { x: left, width: LINE, ..area }, GRID);
    }
    for &value in &y_ticks.values {
        let at = area.y + y.place(value, y.runs_up()) * area.height;
        let top = centred(canvas, at, area.y - LINE, area.bottom());
        canvas.fill(Rect { y: top, height: LINE, ..area }, GRID);
    }
}

/// Draws `ticks` and their labels below `area`; without ticks, nothing.
pub(super) fn below(canvas: &mut dyn Canvas, area: Rect, axis: &Axis, ticks: Option<&Ticks>) {
    let top = area.bottom() + LINE;
    for (&value, text) in ticks.iter().flat_map(|ticks| ticks.values.iter().zip(&ticks.labels)) {
        let x = area.x + axis.place(value, axis.runs_left()) * area.width;
        let tick = centred(canvas, x, area.x - LINE, area.right());
        canvas.fill(Rect { x: tick, y: top, width: LINE, height: TICK }, INK);
        canvas.text(text, (x, top + TICK + GAP + font::CAP_HEIGHT * TICK_TEXT), tick_style(Align::Middle));
    }
}

/// Writes what is common to all ticks, and the name of the axis, below the labels of the ticks.
pub(super) fn name_below(canvas: &mut dyn Canvas, area: Rect, note: Option<&str>, label: Option<&str>) {
    let labels = area.bottom() + LINE + TICK + GAP + font::CAP_HEIGHT * TICK_TEXT;
    let baseline = labels + if note.is_some() { 1.35 * TICK_TEXT } else { 1.5 * LABEL_TEXT };
    if let Some(note) = note {
        canvas.text(note, (area.right(), baseline), tick_style(Align::End));
    }
    if let Some(label) = label {
        let style = TextStyle { size: LABEL_TEXT, ..tick_style(Align::Middle) };
        canvas.text(label, (area.x + 0.5 * area.width, baseline), style);
    }
}

/// Draws `ticks` and their labels left of `area`; without ticks, nothing.
pub(super) fn left(canvas: &mut dyn Canvas, area: Rect, axis: &Axis, ticks: Option<&Ticks>) {
    let edge = area.x - LINE;
    for (&value, text) in ticks.iter().flat_map(|ticks| ticks.values.iter().zip(&ticks.labels)) {
        let y = area.y + axis.place(value, axis.runs_up()) * area.height;
        let tick = centred(canvas, y, area.y - LINE, area.bottom());
        canvas.fill(Rect { x: edge - TICK, y: tick, width: TICK, height: LINE }, INK);
        canvas.text(text, (edge - TICK - GAP, y + half_cap(TICK_TEXT)), tick_style(Align::End));
    }
}

/// Writes what is common to all ticks above the axis, and its name left of everything at `x`.
pub(super) fn name_left(canvas: &mut dyn Canvas, area: Rect, note: Option<&str>, label: Option<(&str, f64)>) {
    if let Some(note) = note {
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
