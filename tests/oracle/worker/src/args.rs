//! The arguments of one operation, read out of its JSON.

use isopleth::array::{DType, DataArray, Dims, Index, Label, LabelValue, Operand};
use isopleth::time::DateTime;
use isopleth::{Error, ErrorKind, Result};
use serde_json::Value;

/// A request that this program does not understand: a fault of the tests, not of the prelude.
pub fn protocol(message: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Other, format!("protocol: {message}"))
}

/// One operation: `{"op": "sum", "dims": ["x"], …}`.
#[derive(Clone, Copy)]
pub struct Args<'a>(pub &'a Value);

impl<'a> Args<'a> {
    pub fn has(self, key: &str) -> bool {
        !self.0[key].is_null()
    }

    pub fn text(self, key: &str) -> Result<&'a str> {
        self.0[key].as_str().ok_or_else(|| protocol(format!("{key} is no text in {}", self.0)))
    }

    pub fn flag(self, key: &str, default: bool) -> bool {
        self.0[key].as_bool().unwrap_or(default)
    }

    pub fn int(self, key: &str) -> Result<i64> {
        self.0[key].as_i64().ok_or_else(|| protocol(format!("{key} is no whole number in {}", self.0)))
    }

    pub fn count(self, key: &str, default: usize) -> usize {
        self.0[key].as_u64().map_or(default, |count| count as usize)
    }

    pub fn float(self, key: &str) -> Result<f64> {
        number(&self.0[key])
    }

    pub fn floats(self, key: &str) -> Result<Vec<f64>> {
        self.list(key).iter().map(number).collect()
    }

    pub fn list(self, key: &str) -> &'a [Value] {
        self.0[key].as_array().map_or(&[][..], Vec::as_slice)
    }

    pub fn texts(self, key: &str) -> Vec<&'a str> {
        self.list(key).iter().filter_map(Value::as_str).collect()
    }

    /// `null` is all dimensions, a text one, a list several.
    pub fn dims(self, key: &str) -> Dims {
        match &self.0[key] {
            Value::Null => ().into(),
            Value::String(name) => name.into(),
            _ => self.texts(key).into(),
        }
    }

    pub fn array(self, key: &str, env: &[DataArray]) -> Result<DataArray> {
        let at = self.int(key)? as usize;
        env.get(at).cloned().ok_or_else(|| protocol(format!("there is no array {at}")))
    }

    pub fn dtype(self, key: &str) -> Result<DType> {
        let wanted = self.text(key)?;
        DType::from_name(&wanted).ok_or_else(|| protocol(format!("dtype {wanted}")))
    }

    /// `{"at": 1}`, `{"range": [start, end, step]}` with nulls, or `{"list": [...]}`.
    pub fn index(self, key: &str) -> Result<Index> {
        let index = Args(&self.0[key]);
        if index.has("range") {
            let [start, end, step] = index.list("range") else { return Err(protocol("a range of three")) };
            return Ok(Index::Range {
                start: start.as_i64().unwrap_or(0),
                end: end.as_i64(),
                step: step.as_i64().unwrap_or(1),
            });
        }
        if index.has("list") {
            return Ok(Index::List(index.list("list").iter().filter_map(Value::as_i64).collect()));
        }
        index.int("at").map(Index::At)
    }

    /// `{"at": label}`, `{"between": [low, high]}` with nulls, or `{"among": [...]}`.
    pub fn label(self, key: &str) -> Result<Label> {
        let label = Args(&self.0[key]);
        if let [low, high] = label.list("between") {
            let end = |end: &Value| if end.is_null() { Ok(None) } else { label_value(end).map(Some) };
            return Ok(Label::Between(end(low)?, end(high)?));
        }
        if let [low, high] = label.list("half_open") {
            return Ok(Label::HalfOpen(label_value(low)?, label_value(high)?));
        }
        if label.has("among") {
            return Ok(Label::Among(label.list("among").iter().map(label_value).collect::<Result<_>>()?));
        }
        label_value(&label.0["at"]).map(Label::At)
    }

    /// `{"array": 1}`, `{"int": 2}`, `{"float": 0.5}`, `{"bool": true}`, `{"time": nanoseconds}`, `{"date": "2016-01"}`.
    pub fn operand(self, key: &str, env: &[DataArray]) -> Result<Operand> {
        let operand = Args(&self.0[key]);
        let Some((kind, value)) = operand.0.as_object().and_then(|map| map.iter().next()) else {
            return Err(protocol(format!("{key} is no operand in {}", self.0)));
        };
        Ok(match kind.as_str() {
            "array" => operand.array("array", env)?.into(),
            "int" => operand.int("int")?.into(),
            "float" => number(value)?.into(),
            "bool" => operand.flag("bool", false).into(),
            "time" => DateTime::from_nanoseconds(operand.int("time")?).into(),
            "date" => operand.text("date")?.into(),
            other => return Err(protocol(format!("operand {other}"))),
        })
    }
}

/// `1.5`, or the text `nan`, `inf`, `-inf`, which JSON has no numbers for.
pub fn number(value: &Value) -> Result<f64> {
    match value {
        Value::String(text) => text.parse().map_err(|_| protocol(format!("{text} is no number"))),
        other => other.as_f64().ok_or_else(|| protocol(format!("{other} is no number"))),
    }
}

/// A number, a text (a date), or `{"time": nanoseconds}`.
pub fn label_value(value: &Value) -> Result<LabelValue> {
    Ok(match value {
        Value::Object(_) => LabelValue::Time(DateTime::from_nanoseconds(Args(value).int("time")?)),
        Value::String(text) if text.parse::<f64>().is_ok_and(|number| !number.is_finite()) => {
            LabelValue::Float(number(value)?)
        }
        Value::String(text) => LabelValue::Text(text.clone()),
        other => match other.as_i64() {
            Some(whole) => LabelValue::Int(whole),
            None => LabelValue::Float(number(other)?),
        },
    })
}
