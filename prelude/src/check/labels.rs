//! Coordinates, texts, names and attributes.

use super::numbers;
use super::subject::Subject;
use super::words::{listed, ordinal};
use crate::Result;
use crate::array::{Coord, DType, Values};
use crate::time::DAY;

/// Labels that come from adding up pixel sizes may differ in their last digits.
const CLOSE: f64 = 1e-9;

/// What is wrong with the coordinates of `given`: each one that `wanted` has must be there. `None` if nothing is.
pub(super) fn difference(given: &Subject, wanted: &Subject) -> Result<Option<String>> {
    for coord in wanted.array.coords() {
        let name = coord.name();
        let Some(mine) = given.array.coords().get(name) else {
            let others = listed(given.array.coords().names());
            return Ok(Some(format!(
                "the coordinate {name} is missing (there is: {others}); give it with .coord(\"{name}\", …)?"
            )));
        };
        if let Some(says) = between(name, mine, coord)? {
            return Ok(Some(says));
        }
    }
    Ok(None)
}

fn between(name: &str, mine: &Coord, wanted: &Coord) -> Result<Option<String>> {
    let (a, b) = (mine.values(), wanted.values());
    let kind = |dtype: DType| match dtype {
        DType::DateTime => "dates",
        DType::CfTime(calendar) => calendar.name(),
        DType::Text => "texts",
        _ => "numbers",
    };
    if kind(a.dtype()) != kind(b.dtype()) {
        return Ok(Some(format!("the labels of {name} are {}, wanted are {}", kind(a.dtype()), kind(b.dtype()))));
    }
    if a.shape() != b.shape() {
        return Ok(Some(format!("the coordinate {name} has the shape {:?}, wanted is {:?}", a.shape(), b.shape())));
    }
    if b.dtype() == DType::Text {
        let (a, b) = (a.to_texts(), b.to_texts());
        return Ok(first_difference(&a, &b, |a, b| a == b).map(|at| labels_differ(name, at, a.len())));
    }
    let (a, b) = (floats(a)?, floats(b)?);
    let scale = b.iter().fold(0.0f64, |largest, label| largest.max(label.abs()));
    let equal = |a: &f64, b: &f64| (a - b).abs() <= scale * CLOSE || a.is_nan() && b.is_nan();
    let Some(at) = first_difference(&a, &b, equal) else { return Ok(None) };
    let steps: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
    let all = |by: f64| steps.iter().all(|step| (step - by).abs() <= scale * CLOSE + by.abs() * 1e-6);
    let says = if wanted.values().dtype() == DType::DateTime && all(DAY as f64) {
        format!("the labels of {name} are one day late")
    } else if wanted.values().dtype() == DType::DateTime && all(-DAY as f64) {
        format!("the labels of {name} are one day early")
    } else if a.len() > 1 && a.iter().eq(b.iter().rev()) {
        format!("the labels of {name} run in the wrong direction")
    } else if a.len() > 1 && all(steps[0]) && wanted.values().dtype() != DType::DateTime {
        let one = if (steps[0].abs() - 1.0).abs() < 1e-9 { " (count from 0 or from 1?)" } else { "" };
        format!(
            "the labels of {name} are all too {} by the same step{one}",
            if steps[0] > 0.0 { "high" } else { "low" }
        )
    } else if a.len() == 1 {
        format!("the label of {name} is not the one that is wanted")
    } else {
        labels_differ(name, at, a.len())
    };
    Ok(Some(says))
}

fn labels_differ(name: &str, at: usize, len: usize) -> String {
    if len == 1 {
        return format!("the label of {name} is not the one that is wanted");
    }
    format!("the labels of {name} differ from what is wanted, first the {}", ordinal(at + 1))
}

fn floats(values: &Values) -> Result<Vec<f64>> {
    if let Some((_, dates)) = values.dates() {
        return Ok(dates.iter().map(|&date| date as f64).collect());
    }
    values.cast(DType::F64).to_vec::<f64>()
}

fn first_difference<T>(a: &[T], b: &[T], equal: impl Fn(&T, &T) -> bool) -> Option<usize> {
    a.iter().zip(b).position(|(a, b)| !equal(a, b))
}

/// What is wrong with the texts of `given`.
pub(super) fn texts(given: &Subject, wanted: &Subject) -> Result<Option<String>> {
    let (a, b) = (given.texts()?, wanted.texts()?);
    let Some(at) = first_difference(&a, &b, |a, b| a == b) else { return Ok(None) };
    let (mine, theirs) = (&a[at], &b[at]);
    let how = if mine.to_lowercase() == theirs.to_lowercase() {
        "is right but for small and capital letters"
    } else if mine.split_whitespace().eq(theirs.split_whitespace()) {
        "is right but for its spaces"
    } else {
        "is not the text that is wanted"
    };
    let which = if a.len() > 1 { format!("{} ", numbers::place(given, at)) } else { String::new() };
    Ok(Some(format!("{which}{mine:?} {how}")))
}

/// What is wrong with the name and the attributes.
pub(super) fn description(given: &Subject, wanted: &Subject) -> Option<String> {
    let (mine, theirs) = (given.array.get_name(), wanted.array.get_name());
    if let Some(theirs) = theirs.filter(|_| mine != theirs) {
        let have = mine.map_or("it has no name".to_owned(), |mine| format!("its name is {mine:?}"));
        return Some(format!("{have}, wanted is {theirs:?}: .name(\"{theirs}\") gives it"));
    }
    for (name, value) in wanted.array.attrs().iter() {
        match given.array.get_attr(name) {
            None => return Some(format!("the attribute {name} is missing: .attr(\"{name}\", …) gives it")),
            Some(mine) if mine != value => {
                return Some(format!("the attribute {name} is {mine}, which is not what is wanted"));
            }
            Some(_) => {}
        }
    }
    None
}
