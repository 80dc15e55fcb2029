//! Running totals and the last value seen: each result follows from all before it, of which one number per line is enough.

use super::{Block, Flow, LineOp};
use crate::lazy::written::LineForm;
use crate::values::{DType, Element, Text, Values};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;

/// What is carried along a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CumulativeOp {
    /// The sum so far.
    Sum,
    /// The product so far.
    Prod,
    /// The last value that was not missing.
    Last,
}

/// A [`CumulativeOp`] along lines.
#[derive(Debug, Clone, Copy)]
pub struct Cumulative {
    pub op: CumulativeOp,
    /// Totals leave missing values out; otherwise all after one are missing too.
    pub skip_missing: bool,
}

impl LineOp for Cumulative {
    fn name(&self) -> String {
        match self.op {
            CumulativeOp::Sum => "cumulative sum",
            CumulativeOp::Prod => "cumulative product",
            CumulativeOp::Last => "fill forward",
        }
        .to_owned()
    }

    fn dtype(&self, input: DType) -> Result<DType> {
        match (self.op, input) {
            (CumulativeOp::Last, _) | (_, DType::F32 | DType::F64) => Ok(input),
            (_, input) if !input.is_number() => {
                let message = format!("a {} of {input} has no meaning; differences of dates have one", self.name());
                Err(Error::new(ErrorKind::Mismatch, message))
            }
            (_, DType::U64) => Ok(DType::U64),
            _ => Ok(DType::I64),
        }
    }

    fn needs(&self, out: Range<usize>, _: usize) -> Range<usize> {
        0..out.end
    }

    fn flow(&self) -> Flow {
        Flow::Forward
    }

    fn form(&self) -> LineForm {
        LineForm::Cumulative(*self)
    }

    fn apply(&self, block: Block) -> Values {
        self.forward(block, &mut None)
    }

    fn forward(&self, block: Block, state: &mut Option<Values>) -> Values {
        let dtype = block.values.dtype();
        match (self.op, dtype) {
            (CumulativeOp::Last, DType::F32) => run(block, state, f32::NAN, last(f32::is_nan), |v| v),
            (CumulativeOp::Last, DType::F64) => run(block, state, f64::NAN, last(f64::is_nan), |v| v),
            (CumulativeOp::Last, dates) if dates.is_date() => {
                run(block, state, i64::MIN, last(|date| date == i64::MIN), |date| date).into_dates(dates)
            }
            (CumulativeOp::Last, DType::Text) => run(block, state, Text::MISSING, last(Text::is_missing), |text| text),
            (CumulativeOp::Last, _) => run_same(block),
            (CumulativeOp::Sum, DType::F32) => run(block, state, 0.0, self.sum::<f32>(), |v| v as f32),
            (CumulativeOp::Sum, DType::F64) => run(block, state, 0.0, self.sum::<f64>(), |v| v),
            (CumulativeOp::Prod, DType::F32) => run(block, state, 1.0, self.product::<f32>(), |v| v as f32),
            (CumulativeOp::Prod, DType::F64) => run(block, state, 1.0, self.product::<f64>(), |v| v),
            // Totals that wrap have the same bits with and without a sign.
            (CumulativeOp::Sum, DType::U64) => {
                run(block.cast(DType::I64), state, 0, i64::wrapping_add, |total| total as u64)
            }
            (CumulativeOp::Prod, DType::U64) => {
                run(block.cast(DType::I64), state, 1, i64::wrapping_mul, |total| total as u64)
            }
            (CumulativeOp::Sum, _) => run(block.cast(DType::I64), state, 0, i64::wrapping_add, |v| v),
            (CumulativeOp::Prod, _) => run(block.cast(DType::I64), state, 1, i64::wrapping_mul, |v| v),
        }
    }
}

impl Cumulative {
    /// Single precision is added up in double.
    fn sum<T: Element>(&self) -> impl Fn(f64, T) -> f64 + use<T> {
        let skip = self.skip_missing;
        move |total, value| {
            let value = value.to_f64();
            if skip && value.is_nan() { total } else { total + value }
        }
    }

    fn product<T: Element>(&self) -> impl Fn(f64, T) -> f64 + use<T> {
        let skip = self.skip_missing;
        move |total, value| {
            let value = value.to_f64();
            if skip && value.is_nan() { total } else { total * value }
        }
    }
}

fn last<T: Copy>(missing: impl Fn(T) -> bool) -> impl Fn(T, T) -> T {
    move |last, value| if missing(value) { last } else { value }
}

/// Values of a type that is never missing.
fn run_same(block: Block) -> Values {
    let first = block.out.start - block.start;
    block.values.window(&[0..block.outer(), first..first + block.out.len(), 0..block.inner()])
}

/// Runs along every line; `state` holds one total per line. What comes before the results asked for is taken in first.
fn run<T: Element, S: Element, U: Element>(
    block: Block,
    state: &mut Option<Values>,
    start: S,
    next: impl Fn(S, T) -> S,
    result: impl Fn(S) -> U,
) -> Values {
    let (here, inner, outs) = (block.here(), block.inner(), block.out.len());
    let mut totals: Vec<S> = match state.take() {
        Some(before) => before.as_slice::<S>().expect("the state of this operation").to_vec(),
        None => vec![start; block.outer() * inner],
    };
    let mut results = block.results::<U>();
    let values = block.slice::<T>();
    for outer in 0..block.outer() {
        let totals = &mut totals[outer * inner..][..inner];
        for n in 0..here {
            let row = &values[(outer * here + n) * inner..][..inner];
            totals.iter_mut().zip(row).for_each(|(total, &value)| *total = next(*total, value));
            if let Some(n) = (block.start + n).checked_sub(block.out.start) {
                let results = &mut results[(outer * outs + n) * inner..][..inner];
                results.iter_mut().zip(&*totals).for_each(|(out, &total)| *out = result(total));
            }
        }
    }
    *state = Some(Values::from(totals));
    block.finish(results)
}
