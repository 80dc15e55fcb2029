//! Coast lines of the part of the Earth that a figure shows, traced from the bundled land mask at the screen's resolution.

use super::axes::{Axis, Meaning};
use super::contour::Grid;
use crate::geo::land::{self, CORNER, PIXEL, SHAPE};
use crate::parallel::threads;
use crate::{Error, ErrorKind, Result};
use std::sync::OnceLock;

/// Distance of the places at which land is looked for, in CSS pixels.
const DISTANCE: f64 = 0.75;
/// A closed line around less than this many places is a speck.
const SPECK: f64 = 1.6;

/// One bit per pixel of the mask.
struct Land(Vec<u8>);

impl Land {
    const ROW: usize = SHAPE.1 / 8;

    /// The mask, decoded once.
    fn get() -> Result<&'static Self> {
        static MASK: OnceLock<std::result::Result<Land, String>> = OnceLock::new();
        let packed = || {
            let mask = land::mask().map_err(|error| error.to_string())?;
            let cells: Vec<u8> = mask.into_iter().collect();
            Ok(Self(cells.chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | (bit & 1))).collect()))
        };
        MASK.get_or_init(packed)
            .as_ref()
            .map_err(|error| Error::new(ErrorKind::Other, format!("coastlines: the land mask: {error}")))
    }

    fn is_land(&self, row: usize, column: usize) -> bool {
        self.0[row * Self::ROW + column / 8] >> (7 - column % 8) & 1 == 1
    }

    /// The share of land in the square of `side` pixels whose first is (row, column); NaN beyond the mask.
    ///
    /// Columns go round the Earth.
    fn share(&self, row: i64, column: i64, side: i64) -> f32 {
        let rows = row.max(0)..(row + side).min(SHAPE.0 as i64);
        if rows.end - rows.start < side.min(SHAPE.0 as i64) {
            return f32::NAN;
        }
        let column = column.rem_euclid(SHAPE.1 as i64) as usize;
        let columns = side.min(SHAPE.1 as i64) as usize;
        let mut land = 0_u32;
        for row in rows.clone() {
            land += (0..columns).filter(|at| self.is_land(row as usize, (column + at) % SHAPE.1)).count() as u32;
        }
        land as f32 / ((rows.end - rows.start) as f32 * columns as f32)
    }
}

/// The coast lines between the ends of the axes, as (longitude, latitude), for an area of `size` CSS pixels.
///
/// # Errors
/// When the axes are not longitude and latitude.
pub(super) fn lines(x: &Axis, y: &Axis, size: (f64, f64)) -> Result<Vec<Vec<(f64, f64)>>> {
    if x.meaning != Meaning::Longitude || y.meaning != Meaning::Latitude {
        let message = "coastlines: they need longitude across and latitude down the figure; give the array coordinates \
                       in degrees (named lon and lat, or with a geographic CRS), or reproject it with \
                       .reproject(\"EPSG:4326\")";
        return Err(Error::new(ErrorKind::Mismatch, message));
    }
    let ((west, east), (south, north)) = (x.ends(), y.ends());
    if !(east - west).is_finite() || !(north - south).is_finite() || east - west > 1080.0 {
        return Ok(Vec::new());
    }
    let wanted = DISTANCE * ((east - west) / size.0).max((north - south) / size.1);
    // Whole pixels of the mask, so that none is counted twice.
    let side = (wanted / PIXEL).round().max(1.0);
    let step = side * PIXEL;
    let first = (((west - CORNER.0) / step).floor() as i64 - 1, ((CORNER.1 - north) / step).floor() as i64 - 1);
    let columns = ((east - west) / step).ceil() as usize + 4;
    let rows = ((north.min(90.0) - south.max(-90.0)) / step).ceil().max(0.0) as usize + 4;
    let land = Land::get()?;
    let side = side as i64;
    let row = |at: usize| {
        let row = first.1 + at as i64;
        (0..columns).map(move |column| land.share(row * side, (first.0 + column as i64) * side, side))
    };
    let values = threads::map_parts(rows, &|rows| rows.flat_map(row).collect::<Vec<f32>>()).concat();
    let place = |(column, row): (f64, f64)| {
        let along = |first: i64, at: f64| (first as f64 + at + 0.5) * step;
        (CORNER.0 + along(first.0, column), CORNER.1 - along(first.1, row))
    };
    let lines = Grid { columns, values }.lines(0.5);
    Ok(lines.into_iter().filter(|line| is_seen(line)).map(|line| line.into_iter().map(place).collect()).collect())
}

/// Whether a line, in places, is more than a speck.
fn is_seen(line: &[(f64, f64)]) -> bool {
    let span = |part: fn(&(f64, f64)) -> f64| {
        let ends = line.iter().map(part).fold((f64::INFINITY, f64::NEG_INFINITY), |e, v| (e.0.min(v), e.1.max(v)));
        ends.1 - ends.0
    };
    line.first() != line.last() || span(|place| place.0).max(span(|place| place.1)) >= SPECK
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(meaning: Meaning, start: f64, end: f64) -> Axis {
        Axis { meaning, start, end, label: None, forward: false }
    }

    fn traced(west: f64, east: f64, south: f64, north: f64) -> Vec<(f64, f64)> {
        let (x, y) = (axis(Meaning::Longitude, west, east), axis(Meaning::Latitude, north, south));
        lines(&x, &y, (600.0, 400.0)).unwrap().concat()
    }

    fn nearest(places: &[(f64, f64)], (x, y): (f64, f64)) -> f64 {
        places.iter().map(|place| (place.0 - x).hypot(place.1 - y)).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn the_coast_is_where_it_is() {
        // Dakar's Cap-Vert, the west end of Africa; Lagos; nothing in the Sahara.
        let places = traced(-20.0, 15.0, 0.0, 25.0);
        assert!(nearest(&places, (-17.53, 14.72)) < 0.15 && nearest(&places, (3.4, 6.42)) < 0.15);
        assert!(nearest(&places, (2.0, 22.0)) > 5.0);
    }

    #[test]
    fn longitudes_from_0_to_360_have_the_same_coasts() {
        let (here, there) = (traced(-20.0, 15.0, 0.0, 25.0), traced(340.0, 375.0, 0.0, 25.0));
        assert_eq!(here.len(), there.len());
        assert!(here.iter().zip(&there).all(|(a, b)| (a.0 + 360.0 - b.0).abs() < 1e-6 && (a.1 - b.1).abs() < 1e-9));
    }

    #[test]
    fn the_mask_s_own_edges_are_no_coasts() {
        let places = traced(-180.0, 180.0, -90.0, 90.0);
        assert!(places.iter().all(|place| (-60.0..69.99).contains(&place.1)));
        // Across the date line, Chukotka is one piece of land.
        assert!(nearest(&traced(170.0, 200.0, 60.0, 69.0), (180.0, 67.8)) > 0.3);
    }

    #[test]
    fn other_axes_are_refused_with_what_to_do() {
        let error = lines(&Axis::index(5), &Axis::index(5), (100.0, 100.0)).unwrap_err().to_string();
        assert!(error.contains("reproject"), "{error}");
        let far = axis(Meaning::Longitude, 0.0, 1e9);
        assert!(lines(&far, &axis(Meaning::Latitude, 0.0, 1.0), (100.0, 100.0)).unwrap().is_empty());
    }
}
