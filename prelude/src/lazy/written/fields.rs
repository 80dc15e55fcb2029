//! What a description says under a name, with an error where it says nothing or something else.

use super::Word;
use crate::lazy::blocks::damaged;
use crate::values::{DType, Pick};
use crate::{Error, Result};
use serde_json::{Map, Value, json};
use std::ops::Range;

/// The parameters of one thing.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub fn of(value: &'a Value) -> Result<Self> {
        value.as_object().map(Self).ok_or_else(|| damaged("there is no description where one belongs".to_owned()))
    }

    pub fn get(&self, name: &str) -> Result<&'a Value> {
        self.0.get(name).ok_or_else(|| damaged(format!("{name:?} is missing")))
    }

    fn of_kind<T>(&self, name: &str, kind: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Result<T> {
        let value = self.get(name)?;
        read(value).ok_or_else(|| wrong(name, kind, value))
    }

    pub fn text(&self, name: &str) -> Result<&'a str> {
        self.of_kind(name, "a text", Value::as_str)
    }

    pub fn flag(&self, name: &str) -> Result<bool> {
        self.of_kind(name, "true or false", Value::as_bool)
    }

    pub fn number(&self, name: &str) -> Result<usize> {
        self.of_kind(name, "a number", number)
    }

    pub fn signed(&self, name: &str) -> Result<isize> {
        self.of_kind(name, "a number", signed)
    }

    pub fn numbers(&self, name: &str) -> Result<Vec<usize>> {
        self.of_kind(name, "a list of numbers", |value| value.as_array()?.iter().map(number).collect())
    }

    pub fn list(&self, name: &str) -> Result<&'a [Value]> {
        self.of_kind(name, "a list", Value::as_array).map(Vec::as_slice)
    }

    pub fn range(&self, name: &str) -> Result<Range<usize>> {
        match self.numbers(name)?[..] {
            [start, end] if start <= end => Ok(start..end),
            _ => Err(wrong(name, "a range", self.get(name)?)),
        }
    }

    pub fn word<W: Word>(&self, name: &str) -> Result<W> {
        let word = self.text(name)?;
        W::of_word(word).ok_or_else(|| damaged(format!("{word:?} is no {} that this Isopleth knows", W::WHAT)))
    }

    pub fn dtype(&self, name: &str) -> Result<DType> {
        let dtype = self.text(name)?;
        DType::from_name(dtype).ok_or_else(|| damaged(format!("{dtype:?} is no element type")))
    }

    /// Positions of an axis of this length.
    pub fn pick(&self, name: &str, length: usize) -> Result<Pick> {
        pick(self.get(name)?, length).ok_or_else(|| damaged(format!("{name:?} is no part of an axis of {length}")))
    }

    /// Positions of axes of these lengths.
    pub fn picks(&self, name: &str, shape: &[usize]) -> Result<Vec<Pick>> {
        let wrong = || damaged(format!("{name:?} is no part of an array of shape {shape:?}"));
        let list = self.list(name)?;
        if list.len() != shape.len() {
            return Err(wrong());
        }
        list.iter().zip(shape).map(|(value, &length)| pick(value, length).ok_or_else(wrong)).collect()
    }
}

fn wrong(name: &str, kind: &str, value: &Value) -> Error {
    let mut value = value.to_string();
    value.truncate(value.floor_char_boundary(60));
    damaged(format!("{name:?} is {value} where {kind} belongs"))
}

fn number(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}

fn signed(value: &Value) -> Option<isize> {
    isize::try_from(value.as_i64()?).ok()
}

pub(super) fn of_range(range: &Range<usize>) -> Value {
    json!([range.start, range.end])
}

pub(super) fn of_pick(pick: &Pick) -> Value {
    match pick {
        Pick::Range { start, len, step } => json!({ "start": start, "len": len, "step": step }),
        Pick::List(list) => json!(list[..]),
    }
}

fn pick(value: &Value, length: usize) -> Option<Pick> {
    if let Some(list) = value.as_array() {
        let list = list.iter().map(number).collect::<Option<Vec<usize>>>()?;
        return list.iter().all(|&at| at < length).then(|| Pick::List(list.into()));
    }
    let (start, len, step) = (number(value.get("start")?)?, number(value.get("len")?)?, signed(value.get("step")?)?);
    let last = start as i128 + len.saturating_sub(1) as i128 * step as i128;
    let within = |at: i128| (0..length as i128).contains(&at);
    // A step of nothing is taken nowhere, but it is kept: what is picked of it computes with it.
    let fits = if len == 0 { start <= length } else { within(start as i128) && within(last) };
    (fits && (step != 0 || len <= 1)).then_some(Pick::Range { start, len, step })
}
