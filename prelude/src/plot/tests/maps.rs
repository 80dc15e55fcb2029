//! Maps: coordinates as axes, coast lines, points over them, colours that diverge.

use super::{Decoded, texts};
use crate::array::DataArray;
use crate::plot::colormap::ColorMap;
use crate::plot::imshow;
use crate::time::date_range;
use ndarray::{Array2, array};

/// A world of 5° with longitudes from `west`.
fn world(west: f64, value: impl Fn(usize, usize) -> f64) -> DataArray {
    let lat: Vec<f64> = (0..26).map(|row| 67.5 - 5.0 * f64::from(row)).collect();
    let lon: Vec<f64> = (0..72).map(|column| west + 2.5 + 5.0 * f64::from(column)).collect();
    let array = DataArray::new(Array2::from_shape_fn((26, 72), |(y, x)| value(y, x)), ["lat", "lon"]).unwrap();
    array.coord("lat", lat).unwrap().coord("lon", lon).unwrap()
}

#[test]
fn axes_have_degrees_and_wrap_at_the_date_line() {
    let here = texts(&world(-180.0, |y, x| (y + x) as f64).plot());
    assert!(["120°W", "0°", "60°E", "30°S"].iter().all(|word| here.contains(&(*word).to_owned())), "{here:?}");
    let there = texts(&world(0.0, |y, x| (y + x) as f64).plot());
    assert!(there.contains(&"60°W".to_owned()) && !there.contains(&"300°E".to_owned()), "{there:?}");
}

#[test]
fn coast_lines_are_drawn_over_the_values_and_only_there() {
    let plain = Decoded::of(&world(-180.0, |_, _| 1.0).plot().colorbar(false));
    let figure = world(-180.0, |_, _| 1.0).plot().colorbar(false).coastlines();
    let coast = Decoded::of(&figure);
    let differ = |x: usize, y: usize| plain.at(x, y) != coast.at(x, y);
    let changed = (0..plain.width * plain.height).filter(|at| differ(at % plain.width, at / plain.width)).count();
    assert!((2_000..100_000).contains(&changed), "{changed}");
    // Nothing outside the frame: the margin has no coast.
    assert!((0..20).all(|x| (0..plain.height).all(|y| !differ(x, y))));
    let [left, right, ..] = plain.extent(ColorMap::named("viridis").unwrap().at(0.5));
    assert!((0..plain.height).all(|y| !differ(right + 3, y) && !differ(left - 3, y)));
}

#[test]
fn coasts_of_both_longitude_conventions_are_the_same_places() {
    // West Africa's bulge: land from 15°W, in columns that lie elsewhere.
    for west in [-180.0, 0.0] {
        let figure = world(west, |_, _| 1.0).plot().colorbar(false).coastlines().size(800, 400);
        let bare = Decoded::of(&world(west, |_, _| 1.0).plot().colorbar(false).size(800, 400));
        let picture = Decoded::of(&figure);
        let [left, right, top, bottom] = bare.extent(ColorMap::named("viridis").unwrap().at(0.5));
        let lon = if west == 0.0 { 360.0 - 17.5 } else { -17.5 };
        let x = left as f64 + (lon - west) / 360.0 * (right - left) as f64;
        let y = top as f64 + (70.0 - 14.7) / 130.0 * (bottom - top) as f64;
        let near = (-6..=6).flat_map(|dx| (-6..=6).map(move |dy| (dx, dy)));
        let dark = near.filter(|&(dx, dy): &(i32, i32)| {
            let (x, y) = ((x as i32 + dx) as usize, (y as i32 + dy) as usize);
            picture.at(x, y) != bare.at(x, y)
        });
        assert!(dark.count() > 3, "Dakar at {lon}");
    }
}

#[test]
fn places_are_points_on_a_map() {
    let figure = imshow(&world(-180.0, |_, _| 1.0)).scatter(&[0.0], &[5.0]).color("red").label("here");
    let picture = Decoded::of(&figure.colorbar(false).legend(false));
    let (x, y) = picture.middle_of([214, 39, 40]);
    let [left, right, top, bottom] = picture.extent(ColorMap::named("viridis").unwrap().at(0.5));
    assert!((x - (left + right) as f64 / 2.0).abs() < 2.0 && (y - (top + bottom) as f64 / 2.0).abs() < 2.0, "{x} {y}");
}

#[test]
fn plot_diverges_around_0_and_imshow_does_not() {
    let array = DataArray::new(array![[-1.0, 0.0, 3.0]], ["y", "x"]).unwrap().expand_dims("z").unwrap();
    let array = array.isel_dim("z", 0).unwrap().isel_dim("y", [0, 0]).unwrap();
    let [diverging, plain] = [array.plot(), imshow(&array)].map(|figure| Decoded::of(&figure.colorbar(false)));
    let middle = ColorMap::named("RdBu_r").unwrap().at(0.5);
    assert!(diverging.count(middle) > 10_000 && plain.count(middle) == 0);
    assert!(Decoded::of(&array.plot().diverging(false).colorbar(false)).count(middle) == 0);
    assert!(Decoded::of(&imshow(&array).center(0).colorbar(false)).count(middle) > 10_000);
}

#[test]
fn time_runs_along_an_image_as_dates() {
    let array = DataArray::new(Array2::from_shape_fn((60, 5), |(t, y)| (t + y) as f64), ["time", "level"]).unwrap();
    let array = array.coord("time", date_range("2016-01-01", 60).unwrap()).unwrap();
    let words = texts(&array.plot().y("level"));
    assert!(words.iter().any(|word| word.ends_with(" Jan")) && words.contains(&"2016".to_owned()), "{words:?}");
}

#[test]
fn a_part_of_a_larger_array_says_which() {
    let cube = world(-180.0, |y, x| (y + x) as f64).expand_dims("time").unwrap();
    let cube = cube.coord("time", date_range("2016-07-01", 1).unwrap()).unwrap();
    let slice = cube.isel_dim("time", 0).unwrap();
    assert!(texts(&slice.plot()).contains(&"time = 2016-07-01".to_owned()));
    let own = texts(&slice.plot().title("July"));
    assert!(own.contains(&"July".to_owned()) && !own.iter().any(|word| word.starts_with("time =")));
    assert!(!texts(&slice.plot().title("")).iter().any(|word| word.starts_with("time =")));
}
