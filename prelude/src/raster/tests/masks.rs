//! Masks are missing values, whichever way a file has them. The expected values are rasterio 1.4.4's, of files made alike:
//! `read_masks()`, `dataset_mask()` and `read(masked=True)`; rioxarray's `open_rasterio(p, masked=True)` has the same.

use super::made::{mask, source, tiff, tiff_in, vrt};
use crate::lazy::Source as _;
use crate::raster::decode::answers::{Part, Reader};
use crate::raster::{Decoder, OpenRaster, Raster, RasterSource, open_raster, open_raster_with};
use crate::values::DType;
use gdal::Metadata as _;
use gdal::raster::ColorInterpretation;
use std::path::Path;

const N: f64 = f64::NAN;
const VALUES: [u8; 6] = [10, 20, 0, 30, 0, 0];
const MASK: [u8; 6] = [255, 255, 0, 255, 0, 255];

fn masked(path: &Path) -> Vec<Vec<f64>> {
    let raster = Raster::open(path).unwrap();
    let read = |band| RasterSource::new(&raster, band).unwrap().read(&[0..raster.height(), 0..raster.width()]).unwrap();
    (1..=raster.count()).map(|band| read(band).cast(DType::F64).to_vec::<f64>().unwrap()).collect()
}

fn flags(mask: ndarray::Array2<bool>) -> Vec<u8> {
    mask.into_iter().map(u8::from).collect()
}

/// Equal, NaN to NaN.
fn same(got: &[Vec<f64>], expected: &[&[f64]]) {
    assert_eq!(format!("{got:?}"), format!("{expected:?}"));
}

#[test]
fn a_mask_in_a_file_or_beside_it_goes_before_nodata() {
    let folder = tempfile::tempdir().unwrap();
    for (number, internal) in [true, false].into_iter().enumerate() {
        for nodata in [None, Some(20.0)] {
            let path = folder.path().join(format!("{number}{}.tif", nodata.is_some()));
            tiff(&path, &[&VALUES, &[11, 21, 1, 31, 1, 1]], &[], |dataset| {
                for band in 1..=2 {
                    dataset.rasterband(band).unwrap().set_no_data_value(nodata).unwrap();
                }
                mask(dataset, &MASK, internal);
            });
            assert_eq!(folder.path().join(format!("{number}{}.tif.msk", nodata.is_some())).exists(), !internal);
            same(&masked(&path), &[&[10.0, 20.0, N, 30.0, N, 0.0], &[11.0, 21.0, N, 31.0, N, 1.0]]);
            let raster = Raster::open(&path).unwrap();
            assert_eq!(flags(raster.read_mask(2).unwrap()), [1, 1, 0, 1, 0, 1]);
            assert_eq!(flags(raster.dataset_mask().unwrap()), [1, 1, 0, 1, 0, 1]);
            // The file's own numbers are there all the same.
            assert_eq!(raster.read::<u8>(1).unwrap().into_iter().collect::<Vec<_>>(), VALUES);
            let array = open_raster(&path).unwrap();
            assert_eq!((array.dtype(), array.mean(()).unwrap().item().unwrap()), (DType::F32, 15.5));
            let raw = open_raster_with(&path, OpenRaster::new().bands([1]).unmasked()).unwrap();
            assert_eq!((raw.dtype(), raw.to_vec::<u8>().unwrap()), (DType::U8, VALUES.to_vec()));
        }
    }
}

#[test]
fn values_under_a_mask_are_decoded_as_gdal_decodes_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let values: Vec<u8> = (0..3000).map(|n| (n * 7 % 251) as u8).collect();
    let valid: Vec<u8> = (0..3000).map(|n| if n % 5 == 0 { 0 } else { 255 }).collect();
    tiff(&path, &[&values], &["COMPRESS=LZW", "BLOCKYSIZE=16"], |dataset| mask(dataset, &valid, true));
    let raster = Raster::open(&path).unwrap();
    assert_eq!(raster.decoder(), &Decoder::Isopleth);
    let part = Part { band: 1, rows: 0..1000, columns: 0..3 };
    let [ours, gdal] = [Reader::Decoder, Reader::Gdal].map(|reader| part.read(&raster, DType::U8, reader).unwrap());
    assert_eq!((ours.as_deref(), gdal), (Some(&values[..]), ours.clone()));
    // A window is that part of the whole.
    let source = RasterSource::new(&raster, 1).unwrap();
    let window = source.read(&[37..71, 1..3]).unwrap().to_vec::<f32>().unwrap();
    let expected = (37..71).flat_map(|row| (1..3).map(move |column| row * 3 + column));
    let expected = expected.map(|at| if valid[at] == 0 { f32::NAN } else { f32::from(values[at]) });
    assert_eq!(format!("{window:?}"), format!("{:?}", expected.collect::<Vec<_>>()));
}

#[test]
fn an_alpha_band_masks_the_others_and_stays_a_band() {
    let folder = tempfile::tempdir().unwrap();
    let alpha = |name: &str, nodata: Option<f64>| {
        let path = folder.path().join(name);
        let bands: [&[u8]; 4] =
            [&[11, 21, 1, 31, 1, 1], &[12, 22, 2, 32, 2, 2], &[13, 23, 3, 33, 3, 3], &[255, 128, 0, 1, 0, 255]];
        tiff(&path, &bands, &["PHOTOMETRIC=RGB", "ALPHA=YES"], |dataset| {
            let mut band = dataset.rasterband(4).unwrap();
            band.set_color_interpretation(ColorInterpretation::AlphaBand).unwrap();
            for band in 1..=4 {
                dataset.rasterband(band).unwrap().set_no_data_value(nodata).unwrap();
            }
        });
        path
    };
    let path = alpha("a.tif", None);
    let expected: [&[f64]; 4] = [
        &[11.0, 21.0, N, 31.0, N, 1.0],
        &[12.0, 22.0, N, 32.0, N, 2.0],
        &[13.0, 23.0, N, 33.0, N, 3.0],
        &[255.0, 128.0, 0.0, 1.0, 0.0, 255.0],
    ];
    same(&masked(&path), &expected);
    let raster = Raster::open(&path).unwrap();
    assert_eq!(flags(raster.dataset_mask().unwrap()), [1, 1, 0, 1, 0, 1]);
    assert_eq!(flags(raster.read_mask(4).unwrap()), [1; 6]);
    let array = open_raster(&path).unwrap();
    assert_eq!(array.to_vec::<f64>().unwrap().iter().filter(|value| value.is_nan()).count(), 6);
    // A nodata value goes before alpha.
    let path = alpha("b.tif", Some(31.0));
    same(&masked(&path)[..1], &[&[11.0, 21.0, 1.0, N, 1.0, 1.0]]);
    assert_eq!(flags(Raster::open(&path).unwrap().dataset_mask().unwrap()), [1; 6]);
}

#[test]
fn a_pixel_whose_bands_all_have_their_nodata_value_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    tiff(&path, &[&VALUES, &[1, 20, 0, 0, 5, 0]], &[], |dataset| {
        dataset.set_metadata_item("NODATA_VALUES", "0 0", "").unwrap();
    });
    same(&masked(&path), &[&[10.0, 20.0, N, 30.0, 0.0, N], &[1.0, 20.0, N, 0.0, 5.0, N]]);
}

#[test]
fn bands_have_a_nodata_value_each_or_none() {
    let folder = tempfile::tempdir().unwrap();
    tiff_in(folder.path(), "a.tif", &[&VALUES, &[1, 20, 0, 0, 5, 0]]);
    let path = folder.path().join("a.vrt");
    let nodata = |value: &str, band| format!("<NoDataValue>{value}</NoDataValue>{}", source("a.tif", band));
    vrt(&path, [3, 2], &[("Byte", nodata("0", 1)), ("Byte", nodata("5", 2))]);
    let expected: [&[f64]; 2] = [&[10.0, 20.0, N, 30.0, N, N], &[1.0, 20.0, 0.0, 0.0, N, 0.0]];
    same(&masked(&path), &expected);
    let array = open_raster(&path).unwrap();
    assert_eq!(format!("{:?}", array.to_vec::<f64>().unwrap()), format!("{:?}", expected.concat()));
    assert_eq!(flags(Raster::open(&path).unwrap().dataset_mask().unwrap()), [1, 1, 1, 1, 0, 1]);
    vrt(&path, [3, 2], &[("Byte", nodata("0", 1)), ("Byte", source("a.tif", 2))]);
    same(&masked(&path), &[expected[0], &[1.0, 20.0, 0.0, 0.0, 5.0, 0.0]]);
}

#[test]
fn places_are_sampled_under_the_mask() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    tiff(&path, &[&VALUES], &[], |dataset| {
        dataset.set_geo_transform(&[0.0, 1.0, 0.0, 2.0, 0.0, -1.0]).unwrap();
        mask(dataset, &MASK, true);
    });
    let sampled = Raster::open(&path).unwrap().sample(1, &[(0.5, 1.5), (2.5, 1.5), (2.5, 0.5), (9.0, 9.0)]).unwrap();
    assert_eq!(format!("{sampled:?}"), format!("{:?}", [10.0, N, 0.0, N]));
}

#[test]
fn the_last_of_four_bands_of_bytes_is_no_mask() {
    let folder = tempfile::tempdir().unwrap();
    let steps = ndarray::Array3::from_shape_fn((4, 2, 3), |(step, row, column)| ((step + row + column) % 2) as u8);
    let array = crate::array::DataArray::new(steps.clone(), ["year", "y", "x"]).unwrap();
    for (name, options) in
        [("a.tif", crate::raster::RasterOptions::new()), ("b.tif", crate::raster::RasterOptions::new().cog())]
    {
        let path = folder.path().join(name);
        array.to_raster(&path, options).unwrap();
        let read = open_raster(&path).unwrap();
        assert_eq!(
            (read.dtype(), read.to_vec::<u8>().unwrap()),
            (DType::U8, steps.iter().copied().collect()),
            "{name}"
        );
    }
}
