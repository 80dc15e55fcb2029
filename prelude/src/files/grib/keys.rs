//! What fields can be chosen by: ecCodes' keys, as cfgrib's `filter_by_keys` takes them.

use super::fields::Field;
use super::names::Parameter;
use super::product::centre;
use crate::array::not_found;
use crate::{Error, ErrorKind, Result};
use std::fmt;

/// A field with its name.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) field: Field,
    pub(super) parameter: Parameter,
    /// Which of the file's grids it is on, counted from 1.
    pub(super) grid: usize,
}

/// The value of a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(f64),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

impl Value {
    fn is(&self, wanted: &str) -> bool {
        match self {
            Self::Text(text) => text == wanted,
            Self::Number(number) => wanted.trim().parse() == Ok(*number),
        }
    }
}

/// All keys.
pub(super) const KEYS: [&str; 22] = [
    "paramId",
    "shortName",
    "cfVarName",
    "name",
    "units",
    "typeOfLevel",
    "level",
    "number",
    "dataType",
    "stepType",
    "step",
    "endStep",
    "stepRange",
    "gridType",
    "numberOfPoints",
    "uvRelativeToGrid",
    "edition",
    "centre",
    "subCentre",
    "dataDate",
    "dataTime",
    "gridNumber",
];

impl Named {
    /// The value of a key; none where the field has none.
    pub(super) fn key(&self, key: &str) -> Option<Value> {
        let (product, parameter) = (&self.field.product, &self.parameter);
        let number = |number: i64| Some(Value::Number(number as f64));
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let hours = |seconds: i64| seconds as f64 / 3600.0;
        match key {
            "paramId" => number(parameter.id),
            "shortName" => text(&parameter.short),
            "cfVarName" => text(&parameter.variable),
            "name" => text(&parameter.name),
            "units" => text(&parameter.units),
            "typeOfLevel" => text(product.level_type.unwrap_or("unknown")),
            "level" => product.level.map(Value::Number),
            "number" => product.number.and_then(number),
            "dataType" => product.data_type.and_then(text),
            "stepType" => text(&product.step_type),
            "step" | "endStep" => product.steps.map(|(_, end)| Value::Number(hours(end))),
            "stepRange" => product.steps.map(|(start, end)| {
                let (start, end) = (hours(start), hours(end));
                Value::Text(if start == end { format!("{end}") } else { format!("{start}-{end}") })
            }),
            "gridType" => text(self.field.grid.kind),
            "numberOfPoints" => number(self.field.grid.points as i64),
            "uvRelativeToGrid" => self.field.grid.uv_relative.and_then(|relative| number(relative.into())),
            "edition" => number(product.edition.into()),
            "centre" => match centre(product.centre) {
                Some((short, _)) => text(short),
                None => number(product.centre.into()),
            },
            "subCentre" => number(product.sub_centre.into()),
            "dataDate" => date(product.reference).and_then(number),
            "dataTime" => number(product.reference.rem_euclid(86_400) / 3_600 * 100 + product.reference / 60 % 60),
            "gridNumber" => number(self.grid as i64),
            _ => None,
        }
    }
}

/// Year, month and day as one number.
fn date(seconds: i64) -> Option<i64> {
    let nanoseconds = seconds.checked_mul(1_000_000_000)?;
    let fields = crate::time::fields::year(nanoseconds) * 10_000;
    Some(fields + crate::time::fields::month(nanoseconds) * 100 + crate::time::fields::day(nanoseconds))
}

/// The values of a key among some fields, each once, in the file's order.
pub(super) fn values<'a>(fields: impl IntoIterator<Item = &'a Named>, key: &str) -> Vec<Value> {
    let mut values = Vec::new();
    for value in fields.into_iter().filter_map(|field| field.key(key)) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

pub(super) fn listed(values: &[Value]) -> String {
    const MOST: usize = 30;
    let mut shown: Vec<String> = values.iter().take(MOST).map(Value::to_string).collect();
    if values.len() > MOST {
        shown.push(format!("and {} more", values.len() - MOST));
    }
    shown.join(", ")
}

/// The fields that have the values that are asked for.
///
/// # Errors
/// If there is no such key, or no field has the value; the error says which there are.
pub(super) fn filtered(mut fields: Vec<Named>, filters: &[(String, String)]) -> Result<Vec<Named>> {
    for (key, wanted) in filters {
        if !KEYS.contains(&key.as_str()) {
            return Err(not_found("key", key, KEYS.iter().copied()));
        }
        let there = values(&fields, key);
        fields.retain(|field| field.key(key).is_some_and(|value| value.is(wanted)));
        if fields.is_empty() {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("no field has {key} {wanted:?}; there are {}", listed(&there)),
            ));
        }
    }
    Ok(fields)
}
