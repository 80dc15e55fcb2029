//! The product section of edition 2: what stands where in each template that is known.

use super::bytes::Bytes;
use super::levels;
use super::names::spans;
use super::product::{Code, Product, mars_type, no_date, seconds, unit_edition2};
use super::unread::Unread;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The sections before the product: what they say of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identification<'a> {
    pub(super) discipline: u8,
    /// Section 1.
    pub(super) section: &'a [u8],
    /// Section 2, of the centre's own making.
    pub(super) local: Option<&'a [u8]>,
}

/// Where the parts of a template are, in bytes from the start of the section; each part follows another.
#[derive(Debug, Default)]
struct Layout {
    process: usize,
    time: Option<usize>,
    /// The two surfaces; satellite channels have none.
    surfaces: Option<usize>,
    /// The number of a member, the number of members, and how many bytes each has.
    member: Option<(usize, usize)>,
    members: Option<(usize, usize)>,
    probability: Option<usize>,
    statistics: Option<usize>,
    /// Of a chemical constituent or an aerosol.
    constituent: Option<usize>,
    aerosol: bool,
    source: Option<usize>,
    size: Option<usize>,
    optical: Option<usize>,
    periods: Option<usize>,
    reference: Option<usize>,
}

impl Layout {
    /// The names of the parts, by the table of ecCodes' templates.
    fn parts(template: u16) -> Option<&'static str> {
        static TEMPLATES: OnceLock<HashMap<u16, &'static str>> = OnceLock::new();
        let templates = TEMPLATES.get_or_init(|| {
            let line =
                |line: &'static str| line.split_once('|').and_then(|(of, parts)| Some((of.parse().ok()?, parts)));
            include_str!("tables/templates.txt").lines().filter_map(line).collect()
        });
        templates.get(&template).copied()
    }

    /// None if it goes on behind the end of the section.
    fn of(parts: &str, bytes: Bytes<'_>) -> Option<Self> {
        let mut layout = Self::default();
        let mut at = 11;
        for part in parts.split_whitespace() {
            at += match part {
                "process" => {
                    layout.process = at;
                    3
                }
                "observed" => {
                    layout.process = at;
                    2
                }
                "time" | "time44" => {
                    layout.time = Some(at);
                    // Two bytes fewer for the step, if it is written as the standard has it.
                    let vertical = 4 * usize::from(bytes.u16(5)?);
                    let short = part == "time44" && bytes.0.len().checked_sub(vertical) == Some(45);
                    if short { 6 } else { 8 }
                }
                "surfaces" => {
                    layout.surfaces = Some(at);
                    12
                }
                // They may be left out.
                "channels" => 0,
                "satellite" => 1 + 11 * usize::from(bytes.u8(at)?),
                "member" => {
                    (layout.member, layout.members) = (Some((at + 1, 1)), Some((at + 2, 1)));
                    3
                }
                "member_large" => {
                    (layout.member, layout.members) = (Some((at + 1, 4)), Some((at + 5, 4)));
                    9
                }
                "derived" => {
                    layout.members = Some((at + 1, 1));
                    2
                }
                "derived_large" => {
                    layout.members = Some((at + 1, 4));
                    5
                }
                "probability" => {
                    layout.probability = Some(at);
                    13
                }
                "probability_large" => {
                    (layout.members, layout.probability) = (Some((at + 1, 4)), Some(at + 5));
                    18
                }
                "statistical" => {
                    layout.statistics = Some(at);
                    12 + 12 * usize::from(bytes.u8(at + 7)?)
                }
                "constituent" => {
                    layout.constituent = Some(at);
                    2
                }
                "aerosol" => {
                    (layout.constituent, layout.aerosol) = (Some(at), true);
                    2
                }
                "source" => {
                    layout.source = Some(at);
                    1
                }
                "size" => {
                    layout.size = Some(at);
                    11
                }
                "optical" => {
                    layout.optical = Some(at);
                    11
                }
                "periods" => {
                    layout.periods = Some(at);
                    11
                }
                "reference" => {
                    layout.reference = Some(at);
                    3
                }
                "postprocessing" => 5,
                "percentile" => 1,
                "quantile" => 4,
                "reforecast" => 7,
                "rectangle" => 32,
                "circle" => 28,
                "random" => 18,
                "radionuclides" => 22,
                _ => return None,
            };
        }
        Some(layout)
    }

    /// What the parts say of the parameter, by the letters of the table of parameters.
    fn conditions(&self, template: u16, bytes: Bytes<'_>) -> Option<Vec<(char, Option<i64>)>> {
        let is = |yes: bool| Some(i64::from(yes));
        let mut conditions = vec![
            ('g', bytes.u8(self.process).map(i64::from)),
            ('C', is(matches!(template, 40..=43))),
            ('R', is(matches!(template, 76..=79))),
            ('A', is(matches!(template, 44..=50 | 85))),
            ('O', is(matches!(template, 48 | 49))),
        ];
        if let Some(at) = self.constituent {
            let constituent = Some(i64::from(bytes.u16(at)?));
            conditions.push(('c', constituent));
            if self.aerosol {
                conditions.push(('a', constituent));
            }
        }
        let number = |at: usize| bytes.u8(at).map(i64::from);
        if let Some(at) = self.source {
            conditions.push(('r', number(at)));
        }
        let ranges = [(self.size, "zyYxX"), (self.optical, "whHjJ"), (self.periods, "WdDeE")];
        for (at, letters) in ranges.into_iter().filter_map(|(at, letters)| Some((at?, letters))) {
            // All ones stand for "missing".
            let scale = |at: usize| bytes.u8(at).filter(|&raw| raw != u8::MAX).and_then(|_| bytes.i8(at));
            let value = |at: usize| bytes.u32(at).filter(|&raw| raw != u32::MAX).and_then(|_| bytes.i32(at));
            let values = [number(at), scale(at + 1), value(at + 2), scale(at + 6), value(at + 7)];
            conditions.extend(letters.chars().zip(values));
        }
        if let Some(at) = self.probability {
            conditions.push(('q', Some(bytes.u8(at + 2)?.into())));
            conditions.push(('k', bytes.i8(at + 3)));
            conditions.push(('l', bytes.i32(at + 4)));
        }
        if let Some(at) = self.reference {
            conditions.push(('n', number(at + 1)));
            conditions.push(('N', number(at + 2)));
        }
        Some(conditions)
    }
}

/// Whether the file is from before ECMWF's move to edition 2, which its tables and its models tell; so does ecCodes.
fn before_the_move(bytes: Bytes<'_>, process: usize, head: Bytes<'_>) -> Option<bool> {
    let (centre, sub_centre, tables, status) = (head.u16(5)?, head.u16(7)?, head.u8(9)?, head.u8(19)?);
    let counts = centre == 98 || sub_centre == 98 || matches!(status, 4..=13);
    let late_model = match (tables, bytes.u8(process + 2)) {
        (34..=36, Some(109 | 161 | 209)) | (35, Some(111 | 163 | 211)) => bytes.u8(process + 1) == Some(255),
        _ => false,
    };
    Some(counts && (tables <= 33 || (centre == 98 && matches!(status, 0 | 2) && late_model)))
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
pub(super) fn edition2(section: &[u8], identification: Identification<'_>) -> Result<Product, Unread> {
    let bytes = Bytes(section);
    let short = || Unread::damaged("its product section is shorter than its template");
    let template = bytes.u16(7).ok_or_else(short)?;
    let parts = Layout::parts(template).ok_or_else(|| format!("product template 4.{template} is not known here"))?;
    let layout = Layout::of(parts, bytes).ok_or_else(short)?;
    read(bytes, template, &layout, identification).ok_or_else(short)?
}

fn read(
    bytes: Bytes<'_>,
    template: u16,
    layout: &Layout,
    identification: Identification<'_>,
) -> Option<Result<Product, Unread>> {
    let head = Bytes(identification.section);
    let centre = head.u16(5)?;
    let date = [head.u16(12)?.into(), head.u8(14)?.into(), head.u8(15)?.into()];
    let time = [head.u8(16)?.into(), head.u8(17)?.into(), head.u8(18)?.into()];
    let Some(reference) = seconds(date, time) else { return Some(Err(no_date(date))) };
    let mut conditions: Vec<(char, Option<i64>)> = vec![('L', head.u8(10).map(i64::from))];
    conditions.extend(layout.conditions(template, bytes)?);
    let before = before_the_move(bytes, layout.process, head)?;
    let (mut level_type, mut level) = (None, None);
    if let Some(at) = layout.surfaces {
        let surfaces = levels::Surfaces::read(bytes, at)?;
        conditions.extend(surfaces.conditions());
        (level_type, level) = surfaces.level(centre, bytes.u16(5)?);
    }
    let count = |(at, size): (usize, usize)| match size {
        1 => bytes.u8(at).map(i64::from),
        _ => bytes.u32(at).map(i64::from),
    };
    let number = match layout.member {
        Some(member) => Some(count(member)?),
        None => None,
    };
    let members = match layout.members {
        Some(members) => Some(count(members)?),
        None => None,
    };
    let mut steps = None;
    let mut step_type = "instant".to_owned();
    if let Some(at) = layout.time {
        let unit = unit_edition2(bytes.u8(at + 3)?);
        let start = unit.and_then(|unit| forecast_time(bytes, template, at + 4)?.checked_mul(unit));
        steps = start.map(|start| (start, start));
    }
    if let Some(at) = layout.statistics {
        let ranges = time_ranges(bytes, at)?;
        // Of several spans the last says how the field was made of what the others made.
        step_type = step_type_of(&ranges, before);
        if let Some(last) = ranges.last() {
            conditions.push(('p', Some(last.process.into())));
            conditions.push(('u', Some(last.unit.into())));
            conditions.push(('t', Some(last.length)));
        }
        if ranges.len() > 1 {
            conditions.push(('P', spans(ranges.iter().map(|range| range.process.into()))));
        }
        steps = steps.and_then(|(start, _)| Some((start, start.checked_add(duration(&ranges, before)?)?)));
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
            before,
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

/// By how much the end is later than the start. A range whose forecasts start later and later adds nothing in ECMWF's
/// files from before its move.
fn duration(ranges: &[TimeRange], before: bool) -> Option<i64> {
    let range = match ranges {
        [] => return Some(0),
        [only] if only.increment == 1 && before => return Some(0),
        [only] => only,
        several => several.iter().find(|range| range.increment == 2)?,
    };
    unit_edition2(range.unit)?.checked_mul(range.length)
}

/// Code table 4.10, by ecCodes' names.
fn step_type_of(ranges: &[TimeRange], before: bool) -> String {
    let Some(last) = ranges.last() else { return "instant".to_owned() };
    match last.process {
        0 if before && last.increment == 1 => "avgd",
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

#[cfg(test)]
mod tests {
    use super::{TimeRange, duration, step_type_of};

    // codes_get of stepType and stepRange, with typeOfTimeIncrement 1 and tablesVersion 33 and 34, of centre 98 and of 7
    #[test]
    fn what_starts_later_and_later_takes_time_but_in_old_files_of_ecmwf() {
        let mean = TimeRange { process: 0, increment: 1, unit: 1, length: 24 };
        let told = |ranges: &[TimeRange], before| (step_type_of(ranges, before), duration(ranges, before));
        assert_eq!(told(&[mean], true), ("avgd".to_owned(), Some(0)));
        assert_eq!(told(&[mean], false), ("avg".to_owned(), Some(86_400)));
        // The last of several says what was made of the others.
        let largest = TimeRange { process: 2, increment: 2, unit: 1, length: 6 };
        assert_eq!(told(&[mean, largest], true), ("max".to_owned(), Some(21_600)));
    }
}
