//! Ten thousand damaged GeoTIFFs: truncated, bits flipped, numbers replaced by lies, pieces moved. What a user gets is
//! GDAL's answer or GDAL's error; never a panic, and no memory beyond what the file declares.
//!
//! The files to be damaged are the fuzz targets' seeds (`fuzz/seeds/tiff`), small ones of every layout. Each mutant follows
//! from its number, so a failure comes back.

use super::*;
use crate::raster::decode::answers::{Part, Reader, memory_limit};
use allocation_counter::measure;
use fastrand::Rng;
use std::fs;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const MUTANTS: usize = 10_000;
/// Images and blocks that claim to have more values are read here only, and only a window of them: what GDAL takes for
/// them depends on the machine.
const LARGEST: usize = 1 << 20;
/// Where header and directory are in most of the files.
const HEADER: usize = 320;

/// How many mutants ended how.
#[derive(Debug, Default)]
struct Outcomes {
    /// Not even GDAL opens it.
    refused: AtomicUsize,
    /// Every part was decoded here.
    decoded: AtomicUsize,
    /// GDAL answered for a part.
    gdal: AtomicUsize,
    /// A part is an error, for both.
    errors: AtomicUsize,
    /// Decoded, and not as GDAL does. GDAL's writer stores no checksums in ZSTD frames, so one that is damaged may be decoded
    /// to nonsense, and to another nonsense by the next version of the library. Only of those.
    nonsense: AtomicUsize,
    /// Too large to ask GDAL.
    large: AtomicUsize,
    /// GDAL gives other values each time: what was in the memory that a damaged block leaves as it is.
    undecided: AtomicUsize,
}

/// Whether GDAL gives the same values for a part each time that the file is opened.
fn is_decided(path: &Path, part: &Part) -> bool {
    // Under another name, so that it is not GDAL's open file again with what was read of it.
    let read = |n: u8| {
        let copy = path.with_extension(format!("{n}.tif"));
        fs::copy(path, &copy).unwrap();
        // What is in memory that was given back is another each time.
        drop(std::hint::black_box((0..16).map(|size| vec![n; 64 << size]).collect::<Vec<_>>()));
        let raster = Raster::open(&copy).unwrap();
        let values = part.read(&raster, raster.meta().dtype, Reader::Gdal).ok().flatten();
        fs::remove_file(copy).unwrap();
        values
    };
    let first = read(0);
    (1..40).all(|n| read(n) == first)
}

/// What is wrong with a file: one to three things, each somewhere.
fn damage(base: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut bytes = base.to_vec();
    for _ in 0..random.usize(1..=2) {
        let length = bytes.len();
        match random.u8(0..10) {
            0 => bytes.truncate(random.usize(4..=length)),
            1..=4 => flip(&mut bytes, length, random),
            5 => flip(&mut bytes, HEADER, random),
            6 | 7 => lie(&mut bytes, random),
            8 => {
                // A piece is overwritten with another one: places of two blocks, or two blocks.
                let size = random.usize(1..=64).min(length);
                let (from, to) = (random.usize(0..=length - size), random.usize(0..=length - size));
                bytes.copy_within(from..from + size, to);
            }
            _ => {
                let from = random.usize(0..length);
                let to = (from + random.usize(1..100)).min(length);
                if random.bool() { bytes[from..to].fill(random.u8(..)) } else { drop(bytes.drain(from..to)) }
            }
        }
        if bytes.len() < 16 {
            break;
        }
    }
    bytes
}

fn flip(bytes: &mut [u8], within: usize, random: &mut Rng) {
    for _ in 0..random.usize(1..=4) {
        let at = random.usize(0..within.min(bytes.len()));
        bytes[at] ^= 1 << random.u8(0..8);
    }
}

/// A number in the header or the directory is replaced.
fn lie(bytes: &mut [u8], random: &mut Rng) {
    let length = bytes.len() as u64;
    let numbers =
        [0, 1, 2, 3, 5, 8, 255, 65_535, 1 << 31, (1 << 31) - 1, u32::MAX.into(), u64::MAX, length, length - 1, 8, 16];
    let number = match random.u8(0..4) {
        0 => random.u64(0..length),
        _ => numbers[random.usize(0..numbers.len())],
    };
    let size = [2, 4, 8][random.usize(0..3)];
    let at = random.usize(0..HEADER.min(bytes.len() - 8)) / 2 * 2;
    let big = bytes[0] == b'M';
    let number = if big { number.to_be_bytes()[8 - size..].to_vec() } else { number.to_le_bytes()[..size].to_vec() };
    bytes[at..at + size].copy_from_slice(&number);
}

fn some(length: usize, most: usize, random: &mut Rng) -> Range<usize> {
    let start = random.usize(0..length);
    start..(start + random.usize(1..=most)).min(length)
}

/// Reads a damaged file in all ways and compares.
fn check(path: &Path, length: usize, random: &mut Rng, outcomes: &Outcomes) {
    let Ok(raster) = Raster::open(path) else {
        outcomes.refused.fetch_add(1, Relaxed);
        return;
    };
    let (meta, [height, width]) = (raster.meta(), [raster.height(), raster.width()]);
    let values = |size: [usize; 2]| size[0].saturating_mul(size[1]).saturating_mul(meta.count);
    let large = values([height, width]).max(values(meta.block)) > LARGEST;
    let whole = if large { (some(height, 9, random), some(width, 9, random)) } else { (0..height, 0..width) };
    let window = (some(height, 40, random), some(width, 40, random));
    let (mut decoded_all, mut error) = (true, false);
    for (rows, columns) in [whole, window] {
        let part = Part { band: random.usize(1..=meta.count), rows, columns };
        let mut decoded = None;
        let memory = measure(|| decoded = part.read(&raster, meta.dtype, Reader::Decoder).unwrap());
        let limit = memory_limit(&raster, length);
        assert!(memory.bytes_max <= limit, "{part:?}: {} bytes of memory, {limit} may be", memory.bytes_max);
        decoded_all &= decoded.is_some();
        if large {
            continue;
        }
        let gdal = part.read(&raster, meta.dtype, Reader::Gdal);
        if let Some(decoded) = decoded {
            if gdal.as_ref().is_ok_and(|gdal| gdal.as_ref() == Some(&decoded)) {
                // As it should be.
            } else if meta.compression.as_deref() == Some("ZSTD") {
                outcomes.nonsense.fetch_add(1, Relaxed);
                return;
            } else {
                panic!("{part:?} is decoded, but GDAL says otherwise: {:?}", gdal.err());
            }
        }
        match (part.read(&raster, meta.dtype, Reader::Either), gdal) {
            (Ok(got), Ok(gdal)) if got != gdal && !is_decided(path, &part) => {
                outcomes.undecided.fetch_add(1, Relaxed);
                return;
            }
            (Ok(got), Ok(gdal)) => assert!(got == gdal, "{part:?}: a user gets other values than GDAL's"),
            (Err(_), Err(_)) => error = true,
            (got, gdal) => panic!("{part:?}: a user gets {:?}, GDAL says {:?}", got.err(), gdal.err()),
        }
    }
    let outcome = match (large, error, decoded_all) {
        (true, ..) => &outcomes.large,
        (_, true, _) => &outcomes.errors,
        (_, _, true) => &outcomes.decoded,
        _ => &outcomes.gdal,
    };
    outcome.fetch_add(1, Relaxed);
}

#[test]
fn ten_thousand_damaged_files_are_gdals_answer_or_an_error() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/tiff");
    let seeds: Vec<(PathBuf, Vec<u8>)> = crate::raster::glob(seeds, "*.tif")
        .unwrap()
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    assert!(seeds.len() >= 40, "{} files to damage", seeds.len());
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let (next, outcomes, failed) = (AtomicUsize::new(0), Outcomes::default(), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..crate::parallel::cpus() {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Relaxed);
                    if number >= MUTANTS {
                        break;
                    }
                    let (seed, base) = &seeds[number % seeds.len()];
                    let mut random = Rng::with_seed(number as u64);
                    let bytes = damage(base, &mut random);
                    let path = folder.path().join(format!("{number}.tif"));
                    fs::write(&path, &bytes).unwrap();
                    if catch_unwind(AssertUnwindSafe(|| check(&path, bytes.len(), &mut random, &outcomes))).is_err() {
                        // What was wrong is printed already; the file is kept to be looked at.
                        let kept = std::env::temp_dir().join(format!("isopleth-mutant-{number}.tif"));
                        fs::copy(&path, &kept).unwrap();
                        failed.lock().unwrap().push(format!("{}, from {}", kept.display(), seed.display()));
                    }
                    fs::remove_file(&path).unwrap();
                }
            });
        }
    });
    println!("{MUTANTS} mutants: {outcomes:?}");
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} mutants: {failed:#?}", failed.len());
    let enough = [(outcomes.refused, 500), (outcomes.decoded, 1500), (outcomes.gdal, 100), (outcomes.errors, 500)];
    assert!(outcomes.nonsense.into_inner() < MUTANTS / 500, "too much nonsense");
    for (number, (count, least)) in enough.into_iter().enumerate() {
        assert!(count.into_inner() >= least, "too few of kind {number}");
    }
}
