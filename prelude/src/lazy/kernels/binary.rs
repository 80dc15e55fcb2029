//! Operations on pairs of elements, with NumPy's rules for mixed types.

use super::number::{Bits, Number};
use super::{Block, Workers, map_to, math, text, whole};
use crate::time::DateKind;
use crate::values::{DType, Values, numbers};
use crate::{Error, ErrorKind, Result};

/// The number of a date, or of a span between two, that is missing.
const MISSING: i64 = i64::MIN;

/// An operation on each pair of elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the operator beside each is the documentation
pub enum BinaryOp {
    /// `+`; of bool: or. A date and nanoseconds give a date, missing where it lies beyond those that can be stored. Texts
    /// are joined.
    Add,
    /// `-`; of two dates: nanoseconds, `i64` (`f64` of dates of other calendars, which may lie far apart).
    Sub,
    /// `*`; of bool: and.
    Mul,
    /// `/`, always a float.
    Div,
    /// `%` with the sign of the divisor, as Python's.
    Rem,
    /// To the power of.
    Pow,
    /// The smaller; NaN if either is.
    Min,
    /// The larger; NaN if either is.
    Max,
    /// The length of the hypotenuse, a float.
    Hypot,
    /// The angle of the point (second, first), in radians, a float.
    Atan2,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// `&`: of bool, or of integers by bits.
    And,
    /// `|`: of bool, or of integers by bits.
    Or,
    /// `^`: of bool, or of integers by bits.
    Xor,
}

impl BinaryOp {
    /// The sign or name that `explain()` shows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
            Self::Pow => "power",
            Self::Min => "minimum",
            Self::Max => "maximum",
            Self::Hypot => "hypot",
            Self::Atan2 => "atan2",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::And => "&",
            Self::Or => "|",
            Self::Xor => "^",
        }
    }

    pub(super) fn compares(self) -> bool {
        matches!(self, Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge)
    }

    fn is_logic(self) -> bool {
        matches!(self, Self::And | Self::Or | Self::Xor)
    }
}

/// What promotion knows of an operand: its type, and its value if it is a number written in the code.
///
/// Such a number is weak, as in NumPy 2: it takes the type of the array where its kind allows.
#[derive(Clone, Copy)]
pub(crate) struct Operands<'a> {
    pub a: DType,
    pub b: DType,
    pub weak_a: Option<&'a Values>,
    pub weak_b: Option<&'a Values>,
}

/// The type both operands are converted to, and the type of the result.
pub(crate) fn dtypes(op: BinaryOp, operands: Operands<'_>) -> Result<(DType, DType)> {
    let Operands { a, b, .. } = operands;
    if a == DType::Text || b == DType::Text {
        return text::dtypes(op, a, b);
    }
    if a.is_date() || b.is_date() {
        return dates(op, a, b);
    }
    let common = common(op, operands)?;
    if op.compares() {
        return Ok((common, DType::Bool));
    }
    let refuse = |advice: &str| {
        let message = format!("{} of {a} and {b} has no meaning; {advice}", op.name());
        Err(Error::new(ErrorKind::Mismatch, message))
    };
    let exponent = operands.weak_b.and_then(|value| value.get(&[])).unwrap_or(0.0);
    if op == BinaryOp::Pow && !common.is_float() && exponent < 0.0 {
        return refuse("the power is a fraction, so make floats first, for example with astype(DType::F64)");
    }
    let operand = match op {
        BinaryOp::Div if !common.is_float() => DType::F64,
        BinaryOp::Hypot | BinaryOp::Atan2 => common.to_float(),
        BinaryOp::Sub if common == DType::Bool => return refuse("use ^ to compare, or astype(DType::I64) to count"),
        BinaryOp::Rem | BinaryOp::Pow if common == DType::Bool => DType::I8,
        _ if op.is_logic() && common.is_float() => {
            return refuse("compare first, for example a.gt(0), to have true and false");
        }
        _ => common,
    };
    Ok((operand, operand))
}

fn dates(op: BinaryOp, a: DType, b: DType) -> Result<(DType, DType)> {
    let both = a == b;
    let date = if a.is_date() { a } else { b };
    // Spans of time are whole nanoseconds; those of thousands of years do not fit into whole ones.
    let far = date != DType::DateTime;
    let span = if far { DType::F64 } else { DType::I64 };
    let spans = |dtype: DType| dtype.is_integer() || (far && dtype.is_float());
    match op {
        _ if op.compares() && both => Ok((date, DType::Bool)),
        BinaryOp::Min | BinaryOp::Max if both => Ok((date, date)),
        BinaryOp::Sub if both => Ok((date, span)),
        BinaryOp::Add if spans(a) || spans(b) => Ok((date, date)),
        BinaryOp::Sub if a.is_date() && spans(b) => Ok((date, date)),
        _ if a.is_date() && b.is_date() => {
            let message = format!(
                "{} of {a} and {b} has no meaning: these are dates of two calendars; convert_calendar brings them into one",
                op.name()
            );
            Err(Error::new(ErrorKind::Mismatch, message))
        }
        _ => {
            let message = format!(
                "{} of {a} and {b} has no meaning; dates compare with dates, and differ by nanoseconds",
                op.name()
            );
            Err(Error::new(ErrorKind::Mismatch, message))
        }
    }
}

/// Spans of nanoseconds in the steps of `kind`, rounded; those that no steps in 64 bits are as long as are missing.
fn spans(values: &Values, kind: DateKind) -> Block<i64> {
    let step = kind.nanoseconds();
    if values.dtype().is_float() {
        let Values::F64(a) = values.cast(DType::F64) else { unreachable!("cast to f64") };
        // Both ends are floats; from the upper one on nothing fits.
        let fits = |steps: f64| (-(2f64.powi(63))..2f64.powi(63)).contains(&steps);
        return map_to(&a, |span: f64| {
            Some((span / step as f64).round()).filter(|&n| fits(n)).map_or(MISSING, |n| n as i64)
        });
    }
    if let Values::U64(a) = values {
        let step = step as u64;
        let rounded = |span: u64| span / step + u64::from(span % step * 2 >= step && step > 1);
        return map_to(a, |span: u64| i64::try_from(rounded(span)).unwrap_or(MISSING));
    }
    let Values::I64(a) = values.cast(DType::I64) else { unreachable!("cast to i64") };
    let rounded = |span: i64| span.div_euclid(step) + i64::from(span.rem_euclid(step) * 2 >= step && step > 1);
    map_to(&a, |span: i64| if span == MISSING { span } else { rounded(span) })
}

/// Dates, or the spans between them, as what is added up in the steps of `kind`.
fn steps(values: Values, kind: DateKind) -> Block<i64> {
    match values {
        Values::DateTime(a) | Values::CfTime(_, a) => a,
        numbers => spans(&numbers, kind),
    }
}

/// The common type of two numbers, where a weak one gives way.
pub(crate) fn common(op: BinaryOp, operands: Operands<'_>) -> Result<DType> {
    let Operands { a, b, weak_a, weak_b } = operands;
    let (strong, weak, value) = match (weak_a, weak_b) {
        (None, Some(value)) => (a, b, value),
        (Some(value), None) => (b, a, value),
        _ => return Ok(DType::promote(a, b).expect("both are numbers")),
    };
    Ok(match (strong, weak) {
        (_, DType::Bool) => strong,
        (DType::Bool, _) => weak,
        _ if weak.is_float() => {
            if strong.is_float() {
                strong
            } else {
                DType::F64
            }
        }
        _ if strong.is_float() => strong,
        // A whole number with an array of integers: the array's type, if the number is one of its values.
        _ if whole::within(value, strong) => strong,
        _ if op.compares() || op == BinaryOp::Div => DType::promote(strong, weak).expect("both are numbers"),
        _ => {
            let number = value.get(&[]).unwrap_or_default();
            let message =
                format!("{number} is not a value of {strong}; convert the array first, for example astype(DType::I64)");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    })
}

/// `op` of each pair after conversion to `operand`; `shape` is what both broadcast to.
pub(crate) fn apply(op: BinaryOp, operand: DType, a: Values, b: Values, shape: &[usize]) -> Values {
    apply_by(&Workers::alone(), op, operand, a, b, shape)
}

/// [`apply`] by several threads.
pub(crate) fn apply_by(
    workers: &Workers<'_>,
    op: BinaryOp,
    operand: DType,
    a: Values,
    b: Values,
    shape: &[usize],
) -> Values {
    if let Some(kind) = operand.date_kind() {
        let count = op == BinaryOp::Sub && a.dtype() == b.dtype();
        let (a, b) = (steps(a, kind), steps(b, kind));
        if count && kind != DateKind::Nanoseconds {
            let since = |a: i64, b: i64| if b == MISSING { f64::NAN } else { kind.since(a, b) };
            return Values::F64(workers.zip(a, b, shape, since));
        }
        return match on_dates(workers, op, a, b, shape) {
            Values::I64(dates) if !count => Values::I64(dates).into_dates(operand),
            result => result,
        };
    }
    if operand == DType::Text {
        let (Values::Text(a), Values::Text(b)) = (a.into_cast(operand), b.into_cast(operand)) else {
            unreachable!("cast to text")
        };
        return text::apply(workers, op, a, b, shape);
    }
    if op.compares() && a.dtype().is_integer() && b.dtype().is_integer() && operand.is_float() {
        return Values::Bool(whole::compare(op, &a, &b, shape));
    }
    macro_rules! pair {
        ({} integers { $(($I:ident $($_i:tt)*))* } floats { $(($F:ident $($_f:tt)*))* }) => {
            match (a.into_cast_by(workers, operand), b.into_cast_by(workers, operand)) {
                (Values::Bool(a), Values::Bool(b)) => bools(workers, op, a, b, shape),
                $((Values::$I(a), Values::$I(b)) if op.compares() => Values::Bool(compare(workers, op, a, b, shape)),)*
                $((Values::$F(a), Values::$F(b)) if op.compares() => Values::Bool(compare(workers, op, a, b, shape)),)*
                $((Values::$I(a), Values::$I(b)) => Values::$I(integers(workers, op, a, b, shape)),)*
                (Values::F32(a), Values::F32(b)) if op == BinaryOp::Pow => Values::F32(math::pow(workers, a, b, shape)),
                $((Values::$F(a), Values::$F(b)) => Values::$F(arithmetic(workers, op, a, b, shape)),)*
                _ => unreachable!("both were cast to one type"),
            }
        };
    }
    numbers! { pair }
}

fn compare<T: crate::values::Element>(
    workers: &Workers<'_>,
    op: BinaryOp,
    a: Block<T>,
    b: Block<T>,
    shape: &[usize],
) -> Block<bool> {
    match op {
        BinaryOp::Eq => workers.zip(a, b, shape, |a, b| a == b),
        BinaryOp::Ne => workers.zip(a, b, shape, |a, b| a != b),
        BinaryOp::Lt => workers.zip(a, b, shape, |a, b| a < b),
        BinaryOp::Le => workers.zip(a, b, shape, |a, b| a <= b),
        BinaryOp::Gt => workers.zip(a, b, shape, |a, b| a > b),
        _ => workers.zip(a, b, shape, |a, b| a >= b),
    }
}

fn arithmetic<T: Number>(workers: &Workers<'_>, op: BinaryOp, a: Block<T>, b: Block<T>, shape: &[usize]) -> Block<T> {
    match op {
        BinaryOp::Add => workers.zip(a, b, shape, T::add),
        BinaryOp::Sub => workers.zip(a, b, shape, T::sub),
        BinaryOp::Mul => workers.zip(a, b, shape, T::mul),
        BinaryOp::Div => workers.zip(a, b, shape, T::div),
        BinaryOp::Rem => workers.zip(a, b, shape, T::rem),
        BinaryOp::Pow => workers.zip(a, b, shape, T::pow),
        BinaryOp::Min => workers.zip(a, b, shape, T::min),
        BinaryOp::Hypot => workers.zip(a, b, shape, T::hypot),
        BinaryOp::Atan2 => workers.zip(a, b, shape, T::atan2),
        _ => workers.zip(a, b, shape, T::max),
    }
}

fn integers<T: Number + Bits>(
    workers: &Workers<'_>,
    op: BinaryOp,
    a: Block<T>,
    b: Block<T>,
    shape: &[usize],
) -> Block<T> {
    match op {
        BinaryOp::And => workers.zip(a, b, shape, T::and),
        BinaryOp::Or => workers.zip(a, b, shape, T::or),
        BinaryOp::Xor => workers.zip(a, b, shape, T::xor),
        _ => arithmetic(workers, op, a, b, shape),
    }
}

fn bools(workers: &Workers<'_>, op: BinaryOp, a: Block<bool>, b: Block<bool>, shape: &[usize]) -> Values {
    Values::Bool(match op {
        BinaryOp::Add | BinaryOp::Or | BinaryOp::Max => workers.zip(a, b, shape, Bits::or),
        BinaryOp::Mul | BinaryOp::And | BinaryOp::Min => workers.zip(a, b, shape, Bits::and),
        BinaryOp::Xor => workers.zip(a, b, shape, Bits::xor),
        _ => compare(workers, op, a, b, shape),
    })
}

/// A missing date makes the result missing, and compares as NaN does. A result beyond the dates that can be stored is
/// missing too: wrapped around it would be another date.
fn on_dates(workers: &Workers<'_>, op: BinaryOp, a: Block<i64>, b: Block<i64>, shape: &[usize]) -> Values {
    let missing = |a: i64, b: i64| a == MISSING || b == MISSING;
    let keep = |f: fn(i64, i64) -> i64| move |a, b| if missing(a, b) { MISSING } else { f(a, b) };
    if op.compares() {
        return Values::Bool(match op {
            BinaryOp::Eq => workers.zip(a, b, shape, |a, b| a == b && !missing(a, b)),
            BinaryOp::Ne => workers.zip(a, b, shape, |a, b| a != b || missing(a, b)),
            BinaryOp::Lt => workers.zip(a, b, shape, |a, b| a < b && !missing(a, b)),
            BinaryOp::Le => workers.zip(a, b, shape, |a, b| a <= b && !missing(a, b)),
            BinaryOp::Gt => workers.zip(a, b, shape, |a, b| a > b && !missing(a, b)),
            _ => workers.zip(a, b, shape, |a, b| a >= b && !missing(a, b)),
        });
    }
    Values::I64(match op {
        BinaryOp::Add => workers.zip(a, b, shape, keep(|a, b| a.checked_add(b).unwrap_or(MISSING))),
        BinaryOp::Sub => workers.zip(a, b, shape, keep(|a, b| a.checked_sub(b).unwrap_or(MISSING))),
        BinaryOp::Min => workers.zip(a, b, shape, keep(Ord::min)),
        _ => workers.zip(a, b, shape, keep(Ord::max)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strong(a: DType, b: DType) -> Operands<'static> {
        Operands { a, b, weak_a: None, weak_b: None }
    }

    fn with_weak(a: DType, value: &Values) -> Operands<'_> {
        Operands { a, b: value.dtype(), weak_a: None, weak_b: Some(value) }
    }

    // Expected: numpy 2, (np.ones(2, dtype) op number).dtype
    #[test]
    fn a_number_in_the_code_gives_way_to_the_array() {
        let (half, two, large) = (Values::from(0.5), Values::from(2i64), Values::from(300i64));
        let result = |op, a, value| dtypes(op, with_weak(a, value)).map(|(_, result)| result);
        assert_eq!(result(BinaryOp::Add, DType::F32, &half).unwrap(), DType::F32);
        assert_eq!(result(BinaryOp::Add, DType::I16, &half).unwrap(), DType::F64);
        assert_eq!(result(BinaryOp::Add, DType::U8, &two).unwrap(), DType::U8);
        assert_eq!(result(BinaryOp::Add, DType::Bool, &two).unwrap(), DType::I64);
        assert_eq!(result(BinaryOp::Div, DType::U8, &two).unwrap(), DType::F64);
        assert_eq!(result(BinaryOp::Lt, DType::U8, &large).unwrap(), DType::Bool);
        let error = result(BinaryOp::Add, DType::U8, &large).unwrap_err();
        assert!(error.to_string().contains("300") && error.to_string().contains("uint8"), "{error}");
    }

    #[test]
    fn a_comparison_beyond_the_type_is_still_right() {
        let operands = Values::from(vec![0u8, 255]);
        let (operand, _) = dtypes(BinaryOp::Lt, with_weak(DType::U8, &Values::from(300i64))).unwrap();
        let below = apply(BinaryOp::Lt, operand, operands, Values::from(vec![300i64]), &[2]);
        assert_eq!(below.to_vec::<bool>().unwrap(), [true, true]);
    }

    #[test]
    fn division_of_integers_is_a_float() {
        assert_eq!(dtypes(BinaryOp::Div, strong(DType::I16, DType::I16)).unwrap(), (DType::F64, DType::F64));
        assert_eq!(dtypes(BinaryOp::Div, strong(DType::I16, DType::F32)).unwrap(), (DType::F32, DType::F32));
    }

    #[test]
    fn logic_of_floats_says_what_to_do() {
        let error = dtypes(BinaryOp::And, strong(DType::F32, DType::Bool)).unwrap_err();
        assert!(error.to_string().contains("gt(0)"), "{error}");
    }

    #[test]
    fn dates_differ_by_nanoseconds_and_missing_ones_stay_missing() {
        let a = Values::from_nanoseconds(vec![10, i64::MIN]);
        let b = Values::from_nanoseconds(vec![4, 4]);
        assert_eq!(dtypes(BinaryOp::Sub, strong(DType::DateTime, DType::DateTime)).unwrap().1, DType::I64);
        let difference = apply(BinaryOp::Sub, DType::DateTime, a.clone(), b.clone(), &[2]);
        assert_eq!(difference.dtype(), DType::I64);
        assert_eq!(difference.to_vec::<i64>().unwrap(), [6, i64::MIN]);
        let later = apply(BinaryOp::Gt, DType::DateTime, a.clone(), b.clone(), &[2]);
        assert_eq!(later.to_vec::<bool>().unwrap(), [true, false]);
        let largest = apply(BinaryOp::Max, DType::DateTime, a, b, &[2]);
        assert_eq!(largest.to_vec::<i64>().unwrap(), [10, i64::MIN]);
        assert!(dtypes(BinaryOp::Mul, strong(DType::DateTime, DType::DateTime)).is_err());
    }

    // numpy wraps around: np.datetime64("2200-01-01", "ns") + np.timedelta64(36500, "D") is 1715-06-12T00:25:26.290448384.
    // xarray's cftime objects raise OverflowError.
    #[test]
    fn a_date_beyond_those_that_can_be_stored_is_missing_and_never_another_date() {
        use crate::time::Calendar;
        let day = 86_400_000_000_000i64;
        let late = Values::from_nanoseconds(vec![84_000 * day]);
        let moved = |op, dates: &Values, span: Values| {
            let shape = dates.shape().to_vec();
            apply(op, dates.dtype(), dates.clone(), span, &shape).dates().unwrap().1.iter().copied().collect::<Vec<_>>()
        };
        let days = |count: i64| Values::from(vec![count * day]);
        assert_eq!(moved(BinaryOp::Add, &late, days(36_500)), [i64::MIN]);
        assert_eq!(moved(BinaryOp::Sub, &late, days(-36_500)), [i64::MIN]);
        assert_eq!(moved(BinaryOp::Add, &late, days(1)), [84_001 * day]);
        assert_eq!(moved(BinaryOp::Add, &late, Values::from(vec![u64::MAX])), [i64::MIN]);
        let early = Values::from_nanoseconds(vec![-84_000 * day]);
        let apart = apply(BinaryOp::Sub, DType::DateTime, late.clone(), early, &[1]);
        assert_eq!(apart.to_vec::<i64>().unwrap(), [i64::MIN]);
        let kind = DateKind::Cf(Calendar::NoLeap);
        let cf = |date: i64| Values::of_dates(kind, vec![date]);
        for span in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e25, -1e25] {
            assert_eq!(moved(BinaryOp::Add, &cf(0), Values::from(vec![span])), [i64::MIN], "{span}");
        }
        assert_eq!(moved(BinaryOp::Add, &cf(9_000_000_000_000_000_000), Values::from(vec![9e20])), [i64::MIN]);
        assert_eq!(moved(BinaryOp::Add, &cf(7), Values::from(vec![9e18])), [9_000_000_000_000_007]);
        assert_eq!(moved(BinaryOp::Add, &cf(0), Values::from(vec![i64::MAX])), [9_223_372_036_854_776]);
        assert_eq!(moved(BinaryOp::Add, &cf(0), Values::from(vec![u64::MAX])), [18_446_744_073_709_552]);
        assert_eq!(moved(BinaryOp::Add, &cf(0), Values::from(vec![-500i64])), [0]);
        // They lie further apart than 64 bits of microseconds reach.
        let (a, b) = (cf(i64::MAX), cf(-i64::MAX));
        let apart = apply(BinaryOp::Sub, DType::CfTime(Calendar::NoLeap), a, b, &[1]);
        assert_eq!(apart.to_vec::<f64>().unwrap(), [2.0 * i64::MAX as f64 * 1000.0]);
    }

    #[test]
    fn operands_broadcast_either_way() {
        let column = Values::from(ndarray::array![[10i32], [20]]);
        let row = Values::from(ndarray::array![[1i32, 2, 3]]);
        let sum = apply(BinaryOp::Add, DType::I32, column, row, &[2, 3]);
        assert_eq!(sum.to_vec::<i32>().unwrap(), [11, 12, 13, 21, 22, 23]);
    }

    #[test]
    fn a_block_held_elsewhere_is_not_written() {
        let a = Values::from(vec![1.0, 2.0]);
        let sum = apply(BinaryOp::Sub, DType::F64, Values::from(vec![5.0, 5.0]), a.clone(), &[2]);
        assert_eq!((sum.to_vec::<f64>().unwrap(), a.to_vec::<f64>().unwrap()), (vec![4.0, 3.0], vec![1.0, 2.0]));
    }
}
