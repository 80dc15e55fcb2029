//! The text and HTML views.

use isopleth::array::{Coord, DataArray, merge};
use isopleth::display::Show;
use isopleth::time::date_range;
use ndarray::{Array3, array};

fn html(value: &dyn Show) -> String {
    value.mime_bundle().get("text/html").unwrap().to_owned()
}

#[test]
fn a_small_array_is_shown_whole() {
    let da = DataArray::new(array![[1.0, 2.5], [3.0, f64::NAN]], ["time", "x"]).unwrap().name("rain");
    let da = da.coord("time", date_range("2016-01-01", 2).unwrap()).unwrap().coord("s", 5).unwrap().attr("units", "mm");
    let expected = "\
<DataArray \"rain\" (time: 2, x: 2)> float64, 32 B
[[1.0, 2.5],
 [3.0, nan]]
Coordinates:
  * time (time) datetime64[ns] 2016-01-01 2016-01-02
    s           int64          5
Dimensions without coordinates: x
Attributes:
    units: mm";
    assert_eq!(format!("{da:?}"), expected);
}

#[test]
fn a_large_array_is_elided_in_both_views() {
    let da = DataArray::new(Array3::<i64>::zeros((100, 100, 30)), ["x", "y", "time"])
        .unwrap()
        .name("temp")
        .coord("x", 1..=100)
        .unwrap();
    let text = da.to_string();
    assert!(text.len() < 1500 && text.contains("..."), "{text}");
    assert!(text.contains("* x (x) int64 1 2 3 4"), "{text}");
    let page = html(&da);
    assert!(page.len() < 12_000 && page.contains("2.4 MB") && page.contains("temp"), "{}", page.len());
}

#[test]
fn names_and_attributes_cannot_be_markup() {
    let da = DataArray::new(vec![1.0], "<i>").unwrap().name("<script>alert(1)</script>").attr("<b>", "\"<img src=x>");
    let da = da.coord("<u>", Coord::scalar(1).attr("k", "<hr>")).unwrap();
    for page in [html(&da), html(&merge([&da]).unwrap())] {
        for markup in ["<script>", "<i>", "<b>", "<img", "<u>", "<hr>"] {
            assert!(!page.contains(markup), "{markup}");
        }
        assert!(page.contains("&lt;script&gt;"));
    }
}

#[test]
fn empty_and_scalar_arrays_have_views() {
    for da in [
        DataArray::new(Vec::<f64>::new(), "x").unwrap(),
        DataArray::new(5, ()).unwrap(),
        DataArray::new(f64::NAN, ()).unwrap(),
    ] {
        assert!(!da.to_string().is_empty() && html(&da).contains("DataArray"));
    }
}

#[test]
fn a_dataset_lists_its_arrays_and_coordinates() {
    let temp = DataArray::new(vec![20, 21], "x").unwrap().coord("x", [1, 2]).unwrap().name("temp");
    let ds = merge([&temp, &(&temp * 1.5).name("rain")]).unwrap();
    let expected = "\
<Dataset> 40 B
Dimensions: (x: 2)
Coordinates:
  * x (x) int64 1 2
Arrays:
    temp (x) int32   20 21
    rain (x) float64 30.0 31.5";
    assert_eq!(format!("{ds:?}"), expected);
    assert!(html(&ds).contains("Arrays"));
}
