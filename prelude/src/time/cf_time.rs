//! Dates of any calendar, and dates too far away for nanoseconds: one of them, and lists of them.

use super::kind::DateKind;
use super::{Calendar, Step};
use crate::{Error, ErrorKind, Result};
use std::fmt;
use std::sync::Arc;

/// One instant of a calendar, to the microsecond.
///
/// Two of different calendars are never equal, and neither is before the other.
///
/// ```
/// use isopleth::time::{Calendar, CfTime};
/// let day = CfTime::parse(Calendar::Day360, "2000-02-30")?;
/// assert_eq!((day.year(), day.month(), day.day(), day.dayofyear()), (2000, 2, 30, 60));
/// assert_eq!(day.to_string(), "2000-02-30");
/// assert!(CfTime::parse(Calendar::NoLeap, "2000-02-29").is_err());
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CfTime {
    calendar: Calendar,
    microseconds: i64,
}

impl CfTime {
    /// The instant `microseconds` after 1970-01-01T00:00:00 of the calendar; `i64::MIN` is no instant.
    pub const fn from_microseconds(calendar: Calendar, microseconds: i64) -> Self {
        Self { calendar, microseconds }
    }

    /// Reads `2000-02-30`, `2000-02-30T06:30:00` and shorter forms (`2000-02` is the first of February).
    ///
    /// # Errors
    /// When the text is no date, or the calendar has no such day.
    pub fn parse(calendar: Calendar, text: &str) -> Result<Self> {
        DateKind::Cf(calendar).parse(text).map(|(microseconds, _)| Self { calendar, microseconds })
    }

    /// The calendar.
    pub const fn calendar(self) -> Calendar {
        self.calendar
    }

    /// Microseconds since 1970-01-01T00:00:00 of the calendar.
    pub const fn microseconds(self) -> i64 {
        self.microseconds
    }

    /// Whether this is no instant.
    pub const fn is_missing(self) -> bool {
        self.microseconds == i64::MIN
    }

    pub(crate) fn kind(self) -> DateKind {
        DateKind::Cf(self.calendar)
    }

    fn field(self, of: impl Fn(DateKind, i64) -> i64) -> i64 {
        if self.is_missing() { 0 } else { of(self.kind(), self.microseconds) }
    }

    /// The year; 0 for a missing instant, as for all fields.
    pub fn year(self) -> i64 {
        self.field(DateKind::year)
    }

    /// The month, 1 to 12.
    pub fn month(self) -> i64 {
        self.field(DateKind::month)
    }

    /// The day of the month, from 1.
    pub fn day(self) -> i64 {
        self.field(|kind, date| kind.civil(date).2)
    }

    /// The day of the year, from 1.
    pub fn dayofyear(self) -> i64 {
        self.field(DateKind::dayofyear)
    }

    /// The hour of the day, 0 to 23.
    pub fn hour(self) -> i64 {
        self.field(|kind, date| kind.part(date, 3600, 24))
    }
}

/// `2000-02-30`, with the time of day unless it is midnight.
impl fmt::Display for CfTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.kind().text(self.microseconds))
    }
}

impl fmt::Debug for CfTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} ({})", self.calendar)
    }
}

/// Dates of one calendar, in their order: what a coordinate is made of.
#[derive(Clone, PartialEq, Eq)]
pub struct CfTimes {
    calendar: Calendar,
    dates: Arc<[i64]>,
}

/// `periods` dates from `start` at a distance of `step`, in a calendar.
///
/// ```
/// use isopleth::time::{Calendar, Step, date_range_in};
/// let days = date_range_in(Calendar::NoLeap, "2000-02-28", 2, Step::Days(1))?;
/// assert_eq!(days.get(1).map(|day| day.to_string()).as_deref(), Some("2000-03-01"));
/// # Ok::<(), isopleth::Error>(())
/// ```
///
/// # Errors
/// When `start` is no date of the calendar, or the range leaves the years that can be stored.
pub fn date_range_in(calendar: Calendar, start: &str, periods: usize, step: Step) -> Result<CfTimes> {
    let kind = DateKind::Cf(calendar);
    let (start, _) = kind.parse(start)?;
    let nth = |number: usize| {
        let number = i64::try_from(number).ok()?;
        let fixed = |unit: i64, count: i64| unit.checked_mul(count)?.checked_mul(number)?.checked_add(start);
        match step {
            Step::Hours(count) => fixed(kind.day() / 24, count),
            Step::Days(count) => fixed(kind.day(), count),
            Step::Months(count) => kind.plus_months(start, i64::from(count).checked_mul(number)?),
        }
    };
    let dates: Option<Vec<i64>> = (0..periods).map(nth).collect();
    let far = || {
        let message = format!("{periods} dates from {} leave the years that can be stored", kind.text(start));
        Error::new(ErrorKind::InvalidArgument, message)
    };
    Ok(CfTimes { calendar, dates: dates.ok_or_else(far)?.into() })
}

impl CfTimes {
    /// Dates written as text.
    ///
    /// # Errors
    /// When a text is no date of the calendar.
    pub fn parse<T: AsRef<str>>(calendar: Calendar, texts: impl IntoIterator<Item = T>) -> Result<Self> {
        let dates = texts.into_iter().map(|text| Ok(DateKind::Cf(calendar).parse(text.as_ref())?.0));
        Ok(Self { calendar, dates: dates.collect::<Result<_>>()? })
    }

    /// Dates as microseconds since 1970-01-01 of the calendar; `i64::MIN` is missing.
    pub fn from_microseconds(calendar: Calendar, dates: Vec<i64>) -> Self {
        Self { calendar, dates: dates.into() }
    }

    /// The calendar.
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// How many dates there are.
    pub fn len(&self) -> usize {
        self.dates.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.dates.is_empty()
    }

    /// The date at a position.
    pub fn get(&self, at: usize) -> Option<CfTime> {
        self.dates.get(at).map(|&date| CfTime::from_microseconds(self.calendar, date))
    }

    pub(crate) fn microseconds(&self) -> &[i64] {
        &self.dates
    }
}

/// `[2000-02-29, 2000-02-30] (360_day)`.
impl fmt::Display for CfTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 12;
        let text = |&date: &i64| DateKind::Cf(self.calendar).text(date);
        let (head, tail) = match self.len() {
            few @ 0..=SHOWN => (few, few),
            many => (SHOWN / 2, many - SHOWN / 2),
        };
        let mut shown: Vec<String> = self.dates[..head].iter().map(text).collect();
        if head < tail {
            shown.push("…".to_owned());
            shown.extend(self.dates[tail..].iter().map(text));
        }
        write!(f, "[{}] ({})", shown.join(", "), self.calendar)
    }
}

impl fmt::Debug for CfTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected: xr.date_range("2000-01-30", periods=3, freq="MS" …) has no such step; cftime: 2000-01-30 + 30 days each
    #[test]
    fn months_step_by_the_calendar() {
        let months = date_range_in(Calendar::Day360, "2000-01-30", 3, Step::Months(1)).unwrap();
        assert_eq!(months.to_string(), "[2000-01-30, 2000-02-30, 2000-03-30] (360_day)");
        let far = date_range_in(Calendar::Day360, "2000-01-01", 3, Step::Days(i64::MAX / 10)).unwrap_err();
        assert!(far.to_string().contains("years"), "{far}");
    }
}
