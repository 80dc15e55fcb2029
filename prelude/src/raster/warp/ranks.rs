//! Numbers as their ranks among all that occur: what counting needs to tell them apart.

use super::Warp;
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};

/// The largest whole number up to which float32 has all.
const MOST: usize = 1 << 24;

/// The numbers of a window, and which of them each pixel has.
pub(super) struct Ranks {
    /// In ascending order, each once.
    numbers: Vec<f64>,
    /// NaN where a pixel is missing.
    ranks: Vec<f32>,
}

impl Ranks {
    /// Of numbers that float64 has all.
    ///
    /// # Errors
    /// When there are more different ones than can be told apart.
    pub fn of(values: &Values, nodata: Option<f64>) -> Result<Self> {
        let all = values.cast(DType::F64).to_vec::<f64>()?;
        let is_missing = |value: f64| value.is_nan() || Some(value) == nodata;
        let mut numbers: Vec<f64> = all.iter().copied().filter(|&value| !is_missing(value)).collect();
        numbers.sort_unstable_by(f64::total_cmp);
        numbers.dedup();
        if numbers.len() > MOST {
            let message = format!(
                "reproject: {} different numbers, of which the most frequent is asked for; Resampling::Mode is for classes",
                numbers.len()
            );
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let rank = |value: f64| match is_missing(value) {
            true => f32::NAN,
            false => numbers.partition_point(|&number| number < value) as f32,
        };
        let ranks = all.into_iter().map(rank).collect();
        Ok(Self { numbers, ranks })
    }

    /// The ranks as values of this shape.
    pub fn values(&self, shape: &[usize]) -> Result<Values> {
        Values::from_shape_vec(shape, self.ranks.clone())
    }

    /// The numbers that these ranks stand for, as `warp` gives them.
    pub fn numbers(&self, ranks: &Values, warp: &Warp) -> Result<Values> {
        let number = |rank: f32| self.numbers.get(rank as usize).copied().filter(|_| !rank.is_nan());
        let numbers = ranks.to_vec::<f32>()?.into_iter().map(|rank| number(rank).unwrap_or(warp.missing));
        Ok(Values::from_shape_vec(ranks.shape(), numbers.collect::<Vec<f64>>())?.cast(warp.dtype))
    }
}
