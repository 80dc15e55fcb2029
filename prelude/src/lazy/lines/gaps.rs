//! Gaps filled from both sides, or from behind: each result may follow from anything in its line.

use super::{Block, Flow, LineOp};
use crate::lazy::written::LineForm;
use crate::values::{DType, Element, Text, Values};
use crate::{Error, ErrorKind, Result};
use std::ops::Range;
use std::sync::Arc;

/// How a missing value is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GapsOp {
    /// By the next value.
    Next,
    /// By the straight line between the values around it.
    Linear,
    /// By the nearer of the values around it; of two equally near, the one before.
    Nearest,
}

/// Missing values replaced, each line by itself.
#[derive(Debug, Clone)]
pub struct Gaps {
    pub op: GapsOp,
    /// Where along the axis each position lies, ascending; not used by `Next`.
    pub places: Arc<[f64]>,
    /// No more than so many in a row are filled, counted from the start of the gap.
    pub limit: usize,
    /// Gaps whose values around them lie further apart than this stay.
    pub widest: f64,
}

impl LineOp for Gaps {
    fn name(&self) -> String {
        match self.op {
            GapsOp::Next => "fill backward",
            GapsOp::Linear => "interpolate gaps linearly",
            GapsOp::Nearest => "fill gaps with the nearest",
        }
        .to_owned()
    }

    fn dtype(&self, input: DType) -> Result<DType> {
        if self.op != GapsOp::Next && !input.is_number() {
            let message = format!("missing values of {input} cannot be interpolated; ffill and bfill can fill them");
            return Err(Error::new(ErrorKind::Mismatch, message));
        }
        Ok(input)
    }

    fn needs(&self, _: Range<usize>, length: usize) -> Range<usize> {
        0..length
    }

    fn flow(&self) -> Flow {
        Flow::Whole
    }

    fn form(&self) -> LineForm {
        LineForm::Gaps(self.clone())
    }

    fn apply(&self, block: Block) -> Values {
        match block.values.dtype() {
            DType::F32 => self.fill(block, f32::is_nan, |v| v as f32),
            DType::F64 => self.fill(block, f64::is_nan, |v| v),
            dates if dates.is_date() => self.fill(block, |date: i64| date == i64::MIN, |_| i64::MIN).into_dates(dates),
            DType::Text => self.fill(block, Text::is_missing, |_| Text::MISSING),
            _ => {
                let first = block.out.start - block.start;
                block.values.window(&[0..block.outer(), first..first + block.out.len(), 0..block.inner()])
            }
        }
    }
}

impl Gaps {
    fn fill<T: Element>(&self, block: Block, is_missing: impl Fn(T) -> bool, of: impl Fn(f64) -> T) -> Values {
        let (here, inner, outs) = (block.here(), block.inner(), block.out.len());
        if outs == here {
            return self.fill_in_place(block, is_missing, of);
        }
        let mut results = block.results::<T>();
        let values = block.slice::<T>();
        let mut line = vec![T::default(); here];
        for (outer, lane) in (0..block.outer()).flat_map(|outer| (0..inner).map(move |lane| (outer, lane))) {
            for (n, value) in line.iter_mut().enumerate() {
                *value = values[(outer * here + n) * inner + lane];
            }
            self.fill_line(&mut line, &is_missing, &of);
            for (n, position) in block.out.clone().enumerate() {
                results[(outer * outs + n) * inner + lane] = line[position];
            }
        }
        block.finish(results)
    }

    /// Where the whole of each line is asked for, it is written over: long lines of many files are held once only.
    fn fill_in_place<T: Element>(&self, block: Block, is_missing: impl Fn(T) -> bool, of: impl Fn(f64) -> T) -> Values {
        let (outer, here, inner) = (block.outer(), block.here(), block.inner());
        let array = T::of(&block.values).expect("a block of this type").clone();
        drop(block);
        let mut array = array.into_owned();
        let values = array.as_slice_mut().expect("blocks are laid out in axis order");
        let mut line = vec![T::default(); here];
        for (outer, lane) in (0..outer).flat_map(|outer| (0..inner).map(move |lane| (outer, lane))) {
            let at = |n: usize| (outer * here + n) * inner + lane;
            line.iter_mut().enumerate().for_each(|(n, value)| *value = values[at(n)]);
            self.fill_line(&mut line, &is_missing, &of);
            line.iter().enumerate().for_each(|(n, &value)| values[at(n)] = value);
        }
        T::into_values(array.into_shared())
    }

    fn fill_line<T: Element>(&self, line: &mut [T], is_missing: &impl Fn(T) -> bool, of: &impl Fn(f64) -> T) {
        let mut before: Option<usize> = None;
        let mut n = 0;
        while n < line.len() {
            if !is_missing(line[n]) {
                before = Some(n);
                n += 1;
                continue;
            }
            let gap = n;
            while n < line.len() && is_missing(line[n]) {
                n += 1;
            }
            if n == line.len() {
                return;
            }
            let (last, next) = (before.map(|at| (self.place(at), line[at])), (self.place(n), line[n]));
            match (self.op, last) {
                (GapsOp::Next, _) => line[gap..n].fill(next.1),
                // Beyond the first and the last value nothing is known.
                (_, None) => {}
                (_, Some((from, _))) if next.0 - from > self.widest => {}
                (op, Some((from, last))) => {
                    for (at, value) in line[gap..n].iter_mut().enumerate().take(self.limit) {
                        let place = self.place(gap + at);
                        *value = match op {
                            GapsOp::Nearest if place - from <= next.0 - place => last,
                            GapsOp::Nearest => next.1,
                            _ => {
                                let slope = (next.1.to_f64() - last.to_f64()) / (next.0 - from);
                                of(slope * (place - from) + last.to_f64())
                            }
                        };
                    }
                }
            }
        }
    }

    fn place(&self, position: usize) -> f64 {
        self.places.get(position).copied().unwrap_or(position as f64)
    }
}
