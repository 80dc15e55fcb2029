//! The element types that pixels are stored as, and their values as the type that was asked for.

use super::tiff::ByteOrder;

/// A stored element type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sample {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

impl Sample {
    /// The type that GDAL calls so; none of those that are not decoded here.
    pub fn named(gdal: &str) -> Option<Self> {
        Some(match gdal {
            "Byte" => Self::U8,
            "Int8" => Self::I8,
            "UInt16" => Self::U16,
            "Int16" => Self::I16,
            "UInt32" => Self::U32,
            "Int32" => Self::I32,
            "UInt64" => Self::U64,
            "Int64" => Self::I64,
            "Float32" => Self::F32,
            "Float64" => Self::F64,
            _ => return None,
        })
    }

    /// Bytes of one value.
    pub fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    pub fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }

    /// The bytes of the value that stands for a block that is not stored: `nodata`, as GDAL converts it, or 0.
    /// None where that would not be the number itself, which is then left to GDAL.
    pub fn filling(self, nodata: Option<f64>) -> Option<[u8; 8]> {
        let nodata = nodata.unwrap_or(0.0);
        let mut bytes = [0; 8];
        macro_rules! exact {
            ($type:ty) => {{
                let value = nodata as $type;
                // Only NaN differs from itself.
                (value as f64 == nodata || nodata.is_nan() && self.is_float()).then(|| {
                    bytes[..size_of::<$type>()].copy_from_slice(&value.to_ne_bytes());
                    bytes
                })
            }};
        }
        match self {
            Self::U8 => exact!(u8),
            Self::I8 => exact!(i8),
            Self::U16 => exact!(u16),
            Self::I16 => exact!(i16),
            Self::U32 => exact!(u32),
            Self::I32 => exact!(i32),
            // A double may round to the first number that is too large.
            Self::U64 | Self::I64 if nodata.abs() >= (1u64 << 53) as f64 => None,
            Self::U64 => exact!(u64),
            Self::I64 => exact!(i64),
            Self::F32 => exact!(f32),
            Self::F64 => exact!(f64),
        }
    }
}

/// Turns stored values into the processor's byte order.
pub(super) fn to_native(bytes: &mut [u8], size: usize, order: ByteOrder) {
    if order.is_native() {
        return;
    }
    match size {
        2 => bytes.as_chunks_mut::<2>().0.iter_mut().for_each(|value| value.reverse()),
        4 => bytes.as_chunks_mut::<4>().0.iter_mut().for_each(|value| value.reverse()),
        8 => bytes.as_chunks_mut::<8>().0.iter_mut().for_each(|value| value.reverse()),
        _ => {}
    }
}

/// A type that stored values can be given as.
pub(crate) trait Decoded: bytemuck::Pod {
    /// The stored type with the same bytes, if there is one.
    const STORED: Sample;

    /// Whether every value of `sample` is one of this type, so that nothing is rounded or cut.
    fn holds(sample: Sample) -> bool;

    /// Fills `out` with every `step`-th value from `first` on. `bytes` has them in the processor's order, and enough.
    fn gather(sample: Sample, bytes: &[u8], first: usize, step: usize, out: &mut [Self]);
}

macro_rules! decoded {
    ($($type:ty as $stored:ident from $($variant:ident $from:ty),*;)*) => {$(
        impl Decoded for $type {
            const STORED: Sample = Sample::$stored;

            fn holds(sample: Sample) -> bool {
                matches!(sample, $(Sample::$variant)|*)
            }

            fn gather(sample: Sample, bytes: &[u8], first: usize, step: usize, out: &mut [Self]) {
                match sample {
                    $(Sample::$variant => spread(bytes, first, step, out, |bytes| <$from>::from_ne_bytes(bytes) as $type),)*
                    _ => unreachable!("asked for with a type that does not hold it"),
                }
            }
        }
    )*};
}

decoded! {
    u8 as U8 from U8 u8;
    i8 as I8 from I8 i8;
    u16 as U16 from U8 u8, U16 u16;
    i16 as I16 from U8 u8, I8 i8, I16 i16;
    u32 as U32 from U8 u8, U16 u16, U32 u32;
    i32 as I32 from U8 u8, I8 i8, U16 u16, I16 i16, I32 i32;
    i64 as I64 from U8 u8, I8 i8, U16 u16, I16 i16, U32 u32, I32 i32, I64 i64;
    u64 as U64 from U8 u8, U16 u16, U32 u32, U64 u64;
    f32 as F32 from U8 u8, I8 i8, U16 u16, I16 i16, F32 f32;
    f64 as F64 from U8 u8, I8 i8, U16 u16, I16 i16, U32 u32, I32 i32, F32 f32, F64 f64;
}

#[inline(always)]
fn spread<const SIZE: usize, T>(
    bytes: &[u8],
    first: usize,
    step: usize,
    out: &mut [T],
    value: impl Fn([u8; SIZE]) -> T,
) {
    let values = &bytes.as_chunks::<SIZE>().0[first..];
    if step == 1 {
        // A loop of its own, which the compiler can vectorise.
        out.iter_mut().zip(values).for_each(|(out, bytes)| *out = value(*bytes));
    } else {
        out.iter_mut().zip(values.iter().step_by(step)).for_each(|(out, bytes)| *out = value(*bytes));
    }
}
