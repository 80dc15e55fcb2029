//! What a VRT is made of changes: pixels of what is there now, not of what was there when it was opened.

use super::made::{source, tiff_in, vrt};
use crate::raster::Raster;
use std::fs;

fn read(path: &std::path::Path) -> Vec<u8> {
    Raster::open(path).unwrap().read::<u8>(1).unwrap().into_iter().collect()
}

#[test]
fn a_source_that_was_rewritten_is_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("parts")).unwrap();
    tiff_in(folder.path(), "parts/a.tif", &[&[1u8; 6]]);
    let path = folder.path().join("a.vrt");
    vrt(&path, [3, 2], &[("Byte", source("parts/a.tif", 1))]);
    let raster = Raster::open(&path).unwrap();
    assert_eq!(read(&path), [1; 6]);
    tiff_in(folder.path(), "parts/a.tif", &[&[9u8; 6]]);
    assert_eq!(read(&path), [9; 6]);
    assert_eq!(raster.read::<u8>(1).unwrap()[[0, 0]], 9, "also through a handle that was opened before");
    // A source that goes is an error, and not its old pixels.
    fs::remove_file(folder.path().join("parts/a.tif")).unwrap();
    assert!(raster.read::<u8>(1).is_err());
}

#[test]
fn a_source_of_a_source_is_one_too() {
    let folder = tempfile::tempdir().unwrap();
    tiff_in(folder.path(), "a.tif", &[&[1u8; 6]]);
    let (inner, outer) = (folder.path().join("inner.vrt"), folder.path().join("outer.vrt"));
    vrt(&inner, [3, 2], &[("Byte", source("a.tif", 1))]);
    vrt(&outer, [3, 2], &[("Byte", source("inner.vrt", 1))]);
    assert_eq!(read(&outer), [1; 6]);
    tiff_in(folder.path(), "a.tif", &[&[2u8; 6]]);
    assert_eq!(read(&outer), [2; 6]);
}

#[test]
fn a_source_that_two_vrts_share_is_as_new_to_the_second() {
    let folder = tempfile::tempdir().unwrap();
    tiff_in(folder.path(), "a.tif", &[&[1u8; 6]]);
    let (first, second) = (folder.path().join("first.vrt"), folder.path().join("second.vrt"));
    for path in [&first, &second] {
        vrt(path, [3, 2], &[("Byte", source("a.tif", 1))]);
    }
    // The first stays open, idle.
    assert_eq!(read(&first), [1; 6]);
    tiff_in(folder.path(), "a.tif", &[&[3u8; 6]]);
    assert_eq!(read(&second), [3; 6]);
}

#[test]
fn vrts_that_name_each_other_come_to_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first.vrt"), folder.path().join("second.vrt"));
    vrt(&first, [3, 2], &[("Byte", source("second.vrt", 1))]);
    vrt(&second, [3, 2], &[("Byte", source("first.vrt", 1))]);
    let raster = Raster::open(&first).unwrap();
    assert!(raster.read::<u8>(1).is_err());
}
