//! The fields of dates: of today's calendar by plain arithmetic, of any other by asking it.

use super::UnaryOp;
use crate::time::{DateKind, fields};

impl UnaryOp {
    /// Whether it is a field of a date.
    pub(crate) fn is_date_field(self) -> bool {
        self.date_field().is_some()
    }

    pub(super) fn date_field(self) -> Option<fn(i64) -> i64> {
        Some(match self {
            Self::Year => fields::year,
            Self::Month => fields::month,
            Self::Day => fields::day,
            Self::DayOfYear => fields::dayofyear,
            Self::DayOfWeek => fields::weekday,
            Self::Hour => fields::hour,
            Self::Minute => fields::minute,
            Self::Second => fields::second,
            _ => return None,
        })
    }

    /// The same field of a date of any calendar.
    pub(super) fn field_of(self, kind: DateKind, date: i64) -> i64 {
        match self {
            Self::Year => kind.year(date),
            Self::Month => kind.month(date),
            Self::Day => kind.civil(date).2,
            Self::DayOfYear => kind.dayofyear(date),
            Self::DayOfWeek => kind.weekday(date),
            Self::Hour => kind.part(date, 3600, 24),
            Self::Minute => kind.part(date, 60, 60),
            _ => kind.part(date, 1, 60),
        }
    }
}
