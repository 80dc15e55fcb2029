//! What a warp needs of the source, and what it hands to GDAL's kernels: both worked out from the whole of two grids, so that
//! no value depends on the window that is read.

use super::scale::{Sampled, has_pole};
use super::transformer::{Positions, Transformer};
use crate::Result;
use crate::cancel;
use crate::gdal::library;
use crate::geo::Grid;
use crate::raster::Resampling;
use gdal::errors::GdalError;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// What GDAL adds to a position before it looks which pixel it lies in.
pub(super) const SLACK: f64 = 1e-10;

/// How the new pixels lie in the old grid. Used by any number of threads: each takes a transformer that no other has.
#[derive(Debug)]
pub(super) struct Mapping {
    grids: [Grid; 2],
    idle: Mutex<Vec<Transformer>>,
    source: [usize; 2],
    target: [usize; 2],
    resampling: Resampling,
    /// Whether the source goes around the Earth, so that its first column follows its last.
    is_cyclic: bool,
    /// New pixels for each old one, down and across.
    pub scale: [f64; 2],
}

impl Mapping {
    pub fn new(source: &Grid, target: &Grid, resampling: Resampling) -> Result<Self, GdalError> {
        let transformer = Transformer::between(source, target)?;
        let (from, to) = (source.shape(), target.shape());
        let moved = source.crs.as_ref().zip(target.crs.as_ref()).is_some_and(|(one, other)| !one.same(other));
        let is_cyclic = source.is_cyclic() && moved;
        let sampled = Sampled { transformer: &transformer, source: from, target: to, is_cyclic };
        let scale = sampled.scale(resampling, has_pole(target)?);
        let grids = [source.clone(), target.clone()];
        let idle = Mutex::new(vec![transformer]);
        Ok(Self { grids, idle, source: from, target: to, resampling, is_cyclic, scale })
    }

    /// How many rows and columns there are of the source.
    pub fn source(&self) -> [usize; 2] {
        self.source
    }

    pub fn resampling(&self) -> Resampling {
        self.resampling
    }

    /// Uses a transformer. There are as many as threads that need one at the same moment.
    pub fn with<R>(&self, work: impl FnOnce(&Transformer) -> R) -> Result<R, String> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = idle().pop();
        let transformer = match taken {
            Some(transformer) => transformer,
            None => library::call(|| Transformer::between(&self.grids[0], &self.grids[1]))?,
        };
        let done = work(&transformer);
        idle().push(transformer);
        Ok(done)
    }

    /// The distances from a row's upper and left edge at which the kernel asks for positions: at pixel centres, or at both
    /// corners of the area over which it takes means.
    pub fn offsets(&self) -> &'static [f64] {
        if self.resampling.is_over_areas() { &[0.0, 1.0] } else { &[0.5] }
    }

    /// The positions of a row of the target, of which `columns` are asked for: centres or corners, as `left` says.
    ///
    /// A centre that seems to lie just outside of the source is looked at exactly, as GDAL does: it may lie inside.
    pub fn row(&self, transformer: &Transformer, columns: &Range<usize>, left: f64, y: f64, into: &mut Positions) {
        transformer.row(self.target[1], left, y, into);
        if self.resampling.is_over_areas() {
            return;
        }
        let [height, width] = self.source.map(|length| length as f64);
        for column in columns.clone() {
            let Some((x_approximate, y_approximate)) = into.get(column) else { continue };
            let near = |at: f64, length: f64| at > -1.0 && at < length + 1.0;
            let inside = self.is_inside(x_approximate, y_approximate);
            if !inside && near(x_approximate, width) && near(y_approximate, height) {
                let mut one = Positions::at([(column as f64 + left, y)].into_iter());
                transformer.exact(&mut one);
                (into.x[column], into.y[column], into.found[column]) = (one.x[0], one.y[0], one.found[0]);
            }
        }
    }

    /// Whether a centre lies in a pixel of the source, the far edges of the last ones among them but for GDAL's slack.
    pub fn is_inside(&self, x: f64, y: f64) -> bool {
        let [height, width] = self.source.map(|length| length as f64);
        x >= 0.0 && y >= 0.0 && x + SLACK <= width && y + SLACK <= height
    }

    /// The upper left and lower right corners, in the source, of the pixels of a row: of those that cover a part of it. The
    /// others have none, to which versions of GDAL give values too. Corners outside are brought to the edge.
    ///
    /// Not for means: GDAL's newer versions let the outermost pixels count for what lies beyond them, older ones give no
    /// value there. So that all do as the newer ones, the source goes on beyond its edges as far as corners lie outside.
    /// A pixel across the seam of a source that goes around the Earth ends beyond its last column.
    fn areas(
        &self,
        transformer: &Transformer,
        columns: &Range<usize>,
        row: usize,
        [first, second]: [&mut Positions; 2],
    ) {
        self.row(transformer, columns, 0.0, row as f64, first);
        self.row(transformer, columns, 1.0, row as f64 + 1.0, second);
        let [height, width] = self.source.map(|length| length as f64);
        for column in columns.clone() {
            let corners = first.get(column).zip(second.get(column));
            let covers = |one: f64, other: f64, length: f64| one.max(other) > 0.0 && one.min(other) < length;
            let covered = corners.filter(|(a, b)| covers(a.0, b.0, width) && covers(a.1, b.1, height));
            let beyond = |length: f64| if self.resampling == Resampling::Average { length } else { 0.0 };
            let across = covered.is_some_and(|(a, b)| self.is_cyclic && (a.0 - b.0).abs() > width / 2.0);
            for line in [&mut *first, &mut *second] {
                if across && line.x[column] < width / 2.0 {
                    line.x[column] += width;
                }
                let beyond = |length: f64| if across { length } else { beyond(length) };
                match covered {
                    None => line.found[column] = 0,
                    Some(_) => {
                        line.x[column] = fine(line.x[column].clamp(-beyond(width), width + beyond(width)));
                        line.y[column] = fine(line.y[column].clamp(-beyond(height), height + beyond(height)));
                    }
                }
            }
        }
    }

    /// Where the pixels of a window of the target lie, and what the kernel looks at of the source for them; none if it looks
    /// nowhere.
    ///
    /// # Errors
    /// When Stop was pressed, or GDAL has no transformer.
    pub fn lines(&self, transformer: &Transformer, window: &[Range<usize>; 2]) -> Result<Option<Lines>> {
        let over_areas = self.resampling.is_over_areas();
        let [mut first, mut second] = [Positions::default(), Positions::default()];
        let mut extent = Extent::default();
        let pixels = window[0].len() * window[1].len();
        let mut lines = vec![Line::with_capacity(pixels)];
        lines.extend(over_areas.then(|| Line::with_capacity(pixels)));
        for row in window[0].clone() {
            if row % 256 == 0 {
                cancel::check()?;
            }
            match over_areas {
                true => self.areas(transformer, &window[1], row, [&mut first, &mut second]),
                false => self.row(transformer, &window[1], 0.5, row as f64 + 0.5, &mut first),
            }
            for column in window[1].clone() {
                let one = first.get(column);
                lines[0].push(one);
                let other = if over_areas { second.get(column) } else { one };
                if over_areas {
                    lines[1].push(other);
                }
                let Some(one) = one else { continue };
                if over_areas || self.is_inside(one.0, one.1) {
                    extent.add(one, other.unwrap_or(one));
                }
            }
        }
        Ok(self.needed(&extent).map(|needed| Lines { lines, needed }))
    }

    /// The rows and columns of the source that the kernel looks at for pixels that lie in `extent`.
    fn needed(&self, extent: &Extent) -> Option<[Needed; 2]> {
        let over_areas = self.resampling.is_over_areas();
        let Extent { low, high, largest } = extent;
        if low[0] > high[0] {
            return None;
        }
        let along = |axis: usize| {
            let length = self.source[axis] as f64;
            // Over areas the kernel may judge by the width of what it has whether an area reaches around the Earth.
            let around = over_areas && axis == 1;
            let margin = self.radius(axis) + 2.0 + if around { 2.0 * largest[axis].ceil() } else { 0.0 };
            let (least, most) = (low[axis].floor().min(0.0), high[axis].ceil().max(length));
            let (start, end) = ((low[axis] - margin).floor().max(least), (high[axis] + margin).ceil().min(most));
            let all = around && (end - start) > length / 2.0;
            let is_cyclic = axis == 1 && self.is_cyclic && most > length;
            let (start, end) = if all || is_cyclic { (least, most) } else { (start, end) };
            let inside = start.clamp(0.0, length) as usize..end.clamp(0.0, length) as usize;
            let (mut before, mut after) = ((-start).max(0.0) as usize, (end - length).max(0.0) as usize);
            if around {
                // GDAL takes an area that ends within two new pixels of both edges for one around the Earth.
                let two = (2.0 / self.scale[1]).ceil() as usize + 2;
                (before, after) = (before.max(two), after.max(two));
            }
            Needed { before, after, inside, is_cyclic }
        };
        Some([along(0), along(1)])
    }

    /// How far the kernel looks along an axis, in pixels of the source.
    pub fn radius(&self, axis: usize) -> f64 {
        (self.resampling.radius() / self.scale[axis].min(1.0)).ceil()
    }
}

/// The places that pixels have in the source: between which rows and columns, and the largest of them.
struct Extent {
    low: [f64; 2],
    high: [f64; 2],
    largest: [f64; 2],
}

impl Default for Extent {
    fn default() -> Self {
        Self { low: [f64::INFINITY; 2], high: [f64::NEG_INFINITY; 2], largest: [0.0; 2] }
    }
}

impl Extent {
    /// With a pixel between two corners, (x, y) each.
    fn add(&mut self, one: (f64, f64), other: (f64, f64)) {
        let (from, to) = ([one.1.min(other.1), one.0.min(other.0)], [one.1.max(other.1), one.0.max(other.0)]);
        for axis in [0, 1] {
            self.low[axis] = self.low[axis].min(from[axis]);
            self.high[axis] = self.high[axis].max(to[axis]);
            self.largest[axis] = self.largest[axis].max(to[axis] - from[axis]);
        }
    }
}

/// Where the pixels of a window of the target lie in the source.
#[derive(Debug)]
pub(super) struct Lines {
    /// Their centres, or their upper left and their lower right corners.
    pub lines: Vec<Line>,
    /// What the kernel looks at for them.
    pub needed: [Needed; 2],
}

/// A place for each pixel, row by row; NaN where it has none.
#[derive(Debug)]
pub(super) struct Line {
    pub x: Vec<f64>,
    pub y: Vec<f64>,
}

impl Line {
    fn with_capacity(pixels: usize) -> Self {
        Self { x: Vec::with_capacity(pixels), y: Vec::with_capacity(pixels) }
    }

    fn push(&mut self, place: Option<(f64, f64)>) {
        let (x, y) = place.unwrap_or((f64::NAN, f64::NAN));
        self.x.push(x);
        self.y.push(y);
    }
}

/// A place to a part of a pixel that no mean can tell, which leaves its last digits free: then it is the same part of a pixel
/// whichever window of the source it is counted in.
fn fine(place: f64) -> f64 {
    const PARTS: f64 = (1u64 << 30) as f64;
    (place * PARTS).round() / PARTS
}

/// The pixels of the source along one axis that a window of the target needs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Needed {
    /// Those that there are.
    pub inside: Range<usize>,
    /// How often the first is repeated before it, where the source begins.
    pub before: usize,
    /// How often the last is repeated after it, where the source ends.
    pub after: usize,
    /// Whether the first ones follow it instead.
    pub is_cyclic: bool,
}

impl Needed {
    /// How many pixels there are with the repeated ones.
    pub fn len(&self) -> usize {
        self.before + self.inside.len() + self.after
    }

    /// Where the first of them lies in the source.
    pub fn start(&self) -> f64 {
        self.inside.start as f64 - self.before as f64
    }
}
