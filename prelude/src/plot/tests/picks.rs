//! `da.plot()` chooses by dimensions.

use crate::array::DataArray;
use crate::plot::{hist, imshow, line};
use crate::time::date_range;
use ndarray::{Array1, Array2, Array3, Array4};

fn about(array: &DataArray) -> String {
    format!("{:?}", array.plot())
}

#[test]
fn one_dimension_is_a_line_two_an_image_more_a_histogram() {
    let one = DataArray::new(Array1::<f64>::ones(5), "time").unwrap();
    let two = DataArray::new(Array2::<f64>::ones((3, 4)), ["y", "x"]).unwrap();
    let three = DataArray::new(Array3::<f64>::ones((2, 3, 4)), ["time", "y", "x"]).unwrap();
    assert_eq!(about(&one), "Figure: 1 line, 5 points, values 1 to 1");
    assert_eq!(about(&two), "Figure: 3 rows x 4 columns (f64), values 1 to 1");
    assert_eq!(about(&three), "Figure: histogram of 24 values in 1 bin, values 1 to 1");
}

#[test]
fn dimensions_of_length_1_and_those_with_panels_do_not_count() {
    let array = DataArray::new(Array4::<f64>::ones((1, 3, 4, 5)), ["band", "time", "y", "x"]).unwrap();
    assert!(about(&array.isel_dim("time", 0..1).unwrap()).starts_with("Figure: 4 rows x 5 columns"));
    assert!(about(&array.isel_dim("time", 0).unwrap().isel_dim("y", 0..1).unwrap()).starts_with("Figure: 1 line, 5"));
    assert!(format!("{:?}", array.plot().col("time")).starts_with("Figure: 3 panels of 4 rows x 5 columns"));
    let rows = array.isel_dim("x", 0).unwrap();
    assert!(format!("{:?}", rows.plot().col("time")).starts_with("Figure: 3 panels of 1 line, 12 points"));
    assert!(format!("{:?}", rows.plot().hue("time")).starts_with("Figure: 3 lines, 12 points"));
}

#[test]
fn the_kind_may_be_chosen_and_the_picture_is_the_same() {
    let time = date_range("2016-01-01", 5).unwrap();
    let one = DataArray::new(vec![1.0, 2.0, 4.0, 3.0, 0.0], "time").unwrap().coord("time", time).unwrap();
    assert_eq!(one.plot().to_png().unwrap(), line(&one).to_png().unwrap());
    let two = DataArray::new(Array2::from_shape_fn((3, 4), |(y, x)| (y + x) as f64), ["y", "x"]).unwrap();
    assert_eq!(two.plot().to_png().unwrap(), imshow(&two).to_png().unwrap());
    assert_eq!(format!("{:?}", hist(&two)), "Figure: histogram of 12 values in 3 bins, values 0 to 5");
}

#[test]
fn a_lazy_array_is_computed_once_when_it_is_needed() {
    let array = DataArray::new(Array2::<f64>::ones((8, 6)), ["y", "x"]).unwrap().chunk([("y", 2)]).unwrap();
    let lazy = &array + 1.0;
    assert!(lazy.is_lazy());
    assert_eq!(about(&lazy), "Figure: 8 rows x 6 columns (f64), values 2 to 2");
    let mean = lazy.mean("y").unwrap();
    assert_eq!(about(&mean), "Figure: 1 line, 6 points, values 2 to 2");
}
