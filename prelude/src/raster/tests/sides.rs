//! What lies beside a raster is part of it: places, nodata, scales, overviews, headers, projections.
//!
//! The expected values are rasterio 1.4.4's of the same files: `rasterio.open(p)`, its `transform`, `crs`, `nodata`,
//! `read(masked=True)` and `descriptions`.

use super::made::{NUMBERS, nodata_of_band_1, tiff_in};
use crate::gdal::library;
use crate::raster::{Raster, open_raster};
use gdal::DriverManager;
use gdal::raster::RasterCreationOptions;
use std::fs;
use std::path::Path;

/// The centre of the upper left pixel, as world files have it.
const WORLD: &str = "0.5\n0\n0\n-0.25\n10.25\n51.875\n";
const TRANSFORM: [f64; 6] = [10.0, 0.5, 0.0, 52.0, 0.0, -0.25];
const WGS84: &str = r#"GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;
const MASKED: [f64; 6] = [1.0, 2.0, 3.0, 4.0, f64::NAN, 6.0];

fn same(got: &[f64], expected: &[f64]) {
    let equal = got.len() == expected.len()
        && got.iter().zip(expected).all(|(got, expected)| got == expected || got.is_nan() && expected.is_nan());
    assert!(equal, "{got:?}, not {expected:?}");
}

fn values(path: &Path) -> Vec<f64> {
    open_raster(path).unwrap().to_vec().unwrap()
}

#[test]
fn an_aux_xml_gives_nodata_scale_crs_unit_and_name_and_its_changes_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = tiff_in(folder.path(), "a.tif", &[&[1i16, 2, 3, 4, -99, 6]]);
    same(&values(&path), &[1.0, 2.0, 3.0, 4.0, -99.0, 6.0]);
    let side = folder.path().join("a.tif.aux.xml");
    let text = "<PAMDataset><SRS>EPSG:4326</SRS><PAMRasterBand band=\"1\"><NoDataValue>-99</NoDataValue><Offset>10</Offset>\
                <Scale>0.5</Scale><UnitType>K</UnitType><Description>tt</Description></PAMRasterBand></PAMDataset>";
    fs::write(&side, text).unwrap();
    let array = open_raster(&path).unwrap();
    same(&array.to_vec::<f64>().unwrap(), &[10.5, 11.0, 11.5, 12.0, f64::NAN, 13.0]);
    assert_eq!((array.crs_epsg(), array.get_name()), (Some(4326), Some("tt")));
    assert_eq!(array.get_attr("units").and_then(|unit| unit.as_str()), Some("K"));
    // The file is idle in GDAL now. What lies beside it changes, it does not.
    fs::write(&side, text.replace("<NoDataValue>-99", "<NoDataValue>1")).unwrap();
    same(&values(&path), &[f64::NAN, 11.0, 11.5, 12.0, -39.5, 13.0]);
    fs::remove_file(&side).unwrap();
    same(&values(&path), &[1.0, 2.0, 3.0, 4.0, -99.0, 6.0]);
}

#[test]
fn world_files_of_every_spelling_place_a_raster() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        ("a.tif", "a.tfw"),
        ("b.tif", "b.TFW"),
        ("c.tif", "c.tifw"),
        ("d.tif", "d.wld"),
        ("e.TIF", "e.TFW"),
        ("f.tiff", "f.tfw"),
        ("g.tiff", "g.tiffw"),
    ];
    for (name, world) in names {
        let path = tiff_in(folder.path(), name, &[&NUMBERS]);
        assert!(!Raster::open(&path).unwrap().has_transform(), "{name}");
        fs::write(folder.path().join(world), WORLD).unwrap();
        let raster = Raster::open(&path).unwrap();
        assert_eq!((raster.transform(), raster.has_transform()), (TRANSFORM, true), "{world}");
    }
}

#[test]
fn pictures_have_world_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let source = gdal::Dataset::open(tiff_in(folder.path(), "a.tif", &[&[1u8, 2, 3, 4, 99, 6]])).unwrap();
    for (driver, name, world) in [("PNG", "a.png", "a.pgw"), ("PNG", "b.png", "b.PNGW"), ("BMP", "c.bmp", "c.bpw")] {
        let path = folder.path().join(name);
        let driver = DriverManager::get_driver_by_name(driver).unwrap();
        source.create_copy(&driver, &path, &RasterCreationOptions::default()).unwrap().close().unwrap();
        fs::write(folder.path().join(world), WORLD).unwrap();
        assert_eq!(Raster::open(&path).unwrap().transform(), TRANSFORM, "{world}");
        same(&values(&path), &[1.0, 2.0, 3.0, 4.0, 99.0, 6.0]);
    }
}

#[test]
fn raw_numbers_have_a_header_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    let raw: Vec<u8> = NUMBERS.iter().flat_map(|value| value.to_le_bytes()).collect();
    let header = |layout: &str| {
        format!(
            "NROWS 2\nNCOLS 3\nNBANDS 1\nNBITS 16\nPIXELTYPE SIGNEDINT\nBYTEORDER I\nLAYOUT {layout}\nNODATA -99\n\
             ULXMAP 10.25\nULYMAP 51.875\nXDIM 0.5\nYDIM 0.25\n"
        )
    };
    let envi = "ENVI\nsamples = 3\nlines = 2\nbands = 1\nheader offset = 0\nfile type = ENVI Standard\ndata type = 2\n\
                interleave = bsq\nbyte order = 0\nmap info = {Geographic Lat/Lon, 1, 1, 10, 52, 0.5, 0.25, WGS-84}\n\
                data ignore value = -99\nband names = {zwei}\n";
    let files = [
        ("a.bil", "a.hdr", header("BIL")),
        ("b.bip", "b.hdr", header("BIP")),
        ("c.bsq", "c.HDR", header("BSQ")),
        ("d", "d.hdr", envi.to_owned()),
        ("e.dat", "e.hdr", envi.to_owned()),
        ("f.img", "f.img.hdr", envi.to_owned()),
    ];
    for (name, head, text) in files {
        write(name, &raw);
        write(head, text.as_bytes());
        let path = folder.path().join(name);
        let raster = Raster::open(&path).unwrap();
        assert_eq!((raster.transform(), raster.nodata()), (TRANSFORM, Some(-99.0)), "{name}");
        same(&values(&path), &MASKED);
    }
    assert_eq!(Raster::open(folder.path().join("e.dat")).unwrap().band_names(), ["zwei"]);
    assert_eq!(Raster::open(folder.path().join("a.bil")).unwrap().crs(), None);
    write("a.prj", WGS84.as_bytes());
    assert!(Raster::open(folder.path().join("a.bil")).unwrap().crs().is_some());
    // A new header of the same file.
    write("a.hdr", header("BIL").replace("NODATA -99", "NODATA 6").as_bytes());
    same(&values(&folder.path().join("a.bil")), &[1.0, 2.0, 3.0, 4.0, -99.0, f64::NAN]);
}

#[test]
fn a_text_grid_has_its_projection_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.asc");
    fs::write(
        &path,
        "ncols 3\nnrows 2\nxllcorner 10\nyllcorner 51.5\ncellsize 0.5\nNODATA_value -99\n1 2 3\n4 -99 6\n",
    )
    .unwrap();
    fs::write(folder.path().join("a.prj"), WGS84).unwrap();
    let raster = Raster::open(&path).unwrap();
    assert_eq!((raster.crs().is_some(), raster.transform()), (true, [10.0, 0.5, 0.0, 52.5, 0.0, -0.5]));
    same(&values(&path), &MASKED);
}

#[test]
fn overviews_beside_a_file_can_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    super::made::tiff(&path, &[&[1i16, 1, 2, 1, 1, 2, 3, 3, 4, 3, 3, 4]], &[], |_| ());
    assert!(Raster::open_overview(&path, 0).unwrap_err().to_string().contains("it has none"));
    library::ready();
    // A file that is open for reading only gets them in a file of their own.
    gdal::Dataset::open(&path).unwrap().build_overviews("NEAREST", &[2], &[]).unwrap();
    assert!(folder.path().join("a.tif.ovr").exists());
    let overview = Raster::open_overview(&path, 0).unwrap();
    assert_eq!(overview.read::<i16>(1).unwrap(), ndarray::array![[1, 2], [3, 4]]);
}

#[test]
fn nodata_beside_a_file_fills_what_is_not_stored_whoever_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    // rasterio: `rasterio.open(p).read(1)`, of int16 with nodata -99 and of uint8 with a nodata value that it cannot hold.
    let path = folder.path().join("a.tif");
    super::made::tiff::<i16>(&path, &[&[0; 6]], &["SPARSE_OK=TRUE"], |_| ());
    fs::write(folder.path().join("a.tif.aux.xml"), nodata_of_band_1("-99")).unwrap();
    let raster = Raster::open(&path).unwrap();
    assert_eq!(raster.decoder(), &crate::raster::Decoder::Isopleth);
    let read = raster.read::<i16>(1).unwrap();
    let mut gdal = vec![0i16; 6];
    crate::raster::read::through_gdal(&raster, 1, 0..2, 0..3, &mut gdal, &|_| ()).unwrap();
    assert_eq!(read.iter().copied().collect::<Vec<_>>(), gdal);
}
