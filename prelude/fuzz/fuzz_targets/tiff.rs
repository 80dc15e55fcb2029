//! Whole files against GDAL: where the decoder answers, GDAL's answer is the same, bit for bit; and it takes no memory
//! beyond what a block of the declared image needs.

#![no_main]

use allocation_counter::measure;
use isopleth::raster::Raster;
use isopleth::raster::fuzzing::{Part, Reader, memory_limit};
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

// ZSTD is left out of the comparison. GDAL's writer stores no checksums, and the fuzzer soon damages frames so that no
// decoder notices and two versions of the library, GDAL's and ours, make different nonsense of them.

/// Images that claim to be larger are only opened: GDAL would spend the fuzzer's time on them.
const LARGEST: usize = 1 << 20;

/// A folder in memory, of this process alone.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let folder = folder.join(format!("isopleth-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for files");
    folder
});

fuzz_target!(|bytes: &[u8]| {
    // Other formats are other libraries' code.
    if !matches!(bytes.get(..4), Some(b"II*\0" | b"II+\0" | b"MM\0*" | b"MM\0+")) {
        return;
    }
    // A new name each time: a file that is written again within a tick of the clock looks like the old one.
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let path = FOLDER.join(format!("{}.tif", NEXT.fetch_add(1, Ordering::Relaxed)));
    std::fs::write(&path, bytes).expect("a file in memory");
    if let Ok(raster) = Raster::open(&path) {
        check(&raster, bytes);
    }
    std::fs::remove_file(&path).expect("the file is still there");
});

fn check(raster: &Raster, bytes: &[u8]) {
    let meta = raster.meta();
    let (height, width) = (raster.height(), raster.width());
    let block = meta.block[0].saturating_mul(meta.block[1]);
    if block.max(height.saturating_mul(width)).saturating_mul(8 * raster.count()) > LARGEST {
        return;
    }
    let mut random =
        fastrand::Rng::with_seed(bytes.iter().fold(0, |sum, &byte| sum.wrapping_mul(31) ^ u64::from(byte)));
    let mut some = |length: usize| {
        let start = random.usize(0..length);
        start..random.usize(start..=length)
    };
    for number in 0..4 {
        let band = number % raster.count() + 1;
        let (rows, columns) = if number == 0 { (0..height, 0..width) } else { (some(height), some(width)) };
        let part = Part { band, rows, columns };
        let mut decoded = None;
        let memory = measure(|| decoded = part.read(raster, meta.dtype, Reader::Decoder).expect("a band that exists"));
        let limit = memory_limit(raster, bytes.len());
        assert!(memory.bytes_max <= limit, "{} bytes of memory where {limit} are allowed", memory.bytes_max);
        if let Some(decoded) = decoded
            && meta.compression.as_deref() != Some("ZSTD")
        {
            let gdal = part.read(raster, meta.dtype, Reader::Gdal);
            assert!(gdal.as_ref().is_ok_and(|gdal| gdal.as_ref() == Some(&decoded)), "{part:?}: GDAL says {gdal:?}");
        }
    }
}
