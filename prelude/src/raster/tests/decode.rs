//! The decoder against GDAL, bit for bit: files of every layout that GDAL writes, whole and in windows.

use super::*;
use crate::raster::decode::{self, Decoded, Decoder};
use crate::raster::read::through_gdal;
use crate::raster::transfer::Transfer;
use gdal::raster::{Buffer, GdalType, RasterCreationOptions};
use gdal::{Dataset, Driver, DriverManager};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

const BANDS: usize = 3;

/// One file of the corpus: what it holds, and how it is written.
#[derive(Debug, Clone)]
struct Layout {
    dtype: &'static str,
    size: (usize, usize),
    nodata: Option<f64>,
    options: Vec<String>,
}

/// What is drawn for each file where not all combinations are made.
const SIZES: [(usize, usize); 6] = [(83, 61), (64, 48), (1, 1), (200, 3), (5, 170), (129, 97)];
const TYPES: [&str; 10] = ["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64"];
const BLOCKS: [&[&str]; 6] = [
    &[],
    &["BLOCKYSIZE=1"],
    &["BLOCKYSIZE=7"],
    &["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"],
    &["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=32"],
    &["TILED=YES"],
];

/// All types, compressions, predictors and blocks, each with the rest drawn from a seed.
fn layouts() -> Vec<Layout> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut all = Vec::new();
    for dtype in TYPES {
        let predictors: &[u8] = if dtype.starts_with('f') { &[1, 2, 3] } else { &[1, 2] };
        for compression in ["NONE", "LZW", "DEFLATE", "ZSTD"] {
            for &predictor in if compression == "NONE" { &[1][..] } else { predictors } {
                for blocks in BLOCKS {
                    let mut options: Vec<String> = blocks.iter().map(|&option| option.to_owned()).collect();
                    options.push(format!("COMPRESS={compression}"));
                    if compression != "NONE" {
                        options.push(format!("PREDICTOR={predictor}"));
                    }
                    for [one, other] in [
                        ["INTERLEAVE=PIXEL", "INTERLEAVE=BAND"],
                        ["ENDIANNESS=LITTLE", "ENDIANNESS=BIG"],
                        ["BIGTIFF=NO", "BIGTIFF=YES"],
                        ["SPARSE_OK=FALSE", "SPARSE_OK=TRUE"],
                    ] {
                        options.push(if random.bool() { one } else { other }.to_owned());
                    }
                    if dtype == "i8" {
                        options.push("PIXELTYPE=SIGNEDBYTE".to_owned());
                    }
                    let nodata = random.bool().then_some(if dtype.starts_with('i') { -1.0 } else { 7.0 });
                    let size = SIZES[random.usize(0..SIZES.len())];
                    all.push(Layout { dtype, size, nodata, options });
                }
            }
        }
    }
    all
}

/// Noise, runs, steps, and a stretch of rows that holds nothing but the nodata value.
fn pixels(layout: &Layout, band: usize, random: &mut fastrand::Rng) -> Vec<f64> {
    let (width, height) = layout.size;
    let empty = layout.nodata.unwrap_or(0.0);
    let pixel = |at: usize| {
        let (row, column) = (at / width, at % width);
        match (row * 5 / height + band) % 5 {
            0 => empty,
            1 => (row / 3) as f64,
            2 => (column + row) as f64 / 4.0,
            3 => random.f64() * 120.0,
            _ if column * 2 < width => empty,
            _ => random.u8(0..4).into(),
        }
    };
    (0..width * height).map(pixel).collect()
}

fn fill<T: GdalType + Copy>(memory: &Driver, layout: &Layout, value: impl Fn(f64) -> T) -> Dataset {
    let (width, height) = layout.size;
    let dataset = memory.create_with_band_type::<T, _>("", width, height, BANDS).unwrap();
    let mut random = fastrand::Rng::with_seed((width * height) as u64);
    for band in 1..=BANDS {
        let values = pixels(layout, band, &mut random).into_iter().map(&value).collect();
        let mut band = dataset.rasterband(band).unwrap();
        band.set_no_data_value(layout.nodata).unwrap();
        band.write((0, 0), layout.size, &mut Buffer::new(layout.size, values)).unwrap();
    }
    dataset
}

fn write(layout: &Layout, path: &Path) {
    crate::gdal::library::ready();
    let memory = DriverManager::get_driver_by_name("MEM").unwrap();
    let dataset = match layout.dtype {
        "u8" | "i8" => fill(&memory, layout, |v| v as u8),
        "u16" => fill(&memory, layout, |v| (v * 500.0) as u16),
        "i16" => fill(&memory, layout, |v| (v * 100.0 - 5000.0) as i16),
        "u32" => fill(&memory, layout, |v| (v * 1e7) as u32),
        "i32" => fill(&memory, layout, |v| (v * 1e7 - 6e8) as i32),
        "u64" => fill(&memory, layout, |v| (v * 1e15) as u64),
        "i64" => fill(&memory, layout, |v| (v * 1e15 - 6e16) as i64),
        "f32" => fill(&memory, layout, |v| if v > 119.0 { f32::NAN } else { v as f32 }),
        _ => fill(&memory, layout, |v| if v > 119.0 { f64::NEG_INFINITY } else { v * 1e-3 }),
    };
    let options = RasterCreationOptions::from_iter(layout.options.iter().map(String::as_str));
    let driver = DriverManager::get_driver_by_name("GTiff").unwrap();
    let copy = dataset.create_copy(&driver, path, &options).unwrap_or_else(|error| panic!("{layout:?}: {error}"));
    copy.close().unwrap();
}

/// Whether the decoder answered. Where it did, the answer is GDAL's, bit for bit.
fn same<T: Transfer + Decoded>(raster: &Raster, band: usize, rows: Range<usize>, columns: Range<usize>) -> bool {
    let empty = || vec![T::default(); rows.len() * columns.len()];
    let (mut ours, mut theirs) = (empty(), empty());
    let window = (band - 1, rows.clone(), columns.clone());
    let nodata = raster.band(band).unwrap().nodata;
    let answered = decode::read(raster.path(), raster.expected(), window, nodata, &mut ours, &|_| ()).unwrap();
    if answered {
        through_gdal(raster, band, rows.clone(), columns.clone(), &mut theirs, &|_| ()).unwrap();
        let [ours, theirs]: [&[u8]; 2] = [bytemuck::cast_slice(&ours), bytemuck::cast_slice(&theirs)];
        assert!(ours == theirs, "band {band}, rows {rows:?}, columns {columns:?} as {}", std::any::type_name::<T>());
    }
    answered
}

/// Compares the whole of each band, random windows, and the types that hold the stored one. How many answers were ours.
fn compare(raster: &Raster, random: &mut fastrand::Rng) -> usize {
    let (height, width) = (raster.height(), raster.width());
    let mut part = |length: usize| {
        let start = random.usize(0..length);
        start..random.usize(start + 1..=length)
    };
    let mut windows = vec![(0..height, 0..width)];
    windows.extend((0..5).map(|_| (part(height), part(width))));
    windows.push((part(height), 0..width));
    let mut answered = 0;
    for band in 1..=raster.count() {
        for (rows, columns) in &windows {
            let own = match raster.meta().dtype {
                DType::U8 => same::<u8>,
                DType::I8 => same::<i8>,
                DType::U16 => same::<u16>,
                DType::I16 => same::<i16>,
                DType::U32 => same::<u32>,
                DType::I32 => same::<i32>,
                DType::F32 => same::<f32>,
                #[cfg(gdal_int64)]
                DType::I64 => same::<i64>,
                #[cfg(gdal_int64)]
                DType::U64 => same::<u64>,
                _ => same::<f64>,
            };
            for same in [own, same::<f64>, same::<f32>, same::<i32>] {
                answered += usize::from(same(raster, band, rows.clone(), columns.clone()));
            }
        }
    }
    answered
}

#[test]
fn every_layout_that_gdal_writes_is_read_as_gdal_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let layouts = layouts();
    assert!(layouts.len() >= 300);
    let (next, answers, ours) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(layout) = layouts.get(number) else { break };
                    let path = folder.path().join(format!("{number}.tif"));
                    write(layout, &path);
                    let raster = Raster::open(&path).unwrap();
                    let result =
                        std::panic::catch_unwind(|| compare(&raster, &mut fastrand::Rng::with_seed(number as u64)));
                    let answered = result.unwrap_or_else(|_| panic!("file {number}: {layout:?}"));
                    assert!(answered >= BANDS * 7, "{layout:?}: {}", raster.decoder());
                    assert_eq!(raster.decoder(), &Decoder::Isopleth, "{layout:?}");
                    answers.fetch_add(answered, Ordering::Relaxed);
                    ours.fetch_add(1, Ordering::Relaxed);
                    std::fs::remove_file(&path).unwrap();
                }
            });
        }
    });
    let (files, answers) = (ours.into_inner(), answers.into_inner());
    assert_eq!(files, layouts.len());
    println!("{files} files, {answers} windows equal to GDAL's");
}

#[test]
fn what_is_not_decoded_here_is_read_by_gdal_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let base = Layout { dtype: "u8", size: (83, 61), nodata: None, options: Vec::new() };
    for (options, why) in [
        (&["COMPRESS=PACKBITS"][..], "GDAL (compression PACKBITS)"),
        (&["COMPRESS=LZMA"], "GDAL (compression LZMA)"),
        (&["COMPRESS=JPEG", "INTERLEAVE=PIXEL", "PHOTOMETRIC=YCBCR"], "GDAL (compression YCbCr JPEG)"),
        (&["NBITS=4"], "GDAL (an unusual element type)"),
    ] {
        let path = folder.path().join("odd.tif");
        write(&Layout { options: options.iter().map(|&option| option.to_owned()).collect(), ..base.clone() }, &path);
        let raster = Raster::open(&path).unwrap();
        assert_eq!(raster.decoder().to_string(), why);
        assert!(raster.read::<u8>(1).unwrap().iter().any(|&value| value > 0));
        assert!(format!("{:?}", raster.meta()).contains(why));
    }
}

#[test]
fn the_lessons_files_are_decoded_here_and_equal_to_gdals() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("sample");
    crate::lesson::generate(&folder, 2, 4).unwrap();
    for path in crate::raster::glob(&folder, "*.tif").unwrap() {
        let raster = Raster::open(&path).unwrap();
        assert_eq!(compare(&raster, &mut fastrand::Rng::with_seed(1)), 7 * 3, "{}", raster.decoder());
    }
}

#[test]
fn a_file_that_became_another_one_is_read_as_what_it_is_now() {
    let folder = tempfile::tempdir().unwrap();
    let (path, first) = numbered(&folder, "a.tif", 30, 20);
    let raster = Raster::open(&path).unwrap();
    assert_eq!(raster.read::<f32>(1).unwrap(), first);
    // The same grid with other values, then a smaller one.
    let mut writer = Raster::create(&path, &meta(30, 20)).unwrap();
    writer.write(&(&first * 2.0), 1).unwrap();
    writer.finish().unwrap();
    assert_eq!(raster.read::<f32>(1).unwrap(), &first * 2.0);
    numbered(&folder, "a.tif", 10, 20);
    assert!(raster.read::<f32>(1).is_err());
}
