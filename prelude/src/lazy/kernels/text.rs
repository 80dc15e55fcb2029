//! Operations on pairs of texts: they compare, and `+` joins them.

use super::{BinaryOp, Block, Workers};
use crate::values::{DType, Text, Values};
use crate::{Error, ErrorKind, Result};

/// The type both operands are converted to, and the type of the result.
pub(super) fn dtypes(op: BinaryOp, a: DType, b: DType) -> Result<(DType, DType)> {
    match op {
        _ if op.compares() && a == b => Ok((DType::Text, DType::Bool)),
        BinaryOp::Add if a == b => Ok((DType::Text, DType::Text)),
        _ => {
            let message = format!(
                "{} of {a} and {b} has no meaning; text compares with text and joins it with +, and \
                 astype(DType::F64) reads numbers in text",
                op.name()
            );
            Err(Error::new(ErrorKind::Mismatch, message))
        }
    }
}

/// A missing text makes the joined text missing, and compares as NaN does.
pub(super) fn apply(workers: &Workers<'_>, op: BinaryOp, a: Block<Text>, b: Block<Text>, shape: &[usize]) -> Values {
    let both = |a: Text, b: Text| !a.is_missing() && !b.is_missing();
    Values::Bool(match op {
        BinaryOp::Add => return Values::Text(workers.zip(a, b, shape, Text::joined)),
        BinaryOp::Eq => workers.zip(a, b, shape, |a, b| a == b && both(a, b)),
        BinaryOp::Ne => workers.zip(a, b, shape, |a, b| a != b || !both(a, b)),
        BinaryOp::Lt => workers.zip(a, b, shape, |a, b| a < b && both(a, b)),
        BinaryOp::Le => workers.zip(a, b, shape, |a, b| a <= b && both(a, b)),
        BinaryOp::Gt => workers.zip(a, b, shape, |a, b| a > b && both(a, b)),
        _ => workers.zip(a, b, shape, |a, b| a >= b && both(a, b)),
    })
}
