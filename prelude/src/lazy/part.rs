//! Plans computed part by part by somebody who can use parts: a writer of files, a warped raster.
//!
//! A part of a plan is quick to compute if nothing below it needs the whole. Reductions do, so they are computed
//! once, before the first part.

use super::chunk;
use super::evaluate::{self, estimate};
use super::executor::Threads;
use super::op::Op;
use super::stack::{Stack, reduces};
use super::{AxisIndex, Plan, memory};
use crate::parallel::{Progress, bytes};
use crate::values::Values;
use crate::{Error, ErrorKind, Result};
use std::ops::Range;

impl Plan {
    /// The plan with every reduction in it computed: what is left has a meaning window by window.
    ///
    /// # Errors
    /// When a file cannot be read, when Stop is pressed, or when the results of the reductions would not fit in memory.
    pub(crate) fn settled(&self) -> Result<Self> {
        if !reduces([self]) {
            return Ok(self.clone());
        }
        if matches!(self.node().op, Op::Reduce(_)) || Stack::of(self).is_some() {
            return Ok(Self::memory(self.evaluate()?));
        }
        let estimate = estimate(std::slice::from_ref(self));
        let (needed, available) = (estimate.between + estimate.working, memory::available());
        if needed > available {
            let message = format!(
                "the reductions below {:?} {} would take {}, and this process may use {} more: select a smaller region first",
                self.shape(),
                self.dtype(),
                bytes(needed),
                bytes(available)
            );
            return Err(Error::new(ErrorKind::Memory, message));
        }
        let progress = Progress::new("computing", estimate.steps).unit("windows");
        let _here = progress.enter();
        let settled = evaluate::settle(self, &Threads::all(), &|| progress.step(1))?;
        progress.finish();
        Ok(settled)
    }

    /// The values of a window, one range per axis, without progress of its own. Called from one of the
    /// engine's threads it is computed there and by those that are idle.
    ///
    /// # Errors
    /// When a file cannot be read, or when Stop is pressed.
    pub(crate) fn part(&self, window: &[Range<usize>]) -> Result<Values> {
        let axes: Vec<AxisIndex> = window.iter().cloned().map(AxisIndex::range).collect();
        self.part_at(&axes)
    }

    /// [`part`](Self::part) of single positions too: what lies between them is read where one block holds both.
    ///
    /// # Errors
    /// As `part`, and as [`index`](Self::index).
    pub(crate) fn part_at(&self, axes: &[AxisIndex]) -> Result<Values> {
        let part = self.index(axes)?;
        match part.as_values() {
            Some(values) => Ok(values.clone()),
            None => evaluate::run_one(&part, &Threads::all(), &|| {}),
        }
    }
}

impl Plan {
    /// The longest block along each axis of what is read for it: no less is decoded. 1 where it can be cut anywhere.
    pub(crate) fn block(&self) -> Vec<usize> {
        chunk::cuts(self).iter().map(|cuts| cuts.unit().max(1)).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::lazy::{BinaryOp, Plan, ReduceOp, ReduceOptions};
    use crate::values::{DType, Values};

    #[test]
    fn parts_of_a_plan_whose_reductions_are_settled_are_parts_of_the_whole() {
        let numbers = Values::from(ndarray::Array2::from_shape_fn((6, 4), |(row, column)| (row * 4 + column) as f64));
        let lazy = Plan::memory(numbers).chunked(&[2, 4]).unwrap();
        let mean = lazy.reduce(ReduceOp::Mean, &[0], ReduceOptions::default()).unwrap().insert_axis(0);
        let anomaly = Plan::binary(BinaryOp::Sub, &lazy, &mean).unwrap();
        let settled = anomaly.settled().unwrap();
        assert!(settled.is_lazy() && !super::reduces([&settled]));
        assert_eq!(settled.part(&[1..2, 0..4]).unwrap().to_vec::<f64>().unwrap(), [-6.0; 4]);
        assert_eq!(settled.dtype(), DType::F64);
    }
}
