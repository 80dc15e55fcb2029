//! Fields of dates that need more than arithmetic, and dates cut to a frequency or written as text. Each is called what
//! xarray calls it.

use super::attrs::Attrs;
use super::data_array::DataArray;
use super::operation::Operation;
use crate::lazy::Plan;
use crate::time::{DateKind, DateTime, Frequency};
use crate::values::{Text, Values};
use crate::{Error, ErrorKind, Result};
use ndarray::{ArcArray, IxDyn};

impl DataArray {
    /// The quarter of the year of each date, 1 to 4; 0 where missing.
    ///
    /// # Errors
    /// When the array holds no dates. Dates that are lazy are read, as by all methods here.
    pub fn quarter(&self) -> Result<Self> {
        self.whole_field("quarter", |kind, date| (kind.month(date) + 2) / 3)
    }

    /// The week of the year of each date as ISO 8601 counts, 1 to 53; 0 where missing.
    ///
    /// # Errors
    /// When the array holds no dates.
    pub fn weekofyear(&self) -> Result<Self> {
        if self.dtype().date_kind().is_some_and(|kind| kind != DateKind::Nanoseconds) {
            let message =
                format!("weekofyear: weeks are those of today's calendar, and the array holds {}", self.dtype());
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let weeks =
            self.whole_field("weekofyear", |_, date| i64::from(DateTime::from_nanoseconds(date).isocalendar().1))?;
        // What is said of the dates is not said of what pandas makes of them.
        Ok(weeks.with_attrs(Attrs::default()))
    }

    /// How many days the month of each date has; 0 where missing.
    ///
    /// # Errors
    /// When the array holds no dates.
    pub fn days_in_month(&self) -> Result<Self> {
        self.whole_field("days_in_month", |kind, date| {
            let (year, month, _) = kind.civil(date);
            kind.calendar().days_in_month(year, month)
        })
    }

    /// Whether the year of each date has a 29 February; false where missing.
    ///
    /// # Errors
    /// When the array holds no dates.
    pub fn is_leap_year(&self) -> Result<Self> {
        let (kind, dates) = self.dates("is_leap_year")?;
        let leap = |&date: &i64| date != i64::MIN && kind.calendar().is_leap(kind.civil(date).0);
        Ok(self.field("is_leap_year", Values::Bool(dates.map(leap).into_shared())))
    }

    /// The season of each date by the initials of its months: `DJF`, `MAM`, `JJA`, `SON`.
    ///
    /// ```
    /// use isopleth::{array::DataArray, time::date_range};
    /// let da = DataArray::new(vec![1.0; 60], "time")?.coord("time", date_range("2016-01-01", 60)?)?;
    /// assert_eq!(da["time"].season()?.to_texts()?[59], "DJF");
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the array holds no dates.
    pub fn season(&self) -> Result<Self> {
        self.text_field("season", &|kind, date| Ok(Text::new(kind.season(date))))
    }

    /// Each date as text, written by a pattern such as `"%d.%m.%Y %H:%M"` or `"%b"`. Missing dates stay missing.
    ///
    /// # Errors
    /// When the array holds no dates, or the pattern is none.
    pub fn strftime(&self, pattern: &str) -> Result<Self> {
        let texts = self.text_field("strftime", &|kind, date| Ok(Text::new(&kind.strftime(date, pattern)?)))?;
        Ok(texts.with_attrs(Attrs::default()))
    }

    /// The start of the span that each date lies in: `"D"`, `"6h"`, `"15min"`, and unlike pandas also `"MS"`, `"YS"`.
    ///
    /// # Errors
    /// When the array holds no dates, or the frequency is none.
    pub fn floor_date(&self, frequency: &str) -> Result<Self> {
        let frequency = Frequency::parse(frequency)?;
        self.date_field("floor_date", &|kind, date| Ok(frequency.span(kind, date)?.0))
    }

    /// The end of the span that each date lies in: the date itself where a span begins there.
    ///
    /// # Errors
    /// As for [`floor_date`](Self::floor_date).
    pub fn ceil_date(&self, frequency: &str) -> Result<Self> {
        let frequency = Frequency::parse(frequency)?;
        self.date_field("ceil_date", &|kind, date| {
            let (start, end) = frequency.span(kind, date)?;
            Ok(if start == date { start } else { end })
        })
    }

    /// The nearer of [`floor_date`](Self::floor_date) and [`ceil_date`](Self::ceil_date); from the middle the one
    /// that is an even number of spans from 1970, as in pandas (for months and years the later).
    ///
    /// # Errors
    /// As for [`floor_date`](Self::floor_date).
    pub fn round_date(&self, frequency: &str) -> Result<Self> {
        let frequency = Frequency::parse(frequency)?;
        self.date_field("round_date", &|kind, date| frequency.round(kind, date))
    }

    fn dates(&self, what: &str) -> Result<(DateKind, ArcArray<i64, IxDyn>)> {
        if !self.dtype().is_date() {
            let message = format!("{what}: the array holds {}, not dates", self.dtype());
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        match self.values()?.dates() {
            Some((kind, dates)) => Ok((kind, dates.clone())),
            None => unreachable!("values have the type of their array"),
        }
    }

    /// What is made of the dates, called after what was asked.
    fn field(&self, name: &str, values: Values) -> Self {
        self.with_plan(Operation::Elementwise, Plan::memory(values)).name(name)
    }

    fn whole_field(&self, what: &str, field: impl Fn(DateKind, i64) -> i64) -> Result<Self> {
        let (kind, dates) = self.dates(what)?;
        let field = |&date: &i64| if date == i64::MIN { 0 } else { field(kind, date) };
        Ok(self.field(what, Values::I64(dates.map(field).into_shared())))
    }

    fn text_field(&self, what: &str, field: &dyn Fn(DateKind, i64) -> Result<Text>) -> Result<Self> {
        let (kind, dates) = self.dates(what)?;
        let texts = try_each(&dates, |date| if date == i64::MIN { Ok(Text::MISSING) } else { field(kind, date) })?;
        Ok(self.field(what, Values::Text(texts)))
    }

    fn date_field(&self, what: &str, field: &dyn Fn(DateKind, i64) -> Result<i64>) -> Result<Self> {
        let (kind, dates) = self.dates(what)?;
        let moved = try_each(&dates, |date| if date == i64::MIN { Ok(date) } else { field(kind, date) })?;
        // xarray calls them "floor", "ceil" and "round".
        Ok(self.field(what.trim_end_matches("_date"), Values::I64(moved).into_dates(self.dtype())))
    }
}

fn try_each<T: Clone>(dates: &ArcArray<i64, IxDyn>, f: impl Fn(i64) -> Result<T>) -> Result<ArcArray<T, IxDyn>> {
    let results: Vec<T> = dates.iter().map(|&date| f(date)).collect::<Result<_>>()?;
    Ok(ArcArray::from_shape_vec(dates.raw_dim(), results).expect("one result per date"))
}
