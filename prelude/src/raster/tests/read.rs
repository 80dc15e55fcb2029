use super::*;
use crate::display::Show as _;
use ndarray::s;

#[test]
fn what_was_written_is_read_with_its_metadata() {
    let folder = tempfile::tempdir().unwrap();
    let (path, array) = numbered(&folder, "a.tif", 60, 40);
    let raster = Raster::open(&path).unwrap();
    assert_eq!(raster.read::<f32>(1).unwrap(), array);
    assert_eq!(raster.meta(), meta(60, 40));
    assert_eq!(raster.crs().unwrap().epsg(), Some(4326));
    assert_eq!(raster.bounds(), (-180.0, 40.0, -160.0, 70.0));
    assert_eq!((raster.width(), raster.height(), raster.count(), raster.nodata()), (40, 60, 1, Some(-9999.0)));
}

#[test]
fn a_window_is_that_part_of_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (path, array) = numbered(&folder, "a.tif", 60, 40);
    let raster = Raster::open(&path).unwrap();
    assert_eq!(raster.read_window::<f32>(1, 10..25, 3..40).unwrap(), array.slice(s![10..25, 3..40]));
    assert_eq!(raster.read_window::<f32>(1, 5..5, 0..40).unwrap().shape(), [0, 40]);
}

#[test]
fn a_raster_of_several_slabs_is_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (path, array) = numbered(&folder, "a.tif", 1500, 2000);
    assert_eq!(Raster::open(&path).unwrap().read::<f32>(1).unwrap(), array);
}

#[test]
fn other_types_are_converted_to_the_nearest_value() {
    let folder = tempfile::tempdir().unwrap();
    let (path, array) = numbered(&folder, "a.tif", 3, 200);
    let raster = Raster::open(&path).unwrap();
    assert_eq!(raster.read::<f64>(1).unwrap(), array.mapv(f64::from));
    assert_eq!(raster.read::<i32>(1).unwrap()[[0, 0]], -9999);
    let bytes = raster.read::<u8>(1).unwrap();
    assert_eq!((bytes[[0, 0]], bytes[[0, 7]], bytes[[2, 0]]), (0, 7, 255));
}

#[test]
fn one_handle_serves_many_threads_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (path, array) = numbered(&folder, "a.tif", 300, 400);
    let raster = Raster::open(&path).unwrap();
    let pool = crate::parallel::Pool::new(4).unwrap();
    let rows: Vec<usize> = (0..300).collect();
    let read = pool.try_map(&rows, |&row| raster.read_window::<f32>(1, row..row + 1, 0..400)).unwrap();
    assert!(read.iter().zip(array.outer_iter()).all(|(read, row)| read.row(0) == row));
}

#[test]
fn views_name_the_file_and_its_grid() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = numbered(&folder, "a.tif", 60, 40);
    let bundle = Raster::open(&path).unwrap().mime_bundle();
    assert_eq!(
        bundle.get("text/plain").unwrap(),
        "Raster a.tif: 40 x 60, 1 band of float32, EPSG:4326, strips of 1 row"
    );
    assert!(bundle.get("text/html").unwrap().contains("LZW"));
}
