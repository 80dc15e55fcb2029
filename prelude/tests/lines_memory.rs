//! The memory of operations along the files of a year: rolling windows, totals, quantiles, trends.
//!
//! A process of its own, since it counts every byte that is allocated. `ISOPLETH_FULL_YEAR=1` takes 366 files of
//! full size (2600 x 7200, f32, strips of 20 rows), which wants `--release`; figures are printed.

use isopleth::Result;
use isopleth::array::{DType, DataArray, Values};
use isopleth::lazy::{Plan, Source, buffers, threads};
use std::alloc::{GlobalAlloc, Layout, System};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static READ: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes on to the system's allocator with the same arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::SeqCst) + layout.size();
        PEAK.fetch_max(live, Ordering::SeqCst);
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::SeqCst) + layout.size();
        PEAK.fetch_max(live, Ordering::SeqCst);
        // SAFETY: as the caller promised.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::SeqCst);
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(Debug)]
struct Day {
    number: usize,
    shape: [usize; 2],
    block: [usize; 2],
}

impl Source for Day {
    fn shape(&self) -> &[usize] {
        &self.shape
    }
    fn block(&self) -> &[usize] {
        &self.block
    }
    fn dtype(&self) -> DType {
        DType::F32
    }
    fn describe(&self) -> String {
        format!("day {}", self.number)
    }
    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let [rows, columns] = window else { panic!("a day has two axes: {window:?}") };
        READ.fetch_add(rows.len() * columns.len(), Ordering::Relaxed);
        let mut cells = buffers::take::<f32>(rows.len() * columns.len());
        let warmth = ((self.number * 37) % 101) as f32;
        for (row, line) in rows.clone().zip(cells.chunks_mut(columns.len())) {
            line.fill(if (row + self.number).is_multiple_of(7) { f32::NAN } else { warmth });
        }
        Values::from_shape_vec(&[rows.len(), columns.len()], cells)
    }
}

#[test]
fn a_year_is_read_once_and_never_held() {
    let full = std::env::var_os("ISOPLETH_FULL_YEAR").is_some();
    let (files, rows, columns) = if full { (366, 2600, 7200) } else { (60, 100, 600) };
    let day = |number| Plan::source(Day { number, shape: [rows, columns], block: [20, columns] });
    let year = DataArray::new(Plan::stack((0..files).map(day).collect()).unwrap(), ["time", "y", "x"]).unwrap();
    let year = year.coord("time", isopleth::time::date_range("2016-01-01", files).unwrap()).unwrap();
    threads::set_threads(2).unwrap();
    let cells = files * rows * columns;
    let held = cells * 4;
    // What each may hold, of the year: so many files of a strip, or the strips of all files.
    type Case<'a> = (&'a str, DataArray, usize);
    let strip = 20 * columns * 4;
    let result = rows * columns * 8;
    let cases: [Case<'_>; 7] = [
        (
            "rolling(30).mean().max()",
            year.rolling("time", 30).unwrap().mean().unwrap().max("time").unwrap(),
            2 * 120 * strip,
        ),
        (
            "rolling(7).center().std().mean()",
            { year.rolling("time", 7).unwrap().center().std().unwrap().mean("time").unwrap() },
            2 * 80 * strip,
        ),
        ("cumsum().max()", year.cumsum("time").unwrap().max("time").unwrap(), 2 * 60 * strip),
        ("diff().abs().max()", year.diff("time", 1).unwrap().abs().unwrap().max("time").unwrap(), 2 * 60 * strip),
        ("polyfit(1)", year.polyfit("time", 1).unwrap(), 2 * 90 * strip + 2 * result),
        ("quantile(0.9)", year.quantile(0.9, "time").unwrap(), 2 * (files + files / 2 + 40) * strip + 2 * result),
        (
            "interpolate_na().mean()",
            { year.interpolate_na("time").unwrap().mean("time").unwrap() },
            2 * (3 * files + 60) * strip,
        ),
    ];
    for (name, array, room) in cases {
        let before = LIVE.load(Ordering::SeqCst);
        PEAK.store(before, Ordering::SeqCst);
        READ.store(0, Ordering::SeqCst);
        let began = std::time::Instant::now();
        let computed = array.compute().unwrap();
        let seconds = began.elapsed().as_secs_f64();
        let peak = PEAK.load(Ordering::SeqCst) - before;
        let read = READ.load(Ordering::SeqCst);
        println!(
            "{name}: {:.0} MB at most (estimated {:.0} MB) of {:.0} MB, {seconds:.1} s, each cell read {:.2} times",
            peak as f64 / 1e6,
            array.memory_estimate() as f64 / 1e6,
            held as f64 / 1e6,
            read as f64 / cells as f64
        );
        assert_eq!(read, cells, "{name} reads each cell once");
        let estimate = array.memory_estimate() as usize;
        assert!(peak <= estimate + (24 << 20), "{name} holds {peak}, and said {estimate}");
        assert!(peak <= room + result + (24 << 20), "{name} holds {peak} of {room}");
        drop(computed);
    }
}
