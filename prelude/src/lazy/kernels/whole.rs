//! Whole numbers of which no type holds both operands: 64 bits with a sign beside 64 without.

use super::{BinaryOp, Block, blank, slice_mut};
use crate::values::{DType, Values};

/// Whether a single number is one of the values of `dtype`, an integer type.
pub(super) fn within(number: &Values, dtype: DType) -> bool {
    let Some((least, greatest)) = dtype.range() else { return false };
    integers(number).first().is_some_and(|number| (least..=greatest).contains(number))
}

/// Each element, exactly; `values` are integers or bool.
fn integers(values: &Values) -> Vec<i128> {
    match values {
        Values::U64(a) => a.iter().map(|&v| i128::from(v)).collect(),
        others => match others.cast(DType::I64) {
            Values::I64(a) => a.iter().map(|&v| i128::from(v)).collect(),
            _ => unreachable!("cast to i64"),
        },
    }
}

/// How each pair compares, exactly, as NumPy 2 compares `int64` with `uint64`.
pub(super) fn compare(op: BinaryOp, a: &Values, b: &Values, shape: &[usize]) -> Block<bool> {
    let spread = |values: &Values| values.broadcast_to(shape).map_or_else(|_| Vec::new(), |values| integers(&values));
    let (a, b) = (spread(a), spread(b));
    let mut out = blank::<bool>(shape);
    for ((out, a), b) in slice_mut(&mut out).iter_mut().zip(a).zip(b) {
        *out = match op {
            BinaryOp::Eq => a == b,
            BinaryOp::Ne => a != b,
            BinaryOp::Lt => a < b,
            BinaryOp::Le => a <= b,
            BinaryOp::Gt => a > b,
            _ => a >= b,
        };
    }
    out.into_shared()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected: np.array([2**63 - 1, -1]) < np.array([2**63, 2**64 - 1], dtype="u8"), and == (numpy 2)
    #[test]
    fn numbers_with_a_sign_compare_exactly_with_large_ones_without() {
        let signed = Values::from(vec![i64::MAX, -1]);
        let unsigned = Values::from(vec![1u64 << 63, u64::MAX]);
        let test = |op| super::super::binary(op, DType::F64, signed.clone(), unsigned.clone(), &[2]).to_vec::<bool>();
        assert_eq!(test(BinaryOp::Lt).unwrap(), [true, true]);
        assert_eq!(test(BinaryOp::Eq).unwrap(), [false, false]);
        assert!(!within(&Values::from(-1i64), DType::U64) && within(&Values::from(u64::MAX), DType::U64));
    }
}
