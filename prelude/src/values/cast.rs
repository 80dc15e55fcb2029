//! Conversion between element types.

use super::kernels::Workers;
use super::{DType, Element, Text, Values, each, number_types, numbers};
use ndarray::{ArcArray, IxDyn};

/// How a value becomes an element of type `U`: as Rust's `as`, and non-zero is true.
///
/// Floats saturate and NaN becomes 0 where the target is an integer. NumPy leaves
/// that undefined, so there is no answer of its to keep.
pub(crate) trait CastTo<U>: Copy {
    fn cast_to(self) -> U;
}

/// From each type of numbers to each.
macro_rules! casts {
    (from $($from:ident)*) => {
        $(numbers! { number_types casts to $from })*
    };
    (to $from:ident $($to:ident)*) => {
        $(impl CastTo<$to> for $from {
            #[inline(always)]
            fn cast_to(self) -> $to { self as $to }
        })*
        impl CastTo<bool> for $from {
            #[inline(always)]
            fn cast_to(self) -> bool { self != (0 as $from) }
        }
        impl CastTo<$from> for bool {
            #[inline(always)]
            fn cast_to(self) -> $from { u8::from(self) as $from }
        }
    };
}

numbers! { number_types casts from }

impl CastTo<bool> for bool {
    #[inline(always)]
    fn cast_to(self) -> bool {
        self
    }
}

impl Values {
    /// The values as another type: floats to integers truncate and saturate, NaN becomes 0, non-zero is true.
    ///
    /// A missing date becomes NaN and NaN a missing date, as does a number beyond the dates that can be stored; as numbers dates are the nanoseconds or microseconds that their type
    /// counts. In another calendar a date keeps its name, and is missing where that has no such day. To text and back see [`Values::to_texts`]; text that is no
    /// number becomes NaN (0 as a whole number), text that is no date a missing date.
    ///
    /// ```
    /// use isopleth::array::{DType, Values};
    /// let values = Values::from(vec![-1.5, 2.9, 300.0]).cast(DType::U8);
    /// assert_eq!(values.to_vec::<u8>()?, [0, 2, 255]);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    #[must_use]
    pub fn cast(&self, dtype: DType) -> Self {
        self.cast_by(&Workers::alone(), dtype)
    }

    /// [`cast`](Values::cast) by several threads.
    pub(crate) fn cast_by(&self, workers: &Workers<'_>, dtype: DType) -> Self {
        if self.dtype() == dtype {
            return self.clone();
        }
        match (self, dtype) {
            (values, DType::Text) => Self::Text(values.as_texts()),
            (values, dtype) => match (values.dates(), dtype.date_kind()) {
                (Some((from, a)), Some(to)) => {
                    Self::I64(workers.map(a.clone(), |v| from.convert(v, to))).into_dates(dtype)
                }
                (Some((_, a)), None) if dtype == DType::F64 => Self::F64(workers.map(a.clone(), date_to_float)),
                (Some((_, a)), None) if dtype == DType::F32 => {
                    Self::F32(workers.map(a.clone(), |v| date_to_float(v) as f32))
                }
                (None, Some(to)) => match values {
                    Self::F64(a) => Self::I64(workers.map(a.clone(), float_to_date)),
                    Self::F32(a) => Self::I64(workers.map(a.clone(), |v| float_to_date(f64::from(v)))),
                    Self::Text(a) => Self::I64(workers.map(a.clone(), |text: Text| text.to_date(to))),
                    Self::U64(a) => Self::I64(workers.map(a.clone(), |v: u64| i64::try_from(v).unwrap_or(i64::MIN))),
                    whole => each!(whole, a => cast_array(workers, a, DType::I64)),
                }
                .into_dates(dtype),
                _ => each!(values, a => cast_array(workers, a, dtype)),
            },
        }
    }

    /// [`cast`](Values::cast) that hands the block itself on where it has the type already.
    pub(crate) fn into_cast(self, dtype: DType) -> Self {
        self.into_cast_by(&Workers::alone(), dtype)
    }

    /// [`into_cast`](Values::into_cast) by several threads.
    pub(crate) fn into_cast_by(self, workers: &Workers<'_>, dtype: DType) -> Self {
        if self.dtype() == dtype { self } else { self.cast_by(workers, dtype) }
    }
}

fn date_to_float(nanoseconds: i64) -> f64 {
    if nanoseconds == i64::MIN { f64::NAN } else { nanoseconds as f64 }
}

fn float_to_date(nanoseconds: f64) -> i64 {
    // A float beyond 64 bits is no date, also not the last one.
    let fits = (-(2f64.powi(63))..2f64.powi(63)).contains(&nanoseconds);
    if fits { nanoseconds as i64 } else { i64::MIN }
}

macro_rules! cast_array {
    ({} integers { $(($I:ident, $i:ident $($_i:tt)*))* } floats { $(($F:ident, $f:ident $($_f:tt)*))* }) => {
        fn cast_array<T>(workers: &Workers<'_>, a: &ArcArray<T, IxDyn>, dtype: DType) -> Values
        where
            T: Element + CastTo<bool> $(+ CastTo<$i>)* $(+ CastTo<$f>)*,
        {
            match dtype {
                DType::Bool => Values::Bool(workers.map(a.clone(), CastTo::cast_to)),
                $(DType::$I => Values::$I(workers.map(a.clone(), CastTo::cast_to)),)*
                $(DType::$F => Values::$F(workers.map(a.clone(), CastTo::cast_to)),)*
                DType::DateTime | DType::CfTime(_) => Values::I64(workers.map(a.clone(), CastTo::cast_to)).into_dates(dtype),
                DType::Text => unreachable!("text is written before"),
            }
        }
    };
}

numbers! { cast_array }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_dates_and_nan_are_each_other() {
        let dates = Values::from_nanoseconds(vec![7, i64::MIN]);
        let floats = dates.cast(DType::F64).to_vec::<f64>().unwrap();
        assert!(floats[0] == 7.0 && floats[1].is_nan());
        assert_eq!(Values::from(floats).cast(DType::DateTime).to_vec::<i64>().unwrap(), [7, i64::MIN]);
    }

    #[test]
    fn numbers_beyond_all_dates_are_missing_dates() {
        for values in [Values::from(vec![1e25, f64::NEG_INFINITY]), Values::from(vec![u64::MAX, 1 << 63])] {
            assert_eq!(values.cast(DType::DateTime).to_vec::<i64>().unwrap(), [i64::MIN; 2]);
        }
    }

    #[test]
    fn bool_is_zero_and_one() {
        let values = Values::from(vec![0.0f32, -2.0, f32::NAN]).cast(DType::Bool);
        assert_eq!(values.to_vec::<bool>().unwrap(), [false, true, true]);
        assert_eq!(values.cast(DType::I16).to_vec::<i16>().unwrap(), [0, 1, 1]);
    }

    #[test]
    fn a_cast_of_a_transposed_array_keeps_axis_order() {
        let a = ndarray::array![[1i16, 2, 3], [4, 5, 6]];
        let values = Values::from(a).transpose(&[1, 0]).cast(DType::F32);
        assert_eq!(values.shape(), [3, 2]);
        assert_eq!(values.to_vec::<f32>().unwrap(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    }
}
