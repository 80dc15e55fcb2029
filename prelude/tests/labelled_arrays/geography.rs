//! CRS, transform and nodata go along.

use isopleth::array::{Coord, DataArray};
use isopleth::s;
use ndarray::Array2;

fn world() -> DataArray {
    let across: Vec<f64> = (0..72).map(|i| -177.5 + 5.0 * f64::from(i)).collect();
    let down: Vec<f64> = (0..26).map(|i| 80.0 - 5.0 * f64::from(i)).collect();
    let crs = Coord::scalar(0)
        .attr("crs_wkt", "GEOGCS[\"WGS 84\"]")
        .attr("GeoTransform", [-180.0, 5.0, 0.0, 82.5, 0.0, -5.0]);
    let data = DataArray::new(Array2::<f32>::zeros((26, 72)), ["y", "x"]).unwrap().attr("_FillValue", -9999.0);
    data.coord("x", across).unwrap().coord("y", down).unwrap().coord("spatial_ref", crs).unwrap()
}

#[test]
fn a_part_of_a_raster_has_its_own_transform() {
    assert_eq!(world().transform(), Some([-180.0, 5.0, 0.0, 82.5, 0.0, -5.0]));
    let part = world().isel(s![10..20, 30..40]).unwrap();
    assert_eq!(part.transform(), Some([-30.0, 5.0, 0.0, 32.5, 0.0, -5.0]));
    assert_eq!(world().isel(s![10..11, 30..40]).unwrap().transform(), part.transform());
    assert_eq!(world().isel(s![..;2, ..]).unwrap().transform().unwrap()[5], -10.0);
    assert_eq!(world().isel_dim("x", [0, 1, 5]).unwrap().transform(), None);
}

#[test]
fn the_crs_survives_what_keeps_its_meaning_and_nodata_ends_where_new_numbers_begin() {
    let year = world().expand_dims("time").unwrap();
    let warmer = ((&year + 1.0) * &world()).where_(&year.lt(5)).unwrap().mean("time").unwrap();
    assert_eq!(warmer.crs(), Some("GEOGCS[\"WGS 84\"]"));
    // Of numbers that were calculated NaN is what is missing, as xarray drops .encoding.
    assert_eq!(warmer.nodata(), None);
    assert_eq!(warmer.transform(), world().transform());
    assert_eq!(world().with_crs("EPSG:3857").unwrap().crs_epsg(), Some(3857));
    assert_eq!(world().with_crs(4326).unwrap().crs_epsg(), Some(4326));
    let error = world().with_crs("EPSG:1").unwrap_err().to_string();
    assert!(error.contains("no coordinate reference system EPSG:1"), "{error}");
    let error = world().with_crs("mercator, please").unwrap_err().to_string();
    assert!(error.contains("mercator") && error.contains("EPSG:4326"), "{error}");
}
