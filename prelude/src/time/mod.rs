//! Dates without a time zone: what the time axis of a climate record is labelled with.
//!
//! [`DateTime`] is one instant; [`date_range`] makes many at equal steps; the calendar
//! fields (`month()`, `dayofyear()` …) exist on single dates and on whole arrays
//! ([`DataArray::month`](crate::array::DataArray::month)).
//!
//! ```
//! use isopleth::time::{DateTime, date_range};
//! let time = date_range("2016-01-01", 366)?;
//! assert_eq!((time.len(), time[365].to_string()), (366, "2016-12-31".to_string()));
//! assert_eq!("2016-07-01".parse::<DateTime>()?.dayofyear(), 183);
//! # Ok::<(), isopleth::Error>(())
//! ```

mod calendar;
mod cf_time;
mod date_time;
pub mod fields;
mod frequency;
mod kind;
mod range;
mod reference;
mod spans;
pub(crate) mod units;

pub use calendar::Calendar;
pub use cf_time::{CfTime, CfTimes, date_range_in};
pub(crate) use date_time::DAY;
pub use date_time::DateTime;
pub(crate) use date_time::Resolution;
pub use frequency::Edge;
pub(crate) use frequency::Frequency;
pub(crate) use kind::DateKind;
pub use range::{DateRange, Step, date_range, date_range_by};
