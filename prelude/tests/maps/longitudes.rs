//! Longitudes from 0 to 360 and from -180 to 180 name the same places.

use crate::{assert_close, message, numbers};
use isopleth::array::{Coord, DType, DataArray};
use isopleth::raster::{Clip, Raster, RasterMeta};
use ndarray::Array2;

const UK: &str = r#"{"type": "Polygon", "coordinates": [[[-8, 50], [2, 50], [2, 59], [-8, 59], [-8, 50]]]}"#;
/// Split at the antimeridian, as GeoJSON has it.
const SPLIT: &str = r#"{"type": "MultiPolygon", "coordinates": [[[[175, 40], [180, 40], [180, 50], [175, 50], [175, 40]]],
    [[[-180, 40], [-172, 40], [-172, 50], [-180, 50], [-180, 40]]]]}"#;
/// The same in one piece that runs beyond it.
const BEYOND: &str = r#"{"type": "Polygon", "coordinates": [[[175, 40], [188, 40], [188, 50], [175, 50], [175, 40]]]}"#;

/// da = xr.DataArray(arange(13)[:, None] * 1000.0 + arange(144), dims=("lat", "lon"),
///     coords={"lat": 60 - arange(13) * 2.5, "lon": arange(144) * 2.5})
fn world() -> DataArray {
    let values = Array2::from_shape_fn((13, 144), |(row, column)| (row * 1000 + column) as f64);
    let lat: Vec<f64> = (0..13).map(|row| 60.0 - 2.5 * f64::from(row)).collect();
    let lon: Vec<f64> = (0..144).map(|column| 2.5 * f64::from(column)).collect();
    let array = DataArray::new(values, ["lat", "lon"]).unwrap().coord("lat", lat).unwrap();
    array.coord("lon", Coord::from(lon).attr("units", "degrees_east")).unwrap()
}

fn labels(array: &DataArray, dim: &str) -> Vec<f64> {
    array[dim].astype(DType::F64).to_vec::<f64>().unwrap()
}

/// w = da.assign_coords(lon=((da.lon + 180) % 360) - 180).sortby("lon"), once made by the library and once by hand.
fn all() -> [(&'static str, DataArray); 5] {
    let world = world();
    let wrapped = world.wrap_longitudes().unwrap();
    [
        ("named", world.clone()),
        ("wrapped", wrapped.clone()),
        ("lazy", world.chunk([("lat", 3), ("lon", 50)]).unwrap()),
        ("with a CRS", world.with_crs("EPSG:4326").unwrap()),
        ("y and x", wrapped.rename("lat", "y").unwrap().rename("lon", "x").unwrap().with_crs("EPSG:4326").unwrap()),
    ]
}

#[test]
fn the_mean_of_the_uk_is_that_of_the_whole_uk() {
    // c = w.rename(lat="y", lon="x").rio.write_crs(4326).rio.clip([UK]); c.mean(), c.count(), c.x
    for (name, array) in all() {
        let zonal = array.zonal(UK).unwrap();
        assert_eq!(numbers(&zonal.mean().unwrap()), [2606.5], "{name}");
        assert_eq!(numbers(&zonal.count().unwrap()), [16.0], "{name}");
        let part = array.clip_polygons(UK).unwrap();
        assert_eq!((part.shape(), numbers(&part).iter().sum::<f64>()), (&[4, 4][..], 41_704.0), "{name}");
        let across = part.dims()[1].clone();
        assert_eq!(labels(&part, &across), [-7.5, -5.0, -2.5, 0.0], "{name}");
        assert_eq!(part.is_lazy(), array.is_lazy(), "{name}");
        let mask = array.polygon_mask(UK, Clip::new()).unwrap();
        assert_eq!((mask.shape(), numbers(&mask).iter().sum::<f64>()), (&[13, 144][..], 16.0), "{name}");
        let whole = array.where_(&mask).unwrap();
        assert_eq!(numbers(&whole.mean(()).unwrap()), [2606.5], "{name}");
    }
}

#[test]
fn polygons_across_the_antimeridian_are_one_part() {
    // c = da.rename(lat="y", lon="x").rio.write_crs(4326).rio.clip([BEYOND]); c.mean(), c.x
    for (name, array) in all() {
        for (kind, polygons) in [("split", SPLIT), ("beyond", BEYOND)] {
            let mean = numbers(&array.zonal(polygons).unwrap().mean().unwrap());
            assert_eq!(mean, [6073.0], "{name}, {kind}");
            let part = array.clip_polygons(polygons).unwrap();
            let values: Vec<f64> = numbers(&part).into_iter().filter(|value| !value.is_nan()).collect();
            assert_eq!((values.iter().sum::<f64>() / 25.0, values.len()), (6073.0, 25), "{name}, {kind}");
            // A split one that needs no wrapping is clipped as ever: the least window is the whole width.
            if !(kind == "split" && matches!(name, "wrapped" | "y and x")) {
                let across = part.dims()[1].clone();
                assert_eq!(labels(&part, &across), [177.5, 180.0, 182.5, 185.0, 187.5], "{name}, {kind}");
            }
        }
    }
}

#[test]
fn a_box_has_its_own_longitudes() {
    // w.rename(…).rio.clip_box(-10, 40, 10, 55); da.rename(…).rio.clip_box(170, 40, 190, 55)
    for (name, array) in all() {
        let check = |left: f64, right: f64, first: f64, mean: f64| {
            let part = array.clip_box(left, 40.0, right, 55.0).unwrap();
            let across = part.dims()[1].clone();
            let expected: Vec<f64> = (0..9).map(|column| first + 2.5 * f64::from(column)).collect();
            assert_eq!(labels(&part, &across), expected, "{name}, {left} to {right}");
            let values = numbers(&part);
            assert_eq!(values.iter().sum::<f64>() / values.len() as f64, mean, "{name}, {left} to {right}");
            assert_eq!(part.is_lazy(), array.is_lazy());
            assert!(part.transform().is_some(), "{name}");
        };
        check(-10.0, 10.0, -10.0, 5064.0);
        check(350.0, 370.0, 350.0, 5064.0);
        check(170.0, 190.0, 170.0, 5072.0);
        check(170.0, -170.0, 170.0, 5072.0);
        check(-190.0, -170.0, -190.0, 5072.0);
        // A box of the whole Earth is all of it, from where the box begins.
        let all = array.clip_box(-180.0, 30.0, 177.0, 60.0).unwrap();
        assert_eq!((all.shape()[1], labels(&all, &all.dims()[1].clone())[0]), (144, -180.0), "{name}");
    }
}

#[test]
fn what_needs_no_wrapping_is_not_changed() {
    let world = world();
    let part = world.clip_box(10.0, 40.0, 20.0, 50.0).unwrap();
    assert_eq!(labels(&part, "lon"), [10.0, 12.5, 15.0, 17.5, 20.0]);
    assert_eq!(labels(&world.clip_box(0.0, 40.0, 358.0, 50.0).unwrap(), "lon"), labels(&world, "lon"));
    // Metres are no degrees, whatever they are called.
    let metres = world.rename("lon", "x").unwrap().rename("lat", "y").unwrap().with_crs("EPSG:3857").unwrap();
    assert!(message(metres.clip_box(-10.0, 40.0, -5.0, 50.0)).contains("no pixel touches"));
    assert!(message(metres.clip_box(10.0, 40.0, -10.0, 50.0)).contains("left 10"));
    assert!(message(metres.wrap_longitudes()).contains("geographic"));
}

#[test]
fn a_regional_array_is_found_on_any_turn_but_not_joined_around_the_earth() {
    let pacific = world().clip_box(150.0, 30.0, 210.0, 60.0).unwrap();
    let part = pacific.clip_box(-175.0, 40.0, -160.0, 50.0).unwrap();
    assert_eq!(labels(&part, "lon"), [-175.0, -172.5, -170.0, -167.5, -165.0, -162.5, -160.0]);
    assert_eq!(numbers(&part)[0], 4074.0);
    // A box of the whole Earth has both sides of the antimeridian, which are neighbours here.
    assert_eq!(labels(&pacific.clip_box(-180.0, 30.0, 180.0, 60.0).unwrap(), "lon"), labels(&pacific, "lon"));
    let nearly = world().clip_box(20.0, 30.0, 340.0, 60.0).unwrap();
    let error = message(nearly.clip_box(-30.0, 40.0, 30.0, 50.0));
    assert!(error.contains("no neighbours") && error.contains("clip each"), "{error}");
}

#[test]
fn one_pixel_of_a_part_knows_how_large_it_is() {
    let one = world().clip_box(-10.1, 49.9, -9.9, 50.1).unwrap();
    assert_eq!((one.shape(), labels(&one, "lon")), (&[1, 1][..], vec![-10.0]));
    assert_eq!(one.transform(), Some([-11.25, 2.5, 0.0, 51.25, 0.0, -2.5]));
}

#[test]
fn longitudes_turn_and_turn_back() {
    // ((lon + 180) % 360) - 180, sortby("lon")
    for (name, array) in all() {
        let across = array.dims()[1].clone();
        let wrapped = array.wrap_longitudes().unwrap();
        let expected: Vec<f64> = (0..144).map(|column| -180.0 + 2.5 * f64::from(column)).collect();
        assert_eq!(labels(&wrapped, &across), expected, "{name}");
        assert_eq!(numbers(&wrapped)[..2], [72.0, 73.0], "{name}");
        assert_eq!(wrapped.is_lazy(), array.is_lazy(), "{name}");
        let back = wrapped.wrap_longitudes_to_360().unwrap();
        assert_eq!((labels(&back, &across)[0], numbers(&back)), (0.0, numbers(&world())), "{name}");
        assert_eq!(wrapped.coords().get(&across).unwrap().attrs(), array.coords().get(&across).unwrap().attrs());
    }
    let float = world().isel_dim("lon", 0..4).unwrap().coord("lon", vec![180.0f32, 190.0, 10.0, 350.0]).unwrap();
    let wrapped = float.wrap_longitudes().unwrap();
    assert_eq!((wrapped["lon"].dtype(), labels(&wrapped, "lon")), (DType::F32, vec![-180.0, -170.0, -10.0, 10.0]));
    assert_eq!(numbers(&wrapped)[..4], [0.0, 1.0, 3.0, 2.0]);
}

#[test]
fn polygons_of_another_system_are_not_torn_at_the_antimeridian() {
    let beyond = isopleth::raster::Polygons::from_geojson(BEYOND).unwrap().with_crs("EPSG:4258").unwrap();
    for (name, array) in all().into_iter().filter(|(_, array)| array.crs().is_some()) {
        assert_close(&numbers(&array.zonal(&beyond).unwrap().mean().unwrap()), &[6073.0]);
        assert_eq!(numbers(&array.zonal(&beyond).unwrap().count().unwrap()), [25.0], "{name}");
    }
}

#[test]
fn windows_and_samples_of_files_are_found_on_any_turn() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.tif");
    let mut meta = RasterMeta::new(72, 36, DType::F32);
    meta.transform = [0.0, 5.0, 0.0, 90.0, 0.0, -5.0];
    meta.crs = Some(isopleth::geo::Crs::from_epsg(4326).unwrap());
    let mut writer = Raster::create(&path, &meta).unwrap();
    writer.write(&Array2::from_shape_fn((36, 72), |(_, column)| column as f32), 1).unwrap();
    writer.finish().unwrap();
    let raster = Raster::open(&path).unwrap();
    assert_eq!(raster.window(-10.0, 0.0, -5.0, 5.0).unwrap().1, 70..71);
    assert_eq!(raster.window(170.0, 0.0, -170.0, 5.0).unwrap().1, 34..38);
    assert_eq!(raster.window(0.0, 0.0, 360.0, 5.0).unwrap().1, 0..72);
    let error = message(raster.window(-10.0, 0.0, 10.0, 5.0));
    assert!(error.contains("no one window") && error.contains("clip_box"), "{error}");
    assert_eq!(raster.sample(1, &[(-7.5, 2.0), (352.5, 2.0), (2.5, 2.0)]).unwrap(), [70.0, 70.0, 0.0]);
}

#[test]
fn an_open_side_ends_where_the_array_ends_and_more_than_a_turn_is_all_of_it() {
    let world = world();
    let clipped = |west: f64, east: f64| labels(&world.clip_box(west, 30.0, east, 60.0).unwrap(), "lon");
    // da.rio.clip_box has the labels between the two sides.
    assert_eq!(clipped(f64::NEG_INFINITY, 11.0), [0.0, 2.5, 5.0, 7.5, 10.0]);
    assert_eq!(clipped(349.0, f64::INFINITY), [350.0, 352.5, 355.0, 357.5]);
    for (west, east) in [(-1000.0, 10.0), (-1e30, 10.0), (-360.0, 720.0), (f64::NEG_INFINITY, f64::INFINITY)] {
        assert_eq!(clipped(west, east), labels(&world, "lon"), "from {west} to {east}");
    }
}

#[test]
fn grads_are_no_degrees_and_go_around_at_400() {
    let x: Vec<f64> = (0..40).map(|column| -195.0 + 10.0 * f64::from(column)).collect();
    let array = DataArray::new(Array2::from_shape_fn((2, 40), |(_, column)| column as f64), ["y", "x"]).unwrap();
    let array = array.coord("y", [55.0, 54.0]).unwrap().coord("x", x).unwrap().with_crs("EPSG:4807").unwrap();
    let error = message(array.wrap_longitudes());
    assert!(error.contains("degrees"), "{error}");
    assert!(labels(&array.clip_box(150.0, 53.0, 199.0, 56.0).unwrap(), "x").iter().all(|&x| x > 0.0));
    // Nothing is 360 to the west of it in this system.
    assert!(array.clip_box(210.0, 53.0, 230.0, 56.0).is_err());
}
