//! Ticks of a time axis: at the beginnings of years, months, days, hours, labelled no longer than needed.
//!
//! What all labels have in common (the year, the day) stands once at the end of the axis.

use super::ticks::{Ticks, single};
use crate::time::DateKind;

/// Lengths in seconds.
const SECOND: i64 = 1;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// A Monday, from which weeks are counted: 1970-01-05.
const MONDAY: i64 = 4 * DAY;
/// Mean lengths: good enough to choose a step by.
const MONTH: i64 = 30 * DAY + 10 * HOUR;
const YEAR: i64 = 365 * DAY + 6 * HOUR;

/// From one tick to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Years(i64),
    Months(i64),
    /// Days, hours and what is shorter: seconds, and where they are counted from.
    Even(i64, i64),
}

const STEPS: [(i64, Step); 42] = [
    (SECOND, Step::Even(SECOND, 0)),
    (2 * SECOND, Step::Even(2 * SECOND, 0)),
    (5 * SECOND, Step::Even(5 * SECOND, 0)),
    (10 * SECOND, Step::Even(10 * SECOND, 0)),
    (15 * SECOND, Step::Even(15 * SECOND, 0)),
    (30 * SECOND, Step::Even(30 * SECOND, 0)),
    (MINUTE, Step::Even(MINUTE, 0)),
    (2 * MINUTE, Step::Even(2 * MINUTE, 0)),
    (5 * MINUTE, Step::Even(5 * MINUTE, 0)),
    (10 * MINUTE, Step::Even(10 * MINUTE, 0)),
    (15 * MINUTE, Step::Even(15 * MINUTE, 0)),
    (30 * MINUTE, Step::Even(30 * MINUTE, 0)),
    (HOUR, Step::Even(HOUR, 0)),
    (2 * HOUR, Step::Even(2 * HOUR, 0)),
    (3 * HOUR, Step::Even(3 * HOUR, 0)),
    (6 * HOUR, Step::Even(6 * HOUR, 0)),
    (12 * HOUR, Step::Even(12 * HOUR, 0)),
    (DAY, Step::Even(DAY, 0)),
    (2 * DAY, Step::Even(2 * DAY, 0)),
    (7 * DAY, Step::Even(7 * DAY, MONDAY)),
    (14 * DAY, Step::Even(14 * DAY, MONDAY)),
    (MONTH, Step::Months(1)),
    (2 * MONTH, Step::Months(2)),
    (3 * MONTH, Step::Months(3)),
    (6 * MONTH, Step::Months(6)),
    (YEAR, Step::Years(1)),
    (2 * YEAR, Step::Years(2)),
    (5 * YEAR, Step::Years(5)),
    (10 * YEAR, Step::Years(10)),
    (20 * YEAR, Step::Years(20)),
    (50 * YEAR, Step::Years(50)),
    (100 * YEAR, Step::Years(100)),
    (200 * YEAR, Step::Years(200)),
    (500 * YEAR, Step::Years(500)),
    (1000 * YEAR, Step::Years(1000)),
    (2000 * YEAR, Step::Years(2000)),
    (5000 * YEAR, Step::Years(5000)),
    (10_000 * YEAR, Step::Years(10_000)),
    (20_000 * YEAR, Step::Years(20_000)),
    (50_000 * YEAR, Step::Years(50_000)),
    (100_000 * YEAR, Step::Years(100_000)),
    (200_000 * YEAR, Step::Years(200_000)),
];

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// At most about `count` ticks from `low` to `high`, both as `kind` counts.
pub(super) fn dates(kind: DateKind, low: f64, high: f64, count: f64) -> Ticks {
    let wanted = (high - low) / count.max(1.0) / kind.second() as f64;
    let far = |value: f64| value.is_nan() || value.abs() >= i64::MAX as f64;
    if far(low) || far(high) || wanted.is_nan() || high <= low {
        return Ticks { labels: vec![kind.text(low as i64)], ..single(low) };
    }
    let (low, high) = (low as i64, high as i64);
    let found = STEPS.iter().find(|(length, _)| *length as f64 >= wanted * (1.0 - 1e-9));
    let (length, step) = *found.unwrap_or(&STEPS[STEPS.len() - 1]);
    let places = places(kind, step, low, high);
    let labels = places.iter().map(|&place| label(kind, step, place, &places)).collect();
    let note = note(kind, length, &places, low);
    Ticks { values: places.iter().map(|&place| place as f64).collect(), labels, note }
}

fn places(kind: DateKind, step: Step, low: i64, high: i64) -> Vec<i64> {
    let months = |step: i64| {
        let (year, month, _) = kind.civil(low);
        let first = (year * 12 + month - 1).div_euclid(step) * step;
        // The month in which dates begin is not whole.
        let start = move |count: i64| kind.midnight((count.div_euclid(12), count.rem_euclid(12) + 1, 1));
        let later = (0..MOST).map(move |at| first + at * step);
        let found = later.skip_while(move |&count| start(count).is_none_or(|place| place < low));
        found.map_while(start).take_while(move |&place| place <= high)
    };
    match step {
        Step::Years(years) => months(12 * years).collect(),
        Step::Months(step) => months(step).collect(),
        Step::Even(length, origin) => {
            let (length, origin) = (length * kind.second(), origin * kind.second());
            let first = (low - origin).div_euclid(length);
            (0..)
                .map_while(|at| (first + at).checked_mul(length)?.checked_add(origin))
                .take_while(|&place| place <= high)
                .filter(|&place| place >= low)
                .collect()
        }
    }
}

/// Ticks beyond this many would not be told apart.
const MOST: i64 = 10_000;

/// What a tick says, given all ticks.
fn label(kind: DateKind, step: Step, place: i64, all: &[i64]) -> String {
    let (_, month, day) = kind.civil(place);
    let year = kind.year(place).to_string();
    let name = MONTHS[(month - 1).clamp(0, 11) as usize];
    let day_text = format!("{day} {name}");
    let [hour, minute, second] = [(3600, 24), (60, 60), (1, 60)].map(|(unit, count)| kind.part(place, unit, count));
    match step {
        Step::Years(_) => year,
        // Over several years January carries the year.
        Step::Months(_) if month == 1 && !same(all, |place| kind.year(place)) => year,
        Step::Months(_) => name.to_owned(),
        Step::Even(length, _) if length >= DAY => day_text,
        Step::Even(..) if kind.split(place).1 == 0 && !same(all, |place| kind.split(place).0) => day_text,
        Step::Even(length, _) if length >= MINUTE => format!("{hour:02}:{minute:02}"),
        Step::Even(..) => format!("{hour:02}:{minute:02}:{second:02}"),
    }
}

/// What is common to all ticks and none says; `start` is where the axis begins.
fn note(kind: DateKind, length: i64, places: &[i64], start: i64) -> Option<String> {
    let at = *places.first().unwrap_or(&start);
    let year = kind.year(at);
    if length >= YEAR {
        return None;
    }
    if length < DAY && same(places, |place| kind.split(place).0) {
        let (_, month, day) = kind.civil(at);
        return Some(format!("{day} {} {year}", MONTHS[(month - 1).clamp(0, 11) as usize]));
    }
    if same(places, |place| kind.year(place)) {
        return Some(year.to_string());
    }
    // Months over several years say their years themselves.
    (length < MONTH).then(|| format!("{year}\u{2013}{}", kind.year(places[places.len() - 1])))
}

/// Whether all ticks have the same year, or day.
fn same(places: &[i64], field: impl Fn(i64) -> i64) -> bool {
    places.windows(2).all(|pair| field(pair[0]) == field(pair[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Calendar;

    fn shown(low: &str, high: &str, count: f64) -> (String, Option<String>) {
        let kind = DateKind::Nanoseconds;
        let at = |text: &str| kind.parse(text).unwrap().0 as f64;
        let ticks = dates(kind, at(low), at(high), count);
        (ticks.labels.join(" "), ticks.note)
    }

    #[test]
    fn one_year_has_months_and_says_the_year_once() {
        let (labels, note) = shown("2016-01-01", "2016-12-31", 6.0);
        assert_eq!((labels.as_str(), note.as_deref()), ("Jan Mar May Jul Sep Nov", Some("2016")));
    }

    #[test]
    fn several_years_have_years_or_months_between_them() {
        assert_eq!(shown("1979-01-01", "2020-06-01", 6.0), ("1980 1990 2000 2010 2020".into(), None));
        assert_eq!(shown("2015-06-01", "2017-03-01", 8.0), ("Jul Oct 2016 Apr Jul Oct 2017".into(), None));
    }

    #[test]
    fn weeks_begin_on_mondays_and_days_name_their_month() {
        // 4 July 2016 was a Monday.
        let (labels, note) = shown("2016-06-29", "2016-07-28", 5.0);
        assert_eq!((labels.as_str(), note.as_deref()), ("4 Jul 11 Jul 18 Jul 25 Jul", Some("2016")));
        assert_eq!(shown("2015-12-30", "2016-01-02", 4.0).0, "30 Dec 31 Dec 1 Jan 2 Jan");
        assert_eq!(shown("2015-12-30", "2016-01-02", 4.0).1.as_deref(), Some("2015\u{2013}2016"));
    }

    #[test]
    fn one_day_has_hours_and_says_the_day_once() {
        let (labels, note) = shown("2016-07-04", "2016-07-04T18:00", 4.0);
        assert_eq!((labels.as_str(), note.as_deref()), ("00:00 06:00 12:00 18:00", Some("4 Jul 2016")));
        assert_eq!(shown("2016-07-04T12:00", "2016-07-05T12:00", 3.0).0, "12:00 5 Jul 12:00");
        assert_eq!(shown("2016-07-04T12:00:00", "2016-07-04T12:00:04", 3.0).0, "12:00:00 12:00:02 12:00:04");
    }

    // A month of 360_day ends on its 30th; 8000 years have ticks too.
    #[test]
    fn other_calendars_have_ticks_at_the_beginnings_of_their_own_months() {
        let kind = DateKind::Cf(Calendar::Day360);
        let shown = |low: &str, high: &str, count: f64| {
            let ticks = dates(kind, kind.parse(low).unwrap().0 as f64, kind.parse(high).unwrap().0 as f64, count);
            let places: Vec<String> = ticks.values.iter().map(|&place| kind.text(place as i64)).collect();
            (ticks.labels.join(" "), places.join(" "), ticks.note.unwrap_or_default())
        };
        let (labels, places, note) = shown("2000-01-15", "2000-04-15", 4.0);
        assert_eq!((labels.as_str(), note.as_str()), ("Feb Mar Apr", "2000"));
        assert_eq!(places, "2000-02-01 2000-03-01 2000-04-01");
        assert_eq!(shown("2000-02-29", "2000-03-02", 4.0).0, "29 Feb 30 Feb 1 Mar 2 Mar");
        assert_eq!(shown("-0500-01-01", "7500-01-01", 5.0).0, "0 2000 4000 6000");
    }

    #[test]
    fn the_ends_of_time_do_not_loop_or_fail() {
        for (low, high) in [(0.0, 0.0), (f64::NAN, 1.0), (-9.2e18, 9.2e18), (5.0, 1.0), (-1e300, 1e300), (0.0, 3e8)] {
            for count in [1.0, 5.0, 10.0] {
                for kind in [DateKind::Nanoseconds, DateKind::Cf(Calendar::Day360), DateKind::Cf(Calendar::Standard)] {
                    assert!(dates(kind, low, high, count).values.len() < 50, "{low} {high}");
                }
            }
        }
        let (labels, _) = shown("1677-09-22", "2262-04-11", 6.0);
        assert!(labels.contains("1800 1900 2000"), "{labels}");
    }
}
