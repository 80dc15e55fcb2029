//! The grid section of edition 1.

use super::bytes::Bytes;
use super::grid::{
    Corners, Earth, Grid, Places, Projected, Rotation, Scanning, cone, reduced, rows, size, stereographic,
};
use super::unread::Unread;
use crate::array::Attr;

/// ecCodes' radius for edition 1, whatever the flags say.
const RADIUS: f64 = 6_367_470.0;

/// The grid, and how many numbers describe the vertical coordinate.
///
/// # Errors
/// Why it cannot be told where the points are.
pub(super) fn grid(section: &[u8]) -> Result<(Grid, i64), Unread> {
    let bytes = Bytes(section);
    let kind = bytes.u8(5).ok_or_else(|| Unread::damaged("its grid section is too short"))?;
    let (name, description) = match kind {
        0 => ("regular_ll", "Latitude/Longitude Grid"),
        1 => ("mercator", "Mercator Projection Grid"),
        3 => ("lambert", "Lambert Conformal"),
        4 => ("regular_gg", "Gaussian Latitude/Longitude Grid"),
        5 => ("polar_stereographic", "Polar Stereographic Projection Grid"),
        10 => ("rotated_ll", "Rotated Latitude/Longitude grid"),
        14 => ("rotated_gg", "Rotated Gaussian latitude/longitude grid"),
        50 | 60 | 70 | 80 => return Err(super::SPECTRAL.to_owned().into()),
        other => return Err(format!("grids of type {other} of edition 1 are not read here").into()),
    };
    let read = || match kind {
        1 | 3 | 5 => projected(bytes, kind, name, description),
        _ => lat_lon(bytes, kind, name, description),
    };
    let grid = read().ok_or_else(|| Unread::damaged("its grid section is too short"))??;
    Ok((grid, bytes.u8(3).unwrap_or(0).into()))
}

fn degrees(value: i64) -> f64 {
    value as f64 / 1000.0
}

fn point(bytes: Bytes<'_>, at: usize) -> Option<(f64, f64)> {
    Some((degrees(bytes.i24(at)?), degrees(bytes.i24(at + 3)?)))
}

fn lat_lon(bytes: Bytes<'_>, kind: u8, name: &'static str, description: &'static str) -> Option<Result<Grid, Unread>> {
    let gaussian = matches!(kind, 4 | 14);
    let (columns, lines) = (bytes.u16(6)?, bytes.u16(8)?);
    let corners = Corners { first: point(bytes, 10)?, last: point(bytes, 17)? };
    let flags = bytes.u8(16)?;
    let scanning = Scanning::from_byte(bytes.u8(27)?);
    let lengths = match row_lengths(bytes, columns, lines) {
        Ok(lengths) => lengths,
        Err(error) => return Some(Err(error)),
    };
    let mut attributes: Vec<(&'static str, Attr)> = Vec::new();
    if gaussian && let Some(lengths) = &lengths {
        attributes.push(("pl", Attr::Numbers(lengths.iter().map(|&length| length as f64).collect())));
    }
    let (size, points, lengths) = match lengths {
        Some(lengths) => match rows(&lengths, corners, None, gaussian) {
            Ok((lengths, points)) => (None, points, Some(lengths)),
            Err(error) => return Some(Err(error)),
        },
        None => match size(columns.into(), lines.into(), u64::from(columns) * u64::from(lines)) {
            Ok(size) => (Some(size), size.0 * size.1, None),
            Err(error) => return Some(Err(error)),
        },
    };
    let given = flags & 0x80 != 0;
    let step = |at: usize, span: f64, count: u16| -> Option<f64> {
        let raw = bytes.u16(at)?;
        let worked_out = || if count > 1 { span.abs() / f64::from(count - 1) } else { 0.0 };
        Some(if given && raw != 0xffff { degrees(raw.into()) } else { worked_out() })
    };
    let across = step(23, corners.last.1 - corners.first.1, columns)?;
    let regular = lengths.is_none();
    let half = usize::from(bytes.u16(25)?);
    if regular {
        let along = if kind == 4 { ("Ni", "Nj") } else { ("Nx", "Ny") };
        attributes.push((along.0, i64::from(columns).into()));
        attributes.push((along.1, i64::from(lines).into()));
        attributes.push(("iDirectionIncrementInDegrees", across.into()));
        attributes.push(("iScansNegatively", i64::from(scanning.i_negative).into()));
        attributes.push(("longitudeOfFirstGridPointInDegrees", corners.first.1.into()));
        attributes.push(("longitudeOfLastGridPointInDegrees", corners.last.1.into()));
    }
    if gaussian {
        attributes.push(("N", (half as i64).into()));
    }
    if !gaussian && !regular {
        attributes.push(("Ny", i64::from(lines).into()));
    }
    if !gaussian || regular {
        attributes.push(("jPointsAreConsecutive", i64::from(scanning.j_consecutive).into()));
        attributes.push(("jScansPositively", i64::from(scanning.j_positive).into()));
        attributes.push(("latitudeOfFirstGridPointInDegrees", corners.first.0.into()));
        attributes.push(("latitudeOfLastGridPointInDegrees", corners.last.0.into()));
    }
    if !gaussian {
        let down = step(25, corners.last.0 - corners.first.0, lines)?;
        attributes.push(("jDirectionIncrementInDegrees", down.into()));
    }
    let mut places = match (gaussian, lengths) {
        (true, lengths) => Places::Gaussian { corners, half, rows: lengths },
        (false, None) => Places::LatLon(corners),
        (false, Some(rows)) => Places::ReducedLatLon { corners, rows },
    };
    if matches!(kind, 10 | 14) {
        let rotation = Rotation { south_pole: point(bytes, 32)?, angle: bytes.ibm(38)? };
        attributes.push(("angleOfRotationInDegrees", rotation.angle.into()));
        attributes.push(("latitudeOfSouthernPoleInDegrees", rotation.south_pole.0.into()));
        attributes.push(("longitudeOfSouthernPoleInDegrees", rotation.south_pole.1.into()));
        places = Places::Rotated { inner: Box::new(places), rotation };
        if !regular {
            attributes.clear();
        }
    }
    Some(Ok(Grid {
        kind: if regular { name } else { reduced(name) },
        description,
        points,
        size,
        scanning,
        uv_relative: Some(flags & 0x08 != 0),
        places,
        earth: Some(Earth::sphere(RADIUS)),
        attributes,
    }))
}

/// The list of lengths, where rows differ: behind the numbers of the vertical coordinate.
fn row_lengths(bytes: Bytes<'_>, columns: u16, lines: u16) -> Result<Option<Vec<usize>>, Unread> {
    if columns != 0xffff && columns != 0 {
        return Ok(None);
    }
    let (vertical, location) = (bytes.u8(3).unwrap_or(0), bytes.u8(4).unwrap_or(255));
    let start = match location {
        255 | 0 => return Err(Unread::damaged("its rows differ in length, and no list says how long they are")),
        location => usize::from(location) - 1 + 4 * usize::from(vertical),
    };
    let lengths: Option<Vec<usize>> =
        (0..usize::from(lines)).map(|line| bytes.u16(start + 2 * line).map(usize::from)).collect();
    lengths.map(Some).ok_or_else(|| Unread::damaged("its list of row lengths is cut short"))
}

fn projected(
    bytes: Bytes<'_>,
    kind: u8,
    name: &'static str,
    description: &'static str,
) -> Option<Result<Grid, Unread>> {
    let (columns, lines) = (bytes.u16(6)?, bytes.u16(8)?);
    let size = match size(columns.into(), lines.into(), u64::from(columns) * u64::from(lines)) {
        Ok(size) => size,
        Err(error) => return Some(Err(error)),
    };
    let earth = Earth::sphere(RADIUS);
    let first = point(bytes, 10)?;
    let scanning = Scanning::from_byte(bytes.u8(27)?);
    let mut attributes: Vec<(&'static str, Attr)> = Vec::new();
    let (proj, step) = match kind {
        1 => {
            let latitude = degrees(bytes.i24(23)?);
            (
                format!("+proj=merc +lat_ts={latitude} +lon_0=0 {}", earth.proj()),
                (bytes.i24(28)? as f64, bytes.i24(31)? as f64),
            )
        }
        3 => {
            let (latitudes, longitude) = (point(bytes, 28)?, degrees(bytes.i24(17)?));
            let step = (f64::from(bytes.u24(20)?), f64::from(bytes.u24(23)?));
            let pole = point(bytes, 34)?;
            attributes = vec![
                ("LaDInDegrees", latitudes.0.into()),
                ("LoVInDegrees", longitude.into()),
                ("iScansNegatively", i64::from(scanning.i_negative).into()),
                ("jPointsAreConsecutive", i64::from(scanning.j_consecutive).into()),
                ("jScansPositively", i64::from(scanning.j_positive).into()),
                ("latitudeOfFirstGridPointInDegrees", first.0.into()),
                ("latitudeOfSouthernPoleInDegrees", pole.0.into()),
                ("longitudeOfFirstGridPointInDegrees", first.1.into()),
                ("longitudeOfSouthernPoleInDegrees", pole.1.into()),
                ("DyInMetres", (step.1 as i64).into()),
                ("DxInMetres", (step.0 as i64).into()),
                ("Latin2InDegrees", latitudes.1.into()),
                ("Latin1InDegrees", latitudes.0.into()),
                ("Ny", i64::from(lines).into()),
                ("Nx", i64::from(columns).into()),
            ];
            (cone("lcc", latitudes, longitude, earth), step)
        }
        _ => {
            let south = bytes.u8(26)? & 0x80 != 0;
            let step = (f64::from(bytes.u24(20)?), f64::from(bytes.u24(23)?));
            (stereographic(south, 60.0, degrees(bytes.i24(17)?), earth), step)
        }
    };
    Some(Ok(Grid {
        kind: name,
        description,
        points: size.0 * size.1,
        size: Some(size),
        scanning,
        uv_relative: Some(bytes.u8(16)? & 0x08 != 0),
        places: Places::Projected(Projected { proj, first, step }),
        earth: Some(earth),
        attributes,
    }))
}
