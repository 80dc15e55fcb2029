//! A file that takes the place of another: nothing that lay beside the old one counts for the new, and arrays of the old
//! one do not read the new one by what the old one said.

use super::made::{mask, tiff};
use super::*;
use crate::ErrorKind;
use crate::array::DataArray;
use crate::raster::{RasterOptions, open_raster, open_raster_with};
use ndarray::array;
use std::fs;

fn plain() -> DataArray {
    DataArray::new(array![[1f32, 2.0, 3.0], [4.0, 5.0, 6.0]], ["y", "x"]).unwrap()
}

// rasterio.open(path, "w") removes both files too.
#[test]
fn masks_and_places_beside_the_file_before_are_not_the_new_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    tiff(&path, &[&[1f32, 2.0, 3.0, 4.0, 5.0, 6.0]], &[], |dataset| mask(dataset, &[0, 0, 255, 255, 255, 255], false));
    fs::write(folder.path().join("a.tfw"), "10\n0\n0\n-10\n1000\n2000\n").unwrap();
    assert!(open_raster(&path).unwrap().to_vec::<f32>().unwrap()[0].is_nan());
    plain().to_raster(&path, ()).unwrap();
    assert_eq!(names(folder.path()), ["a.tif"]);
    assert_eq!(open_raster(&path).unwrap().to_vec::<f32>().unwrap(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert!(!Raster::open(&path).unwrap().has_transform());
}

#[test]
fn a_crs_that_a_geotiff_has_no_words_for_is_kept_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let rotated_pole = "+proj=ob_tran +o_proj=longlat +o_lon_p=-162 +o_lat_p=39.25 +lon_0=180";
    let placed = plain().coord("y", [1.5, 0.5]).unwrap().coord("x", [0.5, 1.5, 2.5]).unwrap();
    for crs in [rotated_pole, "EPSG:8857"] {
        let array = placed.with_crs(crs).unwrap();
        for (name, options) in [("a.tif", RasterOptions::new()), ("b.tif", RasterOptions::new().cog())] {
            let path = folder.path().join(name);
            array.to_raster(&path, options).unwrap();
            let read = Raster::open(&path).unwrap();
            let same = read.crs().is_some_and(|read| read.same(&Crs::parse(crs).unwrap()));
            assert!(same, "{crs} in {name}: {:?}", read.crs());
        }
    }
    // It goes with its file.
    plain().to_raster(folder.path().join("a.tif"), ()).unwrap();
    assert!(Raster::open(folder.path().join("a.tif")).unwrap().crs().is_none());
    assert!(!names(folder.path()).iter().any(|name| name.ends_with(".part")), "{:?}", names(folder.path()));
}

/// Writes two pixels and says what they mean.
fn two(path: &Path, numbers: [i16; 2], scale: f64, nodata: Option<f64>, west: f64) {
    let mut meta = RasterMeta::new(2, 1, DType::I16);
    (meta.nodata, meta.transform) = (nodata, [west, 1.0, 0.0, 0.0, 0.0, -1.0]);
    let mut writer = Raster::create(path, &meta).unwrap();
    writer.write(&array![numbers], 1).unwrap();
    writer.scale(1, scale, 0.0).unwrap();
    writer.finish().unwrap();
}

#[test]
fn a_file_whose_numbers_mean_something_else_now_is_an_error_for_arrays_of_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let changes: [(f64, Option<f64>, f64); 3] = [(0.1, Some(-1.0), 5.0), (1.0, Some(7.0), 5.0), (1.0, Some(-1.0), 6.0)];
    for (scale, nodata, west) in changes {
        two(&path, [3, 7], 1.0, Some(-1.0), 5.0);
        let before = open_raster(&path).unwrap();
        assert_eq!(before.to_vec::<f32>().unwrap(), [3.0, 7.0]);
        two(&path, [4, 8], scale, nodata, west);
        let error = before.to_vec::<f32>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        assert!(error.to_string().contains("changed") && error.to_string().contains("open it again"), "{error}");
    }
}

#[test]
fn a_file_with_other_numbers_of_the_same_meaning_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    two(&path, [3, 7], 1.0, Some(-1.0), 5.0);
    let before = open_raster_with(&path, crate::raster::OpenRaster::new().unmasked()).unwrap();
    two(&path, [4, 8], 1.0, Some(-1.0), 5.0);
    assert_eq!(before.to_vec::<i16>().unwrap(), [4, 8]);
}
