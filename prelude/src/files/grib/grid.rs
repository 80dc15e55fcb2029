//! Where the values of a field lie: the grid as its section describes it, before any place is worked out.

use super::unread::Unread;
use crate::array::Attr;

/// More points than any model has (a kilometre around the globe is half as many); a file that says so is damaged.
const MOST_POINTS: u64 = 1 << 30;
/// The same along one axis.
const MOST_ALONG: u64 = 1 << 22;

/// One grid.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    /// ecCodes' name of its kind.
    pub(super) kind: &'static str,
    /// What the standard's table calls it.
    pub(super) description: &'static str,
    pub(super) points: usize,
    /// Columns and rows; none where rows differ in length or there are none.
    pub(super) size: Option<(usize, usize)>,
    pub(super) scanning: Scanning,
    /// Whether winds are along the grid's own axes.
    pub(super) uv_relative: Option<bool>,
    pub(super) places: Places,
    /// The shape on which the degrees are; none if it has a number that is not known.
    pub(super) earth: Option<Earth>,
    /// What cfgrib tells of grids of this kind, without the prefix.
    pub(super) attributes: Vec<(&'static str, Attr)>,
}

/// How points follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Scanning {
    pub(super) i_negative: bool,
    pub(super) j_positive: bool,
    /// Columns, not rows, are stored one after the other.
    pub(super) j_consecutive: bool,
    /// Every other row runs backwards.
    pub(super) alternating: bool,
}

impl Scanning {
    pub(super) fn from_byte(byte: u8) -> Self {
        Self {
            i_negative: byte & 0x80 != 0,
            j_positive: byte & 0x40 != 0,
            j_consecutive: byte & 0x20 != 0,
            alternating: byte & 0x10 != 0,
        }
    }
}

/// The first and the last point, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Corners {
    pub(super) first: (f64, f64),
    pub(super) last: (f64, f64),
}

/// From what the latitudes and longitudes follow.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Places {
    LatLon(Corners),
    /// Half the number of rows from pole to pole, and the lengths of the rows where they differ.
    Gaussian {
        corners: Corners,
        half: usize,
        rows: Option<Vec<Row>>,
    },
    ReducedLatLon {
        corners: Corners,
        rows: Vec<Row>,
    },
    /// The same as another, after a rotation.
    Rotated {
        inner: Box<Places>,
        rotation: Rotation,
    },
    Projected(Projected),
    /// Nothing here says where the points are.
    Unknown,
}

/// A grid of equal steps on a map: the latitude and longitude of its first point, and the steps in metres.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Projected {
    pub(super) proj: String,
    pub(super) first: (f64, f64),
    pub(super) step: (f64, f64),
}

/// Where the south pole of rotated coordinates is, in degrees, and a turn about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rotation {
    pub(super) south_pole: (f64, f64),
    pub(super) angle: f64,
}

/// The semi-axes of the earth, in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Earth {
    pub(super) major: f64,
    pub(super) minor: f64,
}

impl Earth {
    pub(super) fn sphere(radius: f64) -> Self {
        Self { major: radius, minor: radius }
    }

    /// As PROJ takes it.
    pub(super) fn proj(self) -> String {
        if self.major == self.minor {
            format!("+R={}", self.major)
        } else {
            format!("+a={} +b={}", self.major, self.minor)
        }
    }
}

/// Columns and rows that can be, given how many points there are.
pub(super) fn size(columns: u64, rows: u64, points: u64) -> Result<(usize, usize), Unread> {
    let product = columns.checked_mul(rows).filter(|_| columns <= MOST_ALONG && rows <= MOST_ALONG);
    if product != Some(points) || points == 0 {
        return Err(Unread::damaged(format!("its grid has {columns} columns and {rows} rows, but {points} points")));
    }
    checked(points)?;
    Ok((columns as usize, rows as usize))
}

/// The number of points as a length.
pub(super) fn checked(points: u64) -> Result<usize, Unread> {
    match usize::try_from(points) {
        Ok(length) if (1..=MOST_POINTS).contains(&points) => Ok(length),
        _ => Err(Unread::damaged(format!("its grid has {points} points"))),
    }
}

/// One row of a grid whose rows differ in length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    /// How many points of the row there are.
    pub(super) count: usize,
    /// How many there would be around the globe; 0 if the points go from the first longitude to the last.
    pub(super) around: usize,
    /// Which of those is the first.
    pub(super) start: i64,
}

/// The rows, and how many points they have together. A list counts the points around the globe, also where the grid is
/// a part of it; then only those between the first and the last longitude are there.
pub(super) fn rows(
    lengths: &[usize],
    corners: Corners,
    points: Option<u64>,
    gaussian: bool,
) -> Result<(Vec<Row>, usize), Unread> {
    let longest = lengths.iter().copied().max().unwrap_or(0).max(1) as f64;
    let (west, mut east) = (corners.first.1, corners.last.1);
    if east < west {
        east += 360.0;
    }
    // The last longitude of a whole row is a step short of all around; files round it.
    let whole = east - west + 360.0 / longest > 360.0 - 0.01;
    let sum = |rows: &[Row]| rows.iter().map(|row| row.count as u64).sum::<u64>();
    let full: Vec<Row> = lengths
        .iter()
        .map(|&count| Row { count, around: if gaussian || whole { count } else { 0 }, start: 0 })
        .collect();
    let part = || -> Vec<Row> {
        let row = |&around: &usize| {
            // Longitudes are rounded to thousandths or millionths.
            let place = |longitude: f64| longitude * around as f64 / 360.0;
            let start = (place(west) - 1e-3).ceil() as i64;
            let end = (place(east) + 1e-3).floor() as i64;
            Row { count: usize::try_from(end - start + 1).unwrap_or(0), around, start }
        };
        lengths.iter().map(row).collect()
    };
    let rows = match points {
        _ if gaussian && !whole && points.is_none() => part(),
        Some(points) if sum(&full) != points && gaussian => part(),
        _ => full,
    };
    let total = sum(&rows);
    match points {
        Some(points) if points != total => {
            Err(Unread::damaged(format!("its rows have {total} points together, but the grid has {points}")))
        }
        _ => Ok((rows, checked(total)?)),
    }
}

/// The name of a grid with rows of unlike lengths.
pub(super) fn reduced(kind: &'static str) -> &'static str {
    match kind {
        "regular_ll" => "reduced_ll",
        "regular_gg" => "reduced_gg",
        "rotated_gg" => "reduced_rotated_gg",
        other => other,
    }
}

/// What PROJ makes of Lambert's conformal or Albers' equal-area cone.
pub(super) fn cone(name: &str, latitudes: (f64, f64), longitude: f64, earth: Earth) -> String {
    let (first, second) = latitudes;
    format!("+proj={name} +lat_0={first} +lat_1={first} +lat_2={second} +lon_0={longitude} {}", earth.proj())
}

/// What PROJ makes of the polar stereographic map that is true at `latitude`.
pub(super) fn stereographic(south: bool, latitude: f64, longitude: f64, earth: Earth) -> String {
    let (pole, latitude) = if south { (-90, -latitude.abs()) } else { (90, latitude.abs()) };
    format!("+proj=stere +lat_0={pole} +lat_ts={latitude} +lon_0={longitude} {}", earth.proj())
}
