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
            /// When an array holds text.
            pub fn $method(&self) -> Result<Self> {
                self.numbers(stringify!($method))?.each(&|array| Ok(array.$method()))
            }
        )*}
    };
}

functions! {
    abs "The absolute value of each element";
    sqrt "The square root of each element";
    exp "e to the power of each element";
    ln "The natural logarithm of each element";
    round "Each element to the nearest whole number";
}

impl Dataset {
    /// The dataset, if no array holds text, which has no arithmetic.
    fn numbers(&self, what: &str) -> Result<&Self> {
        match self.arrays.iter().find(|array| array.dtype() == DType::Text) {
            Some(text) => {
                let name = text.get_name().unwrap_or_default();
                let message =
                    format!("{what} of text has no meaning, and the array {name:?} holds text; drop it first");
                Err(crate::Error::new(crate::ErrorKind::Mismatch, message))
            }
            None => Ok(self),
        }
    }

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
