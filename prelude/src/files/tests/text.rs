//! Text of every shape, as xarray gives it: `xr.open_dataset("text.nc")[name].dims` and `.values.tolist()`, bytes decoded.

use super::{data, round_trip};
use crate::array::{Attr, DType, Dataset};
use crate::files::{DatasetOptions, NetcdfOptions, open_dataset, open_dataset_with};

fn texts(ds: &Dataset, name: &str) -> (String, Vec<String>) {
    let array = &ds[name];
    assert_eq!(array.dtype(), DType::Text, "{name}");
    (array.dims().join(" "), array.to_texts().unwrap())
}

fn expected(dims: &str, texts: &[&str]) -> (String, Vec<String>) {
    (dims.to_owned(), texts.iter().map(|&text| text.to_owned()).collect())
}

/// What netCDF-3, CDF-5 and netCDF-4 have in common.
fn characters(ds: &Dataset) {
    assert_eq!(texts(ds, "name"), expected("s", &["Bern", "Basel", "Züri"]));
    assert_eq!(texts(ds, "pair"), expected("s k", &["a", "", "c", "d", " e", "Göd"]));
    assert_eq!(texts(ds, "title"), expected("", &["hello"]));
    assert_eq!(texts(ds, "growing"), expected("time", &["abc", "de"]));
    // Numbers lie along `m` too, so it is no length of texts.
    let letters = ["B", "e", "r", "n", "R", "o", "m", "", "", "", "", ""];
    assert_eq!(texts(ds, "letters"), expected("s m", &letters));
    assert_eq!(texts(ds, "flag"), expected("s", &["x", "", "z"]));
    assert_eq!(texts(ds, "one"), expected("", &["q"]));
    assert_eq!(ds["tall"].to_vec::<i8>().unwrap(), [-1, 2, 127]);
    assert!(ds.sizes().iter().all(|(dim, _)| dim != "n"), "{:?}", ds.sizes());
}

#[test]
fn characters_are_joined_where_their_last_dimension_is_nothing_but_a_length() {
    for name in ["text.nc", "text3.nc", "text5.nc"] {
        characters(&open_dataset(data(name)).unwrap());
    }
}

#[test]
fn a_classic_file_behind_a_virtual_path_of_gdal_is_read_as_any_other() {
    for name in ["text3.nc", "text5.nc"] {
        let length = std::fs::metadata(data(name)).unwrap().len();
        characters(&open_dataset(format!("/vsisubfile/0_{length},{}", data(name).display())).unwrap());
    }
}

#[test]
fn text_without_a_dimension_is_the_same_at_each_reading_and_through_a_copy() {
    for _ in 0..20 {
        let ds = open_dataset(data("text.nc")).unwrap();
        assert_eq!(texts(&ds, "scalar"), expected("", &["scalar ü"]));
    }
    let ds = open_dataset(data("text.nc")).unwrap();
    let (_folder, back) = round_trip(&ds, NetcdfOptions::new());
    characters(&back);
    assert_eq!(texts(&back, "scalar"), expected("", &["scalar ü"]));
    assert_eq!(texts(&back, "words"), expected("s", &["a", "", "ü"]));
    let inner = open_dataset_with(data("text.nc"), DatasetOptions::new().group("inner")).unwrap();
    assert_eq!(texts(&inner, "scalar"), expected("", &["inside"]));
}

// xr.open_dataset("text.nc").filled.values is ["a", nan, "c"]
#[test]
fn a_text_that_stands_for_missing_is_missing() {
    let ds = open_dataset(data("text.nc")).unwrap();
    let filled = ds["filled"].values().unwrap();
    let missing: Vec<bool> = filled.as_slice::<crate::array::Text>().unwrap().iter().map(|t| t.is_missing()).collect();
    assert_eq!(missing, [false, true, false]);
    assert!(ds["filled"].get_attr("missing_value").is_none());
}

#[test]
fn integers_beyond_those_with_a_sign_are_kept() {
    let ds = open_dataset(data("text.nc")).unwrap();
    assert_eq!(ds["huge"].to_vec::<u64>().unwrap(), [(1 << 63) + 5, 2, 3]);
    let (_folder, back) = round_trip(&ds, NetcdfOptions::new());
    assert_eq!(back["huge"].to_vec::<u64>().unwrap(), [(1 << 63) + 5, 2, 3]);
}

// xr.open_dataset("text3.nc").attrs
#[test]
fn attributes_keep_their_types_and_lengths() {
    for name in ["text.nc", "text3.nc", "text5.nc"] {
        let ds = open_dataset(data(name)).unwrap();
        assert_eq!(ds.get_attr("empty"), Some(&Attr::from("")), "{name}");
        assert_eq!(ds.get_attr("whole"), Some(&Attr::Integers(vec![1, 2, 3])), "{name}");
        assert_eq!(ds.get_attr("one"), Some(&Attr::Int(-7)), "{name}");
        assert_eq!(ds.get_attr("single"), Some(&Attr::Float32(0.5)), "{name}");
        assert_eq!(ds.get_attr("latin"), Some(&Attr::from("Zürich")), "{name}");
        let (_folder, back) = round_trip(&ds, NetcdfOptions::new());
        assert_eq!(back.get_attr("empty"), Some(&Attr::from("")), "{name}");
        assert_eq!(back.get_attr("whole"), Some(&Attr::Integers(vec![1, 2, 3])), "{name}");
    }
    let texts = Attr::Texts(vec!["a".to_owned(), "b".to_owned()]);
    assert_eq!(open_dataset(data("text.nc")).unwrap().get_attr("texts"), Some(&texts));
}

// h5py: f["truth"][:], f["yes"][()], …; xr.open_zarr("conventions.zarr") the same
#[test]
fn text_and_truth_of_hdf5_and_zarr_have_their_own_types() {
    let ds = open_dataset(data("conventions.h5")).unwrap();
    assert_eq!((ds["truth"].dtype(), ds["yes"].dtype()), (DType::Bool, DType::Bool));
    assert_eq!(ds["truth"].to_vec::<bool>().unwrap(), [true, false]);
    assert_eq!(ds["truth"].dims(), ds["tall"].dims());
    assert_eq!(texts(&ds, "fixed").1, ["ab", "c"]);
    assert_eq!(texts(&ds, "letter").1, ["a", ""]);
    assert_eq!(texts(&ds, "words").1, ["a", "ü"]);
    assert_eq!(texts(&ds, "word"), expected("", &["scalar"]));
    assert_eq!(ds["half"].to_vec::<f32>().unwrap(), [1.5, 2.5]);
    assert!(ds.get_attr("not_read").is_none_or(|names| names.to_string().contains("pair")));
    let ds = open_dataset(data("conventions.zarr")).unwrap();
    assert_eq!(ds["truth"].to_vec::<bool>().unwrap(), [true, false, true]);
    assert_eq!(texts(&ds, "text"), expected("x", &["a", "bb", "ü"]));
    assert_eq!(texts(&ds, "fixed"), expected("x", &["ab", "", "c"]));
    assert_eq!(texts(&ds, "one"), expected("", &["word"]));
    let raw = ds["raw"].to_vec::<f64>().unwrap();
    assert!(raw[0].is_nan() && raw[1..] == [8.0, 9.0], "{raw:?}");
    assert_eq!(ds["lat"].get_attr("standard_name"), Some(&Attr::from("latitude")));
    assert_eq!(ds["lat"].get_attr("valid"), Some(&Attr::Integers(vec![0, 9])));
    assert_eq!(ds.get_attr("flags"), Some(&Attr::Integers(vec![1, 2])));
    assert_eq!(open_dataset(data("conventions.zarr")).unwrap().names().count(), ds.names().count());
}
