//! What selections are written with: positions ([`s!`](crate::s)) and labels ([`sel!`](crate::sel)).

use crate::time::{CfTime, DateTime};
use ndarray::{Dimension, SliceInfo, SliceInfoElem};
use std::fmt;
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

/// Positions along one axis, counted from 0; negative ones count from the end.
#[derive(Debug, Clone, PartialEq)]
pub enum Index {
    /// One position: the axis is dropped.
    At(i64),
    /// From `start` to before `end` (`None`: to the end), every `step`-th. A negative step
    /// takes the same positions from last to first, as in ndarray's `s!`.
    Range {
        /// The first position.
        start: i64,
        /// The position after the last.
        end: Option<i64>,
        /// Not 0.
        step: i64,
    },
    /// These positions, in this order.
    List(Vec<i64>),
    /// ndarray's `NewAxis`, which takes nothing of the array. The axis that it asks for would have no name, so a selection
    /// refuses it.
    NewAxis,
}

impl Index {
    pub(crate) const ALL: Self = Self::Range { start: 0, end: None, step: 1 };
}

/// A position of any integer type. What is beyond `i64` stays beyond every axis: wrapped it would count from the end.
fn whole<T: TryInto<i64>>(position: T) -> i64 {
    position.try_into().unwrap_or(i64::MAX)
}

/// The position after `last`, for ranges that include it. After the last axis position, -1, comes the end (`None`); one
/// more than -1 would be position 0.
pub(crate) fn after(last: i64) -> Option<i64> {
    if last == -1 { None } else { last.checked_add(1) }
}

macro_rules! positions {
    ($($type:ty),*) => {$(
        impl From<$type> for Index {
            fn from(position: $type) -> Self {
                Self::At(whole(position))
            }
        }
        impl From<Range<$type>> for Index {
            fn from(range: Range<$type>) -> Self {
                Self::Range { start: whole(range.start), end: Some(whole(range.end)), step: 1 }
            }
        }
        impl From<RangeInclusive<$type>> for Index {
            fn from(range: RangeInclusive<$type>) -> Self {
                Self::Range { start: whole(*range.start()), end: after(whole(*range.end())), step: 1 }
            }
        }
        impl From<RangeFrom<$type>> for Index {
            fn from(range: RangeFrom<$type>) -> Self {
                Self::Range { start: whole(range.start), end: None, step: 1 }
            }
        }
        impl From<RangeTo<$type>> for Index {
            fn from(range: RangeTo<$type>) -> Self {
                Self::Range { start: 0, end: Some(whole(range.end)), step: 1 }
            }
        }
        impl From<RangeToInclusive<$type>> for Index {
            fn from(range: RangeToInclusive<$type>) -> Self {
                Self::Range { start: 0, end: after(whole(range.end)), step: 1 }
            }
        }
        impl From<Vec<$type>> for Index {
            fn from(list: Vec<$type>) -> Self {
                Self::List(list.into_iter().map(whole).collect())
            }
        }
        impl From<&[$type]> for Index {
            fn from(list: &[$type]) -> Self {
                Self::List(list.iter().copied().map(whole).collect())
            }
        }
        impl<const N: usize> From<[$type; N]> for Index {
            fn from(list: [$type; N]) -> Self {
                Self::from(list.as_slice())
            }
        }
    )*};
}

positions!(i32, i64, usize);

impl From<RangeFull> for Index {
    fn from(_: RangeFull) -> Self {
        Self::ALL
    }
}

impl From<&SliceInfoElem> for Index {
    fn from(element: &SliceInfoElem) -> Self {
        match *element {
            SliceInfoElem::Slice { start, end, step } => {
                Self::Range { start: start as i64, end: end.map(|end| end as i64), step: step as i64 }
            }
            SliceInfoElem::Index(at) => Self::At(at as i64),
            SliceInfoElem::NewAxis => Self::NewAxis,
        }
    }
}

/// Positions along several axes.
#[derive(Debug, Clone, PartialEq)]
pub enum Indices {
    /// One index per axis, from the first.
    ByAxis(Vec<Index>),
    /// One index for each of these dimensions.
    ByDim(Vec<(String, Index)>),
}

/// What `isel` of arrays and datasets takes: positions by the names of dimensions, [`isel!`](crate::isel), or one for each
/// axis from the first, `s![..]` or [`Index`]es, which only an array has.
pub trait IntoIndices {
    /// The positions.
    fn into_indices(self) -> Indices;
}

impl<S: AsRef<str>, const N: usize> IntoIndices for [(S, Index); N] {
    fn into_indices(self) -> Indices {
        Indices::ByDim(self.into_iter().map(|(dim, index)| (dim.as_ref().to_owned(), index)).collect())
    }
}

impl<S: AsRef<str>> IntoIndices for Vec<(S, Index)> {
    fn into_indices(self) -> Indices {
        Indices::ByDim(self.into_iter().map(|(dim, index)| (dim.as_ref().to_owned(), index)).collect())
    }
}

impl<S: AsRef<str>> IntoIndices for &[(S, Index)] {
    fn into_indices(self) -> Indices {
        Indices::ByDim(self.iter().map(|(dim, index)| (dim.as_ref().to_owned(), index.clone())).collect())
    }
}

impl<S: AsRef<str>, const N: usize> IntoIndices for &[(S, Index); N] {
    fn into_indices(self) -> Indices {
        self.as_slice().into_indices()
    }
}

impl<S: AsRef<str>> IntoIndices for &Vec<(S, Index)> {
    fn into_indices(self) -> Indices {
        self.as_slice().into_indices()
    }
}

impl<T: AsRef<[SliceInfoElem]>, D: Dimension, E: Dimension> IntoIndices for SliceInfo<T, D, E> {
    fn into_indices(self) -> Indices {
        Indices::ByAxis(AsRef::<[SliceInfoElem]>::as_ref(&self).iter().map(Index::from).collect())
    }
}

impl<T: AsRef<[SliceInfoElem]>, D: Dimension, E: Dimension> IntoIndices for &SliceInfo<T, D, E> {
    fn into_indices(self) -> Indices {
        Indices::ByAxis(AsRef::<[SliceInfoElem]>::as_ref(self).iter().map(Index::from).collect())
    }
}

impl IntoIndices for Vec<Index> {
    fn into_indices(self) -> Indices {
        Indices::ByAxis(self)
    }
}

impl<const N: usize> IntoIndices for [Index; N] {
    fn into_indices(self) -> Indices {
        Indices::ByAxis(self.into())
    }
}

/// One label, as it is written.
#[derive(Debug, Clone, PartialEq)]
pub enum LabelValue {
    /// A whole number.
    Int(i64),
    /// A whole number that may be beyond `i64`.
    Large(u64),
    /// A number.
    Float(f64),
    /// An instant.
    Time(DateTime),
    /// An instant of another calendar.
    CfTime(CfTime),
    /// Text; among dates a date, `2016-01-31`, or `2016-01` for the whole month.
    Text(String),
}

/// Labels along one dimension, as `sel` takes them.
#[derive(Debug, Clone, PartialEq)]
pub enum Label {
    /// One label: the dimension is dropped.
    At(LabelValue),
    /// From one label to another, **both included**; `None` leaves that end open.
    Between(Option<LabelValue>, Option<LabelValue>),
    /// `a..b`: only for dimensions without coordinates, where positions are meant.
    HalfOpen(LabelValue, LabelValue),
    /// These labels, in this order.
    Among(Vec<LabelValue>),
}

impl fmt::Display for LabelValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Large(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Time(value) => write!(f, "{value}"),
            Self::CfTime(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

macro_rules! labels {
    ($($type:ty => $variant:ident($value:ident) $expression:expr;)*) => {$(
        impl From<$type> for LabelValue {
            fn from($value: $type) -> Self {
                Self::$variant($expression)
            }
        }
        impl From<$type> for Label {
            fn from(value: $type) -> Self {
                Self::At(value.into())
            }
        }
        impl From<RangeInclusive<$type>> for Label {
            fn from(range: RangeInclusive<$type>) -> Self {
                let (low, high) = range.into_inner();
                Self::Between(Some(low.into()), Some(high.into()))
            }
        }
        impl From<Range<$type>> for Label {
            fn from(range: Range<$type>) -> Self {
                Self::HalfOpen(range.start.into(), range.end.into())
            }
        }
        impl From<RangeFrom<$type>> for Label {
            fn from(range: RangeFrom<$type>) -> Self {
                Self::Between(Some(range.start.into()), None)
            }
        }
        impl From<RangeToInclusive<$type>> for Label {
            fn from(range: RangeToInclusive<$type>) -> Self {
                Self::Between(None, Some(range.end.into()))
            }
        }
        impl From<Vec<$type>> for Label {
            fn from(list: Vec<$type>) -> Self {
                Self::Among(list.into_iter().map(Into::into).collect())
            }
        }
        impl From<&Vec<$type>> for Label {
            fn from(list: &Vec<$type>) -> Self {
                Self::from(list.as_slice())
            }
        }
        impl From<&[$type]> for Label {
            fn from(list: &[$type]) -> Self {
                Self::Among(list.iter().cloned().map(Into::into).collect())
            }
        }
        impl<const N: usize> From<[$type; N]> for Label {
            fn from(list: [$type; N]) -> Self {
                Self::Among(list.into_iter().map(Into::into).collect())
            }
        }
    )*};
}

labels! {
    i32 => Int(value) value.into();
    i64 => Int(value) value;
    u64 => Large(value) value;
    usize => Int(value) whole(value);
    f32 => Float(value) value.into();
    f64 => Float(value) value;
    DateTime => Time(value) value;
    CfTime => CfTime(value) value;
    &str => Text(value) value.to_owned();
    String => Text(value) value;
    &String => Text(value) value.clone();
}

impl From<RangeFull> for Label {
    fn from(_: RangeFull) -> Self {
        Self::Between(None, None)
    }
}

/// Positions by dimension, for `isel` of arrays and datasets: a number, a range (half open), or a list.
///
/// ```
/// use isopleth::{array::{DataArray, Dataset}, isel};
/// let da = DataArray::new(ndarray::array![[1, 2, 3], [4, 5, 6]], ["y", "x"])?.name("a");
/// assert_eq!(da.isel(isel! { x: 1.., y: -1 })?.to_vec::<i32>()?, [5, 6]);
/// assert_eq!(Dataset::new([&da])?.isel(isel! { x: [0, 2] })?["a"].shape(), [2, 2]);
/// # Ok::<(), isopleth::Error>(())
/// ```
#[macro_export]
macro_rules! isel {
    ($($dim:ident : $index:expr),* $(,)?) => {
        [$((stringify!($dim), $crate::array::Index::from($index))),*]
    };
    ($($dim:literal : $index:expr),* $(,)?) => {
        [$(($dim, $crate::array::Index::from($index))),*]
    };
}

/// Labels by dimension, for [`DataArray::sel`](crate::array::DataArray::sel): both ends of a range are included.
///
/// ```
/// use isopleth::{array::DataArray, sel};
/// let da = DataArray::new(vec![10, 20, 30, 40], "y")?.coord("y", [40.0, 30.0, 20.0, 10.0])?;
/// assert_eq!(da.sel(sel! { y: 30.0..=10.0 })?.to_vec::<i32>()?, [20, 30, 40]);
/// assert_eq!(da.sel(sel! { y: 20.0 })?.item()?, 30.0);
/// # Ok::<(), isopleth::Error>(())
/// ```
#[macro_export]
macro_rules! sel {
    ($($dim:ident : $label:expr),* $(,)?) => {
        [$((stringify!($dim), $crate::array::Label::from($label))),*]
    };
    ($($dim:literal : $label:expr),* $(,)?) => {
        [$(($dim, $crate::array::Label::from($label))),*]
    };
}
