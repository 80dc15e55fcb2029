//! `units` and `calendar`: numbers that count time from an instant. What the units mean is in `files::calendar`.

use super::{Coding, FileEncoding};
use crate::Result;
use crate::files::attribute::{Given, GivenAttrs, find};
use crate::files::calendar::{self, TimeUnits};
use crate::files::file_type::FileType;
use crate::values::{DType, Values};

/// Whether the attributes are those of dates.
pub(super) fn is_date(attrs: &GivenAttrs) -> bool {
    find(attrs, "units").and_then(Given::as_text).is_some_and(calendar::is_time)
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
            coding.decoding.dtype = DType::DateTime;
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
pub(in crate::files) fn encode(dates: &Values, wanted: Option<&FileEncoding>) -> Result<(Values, FileEncoding)> {
    let instants = dates.to_vec::<i64>()?;
    if let Some((encoding, numbers)) = wanted.and_then(|wanted| Some((wanted, whole_numbers(&instants, wanted)?))) {
        return Ok((Values::from_shape_vec(dates.shape(), numbers)?.cast(encoding.of.dtype()), encoding.clone()));
    }
    let (units, numbers, missing) = calendar::encode(&instants);
    let encoding = |of: FileType| FileEncoding {
        units: Some(units.clone()),
        calendar: Some("proleptic_gregorian".to_owned()),
        ..FileEncoding::of(of)
    };
    if !missing {
        return Ok((Values::from_shape_vec(dates.shape(), numbers)?, encoding(FileType::I64)));
    }
    // A float has NaN for a date that is missing.
    let floats = numbers.iter().map(|&v| if v == i64::MIN { f64::NAN } else { v as f64 }).collect();
    Ok((Values::from_shape_vec::<f64>(dates.shape(), floats)?, encoding(FileType::F64)))
}

/// None if one of the dates is missing, or not a whole number of the units.
fn whole_numbers(instants: &[i64], wanted: &FileEncoding) -> Option<Vec<i64>> {
    let units = TimeUnits::parse(wanted.units.as_deref()?, wanted.calendar.as_deref()).ok()?;
    let origin = units.whole(0)?;
    let step = units.whole(1)?.checked_sub(origin).filter(|&step| step > 0)?;
    let (least, most) = wanted.of.integer_range().unwrap_or((-(1 << 53), 1 << 53));
    let number = |&instant: &i64| {
        let since = instant.checked_sub(origin).filter(|_| instant != i64::MIN)?;
        let number = since / step;
        (since % step == 0 && (least..=most).contains(&number.into())).then_some(number)
    };
    instants.iter().map(number).collect()
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
