//! Reprojection, clipping and zonal statistics against rioxarray 0.19 (rasterio 1.4, GDAL 3.10).
//!
//! Expected numbers: `v = np.arange(80, dtype="f4").reshape(8, 10); v[2, 3] = n`;
//! `da = A(v, dims=("y", "x"), coords={"y": 50 - 0.5 * (np.arange(8) + 0.5), "x": 5 + 0.5 * (np.arange(10) + 0.5)}).rio.write_crs(4326).rio.write_nodata(n)`;
//! `z = geopandas.read_file("zones.geojson")`; `R = rasterio.enums.Resampling`.

use crate::{message, numbers};
use isopleth::array::{DType, DataArray};
use isopleth::raster::{Clip, Polygons, Reproject, Resampling};
use ndarray::Array2;

pub(crate) fn grid() -> DataArray {
    let mut values = Array2::from_shape_fn((8, 10), |(row, column)| (row * 10 + column) as f32);
    values[[2, 3]] = f32::NAN;
    let y: Vec<f64> = (0..8).map(|row| 50.0 - 0.5 * (f64::from(row) + 0.5)).collect();
    let x: Vec<f64> = (0..10).map(|column| 5.0 + 0.5 * (f64::from(column) + 0.5)).collect();
    let array = DataArray::new(values, ["y", "x"]).unwrap().coord("y", y).unwrap().coord("x", x).unwrap();
    array.with_crs("EPSG:4326").unwrap()
}

fn zones() -> Polygons {
    Polygons::open("tests/fixtures/zones.geojson").unwrap().named_by("name").unwrap()
}

fn one_zone(name: &str) -> String {
    let text = std::fs::read_to_string("tests/fixtures/zones.geojson").unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let features = json["features"].as_array().unwrap();
    features.iter().find(|feature| feature["properties"]["name"] == name).unwrap().to_string()
}

/// Sum and number of values.
fn summary(array: &DataArray) -> (f64, usize) {
    let values: Vec<f64> = numbers(array).into_iter().filter(|value| !value.is_nan()).collect();
    (values.iter().sum(), values.len())
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * b.abs().max(1.0)
}

#[track_caller]
fn assert_transform(array: &DataArray, expected: [f64; 6]) {
    let got = array.transform().unwrap();
    assert!(got.iter().zip(expected).all(|(&a, b)| close(a, b)), "{got:?} is not {expected:?}");
}

#[test]
fn the_grid_that_is_suggested_is_rasterios() {
    // m = da.rio.reproject("EPSG:3857"); m.shape, m.rio.transform().to_gdal(), m.sum(), m.count()
    let mercator = grid().reproject("EPSG:3857").unwrap();
    assert_eq!(mercator.shape(), [10, 8]);
    assert_transform(
        &mercator,
        [556597.4539663679, 67771.98995123057, 0.0, 6446275.841017161, 0.0, -67771.98995123057],
    );
    assert_eq!(summary(&mercator), (3127.0, 79));
    assert_eq!(mercator.crs_epsg(), Some(3857));
    // da.rio.reproject("EPSG:32632", shape=(5, 4)).rio.transform().to_gdal()
    let shaped = grid().reproject_with(32632, Reproject::new().shape(5, 4)).unwrap();
    assert_transform(
        &shaped,
        [190279.32086377987, 101938.72990424496, 0.0, 5546300.847391559, 0.0, -90612.20435932885],
    );
    assert_eq!(summary(&shaped), (760.0, 19));
}

#[test]
fn every_resampling_gives_what_rasterio_gives() {
    // r = da.rio.reproject("EPSG:32632", resolution=60000, resampling=R[name]); r.sum(), r.count()
    let expected = [
        (Resampling::Nearest, 1705.0, 45),
        (Resampling::Bilinear, 1800.6434172689915, 45),
        (Resampling::Cubic, 1808.650386929512, 45),
        (Resampling::CubicSpline, 1808.7934846878052, 45),
        (Resampling::Average, 2338.5929609537125, 56),
        (Resampling::Mode, 2164.0, 56),
        (Resampling::Min, 2164.0, 56),
        (Resampling::Max, 2727.0, 56),
        (Resampling::Median, 2265.0, 56),
    ];
    for (resampling, sum, count) in expected {
        let options = Reproject::new().resolution(60_000.0).resampling(resampling);
        let got = summary(&grid().reproject_with("EPSG:32632", options).unwrap());
        assert!(close(got.0, sum) && got.1 == count, "{resampling:?}: {got:?} is not {:?}", (sum, count));
    }
    // Versions of GDAL differ beside missing values: `gdalwarp -r lanczos` of 3.6 gives the first, rasterio's 3.10 the second.
    let options = Reproject::new().resolution(60_000.0).resampling(Resampling::Lanczos);
    let (sum, count) = summary(&grid().reproject_with("EPSG:32632", options).unwrap());
    assert!(count == 45 && [1788.6647807061672, 1806.9418801665306].iter().any(|&known| close(sum, known)), "{sum}");
}

#[test]
fn integers_with_a_nodata_value_stay_integers_and_others_become_floats() {
    // i = da.fillna(0).astype("i2").rio.write_nodata(-1); i.rio.reproject("EPSG:32632", resolution=100000)
    let whole = grid().where_else(&grid().notnull(), 0.0).unwrap().astype(DType::I16);
    let options = || Reproject::new().resolution(100_000.0);
    let kept = whole.attr("_FillValue", -1).reproject_with("EPSG:32632", options()).unwrap();
    let expected =
        [0, 3, 6, 9, -1, 20, 0, 26, 29, -1, 41, 43, 46, 49, -1, 61, 63, 66, 69, -1, -1, 73, 76, 79, -1].map(f64::from);
    assert_eq!((kept.dtype(), numbers(&kept)), (DType::I16, expected.to_vec()));
    let wide = whole.reproject_with("EPSG:32632", options()).unwrap();
    assert_eq!((wide.dtype(), summary(&wide).1), (DType::F32, 19));
    let filled = whole.reproject_with("EPSG:32632", options().fill(-9.0)).unwrap();
    assert_eq!((filled.dtype(), filled.nodata(), numbers(&filled)[4]), (DType::I16, Some(-9.0), -9.0));
}

#[test]
fn a_match_has_the_labels_of_the_other() {
    // t = A(np.zeros((4, 3)), dims=("y", "x"), coords={"y": [49., 48.4, 47.8, 47.2], "x": [6., 7., 8.]}).rio.write_crs(4326)
    // da.rio.reproject_match(t, resampling=R.bilinear)
    let other = DataArray::new(Array2::<f64>::zeros((4, 3)), ["y", "x"]).unwrap();
    let other = other.coord("y", [49.0, 48.4, 47.8, 47.2]).unwrap().coord("x", [6.0, 7.0, 8.0]).unwrap();
    let matched = grid().reproject_match_by(&other.with_crs(4326).unwrap(), Resampling::Bilinear).unwrap();
    let values = numbers(&matched);
    let expected = [
        16.066667556762695,
        17.461538314819336,
        20.5,
        28.158878326416016,
        31.0,
        31.928571701049805,
        40.16666793823242,
        42.16666793823242,
        44.16666793823242,
        52.83333206176758,
        54.83333206176758,
        56.83333206176758,
    ];
    assert!(values.iter().zip(expected).all(|(&a, b)| close(a, b)), "{values:?}");
    assert_eq!((&matched + &other).shape(), [4, 3]);
}

#[test]
fn what_cannot_be_reprojected_says_why() {
    let bare = grid().drop_vars("spatial_ref").unwrap();
    assert!(message(bare.reproject("EPSG:3857")).contains("with_crs(\"EPSG:4326\")"));
    assert!(message(grid().rename("x", "across").unwrap().reproject(3857)).contains("y, across"));
    assert!(message(grid().isel_dim("x", [0, 1, 5]).unwrap().reproject(3857)).contains("not evenly spaced"));
    assert!(message(grid().reproject_with(3857, Reproject::new().resolution(-1.0))).contains("resolution of -1"));
    let both = Reproject::new().resolution(1.0).shape(1, 1);
    assert!(message(grid().reproject_with(3857, both)).contains("give one"));
    assert!(message(grid().reproject("EPSG:0")).contains("EPSG:0"));
}

#[test]
fn a_box_takes_every_pixel_that_it_touches() {
    // da.rio.clip_box(6.1, 47.1, 8.2, 48.7)
    let part = grid().clip_box(6.1, 47.1, 8.2, 48.7).unwrap();
    assert_eq!(part.shape(), [4, 5]);
    assert_eq!((numbers(&part)[0], numbers(&part)[19]), (22.0, 56.0));
    // Edges on edges: nothing more.
    assert_eq!(grid().clip_box(6.0, 47.0, 8.0, 48.0).unwrap().shape(), [2, 4]);
    let error = message(grid().clip_box(20.0, 0.0, 21.0, 1.0));
    assert!(error.contains("x 5 to 10, y 46 to 50"), "{error}");
    assert!(message(grid().clip_box(8.0, 47.0, 6.0, 48.0)).contains("left 8"));
}

#[test]
fn polygons_with_holes_and_several_parts_clip_as_rioxarray_clips() {
    // c = da.rio.clip(z.geometry[k:k+1], all_touched=at); c.shape, c.sum(), c.count()
    let expected = [
        ("ring", false, [6, 9], 1561.0, 41),
        ("ring", true, [8, 9], 2551.0, 65),
        ("two", false, [8, 10], 247.0, 6),
        ("two", true, [8, 10], 374.0, 8),
    ];
    for (name, touched, shape, sum, count) in expected {
        let options = if touched { Clip::new().all_touched() } else { Clip::new() };
        let part = grid().clip_polygons_with(one_zone(name).as_str(), options).unwrap();
        assert_eq!((part.shape(), summary(&part)), (&shape[..], (sum, count)), "{name}, all touched: {touched}");
    }
    // da.rio.clip(z.geometry[:1], invert=True, drop=False)
    let outside = grid().clip_polygons_with(one_zone("ring").as_str(), Clip::new().invert()).unwrap();
    assert_eq!((outside.shape(), summary(&outside)), (&[8, 10][..], (1576.0, 38)));
    let whole = grid().clip_polygons_with(one_zone("ring").as_str(), Clip::new().keep_extent()).unwrap();
    assert_eq!((whole.shape(), summary(&whole)), (&[8, 10][..], (1561.0, 41)));
    let all = grid().clip_polygons(zones()).unwrap();
    assert_eq!(all.shape(), [8, 10]);
}

#[test]
fn polygons_come_to_the_crs_of_the_array() {
    // m.rio.clip(z[:1].to_crs(3857).geometry)
    let mercator = grid().reproject(3857).unwrap();
    let part = mercator.clip_polygons(one_zone("ring").as_str()).unwrap();
    assert_eq!((part.shape(), summary(&part)), (&[8, 7][..], (1700.0, 44)));
}

#[test]
fn each_zone_has_its_statistics_and_one_without_pixels_has_none() {
    // w = da.where(geometry_mask(z.geometry[k:k+1], da.shape, da.rio.transform(), invert=True)); w.mean(), w.sum(), ...
    let zonal = grid().zonal(zones()).unwrap();
    let check = |array: DataArray, expected: [f64; 3]| {
        assert_eq!((array.dims(), array.shape()), (&["zone".to_owned()][..], &[3][..]));
        assert_eq!(array.coords().get("zone").unwrap().values().to_texts(), ["ring", "two", "elsewhere"]);
        let same = |(&a, b): (&f64, f64)| (a.is_nan() && b.is_nan()) || close(a, b);
        assert!(numbers(&array).iter().zip(expected).all(same), "{:?} is not {expected:?}", numbers(&array));
    };
    check(zonal.mean().unwrap(), [38.07316970825195, 41.16666793823242, f64::NAN]);
    check(zonal.sum().unwrap(), [1561.0, 247.0, 0.0]);
    check(zonal.min().unwrap(), [10.0, 0.0, f64::NAN]);
    check(zonal.max().unwrap(), [68.0, 79.0, f64::NAN]);
    check(zonal.std().unwrap(), [18.974166870117188, 34.49355697631836, f64::NAN]);
    check(zonal.median().unwrap(), [37.0, 40.0, f64::NAN]);
    check(zonal.count().unwrap(), [41.0, 6.0, 0.0]);
}

#[test]
fn overlapping_zones_each_have_their_pixels_and_other_dimensions_stay() {
    let ring = one_zone("ring");
    let twice = format!(r#"{{"type": "FeatureCollection", "features": [{ring}, {ring}]}}"#);
    let days = isopleth::array::concat(&[grid(), &grid() + 1.0], "time").unwrap();
    let means = days.zonal(twice.as_str()).unwrap().mean().unwrap();
    assert_eq!((means.dims(), means.shape()), (&["time", "zone"].map(str::to_owned)[..], &[2, 2][..]));
    let expected = [38.07316970825195, 38.07316970825195, 39.07316970825195, 39.07316970825195];
    assert!(numbers(&means).iter().zip(expected).all(|(&a, b)| close(a, b)), "{:?}", numbers(&means));
}

#[test]
fn lazy_arrays_stay_lazy_and_give_the_same() {
    let days = isopleth::array::concat(&[grid(), &grid() * 2.0], "time").unwrap();
    let lazy = days.chunk([("time", 1), ("y", 3), ("x", 4)]).unwrap();
    let anomaly = |array: &DataArray| array - &array.mean("time").unwrap();
    let same = |name: &str, f: &dyn Fn(&DataArray) -> DataArray| {
        let (now, later) = (f(&days), f(&lazy));
        assert!(!now.is_lazy() && later.is_lazy(), "{name}");
        let (a, b) = (numbers(&now), numbers(&later));
        assert!(a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a == b || (a.is_nan() && b.is_nan())), "{name}");
        assert_eq!((now.dims(), now.shape(), now.dtype()), (later.dims(), later.shape(), later.dtype()), "{name}");
    };
    same("reproject", &|array| array.reproject(3857).unwrap());
    same("a part of it", &|array| array.reproject(3857).unwrap().isel(isopleth::s![1.., 2..5, 3..6]).unwrap());
    same("an anomaly", &|array| anomaly(array).reproject(3857).unwrap());
    same("clip", &|array| array.clip_polygons(zones()).unwrap());
    same("box", &|array| array.clip_box(6.1, 47.1, 8.2, 48.7).unwrap());
    same("zonal", &|array| array.zonal(zones()).unwrap().mean().unwrap());
    same("zonal of a transposed anomaly", &|array| {
        anomaly(array).transpose(["x", "time", "y"]).unwrap().zonal(zones()).unwrap().max().unwrap()
    });
}

#[test]
fn polygons_that_are_none_are_named() {
    assert!(message(Polygons::from_geojson("{")).contains("not GeoJSON"));
    assert!(message(Polygons::from_geojson("{}")).contains("type"));
    let point = r#"{"type": "Point", "coordinates": [1, 2]}"#;
    assert!(message(Polygons::from_geojson(point)).contains("a Point has no area"));
    let short = r#"{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]}"#;
    assert!(message(Polygons::from_geojson(short)).contains("ring of 3 points"));
    let text = r#"{"type": "FeatureCollection", "features": []}"#;
    assert!(message(Polygons::from_geojson(text)).contains("no feature"));
    assert!(message(zones().named_by("NAME")).contains("it has name"));
    assert!(message(grid().clip_polygons("no/such.geojson")).contains("no/such.geojson"));
    let error = message(grid().clip_polygons(one_zone("elsewhere").as_str()));
    assert!(error.contains("x 5 to 10, y 46 to 50"), "{error}");
    assert!(message(grid().zonal(one_zone("elsewhere").as_str()).unwrap().mean()).contains("x 5 to 10"));
    let empty = r#"{"type": "Feature", "properties": {}, "geometry": null}"#;
    assert!(message(grid().clip_polygons(empty)).contains("no pixel"));
}

#[test]
fn no_operation_loses_the_crs_and_copies_keep_nodata() {
    let da = grid().attr("_FillValue", -9999.0).expand_dims("time").unwrap();
    let da = isopleth::array::concat(&[da.clone(), da], "time").unwrap();
    let half =
        |array: &DataArray| array.isel_dim("x", isopleth::array::Index::Range { start: 0, end: Some(5), step: 1 });
    // New numbers have their own missing value.
    let calculated: Vec<(&str, DataArray)> = vec![
        ("+", &da + 1.0),
        ("+ of two", &da + &da),
        ("-", -&da),
        ("map", da.map(f64::sqrt).unwrap()),
        ("abs", da.abs().unwrap()),
        ("astype", da.astype(DType::F64)),
        ("where", da.where_(&da.gt(3)).unwrap()),
        ("where_drop", da.where_drop(&da.gt(3)).unwrap()),
        ("where_else", da.where_else(&da.gt(3), 0.0).unwrap()),
        ("mean", da.mean("time").unwrap()),
        ("median", da.median("time").unwrap()),
        ("mean of y and x", da.mean(["y", "x"]).unwrap()),
        ("zonal", da.zonal(zones()).unwrap().mean().unwrap()),
    ];
    for (name, array) in &calculated {
        assert_eq!((array.crs_epsg(), array.nodata()), (Some(4326), None), "{name}");
    }
    let copied: Vec<(&str, DataArray)> = vec![
        ("isel", half(&da).unwrap()),
        ("transpose", da.transpose(["x", "y", "time"]).unwrap()),
        ("squeeze", da.squeeze().unwrap()),
        ("sort_by", da.sort_by("y").unwrap()),
        ("rename", da.rename("time", "day").unwrap()),
        ("concat", isopleth::array::concat(&[da.clone(), da.clone()], "time").unwrap()),
        ("compute", da.chunk([("y", 2)]).unwrap().compute().unwrap()),
        ("clip_box", da.clip_box(6.1, 47.1, 8.2, 48.7).unwrap()),
        ("clip_polygons", da.clip_polygons(zones()).unwrap()),
    ];
    for (name, array) in &copied {
        assert_eq!((array.crs_epsg(), array.nodata()), (Some(4326), Some(-9999.0)), "{name}");
    }
    let reprojected = da.reproject(3857).unwrap();
    assert_eq!((reprojected.crs_epsg(), reprojected.nodata()), (Some(3857), Some(-9999.0)));
}

#[test]
fn what_lies_below_a_reprojection_or_a_zone_is_named_as_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grid.tif");
    grid().to_raster(&path, ()).unwrap();
    let file = isopleth::raster::open_raster(&path).unwrap();
    for (name, array) in
        [("reprojected", file.reproject("EPSG:3857").unwrap()), ("zones", file.zonal(zones()).unwrap().mean().unwrap())]
    {
        let text = array.to_string();
        assert!(text.contains("1 file"), "{name}: {text}");
    }
}
