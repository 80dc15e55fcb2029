//! Choice between two blocks, element by element.

use super::binary::{BinaryOp, Operands, common};
use super::{Block, Operand, own, plain, recycle, slice, slice_mut};
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
    let Values::Bool(condition) = condition.cast(DType::Bool) else { unreachable!("cast to bool") };
    macro_rules! choose {
        ({} integers { $(($I:ident $($_i:tt)*))* } floats { $(($F:ident $($_f:tt)*))* }) => {
            choose! { Bool $($I)* $($F)* DateTime Text }
        };
        ($($variant:ident)*) => {
            match (yes.into_cast(dtype), no.into_cast(dtype)) {
                $((Values::$variant(yes), Values::$variant(no)) => Values::$variant(choose(&condition, yes, no, shape)),)*
                (Values::CfTime(calendar, yes), Values::CfTime(_, no)) => {
                    Values::CfTime(calendar, choose(&condition, yes, no, shape))
                }
                _ => unreachable!("both were cast to one type"),
            }
        };
    }
    numbers! { choose }
}

fn choose<T: Element>(condition: &Block<bool>, yes: Block<T>, no: Block<T>, shape: &[usize]) -> Block<T> {
    let condition = plain(condition.clone(), shape);
    let mut out = own(yes, shape);
    let cells = slice_mut(&mut out).iter_mut().zip(slice(&condition));
    match Operand::new(no, shape) {
        Operand::One(no) => cells.for_each(|(out, &condition)| *out = if condition { *out } else { no }),
        Operand::Each(no) => {
            cells.zip(slice(&no)).for_each(|((out, &condition), &no)| *out = if condition { *out } else { no });
            recycle(no);
        }
    }
    out.into_shared()
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
