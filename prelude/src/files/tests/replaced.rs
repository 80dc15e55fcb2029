//! Files that are replaced, or written on, behind a dataset that is open.

use super::data;
use crate::array::{DataArray, Dataset, merge};
use crate::files::{NetcdfOptions, open_dataset};
use crate::time::date_range;
use std::fs;
use std::path::Path;

fn refused(ds: &Dataset, name: &str) {
    let error = ds[name].compute().unwrap_err().to_string();
    assert!(error.contains("has changed since it was opened") && error.contains("open it again"), "{error}");
}

/// A classic file of one variable `a(x)` of 16-bit integers with a scale; `x` can grow if `records`.
pub(super) fn classic(numbers: &[i16], scale: f64, records: bool) -> Vec<u8> {
    let word = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
    let mut bytes = b"CDF\x01".to_vec();
    bytes.extend(word(if records { numbers.len() } else { 0 }));
    // One dimension, x; no attributes of the file; one variable, a, over dimension 0, with one attribute.
    bytes.extend([word(10), word(1), word(1)].concat());
    bytes.extend(b"x\0\0\0");
    bytes.extend(word(if records { 0 } else { numbers.len() }));
    bytes.extend([word(0), word(0), word(11), word(1), word(1)].concat());
    bytes.extend(b"a\0\0\0");
    bytes.extend([word(1), word(0), word(12), word(1), word(12)].concat());
    bytes.extend(b"scale_factor");
    bytes.extend([word(6), word(1)].concat());
    bytes.extend(scale.to_be_bytes());
    bytes.extend([word(3), word(2 * numbers.len())].concat());
    bytes.extend(word(bytes.len() + 4));
    numbers.iter().for_each(|number| bytes.extend(number.to_be_bytes()));
    bytes
}

/// Another file takes the name.
fn replace(path: &Path, bytes: &[u8]) {
    let new = path.with_extension("new");
    fs::write(&new, bytes).unwrap();
    fs::rename(&new, path).unwrap();
}

#[test]
fn a_classic_file_with_another_scale_is_not_read_with_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    fs::write(&path, classic(&[10, 20], 0.5, false)).unwrap();
    let ds = open_dataset(&path).unwrap();
    assert_eq!(ds["a"].to_vec::<f64>().unwrap(), [5.0, 10.0]);
    replace(&path, &classic(&[10, 20], 10.0, false));
    refused(&ds, "a");
    refused(&ds, "a");
    assert_eq!(open_dataset(&path).unwrap()["a"].to_vec::<f64>().unwrap(), [100.0, 200.0]);
}

#[test]
fn a_file_that_grows_is_read_as_far_as_it_was_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    fs::write(&path, classic(&[10, 20], 0.5, true)).unwrap();
    let ds = open_dataset(&path).unwrap();
    fs::write(&path, classic(&[10, 20, 30], 0.5, true)).unwrap();
    assert_eq!(ds["a"].to_vec::<f64>().unwrap(), [5.0, 10.0]);
    let grib = folder.path().join("a.grib2");
    let whole = fs::read(data("grib/packings.grib2")).unwrap();
    let last = whole.windows(4).rposition(|four| four == b"GRIB").unwrap();
    fs::write(&grib, &whole[..last]).unwrap();
    let ds = open_dataset(&grib).unwrap();
    fs::write(&grib, &whole).unwrap();
    assert_eq!((ds["t"].shape()[0], open_dataset(&grib).unwrap()["t"].shape()[0]), (4, 5));
    let all = open_dataset(&grib).unwrap()["t"].to_vec::<f64>().unwrap();
    assert_eq!(ds["t"].to_vec::<f64>().unwrap(), all[..4 * 96]);
}

fn packed(path: &Path, from: &str, scale: f64) {
    let a = DataArray::new(vec![1.0, 2.5], "time").unwrap().coord("time", date_range(from, 2).unwrap()).unwrap();
    merge([a.name("a")]).unwrap().to_netcdf(path, NetcdfOptions::new().pack("a", scale, 100.0)).unwrap();
}

#[test]
fn a_netcdf_4_file_with_another_scale_or_other_labels_is_not_read_as_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nc");
    packed(&path, "2020-01-01", 0.5);
    let ds = open_dataset(&path).unwrap();
    // The same file once more is what opening it again gives.
    packed(&path, "2020-01-01", 0.5);
    assert_eq!(ds["a"].to_vec::<f64>().unwrap(), [1.0, 2.5]);
    packed(&path, "2020-01-01", 0.25);
    refused(&ds, "a");
    let ds = open_dataset(&path).unwrap();
    packed(&path, "2020-01-02", 0.25);
    refused(&ds, "a");
    fs::remove_file(&path).unwrap();
    assert!(ds["a"].compute().is_err());
}

#[test]
fn a_dataset_that_is_written_over_its_own_file_in_another_way_has_to_be_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.nc");
    let a = DataArray::new(vec![1.0, 2.5, 3.0], "x").unwrap().name("a");
    a.to_netcdf(&path, ()).unwrap();
    let ds = open_dataset(&path).unwrap();
    ds.to_netcdf(&path, ()).unwrap();
    assert_eq!(ds["a"].to_vec::<f64>().unwrap(), [1.0, 2.5, 3.0]);
    ds.to_netcdf(&path, NetcdfOptions::new().pack("a", 0.5, 100.0)).unwrap();
    refused(&ds, "a");
    assert_eq!(open_dataset(&path).unwrap()["a"].to_vec::<f64>().unwrap(), [1.0, 2.5, 3.0]);
}

#[test]
fn a_grib_file_of_other_fields_is_not_read_with_the_scales_of_the_old_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.grib2");
    let mut bytes = fs::read(data("grib/one_value.grib2")).unwrap();
    fs::write(&path, &bytes).unwrap();
    let ds = open_dataset(&path).unwrap();
    let reference = bytes.windows(4).position(|four| four == 273.25f32.to_be_bytes()).unwrap();
    bytes[reference..reference + 4].copy_from_slice(&1.5f32.to_be_bytes());
    replace(&path, &bytes);
    refused(&ds, "t2m");
    assert_eq!(open_dataset(&path).unwrap()["t2m"].to_vec::<f64>().unwrap()[0], 1.5);
}

/// A Zarr store of one array; `attributes` besides those of its dimensions.
pub(super) fn store(path: &Path, array: &str, attributes: &str, chunk: &[u8]) {
    let folder = path.join("a");
    fs::create_dir_all(&folder).unwrap();
    fs::write(path.join(".zgroup"), r#"{"zarr_format": 2}"#).unwrap();
    fs::write(folder.join(".zarray"), array).unwrap();
    fs::write(folder.join(".zattrs"), format!(r#"{{"_ARRAY_DIMENSIONS": ["x"]{attributes}}}"#)).unwrap();
    fs::write(folder.join("0"), chunk).unwrap();
}

/// The metadata of an array of two numbers in one chunk.
pub(super) fn pair(dtype: &str, fill: &str) -> String {
    format!(
        r#"{{"zarr_format": 2, "shape": [2], "chunks": [2], "dtype": "{dtype}", "compressor": null, "fill_value": {fill}, "order": "C", "filters": null}}"#
    )
}

#[test]
fn a_zarr_store_that_is_written_anew_is_not_read_as_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zarr");
    store(&path, &pair("<i2", "null"), r#", "scale_factor": 0.5"#, &[10, 0, 20, 0]);
    let ds = open_dataset(&path).unwrap();
    assert_eq!(ds["a"].to_vec::<f64>().unwrap(), [5.0, 10.0]);
    store(&path, &pair("<i2", "null"), r#", "scale_factor": 10.0"#, &[10, 0, 20, 0]);
    refused(&ds, "a");
    let again = open_dataset(&path).unwrap();
    assert_eq!(again["a"].to_vec::<f64>().unwrap(), [100.0, 200.0]);
    store(&path, &pair("|i1", "null"), r#", "scale_factor": 10.0"#, &[10, 20]);
    refused(&again, "a");
    assert_eq!(open_dataset(&path).unwrap()["a"].to_vec::<f64>().unwrap(), [100.0, 200.0]);
}
