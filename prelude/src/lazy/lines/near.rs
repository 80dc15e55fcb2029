//! Results that follow from neighbours: differences, shifted lines, gaps filled up to a limit.

use super::{Block, Flow, LineOp};
use crate::lazy::kernels::{self, BinaryOp, Operands};
use crate::lazy::written::LineForm;
use crate::values::{DType, Element, Text, Values, numbers, typed};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;

/// Each element less the one before it: one result fewer.
#[derive(Debug, Clone, Copy)]
pub struct Difference;

impl LineOp for Difference {
    fn name(&self) -> String {
        "difference".to_owned()
    }

    fn dtype(&self, input: DType) -> Result<DType> {
        let operands = Operands { a: input, b: input, weak_a: None, weak_b: None };
        kernels::binary_dtypes(BinaryOp::Sub, operands).map(|(_, result)| result)
    }

    fn output_len(&self, length: usize) -> usize {
        length.saturating_sub(1)
    }

    fn needs(&self, out: Range<usize>, _: usize) -> Range<usize> {
        out.start..out.end + 1
    }

    fn flow(&self) -> Flow {
        Flow::Near(1)
    }

    fn form(&self) -> LineForm {
        LineForm::Difference
    }

    fn apply(&self, block: Block) -> Values {
        macro_rules! of_numbers {
            ({} integers { $(($I:ident, $i:ident $($_i:tt)*))* } floats { $(($F:ident, $f:ident $($_f:tt)*))* }) => {
                match block.values.dtype() {
                    $(DType::$I => differences(block, $i::wrapping_sub),)*
                    $(DType::$F => differences(block, |later: $f, before| later - before),)*
                    _ => of_others(block),
                }
            };
        }
        numbers! { of_numbers }
    }
}

/// Numbers differ by numbers of their type: one pass over the block.
fn differences<T: Element>(block: Block, difference: impl Fn(T, T) -> T) -> Values {
    let (inner, line, first) = (block.inner(), block.here() * block.inner(), block.out.start - block.start);
    let mut results = block.results::<T>();
    let out = block.out.len() * inner;
    for outer in 0..block.outer() {
        let line = &block.slice::<T>()[outer * line..][..line];
        let (before, later) = (&line[first * inner..][..out], &line[(first + 1) * inner..][..out]);
        let results = &mut results[outer * out..][..out];
        for ((result, &later), &before) in results.iter_mut().zip(later).zip(before) {
            *result = difference(later, before);
        }
    }
    block.finish(results)
}

/// Dates differ by nanoseconds, which the operation itself knows.
fn of_others(block: Block) -> Values {
    let first = block.out.start - block.start;
    let part = |from: usize| block.values.window(&[0..block.outer(), from..from + block.out.len(), 0..block.inner()]);
    let shape = [block.outer(), block.out.len(), block.inner()];
    kernels::binary(BinaryOp::Sub, block.values.dtype(), part(first + 1), part(first), &shape)
}

/// Each element `by` positions further on (back if negative); those that nothing comes to are missing.
///
/// The dtype has missing values.
#[derive(Debug, Clone, Copy)]
pub struct Shift {
    pub by: isize,
}

/// A shift of no more than this keeps what it has seen, so that an array and its shifted self are read once.
const NEAR: usize = 32;

impl Shift {
    /// The positions, some perhaps beyond the ends, of which `out` are the shifted ones.
    fn from(&self, out: &Range<usize>) -> Range<isize> {
        out.start as isize - self.by..out.end as isize - self.by
    }
}

impl LineOp for Shift {
    fn name(&self) -> String {
        format!("shift by {}", self.by)
    }

    fn dtype(&self, input: DType) -> Result<DType> {
        if input.with_missing() == input {
            return Ok(input);
        }
        let message = format!("a shift of {input} leaves places without a value; convert it first");
        Err(Error::new(ErrorKind::Mismatch, message))
    }

    fn needs(&self, out: Range<usize>, length: usize) -> Range<usize> {
        let within = |range: Range<isize>| {
            let bound = |position: isize| position.clamp(0, length as isize) as usize;
            bound(range.start)..bound(range.end)
        };
        let from = self.from(&out);
        match self.by.unsigned_abs() <= NEAR {
            true => within(from.start.min(out.start as isize)..from.end.max(out.end as isize)),
            false => within(from),
        }
    }

    fn flow(&self) -> Flow {
        Flow::Near(if self.by.unsigned_abs() <= NEAR { self.by.unsigned_abs() } else { 0 })
    }

    fn form(&self) -> LineForm {
        LineForm::Shift(*self)
    }

    fn apply(&self, block: Block) -> Values {
        let dtype = block.values.dtype();
        let missing = Values::from(f64::NAN).cast(dtype);
        let values = typed!(dtype, T => {
            let missing = missing.as_slice::<T>().expect("a value of this type")[0];
            shifted::<T>(self, block, missing)
        });
        values.into_dates(dtype)
    }
}

fn shifted<T: Element>(shift: &Shift, block: Block, missing: T) -> Values {
    let (here, inner, outs) = (block.here(), block.inner(), block.out.len());
    let mut results = block.results::<T>();
    let values = block.slice::<T>();
    for outer in 0..block.outer() {
        for (n, from) in shift.from(&block.out).enumerate() {
            let results = &mut results[(outer * outs + n) * inner..][..inner];
            match usize::try_from(from).ok().filter(|&from| from < block.length) {
                Some(from) => {
                    results.copy_from_slice(&values[(outer * here + from - block.start) * inner..][..inner]);
                }
                None => results.fill(missing),
            }
        }
    }
    block.finish(results)
}

/// A missing value takes the nearest one on one side, up to `limit` positions away.
#[derive(Debug, Clone, Copy)]
pub struct Fill {
    /// From the next value rather than from the last.
    pub backward: bool,
    pub limit: usize,
}

impl LineOp for Fill {
    fn name(&self) -> String {
        format!("fill {} by at most {}", if self.backward { "backward" } else { "forward" }, self.limit)
    }

    fn dtype(&self, input: DType) -> Result<DType> {
        Ok(input)
    }

    fn needs(&self, out: Range<usize>, length: usize) -> Range<usize> {
        match self.backward {
            true => out.start..out.end.saturating_add(self.limit).min(length),
            false => out.start.saturating_sub(self.limit)..out.end,
        }
    }

    fn flow(&self) -> Flow {
        // How far users say may be as far as they like; no line is longer than this.
        Flow::Near(self.limit.min(1 << 40))
    }

    fn form(&self) -> LineForm {
        LineForm::Fill(*self)
    }

    fn apply(&self, block: Block) -> Values {
        match block.values.dtype() {
            DType::F32 => self.fill(block, f32::NAN, f32::is_nan),
            DType::F64 => self.fill(block, f64::NAN, f64::is_nan),
            dates if dates.is_date() => self.fill(block, i64::MIN, |date: i64| date == i64::MIN).into_dates(dates),
            DType::Text => self.fill(block, Text::MISSING, Text::is_missing),
            _ => block.values,
        }
    }
}

impl Fill {
    fn fill<T: Element>(&self, block: Block, missing: T, is_missing: impl Fn(T) -> bool) -> Values {
        let (here, inner, outs) = (block.here(), block.inner(), block.out.len());
        let mut results = block.results::<T>();
        let values = block.slice::<T>();
        let mut last = vec![missing; inner];
        let mut since = vec![0usize; inner];
        for outer in 0..block.outer() {
            last.fill(missing);
            for step in 0..here {
                let n = if self.backward { here - 1 - step } else { step };
                let row = &values[(outer * here + n) * inner..][..inner];
                for ((last, since), &value) in last.iter_mut().zip(&mut since).zip(row) {
                    if is_missing(value) {
                        *since += 1;
                    } else {
                        (*last, *since) = (value, 0);
                    }
                }
                let Some(n) = (block.start + n).checked_sub(block.out.start).filter(|&n| n < outs) else { continue };
                let results = &mut results[(outer * outs + n) * inner..][..inner];
                for ((result, &last), &since) in results.iter_mut().zip(&last).zip(&since) {
                    *result = if since <= self.limit { last } else { missing };
                }
            }
        }
        block.finish(results)
    }
}
