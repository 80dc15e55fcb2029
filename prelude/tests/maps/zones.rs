//! Zones against rasterstats, and polygons of every shape.

use crate::{assert_close, map, message, numbers};
use isopleth::array::DataArray;
use isopleth::raster::Polygons;
use ndarray::Array2;

const NAN: f64 = f64::NAN;

/// rng = np.random.default_rng(5); a = rng.integers(0, 100, (9, 11)).astype("f8"); a[rng.random(a.shape) < .15] = nan
const VALUES: [[f64; 11]; 9] = [
    [NAN, 80.0, 2.0, 80.0, 46.0, 51.0, 63.0, 28.0, 97.0, 5.0, 27.0],
    [38.0, 57.0, 40.0, NAN, 4.0, 0.0, 4.0, 14.0, 99.0, 19.0, 65.0],
    [75.0, 23.0, 28.0, 43.0, 26.0, 97.0, 17.0, 89.0, 79.0, 84.0, 11.0],
    [39.0, 62.0, 49.0, 66.0, 67.0, NAN, 6.0, 95.0, 55.0, 90.0, 27.0],
    [36.0, 87.0, 18.0, 6.0, 37.0, NAN, 12.0, 87.0, NAN, 22.0, 54.0],
    [89.0, 88.0, NAN, 30.0, 1.0, 77.0, NAN, NAN, 0.0, 3.0, 50.0],
    [33.0, 43.0, 93.0, 20.0, 52.0, 32.0, 29.0, 80.0, 15.0, 31.0, 11.0],
    [14.0, 28.0, NAN, NAN, NAN, 16.0, 79.0, NAN, 23.0, 5.0, 31.0],
    [14.0, 79.0, 51.0, 50.0, 29.0, 50.0, 96.0, 23.0, 76.0, 1.0, 31.0],
];

/// With a hole; overlapping it; partly outside; outside.
const ZONES: &str = r#"{"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [
        [[3.5, 16.2], [8.1, 16.9], [9.9, 19.6], [5.2, 19.1], [3.5, 16.2]],
        [[5.5, 17.5], [6.6, 17.6], [6.5, 18.4], [5.6, 18.3], [5.5, 17.5]]]}},
    {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [
        [[7, 15.6], [10.2, 15.7], [8.3, 18.8], [7, 15.6]]]}},
    {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [
        [[2, 19.2], [3.5, 19.3], [3.4, 21], [2, 21], [2, 19.2]]]}},
    {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [
        [[50, 50], [51, 50], [51, 51], [50, 50]]]}}]}"#;

/// affine=Affine(0.7, 0, 3, 0, -0.5, 20)
fn array() -> DataArray {
    let values = Array2::from_shape_fn((9, 11), |(row, column)| VALUES[row][column]);
    let y: Vec<f64> = (0..9).map(|row| 20.0 - 0.5 * (f64::from(row) + 0.5)).collect();
    let x: Vec<f64> = (0..11).map(|column| 3.0 + 0.7 * (f64::from(column) + 0.5)).collect();
    DataArray::new(values, ["y", "x"]).unwrap().coord("y", y).unwrap().coord("x", x).unwrap()
}

#[test]
fn zones_have_the_statistics_of_rasterstats() {
    // zonal_stats(zones, where(isnan(a), -9999, a), affine=affine, nodata=-9999, all_touched=touched,
    //     stats=["mean", "sum", "min", "max", "median", "std", "count"])
    let expected = [
        (
            false,
            [
                [43.892_857_142_857_146, 46.846_153_846_153_85, NAN, NAN],
                [1229.0, 609.0, 0.0, 0.0],
                [0.0, 0.0, NAN, NAN],
                [99.0, 96.0, NAN, NAN],
                [37.5, 29.0, NAN, NAN],
                [33.373_791_348_595_56, 37.052_657_236_479_33, NAN, NAN],
                [28.0, 13.0, 0.0, 0.0],
            ],
        ),
        (
            true,
            [
                [45.476_190_476_190_474, 42.136_363_636_363_63, 38.0, NAN],
                [1910.0, 927.0, 38.0, 0.0],
                [0.0, 0.0, 38.0, NAN],
                [99.0, 96.0, 38.0, NAN],
                [35.0, 31.0, 38.0, NAN],
                [33.109_657_701_440_77, 33.066_455_750_016_04, 0.0, NAN],
                [42.0, 22.0, 1.0, 0.0],
            ],
        ),
    ];
    for lazy in [false, true] {
        for (touched, expected) in &expected {
            let array = if lazy { array().chunk([("y", 2), ("x", 4)]).unwrap() } else { array() };
            let zonal = array.zonal(ZONES).unwrap();
            let zonal = if *touched { zonal.all_touched() } else { zonal };
            let got = [zonal.mean(), zonal.sum(), zonal.min(), zonal.max(), zonal.median(), zonal.std(), zonal.count()];
            for (got, expected) in got.into_iter().zip(expected) {
                assert_close(&numbers(&got.unwrap()), expected);
            }
        }
    }
}

#[test]
fn polygons_of_every_shape_are_read() {
    let square = "[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]";
    let map = map(Array2::ones((4, 4)), 0.0, 4.0, 1.0, "EPSG:4326");
    let count = |text: &str| numbers(&map.zonal(text).unwrap().count().unwrap());
    let polygon = format!(r#"{{"type": "Polygon", "coordinates": [{square}]}}"#);
    assert_eq!(count(&polygon), [4.0]);
    let high = r#"{"type": "Polygon", "coordinates": [[[0, 0, 9], [2, 0, 9], [2, 2, 9], [0, 2, 9], [0, 0, 9]]]}"#;
    assert_eq!(count(high), [4.0]);
    let nested = format!(
        r#"{{"type": "GeometryCollection", "geometries": [{polygon}, {{"type": "GeometryCollection", "geometries":
            [{{"type": "MultiPolygon", "coordinates": [[[[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]]]}}]}}]}}"#
    );
    assert_eq!(count(&nested), [8.0]);
    // An empty ring is none, an empty polygon has no pixel.
    assert_eq!(count(&format!(r#"{{"type": "Polygon", "coordinates": [{square}, []]}}"#)), [4.0]);
    let features = format!(
        r#"{{"type": "FeatureCollection", "features": [{{"type": "Feature", "properties": {{}}, "geometry": {polygon}}},
            {{"type": "Feature", "properties": {{}}, "geometry": {{"type": "Polygon", "coordinates": []}}}},
            {{"type": "Feature", "properties": {{}}, "geometry": null}}]}}"#
    );
    assert_eq!(count(&features), [4.0, 0.0, 0.0]);
}

#[test]
fn a_member_crs_is_understood_in_every_form_or_refused() {
    let map = map(Array2::ones((4, 4)), 0.0, 4.0, 1.0, "EPSG:4326").reproject("EPSG:3857").unwrap();
    let text = |crs: &str| {
        format!(
            r#"{{"type": "Polygon", "crs": {crs}, "coordinates": [[[0, 0], [222639, 0], [222639, 222684], [0, 222684], [0, 0]]]}}"#
        )
    };
    let count = |name: &str| {
        let crs = format!(r#"{{"type": "name", "properties": {{"name": "{name}"}}}}"#);
        numbers(&map.zonal(text(&crs).as_str()).unwrap().count().unwrap())
    };
    for name in [
        "EPSG:3857",
        "urn:ogc:def:crs:EPSG::3857",
        "http://www.opengis.net/def/crs/EPSG/0/3857",
        "+proj=merc +a=6378137 +b=6378137 +units=m +no_defs",
    ] {
        assert_eq!(count(name), [4.0], "{name}");
    }
    let named = |name: &str| format!(r#"{{"type": "name", "properties": {{"name": "{name}"}}}}"#);
    assert!(message(Polygons::from_geojson(&text(&named("urn:ogc:def:crs:OGC:1.3:NONE")))).contains("crs"));
    let linked = r#"{"type": "link", "properties": {"href": "x.prj"}}"#;
    assert!(message(Polygons::from_geojson(&text(linked))).contains("with_crs"));
    assert!(Polygons::from_geojson(&text("null")).is_ok());
}
