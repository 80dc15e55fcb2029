//! Each kind of mistake has its sentence, and none shows the right answer.

use super::{Checkable, Expected, expect};
use crate::array::{Coord, DType, DataArray};
use crate::time::{DateTime, date_range};
use ndarray::{Array2, Array3, array};
use std::path::PathBuf;

/// What the check of `given` says; empty if it passes.
fn says(given: impl Checkable, expected: impl Into<Expected>) -> String {
    let of = expected.into().title("E");
    match super::compare("given", &mut || Ok(given.subject()), &of) {
        Ok(()) => String::new(),
        Err(failed) => failed.to_string().strip_prefix("E: ").unwrap().to_owned(),
    }
}

#[track_caller]
fn assert_says(given: impl Checkable, expected: impl Into<Expected>, parts: &[&str]) {
    let said = says(given, expected);
    assert!(parts.iter().all(|part| said.contains(part)), "{parts:?} are not in {said:?}");
    assert_eq!(said.matches(". ").count(), 0, "one sentence: {said:?}");
}

fn date(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// 40 days, 3 rows, 4 columns.
fn days() -> DataArray {
    let values =
        Array3::from_shape_fn((40, 3, 4), |(t, y, x)| 20.0 + ((t * t) % 17) as f64 + y as f64 * 0.5 - x as f64);
    DataArray::new(values, ["time", "y", "x"])
        .unwrap()
        .coord("time", date_range("2016-01-01", 40).unwrap())
        .unwrap()
        .coord("y", [16.0, 14.0, 12.0])
        .unwrap()
        .coord("x", [1.0, 2.0, 3.0, 4.0])
        .unwrap()
}

#[test]
fn what_is_right_passes_within_the_tolerance() {
    assert_eq!(says(12.500_01, 12.5), "");
    assert_eq!(says(12, 12.0), "");
    assert_eq!(says(vec![1.0f32, f32::NAN], vec![1.0, f64::NAN]), "");
    assert_eq!(says(array![1.0, 2.0], vec![1.0, 2.0]), "");
    assert_eq!(says("Bern", "Bern".to_owned()), "");
    assert_eq!(says(Some(date("2016-07-01")), date("2016-07-01")), "");
    assert_eq!(says(Ok::<_, crate::Error>(3), 3), "");
    assert_eq!(says(days().astype(DType::F32), &days()), "");
    assert_eq!(says(days().chunk([("time", 7)]).unwrap(), &days()), "", "a lazy array is computed");
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
fn another_kind_of_value_is_named_on_both_sides() {
    assert_says(vec![1.0, 2.0], 1.5, &["a list of 2 numbers", "where a number is wanted", "reduce it"]);
    assert_says(&days(), 1.5, &["a DataArray (time: 40, y: 3, x: 4)", "reduce it over time, y, x"]);
    assert_says(1.5, vec![1.0, 2.0], &["it is a number, where a list of numbers is wanted"]);
    assert_says(1.5, array![[1.0, 2.0]], &["an array with 2 axes is wanted"]);
    assert_says(
        array![[1.0, 2.0]],
        &days(),
        &["an array of shape [1, 2]", "where a DataArray, with names and labels, is wanted"],
    );
    assert_says(
        days().mean(()).unwrap(),
        &days(),
        &["one value", "time, y, x are wanted", "too many have been reduced"],
    );
    assert_says("2016-07-01", date("2016-07-01"), &["a text, where a date is wanted"]);
    assert_says(183, date("2016-07-01"), &["183 is a whole number, where a date is wanted"]);
}

#[test]
fn element_types() {
    assert_says(
        vec![1, 2],
        vec![1.5, 2.5],
        &["whole numbers (int64)", "wanted are numbers (float64)", "calculate with f64"],
    );
    assert_says(vec![true], vec![1.0], &["bools (bool)"]);
    assert_says(vec!["1.5"], vec![1.5], &["texts (str)"]);
    assert_eq!(says(vec![1.5f64], vec![1.5f32]), "");
    assert_says(vec![1.5f64], expect(vec![1.5f32]).same_type(), &["float64, wanted are float32"]);
}

#[test]
fn shapes() {
    let wide = Array2::<f32>::zeros((2, 3));
    assert_says(wide.t(), &wide, &["axes are swapped", "[3, 2], wanted is [2, 3]", "rows (y) come first"]);
    assert_says(Array2::<f32>::zeros((2, 5)), &wide, &["the shape is [2, 5], wanted is [2, 3]"]);
    assert_says(Array3::<f32>::zeros((1, 2, 3)), &wide, &["3 axes (shape [1, 2, 3]), wanted are 2 axes"]);
    assert_says(vec![1.0; 365], vec![1.0; 366], &["365 elements, wanted are 366", "one is missing", "a..=b"]);
    assert_says(vec![1.0; 367], vec![1.0; 366], &["one too many"]);
}

#[test]
fn dimensions() {
    let da = days();
    assert_says(
        da.transpose(["x", "y", "time"]).unwrap(),
        &da,
        &["axes are swapped", "x, y, time", "wanted is time, y, x"],
    );
    assert_says(da.mean("time").unwrap(), &da, &["the dimension time is missing", "there is y, x"]);
    assert_says(&da, &da.mean("time").unwrap(), &["the dimension time is still there", "wanted is y, x"]);
    assert_says(da.rename("time", "band").unwrap(), &da, &["called band, y, x, wanted is time, y, x"]);
    assert_says(da.head("time", 39).unwrap(), &da, &["time has 39 positions, wanted are 40", "one is missing"]);
    assert_says(da.head("x", 2).unwrap(), &da, &["x has 2 positions, wanted are 4"]);
}

#[test]
fn labels() {
    let da = days();
    assert_says(da.drop_coord("time").unwrap(), &da, &["coordinate time is missing", "there is: y, x"]);
    let from = |first: &str| da.coord("time", date_range(first, 40).unwrap()).unwrap();
    assert_says(from("2016-01-02"), &da, &["labels of time are one day late"]);
    assert_says(from("2015-12-31"), &da, &["labels of time are one day early"]);
    assert_says(from("2015-01-01"), &da, &["labels of time differ", "first the 1st"]);
    assert_says(da.coord("time", 1..=40).unwrap(), &da, &["labels of time are numbers, wanted are dates"]);
    assert_says(da.coord("y", [12.0, 14.0, 16.0]).unwrap(), &da, &["labels of y run in the wrong direction"]);
    assert_says(
        da.coord("x", [0.0, 1.0, 2.0, 3.0]).unwrap(),
        &da,
        &["all too low by the same step (count from 0 or from 1?)"],
    );
    assert_says(da.coord("x", [1.0, 2.0, 3.0, 5.0]).unwrap(), &da, &["labels of x differ", "first the 4th"]);
    let places = |names: [&str; 2]| DataArray::new(vec![1.0, 2.0], "place").unwrap().coord("place", names).unwrap();
    assert_says(places(["Bern", "Chur"]), places(["Bern", "Basel"]), &["labels of place differ", "the 2nd"]);
    let at = |label: f64| DataArray::new(vec![1.0], "x").unwrap().coord("y", Coord::scalar(label)).unwrap();
    assert_says(at(2.0), at(1.0), &["the label of y is not the one"]);
}

#[test]
fn names_and_attributes_count_where_they_are_asked_for() {
    let rain = |name: &str| DataArray::new(vec![1.0, 2.0], "x").unwrap().name(name);
    let wanted = || expect(rain("rain").attr("units", "mm")).described();
    assert_eq!(says(rain("other"), rain("rain")), "");
    assert_says(rain("other"), wanted(), &["its name is \"other\", wanted is \"rain\""]);
    assert_says(DataArray::new(vec![1.0, 2.0], "x").unwrap(), wanted(), &["it has no name"]);
    assert_says(rain("rain"), wanted(), &["the attribute units is missing"]);
    assert_says(rain("rain").attr("units", "cm"), wanted(), &["the attribute units is cm"]);
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
    let next = da.with_plan(DataArray::new(next.unwrap(), ["time", "y", "x"]).unwrap().plan().clone());
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
    assert_says(da.with_plan(da.sort_by("y").unwrap().plan().clone()), &da, &["wrong direction, along y"]);
}

#[test]
fn texts_and_bools() {
    assert_says("bern", "Bern", &["\"bern\" is right but for small and capital letters"]);
    assert_says("Bern ", "Bern", &["but for its spaces"]);
    assert_says("Chur", "Bern", &["\"Chur\" is not the text that is wanted"]);
    assert_says(vec!["Bern", "Chur"], vec!["Bern", "Basel"], &["the 2nd element \"Chur\""]);
    assert_says(true, false, &["true is the wrong way round"]);
    assert_says(vec![true, false], vec![false, true], &["true where false is wanted"]);
}

#[test]
fn what_nothing_explains_says_how_much_and_where() {
    assert_says(7.7, 3.14, &["7.7 is not what is wanted"]);
    assert_says(vec![1.0, 5.0, 8.0], vec![3.0, 4.0, 2.0], &["none of the 3 values is"]);
    let da = days();
    let mut values = da.to_ndarray::<f64>().unwrap();
    values[[4, 2, 1]] = 99.0;
    let one = da.with_plan(DataArray::new(values, ["time", "y", "x"]).unwrap().plan().clone());
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

mod macros {
    use crate::{Result, check, check_that};

    fn not_begun(_: &[f64]) -> Result<f64> {
        todo!("your code here")
    }

    struct Odd;

    fn said(check: impl FnOnce() -> Result<()>) -> String {
        check().unwrap_err().to_string()
    }

    #[test]
    fn what_is_not_done_yet_says_so() {
        let text = said(|| {
            check!(not_begun(&[1.0]), super::expect(1.0).title("Exercise 3"));
            Ok(())
        });
        assert!(text.starts_with("Exercise 3 is not done yet: put your code where todo!() stands"), "{text}");
        let text = said(|| {
            check_that!(not_begun(&[1.0])? > 0.0, "it is positive");
            Ok(())
        });
        assert!(text.starts_with("`not_begun(&[1.0])? > 0.0` is not done yet"), "{text}");
    }

    #[test]
    fn what_is_not_done_yet_in_a_pool_says_so() {
        let text = said(|| {
            check!(crate::parallel::Pool::new(2)?.map(&[1, 2], |_| -> f64 { todo!() })?, vec![1.0, 2.0]);
            Ok(())
        });
        assert!(text.contains("not done yet"), "{text}");
    }

    #[test]
    fn another_panic_goes_on() {
        let panic = std::panic::catch_unwind(|| {
            said(|| {
                check!([1, 2, 3].iter().map(|i| 6 / (i - 2)).sum::<i32>(), 3);
                Ok(())
            })
        });
        assert!(panic.unwrap_err().downcast_ref::<&str>().unwrap().contains("divide by zero"));
    }

    #[test]
    fn a_type_that_cannot_be_compared_is_named() {
        let text = said(|| {
            check!(Odd, 1.0);
            Ok(())
        });
        assert!(text.starts_with("`Odd`: its type is Odd; a check compares numbers"), "{text}");
        let text = said(|| {
            check!((1, 2.0), 1.0);
            Ok(())
        });
        assert!(text.contains("its type is (i32, f64), several values at once"), "{text}");
        let text = said(|| {
            check!((), 1.0);
            Ok(())
        });
        assert!(text.contains("does a semicolon end the last line?"), "{text}");
    }

    #[test]
    fn an_error_inside_is_told_and_a_value_is_only_borrowed() {
        let text = said(|| {
            check!("x".parse::<f64>()?, 1.0);
            Ok(())
        });
        assert!(text.contains("it stopped with an error: invalid float literal"), "{text}");
        let values = vec![1.0, 2.0];
        let passed = || -> Result<()> {
            check!(values, &[1.0, 2.0]);
            check!(values, vec![1.0, 2.0]);
            Ok(())
        };
        passed().unwrap();
        assert_eq!(values.len(), 2);
    }

    #[test]
    fn a_property_that_does_not_hold_is_told() {
        let text = said(|| {
            let nodata = Some(0.0);
            check_that!(nodata == Some(-9999.0), "the file has the nodata value of {}", "the daily files");
            Ok(())
        });
        assert_eq!(text, "Not so yet: the file has the nodata value of the daily files.");
    }
}
