//! Rolling windows: a reduction of each element with its neighbours.
//!
//! Nothing is ever subtracted again, so no error builds up along a line and the result does not depend on where the
//! lines are cut: the axis is divided into stretches as long as the window, counted from position 0, and each window
//! is the end of one stretch and the beginning of the next. Both are built up row by row of neighbouring lines, three
//! steps for each element (`fold`, `folding`). Medians keep the values of a window in order (`median`).

mod fold;
mod folding;
mod median;
#[cfg(test)]
mod tests;

use super::{Block, Flow, LineOp};
use crate::lazy::written::LineForm;
use crate::values::{DType, Text, Values};
use crate::{Error, ErrorKind, Result};
use fold::Float;
use std::ops::Range;

/// What becomes of the values in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RollingOp {
    Sum,
    Mean,
    Prod,
    Min,
    Max,
    Var,
    Std,
    Median,
    Count,
}

impl RollingOp {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Prod => "prod",
            Self::Min => "min",
            Self::Max => "max",
            Self::Var => "var",
            Self::Std => "std",
            Self::Median => "median",
            Self::Count => "count",
        }
    }
}

/// A window of each element and those around it.
#[derive(Debug, Clone, Copy)]
pub struct Rolling {
    pub op: RollingOp,
    pub before: usize,
    pub after: usize,
    /// Windows with fewer values than this are missing.
    pub least: usize,
    pub ddof: usize,
}

impl Rolling {
    fn window(&self) -> usize {
        self.before + 1 + self.after
    }
}

impl LineOp for Rolling {
    fn name(&self) -> String {
        format!("rolling {} of {}", self.op.name(), self.window())
    }

    fn dtype(&self, input: DType) -> Result<DType> {
        Ok(match self.op {
            RollingOp::Count => DType::F64,
            _ if !input.is_number() => {
                let message = format!("a rolling {} of {input} has no meaning here; count does", self.op.name());
                return Err(Error::new(ErrorKind::Mismatch, message));
            }
            RollingOp::Sum | RollingOp::Mean | RollingOp::Prod if !input.is_float() => DType::F64,
            _ => input.with_missing(),
        })
    }

    fn needs(&self, out: Range<usize>, length: usize) -> Range<usize> {
        out.start.saturating_sub(self.before)..(out.end + self.after).min(length)
    }

    fn flow(&self) -> Flow {
        Flow::Near(self.before + self.after)
    }

    fn form(&self) -> LineForm {
        LineForm::Rolling(*self)
    }

    fn apply(&self, block: Block) -> Values {
        let dtype = match (self.op, block.values.dtype()) {
            (RollingOp::Count, DType::F32) => DType::F32,
            (RollingOp::Count, _) => DType::F64,
            (_, input) => self.dtype(input).expect("the plan checked the type"),
        };
        let block = match &block.values {
            Values::Text(texts) => {
                let here = |text: Text| if text.is_missing() { f64::NAN } else { 0.0 };
                Block { values: Values::F64(crate::values::kernels::map_to(texts, here)), ..block }
            }
            _ => block.cast(dtype),
        };
        match dtype {
            DType::F32 => self.of_floats::<f32>(block),
            _ => self.of_floats::<f64>(block),
        }
    }
}

impl Rolling {
    fn of_floats<T: Float>(&self, block: Block) -> Values {
        match self.op {
            RollingOp::Sum => folding::run::<T, T, fold::Sum>(self, block),
            RollingOp::Mean => folding::run::<T, T, fold::Mean>(self, block),
            RollingOp::Prod => folding::run::<T, T, fold::Prod>(self, block),
            RollingOp::Min => folding::run::<T, T, fold::Min>(self, block),
            RollingOp::Max => folding::run::<T, T, fold::Max>(self, block),
            RollingOp::Var | RollingOp::Std => folding::run::<T, T, fold::Var>(self, block),
            RollingOp::Median => median::run::<T>(self, block),
            RollingOp::Count => folding::run::<T, f64, fold::Count>(self, block),
        }
    }
}
