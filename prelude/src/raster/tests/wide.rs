//! Rasters of as many columns as GDAL can count, in files of a few hundred bytes: opening one takes nothing for its pixels.

use super::made::vrt;
use crate::ErrorKind;
use crate::raster::Raster;
use allocation_counter::measure;
use std::fs;

const COLUMNS: u64 = 2_147_483_647;
/// What opening a file may take on our side.
const MOST_BYTES: u64 = 1 << 20;

fn opens(path: &std::path::Path, rows: usize) -> Raster {
    assert!(fs::metadata(path).unwrap().len() < 300);
    let mut raster = None;
    let memory = measure(|| raster = Some(Raster::open(path).unwrap()));
    assert!(memory.bytes_max < MOST_BYTES, "{} bytes", memory.bytes_max);
    let raster = raster.unwrap();
    assert_eq!((raster.width() as u64, raster.height()), (COLUMNS, rows));
    raster
}

#[test]
fn a_vrt_of_as_many_columns_and_rows_as_there_can_be_opens_and_gives_a_window() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.vrt");
    let nodata = "<NoDataValue>7</NoDataValue>".to_owned();
    vrt(&path, [COLUMNS, COLUMNS], &[("Byte", nodata)]);
    let raster = opens(&path, COLUMNS as usize);
    let (rows, columns) = (raster.height() - 2..raster.height(), raster.width() - 3..raster.width());
    assert_eq!(raster.read_window::<u8>(1, rows, columns).unwrap(), ndarray::array![[7, 7, 7], [7, 7, 7]]);
}

#[test]
fn a_geotiff_that_stores_no_pixel_opens_and_gives_a_window() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    // Width, height, bits, compression, colours, place and number of bytes of the one strip (none), rows of a strip.
    let tags: [(u16, u16, u32); 9] = [
        (256, 4, COLUMNS as u32),
        (257, 4, 1),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 0),
        (277, 3, 1),
        (278, 4, 1),
        (279, 4, 0),
    ];
    let mut bytes = b"II\x2a\0\x08\0\0\0".to_vec();
    bytes.extend((tags.len() as u16).to_le_bytes());
    for (number, kind, value) in tags {
        bytes.extend([number.to_le_bytes(), kind.to_le_bytes(), [1, 0], [0, 0]].concat());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    fs::write(&path, bytes).unwrap();
    let raster = opens(&path, 1);
    let columns = raster.width() - 3..raster.width();
    assert_eq!(raster.read_window::<u8>(1, 0..1, columns).unwrap(), ndarray::array![[0, 0, 0]]);
}

#[test]
fn what_does_not_fit_into_memory_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.vrt");
    vrt(&path, [COLUMNS, COLUMNS], &[("Byte", "<NoDataValue>7</NoDataValue>".to_owned())]);
    let raster = opens(&path, COLUMNS as usize);
    let refused = |error: crate::Error, parts: &[&str]| {
        let text = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Memory, "{text}");
        assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    };
    let advice = ["this process may use", "read_window", "open_overview", "open_raster"];
    refused(raster.read::<f32>(1).unwrap_err(), &advice);
    refused(raster.read_window::<u8>(1, 0..1 << 30, 0..1 << 30).unwrap_err(), &advice);
    refused(raster.read_mask(1).unwrap_err(), &advice);
    refused(raster.dataset_mask().unwrap_err(), &advice);
}
