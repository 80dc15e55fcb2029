//! The legend: which line is which, beside the panels.

use super::axes::{self, LABEL_TEXT, TICK_TEXT};
use super::canvas::{Align, Canvas, Paint, Point, Rect, Rgb, TextStyle};
use super::font;

/// From one entry to the next.
const LINE_HEIGHT: f64 = 1.55 * TICK_TEXT;
/// Length of the sample of a line.
const SAMPLE: f64 = 20.0;
/// Between sample and name.
const SAMPLE_GAP: f64 = 7.0;
/// A name is at most this long.
const MOST: f64 = 180.0;

/// What a mark looks like, at the size of a legend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sample {
    Line,
    Disc,
    Block,
}

/// One line of the legend.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub name: String,
    pub color: Rgb,
    pub sample: Sample,
}

/// Entries under a title.
#[derive(Debug, Clone)]
pub(super) struct Legend {
    pub title: Option<String>,
    pub entries: Vec<Entry>,
}

impl Legend {
    pub fn width(&self) -> f64 {
        let names = self.entries.iter().map(|entry| SAMPLE + SAMPLE_GAP + font::width(&fitted(&entry.name), TICK_TEXT));
        let title = self.title.iter().map(|title| font::width(title, LABEL_TEXT));
        names.chain(title).fold(0.0, f64::max).ceil()
    }

    /// Draws into the column that begins at the corner `(x, y)` and is `height` high.
    pub fn draw(&self, canvas: &mut dyn Canvas, (x, y): Point, height: f64) {
        let mut top = y;
        let mut room = height;
        if let Some(title) = &self.title {
            let style = TextStyle { size: LABEL_TEXT, ..axes::tick_style(Align::Start) };
            canvas.text(title, (x, top + font::CAP_HEIGHT * LABEL_TEXT), style);
            top += 1.6 * LABEL_TEXT;
            room -= 1.6 * LABEL_TEXT;
        }
        let fit = ((room / LINE_HEIGHT) as usize).max(2);
        // Of a row of too many every n-th: the colours of the others lie between.
        let every = self.entries.len().div_ceil(fit);
        for entry in self.entries.iter().step_by(every.max(1)) {
            let middle = top + 0.5 * LINE_HEIGHT;
            sample(canvas, entry, (x, middle));
            let baseline = middle + axes::half_cap(TICK_TEXT);
            canvas.text(&fitted(&entry.name), (x + SAMPLE + SAMPLE_GAP, baseline), axes::tick_style(Align::Start));
            top += LINE_HEIGHT;
        }
    }
}

fn sample(canvas: &mut dyn Canvas, entry: &Entry, (x, middle): Point) {
    let paint = Paint::solid(entry.color);
    match entry.sample {
        Sample::Line => canvas.lines(&[vec![(x + 1.0, middle), (x + SAMPLE - 1.0, middle)]], 2.0, paint),
        Sample::Disc => canvas.discs(&[(x + 0.5 * SAMPLE, middle)], 4.0, paint),
        Sample::Block => {
            let side = 10.0;
            canvas.wash(Rect { x: x + SAMPLE - 1.5 * side, y: middle - 0.5 * side, width: side, height: side }, paint);
        }
    }
}

fn fitted(name: &str) -> String {
    if font::width(name, TICK_TEXT) <= MOST {
        return name.to_owned();
    }
    let mut short = String::new();
    for character in name.chars() {
        short.push(character);
        if font::width(&short, TICK_TEXT) > MOST - TICK_TEXT {
            break;
        }
    }
    short + "…"
}
