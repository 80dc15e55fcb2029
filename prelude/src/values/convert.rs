//! Values from Rust's own vectors and from ndarray, and back.

use super::large_pages::zeroed;
use super::layout::copy_into;
use super::{DType, Element, IntoElement, Values, number_types, numbers};
use crate::limits::refuse_beyond_memory;
use crate::time::{Calendar, DateKind};
use crate::{Error, ErrorKind, Result};
use ndarray::{Array, ArrayBase, ArrayD, Data, Dimension, IxDyn};

impl Values {
    /// A vector in axis order, cut into `shape`.
    ///
    /// # Errors
    /// When the shape does not have as many elements as the vector.
    pub fn from_shape_vec<T: IntoElement>(shape: &[usize], vec: Vec<T>) -> Result<Self> {
        let len = vec.len();
        match ArrayD::from_shape_vec(IxDyn(shape), vec) {
            Ok(array) => Ok(T::array_values(array)),
            Err(_) => Err(Error::new(
                ErrorKind::Mismatch,
                format!("{len} values do not fill the shape {shape:?}, which has {}", super::count(shape)),
            )),
        }
    }

    /// Dates as nanoseconds since 1970 (`i64::MIN` is missing), one axis.
    pub fn from_nanoseconds(vec: Vec<i64>) -> Self {
        Self::DateTime(Array::from_vec(vec).into_dyn().into_shared())
    }

    /// Dates of a calendar as microseconds since its 1970-01-01 (`i64::MIN` is missing), one axis.
    pub fn from_microseconds(calendar: Calendar, vec: Vec<i64>) -> Self {
        Self::CfTime(calendar, Array::from_vec(vec).into_dyn().into_shared())
    }

    /// Dates as they are counted by `kind`, one axis.
    pub(crate) fn of_dates(kind: DateKind, vec: Vec<i64>) -> Self {
        match kind {
            DateKind::Nanoseconds => Self::from_nanoseconds(vec),
            DateKind::Cf(calendar) => Self::from_microseconds(calendar, vec),
        }
    }

    /// The same elements as type `T`: shape and axis order stay.
    ///
    /// A type that holds every value is fine (`i16` values as `f64`); dates give `i64` nanoseconds, those of other calendars
    /// microseconds.
    ///
    /// # Errors
    /// When `T` could not hold every value of this dtype; [`cast`](Values::cast) first if that is meant.
    ///
    /// ```
    /// use isopleth::array::Values;
    /// let values = Values::from(vec![1i16, 2]);
    /// assert_eq!(values.to_array::<f64>()?.into_raw_vec_and_offset().0, [1.0, 2.0]);
    /// assert!(values.to_array::<u8>().is_err());
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    pub fn to_array<T: Element>(&self) -> Result<ArrayD<T>> {
        self.refuse_large(T::DTYPE, 1)?;
        if let Some(array) = T::of(self) {
            return Ok(array.to_owned());
        }
        let from = self.dtype();
        if from == DType::Text {
            let message = format!(
                "the values are text, not {}; to_texts gives them, astype(DType::F64) reads numbers in them",
                T::DTYPE
            );
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        if from.is_date() || !from.fits_in(T::DTYPE) {
            return Err(Error::new(
                ErrorKind::Mismatch,
                format!(
                    "the values are {from}, which {} cannot hold without loss; ask for {}, or convert first with astype(DType::{:?})",
                    T::DTYPE,
                    from.rust_name(),
                    T::DTYPE,
                ),
            ));
        }
        let cast = self.cast(T::DTYPE);
        let Some(array) = T::of(&cast).cloned() else { unreachable!("cast gives the dtype asked for") };
        drop(cast);
        Ok(array.into_owned())
    }

    /// The elements in axis order as a vector of `T`, under the rules of [`to_array`](Values::to_array).
    ///
    /// # Errors
    /// As `to_array`.
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        if let Some(array) = T::of(self) {
            self.refuse_large(T::DTYPE, 1)?;
            let mut vec = zeroed::<T>(array.len());
            copy_into(array.view(), &mut vec);
            return Ok(vec);
        }
        // Values in another order or of another type are put in order first.
        self.refuse_large(T::DTYPE, 2)?;
        Ok(self.to_array::<T>()?.iter().copied().collect())
    }

    /// Refuses to make so many copies as `dtype` where there is no room: values may be repeated, and take less than they show.
    fn refuse_large(&self, dtype: DType, copies: u64) -> Result<()> {
        let size = (self.len() as u64).saturating_mul(dtype.size() as u64).saturating_mul(copies);
        let what = format!("a copy of {:?} values as {dtype}", self.shape());
        refuse_beyond_memory(&what, size, "take a smaller part first, or reduce")
    }
}

/// Takes an owned array as it is, and copies a view.
impl<T: IntoElement, S: Data<Elem = T>, D: Dimension> From<ArrayBase<S, D>> for Values {
    fn from(array: ArrayBase<S, D>) -> Self {
        T::array_values(array.into_owned().into_dyn())
    }
}

impl<T: IntoElement, S: Data<Elem = T>, D: Dimension> From<&ArrayBase<S, D>> for Values {
    fn from(array: &ArrayBase<S, D>) -> Self {
        T::array_values(array.to_owned().into_dyn())
    }
}

impl<T: IntoElement> From<Vec<T>> for Values {
    fn from(vec: Vec<T>) -> Self {
        Array::from_vec(vec).into()
    }
}

impl<T: IntoElement> From<&[T]> for Values {
    fn from(slice: &[T]) -> Self {
        slice.to_vec().into()
    }
}

impl<T: IntoElement, const N: usize> From<[T; N]> for Values {
    fn from(array: [T; N]) -> Self {
        Vec::from(array).into()
    }
}

/// A single value: no axes.
macro_rules! from_scalar {
    ($($type:ident)*) => {$(
        impl From<$type> for Values {
            fn from(value: $type) -> Self {
                ndarray::arr0(value).into()
            }
        }
    )*};
}

numbers! { number_types from_scalar bool }

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn arrays_go_in_and_come_out_with_their_shape() {
        let array = array![[1.5f32, 2.5], [3.5, 4.5], [5.5, 6.5]];
        let values = Values::from(&array);
        assert_eq!((values.shape(), values.dtype()), (&[3, 2][..], DType::F32));
        assert_eq!(values.to_array::<f32>().unwrap(), array.into_dyn());
    }

    #[test]
    fn a_transposed_view_keeps_its_axis_order() {
        let array = array![[1i32, 2, 3], [4, 5, 6]];
        let values = Values::from(array.t());
        assert_eq!(values.to_vec::<i32>().unwrap(), [1, 4, 2, 5, 3, 6]);
    }

    #[test]
    fn a_lossy_type_is_refused_with_the_remedy() {
        let error = Values::from(vec![1.5f64]).to_array::<f32>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert!(error.to_string().contains("ask for f64"), "{error}");
    }

    #[test]
    fn a_wrong_shape_names_both_counts() {
        let error = Values::from_shape_vec(&[2, 2], vec![1u8, 2, 3]).unwrap_err();
        assert!(error.to_string().contains('3') && error.to_string().contains('4'), "{error}");
    }

    #[test]
    fn dates_come_out_as_nanoseconds() {
        let values = Values::from_nanoseconds(vec![0, 5]);
        assert_eq!(values.to_vec::<i64>().unwrap(), [0, 5]);
        assert!(values.to_array::<f64>().is_err());
    }
}
