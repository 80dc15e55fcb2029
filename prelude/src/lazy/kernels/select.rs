//! Choice between two blocks, element by element.

use super::binary::{BinaryOp, Operands, common};
use super::{Block, Workers, recycle, slice, spread};
use crate::values::rows::{Rows, Side};
use crate::values::vector::{self, Loop};
use crate::values::{DType, Element, Values, numbers};
use crate::{Error, ErrorKind, Result};

/// The type that both choices are converted to. A weak NaN with dates or text is a missing one.
pub(crate) fn dtype(operands: Operands<'_>) -> Result<DType> {
    let Operands { a, b, weak_a, weak_b } = operands;
    match (a, b) {
        (DType::Text, DType::Text) => Ok(DType::Text),
        (DType::Text, _) if weak_b.is_some_and(is_nan) => Ok(DType::Text),
        (_, DType::Text) if weak_a.is_some_and(is_nan) => Ok(DType::Text),
        (DType::Text, _) | (_, DType::Text) => {
            let message = format!("cannot choose between {a} and {b}: one is text, the other is not");
            Err(Error::new(ErrorKind::Mismatch, message))
        }
        _ if a == b && a.is_date() => Ok(a),
        _ if a.is_date() && weak_b.is_some_and(is_nan) => Ok(a),
        _ if b.is_date() && weak_a.is_some_and(is_nan) => Ok(b),
        _ if a.is_date() && b.is_date() => {
            let message = format!(
                "cannot choose between {a} and {b}: these are dates of two calendars; convert_calendar brings them into one"
            );
            Err(Error::new(ErrorKind::Mismatch, message))
        }
        _ if a.is_date() || b.is_date() => {
            let message = format!("cannot choose between {a} and {b}: one is a date, the other is not");
            Err(Error::new(ErrorKind::Mismatch, message))
        }
        _ => common(BinaryOp::Add, operands),
    }
}

fn is_nan(values: &Values) -> bool {
    values.get(&[]).is_some_and(f64::is_nan)
}

/// `yes` where `condition` holds, else `no`; `shape` is what all three broadcast to.
pub(crate) fn apply(condition: &Values, yes: Values, no: Values, dtype: DType, shape: &[usize]) -> Values {
    apply_by(&Workers::alone(), condition, yes, no, dtype, shape)
}

/// [`apply`] by several threads.
pub(crate) fn apply_by(
    workers: &Workers<'_>,
    condition: &Values,
    yes: Values,
    no: Values,
    dtype: DType,
    shape: &[usize],
) -> Values {
    let Values::Bool(condition) = condition.clone().into_cast_by(workers, DType::Bool) else {
        unreachable!("cast to bool")
    };
    macro_rules! choose {
        ({} integers { $(($I:ident $($_i:tt)*))* } floats { $(($F:ident $($_f:tt)*))* }) => {
            choose! { Bool $($I)* $($F)* DateTime Text }
        };
        ($($variant:ident)*) => {
            match (yes.into_cast_by(workers, dtype), no.into_cast_by(workers, dtype)) {
                $((Values::$variant(yes), Values::$variant(no)) => Values::$variant(choose(workers, condition, yes, no, shape)),)*
                (Values::CfTime(calendar, yes), Values::CfTime(_, no)) => {
                    Values::CfTime(calendar, choose(workers, condition, yes, no, shape))
                }
                _ => unreachable!("both were cast to one type"),
            }
        };
    }
    numbers! { choose }
}

fn choose<T: Element>(
    workers: &Workers<'_>,
    condition: Block<bool>,
    yes: Block<T>,
    no: Block<T>,
    shape: &[usize],
) -> Block<T> {
    let (mut condition, mut yes, mut no) = (workers.plain(condition), workers.plain(yes), workers.plain(no));
    let mut rows = Rows::new(shape, [condition.shape(), yes.shape(), no.shape()]);
    if rows.are_short() {
        (condition, yes, no) = (spread(condition, shape), spread(yes, shape), spread(no, shape));
        rows = Rows::new(shape, [condition.shape(), yes.shape(), no.shape()]);
    }
    let (which, first, second) = (slice(&condition), slice(&yes), slice(&no));
    let out = workers.fill(shape, 1, &|start, out| {
        rows.each(start, out, |[condition, yes, no], run, out| {
            let which = condition.of(which, run.clone());
            choose_run(which, yes.of(first, run.clone()), no.of(second, run), out);
        });
    });
    recycle(condition);
    recycle(yes);
    recycle(no);
    out
}

fn choose_run<T: Element>(condition: Side<'_, bool>, yes: Side<'_, T>, no: Side<'_, T>, out: &mut [T]) {
    match (condition, yes, no) {
        (Side::One(condition), yes, no) => match if condition { yes } else { no } {
            Side::One(value) => out.fill(value),
            Side::Each(values) => out.copy_from_slice(values),
        },
        (Side::Each(condition), Side::Each(yes), Side::Each(no)) => {
            vector::wide::<T, T>(Choose {
                condition,
                yes: |n: usize| yes[n],
                no: |n: usize| no[n],
                length: yes.len().min(no.len()),
                out,
            });
        }
        (Side::Each(condition), Side::Each(yes), Side::One(no)) => {
            vector::wide::<T, T>(Choose { condition, yes: |n: usize| yes[n], no: |_| no, length: yes.len(), out });
        }
        (Side::Each(condition), Side::One(yes), Side::Each(no)) => {
            vector::wide::<T, T>(Choose { condition, yes: |_| yes, no: |n: usize| no[n], length: no.len(), out });
        }
        (Side::Each(condition), Side::One(yes), Side::One(no)) => {
            vector::wide::<T, T>(Choose { condition, yes: |_| yes, no: |_| no, length: out.len(), out });
        }
    }
}

/// One of two for each element: both are looked at, so that there is no branch.
struct Choose<'a, T, Y, N> {
    condition: &'a [bool],
    yes: Y,
    no: N,
    /// How many elements both choices have.
    length: usize,
    out: &'a mut [T],
}

impl<T: Copy, Y: Fn(usize) -> T, N: Fn(usize) -> T> Loop for Choose<'_, T, Y, N> {
    #[inline(always)]
    fn run(self) {
        let length = self.length.min(self.out.len()).min(self.condition.len());
        let (out, condition) = (&mut self.out[..length], &self.condition[..length]);
        for n in 0..length {
            let (yes, no) = ((self.yes)(n), (self.no)(n));
            out[n] = if condition[n] { yes } else { no };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_condition_broadcasts() {
        let condition = Values::from(array![[true], [false]]);
        let yes = Values::from(array![[1i32, 2], [3, 4]]);
        let no = Values::from(array![[0i32]]);
        let chosen = apply(&condition, yes.clone(), no, DType::I32, &[2, 2]);
        assert_eq!(chosen.to_vec::<i32>().unwrap(), [1, 2, 0, 0]);
        assert_eq!(yes.to_vec::<i32>().unwrap(), [1, 2, 3, 4]);
    }

    #[test]
    fn dates_go_missing_with_nan_only() {
        let (nan, one) = (Values::from(f64::NAN), Values::from(1.0));
        let with = |weak| Operands { a: DType::DateTime, b: DType::F64, weak_a: None, weak_b: Some(weak) };
        assert_eq!(dtype(with(&nan)).unwrap(), DType::DateTime);
        assert!(dtype(with(&one)).is_err());
        let days = Values::from_nanoseconds(vec![1, 2]);
        let chosen = apply(&Values::from(vec![true, false]), days, Values::from(vec![f64::NAN]), DType::DateTime, &[2]);
        assert_eq!(chosen.to_vec::<i64>().unwrap(), [1, i64::MIN]);
    }

    #[test]
    fn both_choices_may_be_arrays() {
        let chosen = apply(
            &Values::from(vec![true, false]),
            Values::from(vec![1i16, 2]),
            Values::from(vec![0.5f32, 1.5]),
            DType::F32,
            &[2],
        );
        assert_eq!(chosen.to_vec::<f32>().unwrap(), [1.0, 1.5]);
    }
}
