//! `_FillValue` and `missing_value`: numbers that stand for "missing"; `_Unsigned`: integers whose sign is to be ignored.

use super::Coding;
use crate::files::attribute::Given;
use crate::files::file_type::FileType;
use crate::files::options::DatasetOptions;
use crate::values::Text;

pub(super) fn decode(coding: &mut Coding, options: &DatasetOptions) {
    let missing = coding.take("missing_value").filter(|given| stands_for_something(given, coding.now));
    let fill = coding.take("_FillValue").filter(|given| stands_for_something(given, coding.now));
    let unsigned = coding.take("_Unsigned");
    let there = missing.is_some() || fill.is_some();
    if coding.now.is_text() {
        coding.decoding.missing_text = [&missing, &fill].into_iter().flatten().find_map(text);
    }
    let mut numbers: Vec<Number> = [&missing, &fill].into_iter().flatten().flat_map(numbers).collect();
    numbers.retain(|number| !number.float.is_nan());
    if let Some(said) = unsigned.as_ref().and_then(Given::as_text) {
        reinterpret(coding, said, fill.as_ref(), &mut numbers);
        coding.encoding.unsigned = Some(said.to_owned());
    }
    (coding.encoding.missing_value, coding.encoding.fill_value) = (missing, fill);
    let of = coding.now;
    let has_values = there && (!numbers.is_empty() || !of.is_float());
    coding.decoding.fills = numbers.iter().filter_map(|number| number.as_value_of(of)).collect();
    coding.decoding.exact_fills = numbers.iter().filter_map(|number| number.integer).collect();
    // Packed numbers become floats in the next coder; dates have a missing value of their own.
    let dates = options.decodes_times() && super::time::is_date(&coding.attrs) && of.is_integer();
    if has_values && !of.is_text() && !dates {
        coding.become_type(match of {
            FileType::F64 => FileType::F64,
            FileType::F16 | FileType::F32 => of,
            FileType::I8 | FileType::U8 | FileType::I16 | FileType::U16 => FileType::F32,
            _ => FileType::F64,
        });
    }
}

/// NaN among integers stands for nothing, and is not kept either.
fn stands_for_something(given: &Given, of: FileType) -> bool {
    let numbers = given.numbers();
    !of.is_integer() || numbers.is_empty() || numbers.iter().any(|number| !number.is_nan())
}

fn text(given: &Given) -> Option<Text> {
    given.as_text().map(Text::new)
}

/// A number of an attribute; as an integer if it was one, which a float may not hold.
struct Number {
    float: f64,
    integer: Option<i128>,
}

impl Number {
    /// As values of type `of` are compared with it; none if there is no such value.
    fn as_value_of(&self, of: FileType) -> Option<f64> {
        if of == FileType::F32 || of == FileType::F16 {
            // Written as a double beside floats: the same number, rounded.
            return Some(f64::from(self.float as f32));
        }
        match of.integer_range() {
            Some((least, most)) => {
                (self.float.fract() == 0.0 && self.float >= least as f64 && self.float <= most as f64)
                    .then_some(self.float)
            }
            None => Some(self.float),
        }
    }
}

fn numbers(given: &Given) -> Vec<Number> {
    match given {
        Given::Integers(values, _) => {
            values.iter().map(|&value| Number { float: value as f64, integer: Some(value.into()) }).collect()
        }
        Given::Large(values) => {
            values.iter().map(|&value| Number { float: value as f64, integer: Some(value.into()) }).collect()
        }
        Given::Floats(values, _) => values
            .iter()
            .map(|&value| {
                let whole = value.fract() == 0.0 && value.abs() < 9e18;
                Number { float: value, integer: whole.then_some(value as i128) }
            })
            .collect(),
        Given::Text(_) | Given::Texts(_) => Vec::new(),
    }
}

/// Takes the integers for those of the same bits with, or without, a sign; and `_FillValue` with them.
fn reinterpret(coding: &mut Coding, said: &str, fill: Option<&Given>, numbers: &mut Vec<Number>) {
    let raw = coding.now;
    let Some((least, _)) = raw.integer_range() else { return };
    let to = match (said, least < 0) {
        ("true", true) => raw.with_sign(false),
        ("false", false) => raw.with_sign(true),
        _ => return,
    };
    if let Some(value) = fill.and_then(whole_number) {
        numbers.retain(|number| number.integer != Some(value));
        let value = to.wrapped(raw.wrapped(value));
        numbers.push(Number { float: value as f64, integer: Some(value) });
    }
    coding.decoding.reinterpret = Some((raw, to));
    coding.become_type(to);
}

fn whole_number(fill: &Given) -> Option<i128> {
    numbers(fill).first().and_then(|number| number.integer)
}
