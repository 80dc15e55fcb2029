//! A picture that says in words why there is no other.

use crate::plot::axes::INK;
use crate::plot::canvas::{Align, Canvas, Rect, Rgb, TextStyle};
use crate::plot::font;

const TEXT: f64 = 14.0;
const LINE_HEIGHT: f64 = 1.5 * TEXT;
const PADDING: f64 = 18.0;
const WIDTH: f64 = 560.0;
/// The bar at the left that marks a notice.
const MARK: Rgb = [222, 170, 60];

/// Sentences, wrapped and measured, ready to be drawn.
pub(in crate::plot) struct Notice {
    lines: Vec<String>,
    pub width: f64,
    pub height: f64,
}

impl Notice {
    pub fn new(sentences: &str) -> Self {
        let lines = font::wrap(sentences, TEXT, WIDTH - 2.0 * PADDING);
        let longest = lines.iter().map(|line| font::width(line, TEXT)).fold(0.0, f64::max);
        let height = lines.len().max(1) as f64 * LINE_HEIGHT + 2.0 * PADDING - (LINE_HEIGHT - TEXT);
        Self { lines, width: (longest + 2.0 * PADDING).ceil(), height: height.ceil() }
    }

    pub fn draw(&self, canvas: &mut dyn Canvas) {
        canvas.fill(Rect { x: 0.0, y: 0.0, width: self.width, height: self.height }, [250, 248, 243]);
        canvas.fill(Rect { x: 0.0, y: 0.0, width: 4.0, height: self.height }, MARK);
        let style = TextStyle { size: TEXT, color: INK, align: Align::Start, upright: false };
        for (at, line) in self.lines.iter().enumerate() {
            let baseline = PADDING + at as f64 * LINE_HEIGHT + 0.85 * TEXT;
            canvas.text(line, (PADDING, baseline), style);
        }
    }
}
