//! Mistakes in the numbers: each kind has its sentence.

use super::{assert_says, date, days, says};
use crate::array::{DType, DataArray};
use crate::check::expect;
use ndarray::array;
use std::path::PathBuf;

#[test]
fn what_is_right_passes_within_the_tolerance() {
    assert_eq!(says(12.500_01, 12.5), "");
    assert_eq!(says(12, 12.0), "");
    assert_eq!(says(vec![1.0f32, f32::NAN], vec![1.0, f64::NAN]), "");
    assert_eq!(says(array![1.0, 2.0], vec![1.0, 2.0]), "");
    assert_eq!(says("Bern", "Bern".to_owned()), "");
    assert_eq!(says(Some(date("2016-07-01")), date("2016-07-01")), "");
    assert_eq!(says(Ok::<_, crate::Error>(3), 3), "");
    assert_eq!(says(days().astype(DType::F32), days()), "");
    assert_eq!(says(days().chunk([("time", 7)]).unwrap(), days()), "", "a lazy array is computed");
    assert_eq!(says(PathBuf::from("a.tif"), "a.tif"), "");
    assert_ne!(says(12.51, 12.5), "");
    assert_eq!(says(12.51, expect(12.5).within(0.01)), "");
    assert_ne!(says(100_001, 100_000), "", "whole numbers are exact");
}

#[test]
fn what_is_not_there_is_told() {
    assert_says(None::<f64>, 1.0, &["None"]);
    let failed: crate::Result<f64> = Err("no band 2; there is 1".into());
    assert_says(failed, 1.0, &["stopped with an error: no band 2; there is 1"]);
}

#[test]
fn nodata_that_was_counted_in() {
    let land = array![[20.0, 25.0], [f64::NAN, 30.0]];
    let raw = land.mapv(|celsius: f64| if celsius.is_nan() { -9999.0 } else { celsius });
    let fahrenheit = |celsius: f64| celsius * 1.8 + 32.0;
    assert_says(&raw, &land, &["nodata is still in it", "1 of the 4 places", "−9999"]);
    assert_says(raw.mapv(fahrenheit), land.mapv(fahrenheit), &["nodata was counted in", "converted as if"]);
    assert_says(
        land.mapv(|celsius: f64| if celsius.is_nan() { 0.0 } else { celsius }),
        &land,
        &["0 where there is nothing"],
    );
    assert_says(
        land.mapv(|celsius: f64| if celsius.is_nan() { 7.0 } else { celsius }),
        &land,
        &["a number where nothing should be"],
    );
    assert_says(&land, &raw, &["NaN stands where the file's nodata, −9999, is wanted"]);
    assert_says(raw.mean().unwrap(), 25.0, &["nodata was counted in: -2481 is far too low"]);
    assert_says(
        vec![-6990.0, -6988.0, 12.0],
        vec![20.0, 21.0, 12.0],
        &["nodata was counted in: some values are far too low"],
    );
}

#[test]
fn nan_where_there_are_numbers() {
    assert_says(f64::NAN, 3.0, &["it is NaN", "skipped"]);
    assert_says(vec![f64::NAN; 3], vec![1.0, 2.0, 3.0], &["every value is NaN"]);
    assert_says(vec![1.0, f64::NAN, 3.0], vec![1.0, 2.0, 3.0], &["NaN stands where a number is wanted", "1 of the 3"]);
}

#[test]
fn units_and_conversions() {
    let celsius = array![10.0, 20.5, 31.0];
    let to_f = |c: f64| c * 1.8 + 32.0;
    assert_says(&celsius, celsius.mapv(to_f), &["in °C, where °F are wanted"]);
    assert_says(celsius.mapv(to_f), &celsius, &["in °F, where °C are wanted"]);
    assert_says(celsius.mapv(|c| c * 1.8), celsius.mapv(to_f), &["without the 32"]);
    assert_says(celsius.mapv(|c| c + 32.0), celsius.mapv(to_f), &["without the factor", "9.0 / 5.0"]);
    assert_says(&celsius + 273.15, &celsius, &["in kelvin, where °C are wanted"]);
    assert_says(-&celsius, &celsius, &["wrong sign"]);
    assert_says(vec![25.0, 50.0], vec![0.25, 0.5], &["in percent, where a share"]);
    assert_says(vec![0.25, 0.5], vec![25.0, 50.0], &["a share, where percent"]);
    assert_says(20.0, 68.0, &["20 is in °C, where °F are wanted"]);
    assert_says(&celsius + 1.5, &celsius, &["too high by the same step"]);
    assert_says(&celsius * 366.0, &celsius, &["a sum where a mean is wanted"]);
    assert_says(&celsius / 12.0, &celsius, &["a mean where a sum is wanted"]);
    assert_says(&celsius * 1.7, &celsius, &["wrong by the same factor"]);
    assert_says(vec![10, 20], vec![10, 21], &["1 of the 2 values are not what is wanted, first the 2nd element"]);
    assert_says(celsius.mapv(f64::trunc), &celsius, &["lacks the fractions"]);
}

#[test]
fn one_place_or_one_day_off() {
    let list: Vec<f64> = (0..20).map(|i| f64::from(i * i % 13)).collect();
    let late: Vec<f64> = [&[7.0], &list[..19]].concat();
    let early: Vec<f64> = [&list[1..], &[7.0]].concat();
    assert_says(late, list.clone(), &["off by one", "one place too late"]);
    assert_says(early, list.clone(), &["off by one", "one place too early"]);
    let da = days();
    let values = da.to_ndarray::<f64>().unwrap();
    let next = ndarray::concatenate(
        ndarray::Axis(0),
        &[values.slice(ndarray::s![1.., .., ..]), values.slice(ndarray::s![..1, .., ..])],
    );
    let next = da.with_plan(
        crate::array::Operation::Load,
        DataArray::new(next.unwrap(), ["time", "y", "x"]).unwrap().plan().clone(),
    );
    assert_says(next, &da, &["off by one day along time", "too early"]);
    assert_says(date("2016-07-02"), date("2016-07-01"), &["2016-07-02 is one day late"]);
    assert_says(date("2016-06-30"), date("2016-07-01"), &["one day early"]);
    assert_says(date("2016-06-29"), date("2016-07-01"), &["2016-06-29 is not what is wanted"]);
}

#[test]
fn order_and_direction() {
    let square = array![[1.0, 2.0], [3.0, 5.0]];
    assert_says(square.t(), &square, &["the axes are swapped"]);
    assert_says(square.slice(ndarray::s![..;-1, ..]), &square, &["wrong direction, from bottom to top"]);
    assert_says(vec![3.0, 1.0, 2.0], vec![2.0, 1.0, 3.0], &["wrong direction"]);
    assert_says(vec![1.0, 3.0, 2.0, 9.0], vec![2.0, 1.0, 3.0, 9.0], &["right, but in another order"]);
    let da = days();
    assert_says(
        da.with_plan(crate::array::Operation::Load, da.sort_by("y").unwrap().plan().clone()),
        &da,
        &["wrong direction, along y"],
    );
}

#[test]
fn what_nothing_explains_says_how_much_and_where() {
    assert_says(7.7, 3.25, &["7.7 is not what is wanted"]);
    assert_says(vec![1.0, 5.0, 8.0], vec![3.0, 4.0, 2.0], &["none of the 3 values is"]);
    let da = days();
    let mut values = da.to_ndarray::<f64>().unwrap();
    values[[4, 2, 1]] = 99.0;
    let one =
        da.with_plan(crate::array::Operation::Load, DataArray::new(values, ["time", "y", "x"]).unwrap().plan().clone());
    assert_says(one, &da, &["1 of the 480 values", "time 2016-01-05, y 12", "x 2"]);
}

#[test]
fn known_mistakes_go_first_and_those_that_come_out_right_are_ignored() {
    let expected = || expect(12.5).mistake(50.0, "this is the sum of the four").mistake(12.5, "never said");
    assert_says(50.0, expected(), &["this is the sum of the four"]);
    assert_says(vec![1.0, 2.0], expect(12.5).mistake(vec![1.0, 2.0], "two halves"), &["two halves"]);
    assert_eq!(says(12.5, expected()), "");
    assert_says(7.0, expected(), &["7 is not what is wanted"]);
}

#[test]
fn the_right_answer_is_never_in_the_sentence() {
    let right = 1234.5678;
    for wrong in [0.0, -9999.0, 1234.0, 2500.0, right * 1.8 + 32.0, right + 273.15, f64::NAN, right * 12.0] {
        let said = says(wrong, right);
        assert!(!said.is_empty() && !said.contains("1234.5") && !said.contains("1235"), "{said}");
    }
    assert_eq!(format!("{:?}", expect(right).title("Exercise 1")), "the right value of Exercise 1 (not shown)");
}
