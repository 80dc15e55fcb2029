//! Numbers (bools and dates among them) within a tolerance; where they differ, `causes` says why.

use super::causes;
use super::subject::{Form, Subject};
use super::words::ordinal;
use crate::Result;
use crate::array::{DType, Values};

/// Two blocks of numbers of one shape that are to be equal.
pub(super) struct Case<'a> {
    pub given: &'a Subject,
    pub wanted: &'a Subject,
    pub a: &'a [f64],
    pub b: &'a [f64],
    /// How far apart two numbers may be, in their own unit.
    pub tolerance: f64,
}

/// What is wrong with the numbers of `given`, which has the shape of `wanted`; `None` if nothing is.
pub(super) fn difference(given: &Subject, wanted: &Subject, share: f64) -> Result<Option<String>> {
    let (a, b) = (given.numbers()?, wanted.numbers()?);
    let exact = |dtype: DType| dtype.is_integer() || dtype.is_date() || dtype == DType::Bool;
    let largest = b.iter().filter(|b| b.is_finite()).fold(0.0f64, |largest, b| largest.max(b.abs()));
    let tolerance = if exact(given.dtype()) && exact(wanted.dtype()) {
        0.0
    } else if largest == 0.0 {
        share
    } else {
        share * largest
    };
    let case = Case { given, wanted, a: &a, b: &b, tolerance };
    Ok(if case.is_equal() { None } else { Some(causes::say(&case)) })
}

impl Case<'_> {
    fn is_equal(&self) -> bool {
        self.a.iter().zip(self.b).all(|(&a, &b)| self.close(a, b))
    }

    /// Whether two numbers pass for equal; missing equals missing.
    pub fn close(&self, a: f64, b: f64) -> bool {
        a == b || (a - b).abs() <= self.tolerance || a.is_nan() && b.is_nan()
    }

    /// The pairs in which both are there.
    pub fn pairs(&self) -> impl Iterator<Item = (f64, f64)> + Clone {
        self.a.iter().copied().zip(self.b.iter().copied()).filter(|(a, b)| a.is_finite() && b.is_finite())
    }

    /// Whether `a` is `factor` times `b`, plus `term`, everywhere (and somewhere at all).
    pub fn is_related(&self, factor: f64, term: f64) -> bool {
        let tolerance = self.tolerance.max(1e-12) * factor.abs().max(1.0) + term.abs() * 1e-6;
        let mut pairs = self.pairs().peekable();
        pairs.peek().is_some() && pairs.all(|(a, b)| (a - (factor * b + term)).abs() <= tolerance)
    }

    /// Where the numbers differ.
    pub fn differing(&self) -> impl Iterator<Item = usize> {
        (0..self.a.len()).filter(|&at| !self.close(self.a[at], self.b[at]))
    }
}

/// Where the element `at` of `subject` is: "at time 2016-01-05", "the 3rd element".
pub(super) fn place(subject: &Subject, at: usize) -> String {
    let mut rest = at;
    let mut positions = vec![0; subject.shape().len()];
    for (position, &len) in positions.iter_mut().zip(subject.shape()).rev() {
        *position = rest % len.max(1);
        rest /= len.max(1);
    }
    match subject.form {
        Form::List | Form::Single => format!("the {} element", ordinal(at + 1)),
        Form::Array => format!("the element {positions:?}"),
        Form::Labelled => {
            let of = |(dim, &position): (&String, &usize)| {
                let label = subject.array.index_of(dim).and_then(|coord| label(coord.values(), position));
                format!("{dim} {}", label.unwrap_or_else(|| position.to_string()))
            };
            let places: Vec<String> = subject.array.dims().iter().zip(&positions).map(of).collect();
            format!("the one at {}", places.join(", "))
        }
    }
}

fn label(labels: &Values, position: usize) -> Option<String> {
    let one = labels.index(&[crate::lazy::AxisIndex::At(position)]).ok()?;
    one.to_texts().first().cloned()
}
