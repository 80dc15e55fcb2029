//! Where everything stands: margins grow with what they hold, the panels take the rest.

use super::axes::{self, Axis, GAP, LABEL_TEXT, LINE, TICK, TICK_TEXT};
use super::canvas::Rect;
use super::colorbar::ColorBar;
use super::font;
use super::ticks::Ticks;

/// Em size of the title.
pub(super) const TITLE_TEXT: f64 = 15.0;
/// Em size of the titles of panels.
pub(super) const PANEL_TEXT: f64 = 13.0;
/// From one line of the title to the next, in em.
pub(super) const TITLE_LINE: f64 = 1.35;
/// From a panel up to the baseline of its title.
pub(super) const PANEL_GAP: f64 = 6.0;
/// Around the whole figure.
const MARGIN: f64 = 10.0;
/// Between title and panels.
const TITLE_GAP: f64 = 11.0;
/// Between panels and colour bar or legend.
const SIDE_GAP: f64 = 16.0;
/// Shortest colour bar: three labels still fit.
const BAR_LEAST: f64 = 56.0;
/// A figure of no given size is this wide, if its shape allows; wider with several panels side by side. The output of a
/// cell is 848 wide in a JupyterLab window of 1280.
const WIDTHS: [f64; 4] = [680.0, 720.0, 780.0, 840.0];
/// A panel in a figure of no given size is at most this high.
const HEIGHT: f64 = 430.0;
/// Height of a panel that has no shape of its own, as a share of its width.
const FREE: f64 = 0.58;
/// No side of a panel is shorter than this: a line of a thousand cells must be seen too.
const LEAST: f64 = 24.0;

/// What the layout depends on.
pub(super) struct Wishes<'a> {
    /// Width and height of the whole figure, if given.
    pub size: Option<(f64, f64)>,
    pub title: Option<&'a str>,
    pub x_label: Option<&'a str>,
    pub y_label: Option<&'a str>,
    pub density: f64,
    /// The axes that all panels share.
    pub x: &'a Axis,
    pub y: &'a Axis,
    /// Height of a panel as a share of its width, if that is not free.
    pub aspect: Option<f64>,
    /// How many panels, and how many of them stand side by side.
    pub panels: usize,
    pub columns: usize,
    pub panel_titles: bool,
    /// The colour bar for a side of the given length, if there is to be one.
    pub bar: Option<&'a dyn Fn(f64) -> ColorBar>,
    /// Length of the bar as a share of the panels' height.
    pub shrink: f64,
    /// Width of the legend, if there is to be one.
    pub legend: Option<f64>,
}

impl Wishes<'_> {
    fn rows(&self) -> usize {
        self.panels.div_ceil(self.columns)
    }
}

/// A figure's places, in CSS pixels. Panels and bar stand on whole picture pixels.
pub(super) struct Layout {
    pub width: f64,
    pub height: f64,
    /// Row by row.
    pub panels: Vec<Rect>,
    /// The rectangle around all panels.
    pub whole: Rect,
    pub x_ticks: Ticks,
    pub y_ticks: Ticks,
    /// Baseline of the label that reads upwards beside the y axis.
    pub y_label_x: f64,
    pub bar: Option<(ColorBar, Rect)>,
    /// The legend's corner.
    pub legend: Option<(f64, f64)>,
    pub title: Vec<String>,
    /// Baseline of the title's first line.
    pub title_y: f64,
    /// Middle of the title.
    pub title_x: f64,
}

/// A panel's size and what its margins hold; found by repetition, since ticks and sizes depend on each other.
struct Fit {
    /// Of one panel.
    panel: (f64, f64),
    /// From one panel to the next.
    gaps: (f64, f64),
    /// Of all panels.
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
    pub fn new(wishes: &Wishes) -> Self {
        let wide = WIDTHS[wishes.columns.clamp(1, WIDTHS.len()) - 1];
        let guess = wishes.size.unwrap_or((wide, HEIGHT));
        let (columns, rows) = (wishes.columns as f64, wishes.rows() as f64);
        let mut fit = Fit::around(wishes, (0.75 * guess.0 / columns, 0.7 * guess.1 / rows));
        for _ in 0..3 {
            let room = match wishes.size {
                Some((width, height)) => (width - fit.left - fit.right, height - fit.top - fit.bottom),
                None => (wide - fit.left - fit.right, f64::INFINITY),
            };
            let gaps = ((columns - 1.0) * fit.gaps.0, (rows - 1.0) * fit.gaps.1);
            let panel = ((room.0 - gaps.0) / columns, ((room.1 - gaps.1) / rows));
            fit = Fit::around(wishes, shape(wishes, panel));
        }
        fit.placed(wishes)
    }
}

/// The largest panel of the shape wished for that fits into `room`.
fn shape(wishes: &Wishes, (width, height): (f64, f64)) -> (f64, f64) {
    let limited = height.min(HEIGHT.max(wishes.size.map_or(0.0, |size| size.1)));
    let most = (width.max(LEAST), limited.max(LEAST));
    match wishes.aspect {
        Some(aspect) => {
            let width = most.0.min(most.1 / aspect);
            (width.clamp(LEAST, most.0), (width * aspect).clamp(LEAST, most.1))
        }
        None if wishes.size.is_some() => most,
        None => (most.0, (FREE * most.0).clamp(LEAST, most.1)),
    }
}

impl Fit {
    fn around(wishes: &Wishes, (width, height): (f64, f64)) -> Self {
        let snap = |value: f64| (value * wishes.density).round().max(1.0) / wishes.density;
        let panel = (snap(width), snap(height));
        let (x_ticks, y_ticks) = (wishes.x.across(panel.0), wishes.y.down(panel.1));
        let label_room = |label: Option<&str>| if label.is_some() { 1.5 * LABEL_TEXT } else { 0.0 };
        // Labels near the ends of the x axis hang over.
        let (over_left, over_right) = overhang(&x_ticks, wishes.x, panel.0);
        let panel_title = if wishes.panel_titles { font::CAP_HEIGHT * PANEL_TEXT + PANEL_GAP } else { 0.0 };
        let gaps = (snap((over_left + over_right + 10.0).max(16.0)), snap(panel_title + 14.0));
        let (columns, rows) = (wishes.columns as f64, wishes.rows() as f64);
        let width = columns * panel.0 + (columns - 1.0) * gaps.0;
        let height = rows * panel.1 + (rows - 1.0) * gaps.1;
        let bar = wishes.bar.map(|make| {
            let whole = (wishes.shrink * height).max(BAR_LEAST);
            let bar = make(whole);
            let thickness = ColorBar::thickness(whole);
            // Tips belong to the bar's length, so that a bar of full length ends where the panels do.
            let length = snap((whole - bar.tips(thickness)).max(0.5 * BAR_LEAST));
            Placed { bar, length, thickness }
        });
        let left = LINE + TICK + GAP + axes::widest(&y_ticks) + label_room(wishes.y_label);
        let bar_room = bar.as_ref().map_or(LINE, |Placed { bar, thickness, .. }| {
            SIDE_GAP + thickness + bar.room().max(bar.note_width() - thickness)
        });
        let legend_room = wishes.legend.map_or(0.0, |legend| SIDE_GAP + legend);
        let right = bar_room + legend_room;
        // How far the bar and its note reach above the panels, and the bar below them.
        let (above, under) = bar.as_ref().map_or((0.0, 0.0), |Placed { bar, length, thickness }| {
            let longer = 0.5 * (length + bar.tips(*thickness) - height);
            (longer + bar.head(), longer)
        });
        let note = if y_ticks.note.is_some() { 1.5 * TICK_TEXT } else { 0.0 };
        let note_below = if x_ticks.note.is_some() && wishes.x_label.is_none() { 1.35 * TICK_TEXT } else { 0.0 };
        let below = LINE + TICK + GAP + TICK_TEXT + label_room(wishes.x_label) + note_below;
        let (left, right) = (MARGIN + left.max(over_left + 2.0), MARGIN + right.max(over_right + 2.0));
        // A narrow image widens its figure so that the title does not become a column of words.
        let wide = wishes.size.map_or(WIDTHS[0].max(left + width + right), |(width, _)| width);
        let title = wishes.title.map_or(Vec::new(), |title| font::wrap(title, TITLE_TEXT, wide - 2.0 * MARGIN));
        let title_height = match title.len() {
            0 => LINE,
            lines => (TITLE_LINE * (lines as f64 - 1.0) + font::CAP_HEIGHT) * TITLE_TEXT + TITLE_GAP,
        };
        // The note above the bar stands beside the title if the title leaves it room, else below.
        let title_width = title.iter().map(|line| font::width(line, TITLE_TEXT)).fold(0.0, f64::max);
        let beside = 0.5 * title_width < 0.5 * width + SIDE_GAP - TITLE_TEXT;
        let lift = note + panel_title;
        let title_lift = if beside { lift } else { lift.max(above) };
        let top = MARGIN + (title_height + title_lift).max(above).max(0.5 * TICK_TEXT);
        let bottom = MARGIN + below.max(under + 0.5 * TICK_TEXT);
        Self {
            panel,
            gaps,
            width,
            height,
            x_ticks,
            y_ticks,
            bar,
            left,
            right,
            top,
            bottom,
            title,
            title_width,
            title_lift,
        }
    }

    fn placed(self, wishes: &Wishes) -> Layout {
        let snap = |value: f64| (value * wishes.density).round() / wishes.density;
        let content = (self.left + self.width + self.right, self.top + self.height + self.bottom);
        let title_width = self.title_width;
        let (width, height) =
            wishes.size.unwrap_or((content.0.max(title_width + 2.0 * MARGIN).ceil(), content.1.ceil()));
        // What is left over is shared by both sides.
        let (x, y) = (0.5 * (width - content.0).max(0.0), 0.5 * (height - content.1).max(0.0));
        let whole = Rect { x: snap(x + self.left), y: snap(y + self.top), width: self.width, height: self.height };
        let panel = |at: usize| Rect {
            x: whole.x + (at % wishes.columns) as f64 * (self.panel.0 + self.gaps.0),
            y: whole.y + (at / wishes.columns) as f64 * (self.panel.1 + self.gaps.1),
            width: self.panel.0,
            height: self.panel.1,
        };
        let bar_room = self.bar.as_ref().map_or(LINE, |placed| SIDE_GAP + placed.thickness + placed.bar.room());
        let legend = wishes.legend.map(|_| (whole.right() + bar_room + SIDE_GAP, whole.y));
        let bar = self.bar.map(|Placed { bar, length, thickness }| {
            let lift = 0.5 * (bar.tip_above(thickness) - bar.tip_below(thickness));
            let top = whole.y + 0.5 * (whole.height - length) + lift;
            let area = Rect { x: snap(whole.right() + SIDE_GAP), y: snap(top), width: thickness, height: length };
            (bar, area)
        });
        // Over the panels, moved only as far as the edges of the figure demand.
        let (first, last) = (MARGIN + 0.5 * title_width, width - MARGIN - 0.5 * title_width);
        let title_x = if first < last { (whole.x + 0.5 * whole.width).clamp(first, last) } else { 0.5 * width };
        let lines = self.title.len().max(1) as f64;
        Layout {
            width,
            height,
            panels: (0..wishes.panels).map(panel).collect(),
            whole,
            x_ticks: self.x_ticks,
            y_ticks: self.y_ticks,
            y_label_x: snap(x + MARGIN + font::CAP_HEIGHT * LABEL_TEXT),
            bar,
            legend,
            title: self.title,
            title_y: whole.y - TITLE_GAP - self.title_lift - TITLE_LINE * TITLE_TEXT * (lines - 1.0),
            title_x,
        }
    }
}

/// How far the first and the last label reach beyond the ends of an axis of `length`.
fn overhang(ticks: &Ticks, axis: &Axis, length: f64) -> (f64, f64) {
    let reach = |(value, label): (&f64, &String)| {
        let (at, half) = (axis.place(*value, axis.runs_left()) * length, 0.5 * font::width(label, TICK_TEXT));
        (half - at, at + half - length)
    };
    let reaches = ticks.values.iter().zip(&ticks.labels).map(reach);
    reaches.fold((0.0, 0.0), |(left, right): (f64, f64), (a, b)| (left.max(a), right.max(b)))
}
