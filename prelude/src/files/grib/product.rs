//! What a field is: a parameter, at a level, at a time, of a member. The same for both editions.

use super::bytes::Bytes;
use super::unread::Unread;

/// What one field says about itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Product {
    pub(super) edition: u8,
    pub(super) centre: u16,
    pub(super) sub_centre: u16,
    pub(super) parameter: Code,
    /// The kind of level, by ecCodes' names.
    pub(super) level_type: Option<&'static str>,
    pub(super) level: Option<f64>,
    /// The member of an ensemble.
    pub(super) number: Option<i64>,
    pub(super) members: Option<i64>,
    /// `an`, `fc`, `pf` and so on.
    pub(super) data_type: Option<&'static str>,
    /// `instant`, `accum`, `avg` and so on.
    pub(super) step_type: String,
    /// Seconds from 1970 to the time from which the forecast starts.
    pub(super) reference: i64,
    /// Seconds from there to the start and the end of the time that the field is for.
    pub(super) steps: Option<(i64, i64)>,
    /// How many numbers describe the vertical coordinate.
    pub(super) vertical_numbers: i64,
}

/// How a file names a parameter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Code {
    Edition1 {
        table: u8,
        number: u8,
        level_type: u8,
        level: i64,
    },
    Edition2 {
        discipline: u8,
        category: u8,
        number: u8,
        /// Whether the file is from before ECMWF's move to edition 2, which gave parameters other codes.
        before: bool,
        conditions: Vec<(char, Option<i64>)>,
    },
}

/// Seconds from 1970 to a date of the calendar that holds today; none for dates that cannot be.
pub(super) fn seconds(date: [i64; 3], time: [i64; 3]) -> Option<i64> {
    let [year, month, day] = date;
    let [hour, minute, second] = time;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *longest.get(usize::try_from(month - 1).ok()?)?;
    // 24 hours is how some centres write midnight.
    let fits = (1678..=2261).contains(&year)
        && (1..=length).contains(&day)
        && (0..=24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    if !fits {
        return None;
    }
    // Days by the civil calendar, years counted from March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// The seconds of a unit of time, of code table 4 of edition 1; months count 30 days and years 365, as in ecCodes.
pub(super) fn unit_edition1(code: u8) -> Option<i64> {
    match code {
        13 => Some(900),
        14 => Some(1_800),
        254 => Some(1),
        other => unit_edition2(other).filter(|_| other < 13),
    }
}

/// The same of code table 4.4 of edition 2.
pub(super) fn unit_edition2(code: u8) -> Option<i64> {
    Some(match code {
        0 => 60,
        1 => 3_600,
        2 => 86_400,
        3 => 30 * 86_400,
        4 => 365 * 86_400,
        10 => 3 * 3_600,
        11 => 6 * 3_600,
        12 => 12 * 3_600,
        13 => 1,
        _ => return None,
    })
}

/// The abbreviation in ECMWF's list of kinds of data.
pub(super) fn mars_type(code: u16) -> Option<&'static str> {
    in_list(include_str!("tables/types.txt"), code).map(|(short, _)| short)
}

/// A centre: its abbreviation, or its number, and its name.
pub(super) fn centre(code: u16) -> Option<(&'static str, &'static str)> {
    in_list(include_str!("tables/centres.txt"), code)
}

/// A line `number|text|more`.
fn in_list(list: &'static str, code: u16) -> Option<(&'static str, &'static str)> {
    list.lines().find_map(|line| {
        let (number, rest) = line.split_once('|')?;
        (number.parse() == Ok(code)).then(|| rest.split_once('|').unwrap_or((rest, "")))
    })
}

/// The product section of edition 1.
pub(super) fn edition1(section: &[u8]) -> Result<Product, Unread> {
    let bytes = Bytes(section);
    let product = || {
        let centre = u16::from(bytes.u8(4)?);
        let sub_centre = u16::from(bytes.u8(25)?);
        let indicator = bytes.u8(9)?;
        let layer = matches!(indicator, 101 | 104 | 106 | 108 | 110 | 112 | 114 | 116 | 120 | 121 | 128 | 141);
        let level = if layer { bytes.u8(10)?.into() } else { i64::from(bytes.u16(10)?) };
        let (range, first, last) = (bytes.u8(20)?, i64::from(bytes.u8(18)?), i64::from(bytes.u8(19)?));
        let step_type = step_type_edition1(range, centre);
        let (start, end) = match range {
            10 => (first << 8 | last, first << 8 | last),
            2..=5 | 118..=122 => (first, last),
            _ => (first, first),
        };
        let known = step_type.parse::<u8>().is_err();
        let steps = unit_edition1(bytes.u8(17)?).filter(|_| known).map(|unit| (start * unit, end * unit));
        let local = Local::read(bytes, centre, sub_centre);
        Some((
            [i64::from(bytes.u8(24)?), bytes.u8(12)?.into(), bytes.u8(13)?.into(), bytes.u8(14)?.into()],
            [i64::from(bytes.u8(15)?), bytes.u8(16)?.into(), 0],
            Product {
                edition: 1,
                centre,
                sub_centre,
                parameter: Code::Edition1 { table: bytes.u8(3)?, number: bytes.u8(8)?, level_type: indicator, level },
                level_type: super::levels::edition1(indicator, centre, level),
                level: Some(level as f64),
                number: local.number,
                members: local.members,
                data_type: local.data_type,
                step_type,
                reference: 0,
                steps,
                vertical_numbers: 0,
            },
        ))
    };
    let ([century, year, month, day], time, mut product) =
        product().ok_or_else(|| Unread::damaged("its product section is shorter than the standard wants"))?;
    let date = [(century - 1) * 100 + year, month, day];
    product.reference = seconds(date, time).ok_or_else(|| no_date(date))?;
    Ok(product)
}

pub(super) fn no_date([year, month, day]: [i64; 3]) -> Unread {
    Unread::damaged(format!("its date, year {year}, month {month}, day {day}, is none that can be told"))
}

fn step_type_edition1(range: u8, centre: u16) -> String {
    match range {
        0 | 1 | 10 => "instant",
        14 if centre == 98 => "instant",
        2 if centre == 98 => "max",
        2 | 4 => "accum",
        3 => "avg",
        5 => "diff",
        113 => "avgfc",
        118 => "max",
        119 => "min",
        120 if centre == 98 => "rms",
        121 if centre == 98 => "sd",
        122 if centre == 98 => "cov",
        123 => "avgua",
        124 => "avgia",
        128 if centre == 98 => "avgas",
        130 if centre == 98 => "avgad",
        133 if centre == 98 => "avgid",
        other => return other.to_string(),
    }
    .to_owned()
}

/// What ECMWF adds to the product section of edition 1.
#[derive(Debug, Default)]
struct Local {
    number: Option<i64>,
    members: Option<i64>,
    data_type: Option<&'static str>,
}

impl Local {
    fn read(bytes: Bytes<'_>, centre: u16, sub_centre: u16) -> Self {
        if centre != 98 && sub_centre != 98 {
            return Self::default();
        }
        let Some(definition) = bytes.u8(40) else { return Self::default() };
        let short = |at: usize| bytes.u8(at).map(i64::from);
        let long = |at: usize| bytes.u16(at).map(i64::from);
        let (number, members) = match definition {
            12 | 16 => (long(49), long(62)),
            15 => (long(49), long(55)),
            23 => (long(49), long(80)),
            192 => (short(63), short(64)),
            17 | 25 | 39 | 49 | 244 | 245 => (short(49), None),
            1 | 2 | 5 | 7 | 10 | 13 | 14 | 18 | 19 | 26..=32 | 36 | 37 | 40 | 50 | 218 => (short(49), short(50)),
            _ => (None, None),
        };
        Self { number, members, data_type: bytes.u8(42).and_then(|code| mars_type(code.into())) }
    }
}

#[cfg(test)]
mod tests {
    use super::{centre, mars_type, seconds};

    #[test]
    fn dates_are_counted_from_1970() {
        // datetime(2024, 2, 29, 6, 30).timestamp() in UTC, and the last day that nanoseconds reach whole.
        assert_eq!(seconds([2024, 2, 29], [6, 30, 0]), Some(1_709_188_200));
        assert_eq!(seconds([1970, 1, 1], [0, 0, 0]), Some(0));
        assert_eq!(seconds([1900, 3, 1], [0, 0, 0]), Some(-2_203_891_200));
        assert_eq!(seconds([2023, 2, 29], [0, 0, 0]), None);
        assert_eq!(seconds([0, 1, 1], [0, 0, 0]), None);
    }

    #[test]
    fn centres_and_kinds_of_data_have_names() {
        assert_eq!(centre(7), Some(("kwbc", "US National Weather Service - NCEP")));
        assert_eq!((mars_type(2), mars_type(11)), (Some("an"), Some("pf")));
    }
}
