//! What cannot be drawn gives a sentence, as a picture in the notebook; never a panic.

use super::Decoded;
use crate::array::{DType, DataArray, Values};
use crate::display::Show;
use crate::plot::{Figure, hist, imshow, line, scatter};
use crate::time::{DateTime, date_range};
use ndarray::{Array2, Array3, array};

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

/// What the notebook shows as text; there is always a picture with it, and an SVG or an error.
fn shown(figure: &Figure) -> String {
    let bundle = figure.mime_bundle();
    assert!(bundle.get("image/png").unwrap().len() > 500);
    if let Ok(svg) = figure.to_svg() {
        assert!(svg.ends_with("</svg>\n"));
    }
    bundle.get("text/plain").unwrap().to_owned()
}

fn series(values: Vec<f64>) -> DataArray {
    let time = date_range("2016-01-01", values.len()).unwrap();
    DataArray::new(values, "time").unwrap().coord("time", time).unwrap()
}

#[test]
fn empty_missing_infinite_and_single_values_are_pictures() {
    let values: [&[f64]; 10] = [
        &[],
        &[NAN],
        &[NAN, NAN],
        &[INF],
        &[INF, -INF, NAN],
        &[7.0],
        &[0.0, 0.0],
        &[f64::MAX, f64::MIN],
        &[5e-324, 0.0],
        &[1.0, INF, 2.0],
    ];
    for values in values {
        let (plain, labelled) = (values.to_vec(), series(values.to_vec()));
        let figures = [
            line(&plain),
            line(&labelled),
            hist(&plain),
            hist(&labelled).bins(5),
            scatter(&plain, &plain),
            labelled.plot(),
            labelled.expand_dims("y").unwrap().plot(),
            imshow(&labelled.expand_dims("y").unwrap()),
            imshow(&labelled.expand_dims("y").unwrap()).robust().center(0),
            labelled.expand_dims("lat").unwrap().plot().y("time"),
        ];
        for figure in figures {
            let text = shown(&figure);
            assert!(text.starts_with("Figure: "), "{values:?}: {text}");
        }
    }
}

#[test]
fn the_sentence_says_what_is_wrong_with_the_values() {
    let notice = |figure: &Figure| super::texts(figure).join(" ");
    assert!(notice(&line(&Vec::<f64>::new())).contains("Nothing to draw: the array is empty."));
    assert!(notice(&line(&[NAN, NAN])).contains("all 2 values are missing"));
    assert!(notice(&hist(&[INF])).contains("the only value is infinite"));
    assert!(notice(&hist(&Array2::<f64>::zeros((0, 3)))).contains("the array is empty (shape [0, 3])"));
    assert!(notice(&scatter(&[1.0, NAN], &[NAN, 2.0])).contains("no point has both"));
    assert!(notice(&series(vec![21.5]).plot()).contains("a single value, 21.5"));
    let date = DataArray::new(Values::from_nanoseconds(vec![0]), "time").unwrap();
    assert!(notice(&date.plot()).contains("a single value, 1970-01-01"));
}

#[test]
fn one_day_of_a_series_has_its_day_on_the_axis() {
    let words = super::texts(&line(&series(vec![21.5])));
    assert!(words.contains(&"1 Jan".to_owned()) && words.contains(&"31 Dec".to_owned()), "{words:?}");
    let missing = DataArray::new(vec![1.0, 2.0], "time").unwrap();
    let missing = missing.coord("time", vec![DateTime::MISSING, DateTime::MISSING]).unwrap();
    assert!(shown(&line(&missing)).starts_with("Figure: 1 line"));
    let ends = vec![DateTime::from_nanoseconds(i64::MIN + 1), DateTime::from_nanoseconds(i64::MAX)];
    assert!(shown(&line(&[1.0, 2.0]).x(ends)).starts_with("Figure: 1 line"));
}

#[test]
fn dimensions_that_do_not_fit_are_errors_that_say_which_and_what_to_do() {
    let error = |figure: Figure| figure.to_png().unwrap_err().to_string();
    let cube = DataArray::new(Array3::<f64>::zeros((2, 3, 4)), ["time", "y", "x"]).unwrap();
    let text = error(line(&cube));
    assert!(text.contains("dimensions (time: 2, y: 3, x: 4)") && text.contains(".hue("), "{text}");
    assert!(error(imshow(&cube)).contains(".col(\"name\")"));
    assert!(error(line(&array![[1.0, 2.0], [3.0, 4.0]])).contains("shape [2, 2]"));
    assert!(error(scatter(&[1.0, 2.0], &[1.0])).contains("x has shape [2], y has shape [1]"));
    assert!(error(line(&[1.0, 2.0]).x([1, 2, 3])).contains("x has 3 values, but the line has 2 points"));
    let one = cube.isel_dim("time", 0).unwrap().isel_dim("y", 0).unwrap();
    assert!(error(line(&one).hue("station")).contains("no dimension \"station\""));
    assert!(error(line(&one).x("lon")).contains("no coordinate \"lon\""));
    assert!(error(line(&one).x("x").y("x")).contains("not along both"));
}

#[test]
fn what_is_no_number_is_refused_with_a_way_out() {
    let error = |figure: Figure| figure.to_png().unwrap_err().to_string();
    let dates = DataArray::new(date_range("2016-01-01", 4).unwrap(), "n").unwrap();
    assert!(error(dates.plot()).contains("take a calendar field such as .month()"));
    assert!(error(hist(&dates)).contains("take a calendar field"));
    let text = DataArray::new(vec!["a", "b"], "n").unwrap();
    assert!(error(text.plot()).contains("draw numbers"));
    assert!(line(&series(vec![1.0, 2.0]).astype(DType::I16)).to_png().is_ok());
}

#[test]
fn settings_of_another_kind_of_figure_are_named() {
    let error = |figure: Figure| figure.to_png().unwrap_err().to_string();
    let image = imshow(&array![[1.0, 2.0]]);
    assert!(error(image.clone().xlim(0, 1)).contains("xlim and ylim belong to lines"));
    assert!(error(image.clone().hue("x")).contains("hue makes lines"));
    assert!(error(image.clone().hist(&[1.0])).contains("a histogram has axes of its own"));
    assert!(error(image.clone().coastlines()).contains("coastlines: they need longitude"));
    assert!(error(hist(&[1.0]).line(&[1.0])).contains("axes of their own"));
    assert!(error(hist(&[1.0]).hue("x")).contains("belong to lines"));
    assert!(error(line(&[1.0]).color("reddish")).contains("no colour \"reddish\""));
    assert!(error(hist(&[1.0]).bins(0)).contains("bins(0)"));
    assert!(error(line(&[1.0, 2.0]).ylim(3, 3)).contains("ylim"));
    assert!(error(line(&series(vec![1.0, 2.0])).xlim(3, 4)).contains("the axis has dates"));
    assert!(error(line(&[1.0]).line(&series(vec![1.0, 2.0]))).contains("draw them apart"));
}

#[test]
fn coordinates_without_order_or_value_do_not_stop_a_line_or_an_image() {
    let array = series(vec![1.0, 2.0, 3.0]).drop_vars("time").unwrap();
    let odd = array.coord("time", [NAN, 1.0, INF]).unwrap();
    assert!(shown(&line(&odd)).starts_with("Figure: 1 line, 3 points"));
    assert!(shown(&imshow(&odd.expand_dims("y").unwrap())).starts_with("Figure: 1 row x 3 columns"));
    let twice = array.coord("time", [1.0, 1.0, 1.0]).unwrap();
    assert!(Decoded::of(&line(&twice)).width > 100);
    assert!(shown(&twice.expand_dims("y").unwrap().plot()).starts_with("Figure: "));
}
