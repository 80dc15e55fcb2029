//! Mistakes that show before any number is looked at: kind, shape, dimensions, labels, names.

use super::{assert_says, date, days, says};
use crate::array::{Coord, DataArray};
use crate::check::expect;
use crate::time::date_range;
use ndarray::{Array2, Array3, array};

#[test]
fn another_kind_of_value_is_named_on_both_sides() {
    assert_says(vec![1.0, 2.0], 1.5, &["a list of 2 numbers", "where a number is wanted", "reduce it"]);
    assert_says(days(), 1.5, &["a DataArray (time: 40, y: 3, x: 4)", "reduce it over time, y, x"]);
    assert_says(1.5, vec![1.0, 2.0], &["it is a number, where a list of numbers is wanted"]);
    assert_says(1.5, array![[1.0, 2.0]], &["an array with 2 axes is wanted"]);
    assert_says(
        array![[1.0, 2.0]],
        days(),
        &["an array of shape [1, 2]", "where a DataArray, with names and labels, is wanted"],
    );
    assert_says(
        days().mean(()).unwrap(),
        days(),
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
    assert_says(&da, da.mean("time").unwrap(), &["the dimension time is still there", "wanted is y, x"]);
    assert_says(da.rename("time", "band").unwrap(), &da, &["called band, y, x, wanted is time, y, x"]);
    assert_says(da.head("time", 39).unwrap(), &da, &["time has 39 positions, wanted are 40", "one is missing"]);
    assert_says(da.head("x", 2).unwrap(), &da, &["x has 2 positions, wanted are 4"]);
}

#[test]
fn labels() {
    let da = days();
    assert_says(da.drop_vars("time").unwrap(), &da, &["coordinate time is missing", "there is: y, x"]);
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
fn texts_and_bools() {
    assert_says("bern", "Bern", &["\"bern\" is right but for small and capital letters"]);
    assert_says("Bern ", "Bern", &["but for its spaces"]);
    assert_says("Chur", "Bern", &["\"Chur\" is not the text that is wanted"]);
    assert_says(vec!["Bern", "Chur"], vec!["Bern", "Basel"], &["the 2nd element \"Chur\""]);
    assert_says(true, false, &["true is the wrong way round"]);
    assert_says(vec![true, false], vec![false, true], &["true where false is wanted"]);
}
