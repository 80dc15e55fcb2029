//! An image of values with its axes, title and colour bar.

use super::axes::{self, INK};
use super::canvas::{Align, Canvas, TextStyle};
use super::colorbar::ColorBar;
use super::colormap::ColorMap;
use super::figure::Settings;
use super::layout::{Layout, TITLE_LINE, TITLE_TEXT, Wishes};
use super::range::Range;
use super::reduce::Reduction;
use super::source::Image;
use super::stats::Stats;
use crate::Result;

/// A heatmap with every decision made; drawing it cannot fail.
pub(super) struct Heatmap<'a> {
    image: &'a Image,
    settings: &'a Settings,
    colors: ColorMap,
    range: Range,
    pub layout: Layout,
}

impl<'a> Heatmap<'a> {
    /// # Errors
    /// When the settings contradict each other or the values. There must be cells to draw and a finite value.
    pub fn new(image: &'a Image, settings: &'a Settings, stats: &Stats) -> Result<Self> {
        let colors = ColorMap::named(&settings.color_map)?;
        let range = Range::new(settings.vmin, settings.vmax, stats)?;
        let dtype = image.values.dtype();
        let label = settings.colorbar_label.clone().or_else(|| image.label.clone());
        let bar = |length| ColorBar::new(range, dtype, length, label.clone());
        let wishes = Wishes {
            size: settings.size,
            title: settings.title.as_deref(),
            x_label: settings.x_label.as_deref().or(image.columns.label.as_deref()),
            y_label: settings.y_label.as_deref().or(image.rows.label.as_deref()),
            density: settings.density,
            bar: settings.colorbar.then_some(&bar),
            shrink: settings.shrink,
        };
        let layout = Layout::new(image, &wishes);
        Ok(Self { image, settings, colors, range, layout })
    }

    pub fn draw(&self, canvas: &mut dyn Canvas) {
        let Layout { image: area, .. } = self.layout;
        let Image { rows, columns, .. } = self.image;
        let pixels = |length: f64| ((length * canvas.density()).round() as usize).max(1);
        let reduction = Reduction {
            width: pixels(area.width),
            height: pixels(area.height),
            range: self.range,
            nodata: self.settings.nodata,
            colors: &self.colors,
            flip_rows: rows.runs_up(),
            flip_columns: columns.runs_left(),
        };
        canvas.picture(area, &reduction.picture(&self.image.values));
        axes::frame(canvas, area);
        let x_label = self.settings.x_label.as_deref().or(columns.label.as_deref());
        let y_label = self.settings.y_label.as_deref().or(rows.label.as_deref());
        axes::below(canvas, area, columns, &self.layout.x_ticks, x_label);
        axes::left(canvas, area, rows, &self.layout.y_ticks, y_label.map(|label| (label, self.layout.y_label_x)));
        if let Some((bar, area)) = &self.layout.bar {
            bar.draw(canvas, *area, &self.colors);
        }
        let style = TextStyle { size: TITLE_TEXT, color: INK, align: Align::Middle, upright: false };
        for (at, line) in self.layout.title.iter().enumerate() {
            let baseline = self.layout.title_y + at as f64 * TITLE_LINE * TITLE_TEXT;
            canvas.text(line, (self.layout.title_x, baseline), style);
        }
    }
}
