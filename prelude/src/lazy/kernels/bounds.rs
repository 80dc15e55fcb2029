//! What would take two passes or three as operations on pairs: bounds on both sides, and a number for what is missing.

use super::number::Number;
use super::{Block, Workers};
use crate::values::{Element, Values, numbers};

/// Each element brought between two of its type. NaN stays.
pub(crate) fn clip(workers: &Workers<'_>, values: Values, low: &Values, high: &Values) -> Values {
    macro_rules! clip {
        ({} integers { $(($I:ident $($_i:tt)*))* } floats { $(($F:ident $($_f:tt)*))* }) => {
            match values {
                $(Values::$I(a) => Values::$I(between(workers, a, only(low), only(high))),)*
                $(Values::$F(a) => Values::$F(between(workers, a, only(low), only(high))),)*
                _ => unreachable!("only numbers are clipped"),
            }
        };
    }
    numbers! { clip }
}

fn between<T: Number>(workers: &Workers<'_>, a: Block<T>, low: T, high: T) -> Block<T> {
    workers.map(a, move |v| v.max(low).min(high))
}

/// Each element of floats, and `value` in the place of NaN.
pub(crate) fn fill_missing(workers: &Workers<'_>, values: Values, value: &Values) -> Values {
    match values {
        Values::F32(a) => {
            let value: f32 = only(value);
            Values::F32(workers.map(a, move |v| if v.is_nan() { value } else { v }))
        }
        Values::F64(a) => {
            let value: f64 = only(value);
            Values::F64(workers.map(a, move |v| if v.is_nan() { value } else { v }))
        }
        complete => complete,
    }
}

/// The one element of `values`.
fn only<T: Element>(values: &Values) -> T {
    T::of(values).and_then(|array| array.first().copied()).expect("one element of the type of the array")
}
