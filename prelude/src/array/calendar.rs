//! From one calendar to another: dates keep their names, and those that the other calendar lacks are left out.

use super::align::reindex;
use super::data_array::DataArray;
use super::dataset::Dataset;
use super::names::not_found;
use crate::time::{Calendar, DateKind};
use crate::values::Values;
use crate::{Error, ErrorKind, Result};

/// How [`DataArray::convert_calendar`] goes about it: the calendar, which may be given alone by its name, and more.
///
/// ```
/// use isopleth::array::{ConvertCalendar, DataArray};
/// use isopleth::time::{Calendar, Step, date_range_in};
/// let days = date_range_in(Calendar::NoLeap, "2000-02-27", 4, Step::Days(1))?;
/// let da = DataArray::new(vec![1.0, 2.0, 3.0, 4.0], "time")?.coord("time", days)?;
/// let real = da.convert_calendar(ConvertCalendar::to("standard")?.with_missing())?;
/// assert_eq!(real.get_coord("time")?.to_texts()?[2], "2000-02-29");
/// assert!(real.to_vec::<f64>()?[2].is_nan());
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ConvertCalendar {
    calendar: Calendar,
    dim: String,
    gaps: bool,
}

impl ConvertCalendar {
    /// To the calendar that the CF conventions call so, along the dimension `time`.
    ///
    /// # Errors
    /// When there is no such calendar.
    pub fn to(calendar: &str) -> Result<Self> {
        Ok(calendar.parse::<Calendar>()?.into())
    }

    /// The dimension whose labels are converted.
    #[must_use]
    pub fn dim(mut self, dim: &str) -> Self {
        dim.clone_into(&mut self.dim);
        self
    }

    /// Dates that the new calendar has and the old one lacks are put in, with missing values. The dates must ascend at
    /// equal steps: of hours or days, of months on the same day, or from one month's end to the next.
    ///
    /// As in xarray a series of month's ends has the month's ends of the new calendar, and one of several days has every
    /// so many days of it: values on other dates are left out.
    #[must_use]
    pub fn with_missing(mut self) -> Self {
        self.gaps = true;
        self
    }
}

impl From<Calendar> for ConvertCalendar {
    fn from(calendar: Calendar) -> Self {
        Self { calendar, dim: "time".to_owned(), gaps: false }
    }
}

impl From<&ConvertCalendar> for ConvertCalendar {
    fn from(convert: &ConvertCalendar) -> Self {
        convert.clone()
    }
}

/// What [`DataArray::convert_calendar`] takes: a [`Calendar`], its name, or a [`ConvertCalendar`].
pub trait IntoConvertCalendar {
    /// What is to be done.
    ///
    /// # Errors
    /// When there is no calendar of that name.
    #[doc(hidden)]
    fn into_convert(self) -> Result<ConvertCalendar>;
}

impl<T: Into<ConvertCalendar>> IntoConvertCalendar for T {
    fn into_convert(self) -> Result<ConvertCalendar> {
        Ok(self.into())
    }
}

impl IntoConvertCalendar for &str {
    fn into_convert(self) -> Result<ConvertCalendar> {
        ConvertCalendar::to(self)
    }
}

impl DataArray {
    /// The array with the dates of `time` (or another dimension, see [`ConvertCalendar`]) in another calendar: each date
    /// keeps year, month, day and time of day, and the positions whose date the calendar lacks are left out.
    ///
    /// Dates of the standard and the proleptic Gregorian calendar are nanoseconds where these reach them.
    ///
    /// ```
    /// use isopleth::{array::DataArray, time::date_range};
    /// let da = DataArray::new(vec![1.0, 2.0, 3.0], "time")?.coord("time", date_range("2016-02-28", 3)?)?;
    /// let model = da.convert_calendar("noleap")?;
    /// assert_eq!(model.get_coord("time")?.to_texts()?, ["2016-02-28", "2016-03-01"]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such calendar or dimension, its labels are no dates, or are finer than a microsecond, and where
    /// missing dates are asked for and the labels do not ascend at equal steps.
    pub fn convert_calendar(&self, calendar: impl IntoConvertCalendar) -> Result<Self> {
        calendar
            .into_convert()
            .and_then(|convert| self.converted(&convert))
            .map_err(|error| error.context("convert_calendar"))
    }

    fn converted(&self, convert: &ConvertCalendar) -> Result<Self> {
        let dim = convert.dim.as_str();
        let axis = self.axis(dim)?;
        let index = self.index_of(dim).ok_or_else(|| not_found("coordinate", dim, self.coords().names()))?;
        let Some((from, dates)) = index.values().dates() else {
            let message = format!("the labels of {dim:?} are {}, not dates", index.values().dtype());
            return Err(Error::new(ErrorKind::Mismatch, message));
        };
        // In the years that nanoseconds reach, today's two calendars are one.
        if from.calendar() == convert.calendar && !from.calendar().is_real()
            || from == DateKind::Nanoseconds && convert.calendar.is_real()
        {
            return Ok(self.clone());
        }
        let dates: Vec<i64> = dates.iter().copied().collect();
        let to = DateKind::Cf(convert.calendar);
        if let Some(&fine) = dates.iter().find(|&&date| date != i64::MIN && from.is_finer(date, to)) {
            let message = format!(
                "{} is finer than a microsecond, and dates of the calendar {} have no nanoseconds; floor_date(\"s\") cuts them",
                from.text(fine),
                convert.calendar
            );
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let new: Vec<i64> = dates.iter().map(|&date| from.convert(date, to)).collect();
        let kept: Vec<usize> = (0..new.len()).filter(|&at| new[at] != i64::MIN).collect();
        let named: Vec<i64> = kept.iter().map(|&at| new[at]).collect();
        let taken = if kept.len() == new.len() { self.clone() } else { self.take(axis, &kept)? };
        let target = if convert.gaps { Some(filled(from, &dates, to, &named)?) } else { None };
        let (named, target) = match target {
            Some(target) => {
                let [named, target] = nearest_type(to, [named, target]);
                (named, Some(target))
            }
            None => {
                let [named] = nearest_type(to, [named]);
                (named, None)
            }
        };
        let relabel = |values: Values| index.with_values(vec![dim.to_owned()], values);
        let own = relabel(named);
        let coords = taken.coords().iter().map(|coord| if coord.name() == dim { own.clone() } else { coord.clone() });
        let array = taken.with_coords(coords.collect());
        match target {
            None => Ok(array),
            Some(target) => {
                let target = relabel(target);
                reindex(&array, axis, own, target.label_index(), &target)
            }
        }
    }
}

impl Dataset {
    /// Each array that has the dimension with its dates in another calendar; see [`DataArray::convert_calendar`].
    ///
    /// # Errors
    /// As for [`DataArray::convert_calendar`].
    pub fn convert_calendar(&self, calendar: impl IntoConvertCalendar) -> Result<Self> {
        let convert = calendar.into_convert().map_err(|error| error.context("convert_calendar"))?;
        if !self.arrays().iter().any(|array| array.axis_of(&convert.dim).is_some()) {
            let sizes = self.sizes();
            let dims = sizes.iter().map(|(dim, _)| dim.as_str());
            return Err(not_found("dimension", &convert.dim, dims).context("convert_calendar"));
        }
        self.each(&|array| match array.axis_of(&convert.dim) {
            Some(_) => array.convert_calendar(&convert),
            None => Ok(array.clone()),
        })
    }
}

/// Dates of today's calendar as nanoseconds, if those reach all of them.
fn nearest_type<const N: usize>(kind: DateKind, lists: [Vec<i64>; N]) -> [Values; N] {
    let exact = |dates: &Vec<i64>| -> Option<Vec<i64>> {
        let exact = |&date: &i64| Some(kind.convert(date, DateKind::Nanoseconds)).filter(|&date| date != i64::MIN);
        dates.iter().map(exact).collect()
    };
    if kind.calendar().is_real()
        && let Some(exact) = lists.iter().map(exact).collect::<Option<Vec<_>>>()
        && let Ok(exact) = <[Vec<i64>; N]>::try_from(exact)
    {
        return exact.map(Values::from_nanoseconds);
    }
    lists.map(|dates| Values::of_dates(kind, dates))
}

/// The steps that dates lie at, as xarray infers a frequency.
enum Steps {
    /// So many months, always on the same day, which every other month either has or is without.
    SameDay,
    /// So many months, always on the last day.
    MonthEnds(i64),
    /// So many steps of the kind.
    Even(i64),
}

impl Steps {
    /// Months go before days: in a calendar of equal months every series of months lies at even steps of days too.
    fn of(kind: DateKind, dates: &[i64]) -> Option<Self> {
        let even = |mut steps: Box<dyn Iterator<Item = Option<i64>> + '_>| {
            let step = steps.next()??;
            (step > 0 && steps.all(|next| next == Some(step))).then_some(step)
        };
        let month = |date: i64| {
            let (year, month, _) = kind.civil(date);
            12 * year + month
        };
        let is_last = |&date: &i64| {
            let (year, month, day) = kind.civil(date);
            day == kind.calendar().days_in_month(year, month)
        };
        let day_and_time = |date: i64| (kind.civil(date).2, kind.split(date).1);
        let same = |of: &dyn Fn(i64) -> i64| dates.windows(2).all(|pair| of(pair[0]) == of(pair[1]));
        let pairs = || dates.windows(2);
        if let Some(months) = even(Box::new(pairs().map(|pair| Some(month(pair[1]) - month(pair[0])))))
            && same(&|date| day_and_time(date).1)
        {
            if dates.iter().all(is_last) {
                return Some(Self::MonthEnds(months));
            }
            if same(&|date| day_and_time(date).0) {
                return Some(Self::SameDay);
            }
        }
        even(Box::new(pairs().map(|pair| pair[1].checked_sub(pair[0])))).map(Self::Even)
    }
}

/// All dates that the calendar of `to` has at the steps of `dates`; `named` are those of them that it has in common with
/// `from`.
fn filled(from: DateKind, dates: &[i64], to: DateKind, named: &[i64]) -> Result<Vec<i64>> {
    let (Some(&first), Some(&last)) = (dates.first(), dates.last()) else { return Ok(Vec::new()) };
    let refuse = |why: &str| {
        let message =
            format!("{why}, so nobody knows which are missing; leave with_missing out to convert those that are there");
        Err(Error::new(ErrorKind::Mismatch, message))
    };
    if dates.contains(&i64::MIN) {
        return refuse("some dates are missing values");
    }
    if dates.len() == 1 {
        return Ok(named.to_vec());
    }
    match Steps::of(from, dates) {
        None => refuse("the dates do not ascend at equal steps of hours, days or months"),
        Some(Steps::SameDay) => Ok(named.to_vec()),
        Some(Steps::MonthEnds(months)) => {
            let since = from.split(first).1 * from.nanoseconds() / to.nanoseconds();
            let (year, month, _) = from.civil(first);
            let end = |number: i64| {
                let count = year.checked_mul(12)?.checked_add(month - 1)?.checked_add(number.checked_mul(months)?)?;
                let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
                let year = to.calendar().read(from.calendar().written(year))?;
                to.midnight((year, month, to.calendar().days_in_month(year, month)))?.checked_add(since)
            };
            Ok((0..dates.len() as i64).filter_map(end).collect())
        }
        Some(Steps::Even(step)) => {
            let days = step % from.day() == 0;
            let step = step * from.nanoseconds() / to.nanoseconds();
            let start = or_before(from, first, to).or(named.first().copied());
            let mut end = or_before(from, last, to).or(named.last().copied());
            let (year, month, day) = from.civil(last);
            // Days that end with a month end with the month there too.
            if days && day == from.calendar().days_in_month(year, month) {
                end = end.and_then(|end| {
                    let (year, month, _) = to.civil(end);
                    let midnight = to.midnight((year, month, to.calendar().days_in_month(year, month)))?;
                    midnight.checked_add(to.split(end).1)
                });
            }
            let (Some(start), Some(end)) = (start, end) else { return Ok(Vec::new()) };
            let next = |&date: &i64| date.checked_add(step).filter(|&date| date <= end);
            Ok(std::iter::successors(Some(start), next).collect())
        }
    }
}

/// The date in another calendar, or the last that this has before it in the same month.
fn or_before(from: DateKind, date: i64, to: DateKind) -> Option<i64> {
    let (_, _, day) = from.civil(date);
    let before = |back: i64| date.checked_sub(back * from.day());
    (0..day).filter_map(before).map(|date| from.convert(date, to)).find(|&date| date != i64::MIN)
}
