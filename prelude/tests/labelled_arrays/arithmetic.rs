//! Operators, comparisons, functions of elements, and their element types.

use super::{assert_close, line, message, numbers};
use isopleth::array::{DType, DataArray, corr, cov};
use isopleth::time::date_range;

fn of(values: Vec<f64>) -> DataArray {
    DataArray::new(values, "x").unwrap()
}

// (A([-7,7]) % 3).values, (A([1,2]) / 2).dtype, (A([1,2], "f4") * 1.5).dtype, (A([1,2], "u1") + 1).dtype
#[test]
fn numbers_in_the_code_give_way_to_the_array() {
    let ints = DataArray::new(vec![-7i64, 7], "x").unwrap();
    assert_close(&(&ints % 3), &[2.0, 1.0]);
    assert_eq!((&ints / 2).dtype(), DType::F64);
    assert_eq!((DataArray::new(vec![1f32, 2.0], "x").unwrap() * 1.5).dtype(), DType::F32);
    assert_eq!((DataArray::new(vec![1u8, 2], "x").unwrap() + 1).dtype(), DType::U8);
}

#[test]
fn operators_take_numbers_on_either_side_and_can_be_chained() {
    let celsius = of(vec![0.0, 100.0]).name("t").attr("units", "°C");
    let fahrenheit = &celsius * 9.0 / 5.0 + 32;
    assert_close(&fahrenheit, &[32.0, 212.0]);
    assert_eq!((fahrenheit.get_name(), fahrenheit.attrs().len()), (Some("t"), 1));
    assert_close(&(1.0 - &celsius), &[1.0, -99.0]);
    assert_close(&(1 - celsius.clone()).mean("x").unwrap(), &[-49.0]);
    assert_close(&-(2 * &celsius), &[-0.0, -200.0]);
    assert_close(&celsius.pow(2).unwrap(), &[0.0, 10_000.0]);
}

#[test]
fn comparisons_give_bool_and_missing_is_not_equal() {
    let a = of(vec![1.0, f64::NAN, 3.0]);
    assert_eq!(a.eq(1).to_vec::<bool>().unwrap(), [true, false, false]);
    assert_eq!(a.ne(1).to_vec::<bool>().unwrap(), [false, true, true]);
    assert_eq!((a.ge(1.0) & !a.gt(2)).to_vec::<bool>().unwrap(), [true, false, false]);
    assert_eq!((a.lt(2) | a.is_nan()).to_vec::<bool>().unwrap(), [true, true, false]);
    assert!(message(a.try_eq("2016-01-01")).contains("date"));
}

#[test]
fn dates_compare_with_text_and_split_into_fields() {
    let time = line("time", date_range("2016-01-30", 4).unwrap(), vec![0; 4]);
    assert_eq!(time["time"].ge("2016-02-01").to_vec::<bool>().unwrap(), [false, false, true, true]);
    assert_eq!(numbers(&time["time"].month()), [1., 1., 2., 2.]);
    assert_eq!(numbers(&time["time"].dayofyear()), [30., 31., 32., 33.]);
    assert_eq!(numbers(&time["time"].weekday()), [5., 6., 0., 1.]);
    let mean = time["time"].mean(()).unwrap();
    assert_eq!(mean.strftime("%Y-%m-%d %H:%M").unwrap().to_texts().unwrap(), ["2016-01-31 12:00"]);
    assert!(message(time["time"].sum(())).contains("dates"));
}

#[test]
fn dates_have_no_covariance() {
    let time = line("time", date_range("2016-01-30", 4).unwrap(), vec![0; 4]);
    for result in [cov(&time, &time["time"], ()), corr(&time["time"], &time, ())] {
        let text = message(result);
        assert!(text.contains("of datetime64[ns] has no meaning") && text.contains("hours since"), "{text}");
    }
    // What the error advises.
    let hours = &(&time["time"] - &time["time"].min(()).unwrap()) / 3.6e12;
    assert_close(&hours, &[0.0, 24.0, 48.0, 72.0]);
    assert_close(&cov(&hours, &hours, ()).unwrap(), &[960.0]);
}

fn c_to_f(celsius: f64) -> f64 {
    celsius * 9.0 / 5.0 + 32.0
}

#[test]
fn your_own_functions_map_over_elements() {
    assert_close(&of(vec![0.0, 100.0]).map(c_to_f).unwrap(), &[32.0, 212.0]);
    let shift = 3.0;
    let mapped = DataArray::new(vec![1f32, f32::NAN], "x").unwrap().map(move |v| v + shift).unwrap();
    assert_eq!(mapped.dtype(), DType::F32);
    assert_close(&mapped, &[4.0, f64::NAN]);
}

#[test]
fn clip_and_fillna_keep_types() {
    let ints = DataArray::new(vec![-5i32, 5, 50], "x").unwrap();
    assert_eq!(
        (ints.clip(0.0, 10.0).unwrap().dtype(), numbers(&ints.clip(0.0, 10.0).unwrap())),
        (DType::I32, vec![0., 5., 10.])
    );
    assert!(ints.clip(3.0, 1.0).is_err());
    assert_close(&of(vec![1.0, f64::NAN]).fillna(0).unwrap(), &[1.0, 0.0]);
    assert_close(&of(vec![1.0, f64::NAN]).fillna(of(vec![7.0, 8.0])).unwrap(), &[1.0, 8.0]);
}

#[test]
fn item_and_to_ndarray_refuse_what_would_lose_something() {
    assert!(message(of(vec![1.0, 2.0]).item()).contains("2 elements"));
    assert!(message(of(vec![1.0]).to_ndarray::<f32>()).contains("astype"));
    assert_eq!(of(vec![1.5]).astype(DType::F32).to_ndarray::<f32>().unwrap().shape(), [1]);
}
