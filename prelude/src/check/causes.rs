//! What wrong numbers look like: each function recognises one kind of mistake and says it without the right number.

use super::numbers::{Case, place};
use super::words::{NODATA, count, share};
use crate::array::DType;
use crate::time::DAY;

/// −9999 °C in °F: nodata that was converted with everything else.
const NODATA_CONVERTED: f64 = NODATA * 1.8 + 32.0;
/// Freezing, in kelvin.
const KELVIN: f64 = 273.15;

/// Why the numbers of `case` differ, as well as can be told.
pub(super) fn say(case: &Case<'_>) -> String {
    let kinds: &[fn(&Case<'_>) -> Option<String>] = match case.wanted.dtype() {
        DType::DateTime => &[another_day, neighbour, turned, order],
        DType::Bool => &[all_the_other_way, neighbour, turned],
        _ => &[missing, transposed, neighbour, turned, unit, nodata_counted, order, cut_off, relation],
    };
    kinds.iter().find_map(|kind| kind(case)).unwrap_or_else(|| in_general(case))
}

fn in_general(case: &Case<'_>) -> String {
    let differing: Vec<usize> = case.differing().collect();
    if case.a.len() <= 1 {
        return format!("{} is not what is wanted", case.given.shown());
    }
    let first = differing.first().map_or(0, |&at| at);
    if differing.len() == case.a.len() {
        return format!("the shape is right, but none of the {} values is", count(case.a.len()));
    }
    let which = place(case.given, first);
    format!("{} values are not what is wanted, first {which}", share(differing.len(), case.a.len()))
}

/// Missing values where there are none, and the other way round.
fn missing(case: &Case<'_>) -> Option<String> {
    let all = case.a.len();
    if all > 0 && case.a.iter().all(|a| a.is_nan()) {
        let what = if all == 1 { "it is NaN" } else { "every value is NaN" };
        return Some(format!(
            "{what}: a sum or a mean that meets a NaN becomes NaN, unless missing values are skipped"
        ));
    }
    let (mut kept, mut converted, mut zero, mut other, mut lost, mut lost_nodata) = (0, 0, 0, 0, 0, 0);
    for (&a, &b) in case.a.iter().zip(case.b) {
        match (a.is_nan(), b.is_nan()) {
            (false, true) if a == NODATA => kept += 1,
            (false, true) if (a - NODATA_CONVERTED).abs() < 1.0 => converted += 1,
            (false, true) if a == 0.0 => zero += 1,
            (false, true) => other += 1,
            (true, false) if b == NODATA => lost_nodata += 1,
            (true, false) => lost += 1,
            _ => {}
        }
    }
    let places = |number: usize| format!("in {} places", share(number, all));
    if converted > 0 {
        return Some(format!(
            "nodata was counted in, {}: −9999 was converted as if it were a temperature; test for it first, and give NaN there",
            places(converted)
        ));
    }
    if kept > 0 {
        return Some(format!(
            "nodata is still in it, {}: where −9999 stands there is nothing; give NaN there",
            places(kept)
        ));
    }
    if zero > 0 {
        return Some(format!("there is 0 where there is nothing, {}: give NaN there", places(zero)));
    }
    if other > 0 {
        return Some(format!("there is a number where nothing should be (NaN), {}", places(other)));
    }
    if lost_nodata > 0 {
        return Some(format!("NaN stands where the file's nodata, −9999, is wanted, {}", places(lost_nodata)));
    }
    (lost > 0).then(|| {
        format!(
            "NaN stands where a number is wanted, {}: is something masked that should not be, or not skipped?",
            places(lost)
        )
    })
}

/// A square with its axes swapped.
fn transposed(case: &Case<'_>) -> Option<String> {
    let &[rows, columns] = case.wanted.shape() else { return None };
    let swapped = rows == columns
        && rows > 1
        && (0..rows * columns).all(|at| {
            let (row, column) = (at / columns, at % columns);
            case.close(case.a[at], case.b[column * columns + row])
        });
    swapped.then(|| "the axes are swapped: rows (y) come first, then columns (x)".to_owned())
}

/// Everything one position further along an axis: off by one.
fn neighbour(case: &Case<'_>) -> Option<String> {
    (0..case.wanted.shape().len()).find_map(|axis| {
        let lines = Lines::of(case.wanted.shape(), axis);
        if lines.len < 3 || lines.is_level(case) {
            return None;
        }
        let shifted = |by_given: usize, by_wanted: usize| {
            lines.starts().all(|start| {
                (0..lines.len - 1).all(|at| {
                    let (mine, theirs) = (start + (at + by_given) * lines.step, start + (at + by_wanted) * lines.step);
                    case.close(case.a[mine], case.b[theirs])
                })
            })
        };
        let dim = &case.wanted.array.dims()[axis];
        let days = case.wanted.array.index_of(dim).is_some_and(|coord| coord.values().dtype() == DType::DateTime);
        let what = if days { "one day".to_owned() } else { "one".to_owned() };
        let along =
            if case.wanted.form == super::subject::Form::List { String::new() } else { format!(" along {dim}") };
        if shifted(1, 0) {
            Some(format!("it is off by {what}{along}: each value stands one place too late; positions count from 0"))
        } else if shifted(0, 1) {
            Some(format!("it is off by {what}{along}: each value stands one place too early; positions count from 0"))
        } else {
            None
        }
    })
}

/// An axis that runs in the other direction.
fn turned(case: &Case<'_>) -> Option<String> {
    (0..case.wanted.shape().len()).find_map(|axis| {
        let lines = Lines::of(case.wanted.shape(), axis);
        let turned = lines.len > 1
            && !lines.is_level(case)
            && lines.starts().all(|start| {
                (0..lines.len).all(|at| {
                    let (mine, theirs) = (start + at * lines.step, start + (lines.len - 1 - at) * lines.step);
                    case.close(case.a[mine], case.b[theirs])
                })
            });
        let what = match case.wanted.form {
            super::subject::Form::Labelled => format!("along {}", case.wanted.array.dims()[axis]),
            _ if case.wanted.shape().len() == 2 && axis == 0 => "from bottom to top".to_owned(),
            _ if case.wanted.shape().len() == 2 => "from right to left".to_owned(),
            _ => "from the last to the first".to_owned(),
        };
        turned.then(|| format!("it runs in the wrong direction, {what}"))
    })
}

/// The lines of a block along one axis.
struct Lines {
    len: usize,
    step: usize,
    total: usize,
}

impl Lines {
    fn of(shape: &[usize], axis: usize) -> Self {
        Self { len: shape[axis], step: shape[axis + 1..].iter().product(), total: shape.iter().product() }
    }

    /// Where each line begins.
    fn starts(&self) -> impl Iterator<Item = usize> {
        let block = self.len * self.step;
        let (step, total) = (self.step, self.total);
        (0..total.checked_div(block).unwrap_or(0))
            .flat_map(move |outer| (0..step).map(move |inner| outer * block + inner))
    }

    /// Whether the right values do not change along the axis: then nothing along it can be out of place.
    fn is_level(&self, case: &Case<'_>) -> bool {
        self.starts().all(|start| {
            (1..self.len).all(|at| case.close(case.b[start + at * self.step], case.b[start + (at - 1) * self.step]))
        })
    }
}

/// A mean or a sum with −9999 in it is far below everything that can be. (A wrong sign may be so too, and comes first.)
fn nodata_counted(case: &Case<'_>) -> Option<String> {
    let (low, high) = bounds(case.pairs().map(|(_, b)| b))?;
    let (lowest, _) = bounds(case.pairs().map(|(a, _)| a))?;
    let far_below = low - (2.0 * (high - low)).max(100.0);
    let counted =
        lowest < far_below && lowest >= NODATA_CONVERTED - 1.0 && high.abs().max(low.abs()) < NODATA.abs() / 2.0;
    let what = if case.a.len() == 1 { format!("{} is", case.given.shown()) } else { "some values are".to_owned() };
    counted.then(|| {
        format!("nodata was counted in: {what} far too low, as −9999 was taken for a number; leave it out before you calculate")
    })
}

fn bounds(numbers: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    numbers.fold(None, |found, number| match found {
        None => Some((number, number)),
        Some((low, high)) => Some((low.min(number), high.max(number))),
    })
}

/// Another unit, a conversion that is not whole, another sign.
fn unit(case: &Case<'_>) -> Option<String> {
    let it = if case.a.len() == 1 { case.given.shown() } else { "it".to_owned() };
    let (nine_fifths, five_ninths) = (1.8, 1.0 / 1.8);
    let known: [(f64, f64, &str); 11] = [
        (nine_fifths, 32.0, "is in °F, where °C are wanted"),
        (five_ninths, -32.0 * five_ninths, "is in °C, where °F are wanted: convert it (times 9/5, plus 32)"),
        (1.0, -32.0, "is a conversion to °F without the 32"),
        (
            five_ninths,
            32.0 - 32.0 * five_ninths,
            "is a conversion to °F without the factor: 9 / 5 of whole numbers is 1, write 9.0 / 5.0",
        ),
        (1.0, KELVIN, "is in kelvin, where °C are wanted"),
        (1.0, -KELVIN, "is in °C, where kelvin are wanted"),
        (-1.0, 0.0, "has the wrong sign: subtract the other way round"),
        (100.0, 0.0, "is in percent, where a share from 0 to 1 is wanted"),
        (0.01, 0.0, "is a share, where percent are wanted"),
        (1000.0, 0.0, "is a thousand times too large: look at the unit"),
        (0.001, 0.0, "is a thousand times too small: look at the unit"),
    ];
    let zero = case.pairs().all(|(_, b)| b == 0.0);
    known
        .iter()
        .find(|(factor, term, _)| (!zero || *term != 0.0) && case.is_related(*factor, *term))
        .map(|(_, _, says)| format!("{it} {says}"))
}

/// The right values in another order.
fn order(case: &Case<'_>) -> Option<String> {
    let sorted = |numbers: &[f64]| {
        let mut numbers = numbers.to_vec();
        numbers.sort_by(f64::total_cmp);
        numbers
    };
    let (a, b) = (sorted(case.a), sorted(case.b));
    let same = a.len() > 1 && a.iter().zip(&b).all(|(&a, &b)| case.close(a, b));
    same.then(|| "the values are right, but in another order".to_owned())
}

/// Whole numbers where there are fractions.
fn cut_off(case: &Case<'_>) -> Option<String> {
    let whole = case.pairs().all(|(a, b)| a.fract() == 0.0 && (a - b).abs() < 1.0);
    let fractions = case.pairs().any(|(_, b)| b.fract() != 0.0);
    let it = if case.a.len() == 1 { case.given.shown() } else { "it".to_owned() };
    (whole && fractions).then(|| format!("{it} lacks the fractions: do not round, and calculate with f64"))
}

/// All off by the same step, or by the same factor.
fn relation(case: &Case<'_>) -> Option<String> {
    let least = case.pairs().min_by(|(_, p), (_, q)| p.total_cmp(q))?;
    let most = case.pairs().max_by(|(_, p), (_, q)| p.total_cmp(q))?;
    let several = most.1 - least.1 > 10.0 * case.tolerance;
    if several {
        let step = least.0 - least.1;
        if case.is_related(1.0, step) {
            let how = if step > 0.0 { "high" } else { "low" };
            return Some(format!("all values are too {how} by the same step"));
        }
    }
    let widest = if most.1.abs() > least.1.abs() { most } else { least };
    let factor = widest.0 / widest.1;
    if !factor.is_finite() || !case.is_related(factor, 0.0) {
        return None;
    }
    let whole = |factor: f64| {
        (1.5..1000.0).contains(&factor)
            && (factor - factor.round()).abs() <= 4.0 * factor * case.tolerance / widest.1.abs()
    };
    let it = if case.a.len() == 1 { case.given.shown() } else { "each value".to_owned() };
    if whole(factor) {
        Some(format!("{it} is a whole multiple of the right one: is it a sum where a mean is wanted?"))
    } else if whole(1.0 / factor) {
        Some(format!("{it} is a whole fraction of the right one: is it a mean where a sum is wanted?"))
    } else if several {
        Some("all values are wrong by the same factor".to_owned())
    } else {
        None
    }
}

/// A date one day off.
fn another_day(case: &Case<'_>) -> Option<String> {
    let day = DAY as f64;
    let it = if case.a.len() == 1 { case.given.shown() } else { "each date".to_owned() };
    if case.is_related(1.0, day) {
        Some(format!("{it} is one day late: positions count from 0, days of the year from 1"))
    } else if case.is_related(1.0, -day) {
        Some(format!("{it} is one day early: positions count from 0, days of the year from 1"))
    } else {
        None
    }
}

/// Bools that are all the opposite.
fn all_the_other_way(case: &Case<'_>) -> Option<String> {
    let opposite = case.a.iter().zip(case.b).all(|(a, b)| a != b);
    opposite.then(|| match case.a.len() {
        1 => format!("{} is the wrong way round", case.given.shown()),
        _ => "all values are the wrong way round: true where false is wanted".to_owned(),
    })
}
