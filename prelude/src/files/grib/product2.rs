//! The product section of edition 2: what stands where in each template that is known.

use super::bytes::Bytes;
use super::levels;
use super::product::{Code, Product, mars_type, no_date, seconds, unit_edition2};

/// The sections before the product: what they say of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identification<'a> {
    pub(super) discipline: u8,
    /// Section 1.
    pub(super) section: &'a [u8],
    /// Section 2, of the centre's own making.
    pub(super) local: Option<&'a [u8]>,
}

/// Where the parts of a template are, in bytes from the start of the section.
#[derive(Debug, Clone, Copy)]
struct Layout {
    /// The generating process, after what describes a chemical constituent.
    process: usize,
    /// The two surfaces; satellite channels have none.
    surfaces: bool,
    time: bool,
    /// Behind the surfaces.
    tail: Tail,
    statistics: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Tail {
    Nothing,
    Member,
    Derived,
    Probability,
}

impl Layout {
    fn of(template: u16) -> Option<Self> {
        let (extra, tail, statistics) = match template {
            0 | 15 => (0, Tail::Nothing, None),
            1 | 60 => (0, Tail::Member, None),
            2..=4 => (0, Tail::Derived, None),
            5 => (0, Tail::Probability, None),
            6 => (0, Tail::Nothing, None),
            8 => (0, Tail::Nothing, Some(0)),
            9 => (0, Tail::Probability, Some(13)),
            10 => (0, Tail::Nothing, Some(1)),
            11 => (0, Tail::Member, Some(3)),
            12 => (0, Tail::Derived, Some(2)),
            61 => (0, Tail::Member, Some(10)),
            40 => (2, Tail::Nothing, None),
            41 => (2, Tail::Member, None),
            42 => (2, Tail::Nothing, Some(0)),
            43 => (2, Tail::Member, Some(3)),
            44 => (13, Tail::Nothing, None),
            45 => (13, Tail::Member, None),
            46 => (13, Tail::Nothing, Some(0)),
            47 => (13, Tail::Member, Some(3)),
            48 => (24, Tail::Nothing, None),
            49 => (24, Tail::Member, None),
            30 | 31 => {
                return Some(Self { process: 11, surfaces: false, time: false, tail: Tail::Nothing, statistics: None });
            }
            32 => {
                return Some(Self { process: 11, surfaces: false, time: true, tail: Tail::Nothing, statistics: None });
            }
            _ => return None,
        };
        let process = 11 + extra;
        Some(Self { process, surfaces: true, time: true, tail, statistics: statistics.map(|more| process + 23 + more) })
    }
}

/// One span of time that a field was made over.
#[derive(Debug, Clone, Copy)]
struct TimeRange {
    process: u8,
    increment: u8,
    unit: u8,
    length: i64,
}

/// The product of a field.
///
/// # Errors
/// Why it is not known what the field is.
pub(super) fn edition2(section: &[u8], identification: Identification<'_>) -> Result<Product, String> {
    let bytes = Bytes(section);
    let short = || "its product section is shorter than its template".to_owned();
    let template = bytes.u16(7).ok_or_else(short)?;
    let layout = Layout::of(template).ok_or_else(|| format!("product template 4.{template} is not known here"))?;
    read(bytes, template, layout, identification).ok_or_else(short)?
}

fn read(
    bytes: Bytes<'_>,
    template: u16,
    layout: Layout,
    identification: Identification<'_>,
) -> Option<Result<Product, String>> {
    let head = Bytes(identification.section);
    let centre = head.u16(5)?;
    let date = [head.u16(12)?.into(), head.u8(14)?.into(), head.u8(15)?.into()];
    let time = [head.u8(16)?.into(), head.u8(17)?.into(), head.u8(18)?.into()];
    let Some(reference) = seconds(date, time) else { return Some(Err(no_date(date))) };
    let mut conditions: Vec<(char, Option<i64>)> = vec![('L', head.u8(10).map(i64::from))];
    conditions.push(('g', bytes.u8(layout.process).map(i64::from)));
    conditions.push(('C', Some(i64::from(matches!(template, 40..=43)))));
    conditions.push(('A', Some(i64::from(matches!(template, 44..=47)))));
    if layout.process > 11 {
        conditions.push((if layout.process == 13 { 'c' } else { 'a' }, bytes.u16(11).map(i64::from)));
    }
    let (mut level_type, mut level) = (None, None);
    if layout.surfaces {
        let surfaces = levels::Surfaces::read(bytes, layout.process + 11)?;
        conditions.extend(surfaces.conditions());
        (level_type, level) = surfaces.level(centre, bytes.u16(5)?);
    }
    let tail = layout.process + 23;
    let (mut number, mut members) = (None, None);
    match layout.tail {
        Tail::Member => {
            number = Some(bytes.u8(tail + 1)?.into());
            members = Some(bytes.u8(tail + 2)?.into());
        }
        Tail::Derived => members = Some(bytes.u8(tail + 1)?.into()),
        Tail::Probability => {
            conditions.push(('q', Some(bytes.u8(tail + 2)?.into())));
            conditions.push(('k', bytes.i8(tail + 3)));
            conditions.push(('l', bytes.i32(tail + 4)));
        }
        Tail::Nothing => {}
    }
    let mut steps = None;
    let mut step_type = "instant".to_owned();
    if layout.time {
        let unit = unit_edition2(bytes.u8(layout.process + 6)?);
        let start = unit.and_then(|unit| forecast_time(bytes, template, layout.process + 7)?.checked_mul(unit));
        steps = start.map(|start| (start, start));
    }
    if let Some(at) = layout.statistics {
        let ranges = time_ranges(bytes, at)?;
        step_type = step_type_of(&ranges);
        if let Some(first) = ranges.first() {
            conditions.push(('p', Some(first.process.into())));
            conditions.push(('u', Some(first.unit.into())));
            conditions.push(('t', Some(first.length)));
        }
        steps = steps.and_then(|(start, _)| Some((start, start.checked_add(duration(&ranges)?)?)));
    }
    let kind = i64::from(head.u8(20)?);
    let local_type = identification.local.filter(|_| centre == 98).and_then(|local| Bytes(local).u16(9));
    Some(Ok(Product {
        edition: 2,
        centre,
        sub_centre: head.u16(7)?,
        parameter: Code::Edition2 {
            discipline: identification.discipline,
            category: bytes.u8(9)?,
            number: bytes.u8(10)?,
            conditions,
        },
        level_type,
        level,
        number,
        members,
        data_type: local_type.map_or_else(|| data_type(kind), mars_type),
        step_type,
        reference,
        steps,
        vertical_numbers: bytes.u16(5)?.into(),
    }))
}

/// Code table 1.4.
fn data_type(code: i64) -> Option<&'static str> {
    Some(match code {
        0 => "an",
        1 => "fc",
        2 => "af",
        3 => "cf",
        4 => "pf",
        5 => "cp",
        6 => "sa",
        7 => "ra",
        8 => "ep",
        255 => "missing",
        _ => return None,
    })
}

/// Template 44 has two bytes for it, if it is written as the standard has it.
fn forecast_time(bytes: Bytes<'_>, template: u16, at: usize) -> Option<i64> {
    let vertical = 4 * usize::from(bytes.u16(5)?);
    if template == 44 && bytes.0.len().checked_sub(vertical) == Some(45) {
        return bytes.u16(at).map(i64::from);
    }
    bytes.i32(at)
}

fn time_ranges(bytes: Bytes<'_>, at: usize) -> Option<Vec<TimeRange>> {
    let count = usize::from(bytes.u8(at + 7)?);
    (0..count)
        .map(|index| {
            let at = at + 12 + 12 * index;
            Some(TimeRange {
                process: bytes.u8(at)?,
                increment: bytes.u8(at + 1)?,
                unit: bytes.u8(at + 2)?,
                length: bytes.u32(at + 3)?.into(),
            })
        })
        .collect()
}

/// By how much the end is later than the start. A range whose forecasts start later and later adds nothing.
fn duration(ranges: &[TimeRange]) -> Option<i64> {
    let range = match ranges {
        [] => return Some(0),
        [only] if only.increment == 1 => return Some(0),
        [only] => only,
        several => several.iter().find(|range| range.increment == 2)?,
    };
    unit_edition2(range.unit)?.checked_mul(range.length)
}

/// Code table 4.10, by ecCodes' names.
fn step_type_of(ranges: &[TimeRange]) -> String {
    let Some(first) = ranges.first() else { return "instant".to_owned() };
    match first.process {
        0 => "avg",
        1 => "accum",
        2 => "max",
        3 => "min",
        4 => "diff",
        5 => "rms",
        6 => "sd",
        7 => "cov",
        8 => "sdiff",
        9 => "ratio",
        10 => "stdanom",
        11 => "sum",
        100 => "severity",
        101 => "mode",
        102 => "index",
        255 => "instant",
        other => return other.to_string(),
    }
    .to_owned()
}
