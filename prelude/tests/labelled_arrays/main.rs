//! Labelled arrays against xarray 2026.9: one file per concept.
//!
//! Expected numbers come from xarray itself; the command that made them stands beside them, after
//! `import xarray as xr, numpy as np, pandas as pd; n = np.nan; A = xr.DataArray`.

mod alignment;
mod arithmetic;
mod as_xarray;
mod calendars;
mod combining;
mod conditions;
mod datasets;
mod even;
mod gaps;
mod geography;
mod groups;
mod integers;
mod interop;
mod label_index;
mod lazy;
mod lesson;
mod map;
mod neighbours;
mod reductions;
mod runs;
mod selection;
mod statistics;
mod tables;
mod text;
mod types;
mod views;
mod views_html;

use isopleth::Result;
use isopleth::array::{Coord, DataArray, IntoPlan};

/// A one-dimensional array with labels.
fn line(dim: &str, labels: impl Into<Coord>, data: impl IntoPlan) -> DataArray {
    DataArray::new(data, dim).and_then(|array| array.coord(dim, labels)).expect("labels fit the data")
}

/// The values as f64, whatever their type.
fn numbers(array: &DataArray) -> Vec<f64> {
    array.astype(isopleth::array::DType::F64).to_vec().expect("f64 are f64")
}

/// Equal, with NaN equal to NaN and a tolerance of 1e-12.
#[track_caller]
fn assert_close(array: &DataArray, expected: &[f64]) {
    let got = numbers(array);
    let close = |(a, b): (&f64, &f64)| (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-12 * b.abs().max(1.0);
    assert!(got.len() == expected.len() && got.iter().zip(expected).all(close), "{got:?} is not {expected:?}");
}

/// The message of an error.
#[track_caller]
fn message<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("this should be an error"),
        Err(error) => error.to_string(),
    }
}
