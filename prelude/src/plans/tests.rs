//! Plans of files: written, read with the files opened again, and computed to the same bits.

use super::*;
use crate::array::{DataArray, Dataset};
use crate::files::{DatasetOptions, open_dataset, open_dataset_with};
use crate::raster::{OpenRaster, Reproject, Resampling, open_raster, open_raster_with, open_rasters};
use crate::values::{DType, Values};
use std::path::{Path, PathBuf};

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// Values as what prints them exactly: floats print so that they can be read again, each missing value as itself.
fn said(values: &Values) -> String {
    let elements = match values.dtype() {
        DType::I64 => format!("{:?}", values.to_vec::<i64>().unwrap()),
        _ => format!("{:?}", values.to_vec::<f64>().unwrap()),
    };
    format!("{} {:?} {elements}", values.dtype(), values.shape())
}

fn check(arrays: &[&DataArray]) {
    let plans: Vec<Plan> = arrays.iter().map(|array| array.plan().clone()).collect();
    let read = read(&write(&plans).unwrap()).unwrap();
    for ((array, plan), read) in arrays.iter().zip(&plans).zip(&read) {
        assert!(plan.is_lazy(), "{array}");
        assert_eq!(plan.explain(), read.explain());
        assert_eq!(said(&plan.evaluate().unwrap()), said(&read.evaluate().unwrap()), "{}", plan.explain());
    }
}

/// Some rows and columns of degrees, stored as `i16` with a nodata value and tiles.
fn map(folder: &Path, name: &str, add: f64) -> PathBuf {
    let cells = ndarray::Array2::from_shape_fn((40, 60), |(row, column)| match (row * 7 + column) % 11 {
        0 => f32::NAN,
        _ => (row * 60 + column) as f32 * 0.25 + add as f32,
    });
    let array = DataArray::new(cells, ["y", "x"]).unwrap();
    let array = array.coord("y", (0..40).map(|row| 50.0 - f64::from(row) * 0.1).collect::<Vec<f64>>()).unwrap();
    let array = array.coord("x", (0..60).map(|column| 5.0 + f64::from(column) * 0.1).collect::<Vec<f64>>()).unwrap();
    let path = folder.join(name);
    array.set_crs(&crate::geo::Crs::parse("EPSG:4326").unwrap()).unwrap().to_raster(&path, ()).unwrap();
    path
}

#[test]
fn rasters_are_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [map(folder.path(), "a.tif", 0.0), map(folder.path(), "b.tif", 1000.0)];
    let stack = open_rasters(&paths).unwrap();
    let raw = open_raster_with(&paths[0], OpenRaster::new().unmasked()).unwrap();
    check(&[&stack, &stack.mean("band").unwrap(), &raw, &(&stack * 2.0)]);
}

#[test]
fn reprojections_and_zones_are_made_again_from_the_plans_that_they_read() {
    let folder = tempfile::tempdir().unwrap();
    let stack = open_rasters(&[map(folder.path(), "a.tif", 0.0), map(folder.path(), "b.tif", 5.0)]).unwrap();
    let warmer = &stack + 1.0;
    let metres = warmer.reproject("EPSG:3857").unwrap();
    let smooth = warmer.reproject_with("EPSG:32632", Reproject::new().resampling(Resampling::Bilinear)).unwrap();
    let area = r#"{"type": "Polygon", "coordinates": [[[6, 47], [9, 47], [9, 49], [6, 49], [6, 47]]]}"#;
    let zones = warmer.zonal(area).unwrap().mean().unwrap();
    let counts = metres.reproject("EPSG:4326").unwrap().zonal(area).unwrap().count().unwrap();
    check(&[&metres, &smooth, &zones, &counts]);
}

/// All lazy arrays of a dataset.
fn check_all(ds: &Dataset) {
    let lazy: Vec<&DataArray> =
        ds.arrays().iter().filter(|array| array.plan().is_lazy() && array.plan().dtype().is_number()).collect();
    assert!(!lazy.is_empty(), "{ds}");
    check(&lazy);
}

#[test]
fn variables_of_every_format_are_opened_again() {
    for name in [
        "eraint_cut.nc",
        "conventions.nc",
        "conventions3.nc",
        "conventions.h5",
        "small.h5",
        "small.zarr",
        "era5_cut.grib",
    ] {
        check_all(&open_dataset(data(name)).unwrap());
    }
    check_all(&open_dataset_with(data("eraint_cut.nc"), DatasetOptions::new().decode(false)).unwrap());
    check_all(&open_dataset(data("grib/packings.grib2")).unwrap());
}

#[test]
fn a_file_that_means_something_else_by_now_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = map(folder.path(), "a.tif", 0.0);
    let bytes = write(&[open_raster(&path).unwrap().plan().clone()]).unwrap();
    let double = open_raster(&path).unwrap().astype(DType::F64).compute().unwrap();
    double.to_raster(&path, ()).unwrap();
    let error = read(&bytes).unwrap_err().to_string();
    assert!(error.contains("a.tif") && error.contains("plan it again"), "{error}");
    std::fs::remove_file(&path).unwrap();
    assert!(read(&bytes).unwrap_err().to_string().contains("a.tif"));

    let path = folder.path().join("a.nc");
    let ds = open_dataset(data("eraint_cut.nc")).unwrap();
    ds.to_netcdf(&path, ()).unwrap();
    let bytes = write(&[open_dataset(&path).unwrap()["z"].plan().clone()]).unwrap();
    let ds = open_dataset(data("eraint_cut.nc")).unwrap().compute().unwrap();
    ds.to_netcdf(&path, crate::files::NetcdfOptions::new().pack("z", 10.0, 5.0)).unwrap();
    let error = read(&bytes).unwrap_err().to_string();
    assert!(error.contains("a.nc") && error.contains("plan it again"), "{error}");
}
