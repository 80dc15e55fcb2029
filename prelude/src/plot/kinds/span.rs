//! From the values along an axis to where it begins and ends.

use super::curves::End;
use super::refuse;
use crate::Result;
use crate::array::LabelValue;
use crate::plot::axes::{Axis, Meaning};
use crate::time::DateKind;

/// The smallest and the largest value along an axis.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    low: f64,
    high: f64,
}

impl Span {
    pub fn of(values: impl Iterator<Item = f64>) -> Self {
        let none = Self { low: f64::INFINITY, high: f64::NEG_INFINITY };
        values.fold(none, |span, value| Self { low: span.low.min(value), high: span.high.max(value) })
    }

    /// The axis over this span with `margin` of it beyond both ends, or from one limit to the other.
    ///
    /// # Errors
    /// When `limits` (of the setting `name`) are no places on such an axis.
    pub fn axis(self, end: &End, margin: f64, limits: Option<&[LabelValue; 2]>, name: &str) -> Result<Axis> {
        let (start, stop) = match limits {
            Some(limits) => limited(limits, &end.meaning, name)?,
            None => self.ends(&end.meaning, margin),
        };
        Ok(Axis { meaning: end.meaning.clone(), start, end: stop, label: end.label.clone(), forward: true })
    }

    fn ends(self, meaning: &Meaning, margin: f64) -> (f64, f64) {
        let Self { low, high } = self;
        if let Meaning::Names(names) = meaning {
            return (-0.5, names.len() as f64 - 0.5);
        }
        let length = high - low;
        let by = match meaning {
            _ if length > 0.0 && length.is_finite() => length * margin,
            _ if length > 0.0 => 0.0,
            // A single date has four days before and after it, so that ticks are days.
            Meaning::Date(kind) => 4.0 * kind.day() as f64,
            Meaning::Whole => 0.5,
            _ if low == 0.0 => 0.5,
            // A tenth of a value, but never so little that both ends are one number.
            _ => (low.abs() * 0.1).max(f64::MIN_POSITIVE * 1e12),
        };
        ((low - by).max(f64::MIN), (high + by).min(f64::MAX))
    }
}

fn limited([from, to]: &[LabelValue; 2], meaning: &Meaning, name: &str) -> Result<(f64, f64)> {
    let place = |value: &LabelValue| match (value, meaning) {
        (LabelValue::Time(date), Meaning::Date(DateKind::Nanoseconds)) => Ok(date.nanoseconds() as f64),
        (LabelValue::CfTime(date), Meaning::Date(kind)) if *kind == date.kind() => Ok(date.microseconds() as f64),
        (LabelValue::Text(text), Meaning::Date(kind)) => Ok(kind.parse(text)?.0 as f64),
        (_, Meaning::Date(_)) => refuse(format!("{name}: the axis has dates; write them as \"2016-01-31\"")),
        (LabelValue::Int(number), _) => Ok(*number as f64),
        (LabelValue::Float(number), _) if number.is_finite() => Ok(*number),
        (other, _) => refuse(format!("{name}: {other} is no place on this axis; give a number")),
    };
    let (from, to) = (place(from)?, place(to)?);
    if from == to || !(to - from).is_finite() {
        return refuse(format!("{name}: the axis begins and ends at the same place; give two that differ"));
    }
    Ok((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(values: &[f64], meaning: Meaning) -> (f64, f64) {
        Span::of(values.iter().copied()).ends(&meaning, 0.1)
    }

    #[test]
    fn an_axis_reaches_a_little_beyond_its_values() {
        assert_eq!(ends(&[0.0, 10.0, 5.0], Meaning::Number), (-1.0, 11.0));
    }

    #[test]
    fn a_single_value_has_room_on_both_sides() {
        for (value, meaning) in [
            (0.0, Meaning::Number),
            (-3.0, Meaning::Number),
            (1e300, Meaning::Number),
            (5e-324, Meaning::Number),
            (7.0, Meaning::Whole),
            (1.4e18, Meaning::Date(DateKind::Nanoseconds)),
        ] {
            let (low, high) = ends(&[value], meaning);
            assert!(low < value && value < high, "{value}: {low} {high}");
        }
    }

    #[test]
    fn the_largest_span_there_is_stays_finite() {
        assert_eq!(ends(&[f64::MIN, f64::MAX], Meaning::Number), (f64::MIN, f64::MAX));
    }
}
