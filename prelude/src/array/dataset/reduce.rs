//! Reductions of every array that has the dimensions.

use super::Dataset;
use crate::array::data_array::DataArray;
use crate::array::names::Dims;
use crate::array::quantile::Shares;
use crate::lazy::{ReduceOp, ReduceOptions};
use crate::{Error, ErrorKind, Result};

impl Dataset {
    /// `op` of each array over `dims` with the given options. Arrays without any of the dimensions stay.
    ///
    /// What has no meaning for dates and text (`mean`, `sum`, …) leaves arrays of these out.
    ///
    /// # Errors
    /// When no array has such a dimension, or no array is left.
    pub fn reduce(&self, op: ReduceOp, dims: impl Into<Dims>, options: ReduceOptions) -> Result<Self> {
        self.reduce_dims(op, &dims.into(), options)
    }

    fn reduce_dims(&self, op: ReduceOp, dims: &Dims, options: ReduceOptions) -> Result<Self> {
        let numeric = !matches!(
            op,
            ReduceOp::Min
                | ReduceOp::Max
                | ReduceOp::Count
                | ReduceOp::First
                | ReduceOp::Last
                | ReduceOp::ArgMin
                | ReduceOp::ArgMax
        );
        self.over(op.name(), dims, numeric, &|array, own| array.reduce_dims(op, own, options))
    }

    /// `f` of each array with those of `dims` that it has.
    pub(super) fn over(
        &self,
        what: &str,
        dims: &Dims,
        numeric: bool,
        f: &dyn Fn(&DataArray, &Dims) -> Result<DataArray>,
    ) -> Result<Self> {
        if let Dims::Names(names) = dims {
            names.iter().try_for_each(|dim| self.check(dim)).map_err(|error| error.context(what))?;
        }
        let fits = |array: &&DataArray| !numeric || array.dtype().is_number();
        let mut kept = self.clone();
        if numeric {
            kept.arrays = self.arrays.iter().filter(fits).cloned().collect();
            if kept.arrays.is_empty() && !self.arrays.is_empty() {
                let message = format!("{what}: no array of the dataset holds numbers");
                return Err(Error::new(ErrorKind::Mismatch, message));
            }
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
        let shares = shares.into();
        self.over("quantile", &dims.into(), true, &|array, own| array.quantile(shares.clone(), own.clone()))
    }
}

macro_rules! reductions {
    ($($method:ident $op:ident $what:literal;)*) => {
        impl Dataset {$(
            #[doc = concat!($what, " of each array over `dims`; see [`DataArray::", stringify!($method), "`]. Arrays without the dimensions stay.")]
            ///
            /// # Errors
            /// When no array has such a dimension.
            pub fn $method(&self, dims: impl Into<Dims>) -> Result<Self> {
                self.reduce_dims(ReduceOp::$op, &dims.into(), ReduceOptions::default())
            }
        )*}
    };
}

reductions! {
    mean Mean "The mean";
    sum Sum "The sum";
    min Min "The smallest value";
    max Max "The largest value";
    std Std "The standard deviation";
    var Var "The variance";
    median Median "The median";
    count Count "The number of values";
    prod Prod "The product";
    any Any "Whether any element is true,";
    all All "Whether all elements are true,";
    argmin ArgMin "The position of the first smallest value";
    argmax ArgMax "The position of the first largest value";
}

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
    first() "The first value that is not missing";
    last() "The last value that is not missing";
    idxmin() "The label of the smallest value";
    idxmax() "The label of the largest value";
    cumsum() "The running sum";
    cumprod() "The running product";
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
