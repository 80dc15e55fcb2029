//! What a warp needs of the source, and what it hands to GDAL's kernels: both worked out from the whole of two grids, so that
//! no value depends on the window that is read.

use super::scale::{Sampled, has_pole};
use super::transformer::{Positions, Transformer};
use crate::cancel;
use crate::geo::Grid;
use crate::raster::Resampling;
use crate::{Error, ErrorKind, Result};
use gdal::errors::GdalError;
use std::ffi::{c_int, c_void};
use std::ops::Range;

/// What GDAL adds to a position before it looks which pixel it lies in.
const SLACK: f64 = 1e-10;

/// How the new pixels lie in the old grid.
#[derive(Debug)]
pub(super) struct Mapping {
    transformer: Transformer,
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
        Ok(Self { transformer, source: from, target: to, resampling, is_cyclic, scale })
    }

    /// The distances from a row's upper and left edge at which the kernel asks for positions: at pixel centres, or at both
    /// corners of the area over which it takes means.
    fn offsets(&self) -> &'static [f64] {
        if self.resampling.is_over_areas() { &[0.0, 1.0] } else { &[0.5] }
    }

    /// The positions of a row of the target, of which `columns` are asked for: centres or corners, as `left` says.
    ///
    /// A centre that seems to lie just outside of the source is looked at exactly, as GDAL does: it may lie inside.
    fn row(&self, columns: &Range<usize>, left: f64, y: f64, into: &mut Positions) {
        self.transformer.row(self.target[1], left, y, into);
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
                self.transformer.exact(&mut one);
                (into.x[column], into.y[column], into.found[column]) = (one.x[0], one.y[0], one.found[0]);
            }
        }
    }

    /// Whether a centre lies in a pixel of the source, the far edges of the last ones among them but for GDAL's slack.
    fn is_inside(&self, x: f64, y: f64) -> bool {
        let [height, width] = self.source.map(|length| length as f64);
        x >= 0.0 && y >= 0.0 && x + SLACK <= width && y + SLACK <= height
    }

    /// The upper left and lower right corners, in the source, of the pixels of a row: of those that cover a part of it. The
    /// others have none, to which versions of GDAL give values too. Corners outside are brought to the edge.
    ///
    /// Not for means: GDAL's newer versions let the outermost pixels count for what lies beyond them, older ones give no
    /// value there. So that all do as the newer ones, the source goes on beyond its edges as far as corners lie outside.
    /// A pixel across the seam of a source that goes around the Earth ends beyond its last column.
    fn areas(&self, columns: &Range<usize>, row: usize, [first, second]: [&mut Positions; 2]) {
        self.row(columns, 0.0, row as f64, first);
        self.row(columns, 1.0, row as f64 + 1.0, second);
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

    /// The rows and columns of the source that the kernel looks at for a window of the target; none if it looks nowhere.
    pub fn needed(&self, window: &[Range<usize>; 2]) -> Result<Option<[Needed; 2]>> {
        let over_areas = self.resampling.is_over_areas();
        let [mut first, mut second] = [Positions::default(), Positions::default()];
        let (mut low, mut high, mut largest) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2], [0.0f64; 2]);
        for row in window[0].clone() {
            if row % 256 == 0 {
                cancel::check()?;
            }
            match over_areas {
                true => self.areas(&window[1], row, [&mut first, &mut second]),
                false => self.row(&window[1], 0.5, row as f64 + 0.5, &mut first),
            }
            for column in window[1].clone() {
                let Some(one) = first.get(column) else { continue };
                let other = if over_areas { second.get(column).unwrap_or(one) } else { one };
                if !over_areas && !self.is_inside(one.0, one.1) {
                    continue;
                }
                let (from, to) = ([one.1.min(other.1), one.0.min(other.0)], [one.1.max(other.1), one.0.max(other.0)]);
                for axis in [0, 1] {
                    low[axis] = low[axis].min(from[axis]);
                    high[axis] = high[axis].max(to[axis]);
                    largest[axis] = largest[axis].max(to[axis] - from[axis]);
                }
            }
        }
        if low[0] > high[0] {
            return Ok(None);
        }
        let along = |axis: usize| {
            let length = self.source[axis] as f64;
            let radius = (self.resampling.radius() / self.scale[axis].min(1.0)).ceil();
            // Over areas the kernel may judge by the width of what it has whether an area reaches around the Earth.
            let margin = radius + 2.0 + if over_areas { 2.0 * largest[axis].ceil() } else { 0.0 };
            let (least, most) = (low[axis].floor().min(0.0), high[axis].ceil().max(length));
            let (start, end) = ((low[axis] - margin).floor().max(least), (high[axis] + margin).ceil().min(most));
            let all = over_areas && (end - start) > length / 2.0;
            let is_cyclic = axis == 1 && self.is_cyclic && most > length;
            let (start, end) = if all || is_cyclic { (least, most) } else { (start, end) };
            let inside = start.clamp(0.0, length) as usize..end.clamp(0.0, length) as usize;
            let (mut before, mut after) = ((-start).max(0.0) as usize, (end - length).max(0.0) as usize);
            if over_areas && axis == 1 {
                // GDAL takes an area that ends within two new pixels of both edges for one around the Earth.
                let two = (2.0 / self.scale[1]).ceil() as usize + 2;
                (before, after) = (before.max(two), after.max(two));
            }
            Needed { before, after, inside, is_cyclic }
        };
        Ok(Some([along(0), along(1)]))
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
    fn start(&self) -> f64 {
        self.inside.start as f64 - self.before as f64
    }
}

/// What GDAL's kernel is given in place of a transformer: the rows of a window of the target, in a window of the source.
pub(super) struct Rows<'a> {
    mapping: &'a Mapping,
    window: &'a [Range<usize>; 2],
    needed: &'a [Needed; 2],
    lines: [Positions; 2],
}

impl<'a> Rows<'a> {
    pub fn new(mapping: &'a Mapping, window: &'a [Range<usize>; 2], needed: &'a [Needed; 2]) -> Self {
        Self { mapping, window, needed, lines: Default::default() }
    }

    /// Fills in the positions of points that are a row of the window; `false` if they are none.
    fn fill(&mut self, x: &mut [f64], y: &mut [f64], found: &mut [c_int]) -> bool {
        let columns = self.window[1].clone();
        let left = x[0] - columns.start as f64;
        let row_of_points = x.len() == columns.len()
            && self.mapping.offsets().contains(&left)
            && y.iter().all(|&other| other == y[0])
            && x[x.len() - 1] - x[0] == (x.len() - 1) as f64;
        if !row_of_points {
            return false;
        }
        let [first, second] = &mut self.lines;
        let line = if self.mapping.resampling.is_over_areas() {
            self.mapping.areas(&columns, (y[0] - left) as usize, [&mut *first, &mut *second]);
            if left == 0.0 { first } else { second }
        } else {
            self.mapping.row(&columns, left, y[0], first);
            first
        };
        for (at, column) in columns.enumerate() {
            (x[at], y[at], found[at]) = (line.x[column], line.y[column], line.found[column]);
        }
        true
    }

    /// Into the window of the source; a centre outside of the source has no value.
    fn shift(&self, x: &mut [f64], y: &mut [f64], found: &mut [c_int]) {
        let height = self.mapping.source[0] as f64;
        let over_areas = self.mapping.resampling.is_over_areas();
        for ((x, y), found) in x.iter_mut().zip(y).zip(found) {
            if over_areas && x.is_finite() && y.is_finite() || self.mapping.is_inside(*x, *y) {
                // On the lower edge it lies in the last row, and not in the one more that may follow.
                if !over_areas && *y + SLACK >= height {
                    *y = height - 2.0 * SLACK;
                }
            } else {
                *found = 0;
            }
            *x -= self.needed[1].start();
            *y -= self.needed[0].start();
        }
    }
}

/// A transformer as GDAL calls it.
///
/// # Safety
/// `argument` is a [`Rows`] that nobody else uses, and the lists have `count` elements each.
pub(super) unsafe extern "C" fn positions(
    argument: *mut c_void,
    to_source: c_int,
    count: c_int,
    x: *mut f64,
    y: *mut f64,
    z: *mut f64,
    found: *mut c_int,
) -> c_int {
    let length = usize::try_from(count).unwrap_or_default();
    if length == 0 {
        return 0;
    }
    if to_source == 0 {
        // GDAL asks whether the corners of the window of the source have a place in the target, and would fill gaps beside them;
        // whether it does must not depend on the window, so each has one.
        // SAFETY: as promised by the caller.
        unsafe { std::slice::from_raw_parts_mut(found, length) }.fill(1);
        return 1;
    }
    // SAFETY: as promised by the caller.
    let (rows, x, y, found) = unsafe {
        (
            &mut *argument.cast::<Rows<'_>>(),
            std::slice::from_raw_parts_mut(x, length),
            std::slice::from_raw_parts_mut(y, length),
            std::slice::from_raw_parts_mut(found, length),
        )
    };
    if !rows.fill(x, y, found) {
        // SAFETY: the transformer lives as long as the mapping; the lists are the caller's.
        unsafe {
            let handle = rows.mapping.transformer.handle();
            gdal_sys::GDALGenImgProjTransform(handle, 1, count, x.as_mut_ptr(), y.as_mut_ptr(), z, found.as_mut_ptr());
        }
    }
    rows.shift(x, y, found);
    1
}

/// Why a warp failed, unless it was stopped.
pub(super) fn failed(what: &str, said: &str) -> Error {
    if cancel::is_cancelled() {
        return Error::new(ErrorKind::Interrupted, "stopped");
    }
    Error::new(ErrorKind::Other, format!("{what}: {said}"))
}
