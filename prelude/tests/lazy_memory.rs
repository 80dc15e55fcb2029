//! The memory of a reduction does not grow with the number of files.
//!
//! A process of its own, since it counts every byte that is allocated.

use isopleth::Result;
use isopleth::array::{DType, Values};
use isopleth::lazy::{Plan, ReduceOp, ReduceOptions, Source, buffers, threads};
use std::alloc::{GlobalAlloc, Layout, System};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(bytes: usize) {
    let live = LIVE.fetch_add(bytes, Ordering::SeqCst) + bytes;
    PEAK.fetch_max(live, Ordering::SeqCst);
}

// SAFETY: every call goes on to the system's allocator with the same arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
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

const ROWS: usize = 1300;
const COLUMNS: usize = 3600;

#[derive(Debug)]
struct Day(usize);

impl Source for Day {
    fn shape(&self) -> &[usize] {
        &[ROWS, COLUMNS]
    }
    fn block(&self) -> &[usize] {
        &[1, COLUMNS]
    }
    fn dtype(&self) -> DType {
        DType::F32
    }
    fn describe(&self) -> String {
        format!("day {}", self.0)
    }
    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let [rows, columns] = window else { panic!("a day has two axes: {window:?}") };
        let mut cells = buffers::take::<f32>(rows.len() * columns.len());
        cells.fill(self.0 as f32);
        Values::from_shape_vec(&[rows.len(), columns.len()], cells)
    }
}

/// The result of the mean of so many files, and the most that it held beyond what was there before.
fn peak_of_mean(files: usize) -> (Values, usize) {
    let plan = Plan::stack((0..files).map(|day| Plan::source(Day(day))).collect()).unwrap();
    let mean = plan.reduce(ReduceOp::Mean, &[0], ReduceOptions::default()).unwrap();
    let before = LIVE.load(Ordering::SeqCst);
    PEAK.store(before, Ordering::SeqCst);
    let values = mean.evaluate().unwrap();
    let peak = PEAK.load(Ordering::SeqCst) - before;
    assert!(peak as u64 <= mean.memory_estimate() + (16 << 20), "{peak} of {}", mean.memory_estimate());
    (values, peak)
}

#[test]
fn a_mean_holds_a_window_per_thread_however_many_files() {
    let result = ROWS * COLUMNS * 4;

    // One thread does the same steps in the same order each time, so its peaks can be compared.
    threads::set_threads(1).unwrap();
    peak_of_mean(4);
    let (_, few) = peak_of_mean(36);
    let (values, many) = peak_of_mean(366);
    println!("one thread: {few} bytes for 36 files, {many} for 366, the result is {result}");
    assert_eq!(values.get(&[7, 11]), Some(182.5));
    assert!(many < few + (1 << 20), "36 files take {few} bytes, 366 take {many}");

    // Of four threads any number may hold their windows at the same moment: only the bound is certain.
    threads::set_threads(4).unwrap();
    let (values, many) = peak_of_mean(366);
    println!("four threads: {many} bytes for 366 files of {result}");
    assert_eq!(values.get(&[7, 11]), Some(182.5));
    assert!(many < result + 4 * (20 << 20), "{many} bytes for a result of {result}");
}
