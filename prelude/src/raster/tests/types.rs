//! Pixels of every type of integers, in files and out of them, whatever the version of GDAL calls the type.

use super::*;
use crate::array::Values;
use crate::lazy::Source as _;
use crate::raster::{RasterSource, open_raster};
use ndarray::array;

/// A raster of one row.
fn written<T: crate::raster::Pixel>(folder: &TempDir, name: &str, pixels: &[T], nodata: Option<f64>) -> PathBuf {
    let path = folder.path().join(name);
    let mut meta = RasterMeta::new(pixels.len(), 1, T::DTYPE);
    meta.nodata = nodata;
    let mut writer = Raster::create(&path, &meta).unwrap();
    writer.write(&Array2::from_shape_vec((1, pixels.len()), pixels.to_vec()).unwrap(), 1).unwrap();
    writer.finish().unwrap();
    path
}

// Expected: rasterio.open("a.tif").dtypes and .read(1), of the file that this test writes: int8, [[-128, -1, 0, 127]]
#[test]
fn signed_bytes_keep_their_type_and_their_sign() {
    let folder = tempfile::tempdir().unwrap();
    let raster = Raster::open(written(&folder, "a.tif", &[-128i8, -1, 0, 127], None)).unwrap();
    assert_eq!((raster.meta().dtype, raster.meta().nodata), (DType::I8, None));
    assert_eq!(raster.read::<i8>(1).unwrap(), array![[-128i8, -1, 0, 127]]);
    assert_eq!(raster.read::<i16>(1).unwrap(), array![[-128i16, -1, 0, 127]]);
    assert_eq!(raster.read::<f64>(1).unwrap(), array![[-128.0, -1.0, 0.0, 127.0]]);
    // GDAL 3.10, `gdal_translate -ot Byte`: what the type cannot hold becomes the nearest value that it can.
    assert_eq!(raster.read::<u8>(1).unwrap(), array![[0u8, 0, 0, 127]]);
    let source = RasterSource::new(&raster, 1).unwrap();
    let Values::I8(values) = source.read(&[0..1, 1..3]).unwrap() else { panic!("{}", source.dtype()) };
    assert_eq!(values.as_slice().unwrap(), [-1, 0]);
}

// Expected: rioxarray.open_rasterio("a.tif", masked=True) of the file that this test writes: float32, [nan, -1, 5]
#[test]
fn signed_bytes_with_a_nodata_value_become_floats() {
    let folder = tempfile::tempdir().unwrap();
    let da = open_raster(written(&folder, "a.tif", &[-128i8, -1, 5], Some(-128.0))).unwrap();
    let values = da.to_vec::<f32>().unwrap();
    assert!(values[0].is_nan() && values[1..] == [-1.0, 5.0], "{values:?}");
}

#[test]
fn numbers_of_other_types_are_rounded_into_signed_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut writer = Raster::create(&path, &RasterMeta::new(4, 1, DType::I8)).unwrap();
    writer.write(&array![[-1.6f32, 2.4, 300.0, -300.0]], 1).unwrap();
    writer.finish().unwrap();
    assert_eq!(Raster::open(&path).unwrap().read::<i8>(1).unwrap(), array![[-2i8, 2, 127, -128]]);
    let wide = Raster::open(written(&folder, "wide.tif", &[-300i16, 300, 7], None)).unwrap();
    assert_eq!(wide.read::<i8>(1).unwrap(), array![[-128i8, 127, 7]]);
}

#[test]
fn a_labelled_array_of_signed_bytes_is_written_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let da = crate::array::DataArray::new(array![[-7i8, 7], [0, 1]], ["y", "x"]).unwrap();
    da.coord("y", [1.5, 0.5]).unwrap().coord("x", [0.5, 1.5]).unwrap().to_raster(&path, ()).unwrap();
    let back = open_raster(&path).unwrap();
    assert_eq!((back.dtype(), back.to_vec::<i8>().unwrap()), (DType::I8, vec![-7, 7, 0, 1]));
}

// Expected: rasterio.open("a.tif").dtypes and .read(1): uint64, [[0, 2**63, 2**64 - 1]]; with the nodata value
// rioxarray.open_rasterio("b.tif", masked=True): float64, [0.0, 1.8446744073709550e19, nan]
#[cfg(gdal_int64)]
#[test]
fn large_numbers_without_a_sign_are_exact() {
    let folder = tempfile::tempdir().unwrap();
    let pixels = [0u64, 1 << 63, u64::MAX];
    let raster = Raster::open(written(&folder, "a.tif", &pixels, None)).unwrap();
    assert_eq!(raster.meta().dtype, DType::U64);
    assert_eq!(raster.read::<u64>(1).unwrap(), array![[0u64, 1 << 63, u64::MAX]]);
    assert_eq!(open_raster(raster.path()).unwrap().to_vec::<u64>().unwrap(), pixels);
    // The neighbour of the nodata value is the same float, but not missing.
    let masked = written(&folder, "b.tif", &[0u64, u64::MAX - 1, u64::MAX], Some(u64::MAX as f64));
    let values = open_raster(masked).unwrap().to_vec::<f64>().unwrap();
    assert!(values[..2] == [0.0, 18446744073709551615.0] && values[2].is_nan(), "{values:?}");
}
