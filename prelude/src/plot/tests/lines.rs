//! Lines and points: where they run, what stands along their axes, what the legend says.

use super::{Decoded, FIRST, SECOND, texts};
use crate::array::{Coord, DataArray};
use crate::plot::{line, scatter};
use crate::time::{DateTime, date_range};
use ndarray::{Array1, Array2, array};

fn series(values: Vec<f64>, start: &str) -> DataArray {
    let time = date_range(start, values.len()).unwrap();
    DataArray::new(values, "time").unwrap().coord("time", time).unwrap().name("temp").attr("units", "°C")
}

#[test]
fn a_rising_line_rises_to_the_right() {
    let picture = Decoded::of(&line(&[0.0, 1.0]));
    let [left, right, top, bottom] = picture.extent(FIRST);
    // Its right end is its highest point.
    let column = |x: usize| (0..picture.height).find(|&y| picture.at(x, y) == FIRST).unwrap();
    assert!(column(left + 4) > bottom - 12 && column(right - 4) < top + 12);
    assert!(right - left > picture.width * 3 / 4);
}

#[test]
fn a_labelled_line_brings_its_dates_name_and_units() {
    let words = texts(&series((0..366).map(f64::from).collect(), "2016-01-01").plot());
    for word in ["Feb", "Dec", "2016", "temp (°C)", "100"] {
        assert!(words.iter().any(|text| text == word), "{word}: {words:?}");
    }
    assert!(!words.iter().any(|text| text == "time"), "{words:?}");
}

#[test]
fn plain_values_of_any_kind_are_lines_too() {
    let expected = line(&[1.0, 2.0, 4.0]).to_png().unwrap();
    assert_eq!(line(&vec![1.0, 2.0, 4.0]).to_png().unwrap(), expected);
    assert_eq!(line(&[1.0, 2.0, 4.0][..]).to_png().unwrap(), expected);
    assert_eq!(line(&array![1.0, 2.0, 4.0]).to_png().unwrap(), expected);
    let field = array![[1.0, 0.0], [2.0, 0.0], [4.0, 0.0]];
    assert_eq!(line(&field.column(0)).to_png().unwrap(), expected);
    assert!(line(&[1_usize, 2, 4]).to_png().is_ok() && line(&Array1::from(vec![true, false])).to_png().is_ok());
}

#[test]
fn a_gap_is_a_gap_and_a_lonely_value_a_dot() {
    let nan = f64::NAN;
    let picture = Decoded::of(&line(&[1.0, 1.0, nan, nan, 1.0, nan, nan, 1.0, 1.0]));
    let [left, right, top, bottom] = picture.extent(FIRST);
    let row = (top + bottom) / 2;
    let colored = |share: f64| picture.at(left + ((right - left) as f64 * share) as usize, row) == FIRST;
    assert!(colored(0.06) && !colored(0.3) && colored(0.5) && !colored(0.7) && colored(0.94));
}

#[test]
fn x_may_be_places_or_the_name_of_a_coordinate() {
    let words = texts(&line(&[4.1, 3.9, 4.4]).x([1990, 2000, 2010]));
    assert!(words.contains(&"1995".to_owned()), "{words:?}");
    let km = DataArray::new(vec![1.0, 2.0], "n").unwrap();
    let km = km.coord("distance", Coord::along(["n"], vec![0.0, 80.0]).attr("units", "km")).unwrap();
    let words = texts(&line(&km).x("distance"));
    assert!(words.contains(&"distance (km)".to_owned()) && words.contains(&"80".to_owned()), "{words:?}");
    let days: Vec<DateTime> = date_range("2016-07-04", 3).unwrap().to_vec();
    let words = texts(&line(&[1.0, 2.0, 3.0]).x(days));
    assert!(words.contains(&"5 Jul".to_owned()), "{words:?}");
    let words = texts(&line(&[1.0, 2.0]).x(["Bern", "Basel"]));
    assert!(words.contains(&"Basel".to_owned()), "{words:?}");
}

#[test]
fn a_profile_runs_up_the_figure_and_its_axis_may_be_turned_round() {
    let profile = DataArray::new(vec![1.0, 0.0], "depth").unwrap().coord("depth", [0.0, 100.0]).unwrap();
    let bottom_of = |figure| {
        let picture = Decoded::of(&figure);
        let [left, _, top, bottom] = picture.extent(FIRST);
        let lowest = (0..picture.width).filter(|&x| picture.at(x, bottom - 3) == FIRST).max().unwrap();
        (lowest - left < 20, bottom - top > picture.height / 2)
    };
    // Value 0 at depth 100: at the left, and up unless the axis is turned.
    assert_eq!(bottom_of(line(&profile).y("depth")), (false, true));
    assert_eq!(bottom_of(line(&profile).y("depth").ylim(100, 0)), (true, true));
}

#[test]
fn each_label_along_hue_is_a_line_in_the_legend() {
    let array = DataArray::new(Array2::from_shape_fn((4, 2), |(t, s)| (t * (s + 1)) as f64), ["t", "station"]).unwrap();
    let figure = array.coord("station", ["Bern", "Basel"]).unwrap().plot().hue("station");
    let words = texts(&figure);
    assert!(["station", "Bern", "Basel"].iter().all(|word| words.contains(&(*word).to_owned())), "{words:?}");
    let picture = Decoded::of(&figure);
    assert!(picture.count(FIRST) > 500 && picture.count(SECOND) > 500);
    assert!(!texts(&figure.legend(false)).contains(&"Bern".to_owned()));
}

#[test]
fn lines_are_added_with_labels_and_colours_of_their_own() {
    let figure = line(&[1.0, 2.0]).label("a").line(&[2.0, 1.0]).label("b").color("#ff0000");
    assert_eq!(format!("{figure:?}"), "Figure: 2 lines, 4 points, values 1 to 2");
    let picture = Decoded::of(&figure);
    assert!(picture.count(FIRST) > 500 && picture.count([255, 0, 0]) > 500);
    assert!(texts(&figure).ends_with(&["a".to_owned(), "b".to_owned()]));
}

#[test]
fn limits_cut_the_line_at_the_axes() {
    let whole = Decoded::of(&line(&[0.0, 10.0, 0.0]));
    let cut = Decoded::of(&line(&[0.0, 10.0, 0.0]).ylim(0, 5));
    assert!(cut.count(FIRST) < whole.count(FIRST));
    let july = series((0..366).map(f64::from).collect(), "2016-01-01").plot().xlim("2016-07-01", "2016-07-31");
    assert!(texts(&july).contains(&"11 Jul".to_owned()), "{:?}", texts(&july));
}

#[test]
fn a_million_values_keep_their_extremes() {
    let mut values = vec![0.0; 1_000_000];
    values[123_456] = 1.0;
    let picture = Decoded::of(&line(&values));
    let [.., top, bottom] = picture.extent(FIRST);
    assert!(bottom - top > picture.height / 2, "the one peak is seen");
    let svg = line(&values).to_svg().unwrap();
    assert!(svg.len() < 400_000, "{}", svg.len());
}

#[test]
fn points_are_matched_by_their_labels() {
    let x = DataArray::new(vec![1.0, 2.0, 3.0], "n").unwrap().coord("n", [1, 2, 3]).unwrap();
    let y = DataArray::new(vec![30.0, 10.0], "n").unwrap().coord("n", [3, 1]).unwrap().name("rain").attr("units", "mm");
    let figure = scatter(&x, &y);
    assert_eq!(format!("{figure:?}"), "Figure: scatter, 2 points, values 10 to 30");
    assert!(texts(&figure).contains(&"rain (mm)".to_owned()));
    assert_eq!(figure.to_svg().unwrap().matches("<circle").count(), 2);
}

#[test]
fn points_and_a_line_share_a_figure() {
    let figure = scatter(&[1.0, 2.0, 3.0], &[1.1, 2.2, 2.9]).line(&[1.0, 3.0]).x([1.0, 3.0]).label("fit");
    assert_eq!(format!("{figure:?}"), "Figure: scatter and 1 line, 5 points, values 1 to 3");
    let svg = figure.to_svg().unwrap();
    assert!(svg.matches("<circle").count() == 3 && svg.contains(">\nfit") || svg.contains("fit"), "{svg}");
}
