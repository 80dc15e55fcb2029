//! CF time: numbers in `days since 1990-01-01` and their like, to instants and back.

use crate::time::DateTime;
use crate::{Error, ErrorKind, Result};

const DAY: i128 = 86_400_000_000_000;

/// What the numbers of a time variable count, and from when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TimeUnits {
    /// Nanoseconds that one step takes.
    step: i128,
    /// Nanoseconds from 1970 to the start; it may lie outside what a date can be.
    origin: i128,
}

/// Whether units are those of a time: `hours since 1900-01-01`.
pub(super) fn is_time(units: &str) -> bool {
    units.contains(" since ")
}

impl TimeUnits {
    /// Reads `units` in `calendar`, `standard` if there is none.
    ///
    /// # Errors
    /// When they are not units of time, or the calendar is not that of real dates.
    pub(crate) fn parse(units: &str, calendar: Option<&str>) -> Result<Self> {
        let wrong = |why: String| Error::new(ErrorKind::InvalidArgument, format!("{units:?}: {why}"));
        let (step, start) = units.split_once(" since ").ok_or_else(|| wrong("no units of time".to_owned()))?;
        let calendar = calendar.unwrap_or("standard").to_lowercase();
        let mixed = match calendar.as_str() {
            "standard" | "gregorian" | "" => true,
            "proleptic_gregorian" => false,
            other => return Err(wrong(format!("days of the calendar {other:?} are not days of the real one"))),
        };
        let length = length(step.trim())
            .ok_or_else(|| wrong(format!("{:?} have no fixed length, or are not known", step.trim())))?;
        let origin = instant(start.trim(), mixed).ok_or_else(|| wrong(format!("{start:?} is not a date")))?;
        Ok(Self { step: length, origin })
    }

    /// The instant of a whole number; none outside 1677 to 2262.
    pub(crate) fn whole(&self, number: i64) -> Option<i64> {
        self.at(i128::from(number) * self.step)
    }

    /// The instant of a number, cut to the nanosecond as xarray cuts it; missing for NaN.
    pub(crate) fn float(&self, number: f64) -> Option<i64> {
        if number.is_nan() {
            return Some(DateTime::MISSING.nanoseconds());
        }
        // Seconds first and finer only where they do not do: a float holds whole seconds exactly, nanoseconds not.
        let mut unit = self.step.min(1_000_000_000);
        let mut count = number * (self.step / unit) as f64;
        while count.fract() != 0.0 && unit > 1 {
            unit /= 1000;
            count *= 1000.0;
        }
        if count.abs() > 1e30 { None } else { self.at(count as i128 * unit.max(1)) }
    }

    fn at(&self, since: i128) -> Option<i64> {
        i64::try_from(self.origin + since).ok().filter(|&instant| instant != i64::MIN)
    }
}

fn length(step: &str) -> Option<i128> {
    Some(match step.to_lowercase().as_str() {
        "days" | "day" | "d" => DAY,
        "hours" | "hour" | "hrs" | "hr" | "h" => DAY / 24,
        "minutes" | "minute" | "mins" | "min" => 60_000_000_000,
        "seconds" | "second" | "secs" | "sec" | "s" => 1_000_000_000,
        "milliseconds" | "millisecond" | "millisecs" | "millisec" | "msecs" | "msec" | "ms" => 1_000_000,
        "microseconds" | "microsecond" | "microsecs" | "microsec" | "us" => 1000,
        "nanoseconds" | "nanosecond" | "ns" => 1,
        _ => return None,
    })
}

/// `1990-1-1`, `1990-01-01 06:00:00.5`, `1990-01-01T00:00:00Z`, `1990-01-01 00:00 +1:00`.
fn instant(text: &str, mixed: bool) -> Option<i128> {
    let text = text.trim_end_matches("UTC").trim_end_matches('Z').trim();
    let (date, rest) = text.split_at(text.find(['T', ' ']).unwrap_or(text.len()));
    let mut parts = date.trim_start_matches('-').splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let year = parts.next()?? * if date.starts_with('-') { -1 } else { 1 };
    let month = parts.next().unwrap_or(Some(1))?;
    let day = parts.next().unwrap_or(Some(1))?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let rest = rest.trim_start_matches(['T', ' ']);
    let (time, zone) = rest.split_at(rest.find(['+', '-', ' ']).unwrap_or(rest.len()));
    let since_midnight = clock(time)?;
    let zone = zone.trim();
    let ahead = match zone.strip_prefix('-') {
        Some(behind) => -clock(behind)?,
        None => clock(zone.trim_start_matches('+'))?,
    };
    Some(i128::from(day_number(year, month, day, mixed)) * DAY + since_midnight - ahead)
}

/// Nanoseconds of `6`, `06:30`, `06:30:00.5`; 0 for nothing.
fn clock(text: &str) -> Option<i128> {
    let mut sum = 0;
    for (part, unit) in text.splitn(3, ':').filter(|part| !part.is_empty()).zip([3600.0, 60.0, 1.0]) {
        let value: f64 = part.trim().parse().ok()?;
        sum += (value * unit * 1e9).round() as i128;
    }
    Some(sum)
}

/// Days from 1970-01-01. In the mixed calendar days before 1582-10-15 are those of the Julian one.
fn day_number(year: i64, month: i64, day: i64, mixed: bool) -> i64 {
    let shift = (14 - month) / 12;
    let (y, m) = (year + 4800 - shift, month + 12 * shift - 3);
    let in_year = day + (153 * m + 2) / 5 + 365 * y + y.div_euclid(4);
    let julian = mixed && (year, month, day) < (1582, 10, 15);
    let correction = if julian { -32_083 } else { y.div_euclid(400) - y.div_euclid(100) - 32_045 };
    in_year + correction - 2_440_588
}

/// The units in which xarray would write these instants, and the numbers: whole, from the first that is not missing.
pub(super) fn encode(instants: &[i64]) -> (String, Vec<i64>, bool) {
    let missing = DateTime::MISSING.nanoseconds();
    let there = || instants.iter().copied().filter(|&instant| instant != missing);
    let Some(first) = there().next() else {
        return ("days since 1970-01-01".to_owned(), vec![missing; instants.len()], !instants.is_empty());
    };
    let midnight = first.rem_euclid(DAY as i64) == 0;
    let whole_second = first.rem_euclid(1_000_000_000) == 0;
    let origin = DateTime::from_nanoseconds(first);
    let start = if midnight { origin.to_string() } else { origin.to_string_with_time().replace('T', " ") };
    let units = [
        ("days", DAY),
        ("hours", DAY / 24),
        ("minutes", 60_000_000_000),
        ("seconds", 1_000_000_000),
        ("milliseconds", 1_000_000),
        ("microseconds", 1000),
        ("nanoseconds", 1),
    ];
    // Whole seconds as the start: a fraction of one is lost on some readers.
    let (start, base) = if whole_second {
        (start, i128::from(first))
    } else {
        let second = first.div_euclid(1_000_000_000) * 1_000_000_000;
        (DateTime::from_nanoseconds(second).to_string_with_time().replace('T', " "), i128::from(second))
    };
    let fits = |step: i128| there().all(|instant| (i128::from(instant) - base) % step == 0);
    let (name, step) = units.into_iter().find(|(_, step)| fits(*step)).unwrap_or(("nanoseconds", 1));
    let number = |instant: i64| match instant {
        instant if instant == missing => missing,
        instant => ((i128::from(instant) - base) / step) as i64,
    };
    let numbers = instants.iter().map(|&instant| number(instant)).collect();
    (format!("{name} since {start}"), numbers, instants.contains(&missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(units: &str, calendar: Option<&str>, number: f64) -> String {
        let units = TimeUnits::parse(units, calendar).unwrap();
        let whole = (number.fract() == 0.0).then(|| units.whole(number as i64).unwrap());
        let float = units.float(number).unwrap();
        assert!(whole.is_none_or(|whole| whole == float));
        DateTime::from_nanoseconds(float).to_string()
    }

    // Expected: xr.coding.times.decode_cf_datetime([number], units, calendar)
    #[test]
    fn numbers_become_the_dates_that_xarray_makes_of_them() {
        assert_eq!(decoded("days since 2000-01-01", None, 59.0), "2000-02-29");
        assert_eq!(decoded("hours since 1900-1-1 0:0:0.0", Some("gregorian"), 876_576.5), "2000-01-01T00:30:00");
        assert_eq!(decoded("hours since 1-1-1 00:00:00", None, 17_531_688.0), "2001-01-01");
        assert_eq!(decoded("days since 0001-01-01", Some("proleptic_gregorian"), 730_119.0), "2000-01-01");
        assert_eq!(decoded("seconds since 1970-01-01T00:00:00Z", None, 1.5), "1970-01-01T00:00:01.5");
        assert_eq!(decoded("minutes since 2000-01-01 06:00 +1:30", None, 1.0), "2000-01-01T04:31:00");
    }

    #[test]
    fn other_calendars_and_steps_of_no_fixed_length_are_refused_by_name() {
        for (units, calendar, word) in [
            ("days since 2000-01-01", Some("noleap"), "noleap"),
            ("days since 2000-01-01", Some("360_day"), "360_day"),
            ("months since 2000-01-01", None, "months"),
            ("days since yesterday", None, "yesterday"),
        ] {
            let error = TimeUnits::parse(units, calendar).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn dates_outside_the_range_are_none() {
        assert_eq!(TimeUnits::parse("days since 2000-01-01", None).unwrap().whole(1_000_000), None);
    }

    // Expected: xr.coding.times.encode_cf_datetime(pd.DatetimeIndex([...]))[1]
    #[test]
    fn dates_are_written_in_the_coarsest_units_that_hold_them() {
        let encoded = |dates: &[&str]| {
            let instants: Vec<i64> = dates.iter().map(|date| date.parse::<DateTime>().unwrap().nanoseconds()).collect();
            let (units, numbers, _) = encode(&instants);
            (units, numbers)
        };
        assert_eq!(encoded(&["2016-02-28", "2016-03-01"]), ("days since 2016-02-28".to_owned(), vec![0, 2]));
        assert_eq!(
            encoded(&["2016-02-28T06", "2016-02-28T12"]),
            ("hours since 2016-02-28 06:00:00".to_owned(), vec![0, 6])
        );
        assert_eq!(encoded(&["2016-02-28", "2016-02-28T00:00:01"]).1, [0, 1]);
    }
}
