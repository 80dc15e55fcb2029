//! Element types and how they combine: NumPy's promotion table, without the types we do not have.

use std::fmt;

/// The element type of a block of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DType {
    /// `bool`.
    Bool,
    /// Unsigned 8-bit integer.
    U8,
    /// Signed 16-bit integer.
    I16,
    /// Unsigned 16-bit integer.
    U16,
    /// Signed 32-bit integer.
    I32,
    /// Unsigned 32-bit integer.
    U32,
    /// Signed 64-bit integer.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// An instant, in nanoseconds since 1970-01-01T00:00:00 (no time zone); `i64::MIN` is missing.
    DateTime,
    /// Text of any length, or missing: labels such as the names of stations.
    Text,
}

impl DType {
    /// The name as xarray and NumPy print it: `float32`, `uint8`, `datetime64[ns]`.
    /// Text is `str`, of any length (xarray prints NumPy's `<U6`, which has one).
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::U8 => "uint8",
            Self::I16 => "int16",
            Self::U16 => "uint16",
            Self::I32 => "int32",
            Self::U32 => "uint32",
            Self::I64 => "int64",
            Self::F32 => "float32",
            Self::F64 => "float64",
            Self::DateTime => "datetime64[ns]",
            Self::Text => "str",
        }
    }

    /// Bytes that one element takes; of text those of the reference, since equal texts are kept once.
    pub fn size(self) -> usize {
        match self {
            Self::Bool | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::F64 | Self::DateTime => 8,
            Self::Text => size_of::<super::Text>(),
        }
    }

    /// Whether this is a floating point type, which has NaN for missing.
    pub fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }

    /// Whether this is an integer type (dates, bool and text are not).
    pub fn is_integer(self) -> bool {
        matches!(self, Self::U8 | Self::I16 | Self::U16 | Self::I32 | Self::U32 | Self::I64)
    }

    /// The least and the largest value of an integer type, and of bool, which files hold as bytes.
    pub(crate) fn integer_range(self) -> Option<(f64, f64)> {
        Some(match self {
            Self::Bool | Self::U8 => (0.0, 255.0),
            Self::I16 => (f64::from(i16::MIN), f64::from(i16::MAX)),
            Self::U16 => (0.0, f64::from(u16::MAX)),
            Self::I32 => (f64::from(i32::MIN), f64::from(i32::MAX)),
            Self::U32 => (0.0, f64::from(u32::MAX)),
            Self::I64 => (i64::MIN as f64, i64::MAX as f64),
            _ => return None,
        })
    }

    /// The smallest float type that holds every value of this type: what `sqrt` and `exp` give.
    pub fn to_float(self) -> Self {
        match self {
            Self::Bool | Self::U8 | Self::I16 | Self::U16 | Self::F32 => Self::F32,
            _ => Self::F64,
        }
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
            Self::DateTime | Self::Text => self,
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
        if a.max(b) >= Self::DateTime {
            return None;
        }
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        // Ordered as declared, so the answer is `high` but for a sign or a range that it lacks.
        Some(match (low, high) {
            (Self::I16, Self::U16) => Self::I32,
            (Self::I16 | Self::I32, Self::U32) => Self::I64,
            (Self::I32 | Self::U32 | Self::I64, Self::F32) => Self::F64,
            _ => high,
        })
    }

    /// Whether every value of this type is exactly a value of `to`.
    pub fn fits_in(self, to: Self) -> bool {
        let exact_integers = !(self == Self::I64 && to == Self::F64);
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
        let all = [Bool, U8, I16, U16, I32, U32, I64, F32, F64];
        let table = [
            [Bool, U8, I16, U16, I32, U32, I64, F32, F64],
            [U8, U8, I16, U16, I32, U32, I64, F32, F64],
            [I16, I16, I16, I32, I32, I64, I64, F32, F64],
            [U16, U16, I32, U16, I32, U32, I64, F32, F64],
            [I32, I32, I32, I32, I32, I64, I64, F64, F64],
            [U32, U32, I64, U32, I64, U32, I64, F64, F64],
            [I64, I64, I64, I64, I64, I64, I64, F64, F64],
            [F32, F32, F32, F32, F64, F64, F64, F32, F64],
            [F64, F64, F64, F64, F64, F64, F64, F64, F64],
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
        let widened = [Bool, U8, I16, U16, I32, U32, I64, F32, F64].map(DType::with_missing);
        assert_eq!(widened, [F64, F32, F32, F32, F64, F64, F64, F32, F64]);
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
        assert!(I32.fits_in(F64) && !I64.fits_in(F64) && !I32.fits_in(F32) && U16.fits_in(F32));
    }
}
