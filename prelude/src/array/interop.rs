//! Between labelled arrays, ndarray and Rust's iterators, without a copy wherever there need not be one.

use super::convert::IntoPlan;
use super::data_array::DataArray;
use super::index::Index;
use crate::values::{DType, Element, Values};
use crate::{Error, ErrorKind, Result};
use ndarray::{ArcArray, Array, ArrayD, ArrayViewD, Dimension, IxDyn};
use std::iter::FusedIterator;
use std::ops::Range;

impl Values {
    /// The elements as they lie in memory, without a copy; dates are `i64` nanoseconds.
    ///
    /// ```
    /// use isopleth::array::Values;
    /// let values = Values::from(ndarray::array![[1i16, 2], [3, 4]]);
    /// assert_eq!(values.view::<i16>()?[[1, 0]], 3);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the elements are not of type `T`.
    pub fn view<T: Element>(&self) -> Result<ArrayViewD<'_, T>> {
        match T::of(self) {
            Some(array) => Ok(array.view()),
            None => Err(other_type(self.dtype(), T::DTYPE)),
        }
    }

    /// The elements as an owned array: without a copy if they are of type `T` and nobody else holds them.
    ///
    /// # Errors
    /// As for [`to_array`](Values::to_array).
    pub fn into_array<T: Element>(self) -> Result<ArrayD<T>> {
        match T::of(&self).cloned() {
            Some(array) => {
                drop(self);
                Ok(array.into_owned())
            }
            None => self.to_array(),
        }
    }

    /// The elements one by one, last axis fastest, under the rules of [`to_array`](Values::to_array).
    ///
    /// # Errors
    /// As for `to_array`.
    pub fn iter<T: Element>(&self) -> Result<Elements<T>> {
        let array = match T::of(self) {
            Some(array) if array.is_standard_layout() => array.clone(),
            Some(array) => array.as_standard_layout().into_owned().into_shared(),
            None => self.to_array()?.into_shared(),
        };
        Ok(Elements { range: 0..array.len(), array })
    }
}

fn other_type(have: DType, asked: DType) -> Error {
    let advice = if have == DType::Text { "to_texts gives them" } else { "to_ndarray converts, which takes a copy" };
    Error::new(
        ErrorKind::Mismatch,
        format!("the values are {have}, and a view shows them as they are, not as {asked}; {advice}"),
    )
}

/// Elements one by one: what [`DataArray::iter`] gives.
#[derive(Debug, Clone)]
pub struct Elements<T: Element> {
    array: ArcArray<T, IxDyn>,
    range: Range<usize>,
}

impl<T: Element> Elements<T> {
    fn at(&self, place: usize) -> Option<T> {
        self.array.as_slice().and_then(|slice| slice.get(place)).copied()
    }
}

impl<T: Element> Iterator for Elements<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let place = self.range.next()?;
        self.at(place)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl<T: Element> DoubleEndedIterator for Elements<T> {
    fn next_back(&mut self) -> Option<T> {
        let place = self.range.next_back()?;
        self.at(place)
    }
}

impl<T: Element> ExactSizeIterator for Elements<T> {}
impl<T: Element> FusedIterator for Elements<T> {}

impl DataArray {
    /// The values as an ndarray view, axis order that of [`dims`](Self::dims): nothing is copied.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(ndarray::array![[1.0, 2.0], [3.0, 4.0]], ["y", "x"])?;
    /// assert_eq!(da.view::<f64>()?.sum(), 10.0);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the elements are not of type `T` (dates are `i64`), or the array is lazy: [`compute`](Self::compute) it first.
    pub fn view<T: Element>(&self) -> Result<ArrayViewD<'_, T>> {
        match self.plan().as_values() {
            Some(values) => values.view(),
            None => Err(Error::new(
                ErrorKind::InvalidArgument,
                "view: the array is lazy, so there is nothing to look at yet; .compute()? it first, or take .to_ndarray()?",
            )),
        }
    }

    /// The values as an ndarray array of `T`: without a copy where they are of that type and nobody else holds them
    /// (no other array, clone or slice of this one). A lazy array is computed.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![1.5f32, 2.5], "x")?;
    /// let mut array = da.into_ndarray::<f32>()?;
    /// array[[0]] = 7.0;
    /// # assert_eq!(array.sum(), 9.5);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`to_ndarray`](Self::to_ndarray).
    pub fn into_ndarray<T: Element>(self) -> Result<ArrayD<T>> {
        let values = self.values()?;
        drop(self);
        values.into_array()
    }

    /// The values one by one, last axis fastest; a lazy array is computed first.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let da = DataArray::new(vec![20i16, 25, 31], "day")?;
    /// assert_eq!(da.iter::<f64>()?.filter(|t| *t > 24.0).count(), 2);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`to_ndarray`](Self::to_ndarray).
    pub fn iter<T: Element>(&self) -> Result<Elements<T>> {
        self.values()?.iter()
    }

    /// The parts along `dim`, one label after the other, each without that dimension; its label stays as a scalar
    /// coordinate. Parts share the memory, and those of a lazy array are lazy.
    ///
    /// ```
    /// use isopleth::array::{DataArray, concat};
    /// let da = DataArray::new(ndarray::array![[1, 2], [3, 4]], ["time", "x"])?.coord("time", ["a", "b"])?;
    /// for day in da.iter_dim("time")? {
    ///     println!("{}: {}", day["time"].to_texts()?[0], day.sum(())?.item()?);
    /// }
    /// let back = concat(da.iter_dim("time")?, "time")?;
    /// assert_eq!(back.shape(), [2, 2]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension.
    pub fn iter_dim(&self, dim: &str) -> Result<Parts> {
        let axis = self.axis(dim).map_err(|error| error.context("iter_dim"))?;
        Ok(Parts { array: self.clone(), dim: dim.to_owned(), range: 0..self.shape()[axis] })
    }

    /// An array of one dimension from what an iterator gives: numbers, bool, dates or texts.
    ///
    /// To put arrays together use [`concat`](super::concat()), which takes an iterator too.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let squares = DataArray::from_iter((1..=4).map(|n| n * n), "n")?;
    /// assert_eq!(squares.to_vec::<i32>()?, [1, 4, 9, 16]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`new`](Self::new); a list and one name always fit.
    pub fn from_iter<T>(elements: impl IntoIterator<Item = T>, dim: &str) -> Result<Self>
    where
        Vec<T>: IntoPlan,
    {
        Self::new(elements.into_iter().collect::<Vec<T>>(), dim)
    }
}

/// The parts of an array along one of its dimensions: what [`DataArray::iter_dim`] gives.
///
/// # Panics
/// [`next`](Iterator::next) panics when Stop was pressed.
#[derive(Clone)]
pub struct Parts {
    array: DataArray,
    dim: String,
    range: Range<usize>,
}

impl Parts {
    fn at(&self, position: usize) -> DataArray {
        let part = self.array.isel_one(&self.dim, &Index::At(position as i64));
        part.unwrap_or_else(|error| panic!("iter_dim({:?}): {error}", self.dim))
    }
}

impl Iterator for Parts {
    type Item = DataArray;

    fn next(&mut self) -> Option<DataArray> {
        let position = self.range.next()?;
        Some(self.at(position))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl DoubleEndedIterator for Parts {
    fn next_back(&mut self) -> Option<DataArray> {
        let position = self.range.next_back()?;
        Some(self.at(position))
    }
}

impl ExactSizeIterator for Parts {}
impl FusedIterator for Parts {}

/// The values as an ndarray array with as many axes as `D` has, without a copy where
/// [`into_ndarray`](DataArray::into_ndarray) needs none: `let field: Array2<f64> = da.try_into()?`.
impl<T: Element, D: Dimension> TryFrom<DataArray> for Array<T, D> {
    type Error = Error;

    fn try_from(array: DataArray) -> Result<Self> {
        let sizes: Vec<String> = array.sizes().iter().map(|(dim, len)| format!("{dim}: {len}")).collect();
        let values = array.into_ndarray::<T>()?;
        values.into_dimensionality().map_err(|_| {
            let (have, asked) = (sizes.len(), D::NDIM.unwrap_or_default());
            let message = format!(
                "the array has {have} dimensions ({}), not {asked}; select or reduce the others, or take an ArrayD",
                sizes.join(", ")
            );
            Error::new(ErrorKind::Mismatch, message)
        })
    }
}

/// As for a `DataArray` by value; the values are copied, since the array keeps its own.
impl<T: Element, D: Dimension> TryFrom<&DataArray> for Array<T, D> {
    type Error = Error;

    fn try_from(array: &DataArray) -> Result<Self> {
        array.clone().try_into()
    }
}
