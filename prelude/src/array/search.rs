//! From a label to its position: exact, by range, or nearest.

use super::coord::Coord;
use super::index::{Label, LabelValue};
use super::label_index::{LabelIndex, Matches};
use super::labels::{Direction, Labels, Wanted};
use super::names::near_names;
use super::select::list;
use crate::time::{DateKind, Resolution};
use crate::values::{AxisIndex, DType, Text};
use crate::{Error, ErrorKind, Result};
use std::cmp::Ordering;

/// What to take where a label is not there exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Only the label itself.
    Exact,
    /// The nearest label; of two equally near the larger.
    Nearest,
    /// The last label, in the order of the axis, that does not lie beyond: the next smaller one, on an axis that goes down
    /// the next larger.
    Pad,
    /// The first label, in the order of the axis, that does not lie before: the next larger one, on an axis that goes down
    /// the next smaller.
    Backfill,
}

/// The positions along dimension `dim`, whose labels are those of `index`, that `label` asks for.
pub(crate) fn find(
    dim: &str,
    index: &Coord,
    label: &Label,
    method: Method,
    tolerance: Option<f64>,
) -> Result<AxisIndex> {
    let search = Search { dim, labels: index.label_index(), single: index.dtype() == DType::F32 };
    let tolerance = tolerance.map(|limit| search.dates().map_or(limit, |kind| limit * kind.day() as f64));
    match label {
        Label::At(value) if method == Method::Exact => search.exact(value),
        Label::At(value) => Ok(AxisIndex::At(search.near(value, method, tolerance)?)),
        Label::Among(values) => {
            let one = |value| search.one(value, method, tolerance);
            Ok(list(&values.iter().map(one).collect::<Result<Vec<_>>>()?))
        }
        Label::HalfOpen(low, high) => Err(search.error(
            ErrorKind::InvalidArgument,
            format!("{low}..{high}: a range of labels includes both ends; write {low}..={high}"),
        )),
        Label::Between(..) if method != Method::Exact => {
            Err(search.error(ErrorKind::InvalidArgument, "a range of labels needs no method; use sel".into()))
        }
        Label::Between(low, high) => search.between(low.as_ref(), high.as_ref()),
    }
}

struct Search<'a> {
    dim: &'a str,
    labels: &'a LabelIndex,
    /// The labels are float32. What is asked for is then rounded to float32 first, as in pandas: 0.1 finds the label that
    /// was written as 0.1, which as float64 is 0.10000000149.
    single: bool,
}

impl Search<'_> {
    fn error(&self, kind: ErrorKind, message: String) -> Error {
        Error::new(kind, format!("sel along {:?}: {message}", self.dim))
    }

    /// How the labels count, if they are dates. Tolerances are days of theirs.
    fn dates(&self) -> Option<DateKind> {
        if let Labels::Time(kind, _) = &**self.labels { Some(*kind) } else { None }
    }

    /// The label as something that compares with the labels here, and the unit that it states if it is a date.
    fn wanted(&self, value: &LabelValue) -> Result<(Wanted, Option<Resolution>)> {
        let kind = self.dates();
        let times = kind.is_some();
        let texts = matches!(**self.labels, Labels::Text(_));
        match value {
            LabelValue::Text(text) if let Some(kind) = kind => {
                let (date, unit) = kind.parse(text).map_err(|e| e.context(format!("sel along {:?}", self.dim)))?;
                Ok((Wanted::Time(date), Some(unit)))
            }
            LabelValue::Time(date) if kind == Some(DateKind::Nanoseconds) => {
                Ok((Wanted::Time(date.nanoseconds()), None))
            }
            LabelValue::CfTime(date) if kind == Some(date.kind()) => Ok((Wanted::Time(date.microseconds()), None)),
            LabelValue::Text(text) if texts => Ok((Wanted::Text(Text::new(text)), None)),
            LabelValue::Int(number) if self.single => Ok((Wanted::Float(f64::from(*number as f32)), None)),
            LabelValue::Large(number) if self.single => Ok((Wanted::Float(f64::from(*number as f32)), None)),
            LabelValue::Int(number) if !times && !texts => Ok((Wanted::Int(i128::from(*number)), None)),
            LabelValue::Large(number) if !times && !texts => Ok((Wanted::Int(i128::from(*number)), None)),
            LabelValue::Float(number) if self.single => Ok((Wanted::Float(f64::from(*number as f32)), None)),
            LabelValue::Float(number) if !times && !texts => Ok((Wanted::Float(*number), None)),
            _ => {
                let example = match **self.labels {
                    Labels::Time(DateKind::Nanoseconds, _) => "\"2016-01-31\"",
                    Labels::Time(..) => "a date of its calendar, \"2016-01-30\"",
                    Labels::Text(_) => "a text in quotes",
                    _ => "a number",
                };
                let message = format!("{value} does not fit; it has {}, so write {example}", self.labels.extent());
                Err(self.error(ErrorKind::Mismatch, message))
            }
        }
    }

    fn exact(&self, value: &LabelValue) -> Result<AxisIndex> {
        let (wanted, unit) = self.wanted(value)?;
        // A date coarser than the labels ("2016-01" among days) means all that lie in it. One as fine as they are is one
        // label to pandas and a span of time to xarray's index of other calendars.
        if let (Some(unit), Some(finest), Wanted::Time(start), Some(kind)) =
            (unit, self.labels.resolution(), wanted, self.dates())
            && (unit < finest || kind != DateKind::Nanoseconds)
        {
            let end = Wanted::Time(kind.end_of(start, unit));
            let inside = |at: &usize| {
                self.labels.compare(*at, wanted) != Ordering::Less && self.labels.compare(*at, end) != Ordering::Greater
            };
            let found: Vec<usize> = match self.labels.span(wanted, end) {
                Some(run) => run.collect(),
                None => (0..self.labels.len()).filter(inside).collect(),
            };
            return if found.is_empty() { Err(self.absent(value, wanted)) } else { Ok(list(&found)) };
        }
        match self.labels.matches(wanted) {
            Matches::None => Err(self.absent(value, wanted)),
            Matches::One(at) => Ok(AxisIndex::At(at)),
            Matches::Several(places) => Ok(list(&places)),
        }
    }

    /// One position for one label of a list.
    fn one(&self, value: &LabelValue, method: Method, tolerance: Option<f64>) -> Result<usize> {
        if method != Method::Exact {
            return self.near(value, method, tolerance);
        }
        let (wanted, _) = self.wanted(value)?;
        match self.labels.matches(wanted) {
            Matches::None => Err(self.absent(value, wanted)),
            Matches::One(at) => Ok(at),
            Matches::Several(_) => {
                Err(self.error(ErrorKind::Mismatch, format!("the label {value} occurs more than once")))
            }
        }
    }

    fn near(&self, value: &LabelValue, method: Method, tolerance: Option<f64>) -> Result<usize> {
        let (wanted, _) = self.wanted(value)?;
        if matches!(**self.labels, Labels::Text(_)) {
            let message = format!("its labels are texts, and no text is near another; give {value} exactly, with sel");
            return Err(self.error(ErrorKind::InvalidArgument, message));
        }
        if self.labels.direction() == Direction::Neither {
            let message = match (0..self.labels.len()).find(|&at| self.labels.is_missing(at)) {
                Some(at) => format!(
                    "the label at position {at} is missing, so the labels are in no order and none is nearest; drop it first, \
                     for example with isel"
                ),
                None => "its labels are in no order, so none is nearest; sort them first".to_owned(),
            };
            return Err(self.error(ErrorKind::Mismatch, message));
        }
        if let Some(twice) = self.labels.repeated() {
            let message = format!(
                "the label {} occurs more than once, so none of its places is nearest; give unique labels with assign_coord",
                self.labels.text(twice)
            );
            return Err(self.error(ErrorKind::Mismatch, message));
        }
        let [before, after] = self.around(value, wanted)?;
        let found = match method {
            Method::Pad => before,
            Method::Backfill => after,
            Method::Nearest | Method::Exact => self.nearer(before, after, wanted),
        };
        let close = |at: &usize| {
            let is_there = self.labels.compare(*at, wanted) == Ordering::Equal;
            tolerance.is_none_or(|limit| is_there || self.labels.distance(*at, wanted) <= limit)
        };
        found.filter(close).ok_or_else(|| {
            let near = found.map(|at| format!(" (the nearest is {})", self.labels.text(at))).unwrap_or_default();
            let has = self.labels.extent();
            self.error(ErrorKind::NotFound, format!("no label near enough to {value}{near}; it has {has}"))
        })
    }

    /// The last label, in the order of the axis, that does not lie beyond `wanted`, and the first that does not lie before.
    fn around(&self, value: &LabelValue, wanted: Wanted) -> Result<[Option<usize>; 2]> {
        self.ordered(value, wanted)?;
        let down = self.labels.direction() == Direction::Descending;
        let order = |order: Ordering| if down { order.reverse() } else { order };
        let first_after = self.labels.partition(|at| order(self.labels.compare(at, wanted)) != Ordering::Greater);
        let first_at = self.labels.partition(|at| order(self.labels.compare(at, wanted)) == Ordering::Less);
        Ok([first_after.checked_sub(1), Some(first_at).filter(|&at| at < self.labels.len())])
    }

    /// The nearer of two labels that `wanted` lies between: far beyond the ends all distances are alike, so those decide
    /// nothing there. Of two equally near the larger.
    fn nearer(&self, before: Option<usize>, after: Option<usize>, wanted: Wanted) -> Option<usize> {
        let (Some(before), Some(after)) = (before, after) else { return before.or(after) };
        Some(match self.labels.compare_distances(before, after, wanted) {
            // At an infinity, which is a label, there is no distance.
            _ if self.labels.compare(before, wanted) == Ordering::Equal => before,
            Some(Ordering::Less) => before,
            Some(Ordering::Greater) => after,
            _ if self.labels.compare_two(before, after) == Ordering::Greater => before,
            _ => after,
        })
    }

    /// What is missing lies neither before nor after any label.
    fn ordered(&self, value: &LabelValue, wanted: Wanted) -> Result<()> {
        if !wanted.is_missing() {
            return Ok(());
        }
        let has = self.labels.extent();
        let message = format!("{value} is a missing value, which no label is near to, before or after; it has {has}");
        Err(self.error(ErrorKind::NotFound, message))
    }

    fn between(&self, low: Option<&LabelValue>, high: Option<&LabelValue>) -> Result<AxisIndex> {
        let direction = self.labels.direction();
        let ends = [(low, true), (high, false)]
            .map(|(value, first)| value.map(|value| self.bound(value, direction, first)).transpose());
        let [low, high] = ends;
        let (start, end) = (low?.unwrap_or(0), high?.unwrap_or(self.labels.len()));
        Ok(AxisIndex::Range { start, len: end.saturating_sub(start), step: 1 })
    }

    /// Where a range begins (`first`) or ends: before the first or after the last label that it includes.
    fn bound(&self, value: &LabelValue, direction: Direction, first: bool) -> Result<usize> {
        let (mut wanted, unit) = self.wanted(value)?;
        // "2016-01" as an end reaches to the end of the month; on a descending axis the start does.
        let upper = first == (direction == Direction::Descending);
        if let (Some(unit), Wanted::Time(start), true, Some(kind)) = (unit, wanted, upper, self.dates()) {
            wanted = Wanted::Time(kind.end_of(start, unit));
        }
        if direction != Direction::Neither {
            self.ordered(value, wanted)?;
        }
        let partition =
            |before: &dyn Fn(Ordering) -> bool| self.labels.partition(|at| before(self.labels.compare(at, wanted)));
        Ok(match (direction, first) {
            (Direction::Ascending, true) => partition(&|order| order == Ordering::Less),
            (Direction::Ascending, false) => partition(&|order| order != Ordering::Greater),
            (Direction::Descending, true) => partition(&|order| order == Ordering::Greater),
            (Direction::Descending, false) => partition(&|order| order != Ordering::Less),
            (Direction::Neither, first) => match self.labels.matches(self.wanted(value)?.0) {
                Matches::One(at) => at + usize::from(!first),
                Matches::None => {
                    let message = format!("its labels are in no order, and {value} is none of them; sort it first");
                    return Err(self.error(ErrorKind::NotFound, message));
                }
                Matches::Several(_) => {
                    let message =
                        format!("its labels are in no order, and {value} occurs more than once; sort it first");
                    return Err(self.error(ErrorKind::Mismatch, message));
                }
            },
        })
    }

    fn absent(&self, value: &LabelValue, wanted: Wanted) -> Error {
        if let Labels::Text(labels) = &**self.labels {
            let known: Vec<&str> = labels.iter().filter_map(|label| label.as_str()).collect();
            return self.error(ErrorKind::NotFound, near_names("label", &value.to_string(), &known));
        }
        // Only what sel_nearest would take is suggested.
        let ordered = self.labels.direction() != Direction::Neither && self.labels.repeated().is_none();
        let around = if ordered { self.around(value, wanted).unwrap_or_default() } else { [None; 2] };
        let nearest = self
            .nearer(around[0], around[1], wanted)
            .map(|at| format!("; the nearest is {} (sel_nearest takes it)", self.labels.text(at)));
        let has = self.labels.extent();
        self.error(ErrorKind::NotFound, format!("no label {value}; it has {has}{}", nearest.unwrap_or_default()))
    }
}
