//! A figure with every decision made: panels that share their axes, and what stands around them.

use super::axes::{self, Axis, INK};
use super::canvas::{Align, Canvas, Paint, Point, Rect, Rgb, TextStyle};
use super::clip;
use super::coast;
use super::colorbar::ColorBar;
use super::colormap::ColorMap;
use super::figure::Settings;
use super::layout::{Layout, PANEL_GAP, PANEL_TEXT, TITLE_LINE, TITLE_TEXT, Wishes};
use super::legend::Legend;
use super::range::Range;
use super::reduce::Reduction;
use crate::Result;
use crate::array::{DType, Values};

/// Width of lines.
const LINE_WIDTH: f64 = 1.6;
/// Radius of a value that stands alone on a line.
const LONELY: f64 = 2.8;
/// Width of coast lines.
const COAST_LINE: f64 = 0.9;
const COAST: Rgb = [30, 30, 30];

/// What is drawn into a panel, in the coordinates of its axes.
#[derive(Debug, Clone)]
pub(super) enum Mark {
    /// A line through points; one that is not finite is a gap.
    Line {
        points: Vec<(f64, f64)>,
        color: Rgb,
    },
    Points {
        points: Vec<(f64, f64)>,
        color: Rgb,
    },
    /// From x to x, and how high.
    Bars {
        bars: Vec<(f64, f64, f64)>,
        paint: Paint,
    },
}

/// One pair of axes.
pub(super) struct Panel {
    pub title: Option<String>,
    pub image: Option<Values>,
    pub marks: Vec<Mark>,
}

/// What the colours of images mean.
pub(super) struct Coloring {
    pub map: ColorMap,
    pub range: Range,
    pub dtype: DType,
    pub label: Option<String>,
    /// The values are whole numbers, in all panels.
    pub whole: bool,
}

/// All that a figure shows, before it has a place.
pub(super) struct Content {
    pub panels: Vec<Panel>,
    /// How many panels stand side by side.
    pub columns: usize,
    pub x: Axis,
    pub y: Axis,
    pub aspect: Option<f64>,
    pub coloring: Option<Coloring>,
    pub legend: Option<Legend>,
    /// The title where the user gave none.
    pub title: Option<String>,
}

/// Content in its place; drawing it cannot fail.
pub(super) struct Page<'a> {
    content: Content,
    settings: &'a Settings,
    coast: Vec<Vec<(f64, f64)>>,
    pub layout: Layout,
}

impl<'a> Page<'a> {
    /// # Errors
    /// When coast lines are asked for on axes that are not longitude and latitude.
    pub fn new(content: Content, settings: &'a Settings) -> Result<Self> {
        let coloring = content.coloring.as_ref().filter(|_| settings.colorbar);
        let label = |coloring: &Coloring| settings.colorbar_label.clone().or_else(|| coloring.label.clone());
        let bar = coloring
            .map(|coloring| move |length| ColorBar::new(coloring.range, coloring.dtype, length, label(coloring)));
        let bar = bar.as_ref().map(|bar| bar as &dyn Fn(f64) -> ColorBar);
        let wishes = Wishes {
            size: settings.size,
            // An empty title is none.
            title: settings.title.as_deref().or(content.title.as_deref()).filter(|title| !title.is_empty()),
            x_label: settings.x_label.as_deref().or(content.x.label.as_deref()),
            y_label: settings.y_label.as_deref().or(content.y.label.as_deref()),
            density: settings.density,
            x: &content.x,
            y: &content.y,
            aspect: content.aspect,
            panels: content.panels.len(),
            columns: content.columns,
            panel_titles: content.panels.iter().any(|panel| panel.title.is_some()),
            bar,
            shrink: settings.shrink,
            legend: content.legend.as_ref().map(Legend::width),
        };
        let layout = Layout::new(&wishes);
        let area = layout.panels[0];
        let coast = if settings.coastlines {
            coast::lines(&content.x, &content.y, (area.width, area.height))?
        } else {
            Vec::new()
        };
        Ok(Self { content, settings, coast, layout })
    }

    pub fn draw(&self, canvas: &mut dyn Canvas) {
        for (at, (panel, &area)) in self.content.panels.iter().zip(&self.layout.panels).enumerate() {
            self.panel(canvas, at, panel, area);
        }
        self.labels(canvas);
        if let (Some((bar, area)), Some(coloring)) = (&self.layout.bar, &self.content.coloring) {
            bar.draw(canvas, *area, &coloring.map);
        }
        if let (Some(legend), Some(corner)) = (&self.content.legend, self.layout.legend) {
            legend.draw(canvas, corner, self.layout.whole.height);
        }
        let style = TextStyle { size: TITLE_TEXT, color: INK, align: Align::Middle, upright: false };
        for (at, line) in self.layout.title.iter().enumerate() {
            let baseline = self.layout.title_y + at as f64 * TITLE_LINE * TITLE_TEXT;
            canvas.text(line, (self.layout.title_x, baseline), style);
        }
    }

    fn panel(&self, canvas: &mut dyn Canvas, at: usize, panel: &Panel, area: Rect) {
        let (x, y, layout) = (&self.content.x, &self.content.y, &self.layout);
        match (&panel.image, &self.content.coloring) {
            (Some(values), Some(coloring)) => self.image(canvas, area, values, coloring),
            _ => axes::grid(canvas, area, (x, &layout.x_ticks), (y, &layout.y_ticks)),
        }
        let over_image = panel.image.is_some();
        for mark in &panel.marks {
            self.mark(canvas, area, mark, over_image);
        }
        if !self.coast.is_empty() {
            let lines: Vec<Vec<Point>> =
                self.coast.iter().flat_map(|line| clip::line(&self.placed(area, line), area)).collect();
            canvas.lines(&lines, COAST_LINE, Paint { color: COAST, opacity: 0.85 });
        }
        if over_image {
            axes::frame(canvas, area)
        } else {
            axes::corner(canvas, area)
        }
        let (columns, panels) = (self.content.columns, self.content.panels.len());
        let ends = at + columns >= panels;
        axes::below(canvas, area, x, if ends { Some(&layout.x_ticks) } else { None });
        axes::left(canvas, area, y, if at.is_multiple_of(columns) { Some(&layout.y_ticks) } else { None });
        if let Some(title) = &panel.title {
            let style = TextStyle { size: PANEL_TEXT, ..axes::tick_style(Align::Middle) };
            canvas.text(title, (area.x + 0.5 * area.width, area.y - axes::LINE - PANEL_GAP), style);
        }
    }

    /// The notes and names of the axes, which all panels share.
    fn labels(&self, canvas: &mut dyn Canvas) {
        let (Content { x, y, .. }, Layout { whole, x_ticks, y_ticks, .. }) = (&self.content, &self.layout);
        let x_label = self.settings.x_label.as_deref().or(x.label.as_deref());
        let y_label = self.settings.y_label.as_deref().or(y.label.as_deref());
        axes::name_below(canvas, *whole, x_ticks.note.as_deref(), x_label);
        axes::name_left(canvas, *whole, y_ticks.note.as_deref(), y_label.map(|label| (label, self.layout.y_label_x)));
    }

    fn image(&self, canvas: &mut dyn Canvas, area: Rect, values: &Values, coloring: &Coloring) {
        let pixels = |length: f64| ((length * canvas.density()).round() as usize).max(1);
        let reduction = Reduction {
            width: pixels(area.width),
            height: pixels(area.height),
            range: coloring.range,
            nodata: self.settings.nodata,
            colors: &coloring.map,
            whole: coloring.whole,
            flip_rows: self.content.y.runs_up(),
            flip_columns: self.content.x.runs_left(),
        };
        let picture = reduction.picture(values);
        canvas.picture(area, &picture);
    }

    fn mark(&self, canvas: &mut dyn Canvas, area: Rect, mark: &Mark, over_image: bool) {
        match mark {
            Mark::Line { points, color } => {
                let placed = clip::thinned(&self.placed(area, points), canvas.density());
                let (dots, lines): (Vec<_>, Vec<_>) =
                    clip::line(&placed, area).into_iter().partition(|line| line.len() == 1);
                canvas.lines(&lines, LINE_WIDTH, Paint::solid(*color));
                // A value between two gaps has no line; a dot shows it.
                let dots: Vec<Point> = dots.into_iter().flatten().collect();
                canvas.discs(&dots, LONELY, Paint::solid(*color));
            }
            Mark::Points { points, color } => {
                let mut placed = self.placed(area, points);
                placed.retain(|point| clip::holds(area, *point));
                let (radius, opacity) = crowd(placed.len());
                if over_image {
                    canvas.discs(&placed, radius + 1.0, Paint::solid([255; 3]));
                    canvas.discs(&placed, radius, Paint::solid(*color));
                } else {
                    canvas.discs(&placed, radius, Paint { color: *color, opacity });
                }
            }
            Mark::Bars { bars, paint } => {
                for &(from, to, height) in bars.iter().filter(|bar| bar.2 > 0.0) {
                    let corners = self.placed(area, &[(from, height), (to, 0.0)]);
                    self.bar(canvas, area, (corners[0], corners[1]), *paint);
                }
            }
        }
    }

    fn bar(&self, canvas: &mut dyn Canvas, area: Rect, (top, bottom): (Point, Point), paint: Paint) {
        let pixel = 1.0 / canvas.density();
        let snap = |value: f64| (value / pixel).round() * pixel;
        let (left, right) = (snap(top.0.max(area.x)), snap(bottom.0.min(area.right())));
        // A sliver of white between bars, unless they are slivers themselves.
        let gap = if paint.opacity == 1.0 && right - left > 6.0 * pixel { pixel } else { 0.0 };
        let (high, low) = (snap(top.1.max(area.y)), snap(bottom.1.min(area.bottom())));
        if right - gap > left && low > high {
            canvas.wash(Rect { x: left, y: high, width: right - gap - left, height: low - high }, paint);
        }
    }

    /// From coordinates to places in `area`.
    fn placed(&self, area: Rect, points: &[(f64, f64)]) -> Vec<Point> {
        let (x, y) = (&self.content.x, &self.content.y);
        let (left, up) = (x.runs_left(), y.runs_up());
        let place =
            |&(a, b): &(f64, f64)| (area.x + x.place(a, left) * area.width, area.y + y.place(b, up) * area.height);
        points.iter().map(place).collect()
    }
}

/// Radius and opacity of so many points: the more there are, the finer they are.
fn crowd(count: usize) -> (f64, f64) {
    match count {
        0..=150 => (3.2, 0.85),
        151..=1000 => (2.6, 0.6),
        1001..=10_000 => (1.9, 0.35),
        10_001..=100_000 => (1.3, 0.25),
        _ => (1.0, 0.12),
    }
}
