use super::*;
use crate::ErrorKind;
use ndarray::array;

#[test]
fn several_bands_types_and_blocks_survive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut meta = meta(64, 48);
    (meta.dtype, meta.count, meta.nodata) = (DType::U16, 2, None);
    (meta.block, meta.compression) = ([16, 32], Some("DEFLATE".to_owned()));
    let band = |n: usize| Array2::from_shape_fn((64, 48), |(row, column)| (n * 10_000 + row * 48 + column) as u16);
    let mut writer = Raster::create(&path, &meta).unwrap();
    writer.write(&band(2), 2).unwrap();
    writer.write(&band(1).view(), 1).unwrap();
    writer.finish().unwrap();
    let raster = Raster::open(&path).unwrap();
    assert_eq!(raster.meta(), meta);
    for n in [1, 2] {
        assert_eq!(raster.read::<u16>(n).unwrap(), band(n));
    }
}

#[test]
fn a_lossy_or_unknown_compression_becomes_lzw() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut meta = RasterMeta::new(2, 1, DType::F64);
    meta.compression = Some("YCbCr JPEG".to_owned());
    let mut writer = Raster::create(&path, &meta).unwrap();
    writer.write(&array![[0.1, f64::NAN]], 1).unwrap();
    writer.finish().unwrap();
    let raster = Raster::open(&path).unwrap();
    assert_eq!(raster.meta().compression.as_deref(), Some("LZW"));
    let read = raster.read::<f64>(1).unwrap();
    assert!(read[[0, 0]] == 0.1 && read[[0, 1]].is_nan());
}

#[test]
fn nothing_is_left_of_a_writer_that_was_dropped_or_panicked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut writer = Raster::create(&path, &meta(2, 2)).unwrap();
    writer.write(&array![[1f32, 2.], [3., 4.]], 1).unwrap();
    assert_eq!(names(folder.path()).len(), 1, "the file is there under another name");
    drop(writer);
    assert!(names(folder.path()).is_empty());

    let caught = std::panic::catch_unwind(|| {
        let _writer = Raster::create(&path, &meta(2, 2)).unwrap();
        panic!("in the middle");
    });
    assert!(caught.is_err() && names(folder.path()).is_empty());
}

#[test]
fn an_earlier_file_stays_until_the_new_one_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let (path, old) = numbered(&folder, "a.tif", 2, 2);
    std::fs::write(folder.path().join("a.tif.aux.xml"), "<statistics of the old file>").unwrap();
    let mut writer = Raster::create(&path, &meta(1, 1)).unwrap();
    writer.write(&array![[7f32]], 1).unwrap();
    assert_eq!(Raster::open(&path).unwrap().read::<f32>(1).unwrap(), old);
    writer.finish().unwrap();
    assert_eq!(Raster::open(&path).unwrap().read::<f32>(1).unwrap(), array![[7f32]]);
    assert_eq!(names(folder.path()), ["a.tif"]);
}

#[test]
fn an_incomplete_file_cannot_be_finished() {
    let folder = tempfile::tempdir().unwrap();
    let mut meta = meta(1, 1);
    meta.count = 2;
    let mut writer = Raster::create(folder.path().join("a.tif"), &meta).unwrap();
    writer.write(&array![[7f32]], 2).unwrap();
    assert!(writer.finish().unwrap_err().to_string().contains("band 1 was not written"));
    assert!(names(folder.path()).is_empty());
}

#[test]
fn shapes_bands_types_and_names_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut writer = Raster::create(&path, &meta(2, 3)).unwrap();
    let error = writer.write(&array![[1f32]], 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    assert!(error.to_string().contains("1 rows and 1 columns") && error.to_string().contains("2 and 3"), "{error}");
    let error = writer.write(&Array2::<f32>::zeros((2, 3)), 2).unwrap_err();
    assert!(error.to_string().contains("it is made with 1 band"), "{error}");

    let kind = |name: &str, meta: &RasterMeta| Raster::create(folder.path().join(name), meta).unwrap_err().kind();
    let mut wrong = meta(2, 3);
    assert_eq!(kind("a.png", &wrong), ErrorKind::InvalidArgument);
    wrong.dtype = DType::DateTime;
    assert_eq!(kind("b.tif", &wrong), ErrorKind::InvalidArgument);
    assert_eq!(kind("c.tif", &meta(0, 3)), ErrorKind::InvalidArgument);
    drop(writer);
    assert!(names(folder.path()).is_empty());
}
