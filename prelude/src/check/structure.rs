//! What a value is, before its numbers are looked at: kind, dimensions, shape, element type.

use super::subject::{Form, Subject, many, one};
use super::words::{axes, listed};
use crate::array::DType;

/// What is wrong with the structure of `given`; `None` if it is that of `wanted`.
pub(super) fn difference(given: &Subject, wanted: &Subject, same_type: bool) -> Option<String> {
    form(given, wanted)
        .or_else(|| if wanted.form == Form::Labelled { dimensions(given, wanted) } else { shape(given, wanted) })
        .or_else(|| kind(given, wanted))
        .or_else(|| if same_type { exact_type(given, wanted) } else { None })
}

fn form(given: &Subject, wanted: &Subject) -> Option<String> {
    let labelled = wanted.form == Form::Labelled;
    if labelled && given.form != Form::Labelled {
        let what = given.described();
        return Some(format!("it is {what}, where a DataArray, with names and labels, is wanted"));
    }
    if wanted.is_single() && !given.is_single() {
        let advice = match given.form {
            Form::Labelled => format!("reduce it over {}", listed(given.array.dims())),
            _ => "reduce it to one, by a sum, a mean, a largest one".to_owned(),
        };
        return Some(format!("it is {}, where {} is wanted: {advice}", given.described(), one(wanted.dtype())));
    }
    if given.is_single() && !wanted.is_single() {
        let what = match labelled {
            true => format!("one value, where the dimensions {} are wanted: too many have been reduced", dims(wanted)),
            false => format!("{}, where {} is wanted", one(given.dtype()), wanted.kind()),
        };
        return Some(format!("it is {what}"));
    }
    None
}

fn dims(subject: &Subject) -> String {
    listed(subject.array.dims())
}

fn dimensions(given: &Subject, wanted: &Subject) -> Option<String> {
    let (mine, theirs) = (given.array.dims(), wanted.array.dims());
    let extra: Vec<&String> = mine.iter().filter(|dim| !theirs.contains(dim)).collect();
    let missing: Vec<&String> = theirs.iter().filter(|dim| !mine.contains(dim)).collect();
    match (extra.as_slice(), missing.as_slice()) {
        ([], []) if mine == theirs => lengths(given, wanted),
        ([], []) => Some(format!(
            "the axes are swapped: the dimensions are {} in this order, wanted is {}",
            listed(mine),
            listed(theirs)
        )),
        ([], missing) => Some(format!(
            "the dimension {} is missing; there is {}: has too much been reduced or selected?",
            listed(missing),
            listed(mine)
        )),
        (extra, []) => Some(format!(
            "the dimension {} is still there, wanted is {}: reduce over it, or select one position",
            listed(extra),
            listed(theirs)
        )),
        (..) => Some(format!("the dimensions are called {}, wanted is {}", listed(mine), listed(theirs))),
    }
}

fn lengths(given: &Subject, wanted: &Subject) -> Option<String> {
    let pairs = given.shape().iter().zip(wanted.shape());
    let (dim, (&mine, &theirs)) = wanted.array.dims().iter().zip(pairs).find(|(_, (mine, theirs))| mine != theirs)?;
    Some(format!("the dimension {dim} has {mine} positions, wanted are {theirs}{}", one_off(mine, theirs)))
}

/// The classic slip of ranges.
fn one_off(mine: usize, theirs: usize) -> &'static str {
    if mine + 1 == theirs {
        ": one is missing (a range a..b ends before b; a..=b includes it)"
    } else if theirs + 1 == mine {
        ": there is one too many (a range a..=b includes b; a..b ends before it)"
    } else {
        ""
    }
}

fn shape(given: &Subject, wanted: &Subject) -> Option<String> {
    let (mine, theirs) = (given.shape(), wanted.shape());
    if mine == theirs {
        return None;
    }
    let sorted = |shape: &[usize]| {
        let mut shape = shape.to_vec();
        shape.sort_unstable();
        shape
    };
    if mine.len() == theirs.len() && sorted(mine) == sorted(theirs) {
        let order = if mine.len() == 2 { ": rows (y) come first, then columns (x)" } else { "" };
        return Some(format!("the axes are swapped: the shape is {mine:?}, wanted is {theirs:?}{order}"));
    }
    if let ([mine], [theirs]) = (mine, theirs) {
        return Some(format!("it has {mine} elements, wanted are {theirs}{}", one_off(*mine, *theirs)));
    }
    if mine.len() != theirs.len() {
        return Some(format!("it has {} (shape {mine:?}), wanted are {}", axes(mine.len()), axes(theirs.len())));
    }
    Some(format!("the shape is {mine:?}, wanted is {theirs:?}"))
}

/// Bools, whole numbers, numbers with fractions, dates and texts are kinds; how wide a number is does not matter here.
fn kind(given: &Subject, wanted: &Subject) -> Option<String> {
    let (mine, theirs) = (given.dtype(), wanted.dtype());
    if many(mine) == many(theirs) {
        return None;
    }
    if given.is_single() {
        // 3 and 3.0 are one number.
        let numbers = [mine, theirs].iter().all(|dtype| dtype.is_float() || dtype.is_integer());
        return (!numbers).then(|| format!("{} is {}, where {} is wanted", given.shown(), one(mine), one(theirs)));
    }
    let advice = match (mine.is_integer(), theirs) {
        (true, DType::F32 | DType::F64) => ": fractions are lost in whole numbers; calculate with f64",
        _ => "",
    };
    Some(format!("its elements are {} ({mine}), wanted are {} ({theirs}){advice}", many(mine), many(theirs)))
}

fn exact_type(given: &Subject, wanted: &Subject) -> Option<String> {
    let (mine, theirs) = (given.dtype(), wanted.dtype());
    (mine != theirs).then(|| format!("its elements are {mine}, wanted are {theirs}"))
}
