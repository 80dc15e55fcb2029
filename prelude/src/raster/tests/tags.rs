//! What a file says in words, and where it lies without a transform. The expected values are rioxarray 0.19's
//! (`open_rasterio(p).attrs`) and rasterio 1.4.4's (`gcps`, `rpcs`, `units`) of files made alike.

use super::made::{NUMBERS, tiff, tiff_in};
use crate::array::Attr;
use crate::raster::{Gcp, Raster, RasterMeta, open_raster};
use crate::values::DType;
use gdal::Metadata as _;
use std::fs;

#[test]
fn tags_become_attributes_as_in_rioxarray() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    tiff(&path, &[&NUMBERS], &[], |dataset| {
        dataset.set_geo_transform(&[10.0, 0.5, 0.0, 52.0, 0.0, -0.25]).unwrap();
        dataset.set_spatial_ref(&gdal::spatial_ref::SpatialRef::from_epsg(4326).unwrap()).unwrap();
        for (name, text) in
            [("x", "0.10"), ("y", "007"), ("z", "{1,2.5}"), ("w", "words"), ("nodata", "5"), ("n", "12")]
        {
            dataset.set_metadata_item(name, text, "").unwrap();
        }
        dataset.set_metadata_item("TIFFTAG_SOFTWARE", "made", "").unwrap();
        dataset.rasterband(1).unwrap().set_metadata_item("of_band", "3", "").unwrap();
    });
    let array = open_raster(&path).unwrap();
    for (name, value) in [
        ("AREA_OR_POINT", Attr::Text("Area".into())),
        ("TIFFTAG_SOFTWARE", Attr::Text("made".into())),
        ("x", Attr::Float(0.1)),
        // rioxarray has 7; it is a name here, and written again as it was.
        ("y", Attr::Text("007".into())),
        ("z", Attr::Numbers(vec![1.0, 2.5])),
        ("w", Attr::Text("words".into())),
        ("n", Attr::Int(12)),
        ("of_band", Attr::Int(3)),
    ] {
        assert_eq!(array.get_attr(name), Some(&value), "{name}");
    }
    assert_eq!(array.attrs().len(), 8, "{:?}", array.attrs());
}

#[test]
fn a_file_of_points_has_the_same_centres_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    tiff(&path, &[&NUMBERS], &[], |dataset| {
        dataset.set_geo_transform(&[10.0, 0.5, 0.0, 52.0, 0.0, -0.25]).unwrap();
        dataset.set_metadata_item("AREA_OR_POINT", "Point", "").unwrap();
    });
    let array = open_raster(&path).unwrap();
    assert_eq!(array["x"].to_vec::<f64>().unwrap(), [10.25, 10.75, 11.25]);
    assert_eq!(array.get_attr("AREA_OR_POINT"), Some(&Attr::Text("Point".into())));
    // Written again it is one of points in the same place.
    let copy = folder.path().join("b.tif");
    array.to_raster(&copy, ()).unwrap();
    let again = open_raster(&copy).unwrap();
    assert_eq!(again["x"].to_vec::<f64>().unwrap(), [10.25, 10.75, 11.25]);
    assert_eq!(again["y"].to_vec::<f64>().unwrap(), array["y"].to_vec::<f64>().unwrap());
    assert_eq!(again.get_attr("AREA_OR_POINT"), Some(&Attr::Text("Point".into())));
}

#[test]
fn bands_of_unlike_units_have_them_as_labels() {
    let folder = tempfile::tempdir().unwrap();
    let path = tiff_in(folder.path(), "a.tif", &[&NUMBERS, &NUMBERS]);
    let units = |second: &str| {
        let text = format!(
            "<PAMDataset><PAMRasterBand band=\"1\"><UnitType>K</UnitType></PAMRasterBand>\
             <PAMRasterBand band=\"2\"><UnitType>{second}</UnitType></PAMRasterBand></PAMDataset>"
        );
        fs::write(folder.path().join("a.tif.aux.xml"), text).unwrap();
        open_raster(&path).unwrap()
    };
    let unlike = units("m");
    assert_eq!(unlike.get_attr("units"), None);
    assert_eq!(unlike["units"].to_texts().unwrap(), ["K", "m"]);
    assert_eq!(units("K").get_attr("units"), Some(&Attr::Text("K".into())));
}

#[test]
fn control_points_are_read_with_their_crs() {
    let folder = tempfile::tempdir().unwrap();
    let path = tiff_in(folder.path(), "a.tif", &[&NUMBERS]);
    assert!(Raster::open(&path).unwrap().gcps().is_empty());
    let points = "<GCP Id=\"\" Pixel=\"0\" Line=\"0\" X=\"10\" Y=\"50\" Z=\"7\"/><GCP Id=\"\" Pixel=\"3\" Line=\"0\" X=\"14\" Y=\"50\"/>";
    let text = format!("<PAMDataset><GCPList Projection=\"EPSG:4326\">{points}</GCPList></PAMDataset>");
    fs::write(folder.path().join("a.tif.aux.xml"), text).unwrap();
    let raster = Raster::open(&path).unwrap();
    let [first, second]: &[Gcp; 2] = raster.gcps().try_into().unwrap();
    assert_eq!((first.column, first.row, first.x, first.y, first.z), (0.0, 0.0, 10.0, 50.0, 7.0));
    assert_eq!((second.column, second.x), (3.0, 14.0));
    assert_eq!(raster.gcp_crs().and_then(|crs| crs.epsg()), Some(4326));
    assert!(!raster.has_transform() && raster.crs().is_none());
}

#[test]
fn rational_coefficients_beside_a_file_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = tiff_in(folder.path(), "a.tif", &[&NUMBERS]);
    let mut text = String::new();
    for name in ["LINE", "SAMP", "LAT", "LONG", "HEIGHT"] {
        text += &format!("{name}_OFF: 1.5\n{name}_SCALE: 2\n");
    }
    for name in ["LINE_NUM", "LINE_DEN", "SAMP_NUM", "SAMP_DEN"] {
        (1..=20).for_each(|number| text += &format!("{name}_COEFF_{number}: {number}\n"));
    }
    fs::write(folder.path().join("a_RPC.TXT"), text).unwrap();
    let raster = Raster::open(&path).unwrap();
    let get = |name: &str| raster.rpcs().iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(get("LINE_OFF"), Some("1.5"));
    assert_eq!(get("SAMP_DEN_COEFF").map(|list| list.split_whitespace().count()), Some(20));
}

#[test]
fn bands_keep_their_units_in_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.tif"), folder.path().join("b.tif"));
    for units in [["K", "m"], ["K", "K"]] {
        let mut writer = Raster::create(&from, &RasterMeta { count: 2, ..RasterMeta::new(2, 1, DType::F32) }).unwrap();
        for band in [1, 2] {
            writer.write(&ndarray::array![[1f32, 2.0]], band).unwrap();
            writer.unit(band, units[band - 1]).unwrap();
        }
        writer.finish().unwrap();
        open_raster(&from).unwrap().to_raster(&to, ()).unwrap();
        let dataset = gdal::Dataset::open(&to).unwrap();
        let read: Vec<String> = (1..=2).map(|band| dataset.rasterband(band).unwrap().unit()).collect();
        assert_eq!(read, units);
        assert_eq!(dataset.metadata_item("units", ""), None);
    }
}

// rioxarray.open_rasterio(path, masked=True, mask_and_scale=True) has 20 as the largest value, also of what it writes as netCDF.
#[test]
fn a_tag_that_is_called_like_a_scale_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("a.tif"), folder.path().join("a.nc"));
    let mut writer = Raster::create(&path, &RasterMeta::new(2, 1, DType::I16)).unwrap();
    writer.write(&ndarray::array![[1i16, 20]], 1).unwrap();
    writer.tag("scale_factor", "0.0001").unwrap();
    writer.tag("add_offset", "4").unwrap();
    writer.finish().unwrap();
    let array = open_raster(&path).unwrap().name("evi");
    assert_eq!((array.get_attr("scale_factor"), array.get_attr("add_offset")), (None, None));
    array.to_netcdf(&copy, ()).unwrap();
    assert_eq!(crate::files::open_dataset(&copy).unwrap()["evi"].to_vec::<f64>().unwrap(), [1.0, 20.0]);
}
