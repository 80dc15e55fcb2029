//! Latitudes and longitudes of a grid's points, in the order of the file.

use super::gaussian;
use super::grid::{Corners, Grid, Places, Projected, Rotation, Row};
use crate::gdal::library;
use crate::limits::refuse_beyond_memory;
use crate::{Error, ErrorKind, Result};
use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};

/// Degrees along the axes of a grid, or of each of its points.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Coordinates {
    /// Every row has one latitude, every column one longitude.
    Axes { latitudes: Vec<f64>, longitudes: Vec<f64> },
    /// Rows and columns, with both for each point, row by row.
    Plane { latitudes: Vec<f64>, longitudes: Vec<f64> },
    /// Points without rows and columns.
    Points { latitudes: Vec<f64>, longitudes: Vec<f64> },
    /// It is not known where the points are.
    Unknown,
}

impl Coordinates {
    /// # Errors
    /// If a projection cannot be undone, or a Gaussian grid has rows where there are none.
    pub(super) fn of(grid: &Grid) -> Result<Self> {
        let edges = grid.size.map(|(columns, rows)| columns as u64 + rows as u64);
        // Named by the kinds for which cfgrib has rows and columns.
        let plane = matches!(
            grid.kind,
            "rotated_ll" | "rotated_gg" | "lambert" | "lambert_azimuthal_equal_area" | "albers" | "polar_stereographic"
        );
        let axes = matches!(grid.kind, "regular_ll" | "regular_gg");
        let numbers = match (&grid.places, edges) {
            (Places::Unknown, _) => 0,
            (_, Some(edges)) if axes => edges,
            // Degrees, and what they are worked out from.
            _ => (grid.points as u64).saturating_mul(4),
        };
        refuse_beyond_memory(
            "the places of its points",
            numbers.saturating_mul(8),
            "leave the variable out with drop_variables",
        )?;
        match (&grid.places, grid.size) {
            (Places::Unknown, _) => Ok(Self::Unknown),
            (Places::LatLon(_) | Places::Gaussian { .. }, Some(size)) if axes => {
                let (latitudes, longitudes) = lines(&grid.places, grid, size)?;
                Ok(Self::Axes { latitudes, longitudes })
            }
            _ => {
                let (latitudes, longitudes) = each(&grid.places, grid)?;
                Ok(if plane { Self::Plane { latitudes, longitudes } } else { Self::Points { latitudes, longitudes } })
            }
        }
    }
}

/// The degrees of the rows and of the columns of a regular grid.
fn lines(places: &Places, grid: &Grid, (columns, rows): (usize, usize)) -> Result<(Vec<f64>, Vec<f64>)> {
    match places {
        Places::LatLon(corners) => {
            Ok((even(corners.first.0, corners.last.0, rows), meridians(*corners, grid, columns)))
        }
        Places::Gaussian { corners, half, .. } => {
            let latitudes = gaussian::rows(*half, rows, *corners, grid.scanning.j_positive)?;
            Ok((latitudes, meridians(*corners, grid, columns)))
        }
        _ => Err(Error::new(ErrorKind::Other, "the grid has no common latitudes")),
    }
}

/// Equal steps from one degree to another. Files count in thousandths or millionths, so digits far behind are noise.
fn even(first: f64, last: f64, count: usize) -> Vec<f64> {
    let step = if count > 1 { (last - first) / (count - 1) as f64 } else { 0.0 };
    (0..count).map(|at| ((first + step * at as f64) * 1e9).round() / 1e9).collect()
}

/// Longitudes that go one way only, across Greenwich and the date line too.
fn meridians(corners: Corners, grid: &Grid, columns: usize) -> Vec<f64> {
    let (mut first, mut last) = (corners.first.1, corners.last.1);
    if columns > 1 {
        if !grid.scanning.i_negative && last < first {
            if first >= 180.0 { first -= 360.0 } else { last += 360.0 }
        }
        if grid.scanning.i_negative && last > first {
            if last >= 180.0 { last -= 360.0 } else { first += 360.0 }
        }
    }
    even(first, last, columns)
}

/// The degrees of each point, row by row.
fn each(places: &Places, grid: &Grid) -> Result<(Vec<f64>, Vec<f64>)> {
    match places {
        Places::Rotated { inner, rotation } => {
            let (mut latitudes, mut longitudes) = each(inner, grid)?;
            for (latitude, longitude) in latitudes.iter_mut().zip(&mut longitudes) {
                (*latitude, *longitude) = rotation.undo(*latitude, *longitude);
            }
            Ok((latitudes, longitudes))
        }
        Places::Gaussian { corners, half, rows: Some(rows) } => {
            let latitudes = gaussian::rows(*half, rows.len(), *corners, grid.scanning.j_positive)?;
            Ok(unlike(&latitudes, rows, *corners))
        }
        Places::ReducedLatLon { corners, rows } => {
            Ok(unlike(&even(corners.first.0, corners.last.0, rows.len()), rows, *corners))
        }
        Places::LatLon(_) | Places::Gaussian { .. } => {
            let size = grid.size.ok_or_else(|| Error::new(ErrorKind::Other, "the grid has no rows"))?;
            let (rows, columns) = lines(places, grid, size)?;
            Ok((
                rows.iter().flat_map(|&row| std::iter::repeat_n(row, columns.len())).collect(),
                rows.iter().flat_map(|_| columns.iter().copied()).collect(),
            ))
        }
        Places::Projected(projected) => projected.undo(grid),
        Places::Unknown => Err(Error::new(ErrorKind::Other, "it is not known where the points are")),
    }
}

fn unlike(latitudes: &[f64], rows: &[Row], corners: Corners) -> (Vec<f64>, Vec<f64>) {
    let mut places = (Vec::new(), Vec::new());
    for (&latitude, row) in latitudes.iter().zip(rows) {
        let span = match corners.last.1 - corners.first.1 {
            span if span < 0.0 => span + 360.0,
            span => span,
        };
        for at in 0..row.count {
            let longitude = match row.around {
                0 if row.count == 1 => corners.first.1,
                0 => corners.first.1 + span * at as f64 / (row.count - 1) as f64,
                around => (row.start + at as i64) as f64 * 360.0 / around as f64,
            };
            places.0.push(latitude);
            places.1.push(longitude);
        }
    }
    places
}

impl Rotation {
    /// From the rotated degrees to those of the earth.
    fn undo(self, latitude: f64, longitude: f64) -> (f64, f64) {
        let (latitude, longitude) = (latitude.to_radians(), longitude.to_radians());
        let (x, y, z) = (longitude.cos() * latitude.cos(), longitude.sin() * latitude.cos(), latitude.sin());
        let (tilt, turn) = (-(90.0 + self.south_pole.0).to_radians(), -self.south_pole.1.to_radians());
        let (sin_tilt, cos_tilt) = tilt.sin_cos();
        let (sin_turn, cos_turn) = turn.sin_cos();
        let east = cos_tilt * cos_turn * x + sin_turn * y + sin_tilt * cos_turn * z;
        let north = -cos_tilt * sin_turn * x + cos_turn * y - sin_tilt * sin_turn * z;
        let up = cos_tilt * z - sin_tilt * x;
        (up.clamp(-1.0, 1.0).asin().to_degrees(), north.atan2(east).to_degrees() - self.angle)
    }
}

impl Projected {
    /// The metres of the columns and of the rows on the map.
    pub(super) fn metres(&self, grid: &Grid) -> Result<(Vec<f64>, Vec<f64>)> {
        let (columns, rows) = grid.size.ok_or_else(|| Error::new(ErrorKind::Other, "the grid has no rows"))?;
        let (mut x, mut y) = ([self.first.1], [self.first.0]);
        self.transformed(grid, true, &mut x, &mut y)?;
        let across = if grid.scanning.i_negative { -self.step.0 } else { self.step.0 };
        let down = if grid.scanning.j_positive { self.step.1 } else { -self.step.1 };
        let steps = |first: f64, step: f64, count: usize| (0..count).map(|at| first + step * at as f64).collect();
        Ok((steps(x[0], across, columns), steps(y[0], down, rows)))
    }

    /// The degrees of each point, from steps on the map.
    fn undo(&self, grid: &Grid) -> Result<(Vec<f64>, Vec<f64>)> {
        let (x, y) = self.metres(grid)?;
        let mut eastings: Vec<f64> = y.iter().flat_map(|_| x.iter().copied()).collect();
        let mut northings: Vec<f64> = y.iter().flat_map(|&row| std::iter::repeat_n(row, x.len())).collect();
        self.transformed(grid, false, &mut eastings, &mut northings)?;
        eastings.iter_mut().for_each(|degree| *degree = degree.rem_euclid(360.0));
        Ok((northings, eastings))
    }

    /// From degrees to metres on the map, or back.
    fn transformed(&self, grid: &Grid, to_map: bool, x: &mut [f64], y: &mut [f64]) -> Result<()> {
        let failed = |said: String| Error::new(ErrorKind::Damaged, format!("the grid's map {}: {said}", self.proj));
        let earth = grid.earth.ok_or_else(|| failed("the shape of the earth is not known".to_owned()))?;
        library::call(|| {
            let mut map = SpatialRef::from_proj4(&self.proj)?;
            let mut degrees = SpatialRef::from_proj4(&format!("+proj=longlat {}", earth.proj()))?;
            map.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
            degrees.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
            let (from, to) = if to_map { (&degrees, &map) } else { (&map, &degrees) };
            CoordTransform::new(from, to)?.transform_coords(x, y, &mut [])
        })
        .map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::grib::grid::Scanning;

    fn near(found: &[f64], wanted: &[f64]) {
        let close = found.len() == wanted.len() && found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(close, "{found:?} {wanted:?}");
    }

    fn longitudes(first: f64, last: f64, i_negative: bool) -> Vec<f64> {
        let corners = Corners { first: (50.0, first), last: (40.0, last) };
        let grid = Grid {
            kind: "regular_ll",
            description: "",
            points: 6,
            size: Some((3, 2)),
            scanning: Scanning { i_negative, ..Scanning::default() },
            uv_relative: None,
            places: Places::LatLon(corners),
            earth: None,
            attributes: Vec::new(),
        };
        match Coordinates::of(&grid).unwrap() {
            Coordinates::Axes { latitudes, longitudes } => {
                assert_eq!(latitudes, [50.0, 40.0]);
                longitudes
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn longitudes_go_one_way_across_greenwich_and_the_date_line() {
        assert_eq!(longitudes(350.0, 10.0, false), [-10.0, 0.0, 10.0]);
        assert_eq!(longitudes(170.0, 190.0, false), [170.0, 180.0, 190.0]);
        assert_eq!(longitudes(170.0, -170.0, false), [170.0, 180.0, 190.0]);
        assert_eq!(longitudes(20.0, 0.0, true), [20.0, 10.0, 0.0]);
        assert_eq!(longitudes(10.0, 350.0, true), [10.0, 0.0, -10.0]);
    }

    // rotated_ll with the south pole at 35 S, 15 E, codes_get_array(h, "latitudes") and "longitudes" of its corners.
    #[test]
    fn a_rotation_is_undone() {
        let rotation = Rotation { south_pole: (-35.0, 15.0), angle: 0.0 };
        let (latitude, longitude) = rotation.undo(0.0, 0.0);
        near(&[latitude, longitude], &[55.0, 15.0]);
    }
}
