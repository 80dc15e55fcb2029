//! What a check looks at: a value of any kind, as labelled values in memory.

use super::words::{axes, count, listed, short};
use crate::Result;
use crate::array::{DType, DataArray, Values};

/// A value as a check sees it.
#[derive(Debug, Clone)]
pub struct Subject {
    pub(super) form: Form,
    pub(super) array: DataArray,
}

/// What kind of thing a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One number, date, text or bool.
    Single,
    /// A vector or slice.
    List,
    /// An ndarray array, or values without labels.
    Array,
    /// A [`DataArray`].
    Labelled,
}

impl Subject {
    pub(super) fn plain(form: Form, values: Values) -> Result<Self> {
        let names: Vec<String> = (0..values.ndim()).map(|axis| format!("axis {axis}")).collect();
        Ok(Self { form, array: DataArray::new(values, names)? })
    }

    /// A labelled array, computed if it is lazy.
    pub(super) fn labelled(array: &DataArray) -> Result<Self> {
        Ok(Self { form: Form::Labelled, array: array.compute()? })
    }

    pub(super) fn dtype(&self) -> DType {
        self.array.dtype()
    }

    pub(super) fn shape(&self) -> &[usize] {
        self.array.shape()
    }

    /// Whether it is one value, whatever holds it.
    pub(super) fn is_single(&self) -> bool {
        self.form == Form::Single || self.array.ndim() == 0
    }

    /// The elements as floats: bools are 0 and 1, dates nanoseconds, missing ones NaN.
    pub(super) fn numbers(&self) -> Result<Vec<f64>> {
        let values = self.array.values()?;
        if let Some((_, dates)) = values.dates() {
            return Ok(dates.iter().map(|&date| if date == i64::MIN { f64::NAN } else { date as f64 }).collect());
        }
        values.cast(DType::F64).to_vec::<f64>()
    }

    pub(super) fn texts(&self) -> Result<Vec<String>> {
        self.array.to_texts()
    }

    /// What it is: "a list of 366 numbers", "a DataArray (time: 366, y: 80)".
    pub(super) fn described(&self) -> String {
        match self.form {
            Form::Single => one(self.dtype()).to_owned(),
            Form::List => format!("a list of {} {}", count(self.array.size()), many(self.dtype())),
            Form::Array => format!("an array of shape {:?}", self.shape()),
            Form::Labelled => format!("a DataArray ({})", self.sizes()),
        }
    }

    /// What kind of value it is, without its size: "a list of numbers", "a DataArray".
    pub(super) fn kind(&self) -> String {
        match self.form {
            Form::Single => one(self.dtype()).to_owned(),
            Form::List => format!("a list of {}", many(self.dtype())),
            Form::Array => format!("an array with {}", axes(self.array.ndim())),
            Form::Labelled => "a DataArray".to_owned(),
        }
    }

    /// `time: 366, y: 80`.
    pub(super) fn sizes(&self) -> String {
        listed(self.array.sizes().iter().map(|(dim, len)| format!("{dim}: {len}")))
    }

    /// The value itself where it is one, to be named in a sentence.
    pub(super) fn shown(&self) -> String {
        match (self.is_single(), self.dtype(), self.numbers(), self.texts()) {
            (true, DType::F32 | DType::F64, Ok(numbers), _) if !numbers.is_empty() => short(numbers[0]),
            (true, DType::Text, _, Ok(texts)) if !texts.is_empty() => format!("{:?}", texts[0]),
            (true, _, _, Ok(texts)) if !texts.is_empty() => texts[0].clone(),
            _ => "it".to_owned(),
        }
    }
}

/// One element of a type, in words.
pub(super) fn one(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "true or false",
        DType::DateTime | DType::CfTime(_) => "a date",
        DType::Text => "a text",
        dtype if dtype.is_integer() => "a whole number",
        _ => "a number",
    }
}

/// Several elements of a type, in words.
pub(super) fn many(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "bools",
        DType::DateTime | DType::CfTime(_) => "dates",
        DType::Text => "texts",
        dtype if dtype.is_integer() => "whole numbers",
        _ => "numbers",
    }
}
