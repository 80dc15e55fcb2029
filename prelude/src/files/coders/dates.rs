//! Dates as the numbers of a file: the units that the file had where these hold them without rounding, or else the coarsest
//! that do, as xarray chooses them. A coordinate and its bounds have the same units, as the CF conventions want it.

use super::FileEncoding;
use crate::files::attribute::Given;
use crate::files::file_type::FileType;
use crate::time::DateKind;
use crate::time::units::{self, Count, TimeUnits};
use crate::values::Values;
use crate::{Error, ErrorKind, Result};

const MISSING: i64 = i64::MIN;

/// Calls a function with the dates of a variable, window by window.
type EachWindow<'a> = Box<dyn Fn(&mut dyn FnMut(&[i64])) -> Result<()> + 'a>;

/// A variable of dates that is to be written.
pub(in crate::files) struct Dates<'a> {
    /// How its file had it, if it came from one.
    pub(in crate::files) own: Option<FileEncoding>,
    pub(in crate::files) each: EachWindow<'a>,
}

/// How the dates of a variable become numbers.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::files) struct DateNumbers {
    pub(in crate::files) encoding: FileEncoding,
    kind: DateKind,
    units: TimeUnits,
    missing: Option<Number>,
    /// Whether a float may be no whole number.
    fractions: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Number {
    Whole(i128),
    Float(f64),
}

/// The encodings of variables of dates of one kind that share their units: those of the first one.
///
/// # Errors
/// When the dates cannot be read.
pub(in crate::files) fn encode(kind: DateKind, variables: &[Dates<'_>]) -> Result<Vec<DateNumbers>> {
    if let Some((units, calendar)) = variables.first().and_then(|first| wanted(kind, first.own.as_ref()?))
        && let Some(all) = held(kind, variables, &units, calendar.as_deref())?
    {
        return Ok(all);
    }
    let (units, calendar) = coarsest(kind, variables)?;
    held(kind, variables, &units, Some(calendar))?
        .ok_or_else(|| Error::new(ErrorKind::Other, format!("no number of {units:?} says these dates exactly")))
}

/// The units and the calendar that the file had, if they can be meant for dates of this kind.
fn wanted(kind: DateKind, own: &FileEncoding) -> Option<(String, Option<String>)> {
    let units = TimeUnits::parse(own.units.as_deref()?, own.calendar.as_deref()).ok()?;
    let same = match kind {
        DateKind::Nanoseconds => units.calendar.is_real(),
        DateKind::Cf(calendar) => calendar == units.calendar,
    };
    same.then(|| (own.units.clone().unwrap_or_default(), own.calendar.clone()))
}

/// The coarsest units that count from the first date and hold all of them.
fn coarsest(kind: DateKind, variables: &[Dates<'_>]) -> Result<(String, &'static str)> {
    const FINER: [&str; 7] = ["days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds"];
    // Units from the middle of time are those of dates that lie too far from the first one.
    let rank = |units: &str| {
        let fine = FINER.iter().position(|name| units.starts_with(name)).unwrap_or(FINER.len());
        (units.ends_with(" since 1970-01-01") && fine >= 5, fine)
    };
    let (mut first, mut chosen): (Option<i64>, Option<units::Encoded>) = (None, None);
    for variable in variables {
        (variable.each)(&mut |dates| {
            first = first.or_else(|| dates.iter().copied().find(|&date| date != MISSING));
            // Every window as one that begins with the first of all dates.
            let dates: Vec<i64> = first.into_iter().chain(dates.iter().copied()).collect();
            let encoded = units::encode(kind, &dates);
            if first.is_some() && chosen.as_ref().is_none_or(|known| rank(&encoded.units) > rank(&known.units)) {
                chosen = Some(encoded);
            }
        })?;
    }
    let chosen = chosen.unwrap_or_else(|| units::encode(kind, &[]));
    Ok((chosen.units, chosen.calendar))
}

/// For each variable the first of the types that hold its dates in these units; none if one of them has no such type.
fn held(
    kind: DateKind,
    variables: &[Dates<'_>],
    units: &str,
    calendar: Option<&str>,
) -> Result<Option<Vec<DateNumbers>>> {
    let parsed = TimeUnits::parse(units, calendar)?;
    let mut all = Vec::with_capacity(variables.len());
    for variable in variables {
        let mut possible: Vec<DateNumbers> = types(variable.own.as_ref().or(variables[0].own.as_ref()))
            .into_iter()
            .map(|(encoding, fractions)| {
                let encoding =
                    FileEncoding { units: Some(units.to_owned()), calendar: calendar.map(str::to_owned), ..encoding };
                let missing = missing(&encoding);
                DateNumbers { encoding, kind, units: parsed, missing, fractions }
            })
            .collect();
        (variable.each)(&mut |dates| {
            possible.retain(|numbers| dates.iter().all(|&date| numbers.number(date).is_some()));
        })?;
        let Some(first) = possible.into_iter().next() else { return Ok(None) };
        all.push(first);
    }
    Ok(Some(all))
}

/// The types to try: that of the file, integers, floats with NaN for what is missing, integers with a number for it; each with
/// whether it may hold fractions.
fn types(own: Option<&FileEncoding>) -> Vec<(FileEncoding, bool)> {
    let nan = Given::Floats(vec![f64::NAN], FileType::F64);
    let least = Given::Integers(vec![MISSING], FileType::I64);
    // A finer unit goes before fractions of the file's, unless the file counted in fractions.
    let own = own.filter(|own| {
        own.scale_factor.is_none()
            && own.add_offset.is_none()
            && own.unsigned.is_none()
            && (own.of.is_integer() || matches!(own.of, FileType::F32 | FileType::F64))
    });
    let fractions = own.is_some_and(|own| own.of.is_float());
    let own = own.map(|own| {
        let nan = own.of.is_float().then(|| Given::Floats(vec![f64::NAN], own.of));
        (FileEncoding { fill_value: own.fill_value.clone().or(nan), is_bool: false, ..own.clone() }, fractions)
    });
    own.into_iter()
        .chain([
            (FileEncoding::of(FileType::I64), false),
            (FileEncoding { fill_value: Some(nan), ..FileEncoding::of(FileType::F64) }, fractions),
            (FileEncoding { fill_value: Some(least), ..FileEncoding::of(FileType::I64) }, false),
        ])
        .collect()
}

/// What stands for a missing date.
fn missing(encoding: &FileEncoding) -> Option<Number> {
    let mut given = [&encoding.fill_value, &encoding.missing_value].into_iter().flatten();
    match encoding.of.integer_range() {
        Some((least, most)) => {
            given.find_map(Given::whole).filter(|fill| (least..=most).contains(fill)).map(Number::Whole)
        }
        None => given.find_map(|given| given.numbers().first().copied()).map(Number::Float),
    }
}

impl DateNumbers {
    /// The number of a date; none where there is none that means this date alone.
    fn number(&self, date: i64) -> Option<Number> {
        if date == MISSING {
            return self.missing;
        }
        let (since, step) = self.units.since(date, self.kind);
        let whole = since % step == 0;
        let number = match self.encoding.of.integer_range() {
            Some((least, most)) => {
                let number = since / step;
                Number::Whole((whole && (least..=most).contains(&number)).then_some(number)?)
            }
            None if whole || self.fractions => Number::Float(self.float(since as f64 / step as f64, date)?),
            None => return None,
        };
        (Some(number) != self.missing).then_some(number)
    }

    /// The float near a quotient that is read as this date: what a file said is among its neighbours.
    fn float(&self, near: f64, date: i64) -> Option<f64> {
        let near = match self.encoding.of {
            FileType::F32 => {
                let near = near as f32;
                [near, near.next_up(), near.next_down()].map(f64::from)
            }
            _ => [near, near.next_up(), near.next_down()],
        };
        near.into_iter().find(|&number| self.units.date(Count::Float(number), self.kind) == Some(date))
    }

    /// The numbers of dates.
    ///
    /// # Errors
    /// When one has none; the encoding was chosen for other dates then.
    pub(in crate::files) fn apply(&self, values: &Values) -> Result<Values> {
        let dates = values.dates().map(|(_, dates)| dates.iter().copied().collect::<Vec<i64>>()).unwrap_or_default();
        let of = self.encoding.of;
        let refused = |date: i64| {
            let units = self.encoding.units.as_deref().unwrap_or_default();
            let message = format!("{} is no number of {units:?}", self.kind.text_with_time(date));
            Error::new(ErrorKind::InvalidArgument, message)
        };
        let numbers = dates.iter().map(|&date| self.number(date).ok_or_else(|| refused(date)));
        if of.is_float() {
            let floats = numbers.map(|number| match number {
                Ok(Number::Float(number)) => Ok(number),
                Ok(Number::Whole(number)) => Ok(number as f64),
                Err(error) => Err(error),
            });
            return Ok(Values::from_shape_vec(values.shape(), floats.collect::<Result<Vec<f64>>>()?)?.cast(of.dtype()));
        }
        let whole = numbers.map(|number| match number {
            Ok(Number::Whole(number)) => Ok(number),
            Ok(Number::Float(number)) => Ok(number as i128),
            Err(error) => Err(error),
        });
        let whole: Vec<i128> = whole.collect::<Result<_>>()?;
        if of == FileType::U64 {
            return Values::from_shape_vec(values.shape(), whole.into_iter().map(|number| number as u64).collect());
        }
        let whole = whole.into_iter().map(|number| number as i64).collect();
        Ok(Values::from_shape_vec::<i64>(values.shape(), whole)?.cast(of.dtype()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Calendar;

    const HOUR: i64 = 3_600_000_000_000;
    const START: i64 = 946_684_800_000_000_000;

    fn own(of: FileType, units: &str) -> Option<FileEncoding> {
        Some(FileEncoding { units: Some(units.to_owned()), ..FileEncoding::of(of) })
    }

    fn of(own: Option<FileEncoding>, dates: &[i64]) -> Dates<'_> {
        // Two windows.
        let each = move |work: &mut dyn FnMut(&[i64])| {
            let (one, two) = dates.split_at(dates.len() / 2);
            work(one);
            work(two);
            Ok(())
        };
        Dates { own, each: Box::new(each) }
    }

    fn encoded(own: Option<FileEncoding>, dates: &[i64]) -> (FileType, String, Vec<f64>) {
        let kind = DateKind::Nanoseconds;
        let numbers = encode(kind, &[of(own, dates)]).unwrap().remove(0);
        let values = Values::from_nanoseconds(dates.to_vec());
        let written = numbers.apply(&values).unwrap();
        assert_eq!(written.dtype(), numbers.encoding.of.dtype());
        let units = numbers.encoding.units.unwrap();
        (numbers.encoding.of, units, written.cast(crate::values::DType::F64).to_vec::<f64>().unwrap())
    }

    // ds.time.encoding = {"units": …, "dtype": …}; xr.conventions.encode_cf_variable(ds.time)
    #[test]
    fn dates_are_written_in_the_units_that_they_had_where_these_hold_them() {
        let hours = "hours since 2000-01-01";
        let of = |of, units: &str, numbers: &[f64]| (of, units.to_owned(), numbers.to_vec());
        let six = [START, START + 6 * HOUR];
        assert_eq!(encoded(own(FileType::I32, hours), &six), of(FileType::I32, hours, &[0.0, 6.0]));
        // A start that nanoseconds do not reach.
        let far = "days since 0001-01-01";
        assert_eq!(encoded(own(FileType::F64, far), &six), of(FileType::F64, far, &[730_121.0, 730_121.25]));
        let half = [START, START + HOUR / 2];
        assert_eq!(encoded(own(FileType::F64, hours), &half), of(FileType::F64, hours, &[0.0, 0.5]));
        assert_eq!(
            encoded(own(FileType::I32, hours), &half),
            of(FileType::I32, "minutes since 2000-01-01", &[0.0, 30.0])
        );
        assert_eq!(encoded(None, &six), of(FileType::I64, hours, &[0.0, 6.0]));
    }

    // xr.conventions.encode_cf_variable(xr.Variable("x", [date, NaT])): float64 with NaN
    #[test]
    fn a_missing_date_is_nan_or_the_fill_value_of_the_file_or_a_number_that_no_date_has() {
        let days = [START, MISSING, START + 24 * HOUR];
        let (of, units, numbers) = encoded(None, &days);
        assert_eq!((of, units.as_str()), (FileType::F64, "days since 2000-01-01"));
        assert!(numbers[1].is_nan() && numbers[2] == 1.0);
        let filled = FileEncoding {
            fill_value: Some(Given::Integers(vec![-1], FileType::I16)),
            ..own(FileType::I16, "days since 2000-01-01").unwrap()
        };
        assert_eq!(encoded(Some(filled.clone()), &days).2, [0.0, -1.0, 1.0]);
        // A date that would be taken for a missing one.
        assert_eq!(encoded(Some(filled), &[START - 24 * HOUR, MISSING]).0, FileType::F64);
        let (of, units, numbers) = encoded(None, &[1_234_567_890_123_456_789, MISSING, 1]);
        assert_eq!((of, numbers[1]), (FileType::I64, MISSING as f64));
        assert!(units.starts_with("nanoseconds since"), "{units}");
    }

    #[test]
    fn a_coordinate_and_its_bounds_have_the_units_that_hold_both() {
        let (middle, edges) = ([START + 12 * HOUR], [START, START + 24 * HOUR]);
        let kind = DateKind::Nanoseconds;
        let both = encode(kind, &[of(own(FileType::F64, "days since 1999-12-31"), &middle), of(None, &edges)]).unwrap();
        assert!(both.iter().all(|one| one.encoding.units.as_deref() == Some("days since 1999-12-31")));
        let both = encode(kind, &[of(None, &edges), of(None, &middle)]).unwrap();
        assert!(both.iter().all(|one| one.encoding.units.as_deref() == Some("hours since 2000-01-01")), "{both:?}");
        // A calendar that is another one than the file's is written as it is.
        let model = DateKind::Cf(Calendar::NoLeap);
        let one = encode(model, &[of(own(FileType::I32, "hours since 2000-01-01"), &[0])]).unwrap().remove(0).encoding;
        assert_eq!((one.units.as_deref(), one.calendar.as_deref()), (Some("days since 1970-01-01"), Some("noleap")));
    }
}
