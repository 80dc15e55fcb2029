//! Split, apply, combine: groups along one dimension, by a coordinate, a calendar field, bins or steps of time.
//!
//! A group is a selection of positions, and a reduction of it is a reduction of that selection: so a lazy
//! array stays lazy, and each file is read by the group that it belongs to and by no other.

mod arithmetic;
mod bins;
mod key;
mod reduce;
mod resample;

pub use bins::Bins;
pub use resample::Resample;

use super::attrs::Attrs;
use super::coord::Coord;
use super::data_array::DataArray;
use super::index::LabelValue;
use super::labels::Labels;
use crate::time::{CfTime, DateKind, DateTime};
use crate::values::Values;
use crate::{Error, ErrorKind, Result};
use key::Key;
use std::fmt;
use std::sync::Arc;

/// An array whose positions along one dimension are sorted into groups; made by [`DataArray::groupby`] and its like.
///
/// ```
/// use isopleth::{array::DataArray, time::date_range};
/// let temp = DataArray::new((0..366).map(f64::from).collect::<Vec<_>>(), "time")?
///     .coord("time", date_range("2016-01-01", 366)?)?;
/// let monthly = temp.groupby("time.month")?.mean()?;
/// assert_eq!((monthly.dims().join(" "), monthly.shape()), ("month".to_string(), &[12][..]));
/// assert_eq!(monthly.to_vec::<f64>()?[1], 45.0);
///
/// let anomaly = temp.groupby("time.month")? - &monthly;
/// assert_eq!(anomaly.to_vec::<f64>()?[31], -14.0);
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Clone)]
pub struct GroupBy {
    array: DataArray,
    groups: Arc<Groups>,
}

/// How the positions of one dimension are grouped.
struct Groups {
    /// The dimension whose positions are grouped.
    dim: String,
    /// What the groups are called: the dimension that takes its place.
    name: String,
    /// One label per group, ascending (bins: in their order): the coordinate along the dimension of their name.
    labels: Coord,
    /// The group of each position; `None` where the label is missing or in no bin.
    codes: Vec<Option<usize>>,
    /// The positions of each group, ascending.
    positions: Vec<Vec<usize>>,
}

impl Groups {
    /// `labels` are those of the groups, `codes` says which of them each position has.
    fn new(dim: &str, name: &str, labels: Values, codes: Vec<Option<usize>>) -> Result<Self> {
        let mut positions = vec![Vec::new(); labels.len()];
        for (at, code) in codes.iter().enumerate() {
            if let Some(code) = code {
                positions[*code].push(at);
            }
        }
        if positions.iter().all(Vec::is_empty) {
            let message = format!(
                "no position of {dim:?} (length {}) is in any group of {name:?}: every label is missing or outside the bins",
                codes.len()
            );
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let labels = Coord::named(name, [name.to_owned()], labels, Attrs::default());
        Ok(Self { dim: dim.to_owned(), name: name.to_owned(), labels, codes, positions })
    }

    /// Equal labels are one group, missing ones none; the groups are in ascending order.
    fn of_labels(key: &Key) -> Result<Self> {
        let Key { dim, name, labels: coord } = key;
        let labels = coord.label_index();
        let mut codes = vec![None; labels.len()];
        let mut firsts: Vec<usize> = Vec::new();
        for &at in labels.sorted().iter().filter(|&&at| !labels.is_missing(at)) {
            if firsts.last().is_none_or(|&first| labels.compare_two(first, at).is_ne()) {
                firsts.push(at);
            }
            codes[at] = Some(firsts.len() - 1);
        }
        Ok(Self::new(dim, name, coord.values().index(&[super::select::list(&firsts)])?, codes)?
            .with_attrs(coord.attrs()))
    }

    /// What is said of the coordinate that the labels come from is said of theirs.
    fn with_attrs(self, attrs: &Attrs) -> Self {
        Self { labels: self.labels.with_attrs(attrs.clone()), ..self }
    }
}

impl DataArray {
    /// The array in groups of equal labels: of a coordinate (`"region"`), or of a field of its dates
    /// (`"time.month"`, `"time.season"`, `"time.year"`, `"time.dayofyear"`, `"time.hour"`, …).
    ///
    /// The coordinate lies along one dimension. Groups are in the order of their labels; positions whose label is missing
    /// are in no group.
    ///
    /// # Errors
    /// When there is no such coordinate or field, the coordinate has several dimensions or none, or all labels
    /// are missing.
    pub fn groupby(&self, key: &str) -> Result<GroupBy> {
        let key = key::find(self, key).map_err(|error| error.context("groupby"))?;
        self.grouped(Groups::of_labels(&key))
    }

    /// The array in groups of equal values of `labels`, an array along one of its dimensions.
    ///
    /// # Errors
    /// When `labels` has not exactly one dimension, the array lacks it or is of another length there, or all
    /// labels are missing.
    pub fn groupby_by(&self, labels: &DataArray) -> Result<GroupBy> {
        let key = key::of_array(self, labels).map_err(|error| error.context("groupby"))?;
        self.grouped(Groups::of_labels(&key))
    }

    /// The array in groups of the bins into which the numbers of a coordinate (or a field of dates) fall.
    ///
    /// A bin reaches from one edge to the next, its upper edge included: `[0.0, 10.0, 20.0]` makes `(0, 10]` and
    /// `(10, 20]`. [`Bins`] changes that. The new dimension is called after the coordinate, with `_bins` appended, and its
    /// labels are texts.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let rain = DataArray::new(vec![1.0, 2.0, 6.0, 9.0], "height")?.coord("height", [100, 300, 800, 2500])?;
    /// let zones = rain.groupby_bins("height", [0, 500, 1000, 3000])?.mean()?;
    /// assert_eq!(zones["height_bins"].values()?.to_texts(), ["(0, 500]", "(500, 1000]", "(1000, 3000]"]);
    /// assert_eq!(zones.to_vec::<f64>()?, [1.5, 6.0, 9.0]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`groupby`](Self::groupby); and when the edges do not ascend, or nothing falls between them.
    pub fn groupby_bins(&self, key: &str, bins: impl Into<Bins>) -> Result<GroupBy> {
        self.binned(key, &bins.into())
    }

    fn binned(&self, key: &str, bins: &Bins) -> Result<GroupBy> {
        let key = key::find(self, key).map_err(|error| error.context("groupby_bins"))?;
        self.grouped(bins.groups(&key).map_err(|error| error.context("groupby_bins")))
    }

    fn grouped(&self, groups: Result<Groups>) -> Result<GroupBy> {
        Ok(GroupBy { array: self.clone(), groups: Arc::new(groups?) })
    }
}

impl GroupBy {
    /// How many groups there are, empty bins included.
    pub fn len(&self) -> usize {
        self.groups.positions.len()
    }

    /// Whether there is no group; there always is one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The label of each group with its positions along the grouped dimension.
    pub fn groups(&self) -> Vec<(LabelValue, Vec<usize>)> {
        (0..self.len()).map(|group| (self.label(group), self.groups.positions[group].clone())).collect()
    }

    /// Each group that is not empty, with its label, in the order of the labels.
    ///
    /// ```
    /// use isopleth::{array::DataArray, time::date_range};
    /// let temp = DataArray::new((0..60).map(f64::from).collect::<Vec<_>>(), "time")?
    ///     .coord("time", date_range("2016-01-01", 60)?)?;
    /// let mut lengths = Vec::new();
    /// for group in temp.groupby("time.month")?.iter() {
    ///     let (month, days) = group?;
    ///     lengths.push((month.to_string(), days.shape()[0]));
    /// }
    /// assert_eq!(lengths, [("1".to_owned(), 31), ("2".to_owned(), 29)]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// An item is an error where its group cannot be taken: the memory does not suffice, or the cell was stopped.
    pub fn iter(&self) -> impl Iterator<Item = Result<(LabelValue, DataArray)>> + '_ {
        let some = (0..self.len()).filter(|&group| !self.groups.positions[group].is_empty());
        some.map(|group| Ok((self.label(group), self.group(group)?)))
    }

    /// `f` of each group, put together again: along the grouped dimension and in the array's own order where the results
    /// still have it, else along the dimension of the groups.
    ///
    /// # Errors
    /// When `f` fails, or its results do not fit together.
    pub fn map(&self, f: impl Fn(DataArray) -> Result<DataArray>) -> Result<DataArray> {
        self.mapped(&f).map_err(|error| error.context("groupby"))
    }

    fn mapped(&self, f: &dyn Fn(DataArray) -> Result<DataArray>) -> Result<DataArray> {
        let Groups { dim, name, positions, .. } = &*self.groups;
        let filled: Vec<usize> = (0..self.len()).filter(|&group| !positions[group].is_empty()).collect();
        let results: Vec<DataArray> = filled.iter().map(|&group| f(self.group(group)?)).collect::<Result<_>>()?;
        let keep = |result: &DataArray| result.axis_of(dim).is_some();
        if name == dim || !results.iter().all(keep) {
            let labels = super::select::list(&filled);
            let labels = self.groups.labels.index(&[labels], vec![name.clone()])?;
            let results: Vec<DataArray> = results
                .iter()
                .map(
                    |result| {
                        if result.coords().get(name).is_some() { result.drop_vars(name) } else { Ok(result.clone()) }
                    },
                )
                .collect::<Result<_>>()?;
            return super::concat::concat(&results, name)?.coord(name, &labels);
        }
        self.in_order(&results, &filled)
    }

    /// `f` of each group, whose results keep their positions, in the array's own order.
    fn joined(&self, f: &dyn Fn(DataArray) -> Result<DataArray>) -> Result<DataArray> {
        let filled: Vec<usize> = (0..self.len()).filter(|&group| !self.groups.positions[group].is_empty()).collect();
        let results: Vec<DataArray> = filled.iter().map(|&group| f(self.group(group)?)).collect::<Result<_>>()?;
        self.in_order(&results, &filled)
    }

    /// The results of the groups `filled`, put together in the array's own order.
    fn in_order(&self, results: &[DataArray], filled: &[usize]) -> Result<DataArray> {
        let Groups { dim, positions, .. } = &*self.groups;
        let joined = super::concat::concat(results, dim)?;
        let order: Vec<usize> = filled.iter().flat_map(|&group| positions[group].iter().copied()).collect();
        let axis = joined.axis(dim)?;
        if joined.shape()[axis] != order.len() {
            return Ok(joined);
        }
        let mut places: Vec<usize> = (0..order.len()).collect();
        places.sort_by_key(|&place| order[place]);
        // Where the array has the dimension, not where the last concatenation put it.
        joined.take(axis, &places)?.transpose(order_of(&joined, &self.array))
    }

    fn group(&self, group: usize) -> Result<DataArray> {
        self.array.take(self.array.axis(&self.groups.dim)?, &self.groups.positions[group])
    }

    fn label(&self, group: usize) -> LabelValue {
        match &**self.groups.labels.label_index() {
            Labels::Int(labels) => LabelValue::Int(labels[group]),
            Labels::Large(labels) => LabelValue::Large(labels[group]),
            Labels::Float(labels) => LabelValue::Float(labels[group]),
            Labels::Even(range) => LabelValue::Float(range.at(group)),
            Labels::Time(DateKind::Nanoseconds, labels) => LabelValue::Time(DateTime::from_nanoseconds(labels[group])),
            Labels::Time(DateKind::Cf(calendar), labels) => {
                LabelValue::CfTime(CfTime::from_microseconds(*calendar, labels[group]))
            }
            Labels::Text(labels) => LabelValue::Text(labels[group].as_str().unwrap_or_default().to_owned()),
        }
    }
}

/// The dimensions of `array` in the order that `like` has them, others first.
fn order_of(array: &DataArray, like: &DataArray) -> Vec<String> {
    let (known, mut order): (Vec<String>, Vec<String>) =
        array.dims().iter().cloned().partition(|dim| like.axis_of(dim).is_some());
    order.extend(like.dims().iter().filter(|dim| known.contains(dim)).cloned());
    order
}

/// `GroupBy of "temp" along "time": 12 groups "month" with labels 1, 2, 3, …, 12`.
impl fmt::Debug for GroupBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.groups.labels.label_index();
        let text = |range: std::ops::Range<usize>| range.map(|at| labels.text(at)).collect::<Vec<_>>().join(", ");
        let labels = match labels.len() {
            many @ 9.. => format!("{}, …, {}", text(0..4), text(many - 2..many)),
            few => text(0..few),
        };
        f.write_str("<GroupBy")?;
        if let Some(name) = self.array.get_name() {
            write!(f, " of {name:?}")?;
        }
        let count = if self.len() == 1 { "1 group".to_owned() } else { format!("{} groups", self.len()) };
        write!(f, " along {:?}: {count} {:?} with labels {labels}>", self.groups.dim, self.groups.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_cannot_be_taken_is_an_error_and_is_not_left_out() {
        let array = DataArray::new(vec![1.0, 2.0], "x").unwrap();
        let labels = Values::from(vec![7i64, 8]);
        let mut groups = Groups::new("x", "zone", labels, vec![Some(0), Some(1)]).unwrap();
        // What reading does when a file is gone, or Stop.
        groups.positions[1] = vec![99];
        let groups = GroupBy { array, groups: Arc::new(groups) };
        let found: Vec<Result<LabelValue>> = groups.iter().map(|group| group.map(|(label, _)| label)).collect();
        assert!(matches!(found[..], [Ok(LabelValue::Int(7)), Err(_)]), "{found:?}");
    }
}
