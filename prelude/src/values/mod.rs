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
mod shape;
mod text;
mod text_convert;

pub use dtype::DType;
pub use element::{Element, IntoElement};
pub use even::EvenRange;
pub use index::AxisIndex;
pub(crate) use index::{Pick, resolve};
pub use text::Text;

use ndarray::{ArcArray, IxDyn};

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
    U8(ArcArray<u8, IxDyn>),
    I16(ArcArray<i16, IxDyn>),
    U16(ArcArray<u16, IxDyn>),
    I32(ArcArray<i32, IxDyn>),
    U32(ArcArray<u32, IxDyn>),
    I64(ArcArray<i64, IxDyn>),
    F32(ArcArray<f32, IxDyn>),
    F64(ArcArray<f64, IxDyn>),
    DateTime(ArcArray<i64, IxDyn>),
    Text(ArcArray<Text, IxDyn>),
}

/// Runs an expression with `$array` bound to the typed array inside, whatever its type.
macro_rules! each {
    ($values:expr, $array:ident => $body:expr) => {
        match $values {
            $crate::values::Values::Bool($array) => $body,
            $crate::values::Values::U8($array) => $body,
            $crate::values::Values::I16($array) => $body,
            $crate::values::Values::U16($array) => $body,
            $crate::values::Values::I32($array) => $body,
            $crate::values::Values::U32($array) => $body,
            $crate::values::Values::I64($array) => $body,
            $crate::values::Values::F32($array) => $body,
            $crate::values::Values::F64($array) => $body,
            $crate::values::Values::DateTime($array) => $body,
            $crate::values::Values::Text($array) => $body,
        }
    };
}

/// [`each!`], with the resulting array put back into the same variant.
macro_rules! same {
    ($values:expr, $array:ident => $body:expr) => {
        match $values {
            $crate::values::Values::Bool($array) => $crate::values::Values::Bool($body),
            $crate::values::Values::U8($array) => $crate::values::Values::U8($body),
            $crate::values::Values::I16($array) => $crate::values::Values::I16($body),
            $crate::values::Values::U16($array) => $crate::values::Values::U16($body),
            $crate::values::Values::I32($array) => $crate::values::Values::I32($body),
            $crate::values::Values::U32($array) => $crate::values::Values::U32($body),
            $crate::values::Values::I64($array) => $crate::values::Values::I64($body),
            $crate::values::Values::F32($array) => $crate::values::Values::F32($body),
            $crate::values::Values::F64($array) => $crate::values::Values::F64($body),
            $crate::values::Values::DateTime($array) => $crate::values::Values::DateTime($body),
            $crate::values::Values::Text($array) => $crate::values::Values::Text($body),
        }
    };
}

/// Runs an expression with `$T` naming the Rust type that holds a dtype (`i64` for dates).
macro_rules! typed {
    ($dtype:expr, $T:ident => $body:expr) => {{
        use $crate::values::DType;
        macro_rules! arm {
            ($type:ty) => {{
                type $T = $type;
                $body
            }};
        }
        match $dtype {
            DType::Bool => arm!(bool),
            DType::U8 => arm!(u8),
            DType::I16 => arm!(i16),
            DType::U16 => arm!(u16),
            DType::I32 => arm!(i32),
            DType::U32 => arm!(u32),
            DType::I64 | DType::DateTime => arm!(i64),
            DType::F32 => arm!(f32),
            DType::F64 => arm!(f64),
            DType::Text => arm!($crate::values::Text),
        }
    }};
}

pub(crate) use {each, same, typed};

impl Values {
    /// The element type.
    pub fn dtype(&self) -> DType {
        match self {
            Self::Bool(_) => DType::Bool,
            Self::U8(_) => DType::U8,
            Self::I16(_) => DType::I16,
            Self::U16(_) => DType::U16,
            Self::I32(_) => DType::I32,
            Self::U32(_) => DType::U32,
            Self::I64(_) => DType::I64,
            Self::F32(_) => DType::F32,
            Self::F64(_) => DType::F64,
            Self::DateTime(_) => DType::DateTime,
            Self::Text(_) => DType::Text,
        }
    }

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

    /// The element at `index` as a float (`true` is 1, a date its nanoseconds, a missing date and text NaN);
    /// `None` outside the array.
    pub fn get(&self, index: &[usize]) -> Option<f64> {
        match self {
            Self::DateTime(a) => a.get(IxDyn(index)).map(|&v| if v == i64::MIN { f64::NAN } else { v as f64 }),
            other => each!(other, a => a.get(IxDyn(index)).map(|&v| v.to_f64())),
        }
    }

    /// The elements in axis order, if they are of type `T` (dates are `i64`) and lie so in memory.
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        T::of(self)?.as_slice()
    }

    /// An array of type `T` as values of the dtype `dtype`, which differs from `T`'s own only for dates.
    pub(crate) fn from_typed<T: Element>(array: ArcArray<T, IxDyn>, dtype: DType) -> Self {
        match T::into_values(array) {
            Self::I64(a) if dtype == DType::DateTime => Self::DateTime(a),
            values => values,
        }
    }

    /// Gives the memory to this thread's spare buffers, if nothing else uses it.
    pub(crate) fn reclaim(self) {
        each!(self, a => {
            if a.is_standard_layout() && let Ok(owned) = a.try_into_owned_nocopy() {
                crate::values::buffers::give(owned.into_raw_vec_and_offset().0);
            }
        });
    }
}
