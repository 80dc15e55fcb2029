//! Histograms as pictures.

use super::{Decoded, FIRST, texts};
use crate::array::DataArray;
use crate::plot::hist;
use ndarray::{Array3, array};

#[test]
fn the_higher_bar_has_more_values() {
    let picture = Decoded::of(&hist(&[1, 1, 1, 2]));
    let [left, right, top, bottom] = picture.extent(FIRST);
    let height = |x: usize| (top..=bottom).filter(|&y| picture.at(x, y) == FIRST).count();
    let (first, second) = (height(left + (right - left) / 4), height(left + (right - left) * 3 / 4));
    assert!((first as f64 / second as f64 - 3.0).abs() < 0.05, "{first} {second}");
}

#[test]
fn all_dimensions_and_only_valid_values_count() {
    let field = Array3::from_shape_fn((2, 3, 4), |(a, b, c)| if a + b + c == 0 { f64::NAN } else { c as f64 });
    let array = DataArray::new(field, ["time", "y", "x"]).unwrap().name("rain").attr("units", "mm");
    let figure = hist(&array).bins(4);
    assert_eq!(format!("{figure:?}"), "Figure: histogram of 24 values in 4 bins, values 0 to 3, 4.2 % missing");
    let words = texts(&figure);
    assert!(words.contains(&"rain (mm)".to_owned()) && words.contains(&"count".to_owned()), "{words:?}");
    let marked = hist(&array![-9999.0, 1.0, 2.0]).nodata(-9999);
    assert!(format!("{marked:?}").ends_with("values 1 to 2, 33.3 % missing"), "{marked:?}");
}

#[test]
fn two_histograms_have_the_same_bins_and_a_legend() {
    let figure = hist(&[1.0, 2.0, 2.5]).label("January").hist(&[7.0, 8.0]).label("July").bins(7);
    assert_eq!(format!("{figure:?}"), "Figure: histogram of 5 values in 7 bins, values 1 to 8");
    let words = texts(&figure);
    assert!(words.ends_with(&["January".to_owned(), "July".to_owned()]), "{words:?}");
}

#[test]
fn truth_values_have_a_bar_each() {
    let words = texts(&hist(&[true, false, true]));
    assert!(words.contains(&"false".to_owned()) && words.contains(&"true".to_owned()), "{words:?}");
}
