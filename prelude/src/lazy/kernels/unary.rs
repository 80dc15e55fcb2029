//! Operations on each element of one block.

use super::number::{Bits, Number};
use super::{Block, Workers, math};
use crate::time::DateKind;
use crate::values::kernels::Map;
use crate::values::{DType, Values, each, numbers, vector};

/// An operation on each element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnaryOp {
    /// `-a`; unsigned integers wrap, bool counts as `i64`.
    Neg,
    /// `!a` of bool, by bits of integers; of floats: whether it is 0.
    Not,
    /// The absolute value.
    Abs,
    /// The square root, a float; NaN below 0.
    Sqrt,
    /// e to the power of the element, a float.
    Exp,
    /// The natural logarithm, a float.
    Ln,
    /// The sine; angles are in radians.
    Sin,
    /// The cosine.
    Cos,
    /// The tangent.
    Tan,
    /// The angle with this sine; NaN beyond -1..=1.
    Asin,
    /// The angle with this cosine; NaN beyond -1..=1.
    Acos,
    /// The angle with this tangent.
    Atan,
    /// The hyperbolic sine.
    Sinh,
    /// The hyperbolic cosine.
    Cosh,
    /// The hyperbolic tangent.
    Tanh,
    /// The logarithm to base 10, a float.
    Log10,
    /// The logarithm to base 2, a float.
    Log2,
    /// The natural logarithm of 1 plus the element, exact for small ones.
    Log1p,
    /// e to the power of the element, less 1, exact for small ones.
    Expm1,
    /// The cube root, a float.
    Cbrt,
    /// Radians as degrees.
    Degrees,
    /// Degrees as radians.
    Radians,
    /// Towards 0, to a whole number; integers stay as they are.
    Trunc,
    /// -1, 0 or 1; NaN stays.
    Sign,
    /// The element times itself; bool counts as `i8`.
    Square,
    /// Whether a float is neither infinite nor NaN; true of everything else that is not missing. Bool.
    IsFinite,
    /// Whether a float is infinite. Bool.
    IsInfinite,
    /// Down to a whole number; integers stay as they are.
    Floor,
    /// Up to a whole number; integers stay as they are.
    Ceil,
    /// To the nearest whole number, halves to the even one, as NumPy rounds.
    Round,
    /// Whether the element is missing: NaN, or a missing date or text. Bool.
    IsNan,
    /// The year of a date. Date fields are `i64`, and 0 for a missing date.
    Year,
    /// The month, 1 to 12.
    Month,
    /// The day of the month, from 1.
    Day,
    /// The day of the year, from 1.
    DayOfYear,
    /// The day of the week, from 0 for Monday.
    DayOfWeek,
    /// The hour, 0 to 23.
    Hour,
    /// The minute, 0 to 59.
    Minute,
    /// The second, 0 to 59.
    Second,
}

impl UnaryOp {
    /// The name that `explain()` shows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Neg => "negative",
            Self::Not => "not",
            Self::Abs => "abs",
            Self::Sqrt => "sqrt",
            Self::Exp => "exp",
            Self::Ln => "ln",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Tan => "tan",
            Self::Asin => "asin",
            Self::Acos => "acos",
            Self::Atan => "atan",
            Self::Sinh => "sinh",
            Self::Cosh => "cosh",
            Self::Tanh => "tanh",
            Self::Log10 => "log10",
            Self::Log2 => "log2",
            Self::Log1p => "log1p",
            Self::Expm1 => "expm1",
            Self::Cbrt => "cbrt",
            Self::Degrees => "degrees",
            Self::Radians => "radians",
            Self::Trunc => "trunc",
            Self::Sign => "sign",
            Self::Square => "square",
            Self::IsFinite => "is_finite",
            Self::IsInfinite => "is_infinite",
            Self::Floor => "floor",
            Self::Ceil => "ceil",
            Self::Round => "round",
            Self::IsNan => "is_nan",
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::DayOfYear => "dayofyear",
            Self::DayOfWeek => "weekday",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
        }
    }

    fn rounds(self) -> bool {
        matches!(self, Self::Floor | Self::Ceil | Self::Round | Self::Trunc)
    }

    /// Whether the result is a float, whatever the element is.
    fn is_float_function(self) -> bool {
        matches!(
            self,
            Self::Sqrt
                | Self::Exp
                | Self::Ln
                | Self::Sin
                | Self::Cos
                | Self::Tan
                | Self::Asin
                | Self::Acos
                | Self::Atan
                | Self::Sinh
                | Self::Cosh
                | Self::Tanh
                | Self::Log10
                | Self::Log2
                | Self::Log1p
                | Self::Expm1
                | Self::Cbrt
                | Self::Degrees
                | Self::Radians
        )
    }
}

/// The dtype of the result. Of text, numbers are read; labelled arrays refuse that before.
pub(crate) fn dtype(op: UnaryOp, input: DType) -> DType {
    let input = if input == DType::Text { DType::F64 } else { input };
    match op {
        UnaryOp::Neg if input == DType::Bool || input.is_date() => DType::I64,
        UnaryOp::Not if input.is_float() || input.is_date() => DType::Bool,
        UnaryOp::Abs if input.is_date() => DType::I64,
        UnaryOp::Sign if input.is_date() => DType::I64,
        UnaryOp::Square if input.is_date() => DType::F64,
        UnaryOp::Square if input == DType::Bool => DType::I8,
        UnaryOp::Neg | UnaryOp::Not | UnaryOp::Abs | UnaryOp::Sign | UnaryOp::Square => input,
        UnaryOp::Floor | UnaryOp::Ceil | UnaryOp::Round | UnaryOp::Trunc => input,
        UnaryOp::IsNan | UnaryOp::IsFinite | UnaryOp::IsInfinite => DType::Bool,
        _ if op.is_float_function() => input.to_float(),
        _ => DType::I64,
    }
}

/// `op` of each element.
pub(crate) fn apply(op: UnaryOp, values: Values) -> Values {
    apply_by(&Workers::alone(), op, values)
}

/// [`apply`] by several threads.
pub(crate) fn apply_by(workers: &Workers<'_>, op: UnaryOp, values: Values) -> Values {
    let values = if op == UnaryOp::IsNan || values.dtype() != DType::Text { values } else { values.cast(DType::F64) };
    if let Some(field) = op.date_field() {
        if let Values::CfTime(calendar, dates) = &values {
            let kind = DateKind::Cf(*calendar);
            return Values::I64(workers.map(dates.clone(), |v| if v == i64::MIN { 0 } else { op.field_of(kind, v) }));
        }
        let Values::DateTime(instants) = values.cast(DType::DateTime) else { unreachable!("cast to dates") };
        return Values::I64(workers.map(instants, |v| if v == i64::MIN { 0 } else { field(v) }));
    }
    let result = dtype(op, values.dtype());
    match op {
        UnaryOp::IsNan => is_nan(workers, &values),
        UnaryOp::Not => not(workers, values),
        UnaryOp::IsFinite => finite(workers, &values, |v| v.is_finite(), true),
        UnaryOp::IsInfinite => finite(workers, &values, |v| v.is_infinite(), false),
        _ if op.is_float_function() || op.rounds() => match values.into_cast_by(workers, result) {
            Values::F32(a) => Values::F32(float32(workers, op, a)),
            Values::F64(a) => Values::F64(float64(workers, op, a)),
            unrounded => unrounded,
        },
        _ => signed_values(workers, op, values.into_cast_by(workers, result)),
    }
}

macro_rules! by_kind {
    ({} integers { $(($I:ident $($_i:tt)*))* } floats { $(($F:ident $($_f:tt)*))* }) => {
        fn signed_values(workers: &Workers<'_>, op: UnaryOp, values: Values) -> Values {
            match values {
                $(Values::$I(a) => Values::$I(signed(workers, op, a)),)*
                $(Values::$F(a) => Values::$F(signed(workers, op, a)),)*
                bools_and_dates => bools_and_dates,
            }
        }

        fn not(workers: &Workers<'_>, values: Values) -> Values {
            match values {
                Values::Bool(a) => Values::Bool(workers.map(a, Bits::not)),
                $(Values::$I(a) => Values::$I(workers.map(a, Bits::not)),)*
                $(Values::$F(a) => Values::Bool(workers.map(a, |v| v == 0.0)),)*
                Values::DateTime(a) | Values::CfTime(_, a) => Values::Bool(workers.map(a, |v| v == 0)),
                Values::Text(_) => unreachable!("numbers were read in it"),
            }
        }
    };
}

numbers! { by_kind }

fn signed<T: Number>(workers: &Workers<'_>, op: UnaryOp, a: Block<T>) -> Block<T> {
    match op {
        UnaryOp::Neg => workers.map(a, T::neg),
        UnaryOp::Sign => workers.map(a, T::sign),
        UnaryOp::Square => workers.map(a, |v| v.mul(v)),
        _ => workers.map(a, T::abs),
    }
}

macro_rules! float {
    ($name:ident, $type:ident) => {
        fn $name(workers: &Workers<'_>, op: UnaryOp, a: Block<$type>) -> Block<$type> {
            match op {
                UnaryOp::Sqrt => workers.map(a, $type::sqrt),
                UnaryOp::Exp => math::exp(workers, a),
                UnaryOp::Ln => math::ln(workers, a),
                UnaryOp::Sin => math::sin(workers, a),
                UnaryOp::Cos => math::cos(workers, a),
                UnaryOp::Tan => workers.map(a, $type::tan),
                UnaryOp::Asin => workers.map(a, $type::asin),
                UnaryOp::Acos => workers.map(a, $type::acos),
                UnaryOp::Atan => workers.map(a, $type::atan),
                UnaryOp::Sinh => workers.map(a, $type::sinh),
                UnaryOp::Cosh => workers.map(a, $type::cosh),
                UnaryOp::Tanh => workers.map(a, $type::tanh),
                UnaryOp::Log10 => workers.map(a, $type::log10),
                UnaryOp::Log2 => workers.map(a, $type::log2),
                UnaryOp::Log1p => workers.map(a, $type::ln_1p),
                UnaryOp::Expm1 => workers.map(a, $type::exp_m1),
                UnaryOp::Cbrt => workers.map(a, $type::cbrt),
                UnaryOp::Degrees => workers.map(a, $type::to_degrees),
                UnaryOp::Radians => workers.map(a, $type::to_radians),
                UnaryOp::Trunc => workers.map(a, $type::trunc),
                UnaryOp::Floor => workers.map(a, $type::floor),
                UnaryOp::Ceil => workers.map(a, $type::ceil),
                _ => workers.map(a, $type::round_ties_even),
            }
        }
    };
}

float!(float32, f32);
float!(float64, f64);

fn is_nan(workers: &Workers<'_>, values: &Values) -> Values {
    Values::Bool(match values {
        Values::F32(a) => workers.map(a.clone(), f32::is_nan),
        Values::F64(a) => workers.map(a.clone(), f64::is_nan),
        Values::DateTime(a) | Values::CfTime(_, a) => workers.map(a.clone(), |v| v == i64::MIN),
        Values::Text(a) => workers.map(a.clone(), |v| v.is_missing()),
        other => each!(other, a => workers.map(a.clone(), |_| false)),
    })
}

/// `is` of floats; what is no float is finite, but for missing dates.
fn finite(workers: &Workers<'_>, values: &Values, is: fn(f64) -> bool, finite: bool) -> Values {
    Values::Bool(match values {
        Values::F32(a) => workers.map(a.clone(), |v| is(f64::from(v))),
        Values::F64(a) => workers.map(a.clone(), is),
        Values::DateTime(a) | Values::CfTime(_, a) => workers.map(a.clone(), |v| finite && v != i64::MIN),
        other => each!(other, a => workers.map(a.clone(), |_| finite)),
    })
}

/// A function of blocks of `f64`: the body of `DataArray::map`, inlined into one loop per block.
pub type MapFn = dyn Fn(&mut [f64]) + Send + Sync;

/// `f` over each run of elements; `f32` stays `f32`, everything else becomes `f64`.
pub(crate) fn map(f: &MapFn, values: Values) -> Values {
    map_by(&Workers::alone(), f, values)
}

/// [`map`] by several threads.
pub(crate) fn map_by(workers: &Workers<'_>, f: &MapFn, values: Values) -> Values {
    /// Elements that the closure gets at a time: within the first level cache.
    const RUN: usize = 2048;
    match values {
        Values::F32(a) => Values::F32(workers.map_runs(a, &|a, out| {
            let mut run = [0.0f64; RUN];
            for (a, out) in a.chunks(RUN).zip(out.chunks_mut(RUN)) {
                let run = &mut run[..a.len()];
                vector::wide::<f32, f64>(Map { a, out: &mut *run, f: f64::from });
                f(run);
                vector::wide::<f64, f32>(Map { a: &*run, out, f: |v| v as f32 });
            }
        })),
        other => {
            let Values::F64(a) = other.into_cast_by(workers, DType::F64) else { unreachable!("cast to f64") };
            Values::F64(workers.map_runs(a, &|a, out| {
                for (a, out) in a.chunks(RUN).zip(out.chunks_mut(RUN)) {
                    out.copy_from_slice(a);
                    f(out);
                }
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_takes_halves_to_even() {
        let rounded = apply(UnaryOp::Round, Values::from(vec![0.5, 1.5, -2.5, 2.6]));
        assert_eq!(rounded.to_vec::<f64>().unwrap(), [0.0, 2.0, -2.0, 3.0]);
        let kept = apply(UnaryOp::Round, Values::from(vec![7i16]));
        assert_eq!((kept.dtype(), kept.get(&[0])), (DType::I16, Some(7.0)));
    }

    #[test]
    fn small_integers_have_roots_in_single_precision() {
        let root = apply(UnaryOp::Sqrt, Values::from(vec![9i16]));
        assert_eq!((root.dtype(), root.get(&[0])), (DType::F32, Some(3.0)));
        assert_eq!(apply(UnaryOp::Sqrt, Values::from(vec![9i64])).dtype(), DType::F64);
    }

    #[test]
    fn every_dtype_says_the_type_it_gives() {
        let ops =
            [UnaryOp::Neg, UnaryOp::Not, UnaryOp::Abs, UnaryOp::Exp, UnaryOp::Floor, UnaryOp::IsNan, UnaryOp::Month];
        for op in ops {
            for input in DType::NUMBERS.iter().copied().chain([
                DType::DateTime,
                DType::CfTime(crate::time::Calendar::NoLeap),
                DType::Text,
            ]) {
                let result = apply(op, Values::from(vec![1i64]).cast(input));
                assert_eq!(result.dtype(), dtype(op, input), "{op:?} of {input}");
            }
        }
    }

    #[test]
    fn a_shared_block_is_not_written_in_place() {
        let a = Values::from(vec![1.0, 4.0]);
        let negative = apply(UnaryOp::Neg, a.clone());
        assert_eq!(a.to_vec::<f64>().unwrap(), [1.0, 4.0]);
        assert_eq!(negative.to_vec::<f64>().unwrap(), [-1.0, -4.0]);
    }

    #[test]
    fn map_leaves_the_callers_values_alone() {
        let double = |run: &mut [f64]| run.iter_mut().for_each(|v| *v *= 2.0);
        let a = Values::from((0..5000).map(|v| v as f32).collect::<Vec<_>>());
        let mapped = map(&double, a.clone());
        assert_eq!((mapped.dtype(), mapped.get(&[4999]), a.get(&[4999])), (DType::F32, Some(9998.0), Some(4999.0)));
        let counts = map(&double, Values::from(vec![3u8]));
        assert_eq!((counts.dtype(), counts.get(&[0])), (DType::F64, Some(6.0)));
    }

    #[test]
    fn fields_of_missing_dates_are_zero() {
        let months = apply(UnaryOp::Month, Values::from_nanoseconds(vec![0, i64::MIN]));
        assert_eq!(months.to_vec::<i64>().unwrap(), [1, 0]);
    }
}
