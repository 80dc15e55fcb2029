//! Maps of classes: no colour that is no class, however far the picture is reduced.

use super::{Decoded, texts, viridis};
use crate::array::DataArray;
use crate::plot::{Figure, imshow};
use ndarray::{Array2, Array3};

/// Columns of class 3 among columns of class 1, three to one, four to a cycle.
fn stripes() -> Array2<u8> {
    Array2::from_shape_fn((1500, 4003), |(_, column)| if column % 4 == 0 { 1 } else { 3 })
}

/// How many pixels have the colours of 1, of 2 and of 3 on a scale from 1 to 3.
fn colors(figure: &Figure) -> [usize; 3] {
    let picture = Decoded::of(&figure.clone().colorbar(false).vmin(1).vmax(3));
    let colors = [0.0, 0.5, 1.0].map(viridis);
    let ink = |at: usize| {
        let pixel = picture.at(at % picture.width, at / picture.width);
        pixel.iter().any(|channel| channel.abs_diff(pixel[0]) > 8) && !colors.contains(&pixel)
    };
    assert_eq!((0..picture.width * picture.height).filter(|&at| ink(at)).count(), 0, "colours between classes");
    colors.map(|color| picture.count(color))
}

#[test]
fn a_reduced_map_of_classes_has_only_their_colours() {
    let classes = stripes();
    let [_, none, most] = colors(&imshow(&classes));
    assert!(none == 0 && most > 100_000, "{none} {most}");
    // As floats, which is what a file with missing values is read as.
    let mut floats = classes.mapv(f32::from);
    floats.column_mut(7).fill(f32::NAN);
    assert_eq!(colors(&imshow(&floats))[1], 0);
    let labelled = DataArray::new(classes.mapv(i32::from), ["y", "x"]).unwrap();
    assert_eq!(colors(&labelled.plot())[1], 0);
    // Rows that run up, columns that run left.
    let turned = labelled.coord("y", (0..1500).collect::<Vec<i32>>()).unwrap();
    let turned = turned.coord("x", (0..4003).rev().collect::<Vec<i32>>()).unwrap();
    assert_eq!(colors(&imshow(&turned))[1], 0);
}

#[test]
fn panels_of_classes_have_only_their_colours() {
    let field =
        Array3::from_shape_fn((4, 600, 1600), |(year, _, column)| if (column + year) % 3 == 0 { 1i16 } else { 3 });
    let figure = imshow(&DataArray::new(field, ["year", "y", "x"]).unwrap()).col("year");
    let [_, none, most] = colors(&figure);
    assert!(none == 0 && most > 100_000, "{none} {most}");
}

#[test]
fn a_reduced_map_of_booleans_is_true_or_false() {
    let picture = Decoded::of(&imshow(&stripes().mapv(|class| class == 3)).colorbar(false));
    let shares = [0.25, 0.5, 0.75].map(|share| picture.count(viridis(share)));
    assert_eq!(shares, [0; 3]);
    assert!(picture.count(viridis(1.0)) > 100_000);
}

#[test]
fn the_most_frequent_class_of_a_pixel_is_shown_and_the_bar_keeps_its_range() {
    let mut classes = Array2::<u8>::from_elem((2000, 6000), 7);
    // Single cells of a class 200 that no pixel has most of.
    (0..6000).step_by(40).for_each(|column| classes[[1000, column]] = 200);
    let figure = imshow(&classes);
    let picture = Decoded::of(&figure.clone().colorbar(false));
    assert_eq!(picture.count(viridis(1.0)), 0);
    assert!(picture.count(viridis(0.0)) > 100_000);
    assert!(format!("{figure:?}").contains("values 7 to 200"), "{figure:?}");
    assert!(texts(&figure).contains(&"200".to_owned()), "{:?}", texts(&figure));
}

#[test]
fn numbers_with_fractions_are_still_averaged() {
    let field = stripes().mapv(|class| f32::from(class) + 0.25);
    let picture = Decoded::of(&imshow(&field).colorbar(false));
    assert_eq!(picture.count(viridis(0.0)), 0);
}
