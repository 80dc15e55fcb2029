//! Element-by-element work on blocks in memory, one loop per element type.
//!
//! Every loop runs over plain slices: what lies otherwise in memory is laid out first, by
//! code that is compiled once per type and not once per type and operation.
//! Operands come by value, so that a block nobody else holds is written in place.

mod binary;
mod lookup;
mod number;
mod power;
mod select;
mod text;
mod unary;
mod whole;

pub use binary::BinaryOp;
pub use unary::{MapFn, UnaryOp};

pub(crate) use binary::{Operands, apply as binary, dtypes as binary_dtypes};
pub(crate) use lookup::apply as lookup;
pub(crate) use power::check as check_powers;
pub(crate) use select::{apply as select, dtype as select_dtype};
pub(crate) use unary::{apply as unary, dtype as unary_dtype, map};

use crate::values::kernels::*;
