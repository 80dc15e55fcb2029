use super::*;
use crate::ErrorKind;
use crate::array::Values;
use crate::lazy::Source as _;
use crate::raster::{RasterSource, open_raster, open_rasters};
use ndarray::array;

/// Three days on one grid of 4 x 5 pixels; the first pixel is missing, the others are 100 x day + their number.
fn days(folder: &TempDir) -> Vec<PathBuf> {
    (1..=3)
        .map(|day| {
            let path = folder.path().join(format!("{day}.tif"));
            let mut array = Array2::from_shape_fn((4, 5), |(row, column)| (100 * day + row * 5 + column) as f32);
            array[[0, 0]] = -9999.0;
            write(&path, &array, &meta(4, 5));
            path
        })
        .collect()
}

fn write(path: &Path, array: &Array2<f32>, meta: &RasterMeta) {
    let mut writer = Raster::create(path, meta).unwrap();
    writer.write(array, 1).unwrap();
    writer.finish().unwrap();
}

#[test]
fn one_file_is_a_lazy_array_with_pixel_centres_and_crs() {
    let folder = tempfile::tempdir().unwrap();
    let da = open_raster(&days(&folder)[0]).unwrap();
    assert!(da.is_lazy());
    assert_eq!((da.dims(), da.shape()), (&["band", "y", "x"].map(str::to_owned)[..], &[1, 4, 5][..]));
    assert_eq!(da.get_coord("x").unwrap().to_vec::<f64>().unwrap(), [-179.75, -179.25, -178.75, -178.25, -177.75]);
    assert_eq!(da.get_coord("y").unwrap().to_vec::<f64>().unwrap(), [69.75, 69.25, 68.75, 68.25]);
    assert_eq!(da.transform(), Some([-180.0, 0.5, 0.0, 70.0, 0.0, -0.5]));
    assert!(da.crs().unwrap().contains("4326"));
    // As rioxarray.open_rasterio(path, masked=True): the fill value is in .encoding, not in .attrs.
    assert_eq!((da.nodata(), da.get_attr("_FillValue")), (Some(-9999.0), None));
}

#[test]
fn missing_values_are_nan_and_left_out_of_a_mean() {
    let folder = tempfile::tempdir().unwrap();
    let da = open_rasters(&days(&folder)).unwrap();
    assert_eq!(da.shape(), [3, 4, 5]);
    assert_eq!(da.get_coord("band").unwrap().to_vec::<i64>().unwrap(), [1, 2, 3]);
    let mean = da.mean("band").unwrap().compute().unwrap().to_vec::<f32>().unwrap();
    assert!(mean[0].is_nan());
    assert_eq!(mean[1..], (1..20).map(|n| 200.0 + n as f32).collect::<Vec<_>>());
}

#[test]
fn integers_become_floats_only_where_something_may_be_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut meta = RasterMeta::new(2, 1, DType::I16);
    for (nodata, dtype) in [(None, DType::I16), (Some(-1.0), DType::F32)] {
        meta.nodata = nodata;
        let mut writer = Raster::create(&path, &meta).unwrap();
        writer.write(&array![[-1i16, 7]], 1).unwrap();
        writer.finish().unwrap();
        let source = RasterSource::new(&Raster::open(&path).unwrap(), 1).unwrap();
        assert_eq!(source.dtype(), dtype);
        match source.read(&[0..1, 0..2]).unwrap() {
            Values::I16(values) => assert_eq!(values.as_slice().unwrap(), [-1, 7]),
            Values::F32(values) => assert!(values[[0, 0]].is_nan() && values[[0, 1]] == 7.0),
            other => panic!("{other:?}"),
        }
        assert_eq!(source.describe(), "a.tif, band 1, LZW, strips of 1 row, decoded by isopleth");
    }
}

#[test]
fn files_on_another_grid_are_refused_and_the_odd_one_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = days(&folder);
    let odd = folder.path().join("odd.tif");
    files.insert(2, odd.clone());
    let zeros = |rows, columns| Array2::<f32>::zeros((rows, columns));
    let refused = |parts: [&str; 2]| {
        let error = open_rasters(&files).unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
        for part in ["file 3 of 4", "odd.tif", "1.tif"].iter().chain(&parts) {
            assert!(text.contains(part), "{part:?} is not in {text:?}");
        }
    };
    write(&odd, &zeros(4, 6), &meta(4, 6));
    refused(["6 x 4 pixels", "not 5 x 4"]);
    let mut shifted = meta(4, 5);
    shifted.transform[0] = -179.5;
    write(&odd, &zeros(4, 5), &shifted);
    refused(["transform [-179.5", "not [-180.0"]);
    let mut projected = meta(4, 5);
    projected.crs = Some(Crs::from_epsg(3857).unwrap());
    write(&odd, &zeros(4, 5), &projected);
    refused(["CRS EPSG:3857", "not EPSG:4326"]);
    let mut doubles = meta(4, 5);
    doubles.dtype = DType::F64;
    write(&odd, &zeros(4, 5), &doubles);
    refused(["float64 values", "not float32"]);
}

#[test]
fn no_file_and_a_missing_file_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(open_rasters::<PathBuf>(&[]).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let mut files = days(&folder);
    std::fs::remove_file(&files[1]).unwrap();
    let error = open_rasters(&files).unwrap_err();
    assert!(error.kind() == ErrorKind::NotFound && error.to_string().contains("2.tif"), "{error}");
    files.remove(1);
    assert_eq!(open_rasters(&files).unwrap().shape(), [2, 4, 5]);
}

#[test]
fn an_array_is_written_with_its_grid_and_nodata_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let files = days(&folder);
    let mean = open_rasters(&files).unwrap().mean("band").unwrap();
    let like = Raster::open(&files[0]).unwrap().meta();
    let path = folder.path().join("mean.tif");
    mean.to_raster(&path, &like).unwrap();
    let written = Raster::open(&path).unwrap();
    assert_eq!(written.meta(), like);
    let values = written.read::<f32>(1).unwrap();
    assert_eq!((values[[0, 0]], values[[0, 1]], values[[3, 4]]), (-9999.0, 201.0, 219.0));
}

#[test]
fn a_part_of_a_raster_lands_where_it_belongs() {
    let folder = tempfile::tempdir().unwrap();
    let files = days(&folder);
    let da = open_rasters(&files).unwrap();
    let part = da.isel(crate::s![.., 1..3, 2..5]).unwrap().transpose(["x", "band", "y"]).unwrap();
    let path = folder.path().join("part.tif");
    part.to_raster(&path, Raster::open(&files[0]).unwrap().meta()).unwrap();
    let written = Raster::open(&path).unwrap();
    assert_eq!((written.height(), written.width(), written.count()), (2, 3, 3));
    assert_eq!(written.transform(), [-179.0, 0.5, 0.0, 69.5, 0.0, -0.5]);
    assert_eq!(written.read::<f32>(2).unwrap(), array![[207f32, 208., 209.], [212., 213., 214.]]);
}

#[test]
fn what_a_file_cannot_hold_is_refused_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let nan = crate::array::DataArray::new(array![[f32::NAN, 1.0]], ["y", "x"]).unwrap();
    let text = nan.to_raster(&path, RasterMeta::new(2, 1, DType::U8)).unwrap_err().to_string();
    assert!(text.contains("missing values") && text.contains("meta.nodata"), "{text}");
    let line = crate::array::DataArray::new(array![1f32, 2.0], ["x"]).unwrap();
    let text = line.to_raster(&path, RasterMeta::new(2, 1, DType::F32)).unwrap_err().to_string();
    assert!(text.contains("this array has 1: x"), "{text}");
    assert!(names(folder.path()).is_empty());
}
