//! How a file stores its numbers: kept by copies and selections, ended by everything that makes new numbers.

use super::*;
use crate::array::{Attr, DataArray};
use crate::geo::Encoding;
use crate::raster::{OpenRaster, RasterOptions, open_raster, open_raster_with, open_rasters};
use ndarray::array;

/// A file of three numbers, of which `nodata` stands for a missing one.
fn three(path: &Path, dtype: DType, nodata: f64, scaling: Option<(f64, f64)>, numbers: [i16; 3]) {
    let mut meta = RasterMeta::new(3, 1, dtype);
    (meta.nodata, meta.crs) = (Some(nodata), Some(Crs::from_epsg(32633).unwrap()));
    meta.transform = [0.0, 10.0, 0.0, 0.0, 0.0, -10.0];
    let mut writer = Raster::create(path, &meta).unwrap();
    writer.write(&array![numbers], 1).unwrap();
    if let Some((scale, offset)) = scaling {
        writer.scale(1, scale, offset).unwrap();
    }
    writer.finish().unwrap();
}

/// What a file holds: its numbers, its nodata value and its type.
fn stored(path: &Path) -> (Vec<f64>, Option<f64>, DType) {
    let raster = Raster::open(path).unwrap();
    let numbers = raster.read::<f64>(1).unwrap().iter().copied().collect();
    (numbers, raster.nodata(), raster.meta().dtype)
}

#[test]
fn a_valid_number_that_looks_like_the_nodata_value_of_the_source_stays_valid() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.tif"), folder.path().join("b.tif"));
    three(&from, DType::I16, 0.0, None, [0, 5, 10]);
    let da = open_raster(&from).unwrap();
    let made: [(&str, DataArray); 12] = [
        ("gt", da.gt(7)),
        ("is_nan", da.is_nan()),
        ("minus", &da - 5.0),
        ("times", &da * 0.0),
        ("fillna", da.fillna(0).unwrap()),
        ("where_else", da.where_else(&da.gt(7), 0.0).unwrap()),
        ("map", da.map(|value| value - 10.0).unwrap()),
        ("abs", (&da - 5.0).abs().unwrap()),
        ("astype", da.fillna(0).unwrap().astype(DType::I32)),
        ("clip", da.clip(-1.0, 0.0).unwrap()),
        ("cumsum", (&da - 5.0).cumsum("x").unwrap()),
        ("mean", (&da - 5.0).mean("band").unwrap()),
    ];
    for (name, array) in made {
        assert!(array.encoding().is_none() && array.nodata().is_none(), "{name} keeps the encoding");
        array.to_raster(&to, ()).unwrap();
        let expected = array.astype(DType::F64).to_vec::<f64>().unwrap();
        let read = open_raster(&to).unwrap().astype(DType::F64).to_vec::<f64>().unwrap();
        for (value, right) in read.iter().zip(&expected) {
            assert!(value == right || (value.is_nan() && right.is_nan()), "{name}: {read:?}, not {expected:?}");
        }
    }
}

#[test]
fn copies_selections_and_renames_are_stored_as_in_their_file() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.tif"), folder.path().join("b.tif"));
    three(&from, DType::I16, -1.0, Some((0.5, 10.0)), [-1, 7, 20]);
    let da = open_raster(&from).unwrap();
    let transposed = da.transpose(["x", "y", "band"]).unwrap();
    let kept = [
        da.clone(),
        da.compute().unwrap(),
        da.isel_dim("band", 0).unwrap(),
        transposed,
        da.sort_by("x").unwrap(),
        da.rename("band", "time").unwrap(),
        da.chunk([("x", 2)]).unwrap(),
        da.clip_box(0.0, -10.0, 30.0, 0.0).unwrap(),
        da.name("other").attr("note", "copied"),
    ];
    for (number, array) in kept.into_iter().enumerate() {
        assert_eq!(array.encoding(), da.encoding(), "array {number}");
        array.to_raster(&to, ()).unwrap();
        assert_eq!(stored(&to), (vec![-1.0, 7.0, 20.0], Some(-1.0), DType::I16), "array {number}");
        let values = open_raster(&to).unwrap().to_vec::<f64>().unwrap();
        assert!(values[0].is_nan() && values[1..] == [13.5, 20.0], "array {number}: {values:?}");
    }
}

#[test]
fn numbers_that_were_opened_raw_keep_nodata_scale_and_offset() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.tif"), folder.path().join("b.tif"));
    three(&from, DType::I16, -1.0, Some((0.5, 10.0)), [-1, 7, 20]);
    let raw = open_raster_with(&from, OpenRaster::new().unmasked()).unwrap();
    let attr = |name: &str| raw.get_attr(name).and_then(Attr::as_f64);
    assert_eq!([attr("_FillValue"), attr("scale_factor"), attr("add_offset")], [Some(-1.0), Some(0.5), Some(10.0)]);
    raw.isel_dim("x", vec![2, 0]).unwrap().drop_vars("x").unwrap().drop_vars("y").unwrap();
    raw.to_raster(&to, ()).unwrap();
    assert_eq!(stored(&to).0, [-1.0, 7.0, 20.0]);
    assert_eq!(open_raster(&to).unwrap().to_vec::<f64>().unwrap()[1..], [13.5, 20.0]);
    // What is calculated of them is no longer theirs.
    let doubled = &raw * 2;
    for name in ["_FillValue", "scale_factor", "add_offset"] {
        assert_eq!(doubled.get_attr(name), None, "{name}");
    }
}

#[test]
fn a_file_like_a_scaled_one_is_packed_as_it_and_what_does_not_fit_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.tif"), folder.path().join("b.tif"));
    three(&from, DType::I16, -1.0, Some((0.01, 273.15)), [-1, 7, 20]);
    let meta = Raster::open(&from).unwrap().meta();
    let warmer = open_raster(&from).unwrap() + 1.0;
    warmer.to_raster(&to, &meta).unwrap();
    assert_eq!(stored(&to), (vec![-1.0, 107.0, 120.0], Some(-1.0), DType::I16));
    let error = (warmer * 1000.0).to_raster(&to, &meta).unwrap_err().to_string();
    assert!(error.contains("does not fit") && error.contains("scale 0.01"), "{error}");
}

#[test]
fn bands_and_files_that_differ_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two, to) = (folder.path().join("1.tif"), folder.path().join("2.tif"), folder.path().join("b.tif"));
    three(&one, DType::I16, -1.0, None, [-1, 7, 20]);
    three(&two, DType::I16, 7.0, None, [5, 7, 20]);
    let both = open_rasters(&[&one, &two]).unwrap();
    let second = both.isel_dim("band", 1).unwrap();
    assert_eq!((both.isel_dim("band", 0).unwrap().nodata(), second.nodata()), (Some(-1.0), Some(7.0)));
    second.to_raster(&to, ()).unwrap();
    assert_eq!(stored(&to), (vec![5.0, 7.0, 20.0], Some(7.0), DType::I16));
    // A GeoTIFF has one nodata value: the first band's 7 would be missing if it were the second's.
    both.to_raster(&to, ()).unwrap();
    let read = open_raster(&to).unwrap().to_vec::<f32>().unwrap();
    let right = [f32::NAN, 7.0, 20.0, 5.0, f32::NAN, 20.0];
    assert!(read.iter().zip(right).all(|(a, b)| *a == b || (a.is_nan() && b.is_nan())), "{read:?}");
    let raw = crate::raster::open_rasters_with(&[&one, &two], OpenRaster::new().unmasked()).unwrap();
    raw.to_raster(&to, ()).unwrap();
    assert_eq!(open_raster(&to).unwrap().count(()).unwrap().item().unwrap(), 4.0);
}

#[test]
fn a_nodata_value_that_the_type_does_not_have_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let bytes = DataArray::new(array![[1u8, 2, 3]], ["y", "x"]).unwrap();
    for nodata in [-9999.0, f64::NAN, 0.5] {
        let bytes = bytes.with_encoding(Encoding::new(DType::U8).with_nodata(nodata));
        bytes.to_raster(&path, ()).unwrap();
        assert_eq!(stored(&path), (vec![1.0, 2.0, 3.0], None, DType::U8));
        let error = bytes.to_raster(&path, RasterOptions::new().nodata(nodata)).unwrap_err().to_string();
        assert!(error.contains("cannot hold"), "{error}");
    }
}

#[test]
fn a_file_that_is_to_be_like_a_scaled_one_gets_values_and_not_stored_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let (scaled, plain, to) = (folder.path().join("a.tif"), folder.path().join("b.tif"), folder.path().join("c.tif"));
    three(&scaled, DType::I16, -1.0, Some((0.1, 0.0)), [0, 5, 10]);
    three(&plain, DType::I16, -1.0, None, [0, 10, 20]);
    let like = Raster::open(&scaled).unwrap().meta();
    let classes = open_raster(&scaled).unwrap().gt(0.4).astype(DType::I16);
    classes.to_raster(&to, &like).unwrap();
    assert_eq!(open_raster(&to).unwrap().to_vec::<f32>().unwrap(), [0.0, 1.0, 1.0]);
    let unmasked = |path: &Path| open_raster_with(path, OpenRaster::new().unmasked()).unwrap();
    unmasked(&plain).to_raster(&to, &like).unwrap();
    assert_eq!(open_raster(&to).unwrap().to_vec::<f32>().unwrap(), [0.0, 10.0, 20.0]);
    unmasked(&scaled).to_raster(&to, &like).unwrap();
    assert_eq!(stored(&to).0, [0.0, 5.0, 10.0]);
    // The stored numbers of one scale are no values of another.
    let error = unmasked(&scaled).to_raster(&to, Raster::open(&plain).unwrap().meta()).unwrap_err();
    assert!(error.to_string().contains("scale 0.1"), "{error}");
}

#[test]
fn a_value_that_readers_take_for_the_nodata_value_is_not_written_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.tif"), folder.path().join("b.tif"));
    three(&from, DType::F32, -1.0, None, [0, 5, 10]);
    let near = &open_raster(&from).unwrap() - 9999.002;
    let error = near.to_raster(&to, RasterOptions::new().nodata(-9999.0)).unwrap_err();
    assert!(error.to_string().contains("nodata"), "{error}");
}

#[test]
fn unlike_scales_end_where_their_bands_become_rows() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.tif"), folder.path().join("b.tif"));
    let mut meta = RasterMeta::new(2, 1, DType::I16);
    (meta.count, meta.transform) = (2, [0.0, 10.0, 0.0, 0.0, 0.0, -10.0]);
    let mut writer = Raster::create(&from, &meta).unwrap();
    for band in [1, 2] {
        writer.write(&array![[4i16, 5]], band).unwrap();
        writer.scale(band, [1.0, 0.01][band - 1], 0.0).unwrap();
    }
    writer.finish().unwrap();
    let rows = open_raster(&from).unwrap().isel_dim("y", 0).unwrap().drop_vars(["y", "spatial_ref"]).unwrap();
    let rows = rows.rename("band", "y").unwrap().coord("y", [5.0, -5.0]).unwrap();
    rows.to_raster(&to, ()).unwrap();
    let read = open_raster(&to).unwrap().to_vec::<f64>().unwrap();
    assert!(read.iter().zip([4.0, 5.0, 0.04, 0.05]).all(|(a, b)| (a - b).abs() < 1e-6), "{read:?}");
}

#[test]
fn a_file_cannot_be_made_with_a_nodata_value_that_its_type_does_not_have() {
    let folder = tempfile::tempdir().unwrap();
    // rasterio.open(path, "w", dtype=…, nodata=…) raises ValueError for the same ones but 1.5.
    for (dtype, nodata) in
        [(DType::I64, f64::NAN), (DType::U64, -1.0), (DType::U8, 300.0), (DType::I32, 1.5), (DType::U8, f64::NAN)]
    {
        let mut meta = RasterMeta::new(2, 1, dtype);
        meta.nodata = Some(nodata);
        let error = Raster::create(folder.path().join("a.tif"), &meta).unwrap_err().to_string();
        assert!(error.contains(&format!("nodata value {nodata}")), "{error}");
    }
}
