//! One instant of the civil calendar, as arrays store it: nanoseconds since 1970.

use super::fields;
use crate::{Error, ErrorKind, Result};
use jiff::civil;
use std::borrow::Cow;
use std::fmt;

/// Nanoseconds in one day.
pub(crate) const DAY: i64 = 86_400_000_000_000;

/// A date, or a date and time of day, without a time zone. It reaches from 1677 to 2262.
///
/// The value is the number of nanoseconds since 1970-01-01T00:00:00, which is also how an
/// array of dates stores it. [`DateTime::MISSING`] marks a missing instant and prints as `NaT`.
///
/// ```
/// use isopleth::time::DateTime;
/// let day: DateTime = "2016-02-29".parse()?;
/// assert_eq!((day.year(), day.month(), day.day()), (2016, 2, 29));
/// assert_eq!(day.plus_days(1)?.to_string(), "2016-03-01");
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(i64);

/// The smallest unit that a written date states, coarsest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Resolution {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Fraction,
}

impl DateTime {
    /// No instant: what a missing date is stored as.
    pub const MISSING: Self = Self(i64::MIN);

    /// Midnight of a day; `month` and `day` count from 1.
    ///
    /// # Errors
    /// When the calendar has no such day, or it lies outside 1677 to 2262.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self> {
        match civil::Date::new(year, month, day) {
            Ok(date) => from_civil(date.at(0, 0, 0, 0)),
            Err(_) => Err(Error::new(
                ErrorKind::InvalidArgument,
                format!("there is no day {year}-{month:02}-{day:02} in the calendar"),
            )),
        }
    }

    /// The instant `nanoseconds` after 1970-01-01T00:00:00.
    pub const fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self(nanoseconds)
    }

    /// Nanoseconds since 1970-01-01T00:00:00.
    pub const fn nanoseconds(self) -> i64 {
        self.0
    }

    /// Whether this is [`DateTime::MISSING`].
    pub const fn is_missing(self) -> bool {
        self.0 == i64::MIN
    }

    /// This instant moved by `days` of 24 hours; a missing one stays missing.
    ///
    /// # Errors
    /// When the result lies outside 1677 to 2262.
    pub fn plus_days(self, days: i64) -> Result<Self> {
        self.plus(days, "days", DAY)
    }

    /// This instant moved by `hours`; a missing one stays missing.
    ///
    /// # Errors
    /// When the result lies outside 1677 to 2262.
    pub fn plus_hours(self, hours: i64) -> Result<Self> {
        self.plus(hours, "hours", DAY / 24)
    }

    fn plus(self, count: i64, unit: &str, length: i64) -> Result<Self> {
        if self.is_missing() {
            return Ok(self);
        }
        let moved = count.checked_mul(length).and_then(|span| self.0.checked_add(span));
        // The lowest value means "missing".
        moved.filter(|&moved| moved != i64::MIN).map(Self).ok_or_else(|| {
            let message =
                format!("{self} and {count} {unit} is out of range: a date must lie between 1677-09-22 and 2262-04-11");
            Error::new(ErrorKind::InvalidArgument, message)
        })
    }

    /// This instant moved by whole months; a day that the new month lacks becomes its last day.
    ///
    /// # Errors
    /// When the result lies outside 1677 to 2262.
    pub fn plus_months(self, months: i32) -> Result<Self> {
        if self.is_missing() {
            return Ok(self);
        }
        let moved = to_civil(self.0).checked_add(jiff::Span::new().try_months(months).map_err(out_of_range)?);
        from_civil(moved.map_err(out_of_range)?)
    }

    /// Days from `other` to this instant, with the fraction of a day.
    pub fn days_since(self, other: Self) -> f64 {
        if self.is_missing() || other.is_missing() {
            return f64::NAN;
        }
        (i128::from(self.0) - i128::from(other.0)) as f64 / DAY as f64
    }

    /// The year; 0 for a missing instant, as for all fields.
    pub fn year(self) -> i32 {
        fields::year(self.0) as i32
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        fields::month(self.0) as u32
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        fields::day(self.0) as u32
    }

    /// The day of the year, 1 to 366.
    pub fn dayofyear(self) -> u32 {
        fields::dayofyear(self.0) as u32
    }

    /// The day of the week: 0 is Monday, 6 Sunday.
    pub fn weekday(self) -> u32 {
        fields::weekday(self.0) as u32
    }

    /// The hour of the day, 0 to 23.
    pub fn hour(self) -> u32 {
        fields::hour(self.0) as u32
    }

    /// The minute of the hour, 0 to 59.
    pub fn minute(self) -> u32 {
        fields::minute(self.0) as u32
    }

    /// The second of the minute, 0 to 59.
    pub fn second(self) -> u32 {
        fields::second(self.0) as u32
    }

    /// The finest unit that is not zero: what pandas calls the resolution of an index.
    pub(crate) fn resolution(self) -> Resolution {
        match self.0.rem_euclid(DAY) {
            0 => Resolution::Day,
            rest if rest % (DAY / 24) == 0 => Resolution::Hour,
            rest if rest % 60_000_000_000 == 0 => Resolution::Minute,
            rest if rest % 1_000_000_000 == 0 => Resolution::Second,
            _ => Resolution::Fraction,
        }
    }

    /// With the time of day even where it is midnight.
    pub(crate) fn to_string_with_time(self) -> String {
        if self.is_missing() { "NaT".into() } else { to_civil(self.0).to_string() }
    }
}

fn out_of_range(_: jiff::Error) -> Error {
    Error::new(ErrorKind::InvalidArgument, "a date must lie between 1677-09-22 and 2262-04-11")
}

pub(super) fn to_civil(nanoseconds: i64) -> civil::DateTime {
    // In range by construction: i64 nanoseconds reach from 1677 to 2262, jiff from -9999 to 9999.
    civil::date(1970, 1, 1).at(0, 0, 0, 0).saturating_add(jiff::SignedDuration::from_nanos(nanoseconds))
}

fn from_civil(instant: civil::DateTime) -> Result<DateTime> {
    let since = instant.duration_since(civil::date(1970, 1, 1).at(0, 0, 0, 0)).as_nanos();
    match i64::try_from(since) {
        Ok(nanoseconds) if nanoseconds != i64::MIN => Ok(DateTime(nanoseconds)),
        _ => Err(Error::new(
            ErrorKind::InvalidArgument,
            format!("{instant} is out of range: a date must lie between 1677-09-22 and 2262-04-11"),
        )),
    }
}

/// Reads `2016`, `2016-01`, `2016-01-31`, `20160131`, `2016-01-31T06`, `2016-01-31 06:30:00.5`, and says how fine it is.
pub(crate) fn parse_with_resolution(text: &str) -> Result<(DateTime, Resolution)> {
    parse(text.trim())
        .ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidArgument,
                format!("{text:?} is not a date; write 2016-01-31, 2016-01 for a month, or 2016-01-31T06:30"),
            )
        })
        .and_then(|(instant, resolution)| Ok((from_civil(instant)?, resolution)))
}

fn parse(text: &str) -> Option<(civil::DateTime, Resolution)> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let date = &*dashed(date);
    let mut parts = date.splitn(3, '-').map(|part| digits(part, if part.len() == 4 { 4 } else { 2 }));
    let year = parts.next()?.filter(|_| date.split('-').next().is_some_and(|year| year.len() == 4))?;
    let (month, day) = (parts.next(), parts.next());
    let resolution = match (month, day) {
        (None, _) => Resolution::Year,
        (Some(_), None) => Resolution::Month,
        _ => Resolution::Day,
    };
    let date = civil::Date::new(
        year,
        i8::try_from(month.unwrap_or(Some(1))?).ok()?,
        i8::try_from(day.unwrap_or(Some(1))?).ok()?,
    )
    .ok()?;
    let Some(time) = time else { return Some((date.at(0, 0, 0, 0), resolution)) };
    if resolution != Resolution::Day {
        return None;
    }
    let (time, fraction) = match time.split_once('.') {
        Some((time, fraction)) => (time, Some(fraction)),
        None => (time, None),
    };
    let mut parts = time.splitn(3, ':').map(|part| digits(part, 2));
    let (hour, minute, second) = (parts.next()??, parts.next(), parts.next());
    let resolution = match (minute, second, fraction) {
        (None, _, None) => Resolution::Hour,
        (Some(_), None, None) => Resolution::Minute,
        (Some(_), Some(_), None) => Resolution::Second,
        (Some(_), Some(_), Some(_)) => Resolution::Fraction,
        _ => return None,
    };
    let nanoseconds = match fraction {
        Some(digits) if (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{digits:0<9}").parse().ok()?
        }
        Some(_) => return None,
        None => 0,
    };
    let part = |part: Option<Option<i16>>| i8::try_from(part.unwrap_or(Some(0))?).ok();
    let time = civil::Time::new(i8::try_from(hour).ok()?, part(minute)?, part(second)?, nanoseconds).ok()?;
    Some((date.to_datetime(time), resolution))
}

/// `20160131` as `2016-01-31`: ISO 8601 knows both.
pub(super) fn dashed(date: &str) -> Cow<'_, str> {
    if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]).into();
    }
    date.into()
}

fn digits(text: &str, most: usize) -> Option<i16> {
    let good = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    if good { text.parse().ok() } else { None }
}

impl std::str::FromStr for DateTime {
    type Err = Error;

    /// Reads `2016-01-31`, `20160131`, `2016-01-31T06:30:00` and shorter forms (`2016-01` is the first of January).
    fn from_str(text: &str) -> Result<Self> {
        parse_with_resolution(text).map(|(instant, _)| instant)
    }
}

/// `2016-01-31`, with the time of day (`2016-01-31T06:00:00`) unless it is midnight.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_missing() {
            f.pad("NaT")
        } else if self.resolution() == Resolution::Day {
            f.pad(&to_civil(self.0).date().to_string())
        } else {
            f.pad(&to_civil(self.0).to_string())
        }
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        for text in ["2016-01-31", "1969-12-31T23:59:59", "2016-02-29T06:30:00.5", "1677-09-22", "2262-04-11"] {
            assert_eq!(date(text).to_string(), text);
        }
        assert_eq!(date("2016-01-31 06").to_string(), "2016-01-31T06:00:00");
        assert_eq!(parse_with_resolution("20160131").unwrap(), (date("2016-01-31"), Resolution::Day));
        assert_eq!(date("20160131T06"), date("2016-01-31T06"));
        // python3 -c "import pandas as pd; print(pd.Timestamp('2016-07-01T12:00').value)"
        assert_eq!(date("2016-07-01T12:00").nanoseconds(), 1_467_374_400_000_000_000);
    }

    #[test]
    fn a_short_date_is_the_start_of_its_unit_and_knows_its_end() {
        let (month, resolution) = parse_with_resolution("2016-02").unwrap();
        assert_eq!((month.to_string().as_str(), resolution), ("2016-02-01", Resolution::Month));
        let kind = crate::time::DateKind::Nanoseconds;
        assert_eq!(kind.text(kind.end_of(month.nanoseconds(), resolution)), "2016-02-29T23:59:59.999999999");
    }

    #[test]
    fn what_is_not_a_date_is_an_error_that_shows_how_to_write_one() {
        for text in [
            "",
            "2016-02-30",
            "2016-13-01",
            "16-01-01",
            "2016-1-1T",
            "2016T06",
            "1 July",
            "20160230",
            "2016013",
            "201601",
            "9999-01-01",
            "2016-01-01T25",
        ] {
            let error = text.parse::<DateTime>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{text}");
        }
        assert!("July".parse::<DateTime>().unwrap_err().to_string().contains("2016-01-31"));
    }

    #[test]
    fn a_missing_instant_stays_missing() {
        assert_eq!(DateTime::MISSING.plus_days(3).unwrap(), DateTime::MISSING);
        assert_eq!(DateTime::MISSING.plus_months(3).unwrap().to_string(), "NaT");
    }

    // pd.Timestamp("2016-01-01") + pd.Timedelta(days=100_000) as nanoseconds: OutOfBoundsDatetime
    #[test]
    fn a_date_moved_out_of_range_is_an_error_and_not_the_last_one() {
        let day = date("2016-01-01");
        assert_eq!(day.plus_days(-366).unwrap(), date("2014-12-31"));
        assert_eq!(day.plus_hours(25).unwrap(), date("2016-01-02T01"));
        for moved in
            [day.plus_days(100_000), day.plus_days(i64::MIN), day.plus_hours(i64::MAX), day.plus_hours(-9_999_999)]
        {
            let error = moved.unwrap_err().to_string();
            assert!(error.contains("2016-01-01") && error.contains("2262-04-11"), "{error}");
        }
        assert!(DateTime::from_nanoseconds(i64::MIN + DAY).plus_days(-1).is_err());
    }

    #[test]
    fn months_end_on_the_last_day_that_exists() {
        assert_eq!(date("2016-01-31").plus_months(1).unwrap().to_string(), "2016-02-29");
    }
}
