//! One value for a pixel; the new grid; rotated rasters, control points, units.

use crate::{assert_close, map, message, numbers, scattered};
use isopleth::array::DataArray;
use isopleth::raster::{Raster, RasterMeta, Reproject, Resampling, open_raster};
use isopleth::s;
use ndarray::Array2;

const NAN: f64 = f64::NAN;

const ALL: [Resampling; 10] = [
    Resampling::Nearest,
    Resampling::Bilinear,
    Resampling::Cubic,
    Resampling::CubicSpline,
    Resampling::Lanczos,
    Resampling::Average,
    Resampling::Mode,
    Resampling::Min,
    Resampling::Max,
    Resampling::Median,
];

/// The parts of `lazy` that are read by themselves are those of the whole, bit for bit.
#[track_caller]
fn assert_one_value(lazy: &DataArray, what: &str) {
    let whole = lazy.compute().unwrap();
    let (rows, columns) = (whole.shape()[0], whole.shape()[1]);
    let mut state = 12345u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..12 {
        let (row, column) = (next(rows), next(columns));
        let (end, last) = ((row + 1 + next(9)).min(rows), (column + 1 + next(9)).min(columns));
        let bits = |array: DataArray| numbers(&array).into_iter().map(f64::to_bits).collect::<Vec<_>>();
        let part = lazy.isel(s![row..end, column..last]).unwrap().compute().unwrap();
        let same = whole.isel(s![row..end, column..last]).unwrap();
        assert_eq!(bits(part), bits(same), "{what}: rows {row}..{end}, columns {column}..{last}");
    }
}

#[test]
fn a_pixel_has_one_value_whichever_window_is_read() {
    for (number, resampling) in ALL.into_iter().enumerate() {
        for (finer, seed) in [(0.6, 1), (1.0, 2), (3.7, 3)] {
            let source = map(scattered(61, 83, seed + number as u64), 5.0, 52.0, 0.1, "EPSG:4326");
            let lazy = source.chunk([("y", 7), ("x", 11)]).unwrap();
            let options = Reproject::new().resolution(9000.0 * finer).resampling(resampling);
            assert_one_value(&lazy.reproject_with("EPSG:3035", options).unwrap(), &format!("{resampling:?}, {finer}"));
        }
    }
}

#[test]
fn a_pixel_across_the_seam_of_a_global_array_has_one_value() {
    for resampling in ALL {
        for left in [-180.0, 0.0] {
            let lazy = map(scattered(36, 72, 7), left, 90.0, 5.0, "EPSG:4326").chunk([("y", 9)]).unwrap();
            let options = Reproject::new().bounds(-8e6, -6e6, 8e6, 6e6).shape(17, 23).resampling(resampling);
            assert_one_value(&lazy.reproject_with("EPSG:3832", options).unwrap(), &format!("{resampling:?}, {left}"));
        }
    }
}

#[test]
fn a_resolution_that_fits_makes_no_pixel_more() {
    // w = h = 1000: calculate_default_transform("EPSG:4326", "EPSG:4326", w, h, 0, 0, 10, 10, resolution=0.01) is 1000 x 1000;
    // for 204 x 573 cells of 1/120 from (-180, 90) it is 204 x 574: a last digit of the grid, rounded up.
    for (rows, columns, left, top, step) in
        [(1000, 1000, 0.0, 10.0, 0.01), (573, 204, -180.0, 90.0, 1.0 / 120.0), (1317, 1347, 5.5, 90.0, 1.0 / 120.0)]
    {
        let array = map(Array2::zeros((rows, columns)), left, top, step, "EPSG:4326").chunk([("y", 100)]).unwrap();
        let same = array.reproject_with("EPSG:4326", Reproject::new().resolution(step)).unwrap();
        assert_eq!(same.shape(), [rows, columns]);
        let half = array.reproject_with("EPSG:4326", Reproject::new().resolution(step / 2.0)).unwrap();
        assert_eq!(half.shape(), [2 * rows, 2 * columns]);
    }
    // calculate_default_transform("EPSG:4326", "EPSG:4326", 7, 5, 0, 0, 7, 5, resolution=2): 4 x 3
    let odd = map(Array2::zeros((5, 7)), 0.0, 5.0, 1.0, "EPSG:4326");
    assert_eq!(odd.reproject_with(4326, Reproject::new().resolution(2.0)).unwrap().shape(), [3, 4]);
}

#[test]
fn a_rotated_raster_is_put_upright() {
    // t = Affine(6, 2, 444048, 2, -6, 5417729); a = np.arange(12, dtype="f4").reshape(3, 4), in EPSG:32632
    // WarpedVRT(src, crs="EPSG:32632", nodata=-1).read(1), .transform
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rotated.tif");
    let mut meta = RasterMeta::new(4, 3, isopleth::array::DType::F32);
    meta.transform = [444_048.0, 6.0, 2.0, 5_417_729.0, 2.0, -6.0];
    meta.crs = Some(isopleth::geo::Crs::from_epsg(32632).unwrap());
    let mut writer = Raster::create(&path, &meta).unwrap();
    writer.write(&Array2::from_shape_fn((3, 4), |(row, column)| (row * 4 + column) as f32), 1).unwrap();
    writer.finish().unwrap();
    let upright = open_raster(&path).unwrap().squeeze().unwrap().reproject("EPSG:32632").unwrap();
    assert_eq!(upright.shape(), [4, 5]);
    let step = 6.324_555_320_336_758;
    let transform = upright.transform().unwrap();
    assert_close(&transform, &[444_048.0, step, 0.0, 5_417_737.0, 0.0, -step]);
    let expected =
        [NAN, NAN, 2.0, 3.0, NAN, 0.0, 1.0, 6.0, 7.0, NAN, 4.0, 5.0, 5.0, 10.0, 11.0, NAN, 8.0, 9.0, NAN, NAN];
    assert_close(&numbers(&upright), &expected);
    let error = message(open_raster(&path).unwrap().clip_box(0.0, 0.0, 1.0, 1.0));
    assert!(error.contains("rotated") && error.contains("reproject"), "{error}");
}

/// A raster that only control points (row, column, x, y) place.
fn with_points(values: &Array2<f32>, points: &[[f64; 4]]) -> DataArray {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.tif");
    let driver = gdal::DriverManager::get_driver_by_name("GTiff").unwrap();
    let (height, width) = values.dim();
    let file = driver.create_with_band_type::<f32, _>(&path, width, height, 1).unwrap();
    let pixels = values.iter().copied().collect();
    file.rasterband(1)
        .unwrap()
        .write((0, 0), (width, height), &mut gdal::raster::Buffer::new((width, height), pixels))
        .unwrap();
    let point = |&[line, pixel, x, y]: &[f64; 4]| gdal::Gcp {
        id: String::new(),
        info: String::new(),
        pixel,
        line,
        x,
        y,
        z: 0.0,
    };
    let degrees = gdal::spatial_ref::SpatialRef::from_epsg(4326).unwrap();
    file.set_gcps(points.iter().map(point).collect(), &degrees).unwrap();
    file.close().unwrap();
    open_raster(&path).unwrap().squeeze().unwrap().compute().unwrap()
}

#[test]
fn control_points_place_an_image() {
    // tr, w, h = calculate_default_transform("EPSG:4326", "EPSG:3857", 4, 3, gcps=points)
    // reproject(a, d, gcps=points, src_crs="EPSG:4326", dst_crs="EPSG:3857", dst_transform=tr, src_nodata=nan, dst_nodata=nan)
    let values = Array2::from_shape_fn((3, 4), |(row, column)| (row * 4 + column) as f32);
    let corners = [[0.0, 0.0, 10.0, 50.0], [0.0, 4.0, 14.0, 50.0], [3.0, 0.0, 10.0, 47.0], [3.0, 4.0, 14.0, 47.0]];
    let map = with_points(&values, &corners).reproject("EPSG:3857").unwrap();
    assert_eq!(map.shape(), [4, 3]);
    let step = 134_535.034_534_931_74;
    assert_close(&map.transform().unwrap(), &[1_113_194.907_932_735_7, step, 0.0, 6_446_275.841_017_161, 0.0, -step]);
    assert_close(&numbers(&map), &[0.0, 1.0, 3.0, 4.0, 5.0, 7.0, 4.0, 5.0, 7.0, 8.0, 9.0, 11.0]);
}

#[test]
fn many_control_points_are_followed_by_a_polynomial() {
    // b = np.arange(1200, dtype="f4").reshape(30, 40); as above into EPSG:4326, resampling=bilinear
    let values = Array2::from_shape_fn((30, 40), |(row, column)| (row * 40 + column) as f32);
    let points = [
        [0.0, 0.0, 10.0, 50.0],
        [0.0, 40.0, 14.1, 50.2],
        [30.0, 0.0, 9.9, 47.1],
        [30.0, 40.0, 14.0, 47.0],
        [15.0, 20.0, 12.1, 48.6],
        [15.0, 0.0, 10.1, 48.5],
        [0.0, 20.0, 12.0, 50.1],
    ];
    let image = with_points(&values, &points);
    let options = || Reproject::new().resampling(Resampling::Bilinear);
    let map = image.reproject_with("EPSG:4326", options()).unwrap();
    assert_eq!(map.shape(), [32, 43]);
    let got = numbers(&map);
    let valid: Vec<f64> = got.iter().copied().filter(|value| !value.is_nan()).collect();
    assert_close(
        &[valid.iter().sum::<f64>(), got[10 * 43 + 10], got[20 * 43 + 30]],
        &[743_434.394, 348.542_36, 775.875_7],
    );
    assert_eq!(valid.len(), 1256);
    assert_one_value(&image.chunk([("y", 4)]).unwrap().reproject_with("EPSG:4326", options()).unwrap(), "points");
    // A part of the image lies where it lay.
    let part = image.isel(s![10.., 5..]).unwrap().reproject_with("EPSG:4326", options()).unwrap();
    let grid = image.reproject_match(&part).unwrap();
    assert_eq!(grid.shape(), part.shape());
    assert!(message(image.transpose(["x", "y"]).unwrap().grid()).contains("reproject"));
}

#[test]
fn kilometres_are_kilometres_on_both_sides() {
    // k = A(np.arange(20, dtype="f4").reshape(4, 5), coords={"y": y * 1000, "x": x * 1000}) in EPSG:32632
    // k.rio.write_nodata(np.nan).rio.reproject("EPSG:4326")
    let metres = |unit: f64| {
        let x: Vec<f32> = (0..5).map(|at| ((600.0 + 10.0 * f64::from(at)) / unit * 1000.0) as f32).collect();
        let y: Vec<f32> = (0..4).map(|at| ((5500.0 - 10.0 * f64::from(at)) / unit * 1000.0) as f32).collect();
        let values = Array2::from_shape_fn((4, 5), |(row, column)| (row * 5 + column) as f32);
        let name = if unit == 1000.0 { "km" } else { "m" };
        let array = DataArray::new(values, ["y", "x"]).unwrap();
        let array = array.coord("y", isopleth::array::Coord::from(y).attr("units", name)).unwrap();
        array.coord("x", isopleth::array::Coord::from(x).attr("units", name)).unwrap().with_crs("EPSG:32632").unwrap()
    };
    let expected = [0.0, 1.0, 2.0, 2.0, 3.0, 4.0, 10.0, 6.0, 7.0, 8.0, 8.0, 9.0, 15.0, 16.0, 17.0, 18.0, 18.0, 19.0];
    for unit in [1000.0, 1.0] {
        let degrees = metres(unit).reproject("EPSG:4326").unwrap();
        assert_eq!(degrees.shape(), [3, 6]);
        let step = 0.120_616_391_629_223_82;
        let transform = degrees.transform().unwrap();
        assert_close(&transform, &[10.307_519_419_474_849, step, 0.0, 49.690_025_592_521_75, 0.0, -step]);
        assert_close(&numbers(&degrees), &expected);
    }
    // Back onto a grid in kilometres, whose labels stay what they were.
    let kilometres = metres(1000.0);
    let matched = metres(1.0).reproject_match(&kilometres).unwrap();
    assert_close(&numbers(&matched), &(0..20).map(f64::from).collect::<Vec<_>>());
    assert_eq!((&matched - &kilometres).shape(), [4, 5]);
    assert_eq!(matched.transform(), kilometres.transform());
}

#[test]
fn a_match_computes_nothing_of_the_other_array() {
    let array = map(scattered(5, 5, 3), 5.0, 50.0, 0.5, "EPSG:4326");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.tif");
    map(scattered(8, 9, 4), 5.0, 50.0, 0.25, "EPSG:4326").to_raster(&path, ()).unwrap();
    let other = open_raster(&path).unwrap().squeeze().unwrap();
    let anomaly = &other - &other.mean(["y", "x"]).unwrap();
    // Without its pixels the file still says where it lies.
    std::fs::remove_file(&path).unwrap();
    let matched = array.reproject_match(&anomaly).unwrap();
    assert_eq!(matched.shape(), [8, 9]);
    assert!(anomaly.compute().is_err());
}

#[test]
fn a_corner_of_a_huge_reprojection_reads_a_corner_of_the_source() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.tif");
    // More pixels than memory holds: a file of 100,000 x 100,000 of which one block is written.
    let driver = gdal::DriverManager::get_driver_by_name("GTiff").unwrap();
    let options = ["TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "SPARSE_OK=TRUE", "COMPRESS=LZW", "BIGTIFF=YES"];
    let options = gdal::raster::RasterCreationOptions::from_iter(options);
    let mut file = driver.create_with_band_type_with_options::<u8, _>(&path, 100_000, 100_000, 1, &options).unwrap();
    file.set_geo_transform(&[0.0, 1e-5, 0.0, 1.0, 0.0, -1e-5]).unwrap();
    file.set_spatial_ref(&gdal::spatial_ref::SpatialRef::from_epsg(4326).unwrap()).unwrap();
    let mut band = file.rasterband(1).unwrap();
    band.set_no_data_value(Some(255.0)).unwrap();
    band.write((512, 512), (512, 512), &mut gdal::raster::Buffer::new((512, 512), vec![3u8; 512 * 512])).unwrap();
    file.close().unwrap();
    let lazy = open_raster(&path).unwrap().squeeze().unwrap().reproject("EPSG:3857").unwrap();
    let part = lazy.isel(s![600..610, 600..610]).unwrap();
    assert_eq!(numbers(&part), [3.0; 100]);
}

#[test]
fn the_most_frequent_of_large_numbers_is_one_of_them() {
    // np.float32(16777217) is 16777216: classes that float32 does not tell apart.
    let classes = Array2::from_shape_fn((6, 6), |(row, column)| {
        16_777_216.0 + f64::from(row as u32 % 3 + column as u32 % 3 == 0) + 2.0 * f64::from(column as u32 / 3)
    });
    let source = map(classes, 0.0, 6.0, 1.0, "EPSG:4326");
    let coarse = Reproject::new().resolution(3.0).resampling(Resampling::Mode);
    let expected = [16_777_216.0, 16_777_218.0, 16_777_216.0, 16_777_218.0];
    assert_eq!(numbers(&source.reproject_with("EPSG:4326", coarse.clone()).unwrap()), expected);
    let odd = source.astype(isopleth::array::DType::I32) + 1i32;
    let odd = odd.reproject_with("EPSG:4326", coarse.fill(-1.0)).unwrap();
    assert_eq!(
        (odd.dtype(), numbers(&odd)),
        (isopleth::array::DType::I32, expected.map(|number| number + 1.0).to_vec())
    );
}

#[test]
fn grids_that_no_raster_can_have_are_refused() {
    let array = DataArray::new(Array2::from_elem((4, 4), 1f32), ["y", "x"]).unwrap();
    let labels = [0.5, 1.5, 2.5, 3.5];
    let array = array.coord("y", labels).unwrap().coord("x", labels).unwrap().with_crs("EPSG:4326").unwrap();
    let asked = [
        Reproject::new().shape(1 << 40, 1 << 40),
        Reproject::new().shape(1 << 32, 2),
        Reproject::new().resolution(1e-300),
        Reproject::new().bounds(-1e300, 0.0, 1e300, 1.0),
        Reproject::new().bounds(0.0, 0.0, f64::INFINITY, 1.0).shape(2, 2),
        Reproject::new().bounds(0.0, f64::NEG_INFINITY, 1.0, 1.0),
        Reproject::new().bounds(0.0, 0.0, f64::NAN, 1.0),
    ];
    for options in asked {
        let error = message(array.reproject_with("EPSG:4326", options));
        assert!(error.contains("at most") || error.contains("left, bottom, right, top"), "{error}");
    }
}

// rioxarray 0.19 with GDAL 3.10: rio.reproject(…, resampling=r) of one row, or one column, is that of Resampling.nearest.
#[test]
fn across_a_single_row_or_column_the_nearest_pixel_counts() {
    let path = tempfile::tempdir().unwrap();
    for (name, rows, columns) in [("row.tif", 1, 50), ("column.tif", 50, 1)] {
        let path = path.path().join(name);
        let mut meta = RasterMeta::new(columns, rows, isopleth::array::DType::F32);
        meta.transform = [500_000.0, 30.0, 0.0, 5e6, 0.0, -30.0];
        meta.crs = Some(isopleth::geo::Crs::from_epsg(32633).unwrap());
        let mut writer = Raster::create(&path, &meta).unwrap();
        writer
            .write(&Array2::from_shape_fn((rows, columns), |(row, column)| (7 * row + 5 * column) as f32), 1)
            .unwrap();
        writer.finish().unwrap();
        let reprojected = |resampling| {
            let options = Reproject::new().shape(3, 33).resampling(resampling);
            let array = open_raster(&path).unwrap().reproject_with("EPSG:4326", options).unwrap();
            array.to_vec::<f32>().unwrap().into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        let nearest = reprojected(Resampling::Nearest);
        for resampling in [Resampling::Bilinear, Resampling::Cubic, Resampling::CubicSpline, Resampling::Lanczos] {
            assert_eq!(reprojected(resampling), nearest, "{name}, {resampling:?}");
        }
    }
}
