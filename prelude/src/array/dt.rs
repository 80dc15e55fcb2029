//! The fields of dates in one place, as xarray's `.dt`: `da["time"].dt()?.month()`. What is not an array of dates is
//! refused once, by [`DataArray::dt`]; the fields themselves cannot fail, and those of a lazy array are lazy.

use super::attrs::Attrs;
use super::data_array::DataArray;
use super::names::not_found;
use super::operation::Operation;
use crate::lazy::{Plan, UnaryOp};
use crate::time::{DateKind, Frequency};
use crate::values::{DType, Text, Values};
use crate::{Error, ErrorKind, Result};
use ndarray::{ArcArray, IxDyn};
use std::sync::Arc;

/// The dates of an array, made by [`DataArray::dt`]; its methods are called what xarray calls them.
///
/// Fields are i64, and those of a missing date are 0. Each result is called what the field is called.
///
/// ```
/// use isopleth::{array::DataArray, time::date_range};
/// let da = DataArray::new(vec![1.0; 60], "time")?.coord("time", date_range("2016-01-01", 60)?)?;
/// let dt = da["time"].dt()?;
/// assert_eq!((dt.month().max(())?.item()?, dt.dayofyear().max(())?.item()?), (2.0, 60.0));
/// assert_eq!(dt.season().to_texts()?[59], "DJF");
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "dates give nothing until one of month, season, … says which field is meant"]
pub struct Dt {
    dates: DataArray,
    kind: DateKind,
}

impl DataArray {
    /// The fields of the dates that the array holds.
    ///
    /// # Errors
    /// When the array holds no dates.
    pub fn dt(&self) -> Result<Dt> {
        match self.dtype().date_kind() {
            Some(kind) => Ok(Dt { dates: self.clone(), kind }),
            None => {
                let name = self.get_name().map(|name| format!(" {name:?}")).unwrap_or_default();
                let message = format!(
                    "dt: the array{name} holds {}, not dates; astype(DType::DateTime) reads nanoseconds since 1970",
                    self.dtype()
                );
                Err(Error::new(ErrorKind::Mismatch, message))
            }
        }
    }
}

macro_rules! fields {
    ($($method:ident $op:ident $value:literal $doc:literal;)*) => {
        impl Dt {$(
            #[doc = $doc]
            ///
            /// ```
            /// use isopleth::{array::DataArray, time::{Step, date_range_by}};
            /// let da = DataArray::new(vec![1.0], "time")?.coord("time", date_range_by("2016-02-29T13:14:15", 1, Step::Days(1))?)?;
            #[doc = concat!("assert_eq!(da[\"time\"].dt()?.", stringify!($method), "().item()?, ", $value, ");")]
            /// # Ok::<(), isopleth::Error>(())
            /// ```
            #[must_use]
            pub fn $method(&self) -> DataArray {
                self.dates.with_plan(Operation::Elementwise, self.plan(UnaryOp::$op)).name(stringify!($method))
            }
        )*}
    };
}

fields! {
    year Year "2016.0" "The year of each date.";
    month Month "2.0" "The month of each date, 1 to 12.";
    day Day "29.0" "The day of the month of each date, from 1.";
    hour Hour "13.0" "The hour of each date, 0 to 23.";
    minute Minute "14.0" "The minute of each date, 0 to 59.";
    second Second "15.0" "The second of each date, 0 to 59.";
    dayofyear DayOfYear "60.0" "The day of the year of each date, 1 to 366.";
    dayofweek DayOfWeek "0.0" "The day of the week of each date, 0 for Monday to 6. The same as [`weekday`](Self::weekday).";
    weekday DayOfWeek "0.0" "The day of the week of each date, 0 for Monday to 6.";
}

/// The fields by their names, as groups are made by: `"time.month"`.
const FIELDS: [&str; 16] = [
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "dayofyear",
    "dayofweek",
    "weekday",
    "quarter",
    "season",
    "week",
    "weekofyear",
    "days_in_month",
    "is_leap_year",
    "date",
];

impl Dt {
    /// The field of this name: `dt.field("month")?` is `dt.month()`.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn field(&self, name: &str) -> Result<DataArray> {
        Ok(match name {
            "year" => self.year(),
            "month" => self.month(),
            "day" => self.day(),
            "hour" => self.hour(),
            "minute" => self.minute(),
            "second" => self.second(),
            "dayofyear" => self.dayofyear(),
            "dayofweek" => self.dayofweek(),
            "weekday" => self.weekday(),
            "quarter" => self.quarter(),
            "season" => self.season(),
            "week" => self.week()?,
            "weekofyear" => self.weekofyear()?,
            "days_in_month" | "daysinmonth" => self.days_in_month(),
            "is_leap_year" => self.is_leap_year(),
            "date" => self.date()?,
            _ => return Err(not_found("field of dates called", name, FIELDS)),
        })
    }

    /// The quarter of the year of each date, 1 to 4; 0 where missing.
    #[must_use]
    pub fn quarter(&self) -> DataArray {
        let quarters: Vec<i64> = (0..=12).map(|month| (month + 2) / 3).collect();
        self.by_month("quarter", Values::from(quarters))
    }

    /// The season of each date by the initials of its months: `DJF`, `MAM`, `JJA`, `SON`; missing where the date is.
    #[must_use]
    pub fn season(&self) -> DataArray {
        let season = |month: usize| match month {
            0 => Text::MISSING,
            12 | 1 | 2 => Text::new("DJF"),
            3..=5 => Text::new("MAM"),
            6..=8 => Text::new("JJA"),
            _ => Text::new("SON"),
        };
        self.by_month("season", Values::Text(ArcArray::from_vec((0..=12).map(season).collect()).into_dyn()))
    }

    /// The week of the year of each date as ISO 8601 counts, 1 to 53; 0 where missing.
    ///
    /// # Errors
    /// When the dates are of another calendar than today's.
    pub fn week(&self) -> Result<DataArray> {
        Ok(self.weekofyear()?.name("week"))
    }

    /// The same as [`week`](Self::week), under the name that pandas gives it.
    ///
    /// # Errors
    /// When the dates are of another calendar than today's.
    pub fn weekofyear(&self) -> Result<DataArray> {
        if self.kind != DateKind::Nanoseconds {
            let message =
                format!("weekofyear: weeks are those of today's calendar, and the array holds {}", self.dates.dtype());
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let week = |year: i64, day: i64, weekday: i64| {
            let weeks = |year: i64| {
                // A year has 53 weeks if it begins on a Thursday, or is a leap year that begins on a Wednesday.
                let before = |year: i64, count: i64| (year - 1).div_euclid(count);
                let begins = |year| year + before(year, 4) - before(year, 100) + before(year, 400);
                // 4 is Thursday, where Sunday is 0.
                if begins(year).rem_euclid(7) == 4 || begins(year + 1).rem_euclid(7) == 5 { 53 } else { 52 }
            };
            match (day - weekday + 9) / 7 {
                0 => weeks(year - 1),
                week if week > weeks(year) => 1,
                week => week,
            }
        };
        let parts = [self.plan(UnaryOp::Year), self.plan(UnaryOp::DayOfYear), self.plan(UnaryOp::DayOfWeek)];
        let code = coded(&parts, &[400, 7]);
        let of = move |code: i64| {
            let (year, day, weekday) = (code.div_euclid(2800), code.div_euclid(7).rem_euclid(400), code.rem_euclid(7));
            if day == 0 { 0 } else { week(year, day, weekday) }
        };
        // What is said of the dates is not said of what pandas makes of them.
        Ok(self.made("weekofyear", whole(&code, "weekofyear", of)).with_attrs(Attrs::default()))
    }

    /// How many days the month of each date has in its calendar; 0 where missing.
    #[must_use]
    pub fn days_in_month(&self) -> DataArray {
        let calendar = self.kind.calendar();
        let of = move |code: i64| {
            let (year, month) = (code.div_euclid(13), code.rem_euclid(13));
            if month == 0 { 0 } else { calendar.days_in_month(year, month) }
        };
        self.made("days_in_month", whole(&self.months(), "days_in_month", of))
    }

    /// Whether the year of each date has a 29 February in its calendar: an array of bool, false where missing.
    #[must_use]
    pub fn is_leap_year(&self) -> DataArray {
        let calendar = self.kind.calendar();
        let of = move |code: i64| i64::from(code.rem_euclid(13) != 0 && calendar.is_leap(code.div_euclid(13)));
        self.made("is_leap_year", whole(&self.months(), "is_leap_year", of).cast(DType::Bool))
    }

    /// The midnight at which the day of each date begins: its date without the time of day.
    ///
    /// # Errors
    /// As for [`floor`](Self::floor).
    pub fn date(&self) -> Result<DataArray> {
        Ok(self.floor("D")?.name("date"))
    }

    /// Each date as text, written by a pattern such as `"%d.%m.%Y %H:%M"` or `"%b"`. Missing dates stay missing. Dates that
    /// are lazy are read.
    ///
    /// ```
    /// use isopleth::{array::DataArray, time::date_range};
    /// let da = DataArray::new(vec![1.0], "time")?.coord("time", date_range("2016-02-29", 1)?)?;
    /// assert_eq!(da["time"].dt()?.strftime("%d.%m.%Y")?.to_texts()?, ["29.02.2016"]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the pattern is none.
    pub fn strftime(&self, pattern: &str) -> Result<DataArray> {
        let kind = self.kind;
        let text = |date| Ok(Text::new(&kind.strftime(date, pattern)?));
        let texts = self.each(&|date| if date == i64::MIN { Ok(Text::MISSING) } else { text(date) })?;
        Ok(self.made("strftime", Plan::memory(Values::Text(texts))).with_attrs(Attrs::default()))
    }

    /// The start of the span that each date lies in: `"D"`, `"6h"`, `"15min"`, and unlike pandas also `"MS"`, `"YS"`. Dates
    /// that are lazy are read.
    ///
    /// ```
    /// use isopleth::{array::DataArray, time::date_range};
    /// let da = DataArray::new(vec![1.0; 40], "time")?.coord("time", date_range("2016-01-01", 40)?)?;
    /// assert_eq!(da["time"].dt()?.floor("MS")?.to_texts()?[39], "2016-02-01");
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the frequency is none.
    pub fn floor(&self, frequency: &str) -> Result<DataArray> {
        let frequency = Frequency::parse(frequency)?;
        self.moved("floor", &|kind, date| Ok(frequency.span(kind, date)?.0))
    }

    /// The end of the span that each date lies in: the date itself where a span begins there.
    ///
    /// # Errors
    /// As for [`floor`](Self::floor).
    pub fn ceil(&self, frequency: &str) -> Result<DataArray> {
        let frequency = Frequency::parse(frequency)?;
        self.moved("ceil", &|kind, date| {
            let (start, end) = frequency.span(kind, date)?;
            Ok(if start == date { start } else { end })
        })
    }

    /// The nearer of [`floor`](Self::floor) and [`ceil`](Self::ceil); from the middle the one that is an even number of
    /// spans from 1970, as in pandas (for months and years the later).
    ///
    /// # Errors
    /// As for [`floor`](Self::floor).
    pub fn round(&self, frequency: &str) -> Result<DataArray> {
        let frequency = Frequency::parse(frequency)?;
        self.moved("round", &|kind, date| frequency.round(kind, date))
    }

    fn plan(&self, op: UnaryOp) -> Plan {
        self.dates.plan().unary(op)
    }

    /// What is made of the dates, called after what was asked.
    fn made(&self, name: &str, plan: Plan) -> DataArray {
        self.dates.with_plan(Operation::Elementwise, plan).name(name)
    }

    /// Year and month of each date in one number; the month is 0 where the date is missing.
    fn months(&self) -> Plan {
        coded(&[self.plan(UnaryOp::Year), self.plan(UnaryOp::Month)], &[13])
    }

    /// The element of a table that has one for each month from 1, and one for missing dates before them.
    fn by_month(&self, name: &str, table: Values) -> DataArray {
        let found = self.plan(UnaryOp::Month).lookup(table).expect("a table goes with any positions");
        self.made(name, found)
    }

    fn each<T: Clone>(&self, f: &dyn Fn(i64) -> Result<T>) -> Result<ArcArray<T, IxDyn>> {
        let values = self.dates.values()?;
        let Some((_, dates)) = values.dates() else { unreachable!("values have the type of their array") };
        let results: Vec<T> = dates.iter().map(|&date| f(date)).collect::<Result<_>>()?;
        Ok(ArcArray::from_shape_vec(dates.raw_dim(), results)?)
    }

    fn moved(&self, name: &str, f: &dyn Fn(DateKind, i64) -> Result<i64>) -> Result<DataArray> {
        let moved = self.each(&|date| if date == i64::MIN { Ok(date) } else { f(self.kind, date) });
        let moved = moved.map_err(|error| error.context(name))?;
        Ok(self.made(name, Plan::memory(Values::I64(moved).into_dates(self.dates.dtype()))))
    }
}

/// Whole numbers in one: each but the first is below its bound and not negative.
fn coded(parts: &[Plan], bounds: &[i64]) -> Plan {
    use crate::lazy::BinaryOp::{Add, Mul};
    let pair = |op, a: &Plan, b: &Plan| Plan::binary(op, a, b).expect("whole numbers of one shape");
    bounds
        .iter()
        .zip(&parts[1..])
        .fold(parts[0].clone(), |code, (&bound, part)| pair(Add, &pair(Mul, &code, &Plan::scalar(bound)), part))
}

/// `f` of each whole number. They pass as floats, which hold whole numbers of this size exactly.
fn whole(codes: &Plan, name: &str, f: impl Fn(i64) -> i64 + Send + Sync + 'static) -> Plan {
    let each = move |block: &mut [f64]| block.iter_mut().for_each(|value| *value = f(*value as i64) as f64);
    codes.map(name, Arc::new(each)).cast(DType::I64)
}

/// The names that fields had as methods of the array itself.
#[doc(hidden)]
impl DataArray {
    pub fn quarter(&self) -> Result<Self> {
        Ok(self.dt()?.quarter())
    }

    pub fn weekofyear(&self) -> Result<Self> {
        self.dt()?.weekofyear()
    }

    pub fn days_in_month(&self) -> Result<Self> {
        Ok(self.dt()?.days_in_month())
    }

    pub fn is_leap_year(&self) -> Result<Self> {
        Ok(self.dt()?.is_leap_year())
    }

    pub fn season(&self) -> Result<Self> {
        Ok(self.dt()?.season())
    }

    pub fn strftime(&self, pattern: &str) -> Result<Self> {
        self.dt()?.strftime(pattern)
    }

    pub fn floor_date(&self, frequency: &str) -> Result<Self> {
        self.dt()?.floor(frequency)
    }

    pub fn ceil_date(&self, frequency: &str) -> Result<Self> {
        self.dt()?.ceil(frequency)
    }

    pub fn round_date(&self, frequency: &str) -> Result<Self> {
        self.dt()?.round(frequency)
    }
}

/// The fields that were methods of the array itself and panic where it holds no dates.
macro_rules! panicking {
    ($($method:ident)*) => {
        #[doc(hidden)]
        impl DataArray {$(
            #[must_use]
            #[track_caller]
            pub fn $method(&self) -> Self {
                match self.dt() {
                    Ok(dates) => dates.$method(),
                    Err(error) => panic!("{}: {error}", stringify!($method)),
                }
            }
        )*}
    };
}

panicking! { year month day dayofyear weekday hour minute second }

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Calendar, DateTime, Step, date_range_by, date_range_in};

    fn dates() -> DataArray {
        let dates = date_range_by("1998-12-20T05:06:07", 9000, Step::Hours(31)).unwrap();
        let mut numbers: Vec<i64> = dates.to_vec().iter().map(|date| date.nanoseconds()).collect();
        numbers.push(i64::MIN);
        DataArray::new(Values::from_nanoseconds(numbers), "time").unwrap()
    }

    #[test]
    fn weeks_are_those_of_a_calendar_library_and_missing_dates_have_none() {
        let weeks = dates().dt().unwrap().week().unwrap().to_vec::<i64>().unwrap();
        let numbers = dates().to_vec::<i64>().unwrap();
        for (week, date) in weeks.iter().zip(&numbers[..9000]) {
            assert_eq!(*week, i64::from(DateTime::from_nanoseconds(*date).isocalendar().1), "{date}");
        }
        assert_eq!(weeks[9000], 0);
    }

    #[test]
    fn lazy_dates_have_lazy_fields_with_the_same_values() {
        let (eager, lazy) = (dates(), dates().chunk([("time", 700)]).unwrap());
        for field in FIELDS.iter().filter(|field| **field != "date") {
            let of = |array: &DataArray| array.dt().unwrap().field(field).unwrap();
            assert!(of(&lazy).is_lazy(), "{field}");
            assert_eq!(of(&lazy).to_texts().unwrap(), of(&eager).to_texts().unwrap(), "{field}");
        }
    }

    #[test]
    fn months_and_years_are_those_of_the_calendar() {
        let days = date_range_in(Calendar::Day360, "2000-02-28", 4, Step::Days(1)).unwrap();
        let da = DataArray::new(vec![0.0; 4], "time").unwrap().coord("time", days).unwrap();
        let dt = da["time"].dt().unwrap();
        assert_eq!(dt.days_in_month().to_vec::<i64>().unwrap(), [30; 4]);
        assert_eq!(dt.is_leap_year().to_vec::<bool>().unwrap(), [false; 4]);
        let error = dt.week().unwrap_err().to_string();
        assert!(error.contains("360_day"), "{error}");
    }

    #[test]
    fn what_holds_no_dates_has_no_fields() {
        let error = DataArray::new(vec![1.0], "x").unwrap().name("temp").dt().unwrap_err().to_string();
        assert!(error.contains("temp") && error.contains("float64"), "{error}");
    }
}
