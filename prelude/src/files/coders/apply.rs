//! What the coders decided, applied to a window of values in one pass over them.

use super::scale::Factor;
use crate::files::calendar::TimeUnits;
use crate::files::file_type::FileType;
use crate::time::DateTime;
use crate::values::buffers;
use crate::values::{DType, Element, Text, Values, each};
use crate::{Error, ErrorKind, Result};
use ndarray::{ArrayD, IxDyn};

/// How the values of a variable are decoded; plain data for any thread.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::files) struct Decoding {
    /// The type of what comes out.
    pub(in crate::files) dtype: DType,
    /// Integers of the first type are meant as the same bits of the second one.
    pub(super) reinterpret: Option<(FileType, FileType)>,
    /// Numbers that stand for "missing", as they are after that.
    pub(super) fills: Vec<f64>,
    /// The same, where they were whole numbers: a float does not hold all integers of 64 bits.
    pub(super) exact_fills: Vec<i64>,
    pub(super) missing_text: Option<Text>,
    pub(super) scale: Option<Factor>,
    pub(super) offset: Option<Factor>,
    pub(super) time: Option<TimeUnits>,
}

impl Decoding {
    /// Values as they are.
    pub(in crate::files) fn plain(dtype: DType) -> Self {
        Self {
            dtype,
            reinterpret: None,
            fills: Vec::new(),
            exact_fills: Vec::new(),
            missing_text: None,
            scale: None,
            offset: None,
            time: None,
        }
    }

    /// The values that those of a file stand for.
    ///
    /// # Errors
    /// When a time lies outside 1677 to 2262, or an integer outside what an array can hold.
    pub(in crate::files) fn apply(&self, raw: Values) -> Result<Values> {
        if let Some(time) = &self.time {
            return self.dates(time, &raw);
        }
        let plain = self.fills.is_empty() && self.scale.is_none() && self.offset.is_none();
        let decoded = match self.dtype {
            DType::Text => return Ok(self.texts(raw)),
            _ if plain && self.reinterpret.is_none() => {
                return Ok(if raw.dtype() == self.dtype { raw } else { raw.cast(self.dtype) });
            }
            DType::F32 => self.numbers(&raw, |value| self.single(value)),
            DType::F64 => self.numbers(&raw, |value| self.double(value)),
            other => self.numbers(&raw, |value| self.double(value)).map(|values| values.cast(other)),
        };
        buffers::recycle(raw);
        decoded
    }

    fn texts(&self, raw: Values) -> Values {
        match (raw, self.missing_text) {
            (Values::Text(texts), Some(missing)) => {
                let keep = |text: Text| if text == missing { Text::MISSING } else { text };
                Values::Text(texts.mapv(keep).into_shared())
            }
            (raw, _) => raw,
        }
    }

    /// Two roundings, as NumPy multiplies and adds in turn.
    fn single(&self, value: f64) -> f32 {
        let step =
            |value: f32, factor: Option<Factor>, single: fn(f32, f32) -> f32, double: fn(f64, f64) -> f64| match factor
            {
                None => value,
                Some(Factor { value: factor, single: true }) => single(value, factor as f32),
                Some(Factor { value: factor, single: false }) => double(f64::from(value), factor) as f32,
            };
        let scaled = step(value as f32, self.scale, |a, b| a * b, |a, b| a * b);
        step(scaled, self.offset, |a, b| a + b, |a, b| a + b)
    }

    fn double(&self, value: f64) -> f64 {
        let scaled = self.scale.map_or(value, |scale| value * scale.value);
        self.offset.map_or(scaled, |offset| scaled + offset.value)
    }

    /// Every number as `finish` makes it, NaN where it is missing.
    fn numbers<U: Element>(&self, raw: &Values, finish: impl Fn(f64) -> U) -> Result<Values> {
        let mut out: Vec<U> = buffers::take(raw.len());
        if let Values::I64(array) = raw {
            for (out, &value) in out.iter_mut().zip(array.iter()) {
                *out = if self.exact_fills.contains(&value) {
                    finish(f64::NAN)
                } else {
                    finish(self.whole(value)? as f64)
                };
            }
        } else {
            each!(raw, array => {
                for (out, &value) in out.iter_mut().zip(array.iter()) {
                    let value = self.meant(value.to_f64());
                    *out = finish(if self.fills.contains(&value) { f64::NAN } else { value });
                }
            });
        }
        let array = ArrayD::from_shape_vec(IxDyn(raw.shape()), out);
        let wrong = |error| Error::with_source(ErrorKind::Other, "a window of another size", error);
        Ok(Values::from(array.map_err(wrong)?))
    }

    /// An integer of up to 32 bits with, or without, its sign.
    fn meant(&self, value: f64) -> f64 {
        match self.reinterpret {
            Some((_, to)) => to.wrapped(value as i128) as f64,
            None => value,
        }
    }

    /// An integer of 64 bits.
    fn whole(&self, value: i64) -> Result<i64> {
        match self.reinterpret {
            Some((_, FileType::U64)) if value < 0 => Err(crate::files::read::too_large(value as u64)),
            Some((_, to)) => Ok(i64::try_from(to.wrapped(value.into())).unwrap_or(value)),
            None => Ok(value),
        }
    }

    fn dates(&self, time: &TimeUnits, raw: &Values) -> Result<Values> {
        let missing = DateTime::MISSING.nanoseconds();
        let plain = self.scale.is_none() && self.offset.is_none();
        let mut outside = None;
        let mut keep = |number: f64, instant: Option<i64>| {
            instant.unwrap_or_else(|| {
                outside.get_or_insert(number);
                missing
            })
        };
        let dates: Vec<i64> = if plain && !raw.dtype().is_float() {
            let whole = raw.cast(DType::I64).to_vec::<i64>()?;
            let is_fill = |number: i64| number == missing || self.exact_fills.contains(&number);
            let date = |number: i64| {
                if is_fill(number) {
                    return Ok(missing);
                }
                let number = self.whole(number)?;
                Ok(if is_fill(number) { missing } else { keep(number as f64, time.whole(number)) })
            };
            whole.into_iter().map(date).collect::<Result<_>>()?
        } else {
            let Values::F64(numbers) = self.numbers(raw, |value| self.double(value))? else {
                return Err(Error::new(ErrorKind::Other, "numbers that are not floats"));
            };
            numbers.iter().map(|&number| keep(number, time.float(number))).collect()
        };
        if let Some(number) = outside {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                format!(
                    "the time {number} lies outside 1677-09-22 to 2262-04-11, which nanoseconds reach; open it with decode_times(false)"
                ),
            ));
        }
        Ok(Values::from_shape_vec(raw.shape(), dates)?.cast(DType::DateTime))
    }
}

/// An array without elements, for what need not be read.
pub(in crate::files) fn empty(dtype: DType, shape: &[usize]) -> Result<Values> {
    match dtype {
        DType::Text => Values::from_shape_vec::<Text>(shape, Vec::new()),
        DType::DateTime => Ok(Values::from_shape_vec::<i64>(shape, Vec::new())?.cast(DType::DateTime)),
        dtype => Ok(Values::from_shape_vec::<f64>(shape, Vec::new())?.cast(dtype)),
    }
}
