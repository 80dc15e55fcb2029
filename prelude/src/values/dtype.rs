//! Element types and how they combine: NumPy's promotion table, without the types we do not have.

use super::{numbers, typed};
use crate::time::{Calendar, DateKind};
use std::fmt;

macro_rules! dtypes {
    (
        {}
        integers { $(($I:ident, $i:ident, $sign:ident, $name:literal, $gdal:literal, $number:literal))* }
        floats { $(($F:ident, $f:ident, $_sign:ident, $float:literal, $gdal_float:literal, $float_number:literal))* }
    ) => {
        /// The element type of a block of values.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum DType {
            /// `bool`.
            Bool,
            $(#[doc = concat!("Whole numbers, NumPy's `", $name, "`.")] $I,)*
            $(#[doc = concat!("Floating point numbers, NumPy's `", $float, "`.")] $F,)*
            /// An instant, in nanoseconds since 1970-01-01T00:00:00 (no time zone); `i64::MIN` is missing.
            DateTime,
            /// An instant of any calendar, also far from today, in microseconds since 1970-01-01T00:00:00 of that calendar;
            /// `i64::MIN` is missing.
            CfTime(Calendar),
            /// Text of any length, or missing: labels such as the names of stations.
            Text,
        }

        impl DType {
            /// The types of numbers, and bool, which counts as 0 and 1.
            pub(crate) const NUMBERS: &[Self] = &[Self::Bool, $(Self::$I,)* $(Self::$F,)*];

            /// The name as xarray and NumPy print it: `float32`, `uint8`, `datetime64[ns]`.
            /// Text is `str`, of any length (xarray prints NumPy's `<U6`, which has one).
            pub fn name(self) -> &'static str {
                match self {
                    Self::Bool => "bool",
                    $(Self::$I => $name,)*
                    $(Self::$F => $float,)*
                    Self::DateTime => "datetime64[ns]",
                    Self::CfTime(Calendar::ProlepticGregorian) => "datetime64[us]",
                    Self::CfTime(Calendar::Standard) => "cftime[standard]",
                    Self::CfTime(Calendar::Julian) => "cftime[julian]",
                    Self::CfTime(Calendar::NoLeap) => "cftime[noleap]",
                    Self::CfTime(Calendar::AllLeap) => "cftime[all_leap]",
                    Self::CfTime(Calendar::Day360) => "cftime[360_day]",
                    Self::Text => "str",
                }
            }

            /// The Rust type that holds an element.
            pub(crate) fn rust_name(self) -> &'static str {
                match self {
                    Self::Bool => "bool",
                    $(Self::$I => stringify!($i),)*
                    $(Self::$F => stringify!($f),)*
                    Self::DateTime | Self::CfTime(_) => "i64",
                    Self::Text => "Text",
                }
            }

            /// Bytes that one element takes; of text those of the reference, since equal texts are kept once.
            pub fn size(self) -> usize {
                typed!(self, T => size_of::<T>())
            }

            /// Whether this is a floating point type, which has NaN for missing.
            pub fn is_float(self) -> bool {
                matches!(self, $(Self::$F)|*)
            }

            /// Whether this is an integer type (dates, bool and text are not).
            pub fn is_integer(self) -> bool {
                matches!(self, $(Self::$I)|*)
            }

            /// Whether this is a type of numbers, or bool, which counts as 0 and 1.
            pub fn is_number(self) -> bool {
                self == Self::Bool || self.is_integer() || self.is_float()
            }

            /// Whether this is an integer type without negative numbers.
            pub fn is_unsigned(self) -> bool {
                match self {
                    $(Self::$I => stringify!($sign) == "unsigned",)*
                    _ => false,
                }
            }

            /// The least and the greatest number of an integer type; bool counts as 0 and 1.
            ///
            /// ```
            /// use isopleth::array::DType;
            /// assert_eq!(DType::I8.range(), Some((-128, 127)));
            /// assert_eq!(DType::F32.range(), None);
            /// ```
            pub fn range(self) -> Option<(i128, i128)> {
                match self {
                    Self::Bool => Some((0, 1)),
                    $(Self::$I => Some((i128::from($i::MIN), i128::from($i::MAX))),)*
                    _ => None,
                }
            }

            /// GDAL's name of a type of numbers.
            pub(crate) fn gdal_name(self) -> Option<&'static str> {
                match self {
                    $(Self::$I => Some($gdal),)*
                    $(Self::$F => Some($gdal_float),)*
                    _ => None,
                }
            }

            /// GDAL's number of a type of numbers, as the C library has it.
            pub(crate) fn gdal_number(self) -> Option<u32> {
                match self {
                    $(Self::$I => Some($number),)*
                    $(Self::$F => Some($float_number),)*
                    _ => None,
                }
            }
        }
    };
}

numbers! { dtypes }

impl DType {
    /// The type in which values are read that GDAL calls so; none for complex numbers. Half precision is read in single.
    pub(crate) fn from_gdal_name(name: &str) -> Option<Self> {
        match name {
            "Float16" => Some(Self::F32),
            name => Self::NUMBERS.iter().copied().find(|dtype| dtype.gdal_name() == Some(name)),
        }
    }

    /// As [`from_gdal_name`](Self::from_gdal_name), from the number that the C library gives.
    pub(crate) fn from_gdal_number(number: u32) -> Option<Self> {
        const FLOAT16: u32 = 15;
        match number {
            FLOAT16 => Some(Self::F32),
            number => Self::NUMBERS.iter().copied().find(|dtype| dtype.gdal_number() == Some(number)),
        }
    }

    /// The type that NumPy calls so (`int8`, `datetime64[ns]`).
    ///
    /// ```
    /// use isopleth::array::DType;
    /// assert_eq!(DType::from_name("uint64"), Some(DType::U64));
    /// assert_eq!(DType::from_name("complex64"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        let dates = Calendar::ALL.map(Self::CfTime);
        Self::NUMBERS
            .iter()
            .copied()
            .chain([Self::DateTime, Self::Text])
            .chain(dates)
            .find(|dtype| dtype.name() == name)
    }

    /// The least and the largest value that a file holds for an integer type, or for bool, which is stored as bytes.
    pub(crate) fn stored_range(self) -> Option<(f64, f64)> {
        let stored = if self == Self::Bool { Self::U8 } else { self };
        stored.range().map(|(least, greatest)| (least as f64, greatest as f64))
    }

    /// The smallest float type that holds every value of this type: what `sqrt` and `exp` give.
    pub fn to_float(self) -> Self {
        match self {
            Self::F32 => Self::F32,
            small if small.is_number() && small.size() <= 2 => Self::F32,
            _ => Self::F64,
        }
    }

    /// How dates of this type count; none if it is no type of dates.
    pub(crate) fn date_kind(self) -> Option<DateKind> {
        match self {
            Self::DateTime => Some(DateKind::Nanoseconds),
            Self::CfTime(calendar) => Some(DateKind::Cf(calendar)),
            _ => None,
        }
    }

    /// Whether this is a type of dates, of whatever calendar.
    pub fn is_date(self) -> bool {
        self.date_kind().is_some()
    }

    /// The type that can hold these values and missing ones, as xarray's `where` widens them:
    /// floats, dates and text stay, integers of up to 16 bits become `float32`, the others and bool `float64`.
    ///
    /// ```
    /// use isopleth::array::DType;
    /// assert_eq!(DType::I16.with_missing(), DType::F32);
    /// assert_eq!(DType::I64.with_missing(), DType::F64);
    /// assert_eq!(DType::DateTime.with_missing(), DType::DateTime);
    /// ```
    pub fn with_missing(self) -> Self {
        match self {
            Self::DateTime | Self::CfTime(_) | Self::Text => self,
            Self::Bool => Self::F64,
            number => number.to_float(),
        }
    }

    /// The type of `a + b` for arrays of these types, as NumPy promotes them; `None` for a date or text with anything else.
    ///
    /// ```
    /// use isopleth::array::DType;
    /// assert_eq!(DType::promote(DType::I16, DType::U16), Some(DType::I32));
    /// assert_eq!(DType::promote(DType::I32, DType::F32), Some(DType::F64));
    /// assert_eq!(DType::promote(DType::F32, DType::DateTime), None);
    /// ```
    pub fn promote(a: Self, b: Self) -> Option<Self> {
        if a == b {
            return Some(a);
        }
        if !a.is_number() || !b.is_number() {
            return None;
        }
        Some(match (a, b) {
            (Self::Bool, other) | (other, Self::Bool) => other,
            _ if a.is_float() && b.is_float() => Self::F64,
            _ if a.is_float() || b.is_float() => {
                let (float, whole) = if a.is_float() { (a, b) } else { (b, a) };
                if whole.size() <= 2 { float } else { Self::F64 }
            }
            _ if a.is_unsigned() == b.is_unsigned() => {
                if a.size() > b.size() {
                    a
                } else {
                    b
                }
            }
            _ => {
                let (unsigned, signed) = if a.is_unsigned() { (a, b) } else { (b, a) };
                // A type with a sign holds the other's numbers only if it is wider; beyond 64 bits there are floats.
                match unsigned.size() {
                    size if signed.size() > size => signed,
                    1 => Self::I16,
                    2 => Self::I32,
                    4 => Self::I64,
                    _ => Self::F64,
                }
            }
        })
    }

    /// Whether every value of this type is exactly a value of `to`.
    pub fn fits_in(self, to: Self) -> bool {
        let exact_integers = !(self.is_integer() && self.size() == 8 && to == Self::F64);
        Self::promote(self, to) == Some(to) && exact_integers
    }
}

/// The [name](DType::name).
impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::DType::{self, *};

    // Expected: numpy 2 `np.promote_types(a, b)` for each pair.
    #[test]
    fn promotion_is_numpys() {
        let all = [Bool, U8, I8, I16, U16, I32, U32, I64, U64, F32, F64];
        let table = [
            [Bool, U8, I8, I16, U16, I32, U32, I64, U64, F32, F64],
            [U8, U8, I16, I16, U16, I32, U32, I64, U64, F32, F64],
            [I8, I16, I8, I16, I32, I32, I64, I64, F64, F32, F64],
            [I16, I16, I16, I16, I32, I32, I64, I64, F64, F32, F64],
            [U16, U16, I32, I32, U16, I32, U32, I64, U64, F32, F64],
            [I32, I32, I32, I32, I32, I32, I64, I64, F64, F64, F64],
            [U32, U32, I64, I64, U32, I64, U32, I64, U64, F64, F64],
            [I64, I64, I64, I64, I64, I64, I64, I64, F64, F64, F64],
            [U64, U64, F64, F64, U64, F64, U64, F64, U64, F64, F64],
            [F32, F32, F32, F32, F32, F64, F64, F64, F64, F32, F64],
            [F64, F64, F64, F64, F64, F64, F64, F64, F64, F64, F64],
        ];
        for (a, row) in all.iter().zip(table) {
            for (b, expected) in all.iter().zip(row) {
                assert_eq!(DType::promote(*a, *b), Some(expected), "{a} and {b}");
            }
        }
    }

    // Expected: xr.DataArray(np.ones(2, dtype)).where([True, False]).dtype with xarray 2026.9.
    #[test]
    fn types_widen_for_missing_values_as_xarray_widens_them() {
        let widened = [Bool, U8, I8, I16, U16, I32, U32, I64, U64, F32, F64].map(DType::with_missing);
        assert_eq!(widened, [F64, F32, F32, F32, F32, F64, F64, F64, F64, F32, F64]);
    }

    #[test]
    fn dates_do_not_mix_with_numbers() {
        assert_eq!(DType::promote(DateTime, I64), None);
        assert_eq!(DType::promote(DateTime, DateTime), Some(DateTime));
    }

    #[test]
    fn text_goes_with_text_only() {
        assert_eq!([Bool, I64, F32, DateTime].map(|other| DType::promote(Text, other)), [None; 4]);
        assert_eq!(
            (DType::promote(Text, Text), Text.with_missing(), Text.to_string()),
            (Some(Text), Text, "str".into())
        );
    }

    #[test]
    fn large_integers_do_not_fit_in_floats() {
        assert!(I32.fits_in(F64) && !I64.fits_in(F64) && !U64.fits_in(F64) && !I32.fits_in(F32) && U16.fits_in(F32));
        assert!(U32.fits_in(U64) && !U64.fits_in(I64) && !I8.fits_in(U64));
    }

    #[test]
    fn every_type_of_numbers_is_found_by_the_names_that_others_have_for_it() {
        for &dtype in DType::NUMBERS {
            assert_eq!(DType::from_name(dtype.name()), Some(dtype));
            if let (Some(name), Some(number)) = (dtype.gdal_name(), dtype.gdal_number()) {
                assert_eq!((DType::from_gdal_name(name), DType::from_gdal_number(number)), (Some(dtype), Some(dtype)));
            }
        }
        assert_eq!(DType::from_gdal_name("Float16"), Some(F32));
        assert_eq!(["CFloat32", "CInt16", "Unknown"].map(DType::from_gdal_name), [None; 3]);
    }
}
