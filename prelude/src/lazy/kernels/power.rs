//! Powers of integers: what NumPy refuses is refused when the values are there, and the rest wraps as products do.

use super::BinaryOp;
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};

/// Refuses integers to negative powers: the results are fractions, and the array holds integers.
///
/// A power that is written in the code is refused when the plan is made; one of an array is known only here.
pub(crate) fn check(op: BinaryOp, operand: DType, exponents: &Values) -> Result<()> {
    if op != BinaryOp::Pow || !operand.is_integer() || !exponents.dtype().is_integer() {
        return Ok(());
    }
    // As floats every type keeps its sign, the largest unsigned one too.
    let Values::F64(exponents) = exponents.cast(DType::F64) else { return Ok(()) };
    match exponents.iter().find(|&&exponent| exponent < 0.0) {
        None => Ok(()),
        Some(exponent) => {
            let message = format!(
                "an integer to the power of {exponent} is a fraction, and {operand} holds none; make floats first, for example with astype(DType::F64)"
            );
            Err(Error::new(ErrorKind::InvalidArgument, message))
        }
    }
}

/// The product of `$exponent` times `$base`, by squares, wrapping at each step: so an exponent may be as large as its type.
macro_rules! wrapping_power {
    ($base:expr, $exponent:expr) => {{
        let (mut square, mut left, mut product) = ($base, $exponent, 1);
        while left > 0 {
            if left & 1 == 1 {
                product = square.wrapping_mul(product);
            }
            square = square.wrapping_mul(square);
            left >>= 1;
        }
        product
    }};
}

pub(super) use wrapping_power;
