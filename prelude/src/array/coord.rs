//! Coordinates: the labels along an axis, or what is known about a whole array.

use super::attachment::Kept;
use super::attrs::{Attr, Attrs};
use super::label_index::LabelIndex;
use super::labels::{Labels, same_values};
use crate::time::{CfTimes, DateRange, DateTime};
use crate::values::{AxisIndex, DType, EvenRange, Text, Values};
use crate::{Error, ErrorKind, Result};
use ndarray::{ArcArray, ArrayBase, Data, Dimension, IxDyn};
use std::ops::{Range, RangeInclusive};
use std::sync::{Arc, OnceLock};

/// A named coordinate of an array, always in memory; evenly spaced ones of rasters are written out when they are asked for.
///
/// A coordinate with the name of its only dimension holds the labels of that
/// dimension: `sel` looks them up and arithmetic aligns by them. Others go along:
/// scalars (no dimension), or values over several dimensions such as a grid's longitudes.
///
/// Functions take `impl Into<Coord>`: a range, a `Vec`, a slice, an ndarray array, dates, texts, a number.
///
/// ```
/// use isopleth::array::Coord;
/// let x: Coord = (1..=100).into();
/// assert_eq!(x.len(), 100);
/// let crs = Coord::scalar(0).attr("crs_wkt", "GEOGCRS[…]");
/// assert!(crs.dims().is_empty());
/// let station: Coord = ["Bern", "Basel"].into();
/// assert_eq!(station.values().to_texts(), ["Bern", "Basel"]);
/// ```
#[derive(Debug, Clone)]
pub struct Coord {
    name: Arc<str>,
    // None until the coordinate is given to an array: then it lies along the dimension of its name.
    dims: Option<Arc<[String]>>,
    labels: Stored,
    attrs: Attrs,
    // What an upper room keeps with it.
    kept: Option<Arc<dyn Kept>>,
}

/// The values, with the index in which they are searched. Clones share both, and other values begin with an index that is
/// still to be made.
#[derive(Debug, Clone)]
struct Stored {
    numbers: Numbers,
    index: Arc<OnceLock<LabelIndex>>,
}

/// The values, or how they follow from a few numbers.
#[derive(Debug, Clone)]
enum Numbers {
    Values(Values),
    Even(EvenRange, Arc<OnceLock<Values>>),
}

impl Coord {
    /// A coordinate along `dims`, one per axis of `values`.
    ///
    /// Needed only where name and dimension differ: `da.coord("season", Coord::along(["time"], numbers))`.
    pub fn along<const N: usize>(dims: [&str; N], values: impl Into<Coord>) -> Self {
        let dims: Vec<String> = dims.iter().map(|dim| (*dim).to_owned()).collect();
        Self { dims: Some(dims.into()), ..values.into() }
    }

    /// A coordinate of one value that belongs to the whole array.
    pub fn scalar<T: CoordElement>(value: T) -> Self {
        Self::unnamed(T::values(ArcArray::from_elem(IxDyn(&[]), value)))
    }

    pub(crate) fn unnamed(values: Values) -> Self {
        Self { name: "".into(), dims: None, labels: Stored::values(values), attrs: Attrs::default(), kept: None }
    }

    pub(crate) fn named(name: &str, dims: impl Into<Arc<[String]>>, values: Values, attrs: Attrs) -> Self {
        Self { name: name.into(), dims: Some(dims.into()), labels: Stored::values(values), attrs, kept: None }
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attr(mut self, name: &str, value: impl Into<Attr>) -> Self {
        self.attrs.set(name, value);
        self
    }

    pub(crate) fn with_attrs(self, attrs: Attrs) -> Self {
        Self { attrs, ..self }
    }

    /// With something that an upper room keeps with it, such as how its file stores it. It stays where coordinates are selected,
    /// renamed or joined; whoever kept it there sees whether it still fits.
    pub(crate) fn keeping(self, kept: Arc<dyn Kept>) -> Self {
        Self { kept: Some(kept), ..self }
    }

    /// What an upper room kept with it.
    pub(crate) fn kept<T: 'static>(&self) -> Option<&T> {
        self.kept.as_deref()?.as_any().downcast_ref()
    }

    /// Its name; empty until it belongs to an array.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The dimensions it lies along: none for a scalar.
    pub fn dims(&self) -> &[String] {
        self.dims.as_deref().unwrap_or_default()
    }

    pub(crate) fn dims_are_given(&self) -> bool {
        self.dims.is_some()
    }

    /// Its values, one axis per dimension.
    pub fn values(&self) -> &Values {
        match &self.labels.numbers {
            Numbers::Values(values) => values,
            Numbers::Even(range, values) => values.get_or_init(|| range.to_values()),
        }
    }

    /// The length of each axis of its values.
    pub fn shape(&self) -> Vec<usize> {
        match &self.labels.numbers {
            Numbers::Values(values) => values.shape().to_vec(),
            Numbers::Even(range, _) => vec![range.len()],
        }
    }

    /// The element type of its values.
    pub fn dtype(&self) -> DType {
        match &self.labels.numbers {
            Numbers::Values(values) => values.dtype(),
            Numbers::Even(..) => DType::F64,
        }
    }

    /// The evenly spaced numbers that it was made of, if it was.
    pub(crate) fn even(&self) -> Option<&EvenRange> {
        match &self.labels.numbers {
            Numbers::Even(range, _) => Some(range),
            Numbers::Values(_) => None,
        }
    }

    /// The values as labels that are searched, in axis order; evenly spaced ones are not written out. Made when first asked
    /// for, and shared by all clones.
    pub(crate) fn label_index(&self) -> &LabelIndex {
        self.labels.index.get_or_init(|| {
            LabelIndex::new(self.even().map_or_else(|| Labels::of(self.values()), |range| Labels::Even(*range)))
        })
    }

    /// The values for a view: of very many only those at the ends, more than any view shows.
    pub(crate) fn shown(&self) -> Values {
        const SHOWN: usize = 256;
        match self.even() {
            Some(range) if range.len() > 16 * SHOWN => {
                let ends = (0..SHOWN).chain(range.len() - SHOWN..range.len());
                ends.map(|at| range.at(at)).collect::<Vec<f64>>().into()
            }
            _ => self.values().clone(),
        }
    }

    /// The part at the given positions, one index per axis; `dims` are those that are left.
    pub(crate) fn index(&self, axes: &[AxisIndex], dims: Vec<String>) -> Result<Self> {
        if let (Some(range), [index]) = (self.even(), axes)
            && let Some(part) = range.index(index)
        {
            return Ok(Self { dims: Some(dims.into()), labels: Stored::even(part), ..self.clone() });
        }
        if let (Some(range), [AxisIndex::At(at)]) = (self.even(), axes) {
            if *at >= range.len() {
                let message = format!("position {at} of {:?}, which has {}", self.name, range.len());
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
            return Ok(self.with_values(dims, Values::from(range.at(*at))));
        }
        Ok(self.with_values(dims, self.values().index(axes)?))
    }

    /// Its attributes.
    pub fn attrs(&self) -> &Attrs {
        &self.attrs
    }

    /// How many values it has.
    pub fn len(&self) -> usize {
        self.shape().iter().product()
    }

    /// Whether it has no value: the dimension has length 0.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it holds the labels of a dimension.
    pub fn is_index(&self) -> bool {
        matches!(self.dims(), [dim] if **dim == *self.name)
    }

    pub(crate) fn renamed(&self, name: &str, dims: Vec<String>) -> Self {
        Self { name: name.into(), dims: Some(dims.into()), ..self.clone() }
    }

    /// The same labels for a dimension of any name.
    pub(crate) fn unplaced(self) -> Self {
        Self { dims: None, ..self }
    }

    pub(crate) fn with_values(&self, dims: Vec<String>, values: Values) -> Self {
        Self { dims: Some(dims.into()), labels: Stored::values(values), ..self.clone() }
    }

    /// Whether both are the same coordinate: dimensions and values; missing equals missing.
    pub(crate) fn same(&self, other: &Self) -> bool {
        if self.dims() != other.dims() {
            return false;
        }
        match (self.even(), other.even()) {
            _ if Arc::ptr_eq(&self.labels.index, &other.labels.index) => true,
            (Some(own), Some(others)) if own == others => true,
            _ => same_values(self.values(), other.values()),
        }
    }
}

impl Stored {
    fn values(values: Values) -> Self {
        Self { numbers: Numbers::Values(values), index: Arc::default() }
    }

    fn even(range: EvenRange) -> Self {
        Self { numbers: Numbers::Even(range, Arc::default()), index: Arc::default() }
    }
}

impl From<EvenRange> for Coord {
    fn from(range: EvenRange) -> Self {
        Self { name: "".into(), dims: None, labels: Stored::even(range), attrs: Attrs::default(), kept: None }
    }
}

/// The element types that a coordinate can be made of.
pub trait CoordElement: Clone {
    /// The values of a coordinate with these elements.
    #[doc(hidden)]
    fn values(elements: ArcArray<Self, IxDyn>) -> Values;
}

macro_rules! element {
    ($($type:ty => $variant:ident, $convert:expr;)*) => {$(
        impl CoordElement for $type {
            fn values(elements: ArcArray<Self, IxDyn>) -> Values {
                Values::$variant(elements.mapv($convert).into_shared())
            }
        }

        impl From<$type> for Coord {
            fn from(value: $type) -> Self {
                Self::scalar(value)
            }
        }
    )*};
}

// Labels that are whole numbers are 64 bits wide, whatever they were counted with; so x and y made
// of `1..=100` in two cells always align.
element! {
    bool => Bool, |v| v;
    i8 => I64, i64::from;
    u8 => I64, i64::from;
    i16 => I64, i64::from;
    u16 => I64, i64::from;
    i32 => I64, i64::from;
    u32 => I64, i64::from;
    i64 => I64, |v| v;
    usize => I64, |v| v as i64;
    f32 => F32, |v| v;
    f64 => F64, |v| v;
    DateTime => DateTime, DateTime::nanoseconds;
    &str => Text, Text::from;
    String => Text, Text::from;
    Text => Text, |v| v;
}

/// As the other whole numbers, if all are below 2⁶³; otherwise they stay as they are.
impl CoordElement for u64 {
    fn values(elements: ArcArray<Self, IxDyn>) -> Values {
        let values = Values::U64(elements);
        match Labels::of(&values) {
            Labels::Large(_) => values,
            _ => values.cast(DType::I64),
        }
    }
}

impl From<u64> for Coord {
    fn from(value: u64) -> Self {
        Self::scalar(value)
    }
}

fn line<T: CoordElement>(elements: Vec<T>) -> Coord {
    Coord::unnamed(T::values(ArcArray::from_vec(elements).into_dyn()))
}

impl<T: CoordElement> From<Vec<T>> for Coord {
    fn from(elements: Vec<T>) -> Self {
        line(elements)
    }
}

impl<T: CoordElement> From<&Vec<T>> for Coord {
    fn from(elements: &Vec<T>) -> Self {
        line(elements.clone())
    }
}

impl<T: CoordElement> From<&[T]> for Coord {
    fn from(elements: &[T]) -> Self {
        line(elements.to_vec())
    }
}

impl<T: CoordElement, const N: usize> From<[T; N]> for Coord {
    fn from(elements: [T; N]) -> Self {
        line(elements.to_vec())
    }
}

impl<T: CoordElement, const N: usize> From<&[T; N]> for Coord {
    fn from(elements: &[T; N]) -> Self {
        line(elements.to_vec())
    }
}

impl<T: CoordElement, S: Data<Elem = T>, D: Dimension> From<ArrayBase<S, D>> for Coord {
    fn from(elements: ArrayBase<S, D>) -> Self {
        Self::unnamed(T::values(elements.into_owned().into_dyn().into_shared()))
    }
}

impl<T: CoordElement, S: Data<Elem = T>, D: Dimension> From<&ArrayBase<S, D>> for Coord {
    fn from(elements: &ArrayBase<S, D>) -> Self {
        Self::unnamed(T::values(elements.to_owned().into_dyn().into_shared()))
    }
}

macro_rules! ranges {
    ($($type:ty),*) => {$(
        impl From<Range<$type>> for Coord {
            fn from(range: Range<$type>) -> Self {
                line(range.collect())
            }
        }
        impl From<RangeInclusive<$type>> for Coord {
            fn from(range: RangeInclusive<$type>) -> Self {
                line(range.collect())
            }
        }
    )*};
}

ranges!(i32, i64, u32, u64, usize);

impl From<DateRange> for Coord {
    fn from(dates: DateRange) -> Self {
        line(dates.to_vec())
    }
}

impl From<&DateRange> for Coord {
    fn from(dates: &DateRange) -> Self {
        line(dates.to_vec())
    }
}

impl From<CfTimes> for Coord {
    fn from(dates: CfTimes) -> Self {
        Self::unnamed(dates.into())
    }
}

impl From<&CfTimes> for Coord {
    fn from(dates: &CfTimes) -> Self {
        Self::unnamed(dates.into())
    }
}

impl From<Values> for Coord {
    fn from(values: Values) -> Self {
        Self::unnamed(values)
    }
}

impl From<&Coord> for Coord {
    fn from(coord: &Coord) -> Self {
        coord.clone()
    }
}
