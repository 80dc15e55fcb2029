//! The labels of a dimension: what `sel` searches and what arithmetic aligns by.

use super::label_index::float_key;
use crate::time::{Calendar, DateKind, Resolution};
use crate::values::{DType, Element, EvenRange, Text, Values, typed};
use ndarray::{ArcArray, IxDyn};
use std::cmp::Ordering;
use std::collections::HashMap;

/// Labels in order, in one of five kinds that compare among themselves.
#[derive(Debug, Clone)]
pub(crate) enum Labels {
    Int(Vec<i64>),
    /// Whole numbers of which at least one is beyond `i64`; all others are `Int`, so equal labels are of one kind.
    Large(Vec<u64>),
    Float(Vec<f64>),
    /// Floats that are not written out.
    Even(EvenRange),
    /// Dates, and how they count; those of two kinds never meet.
    Time(DateKind, Vec<i64>),
    Text(Vec<Text>),
}

/// One label to look for, already of a kind that fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wanted {
    Int(i128),
    Float(f64),
    Time(i64),
    Text(Text),
}

impl Wanted {
    /// Whether it is NaN or a missing date.
    pub(crate) fn is_missing(self) -> bool {
        match self {
            Self::Float(value) => value.is_nan(),
            Self::Time(date) => date == i64::MIN,
            Self::Text(text) => text.is_missing(),
            Self::Int(_) => false,
        }
    }
}

/// Whether the labels go one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
    Neither,
}

impl Labels {
    /// The values of a coordinate in their own order.
    pub(crate) fn of(values: &Values) -> Self {
        match values {
            Values::F32(a) => Self::Float(a.iter().map(|&v| f64::from(v)).collect()),
            Values::F64(a) => Self::Float(a.iter().copied().collect()),
            Values::U64(a) if a.iter().any(|&v| i64::try_from(v).is_err()) => Self::Large(a.iter().copied().collect()),
            Values::Text(a) => Self::Text(a.iter().copied().collect()),
            dates if let Some((kind, a)) = dates.dates() => Self::Time(kind, a.iter().copied().collect()),
            whole => match whole.cast(DType::I64) {
                Values::I64(a) => Self::Int(a.iter().copied().collect()),
                _ => unreachable!("cast to i64"),
            },
        }
    }

    /// The labels as the values of a coordinate.
    pub(crate) fn to_values(&self) -> Values {
        fn line<T: Clone>(items: &[T]) -> ArcArray<T, IxDyn> {
            ArcArray::from_vec(items.to_vec()).into_dyn()
        }
        match self {
            Self::Int(labels) => Values::I64(line(labels)),
            Self::Large(labels) => Values::U64(line(labels)),
            Self::Float(labels) => Values::F64(line(labels)),
            Self::Even(range) => range.to_values(),
            Self::Time(kind, labels) => Values::of_dates(*kind, labels.clone()),
            Self::Text(labels) => Values::Text(line(labels)),
        }
    }

    /// The labels at `positions`.
    pub(crate) fn at(&self, positions: &[usize]) -> Self {
        match self {
            Self::Large(labels) => Self::Large(positions.iter().map(|&at| labels[at]).collect()),
            Self::Int(labels) => Self::Int(positions.iter().map(|&at| labels[at]).collect()),
            Self::Float(labels) => Self::Float(positions.iter().map(|&at| labels[at]).collect()),
            Self::Even(range) => Self::Float(positions.iter().map(|&at| range.at(at)).collect()),
            Self::Time(kind, labels) => Self::Time(*kind, positions.iter().map(|&at| labels[at]).collect()),
            Self::Text(labels) => Self::Text(positions.iter().map(|&at| labels[at]).collect()),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Int(labels) | Self::Time(_, labels) => labels.len(),
            Self::Large(labels) => labels.len(),
            Self::Float(labels) => labels.len(),
            Self::Even(range) => range.len(),
            Self::Text(labels) => labels.len(),
        }
    }

    /// What a message calls them.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Time(DateKind::Nanoseconds, _) => "dates",
            Self::Time(DateKind::Cf(calendar), _) => match calendar {
                Calendar::ProlepticGregorian => "dates of the proleptic_gregorian calendar",
                Calendar::Standard => "dates of the standard calendar",
                Calendar::Julian => "dates of the julian calendar",
                Calendar::NoLeap => "dates of the noleap calendar",
                Calendar::AllLeap => "dates of the all_leap calendar",
                Calendar::Day360 => "dates of the 360_day calendar",
            },
            Self::Text(_) => "texts",
            Self::Large(_) => "numbers beyond int64",
            _ => "numbers",
        }
    }

    /// One label as text.
    pub(crate) fn text(&self, at: usize) -> String {
        match self {
            Self::Int(labels) => labels[at].to_string(),
            Self::Large(labels) => labels[at].to_string(),
            Self::Float(labels) => format!("{:?}", labels[at]),
            Self::Even(range) => format!("{:?}", range.at(at)),
            Self::Time(kind, labels) => kind.text(labels[at]),
            Self::Text(labels) => format!("{:?}", labels[at]),
        }
    }

    /// "100 numbers from 1 to 100".
    pub(crate) fn extent(&self) -> String {
        match self.len() {
            0 => format!("no {}", self.kind()),
            1 => format!("only {}", self.text(0)),
            many => format!("{many} {} from {} to {}", self.kind(), self.text(0), self.text(many - 1)),
        }
    }

    /// How the label at `at` compares to `wanted`. Different kinds never meet here; NaN is above all.
    pub(crate) fn compare(&self, at: usize, wanted: Wanted) -> Ordering {
        match (self, wanted) {
            (Self::Int(labels), Wanted::Int(value)) => i128::from(labels[at]).cmp(&value),
            (Self::Time(_, labels), Wanted::Time(value)) => labels[at].cmp(&value),
            (Self::Int(labels), Wanted::Float(value)) => floats(labels[at] as f64, value),
            (Self::Large(labels), Wanted::Int(value)) => i128::from(labels[at]).cmp(&value),
            (Self::Large(labels), Wanted::Float(value)) => floats(labels[at] as f64, value),
            (Self::Float(labels), Wanted::Int(value)) => floats(labels[at], value as f64),
            (Self::Float(labels), Wanted::Float(value)) => floats(labels[at], value),
            (Self::Even(range), Wanted::Int(value)) => floats(range.at(at), value as f64),
            (Self::Even(range), Wanted::Float(value)) => floats(range.at(at), value),
            (Self::Text(labels), Wanted::Text(value)) => labels[at].cmp(&value),
            _ => Ordering::Greater,
        }
    }

    /// Distance of the label at `at` from `wanted`, in the labels' unit (that in which dates are counted); between texts there is none, NaN.
    pub(crate) fn distance(&self, at: usize, wanted: Wanted) -> f64 {
        let number = |wanted| match wanted {
            Wanted::Int(value) => value as f64,
            Wanted::Time(value) => value as f64,
            Wanted::Float(value) => value,
            Wanted::Text(_) => f64::NAN,
        };
        match (self, wanted) {
            (Self::Int(labels), Wanted::Int(value)) => i128::from(labels[at]).abs_diff(value) as f64,
            (Self::Time(_, labels), Wanted::Time(value)) => labels[at].abs_diff(value) as f64,
            (Self::Int(labels) | Self::Time(_, labels), wanted) => (labels[at] as f64 - number(wanted)).abs(),
            (Self::Large(labels), Wanted::Int(value)) => i128::from(labels[at]).abs_diff(value) as f64,
            (Self::Large(labels), wanted) => (labels[at] as f64 - number(wanted)).abs(),
            (Self::Float(labels), wanted) => (labels[at] - number(wanted)).abs(),
            (Self::Even(range), wanted) => (range.at(at) - number(wanted)).abs(),
            (Self::Text(_), _) => f64::NAN,
        }
    }

    /// Which of two labels is nearer to `wanted`; none if that cannot be told. Whole numbers are not rounded.
    pub(crate) fn compare_distances(&self, a: usize, b: usize, wanted: Wanted) -> Option<Ordering> {
        let whole = |at: usize| match (self, wanted) {
            (Self::Int(labels), Wanted::Int(value)) => Some(i128::from(labels[at]).abs_diff(value)),
            (Self::Large(labels), Wanted::Int(value)) => Some(i128::from(labels[at]).abs_diff(value)),
            (Self::Time(_, labels), Wanted::Time(value)) => Some(u128::from(labels[at].abs_diff(value))),
            _ => None,
        };
        match (whole(a), whole(b)) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => self.distance(a, wanted).partial_cmp(&self.distance(b, wanted)),
        }
    }

    /// How two of the labels compare.
    pub(crate) fn compare_two(&self, a: usize, b: usize) -> Ordering {
        match self {
            Self::Int(labels) | Self::Time(_, labels) => labels[a].cmp(&labels[b]),
            Self::Large(labels) => labels[a].cmp(&labels[b]),
            Self::Float(labels) => floats(labels[a], labels[b]),
            Self::Even(range) => floats(range.at(a), range.at(b)),
            Self::Text(labels) => labels[a].cmp(&labels[b]),
        }
    }

    /// Whether the label at `at` is missing.
    pub(crate) fn is_missing(&self, at: usize) -> bool {
        match self {
            Self::Float(labels) => labels[at].is_nan(),
            Self::Time(_, labels) => labels[at] == i64::MIN,
            Self::Text(labels) => labels[at].is_missing(),
            Self::Int(_) | Self::Large(_) | Self::Even(_) => false,
        }
    }

    /// The label at `at` as something to look for among other labels.
    pub(crate) fn wanted(&self, at: usize) -> Wanted {
        match self {
            Self::Int(labels) => Wanted::Int(labels[at].into()),
            Self::Large(labels) => Wanted::Int(labels[at].into()),
            Self::Float(labels) => Wanted::Float(labels[at]),
            Self::Even(range) => Wanted::Float(range.at(at)),
            Self::Time(_, labels) => Wanted::Time(labels[at]),
            Self::Text(labels) => Wanted::Text(labels[at]),
        }
    }

    /// The label at `at` as a number; NaN for text and what is missing.
    pub(crate) fn number(&self, at: usize) -> f64 {
        match self {
            Self::Int(labels) => labels[at] as f64,
            Self::Large(labels) => labels[at] as f64,
            Self::Float(labels) => labels[at],
            Self::Even(range) => range.at(at),
            Self::Time(_, labels) if labels[at] == i64::MIN => f64::NAN,
            Self::Time(_, labels) => labels[at] as f64,
            Self::Text(_) => f64::NAN,
        }
    }

    /// A position whose label the one before it has too.
    pub(crate) fn repeated(&self) -> Option<usize> {
        match self {
            Self::Even(range) if range.step() != 0.0 => None,
            _ => (1..self.len()).find(|&at| self.equal(at - 1, at)),
        }
    }

    /// Whether the labels at two positions are the same.
    pub(crate) fn equal(&self, a: usize, b: usize) -> bool {
        self.compare_two(a, b) == Ordering::Equal
    }

    /// Which way the labels go; equal neighbours are allowed, and one label ascends. A missing label lies neither before
    /// nor after another, so with one they go no way, as in pandas.
    pub(crate) fn direction(&self) -> Direction {
        if let Self::Even(range) = self {
            return if range.step() < 0.0 && range.len() > 1 { Direction::Descending } else { Direction::Ascending };
        }
        if (0..self.len()).any(|at| self.is_missing(at)) {
            return Direction::Neither;
        }
        let never = |unwanted| (1..self.len()).all(|at| self.compare_two(at - 1, at) != unwanted);
        if never(Ordering::Greater) {
            Direction::Ascending
        } else if never(Ordering::Less) {
            Direction::Descending
        } else {
            Direction::Neither
        }
    }

    /// The finest unit that any date states; `None` for what is no date.
    pub(crate) fn resolution(&self) -> Option<Resolution> {
        let Self::Time(kind, labels) = self else { return None };
        let stated = labels.iter().filter(|&&at| at != i64::MIN);
        stated.map(|&at| kind.resolution(at)).max().or(Some(Resolution::Day))
    }

    /// Whether labels of these two kinds can be equal.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Time(kind, _), Self::Time(other, _)) => kind == other,
            (Self::Text(_), Self::Text(_)) => true,
            (Self::Time(..) | Self::Text(_), _) | (_, Self::Time(..) | Self::Text(_)) => false,
            // Each negative number would have the bits of a large one.
            (Self::Int(_), Self::Large(_)) | (Self::Large(_), Self::Int(_)) => false,
            _ => true,
        }
    }

    /// A hashable form in which equal labels are equal, and those of the same kind elsewhere too.
    pub(crate) fn own_keys(&self) -> Vec<u64> {
        match self {
            Self::Int(labels) | Self::Time(_, labels) => labels.iter().map(|&label| label as u64).collect(),
            Self::Large(labels) => labels.clone(),
            Self::Float(_) | Self::Even(_) => self.float_keys(),
            Self::Text(labels) => labels.iter().map(|label| label.key()).collect(),
        }
    }

    fn float_keys(&self) -> Vec<u64> {
        self.floats().into_iter().map(float_key).collect()
    }

    /// A hashable form in which equal labels of `self` and `other` are equal; `None` if the kinds never meet.
    pub(crate) fn keys(&self, other: &Self) -> Option<(Vec<u64>, Vec<u64>)> {
        let as_floats = |labels: &Self| matches!(labels, Self::Float(_) | Self::Even(_));
        match self.meets(other) {
            false => None,
            true if as_floats(self) || as_floats(other) => Some((self.float_keys(), other.float_keys())),
            true => Some((self.own_keys(), other.own_keys())),
        }
    }

    /// For each label of `wanted`, where it is in `self`. `None` if the kinds never meet,
    /// and `Err` with the label that occurs twice in `self`.
    pub(crate) fn positions_of(&self, wanted: &Self) -> Option<Result<Vec<Option<usize>>, String>> {
        let (mine, theirs) = self.keys(wanted)?;
        let mut places = HashMap::with_capacity(mine.len());
        for (at, key) in mine.iter().enumerate() {
            if places.insert(*key, at).is_some() {
                return Some(Err(self.text(at)));
            }
        }
        Some(Ok(theirs.iter().map(|key| places.get(key).copied()).collect()))
    }

    /// All labels of both, each once: in ascending order.
    pub(crate) fn union(&self, other: &Self) -> Option<Self> {
        fn merged<T: Copy>(a: &[T], b: &[T], order: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
            // Beside nothing, labels stay in their order, as pandas leaves them.
            if a.is_empty() || b.is_empty() {
                return [a, b].concat();
            }
            let mut all = [a, b].concat();
            all.sort_by(&order);
            all.dedup_by(|a, b| order(a, b) == Ordering::Equal);
            all
        }
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(Self::Int(merged(a, b, i64::cmp))),
            (Self::Time(kind, a), Self::Time(other, b)) if kind == other => {
                Some(Self::Time(*kind, merged(a, b, i64::cmp)))
            }
            (Self::Large(a), Self::Large(b)) => Some(Self::Large(merged(a, b, u64::cmp))),
            (Self::Int(_), Self::Large(_)) | (Self::Large(_), Self::Int(_)) => None,
            (Self::Text(a), Self::Text(b)) => Some(Self::Text(merged(a, b, Text::cmp))),
            (Self::Time(..) | Self::Text(_), _) | (_, Self::Time(..) | Self::Text(_)) => None,
            (a, b) => Some(Self::Float(merged(&a.floats(), &b.floats(), |a, b| floats(*a, *b)))),
        }
    }

    pub(crate) fn floats(&self) -> Vec<f64> {
        (0..self.len()).map(|at| self.number(at)).collect()
    }

    /// The positions that put the labels in ascending order, missing ones last; equal labels keep theirs.
    pub(crate) fn sorted(&self) -> Vec<usize> {
        let mut positions: Vec<usize> = (0..self.len()).collect();
        match self {
            Self::Int(labels) => positions.sort_by_key(|&at| labels[at]),
            Self::Large(labels) => positions.sort_by_key(|&at| labels[at]),
            // The number of a missing date is the smallest.
            Self::Time(_, labels) => positions.sort_by_key(|&at| (labels[at] == i64::MIN, labels[at])),
            // NaN and missing texts compare as the largest.
            Self::Float(_) | Self::Even(_) | Self::Text(_) => positions.sort_by(|&a, &b| self.compare_two(a, b)),
        }
        positions
    }
}

fn floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Whether two blocks hold the same numbers in the same shape, whatever their types; missing equals missing.
pub(crate) fn same_values(a: &Values, b: &Values) -> bool {
    /// Equal, or both NaN, which alone differs from itself.
    #[allow(clippy::eq_op)]
    fn alike<T: Element>(a: &ArcArray<T, IxDyn>, b: &ArcArray<T, IxDyn>) -> bool {
        let same = |(a, b): (&T, &T)| a == b || (a != a && b != b);
        (a.as_ptr() == b.as_ptr() && a.strides() == b.strides()) || a.iter().zip(b).all(same)
    }
    if a.shape() != b.shape() {
        return false;
    }
    if a.dtype() == b.dtype() {
        return typed!(a.dtype(), T => T::of(a).zip(T::of(b)).is_some_and(|(a, b)| alike::<T>(a, b)));
    }
    let (a, b) = (Labels::of(a), Labels::of(b));
    a.keys(&b).is_some_and(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_and_floats_meet_and_dates_do_not() {
        let whole = Labels::Int(vec![1, 2, 3]);
        assert_eq!(whole.positions_of(&Labels::Float(vec![3.0, 2.5])), Some(Ok(vec![Some(2), None])));
        assert_eq!(whole.positions_of(&Labels::Time(DateKind::Nanoseconds, vec![1])), None);
        assert_eq!(Labels::Float(vec![0.0]).positions_of(&Labels::Float(vec![-0.0])), Some(Ok(vec![Some(0)])));
        assert_eq!(Labels::Int(vec![4, 4]).positions_of(&whole), Some(Err("4".into())));
    }

    #[test]
    fn direction_allows_equal_neighbours() {
        assert_eq!(Labels::Int(vec![1, 1, 2]).direction(), Direction::Ascending);
        assert_eq!(Labels::Float(vec![2.0, 2.0, -1.0]).direction(), Direction::Descending);
        assert_eq!(Labels::Int(vec![1, 3, 2]).direction(), Direction::Neither);
    }
}
