//! What is known of a date beyond its fields: weeks, seasons, leap years, text, and the span that it lies in.

use super::date_time::to_civil;
use super::kind::DateKind;
use super::{DateTime, Frequency, fields};
use crate::{Error, ErrorKind, Result};

impl DateTime {
    /// The quarter of the year, 1 to 4; 0 for a missing instant.
    pub fn quarter(self) -> u32 {
        fields::quarter(self.nanoseconds()) as u32
    }

    /// The season by the initials of its months: `DJF`, `MAM`, `JJA`, `SON`.
    pub fn season(self) -> Option<&'static str> {
        fields::season(self.nanoseconds())
    }

    /// Year, week (1 to 53) and day of the week (**1** is Monday) as ISO 8601 counts them; the first days of January may
    /// belong to the year before. Zeros for a missing instant.
    ///
    /// ```
    /// use isopleth::time::DateTime;
    /// assert_eq!("2016-01-01".parse::<DateTime>()?.isocalendar(), (2015, 53, 5));
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    pub fn isocalendar(self) -> (i32, u32, u32) {
        if self.is_missing() {
            return (0, 0, 0);
        }
        let week = to_civil(self.nanoseconds()).date().iso_week_date();
        (week.year().into(), week.week().unsigned_abs().into(), self.weekday() + 1)
    }

    /// How many days the month has; 0 for a missing instant.
    pub fn days_in_month(self) -> u32 {
        if self.is_missing() {
            return 0;
        }
        to_civil(self.nanoseconds()).date().days_in_month().unsigned_abs().into()
    }

    /// Whether the year has a 29 February; false for a missing instant.
    pub fn is_leap_year(self) -> bool {
        !self.is_missing() && to_civil(self.nanoseconds()).date().in_leap_year()
    }

    /// The date as text by a pattern such as `"%d.%m.%Y %H:%M"`; `NaT` for a missing instant.
    ///
    /// # Errors
    /// When the pattern is none, or names what a date without time zone does not have.
    pub fn strftime(self, pattern: &str) -> Result<String> {
        if self.is_missing() {
            return Ok("NaT".into());
        }
        jiff::fmt::strtime::format(microseconds(pattern), to_civil(self.nanoseconds()))
            .map_err(|error| Error::new(ErrorKind::InvalidArgument, format!("the pattern {pattern:?}: {error}")))
    }

    /// The start of the span of `frequency` (`"D"`, `"6h"`, `"MS"`, `"YS"`) that this instant lies in.
    ///
    /// Hours and the like are counted from 1970, as pandas does.
    ///
    /// ```
    /// use isopleth::time::DateTime;
    /// let at: DateTime = "2016-02-29T13:45".parse()?;
    /// assert_eq!(at.floor("6h")?.to_string(), "2016-02-29T12:00:00");
    /// assert_eq!(at.floor("MS")?.to_string(), "2016-02-01");
    /// assert_eq!(at.ceil("YS")?.to_string(), "2017-01-01");
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the frequency is none, or the start leaves the years 1677 to 2262.
    pub fn floor(self, frequency: &str) -> Result<Self> {
        Ok(self.span(frequency)?.0)
    }

    /// The end of the span of `frequency` that this instant lies in; the instant itself where a span begins there.
    ///
    /// # Errors
    /// As for [`floor`](Self::floor).
    pub fn ceil(self, frequency: &str) -> Result<Self> {
        let (start, end) = self.span(frequency)?;
        Ok(if start == self { self } else { end })
    }

    /// The nearer of [`floor`](Self::floor) and [`ceil`](Self::ceil). From the middle of a span the one that is an even
    /// number of spans from 1970, as in pandas; of months and years the later.
    ///
    /// # Errors
    /// As for [`floor`](Self::floor).
    pub fn round(self, frequency: &str) -> Result<Self> {
        let frequency = Frequency::parse(frequency)?;
        if self.is_missing() {
            return Ok(self);
        }
        frequency.round(DateKind::Nanoseconds, self.nanoseconds()).map(Self::from_nanoseconds)
    }

    fn span(self, frequency: &str) -> Result<(Self, Self)> {
        let frequency = Frequency::parse(frequency)?;
        if self.is_missing() {
            return Ok((self, self));
        }
        let (start, end) = frequency.span(DateKind::Nanoseconds, self.nanoseconds())?;
        Ok((Self::from_nanoseconds(start), Self::from_nanoseconds(end)))
    }
}

/// The pattern with `%f` as Python has it: six digits, always.
fn microseconds(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        out.push(letter);
        if letter != '%' {
            continue;
        }
        match letters.next() {
            Some('f') => out.push_str("6f"),
            other => out.extend(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    // t = pd.to_datetime([...]); t.isocalendar(), t.days_in_month, t.is_leap_year, t.quarter
    #[test]
    fn weeks_and_leap_years_are_those_of_pandas() {
        let expected = [
            ("2016-01-01", (2015, 53, 5), 31, true, 1),
            ("2016-02-29", (2016, 9, 1), 29, true, 1),
            ("2015-12-31", (2015, 53, 4), 31, false, 4),
            ("1999-07-04", (1999, 26, 7), 31, false, 3),
            ("2000-12-31", (2000, 52, 7), 31, true, 4),
            ("1900-02-28", (1900, 9, 3), 28, false, 1),
        ];
        for (text, week, days, leap, quarter) in expected {
            let date = date(text);
            let got = (date.isocalendar(), date.days_in_month(), date.is_leap_year(), date.quarter());
            assert_eq!(got, (week, days, leap, quarter), "{text}");
        }
    }

    // pd.Timestamp("2016-02-29T13:45:10").floor("6h") and so on; round(): halves go to the even one
    #[test]
    fn spans_are_cut_as_pandas_cuts_them() {
        let at = date("2016-02-29T13:45:10");
        let cut = |frequency: &str| {
            [at.floor(frequency), at.round(frequency), at.ceil(frequency)].map(|cut| cut.unwrap().to_string())
        };
        assert_eq!(cut("6h"), ["2016-02-29T12:00:00", "2016-02-29T12:00:00", "2016-02-29T18:00:00"]);
        assert_eq!(cut("D"), ["2016-02-29", "2016-03-01", "2016-03-01"]);
        assert_eq!(cut("min"), ["2016-02-29T13:45:00", "2016-02-29T13:45:00", "2016-02-29T13:46:00"]);
        assert_eq!(cut("MS"), ["2016-02-01", "2016-03-01", "2016-03-01"]);
        assert_eq!(date("2016-03-01").ceil("D").unwrap(), date("2016-03-01"));
        // [str(pd.Timestamp(t).round("h")) for t in ("2016-01-01T00:30", "2016-01-01T01:30")]
        assert_eq!(date("2016-01-01T00:30").round("h").unwrap(), date("2016-01-01"));
        assert_eq!(date("2016-01-01T01:30").round("h").unwrap(), date("2016-01-01T02"));
    }

    #[test]
    fn patterns_write_dates_and_bad_ones_are_errors() {
        assert_eq!(date("2016-02-29T13:45:10").strftime("%Y-%j %b %d %H:%M").unwrap(), "2016-060 Feb 29 13:45");
        assert!(date("2016-02-29").strftime("%Q!").is_err() && date("2016-02-29").floor("month").is_err());
    }

    // pd.Timestamp(t).strftime("%S.%f %%f") and that of a cftime object
    #[test]
    fn fractions_of_a_second_have_six_digits() {
        let ends = [("", "000000"), (".5", "500000"), (".123456789", "123456"), (".000001", "000001")];
        for (fraction, digits) in ends {
            let written = format!("2000-01-01T00:00:07{fraction}");
            let expected = format!("07.{digits} %f");
            assert_eq!(date(&written).strftime("%S.%f %%f").unwrap(), expected);
            let model = DateKind::Cf(crate::time::Calendar::NoLeap);
            assert_eq!(model.strftime(model.parse(&written).unwrap().0, "%S.%f %%f").unwrap(), expected);
        }
        let before = date("1969-12-31T23:59:59.25");
        assert_eq!(before.strftime("%S.%f").unwrap(), "59.250000");
    }

    #[test]
    fn a_missing_instant_stays_missing() {
        let none = DateTime::MISSING;
        assert_eq!((none.floor("D").unwrap(), none.round("MS").unwrap()), (none, none));
        assert_eq!((none.isocalendar(), none.season(), none.is_leap_year()), ((0, 0, 0), None, false));
        assert_eq!(none.strftime("%Y").unwrap(), "NaT");
    }
}
