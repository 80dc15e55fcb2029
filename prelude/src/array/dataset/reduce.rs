//! Reductions of every array that has the dimensions.

use super::Dataset;
use crate::array::data_array::DataArray;
use crate::array::names::Dims;
use crate::array::quantile::Shares;
use crate::array::reductions::reductions;
use crate::lazy::{ReduceOp, ReduceOptions};
use crate::values::DType;
use crate::{Error, ErrorKind, Result};

impl Dataset {
    /// `op` of each array over `dims` with the given options. Arrays without any of the dimensions stay.
    ///
    /// What has no meaning for text, or for dates (`sum`, `std`, …; means of dates do), leaves arrays of these out.
    ///
    /// # Errors
    /// When no array has such a dimension, or no array is left.
    pub fn reduce(&self, op: ReduceOp, dims: impl Into<Dims>, options: ReduceOptions) -> Result<Self> {
        self.reduce_dims(op, &dims.into(), options)
    }

    fn reduce_dims(&self, op: ReduceOp, dims: &Dims, options: ReduceOptions) -> Result<Self> {
        self.over(op.name(), dims, &|dtype| has_meaning(op, dtype), &|array, own| array.reduce_dims(op, own, options))
    }

    /// `f` of each array with those of `dims` that it has.
    pub(super) fn over(
        &self,
        what: &str,
        dims: &Dims,
        fits: &dyn Fn(DType) -> bool,
        f: &dyn Fn(&DataArray, &Dims) -> Result<DataArray>,
    ) -> Result<Self> {
        if let Dims::Names(names) = dims {
            names.iter().try_for_each(|dim| self.check(dim)).map_err(|error| error.context(what))?;
        }
        let reduced = |array: &DataArray| match dims {
            Dims::Names(names) => names.iter().any(|dim| array.axis_of(dim).is_some()),
            _ => true,
        };
        let mut kept = self.clone();
        kept.arrays = self.arrays.iter().filter(|array| !reduced(array) || fits(array.dtype())).cloned().collect();
        if kept.arrays.is_empty() && !self.arrays.is_empty() {
            return Err(nothing_left(what, self));
        }
        kept.each(&|array| {
            let Dims::Names(names) = dims else { return f(array, dims) };
            let own: Vec<&String> = names.iter().filter(|dim| array.axis_of(dim).is_some()).collect();
            if own.is_empty() { Ok(array.clone()) } else { f(array, &own.into()) }
        })
    }

    /// The value below which a share of the values of each array lie; see [`DataArray::quantile`].
    ///
    /// # Errors
    /// When no array has such a dimension, or a share is not between 0 and 1.
    pub fn quantile(&self, shares: impl Into<Shares>, dims: impl Into<Dims>) -> Result<Self> {
        self.quantile_with(shares, dims, ReduceOptions::default())
    }

    /// [`quantile`](Self::quantile) with options.
    ///
    /// # Errors
    /// As for [`quantile`](Self::quantile).
    pub fn quantile_with(
        &self,
        shares: impl Into<Shares>,
        dims: impl Into<Dims>,
        options: ReduceOptions,
    ) -> Result<Self> {
        let shares = shares.into();
        self.over("quantile", &dims.into(), &DType::is_number, &|array, own| {
            array.quantile_with(shares.clone(), own.clone(), options)
        })
    }

    /// The running sum of each array along those of `dims` that it has; see [`DataArray::cumsum`].
    ///
    /// # Errors
    /// When no array has such a dimension.
    pub fn cumsum(&self, dims: impl Into<Dims>) -> Result<Self> {
        self.over("cumsum", &dims.into(), &DType::is_number, &|array, own| array.cumsum(own.clone()))
    }

    /// The running product of each array along those of `dims` that it has; see [`DataArray::cumprod`].
    ///
    /// # Errors
    /// When no array has such a dimension.
    pub fn cumprod(&self, dims: impl Into<Dims>) -> Result<Self> {
        self.over("cumprod", &dims.into(), &DType::is_number, &|array, own| array.cumprod(own.clone()))
    }
}

/// Whether a reduction of a dataset takes arrays of this type; it leaves out all others.
pub(super) fn has_meaning(op: ReduceOp, dtype: DType) -> bool {
    match op {
        ReduceOp::Min
        | ReduceOp::Max
        | ReduceOp::Count
        | ReduceOp::First
        | ReduceOp::Last
        | ReduceOp::ArgMin
        | ReduceOp::ArgMax => true,
        ReduceOp::Mean => dtype.is_number() || dtype.is_date(),
        _ => dtype.is_number(),
    }
}

/// Why a reduction leaves no array.
pub(super) fn nothing_left(what: &str, ds: &Dataset) -> Error {
    let own: Vec<String> = ds
        .arrays
        .iter()
        .map(|array| format!("{} holds {}", array.get_name().unwrap_or_default(), array.dtype()))
        .collect();
    let message = format!("{what}: no array of the dataset holds numbers ({})", own.join(", "));
    Error::new(ErrorKind::Mismatch, message)
}

reductions! { numbers over_dims {Dataset, "Dataset::new([&da])?", "[\"rain\"]", "Arrays without any of `dims` stay; `()` is all dimensions."} }
reductions! { truths over_dims {Dataset, "Dataset::new([&da])?", "[\"rain\"]", "Arrays without any of `dims` stay; `()` is all dimensions."} }
reductions! { ends over_dims {Dataset, "Dataset::new([&da])?", "[\"rain\"]", "Along one dimension; arrays without it stay."} }
reductions! { places over_dims {Dataset, "Dataset::new([&da])?", "[\"rain\"]", "Along one dimension; arrays without it stay."} }

/// Methods of arrays along one dimension, for every array that has it.
macro_rules! along {
    ($($method:ident($($arg:ident: $type:ty),*) $what:literal;)*) => {
        impl Dataset {$(
            #[doc = concat!($what, ", of each array that has `dim`; see [`DataArray::", stringify!($method), "`].")]
            ///
            /// # Errors
            #[doc = concat!("When no array has the dimension, and as for [`DataArray::", stringify!($method), "`].")]
            pub fn $method(&self, dim: &str $(, $arg: $type)*) -> Result<Self> {
                self.along(dim, &|array| array.$method(dim $(, $arg)*))
            }
        )*}
    };
}

along! {
    idxmin() "The label of the smallest value";
    idxmax() "The label of the largest value";
    diff(n: usize) "The differences of neighbours, `n` times over";
    shift(n: i64) "The values moved by `n` positions";
    roll(n: i64) "Values and labels turned by `n` positions";
    ffill() "Gaps filled with the last value before";
    bfill() "Gaps filled with the next value after";
    interpolate_na() "Gaps filled on the line between their neighbours";
    head(n: usize) "The first `n` positions";
    tail(n: usize) "The last `n` positions";
    thin(step: usize) "Every `step`-th position";
    sort_by() "Labels in ascending order";
    squeeze_dim() "Without a dimension of length 1";
}

#[cfg(test)]
mod tests {
    use crate::array::{DType, DataArray, Dataset, Values, merge};
    use crate::lazy::{ReduceOp, ReduceOptions};
    use crate::time::{Calendar, date_range_in};
    use crate::values::Text;

    /// Ten days from the beginning of a month, their bounds, and a text for each.
    fn ds(calendar: Calendar) -> Dataset {
        let days = date_range_in(calendar, "2000-01-28", 10, crate::time::Step::Days(1)).unwrap();
        let labels = crate::array::Coord::from(days);
        let (kind, dates) = labels.values().dates().unwrap();
        let edges = dates.iter().flat_map(|&date| [date, date + kind.day()]).collect();
        let bounds = Values::from_shape_vec::<i64>(&[10, 2], edges).unwrap().into_dates(labels.dtype());
        let words = Values::from_shape_vec(&[10], vec![Text::new("a"); 10]).unwrap();
        let array = |name: &str, values: Values, dims: &[&str]| {
            let dims: Vec<String> = dims.iter().map(|dim| (*dim).to_owned()).collect();
            DataArray::new(values, dims).unwrap().name(name).coord("time", labels.clone()).unwrap()
        };
        let numbers = Values::from((0..10).map(f64::from).collect::<Vec<f64>>());
        merge([
            array("tas", numbers, &["time"]),
            array("time_bnds", bounds, &["time", "bnds"]),
            array("word", words, &["time"]),
        ])
        .unwrap()
    }

    fn texts(ds: &Dataset) -> Vec<String> {
        ds["time_bnds"].to_texts().unwrap()
    }

    fn names(ds: &Dataset) -> Vec<&str> {
        ds.names().collect()
    }

    // ds.mean("time").time_bnds, ds.groupby("time.month").mean().time_bnds, ds.resample(time="5D").mean(), ds.coarsen(time=5).mean()
    #[test]
    fn dates_have_means_in_all_forms_and_calendars() {
        for calendar in [Calendar::Standard, Calendar::NoLeap, Calendar::Day360] {
            let ds = ds(calendar);
            let mean = ds.mean("time").unwrap();
            assert_eq!(names(&mean), ["tas", "time_bnds"], "text has no mean");
            let (first, second) = match calendar {
                // February begins after 30 days there.
                Calendar::Day360 => ("2000-02-02T12:00:00", "2000-02-03T12:00:00"),
                _ => ("2000-02-01T12:00:00", "2000-02-02T12:00:00"),
            };
            assert_eq!(texts(&mean), [first, second], "{calendar:?}");
            assert_eq!(mean["time_bnds"].dtype(), ds["time_bnds"].dtype());
            assert_eq!(texts(&ds.coarsen([("time", 10)]).unwrap().mean().unwrap()), [first, second]);
            let resampled = ds.resample("time", "5D").unwrap().mean().unwrap();
            assert_eq!(
                texts(&resampled)[..2],
                ["2000-01-30", if calendar == Calendar::Day360 { "2000-02-01" } else { "2000-01-31" }]
            );
            let months = ds.groupby("time.month").unwrap().mean().unwrap();
            assert_eq!(months["time_bnds"].shape(), [2, 2]);
            let lazy = ds["time_bnds"].chunk([("time", 3)]).unwrap();
            assert_eq!(lazy.mean("time").unwrap().to_texts().unwrap(), [first, second]);
        }
    }

    // xr.DataArray(dates).mean(skipna=…): NaT is skipped, or the answer
    #[test]
    fn a_missing_date_is_skipped_by_means_and_what_is_left_of_a_step_is_cut_off() {
        let array = |dates: Vec<i64>| DataArray::new(Values::from_nanoseconds(dates), "x").unwrap();
        let mean = |dates: Vec<i64>| array(dates).mean("x").unwrap().to_vec::<i64>().unwrap()[0];
        assert_eq!(mean(vec![i64::MAX, i64::MAX - 1, i64::MIN]), i64::MAX - 1);
        assert_eq!((mean(vec![-2, -1]), mean(vec![i64::MIN])), (-2, i64::MIN));
        let kept = array(vec![1, i64::MIN]).reduce(ReduceOp::Mean, "x", ReduceOptions::new().skip_missing(false));
        assert_eq!(kept.unwrap().to_vec::<i64>().unwrap(), [i64::MIN]);
    }

    #[test]
    fn what_has_no_meaning_for_dates_leaves_them_out_of_every_form() {
        let ds = ds(Calendar::NoLeap);
        let forms = [
            ds.sum("time"),
            ds.quantile(0.5, "time"),
            ds.groupby("time.month").unwrap().sum(),
            ds.groupby("time.month").unwrap().quantile(0.5),
            ds.resample("time", "5D").unwrap().std(),
            ds.rolling("time", 5).unwrap().mean(),
            ds.coarsen([("time", 5)]).unwrap().sum(),
            ds.weighted(&ds["tas"]).unwrap().mean("time"),
        ];
        for form in forms {
            assert_eq!(names(&form.unwrap()), ["tas"]);
        }
        // What lacks the dimension stays, whatever it is.
        assert_eq!(names(&ds.sum("bnds").unwrap()), ["tas", "word"]);
        assert_eq!(names(&ds.groupby("time.month").unwrap().max().unwrap()), ["tas", "time_bnds", "word"]);
        let dates = ds.drop("tas").unwrap();
        let error = dates.groupby("time.month").unwrap().sum().unwrap_err().to_string();
        assert!(error.contains("time_bnds") && error.contains("word"), "{error}");
        let error = ds.map_arrays(|array| array.sum("time")).unwrap_err().to_string();
        assert!(error.contains("time_bnds"), "{error}");
        assert_eq!(ds["time_bnds"].mean("time").unwrap().dtype(), DType::CfTime(Calendar::NoLeap));
    }
}
