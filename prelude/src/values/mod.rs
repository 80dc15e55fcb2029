//! Values without labels: an n-dimensional block whose element type is known at run time.
//!
//! [`DataArray`](crate::array::DataArray) is not generic over its element type, so that a cell
//! which uses it compiles in tens of milliseconds; the type lives here instead.

pub mod buffers;
mod cast;
mod convert;
mod dtype;
mod element;
mod even;
mod index;
pub(crate) mod kernels;
pub(crate) mod large_pages;
pub(crate) mod layout;
pub(crate) mod rows;
mod shape;
mod table;
mod text;
mod text_convert;
pub(crate) mod vector;

pub use dtype::DType;
pub use element::{Element, IntoElement};
pub use even::EvenRange;
pub use index::AxisIndex;
pub(crate) use index::{Pick, resolve};
pub(crate) use shape::count;
pub(crate) use table::{each, each_arm, integer_types, number_types, numbers, same, same_arm, typed, typed_arm};
pub use text::Text;

use crate::time::{Calendar, DateKind};
use ndarray::{ArcArray, IxDyn};

macro_rules! values {
    ({} integers { $(($I:ident, $i:ident $($_i:tt)*))* } floats { $(($F:ident, $f:ident $($_f:tt)*))* }) => {
        /// An n-dimensional block in memory, shared on clone and copied on write.
        ///
        /// Axis order is the array's own (for a raster: row, column). Slices and
        /// transposes of it share the same memory.
        ///
        /// ```
        /// use isopleth::array::{DType, Values};
        /// let values = Values::from(vec![20i16, 21, 22]);
        /// assert_eq!(values.dtype(), DType::I16);
        /// assert_eq!(values.shape(), [3]);
        /// assert_eq!(values.get(&[1]), Some(21.0));
        /// ```
        #[derive(Debug, Clone)]
        #[allow(missing_docs)] // one variant per DType, named alike
        pub enum Values {
            Bool(ArcArray<bool, IxDyn>),
            $($I(ArcArray<$i, IxDyn>),)*
            $($F(ArcArray<$f, IxDyn>),)*
            DateTime(ArcArray<i64, IxDyn>),
            CfTime(Calendar, ArcArray<i64, IxDyn>),
            Text(ArcArray<Text, IxDyn>),
        }

        impl Values {
            /// The element type.
            pub fn dtype(&self) -> DType {
                match self {
                    Self::Bool(_) => DType::Bool,
                    $(Self::$I(_) => DType::$I,)*
                    $(Self::$F(_) => DType::$F,)*
                    Self::DateTime(_) => DType::DateTime,
                    Self::CfTime(calendar, _) => DType::CfTime(*calendar),
                    Self::Text(_) => DType::Text,
                }
            }
        }
    };
}

numbers! { values }

impl Values {
    /// The length of each axis.
    pub fn shape(&self) -> &[usize] {
        each!(self, a => a.shape())
    }

    /// How many axes.
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// How many elements.
    pub fn len(&self) -> usize {
        each!(self, a => a.len())
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that the elements take.
    pub fn nbytes(&self) -> u64 {
        self.len() as u64 * self.dtype().size() as u64
    }

    /// The element at `index` as a float (`true` is 1, a date its number of nanoseconds or microseconds, a missing date and
    /// text NaN); `None` outside the array.
    pub fn get(&self, index: &[usize]) -> Option<f64> {
        match self {
            Self::DateTime(a) | Self::CfTime(_, a) => {
                a.get(IxDyn(index)).map(|&v| if v == i64::MIN { f64::NAN } else { v as f64 })
            }
            other => each!(other, a => a.get(IxDyn(index)).map(|&v| v.to_f64())),
        }
    }

    /// The elements in axis order, if they are of type `T` (dates are `i64`) and lie so in memory.
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        T::of(self)?.as_slice()
    }

    /// An array of type `T` as values of the dtype `dtype`, which differs from `T`'s own only for dates.
    pub(crate) fn from_typed<T: Element>(array: ArcArray<T, IxDyn>, dtype: DType) -> Self {
        T::into_values(array).into_dates(dtype)
    }

    /// Numbers of 64 bits as the dates of `dtype`, if that is a type of dates; everything else as it is.
    pub(crate) fn into_dates(self, dtype: DType) -> Self {
        match (self, dtype) {
            (Self::I64(a), DType::DateTime) => Self::DateTime(a),
            (Self::I64(a), DType::CfTime(calendar)) => Self::CfTime(calendar, a),
            (values, _) => values,
        }
    }

    /// The numbers of dates, and how they count; none of what holds no dates.
    pub(crate) fn dates(&self) -> Option<(DateKind, &ArcArray<i64, IxDyn>)> {
        match self {
            Self::DateTime(a) => Some((DateKind::Nanoseconds, a)),
            Self::CfTime(calendar, a) => Some((DateKind::Cf(*calendar), a)),
            _ => None,
        }
    }

    /// Gives the memory to the spare buffers, if nothing else uses it.
    pub(crate) fn reclaim(self) {
        each!(self, a => {
            if let Ok(owned) = a.try_into_owned_nocopy() {
                crate::values::buffers::give(owned.into_raw_vec_and_offset().0);
            }
        });
    }
}
