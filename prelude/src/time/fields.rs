//! Calendar fields of an instant in nanoseconds since 1970: the kernels behind `month()` and its like.
//!
//! They are plain arithmetic rather than calls into a calendar library, because an
//! array of a million instants is split element by element. Every field of a
//! missing instant (`i64::MIN`) is 0.

use super::date_time::DAY;

/// Year, month (1 to 12) and day (1 to 31).
///
/// Days are counted in eras of 400 years that begin on 1 March, so that the leap day is the
/// last of its year (Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`).
fn civil(nanoseconds: i64) -> (i64, i64, i64) {
    if nanoseconds == i64::MIN {
        return (0, 0, 0);
    }
    let days = nanoseconds.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The year.
pub fn year(nanoseconds: i64) -> i64 {
    civil(nanoseconds).0
}

/// The month, 1 to 12.
pub fn month(nanoseconds: i64) -> i64 {
    civil(nanoseconds).1
}

/// The day of the month, 1 to 31.
pub fn day(nanoseconds: i64) -> i64 {
    civil(nanoseconds).2
}

/// The day of the year, 1 to 366.
pub fn dayofyear(nanoseconds: i64) -> i64 {
    let (year, month, day) = civil(nanoseconds);
    if month == 0 {
        return 0;
    }
    let leap = i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    BEFORE[month as usize - 1] + day + if month > 2 { leap } else { 0 }
}

/// The day of the week: 0 is Monday, 6 Sunday.
pub fn weekday(nanoseconds: i64) -> i64 {
    // 1970-01-01 was a Thursday.
    if nanoseconds == i64::MIN { 0 } else { (nanoseconds.div_euclid(DAY) + 3).rem_euclid(7) }
}

/// The quarter of the year, 1 to 4.
pub fn quarter(nanoseconds: i64) -> i64 {
    (month(nanoseconds) + 2) / 3
}

/// The season of a month from 1 to 12, by the initials of its months; `None` of a missing instant.
pub fn season(nanoseconds: i64) -> Option<&'static str> {
    match month(nanoseconds) {
        0 => None,
        12 | 1 | 2 => Some("DJF"),
        3..=5 => Some("MAM"),
        6..=8 => Some("JJA"),
        _ => Some("SON"),
    }
}

/// The hour of the day, 0 to 23.
pub fn hour(nanoseconds: i64) -> i64 {
    part(nanoseconds, 3_600_000_000_000, 24)
}

/// The minute of the hour, 0 to 59.
pub fn minute(nanoseconds: i64) -> i64 {
    part(nanoseconds, 60_000_000_000, 60)
}

/// The second of the minute, 0 to 59.
pub fn second(nanoseconds: i64) -> i64 {
    part(nanoseconds, 1_000_000_000, 60)
}

fn part(nanoseconds: i64, unit: i64, count: i64) -> i64 {
    if nanoseconds == i64::MIN { 0 } else { nanoseconds.div_euclid(unit).rem_euclid(count) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DateTime;

    /// jiff is the second opinion: every 11 days and 7 hours from 1677 to 2262.
    #[test]
    fn fields_agree_with_a_calendar_library() {
        let mut at = i64::MIN + 1;
        let mut checked = 0;
        while at < i64::MAX - 12 * DAY {
            let text = DateTime::from_nanoseconds(at).to_string_with_time();
            let expected: jiff::civil::DateTime = text.parse().unwrap();
            let date = expected.date();
            let got = (year(at), month(at), day(at), dayofyear(at), weekday(at), hour(at), minute(at), second(at));
            let wanted = (
                i64::from(date.year()),
                i64::from(date.month()),
                i64::from(date.day()),
                i64::from(date.day_of_year()),
                i64::from(date.weekday().to_monday_zero_offset()),
                i64::from(expected.hour()),
                i64::from(expected.minute()),
                i64::from(expected.second()),
            );
            assert_eq!(got, wanted, "{text}");
            at += 11 * DAY + 7 * (DAY / 24);
            checked += 1;
        }
        assert!(checked > 18_000);
    }

    #[test]
    fn a_missing_instant_has_no_fields() {
        assert_eq!((month(i64::MIN), dayofyear(i64::MIN), hour(i64::MIN)), (0, 0, 0));
    }
}
