//! Fields of dates that need more than arithmetic, and dates cut to a frequency or written as text.

use super::data_array::DataArray;
use super::operation::Operation;
use crate::lazy::Plan;
use crate::time::DateTime;
use crate::values::{DType, Text, Values};
use crate::{Error, ErrorKind, Result};
use ndarray::{ArcArray, IxDyn};

impl DataArray {
    /// The quarter of the year of each date, 1 to 4; 0 where missing.
    ///
    /// # Errors
    /// When the array holds no dates. Dates that are lazy are read, as by all methods here.
    pub fn quarter(&self) -> Result<Self> {
        self.whole_field("quarter", |date| i64::from(date.quarter()))
    }

    /// The week of the year of each date as ISO 8601 counts, 1 to 53; 0 where missing.
    ///
    /// # Errors
    /// When the array holds no dates.
    pub fn weekofyear(&self) -> Result<Self> {
        self.whole_field("weekofyear", |date| i64::from(date.isocalendar().1))
    }

    /// How many days the month of each date has; 0 where missing.
    ///
    /// # Errors
    /// When the array holds no dates.
    pub fn days_in_month(&self) -> Result<Self> {
        self.whole_field("days_in_month", |date| i64::from(date.days_in_month()))
    }

    /// Whether the year of each date has a 29 February; false where missing.
    ///
    /// # Errors
    /// When the array holds no dates.
    pub fn is_leap_year(&self) -> Result<Self> {
        let dates = self.dates("is_leap_year")?;
        Ok(self
            .with_plan(Operation::Elementwise, Plan::memory(Values::Bool(each_date(&dates, DateTime::is_leap_year)))))
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
        self.text_field("season", &|date| Ok(date.season().map_or(Text::MISSING, Text::new)))
    }

    /// Each date as text, written by a pattern such as `"%d.%m.%Y %H:%M"` or `"%b"`. Missing dates stay missing.
    ///
    /// # Errors
    /// When the array holds no dates, or the pattern is none.
    pub fn strftime(&self, pattern: &str) -> Result<Self> {
        self.text_field("strftime", &|date| match date.is_missing() {
            true => Ok(Text::MISSING),
            false => Ok(Text::new(&date.strftime(pattern)?)),
        })
    }

    /// The start of the span that each date lies in: `"D"`, `"6h"`, `"15min"`, and unlike pandas also `"MS"`, `"YS"`.
    ///
    /// # Errors
    /// When the array holds no dates, or the frequency is none.
    pub fn floor_date(&self, frequency: &str) -> Result<Self> {
        self.date_field("floor_date", &|date| date.floor(frequency))
    }

    /// The end of the span that each date lies in: the date itself where a span begins there.
    ///
    /// # Errors
    /// As for [`floor_date`](Self::floor_date).
    pub fn ceil_date(&self, frequency: &str) -> Result<Self> {
        self.date_field("ceil_date", &|date| date.ceil(frequency))
    }

    /// The nearer of [`floor_date`](Self::floor_date) and [`ceil_date`](Self::ceil_date); from the middle the one
    /// that is an even number of spans from 1970, as in pandas (for months and years the later).
    ///
    /// # Errors
    /// As for [`floor_date`](Self::floor_date).
    pub fn round_date(&self, frequency: &str) -> Result<Self> {
        self.date_field("round_date", &|date| date.round(frequency))
    }

    fn dates(&self, what: &str) -> Result<ArcArray<i64, IxDyn>> {
        if self.dtype() != DType::DateTime {
            let message = format!("{what}: the array holds {}, not dates", self.dtype());
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        match self.values()? {
            Values::DateTime(dates) => Ok(dates),
            _ => unreachable!("values have the type of their array"),
        }
    }

    fn whole_field(&self, what: &str, field: fn(DateTime) -> i64) -> Result<Self> {
        let dates = self.dates(what)?;
        Ok(self.with_plan(Operation::Elementwise, Plan::memory(Values::I64(each_date(&dates, field)))))
    }

    fn text_field(&self, what: &str, field: &dyn Fn(DateTime) -> Result<Text>) -> Result<Self> {
        Ok(self
            .with_plan(Operation::Elementwise, Plan::memory(Values::Text(try_each_date(&self.dates(what)?, field)?))))
    }

    fn date_field(&self, what: &str, field: &dyn Fn(DateTime) -> Result<DateTime>) -> Result<Self> {
        let moved = try_each_date(&self.dates(what)?, &|date| Ok(field(date)?.nanoseconds()))?;
        Ok(self.with_plan(Operation::Elementwise, Plan::memory(Values::DateTime(moved))))
    }
}

fn each_date<T: Clone>(dates: &ArcArray<i64, IxDyn>, f: fn(DateTime) -> T) -> ArcArray<T, IxDyn> {
    dates.map(|&date| f(DateTime::from_nanoseconds(date))).into_shared()
}

fn try_each_date<T: Clone>(
    dates: &ArcArray<i64, IxDyn>,
    f: &dyn Fn(DateTime) -> Result<T>,
) -> Result<ArcArray<T, IxDyn>> {
    let results: Vec<T> = dates.iter().map(|&date| f(DateTime::from_nanoseconds(date))).collect::<Result<_>>()?;
    Ok(ArcArray::from_shape_vec(dates.raw_dim(), results).expect("one result per date"))
}
