//! `units` and `calendar`: numbers that count time from an instant. What they mean is in `time::units`.

use super::{Coding, FileEncoding};
use crate::Result;
use crate::files::attribute::{Given, GivenAttrs, find};
use crate::files::file_type::FileType;
use crate::time::DateKind;
use crate::time::units::{self, Count, TimeUnits};
use crate::values::{DType, Values};

/// Whether the attributes are those of dates.
pub(super) fn is_date(attrs: &GivenAttrs) -> bool {
    find(attrs, "units").and_then(Given::as_text).is_some_and(units::is_time)
}

pub(super) fn decode(coding: &mut Coding) {
    if !is_date(&coding.attrs) || coding.now.is_text() {
        return;
    }
    let text = |name: &str| find(&coding.attrs, name).and_then(Given::as_text).map(str::to_owned);
    let (units, calendar) = (text("units"), text("calendar"));
    match TimeUnits::parse(units.as_deref().unwrap_or_default(), calendar.as_deref()) {
        Ok(parsed) => {
            coding.decoding.time = Some(parsed);
            // The real calendar's dates may turn out to lie too far away; see `settle`.
            coding.decoding.dtype = match parsed.calendar {
                real if real.is_real() => DType::DateTime,
                other => DType::CfTime(other),
            };
            (coding.encoding.units, coding.encoding.calendar) = (units, calendar);
            coding.take("units");
            coding.take("calendar");
        }
        Err(error) => {
            // Masked integers that stay numbers need a float to be missing in.
            if !coding.decoding.fills.is_empty() {
                coding.decoding.dtype = coding.decoding.dtype.with_missing();
            }
            coding.note = Some(format!("left as numbers: {error}"));
        }
    }
}

/// Dates as numbers, with the units that say what they count: those of the file that they came from where all of them are
/// whole numbers in these, or else the ones that xarray would take.
///
/// # Errors
/// If there are more numbers than dates.
pub(in crate::files) fn encode(values: &Values, wanted: Option<&FileEncoding>) -> Result<(Values, FileEncoding)> {
    let Some((kind, dates)) = values.dates() else {
        return Ok((values.clone(), FileEncoding::of(FileType::of(values.dtype()))));
    };
    let dates: Vec<i64> = dates.iter().copied().collect();
    if let Some((encoding, numbers)) = wanted.and_then(|wanted| Some((wanted, whole_numbers(&dates, kind, wanted)?))) {
        return Ok((Values::from_shape_vec(values.shape(), numbers)?.cast(encoding.of.dtype()), encoding.clone()));
    }
    let encoded = units::encode(kind, &dates);
    let encoding = |of: FileType| FileEncoding {
        units: Some(encoded.units.clone()),
        calendar: Some(encoded.calendar.to_owned()),
        ..FileEncoding::of(of)
    };
    if !encoded.missing {
        return Ok((Values::from_shape_vec(values.shape(), encoded.numbers)?, encoding(FileType::I64)));
    }
    // A float has NaN for a date that is missing.
    let floats = encoded.numbers.iter().map(|&v| if v == i64::MIN { f64::NAN } else { v as f64 }).collect();
    Ok((Values::from_shape_vec::<f64>(values.shape(), floats)?, encoding(FileType::F64)))
}

/// None if one of the dates is missing, or not a whole number of the units.
fn whole_numbers(dates: &[i64], kind: DateKind, wanted: &FileEncoding) -> Option<Vec<i64>> {
    let units = TimeUnits::parse(wanted.units.as_deref()?, wanted.calendar.as_deref()).ok()?;
    let same = match kind {
        DateKind::Nanoseconds => units.calendar.is_real(),
        DateKind::Cf(calendar) => calendar == units.calendar,
    };
    let origin = units.date(Count::Whole(0), kind).filter(|_| same)?;
    let step = units.date(Count::Whole(1), kind)?.checked_sub(origin).filter(|&step| step > 0)?;
    let (least, most) = wanted.of.integer_range().unwrap_or((-(1 << 53), 1 << 53));
    let number = |&date: &i64| {
        let since = date.checked_sub(origin).filter(|_| date != i64::MIN)?;
        let number = since / step;
        (since % step == 0 && (least..=most).contains(&number.into())).then_some(number)
    };
    dates.iter().map(number).collect()
}

/// The encoding of dates that are written as they are stored, before anybody has looked at them.
pub(in crate::files) fn stored(kind: DateKind) -> FileEncoding {
    let (units, calendar) = units::as_stored(kind);
    // Nanoseconds have a missing date of their own to readers; of other dates the file has to say it.
    let missing = Given::Integers(vec![i64::MIN], FileType::I64);
    FileEncoding {
        units: Some(units.to_owned()),
        calendar: Some(calendar.to_owned()),
        fill_value: matches!(kind, DateKind::Cf(_)).then_some(missing),
        ..FileEncoding::of(FileType::I64)
    }
}

#[cfg(test)]
mod tests {
    use super::{FileEncoding, FileType, encode};
    use crate::values::{DType, Values};

    // ds.time.encoding = {"units": "hours since 2000-01-01", "dtype": "int32"}; xr.conventions.encode_cf_variable(ds.time)
    #[test]
    fn dates_are_written_in_the_units_that_they_had_where_these_hold_them() {
        let hour = 3_600_000_000_000i64;
        let start = 946_684_800_000_000_000;
        let wanted =
            FileEncoding { units: Some("hours since 2000-01-01".to_owned()), ..FileEncoding::of(FileType::I32) };
        let dates = |instants: Vec<i64>| Values::from_shape_vec(&[2], instants).unwrap().cast(DType::DateTime);
        let (numbers, encoding) = encode(&dates(vec![start, start + 6 * hour]), Some(&wanted)).unwrap();
        assert_eq!((numbers.to_vec::<i32>().unwrap(), &encoding), (vec![0, 6], &wanted));
        let (numbers, encoding) = encode(&dates(vec![start, start + hour / 2]), Some(&wanted)).unwrap();
        assert_eq!(encoding.units.as_deref(), Some("minutes since 2000-01-01"));
        assert_eq!(numbers.to_vec::<i64>().unwrap(), [0, 30]);
    }
}
