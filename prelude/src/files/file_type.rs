//! The element types of files, which are more than those of arrays: the one table that says what each becomes in memory.

use crate::values::DType;

/// The type of the elements of a variable as its file declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileType {
    /// A truth value: Zarr's `|b1`, HDF5's enumeration of `FALSE` and `TRUE`.
    Bool,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F16,
    F32,
    F64,
    /// One byte of text: netCDF's `char`, of which the last dimension is usually the length of a text.
    Char,
    /// Text of any length, or of a fixed one.
    Text,
}

impl FileType {
    /// The type of the values in memory.
    pub(super) fn dtype(self) -> DType {
        match self {
            Self::Bool => DType::Bool,
            Self::I8 => DType::I8,
            Self::U8 => DType::U8,
            Self::I16 => DType::I16,
            Self::U16 => DType::U16,
            Self::I32 => DType::I32,
            Self::U32 => DType::U32,
            Self::I64 => DType::I64,
            Self::U64 => DType::U64,
            Self::F16 | Self::F32 => DType::F32,
            Self::F64 => DType::F64,
            Self::Char | Self::Text => DType::Text,
        }
    }

    /// The file type that holds values of `dtype` as they are.
    pub(super) fn of(dtype: DType) -> Self {
        match dtype {
            DType::Bool => Self::Bool,
            DType::I8 => Self::I8,
            DType::U8 => Self::U8,
            DType::I16 => Self::I16,
            DType::U16 => Self::U16,
            DType::I32 => Self::I32,
            DType::U32 => Self::U32,
            DType::I64 | DType::DateTime | DType::CfTime(_) => Self::I64,
            DType::U64 => Self::U64,
            DType::F32 => Self::F32,
            DType::F64 => Self::F64,
            DType::Text => Self::Text,
        }
    }

    /// Bytes of one element in the file; 0 for text, whose length differs.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Bool | Self::I8 | Self::U8 | Self::Char => 1,
            Self::I16 | Self::U16 | Self::F16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
            Self::Text => 0,
        }
    }

    pub(super) fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::F32 | Self::F64)
    }

    pub(super) fn is_integer(self) -> bool {
        self.integer_range().is_some()
    }

    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Char | Self::Text)
    }

    /// The smallest and the largest value of an integer type.
    pub(super) fn integer_range(self) -> Option<(i128, i128)> {
        Some(match self {
            Self::I8 => (i8::MIN.into(), i8::MAX.into()),
            Self::U8 => (0, u8::MAX.into()),
            Self::I16 => (i16::MIN.into(), i16::MAX.into()),
            Self::U16 => (0, u16::MAX.into()),
            Self::I32 => (i32::MIN.into(), i32::MAX.into()),
            Self::U32 => (0, u32::MAX.into()),
            Self::I64 => (i64::MIN.into(), i64::MAX.into()),
            Self::U64 => (0, u64::MAX.into()),
            _ => return None,
        })
    }

    /// The integer type of the same width with, or without, a sign.
    pub(super) fn with_sign(self, signed: bool) -> Self {
        match (self, signed) {
            (Self::U8, true) => Self::I8,
            (Self::U16, true) => Self::I16,
            (Self::U32, true) => Self::I32,
            (Self::U64, true) => Self::I64,
            (Self::I8, false) => Self::U8,
            (Self::I16, false) => Self::U16,
            (Self::I32, false) => Self::U32,
            (Self::I64, false) => Self::U64,
            (same, _) => same,
        }
    }

    /// What two's complement makes of `value` in this integer type: 255 is -1 in 8 bits with a sign.
    pub(super) fn wrapped(self, value: i128) -> i128 {
        match self {
            Self::I8 => (value as i8).into(),
            Self::U8 => (value as u8).into(),
            Self::I16 => (value as i16).into(),
            Self::U16 => (value as u16).into(),
            Self::I32 => (value as i32).into(),
            Self::U32 => (value as u32).into(),
            Self::I64 => (value as i64).into(),
            Self::U64 => (value as u64).into(),
            _ => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FileType;

    #[test]
    fn a_sign_is_taken_and_given_within_the_width() {
        assert_eq!(FileType::I8.with_sign(false), FileType::U8);
        assert_eq!(FileType::U32.with_sign(true), FileType::I32);
        assert_eq!((FileType::I8.wrapped(255), FileType::U16.wrapped(-1)), (-1, 65_535));
    }
}
