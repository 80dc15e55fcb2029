//! Groups, windows, runs, bins of time and weights of a dataset: those of each array that has the dimension.

use super::reduce::{has_meaning, nothing_left};
use super::{Dataset, named};
use crate::Result;
use crate::array::data_array::DataArray;
use crate::array::group::{Bins, GroupBy, Resample};
use crate::array::names::{Dims, not_found};
use crate::array::quantile::Shares;
use crate::array::reductions::reductions;
use crate::array::{Coarsen, Rolling, Weighted};
use crate::lazy::{BinaryOp, ReduceOp, ReduceOptions};
use crate::time::Edge;
use crate::values::DType;
use std::fmt;

/// What is made of each array of a dataset: its [`GroupBy`], [`Resample`], [`Rolling`], [`Coarsen`] or [`Weighted`].
///
/// Arrays without the dimension have none, and stay as they are. (xarray repeats them for each group.)
///
/// ```
/// use isopleth::{array::{DataArray, merge}, time::date_range};
/// let temp = DataArray::new(vec![1.0; 60], "time")?.coord("time", date_range("2016-01-01", 60)?)?.name("temp");
/// let ds = merge([&temp, &(&temp * 2.0).name("twice")])?;
/// assert_eq!(ds.groupby("time.month")?.sum()?["twice"].to_vec::<f64>()?, [62.0, 58.0]);
/// assert_eq!(ds.rolling("time", 30)?.mean()?["temp"].count(())?.item()?, 31.0);
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Clone)]
pub struct Each<T> {
    dataset: Dataset,
    each: Vec<Option<T>>,
}

impl Dataset {
    /// The dataset in groups of equal labels; see [`DataArray::groupby`].
    ///
    /// # Errors
    /// When there is no such coordinate or field, and as for [`DataArray::groupby`].
    pub fn groupby(&self, key: &str) -> Result<Each<GroupBy>> {
        self.split(&self.dim_of(key)?, &|array| array.groupby(key))
    }

    /// The dataset in groups of the bins that numbers fall into; see [`DataArray::groupby_bins`].
    ///
    /// # Errors
    /// As for [`DataArray::groupby_bins`].
    pub fn groupby_bins(&self, key: &str, bins: impl Into<Bins>) -> Result<Each<GroupBy>> {
        let bins = bins.into();
        self.split(&self.dim_of(key)?, &|array| array.groupby_bins(key, bins.clone()))
    }

    /// The dataset in bins of time; see [`DataArray::resample`].
    ///
    /// # Errors
    /// As for [`DataArray::resample`].
    pub fn resample(&self, dim: &str, frequency: &str) -> Result<Each<Resample>> {
        self.split(dim, &|array| array.resample(dim, frequency))
    }

    /// Windows along `dim`; see [`DataArray::rolling`].
    ///
    /// # Errors
    /// As for [`DataArray::rolling`].
    pub fn rolling(&self, dim: &str, window: usize) -> Result<Each<Rolling>> {
        self.split(dim, &|array| array.rolling(dim, window))
    }

    /// Runs of neighbours; see [`DataArray::coarsen`].
    ///
    /// # Errors
    /// As for [`DataArray::coarsen`].
    pub fn coarsen<'a>(&self, runs: impl AsRef<[(&'a str, usize)]>) -> Result<Each<Coarsen>> {
        self.runs(runs.as_ref())
    }

    fn runs(&self, runs: &[(&str, usize)]) -> Result<Each<Coarsen>> {
        runs.iter().try_for_each(|(dim, _)| self.check(dim)).map_err(|error| error.context("coarsen"))?;
        self.made(&|array| {
            let own: Vec<(&str, usize)> =
                runs.iter().filter(|(dim, _)| array.axis_of(dim).is_some()).copied().collect();
            if own.is_empty() { Ok(None) } else { array.coarsen(own).map(Some) }
        })
    }

    /// Every array with weights; see [`DataArray::weighted`].
    ///
    /// # Errors
    /// As for [`DataArray::weighted`].
    pub fn weighted(&self, weights: &DataArray) -> Result<Each<Weighted>> {
        self.made(&|array| array.weighted(weights).map(Some))
    }

    /// The dimension along which the coordinate of a key of `groupby` lies.
    fn dim_of(&self, key: &str) -> Result<String> {
        let sizes = self.sizes();
        let dim = |name: &str| match self.coords.get(name) {
            Some(coord) => coord.dims().first().cloned(),
            None => sizes.iter().find(|(dim, _)| dim == name).map(|(dim, _)| dim.clone()),
        };
        let name = key.rsplit_once('.').map_or(key, |(name, _)| name);
        dim(key)
            .or_else(|| dim(name))
            .ok_or_else(|| not_found("coordinate", name, self.coords.names()).context("groupby"))
    }

    fn split<T>(&self, dim: &str, f: &dyn Fn(&DataArray) -> Result<T>) -> Result<Each<T>> {
        self.check(dim)?;
        self.made(&|array| if array.axis_of(dim).is_some() { f(array).map(Some) } else { Ok(None) })
    }

    fn made<T>(&self, f: &dyn Fn(&DataArray) -> Result<Option<T>>) -> Result<Each<T>> {
        Ok(Each {
            dataset: self.clone(),
            each: self
                .arrays
                .iter()
                .map(|array| f(array).map_err(|error| named(error, array)))
                .collect::<Result<_>>()?,
        })
    }
}

impl<T> Each<T> {
    /// `f` of each array that has the dimension and is of a type that fits; others that have it are left out.
    fn put_together(
        &self,
        what: &str,
        fits: &dyn Fn(DType) -> bool,
        f: &dyn Fn(&DataArray, &T) -> Result<DataArray>,
    ) -> Result<Dataset> {
        let one = |(array, own): (&DataArray, &Option<T>)| match own {
            Some(own) => {
                f(array, own).map(|made| made.with_name(array.shared_name())).map_err(|error| named(error, array))
            }
            None => Ok(array.clone()),
        };
        let all = self.dataset.arrays.iter().zip(&self.each);
        let fitting: Vec<_> = all.filter(|(array, own)| own.is_none() || fits(array.dtype())).collect();
        if fitting.is_empty() && !self.dataset.arrays.is_empty() {
            return Err(nothing_left(what, &self.dataset));
        }
        let arrays: Result<Vec<DataArray>> = fitting.into_iter().map(one).collect();
        Ok(super::merged(&arrays?)?.with_attrs(self.dataset.attrs.clone()))
    }

    fn with(self, f: impl Fn(T) -> T) -> Self {
        Self { each: self.each.into_iter().map(|own| own.map(&f)).collect(), ..self }
    }
}

/// What is reduced without being told over which dimensions.
trait Parts {
    fn reduce_own(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray>;

    /// Whether the reduction has a meaning for elements of this type; arrays of other types are left out.
    fn fits(op: ReduceOp, dtype: DType) -> bool {
        has_meaning(op, dtype)
    }
}

impl Parts for GroupBy {
    fn reduce_own(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        self.reduce_own(op, options)
    }
}

impl Parts for Resample {
    fn reduce_own(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        self.reduce_own(op, options)
    }
}

impl Parts for Coarsen {
    fn reduce_own(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        self.reduce_own(op, options)
    }
}

impl Parts for Rolling {
    fn reduce_own(&self, op: ReduceOp, options: ReduceOptions) -> Result<DataArray> {
        self.reduce_own(op, options)
    }

    /// Windows have numbers alone.
    fn fits(op: ReduceOp, dtype: DType) -> bool {
        op == ReduceOp::Count || dtype.is_number()
    }
}

#[allow(private_bounds)] // nobody else has parts
impl<T: Parts> Each<T> {
    /// `op` of the parts of each array, with options. Arrays of types for which it has no meaning are left out.
    ///
    /// # Errors
    /// As for the reduction of an array's parts, and when no array is left.
    pub fn reduce(&self, op: ReduceOp, options: ReduceOptions) -> Result<Dataset> {
        self.reduce_own(op, options)
    }

    fn reduce_own(&self, op: ReduceOp, options: ReduceOptions) -> Result<Dataset> {
        self.put_together(op.name(), &|dtype| T::fits(op, dtype), &|_, own| own.reduce_own(op, options))
    }
}

reductions! { numbers of_parts {Each<GroupBy>, Dataset, "Dataset::new([&da.coord(\"zone\", Coord::along([\"x\"], [7, 7, 7]))?])?.groupby(\"zone\")?", "[\"rain\"]", "Of each group of each array that has the dimension."} }
reductions! { truths of_parts {Each<GroupBy>, Dataset, "Dataset::new([&da.coord(\"zone\", Coord::along([\"x\"], [7, 7, 7]))?])?.groupby(\"zone\")?", "[\"rain\"]", "Of each group of each array that has the dimension."} }
reductions! { ends of_parts {Each<GroupBy>, Dataset, "Dataset::new([&da.coord(\"zone\", Coord::along([\"x\"], [7, 7, 7]))?])?.groupby(\"zone\")?", "[\"rain\"]", "Of each group of each array that has the dimension."} }
reductions! { places of_parts {Each<GroupBy>, Dataset, "Dataset::new([&da.coord(\"zone\", Coord::along([\"x\"], [7, 7, 7]))?])?.groupby(\"zone\")?", "[\"rain\"]", "Of each group of each array that has the dimension."} }
reductions! { numbers of_parts {Each<Resample>, Dataset, "Dataset::new([&da.rename(\"x\", \"time\")?.coord(\"time\", isopleth::time::date_range(\"2016-01-01\", 3)?)?])?.resample(\"time\", \"MS\")?", "[\"rain\"]", "Of each bin of time of each array that has the dimension."} }
reductions! { truths of_parts {Each<Resample>, Dataset, "Dataset::new([&da.rename(\"x\", \"time\")?.coord(\"time\", isopleth::time::date_range(\"2016-01-01\", 3)?)?])?.resample(\"time\", \"MS\")?", "[\"rain\"]", "Of each bin of time of each array that has the dimension."} }
reductions! { ends of_parts {Each<Resample>, Dataset, "Dataset::new([&da.rename(\"x\", \"time\")?.coord(\"time\", isopleth::time::date_range(\"2016-01-01\", 3)?)?])?.resample(\"time\", \"MS\")?", "[\"rain\"]", "Of each bin of time of each array that has the dimension."} }
reductions! { places of_parts {Each<Resample>, Dataset, "Dataset::new([&da.rename(\"x\", \"time\")?.coord(\"time\", isopleth::time::date_range(\"2016-01-01\", 3)?)?])?.resample(\"time\", \"MS\")?", "[\"rain\"]", "Of each bin of time of each array that has the dimension."} }
reductions! { numbers of_parts {Each<Rolling>, Dataset, "Dataset::new([&da])?.rolling(\"x\", 3)?.min_periods(1)", "[\"rain\"].tail(\"x\", 1)?", "Of each window of each array that has the dimension, as a float."} }
reductions! { places of_parts {Each<Rolling>, Dataset, "Dataset::new([&da])?.rolling(\"x\", 3)?.min_periods(1)", "[\"rain\"].tail(\"x\", 1)?", "Of each window of each array that has the dimension, as a float."} }
reductions! { numbers of_parts {Each<Coarsen>, Dataset, "Dataset::new([&da])?.coarsen([(\"x\", 3)])?", "[\"rain\"]", "Of each run of each array that has the dimensions."} }
reductions! { truths of_parts {Each<Coarsen>, Dataset, "Dataset::new([&da])?.coarsen([(\"x\", 3)])?", "[\"rain\"]", "Of each run of each array that has the dimensions."} }

/// Methods of the parts of arrays, without arguments, for those of a dataset.
macro_rules! of_each {
    ($($of:ident: $($method:ident)*;)*) => {$(
        impl Each<$of> {$(
            #[doc = concat!("[`", stringify!($of), "::", stringify!($method), "`] of each array that holds numbers.")]
            ///
            /// # Errors
            #[doc = concat!("As for [`", stringify!($of), "::", stringify!($method), "`].")]
            pub fn $method(&self) -> Result<Dataset> {
                self.put_together(stringify!($method), &DType::is_number, &|_, own| own.$method())
            }
        )*}
    )*};
}

of_each! {
    GroupBy: idxmin idxmax cumsum cumprod;
    Resample: idxmin idxmax cumsum cumprod;
}

/// Quantiles of the parts of arrays, for those of a dataset.
macro_rules! quantiles {
    ($($of:ident)*) => {$(
        impl Each<$of> {
            #[doc = concat!("[`", stringify!($of), "::quantile`] of each array that holds numbers.")]
            ///
            /// # Errors
            #[doc = concat!("As for [`", stringify!($of), "::quantile`].")]
            pub fn quantile(&self, shares: impl Into<Shares>) -> Result<Dataset> {
                let shares = shares.into();
                self.put_together("quantile", &DType::is_number, &|_, own| own.quantile(shares.clone()))
            }
        }
    )*};
}

quantiles! { GroupBy Resample Rolling }

macro_rules! weighted {
    ($($method:ident)*) => {
        impl Each<Weighted> {$(
            #[doc = concat!("[`Weighted::", stringify!($method), "`] of each array, over those of `dims` that it has.")]
            ///
            /// # Errors
            /// When no array has such a dimension.
            pub fn $method(&self, dims: impl Into<Dims>) -> Result<Dataset> {
                self.over(stringify!($method), &dims.into(), &|own, dims| own.$method(dims))
            }
        )*}
    };
}

weighted! { mean sum sum_of_weights sum_of_squares std var }

impl Each<Weighted> {
    fn over(&self, what: &str, dims: &Dims, f: &dyn Fn(&Weighted, Dims) -> Result<DataArray>) -> Result<Dataset> {
        if let Dims::Names(names) = dims {
            names.iter().try_for_each(|dim| self.dataset.check(dim)).map_err(|error| error.context("weighted"))?;
        }
        self.put_together(what, &DType::is_number, &|array, own| {
            let Dims::Names(names) = dims else { return f(own, Dims::All) };
            let names: Vec<&String> = names.iter().filter(|dim| array.axis_of(dim).is_some()).collect();
            if names.is_empty() { Ok(array.clone()) } else { f(own, names.into()) }
        })
    }
}

impl Each<GroupBy> {
    /// [`GroupBy::map`] of each array.
    ///
    /// # Errors
    /// When `f` fails, or its results do not fit together.
    pub fn map(&self, f: impl Fn(DataArray) -> Result<DataArray>) -> Result<Dataset> {
        self.put_together("map", &|_| true, &|_, own| own.map(&f))
    }

    /// `op` of each element and the element of `other` that has the label of its group; see [`GroupBy::binary`]. Arrays
    /// without groups go together as they are.
    ///
    /// # Errors
    /// When `other` lacks a group, or the datasets have no array in common.
    pub fn binary(&self, op: BinaryOp, other: &Dataset) -> Result<Dataset> {
        self.dataset.paired(other, &|array, other| {
            let at = self.dataset.arrays.iter().position(|own| own.get_name() == array.get_name());
            match at.and_then(|at| self.each[at].as_ref()) {
                Some(groups) => groups.binary(op, other),
                None => array.binary(op, other),
            }
        })
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $try:ident $sign:literal;)*) => {$(
        impl Each<GroupBy> {
            #[doc = concat!("`groups ", $sign, " other`; see [`binary`](Self::binary).")]
            ///
            /// # Errors
            /// As for [`binary`](Self::binary).
            pub fn $try(&self, other: &Dataset) -> Result<Dataset> {
                self.binary(BinaryOp::$trait, other)
            }
        }

        #[doc = concat!("`groups ", $sign, " other`, where `other` has one value for each group.")]
        ///
        /// # Panics
        #[doc = concat!("When `other` does not fit; `", stringify!($try), "` returns an error instead.")]
        impl std::ops::$trait<&Dataset> for Each<GroupBy> {
            type Output = Dataset;

            #[track_caller]
            fn $method(self, other: &Dataset) -> Dataset {
                self.$try(other).unwrap_or_else(|error| {
                    panic!("{error}\n(.{}(…)? returns this as an error)", stringify!($try))
                })
            }
        }
    )*};
}

operators! {
    Add add try_add "+";
    Sub sub try_sub "-";
    Mul mul try_mul "*";
    Div div try_div "/";
}

impl Each<Resample> {
    /// Which edge belongs to a bin.
    #[must_use]
    pub fn closed(self, edge: Edge) -> Self {
        self.with(|own| own.closed(edge))
    }

    /// Which edge names a bin.
    #[must_use]
    pub fn label(self, edge: Edge) -> Self {
        self.with(|own| own.label(edge))
    }
}

impl Each<Rolling> {
    /// The windows with their elements in the middle.
    #[must_use]
    pub fn center(self) -> Self {
        self.with(Rolling::center)
    }

    /// Windows with at least so many values are not missing.
    #[must_use]
    pub fn min_periods(self, least: usize) -> Self {
        self.with(|own| own.min_periods(least))
    }
}

impl Each<Coarsen> {
    /// Leaves out what does not fill a run.
    #[must_use]
    pub fn trim(self) -> Self {
        self.with(Coarsen::trim)
    }

    /// Runs that are not full count as if missing values filled them.
    #[must_use]
    pub fn pad(self) -> Self {
        self.with(Coarsen::pad)
    }
}

impl<T: fmt::Debug> fmt::Debug for Each<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (array, own) in self.dataset.arrays.iter().zip(&self.each) {
            let name = array.get_name().unwrap_or_default();
            match own {
                Some(own) => writeln!(f, "{name}: {own:?}")?,
                None => writeln!(f, "{name}: stays")?,
            }
        }
        Ok(())
    }
}
