//! Calendar frequencies as pandas writes them (`"7D"`, `"MS"`, `"QE-NOV"`): where the bins of a resampling begin and end.

use super::date_time::DAY;
use super::kind::DateKind;
use crate::{Error, ErrorKind, Result};
use std::fmt;

/// The length of a bin of time: hours, days, weeks, months, quarters, years, and multiples of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frequency {
    count: i64,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// So many nanoseconds.
    Fixed(i64),
    /// Weeks that end with this day; 0 is Monday.
    Week(i64),
    /// Spans of `months` months, counted from the month `anchor` (1 to 12); named by their first day or their last.
    Months { months: i64, anchor: i64, end: bool },
}

/// Which edge of a bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// The earlier one.
    Left,
    /// The later one.
    Right,
}

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

impl Frequency {
    /// Reads `D`, `7D`, `h`, `6h`, `min`, `s`, `W`, `W-MON`, `MS`, `ME`, `QS-DEC`, `QE`, `YS`, `YE`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(text.trim()).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidArgument,
                format!(
                    "{text:?} is no frequency; write for example \"D\" (days), \"7D\", \"6h\", \"W\" (weeks to Sunday), \
                     \"MS\" (months), \"QS-DEC\" (seasons), \"YS\" (years), or \"ME\", \"QE\", \"YE\" to label by the end"
                ),
            )
        })
    }

    fn read(text: &str) -> Option<Self> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let count = if digits == 0 { 1 } else { text[..digits].parse().ok()? };
        let (name, anchor) = match text[digits..].split_once('-') {
            Some((name, anchor)) => (name, Some(anchor.to_ascii_uppercase())),
            None => (&text[digits..], None),
        };
        let place = |names: &[&str], default: i64| match &anchor {
            None => Some(default),
            Some(anchor) => names.iter().position(|name| name == anchor).map(|at| at as i64),
        };
        let months = |months, last: bool| {
            // A span that is named by its end is anchored by its last month, one named by its start by its first.
            let anchor = place(&MONTHS, if last { 11 } else { 0 })?;
            let first = if last { (anchor + 1).rem_euclid(12) } else { anchor };
            Some(Unit::Months { months, anchor: first + 1, end: last })
        };
        let unit = match (name, anchor.is_some()) {
            ("D" | "d", false) => Unit::Fixed(DAY),
            ("h" | "H", false) => Unit::Fixed(DAY / 24),
            ("min", false) => Unit::Fixed(60_000_000_000),
            ("s", false) => Unit::Fixed(1_000_000_000),
            ("W", _) => Unit::Week(place(&WEEKDAYS, 6)?),
            ("MS", false) => months(1, false)?,
            ("ME", false) => Unit::Months { months: 1, anchor: 1, end: true },
            ("QS", _) => months(3, false)?,
            ("QE", _) => months(3, true)?,
            ("YS", _) => months(12, false)?,
            ("YE", _) => months(12, true)?,
            _ => return None,
        };
        (count > 0).then_some(Self { count, unit })
    }

    /// Which edge belongs to a bin and names it unless something else is asked for: the left one, but for frequencies
    /// that name a span by its end.
    pub fn usual_edge(self) -> Edge {
        match self.unit {
            Unit::Week(_) | Unit::Months { end: true, .. } => Edge::Right,
            _ => Edge::Left,
        }
    }

    /// The edges of the bins that hold all dates from `first` to `last`, as pandas sets them.
    pub fn edges(self, kind: DateKind, first: i64, last: i64, closed: Edge) -> Result<Vec<i64>> {
        let mut edges = vec![self.first_edge(kind, first, closed)?];
        let mut step = 0;
        loop {
            let covered = match (closed, edges[edges.len() - 1]) {
                (Edge::Left, edge) => edge > last,
                (Edge::Right, edge) => self.reach(kind, edge) >= last,
            };
            if covered {
                return Ok(edges);
            }
            if edges.len() > MOST_BINS {
                let (first, last) = (kind.text(first), kind.text(last));
                let message =
                    format!("{self} from {first} to {last} makes more than {MOST_BINS} bins; use longer ones");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
            step += 1;
            edges.push(self.moved(kind, edges[0], step)?);
        }
    }

    /// The last instant that belongs to a bin which is closed at `edge`: spans named by their last day have that whole day.
    pub fn reach(self, kind: DateKind, edge: i64) -> i64 {
        match self.unit {
            Unit::Fixed(_) | Unit::Months { end: false, .. } => edge,
            _ => edge.saturating_add(kind.day() - 1),
        }
    }

    fn first_edge(self, kind: DateKind, first: i64, closed: Edge) -> Result<i64> {
        let (day, since) = kind.split(first);
        let midnight = first - since;
        match self.unit {
            Unit::Fixed(_) => {
                let length = self.length(kind)?;
                let since = since.rem_euclid(length);
                let before = if closed == Edge::Right && since == 0 { length } else { since };
                first.checked_sub(before).ok_or_else(too_long)
            }
            Unit::Week(_) if kind != DateKind::Nanoseconds => {
                let message =
                    format!("{self}: weeks are not counted in the calendar {}; write \"7D\"", kind.calendar());
                Err(Error::new(ErrorKind::InvalidArgument, message))
            }
            Unit::Week(named) => {
                let since = (kind.calendar().weekday(day) - named).rem_euclid(7);
                let edge = midnight - since * kind.day();
                match (closed, since) {
                    (Edge::Left, _) => Ok(edge),
                    // One step back from a day that is an edge is the whole step, from another the edge before.
                    (Edge::Right, 0) => self.moved(kind, midnight, -1),
                    (Edge::Right, _) => Self { count: 1, ..self }.moved(kind, edge, 1 - self.count),
                }
            }
            Unit::Months { months, anchor, end } => {
                let since = (kind.month(midnight) - anchor).rem_euclid(months);
                let start = kind.start_of_month(midnight, -since).ok_or_else(too_long)?;
                if !end {
                    return match (closed, start == midnight) {
                        (Edge::Left, _) => Ok(start),
                        (Edge::Right, true) => self.moved(kind, start, -1),
                        (Edge::Right, false) => Self { count: 1, ..self }.moved(kind, start, 1 - self.count),
                    };
                }
                // The last day of this span, and the one of the span before.
                let own = kind.start_of_month(start, months).ok_or_else(too_long)? - kind.day();
                let before = start - kind.day();
                match (closed, own == midnight) {
                    (Edge::Left, true) => Ok(own),
                    (Edge::Left, false) => Ok(before),
                    (Edge::Right, true) => self.moved(kind, own, -1),
                    (Edge::Right, false) => Self { count: 1, ..self }.moved(kind, before, 1 - self.count),
                }
            }
        }
    }

    /// The span that a date lies in, as `floor` and `ceil` cut time: hours and the like are counted from 1970.
    pub fn span(self, kind: DateKind, at: i64) -> Result<(i64, i64)> {
        let start = match self.unit {
            Unit::Fixed(_) => {
                let length = self.length(kind)?;
                at.div_euclid(length).checked_mul(length).ok_or_else(too_long)?
            }
            _ => self.first_edge(kind, at, Edge::Left)?,
        };
        Ok((start, self.moved(kind, start, 1)?))
    }

    /// The start, the end, and the nearer of both, of the span that a date lies in. Of two equally near the one that is an
    /// even number of spans from 1970, as in pandas; of months and years the later.
    pub fn round(self, kind: DateKind, at: i64) -> Result<i64> {
        let (start, end) = self.span(kind, at)?;
        let (since, until) = (at.abs_diff(start), end.abs_diff(at));
        let length = end.saturating_sub(start);
        let even = length > 0 && start % length == 0 && (start / length) % 2 == 0;
        Ok(if since < until || (since == until && even) { start } else { end })
    }

    /// How long a bin of days, hours and the like is.
    fn length(self, kind: DateKind) -> Result<i64> {
        match self.unit {
            Unit::Fixed(unit) => (unit / kind.nanoseconds()).checked_mul(self.count).ok_or_else(too_long),
            _ => Err(too_long()),
        }
    }

    /// An edge `steps` bins later.
    pub fn moved(self, kind: DateKind, edge: i64, steps: i64) -> Result<i64> {
        let count = self.count.checked_mul(steps).ok_or_else(too_long)?;
        let later = |by: Option<i64>| by.and_then(|by| edge.checked_add(by));
        let moved = match self.unit {
            Unit::Fixed(_) => later(self.length(kind)?.checked_mul(steps)),
            Unit::Week(_) => later(count.checked_mul(7 * kind.day())),
            Unit::Months { months, end, .. } => {
                let count = months.checked_mul(count).and_then(|count| count.checked_add(i64::from(end)));
                let start = count.and_then(|count| kind.start_of_month(edge, count));
                if end { start.and_then(|start| start.checked_sub(kind.day())) } else { start }
            }
        };
        moved.filter(|&moved| moved != i64::MIN).ok_or_else(too_long)
    }
}

/// More bins than this are a slip of the pen: seconds over years.
const MOST_BINS: usize = 10_000_000;

fn too_long() -> Error {
    Error::new(
        ErrorKind::InvalidArgument,
        "bins of time that long leave the years that these dates can name; use shorter ones",
    )
}

impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count != 1 {
            write!(f, "{}", self.count)?;
        }
        match self.unit {
            Unit::Fixed(DAY) => f.write_str("D"),
            Unit::Fixed(60_000_000_000) => f.write_str("min"),
            Unit::Fixed(1_000_000_000) => f.write_str("s"),
            Unit::Fixed(_) => f.write_str("h"),
            Unit::Week(day) => write!(f, "W-{}", WEEKDAYS[day as usize]),
            Unit::Months { months, anchor, end } => {
                let letter = ["M", "Q", "Y"][[1, 3, 12].iter().position(|&known| known == months).unwrap_or(0)];
                let named = if end { (anchor - 2).rem_euclid(12) } else { anchor - 1 };
                write!(f, "{letter}{}", if end { "E" } else { "S" })?;
                if months > 1 { write!(f, "-{}", MONTHS[named as usize]) } else { Ok(()) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(frequency: &str, first: &str, last: &str) -> Vec<String> {
        let frequency = Frequency::parse(frequency).unwrap();
        let kind = DateKind::Nanoseconds;
        let [first, last] = [first, last].map(|date| kind.parse(date).unwrap().0);
        let edges = frequency.edges(kind, first, last, frequency.usual_edge()).unwrap();
        edges.into_iter().map(|edge| kind.text(edge)).collect()
    }

    #[test]
    fn months_begin_on_their_first_day_also_in_leap_years() {
        assert_eq!(edges("MS", "2016-01-15", "2016-02-29"), ["2016-01-01", "2016-02-01", "2016-03-01"]);
        assert_eq!(edges("ME", "2016-01-15", "2016-02-29"), ["2015-12-31", "2016-01-31", "2016-02-29"]);
        assert_eq!(edges("QS-DEC", "2016-02-29", "2016-03-01"), ["2015-12-01", "2016-03-01", "2016-06-01"]);
        assert_eq!(edges("YE", "2015-12-31", "2016-01-01"), ["2014-12-31", "2015-12-31", "2016-12-31"]);
    }

    #[test]
    fn days_are_counted_from_the_midnight_of_the_first_one() {
        assert_eq!(edges("2D", "2016-02-28T06", "2016-03-01T05"), ["2016-02-28", "2016-03-01", "2016-03-03"]);
        assert_eq!(edges("12h", "2016-02-29T13", "2016-02-29T14"), ["2016-02-29T12:00:00", "2016-03-01"]);
        assert_eq!(edges("W", "2016-02-29", "2016-03-06"), ["2016-02-28", "2016-03-06"]);
    }

    #[test]
    fn what_is_read_is_what_is_written() {
        for text in
            ["D", "7D", "6h", "min", "s", "W-SUN", "2W-WED", "MS", "ME", "QS-DEC", "QE-NOV", "YS-JAN", "2YE-DEC"]
        {
            assert_eq!(Frequency::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "0D", "M", "month", "W-FOO", "-1D", "D-JAN", "99999999999999999999D"] {
            let error = Frequency::parse(text).unwrap_err().to_string();
            assert!(error.contains("MS"), "{error}");
        }
    }

    #[test]
    fn too_many_bins_are_refused() {
        let kind = DateKind::Nanoseconds;
        let [first, last] = ["1700-01-01", "2200-01-01"].map(|date| kind.parse(date).unwrap().0);
        let error = Frequency::parse("s").unwrap().edges(kind, first, last, Edge::Left).unwrap_err().to_string();
        assert!(error.contains("longer"), "{error}");
    }
}
