//! What is written is what is read, and nothing else is.

mod refusals;
mod same;

use super::super::blocks::Writer;
use super::*;
use crate::time::Calendar;
use crate::values::{DType, Text, Values, each};

/// Every bit of an array.
fn bits(values: &Values) -> (DType, Vec<usize>, Vec<u8>) {
    let mut writer = Writer::default();
    let standard = values.standard();
    each!(&standard, array => writer.array(array.as_slice().unwrap()));
    (values.dtype(), values.shape().to_vec(), writer.bytes())
}

fn again(plans: &[Plan]) -> Vec<Plan> {
    read(&write(plans).unwrap(), &mut Readers::new()).unwrap()
}

/// Every type, with what is missing in it.
fn dtypes() -> Vec<DType> {
    let dates = Calendar::ALL.map(DType::CfTime);
    DType::NUMBERS.iter().copied().chain([DType::DateTime, DType::Text]).chain(dates).collect()
}

/// Six elements of a type, shape (2, 3), some missing where that is possible.
fn six(dtype: DType) -> Values {
    match dtype {
        DType::Text => {
            let texts = ["Bern", "", "Zürich"].map(Text::new);
            let texts = texts.into_iter().chain([Text::MISSING, Text::new("1"), Text::new("b")]).collect();
            Values::from_shape_vec(&[2, 3], texts).unwrap()
        }
        dates if dates.is_date() => {
            let steps = vec![0i64, 86_400_000_000, i64::MIN, -5_000_000_000, 1_234_567_890_123, 7];
            Values::from_shape_vec(&[2, 3], steps).unwrap().into_dates(dates)
        }
        DType::F32 => Values::from_shape_vec(&[2, 3], vec![0.1f32, -0.0, f32::NAN, f32::INFINITY, 1e-40, 7.0]).unwrap(),
        DType::F64 => Values::from_shape_vec(&[2, 3], vec![0.1, -0.0, f64::NAN, f64::INFINITY, 5e-324, 7.0]).unwrap(),
        numbers => Values::from_shape_vec(&[2, 3], vec![0i64, 1, 3, 7, 100, 2]).unwrap().cast(numbers),
    }
}

/// The same, to be computed.
fn lazy(dtype: DType) -> Plan {
    Plan::memory(six(dtype)).chunked(&[1, 2]).unwrap()
}
