//! Dates at equal steps: the time axis of a regular record.

use super::{DateTime, date_time::DAY};
use crate::{Error, ErrorKind, Result};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Most dates that a view lists in full, as pandas does.
const SHOWN: usize = 100;

/// The distance from one date to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Whole hours.
    Hours(i64),
    /// Whole days.
    Days(i64),
    /// Whole months; the day of the month is that of the start, or the month's last.
    Months(i32),
}

/// A list of dates at equal steps; it can be indexed, sliced and iterated like a slice.
#[derive(Clone, PartialEq, Eq)]
pub struct DateRange {
    dates: Arc<[DateTime]>,
    step: Step,
}

/// `periods` days in a row from `start`, written as `2016-01-31` (a time of day may follow).
///
/// ```
/// use isopleth::time::date_range;
/// let time = date_range("2016-01-01", 30)?;
/// assert_eq!(time.len(), 30);
/// assert_eq!(time[29].to_string(), "2016-01-30");
/// # Ok::<(), isopleth::Error>(())
/// ```
///
/// # Errors
/// When `start` is not a date, or the range would leave 1677 to 2262.
pub fn date_range(start: &str, periods: usize) -> Result<DateRange> {
    date_range_by(start, periods, Step::Days(1))
}

/// `periods` dates from `start` at a distance of `step`.
///
/// # Errors
/// When `start` is not a date, or the range would leave 1677 to 2262.
pub fn date_range_by(start: &str, periods: usize, step: Step) -> Result<DateRange> {
    let start: DateTime = start.parse()?;
    let dates: Result<Vec<DateTime>> = (0..periods).map(|number| nth(start, step, number)).collect();
    let dates = dates.map_err(|error| error.context(format!("{periods} dates from {start}")))?;
    Ok(DateRange { dates: dates.into(), step })
}

fn nth(start: DateTime, step: Step, number: usize) -> Result<DateTime> {
    let far =
        || Error::new(ErrorKind::InvalidArgument, "the last date must not lie after 2262-04-11 or before 1677-09-22");
    let number = i64::try_from(number).map_err(|_| far())?;
    let fixed = |unit: i64, count: i64| {
        let offset = unit.checked_mul(count)?.checked_mul(number)?;
        start.nanoseconds().checked_add(offset).filter(|&at| at != i64::MIN).map(DateTime::from_nanoseconds)
    };
    match step {
        Step::Hours(count) => fixed(DAY / 24, count).ok_or_else(far),
        Step::Days(count) => fixed(DAY, count).ok_or_else(far),
        Step::Months(count) => {
            let months = i64::from(count).checked_mul(number).and_then(|months| i32::try_from(months).ok());
            start.plus_months(months.ok_or_else(far)?)
        }
    }
}

impl DateRange {
    /// The distance from one date to the next.
    pub fn step(&self) -> Step {
        self.step
    }
}

impl Deref for DateRange {
    type Target = [DateTime];

    fn deref(&self) -> &[DateTime] {
        &self.dates
    }
}

impl<'a> IntoIterator for &'a DateRange {
    type Item = &'a DateTime;
    type IntoIter = std::slice::Iter<'a, DateTime>;

    fn into_iter(self) -> Self::IntoIter {
        self.dates.iter()
    }
}

/// The dates in rows, the middle of a long range elided, then how many and how far apart.
impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |f: &mut fmt::Formatter<'_>, dates: &[DateTime], first: bool| -> fmt::Result {
            for (number, line) in dates.chunks(6).enumerate() {
                let text: Vec<String> = line.iter().map(ToString::to_string).collect();
                f.write_str(if first && number == 0 { "[" } else { "\n " })?;
                f.write_str(&text.join(", "))?;
                f.write_str(if number + 1 < dates.len().div_ceil(6) { "," } else { "" })?;
            }
            Ok(())
        };
        if self.is_empty() {
            f.write_str("[")?;
        } else if self.len() <= SHOWN {
            row(f, self, true)?;
        } else {
            row(f, &self[..12], true)?;
            f.write_str(",\n …")?;
            row(f, &self[self.len() - 12..], false)?;
        }
        let (count, unit) = match self.step {
            Step::Hours(count) => (count, "hour"),
            Step::Days(count) => (count, "day"),
            Step::Months(count) => (i64::from(count), "month"),
        };
        let step = if count == 1 { format!("one {unit}") } else { format!("{count} {unit}s") };
        write!(f, "]\n{} dates, {step} apart", self.len())
    }
}

impl fmt::Debug for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_year_has_366_days() {
        let time = date_range("2016-01-01", 366).unwrap();
        assert_eq!(time[59].to_string(), "2016-02-29");
        assert_eq!(time.last().unwrap().to_string(), "2016-12-31");
    }

    #[test]
    fn months_and_hours_step_by_the_calendar() {
        let months = date_range_by("2016-01-31", 3, Step::Months(1)).unwrap();
        assert_eq!(months[1].to_string(), "2016-02-29");
        assert_eq!(months[2].to_string(), "2016-03-31");
        let hours = date_range_by("2016-01-01", 5, Step::Hours(6)).unwrap();
        assert_eq!(hours[1].to_string(), "2016-01-01T06:00:00");
    }

    #[test]
    fn the_view_lists_thirty_days_and_elides_a_year() {
        let view = date_range("2016-01-01", 30).unwrap().to_string();
        assert!(
            view.starts_with("[2016-01-01, 2016-01-02,") && view.ends_with("2016-01-30]\n30 dates, one day apart"),
            "{view}"
        );
        let view = date_range("2016-01-01", 366).unwrap().to_string();
        assert!(view.contains("…") && view.lines().count() < 8, "{view}");
        assert_eq!(date_range("2016-01-01", 0).unwrap().to_string(), "[]\n0 dates, one day apart");
    }

    #[test]
    fn a_range_that_leaves_the_calendar_is_an_error() {
        assert!(date_range("2016-01-01", 100_000).unwrap_err().to_string().contains("2262"));
    }
}
