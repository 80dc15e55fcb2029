//! `units` and `calendar`: numbers that count time from an instant. What they mean is in `time::units`, and the
//! way back in `dates`.

use super::Coding;
use crate::files::attribute::{Given, GivenAttrs, find};
use crate::time::units::{self, TimeUnits};
use crate::values::DType;

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
