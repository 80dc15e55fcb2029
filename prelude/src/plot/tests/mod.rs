//! Figures as they come out: pixels at known places, and what edge cases give.

mod bad_input;
mod classes;
mod histograms;
mod lines;
mod maps;
mod panels;
mod picks;

use super::canvas::Rgb;
use super::imshow;
use super::{Figure, colormap::ColorMap};
use crate::display::Show;
use ndarray::{Array2, array};

/// A figure's pixels, decoded from its PNG.
struct Decoded {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Decoded {
    fn of(figure: &Figure) -> Self {
        let file = figure.to_png().expect("a picture");
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        Self { width: info.width as usize, height: info.height as usize, pixels }
    }

    fn at(&self, x: usize, y: usize) -> Rgb {
        let start = (y * self.width + x) * 3;
        std::array::from_fn(|channel| self.pixels[start + channel])
    }

    fn count(&self, color: Rgb) -> usize {
        self.pixels.chunks_exact(3).filter(|pixel| *pixel == color).count()
    }

    /// Where this colour is, from the leftmost to the rightmost and from the topmost to the lowest pixel.
    fn extent(&self, color: Rgb) -> [usize; 4] {
        let places = (0..self.width * self.height).map(|at| (at % self.width, at / self.width));
        let found: Vec<(usize, usize)> = places.filter(|&(x, y)| self.at(x, y) == color).collect();
        assert!(!found.is_empty(), "{color:?} is nowhere");
        let ends = |part: fn(&(usize, usize)) -> usize| {
            (found.iter().map(part).min().unwrap(), found.iter().map(part).max().unwrap())
        };
        let ((left, right), (top, bottom)) = (ends(|place| place.0), ends(|place| place.1));
        [left, right, top, bottom]
    }

    /// Middle of the area that has exactly this colour.
    fn middle_of(&self, color: Rgb) -> (f64, f64) {
        let (mut x, mut y, mut count) = (0, 0, 0);
        for row in 0..self.height {
            for column in (0..self.width).filter(|&column| self.at(column, row) == color) {
                (x, y, count) = (x + column, y + row, count + 1);
            }
        }
        assert!(count > 0, "{color:?} is nowhere");
        (x as f64 / count as f64, y as f64 / count as f64)
    }
}

fn viridis(share: f32) -> Rgb {
    ColorMap::named("viridis").unwrap().at(share)
}

const MISSING: Rgb = [222, 222, 222];
/// The first two colours of lines.
const FIRST: Rgb = [78, 121, 167];
const SECOND: Rgb = [242, 142, 44];

/// The texts of a figure, in the order in which they are drawn.
fn texts(figure: &Figure) -> Vec<String> {
    let svg = figure.to_svg().expect("a picture");
    let inside = |part: &str| {
        let text = &part[part.find('>').unwrap() + 1..part.find("</text>").unwrap()];
        text.trim().to_owned()
    };
    svg.split("<text").skip(1).map(inside).collect()
}

#[test]
fn row_0_is_on_top_and_column_0_at_the_left() {
    let field = array![[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]];
    let picture = Decoded::of(&imshow(&field).colorbar(false));
    let [first, right, below] = [0.0, 2.0, 3.0].map(|value| picture.middle_of(viridis(value / 5.0)));
    assert!(right.0 > first.0 && (right.1 - first.1).abs() < 2.0, "{first:?} {right:?}");
    assert!(below.1 > first.1 && (below.0 - first.0).abs() < 2.0, "{first:?} {below:?}");
}

#[test]
fn cells_are_square() {
    let field = array![[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]];
    let picture = Decoded::of(&imshow(&field).colorbar(false));
    let [first, right, below] = [0.0, 1.0, 3.0].map(|value| picture.middle_of(viridis(value / 5.0)));
    assert!(((right.0 - first.0) - (below.1 - first.1)).abs() < 2.0, "{first:?} {right:?} {below:?}");
}

#[test]
fn missing_cells_are_light_grey_whether_nan_or_nodata() {
    let nan = Decoded::of(&imshow(&array![[1.0, f64::NAN], [2.0, 3.0]]).colorbar(false));
    let marked = Decoded::of(&imshow(&array![[1, -9999], [2, 3]].mapv(i64::from)).nodata(-9999).colorbar(false));
    let quarter = nan.count(MISSING);
    assert!(quarter > 50_000 && quarter == marked.count(MISSING), "{quarter}");
    assert!(nan.middle_of(MISSING).0 > nan.middle_of(viridis(0.0)).0);
}

#[test]
fn a_nodata_of_a_float_raster_may_be_given_in_double_precision() {
    let field = array![[1.0_f32, -3.4028235e38], [2.0, 3.0]];
    let text = format!("{:?}", imshow(&field).nodata(-3.4028234663852886e38));
    assert_eq!(text, "Figure: 2 rows x 2 columns (f32), values 1 to 3, 25 % missing");
}

#[test]
fn values_beyond_the_limits_have_the_colours_of_the_ends() {
    let field = array![[-9999.0_f32, -32.0], [40.0, 1e9]];
    let picture = Decoded::of(&imshow(&field).vmin(-32).vmax(40).colorbar(false));
    let (low, high) = (picture.count(viridis(0.0)), picture.count(viridis(1.0)));
    assert!(low == high && low > 100_000, "{low} {high}");
}

#[test]
fn the_tip_of_the_bar_appears_only_where_values_go_on() {
    let field = array![[0.0, 10.0]];
    let inside = Decoded::of(&imshow(&field));
    let beyond = Decoded::of(&imshow(&field).vmin(5));
    // The lowest colour below the lowest end of the frame: right of the image, last row that has it.
    let lowest = viridis(0.0);
    let last = |picture: &Decoded| {
        let bar = picture.width * 4 / 5..picture.width;
        let has = |row: &usize| bar.clone().any(|x| picture.at(x, *row) == lowest);
        let row = (0..picture.height).rev().find(has).expect("the lowest colour in the bar");
        bar.filter(|&x| picture.at(x, row) == lowest).count()
    };
    let (blunt, pointed) = (last(&inside), last(&beyond));
    assert!(blunt > 20 && pointed < 6, "{blunt} {pointed}");
}

#[test]
fn a_large_array_is_averaged_not_sampled() {
    // Every second cell is 0.5: sampling gives stripes, the mean is one colour.
    let field = Array2::from_shape_fn((4000, 8000), |(row, column)| ((row + column) % 2) as f32 * 0.5);
    let picture = Decoded::of(&imshow(&field).colorbar(false));
    let middle = picture.at(picture.width / 2, picture.height / 3);
    let expected = viridis(0.5);
    let off = middle.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max().unwrap();
    assert!(off < 8, "{middle:?} instead of {expected:?}");
}

#[test]
fn any_memory_order_gives_the_same_picture() {
    let field = Array2::from_shape_fn((40, 70), |(row, column)| (row * 3 + column) as i32);
    let turned = field.t().as_standard_layout().into_owned();
    assert_eq!(imshow(&field).to_png().unwrap(), imshow(&turned.t()).to_png().unwrap());
}

#[test]
fn edge_cases_give_a_picture_and_a_sentence() {
    let nan = f64::NAN;
    let inf = f64::INFINITY;
    for (field, expected) in [
        (Array2::zeros((0, 5)), "Figure: 0 rows x 5 columns (f64)"),
        (array![[nan, nan]], "Figure: 1 row x 2 columns (f64), 100 % missing"),
        (array![[inf, nan]], "Figure: 1 row x 2 columns (f64), 1 infinite, 50 % missing"),
        (array![[7.0]], "Figure: 1 row x 1 column (f64), values 7 to 7"),
        (array![[0.0, 0.0]], "Figure: 1 row x 2 columns (f64), values 0 to 0"),
        (array![[1.0, inf], [-inf, 2.0]], "Figure: 2 rows x 2 columns (f64), values 1 to 2, 2 infinite"),
        (array![[f64::MAX, f64::MIN]], "Figure: 1 row x 2 columns (f64), values -1.797693e308 to 1.797693e308"),
        (array![[5e-324, 0.0]], "Figure: 1 row x 2 columns (f64), values 0 to 4.940656e-324"),
    ] {
        let figure = imshow(&field).title("Edge");
        assert_eq!(format!("{figure:?}").replace(" \"Edge\"", ""), expected);
        let picture = Decoded::of(&figure);
        assert!(picture.width > 100 && picture.height > 60, "{expected}: {} x {}", picture.width, picture.height);
    }
}

#[test]
fn long_thin_arrays_and_single_cells_have_a_sensible_size() {
    for shape in [(1, 5000), (5000, 1), (1, 1), (100_000, 2), (3, 7)] {
        let picture = Decoded::of(&imshow(&Array2::<u8>::zeros(shape)));
        assert!(picture.width <= 1400 && picture.height <= 1100, "{shape:?}: {} x {}", picture.width, picture.height);
        assert!(picture.count(viridis(0.5)) > 2000, "{shape:?}");
    }
}

#[test]
fn contradictory_limits_are_errors_that_say_both_sides() {
    let field = array![[1.0, 2.0]];
    let error = |figure: Figure| figure.to_png().unwrap_err().to_string();
    assert!(error(imshow(&field).vmin(3).vmax(3)).ends_with("vmin is 3 and vmax is 3; vmin must be less than vmax"));
    assert!(error(imshow(&field).vmin(5)).contains("vmin is 5 but the largest value is 2"));
    assert!(error(imshow(&field).vmax(0.5)).contains("vmax is 0.5 but the smallest value is 1"));
    assert!(error(imshow(&field).vmin(f64::NAN)).contains("vmin is NaN; a finite number is needed"));
    assert!(error(imshow(&field).cmap("jet")).contains("no colour map \"jet\"; there are viridis"));
    assert!(error(imshow(&field).colorbar_shrink(0)).contains("above 0 and up to 1"));
    assert!(error(imshow(&field).size(5, 300)).contains("from 100 to 10000"));
    assert!(
        error(imshow(&Array2::<f64>::zeros((2, 6)).into_shape_with_order((2, 2, 3)).unwrap().into_dyn()))
            .contains("shape [2, 2, 3]")
    );
}

#[test]
fn an_error_is_shown_as_a_picture_too() {
    let bundle = imshow(&array![[1.0]]).cmap("jet").mime_bundle();
    assert!(bundle.get("text/plain").unwrap().starts_with("This figure cannot be drawn: no colour map \"jet\""));
    assert!(bundle.get("image/png").unwrap().len() > 1000);
}

#[test]
fn the_size_asked_for_is_the_size_shown() {
    let figure = imshow(&Array2::<f32>::zeros((20, 90))).size(500, 320).title("T");
    let picture = Decoded::of(&figure);
    assert_eq!((picture.width, picture.height), (1000, 640));
    let bundle = figure.mime_bundle();
    let size = &bundle.metadata()["image/png"];
    assert_eq!((size["width"].as_u64(), size["height"].as_u64()), (Some(500), Some(320)));
    let single = Decoded::of(&figure.density(1));
    assert_eq!((single.width, single.height), (500, 320));
}

#[test]
fn a_figure_is_saved_by_its_ending() {
    let folder = tempfile::tempdir().unwrap();
    let figure = imshow(&array![[1, 2], [3, 4]].mapv(i64::from)).title("A < B & \"C\"").xlabel("x").ylabel("y");
    figure.save(folder.path().join("a.png")).unwrap();
    figure.save(folder.path().join("a.SVG")).unwrap();
    let svg = std::fs::read_to_string(folder.path().join("a.SVG")).unwrap();
    assert!(svg.contains("A &lt; B &amp; &quot;C&quot;") && svg.contains("data:image/png;base64,"), "{svg}");
    assert_eq!(svg.matches("<svg").count(), 1);
    let error = figure.save(folder.path().join("a.gif")).unwrap_err().to_string();
    assert!(error.contains(".png or .svg"), "{error}");
    let error = figure.save(folder.path().join("none/a.png")).unwrap_err().to_string();
    assert!(error.contains("cannot create") && error.contains("make it first"), "{error}");
}

/// Prints how long the lesson's figure takes; no assertion, since machines differ.
#[test]
fn time_of_a_world_map() {
    let field = Array2::from_shape_fn((2600, 7200), |(row, column)| {
        if (row / 300 + column / 500) % 3 == 0 { (row as f32 * 0.01).sin() * 40.0 } else { -9999.0 }
    });
    for _ in 0..3 {
        let start = std::time::Instant::now();
        let figure = imshow(&field).vmin(-32).colorbar_shrink(0.4).title("Time");
        let copied = start.elapsed();
        let bundle = figure.mime_bundle();
        let size = bundle.get("image/png").unwrap().len() / 1024;
        println!("7200 x 2600 f32: {:?}, of which copy {copied:?}; {size} KiB of base64", start.elapsed());
    }
}
