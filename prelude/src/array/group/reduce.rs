//! Reductions of groups: each a reduction of the positions of its group, side by side along the groups' dimension.

use super::{GroupBy, Resample};
use crate::Result;
use crate::array::align::reindex;
use crate::array::coord::Coord;
use crate::array::coords::Coords;
use crate::array::data_array::DataArray;
use crate::array::names::Dims;
use crate::array::operation::Operation;
use crate::array::quantile::Shares;
use crate::array::reductions::reductions;
use crate::array::select::list;
use crate::lazy::{AxisIndex, Plan, ReduceOp, ReduceOptions};
use crate::{Error, ErrorKind};
use std::collections::BTreeMap;

/// From so many groups on, those in memory are reduced together.
const MANY: usize = 16;

impl GroupBy {
    /// `op` of each group over `dims`, which include the grouped dimension; the methods named after the operations
    /// reduce over that one alone.
    ///
    /// The dimension of the groups takes the place of the grouped one. Groups without any position, such as
    /// empty bins, are missing.
    ///
    /// # Errors
    /// When there is no such dimension, the grouped one is not among them, or the operation has no meaning for the
    /// element type.
    pub fn reduce(&self, op: ReduceOp, dims: impl Into<Dims>, options: ReduceOptions) -> Result<DataArray> {
        self.reduce_dims(op, &dims.into(), options)
    }

    pub(super) fn reduce_dims(&self, op: ReduceOp, dims: &Dims, options: ReduceOptions) -> Result<DataArray> {
        let each = |part: Plan, axes: &[usize]| part.reduce(op, axes, options);
        self.reduced(&each, dims, &[]).map_err(|error| error.context(format!("groupby {}", op.name())))
    }

    /// The value of each group below which a share of its values lie; several shares make a last dimension `quantile`.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![1.0, 2.0, 3.0, 9.0], "x")?.coord("zone", isopleth::array::Coord::along(["x"], [1, 1, 1, 2]))?;
    /// assert_eq!(da.groupby("zone")?.quantile(0.5)?.to_vec::<f64>()?, [2.0, 9.0]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a share is not between 0 and 1, or the array holds dates or text.
    pub fn quantile(&self, shares: impl Into<Shares>) -> Result<DataArray> {
        self.quantile_with(shares, ReduceOptions::default())
    }

    /// [`quantile`](Self::quantile) with options: `ReduceOptions::new().skipna(false)` lets missing values through.
    ///
    /// # Errors
    /// As for [`quantile`](Self::quantile).
    pub fn quantile_with(&self, shares: impl Into<Shares>, options: ReduceOptions) -> Result<DataArray> {
        self.quantiles(&shares.into(), options).map_err(|error| error.context("groupby quantile"))
    }

    fn quantiles(&self, shares: &Shares, options: ReduceOptions) -> Result<DataArray> {
        let each = |part: Plan, axes: &[usize]| part.quantile(shares.values(), axes, options);
        let dims = Dims::Names(vec![self.groups.dim.clone()]);
        let result = self.reduced(&each, &dims, &["quantile"])?;
        let result = result.coord("quantile", shares.values())?;
        if shares.is_single() { result.squeeze_dim("quantile") } else { Ok(result) }
    }

    /// Each group by itself: of a lazy array it reads no file but its own.
    fn one_by_one(
        &self,
        filled: &[usize],
        axis: usize,
        place: usize,
        each: &dyn Fn(Plan) -> Result<Plan>,
    ) -> Result<Plan> {
        let mut index: Vec<AxisIndex> = self.array.shape().iter().map(|&len| AxisIndex::all(len)).collect();
        let mut parts = Vec::with_capacity(filled.len());
        for &group in filled {
            crate::cancel::check()?;
            index[axis] = list(&self.groups.positions[group]);
            parts.push(each(self.array.plan().index(&index)?)?.insert_axis(place));
        }
        Plan::concat(parts, place)
    }

    /// Many groups in memory: those of one size side by side in one reduction, since each reduction has its price.
    fn by_size(
        &self,
        filled: &[usize],
        axis: usize,
        place: usize,
        axes: &[usize],
        each: &dyn Fn(Plan, &[usize]) -> Result<Plan>,
    ) -> Result<Plan> {
        let positions = &self.groups.positions;
        let mut sizes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, &group) in filled.iter().enumerate() {
            sizes.entry(positions[group].len()).or_default().push(at);
        }
        // The members of a group get an axis of their own, right after that of the groups.
        let members: Vec<usize> = axes.iter().map(|&other| if other < axis { other } else { other + 1 }).collect();
        let mut index: Vec<AxisIndex> = self.array.shape().iter().map(|&len| AxisIndex::all(len)).collect();
        let mut parts = Vec::with_capacity(sizes.len());
        for (&size, groups) in &sizes {
            crate::cancel::check()?;
            let all: Vec<usize> = groups.iter().flat_map(|&at| positions[filled[at]].iter().copied()).collect();
            index[axis] = list(&all);
            parts.push(each(self.array.plan().index(&index)?.split_axis(axis, size)?, &members)?);
        }
        let joined = Plan::concat(parts, place)?;
        let mut order = vec![0; filled.len()];
        sizes.values().flatten().enumerate().for_each(|(from, &at)| order[at] = from);
        let mut index: Vec<AxisIndex> = joined.shape().iter().map(|&len| AxisIndex::all(len)).collect();
        index[place] = list(&order);
        joined.index(&index)
    }

    /// `each` of every group's part of the values, over the given axes; it may add axes at the end, called `added`.
    fn reduced(&self, each: &dyn Fn(Plan, &[usize]) -> Result<Plan>, dims: &Dims, added: &[&str]) -> Result<DataArray> {
        let (array, groups) = (&self.array, &*self.groups);
        let axes = array.axes_of(dims)?;
        let axis = array.axis(&groups.dim)?;
        if !axes.contains(&axis) {
            let message = format!("the groups lie along {:?}, which must be among the dimensions reduced", groups.dim);
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        // The dimension of the groups stands where the grouped one stood among those that are kept.
        let place = (0..axis).filter(|before| !axes.contains(before)).count();
        let filled: Vec<usize> =
            (0..groups.positions.len()).filter(|&group| !groups.positions[group].is_empty()).collect();
        let plan = match array.is_lazy() || filled.len() < MANY {
            true => self.one_by_one(&filled, axis, place, &|part| each(part, &axes))?,
            false => self.by_size(&filled, axis, place, &axes, each)?,
        };
        let gone = |dim: &String| array.axis_of(dim).is_some_and(|axis| axes.contains(&axis));
        let mut kept: Vec<String> = array.dims().iter().filter(|dim| !gone(dim)).cloned().collect();
        kept.insert(place, groups.name.clone());
        kept.extend(added.iter().map(|&dim| dim.to_owned()));
        let stays = |coord: &&Coord| {
            !coord.dims().iter().any(gone) && coord.name() != groups.name && !added.contains(&coord.name())
        };
        let mut coords: Vec<Coord> = array.coords().iter().filter(stays).cloned().collect();
        let labels = &groups.labels;
        let all = filled.len() == groups.positions.len();
        let index = if all { labels.clone() } else { labels.index(&[list(&filled)], labels.dims().to_vec())? };
        coords.push(index.clone());
        let coords = Coords::new(coords, &kept);
        let result = array.with_parts(Operation::Reduce, kept, plan, coords.to_vec());
        if all {
            return Ok(result);
        }
        reindex(&result, place, index, labels.label_index(), labels)
    }
}

reductions! { numbers of_parts {GroupBy, DataArray, "da.coord(\"zone\", Coord::along([\"x\"], [7, 7, 7]))?.groupby(\"zone\")?", "", "Of each group, along the grouped dimension; groups without any position are missing, and positions count within a group."} }
reductions! { truths of_parts {GroupBy, DataArray, "da.coord(\"zone\", Coord::along([\"x\"], [7, 7, 7]))?.groupby(\"zone\")?", "", "Of each group, along the grouped dimension; groups without any position are missing, and positions count within a group."} }
reductions! { ends of_parts {GroupBy, DataArray, "da.coord(\"zone\", Coord::along([\"x\"], [7, 7, 7]))?.groupby(\"zone\")?", "", "Of each group, along the grouped dimension; groups without any position are missing, and positions count within a group."} }
reductions! { places of_parts {GroupBy, DataArray, "da.coord(\"zone\", Coord::along([\"x\"], [7, 7, 7]))?.groupby(\"zone\")?", "", "Of each group, along the grouped dimension; groups without any position are missing, and positions count within a group."} }
reductions! { numbers of_parts {Resample, DataArray, "da.rename(\"x\", \"time\")?.coord(\"time\", isopleth::time::date_range(\"2016-01-01\", 3)?)?.resample(\"time\", \"MS\")?", "", "Of each bin of time; bins without any date are missing, and positions count within a bin."} }
reductions! { truths of_parts {Resample, DataArray, "da.rename(\"x\", \"time\")?.coord(\"time\", isopleth::time::date_range(\"2016-01-01\", 3)?)?.resample(\"time\", \"MS\")?", "", "Of each bin of time; bins without any date are missing, and positions count within a bin."} }
reductions! { ends of_parts {Resample, DataArray, "da.rename(\"x\", \"time\")?.coord(\"time\", isopleth::time::date_range(\"2016-01-01\", 3)?)?.resample(\"time\", \"MS\")?", "", "Of each bin of time; bins without any date are missing, and positions count within a bin."} }
reductions! { places of_parts {Resample, DataArray, "da.rename(\"x\", \"time\")?.coord(\"time\", isopleth::time::date_range(\"2016-01-01\", 3)?)?.resample(\"time\", \"MS\")?", "", "Of each bin of time; bins without any date are missing, and positions count within a bin."} }

impl GroupBy {
    pub(in crate::array) fn reduce_own(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        self.reduce_dims(op, &Dims::Names(vec![self.groups.dim.clone()]), options)
    }

    /// The label along the grouped dimension of the first smallest value of each group; groups without any position are
    /// missing.
    ///
    /// ```
    /// use isopleth::array::{Coord, DataArray};
    /// let da = DataArray::new(vec![3.0, 1.0, 2.0], "x")?.coord("x", [10, 20, 30])?;
    /// let zones = da.coord("zone", Coord::along(["x"], [1, 1, 2]))?.groupby("zone")?;
    /// assert_eq!(zones.idxmin()?.to_vec::<f64>()?, [20.0, 30.0]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`DataArray::idxmin`].
    pub fn idxmin(&self) -> Result<DataArray> {
        self.of_each("idxmin", &|group, dim| group.idxmin(dim))
    }

    /// The label along the grouped dimension of the first largest value of each group; see [`idxmin`](Self::idxmin).
    ///
    /// # Errors
    /// As for [`DataArray::idxmax`].
    pub fn idxmax(&self) -> Result<DataArray> {
        self.of_each("idxmax", &|group, dim| group.idxmax(dim))
    }

    /// The sum of each element and those of its group before it, in the array's own order.
    ///
    /// ```
    /// use isopleth::array::{Coord, DataArray};
    /// let da = DataArray::new(vec![1.0, 2.0, 3.0], "x")?.coord("zone", Coord::along(["x"], [1, 2, 1]))?;
    /// assert_eq!(da.groupby("zone")?.cumsum()?.to_vec::<f64>()?, [1.0, 2.0, 4.0]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`DataArray::cumsum`].
    pub fn cumsum(&self) -> Result<DataArray> {
        self.along_each("cumsum", &|group, dim| group.cumsum(dim))
    }

    /// The product of each element and those of its group before it; see [`cumsum`](Self::cumsum).
    ///
    /// # Errors
    /// As for [`DataArray::cumprod`].
    pub fn cumprod(&self) -> Result<DataArray> {
        self.along_each("cumprod", &|group, dim| group.cumprod(dim))
    }

    /// What `f` makes of each group, its elements in the array's own order.
    fn along_each(&self, what: &str, f: &dyn Fn(&DataArray, &str) -> Result<DataArray>) -> Result<DataArray> {
        let dim = self.groups.dim.as_str();
        self.joined(&|group| f(&group, dim)).map_err(|error| error.context(format!("groupby {what}")))
    }

    /// The one value that `f` gives of each group, along the groups' dimension; missing for groups without any position.
    fn of_each(&self, what: &str, f: &dyn Fn(&DataArray, &str) -> Result<DataArray>) -> Result<DataArray> {
        let groups = &*self.groups;
        let one = |group: DataArray| f(&group, &groups.dim);
        let run = || {
            let made = self.mapped(&one)?;
            let place = made.axis(&groups.name)?;
            match made.index_of(&groups.name).cloned() {
                Some(own) if own.len() < groups.labels.len() => {
                    reindex(&made, place, own, groups.labels.label_index(), &groups.labels)
                }
                _ => Ok(made),
            }
        };
        run().map_err(|error| error.context(format!("groupby {what}")))
    }
}

impl Resample {
    pub(in crate::array) fn reduce_own(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        self.groups()?.reduce_own(op, options)
    }
}

/// Methods that bins of time have as groups have them.
macro_rules! as_groups {
    ($($method:ident $what:literal;)*) => {
        impl Resample {$(
            #[doc = concat!($what, "; see [`GroupBy::", stringify!($method), "`].")]
            ///
            /// # Errors
            #[doc = concat!("As for [`GroupBy::", stringify!($method), "`].")]
            pub fn $method(&self) -> Result<DataArray> {
                self.groups()?.$method()
            }
        )*}
    };
}

as_groups! {
    idxmin "The date of the first smallest value of each bin of time";
    idxmax "The date of the first largest value of each bin of time";
    cumsum "The sum of each element and those of its bin before it";
    cumprod "The product of each element and those of its bin before it";
}
