use super::*;
use crate::ErrorKind;
use crate::array::{Attr, Coord, DataArray, Values, concat};
use crate::raster::{
    Compression, OpenRaster, RasterOptions, open_raster, open_raster_with, open_rasters, open_rasters_with,
};
use crate::time::date_range;
use ndarray::array;

/// Rows and columns of numbers on a map, one of them missing.
fn map(rows: usize, columns: usize) -> DataArray {
    let mut values = Array2::from_shape_fn((rows, columns), |(row, column)| (row * columns + column) as f32);
    values[[1, 1]] = f32::NAN;
    let y: Vec<f64> = (0..rows).map(|row| 50.0 - 0.25 * (row as f64 + 0.5)).collect();
    let x: Vec<f64> = (0..columns).map(|column| 5.0 + 0.25 * (column as f64 + 0.5)).collect();
    let array = DataArray::new(values, ["y", "x"]).unwrap().coord("y", y).unwrap().coord("x", x).unwrap();
    array.with_crs("EPSG:4326").unwrap()
}

/// Values to compare, one NaN like another.
fn bits(array: &DataArray) -> Vec<u32> {
    let values = array.to_vec::<f32>().unwrap().into_iter();
    values.map(|value| if value.is_nan() { f32::NAN.to_bits() } else { value.to_bits() }).collect()
}

#[test]
fn a_map_without_a_template_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let written = map(6, 5)
        .name("depth")
        .attr("units", "m")
        .attr("_FillValue", -9999.0)
        .attr("code", "007")
        .attr("level", 3)
        .attr("range", [0.5, 2.0]);
    written.to_raster(&path, ()).unwrap();
    assert_eq!(Raster::open(&path).unwrap().read::<f32>(1).unwrap()[[1, 1]], -9999.0);
    let read = open_raster(&path).unwrap().isel_dim("band", 0).unwrap();
    assert_eq!((read.dims(), read.shape(), read.dtype()), (written.dims(), written.shape(), written.dtype()));
    assert_eq!(bits(&read), bits(&written));
    assert_eq!((read.get_name(), read.crs_epsg(), read.transform()), (Some("depth"), Some(4326), written.transform()));
    for (name, value) in written.attrs().iter().filter(|(name, _)| *name != "_FillValue") {
        assert_eq!(read.get_attr(name), Some(value), "{name}");
    }
    // How the file stores what is missing is no attribute of values among which it is NaN; what pixels stand for is a tag
    // of every GeoTIFF, as rioxarray has it.
    assert_eq!(read.get_attr("AREA_OR_POINT"), Some(&Attr::Text("Area".to_owned())));
    assert_eq!((read.attrs().len(), read.nodata()), (written.attrs().len(), Some(-9999.0)), "{:?}", read.attrs());
}

#[test]
fn the_steps_of_a_stack_keep_their_dates_numbers_and_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let labels: [(&str, Coord, &str); 4] = [
        ("time", date_range("2016-02-28", 3).unwrap().into(), "2016-02-29"),
        ("level", [500i64, 700, 850].into(), "700"),
        ("height", [0.5, 1.5, 2.5].into(), "1.5"),
        ("station", ["a", "b", "c"].into(), "b"),
    ];
    for (dim, labels, second) in labels {
        let stack = concat(&[map(3, 4), &map(3, 4) + 1.0, &map(3, 4) + 2.0], dim).unwrap().coord(dim, labels).unwrap();
        stack.to_raster(&path, ()).unwrap();
        let names = Raster::open(&path).unwrap().band_names().to_vec();
        assert!(names[1].starts_with(second), "{dim}: {names:?}");
        let read = open_raster(&path).unwrap();
        assert_eq!(read.dims(), stack.dims());
        assert_eq!(bits(&read), bits(&stack), "{dim}");
        let (a, b) = (read.coords().get(dim).unwrap(), stack.coords().get(dim).unwrap());
        assert!(a.same(b), "{dim}: {a:?} is not {b:?}");
        let last = open_raster_with(&path, OpenRaster::new().bands([3, 1])).unwrap();
        assert_eq!(bits(&last), bits(&stack.isel_dim(dim, [2, 0]).unwrap()), "{dim}");
    }
}

#[test]
fn every_compression_gives_every_value_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let packed = [
        (Compression::None, None),
        (Compression::Lzw, None),
        (Compression::Deflate, Some(9)),
        (Compression::Zstd, Some(3)),
    ];
    for (compression, level) in packed {
        for dtype in [DType::U8, DType::I16, DType::U32, DType::F32, DType::F64] {
            let map = map(40, 40).fillna(0.0).unwrap().astype(dtype);
            let options = RasterOptions::new().compress(compression).tiled(16);
            let options = level.map_or(options.clone(), |level| options.level(level));
            map.to_raster(&path, options).unwrap();
            let read = open_raster(&path).unwrap();
            assert_eq!((read.dtype(), numbers(&read)), (dtype, numbers(&map)), "{compression:?} {dtype}");
            assert_eq!(Raster::open(&path).unwrap().meta().block, [16, 16]);
        }
    }
}

fn numbers(array: &DataArray) -> Vec<f64> {
    array.astype(DType::F64).to_vec().unwrap()
}

#[cfg(gdal_int64)]
#[test]
fn whole_numbers_beyond_a_double_survive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let large = [i64::MAX, i64::MIN, (1 << 53) + 1, 0];
    let written = DataArray::new(Values::from_shape_vec(&[2, 2], large.to_vec()).unwrap(), ["y", "x"]).unwrap();
    written.to_raster(&path, ()).unwrap();
    let read = open_raster(&path).unwrap();
    assert_eq!((read.dtype(), read.to_vec::<i64>().unwrap()), (DType::I64, large.to_vec()));
    assert_eq!(Raster::open(&path).unwrap().read::<i64>(1).unwrap(), array![[i64::MAX, i64::MIN], [(1 << 53) + 1, 0]]);
}

#[test]
fn a_cog_has_tiles_and_overviews_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let large = map(700, 600).attr("_FillValue", -1.0).attr("units", "m");
    large.to_raster(&path, RasterOptions::new().cog().tiled(256).compress(Compression::Deflate).level(1)).unwrap();
    assert_eq!(names(folder.path()), ["a.tif"]);
    let raster = Raster::open(&path).unwrap();
    assert_eq!((raster.meta().block, raster.meta().compression.as_deref()), ([256, 256], Some("DEFLATE")));
    let read = open_raster(&path).unwrap();
    assert!(bits(&read) == bits(&large), "the file is not the array");
    assert_eq!(read.get_attr("units"), Some(&Attr::Text("m".to_owned())));
    let half = open_raster_with(&path, OpenRaster::new().overview(0)).unwrap();
    assert_eq!((half.shape(), half.transform().unwrap()[1]), (&[1, 350, 300][..], 0.5));
    // The mean of the four pixels of the last corner.
    let corner = half.isel(crate::s![0, 349, 299]).unwrap().item().unwrap();
    let number = |row: usize, column: usize| (row * 600 + column) as f64;
    let mean = (number(698, 598) + number(698, 599) + number(699, 598) + number(699, 599)) / 4.0;
    // In f32, whose digits end at 1/32 there.
    assert!((corner - mean).abs() <= 1.0 / 32.0, "{corner} is not {mean}");
    let error = open_raster_with(&path, OpenRaster::new().overview(7)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("it has "), "{error}");
}

#[test]
fn overviews_can_be_had_in_an_ordinary_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    map(600, 520).astype(DType::F64).to_raster(&path, RasterOptions::new().overviews()).unwrap();
    let part = open_raster_with(&path, OpenRaster::new().overview(1)).unwrap();
    assert_eq!(part.shape(), [1, 150, 130]);
    assert_eq!(names(folder.path()), ["a.tif"]);
}

#[test]
fn options_that_do_not_go_together_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let whole = map(4, 4).fillna(0.0).unwrap();
    let error = |options: RasterOptions| whole.to_raster(&path, options).unwrap_err().to_string();
    assert!(error(RasterOptions::new().tiled(100)).contains("multiple of 16"));
    // GDAL would ask for all memory there is, and end the process.
    assert!(error(RasterOptions::new().cog().tiled(1 << 40)).contains("multiple of 16"));
    assert!(error(RasterOptions::new().level(3)).contains("a level belongs to"));
    assert!(error(RasterOptions::new().compress(Compression::Deflate).level(12)).contains("1 to 9"));
    assert!(error(RasterOptions::new().dtype(DType::U8).nodata(-9999.0)).contains("from 0 to 255"));
    let missing = map(4, 4).to_raster(&path, RasterOptions::new().dtype(DType::I16)).unwrap_err().to_string();
    assert!(missing.contains("missing values") && missing.contains("nodata"), "{missing}");
    map(4, 4).to_raster(&path, RasterOptions::new().dtype(DType::I16).nodata(-1.0)).unwrap();
    assert_eq!(open_raster_with(&path, OpenRaster::new().unmasked()).unwrap().to_vec::<i16>().unwrap()[5], -1);
    std::fs::remove_file(&path).unwrap();
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_lazy_array_is_written_in_windows_and_its_reductions_are_computed_once() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("1.tif"), folder.path().join("2.tif"));
    map(300, 40).attr("_FillValue", -0.5).to_raster(&one, ()).unwrap();
    (&map(300, 40) * 3.0).attr("_FillValue", -0.5).to_raster(&two, RasterOptions::new().tiled(16)).unwrap();
    let days = open_rasters(&[&one, &two]).unwrap();
    let anomaly = &days - &days.mean("band").unwrap();
    let path = folder.path().join("a.tif");
    anomaly.to_raster(&path, RasterOptions::new().tiled(32)).unwrap();
    let read = open_raster(&path).unwrap();
    assert!(bits(&read) == bits(&anomaly.compute().unwrap()), "the file is not the array");
    days.mean("band").unwrap().to_raster(&path, ()).unwrap();
    assert!(bits(&open_raster(&path).unwrap()) == bits(&days.mean("band").unwrap()), "the file is not the mean");
}

#[test]
fn unmasked_values_are_the_files_own() {
    let folder = tempfile::tempdir().unwrap();
    let (path, array) = numbered(&folder, "a.tif", 3, 4);
    for da in [
        open_raster_with(&path, OpenRaster::new().unmasked()).unwrap(),
        open_rasters_with(&[&path], OpenRaster::new().unmasked()).unwrap(),
    ] {
        assert_eq!(da.to_vec::<f32>().unwrap(), array.iter().copied().collect::<Vec<_>>());
        assert_eq!(da.nodata(), Some(-9999.0));
    }
    let error = open_raster_with(&path, OpenRaster::new().bands([2])).unwrap_err();
    assert!(error.to_string().contains("band 2"), "{error}");
}

#[test]
fn scaled_numbers_are_scaled_back_and_a_copy_is_packed_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    let mut meta = RasterMeta::new(3, 1, DType::I16);
    meta.nodata = Some(-1.0);
    let mut writer = Raster::create(&path, &meta).unwrap();
    writer.write(&array![[-1i16, 7, 20]], 1).unwrap();
    writer.scale(1, 0.5, 10.0).unwrap();
    writer.finish().unwrap();
    // rioxarray.open_rasterio("a.tif", mask_and_scale=True).values: [[[nan, 13.5, 20.]]], float64
    let da = open_raster(&path).unwrap();
    let values = da.to_vec::<f64>().unwrap();
    assert!(values[0].is_nan() && values[1..] == [13.5, 20.0], "{values:?}");
    assert_eq!((da.dtype(), da.nodata()), (DType::F64, Some(-1.0)));
    let copy = folder.path().join("b.tif");
    da.to_raster(&copy, ()).unwrap();
    assert_eq!(Raster::open(&copy).unwrap().read::<i16>(1).unwrap(), array![[-1, 7, 20]]);
    assert_eq!(open_raster(&copy).unwrap().to_vec::<f64>().unwrap()[1..], [13.5, 20.0]);
    let raw = open_raster_with(&path, OpenRaster::new().unmasked()).unwrap();
    assert_eq!(raw.to_vec::<i16>().unwrap(), [-1, 7, 20]);
    assert_eq!(
        (raw.get_attr("scale_factor"), raw.get_attr("add_offset")),
        (Some(&Attr::Float(0.5)), Some(&Attr::Float(10.0)))
    );
}
