//! Where everything stands: margins grow with what they hold, the image takes the rest.

use super::axes::{self, GAP, LABEL_TEXT, LINE, TICK, TICK_TEXT};
use super::canvas::Rect;
use super::colorbar::ColorBar;
use super::font;
use super::source::Image;
use super::ticks::Ticks;

/// Em size of the title.
pub(super) const TITLE_TEXT: f64 = 15.0;
/// From one line of the title to the next, in em.
pub(super) const TITLE_LINE: f64 = 1.35;
/// Around the whole figure.
const MARGIN: f64 = 10.0;
/// Between title and image.
const TITLE_GAP: f64 = 11.0;
/// Between image and colour bar.
const BAR_GAP: f64 = 16.0;
/// Shortest colour bar: three labels still fit.
const BAR_LEAST: f64 = 56.0;
/// A figure of no given size is this wide, if its shape allows.
const WIDTH: f64 = 680.0;
/// An image in a figure of no given size is at most this high.
const HEIGHT: f64 = 430.0;
/// No side of an image is shorter than this: a line of a thousand cells must be seen too.
const LEAST: f64 = 24.0;

/// What the layout depends on besides the image itself.
pub(super) struct Wishes<'a> {
    /// Width and height of the whole figure, if given.
    pub size: Option<(f64, f64)>,
    pub title: Option<&'a str>,
    pub x_label: Option<&'a str>,
    pub y_label: Option<&'a str>,
    pub density: f64,
    /// The colour bar for an image side of the given length, if there is to be one.
    pub bar: Option<&'a dyn Fn(f64) -> ColorBar>,
    /// Length of the bar as a share of the image's height.
    pub shrink: f64,
}

/// A figure's places, in CSS pixels. Image and bar stand on whole picture pixels.
pub(super) struct Layout {
    pub width: f64,
    pub height: f64,
    pub image: Rect,
    pub x_ticks: Ticks,
    pub y_ticks: Ticks,
    /// Baseline of the label that reads upwards beside the y axis.
    pub y_label_x: f64,
    pub bar: Option<(ColorBar, Rect)>,
    pub title: Vec<String>,
    /// Baseline of the title's first line.
    pub title_y: f64,
    /// Middle of the title.
    pub title_x: f64,
}

/// The image's size and what its margins hold; found by repetition, since ticks and sizes depend on each other.
struct Fit {
    width: f64,
    height: f64,
    x_ticks: Ticks,
    y_ticks: Ticks,
    bar: Option<Placed>,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    title: Vec<String>,
    title_width: f64,
    /// How far above its usual place the title stands.
    title_lift: f64,
}

struct Placed {
    bar: ColorBar,
    length: f64,
    thickness: f64,
}

impl Layout {
    pub fn new(image: &Image, wishes: &Wishes) -> Self {
        let guess = wishes.size.map_or((WIDTH, HEIGHT), |(width, height)| (width, height));
        let mut fit = Fit::around(image, wishes, (0.75 * guess.0, 0.7 * guess.1));
        for _ in 0..3 {
            let room = match wishes.size {
                Some((width, height)) => (width - fit.left - fit.right, height - fit.top - fit.bottom),
                None => (WIDTH - fit.left - fit.right, HEIGHT),
            };
            fit = Fit::around(image, wishes, shape(image.shape(), room));
        }
        fit.placed(wishes)
    }
}

/// The largest size with square cells that fits into `room`.
fn shape((rows, columns): (usize, usize), room: (f64, f64)) -> (f64, f64) {
    let cell = (room.0 / columns as f64).min(room.1 / rows as f64);
    let most = (room.0.max(LEAST), room.1.max(LEAST));
    ((cell * columns as f64).clamp(LEAST, most.0), (cell * rows as f64).clamp(LEAST, most.1))
}

impl Fit {
    fn around(image: &Image, wishes: &Wishes, (width, height): (f64, f64)) -> Self {
        let snap = |value: f64| (value * wishes.density).round().max(1.0) / wishes.density;
        let (width, height) = (snap(width), snap(height));
        let (x_ticks, y_ticks) = (image.columns.across(width), image.rows.down(height));
        let label_room = |label: Option<&str>| if label.is_some() { 1.5 * LABEL_TEXT } else { 0.0 };
        // Half of a label at the very end of the x axis hangs over.
        let overhang = 0.5 * axes::widest(&x_ticks) + 2.0;
        let bar = wishes.bar.map(|make| {
            let whole = (wishes.shrink * height).max(BAR_LEAST);
            let bar = make(whole);
            let thickness = ColorBar::thickness(whole);
            // Tips belong to the bar's length, so that a bar of full length ends where the image does.
            let length = snap((whole - bar.tips(thickness)).max(0.5 * BAR_LEAST));
            Placed { bar, length, thickness }
        });
        let left = LINE + TICK + GAP + axes::widest(&y_ticks) + label_room(wishes.y_label);
        let right = bar.as_ref().map_or(LINE, |Placed { bar, thickness, .. }| {
            BAR_GAP + thickness + bar.room().max(bar.note_width() - thickness)
        });
        // How far the bar and its note reach above the image, and the bar below it.
        let (above, under) = bar.as_ref().map_or((0.0, 0.0), |Placed { bar, length, thickness }| {
            let longer = 0.5 * (length + bar.tips(*thickness) - height);
            (longer + bar.head(), longer)
        });
        let note = if y_ticks.note.is_some() { 1.5 * TICK_TEXT } else { 0.0 };
        let note_below = if x_ticks.note.is_some() && wishes.x_label.is_none() { 1.35 * TICK_TEXT } else { 0.0 };
        let below = LINE + TICK + GAP + TICK_TEXT + label_room(wishes.x_label) + note_below;
        let (left, right) = (MARGIN + left.max(overhang), MARGIN + right.max(overhang));
        // A narrow image widens its figure so that the title does not become a column of words.
        let wide = wishes.size.map_or(WIDTH, |(width, _)| width);
        let title = wishes.title.map_or(Vec::new(), |title| font::wrap(title, TITLE_TEXT, wide - 2.0 * MARGIN));
        let title_height = match title.len() {
            0 => LINE,
            lines => (TITLE_LINE * (lines as f64 - 1.0) + font::CAP_HEIGHT) * TITLE_TEXT + TITLE_GAP,
        };
        // The note above the bar stands beside the title if the title leaves it room, else below.
        let title_width = title.iter().map(|line| font::width(line, TITLE_TEXT)).fold(0.0, f64::max);
        let beside = 0.5 * title_width < 0.5 * width + BAR_GAP - TITLE_TEXT;
        let title_lift = if beside { note } else { note.max(above) };
        let top = MARGIN + (title_height + title_lift).max(above).max(0.5 * TICK_TEXT);
        let bottom = MARGIN + below.max(under + 0.5 * TICK_TEXT);
        Self { width, height, x_ticks, y_ticks, bar, left, right, top, bottom, title, title_width, title_lift }
    }

    fn placed(self, wishes: &Wishes) -> Layout {
        let snap = |value: f64| (value * wishes.density).round() / wishes.density;
        let content = (self.left + self.width + self.right, self.top + self.height + self.bottom);
        let title_width = self.title_width;
        let (width, height) =
            wishes.size.unwrap_or((content.0.max(title_width + 2.0 * MARGIN).ceil(), content.1.ceil()));
        // What is left over is shared by both sides.
        let (x, y) = (0.5 * (width - content.0).max(0.0), 0.5 * (height - content.1).max(0.0));
        let image = Rect { x: snap(x + self.left), y: snap(y + self.top), width: self.width, height: self.height };
        let bar = self.bar.map(|Placed { bar, length, thickness }| {
            let lift = 0.5 * (bar.tip_above(thickness) - bar.tip_below(thickness));
            let top = image.y + 0.5 * (image.height - length) + lift;
            let area = Rect { x: snap(image.right() + BAR_GAP), y: snap(top), width: thickness, height: length };
            (bar, area)
        });
        // Over the image, moved only as far as the edges of the figure demand.
        let (first, last) = (MARGIN + 0.5 * title_width, width - MARGIN - 0.5 * title_width);
        let title_x = if first < last { (image.x + 0.5 * image.width).clamp(first, last) } else { 0.5 * width };
        let lines = self.title.len().max(1) as f64;
        Layout {
            width,
            height,
            image,
            x_ticks: self.x_ticks,
            y_ticks: self.y_ticks,
            y_label_x: snap(x + MARGIN + font::CAP_HEIGHT * LABEL_TEXT),
            bar,
            title: self.title,
            title_y: image.y - TITLE_GAP - self.title_lift - TITLE_LINE * TITLE_TEXT * (lines - 1.0),
            title_x,
        }
    }
}
