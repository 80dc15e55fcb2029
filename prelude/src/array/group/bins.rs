//! Bins: groups of numbers that lie between edges.

use super::Groups;
use super::key::Key;
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};

/// The edges of bins, for [`DataArray::groupby_bins`](crate::array::DataArray::groupby_bins).
///
/// A list of numbers is enough: `da.groupby_bins("x", [0.0, 10.0, 20.0])`. The builder methods say more:
///
/// ```
/// use isopleth::array::{Bins, DataArray};
/// let age = DataArray::new(vec![1.0, 2.0, 3.0], "age")?.coord("age", [0, 18, 64])?;
/// let bins = Bins::new([0, 18, 65]).left_closed().labels(["child", "adult"]);
/// assert_eq!(age.groupby_bins("age", bins)?.sum()?.to_vec::<f64>()?, [1.0, 5.0]);
/// # Ok::<(), isopleth::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Bins {
    edges: Vec<f64>,
    right: bool,
    lowest: bool,
    labels: Option<Vec<String>>,
}

impl Bins {
    /// Bins between neighbouring edges, each with its upper edge.
    pub fn new<T: Into<f64>>(edges: impl IntoIterator<Item = T>) -> Self {
        Self { edges: edges.into_iter().map(Into::into).collect(), right: true, lowest: false, labels: None }
    }

    /// Bins with their lower edge instead: `[0, 10)`.
    #[must_use]
    pub fn left_closed(mut self) -> Self {
        self.right = false;
        self
    }

    /// The first bin with its lower edge too.
    #[must_use]
    pub fn include_lowest(mut self) -> Self {
        self.lowest = true;
        self
    }

    /// Names for the bins, one each.
    #[must_use]
    pub fn labels<S: Into<String>>(mut self, labels: impl IntoIterator<Item = S>) -> Self {
        self.labels = Some(labels.into_iter().map(Into::into).collect());
        self
    }

    fn check(&self) -> Result<()> {
        let bad = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
        if self.edges.len() < 2 {
            return bad(format!("{} edge(s); bins need two or more", self.edges.len()));
        }
        if let Some(pair) =
            self.edges.windows(2).find(|pair| pair[0].partial_cmp(&pair[1]) != Some(std::cmp::Ordering::Less))
        {
            return bad(format!("the edges must ascend, and {} is not below {}", pair[0], pair[1]));
        }
        match &self.labels {
            Some(labels) if labels.len() + 1 != self.edges.len() => {
                bad(format!("{} labels for {} bins", labels.len(), self.edges.len() - 1))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn groups(&self, key: &Key) -> Result<Groups> {
        self.check()?;
        let dtype = key.labels.dtype();
        if !dtype.is_number() {
            let message = format!("{:?} holds {dtype}; bins are for numbers (resample groups dates)", key.name);
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        let values: Vec<f64> = key.labels.values().cast(DType::F64).to_vec()?;
        let codes = values.iter().map(|&value| self.bin(value)).collect();
        let labels = self.labels.clone().unwrap_or_else(|| {
            let closed = |pair: &[f64]| match self.right {
                true => format!("({}, {}]", pair[0], pair[1]),
                false => format!("[{}, {})", pair[0], pair[1]),
            };
            self.edges.windows(2).map(closed).collect()
        });
        Ok(Groups::new(&key.dim, &format!("{}_bins", key.name), Values::from(labels), codes)?
            .with_attrs(key.labels.attrs()))
    }

    fn bin(&self, value: f64) -> Option<usize> {
        if value.is_nan() {
            return None;
        }
        let below = match self.right {
            true => self.edges.partition_point(|&edge| edge < value),
            false => self.edges.partition_point(|&edge| edge <= value),
        };
        let at_bottom = self.right && self.lowest && value == self.edges[0];
        let bin = if at_bottom { 1 } else { below };
        (1..self.edges.len()).contains(&bin).then(|| bin - 1)
    }
}

impl<T: Into<f64> + Copy, const N: usize> From<[T; N]> for Bins {
    fn from(edges: [T; N]) -> Self {
        Self::new(edges)
    }
}

impl<T: Into<f64> + Copy> From<Vec<T>> for Bins {
    fn from(edges: Vec<T>) -> Self {
        Self::new(edges)
    }
}

impl<T: Into<f64> + Copy> From<&[T]> for Bins {
    fn from(edges: &[T]) -> Self {
        Self::new(edges.iter().copied())
    }
}
