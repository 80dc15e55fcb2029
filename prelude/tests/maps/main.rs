//! Maps against rasterio 1.4.4 (GDAL 3.10), rioxarray 0.19, xarray 2026.9 and rasterstats: reprojection, coordinate reference
//! systems, longitudes, clips, zones. The commands that gave the expected numbers stand beside them.

use isopleth::array::{DType, DataArray};
use ndarray::Array2;

mod longitudes;
mod missing;
mod reproject;
mod systems;
mod zones;

/// The values as floats.
fn numbers(array: &DataArray) -> Vec<f64> {
    array.astype(DType::F64).to_vec::<f64>().unwrap()
}

/// The message of an error.
#[track_caller]
fn message<T>(result: isopleth::Result<T>) -> String {
    match result {
        Ok(_) => panic!("an error was expected"),
        Err(error) => error.to_string(),
    }
}

/// An array on a map with these edges and steps.
fn map(values: Array2<f64>, left: f64, top: f64, step: f64, crs: &str) -> DataArray {
    let (rows, columns) = values.dim();
    let y: Vec<f64> = (0..rows).map(|row| top - step * (row as f64 + 0.5)).collect();
    let x: Vec<f64> = (0..columns).map(|column| left + step * (column as f64 + 0.5)).collect();
    let array = DataArray::new(values, ["y", "x"]).unwrap().coord("y", y).unwrap().coord("x", x).unwrap();
    array.with_crs(crs).unwrap()
}

/// Numbers that look like chance and are the same everywhere.
fn scattered(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    Array2::from_shape_simple_fn((rows, columns), || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        if state.is_multiple_of(7) { f64::NAN } else { (state >> 40) as f64 / 1000.0 }
    })
}

#[track_caller]
fn assert_close(got: &[f64], expected: &[f64]) {
    let close = |(a, b): (&f64, &f64)| (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-4 * b.abs().max(1.0);
    assert!(got.len() == expected.len() && got.iter().zip(expected).all(close), "{got:?} is not {expected:?}");
}
