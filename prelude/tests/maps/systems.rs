//! Coordinate reference systems in every form that files and people write them.

use crate::{assert_close, map, message, numbers};
use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
use isopleth::array::{Attr, Coord};
use isopleth::geo::Crs;
use ndarray::Array2;

/// Where a longitude and latitude of `degrees` lie in `crs`.
fn place(degrees: &str, crs: &Crs, (longitude, latitude): (f64, f64)) -> [f64; 2] {
    let mut from = SpatialRef::from_definition(degrees).unwrap();
    let mut to = SpatialRef::from_wkt(crs.wkt()).unwrap();
    from.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    to.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    let (mut x, mut y) = ([longitude], [latitude]);
    CoordTransform::new(&from, &to).unwrap().transform_coords(&mut x, &mut y, &mut []).unwrap();
    [x[0], y[0]]
}

fn mapping(name: &str, numbers: &[(&str, f64)]) -> Coord {
    let coord = Coord::scalar(0).attr("grid_mapping_name", name);
    numbers.iter().fold(coord, |coord, (name, number)| coord.attr(name, *number))
}

/// Attributes, the degrees on the same shape of the Earth, a place in them, and the same in the system of the attributes.
type Case = (Coord, String, (f64, f64), [f64; 2]);

const WGS84: &str = "EPSG:4326";

#[test]
fn grid_mappings_without_wkt_are_the_systems_of_pyproj() {
    // c = pyproj.CRS.from_cf(attributes); Transformer.from_crs(c.geodetic_crs, c, always_xy=True).transform(longitude, latitude)
    let wgs84 = [("semi_major_axis", 6_378_137.0), ("inverse_flattening", 298.257_223_563)];
    let sphere = |radius: f64| format!("+proj=longlat +R={radius}");
    let origin = "longitude_of_projection_origin";
    let meridian = "longitude_of_central_meridian";
    let latitude = "latitude_of_projection_origin";
    let two = |name: &str, numbers: &[(&str, f64)], parallels: [f64; 2]| {
        mapping(name, numbers).attr("standard_parallel", parallels)
    };
    let cases: Vec<Case> = vec![
        (mapping("latitude_longitude", &wgs84), WGS84.to_owned(), (7.5, 46.5), [7.5, 46.5]),
        (
            two(
                "lambert_conformal_conic",
                &[
                    (meridian, -25.0),
                    (latitude, 45.0),
                    ("false_easting", 1000.0),
                    ("false_northing", 2000.0),
                    ("earth_radius", 6_371_229.0),
                ],
                [30.0, 60.0],
            ),
            sphere(6_371_229.0),
            (-20.0, 50.0),
            [346_890.233_049_155_74, 550_145.903_254_367_5],
        ),
        (
            mapping(
                "lambert_conformal_conic",
                &[(meridian, 15.0), (latitude, 63.3), ("standard_parallel", 63.3), ("earth_radius", 6_371_000.0)],
            ),
            sphere(6_371_000.0),
            (10.0, 60.0),
            [-278_150.800_476_176_2, -356_292.850_119_037_55],
        ),
        (
            mapping(
                "polar_stereographic",
                &[
                    ("straight_vertical_longitude_from_pole", -45.0),
                    (latitude, 90.0),
                    ("standard_parallel", 70.0),
                    wgs84[0],
                    wgs84[1],
                ],
            ),
            WGS84.to_owned(),
            (-30.0, 75.0),
            [422_879.131_347_975_17, -1_578_206.403_651_236],
        ),
        (
            mapping(
                "polar_stereographic",
                &[
                    ("straight_vertical_longitude_from_pole", 0.0),
                    (latitude, -90.0),
                    ("scale_factor_at_projection_origin", 0.972_769_012_89),
                    ("false_easting", 6e6),
                    ("false_northing", 6e6),
                    wgs84[0],
                    wgs84[1],
                ],
            ),
            WGS84.to_owned(),
            (30.0, -75.0),
            [6_819_391.619_202_104, 7_419_227.915_754_175],
        ),
        (
            mapping(
                "rotated_latitude_longitude",
                &[
                    ("grid_north_pole_latitude", 39.25),
                    ("grid_north_pole_longitude", -162.0),
                    ("earth_radius", 6_371_229.0),
                ],
            ),
            sphere(6_371_229.0),
            (10.0, 50.0),
            [-5.132_644_799_516_191, -0.472_428_087_827_296_9],
        ),
        (
            mapping(
                "rotated_latitude_longitude",
                &[
                    ("grid_north_pole_latitude", 42.5),
                    ("grid_north_pole_longitude", 83.0),
                    ("north_pole_grid_longitude", 20.0),
                    ("earth_radius", 6_371_229.0),
                ],
            ),
            sphere(6_371_229.0),
            (-90.0, 50.0),
            [24.497_944_537_011_207, 2.702_604_714_751_440_7],
        ),
        (
            mapping(
                "transverse_mercator",
                &[
                    (latitude, 49.0),
                    (meridian, -2.0),
                    ("scale_factor_at_central_meridian", 0.999_601_271_7),
                    ("false_easting", 400_000.0),
                    ("false_northing", -100_000.0),
                    ("semi_major_axis", 6_377_563.396),
                    ("semi_minor_axis", 6_356_256.909),
                ],
            ),
            "+proj=longlat +a=6377563.396 +b=6356256.909".to_owned(),
            (-1.0, 52.0),
            [468_643.108_145_275_4, 234_025.789_929_895_55],
        ),
        (
            mapping("mercator", &[(origin, 10.0), ("standard_parallel", 20.0), wgs84[0], wgs84[1]]),
            WGS84.to_owned(),
            (30.0, 40.0),
            [2_092_941.726_197_238_3, 4_548_457.151_506_275],
        ),
        (
            two("albers_conical_equal_area", &[(meridian, -96.0), (latitude, 23.0)], [29.5, 45.5])
                .attr("reference_ellipsoid_name", "GRS 1980"),
            "+proj=longlat +ellps=GRS80".to_owned(),
            (-100.0, 40.0),
            [-338_390.587_550_866_8, 1_894_100.140_042_564_4],
        ),
        (
            mapping(
                "lambert_azimuthal_equal_area",
                &[
                    (latitude, 52.0),
                    (origin, 10.0),
                    ("false_easting", 4_321_000.0),
                    ("false_northing", 3_210_000.0),
                    ("semi_major_axis", 6_378_137.0),
                    ("inverse_flattening", 298.257_222_101),
                ],
            ),
            "+proj=longlat +ellps=GRS80".to_owned(),
            (7.0, 48.0),
            [4_097_075.016_204_412, 2_769_703.154_238_979_3],
        ),
        (
            mapping(
                "stereographic",
                &[(latitude, 47.0), (origin, 19.0), ("scale_factor_at_projection_origin", 0.9999), wgs84[0], wgs84[1]],
            ),
            WGS84.to_owned(),
            (20.0, 48.0),
            [74_626.754_566_322_82, 111_654.237_864_315_13],
        ),
        (
            mapping(
                "geostationary",
                &[
                    ("perspective_point_height", 35_786_023.0),
                    (origin, -75.0),
                    (latitude, 0.0),
                    ("semi_major_axis", 6_378_137.0),
                    ("semi_minor_axis", 6_356_752.314_14),
                ],
            )
            .attr("sweep_angle_axis", "x"),
            "+proj=longlat +a=6378137 +b=6356752.31414".to_owned(),
            (-80.0, 35.0),
            [-439_312.219_540_688_97, 3_511_607.493_707_265],
        ),
        (
            mapping(
                "geostationary",
                &[
                    ("perspective_point_height", 35_785_831.0),
                    (origin, 0.0),
                    (latitude, 0.0),
                    ("semi_major_axis", 6_378_169.0),
                    ("semi_minor_axis", 6_356_583.8),
                ],
            )
            .attr("fixed_angle_axis", "x"),
            "+proj=longlat +a=6378169 +b=6356583.8".to_owned(),
            (10.0, 45.0),
            [744_253.844_226_755_1, 4_236_812.258_639_706],
        ),
        (
            mapping("sinusoidal", &[(origin, 0.0), ("earth_radius", 6_371_007.181)]),
            sphere(6_371_007.181),
            (20.0, 40.0),
            [1_703_607.033_380_808_8, 4_447_802.079_066_092],
        ),
    ];
    for (coord, degrees, point, expected) in cases {
        let name = coord.attrs().get("grid_mapping_name").and_then(Attr::as_str).unwrap().to_owned();
        let crs = Crs::from_cf(coord.attrs()).unwrap().unwrap();
        let got = place(&degrees, &crs, point);
        let close = got.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 1e-9 * b.abs().max(1.0) + 1e-6);
        assert!(close, "{name}: {got:?} is not {expected:?}");
    }
}

#[test]
fn a_grid_mapping_that_says_too_little_is_an_error_with_what_is_missing() {
    let lacking = mapping("polar_stereographic", &[("latitude_of_projection_origin", 90.0)]);
    assert!(message(Crs::from_cf(lacking.attrs())).contains("standard_parallel"));
    let unknown = mapping("vertical_perspective_of_mine", &[]);
    let error = message(Crs::from_cf(unknown.attrs()));
    assert!(error.contains("vertical_perspective_of_mine") && error.contains("sinusoidal"), "{error}");
    let array = map(Array2::ones((3, 3)), 0.0, 3.0, 1.0, "EPSG:4326").coord("spatial_ref", unknown).unwrap();
    assert!(message(array.reproject("EPSG:3857")).contains("vertical_perspective_of_mine"));
}

#[test]
fn an_array_has_the_system_of_its_grid_mapping() {
    let polar = mapping(
        "polar_stereographic",
        &[
            ("straight_vertical_longitude_from_pole", -45.0),
            ("latitude_of_projection_origin", 90.0),
            ("standard_parallel", 70.0),
        ],
    );
    let array = map(Array2::ones((3, 3)), 4e5, -15e5, 25_000.0, "EPSG:4326").drop_vars("spatial_ref").unwrap();
    let named = array.coord("crs", polar.clone()).unwrap().attr("grid_mapping", "crs");
    assert!(named.crs().unwrap().contains("Stereographic"));
    let here = array.coord("spatial_ref", polar).unwrap();
    assert_eq!(here.crs(), named.crs());
    let degrees = named.reproject("EPSG:4326").unwrap();
    assert_eq!((degrees.crs_epsg(), degrees.coords().get("crs").is_some()), (Some(4326), false));
    assert_eq!(numbers(&degrees).iter().filter(|value| !value.is_nan()).copied().fold(0.0, f64::max), 1.0);
}

#[test]
fn every_notation_names_the_same_system() {
    let utm = SpatialRef::from_epsg(32632).unwrap();
    let esri = r#"PROJCS["WGS_1984_UTM_Zone_32N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",9.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;
    let expected = place(WGS84, &Crs::from_epsg(32632).unwrap(), (10.0, 48.0));
    let notations = [
        "EPSG:32632".to_owned(),
        "epsg:32632".to_owned(),
        "urn:ogc:def:crs:EPSG::32632".to_owned(),
        "http://www.opengis.net/def/crs/EPSG/0/32632".to_owned(),
        "+proj=utm +zone=32 +datum=WGS84".to_owned(),
        utm.to_wkt().unwrap(),
        utm.to_pretty_wkt().unwrap(),
        utm.to_projjson().unwrap(),
        esri.to_owned(),
    ];
    for notation in notations {
        let crs = Crs::parse(&notation).unwrap();
        assert_close(&place(WGS84, &crs, (10.0, 48.0)), &expected);
    }
    for notation in ["OGC:CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"] {
        assert_close(&place(WGS84, &Crs::parse(notation).unwrap(), (10.0, 48.0)), &[10.0, 48.0]);
    }
    assert!(message(Crs::parse("not a system")).contains("EPSG:4326"));
}

#[test]
fn x_comes_first_whatever_the_authority_says() {
    // EPSG:4326 counts latitude first, EPSG:3035 the northing: left and right stay left and right.
    let rising = Array2::from_shape_fn((6, 6), |(_, column)| column as f64);
    let map = map(rising, 8.0, 50.0, 0.5, "EPSG:4326");
    for crs in ["EPSG:3035", "EPSG:4258", "OGC:CRS84", "EPSG:31467", "EPSG:4326+5773"] {
        let moved = map.reproject(crs).unwrap();
        let middle = moved.isel_dim("y", moved.shape()[0] / 2).unwrap();
        let row: Vec<f64> = numbers(&middle).into_iter().filter(|value| !value.is_nan()).collect();
        assert!(row.len() > 3 && row.windows(2).all(|pair| pair[0] <= pair[1]), "{crs}: {row:?}");
    }
}

#[test]
fn systems_that_have_nothing_to_do_with_each_other_are_an_error_with_the_reason() {
    let local = r#"LOCAL_CS["the site",UNIT["metre",1]]"#;
    let map = map(Array2::ones((4, 4)), 0.0, 4.0, 1.0, local);
    let error = message(map.reproject("EPSG:3857"));
    assert!(error.contains("the site") && error.contains("EPSG:3857"), "{error}");
    assert_eq!(map.reproject(local).unwrap().shape(), [4, 4]);
}
