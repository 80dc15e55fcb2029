//! The calendars in which dates are counted: which days there are, and what number each has.
//!
//! Climate models count in years of 360 or of 365 days, and what is older than 1582 in Julian years. Numbers of days are
//! counted from the first of January 1970 of the calendar itself. Years are astronomical in here: the year before 1 is 0.

use crate::{Error, ErrorKind, Result};
use std::fmt;

/// A calendar of the CF conventions.
///
/// ```
/// use isopleth::time::Calendar;
/// let model: Calendar = "360_day".parse()?;
/// assert_eq!(model.days_in_month(2000, 2), 30);
/// assert_eq!("365_day".parse::<Calendar>()?, Calendar::NoLeap);
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Calendar {
    /// `proleptic_gregorian`: today's leap years for all time, with a year 0.
    ProlepticGregorian,
    /// `standard` or `gregorian`: Julian until 1582-10-04, which the 15th followed. It has no year 0.
    Standard,
    /// `julian`: every fourth year is a leap year. It has no year 0.
    Julian,
    /// `noleap` or `365_day`: no year has a 29 February.
    NoLeap,
    /// `all_leap` or `366_day`: every year has one.
    AllLeap,
    /// `360_day`: twelve months of 30 days.
    Day360,
}

const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const LENGTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// Of the days before it the standard calendar says what the Julian one says: 1582-10-15, in days since 1970-01-01.
const FIRST_GREGORIAN: i64 = -141_427;

impl Calendar {
    /// All of them.
    pub(crate) const ALL: [Self; 6] =
        [Self::ProlepticGregorian, Self::Standard, Self::Julian, Self::NoLeap, Self::AllLeap, Self::Day360];

    /// Itself, also from a reference.
    pub(crate) const fn itself(self) -> Self {
        self
    }

    /// The name that the CF conventions have for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ProlepticGregorian => "proleptic_gregorian",
            Self::Standard => "standard",
            Self::Julian => "julian",
            Self::NoLeap => "noleap",
            Self::AllLeap => "all_leap",
            Self::Day360 => "360_day",
        }
    }

    /// Whether this calendar's dates of today are the ones on the wall.
    pub(crate) fn is_real(self) -> bool {
        matches!(self, Self::ProlepticGregorian | Self::Standard)
    }

    /// Whether there is a year between -1 and 1.
    pub(crate) fn has_year_zero(self) -> bool {
        !matches!(self, Self::Standard | Self::Julian)
    }

    /// A year as this calendar writes it.
    pub(crate) fn written(self, year: i64) -> i64 {
        if year <= 0 && !self.has_year_zero() { year - 1 } else { year }
    }

    /// The year that this calendar writes so; none if it has no such year.
    pub(crate) fn read(self, written: i64) -> Option<i64> {
        match written {
            written if self.has_year_zero() || written > 0 => Some(written),
            0 => None,
            before => Some(before + 1),
        }
    }

    /// Whether the year has a 29 February that other years lack.
    pub(crate) fn is_leap(self, year: i64) -> bool {
        let fourth = year.rem_euclid(4) == 0;
        match self {
            Self::NoLeap | Self::Day360 => false,
            Self::AllLeap => true,
            Self::Julian => fourth,
            Self::Standard if year < 1583 => fourth,
            Self::ProlepticGregorian | Self::Standard => {
                fourth && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
            }
        }
    }

    /// How many days a month (1 to 12) has. October 1582 of the standard calendar has 31, of which ten were left out.
    pub fn days_in_month(self, year: i64, month: i64) -> i64 {
        match (self, month) {
            (Self::Day360, _) => 30,
            (_, 2) => 28 + i64::from(self.is_leap(year)),
            _ => LENGTHS[(month - 1).clamp(0, 11) as usize],
        }
    }

    /// The number of a day, 1970-01-01 being 0; none if the calendar has no such day.
    pub(crate) fn day_number(self, year: i64, month: i64, day: i64) -> Option<i64> {
        // Years beyond these leave what 64 bits of microseconds hold.
        let is_day =
            (1..=12).contains(&month) && year.abs() < 400_000 && (1..=self.days_in_month(year, month)).contains(&day);
        if !is_day {
            return None;
        }
        Some(match self {
            Self::ProlepticGregorian => gregorian(year, month, day),
            Self::Julian => julian(year, month, day) - 13,
            Self::Standard => match (year, month, day) {
                (1582, 10, 5..=14) => return None,
                date if date < (1582, 10, 15) => julian(year, month, day),
                _ => gregorian(year, month, day),
            },
            Self::NoLeap => (year - 1970) * 365 + BEFORE[month as usize - 1] + day - 1,
            Self::AllLeap => (year - 1970) * 366 + BEFORE[month as usize - 1] + i64::from(month > 2) + day - 1,
            Self::Day360 => (year - 1970) * 360 + (month - 1) * 30 + day - 1,
        })
    }

    /// The day of the year, from 1. In 1582 of the standard calendar the ten days left out are counted, as cftime counts them.
    pub(crate) fn day_of_year(self, (year, month, day): (i64, i64, i64)) -> i64 {
        match self {
            Self::Day360 => (month - 1) * 30 + day,
            _ => BEFORE[(month - 1).clamp(0, 11) as usize] + i64::from(month > 2 && self.is_leap(year)) + day,
        }
    }

    /// Year, month and day of the day with a number.
    pub(crate) fn civil(self, number: i64) -> (i64, i64, i64) {
        let even = |length: i64, leap: i64| {
            let (year, day) = (1970 + number.div_euclid(length), number.rem_euclid(length));
            let start = |month: usize| BEFORE[month] + if month >= 2 { leap } else { 0 };
            let month = (1..12).take_while(|&month| start(month) <= day).count();
            (year, month as i64 + 1, day - start(month) + 1)
        };
        match self {
            Self::ProlepticGregorian => from_gregorian(number),
            Self::Standard if number >= FIRST_GREGORIAN => from_gregorian(number),
            Self::Standard => from_julian(number),
            Self::Julian => from_julian(number + 13),
            Self::NoLeap => even(365, 0),
            Self::AllLeap => even(366, 1),
            Self::Day360 => {
                let day = number.rem_euclid(360);
                (1970 + number.div_euclid(360), day / 30 + 1, day % 30 + 1)
            }
        }
    }

    /// The day of the week of the day with a number, 0 being Monday: in calendars of other lengths as `cftime` counts it on.
    pub(crate) fn weekday(self, number: i64) -> i64 {
        let first = match self {
            Self::Julian | Self::Day360 => 2,
            Self::AllLeap => 6,
            Self::ProlepticGregorian | Self::Standard | Self::NoLeap => 3,
        };
        (number + first).rem_euclid(7)
    }
}

/// Days since 1970-01-01 in years that begin in March, so that the leap day is the last of its year.
fn in_march_years(year: i64, month: i64, day: i64) -> (i64, i64) {
    let shifted = year - i64::from(month <= 2);
    (shifted, (153 * ((month + 9) % 12) + 2) / 5 + day - 1)
}

fn gregorian(year: i64, month: i64, day: i64) -> i64 {
    let (year, day) = in_march_years(year, month, day);
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day - 719_468
}

/// Of a Julian date the days since the Gregorian 1970-01-01.
fn julian(year: i64, month: i64, day: i64) -> i64 {
    let (year, day) = in_march_years(year, month, day);
    365 * year + year.div_euclid(4) + day - 719_470
}

fn in_year(year: i64, day: i64) -> (i64, i64, i64) {
    let shifted = (5 * day + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + i64::from(month <= 2), month, day - (153 * shifted + 2) / 5 + 1)
}

fn from_gregorian(number: i64) -> (i64, i64, i64) {
    let days = number + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    in_year(era * 400 + year, day - (365 * year + year / 4 - year / 100))
}

fn from_julian(number: i64) -> (i64, i64, i64) {
    let days = number + 719_470;
    let (era, day) = (days.div_euclid(1461), days.rem_euclid(1461));
    let year = (day - day / 1460) / 365;
    in_year(era * 4 + year, day - 365 * year)
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl std::str::FromStr for Calendar {
    type Err = Error;

    /// Reads the names of the CF conventions in any letters; no name at all is the standard calendar.
    fn from_str(text: &str) -> Result<Self> {
        Ok(match text.trim().to_lowercase().as_str() {
            "standard" | "gregorian" | "" => Self::Standard,
            "proleptic_gregorian" => Self::ProlepticGregorian,
            "julian" => Self::Julian,
            "noleap" | "no_leap" | "365_day" => Self::NoLeap,
            "all_leap" | "allleap" | "366_day" => Self::AllLeap,
            "360_day" => Self::Day360,
            _ => {
                let names = Self::ALL.map(Self::name).join(", ");
                let message = format!("{text:?} is no calendar that is known; there are {names}");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected: cftime.date2num(cftime.datetime(y, m, d, calendar=c), "days since 1970-01-01", c) and .dayofwk
    #[test]
    fn days_have_the_numbers_and_weekdays_that_cftime_gives_them() {
        use Calendar::*;
        for (calendar, (year, month, day), number, weekday) in [
            (ProlepticGregorian, (-4000, 3, 1), -2180438, 2),
            (ProlepticGregorian, (-1, 12, 30), -719530, 3),
            (ProlepticGregorian, (1, 1, 1), -719162, 0),
            (ProlepticGregorian, (1582, 10, 4), -141438, 0),
            (ProlepticGregorian, (1582, 10, 15), -141427, 4),
            (ProlepticGregorian, (1600, 2, 28), -135082, 0),
            (ProlepticGregorian, (1970, 1, 1), 0, 3),
            (ProlepticGregorian, (2000, 3, 1), 11017, 2),
            (ProlepticGregorian, (6000, 12, 30), 1472291, 5),
            (Standard, (-4000, 3, 1), -2180105, 6),
            (Standard, (-1, 12, 30), -719166, 3),
            (Standard, (1, 1, 1), -719164, 5),
            (Standard, (1582, 10, 4), -141428, 3),
            (Standard, (1582, 10, 15), -141427, 4),
            (Standard, (1600, 2, 28), -135082, 0),
            (Standard, (1970, 1, 1), 0, 3),
            (Standard, (2000, 3, 1), 11017, 2),
            (Standard, (6000, 12, 30), 1472291, 5),
            (Julian, (-4000, 3, 1), -2180118, 6),
            (Julian, (-1, 12, 30), -719179, 3),
            (Julian, (1, 1, 1), -719177, 5),
            (Julian, (1582, 10, 4), -141441, 3),
            (Julian, (1582, 10, 15), -141430, 0),
            (Julian, (1600, 2, 28), -135085, 3),
            (Julian, (1970, 1, 1), 0, 2),
            (Julian, (2000, 3, 1), 11017, 1),
            (Julian, (6000, 12, 30), 1472321, 6),
            (NoLeap, (-4000, 3, 1), -2178991, 0),
            (NoLeap, (-1, 12, 30), -719052, 5),
            (NoLeap, (1, 1, 1), -718685, 1),
            (NoLeap, (1582, 10, 4), -141344, 3),
            (NoLeap, (1582, 10, 15), -141333, 0),
            (NoLeap, (1600, 2, 28), -134992, 6),
            (NoLeap, (1970, 1, 1), 0, 3),
            (NoLeap, (2000, 3, 1), 11009, 1),
            (NoLeap, (6000, 12, 30), 1471313, 0),
            (AllLeap, (-4000, 3, 1), -2184960, 5),
            (AllLeap, (-1, 12, 30), -721022, 5),
            (AllLeap, (1, 1, 1), -720654, 2),
            (AllLeap, (1582, 10, 4), -141731, 4),
            (AllLeap, (1582, 10, 15), -141720, 1),
            (AllLeap, (1600, 2, 28), -135362, 3),
            (AllLeap, (1970, 1, 1), 0, 6),
            (AllLeap, (2000, 3, 1), 11040, 0),
            (AllLeap, (6000, 12, 30), 1475344, 2),
            (Day360, (-4000, 3, 1), -2149140, 2),
            (Day360, (-1, 12, 30), -709201, 6),
            (Day360, (1, 1, 1), -708840, 3),
            (Day360, (1582, 10, 4), -139407, 0),
            (Day360, (1582, 10, 15), -139396, 4),
            (Day360, (1600, 2, 28), -133143, 6),
            (Day360, (1970, 1, 1), 0, 2),
            (Day360, (2000, 3, 1), 10860, 5),
            (Day360, (6000, 12, 30), 1451159, 5),
        ] {
            let year = calendar.read(year).unwrap();
            assert_eq!(calendar.day_number(year, month, day), Some(number), "{calendar} {year}-{month}-{day}");
            assert_eq!(calendar.civil(number), (year, month, day), "{calendar} {number}");
            assert_eq!(calendar.weekday(number), weekday, "{calendar} {year}-{month}-{day}");
        }
    }

    #[test]
    fn every_day_of_ten_thousand_years_is_found_again_and_follows_the_day_before() {
        for calendar in Calendar::ALL {
            let first = calendar.day_number(-4000, 1, 1).unwrap();
            let last = calendar.day_number(6000, 12, 30).unwrap();
            let mut before = calendar.civil(first - 1);
            for number in first..=last {
                let date = calendar.civil(number);
                assert_eq!(calendar.day_number(date.0, date.1, date.2), Some(number), "{calendar} {date:?}");
                assert!(date > before, "{calendar}: {before:?} {date:?}");
                before = date;
            }
        }
    }

    #[test]
    fn days_that_a_calendar_lacks_have_no_number() {
        assert_eq!(Calendar::NoLeap.day_number(2000, 2, 29), None);
        assert_eq!(Calendar::Day360.day_number(2000, 1, 31), None);
        assert_eq!(Calendar::Standard.day_number(1582, 10, 10), None);
        assert_eq!(Calendar::ProlepticGregorian.day_number(1900, 2, 29), None);
        assert!(
            Calendar::Julian.day_number(1900, 2, 29).is_some() && Calendar::Day360.day_number(1900, 2, 30).is_some()
        );
        assert_eq!(
            (Calendar::Standard.read(0), Calendar::Standard.read(-1), Calendar::NoLeap.read(0)),
            (None, Some(0), Some(0))
        );
        assert!("lunar".parse::<Calendar>().unwrap_err().to_string().contains("360_day"));
    }
}
