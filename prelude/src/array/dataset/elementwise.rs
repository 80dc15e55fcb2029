//! Functions of each element of every array.

use super::Dataset;
use crate::Result;
use crate::array::data_array::DataArray;
use crate::array::operand::Operand;
use crate::values::DType;

macro_rules! functions {
    ($($method:ident $what:literal;)*) => {
        impl Dataset {$(
            #[doc = concat!($what, " of every array; see [`DataArray::", stringify!($method), "`].")]
            ///
            /// # Errors
            /// When an array holds text, or dates.
            pub fn $method(&self) -> Result<Self> {
                self.each(&DataArray::$method)
            }
        )*}
    };
}

functions! {
    abs "The absolute value of each element";
    sqrt "The square root of each element";
    exp "e to the power of each element";
    ln "The natural logarithm of each element";
    sin "The sine of each element, in radians,";
    cos "The cosine of each element, in radians,";
    tan "The tangent of each element, in radians,";
    log10 "The logarithm to base 10 of each element";
    log2 "The logarithm to base 2 of each element";
    to_degrees "Each element, in radians, as degrees,";
    to_radians "Each element, in degrees, as radians,";
    sign "-1, 0 or 1 of each element";
    square "Each element times itself,";
    floor "Each element down to a whole number,";
    ceil "Each element up to a whole number,";
    round "Each element to the nearest whole number";
}

impl Dataset {
    /// Where an element of each array is missing.
    ///
    /// # Errors
    /// Only when Stop was pressed.
    pub fn isnull(&self) -> Result<Self> {
        self.each(&|array| Ok(array.isnull()))
    }

    /// Where an element of each array is there.
    ///
    /// # Errors
    /// Only when Stop was pressed.
    pub fn notnull(&self) -> Result<Self> {
        self.each(&|array| Ok(array.notnull()))
    }

    /// [`isnull`](Self::isnull) under another name.
    #[doc(hidden)]
    pub fn is_nan(&self) -> Result<Self> {
        self.isnull()
    }

    /// [`notnull`](Self::notnull) under another name.
    #[doc(hidden)]
    pub fn not_nan(&self) -> Result<Self> {
        self.notnull()
    }

    /// Each array with `value` where elements are missing; see [`DataArray::fillna`].
    ///
    /// # Errors
    /// When `value` does not go with the type of an array.
    pub fn fillna(&self, value: impl Into<Operand>) -> Result<Self> {
        let value = value.into();
        self.each(&|array| array.fillna(value.clone()))
    }

    /// Each element brought into `low..=high`; see [`DataArray::clip`].
    ///
    /// # Errors
    /// When `low` is above `high`, or an array holds dates or text.
    pub fn clip(&self, low: f64, high: f64) -> Result<Self> {
        self.each(&|array| array.clip(low, high))
    }

    /// Each array with elements of another type; see [`DataArray::astype`].
    ///
    /// # Errors
    /// Only when Stop was pressed.
    pub fn astype(&self, dtype: DType) -> Result<Self> {
        self.each(&|array: &DataArray| Ok(array.astype(dtype)))
    }
}
