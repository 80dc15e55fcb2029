//! Element-by-element work on blocks in memory, one loop per element type.
//!
//! Every loop runs over plain slices: what lies otherwise in memory is laid out first, by
//! code that is compiled once per type and not once per type and operation.
//! Operands come by value, so that the memory of a block nobody else holds is used for what comes next.

mod binary;
mod bounds;
mod date_fields;
mod lookup;
mod math;
mod number;
mod power;
mod select;
mod text;
mod unary;
mod whole;

pub use binary::BinaryOp;
pub use unary::{MapFn, UnaryOp};

pub(crate) use binary::{Operands, apply as binary, apply_by as binary_by, dtypes as binary_dtypes};
pub(crate) use bounds::{clip, fill_missing};
pub(crate) use lookup::apply as lookup;
pub(crate) use power::check as check_powers;
pub(crate) use select::{apply as select, apply_by as select_by, dtype as select_dtype};
pub(crate) use unary::{apply as unary, apply_by as unary_by, dtype as unary_dtype, map, map_by};

pub(crate) use crate::values::kernels::Workers;
use crate::values::kernels::*;
