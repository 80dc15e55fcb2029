//! Small multiples: panels with the same axes and colours.

use super::{Decoded, texts, viridis};
use crate::array::DataArray;
use crate::plot::{hist, imshow};
use crate::time::date_range;
use ndarray::Array3;

fn months(count: usize) -> DataArray {
    let field = Array3::from_shape_fn((count, 4, 6), |(month, ..)| month as f64);
    DataArray::new(field, ["month", "y", "x"]).unwrap().coord("month", 1..=count).unwrap()
}

#[test]
fn each_panel_says_what_it_shows_and_there_is_one_colour_bar() {
    let figure = imshow(&months(12)).col("month").col_wrap(4).title("Year");
    let words = texts(&figure);
    let titles: Vec<&String> = words.iter().filter(|word| word.starts_with("month = ")).collect();
    assert_eq!((titles.len(), titles[0].as_str(), titles[11].as_str()), (12, "month = 1", "month = 12"));
    assert_eq!(figure.to_svg().unwrap().matches("<image").count(), 13);
}

#[test]
fn panels_share_their_colours_and_stand_row_by_row() {
    let picture = Decoded::of(&imshow(&months(4)).col("month").colorbar(false));
    let [first, second, third] = [0.0, 1.0, 2.0].map(|month| picture.middle_of(viridis(month / 3.0)));
    // Four panels are two rows of two.
    assert!(second.0 > first.0 + 100.0 && (second.1 - first.1).abs() < 2.0);
    assert!(third.1 > first.1 + 100.0 && (third.0 - first.0).abs() < 2.0);
}

#[test]
fn rows_and_columns_make_a_grid() {
    let array = DataArray::new(Array3::from_shape_fn((2, 3, 10), |(a, b, t)| (a + b + t) as f64), ["a", "b", "t"]);
    let array = array.unwrap().coord("a", ["low", "high"]).unwrap();
    let figure = array.plot().row("a").col("b");
    assert!(format!("{figure:?}").starts_with("Figure: 6 panels of 1 line, 60 points"));
    let words = texts(&figure);
    assert!(words.contains(&"a = low, b = 0".to_owned()) && words.contains(&"a = high, b = 2".to_owned()), "{words:?}");
}

#[test]
fn dates_and_histograms_have_panels_too() {
    let array = months(3).rename("month", "time").unwrap();
    let array = array.coord("time", date_range("2016-07-01", 3).unwrap()).unwrap();
    assert!(texts(&imshow(&array).col("time")).contains(&"time = 2016-07-02".to_owned()));
    assert!(format!("{:?}", hist(&array).col("time")).starts_with("Figure: 3 panels of histogram of 72 values"));
}

#[test]
fn what_cannot_be_panels_says_why() {
    let error = |figure: crate::plot::Figure| figure.to_png().unwrap_err().to_string();
    assert!(error(imshow(&months(2)).col("mouth")).contains("Did you mean \"month\"?"));
    assert!(error(imshow(&months(2)).col("month").row("month")).contains("each takes a dimension of its own"));
    assert!(error(imshow(&months(121)).col("month")).contains("121 would be too small"));
    assert!(error(imshow(&months(2)).col("month").col_wrap(0)).contains("1 to 20 panels"));
    let empty = months(2).isel_dim("month", 0..0).unwrap();
    assert!(error(imshow(&empty).col("month")).contains("length 0"));
}

#[test]
fn a_figure_of_given_size_keeps_it() {
    let picture = Decoded::of(&imshow(&months(6)).col("month").size(600, 500).density(1));
    assert_eq!((picture.width, picture.height), (600, 500));
    let line = Decoded::of(&months(6).mean("x").unwrap().plot().col("month").size(300, 200).density(1));
    assert_eq!((line.width, line.height), (300, 200));
}
