//! Lazy arrays as files: what is read of them is decoded once, whatever the blocks of the file are.

use crate::array::{DataArray, merge};
use crate::files::{NetcdfOptions, open_dataset};
use crate::lazy::tests::one_at_a_time;
use crate::lazy::tests::sinking::Cube;
use crate::lazy::{Plan, threads};
use crate::raster::{RasterOptions, open_raster};
use std::path::Path;

/// Chunks that are long across maps, as those of a reanalysis.
const SHAPE: [usize; 3] = [200, 160, 200];
const CHUNK: [usize; 3] = [200, 32, 40];

fn written(write: impl FnOnce(&DataArray, &Path), name: &str, back: impl FnOnce(&Path) -> DataArray) {
    let _one = one_at_a_time();
    // Then a window is smaller than the array.
    threads::set_threads(1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let cube = Cube::new(SHAPE, CHUNK);
    let array = DataArray::new(Plan::source(cube.clone()), ["time", "y", "x"]).unwrap().name("cube");
    write(&(&array * 2.0f32), &path);
    assert_eq!(cube.counts(), (1, 25), "{name}");
    let back = back(&path).to_vec::<f64>().unwrap();
    let expected = (&array * 2.0f32).to_vec::<f32>().unwrap();
    assert!(
        back.iter().zip(&expected).all(|(one, other)| *one == f64::from(*other)) && back.len() == expected.len(),
        "{name}"
    );
}

#[test]
fn chunks_are_decoded_once_for_netcdf_however_it_is_stored() {
    for options in [
        NetcdfOptions::new(),
        NetcdfOptions::new().compress(1),
        NetcdfOptions::new().chunks([("time", 1)]),
        NetcdfOptions::new().unlimited("time"),
    ] {
        let write = |array: &DataArray, path: &Path| array.to_netcdf(path, options).unwrap();
        written(write, "cube.nc", |path| open_dataset(path).unwrap()["cube"].clone());
    }
}

#[test]
fn compressed_chunks_are_those_of_the_source_where_nobody_asks_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cube.nc");
    let array = DataArray::new(Plan::source(Cube::new(SHAPE, CHUNK)), ["time", "y", "x"]).unwrap().name("cube");
    array.to_netcdf(&path, NetcdfOptions::new().compress(1)).unwrap();
    let told = open_dataset(&path).unwrap()["cube"].explain().to_string();
    assert!(told.contains("chunks of 200 x 32 x 40"), "{told}");
    // Maps stay maps.
    array.compute().unwrap().to_netcdf(&path, NetcdfOptions::new().compress(1)).unwrap();
    let told = open_dataset(&path).unwrap()["cube"].explain().to_string();
    assert!(told.contains("chunks of 1 x 160 x 200"), "{told}");
}

#[test]
fn chunks_are_decoded_once_for_a_geotiff() {
    for options in [RasterOptions::new(), RasterOptions::new().cog()] {
        written(|array, path| array.to_raster(path, options).unwrap(), "cube.tif", |path| open_raster(path).unwrap());
    }
}

#[test]
fn chunks_are_decoded_once_for_a_table() {
    let cube = Cube::new([6, 4, 5], [6, 2, 5]);
    let array = DataArray::new(Plan::source(cube.clone()), ["time", "y", "x"]).unwrap().name("cube");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cube.csv");
    // The column of squares reads what the first one reads.
    let ds = merge([array.clone(), (&array * &array).name("square")]).unwrap();
    ds.to_csv(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 1 + 6 * 4 * 5);
    assert!(text.lines().last().unwrap().starts_with("5,3,4,50304.0,"), "{text}");
    assert_eq!(cube.counts().1, 2);
}
