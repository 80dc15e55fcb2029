//! What is missing in a reprojected or clipped array: it never is a number that is a value, and never bleeds into neighbours.

use crate::{assert_close, map, message, numbers};
use isopleth::array::{DType, DataArray};
use isopleth::geo::Encoding;
use isopleth::raster::{Clip, OpenRaster, Reproject, Resampling, open_raster, open_raster_with};
use ndarray::{Array2, array};

const NAN: f64 = f64::NAN;

fn bytes() -> DataArray {
    map(array![[0.0, 20.0, 30.0], [40.0, 50.0, 60.0], [70.0, 80.0, 0.0]], 10.0, 3.0, 1.0, "EPSG:4326").astype(DType::U8)
}

/// The same far from the equator, where the new grid has pixels outside of the old one.
fn north() -> DataArray {
    let values = array![[0.0, 20.0, 30.0], [40.0, 50.0, 60.0], [70.0, 80.0, 0.0]];
    map(values, 10.0, 63.0, 1.0, "EPSG:4326").astype(DType::U8)
}

/// The array as a file has it, with 0 for what is missing, opened without a mask.
fn raw() -> (tempfile::TempDir, DataArray) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("raw.tif");
    let encoding = Encoding::new(DType::U8).with_nodata(0.0).with_scale(0.5, 3.0);
    let values = bytes().astype(DType::F64);
    let scaled = (values.where_(&values.gt(0)).unwrap() * 0.5 + 3.0).with_encoding(encoding);
    scaled.to_raster(&path, ()).unwrap();
    let raw = open_raster_with(&path, OpenRaster::new().unmasked()).unwrap().squeeze().unwrap();
    (folder, raw)
}

#[test]
fn raw_numbers_keep_their_type_nodata_and_scale() {
    // u = [[0, 20, 30], [40, 50, 60], [70, 80, 0]] as uint8, nodata 0; u.rio.reproject("EPSG:3035", resampling=bilinear)
    let (_folder, raw) = raw();
    assert_eq!((raw.dtype(), numbers(&raw)), (DType::U8, numbers(&bytes())));
    let options = Reproject::new().resampling(Resampling::Bilinear);
    let warped = raw.reproject_with("EPSG:3035", options).unwrap();
    assert_eq!((warped.dtype(), warped.nodata()), (DType::U8, Some(0.0)));
    assert_close(&numbers(&warped), &[0.0, 20.0, 29.0, 43.0, 52.0, 59.0, 70.0, 79.0, 0.0]);
    let encoding = warped.encoding().unwrap();
    assert_eq!((encoding.is_raw(), encoding.scale(), encoding.offset()), (true, 0.5, 3.0));
    // Numbers that are decoded have no encoding any more.
    let file = open_raster(_folder.path().join("raw.tif")).unwrap();
    assert!(file.encoding().is_some() && file.reproject("EPSG:3035").unwrap().encoding().is_none());
}

#[test]
fn integers_without_a_nodata_value_become_floats() {
    let wide = north().reproject_with("EPSG:32633", Reproject::new().resolution(20_000.0)).unwrap();
    assert_eq!(wide.dtype(), DType::F32);
    let got = numbers(&wide);
    assert!(got.iter().any(|value| value.is_nan()) && got.iter().all(|value| value.is_nan() || value.fract() == 0.0));
    // The zeros are values and stay.
    assert!(got.contains(&0.0));
}

#[test]
fn a_fill_that_the_type_does_not_have_widens_it_or_is_refused() {
    let filled = |fill: f64| north().reproject_with("EPSG:32633", Reproject::new().resolution(20_000.0).fill(fill));
    let one = filled(255.0).unwrap();
    assert_eq!((one.dtype(), one.nodata()), (DType::U8, Some(255.0)));
    let two = filled(-9999.0).unwrap();
    assert_eq!((two.dtype(), two.nodata()), (DType::I16, Some(-9999.0)));
    assert!(numbers(&two).contains(&-9999.0) && !numbers(&two).contains(&241.0));
    let filled_pixels = |array: &DataArray, fill: f64| numbers(array).iter().filter(|value| **value == fill).count();
    assert_eq!(filled_pixels(&one, 255.0), filled_pixels(&two, -9999.0));
    assert_eq!(filled(NAN).unwrap().dtype(), DType::F32);
    let error = message(filled(0.5));
    assert!(error.contains("uint8") && error.contains("0.5") && error.contains("astype"), "{error}");
}

#[test]
fn whole_numbers_that_floats_do_not_have_are_not_warped_in_silence() {
    let large = map(Array2::zeros((3, 3)), 10.0, 3.0, 1.0, "EPSG:4326").astype(DType::I64) + 9_007_199_254_740_993i64;
    assert_eq!(large.dtype(), DType::I64);
    let error = message(large.reproject("EPSG:3857"));
    assert!(error.contains("9007199254740993") && error.contains("2^53"), "{error}");
    let small = map(Array2::ones((3, 3)), 10.0, 3.0, 1.0, "EPSG:4326").astype(DType::I64);
    assert_eq!(small.reproject("EPSG:3857").unwrap().dtype(), DType::F64);
}

#[test]
fn a_missing_pixel_does_not_bleed_into_its_neighbours() {
    // v = np.arange(80, dtype="f4").reshape(8, 10); v[2, 3] = nan
    // da.rio.reproject("EPSG:32632", resolution=60000, resampling=r).values[1]
    let mut values = Array2::from_shape_fn((8, 10), |(row, column)| (row * 10 + column) as f64);
    values[[2, 3]] = NAN;
    let masked = map(values.clone(), 5.0, 50.0, 0.5, "EPSG:4326").astype(DType::F32);
    values[[2, 3]] = -9999.0;
    // The same as a file has it, read without a mask.
    let encoding = Encoding::new(DType::F32).with_nodata(-9999.0);
    let folder = tempfile::tempdir().unwrap();
    masked.with_encoding(encoding).to_raster(folder.path().join("a.tif"), ()).unwrap();
    let raw = open_raster_with(folder.path().join("a.tif"), OpenRaster::new().unmasked()).unwrap().squeeze().unwrap();
    assert!(numbers(&raw).contains(&-9999.0));
    let expected = [
        (
            Resampling::Bilinear,
            [11.254_038_81, 12.375_312_805, 13.398_886_68, 15.270_936_966, 16.745_100_021, 18.163_967_133, NAN],
        ),
        (
            Resampling::Average,
            [
                11.293_918_61,
                12.524_003_983,
                13.529_701_233,
                15.478_042_603,
                17.044_624_329,
                18.298_538_208,
                18.872_087_479,
            ],
        ),
    ];
    for (resampling, row) in expected {
        let options = || Reproject::new().resolution(60_000.0).resampling(resampling);
        let warped = masked.reproject_with("EPSG:32632", options()).unwrap();
        assert_eq!(warped.shape(), [8, 7]);
        assert_close(&numbers(&warped)[7..14], &row);
        let unmasked = raw.reproject_with("EPSG:32632", options()).unwrap();
        assert_eq!(unmasked.nodata(), Some(-9999.0));
        let with_number: Vec<f64> =
            numbers(&warped).iter().map(|value| if value.is_nan() { -9999.0 } else { *value }).collect();
        assert_close(&numbers(&unmasked), &with_number);
    }
}

#[test]
fn outside_of_polygons_whole_numbers_are_missing_and_never_zero() {
    let left = r#"{"type": "Polygon", "coordinates": [[[10, 0], [11, 0], [11, 3], [10, 3], [10, 0]]]}"#;
    let clipped = bytes().clip_polygons_with(left, Clip::new().keep_extent()).unwrap();
    assert_eq!(clipped.dtype(), DType::F32);
    assert_close(&numbers(&clipped), &[0.0, NAN, NAN, 40.0, NAN, NAN, 70.0, NAN, NAN]);
    // A nodata value that bytes do not have is none.
    let odd = bytes().attr("_FillValue", -9999.0).clip_polygons_with(left, Clip::new().keep_extent()).unwrap();
    assert_eq!(odd.dtype(), DType::F32);
    let (_folder, raw) = raw();
    let kept = raw.clip_polygons_with(left, Clip::new().keep_extent()).unwrap();
    assert_eq!((kept.dtype(), kept.nodata()), (DType::U8, Some(0.0)));
    assert_close(&numbers(&kept), &[0.0, 0.0, 0.0, 40.0, 0.0, 0.0, 70.0, 0.0, 0.0]);
    assert!(kept.encoding().is_some_and(|encoding| encoding.scale() == 0.5));
    // What is missing inside stays known, in floats and where there was no nodata value too.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("floats.tif");
    let floats = bytes().astype(DType::F32);
    let floats = floats.where_(&floats.gt(0)).unwrap().with_encoding(Encoding::new(DType::F32).with_nodata(-9999.0));
    floats.to_raster(&path, ()).unwrap();
    let floats = open_raster_with(&path, OpenRaster::new().unmasked()).unwrap().squeeze().unwrap();
    let kept = floats.clip_polygons_with(left, Clip::new().keep_extent()).unwrap();
    assert_eq!((kept.dtype(), kept.nodata()), (DType::F32, Some(-9999.0)));
    assert_close(&numbers(&kept), &[-9999.0, -9999.0, -9999.0, 40.0, -9999.0, -9999.0, 70.0, -9999.0, -9999.0]);
    let scaled = bytes().with_encoding(Encoding::new(DType::U8).with_scale(0.5, 0.0));
    (scaled.astype(DType::F32) * 0.5).with_encoding(scaled.encoding().unwrap()).to_raster(&path, ()).unwrap();
    let scaled = open_raster_with(&path, OpenRaster::new().unmasked()).unwrap().squeeze().unwrap();
    let kept = scaled.clip_polygons_with(left, Clip::new().keep_extent()).unwrap();
    assert_eq!((kept.dtype(), kept.encoding().map(|encoding| encoding.scale())), (DType::F32, Some(0.5)));
    assert_close(&numbers(&kept), &[0.0, NAN, NAN, 40.0, NAN, NAN, 70.0, NAN, NAN]);
}
