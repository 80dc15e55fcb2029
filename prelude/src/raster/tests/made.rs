//! Small files for the tests, made by GDAL or byte by byte.

use crate::gdal::library;
use gdal::raster::{Buffer, GdalType, RasterCreationOptions};
use gdal::{Dataset, DriverManager};
use std::path::{Path, PathBuf};

/// Two rows and three columns, one of which is -99.
pub const NUMBERS: [i16; 6] = [1, 2, 3, 4, -99, 6];
/// The nodata value of a band in a `.aux.xml` file.
pub fn nodata_of_band_1(nodata: &str) -> String {
    format!("<PAMDataset><PAMRasterBand band=\"1\"><NoDataValue>{nodata}</NoDataValue></PAMRasterBand></PAMDataset>")
}

/// A GeoTIFF of three columns with these bands; `more` is done to it before it is closed.
pub fn tiff<T: GdalType + Copy>(path: &Path, bands: &[&[T]], options: &[&str], more: impl FnOnce(&mut Dataset)) {
    library::ready();
    let driver = DriverManager::get_driver_by_name("GTiff").unwrap();
    let options = RasterCreationOptions::from_iter(options.iter().copied());
    let rows = bands[0].len() / 3;
    let mut dataset = driver.create_with_band_type_with_options::<T, _>(path, 3, rows, bands.len(), &options).unwrap();
    for (number, values) in (1..).zip(bands) {
        let mut buffer = Buffer::new((3, rows), values.to_vec());
        dataset.rasterband(number).unwrap().write((0, 0), (3, rows), &mut buffer).unwrap();
    }
    more(&mut dataset);
    dataset.close().unwrap();
}

/// The same in a folder.
pub fn tiff_in<T: GdalType + Copy>(folder: &Path, name: &str, bands: &[&[T]]) -> PathBuf {
    let path = folder.join(name);
    tiff(&path, bands, &[], |_| ());
    path
}

/// Gives all bands a mask, in the file itself or in a `.msk` file beside it.
pub fn mask(dataset: &mut Dataset, mask: &[u8], internal: bool) {
    let choice = if internal { "YES" } else { "NO" };
    gdal::config::set_thread_local_config_option("GDAL_TIFF_INTERNAL_MASK", choice).unwrap();
    {
        let mut band = dataset.rasterband(1).unwrap();
        band.create_mask_band(true).unwrap();
        let mut buffer = Buffer::new((3, mask.len() / 3), mask.to_vec());
        band.open_mask_band().unwrap().write((0, 0), (3, mask.len() / 3), &mut buffer).unwrap();
    }
    gdal::config::clear_thread_local_config_option("GDAL_TIFF_INTERNAL_MASK").unwrap();
}

/// A VRT of 3 x 2 pixels with one band for each pair of element type and inner text.
pub fn vrt(path: &Path, size: [u64; 2], bands: &[(&str, String)]) {
    let [columns, rows] = size;
    let mut text = format!("<VRTDataset rasterXSize=\"{columns}\" rasterYSize=\"{rows}\">");
    for (number, (dtype, inner)) in (1..).zip(bands) {
        text += &format!("<VRTRasterBand dataType=\"{dtype}\" band=\"{number}\">{inner}</VRTRasterBand>");
    }
    std::fs::write(path, text + "</VRTDataset>").unwrap();
}

/// A band of another file as the source of a VRT's band.
pub fn source(name: &str, band: usize) -> String {
    format!(
        "<SimpleSource><SourceFilename relativeToVRT=\"1\">{name}</SourceFilename><SourceBand>{band}</SourceBand></SimpleSource>"
    )
}
