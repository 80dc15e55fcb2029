//! Writing a lazy array holds a few windows of it, however large it is.
//!
//! A process of its own, since it counts every byte that is allocated.

use isopleth::Result;
use isopleth::array::{DType, DataArray, Values};
use isopleth::lazy::{Plan, Source, buffers, threads};
use std::alloc::{GlobalAlloc, Layout, System};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes on to the system's allocator with the same arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::SeqCst) + layout.size();
        PEAK.fetch_max(live, Ordering::SeqCst);
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::SeqCst);
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SHAPE: [usize; 3] = [400, 512, 512];

#[derive(Debug)]
struct Maps;

impl Source for Maps {
    fn shape(&self) -> &[usize] {
        &SHAPE
    }
    fn block(&self) -> &[usize] {
        &[1, 512, 512]
    }
    fn dtype(&self) -> DType {
        DType::F32
    }
    fn describe(&self) -> String {
        "maps".to_owned()
    }
    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let shape: Vec<usize> = window.iter().map(Range::len).collect();
        let mut cells = buffers::take::<f32>(shape.iter().product());
        cells.fill(1.0);
        Values::from_shape_vec(&shape, cells)
    }
}

#[test]
fn an_array_of_hundreds_of_megabytes_is_written_in_a_few_windows() {
    threads::set_threads(2).unwrap();
    let array = DataArray::new(Plan::source(Maps), ["time", "y", "x"]).unwrap().name("maps");
    let size = SHAPE.iter().product::<usize>() * 4;
    let folder = tempfile::tempdir().unwrap();
    let writers: [&dyn Fn() -> Result<()>; 2] =
        [&|| array.to_netcdf(folder.path().join("a.nc"), ()), &|| array.to_raster(folder.path().join("a.tif"), ())];
    for (at, write) in writers.iter().enumerate() {
        let before = LIVE.load(Ordering::SeqCst);
        PEAK.store(before, Ordering::SeqCst);
        write().unwrap();
        let peak = PEAK.load(Ordering::SeqCst) - before;
        // Windows of 24 MB: one computed, one waiting, one written, and what computing and writing take of one.
        assert!(peak < 160 << 20, "writer {at}: {peak} bytes of {size}");
    }
}
