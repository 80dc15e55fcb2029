//! What the coders decided, applied to a window of values in one pass over them.

use super::scale::Factor;
use crate::files::file_type::FileType;
use crate::time::units::{Count, TimeUnits};
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
    pub(super) exact_fills: Vec<i128>,
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
    /// When a number is no date.
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
            DType::I64 | DType::U64 if plain => self.integers(&raw),
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
        // A float does not hold all integers of 64 bits.
        let whole = |value: i128| match self.whole(value) {
            Some(value) => finish(value as f64),
            None => finish(f64::NAN),
        };
        match raw {
            Values::I64(array) => {
                out.iter_mut().zip(array.iter()).for_each(|(out, &value)| *out = whole(value.into()));
            }
            Values::U64(array) => {
                out.iter_mut().zip(array.iter()).for_each(|(out, &value)| *out = whole(value.into()));
            }
            others => each!(others, array => {
                for (out, &value) in out.iter_mut().zip(array.iter()) {
                    let value = self.meant(value.to_f64());
                    *out = finish(if self.fills.contains(&value) { f64::NAN } else { value });
                }
            }),
        }
        let array = ArrayD::from_shape_vec(IxDyn(raw.shape()), out);
        let wrong = |error| Error::with_source(ErrorKind::Other, "a window of another size", error);
        Ok(Values::from(array.map_err(wrong)?))
    }

    /// Integers of 64 bits with, or without, their sign.
    fn integers(&self, raw: &Values) -> Result<Values> {
        let meant = |value: i128| self.reinterpret.map_or(value, |(_, to)| to.wrapped(value));
        let whole: Vec<i128> = match raw {
            Values::I64(array) => array.iter().map(|&value| meant(value.into())).collect(),
            Values::U64(array) => array.iter().map(|&value| meant(value.into())).collect(),
            others => others.cast(DType::I64).to_vec::<i64>()?.into_iter().map(|value| meant(value.into())).collect(),
        };
        match self.dtype {
            DType::U64 => Values::from_shape_vec(raw.shape(), whole.into_iter().map(|value| value as u64).collect()),
            _ => Values::from_shape_vec(raw.shape(), whole.into_iter().map(|value| value as i64).collect()),
        }
    }

    /// An integer of up to 32 bits with, or without, its sign.
    fn meant(&self, value: f64) -> f64 {
        match self.reinterpret {
            Some((_, to)) => to.wrapped(value as i128) as f64,
            None => value,
        }
    }

    /// An integer of 64 bits; none if it is missing.
    fn whole(&self, value: i128) -> Option<i128> {
        let value = self.reinterpret.map_or(value, |(_, to)| to.wrapped(value));
        (!self.exact_fills.contains(&value)).then_some(value)
    }

    /// Chooses the type of dates that holds those of all these numbers of the file.
    ///
    /// # Errors
    /// When a number stands for no date.
    pub(in crate::files) fn settle(&mut self, raw: &Values) -> Result<()> {
        let Some(time) = self.time else { return Ok(()) };
        let kind = time.kind(self.counts(raw)?.into_iter().flatten())?;
        self.dtype = Values::of_dates(kind, Vec::new()).dtype();
        Ok(())
    }

    /// The numbers of a time, without their masks and scales; none where they are missing.
    fn counts(&self, raw: &Values) -> Result<Vec<Option<Count>>> {
        if self.scale.is_some() || self.offset.is_some() || raw.dtype().is_float() {
            let floats = self.numbers(raw, |value| self.double(value))?.to_vec::<f64>()?;
            return Ok(floats.into_iter().map(|number| (!number.is_nan()).then_some(Count::Float(number))).collect());
        }
        let count = |number: i128| self.whole(number).filter(|_| number != i64::MIN.into()).map(Count::Whole);
        Ok(match raw {
            Values::U64(numbers) => numbers.iter().map(|&number| count(number.into())).collect(),
            others => others.cast(DType::I64).to_vec::<i64>()?.into_iter().map(|number| count(number.into())).collect(),
        })
    }

    fn dates(&self, time: &TimeUnits, raw: &Values) -> Result<Values> {
        let no_date = |number: String| {
            let message =
                format!("the time {number} is no date of the type {}; open it with decode_times(false)", self.dtype);
            Error::new(ErrorKind::InvalidArgument, message)
        };
        let kind = self.dtype.date_kind().ok_or_else(|| no_date("of this variable".to_owned()))?;
        let date = |count: Option<Count>| match count {
            None => Ok(i64::MIN),
            Some(count) => time.date(count, kind).ok_or_else(|| match count {
                Count::Whole(number) => no_date(number.to_string()),
                Count::Float(number) => no_date(number.to_string()),
            }),
        };
        let dates: Vec<i64> = self.counts(raw)?.into_iter().map(date).collect::<Result<_>>()?;
        Ok(Values::from_shape_vec(raw.shape(), dates)?.into_dates(self.dtype))
    }
}

/// An array without elements, for what need not be read.
pub(in crate::files) fn empty(dtype: DType, shape: &[usize]) -> Result<Values> {
    match dtype {
        DType::Text => Values::from_shape_vec::<Text>(shape, Vec::new()),
        dates if dates.is_date() => Ok(Values::from_shape_vec::<i64>(shape, Vec::new())?.into_dates(dates)),
        dtype => Ok(Values::from_shape_vec::<f64>(shape, Vec::new())?.cast(dtype)),
    }
}
