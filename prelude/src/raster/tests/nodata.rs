//! Nodata values as GDAL takes them: rounded, impossible, out of reach of a double.
//!
//! The expected values are rasterio 1.4.4's (GDAL 3.10.3): `read(1, masked=True)` of files whose `.aux.xml` has the value.

use super::made::{nodata_of_band_1, tiff_in};
use crate::raster::{OpenRaster, open_raster, open_raster_with};
use crate::values::Element;
use gdal::raster::GdalType;
use std::fs;

/// The values of a file, missing ones as NaN, and its nodata value.
fn read<T: GdalType + Copy>(nodata: &str, values: [T; 3]) -> ([f64; 3], Option<f64>) {
    let folder = tempfile::tempdir().unwrap();
    let path = tiff_in(folder.path(), "a.tif", &[&values]);
    fs::write(folder.path().join("a.tif.aux.xml"), nodata_of_band_1(nodata)).unwrap();
    let array = open_raster(&path).unwrap();
    let read = array.to_vec::<f64>().unwrap();
    (read.try_into().unwrap(), crate::raster::Raster::open(&path).unwrap().nodata())
}

fn check<T: GdalType + Copy>(nodata: &str, values: [T; 3], expected: [f64; 3]) -> Option<f64> {
    let (got, of_file) = read(nodata, values);
    assert_eq!(format!("{got:?}"), format!("{expected:?}"), "nodata {nodata}");
    of_file
}

const N: f64 = f64::NAN;

#[test]
fn a_value_that_the_type_cannot_hold_is_none() {
    for impossible in ["nan", "-9999", "300"] {
        assert_eq!(check(impossible, [0u8, 1, 255], [0.0, 1.0, 255.0]), None, "{impossible}");
    }
    assert_eq!(check("2147483648", [i32::MAX, 1, 0], [2147483647.0, 1.0, 0.0]), None);
    assert_eq!(check("1e39", [f32::INFINITY, 1.0, 3.0], [f64::INFINITY, 1.0, 3.0]), None);
    assert_eq!(check("4294967295", [u32::MAX, 1, 0], [N, 1.0, 0.0]), Some(4294967295.0));
}

#[test]
fn whole_numbers_lose_the_fraction_of_their_nodata_value() {
    assert_eq!(check("254.6", [254u8, 255, 0], [N, 255.0, 0.0]), Some(254.0));
    assert_eq!(check("1.5", [1i16, 2, 0], [N, 2.0, 0.0]), Some(1.0));
}

#[test]
fn floats_are_compared_as_gdal_compares_them() {
    let largest = f64::from(f32::MAX);
    check("-3.4028234663852886e+38", [f32::MIN, 1.0, 2.0], [N, 1.0, 2.0]);
    check("-3.40282e+38", [-3.40282e38f32, f32::MIN, f32::MAX], [N, N, largest]);
    check("-9999.1", [-9999.1f32, -9999.0, 1.0], [N, f64::from(-9999f32), 1.0]);
    check("-9999.1", [-9999.1f64, -9999.1000000001, 1.0], [N, N, 1.0]);
    check("inf", [f32::INFINITY, 1.0, f32::NEG_INFINITY], [N, 1.0, f64::NEG_INFINITY]);
    check("nan", [f32::NAN, 1.0, 2.0], [N, 1.0, 2.0]);
    check("-9999", [f32::NAN, -9999.0, 2.0], [N, N, 2.0]);
    check("0", [0f32, -0.0, 1e-40], [N, N, f64::from(1e-40f32)]);
}

#[test]
fn our_comparison_is_that_of_the_gdal_here() {
    let near =
        |value: f32| [0.0, 1e-7, 3e-7, 4.7e-7, 4.9e-7, 1e-6, 1e-3].map(|by| [value * (1.0 + by), value * (1.0 - by)]);
    for nodata in [-9999f32, -9999.1, 1e-30, 7.0, -3.4e38, f32::MIN, 1e30] {
        let values: Vec<f32> = near(nodata).concat();
        let folder = tempfile::tempdir().unwrap();
        for three in values.chunks(3).filter(|three| three.len() == 3) {
            let path = tiff_in(folder.path(), "a.tif", &[three]);
            fs::write(folder.path().join("a.tif.aux.xml"), nodata_of_band_1(&nodata.to_string())).unwrap();
            let raster = crate::raster::Raster::open(&path).unwrap();
            let gdal: Vec<bool> = raster.read_mask(1).unwrap().into_iter().collect();
            let ours: Vec<bool> =
                open_raster(&path).unwrap().to_vec::<f32>().unwrap().iter().map(|value| !value.is_nan()).collect();
            let finite = three.iter().all(|value| value.is_finite());
            assert!(ours == gdal || !finite, "nodata {nodata}, {three:?}: {ours:?}, not {gdal:?}");
            fs::remove_file(&path).unwrap();
        }
    }
}

#[cfg(gdal_int64)]
#[test]
fn a_nodata_value_beyond_what_a_double_tells_apart_masks_itself_alone() {
    let large = 1i64 << 53;
    let (got, _) = read(&(large + 1).to_string(), [large, large + 1, large + 2]);
    assert_eq!(format!("{got:?}"), format!("{:?}", [large as f64, N, (large + 2) as f64]));
}

#[test]
fn raw_values_are_those_of_the_file() {
    fn raw<T: GdalType + Copy + Element>(values: [T; 3]) -> Vec<T> {
        let folder = tempfile::tempdir().unwrap();
        let path = tiff_in(folder.path(), "a.tif", &[&values]);
        fs::write(folder.path().join("a.tif.aux.xml"), nodata_of_band_1("7")).unwrap();
        open_raster_with(&path, OpenRaster::new().unmasked()).unwrap().to_vec().unwrap()
    }
    assert_eq!(raw([7u8, 1, 2]), [7, 1, 2]);
    assert_eq!(raw([7f32, 1.0, 2.0]), [7.0, 1.0, 2.0]);
}

/// A GeoTIFF of one row of three 64-bit integers whose nodata value is written as `nodata`.
#[cfg(gdal_int64)]
fn wide_integers(nodata: &str, pixels: [i64; 3]) -> Vec<u8> {
    const DIRECTORY: u32 = 32;
    const TAGS: u16 = 9;
    let text = DIRECTORY + 2 + 12 * u32::from(TAGS) + 4;
    let mut bytes = b"II*\0".to_vec();
    bytes.extend(DIRECTORY.to_le_bytes());
    bytes.extend(pixels.iter().flat_map(|pixel| pixel.to_le_bytes()));
    bytes.extend(TAGS.to_le_bytes());
    // Number, type (2 text, 3 short, 4 long), how many, value or place.
    let tags: [(u16, u16, u32, u32); TAGS as usize] = [
        (256, 4, 1, 3),
        (257, 4, 1, 1),
        (258, 3, 1, 64),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (279, 4, 1, 24),
        (339, 3, 1, 2),
        (42113, 2, nodata.len() as u32 + 1, text),
    ];
    for (number, kind, count, value) in tags {
        bytes.extend(number.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes.extend(nodata.as_bytes());
    bytes.push(0);
    bytes
}

// Expected: rasterio 1.4.4, GDAL 3.10.3: `nodata` and `read_masks(1)` of such files: 9223372036854775807 and
// -9223372036854775808, -1000, and the first pixel alone is missing.
#[cfg(gdal_int64)]
#[test]
fn a_nodata_value_with_an_exponent_is_itself_and_not_its_first_digits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    for (text, pixels) in [
        ("9.2233720368547758e+18", [i64::MAX, 9, 3]),
        ("-9.2233720368547758e+18", [i64::MIN, -9, 3]),
        ("-1.000000000e+03", [-1000, -1, 3]),
    ] {
        fs::write(&path, wide_integers(text, pixels)).unwrap();
        let read = open_raster(&path).unwrap();
        let values = read.to_vec::<f64>().unwrap();
        assert_eq!(read.nodata(), Some(pixels[0] as f64), "{text}");
        assert!(values[0].is_nan() && values[1..] == [pixels[1] as f64, 3.0], "{text}: {values:?}");
        fs::remove_file(&path).unwrap();
    }
}

// Expected: rioxarray.open_rasterio(path, masked=True).rio.to_raster: the same type and nodata value.
#[cfg(gdal_int64)]
#[test]
fn a_copy_of_masked_64_bit_integers_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.tif"), folder.path().join("b.tif"));
    let mut meta = crate::raster::RasterMeta::new(3, 1, crate::values::DType::U64);
    meta.nodata = Some(u64::MAX as f64);
    let mut writer = crate::raster::Raster::create(&from, &meta).unwrap();
    writer.write(&ndarray::array![[1u64, u64::MAX, 7]], 1).unwrap();
    writer.finish().unwrap();
    let read = open_raster(&from).unwrap();
    assert!(read.to_vec::<f64>().unwrap()[1].is_nan());
    read.to_raster(&to, ()).unwrap();
    let copy = crate::raster::Raster::open(&to).unwrap();
    assert_eq!((copy.meta().dtype, copy.nodata()), (crate::values::DType::U64, Some(u64::MAX as f64)));
    assert_eq!(copy.read::<u64>(1).unwrap(), ndarray::array![[1, u64::MAX, 7]]);
    assert_eq!(copy.read_mask(1).unwrap(), ndarray::array![[true, false, true]]);
}
