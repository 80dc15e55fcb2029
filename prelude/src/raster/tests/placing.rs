//! Where a raster lies follows every selection, and what lies nowhere is not written at pixel coordinates under a CRS.

use super::*;
use crate::ErrorKind;
use crate::array::{Attr, DataArray};
use crate::geo::{Gcp, Gcps};
use crate::raster::{open_raster, open_rasters};
use ndarray::array;
use std::sync::Arc;

/// A raster of 4 x 6 numbers with this transform.
fn raster(path: &Path, transform: [f64; 6]) {
    let mut meta = RasterMeta::new(6, 4, DType::F32);
    (meta.transform, meta.crs) = (transform, Some(Crs::from_epsg(32633).unwrap()));
    let mut writer = Raster::create(path, &meta).unwrap();
    writer.write(&Array2::from_shape_fn((4, 6), |(row, column)| (10 * row + column) as f32), 1).unwrap();
    writer.finish().unwrap();
}

const ROTATED: [f64; 6] = [100.0, 10.0, 2.0, 500.0, 3.0, -10.0];

#[test]
fn a_rotated_raster_stays_rotated_and_moves_with_a_selection() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.tif"), folder.path().join("b.tif"));
    raster(&from, ROTATED);
    let da = open_raster(&from).unwrap();
    assert!(da.coords().get("x").is_none(), "x of a rotated raster depends on the row too");
    da.to_raster(&to, ()).unwrap();
    assert_eq!(Raster::open(&to).unwrap().transform(), ROTATED);
    // rasterio: window_transform(Window(2, 1, 3, 3)) of the source.
    let part = da.isel(crate::s![.., 1..4, 2..5]).unwrap();
    part.to_raster(&to, ()).unwrap();
    assert_eq!(Raster::open(&to).unwrap().transform(), [122.0, 10.0, 2.0, 496.0, 3.0, -10.0]);
    let error = da.clip_box(100.0, 450.0, 130.0, 500.0).unwrap_err().to_string();
    assert!(error.contains("rotated") && error.contains("reproject"), "{error}");
}

#[test]
fn the_transform_that_is_repeated_in_the_coordinate_is_never_stale() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    raster(&path, [100.0, 10.0, 0.0, 500.0, 0.0, -10.0]);
    let da = open_raster(&path).unwrap();
    let text = |array: &DataArray| array["spatial_ref"].get_attr("GeoTransform").map(Attr::to_string);
    assert_eq!(text(&da).as_deref(), Some("100 10 0 500 0 -10"));
    assert_eq!(text(&da.isel(crate::s![.., 2..4, 1..5;2]).unwrap()).as_deref(), Some("105 20 0 480 0 -10"));
    let coarse = da.coarsen([("y", 2), ("x", 3)]).unwrap().mean().unwrap();
    assert_eq!(text(&coarse).as_deref(), Some("100 30 0 500 0 -20"));
    assert_eq!(coarse.transform(), Some([100.0, 30.0, 0.0, 500.0, 0.0, -20.0]));
    assert_eq!(text(&da.isel_dim("x", vec![0, 1, 5]).unwrap()), None, "columns with a gap have no transform");
    assert_eq!(text(&da.coord("x", [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap()), None, "other coordinates");
}

#[test]
fn a_single_pixel_knows_how_large_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.tif"), folder.path().join("b.tif"));
    raster(&from, [100.0, 10.0, 0.0, 500.0, 0.0, -10.0]);
    let pixel = open_raster(&from).unwrap().isel(crate::s![.., 3..4, 2..3]).unwrap();
    pixel.to_raster(&to, ()).unwrap();
    assert_eq!(Raster::open(&to).unwrap().transform(), [120.0, 10.0, 0.0, 470.0, 0.0, -10.0]);
    let alone =
        DataArray::new(array![[1f32]], ["y", "x"]).unwrap().coord("y", [5.0]).unwrap().coord("x", [5.0]).unwrap();
    let error = alone.to_raster(&to, ()).unwrap_err();
    assert!(error.to_string().contains("does not tell how large its pixel is"), "{error}");
}

#[test]
fn coordinates_that_are_no_grid_are_refused_with_the_place_where_they_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let map = |y: [f64; 3]| {
        let array = DataArray::new(Array2::<f32>::ones((3, 3)), ["y", "x"]).unwrap().coord("y", y).unwrap();
        array.coord("x", [1.0, 2.0, 3.0]).unwrap().with_crs("EPSG:4326").unwrap()
    };
    let error = map([3.0, 2.0, 0.5]).to_raster(&path, ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    let text = error.to_string();
    assert!(text.contains("2 and 0.5") && text.contains("interp(\"y\"") && text.contains("drop_vars"), "{text}");
    assert!(!path.exists());
    // Without coordinates, but with a CRS: the pixels would lie at the corner of the map.
    let bare = DataArray::new(Array2::<f32>::ones((3, 3)), ["y", "x"]).unwrap().with_crs("EPSG:4326").unwrap();
    assert!(bare.to_raster(&path, ()).is_err());
    bare.drop_vars(()).unwrap().to_raster(&path, ()).unwrap();
    assert!(Raster::open(&path).unwrap().crs().is_none());
    map([3.0, 2.0, 1.0]).to_raster(&path, ()).unwrap();
    assert_eq!(Raster::open(&path).unwrap().transform(), [0.5, 1.0, 0.0, 3.5, 0.0, -1.0]);
}

#[test]
fn coordinates_in_float32_are_a_grid() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let labels = |first: f64, step: f64, count: usize| -> Vec<f32> {
        (0..count).map(|at| (first + at as f64 * step) as f32).collect()
    };
    for step in [0.05, 0.1, 1.0 / 12.0] {
        let (rows, columns) = (200, 400);
        let map = DataArray::new(Array2::<f32>::zeros((rows, columns)), ["lat", "lon"]).unwrap();
        let map =
            map.coord("lat", labels(70.0, -step, rows)).unwrap().coord("lon", labels(-179.9, step, columns)).unwrap();
        map.with_crs(4326).unwrap().to_raster(&path, ()).unwrap();
        let transform = Raster::open(&path).unwrap().transform();
        assert!((transform[1] - step).abs() < 1e-6 && (transform[5] + step).abs() < 1e-6, "{transform:?}");
        assert!(map.clip_box(-179.0, 65.0, -175.0, 69.0).is_ok());
    }
}

#[test]
fn kilometres_are_metres_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let kilometres = |values: [f64; 3]| crate::array::Coord::from(values).attr("units", "km");
    let map = DataArray::new(Array2::<f32>::zeros((3, 3)), ["y", "x"]).unwrap();
    let map =
        map.coord("y", kilometres([90.0, 60.0, 30.0])).unwrap().coord("x", kilometres([0.0, 30.0, 60.0])).unwrap();
    let map = map.with_crs("EPSG:32633").unwrap();
    map.to_raster(&path, ()).unwrap();
    assert_eq!(Raster::open(&path).unwrap().transform(), [-15e3, 30e3, 0.0, 105e3, 0.0, -30e3]);
    assert_eq!(map.clip_box(15.0, 45.0, 75.0, 105.0).unwrap().shape(), [2, 2], "a box in the units of the coordinates");
}

#[test]
fn control_points_are_written_and_move_with_a_selection() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let gcp = |column: f64, row: f64, x: f64, y: f64| Gcp { column, row, x, y, z: 0.0 };
    let points = vec![gcp(0.0, 0.0, 10.0, 50.0), gcp(6.0, 0.0, 16.0, 50.0), gcp(0.0, 4.0, 10.0, 46.0)];
    let mut meta = RasterMeta::new(6, 4, DType::F32);
    meta.gcps = Some(Arc::new(Gcps { crs: Some(Crs::from_epsg(4326).unwrap()), points }));
    let mut writer = Raster::create(&path, &meta).unwrap();
    writer.write(&Array2::<f32>::zeros((4, 6)), 1).unwrap();
    writer.finish().unwrap();
    let count = crate::gdal::library::call(|| {
        let dataset = gdal::Dataset::open(&path)?;
        Ok(dataset.gcps().iter().map(|gcp| (gcp.pixel(), gcp.line(), gcp.x(), gcp.y())).collect::<Vec<_>>())
    });
    assert_eq!(count.unwrap(), [(0.0, 0.0, 10.0, 50.0), (6.0, 0.0, 16.0, 50.0), (0.0, 4.0, 10.0, 46.0)]);
}

#[test]
fn files_of_a_stack_share_their_place_and_their_mean_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [folder.path().join("1.tif"), folder.path().join("2.tif")];
    paths.iter().for_each(|path| raster(path, ROTATED));
    let mean = open_rasters(&paths).unwrap().mean("band").unwrap();
    assert_eq!(mean.transform(), Some(ROTATED));
    let elsewhere = folder.path().join("3.tif");
    raster(&elsewhere, [0.0, 10.0, 2.0, 500.0, 3.0, -10.0]);
    let other = open_raster(&elsewhere).unwrap().isel_dim("band", 0).unwrap();
    assert_eq!((&mean + &other).transform(), None, "two places are none");
}

#[test]
fn a_raster_of_two_thousand_million_columns_opens_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.vrt");
    let vrt = "<VRTDataset rasterXSize=\"2147483647\" rasterYSize=\"1\"><SRS>EPSG:4326</SRS>\
        <GeoTransform>0, 1e-7, 0, 1, 0, -1</GeoTransform><VRTRasterBand dataType=\"Byte\" band=\"1\"/></VRTDataset>";
    std::fs::write(&path, vrt).unwrap();
    let da = open_raster(&path).unwrap();
    assert_eq!(da.shape(), [1, 1, 2_147_483_647]);
    let place = 1_000_000_000usize;
    let near = da.sel_nearest(crate::sel! { x: (place as f64 + 0.4) * 1e-7 }).unwrap();
    assert_eq!(near["x"].item().unwrap(), (place as f64 + 0.5) * 1e-7);
    assert!(format!("{da:?}").contains("..."));
    assert_eq!(da.sel(crate::sel! { x: 1.0..=1.1 }).unwrap().shape()[2], 1_000_000);
}

#[test]
fn a_clipped_array_on_the_grid_of_pixel_numbers_keeps_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let labels = [0.5, 1.5, 2.5];
    let da = DataArray::new(Array2::from_shape_fn((3, 3), |(row, column)| (3 * row + column) as f32), ["y", "x"]);
    let da = da.unwrap().coord("y", labels).unwrap().coord("x", labels).unwrap().with_crs("EPSG:4326").unwrap();
    let clipped = da.clip_box(0.0, 0.0, 3.0, 3.0).unwrap();
    assert_eq!(clipped.grid().unwrap().transform(), [0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    clipped.clip_box(0.0, 0.0, 3.0, 3.0).unwrap().reproject("EPSG:3857").unwrap();
    clipped.isel(crate::s![1.., 1..]).unwrap().to_raster(&path, ()).unwrap();
    assert_eq!(Raster::open(&path).unwrap().transform(), [1.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
}

/// A raster that lies by these points alone.
fn by_points(path: &Path, west: f64) {
    let mut meta = RasterMeta::new(4, 4, DType::F32);
    let point = |column: f64, row: f64, x: f64, y: f64| Gcp { column, row, x, y, z: 0.0 };
    let points = vec![
        point(1.0, 1.0, west, 50.0),
        point(3.0, 1.0, west + 1.1, 50.2),
        point(1.0, 3.0, west + 0.1, 48.9),
        point(3.0, 3.0, west + 1.3, 49.1),
    ];
    meta.gcps = Some(Arc::new(Gcps { crs: Some(Crs::from_epsg(4326).unwrap()), points }));
    let mut writer = Raster::create(path, &meta).unwrap();
    writer.write(&Array2::from_elem((4, 4), 1f32), 1).unwrap();
    writer.finish().unwrap();
}

// rasterio.shutil.copy of such a file keeps the first point at (1, 1).
#[test]
fn control_points_do_not_move_when_a_file_is_copied_whatever_its_pixels_stand_for() {
    let folder = tempfile::tempdir().unwrap();
    for is_point in [false, true] {
        let path = folder.path().join("a.tif");
        by_points(&path, 10.0);
        if is_point {
            let mut dataset = gdal::Dataset::open_ex(
                &path,
                gdal::DatasetOptions { open_flags: gdal::GdalOpenFlags::GDAL_OF_UPDATE, ..Default::default() },
            )
            .unwrap();
            gdal::Metadata::set_metadata_item(&mut dataset, "AREA_OR_POINT", "Point", "").unwrap();
            dataset.close().unwrap();
        }
        let stands_for = open_raster(&path).unwrap().get_attr("AREA_OR_POINT").map(Attr::to_string);
        assert_eq!(stands_for.as_deref(), Some(if is_point { "Point" } else { "Area" }));
        let before = Raster::open(&path).unwrap().gcps().to_vec();
        for options in [crate::raster::RasterOptions::new(), crate::raster::RasterOptions::new().cog()] {
            let to = folder.path().join("b.tif");
            open_raster(&path).unwrap().to_raster(&to, options).unwrap();
            let after = Raster::open(&to).unwrap().gcps().to_vec();
            assert_eq!((after.len(), &after[0]), (4, &before[0]), "is_point {is_point}");
        }
    }
}

#[test]
fn files_that_other_points_place_are_not_joined() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a.tif", "b.tif"].map(|name| folder.path().join(name));
    by_points(&paths[0], 10.0);
    by_points(&paths[1], 20.0);
    let error = open_rasters(&paths).unwrap_err();
    assert!(error.kind() == ErrorKind::Mismatch && error.to_string().contains("control points"), "{error}");
}

#[test]
fn a_crs_that_is_given_is_that_of_the_control_points() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.tif"), folder.path().join("b.tif"));
    by_points(&from, 10.0);
    open_raster(&from).unwrap().with_crs("EPSG:4258").unwrap().to_raster(&to, ()).unwrap();
    let gcps = Raster::open(&to).unwrap().meta().gcps.unwrap();
    assert_eq!(gcps.crs.as_ref().and_then(Crs::epsg), Some(4258));
}

#[test]
fn scattered_rows_of_a_rotated_raster_without_a_crs_have_no_place_either() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut meta = RasterMeta::new(3, 4, DType::F32);
    meta.transform = ROTATED;
    let mut writer = Raster::create(&path, &meta).unwrap();
    writer.write(&Array2::from_elem((4, 3), 1f32), 1).unwrap();
    writer.finish().unwrap();
    let rows = open_raster(&path).unwrap().isel_dim("y", vec![0, 1, 3]).unwrap();
    let error = rows.to_raster(folder.path().join("b.tif"), ()).unwrap_err();
    assert!(error.kind() == ErrorKind::Mismatch && error.to_string().contains("coordinates along y"), "{error}");
    // A picture that lay nowhere lies nowhere whichever rows are left.
    let mut writer = Raster::create(&path, &RasterMeta::new(3, 4, DType::F32)).unwrap();
    writer.write(&Array2::from_elem((4, 3), 1f32), 1).unwrap();
    writer.finish().unwrap();
    let rows = open_raster(&path).unwrap().isel_dim("y", vec![0, 1, 3]).unwrap();
    rows.to_raster(folder.path().join("b.tif"), ()).unwrap();
}

#[test]
fn control_points_are_not_lost_in_netcdf_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.tif"), folder.path().join("a.nc"));
    by_points(&from, 10.0);
    let da = open_raster(&from).unwrap();
    let error = da.to_netcdf(&to, ()).unwrap_err().to_string();
    assert!(error.contains("control points") && error.contains("reproject") && !to.exists(), "{error}");
    da.drop_vars("spatial_ref").unwrap().to_netcdf(&to, ()).unwrap();
    da.reproject("EPSG:4326").unwrap().to_netcdf(&to, ()).unwrap();
}
