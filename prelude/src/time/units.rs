//! CF time: numbers in `days since 1990-01-01` and their like, to dates of any calendar and back.
//!
//! A whole variable becomes one type of dates, as xarray decides: nanoseconds where the calendar is the real one and they
//! reach all its dates, else microseconds of its calendar.

use super::calendar::Calendar;
use super::date_time::DAY;
use super::kind::DateKind;
use super::reference;
use crate::{Error, ErrorKind, Result};

const SECOND: i128 = 1_000_000_000;
const MISSING: i64 = i64::MIN;

/// What the numbers of a time variable count, and from when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TimeUnits {
    pub(crate) calendar: Calendar,
    /// Nanoseconds that one step takes.
    step: i128,
    /// Nanoseconds from 1970-01-01 of the calendar to the start; it may lie outside what a date can be.
    origin: i128,
    /// Whether xarray leaves fractions to pandas, which cuts to the nanosecond, or to cftime, which rounds to microseconds.
    of_pandas: bool,
}

/// A number of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Count {
    Whole(i128),
    Float(f64),
}

/// Whether units are those of a time: `hours since 1900-01-01`.
pub(crate) fn is_time(units: &str) -> bool {
    split(units).is_some()
}

/// The unit, and the date that it is counted from.
fn split(units: &str) -> Option<(&str, &str)> {
    let at = units.to_ascii_lowercase().find(" since ")?;
    Some((units[..at].trim(), units[at + 7..].trim()))
}

impl TimeUnits {
    /// Reads `units` in `calendar`, `standard` if there is none.
    ///
    /// # Errors
    /// When they are not units of time, the calendar is not known, or it has no such date or unit.
    pub(crate) fn parse(units: &str, calendar: Option<&str>) -> Result<Self> {
        let wrong = |why: String| Error::new(ErrorKind::InvalidArgument, format!("{units:?}: {why}"));
        let (step, start) = split(units).ok_or_else(|| wrong("no units of time".to_owned()))?;
        let calendar: Calendar = calendar.unwrap_or_default().parse().map_err(|why: Error| wrong(why.to_string()))?;
        let origin = reference::read(start, calendar).map_err(&wrong)?;
        let full = step.to_lowercase();
        let full = full == "ns"
            || ["nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day"]
                .contains(&full.strip_suffix('s').unwrap_or(&full));
        let of_pandas = full && calendar.is_real() && i64::try_from(origin).is_ok();
        let step = length(step, calendar).map_err(&wrong)?;
        Ok(Self { calendar, step, origin, of_pandas })
    }

    /// How the dates of these numbers are stored. Numbers that are missing are not among them.
    ///
    /// # Errors
    /// When a date is too far away for microseconds in 64 bits.
    pub(crate) fn kind(&self, numbers: impl Iterator<Item = Count>) -> Result<DateKind> {
        let real = self.calendar.is_real();
        let mut exact = real;
        let far = DateKind::Cf(self.calendar);
        for number in numbers {
            exact = exact && self.date(number, DateKind::Nanoseconds).is_some();
            if !exact && self.date(number, far).is_none() {
                let number = match number {
                    Count::Whole(number) => number.to_string(),
                    Count::Float(number) => number.to_string(),
                };
                let message = format!(
                    "{number} is no date: it lies more than 290,000 years away, or is finer than a microsecond"
                );
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
        }
        Ok(if exact { DateKind::Nanoseconds } else { far })
    }

    /// Nanoseconds from the start to a date that is not missing, and those that one step takes.
    pub(crate) fn since(&self, date: i64, kind: DateKind) -> (i128, i128) {
        (i128::from(date) * i128::from(kind.nanoseconds()) - self.origin, self.step)
    }

    /// The date of a number; `i64::MIN` for NaN, none where `kind` does not reach.
    pub(crate) fn date(&self, number: Count, kind: DateKind) -> Option<i64> {
        let date = match (number, kind) {
            (Count::Float(number), _) if number.is_nan() => return Some(MISSING),
            (Count::Whole(number), kind) => {
                // Of the start cftime reads microseconds; the numbers are not rounded.
                let step = i128::from(kind.nanoseconds());
                let since = number.checked_mul(self.step).filter(|since| since % step == 0)?;
                self.origin.div_euclid(step).checked_add(since / step)?
            }
            // As pandas multiplies, which xarray asks where the start is one of its dates and the unit's name one of its names.
            (Count::Float(number), DateKind::Nanoseconds) if self.of_pandas => {
                let nanoseconds = number * self.step as f64;
                (nanoseconds.abs() < 1e30).then_some(nanoseconds as i128)?.checked_add(self.origin)?
            }
            (Count::Float(_), DateKind::Nanoseconds) => {
                i128::from(self.date(number, DateKind::Cf(self.calendar))?).checked_mul(1000)?
            }
            (Count::Float(number), DateKind::Cf(_)) => {
                let step = (self.step % 1000 == 0).then_some(self.step / 1000)?;
                self.origin.div_euclid(1000).checked_add(product(number, step)?)?
            }
        };
        i64::try_from(date).ok().filter(|&date| date != MISSING)
    }
}

/// A float times a whole number, rounded to the nearest whole one, halves to the even one: cftime rounds so.
fn product(number: f64, by: i128) -> Option<i128> {
    if !number.is_finite() {
        return None;
    }
    let bits = number.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let fraction = i128::from(bits & ((1 << 52) - 1));
    let (mantissa, exponent) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    let exact = mantissa.checked_mul(by)?;
    let rounded = match exponent {
        0.. => exact.checked_mul(1i128.checked_shl(exponent as u32).filter(|_| exponent < 100)?)?,
        -120..0 => {
            let divisor = 1i128 << -exponent;
            let (whole, rest) = (exact.div_euclid(divisor), exact.rem_euclid(divisor));
            let up = rest * 2 > divisor || (rest * 2 == divisor && whole % 2 != 0);
            whole + i128::from(up)
        }
        _ => 0,
    };
    Some(if number < 0.0 { -rounded } else { rounded })
}

/// Nanoseconds of a unit. Months and years have a length where all are equally long.
fn length(step: &str, calendar: Calendar) -> Result<i128, String> {
    let day = i128::from(DAY);
    Ok(match step.to_lowercase().as_str() {
        "days" | "day" | "d" => day,
        "hours" | "hour" | "hrs" | "hr" | "h" => day / 24,
        "minutes" | "minute" | "mins" | "min" => 60 * SECOND,
        "seconds" | "second" | "secs" | "sec" | "s" => SECOND,
        "milliseconds" | "millisecond" | "millisecs" | "millisec" | "msecs" | "msec" | "ms" => 1_000_000,
        "microseconds" | "microsecond" | "microsecs" | "microsec" | "us" => 1000,
        "nanoseconds" | "nanosecond" | "ns" => 1,
        "months" | "month" if calendar == Calendar::Day360 => 30 * day,
        "months" | "month" => return Err("months are equally long in the calendar 360_day only".to_owned()),
        "common_years" | "common_year" if calendar == Calendar::NoLeap => 365 * day,
        "common_years" | "common_year" => return Err("common_years belong to the calendar noleap".to_owned()),
        _ => return Err(format!("{step:?} have no fixed length, or are not known")),
    })
}

/// Dates as a file has them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Encoded {
    pub(crate) units: String,
    pub(crate) calendar: &'static str,
    /// Whole numbers; `i64::MIN` where a date is missing.
    pub(crate) numbers: Vec<i64>,
    pub(crate) missing: bool,
}

/// The units in which xarray would write these dates, and the numbers: whole, from the first that is not missing.
pub(crate) fn encode(kind: DateKind, dates: &[i64]) -> Encoded {
    let calendar = kind.calendar().name();
    let missing = dates.contains(&MISSING);
    let there = || dates.iter().copied().filter(|&date| date != MISSING);
    let Some(first) = there().next() else {
        return Encoded { units: "days since 1970-01-01".to_owned(), calendar, numbers: dates.to_vec(), missing };
    };
    // Whole seconds as the start: a fraction of one is lost on some readers.
    let base = first.div_euclid(kind.second()).saturating_mul(kind.second());
    let start = match kind.split(base) {
        (_, 0) => kind.text(base),
        _ => kind.text_with_time(base).replace('T', " "),
    };
    let units = [
        ("days", kind.day()),
        ("hours", kind.day() / 24),
        ("minutes", 60 * kind.second()),
        ("seconds", kind.second()),
        ("milliseconds", kind.second() / 1000),
        ("microseconds", kind.second() / 1_000_000),
    ];
    let since = |date: i64| i128::from(date) - i128::from(base);
    let fits = |step: i64| there().all(|date| since(date) % i128::from(step) == 0);
    let (name, step) = units.into_iter().find(|(_, step)| fits(*step)).unwrap_or(("nanoseconds", 1));
    let number = |&date: &i64| if date == MISSING { MISSING } else { (since(date) / i128::from(step)) as i64 };
    // From one end of time to the other the finest steps are too many; then they are counted from the middle.
    let fits = there().all(|date| i64::try_from(since(date) / i128::from(step)).is_ok());
    if !fits {
        let name = if kind.nanoseconds() == 1 { "nanoseconds" } else { "microseconds" };
        return Encoded { units: format!("{name} since 1970-01-01"), calendar, numbers: dates.to_vec(), missing };
    }
    Encoded { units: format!("{name} since {start}"), calendar, numbers: dates.iter().map(number).collect(), missing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(units: &str, calendar: &str, number: f64) -> String {
        let units = TimeUnits::parse(units, Some(calendar)).unwrap();
        let count = Count::Float(number);
        let kind = units.kind([count].into_iter()).unwrap();
        let date = units.date(count, kind).unwrap();
        if number.fract() == 0.0 {
            assert_eq!(units.date(Count::Whole(number as i128), kind), Some(date), "{number}");
        }
        let name = if kind == DateKind::Nanoseconds { "" } else { " far" };
        kind.text(date) + name
    }

    // Expected: xarray.coding.times.decode_cf_datetime(np.array([number]), units, calendar), xarray 2026.9; " far" where it
    // gives an array of cftime objects.
    #[test]
    fn numbers_become_the_dates_that_xarray_makes_of_them() {
        for (units, calendar, number, date) in [
            ("days since 2000-01-01", "standard", 59.0, "2000-02-29"),
            ("hours since 1900-1-1 0:0:0.0", "gregorian", 876_576.5, "2000-01-01T00:30:00"),
            ("hours since 1-1-1 00:00:00", "standard", 17_531_688.0, "2001-01-01"),
            ("days since 0001-01-01", "proleptic_gregorian", 730_119.0, "2000-01-01"),
            ("seconds since 1970-01-01T00:00:00Z", "standard", 1.5, "1970-01-01T00:00:01.5"),
            ("minutes since 2000-01-01 06:00 +1:30", "standard", 1.0, "2000-01-01T04:31:00"),
            ("days since 2000-01-01 00:00:00 +0100", "standard", 1.0, "2000-01-01T23:00:00"),
            ("days since 2000-01-01 00:00:00 -6:00", "standard", 1.0, "2000-01-02T06:00:00"),
            ("days since 2000-01-01 00:00:00+01", "noleap", 1.0, "2000-01-01T23:00:00 far"),
            ("hours since 2000-01-01 00:00:00 -0630", "noleap", 1.0, "2000-01-01T07:30:00 far"),
            ("days since 2000-01-01 GMT", "standard", 1.0, "2000-01-02"),
            ("days since 1970-01-01 00:00:00 00", "standard", 1.0, "1970-01-02"),
            ("days since 01-JAN-1950", "standard", 1.0, "1950-01-02"),
            ("days since 1950-JAN-01", "standard", 1.0, "1950-01-02"),
            ("days since 1 January 1950", "standard", 1.0, "1950-01-02"),
            ("days since 1950-01", "standard", 1.0, "1950-01-02"),
            ("days since 1950", "standard", 1.0, "1950-01-02"),
            ("days since 20000101", "standard", 1.0, "2000-01-02"),
            ("msec since 2000-01-01", "noleap", 1.0, "2000-01-01T00:00:00.001 far"),
            ("millisecs since 2000-01-01", "standard", 1.0, "2000-01-01T00:00:00.001"),
            ("Days Since 2000-01-01", "standard", 1.0, "2000-01-02"),
            ("days since 1-1-1 00:00:00.0", "standard", 1.0, "0001-01-02 far"),
            ("days since 99-01-01", "noleap", 1.0, "0099-01-02 far"),
            ("days since -1-01-01", "standard", 1.0, "-0001-01-02 far"),
            ("days since 0000-01-01", "noleap", 1.0, "0000-01-02 far"),
            ("days since 0000-01-01", "proleptic_gregorian", 730_000.0, "1998-09-03"),
            ("days since 1582-10-04", "standard", 1.0, "1582-10-15 far"),
            ("days since 1582-10-04", "julian", 1.0, "1582-10-05 far"),
            ("days since 2000-02-28", "noleap", 1.0, "2000-03-01 far"),
            ("days since 1999-02-28", "all_leap", 1.0, "1999-02-29 far"),
            ("days since 2000-02-28", "360_day", 2.0, "2000-02-30 far"),
            ("months since 2000-01-01", "360_day", 1.5, "2000-02-16 far"),
            ("common_years since 2000-01-01", "365_day", 1.5, "2001-07-02T12:00:00 far"),
            ("days since 10000-01-01", "standard", 1.0, "10000-01-02 far"),
            ("days since 2000-01-01 00:00:00.1234567", "standard", 1.0, "2000-01-02T00:00:00.1234567"),
            ("days since 2000-01-01 00:00:00.1234567", "standard", 1_000_000.0, "4737-11-28T00:00:00.123456 far"),
            ("days since 1900-01-01 00:00:00.0000015", "noleap", 1.0, "1900-01-02T00:00:00.000001 far"),
            ("days since 2000-01-01 00:00:00.1234567 +01:00", "noleap", 1.0, "2000-01-01T23:00:00.123456 far"),
            ("days since 1970-01-01", "standard", 1_000_000.0, "4707-11-29 far"),
            // What pandas cuts, and what cftime rounds.
            (
                "hours since 1982-6-17 06:00:00 +0100",
                "standard",
                861_236.777_908_087_1,
                "2080-09-15T01:46:40.469113856",
            ),
            ("h since 1982-6-17 06:00:00 +0100", "standard", 861_236.777_908_087_1, "2080-09-15T01:46:40.469114"),
            ("days since 2000-9-8 06:30:00", "standard", 853.013_244_628_906_2, "2003-01-09T06:49:04.335937504"),
            ("d since 2000-9-8 06:30:00", "standard", 853.013_244_628_906_2, "2003-01-09T06:49:04.335938"),
        ] {
            assert_eq!(decoded(units, calendar, number), date, "{number} {units} ({calendar})");
        }
    }

    #[test]
    fn what_nobody_can_tell_is_refused_by_name() {
        for (units, calendar, word) in [
            ("days since 2000-01-01", "lunar", "lunar"),
            ("months since 2000-01-01", "standard", "months"),
            ("years since 2000-01-01", "360_day", "years"),
            ("common_years since 2000-01-01", "standard", "noleap"),
            ("days since yesterday", "standard", "yesterday"),
            ("days since 2000-02-29", "noleap", "2000-02-29"),
            ("days since 1582-10-10", "standard", "1582-10-10"),
            ("days since 0000-01-01", "standard", "year 0"),
            ("days since 2000-01-01 00:00 EST", "standard", "EST"),
            ("days since 2000-01-01 24:00", "standard", "24:00"),
            ("days since 01-02-1950", "standard", "01-02-1950"),
            ("weeks since 2000-01-01", "standard", "weeks"),
        ] {
            let error = TimeUnits::parse(units, Some(calendar)).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
        assert!(!is_time("days") && !is_time("m s-1") && is_time("hours since 1900-01-01"));
    }

    #[test]
    fn one_date_far_away_makes_all_of_them_coarse_and_none_wraps() {
        let units = TimeUnits::parse("days since 2000-01-01", None).unwrap();
        let kind = units.kind([Count::Whole(0), Count::Whole(1_000_000)].into_iter()).unwrap();
        assert_eq!(kind, DateKind::Cf(Calendar::Standard));
        assert_eq!(units.date(Count::Whole(0), kind).map(|date| kind.text(date)).as_deref(), Some("2000-01-01"));
        for huge in
            [Count::Whole(i128::from(i64::MAX)), Count::Float(1e20), Count::Float(f64::INFINITY), Count::Float(-1e300)]
        {
            let error = units.kind([huge].into_iter()).unwrap_err().to_string();
            assert!(error.contains("290,000 years"), "{error}");
        }
        assert_eq!(units.date(Count::Float(f64::NAN), kind), Some(i64::MIN));
    }

    // Expected: xr.coding.times.encode_cf_datetime(pd.DatetimeIndex([...])), and of cftime objects
    #[test]
    fn dates_are_written_in_the_coarsest_units_that_hold_them() {
        let encoded = |kind: DateKind, dates: &[&str]| {
            let dates: Vec<i64> = dates.iter().map(|date| kind.parse(date).unwrap().0).collect();
            let Encoded { units, calendar, numbers, .. } = encode(kind, &dates);
            (units, calendar, numbers)
        };
        let (real, model) = (DateKind::Nanoseconds, DateKind::Cf(Calendar::Day360));
        let days = |units: &str, calendar, numbers: &[i64]| (units.to_owned(), calendar, numbers.to_vec());
        assert_eq!(
            encoded(real, &["2016-02-28", "2016-03-01"]),
            days("days since 2016-02-28", "proleptic_gregorian", &[0, 2])
        );
        assert_eq!(
            encoded(real, &["2016-02-28T06", "2016-02-28T12"]),
            days("hours since 2016-02-28 06:00:00", "proleptic_gregorian", &[0, 6])
        );
        assert_eq!(encoded(real, &["2016-02-28", "2016-02-28T00:00:01"]).2, [0, 1]);
        assert_eq!(
            encoded(model, &["0001-02-30", "9999-01-01"]),
            days("days since 0001-02-30", "360_day", &[0, 3_599_221])
        );
    }
}
