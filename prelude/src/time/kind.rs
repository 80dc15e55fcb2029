//! The two ways in which dates are stored, behind one set of questions: nanoseconds of today's calendar, which reach from
//! 1677 to 2262, and microseconds of any calendar, which reach 290,000 years either way.

use super::date_time::{DAY, Resolution, dashed, parse_with_resolution};
use super::{Calendar, DateTime};
use crate::{Error, ErrorKind, Result};

/// How the numbers of an array of dates count. `i64::MIN` is a missing date in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum DateKind {
    /// Nanoseconds since 1970-01-01 in the proleptic Gregorian calendar.
    Nanoseconds,
    /// Microseconds since 1970-01-01 of this calendar, in it.
    Cf(Calendar),
}

const MISSING: i64 = i64::MIN;

impl DateKind {
    pub(crate) fn calendar(self) -> Calendar {
        match self {
            Self::Nanoseconds => Calendar::ProlepticGregorian,
            Self::Cf(calendar) => calendar,
        }
    }

    /// Nanoseconds that one step of the numbers takes.
    pub(crate) fn nanoseconds(self) -> i64 {
        match self {
            Self::Nanoseconds => 1,
            Self::Cf(_) => 1000,
        }
    }

    /// What a second is counted as.
    pub(crate) fn second(self) -> i64 {
        1_000_000_000 / self.nanoseconds()
    }

    pub(crate) fn day(self) -> i64 {
        DAY / self.nanoseconds()
    }

    /// Nanoseconds from `first` to a date; NaN for a missing one.
    pub(crate) fn since(self, date: i64, first: i64) -> f64 {
        match date {
            MISSING => f64::NAN,
            date => (i128::from(date) - i128::from(first)) as f64 * self.nanoseconds() as f64,
        }
    }

    /// The number of the day, and what of it has passed.
    pub(crate) fn split(self, date: i64) -> (i64, i64) {
        (date.div_euclid(self.day()), date.rem_euclid(self.day()))
    }

    /// Year (astronomical), month and day of a date that is not missing.
    pub(crate) fn civil(self, date: i64) -> (i64, i64, i64) {
        self.calendar().civil(self.split(date).0)
    }

    /// Midnight of a day; none if there is no such day or it lies outside what is stored.
    pub(crate) fn midnight(self, (year, month, day): (i64, i64, i64)) -> Option<i64> {
        let number = self.calendar().day_number(year, month, day)?;
        number.checked_mul(self.day()).filter(|&date| date != MISSING)
    }

    pub(crate) fn year(self, date: i64) -> i64 {
        self.calendar().written(self.civil(date).0)
    }

    pub(crate) fn month(self, date: i64) -> i64 {
        self.civil(date).1
    }

    pub(crate) fn dayofyear(self, date: i64) -> i64 {
        self.calendar().day_of_year(self.civil(date))
    }

    pub(crate) fn weekday(self, date: i64) -> i64 {
        self.calendar().weekday(self.split(date).0)
    }

    /// A part of the time of day: how many of `seconds` have passed, in turns of `count`.
    pub(crate) fn part(self, date: i64, seconds: i64, count: i64) -> i64 {
        (self.split(date).1 / (seconds * self.second())) % count
    }

    /// Midnight of the first day of the month `months` after that of a date; none outside what is stored.
    pub(crate) fn start_of_month(self, date: i64, months: i64) -> Option<i64> {
        let (year, month, _) = self.civil(date);
        let count = year.checked_mul(12)?.checked_add(month - 1)?.checked_add(months)?;
        self.midnight((count.div_euclid(12), count.rem_euclid(12) + 1, 1))
    }

    /// A date moved by whole months; a day that the new month lacks becomes its last.
    pub(crate) fn plus_months(self, date: i64, months: i64) -> Option<i64> {
        let (_, month_day) = (date, self.civil(date).2);
        let start = self.start_of_month(date, months)?;
        let (year, month, _) = self.civil(start);
        let mut day = month_day.min(self.calendar().days_in_month(year, month));
        // The days that October 1582 lacks.
        while day > 1 && self.midnight((year, month, day)).is_none() {
            day -= 1;
        }
        self.midnight((year, month, day))?.checked_add(self.split(date).1)
    }

    /// The finest unit of a date that is not zero.
    pub(crate) fn resolution(self, date: i64) -> Resolution {
        match self.split(date).1 {
            0 => Resolution::Day,
            rest if rest % (3600 * self.second()) == 0 => Resolution::Hour,
            rest if rest % (60 * self.second()) == 0 => Resolution::Minute,
            rest if rest % self.second() == 0 => Resolution::Second,
            _ => Resolution::Fraction,
        }
    }

    /// The last instant of the unit that begins at a date.
    pub(crate) fn end_of(self, date: i64, resolution: Resolution) -> i64 {
        let after = |seconds: i64| date.saturating_add(seconds * self.second());
        let next = match resolution {
            Resolution::Year => self.start_of_month(date, 12).unwrap_or(i64::MAX),
            Resolution::Month => self.start_of_month(date, 1).unwrap_or(i64::MAX),
            Resolution::Day => after(86_400),
            Resolution::Hour => after(3600),
            Resolution::Minute => after(60),
            Resolution::Second => after(1),
            Resolution::Fraction => return date,
        };
        next.saturating_sub(1)
    }

    /// A date as text, with the time of day unless it is midnight; `NaT` if it is missing.
    pub(crate) fn text(self, date: i64) -> String {
        match self {
            Self::Nanoseconds => DateTime::from_nanoseconds(date).to_string(),
            Self::Cf(_) if date == MISSING => "NaT".to_owned(),
            Self::Cf(_) if self.split(date).1 == 0 => self.day_text(date),
            Self::Cf(_) => self.text_with_time(date),
        }
    }

    /// With the time of day even where it is midnight.
    pub(crate) fn text_with_time(self, date: i64) -> String {
        match self {
            Self::Nanoseconds => DateTime::from_nanoseconds(date).to_string_with_time(),
            Self::Cf(_) if date == MISSING => "NaT".to_owned(),
            Self::Cf(_) => {
                let [hour, minute, second] =
                    [(3600, 24), (60, 60), (1, 60)].map(|(seconds, count)| self.part(date, seconds, count));
                let fraction = match self.split(date).1 % self.second() {
                    0 => String::new(),
                    rest => format!(".{rest:06}").trim_end_matches('0').to_owned(),
                };
                format!("{}T{hour:02}:{minute:02}:{second:02}{fraction}", self.day_text(date))
            }
        }
    }

    fn day_text(self, date: i64) -> String {
        let (year, month, day) = self.civil(date);
        let year = self.calendar().written(year);
        let sign = if year < 0 { "-" } else { "" };
        format!("{sign}{:04}-{month:02}-{day:02}", year.abs())
    }

    /// Reads `2000`, `2000-02`, `2000-02-30`, `20000230`, `2000-02-30T06`, `2000-02-30 06:30:00.5`, and says how fine it is.
    pub(crate) fn parse(self, text: &str) -> Result<(i64, Resolution)> {
        let Self::Cf(calendar) = self else {
            return parse_with_resolution(text).map(|(date, resolution)| (date.nanoseconds(), resolution));
        };
        self.read(text.trim()).ok_or_else(|| {
            let message = format!(
                "{text:?} is not a date of the calendar {calendar}; write 2000-01-30, 2000-01 for a month, or 2000-01-30T06:30"
            );
            Error::new(ErrorKind::InvalidArgument, message)
        })
    }

    fn read(self, text: &str) -> Option<(i64, Resolution)> {
        let (sign, text) = match text.strip_prefix('-') {
            Some(text) => (-1, text),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (date, time) = match text.split_once(['T', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let date = &*dashed(date);
        let parts: Vec<i64> = date.split('-').map(digits).collect::<Option<_>>()?;
        let well_formed = date.split('-').zip([4..=6, 1..=2, 1..=2]).all(|(part, length)| length.contains(&part.len()));
        if !well_formed || parts.len() > 3 {
            return None;
        }
        let year = self.calendar().read(sign * parts[0])?;
        let midnight = self.midnight((year, parts.get(1).copied().unwrap_or(1), parts.get(2).copied().unwrap_or(1)))?;
        let resolution = [Resolution::Year, Resolution::Month, Resolution::Day][parts.len() - 1];
        let Some(time) = time else { return Some((midnight, resolution)) };
        if resolution != Resolution::Day {
            return None;
        }
        let (since, resolution) = self.clock(time)?;
        Some((midnight.checked_add(since)?, resolution))
    }

    /// What of the day has passed at `06`, `06:30`, `06:30:15`, `06:30:15.25`.
    fn clock(self, text: &str) -> Option<(i64, Resolution)> {
        let (time, fraction) = match text.split_once('.') {
            Some((time, fraction)) => (time, Some(fraction)),
            None => (text, None),
        };
        let parts: Vec<i64> = time.split(':').map(digits).collect::<Option<_>>()?;
        let fits = parts.iter().zip([24, 60, 60]).all(|(&part, most)| part < most);
        if !fits || parts.len() > 3 || (fraction.is_some() && parts.len() < 3) {
            return None;
        }
        let seconds: i64 = parts.iter().zip([3600, 60, 1]).map(|(part, unit)| part * unit).sum();
        let rest = match fraction {
            Some(fraction) => {
                let places = fraction.get(..fraction.len().min(6))?;
                digits(fraction)?;
                digits(&format!("{places:0<6}"))? * self.second() / 1_000_000
            }
            None => 0,
        };
        let resolution = match fraction {
            Some(_) => Resolution::Fraction,
            None => [Resolution::Hour, Resolution::Minute, Resolution::Second][parts.len() - 1],
        };
        Some((seconds * self.second() + rest, resolution))
    }

    /// Whether a date has a fraction that the other kind is too coarse for.
    pub(crate) fn is_finer(self, date: i64, than: Self) -> bool {
        date % (than.nanoseconds() / self.nanoseconds()).max(1) != 0
    }

    /// The date of the same name in another kind; missing where that has no such date.
    pub(crate) fn convert(self, date: i64, to: Self) -> i64 {
        if self == to || date == MISSING {
            return date;
        }
        let (year, month, day) = self.civil(date);
        // Years without a year 0 are named by what they write.
        let year = to.calendar().read(self.calendar().written(year));
        let since = self.split(date).1;
        let since = if self.second() > to.second() {
            since / (self.second() / to.second())
        } else {
            since * (to.second() / self.second())
        };
        let midnight = year.and_then(|year| to.midnight((year, month, day)));
        midnight.and_then(|midnight| midnight.checked_add(since)).unwrap_or(MISSING)
    }

    /// A date written by a pattern of `strftime`.
    pub(crate) fn strftime(self, date: i64, pattern: &str) -> Result<String> {
        let Self::Cf(calendar) = self else { return DateTime::from_nanoseconds(date).strftime(pattern) };
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        let (_, month, day) = self.civil(date);
        let year = self.year(date);
        let name = MONTHS[(month - 1).clamp(0, 11) as usize];
        let weekday = DAYS[self.weekday(date) as usize];
        let [hour, minute, second] =
            [(3600, 24), (60, 60), (1, 60)].map(|(seconds, count)| self.part(date, seconds, count));
        let mut out = String::new();
        let mut letters = pattern.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                out.push(letter);
                continue;
            }
            match letters.next() {
                Some('Y') => out.push_str(&format!("{year:04}")),
                Some('y') => out.push_str(&format!("{:02}", year.rem_euclid(100))),
                Some('m') => out.push_str(&format!("{month:02}")),
                Some('d') => out.push_str(&format!("{day:02}")),
                Some('j') => out.push_str(&format!("{:03}", self.dayofyear(date))),
                Some('H') => out.push_str(&format!("{hour:02}")),
                Some('M') => out.push_str(&format!("{minute:02}")),
                Some('S') => out.push_str(&format!("{second:02}")),
                Some('f') => out.push_str(&format!("{:06}", self.split(date).1 % self.second())),
                Some('b') => out.push_str(&name[..3]),
                Some('B') => out.push_str(name),
                Some('a') => out.push_str(&weekday[..3]),
                Some('A') => out.push_str(weekday),
                Some('F') => out.push_str(&format!("{year:04}-{month:02}-{day:02}")),
                Some('T') => out.push_str(&format!("{hour:02}:{minute:02}:{second:02}")),
                Some('%') => out.push('%'),
                other => {
                    let message = format!(
                        "the pattern {pattern:?}: %{} is not known for dates of the calendar {calendar}; there are \
                         %Y %m %d %H %M %S %f %j %y %b %B %a %A %F %T",
                        other.map(String::from).unwrap_or_default()
                    );
                    return Err(Error::new(ErrorKind::InvalidArgument, message));
                }
            }
        }
        Ok(out)
    }
}

fn digits(text: &str) -> Option<i64> {
    let good = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if good { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected: cftime.datetime(…, calendar="360_day").isoformat()
    #[test]
    fn dates_of_other_calendars_are_written_and_read() {
        let kind = DateKind::Cf(Calendar::Day360);
        for text in ["2000-02-30", "-0001-01-30T06:30:00", "12000-12-30T23:59:59.000001", "0001-01-01"] {
            let (date, _) = kind.parse(text).unwrap();
            assert_eq!(kind.text(date), text);
        }
        let year = kind.parse("2000").unwrap();
        assert_eq!(
            (kind.text(kind.end_of(year.0, year.1)).as_str(), year.1),
            ("2000-12-30T23:59:59.999999", Resolution::Year)
        );
        assert_eq!(kind.parse("20000230T06").unwrap(), kind.parse("2000-02-30T06").unwrap());
        for text in
            ["2000-02-31", "20000231", "2000-13-01", "2000-01-01T24", "20", "2000-01-01T00:00:00.x", "", "2000-01T06"]
        {
            let error = kind.parse(text).unwrap_err().to_string();
            assert!(error.contains("360_day"), "{text}: {error}");
        }
    }

    #[test]
    fn a_date_keeps_its_name_in_another_calendar_or_is_missing_there() {
        let (noleap, real) = (DateKind::Cf(Calendar::NoLeap), DateKind::Nanoseconds);
        let leap_day = real.parse("2000-02-29T06").unwrap().0;
        assert_eq!(real.convert(leap_day, noleap), i64::MIN);
        let day = real.parse("2000-03-01T06:30:00.5").unwrap().0;
        assert_eq!(noleap.text(real.convert(day, noleap)), "2000-03-01T06:30:00.5");
        assert_eq!(noleap.convert(real.convert(day, noleap), real), day);
        assert_eq!(noleap.convert(noleap.parse("3000-01-01").unwrap().0, real), i64::MIN);
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        let kind = DateKind::Cf(Calendar::Day360);
        let day = kind.parse("2000-01-30").unwrap().0;
        assert_eq!(kind.plus_months(day, 1).map(|day| kind.text(day)).as_deref(), Some("2000-02-30"));
        let noleap = DateKind::Cf(Calendar::NoLeap);
        let day = noleap.parse("2000-01-31T12").unwrap().0;
        assert_eq!(noleap.plus_months(day, 1).map(|day| noleap.text(day)).as_deref(), Some("2000-02-28T12:00:00"));
        assert_eq!(kind.strftime(kind.parse("2000-02-30").unwrap().0, "%d %b %Y (%j)").unwrap(), "30 Feb 2000 (060)");
    }
}
