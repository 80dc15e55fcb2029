//! Which Rust types may be elements, and how a typed array becomes [`Values`] and back.

use super::{DType, Text, Values, numbers};
use ndarray::{ArcArray, ArrayD, IxDyn};
use std::fmt::Debug;

mod sealed {
    pub trait Sealed {}
}

/// A Rust type that [`Values`] can hold: bool, the integers of 8 to 64 bits, floats, and [`Text`].
///
/// Sealed: the list is [`DType`]'s.
pub trait Element:
    sealed::Sealed + IntoElement + Copy + Default + PartialEq + PartialOrd + Debug + Send + Sync + 'static
{
    /// The dtype of this type.
    const DTYPE: DType;

    /// The array as values.
    fn into_values(array: ArcArray<Self, IxDyn>) -> Values;

    /// The array inside values of exactly this type (dates are `i64` inside).
    fn of(values: &Values) -> Option<&ArcArray<Self, IxDyn>>;

    /// This value as a float: what `get` shows; `true` is 1, and text is NaN.
    fn to_f64(self) -> f64;
}

/// What [`Values`] can be made of: every [`Element`] as it is, and `&str` and `String`, which become text.
pub trait IntoElement: Clone {
    /// The array as values; one of elements is not copied.
    #[doc(hidden)]
    fn array_values(array: ArrayD<Self>) -> Values;
}

macro_rules! element {
    ($variant:ident $type:ty, $value:ident => $float:expr $(, $also:ident)?) => {
        impl sealed::Sealed for $type {}
        impl IntoElement for $type {
            fn array_values(array: ArrayD<Self>) -> Values {
                Values::$variant(array.into_shared())
            }
        }
        impl Element for $type {
            const DTYPE: DType = DType::$variant;
            fn into_values(array: ArcArray<Self, IxDyn>) -> Values {
                Values::$variant(array)
            }
            fn of(values: &Values) -> Option<&ArcArray<Self, IxDyn>> {
                match values {
                    Values::$variant(array) => Some(array),
                    $(Values::DateTime($also) | Values::CfTime(_, $also) => Some($also),)?
                    _ => None,
                }
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                let $value = self;
                $float
            }
        }
    };
}

macro_rules! elements {
    ({} integers { $(($I:ident, $i:ident $($_i:tt)*))* } floats { $(($F:ident, $f:ident $($_f:tt)*))* }) => {
        $(integer! { $I $i })*
        $(element! { $F $f, v => f64::from(v) })*
    };
}

/// Dates are `i64` inside.
macro_rules! integer {
    (I64 i64) => {
        element! { I64 i64, v => v as f64, dates }
    };
    ($variant:ident $type:ident) => {
        element! { $variant $type, v => v as f64 }
    };
}

numbers! { elements }
element! { Bool bool, v => f64::from(u8::from(v)) }
element! { Text Text, _text => f64::NAN }
