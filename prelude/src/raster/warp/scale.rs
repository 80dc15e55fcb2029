//! How large the pixels of two grids are to each other: what GDAL's kernels widen by where the new grid is coarser.
//!
//! GDAL works it out anew for each window that it warps, so that a pixel's value depends on the window. Here its rules are
//! applied to the whole of both grids, and the outcome is given to each window.

use super::transformer::{Positions, Transformer};
use crate::geo::{Crs, Grid};
use crate::raster::Resampling;
use gdal::errors::GdalError;
use gdal::spatial_ref::CoordTransform;

/// GDAL looks at this many points along each edge.
const STEPS: usize = 21;

/// Whether a pole lies in the grid: then what it covers is not told by its edges.
pub(super) fn has_pole(target: &Grid) -> Result<bool, GdalError> {
    let Some(crs) = &target.crs else { return Ok(false) };
    let Ok(degrees) = Crs::from_epsg(4326) else { return Ok(false) };
    // A system of its own, such as a building site's, has no poles.
    let Ok(transform) = CoordTransform::new(&degrees.reference()?, &crs.horizontal()?) else { return Ok(false) };
    let (left, bottom, right, top) = target.bounds();
    let inside = |latitude: f64| {
        let (mut x, mut y) = ([0.0], [latitude]);
        // Not every projection shows the poles.
        transform.transform_coords(&mut x, &mut y, &mut []).is_ok()
            && (left..=right).contains(&x[0])
            && (bottom..=top).contains(&y[0])
    };
    Ok(inside(90.0) || inside(-90.0))
}

/// Two grids, of which points are looked at.
pub(super) struct Sampled<'a> {
    pub transformer: &'a Transformer,
    /// Rows and columns.
    pub source: [usize; 2],
    /// Rows and columns.
    pub target: [usize; 2],
    /// Whether the source goes around the Earth, and the target is in another system.
    pub is_cyclic: bool,
}

/// The least and the largest of places along one axis.
#[derive(Clone, Copy)]
struct Extent(f64, f64);

impl Extent {
    const NONE: Self = Self(f64::INFINITY, f64::NEG_INFINITY);

    fn with(self, place: f64) -> Self {
        Self(self.0.min(place), self.1.max(place))
    }

    /// Places that are a whole number but for rounding are one.
    fn rounded(self) -> Self {
        let near = |place: f64| if (place.round() - place).abs() < 1e-6 { place.round() } else { place };
        Self(near(self.0), near(self.1))
    }
}

impl Sampled<'_> {
    /// New pixels for each old one, down and across.
    pub fn scale(&self, resampling: Resampling, has_pole: bool) -> [f64; 2] {
        let edges = self.edges();
        let (mut extents, mut failed) = extents(&edges);
        if failed > 0 || has_pole {
            let inner = self.transformed(grid(self.target));
            (extents, failed) = self::extents(&inner);
            extents = self.with_source_points(extents);
        }
        if extents.iter().any(|extent| extent.0 > extent.1) {
            return [1.0; 2];
        }
        let margin = if failed > 0 { 10.0 } else { 0.0 };
        let [down, across] = [0, 1].map(|axis| self.along(axis, extents[axis].rounded(), resampling.radius(), margin));
        // Beyond this GDAL measures anew, in the window that it is given.
        [down, across.max(down / 100.0)]
    }

    /// Points all around the target, in the source. The places add up as GDAL's do: a last digit decides on which side of a
    /// seam a point lies.
    fn edges(&self) -> Positions {
        let [height, width] = self.target.map(|length| length as f64);
        let step = 1.0 / (STEPS - 1) as f64;
        let ratios = std::iter::successors(Some(0.0), |ratio| Some(ratio + step)).take(STEPS);
        self.transformed(ratios.flat_map(|ratio| {
            let (x, y) = (ratio * width, ratio * height);
            [(x, 0.0), (x, height), (0.0, y), (width, y)]
        }))
    }

    fn transformed(&self, points: impl Iterator<Item = (f64, f64)>) -> Positions {
        let mut points = Positions::at(points);
        self.transformer.exact(&mut points);
        points
    }

    /// With the points of a grid over the source that lie in the target.
    fn with_source_points(&self, extents: [Extent; 2]) -> [Extent; 2] {
        let points: Vec<(f64, f64)> = grid(self.source).collect();
        let mut moved = Positions::at(points.iter().copied());
        self.transformer.forward(&mut moved);
        let [height, width] = self.target.map(|length| length as f64);
        let [mut down, mut across] = extents;
        for (at, (x, y)) in points.into_iter().enumerate() {
            let inside = |(x, y): (f64, f64)| (0.0..=width).contains(&x) && (0.0..=height).contains(&y);
            if moved.get(at).is_some_and(inside) {
                (down, across) = (down.with(y), across.with(x));
            }
        }
        [down, across]
    }

    fn along(&self, axis: usize, Extent(low, high): Extent, radius: f64, margin: f64) -> f64 {
        let (from, to) = (self.source[axis] as f64, self.target[axis] as f64);
        let (first, last) = (low.max(0.0).trunc(), high.ceil().min(from));
        let nearly = last - first > 0.9 * from;
        // A window across the seam of a source around the Earth is all of it.
        let raw = if nearly && axis == 1 && self.is_cyclic { from } else { (high - low).min(from - first).max(0.0) };
        if raw == 0.0 {
            return 1.0;
        }
        let rough = (to / (high - low)).max(1e-3);
        let radius = margin + if rough < 0.95 { (radius / rough).ceil() } else { radius };
        let read = match nearly {
            true => from,
            false => {
                let start = (first - radius).max(0.0).min(from);
                (last - start + radius).min(from - start).max(0.0)
            }
        };
        if read >= to && read <= to + (read - raw) {
            return 1.0;
        }
        let scale = to / raw;
        let reciprocal = 1.0 / scale;
        let whole = (reciprocal + 0.5).trunc();
        if scale < 1.0 && (reciprocal - whole).abs() < 0.05 { 1.0 / whole } else { scale }
    }
}

/// Points over a whole grid, also close to its edges.
fn grid([height, width]: [usize; 2]) -> impl Iterator<Item = (f64, f64)> {
    let along = |length: usize| {
        let half = 0.5 / length as f64;
        let inner = (0..STEPS).map(|step| step as f64 / (STEPS - 1) as f64);
        std::iter::once(half).chain(inner).chain(std::iter::once(1.0 - half)).map(move |ratio| ratio * length as f64)
    };
    along(height).flat_map(move |y| along(width).map(move |x| (x, y)))
}

/// What points cover down and across, and how many have no place.
fn extents(points: &Positions) -> ([Extent; 2], usize) {
    let places = (0..points.x.len()).filter_map(|at| points.get(at));
    let (extents, count) = places
        .fold(([Extent::NONE; 2], 0), |([down, across], count), (x, y)| ([down.with(y), across.with(x)], count + 1));
    (extents, points.x.len() - count)
}
