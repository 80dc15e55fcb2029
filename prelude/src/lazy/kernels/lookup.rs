//! Elements of a table by their positions.

use super::map_to;
use crate::values::{DType, Values, typed};

/// The element of `table`, which has one axis, at each position; a missing value where one is below 0.
pub(crate) fn apply(table: &Values, positions: &Values) -> Values {
    let Values::I64(positions) = positions.cast(DType::I64) else { unreachable!("cast to i64") };
    let dtype = table.dtype();
    // Of a type without missing values no position is below 0.
    let missing = if dtype.with_missing() == dtype { Values::from(f64::NAN).cast(dtype) } else { table.clone() };
    typed!(dtype, T => {
        let table = table.standard();
        let table = table.as_slice::<T>().expect("a table of this type");
        let missing = missing.standard().as_slice::<T>().and_then(|values| values.first().copied());
        let found = map_to(&positions, |at: i64| {
            let at = usize::try_from(at).ok().and_then(|at| table.get(at).copied());
            at.or(missing).unwrap_or_else(<T as Default>::default)
        });
        Values::from_typed(found, dtype)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_below_zero_are_missing() {
        let found = apply(&Values::from(vec![0.5f32, 1.5]), &Values::from(vec![1i64, -1, 0]));
        let found = found.to_vec::<f32>().unwrap();
        assert!(found[0] == 1.5 && found[1].is_nan() && found[2] == 0.5);
        let dates = apply(&Values::from_nanoseconds(vec![7]), &Values::from(vec![0i64, -1]));
        assert_eq!((dates.dtype(), dates.to_vec::<i64>().unwrap()), (DType::DateTime, vec![7, i64::MIN]));
    }
}
