//! The grid section of edition 2.

use super::bytes::Bytes;
use super::grid::{
    Corners, Earth, Grid, Places, Projected, Rotation, Scanning, checked, cone, reduced, rows, size, stereographic,
};
use super::unread::Unread;
use crate::array::Attr;

type Attributes = Vec<(&'static str, Attr)>;

/// The grid of a section.
///
/// # Errors
/// Why it cannot be told where the points are.
pub(super) fn grid(section: &[u8]) -> Result<Grid, Unread> {
    let bytes = Bytes(section);
    let short = || Unread::damaged("its grid section is shorter than its template");
    let template = bytes.u16(12).ok_or_else(short)?;
    let points = u64::from(bytes.u32(6).ok_or_else(short)?);
    let (kind, description) = name(template)?;
    let shape = Shape { bytes, template, kind, description, points };
    match template {
        0 | 1 | 40 | 41 => shape.lat_lon(),
        10 | 20 | 30 | 31 | 140 => shape.projected(),
        90 => shape.view(),
        _ => shape.points(),
    }
    .ok_or_else(short)?
}

fn name(template: u16) -> Result<(&'static str, &'static str), Unread> {
    Ok(match template {
        0 => ("regular_ll", "Latitude/longitude"),
        1 => ("rotated_ll", "Rotated latitude/longitude"),
        2 => ("stretched_ll", "Stretched latitude/longitude"),
        3 => ("stretched_rotated_ll", "Stretched and rotated latitude/longitude"),
        4 => ("varres_ll", "Variable resolution latitude/longitude"),
        5 => ("varres_rotated_ll", "Variable resolution rotated latitude/longitude"),
        10 => ("mercator", "Mercator"),
        12 => ("transverse_mercator", "Transverse Mercator"),
        20 => ("polar_stereographic", "Polar stereographic"),
        30 => ("lambert", "Lambert conformal"),
        31 => ("albers", "Albers equal area"),
        40 => ("regular_gg", "Gaussian latitude/longitude"),
        41 => ("rotated_gg", "Rotated Gaussian latitude/longitude"),
        50..=53 | 61..=63 => return Err(super::SPECTRAL.to_owned().into()),
        90 => ("space_view", "Space view perspective or orthographic"),
        100 => ("triangular_grid", "Triangular grid based on an icosahedron"),
        101 => ("unstructured_grid", "General unstructured grid"),
        140 => ("lambert_azimuthal_equal_area", "Lambert azimuthal equal area projection"),
        150 => ("healpix", "Hierarchical Equal Area isoLatitude Pixelization grid"),
        other => return Err(format!("grids of template 3.{other} are not read here").into()),
    })
}

struct Shape<'a> {
    bytes: Bytes<'a>,
    template: u16,
    kind: &'static str,
    description: &'static str,
    points: u64,
}

impl Shape<'_> {
    fn grid(&self, size: Option<(usize, usize)>, flags: u8, scanning: u8) -> Result<Grid, Unread> {
        Ok(Grid {
            kind: self.kind,
            description: self.description,
            points: checked(self.points)?,
            size,
            scanning: Scanning::from_byte(scanning),
            uv_relative: Some(flags & 0x08 != 0),
            places: Places::Unknown,
            earth: self.earth(),
            attributes: Vec::new(),
        })
    }

    fn lat_lon(&self) -> Option<Result<Grid, Unread>> {
        let bytes = self.bytes;
        let gaussian = matches!(self.template, 40 | 41);
        let rotated = matches!(self.template, 1 | 41);
        let (columns, lines) = (bytes.u32(30)?, bytes.u32(34)?);
        let unit = match (bytes.u32(38)?, bytes.u32(42)?) {
            (0 | u32::MAX, _) | (_, 0 | u32::MAX) => 1e6,
            (angle, parts) => f64::from(parts) / f64::from(angle),
        };
        let degrees = |at: usize| bytes.i32(at).map(|raw| raw as f64 / unit);
        let corners = Corners { first: (degrees(46)?, degrees(50)?), last: (degrees(55)?, degrees(59)?) };
        let (flags, scanning) = (bytes.u8(54)?, bytes.u8(71)?);
        let lengths = match self.row_lengths(if rotated { 84 } else { 72 }, lines)? {
            Ok(lengths) => lengths,
            Err(error) => return Some(Err(error)),
        };
        let size = match lengths {
            Some(_) => None,
            None => match size(columns.into(), lines.into(), self.points) {
                Ok(size) => Some(size),
                Err(error) => return Some(Err(error)),
            },
        };
        let mut attributes = Attributes::new();
        if gaussian && let Some(lengths) = &lengths {
            attributes.push(("pl", Attr::Numbers(lengths.iter().map(|&length| length as f64).collect())));
        }
        let lengths = match lengths.map(|lengths| rows(&lengths, corners, Some(self.points), gaussian)).transpose() {
            Ok(lengths) => lengths.map(|(rows, _)| rows),
            Err(error) => return Some(Err(error)),
        };
        let mut grid = match self.grid(size, flags, scanning) {
            Ok(grid) => grid,
            Err(error) => return Some(Err(error)),
        };
        let half = bytes.u32(67)?;
        let regular = lengths.is_none();
        let step = |at: usize, given: u8, span: f64, count: u32| -> Option<f64> {
            let raw = bytes.u32(at)?;
            let worked_out = || if count > 1 { span.abs() / f64::from(count - 1) } else { 0.0 };
            Some(if flags & given != 0 && raw != u32::MAX { f64::from(raw) / unit } else { worked_out() })
        };
        if regular {
            let span = match corners.last.1 - corners.first.1 {
                span if span < 0.0 && !grid.scanning.i_negative => span + 360.0,
                span => span,
            };
            let along = if self.template == 40 { ("Ni", "Nj") } else { ("Nx", "Ny") };
            attributes.push((along.0, i64::from(columns).into()));
            attributes.push((along.1, i64::from(lines).into()));
            attributes.push(("iDirectionIncrementInDegrees", step(63, 0x20, span, columns)?.into()));
            attributes.push(("iScansNegatively", i64::from(grid.scanning.i_negative).into()));
            attributes.push(("longitudeOfFirstGridPointInDegrees", corners.first.1.into()));
            attributes.push(("longitudeOfLastGridPointInDegrees", corners.last.1.into()));
        }
        if gaussian {
            attributes.push(("N", i64::from(half).into()));
        }
        if !gaussian && !regular {
            attributes.push(("Ny", i64::from(lines).into()));
        }
        if !gaussian || regular {
            attributes.push(("jPointsAreConsecutive", i64::from(grid.scanning.j_consecutive).into()));
            attributes.push(("jScansPositively", i64::from(grid.scanning.j_positive).into()));
            attributes.push(("latitudeOfFirstGridPointInDegrees", corners.first.0.into()));
            attributes.push(("latitudeOfLastGridPointInDegrees", corners.last.0.into()));
        }
        if !gaussian {
            let step = step(67, 0x10, corners.last.0 - corners.first.0, lines)?;
            attributes.push(("jDirectionIncrementInDegrees", step.into()));
        }
        grid.places = match (gaussian, lengths) {
            (true, rows) => Places::Gaussian { corners, half: half as usize, rows },
            (false, None) => Places::LatLon(corners),
            (false, Some(rows)) => Places::ReducedLatLon { corners, rows },
        };
        if rotated {
            let rotation = Rotation { south_pole: (degrees(72)?, degrees(76)?), angle: bytes.f32(80)? };
            attributes.push(("angleOfRotationInDegrees", rotation.angle.into()));
            attributes.push(("latitudeOfSouthernPoleInDegrees", rotation.south_pole.0.into()));
            attributes.push(("longitudeOfSouthernPoleInDegrees", rotation.south_pole.1.into()));
            grid.places = Places::Rotated { inner: Box::new(grid.places), rotation };
            if !regular {
                attributes.clear();
            }
        }
        grid.attributes = attributes;
        grid.kind = if regular { self.kind } else { reduced(self.kind) };
        Some(Ok(grid))
    }

    /// The list behind the template, where rows differ in length.
    fn row_lengths(&self, at: usize, lines: u32) -> Option<Result<Option<Vec<usize>>, Unread>> {
        let width = usize::from(self.bytes.u8(10)?);
        if width == 0 {
            return Some(Ok(None));
        }
        let listed = |line: usize| {
            let raw = self.bytes.slice(at + width * line, width)?;
            Some(raw.iter().fold(0usize, |sum, &byte| sum << 8 | usize::from(byte)))
        };
        let there = self.bytes.0.len().saturating_sub(at) / width;
        let lengths: Option<Vec<usize>> =
            (width <= 4 && lines as usize <= there).then(|| (0..lines as usize).map(listed).collect()).flatten();
        Some(match lengths {
            Some(lengths) => Ok(Some(lengths)),
            None => Err(Unread::damaged("its list of row lengths is cut short")),
        })
    }

    fn projected(&self) -> Option<Result<Grid, Unread>> {
        let bytes = self.bytes;
        let degrees = |at: usize| bytes.i32(at).map(|raw| raw as f64 / 1e6);
        let metres = |at: usize| bytes.u32(at).map(|raw| f64::from(raw) / 1e3);
        let (columns, lines) = (bytes.u32(30)?, bytes.u32(34)?);
        let size = match size(columns.into(), lines.into(), self.points) {
            Ok(size) => size,
            Err(error) => return Some(Err(error)),
        };
        let Some(earth) = self.earth() else {
            return Some(Err(format!("the shape of the earth, number {}, is not known here", bytes.u8(14)?).into()));
        };
        let first = (degrees(38)?, degrees(42)?);
        let (proj, step, flags, scanning) = match self.template {
            10 => (
                format!("+proj=merc +lat_ts={} +lon_0=0 {}", degrees(47)?, earth.proj()),
                (metres(64)?, metres(68)?),
                46,
                59,
            ),
            20 => {
                let south = bytes.u8(63)? & 0x80 != 0;
                (stereographic(south, degrees(47)?, degrees(51)?, earth), (metres(55)?, metres(59)?), 46, 64)
            }
            140 => (
                format!("+proj=laea +lat_0={} +lon_0={} {}", degrees(46)?, degrees(50)?, earth.proj()),
                (metres(55)?, metres(59)?),
                54,
                63,
            ),
            template => {
                let name = if template == 30 { "lcc" } else { "aea" };
                let latitudes = (degrees(65)?, degrees(69)?);
                (cone(name, latitudes, degrees(51)?, earth), (metres(55)?, metres(59)?), 46, 64)
            }
        };
        let mut grid = match self.grid(Some(size), bytes.u8(flags)?, bytes.u8(scanning)?) {
            Ok(grid) => grid,
            Err(error) => return Some(Err(error)),
        };
        if matches!(self.template, 20 | 140) {
            grid.uv_relative = None;
        }
        if self.template == 30 {
            grid.attributes = vec![
                ("LaDInDegrees", degrees(47)?.into()),
                ("LoVInDegrees", degrees(51)?.into()),
                ("iScansNegatively", i64::from(grid.scanning.i_negative).into()),
                ("jPointsAreConsecutive", i64::from(grid.scanning.j_consecutive).into()),
                ("jScansPositively", i64::from(grid.scanning.j_positive).into()),
                ("latitudeOfFirstGridPointInDegrees", first.0.into()),
                ("latitudeOfSouthernPoleInDegrees", degrees(73)?.into()),
                ("longitudeOfFirstGridPointInDegrees", first.1.into()),
                ("longitudeOfSouthernPoleInDegrees", degrees(77)?.into()),
                ("DyInMetres", step.1.into()),
                ("DxInMetres", step.0.into()),
                ("Latin2InDegrees", degrees(69)?.into()),
                ("Latin1InDegrees", degrees(65)?.into()),
                ("Ny", i64::from(lines).into()),
                ("Nx", i64::from(columns).into()),
            ];
        }
        grid.places = Places::Projected(Projected { proj, first, step });
        Some(Ok(grid))
    }

    /// Pixels as a satellite sees them.
    fn view(&self) -> Option<Result<Grid, Unread>> {
        let bytes = self.bytes;
        let (flags, scanning) = (bytes.u8(46)?, bytes.u8(63)?);
        let size = size(bytes.u32(30)?.into(), bytes.u32(34)?.into(), self.points);
        Some(size.and_then(|size| self.grid(Some(size), flags, scanning)))
    }

    /// Points without an order: where they are stands in another file.
    fn points(&self) -> Option<Result<Grid, Unread>> {
        Some(self.grid(None, 0, 0).map(|grid| Grid { uv_relative: None, ..grid }))
    }

    /// Code table 3.2; none for what cannot be an earth.
    fn earth(&self) -> Option<Earth> {
        let bytes = self.bytes;
        let scaled = |at: usize| -> Option<f64> {
            let (scale, value) = (bytes.i8(at)?, f64::from(bytes.u32(at + 1)?));
            Some(if bytes.u8(at)? == 255 { value } else { value / 10f64.powi(scale as i32) })
        };
        let axes = |major: f64, minor: f64| Earth { major, minor };
        let earth = match bytes.u8(14)? {
            0 => Earth::sphere(6_367_470.0),
            1 => Earth::sphere(scaled(15)?),
            2 => axes(6_378_160.0, 6_356_775.0),
            3 => axes(scaled(20)? * 1e3, scaled(25)? * 1e3),
            4 => axes(6_378_137.0, 6_356_752.314),
            5 => axes(6_378_137.0, 6_356_752.314_245),
            6 => Earth::sphere(6_371_229.0),
            7 => axes(scaled(20)?, scaled(25)?),
            8 => Earth::sphere(6_371_200.0),
            9 => axes(6_377_563.396, 6_356_256.909),
            _ => return None,
        };
        let possible = |axis: f64| (1e5..1e9).contains(&axis);
        (possible(earth.major) && possible(earth.minor)).then_some(earth)
    }
}
