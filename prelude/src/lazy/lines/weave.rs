//! Each result from two elements of its line and a weight: interpolation at given places.

use super::{Block, Flow, LineOp};
use crate::lazy::written::LineForm;
use crate::values::{DType, Values};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;
use std::sync::Arc;

/// `values[low] + (values[high] - values[low]) * weight`; missing where there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Knots {
    pub low: usize,
    pub high: usize,
    /// 0 gives the value at `low` exactly, 1 that at `high`.
    pub weight: f64,
}

/// One result for each of the knots.
#[derive(Debug, Clone)]
pub struct Weave {
    pub knots: Arc<[Option<Knots>]>,
}

impl LineOp for Weave {
    fn name(&self) -> String {
        format!("interpolate at {} place{}", self.knots.len(), if self.knots.len() == 1 { "" } else { "s" })
    }

    fn dtype(&self, input: DType) -> Result<DType> {
        match input {
            input if !input.is_number() || input == DType::Bool => {
                let message = format!("values of {input} cannot be interpolated; labels of the dimension may be dates");
                Err(Error::new(ErrorKind::Mismatch, message))
            }
            _ => Ok(DType::F64),
        }
    }

    fn output_len(&self, _: usize) -> usize {
        self.knots.len()
    }

    fn needs(&self, out: Range<usize>, _: usize) -> Range<usize> {
        let places = self.knots[out].iter().flatten();
        let (low, high) = places.fold((usize::MAX, 0), |(low, high), knots| {
            (low.min(knots.low).min(knots.high), high.max(knots.low + 1).max(knots.high + 1))
        });
        if low == usize::MAX { 0..0 } else { low..high }
    }

    /// How much results share depends on the places; what matters is the stretch between two neighbours.
    fn flow(&self) -> Flow {
        let ascending = self.knots.iter().flatten().is_sorted_by(|a, b| a.low <= b.low && a.high <= b.high);
        if ascending { Flow::Near(1) } else { Flow::Whole }
    }

    fn form(&self) -> LineForm {
        LineForm::Weave(self.clone())
    }

    fn apply(&self, block: Block) -> Values {
        self.weave(block.cast(DType::F64))
    }
}

impl Weave {
    fn weave(&self, block: Block) -> Values {
        let (here, inner, outs) = (block.here(), block.inner(), block.out.len());
        let mut results = block.results::<f64>();
        let values = block.slice::<f64>();
        for outer in 0..block.outer() {
            let row = |position: usize| &values[(outer * here + position - block.start) * inner..][..inner];
            for (n, knots) in self.knots[block.out.clone()].iter().enumerate() {
                let results = &mut results[(outer * outs + n) * inner..][..inner];
                match knots {
                    None => results.fill(f64::NAN),
                    Some(Knots { low, weight: 0.0, .. }) => results.copy_from_slice(row(*low)),
                    Some(Knots { high, weight: 1.0, .. }) => results.copy_from_slice(row(*high)),
                    Some(Knots { low, high, weight }) => {
                        for ((result, low), high) in results.iter_mut().zip(row(*low)).zip(row(*high)) {
                            *result = low + (high - low) * weight;
                        }
                    }
                }
            }
        }
        block.finish(results)
    }
}
