//! Real files in temporary folders: round trips, and everything that can be wrong with a file.

mod bad_input;
mod decode;
mod decode_mutants;
mod encoding;
mod labelled;
mod made;
mod masks;
mod nodata;
mod options;
mod overwritten;
mod placing;
mod read;
mod refusals;
mod side_mutants;
mod sides;
mod sources;
mod tags;
mod types;
mod wide;
mod write;

use super::{Crs, Raster, RasterMeta};
use crate::values::DType;
use ndarray::Array2;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A georeferenced raster of `rows` x `columns` with -9999 in its first pixel and the pixel's number in the others.
fn numbered(folder: &TempDir, name: &str, rows: usize, columns: usize) -> (PathBuf, Array2<f32>) {
    let path = folder.path().join(name);
    let mut array = Array2::from_shape_fn((rows, columns), |(row, column)| (row * columns + column) as f32);
    array[[0, 0]] = -9999.0;
    let mut writer = Raster::create(&path, &meta(rows, columns)).unwrap();
    writer.write(&array, 1).unwrap();
    writer.finish().unwrap();
    (path, array)
}

fn meta(rows: usize, columns: usize) -> RasterMeta {
    let mut meta = RasterMeta::new(columns, rows, DType::F32);
    meta.nodata = Some(-9999.0);
    meta.crs = Some(Crs::from_epsg(4326).unwrap());
    meta.transform = [-180.0, 0.5, 0.0, 70.0, 0.0, -0.5];
    meta
}

fn names(folder: &Path) -> Vec<String> {
    crate::disk::names_in(folder).unwrap()
}
