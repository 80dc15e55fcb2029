//! Values into labelled arrays, and back out of them.

use super::data_array::DataArray;
use super::operation::Operation;
use crate::lazy::Plan;
use crate::time::{CfTime, CfTimes, DateRange, DateTime};
use crate::values::{DType, Element, Values};
use crate::{Error, ErrorKind, Result};
use ndarray::ArrayD;
use std::fmt;

/// What a [`DataArray`] can be made of: ndarray arrays, vectors, numbers, dates, texts, [`Values`], a [`Plan`].
#[diagnostic::on_unimplemented(
    message = "a DataArray cannot be made of `{Self}`",
    note = "give an ndarray array, a Vec or array of numbers or texts, dates, Values, or a Plan"
)]
pub trait IntoPlan {
    /// The values without labels.
    fn into_plan(self) -> Plan;
}

impl IntoPlan for Plan {
    fn into_plan(self) -> Plan {
        self
    }
}

impl<T: Into<Values>> IntoPlan for T {
    fn into_plan(self) -> Plan {
        Plan::memory(self.into())
    }
}

impl From<DateRange> for Values {
    fn from(dates: DateRange) -> Self {
        Self::from(&dates)
    }
}

impl From<&DateRange> for Values {
    fn from(dates: &DateRange) -> Self {
        Self::from_nanoseconds(dates.iter().map(|date| date.nanoseconds()).collect())
    }
}

impl From<Vec<DateTime>> for Values {
    fn from(dates: Vec<DateTime>) -> Self {
        Self::from_nanoseconds(dates.iter().map(|date| date.nanoseconds()).collect())
    }
}

impl From<&CfTimes> for Values {
    fn from(dates: &CfTimes) -> Self {
        Self::from_microseconds(dates.calendar(), dates.microseconds().to_vec())
    }
}

impl From<CfTimes> for Values {
    fn from(dates: CfTimes) -> Self {
        Self::from(&dates)
    }
}

impl From<CfTime> for Values {
    fn from(date: CfTime) -> Self {
        Self::CfTime(date.calendar(), ndarray::arr0(date.microseconds()).into_dyn().into_shared())
    }
}

impl From<DateTime> for Values {
    fn from(date: DateTime) -> Self {
        Self::DateTime(ndarray::arr0(date.nanoseconds()).into_dyn().into_shared())
    }
}

/// Text that shows itself as it is, where a `String` would be shown in quotes.
#[derive(Clone, PartialEq, Eq)]
pub struct Explanation(String);

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl DataArray {
    /// The array in memory: a lazy one is read and computed, in parallel, with progress; Stop works.
    ///
    /// # Errors
    /// When a file cannot be read, the answer would not fit into the memory that this process may use, or Stop was
    /// pressed.
    pub fn compute(&self) -> Result<Self> {
        if self.is_lazy() {
            Ok(self.with_plan(Operation::Load, Plan::memory(self.plan().evaluate()?)))
        } else {
            Ok(self.clone())
        }
    }

    /// The values without labels, computed if the array is lazy.
    ///
    /// # Errors
    /// As for [`compute`](Self::compute).
    pub fn values(&self) -> Result<Values> {
        match self.plan().as_values() {
            Some(values) => Ok(values.clone()),
            None => self.plan().evaluate(),
        }
    }

    /// The values as an ndarray array of `T`, axis order that of [`dims`](Self::dims).
    ///
    /// # Errors
    /// When `T` cannot hold the element type without loss (use [`astype`](Self::astype) first), and as for
    /// [`compute`](Self::compute).
    pub fn to_ndarray<T: Element>(&self) -> Result<ArrayD<T>> {
        self.values()?.to_array()
    }

    /// The values in a row, last axis fastest.
    ///
    /// # Errors
    /// As for [`to_ndarray`](Self::to_ndarray).
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        self.values()?.to_vec()
    }

    /// Every element as text, last axis fastest: dates as `2016-01-31`, missing ones as an empty text.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![1, 2], "station")?.coord("station", ["Bern", "Basel"])?;
    /// assert_eq!(da["station"].to_texts()?, ["Bern", "Basel"]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`compute`](Self::compute).
    pub fn to_texts(&self) -> Result<Vec<String>> {
        Ok(self.values()?.to_texts())
    }

    /// The number in an array of one element. Bools are 0 or 1, dates nanoseconds since 1970 (those of other
    /// calendars microseconds).
    ///
    /// # Errors
    /// When there is more than one element, or none, or it is text, and as for [`compute`](Self::compute).
    pub fn item(&self) -> Result<f64> {
        if self.size() != 1 {
            let (size, shape) = (self.size(), self.shape());
            let message =
                format!("item: the array has {size} elements, shape {shape:?}; reduce it first, or use to_vec");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let values = self.values()?;
        if values.dtype() == DType::Text {
            let message =
                format!("item: the element is the text {:?}, no number; to_texts gives it", values.to_texts()[0]);
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        Ok(match &values {
            Values::DateTime(dates) | Values::CfTime(_, dates) => {
                dates.first().map_or(f64::NAN, |&date| if date == i64::MIN { f64::NAN } else { date as f64 })
            }
            _ => values.cast(DType::F64).to_vec::<f64>()?[0],
        })
    }

    /// The array with elements of another type. Floats are cut towards zero when they become whole numbers.
    ///
    /// [`DType::Text`] writes each element as [`to_texts`](Self::to_texts) does; from text, numbers and dates are
    /// read, and what is none becomes missing (0 among whole numbers, which cannot be missing).
    #[must_use]
    pub fn astype(&self, dtype: DType) -> Self {
        // Of the same type too, as in xarray: from here on the numbers are the array's, and no file's.
        self.with_plan(Operation::Elementwise, self.plan().cast(dtype))
    }

    /// How the values will be computed: the plan, what it reads, and the memory it will take.
    pub fn explain(&self) -> Explanation {
        Explanation(self.plan().explain())
    }

    /// The lengths of the chunks along each axis, as they will be read.
    pub fn chunks(&self) -> Vec<Vec<usize>> {
        self.plan().chunks()
    }

    /// Bytes that [`compute`](Self::compute) will need at most, the answer included.
    pub fn memory_estimate(&self) -> u64 {
        self.plan().memory_estimate()
    }
}
