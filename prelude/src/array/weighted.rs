//! Weighted means and sums: cells that stand for areas of different size, samples that count differently.

use super::data_array::DataArray;
use super::names::{Dims, listed, not_found};
use super::operation::ENCODING_ATTRIBUTES;
use crate::lazy::{ReduceOp, ReduceOptions};
use crate::values::DType;
use crate::{Error, ErrorKind, Result};
use std::fmt;

/// An array with the weight of each element; made by [`DataArray::weighted`].
///
/// Missing values have no weight. Reductions take one dimension, several, or `()` for all.
///
/// ```
/// use isopleth::array::DataArray;
/// let temp = DataArray::new(ndarray::array![[10.0, 20.0], [30.0, f64::NAN]], ["lat", "lon"])?
///     .coord("lat", [0.0, 60.0])?;
/// let weights = temp["lat"].map(|lat| lat.to_radians().cos())?;
/// let mean = temp.weighted(&weights)?.mean(["lat", "lon"])?;
/// assert!((mean.item()? - 18.0).abs() < 1e-12);
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Clone)]
pub struct Weighted {
    array: DataArray,
    weights: DataArray,
}

impl DataArray {
    /// The array with weights, which are broadcast by the names of their dimensions and aligned by their labels.
    ///
    /// Missing weights are an error. Weights that are lazy are not read to find that out: there a missing weight makes
    /// every result missing that it takes part in.
    ///
    /// # Errors
    /// When a weight is missing, or the weights are dates or text.
    pub fn weighted(&self, weights: &DataArray) -> Result<Weighted> {
        let bad = |message: String| Err(Error::new(ErrorKind::InvalidArgument, format!("weighted: {message}")));
        if !weights.dtype().is_number() {
            return bad(format!("the weights are {}; give numbers", weights.dtype()));
        }
        if !weights.is_lazy() && weights.size() > 0 && weights.isnull().any(())?.item()? > 0.0 {
            return bad("a weight is missing (NaN); weights.fillna(0) makes it count for nothing".into());
        }
        let weights = if weights.dtype() == DType::Bool { weights.astype(DType::I64) } else { weights.clone() };
        Ok(Weighted { array: self.clone(), weights })
    }
}

impl Weighted {
    /// The sum of values times weights, over the sum of the weights of the values that are there. NaN where that is 0.
    ///
    /// # Errors
    /// When neither array nor weights have such a dimension, or labels cannot be matched.
    pub fn mean(&self, dims: impl Into<Dims>) -> Result<DataArray> {
        self.finish("mean", &dims.into(), &|dims| self.mean_over(dims))
    }

    /// The sum of values times weights; 0 where there is no value.
    ///
    /// # Errors
    /// As for [`mean`](Self::mean).
    pub fn sum(&self, dims: impl Into<Dims>) -> Result<DataArray> {
        self.finish("sum", &dims.into(), &|dims| self.total(&self.array, dims))
    }

    /// The sum of the weights of all values that are there; NaN where that is 0.
    ///
    /// # Errors
    /// As for [`mean`](Self::mean).
    pub fn sum_of_weights(&self, dims: impl Into<Dims>) -> Result<DataArray> {
        self.finish("sum_of_weights", &dims.into(), &|dims| self.weight(dims))
    }

    /// The sum of the squared deviations from the weighted mean, times weights.
    ///
    /// # Errors
    /// As for [`mean`](Self::mean).
    pub fn sum_of_squares(&self, dims: impl Into<Dims>) -> Result<DataArray> {
        self.finish("sum_of_squares", &dims.into(), &|dims| self.squares(dims))
    }

    /// The weighted variance: squared deviations from the weighted mean, over the sum of the weights.
    ///
    /// # Errors
    /// As for [`mean`](Self::mean).
    pub fn var(&self, dims: impl Into<Dims>) -> Result<DataArray> {
        self.finish("var", &dims.into(), &|dims| self.squares(dims)?.try_div(self.weight(dims)?))
    }

    /// The weighted standard deviation: the square root of the variance.
    ///
    /// # Errors
    /// As for [`mean`](Self::mean).
    pub fn std(&self, dims: impl Into<Dims>) -> Result<DataArray> {
        self.finish("std", &dims.into(), &|dims| self.squares(dims)?.try_div(self.weight(dims)?)?.sqrt())
    }

    /// The dimensions meant, checked; name and attributes of the array on the result.
    fn finish(&self, what: &str, dims: &Dims, f: &dyn Fn(&Dims) -> Result<DataArray>) -> Result<DataArray> {
        let run = || {
            let known: Vec<&String> = self.array.dims().iter().chain(self.weights.dims()).collect();
            if let Dims::Names(names) = dims
                && let Some(name) = names.iter().find(|name| !known.contains(name))
            {
                return Err(not_found("dimension", name, known.iter().map(|dim| dim.as_str())));
            }
            if !self.array.dtype().is_number() {
                let message = format!("the array holds {}; weights go with numbers", self.array.dtype());
                return Err(Error::new(ErrorKind::Mismatch, message));
            }
            f(dims)
        };
        let result = run().map_err(|error| error.context(format!("weighted {what}")))?;
        Ok(result.with_name(self.array.shared_name()).with_attrs(self.array.attrs().without(&ENCODING_ATTRIBUTES)))
    }

    /// The sum of `values` times weights. A missing value counts 0 and is not skipped, so that a missing lazy weight shows.
    fn total(&self, values: &DataArray, dims: &Dims) -> Result<DataArray> {
        let products = values.fillna(0)?.try_mul(&self.weights)?;
        products.reduce_dims(ReduceOp::Sum, dims, ReduceOptions { skip_missing: false, ..ReduceOptions::default() })
    }

    fn weight(&self, dims: &Dims) -> Result<DataArray> {
        let weight = self.total(&self.array.notnull().astype(DType::U8), dims)?;
        weight.where_(&weight.try_ne(0)?)
    }

    fn mean_over(&self, dims: &Dims) -> Result<DataArray> {
        self.total(&self.array, dims)?.try_div(self.weight(dims)?)
    }

    fn squares(&self, dims: &Dims) -> Result<DataArray> {
        let deviation = self.array.try_sub(self.mean_over(dims)?)?;
        self.total(&deviation.try_mul(&deviation)?, dims)
    }
}

/// `<Weighted "temp" (time, y, x) with weights along "y">`.
impl fmt::Debug for Weighted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<Weighted")?;
        if let Some(name) = self.array.get_name() {
            write!(f, " {name:?}")?;
        }
        write!(f, " ({}) with weights along {}>", self.array.dims().join(", "), listed(self.weights.dims()))
    }
}
