//! From one calendar to another: dates keep their names, and those that the other calendar lacks are left out.

use super::align::reindex;
use super::data_array::DataArray;
use super::dataset::Dataset;
use super::labels::Labels;
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

    /// Dates that the new calendar has and the old one lacks are put in, with missing values. The dates must lie at equal
    /// steps: hours, days or months.
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
    /// When there is no such calendar or dimension, its labels are no dates, and where missing dates are asked for and the
    /// labels lie at no equal steps.
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
        let dates: Vec<i64> = dates.iter().copied().collect();
        let to = DateKind::Cf(convert.calendar);
        let new: Vec<i64> = dates.iter().map(|&date| from.convert(date, to)).collect();
        let kept: Vec<usize> = (0..new.len()).filter(|&at| new[at] != i64::MIN).collect();
        let named: Vec<i64> = kept.iter().map(|&at| new[at]).collect();
        let taken = if kept.len() == new.len() { self.clone() } else { self.take(axis, &kept)? };
        let target = if convert.gaps { Some(filled(from, &dates, to, &named)?) } else { None };
        let [named, target] = [Some(named), target].map(|dates| dates.map(|dates| nearest_type(to, dates)));
        let relabel = |values: Values| index.with_values(vec![dim.to_owned()], values);
        let own = relabel(named.unwrap_or_else(|| Values::of_dates(to, Vec::new())));
        let coords = taken.coords().iter().map(|coord| if coord.name() == dim { own.clone() } else { coord.clone() });
        let array = taken.with_coords(coords.collect());
        match target {
            None => Ok(array),
            Some(target) => {
                let target = relabel(if target.dtype() == own.values().dtype() {
                    target
                } else {
                    target.cast(own.values().dtype())
                });
                reindex(&array, axis, own, &Labels::of(target.values()), &target)
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
fn nearest_type(kind: DateKind, dates: Vec<i64>) -> Values {
    let values = Values::of_dates(kind, dates.clone());
    if !kind.calendar().is_real() {
        return values;
    }
    let exact: Vec<i64> = dates.iter().map(|&date| kind.convert(date, DateKind::Nanoseconds)).collect();
    if exact.contains(&i64::MIN) { values } else { Values::from_nanoseconds(exact) }
}

/// All dates from the first to the last of `named`, at the steps that `dates` lie at.
fn filled(from: DateKind, dates: &[i64], to: DateKind, named: &[i64]) -> Result<Vec<i64>> {
    let (Some(&first), Some(&last)) = (named.first(), named.last()) else { return Ok(Vec::new()) };
    let months = |date: i64| {
        let (year, month, day) = from.civil(date);
        (12 * year + month, day, from.split(date).1)
    };
    let even =
        |steps: &[i64]| steps.first().copied().filter(|&step| step > 0 && steps.iter().all(|&next| next == step));
    let steps: Vec<i64> = dates.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    let by_month: Vec<i64> = dates.windows(2).map(|pair| months(pair[1]).0 - months(pair[0]).0).collect();
    let same_day =
        dates.windows(2).all(|pair| (months(pair[0]).1, months(pair[0]).2) == (months(pair[1]).1, months(pair[1]).2));
    let next: Box<dyn Fn(i64) -> Option<i64>> = if dates.len() == 1 {
        Box::new(|_| None)
    } else if let Some(step) = even(&steps) {
        // In the steps of the other kind, which may be coarser.
        let step = i128::from(step) * i128::from(from.nanoseconds()) / i128::from(to.nanoseconds());
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        Box::new(move |number| number.checked_mul(step)?.checked_add(first))
    } else if let Some(step) = even(&by_month).filter(|_| same_day) {
        Box::new(move |number| to.plus_months(first, number.checked_mul(step)?))
    } else {
        let message = "the dates lie at no equal steps of hours, days or months, so nobody knows which are missing";
        return Err(Error::new(ErrorKind::Mismatch, message));
    };
    let rest = (1..).map_while(next).take_while(|&date| date <= last);
    Ok(std::iter::once(first).chain(rest).collect())
}
